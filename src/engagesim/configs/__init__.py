"""Configs: what is asked for, composed from ``conf/`` and overrides, checked, and handed on as typed objects."""
