"""How much of each area a set of polygons covers, every square metre counted once."""

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

Shapes = npt.NDArray[np.object_]


def disjoint_parts(polygons: Shapes) -> Shapes:
    """Return polygons without what an earlier one already covers.

    Parameters
    ----------
    polygons : ndarray of shapely.Geometry, shape (n,)
        Valid polygons in a plane.

    Returns
    -------
    ndarray of shapely.Geometry, shape (n,)
        Together they cover what the given ones cover, and their areas add up to that.

    Examples
    --------
    >>> parts = disjoint_parts(np.array([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)]))
    >>> shapely.area(parts).tolist()
    [2.0, 1.0]
    """
    parts = polygons.copy()
    if len(parts) == 0:
        return parts
    later, earlier = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    ahead = earlier < later
    later, earlier = later[ahead], earlier[ahead]
    apart = shapely.touches(polygons[later], polygons[earlier])
    later, earlier = later[~apart], earlier[~apart]
    order = np.lexsort((earlier, later))
    cut, groups = np.unique(later[order], return_inverse=True)
    if len(cut):
        stacked = shapely.geometrycollections(polygons[earlier[order]], indices=groups)
        covered = shapely.union_all(stacked[:, None], axis=1)
        parts[cut] = shapely.difference(polygons[cut], covered)
    return parts


def covered_parts(areas: Shapes, parts: Shapes) -> pl.DataFrame:
    """Return how much of each area each part covers.

    Parameters
    ----------
    areas, parts : ndarray of shapely.Geometry
        Valid polygons in one plane with metres.

    Returns
    -------
    polars.DataFrame
        ``area`` and ``part`` (positions), ``covered_area_m2``; pairs without common area are
        left out. Ordered by area and part.
    """
    within = _within(areas, parts)
    inside = pl.DataFrame(within, schema={"area": pl.Int64, "part": pl.Int64})
    tree = shapely.STRtree(parts)
    area, part = tree.query(areas, predicate="intersects")
    pairs = pl.DataFrame({"area": area, "part": part}).cast(pl.Int64)
    across = pairs.join(inside, on=["area", "part"], how="anti", maintain_order="left")
    common = shapely.intersection(
        areas[across["area"].to_numpy()], parts[across["part"].to_numpy()]
    )
    whole = inside.with_columns(pl.Series("covered_area_m2", shapely.area(parts[within[:, 1]])))
    cut = across.with_columns(pl.Series("covered_area_m2", shapely.area(common)))
    return pl.concat([whole, cut]).filter(pl.col("covered_area_m2") > 0).sort("area", "part")


def lengths_within(areas: Shapes, lines: Shapes) -> pl.DataFrame:
    """Return how much of each line runs in each area.

    Parameters
    ----------
    areas, lines : ndarray of shapely.Geometry
        Valid polygons and lines in one plane with metres.

    Returns
    -------
    polars.DataFrame
        ``area`` and ``part`` (positions), ``length_in_zone_m``. What runs along a border that
        areas share belongs to the first of them.
    """
    part, area = shapely.STRtree(areas).query(lines, predicate="intersects")
    order = np.lexsort((area, part))
    part, area = part[order], area[order]
    common = shapely.intersection(lines[part], areas[area])
    length = shapely.length(common)
    for rank in range(1, int(_rank(part).max(initial=0)) + 1):
        chosen = np.flatnonzero(_rank(part) == rank)
        before = [shapely.union_all(common[at - rank : at]) for at in chosen]
        length[chosen] = shapely.length(shapely.difference(common[chosen], np.array(before)))
    rows = pl.DataFrame({"area": area, "part": part}).cast(pl.Int64)
    return rows.with_columns(pl.Series("length_in_zone_m", length, pl.Float64)).sort("area", "part")


def first_area(areas: Shapes, points: Shapes) -> npt.NDArray[np.int64]:
    """Return the first area each point lies in, so that each is counted once.

    Parameters
    ----------
    areas, points : ndarray of shapely.Geometry
        Polygons and points of one plane.

    Returns
    -------
    ndarray of int64, shape (n_points,)
        Positions; −1 outside every area.
    """
    nowhere = len(areas)
    found = np.full(len(points), nowhere, np.int64)
    point, area = shapely.STRtree(areas).query(points, predicate="intersects")
    np.minimum.at(found, point, area)
    return np.where(found == nowhere, -1, found)


def _within(areas: Shapes, parts: Shapes) -> npt.NDArray[np.int64]:
    shapely.prepare(areas)
    area, part = shapely.STRtree(parts).query(areas, predicate="contains")
    return np.stack([area, part], axis=1)


def _rank(groups: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Position of each element within its run of equal neighbours."""
    start = np.flatnonzero(np.diff(groups, prepend=-1))
    return np.arange(len(groups)) - np.repeat(start, np.diff([*start, len(groups)]))
