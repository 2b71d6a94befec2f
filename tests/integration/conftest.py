"""Synthetic worlds, run once for all tests that look at the results."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

import landwatch


@dataclass(frozen=True, slots=True)
class Finished:
    """A world, its results and its truth."""

    study: Path
    out: Path
    effects: pd.DataFrame
    truth: pd.DataFrame

    def compared(self) -> pd.DataFrame:
        """Return effects beside the planted ones."""
        planted = self.truth.astype({"zone_id": str})
        ours = self.effects.astype({"zone_id": str})
        return ours.merge(planted, on=["zone_id", "outcome"], validate="one_to_one")


def finished(folder: Path, scenario: str, size: str, seed: int) -> Finished:
    """Write a world, run it and open the results."""
    world = landwatch.simulate(folder / "world", seed=seed, scenario=scenario, size=size)
    done = landwatch.run(world.study, folder / "results")
    effects = landwatch.open(done.out).effects
    return Finished(world.study, done.out, effects, pd.read_csv(world.truth))


@pytest.fixture(scope="session")
def price_rise(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """A county in which land, farmland, houses and rents rose in some zones."""
    return finished(tmp_path_factory.mktemp("rise"), "price_rise", "county", 1)


@pytest.fixture(scope="session")
def nothing_planted(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The same county with nothing planted."""
    return finished(tmp_path_factory.mktemp("null"), "null", "county", 2)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """Six towns: enough to run everything, too little to find much."""
    return finished(tmp_path_factory.mktemp("small"), "price_rise", "town", 3)
