"""Documented facts as data, the simulated experiments that mirror them, the scorecard, and calibration."""
