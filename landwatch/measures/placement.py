"""The place of rows without coordinates, and how well it is known."""

from typing import Final

import numpy as np
import polars as pl
from pyproj import Transformer

from landwatch.measures.gazetteer import chosen
from landwatch.measures.place_keys import place_keys
from landwatch.measures.place_levels import TWD97_TM2

PLACED_COLUMNS: Final = (
    "longitude",
    "latitude",
    "place_level",
    "place_error_m",
    "place_error_p90_m",
)


def placed(rows: pl.DataFrame, places: pl.DataFrame, towns: pl.DataFrame) -> pl.DataFrame:
    """Return the place of each row.

    Parameters
    ----------
    rows : polars.DataFrame
        ``town_code, county_code, masked_address, location_id, longitude, latitude``.
    places : polars.DataFrame
        The gazetteer.
    towns : polars.DataFrame
        ``town_code, county_name, town_name``.

    Returns
    -------
    polars.DataFrame
        One row each, in order: `PLACED_COLUMNS`. A printed coordinate stays, level ``point``,
        error 0. Any other row is placed by that key of its own whose expected error is least, the
        finer of two equals. Missing only where no key is known.
    """
    found = chosen(place_keys(rows, towns), places)
    back = Transformer.from_crs(TWD97_TM2, "EPSG:4326", always_xy=True)
    east, north = (found[c].fill_null(np.nan).to_numpy() for c in ("easting_m", "northing_m"))
    lon, lat = np.full(rows.height, np.nan), np.full(rows.height, np.nan)
    known = np.isfinite(east)
    lon[known], lat[known] = back.transform(east[known], north[known])
    table = rows.select("longitude", "latitude").with_columns(
        *found.select("place_level", "place_error_m", "place_error_p90_m").get_columns(),
        pl.Series("lon", lon).fill_nan(None),
        pl.Series("lat", lat).fill_nan(None),
    )
    is_point = pl.col("longitude").is_not_null() & pl.col("latitude").is_not_null()
    return table.select(
        pl.when(is_point).then("longitude").otherwise("lon").alias("longitude"),
        pl.when(is_point).then("latitude").otherwise("lat").alias("latitude"),
        pl.when(is_point).then(pl.lit("point")).otherwise("place_level").alias("place_level"),
        pl.when(is_point).then(0.0).otherwise("place_error_m").alias("place_error_m"),
        pl.when(is_point).then(0.0).otherwise("place_error_p90_m").alias("place_error_p90_m"),
    )
