"""Places of one level: the medians of located spots, the numbers near by, or an outline.

Each comes with the errors seen when its own spots are left out.
"""

from typing import Final

import geopandas as gpd
import numpy as np
import polars as pl
import shapely

from landwatch.measures.place_errors import error_law, median_without_self, support_class
from landwatch.measures.place_keys import LEVELS, NUMBERS_PER_RANGE, PARENTS
from landwatch.vocabulary.crs import TWD97_TM2

REACH_RANGES: Final = 2
"""A range without located rows is placed by neighbours up to this many ranges away."""

MIN_OUTLINES: Final = 20
"""With fewer outlines that hold located rows, rows are taken to fill an outline evenly."""

DISC: Final = (0.5**0.5, 0.9**0.5)
"""50 % and 90 % of a disc lie within these shares of its radius."""

SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "place_level": pl.String,
    "place_key": pl.String,
    "easting_m": pl.Float64,
    "northing_m": pl.Float64,
    "n_spots": pl.Int64,
    "place_error_m": pl.Float64,
    "place_error_p90_m": pl.Float64,
}


def level_places(spots: pl.DataFrame, areas: pl.DataFrame | None) -> pl.DataFrame:
    """Return the place of every key with the error seen at its level.

    Parameters
    ----------
    spots : polars.DataFrame
        Keys of `landwatch.measures.place_keys.place_keys` with ``easting_m, northing_m`` and
        ``spot``; a spot counts once under a key.
    areas : polars.DataFrame or None
        Rows of `area_places`.

    Returns
    -------
    polars.DataFrame
        `SCHEMA`, one row a level and key; of two ways to place a key the one with less error.
        A level of which no spot could be left out is not there: its error cannot be told.
    """
    parts = [pl.DataFrame(schema=SCHEMA)]
    for level in LEVELS:
        unique = spots.filter(pl.col(level).is_not_null()).unique(
            [level, "spot"], keep="first", maintain_order=True
        )
        seen, keys = _near_numbers(unique) if level == "near_numbers" else _medians(unique, level)
        seen = seen.filter(pl.col("error_m").is_not_null())
        if seen.is_empty():
            continue
        stated = error_law(seen, PARENTS[level]).stated(keys)
        named = stated.with_columns(
            pl.lit(level).alias("place_level"), pl.col(level).alias("place_key")
        )
        parts.append(named.select(SCHEMA.keys()))
    if areas is not None:
        parts.append(_outlines(spots, areas))
    table = pl.concat(parts).filter(pl.col("place_error_m").is_not_null())
    return table.sort("place_level", "place_key", "place_error_m").unique(
        ["place_level", "place_key"], keep="first", maintain_order=True
    )


def area_places(outlines: gpd.GeoDataFrame, level: str, key: str) -> pl.DataFrame:
    """Return outlines as places.

    Parameters
    ----------
    outlines : geopandas.GeoDataFrame
        Polygons in a declared CRS.
    level : str
        ``village``, ``town`` or ``county``.
    key : str
        Column of the key; outlines of one key are one place.

    Returns
    -------
    polars.DataFrame
        ``place_level, place_key, easting_m, northing_m, radius_m``: centroid, and radius of the
        disc of equal area.
    """
    metres = outlines[[key, "geometry"]].dropna().to_crs(TWD97_TM2)
    shapes = metres.geometry.to_numpy()
    area = shapely.area(shapes)
    centre = shapely.centroid(shapes)
    parts = pl.DataFrame(
        {
            "place_key": metres[key].astype(str).to_list(),
            "area": area,
            "x": shapely.get_x(centre) * area,
            "y": shapely.get_y(centre) * area,
        }
    )
    total = parts.group_by("place_key", maintain_order=True).sum().filter(pl.col("area") > 0)
    return total.select(
        pl.lit(level).alias("place_level"),
        "place_key",
        (pl.col("x") / pl.col("area")).alias("easting_m"),
        (pl.col("y") / pl.col("area")).alias("northing_m"),
        (pl.col("area") / np.pi).sqrt().alias("radius_m"),
    )


