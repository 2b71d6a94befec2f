"""Attacks on an effect beyond estimating it anew: one threat a module, one form of row."""
