"""Fixtures of the map tests."""

from pathlib import Path

import pytest
from mart_world import write_world


@pytest.fixture
def mart(tmp_path: Path) -> Path:
    """An invented mart with every table."""
    return write_world(tmp_path / "mart")
