"""Where sections, roads, lanes, numbers, villages and towns lie, and how far their rows lie off.

Built from rows with coordinates. A key's place is the median easting and northing of its spots,
EPSG:3826; a spot (one coordinate within a town) counts once, however often it is sold. Where a town
or village has no located row its outline serves.
"""

from typing import Final

import geopandas as gpd
import numpy as np
import polars as pl
import shapely
from pyproj import Transformer

from landwatch.measures.place_keys import LEVELS, place_keys
from landwatch.measures.place_levels import SCHEMA, level_places
from landwatch.vocabulary.crs import TWD97_TM2

FARTHEST_OUTSIDE_M: Final = 2_000.0
"""A coordinate this far outside its own town is wrong, not a boundary drawn twice."""

EARLY_SHARE: Final = 2 / 3
"""Share of the located rows, the oldest, that places the others to learn the last correction."""

MIN_PLACED: Final = 50
"""With fewer rows placed at a level, the correction is that of all levels."""


def located_spots(
    rows: pl.DataFrame, towns: pl.DataFrame, shapes: gpd.GeoDataFrame
) -> tuple[pl.DataFrame, int]:
    """Return the rows that can teach where places are.

    Parameters
    ----------
    rows : polars.DataFrame
        Core rows: ``town_code, county_code, masked_address, location_id, longitude, latitude`` and
        ``deal_date``.
    towns : polars.DataFrame
        ``town_code, county_name, town_name``.
    shapes : geopandas.GeoDataFrame
        Town outlines with ``town_code``, any declared CRS.

    Returns
    -------
    tuple of (polars.DataFrame, int)
        Keys of `place_keys` with ``easting_m``, ``northing_m``, ``spot`` (the metre square a row
        lies in) and ``observed`` (day number); and how many coordinates were left out, being over
        `FARTHEST_OUTSIDE_M` outside their town.
    """
    located = rows.filter(pl.col("longitude").is_not_null() & pl.col("town_code").is_not_null())
    to_metres = Transformer.from_crs("EPSG:4326", TWD97_TM2, always_xy=True)
    east, north = to_metres.transform(
        located["longitude"].to_numpy(), located["latitude"].to_numpy()
    )
    keys = place_keys(located, towns).with_columns(
        pl.Series("easting_m", east, pl.Float64), pl.Series("northing_m", north, pl.Float64)
    )
    far = _outside_town(keys, shapes)
    square = [pl.col(c).round(0).cast(pl.Int64) for c in ("easting_m", "northing_m")]
    spot = (square[0] * 10_000_000 + square[1]).alias("spot")
    observed = located["deal_date"].cast(pl.Int32).alias("observed")
    return keys.with_columns(spot, observed).filter(~far), int(far.sum())


