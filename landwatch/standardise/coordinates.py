"""Coordinates printed as text: a place in Taiwan in degrees, or missing with the reason."""

import polars as pl

from landwatch.standardise.lvr_query import TAIWAN_BOUNDS
from landwatch.vocabulary.text import folded

LARGEST_DEGREE = 180
"""What is larger is no degree; metres of TWD97 are."""


def with_coordinates(frame: pl.DataFrame, longitude: str, latitude: str) -> pl.DataFrame:
    """Read coordinates; what cannot be a place of Taiwan in degrees is missing and says why.

    Parameters
    ----------
    frame : polars.DataFrame
        Rows.
    longitude, latitude : str
        Text columns [degree].

    Returns
    -------
    polars.DataFrame
        Also ``longitude, latitude`` and ``coordinate_fault``: ``swapped_coordinates``,
        ``coordinates_not_degrees``, ``coordinates_outside`` or ``no_coordinates``. Nothing is
        repaired.
    """
    west, south, east, north = TAIWAN_BOUNDS
    east_west, north_south = (
        folded(pl.col(c)).cast(pl.Float64, strict=False) for c in (longitude, latitude)
    )
    frame = frame.with_columns(east_west.alias("_lon"), north_south.alias("_lat"))
    lon, lat = pl.col("_lon"), pl.col("_lat")
    inside = lon.is_between(west, east) & lat.is_between(south, north)
    swapped = lat.is_between(west, east) & lon.is_between(south, north)
    absent = lon.is_null() | lat.is_null() | lon.is_nan() | lat.is_nan()
    fault = (
        pl.when(absent | ((lon == 0) & (lat == 0)))
        .then(pl.lit("no_coordinates"))
        .when(inside)
        .then(pl.lit(None, pl.String))
        .when(swapped)
        .then(pl.lit("swapped_coordinates"))
        .when((lon.abs() > LARGEST_DEGREE) | (lat.abs() > LARGEST_DEGREE))
        .then(pl.lit("coordinates_not_degrees"))
        .otherwise(pl.lit("coordinates_outside"))
    )
    return frame.with_columns(
        pl.when(inside).then(lon).alias("longitude"),
        pl.when(inside).then(lat).alias("latitude"),
        fault.alias("coordinate_fault"),
    ).drop("_lon", "_lat")
