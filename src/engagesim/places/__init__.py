"""A place that a user describes: what is known about it, the contexts that fit, and societies that represent it."""
