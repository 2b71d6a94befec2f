"""The one rule by which shapes that cross themselves are repaired or refused."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

MAX_REPAIR: Final = 0.01
"""A shape whose area or length changes by more than this share when repaired is not used."""

_DIMENSION: Final = np.array([0, 1, 1, 2, 0, 1, 2, -1])
"""Dimension by GEOS type; −1 for mixed collections."""

Shapes = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Repaired:
    """Shapes after repair.

    Attributes
    ----------
    geometry : ndarray of shapely.Geometry, shape (n,)
        Valid, without Z, of the dimension they had; None where `fault` says why not.
    repair_share : ndarray of float, shape (n,)
        Change of area (of length for lines) by the repair, as a share of the original; 0 for what
        was valid, NaN where there is no shape, 1 where a shape of no area got one or lost all.
    fault : ndarray of str, shape (n,)
        ``""``, ``no_geometry``, ``bad_coordinates``, ``mixed_geometry``, ``no_extent`` or
        ``repair_changes_area``.
    had_z : int
        Shapes whose third coordinate was dropped.
    was_invalid : int
        Shapes that needed repair and got it.
    """

    geometry: Shapes
    repair_share: npt.NDArray[np.float64]
    fault: npt.NDArray[np.str_]
    had_z: int
    was_invalid: int


def repaired(geometry: npt.ArrayLike, *, limit: float = MAX_REPAIR) -> Repaired:
    """Repair shapes and say what the repair changed.

    Parameters
    ----------
    geometry : array_like of shapely.Geometry or None, shape (n,)
        As published.
    limit : float, optional
        Greatest share of area or length a repair may change.

    Returns
    -------
    Repaired
        Same length and order.

    Notes
    -----
    Rings that cross or touch themselves are rebuilt by ``shapely.make_valid``; what the repair
    leaves of a lower dimension (a spike is a line) has no area and is left out.

    Examples
    --------
    >>> bow_tie = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    >>> done = repaired([shapely.box(0, 0, 1, 1), bow_tie, None])
    >>> done.fault.tolist()
    ['', 'repair_changes_area', 'no_geometry']
    """
    given = np.asarray(geometry, dtype=object)
    z = shapely.has_z(given)
    flat = shapely.force_2d(given)
    absent = shapely.is_missing(flat) | shapely.is_empty(flat)
    finite = np.isfinite(shapely.bounds(flat)).all(axis=1) | absent
    dimension = np.where(absent, -1, _dimensions(flat))
    usable = ~absent & finite & (dimension >= 0)
    made = np.full(len(flat), None, dtype=object)
    made[usable] = _valid(flat[usable], dimension[usable])
    share = np.full(len(flat), np.nan)
    share[usable] = _change(flat[usable], made[usable], dimension[usable])
    fault = np.select(
        [
            absent,
            ~finite,
            dimension < 0,
            (dimension > 0) & (_extent(made, dimension) <= 0),
            share > limit,
        ],
        ["no_geometry", "bad_coordinates", "mixed_geometry", "no_extent", "repair_changes_area"],
        "",
    )
    sound = fault == ""
    invalid = int((sound & ~shapely.is_valid(flat)).sum())
    made[~sound] = None
    return Repaired(made, share, fault, int((z & ~absent).sum()), invalid)


def geometry_kinds(geometry: Shapes) -> npt.NDArray[np.str_]:
    """Return what each shape is.

    Parameters
    ----------
    geometry : ndarray of shapely.Geometry, shape (n,)
        Shapes, None allowed.

    Returns
    -------
    ndarray of str, shape (n,)
        ``point``, ``line``, ``polygon``, or ``""`` where there is none of these.
    """
    return np.array(["", "point", "line", "polygon"])[_dimensions(geometry) + 1]


def _dimensions(shapes: Shapes) -> npt.NDArray[np.int64]:
    """Dimension of each shape; −1 for none and for collections of several dimensions."""
    kinds = shapely.get_type_id(shapes)
    simple = np.where((kinds >= 0) & (kinds < 8), _DIMENSION[np.clip(kinds, 0, 7)], -1)
    for at in np.flatnonzero(kinds == shapely.GeometryType.GEOMETRYCOLLECTION):
        parts = set(_dimensions(shapely.get_parts(shapes[at])).tolist())
        simple[at] = parts.pop() if len(parts) == 1 else -1
    return np.asarray(simple, np.int64)


def _valid(shapes: Shapes, dimension: npt.NDArray[np.int64]) -> Shapes:
    made = shapes.copy()
    broken = ~shapely.is_valid(shapes) | (
        shapely.get_type_id(shapes) == shapely.GeometryType.GEOMETRYCOLLECTION
    )
    if not broken.any():
        return made
    # a collection of overlapping polygons is valid as a collection and not as one multipolygon
    parts, owner = shapely.get_parts(shapely.make_valid(shapes[broken]), return_index=True)
    parts, inner = shapely.get_parts(parts, return_index=True)
    owner = owner[inner]
    kept = _dimensions(parts) == dimension[broken][owner]
    made[broken] = [
        shapely.union_all(parts[kept & (owner == at)]) for at in range(int(broken.sum()))
    ]
    return made


def _extent(shapes: Shapes, dimension: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    extent = np.where(dimension == 2, shapely.area(shapes), shapely.length(shapes))
    return np.asarray(np.where(np.isnan(extent), 0, extent), np.float64)


def _change(
    before: Shapes, after: Shapes, dimension: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    old, new = _extent(before, dimension), _extent(after, dimension)
    none = (old <= 0) & (new > 0)
    change = np.abs(new - old) / np.where(old > 0, old, 1)
    return np.where(none, 1.0, change)
