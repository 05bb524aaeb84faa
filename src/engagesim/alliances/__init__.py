"""Whom to bring together: who could join a coalition that lasts, what moves each, and in which order."""
