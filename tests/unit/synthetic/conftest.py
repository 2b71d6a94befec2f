"""One small world for all tests of the package."""

import pytest

from landwatch.synthetic import World, WorldFiles, build_world, write_world


@pytest.fixture(scope="session")
def world() -> World:
    """Six towns, prices rising in one of the two that are treated."""
    return build_world(seed=7, size="town")


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> WorldFiles:
    """The same world on disk."""
    return write_world(tmp_path_factory.mktemp("world"), seed=7, size="town")
