"""A place that a user describes: what is known of it, the contexts that fit, and the societies that stand for it."""
