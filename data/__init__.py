"""Committed reference facts, each with its source in SOURCES.md."""
