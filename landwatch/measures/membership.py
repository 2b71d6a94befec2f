"""How probably a row whose place is known within some metres lies in a zone, ring or village."""

from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats

from landwatch.measures.zone_assignment import assign_zones

POINTS: Final = 128
"""Points that stand for one place; without a cloud a probability is a multiple of 1/128."""

EVEN_WEIGHT: Final = 1.0
"""Weight of the even spread around a place, in located spots."""

METRES_PER_DEGREE: Final = 110_900.0
"""Of latitude between 22° and 26° north, WGS84; within 0.2 %."""

_EQUATOR_M: Final = 111_320.0
_GOLDEN_ANGLE: Final = np.pi * (3.0 - 5.0**0.5)
_CHUNK: Final = 20_000

Floats = npt.NDArray[np.float64]


def zone_probabilities(
    places: pl.DataFrame, zones: gpd.GeoDataFrame, cloud: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Return the zones each row may lie in, with the probability of each.

    Parameters
    ----------
    places : polars.DataFrame
        ``longitude, latitude`` [degree, WGS84], ``place_error_m``, ``place_error_p90_m`` and
        ``cloud_key``, as `landwatch.measures.placement.placed` gives them.
    zones : geopandas.GeoDataFrame
        Disjoint polygons in a declared CRS. Where they overlap the first has the point.
    cloud : polars.DataFrame, optional
        Located spots, ``cloud_key, longitude, latitude``, of `location_cloud`.

    Returns
    -------
    polars.DataFrame
        ``row`` (position in `places`), ``zone`` (position in `zones`), ``probability`` in (0, 1],
        ordered by row and zone. Zones of no probability are not listed; the probabilities of a row
        sum to at most 1, the rest being outside every zone. A row without a place is not listed;
        an exact one (error 0) has probability 1 where it lies.

    Raises
    ------
    InputError
        If the zones have no CRS.

    Notes
    -----
    Two views are added. The distance of a row from its place is taken as log-normal through the
    two stated errors, its direction as even, which `POINTS` quantiles turned by the golden angle
    stand for. And the row lies where located spots of its road, section, village or town do: each
    counts by the chance that a row lies at least as far off. The first view has the weight of
    `EVEN_WEIGHT` spots.

    Examples
    --------
    >>> from shapely import box
    >>> zones = gpd.GeoDataFrame(geometry=[box(121, 23, 121.5, 24)], crs="EPSG:4326")
    >>> rows = pl.DataFrame({"longitude": [121.5, 121.2], "latitude": [23.5, 23.5], "cloud_key": "",
    ...                      "place_error_m": [200.0, 0.0], "place_error_p90_m": [500.0, 0.0]})
    >>> zone_probabilities(rows, zones).rows()
    [(0, 0, 0.5), (1, 0, 1.0)]
    """
    known = ["longitude", "latitude", "place_error_m", "place_error_p90_m"]
    columns = [*known, "cloud_key"]
    numbered = places.select(columns).with_row_index("row").drop_nulls(known)
    numbered = numbered.with_columns(pl.col("cloud_key").fill_null(""))
    distinct = numbered.select(columns).unique(maintain_order=True).with_row_index("place")
    spots = _zoned_cloud(cloud, zones)
    inexact = distinct.filter(pl.col("place_error_m") > 0)
    found = [_EMPTY, _exact(distinct.filter(pl.col("place_error_m") == 0), zones)]
    for first in range(0, inexact.height, _CHUNK):
        found.append(_probabilities(inexact.slice(first, _CHUNK), zones, spots))
    rows = numbered.join(distinct, on=columns).select("row", "place")
    joined = rows.join(pl.concat(found), on="place").sort("row", "zone")
    return joined.select(pl.col("row").cast(pl.Int64), "zone", "probability")


def likeliest_zones(
    places: pl.DataFrame, zones: gpd.GeoDataFrame, cloud: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Return for each row its likeliest zone.

    Parameters
    ----------
    places : polars.DataFrame
        As for `zone_probabilities`.
    zones : geopandas.GeoDataFrame
        As for `zone_probabilities`, with ``zone_id``.
    cloud : polars.DataFrame, optional
        As for `zone_probabilities`.

    Returns
    -------
    polars.DataFrame
        One row each, in order: ``zone_id`` (missing where no zone is likely at all),
        ``zone_probability`` (its) and ``inside_probability`` (of all zones together); both missing
        where the row has no place.
    """
    shares = zone_probabilities(places, zones, cloud)
    names = pl.Series("zone_id", zones["zone_id"].astype(str).to_list(), dtype=pl.String)
    best = shares.sort(["row", "probability", "zone"], descending=[False, True, False])
    best = best.group_by("row", maintain_order=True).agg(
        pl.col("zone").first(),
        pl.col("probability").first().alias("zone_probability"),
        pl.col("probability").sum().clip(0.0, 1.0).alias("inside_probability"),
    )
    best = best.with_columns(names.gather(best["zone"]).alias("zone_id"))
    rows = places.select((pl.col("longitude") + pl.col("latitude")).is_not_null().alias("placed"))
    joined = rows.with_columns(pl.int_range(pl.len()).alias("row")).join(
        best, on="row", how="left", maintain_order="left"
    )
    return joined.select(
        "zone_id",
        *(
            pl.when("placed").then(pl.col(c).fill_null(0.0)).alias(c)
            for c in ("zone_probability", "inside_probability")
        ),
    )


_EMPTY: Final = pl.DataFrame(
    schema={"place": pl.UInt32, "zone": pl.Int64, "probability": pl.Float64}
)
_CLOUD: Final[dict[str, type[pl.DataType]]] = {
    "cloud_key": pl.String,
    "longitude": pl.Float64,
    "latitude": pl.Float64,
}


def _zoned_cloud(cloud: pl.DataFrame | None, zones: gpd.GeoDataFrame) -> pl.DataFrame:
    spots = (pl.DataFrame(schema=_CLOUD) if cloud is None else cloud).select(_CLOUD.keys())
    zone = assign_zones(spots["longitude"].to_numpy(), spots["latitude"].to_numpy(), zones)
    return spots.rename({"longitude": "x", "latitude": "y"}).with_columns(pl.Series("zone", zone))


def scattered(places: pl.DataFrame) -> tuple[Floats, Floats]:
    """Return points that stand for where each row may be.

    Parameters
    ----------
    places : polars.DataFrame
        As for `zone_probabilities`, nothing missing.

    Returns
    -------
    tuple of ndarray, shape (n, POINTS)
        Longitudes and latitudes [degree].
    """
    lon, lat, half, ninety = (
        places[c].to_numpy()[:, None]
        for c in ("longitude", "latitude", "place_error_m", "place_error_p90_m")
    )
    quantile = (np.arange(POINTS) + 0.5) / POINTS
    distance = np.where(
        half > 0, half * np.exp(_spread(half, ninety) * stats.norm.ppf(quantile)), 0.0
    )
    angle = np.arange(POINTS) * _GOLDEN_ANGLE
    east = _EQUATOR_M * np.cos(np.radians(lat))
    return (
        lon + distance * np.cos(angle) / east,
        lat + distance * np.sin(angle) / METRES_PER_DEGREE,
    )


def _exact(points: pl.DataFrame, zones: gpd.GeoDataFrame) -> pl.DataFrame:
    zone = assign_zones(points["longitude"].to_numpy(), points["latitude"].to_numpy(), zones)
    found = points.select("place", pl.Series("zone", zone), pl.lit(1.0).alias("probability"))
    return found.filter(pl.col("zone") >= 0)


def _probabilities(
    part: pl.DataFrame, zones: gpd.GeoDataFrame, spots: pl.DataFrame
) -> pl.DataFrame:
    lon, lat = scattered(part)
    even = pl.DataFrame(
        {
            "place": np.repeat(part["place"].to_numpy(), POINTS),
            "zone": assign_zones(lon.ravel(), lat.ravel(), zones),
            "weight": EVEN_WEIGHT / POINTS,
        }
    )
    near = part.join(spots, on="cloud_key")
    near = near.select("place", "zone", pl.Series("weight", _weight(near), pl.Float64))
    both = pl.concat([even, near.cast({"place": even["place"].dtype})])
    whole = both.group_by("place").agg(pl.col("weight").sum().alias("whole"))
    shares = both.filter(pl.col("zone") >= 0).group_by("place", "zone").agg(pl.col("weight").sum())
    probability = (pl.col("weight") / pl.col("whole")).clip(0.0, 1.0).alias("probability")
    return (
        shares.join(whole, on="place")
        .select("place", "zone", probability)
        .cast({"place": pl.UInt32, "zone": pl.Int64})
    )


def _weight(near: pl.DataFrame) -> Floats:
    """Return the chance that a row lies at least as far from its place as a spot does."""
    lat, half, ninety = (
        near[c].to_numpy() for c in ("latitude", "place_error_m", "place_error_p90_m")
    )
    east = (near["x"].to_numpy() - near["longitude"].to_numpy()) * _EQUATOR_M
    north = (near["y"].to_numpy() - lat) * METRES_PER_DEGREE
    distance = np.maximum(np.hypot(east * np.cos(np.radians(lat)), north), 1e-3)
    chance: Floats = stats.norm.sf(
        np.log(distance / half) / np.maximum(_spread(half, ninety), 1e-6)
    )
    return chance


def _spread(half: Floats, ninety: Floats) -> Floats:
    wide = np.maximum(ninety, half) / np.maximum(half, 1e-9)
    spread: Floats = np.log(np.maximum(wide, 1.0)) / stats.norm.ppf(0.9)
    return spread
