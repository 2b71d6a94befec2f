"""Births, deaths, marriages and divorces: raw rows to village-months and town-years."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from landwatch.schemas.raw import RawTable, Standardised
from landwatch.standardise.town_rows import (
    months,
    placed,
    sorted_out,
    stacked,
    town_faults,
    whole_numbers,
)
from landwatch.standardise.villages import VILLAGE_COLUMNS, village_code, village_faults
from landwatch.vocabulary.calendar import statistic_year
from landwatch.vocabulary.places import Places

_COUNTS: Final = (
    "births",
    "births_male",
    "births_female",
    "deaths",
    "deaths_male",
    "deaths_female",
)
_COUPLES: Final = tuple(
    f"{event}{kind}"
    for event in ("marriages", "divorces")
    for kind in ("", "_opposite_sex", "_same_sex")
)


def standardise_vital_villages(raws: Sequence[RawTable], places: Places) -> Standardised:
    """Turn monthly files of villages into table ``vital__village_months``.

    Parameters
    ----------
    raws : sequence of RawTable
        Files of layout `landwatch.vocabulary.statistics.VITAL_VILLAGES`.
    places : Places
        Towns of the study; past names and registration offices are understood.

    Returns
    -------
    Standardised
        Villages under the town codes of today. Couples of opposite and of the same sex are added
        where they are published apart. A row whose births or deaths are not the sum of the sexes
        is rejected: its columns have shifted.
    """
    frame = stacked(raws, ("month", "area", *VILLAGE_COLUMNS, *_COUNTS, *_COUPLES))
    frame = whole_numbers(months(placed(frame, pl.col("area"), places)), (*_COUNTS, *_COUPLES))
    frame = frame.with_columns(village_code(), _couples("marriages"), _couples("divorces"))
    faults = (
        *town_faults(places),
        *village_faults(),
        ("bad_date", pl.col("month").is_null()),
        ("bad_number", _bad("births") | _bad("deaths")),
        ("parts_differ_from_total", _unequal("births") | _unequal("deaths")),
    )
    return sorted_out(raws, frame, faults, "vital__village_months")


def standardise_vital_years(raws: Sequence[RawTable], places: Places) -> Standardised:
    """Turn yearly files of towns into table ``vital__town_years``.

    Parameters
    ----------
    raws : sequence of RawTable
        Files of layout `landwatch.vocabulary.statistics.VITAL_TOWN_YEARS`.
    places : Places
        Towns of the study.

    Returns
    -------
    Standardised
        Towns under the codes of today; totals of counties and of the country are rejected as such.
    """
    counts = ("births", "deaths", "population_mid_year")
    frame = placed(stacked(raws, ("year", "area", *counts)), pl.col("area"), places)
    frame = whole_numbers(frame, counts).with_columns(statistic_year(pl.col("year")).alias("year"))
    faults = (
        *town_faults(places),
        ("bad_date", pl.col("year").is_null()),
        ("bad_number", _bad("births") | _bad("deaths")),
    )
    return sorted_out(raws, frame, faults, "vital__town_years")


def _couples(event: str) -> pl.Expr:
    apart = pl.col(f"{event}_opposite_sex") + pl.col(f"{event}_same_sex")
    return pl.coalesce(event, apart, f"{event}_opposite_sex").alias(event)


def _bad(column: str) -> pl.Expr:
    return pl.col(column).is_null() | (pl.col(column) < 0)


def _unequal(event: str) -> pl.Expr:
    parts = pl.col(f"{event}_male") + pl.col(f"{event}_female")
    return (parts != pl.col(event)).fill_null(value=False)
