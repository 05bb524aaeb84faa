"""Hydra configs: compose ``conf/`` and overrides, check them, and return typed objects."""
