"""Worlds with known truth, written in the official formats."""

from landwatch.synthetic.files import WorldFiles, write_world
from landwatch.synthetic.world import World, build_world

__all__ = ["World", "WorldFiles", "build_world", "write_world"]
