"""Rows by county and year."""

import datetime as dt

import polars as pl

from landwatch.measures.coverage import coverage_spans, row_coverage


def test_rows_without_year_or_county_are_counted_too() -> None:
    """Every row of every table is in the coverage once, dated or not."""
    tables = {
        "a": pl.DataFrame({"town_code": ["10014010", None], "month": [dt.date(2018, 1, 1)] * 2}),
        "b": pl.DataFrame({"deal_id": ["x", "y", "z"]}),
        "c": pl.DataFrame(schema={"county_code": pl.String}),
    }
    rows = row_coverage(tables)
    counts = dict(rows.group_by("table_name").agg(pl.col("rows_kept").sum()).iter_rows())
    assert counts == {"a": 2, "b": 3}
    assert rows.filter(pl.col("table_name") == "a")["county_code"].to_list() == [None, "10014"]


def test_a_county_stated_wins_over_the_town() -> None:
    """A row placed at its county only still counts for the county."""
    frame = pl.DataFrame(
        {"county_code": ["10015", None], "town_code": [None, "10014010"], "year": [2018, 2018]},
        schema={"county_code": pl.String, "town_code": pl.String, "year": pl.Int32},
    )
    assert row_coverage({"t": frame})["county_code"].to_list() == ["10014", "10015"]


def test_spans_fill_years_without_rows() -> None:
    """A gap year is a zero, not a missing year; undated tables have no years."""
    tables = {
        "t": pl.DataFrame({"county_code": ["1", "2", "1"], "year": [2016, 2016, 2019]}),
        "u": pl.DataFrame({"x": [1]}),
    }
    spans = {r["table_name"]: r for r in coverage_spans(row_coverage(tables)).iter_rows(named=True)}
    assert spans["t"]["years"] == [2, 0, 0, 1]
    assert spans["t"]["counties"] == ["1", "2"]
    assert spans["u"]["years"] is None
    assert spans["u"]["rows_kept"] == 1


def test_a_row_with_a_year_only_counts_in_it() -> None:
    """Where the day is not told the year is used; a row with neither has no year."""
    frame = pl.DataFrame(
        {"award_date": [dt.date(2023, 1, 12), None, None], "year": [2023, 2020, None]},
        schema={"award_date": pl.Date, "year": pl.Int32},
    )
    assert row_coverage({"t": frame})["year"].to_list() == [None, 2020, 2023]
