"""The same month for many societies at once, compiled."""