def _medians(unique: pl.DataFrame, level: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    codes = unique[level].rank("dense").cast(pl.Int64).to_numpy()
    apart = [
        median_without_self(codes, unique[axis].to_numpy()) - unique[axis].to_numpy()
        for axis in ("easting_m", "northing_m")
    ]
    groups = [*dict.fromkeys((*PARENTS[level], level))]
    seen = unique.select(
        *groups,
        pl.Series("error_m", np.hypot(*apart)).fill_nan(None),
        support_class(pl.len().over(level) - 1).alias("support"),
    )
    keys = unique.group_by(level, maintain_order=True).agg(
        *(pl.col(g).first() for g in groups if g != level),
        pl.col("easting_m").median(),
        pl.col("northing_m").median(),
        pl.len().cast(pl.Int64).alias("n_spots"),
    )
    return seen, keys.with_columns(support_class(pl.col("n_spots")).alias("support"))


def _near_numbers(unique: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Place each range by the ranges around it, occupied ones included: they teach the error."""
    ranges = unique.group_by("stem", "low", maintain_order=True).agg(
        pl.col("town", "street").first(), pl.col("easting_m", "northing_m").median()
    )
    steps = [s for s in range(-REACH_RANGES, REACH_RANGES + 1) if s != 0]
    around = pl.concat(
        ranges.with_columns(
            pl.col("low") + step * NUMBERS_PER_RANGE,
            pl.lit(abs(step)).alias("gap"),
        )
        for step in steps
    ).filter(pl.col("low") > 0)
    weight, nearest = 1.0 / pl.col("gap") ** 2, pl.col("gap").min()
    keys = around.group_by("stem", "low", maintain_order=True).agg(
        pl.col("town", "street").first(),
        *(
            ((pl.col(c) * weight).sum() / weight.sum()).alias(c)
            for c in ("easting_m", "northing_m")
        ),
        (3 - 2 * (nearest - 1) - (pl.col("gap") == nearest).sum() % 2)
        .cast(pl.Int64)
        .alias("support"),
        pl.len().cast(pl.Int64).alias("n_spots"),
    )
    keys = keys.with_columns(_range_key().alias("near_numbers"))
    true = unique.select(
        "near_numbers", pl.col("easting_m").alias("x"), pl.col("northing_m").alias("y")
    )
    apart = [(pl.col("easting_m") - pl.col("x")) ** 2, (pl.col("northing_m") - pl.col("y")) ** 2]
    seen = true.join(keys, on="near_numbers").with_columns(
        (apart[0] + apart[1]).sqrt().alias("error_m")
    )
    return seen, keys


def _range_key() -> pl.Expr:
    last = pl.col("low") + (NUMBERS_PER_RANGE - 1)
    text = pl.concat_str(pl.col("low"), pl.lit("~"), last)
    stem = pl.col("stem").str.extract(r"^(.*?)(?:地號|號)$", 1)
    return pl.concat_str(stem, text, pl.col("stem").str.extract(r"(地號|號)$", 1))


def _outlines(spots: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    """State the error of outlines from how far located rows lie off them, in radii."""
    parts = []
    for level in areas["place_level"].unique().sort().to_list():
        own = areas.filter(pl.col("place_level") == level)
        seen = spots.select(
            pl.col(level).alias("place_key"),
            pl.col("easting_m").alias("x"),
            pl.col("northing_m").alias("y"),
        ).join(own, on="place_key")
        apart = (
            (pl.col("x") - pl.col("easting_m")) ** 2 + (pl.col("y") - pl.col("northing_m")) ** 2
        ).sqrt() / pl.col("radius_m")
        by_key = seen.group_by("place_key").agg(
            apart.median().alias("p50"), apart.quantile(0.9, "linear").alias("p90")
        )
        shares = DISC
        if by_key.height >= MIN_OUTLINES:
            shares = by_key.select(pl.col("p50").median(), pl.col("p90").median()).row(0)
        parts.append(
            own.with_columns(
                pl.lit(0, pl.Int64).alias("n_spots"),
                (pl.col("radius_m") * shares[0]).alias("place_error_m"),
                (pl.col("radius_m") * shares[1]).alias("place_error_p90_m"),
            ).select(SCHEMA.keys())
        )
    return pl.concat(parts)
