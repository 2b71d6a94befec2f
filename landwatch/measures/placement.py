"""The place of rows without coordinates, and how well it is known."""

from typing import Final

import numpy as np
import polars as pl
from pyproj import Transformer

from landwatch.measures.gazetteer import chosen
from landwatch.measures.place_keys import place_keys
from landwatch.schemas.tables import conformed
from landwatch.vocabulary.crs import TWD97_TM2

BOX_HALF: Final = 0.3990
BOX_NINETY: Final = 0.5573
"""Half and nine tenths of a square of side 1 lie within these distances of its centre."""

PLACED_COLUMNS: Final = (
    "longitude",
    "latitude",
    "place_level",
    "place_error_m",
    "place_error_p90_m",
    "cloud_key",
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
    keys = place_keys(rows, towns)
    found = chosen(keys, places)
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
    level = pl.col("place_level")
    cloud = (
        pl.when(level.is_in(["town", "village"]))
        .then(pl.when(level == "town").then("town").otherwise("village"))
        .when(level != "county")
        .then("street")
    )
    table = pl.concat([table, keys.select("street", "village", "town")], how="horizontal")
    is_point = pl.col("longitude").is_not_null() & pl.col("latitude").is_not_null()
    return table.select(
        pl.when(is_point).then("longitude").otherwise("lon").alias("longitude"),
        pl.when(is_point).then("latitude").otherwise("lat").alias("latitude"),
        pl.when(is_point).then(pl.lit("point")).otherwise("place_level").alias("place_level"),
        pl.when(is_point).then(0.0).otherwise("place_error_m").alias("place_error_m"),
        pl.when(is_point).then(0.0).otherwise("place_error_p90_m").alias("place_error_p90_m"),
        pl.when(~is_point).then(cloud).alias("cloud_key"),
    )


def own_places(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the printed coordinates of rows that no address places.

    Parameters
    ----------
    rows : polars.DataFrame
        ``source_file, source_line, longitude, latitude``, and ``place_box_m`` where the source
        prints a box instead of a point: its side [m].

    Returns
    -------
    polars.DataFrame
        Table ``places__rows``. A point has error 0; in a box half of the rows, taken as spread
        evenly, lie within 0.40 of its side, and nine tenths within 0.56; rows without coordinates
        have no place.
    """
    side = pl.col("place_box_m").fill_null(0.0) if "place_box_m" in rows.columns else pl.lit(0.0)
    is_known = pl.col("longitude").is_not_null() & pl.col("latitude").is_not_null()
    told = rows.with_columns(
        pl.when(is_known).then(pl.lit("point")).alias("place_level"),
        pl.when(is_known).then(side * BOX_HALF).alias("place_error_m"),
        pl.when(is_known).then(side * BOX_NINETY).alias("place_error_p90_m"),
    )
    return conformed(told, "places__rows")


def location_cloud(spots: pl.DataFrame) -> pl.DataFrame:
    """Return where the located spots of each road, section, village and town lie.

    Parameters
    ----------
    spots : polars.DataFrame
        Rows of `landwatch.measures.gazetteer.located_spots`.

    Returns
    -------
    polars.DataFrame
        ``cloud_key, longitude, latitude``, each spot once under a key; a guide to the shape of a
        place for `landwatch.measures.membership.zone_probabilities`, never to be published.
    """
    back = Transformer.from_crs(TWD97_TM2, "EPSG:4326", always_xy=True)
    lon, lat = back.transform(spots["easting_m"].to_numpy(), spots["northing_m"].to_numpy())
    located = spots.with_columns(
        pl.Series("longitude", lon, pl.Float64), pl.Series("latitude", lat, pl.Float64)
    )
    parts = [
        located.select(pl.col(level).alias("cloud_key"), "longitude", "latitude", "spot")
        .drop_nulls()
        .unique(["cloud_key", "spot"], keep="first", maintain_order=True)
        .drop("spot")
        for level in ("street", "village", "town")
    ]
    return pl.concat(parts)
