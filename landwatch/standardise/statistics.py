"""Population and income: raw rows to town-months and village-years under today's town codes."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from landwatch.schemas.raw import RawTable, Standardised
from landwatch.standardise.town_rows import (
    decimal_number,
    months,
    placed,
    sorted_out,
    stacked,
    town_faults,
    whole_numbers,
)
from landwatch.vocabulary.calendar import statistic_year
from landwatch.vocabulary.places import Places
from landwatch.vocabulary.units import TWD_PER_THOUSAND

_INCOME: Final = ("income_total", "income_mean", "income_median")


def standardise_population(raws: Sequence[RawTable], places: Places) -> Standardised:
    """Turn monthly population files into table ``population__town_months``.

    Parameters
    ----------
    raws : sequence of RawTable
        From `landwatch.sources.statistics.read_population_month`.
    places : Places
        Towns of the study; past names are understood.

    Returns
    -------
    Standardised
        A town no study place answers to, or a number that is none, is rejected.
    """
    frame = stacked(raws, ("area", "households", "population", "month"))
    frame = months(placed(frame, pl.col("area"), places))
    frame = whole_numbers(frame, ("population", "households"))
    faults = (
        *town_faults(places),
        ("bad_date", pl.col("month").is_null()),
        ("bad_number", pl.col("population").is_null() | (pl.col("population") < 0)),
    )
    return sorted_out(raws, frame, faults, "population__town_months")


def standardise_income(raws: Sequence[RawTable], places: Places) -> Standardised:
    """Turn yearly income files into table ``income__village_years`` in NTD.

    Parameters
    ----------
    raws : sequence of RawTable
        From `landwatch.sources.statistics.read_income_year`; thousand NTD.
    places : Places
        Towns of the study; pre-merger counties and past names are understood.

    Returns
    -------
    Standardised
        Villages under the town codes of today.
    """
    columns = ("county_name", "town_name", "village_name", "tax_units", *_INCOME, "year")
    frame = stacked(raws, columns)
    return _sorted_income(
        raws, frame, places, pl.concat_str("county_name", "town_name"), "income__village_years"
    )


def standardise_income_towns(raws: Sequence[RawTable], places: Places) -> Standardised:
    """Turn the file of towns and years into table ``income__town_years`` in NTD.

    Parameters
    ----------
    raws : sequence of RawTable
        Files of layout `landwatch.vocabulary.statistics.INCOME_TOWNS`; thousand NTD.
    places : Places
        Towns of the study; pre-merger counties and past names are understood.

    Returns
    -------
    Standardised
        Areas as published under the town codes of today: a town that was two then has two rows.
        Filings a county could not place in a town (其他) are rejected as such.
    """
    frame = stacked(raws, ("area", "tax_units", *_INCOME, "year"))
    return _sorted_income(raws, frame, places, pl.col("area"), "income__town_years")


def _sorted_income(
    raws: Sequence[RawTable], frame: pl.DataFrame, places: Places, name: pl.Expr, table: str
) -> Standardised:
    frame = whole_numbers(placed(frame, name, places), ["tax_units"]).with_columns(
        statistic_year(pl.col("year")).alias("year"),
        *((decimal_number(c) * TWD_PER_THOUSAND).alias(f"{c}_twd") for c in _INCOME),
    )
    faults = (
        *town_faults(places),
        ("bad_date", pl.col("year").is_null()),
        ("bad_number", pl.col("tax_units").is_null() | pl.col("income_mean_twd").is_null()),
    )
    return sorted_out(raws, frame, faults, table)
