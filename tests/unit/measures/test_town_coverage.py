"""Every town in every year accounted for."""

import datetime as dt

import polars as pl

from landwatch.measures.town_coverage import NO_FILE, NO_ROW, PARTIAL, town_coverage

TOWNS = pl.DataFrame({"town_code": ["a", "b", "c"]})


def test_towns_times_years_are_all_there_with_a_reason() -> None:
    """Present, partly there, absent from the files, and a year without any file."""
    rows = pl.DataFrame(
        {
            "town_code": ["a", "a", "b", "a"],
            "month": [
                dt.date(2014, 1, 1),
                dt.date(2014, 2, 1),
                dt.date(2014, 1, 1),
                dt.date(2016, 1, 1),
            ],
        }
    )
    table = town_coverage(rows, TOWNS, series="s")
    assert table.height == 3 * 3
    told = {
        (t, y): (s, r)
        for t, y, s, r in table.select("town_code", "year", "status", "reason").rows()
    }
    assert told["a", 2014] == ("present", "")
    assert told["b", 2014] == ("partial", PARTIAL)
    assert told["c", 2014] == ("absent", NO_ROW)
    assert told["a", 2015] == ("absent", NO_FILE)
    assert told["b", 2016] == ("absent", NO_ROW)


def test_a_series_without_rows_has_no_years() -> None:
    """Nothing is promised where nothing was given."""
    rows = pl.DataFrame(schema={"town_code": pl.String, "year": pl.Int32})
    assert town_coverage(rows, TOWNS, series="s").is_empty()
