"""Key figures by year, and the years that must not be compared."""

import datetime as dt

import polars as pl

from landwatch.measures.livelihood import livelihood_panel, town_years

MONTHS = pl.DataFrame(
    {
        "town_code": ["t"] * 4,
        "month": [
            dt.date(2016, 1, 1),
            dt.date(2016, 6, 1),
            dt.date(2016, 12, 1),
            dt.date(2018, 12, 1),
        ],
        "population": [100, 101, 102, 110],
    }
)


def test_a_year_is_its_december_and_a_series_may_open_in_january() -> None:
    """The end of the first January stands for the December before it; June is no year's end."""
    years = town_years(MONTHS, None)
    assert years.rows() == [("t", 2015, 100), ("t", 2016, 102), ("t", 2018, 110)]


def test_growth_into_an_election_year_is_marked() -> None:
    """Registered population of 2018 and 2019 is a known break; income of 2018 is not."""
    years = town_years(MONTHS, None)
    panel = livelihood_panel(years, "population", figure="population")
    assert panel.select("year", "is_break").rows() == [(2015, True), (2016, False), (2018, True)]
    assert not livelihood_panel(years, "population", figure="income")["is_break"].any()


def test_a_figure_that_is_not_positive_has_no_logarithm() -> None:
    """Zero or missing is absent, not minus infinity."""
    years = pl.DataFrame({"town_code": ["a", "b", "c"], "year": [2018] * 3, "v": [0.0, None, 1.0]})
    assert livelihood_panel(years, "v", figure="income")["town_code"].to_list() == ["c"]
