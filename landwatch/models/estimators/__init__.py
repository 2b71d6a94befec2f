"""Estimators on any table: one module each, found by name in `registry`."""
