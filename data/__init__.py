"""Committed reference facts, each with its source in README.md."""
