"""People, posts and ties as they start, and the columns of the state."""
