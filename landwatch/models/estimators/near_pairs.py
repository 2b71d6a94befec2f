"""Which points lie within a distance, and how much each pair counts: sparse kernels."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from scipy import sparse
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Kernel = Literal["uniform", "bartlett"]
Distance = Literal["haversine", "flat111", "plane"]
EARTH_RADIUS_KM: Final = 6371.01
"""Mean radius, as in conleyreg and diff-diff (fixest's ``spherical`` has 6376)."""
DEGREE_KM: Final = 111.0
CHUNK: Final = 512


def distance_km(one: "Floats", other: "Floats", distance: Distance) -> "Floats":
    """Compute distances between pairs of points.

    Parameters
    ----------
    one, other : ndarray, shape (n, 2)
        Longitude and latitude [°]; or easting and northing [m] for ``plane``.
    distance : {"haversine", "flat111", "plane"}
        Great circle; fixest's default, ``111·√(Δlat² + (cos(mean lat)·Δlon)²)``; or Euclid's.

    Returns
    -------
    ndarray, shape (n,)
        Distances [km].
    """
    if distance == "plane":
        return np.asarray(np.hypot(*(one - other).T) / 1_000.0, dtype=float)
    step = np.abs(one - other)
    turn = np.minimum(step[:, 0], 360.0 - step[:, 0])
    if distance == "flat111":
        middle = np.cos(np.radians((one[:, 1] + other[:, 1]) / 2.0))
        return np.asarray(DEGREE_KM * np.hypot(step[:, 1], middle * turn), dtype=float)
    lat, other_lat = np.radians(one[:, 1]), np.radians(other[:, 1])
    chord = (
        np.sin(np.radians(step[:, 1]) / 2.0) ** 2
        + np.cos(lat) * np.cos(other_lat) * np.sin(np.radians(turn) / 2.0) ** 2
    )
    return np.asarray(2.0 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(chord, 1.0))))


def kernel_rows(
    points: "Floats", cutoff_km: float, kernel: Kernel, distance: Distance
) -> "Iterator[tuple[slice, sparse.csr_array]]":
    """Yield the kernel matrix of points, some rows at a time.

    Parameters
    ----------
    points : ndarray, shape (n, 2)
        Points, as for `distance_km`.
    cutoff_km : float
        Distance beyond which pairs do not count; a pair exactly there does.
    kernel : {"uniform", "bartlett"}
        1, or 1 − distance/cutoff.
    distance : {"haversine", "flat111", "plane"}
        Distance.

    Yields
    ------
    tuple of (slice, csr_array)
        Rows, and their weights against all points.
    """
    embedded, reach = _embedded(points, cutoff_km, distance)
    tree = cKDTree(embedded)
    for start in range(0, len(points), CHUNK):
        rows = slice(start, min(start + CHUNK, len(points)))
        near = cKDTree(embedded[rows]).sparse_distance_matrix(tree, reach, output_type="ndarray")
        left, right, apart = near["i"], near["j"], near["v"]
        if distance == "haversine":
            apart = 2.0 * EARTH_RADIUS_KM * np.arcsin(np.minimum(apart / 2.0, 1.0))
        elif distance == "plane":
            apart = apart / 1_000.0
        else:
            apart = distance_km(points[rows][left], points[right], distance)
        inside = apart <= cutoff_km
        weight = np.ones(inside.sum()) if kernel == "uniform" else 1.0 - apart[inside] / cutoff_km
        shape = (len(embedded[rows]), len(points))
        yield rows, sparse.csr_array((weight, (left[inside], right[inside])), shape=shape)


def _embedded(points: "Floats", cutoff_km: float, distance: Distance) -> "tuple[Floats, float]":
    """Place points where a tree can search, with a radius that misses no pair."""
    if distance == "plane":
        return points, cutoff_km * 1_000.0 * (1.0 + 1e-9)
    if distance == "flat111":
        return points[:, 1:], cutoff_km / DEGREE_KM * (1.0 + 1e-9)
    lon, lat = np.radians(points).T
    unit = np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    angle = min(cutoff_km / EARTH_RADIUS_KM, np.pi)
    return unit, float(2.0 * np.sin(angle / 2.0)) * (1.0 + 1e-9) + 1e-12
