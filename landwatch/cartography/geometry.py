"""Boundaries made light enough to travel inside a page.

Shared borders are simplified together (no gaps, no overlaps), coordinates are put on a grid and
each ring is written as differences between neighbours, which the page undoes in a few lines.
"""

import math
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from landwatch.cartography.compact import encode_ring
from landwatch.vocabulary.errors import InputError

GRID_DEG = 1e-4
TOLERANCE_DEG = 2e-3

Rings = list[list[str]]


def check_zones(zones: gpd.GeoDataFrame) -> None:
    """Refuse a layer of zones that cannot be drawn.

    Parameters
    ----------
    zones : GeoDataFrame
        One row per town, EPSG:4326, column ``zone_id``.

    Raises
    ------
    InputError
        Naming every fault: coordinate system, repeated or missing ids, other shapes than polygons.
    """
    faults = []
    if zones.crs is None or not zones.crs.equals("EPSG:4326", ignore_axis_order=True):
        faults.append(f"coordinate system must be EPSG:4326, found {zones.crs}")
    repeated = sorted(set(zones.loc[zones["zone_id"].duplicated(), "zone_id"].astype(str)))
    if repeated:
        faults.append(f"zone_id must be unique, {len(repeated)} repeat, such as {repeated[:3]}")
    kinds = zones.geometry.geom_type.isin(["Polygon", "MultiPolygon"])
    if not kinds.all() or zones.geometry.is_empty.any():
        faults.append(f"{int((~kinds).sum())} rows have no polygon")
    if faults:
        raise InputError("zones layer cannot be drawn / 地區圖層無法繪製: " + "; ".join(faults))


def display_rings(zones: gpd.GeoDataFrame, *, tolerance: float = TOLERANCE_DEG) -> list[Rings]:
    """Simplify a coverage and encode it.

    Parameters
    ----------
    zones : GeoDataFrame
        Polygons in EPSG:4326.
    tolerance : float, optional
        Size of detail to drop [degrees]; 0.002 is about 200 m.

    Returns
    -------
    list of list
        Per row its polygons; per polygon its rings; per ring ``[x0, y0, dx1, dy1, …]`` in units of
        ``GRID_DEG``, west–east before south–north, without the closing point, written by
        `compact.encode_ring`.

    Notes
    -----
    Zones drawn by hand may overlap towns; such a layer is no coverage, and each shape is then
    simplified on its own. Islets and holes under a quarter of the squared tolerance vanish, never
    a whole town. The grid moves a point by at most 6 m along an axis.
    """
    shapes = zones.geometry
    together = shapely.coverage_is_valid(shapes.to_numpy())
    simple = shapes.simplify_coverage(tolerance) if together else shapes.simplify(tolerance)
    return [_polygons(shape, tolerance) for shape in simple]


def view_bounds(zones: gpd.GeoDataFrame, is_zone: np.ndarray[Any, Any]) -> list[float]:
    """Where the map opens: the treated zones and the counties they lie in.

    Parameters
    ----------
    zones : GeoDataFrame
        Polygons in EPSG:4326, column ``county_name``.
    is_zone : ndarray of bool, shape (n,)
        Treated or not.

    Returns
    -------
    list of float
        West, south, east, north [degrees].

    Notes
    -----
    Only the largest part of a town counts, so that far islets do not shrink the view. Without any
    treated zone everything counts.
    """
    counties = zones["county_name"].astype(str).to_numpy()
    shown = is_zone | (np.isin(counties, counties[is_zone]) & (counties != ""))
    shapes, row = shapely.get_parts(zones.geometry.to_numpy(), return_index=True)
    order = np.lexsort((shapely.area(shapes), row))
    largest = shapes[order[np.r_[np.diff(row[order]) > 0, True]]]
    bounds = shapely.bounds(largest[shown] if shown.any() else largest)
    box = [*bounds[:, :2].min(axis=0), *bounds[:, 2:].max(axis=0)]
    return [round(float(value), 4) for value in box]


def _polygons(shape: shapely.Geometry, tolerance: float) -> Rings:
    parts = sorted(shapely.get_parts(shape), key=lambda part: -part.area)
    kept = [part for part in parts if part.area >= tolerance**2 / 4] or parts[:1]
    return [_rings(part, tolerance) for part in kept]


def _rings(polygon: shapely.Polygon, tolerance: float) -> list[str]:
    holes = [ring for ring in polygon.interiors if shapely.Polygon(ring).area >= tolerance**2 / 4]
    return [encode_ring(_deltas(ring)) for ring in (polygon.exterior, *holes)]


def _deltas(ring: shapely.LinearRing) -> list[int]:
    grid = np.rint(shapely.get_coordinates(ring) / GRID_DEG).astype(np.int64)[:-1]
    moved = np.r_[True, (np.diff(grid, axis=0) != 0).any(axis=1)]
    steps = np.diff(grid[moved], axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    return [int(value) for value in steps.ravel()]


def grid_error_m() -> float:
    """Largest shift that the grid of coordinates can cause.

    Returns
    -------
    float
        Half a cell along one axis [m].
    """
    return math.radians(GRID_DEG / 2) * 6_371_000.0
