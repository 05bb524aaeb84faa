"""engagesim."""
