"""Where and when the core tables have rows: what a reader must know before any comparison."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from landwatch.schemas.tables import conformed, empty_table

TIME_COLUMNS: Final = (
    "deal_date",
    "first_seen",
    "month",
    "award_date",
    "register_date",
    "observed_date",
    "registered_date",
    "effective_date",
    "year",
)
"""Columns that tell when a row speaks of; the first that is not missing counts."""


def row_coverage(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Count the rows of each table by county and year.

    Parameters
    ----------
    tables : mapping of str to polars.DataFrame
        Core tables by name.

    Returns
    -------
    polars.DataFrame
        Table ``coverage``. County or year is missing where the table or the row has none.

    Examples
    --------
    >>> deals = pl.DataFrame({"county_code": ["10014"] * 3, "year": [2018, 2018, 2019]})
    >>> row_coverage({"lvr__sales": deals}).select("year", "rows_kept").rows()
    [(2018, 2), (2019, 1)]
    """
    parts = [_counted(name, frame) for name, frame in sorted(tables.items()) if frame.height]
    return pl.concat([empty_table("coverage"), *parts])


def _counted(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    keys = frame.with_columns(_county(frame).alias("county_code"), _year(frame).alias("year"))
    counts = keys.group_by("county_code", "year").agg(pl.len().alias("rows_kept"))
    named = counts.with_columns(pl.lit(name).alias("table_name"))
    return conformed(named, "coverage").sort("county_code", "year")


def _county(frame: pl.DataFrame) -> pl.Expr:
    town = (
        pl.col("town_code").str.slice(0, 5)
        if "town_code" in frame.columns
        else pl.lit(None, pl.String)
    )
    return pl.coalesce("county_code", town) if "county_code" in frame.columns else town


def _year(frame: pl.DataFrame) -> pl.Expr:
    told = [
        (pl.col(c).dt.year() if frame.schema[c] == pl.Date else pl.col(c)).cast(pl.Int32)
        for c in TIME_COLUMNS
        if c in frame.columns
    ]
    return pl.coalesce(*told, pl.lit(None, pl.Int32))


def coverage_spans(coverage: pl.DataFrame) -> pl.DataFrame:
    """Return, table by table, which years and counties have rows.

    Parameters
    ----------
    coverage : polars.DataFrame
        Table ``coverage``.

    Returns
    -------
    polars.DataFrame
        ``table_name, rows_kept, first_year, last_year, years`` (rows by year from first to last, a
        year without rows is 0), ``counties`` (codes with rows).

    Examples
    --------
    >>> rows = {"table_name": "t", "county_code": "a", "year": [2016, 2018], "rows_kept": [5, 7]}
    >>> coverage_spans(pl.DataFrame(rows)).select("first_year", "years").row(0)
    (2016, [5, 0, 7])
    """
    spans = coverage.group_by("table_name").agg(
        pl.col("rows_kept").sum(),
        pl.col("year").min().alias("first_year"),
        pl.col("year").max().alias("last_year"),
        pl.col("county_code").drop_nulls().unique().sort().alias("counties"),
    )
    every = spans.filter(pl.col("first_year").is_not_null()).select(
        "table_name", pl.int_ranges("first_year", pl.col("last_year") + 1).alias("year")
    )
    by_year = coverage.group_by("table_name", "year").agg(pl.col("rows_kept").sum())
    filled = (
        every.explode("year")
        .with_columns(pl.col("year").cast(coverage.schema["year"]))
        .join(by_year, on=["table_name", "year"], how="left")
        .sort("table_name", "year")
        .group_by("table_name", maintain_order=True)
        .agg(pl.col("rows_kept").fill_null(0).alias("years"))
    )
    return spans.join(filled, on="table_name", how="left").sort("table_name")
