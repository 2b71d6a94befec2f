"""Fixtures shared by all tests; the real registers are found, never copied."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# a busy machine is no failure: times are measured in tests/benchmarks only
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def shared_folder() -> Path | None:
    """Return the folder of real registers, if there is one."""
    given = os.environ.get("LANDWATCH_SHARED")
    folder = Path(given) if given else Path(__file__).resolve().parents[2] / "shared" / "data"
    return folder if folder.is_dir() else None


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real registers; the test is skipped where it is absent."""
    folder = shared_folder()
    if folder is None:
        pytest.skip("real registers are absent: set LANDWATCH_SHARED to their folder")
    return folder
