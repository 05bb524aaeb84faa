"""Figures, tables and text of a run, a study, a comparison and a validation."""
