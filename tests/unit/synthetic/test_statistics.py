"""Facts of `landwatch.synthetic.statistics`."""

import json
import zipfile

import numpy as np
import pytest

from landwatch.synthetic import WorldFiles, build_world
from landwatch.synthetic.scenarios import OUTCOMES, effect_matrix
from landwatch.synthetic.statistics import (
    INCOME_HEADER,
    monthly_population,
    town_levels,
    village_income,
)
from landwatch.synthetic.world import EFFECTIVE


@pytest.mark.parametrize("size", ["town", "county", "national"])
def test_ranks_of_size_and_income_settle_the_zones(size: str) -> None:
    """Rank sums of size and income are k + 1 in treated towns, n + k + 1 in all others."""
    world = build_world(seed=5, size=size)
    treated = world.towns["is_treated"].to_numpy()
    size_of, income_of = town_levels(world)
    ranks = size_of.argsort().argsort() + income_of.argsort().argsort() + 2
    assert set(ranks[treated]) == {treated.sum() + 1}
    assert set(ranks[~treated]) == {len(treated) + treated.sum() + 1}


def test_treated_towns_declined_more() -> None:
    """From 2014 to 2018 every treated town lost more people than any other."""
    world = build_world(seed=5, scenario="null")
    persons = monthly_population(world)
    change = persons[:, 59] / persons[:, 0] - 1
    treated = world.towns["is_treated"].to_numpy()
    assert change[treated].max() < change[~treated].min()


def test_livelihood_differs_by_the_planted_effect_alone() -> None:
    """Worlds of one seed differ by the planted yearly growth, from January 2019 on."""
    null, risen = (build_world(seed=5, scenario=s) for s in ("null", "revitalised"))
    gap = np.log(monthly_population(risen)) - np.log(monthly_population(null))
    planted = effect_matrix(risen.truth)[:, OUTCOMES.index("population")]
    rounding = 1 / monthly_population(null).min()
    assert (gap[:, :60] == 0).all()
    years = np.arange(1, 49) / 12
    assert (abs(gap[:, 60:] - np.outer(planted, years)) <= rounding).all()
    before, after = (village_income(w).sort("year", "town_name", "village") for w in (null, risen))
    money = np.log(after["median"].to_numpy() / before["median"].to_numpy())
    effect = dict(zip(risen.towns["town_name"], effect_matrix(risen.truth)[:, 5], strict=True))
    expected = before["town_name"].replace_strict(effect).to_numpy()
    expected = expected * (before["year"] - EFFECTIVE.year + 1).clip(0).to_numpy()
    assert (abs(money - expected) <= 1 / before["median"].to_numpy().min()).all()


def test_files_have_the_published_shape(written: WorldFiles) -> None:
    """Population is one object a month, income one table a year with the official header."""
    with zipfile.ZipFile(written.population) as opened:
        names = opened.namelist()
        month = json.loads(opened.read("2018-12.json"))
    assert names[0] == "2014-01.json"
    assert names[-1] == "2022-12.json"
    assert len(names) == 108
    assert list(month) == [f"99001{n:02d}" for n in range(1, 7)]
    for entry in month.values():
        assert list(entry) == ["area", "households", "population", "male", "female"]
        assert entry["male"] + entry["female"] == entry["population"]
    with zipfile.ZipFile(written.income) as opened:
        assert opened.namelist() == [f"{year}.csv" for year in range(2010, 2022)]
        lines = opened.read("2018.csv").decode("utf-8").splitlines()
    assert lines[0] == INCOME_HEADER
    assert len(lines) == 1 + 6 * 8