def gazetteer(spots: pl.DataFrame, areas: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return the place and the error of every key.

    Parameters
    ----------
    spots : polars.DataFrame
        Rows of `located_spots`.
    areas : polars.DataFrame, optional
        Outlines as rows of `landwatch.measures.place_levels.area_places`; used where no located
        row tells the place, or where the outline is the better guide.

    Returns
    -------
    polars.DataFrame
        ``place_level, place_key, easting_m, northing_m, n_spots, place_error_m,
        place_error_p90_m``, one row a level and key. Half of the rows placed by a key are expected
        within ``place_error_m``, nine tenths within ``place_error_p90_m`` [m].

    Notes
    -----
    Errors are learned twice. Leaving single spots out tells keys apart, but credits a key with the
    neighbours sold together with the spot, and with being chosen because it looked good. So the
    oldest `EARLY_SHARE` of the rows then place the later ones, and the errors of each level,
    parcels and doors apart, are multiplied by what that forecast missed.
    """
    factors = _corrections(spots, areas)
    places = level_places(spots, areas).with_columns(_is_land("place_key", pl.col("place_level")))
    known = places.join(factors, on=_KIND, how="left", maintain_order="left")
    corrected = known.with_columns(
        pl.col("place_error_m") * pl.col("half"), pl.col("place_error_p90_m") * pl.col("ninety")
    )
    at_least = pl.max_horizontal("place_error_m", "place_error_p90_m")
    return corrected.with_columns(at_least.alias("place_error_p90_m")).select(SCHEMA.keys())


def early_and_late(spots: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split located rows in time.

    Parameters
    ----------
    spots : polars.DataFrame
        Rows of `located_spots`.

    Returns
    -------
    tuple of polars.DataFrame
        The oldest `EARLY_SHARE`; and the later rows on spots where none of the former lies.
    """
    is_early = pl.col("observed") <= pl.col("observed").quantile(EARLY_SHARE, "lower")
    early, late = spots.filter(is_early), spots.filter(~is_early)
    return early, late.join(early, on="spot", how="anti", maintain_order="left")


def chosen(keys: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Return for each row the place of that key of its own whose expected error is least.

    Parameters
    ----------
    keys : polars.DataFrame
        Rows of `landwatch.measures.place_keys.place_keys`.
    places : polars.DataFrame
        The gazetteer.

    Returns
    -------
    polars.DataFrame
        ``place_level, easting_m, northing_m, place_error_m, place_error_p90_m``, one row each, in
        order; missing where no key is known. Of equals the finer wins, and a county only places
        what nothing else does.
    """
    n = keys.height
    level, values = np.full(n, len(LEVELS), np.int64), np.full((n, 4), np.nan)
    values[:, 0] = np.inf
    for position, name in enumerate(LEVELS):
        own = places.filter(pl.col("place_level") == name)
        found = (
            keys.select(pl.col(name).alias("place_key"))
            .join(own, on="place_key", how="left", maintain_order="left")
            .select("place_error_m", "place_error_p90_m", "easting_m", "northing_m")
            .to_numpy()
        )
        better = found[:, 0] < values[:, 0]
        if name == "county":
            better &= level == len(LEVELS)
        level[better], values[better] = position, found[better]
    values[level == len(LEVELS)] = np.nan
    names = pl.Series("place_level", [*LEVELS, None], dtype=pl.String)
    columns = ("place_error_m", "place_error_p90_m", "easting_m", "northing_m")
    numbers = [pl.Series(c, values[:, i]).fill_nan(None) for i, c in enumerate(columns)]
    return pl.DataFrame([names.gather(level), *numbers])


def _outside_town(keys: pl.DataFrame, shapes: gpd.GeoDataFrame) -> pl.Series:
    metres = shapes.to_crs(TWD97_TM2)
    outline = dict(zip(metres["town_code"].astype(str), metres.geometry, strict=True))
    far = np.zeros(keys.height, dtype=bool)
    town = keys["town"].to_numpy()
    points = shapely.points(keys["easting_m"].to_numpy(), keys["northing_m"].to_numpy())
    for code in keys["town"].unique().sort().to_list():
        if code in outline:
            at = np.flatnonzero(town == code)
            shapely.prepare(outline[code])
            near = shapely.dwithin(outline[code], points[at], FARTHEST_OUTSIDE_M)
            far[at] = ~near
    return pl.Series("far", far)


def _is_land(number_range: str, level: pl.Expr) -> pl.Expr:
    """Parcels and doors are corrected apart where one level holds both under keys of their own."""
    parcel = pl.col(number_range).str.ends_with("地號").fill_null(value=False)
    return (parcel & level.is_in(["number_range", "near_numbers"])).alias("is_land")


def _corrections(spots: pl.DataFrame, areas: pl.DataFrame | None) -> pl.DataFrame:
    """Return by level and kind the factors by which a forecast in time misses the stated errors."""
    early, late = early_and_late(spots)
    late = late.unique(["spot", "number_range"], keep="first", maintain_order=True)
    found = chosen(late, level_places(early, areas)).rename({"easting_m": "x", "northing_m": "y"})
    apart = pl.concat([late, found], how="horizontal").filter(pl.col("place_level").is_not_null())
    distance = (
        (pl.col("x") - pl.col("easting_m")) ** 2 + (pl.col("y") - pl.col("northing_m")) ** 2
    ).sqrt()
    ratios = apart.select(
        "place_level",
        _is_land("number_range", pl.col("place_level")),
        (distance / pl.col("place_error_m")).alias("half"),
        (distance / pl.col("place_error_p90_m")).alias("ninety"),
    )
    points = (pl.col("half").median(), pl.col("ninety").quantile(0.9, "linear"))
    by_level = ratios.group_by("place_level", "is_land").agg(pl.len().alias("n"), *points)
    overall = ratios.select(*points) if ratios.height >= MIN_PLACED else _NO_CORRECTION
    every = pl.DataFrame({"place_level": LEVELS}).join(_KINDS, how="cross")
    known = every.join(by_level.filter(pl.col("n") >= MIN_PLACED), on=_KIND, how="left")
    return known.select(
        *_KIND, *(pl.col(c).fill_null(overall[c].item()) for c in ("half", "ninety"))
    )


_KIND: Final = ["place_level", "is_land"]
_KINDS: Final = pl.DataFrame({"is_land": [False, True]})
_NO_CORRECTION: Final = pl.DataFrame({"half": [1.0], "ninety": [1.0]})
