"""Key figures by year, and the years that must not be compared."""

import datetime as dt

import polars as pl

from landwatch.measures.livelihood import (
    livelihood_panel,
    series_breaks,
    town_years,
    yearly_births,
)

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


def village_months(months: range, births: int = 2, villages: int = 4) -> pl.DataFrame:
    rows = [
        {"town_code": "t", "month": dt.date(2016, m, 1), "births": births, "deaths": 1}
        for m in months
        for _ in range(villages)
    ]
    return pl.DataFrame(rows)


def test_births_of_a_year_need_twelve_whole_months() -> None:
    """Eleven months are no year, nor are twelve of which one lacks half of the villages."""
    whole = village_months(range(1, 13))
    assert yearly_births(whole).rows() == [("t", 2016, 96, 48)]
    assert yearly_births(village_months(range(1, 12))).is_empty()
    thin = pl.concat([village_months(range(1, 12)), village_months(range(12, 13), villages=2)])
    assert yearly_births(thin).is_empty()


def test_the_yearly_publication_fills_years_the_months_do_not_complete() -> None:
    """A complete year of months goes before it."""
    towns = pl.DataFrame(
        {"town_code": ["t", "t"], "year": [2016, 2017], "births": [1, 7], "deaths": [1, 8]},
        schema_overrides={"year": pl.Int32},
    )
    assert yearly_births(village_months(range(1, 13)), towns).rows() == [
        ("t", 2016, 96, 48),
        ("t", 2017, 7, 8),
    ]


def test_a_year_without_births_is_a_row_and_its_noise_is_known() -> None:
    """log(0 + 1/2) with variance 2: neither a crash nor a lost town."""
    births = pl.DataFrame(
        {"town_code": ["t", "t"], "year": [2016, 2017], "births": [0, 9], "deaths": [1, 1]},
        schema_overrides={"year": pl.Int32},
    )
    years = town_years(None, None, births)
    breaks = series_breaks(years, "births", figure="births")
    panel = livelihood_panel(years, "births", breaks)
    assert panel["log_value"].round(6).to_list() == [-0.693147, 2.251292]
    assert panel["log_variance"].to_list() == [2.0, 1 / 9.5]


def test_a_fall_of_births_in_the_whole_country_is_no_change_of_definition() -> None:
    """A fifth fewer births everywhere is compared; so are election years."""
    births = pl.DataFrame(
        {
            "town_code": ["a", "b", "a", "b"],
            "year": [2017, 2017, 2018, 2018],
            "births": [100, 200, 80, 160],
            "deaths": [1] * 4,
        },
        schema_overrides={"year": pl.Int32},
    )
    assert series_breaks(town_years(None, None, births), "births", figure="births").is_empty()
