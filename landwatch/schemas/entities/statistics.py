"""Population, income and other official statistics."""

from typing import Final

import polars as pl

from landwatch.schemas.definitions import Column, Table

COLUMNS: Final[dict[str, Column]] = {
    "population": Column(pl.Int64, "人口數", "persons", 0),
    "households": Column(pl.Int64, "戶數", "households", 0),
    "tax_units": Column(pl.Int64, "納稅單位", "households filing", 0),
    "income_total_twd": Column(pl.Float64, "綜合所得總額", "NTD"),
    "income_mean_twd": Column(pl.Float64, "平均數", "NTD"),
    "income_median_twd": Column(pl.Float64, "中位數", "NTD"),
}

_SOURCE: Final = ("source_file", "source_line")

_INCOME: Final = (
    "town_code",
    "village_name",
    "year",
    "tax_units",
    "income_total_twd",
    "income_mean_twd",
    "income_median_twd",
)

TABLES: Final = (
    Table(
        "population__town_months",
        ("town_code", "month", "population", "households", *_SOURCE),
        ("town_code", "month", "population", *_SOURCE),
        ("town_code", "month"),
        repeats=("town_code", "month"),
    ),
    Table(
        "income__village_years",
        (*_INCOME, *_SOURCE),
        ("town_code", "year", "tax_units", *_SOURCE),
        _SOURCE,
        # villages may share a name, so only rows equal throughout are one
        repeats=_INCOME,
    ),
)
