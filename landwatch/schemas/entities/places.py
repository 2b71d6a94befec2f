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
)
