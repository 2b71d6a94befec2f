"""Zones by the three published criteria."""

import datetime as dt

import polars as pl
import pytest

from landwatch.measures.criteria import (
    CRITERIA,
    criteria_selection,
    ranked_selection,
    town_criteria,
    town_income,
)
from landwatch.vocabulary.errors import InputError

EQUAL = dict.fromkeys(CRITERIA, 1.0)
TOWNS = pl.DataFrame(
    {
        "town_code": ["a", "b", "c", "d"],
        "population_change": [-0.3, -0.2, -0.1, 0.1],
        "population": [100, 400, 200, 300],
        "income_median_twd": [1.0, 2.0, 3.0, 4.0],
    }
)


def test_the_least_by_the_sum_of_ranks_are_chosen() -> None:
    """Ranks 3, 8, 8, 11: a first, then b before c by population change."""
    ranked = ranked_selection(TOWNS, count=2, weights=EQUAL, eligible=pl.lit(value=True))
    assert ranked["score"].to_list() == [3, 8, 8, 11]
    assert ranked.filter("is_zone")["town_code"].to_list() == ["a", "b"]
    assert ranked["ranks_from_cut"].to_list() == [-1, 0, 1, 2]


def test_a_town_without_a_criterion_is_not_chosen() -> None:
    """Missing stays missing: no rank, no zone."""
    holed = TOWNS.with_columns(
        pl.when(pl.col("town_code") == "a")
        .then(None)
        .otherwise("income_median_twd")
        .alias("income_median_twd")
    )
    ranked = ranked_selection(holed, count=1, weights=EQUAL, eligible=pl.lit(value=True))
    assert ranked.filter(pl.col("town_code") == "a").select("position", "is_zone").row(0) == (
        None,
        False,
    )


def test_sensitivity_counts_the_zones_that_change() -> None:
    """Without income, c replaces b; without the others nothing or b's rival changes."""
    found = criteria_selection(
        TOWNS,
        count=2,
        weights=EQUAL,
        eligible=pl.lit(value=True),
        window=(dt.date(2016, 1, 1), dt.date(2018, 12, 1)),
    )
    assert dict(found.sensitivity.select("dropped", "zones_changed").rows()) == {
        "population_change": 1,
        "population": 0,
        "income_median_twd": 1,
    }


def test_more_zones_than_towns_is_told() -> None:
    """A count the data cannot give is an error that says how many there are."""
    with pytest.raises(InputError, match="only 4 towns"):
        criteria_selection(
            TOWNS,
            count=5,
            weights=EQUAL,
            eligible=pl.lit(value=True),
            window=(dt.date(2016, 1, 1), dt.date(2018, 12, 1)),
        )


def test_the_median_village_by_households() -> None:
    """Villages of 1, 1 and 5 households: the third is the median whatever its place."""
    income = pl.DataFrame(
        {
            "town_code": ["t"] * 3,
            "village_name": ["x", "y", "z"],
            "year": [2018] * 3,
            "tax_units": [1, 1, 5],
            "income_total_twd": [100.0, 300.0, 1000.0],
            "income_median_twd": [100.0, 300.0, 200.0],
        }
    )
    row = town_income(income).row(0, named=True)
    assert row["income_median_twd"] == 200.0
    assert row["income_mean_twd"] == pytest.approx(200.0)


def test_a_window_outside_the_data_is_told() -> None:
    """The message names what the input covers."""
    population = pl.DataFrame(
        {"town_code": ["t"], "month": [dt.date(2016, 1, 1)], "population": [10]}
    )
    with pytest.raises(InputError, match="2016-01-01"):
        town_criteria(population, pl.DataFrame(), dt.date(2010, 1, 1), dt.date(2012, 1, 1))
