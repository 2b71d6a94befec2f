"""Figures by area and period: what a descriptive map shows, one row a number."""

from typing import Final

import polars as pl

from landwatch.schemas.definitions import Column, Table

COLUMNS: Final[dict[str, Column]] = {
    "zone_id": Column(pl.String, "area of mart/zones.parquet: a zone, or a town that is none"),
    "figure": Column(pl.String, "which number, with its unit, such as asking_rent_twd_m2_month"),
    "period": Column(pl.String, "year, month, span or era the number speaks of"),
    "value": Column(pl.Float64, "the number; missing where it is suppressed or unknown"),
    "n_rows": Column(pl.Int64, "source rows the number rests on", "", 0),
}

TABLES: Final = (
    Table(
        "figures",
        ("zone_id", "figure", "period", "value", "n_rows", "status"),
        ("zone_id", "figure", "period", "n_rows", "status"),
        ("zone_id", "figure", "period"),
        layer="mart",
    ),
)
