"""The gazetteer and the place of each row."""

from typing import Final

import polars as pl

from landwatch.schemas.definitions import Column, Table
from landwatch.schemas.entities.common import PLACE_LEVELS

COLUMNS: Final[dict[str, Column]] = {
    "place_level": Column(
        pl.String,
        "what places the row: its own coordinate, its range of numbers, neighbouring ranges, lane, "
        "段, road, 村里, town or county",
        allowed=PLACE_LEVELS,
    ),
    "place_key": Column(pl.String, "town code and masked address as far as the level goes"),
    "easting_m": Column(pl.Float64, "TWD97 / TM2 zone 121, EPSG:3826", "m"),
    "northing_m": Column(pl.Float64, "TWD97 / TM2 zone 121, EPSG:3826", "m"),
    "n_spots": Column(pl.Int64, "distinct coordinates a place rests on; 0 for outlines", "", 0),
    "place_error_m": Column(pl.Float64, "half of such rows lie within this distance", "m", 0),
    "place_error_p90_m": Column(pl.Float64, "nine tenths lie within this distance", "m", 0),
    "area_id": Column(pl.String, "zone of mart/zones.parquet, or village by its code"),
    "rows_at_point": Column(pl.Int64, "rows whose own coordinate lies in the area", "", 0),
    "rows_sure": Column(pl.Int64, "rows that lie in it with probability 0.9 or more", "", 0),
    "rows_expected": Column(pl.Float64, "sum of the probabilities of all rows", "rows", 0),
    "rows_possible": Column(pl.Int64, "rows that may lie in it at all", "", 0),
    "cloud_key": Column(pl.String, "road, 段, village or town whose spots tell where the row lies"),
}

_PLACE: Final = ("place_level", "place_error_m", "place_error_p90_m")
_SOURCE: Final = ("source_file", "source_line")

TABLES: Final[tuple[Table, ...]] = (
    Table(
        "places__gazetteer",
        (
            "place_level",
            "place_key",
            "easting_m",
            "northing_m",
            "n_spots",
            "place_error_m",
            "place_error_p90_m",
        ),
        ("place_level", "place_key", "easting_m", "northing_m", "n_spots", *_PLACE[1:]),
        ("place_level", "place_key"),
        layer="mart",
    ),
    Table(
        "places__rows",
        (*_SOURCE, "longitude", "latitude", *_PLACE, "cloud_key"),
        _SOURCE,
        _SOURCE,
        layer="mart",
    ),
    Table(
        "area_counts",
        (
            "area_id",
            "table_name",
            "rows_at_point",
            "rows_sure",
            "rows_expected",
            "rows_possible",
        ),
        ("area_id", "table_name", "rows_at_point", "rows_sure", "rows_expected", "rows_possible"),
        ("area_id", "table_name"),
        layer="mart",
    ),
)
