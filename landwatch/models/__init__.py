"""Estimators and verdicts: fit_* functions returning frozen results."""
