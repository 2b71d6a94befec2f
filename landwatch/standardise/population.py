"""Age structure, ageing, education and projection: raw rows under today's town codes."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from landwatch.schemas.entities.statistics import AGE_COLUMNS
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
from landwatch.standardise.villages import VILLAGE_COLUMNS, village_code, village_faults
from landwatch.vocabulary.calendar import statistic_year
from landwatch.vocabulary.places import Places
from landwatch.vocabulary.statistics import AGE_GROUPS, OLDEST_SINGLE_AGE, SEXES

_SINGLE_AGES: Final = tuple(f"{s}_{a}" for s in SEXES for a in range(OLDEST_SINGLE_AGE + 1))
_THREE: Final = ("population_0_14", "population_15_64", "population_65_up")
_RATIOS: Final = (
    "males_per_100_females",
    "persons_per_household",
    "density_persons_km2",
    "dependents_per_100",
    "young_per_100",
    "old_per_100",
    "old_per_100_young",
)


def standardise_town_ages(raws: Sequence[RawTable], places: Places) -> Standardised:
    """Turn single ages of towns into table ``population__town_ages``, five-year groups.

    Parameters
    ----------
    raws : sequence of RawTable
        Files of layout `landwatch.vocabulary.statistics.TOWN_AGES`.
    places : Places
        Towns of the study.

    Returns
    -------
    Standardised
        Totals of counties are rejected as such, and so are rows whose ages do not add up to the
        population told: their columns have shifted.
    """
    counts = ("population", *_SINGLE_AGES)
    frame = placed(stacked(raws, ("month", "area", *counts)), pl.col("area"), places)
    frame = whole_numbers(months(frame), counts).rename({"population": "told"})
    frame = frame.with_columns(*_five_year_groups(), _sum(_SINGLE_AGES).alias("population"))
    faults = (
        *town_faults(places),
        ("bad_date", pl.col("month").is_null()),
        ("bad_number", _any_bad(_SINGLE_AGES)),
        ("parts_differ_from_total", _differs("told", "population")),
    )
    return sorted_out(raws, frame, faults, "population__town_ages")


def standardise_projection(raws: Sequence[RawTable], places: Places) -> Standardised:
    """Turn a projection by single age into table ``population__town_projections``.

    Parameters
    ----------
    raws : sequence of RawTable
        Files of layout `landwatch.vocabulary.statistics.PROJECTION`.
    places : Places
        Towns of the study; a town may be published in parts.

    Returns
    -------
    Standardised
        One row per area as published and year; ``is_official`` is false, for no authority
        publishes this layout.
    """
    frame = placed(stacked(raws, ("year", "area", *_SINGLE_AGES)), pl.col("area"), places)
    frame = whole_numbers(frame, _SINGLE_AGES).with_columns(
        statistic_year(pl.col("year")).alias("year"),
        pl.lit(value=False).alias("is_official"),
        *_five_year_groups(),
        _sum(_SINGLE_AGES).alias("population"),
    )
    faults = (
        *town_faults(places),
        ("bad_date", pl.col("year").is_null()),
        ("bad_number", _any_bad(_SINGLE_AGES)),
    )
    return sorted_out(raws, frame, faults, "population__town_projections")


def standardise_village_ages(raws: Sequence[RawTable], places: Places) -> Standardised:
    """Turn three age groups of villages into table ``population__village_ages``.

    Parameters
    ----------
    raws : sequence of RawTable
        Files of layout `landwatch.vocabulary.statistics.VILLAGE_AGES`.
    places : Places
        Towns of the study.

    Returns
    -------
    Standardised
        Rows whose groups do not add up to the population are rejected.
    """
    counts = ("population", "households", *_THREE)
    frame = stacked(raws, ("month", "area", *VILLAGE_COLUMNS, *counts))
    frame = whole_numbers(months(placed(frame, pl.col("area"), places)), counts)
    frame = frame.with_columns(village_code())
    faults = (
        *town_faults(places),
        *village_faults(),
        ("bad_date", pl.col("month").is_null()),
        ("bad_number", _any_bad(("population", *_THREE))),
        ("parts_differ_from_total", _sum(_THREE) != pl.col("population")),
    )
    return sorted_out(raws, frame, faults, "population__village_ages")


def standardise_ageing(raws: Sequence[RawTable], places: Places) -> Standardised:
    """Turn age ratios of towns into table ``population__town_ageing``.

    Parameters
    ----------
    raws : sequence of RawTable
        Files of layout `landwatch.vocabulary.statistics.AGEING`.
    places : Places
        Towns of the study.

    Returns
    -------
    Standardised
        Ratios per 100, as published.
    """
    frame = stacked(raws, ("month", "county_name", "town_name", *_RATIOS))
    frame = months(placed(frame, pl.concat_str("county_name", "town_name"), places))
    frame = frame.with_columns(decimal_number(c) for c in _RATIOS)
    faults = (
        *town_faults(places),
        ("bad_date", pl.col("month").is_null()),
        ("bad_number", pl.col("old_per_100_young").is_null()),
    )
    return sorted_out(raws, frame, faults, "population__town_ageing")


def standardise_education(raws: Sequence[RawTable], places: Places) -> Standardised:
    """Turn attainment by village into table ``population__village_education``.

    Parameters
    ----------
    raws : sequence of RawTable
        Files of layout `landwatch.vocabulary.statistics.EDUCATION`.
    places : Places
        Towns of the study.

    Returns
    -------
    Standardised
        Rows whose attainments do not add up to the population of 15 and older are rejected.

    Notes
    -----
    Tertiary is 博士, 碩士, 大學, 二三專 and the last two years of 五專; its first three years
    are not.
    """
    columns = sorted({c for r in raws for c in r.rows.columns if " " in c})
    frame = stacked(raws, ("year", "area", *VILLAGE_COLUMNS, "population_15_up", *columns))
    frame = whole_numbers(placed(frame, pl.col("area"), places), ("population_15_up", *columns))
    frame = frame.with_columns(statistic_year(pl.col("year")).alias("year"), village_code())
    frame = frame.with_columns(
        _sum([c for c in columns if c.startswith(f"{part} ")]).alias(part)
        for part in ("tertiary_graduated", "tertiary_attended")
    )
    faults = (
        *town_faults(places),
        *village_faults(),
        ("bad_date", pl.col("year").is_null()),
        ("bad_number", pl.col("population_15_up").is_null()),
        ("parts_differ_from_total", _sum(columns) != pl.col("population_15_up")),
    )
    return sorted_out(raws, frame, faults, "population__village_education")


def _five_year_groups() -> list[pl.Expr]:
    names = dict(zip(AGE_COLUMNS, ((s, g) for s in SEXES for g in AGE_GROUPS), strict=True))
    return [
        _sum([f"{sex}_{age}" for age in _ages(group)]).alias(column)
        for column, (sex, group) in names.items()
    ]


def _ages(group: str) -> range:
    first, last = group.split("_")
    return range(int(first), int(first if last == "up" else last) + 1)


def _sum(columns: Sequence[str]) -> pl.Expr:
    return pl.sum_horizontal(columns).cast(pl.Int64) if columns else pl.lit(None, pl.Int64)


def _any_bad(columns: Sequence[str]) -> pl.Expr:
    return pl.any_horizontal(pl.col(c).is_null() | (pl.col(c) < 0) for c in columns)


def _differs(told: str, summed: str) -> pl.Expr:
    return (pl.col(told) != pl.col(summed)).fill_null(value=False)
