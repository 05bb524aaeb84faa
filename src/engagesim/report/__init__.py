"""What a run shows: in words and in figures."""
