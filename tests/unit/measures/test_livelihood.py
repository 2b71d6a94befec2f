"""Key figures by year, and the years that must not be compared."""

import datetime as dt

import polars as pl

from landwatch.measures.livelihood import livelihood_panel, series_breaks, town_years

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


def test_growth_into_an_election_year_is_a_known_break() -> None:
    """Registered population of 2015 and 2018 is not compared; income of 2018 is."""
    years = town_years(MONTHS, None)
    breaks = series_breaks(years, "population", figure="population")
    assert breaks.select("year", "reason").rows() == [(2015, "known_break"), (2018, "known_break")]
    panel = livelihood_panel(years, "population", breaks)
    assert panel.select("year", "is_break").rows() == [(2015, True), (2016, False), (2018, True)]
    assert series_breaks(years, "population", figure="income").is_empty()


def test_a_figure_that_jumps_everywhere_has_changed_its_definition() -> None:
    """A third less in every town in 2019 is a break; one town's collapse is not."""
    levels = [600.0, 610.0, 400.0, 410.0]
    years = pl.DataFrame(
        {
            "town_code": [t for t in "abc" for _ in levels],
            "year": [2017, 2018, 2019, 2020] * 3,
            "v": [*levels, *levels, 600.0, 610.0, 620.0, 100.0],
        }
    )
    breaks = series_breaks(years, "v", figure="income")
    assert breaks.select("figure", "year", "reason").rows() == [("income", 2019, "definition")]


def test_a_figure_that_is_not_positive_has_no_logarithm() -> None:
    """Zero or missing is absent, not minus infinity."""
    years = pl.DataFrame({"town_code": ["a", "b", "c"], "year": [2018] * 3, "v": [0.0, None, 1.0]})
    none = series_breaks(years, "v", figure="income")
    assert livelihood_panel(years, "v", none)["town_code"].to_list() == ["c"]
