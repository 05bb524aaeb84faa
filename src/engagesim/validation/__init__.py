"""Documented facts as data, the experiments that test the model on them, scores and calibration."""
