"""Worlds with known truth, written in the official formats."""
