"""How probably a row whose place is known within some metres lies in a zone, ring or village."""

from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats

from landwatch.measures.zone_assignment import assign_zones

POINTS: Final = 128
"""Points that stand for one place; a probability is a multiple of 1/128."""

METRES_PER_DEGREE: Final = 110_900.0
"""Of latitude between 22° and 26° north, WGS84; within 0.2 %."""

_EQUATOR_M: Final = 111_320.0
_GOLDEN_ANGLE: Final = np.pi * (3.0 - 5.0**0.5)
_CHUNK: Final = 50_000

Floats = npt.NDArray[np.float64]


def zone_probabilities(places: pl.DataFrame, zones: gpd.GeoDataFrame) -> pl.DataFrame:
    """Return the zones each row may lie in, with the probability of each.

    Parameters
    ----------
    places : polars.DataFrame
        ``longitude, latitude`` [degree, WGS84], ``place_error_m`` and ``place_error_p90_m``, as
        `landwatch.measures.placement.placed` gives them.
    zones : geopandas.GeoDataFrame
        Disjoint polygons in a declared CRS. Where they overlap the first has the point.

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
    The distance of a row from its place is taken as log-normal through the two stated errors, its
    direction as even. The law is stood for by `POINTS` points: quantiles of the distance turned by
    the golden angle, the same for every row, so that equal places have equal probabilities.

    Examples
    --------
    >>> from shapely import box
    >>> zones = gpd.GeoDataFrame(geometry=[box(121, 23, 121.5, 24)], crs="EPSG:4326")
    >>> rows = pl.DataFrame({"longitude": [121.5, 121.2], "latitude": [23.5, 23.5],
    ...                      "place_error_m": [200.0, 0.0], "place_error_p90_m": [500.0, 0.0]})
    >>> zone_probabilities(rows, zones).rows()
    [(0, 0, 0.5), (1, 0, 1.0)]
    """
    columns = ["longitude", "latitude", "place_error_m", "place_error_p90_m"]
    numbered = places.select(columns).with_row_index("row").drop_nulls()
    distinct = numbered.select(columns).unique(maintain_order=True).with_row_index("place")
    found = [_EMPTY]
    for first in range(0, distinct.height, _CHUNK):
        part = distinct.slice(first, _CHUNK)
        found.append(_probabilities(part, zones))
    shares = pl.concat(found)
    rows = numbered.join(distinct, on=columns).select("row", "place")
    joined = rows.join(shares, on="place").sort("row", "zone")
    return joined.select(pl.col("row").cast(pl.Int64), "zone", "probability")


_EMPTY: Final = pl.DataFrame(
    schema={"place": pl.UInt32, "zone": pl.Int64, "probability": pl.Float64}
)


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
    wide = np.maximum(ninety, half) / np.maximum(half, 1e-9)
    spread = np.log(np.maximum(wide, 1.0)) / stats.norm.ppf(0.9)
    distance = np.where(half > 0, half * np.exp(spread * stats.norm.ppf(quantile)), 0.0)
    angle = np.arange(POINTS) * _GOLDEN_ANGLE
    east = _EQUATOR_M * np.cos(np.radians(lat))
    return (
        lon + distance * np.cos(angle) / east,
        lat + distance * np.sin(angle) / METRES_PER_DEGREE,
    )


def _probabilities(part: pl.DataFrame, zones: gpd.GeoDataFrame) -> pl.DataFrame:
    lon, lat = scattered(part)
    zone = assign_zones(lon.ravel(), lat.ravel(), zones)
    place = np.repeat(part["place"].to_numpy(), POINTS)
    inside = zone >= 0
    return (
        pl.DataFrame({"place": place[inside], "zone": zone[inside]})
        .group_by("place", "zone")
        .agg((pl.len() / POINTS).alias("probability"))
        .cast({"place": pl.UInt32, "zone": pl.Int64})
    )
