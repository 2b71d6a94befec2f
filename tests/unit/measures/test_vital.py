"""Rates of towns."""

import datetime as dt

import polars as pl
import pytest

from landwatch.measures.vital import birth_rates, mid_year_population, village_shares


def test_mid_year_is_june_of_the_first_source_that_has_it() -> None:
    """The monthly table goes before the villages, these before the yearly publication."""
    months = pl.DataFrame(
        {
            "town_code": ["t", "t"],
            "month": [dt.date(2016, 6, 1), dt.date(2016, 12, 1)],
            "population": [10, 99],
        }
    )
    villages = pl.DataFrame(
        {
            "town_code": ["t"] * 3,
            "month": [dt.date(2016, 6, 1), dt.date(2015, 6, 1), dt.date(2015, 6, 1)],
            "population": [1, 3, 4],
        }
    )
    vital = pl.DataFrame(
        {"town_code": ["t", "t"], "year": [2014, 2015], "population_mid_year": [5, 6]},
        schema_overrides={"year": pl.Int32},
    )
    table = mid_year_population(months, villages, vital)
    assert table.rows() == [("t", 2014, 5), ("t", 2015, 7), ("t", 2016, 10)]


def test_a_town_without_people_has_no_rate() -> None:
    """Births of nobody are missing, not infinite."""
    births = pl.DataFrame({"town_code": ["t"], "year": [2016], "births": [1]})
    people = pl.DataFrame({"town_code": ["t"], "year": [2016], "population": [0]})
    assert birth_rates(births, people)["births_per_1000_persons"].to_list() == [None]


def test_shares_are_of_the_last_month_of_each_year() -> None:
    """Villages are added up before the share is taken."""
    villages = pl.DataFrame(
        {
            "town_code": ["t"] * 3,
            "month": [dt.date(2016, 6, 1), dt.date(2016, 12, 1), dt.date(2016, 12, 1)],
            "population": [10, 10, 30],
            "population_65_up": [9, 1, 9],
        }
    )
    table = village_shares(
        villages, pl.col("population_65_up"), "population", share="s", period="month"
    )
    assert table.row(0) == ("t", "2016-12", pytest.approx(0.25), 2)
