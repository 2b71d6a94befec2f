"""Shapes brought to one coordinate system, by a published transformation or not at all."""

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from pyproj.exceptions import CRSError, ProjError

from landwatch.standardise.geometry import Repaired, Shapes, repaired
from landwatch.vocabulary.crs import WGS84
from landwatch.vocabulary.errors import InputError, UnknownCodeError

TAIWAN_DEGREES: Final = (114.0, 10.0, 123.5, 27.0)
"""West, south, east, north of everything this program may be told about [degree]."""

TAIWAN_METRES: Final = (-520_000.0, 1_100_000.0, 525_000.0, 3_010_000.0)
"""The same in EPSG:3826, generously [m]."""


def plane_shapes(geometry: npt.ArrayLike, declared: str | None, where: str, *, to: str) -> Repaired:
    """Return shapes in one coordinate system, repaired.

    Parameters
    ----------
    geometry : array_like of shapely.Geometry or None, shape (n,)
        As published.
    declared : str or None
        Their coordinate system.
    where : str
        File, for messages.
    to : str
        `WGS84` or `TWD97_TM2`.

    Returns
    -------
    Repaired
        Shapes in `to`; those that lie nowhere near Taiwan have the fault ``outside_taiwan``.

    Raises
    ------
    InputError
        As `reprojected`, and if every shape lies outside Taiwan.
    """
    given = np.asarray(geometry, dtype=object)
    had_z = int(shapely.has_z(given).sum())
    flat = shapely.force_2d(given)
    done = repaired(reprojected(flat, declared, where, to=to))
    away = outside_taiwan(done.geometry, in_=to)
    somewhere = ~shapely.is_missing(done.geometry)
    if away.any() and away[somewhere].all():
        west, south, east, north = shapely.total_bounds(flat)
        raise InputError(
            f"{where}: lies at {west:.2f}–{east:.2f}, {south:.2f}–{north:.2f} in {declared}; "
            "expected Taiwan (114–123.5 E, 10–27 N). Is the declared coordinate system the right "
            "one, and is longitude written first?"
        )
    shapes, fault = done.geometry.copy(), done.fault.astype("<U24")
    shapes[away], fault[away] = None, "outside_taiwan"
    return replace(done, geometry=shapes, fault=fault, had_z=had_z)


def coordinate_system(declared: str | None, where: str) -> pyproj.CRS:
    """Return a declared coordinate system.

    Parameters
    ----------
    declared : str or None
        Authority and code, or WKT as in a ``.prj``.
    where : str
        File, for messages.

    Returns
    -------
    pyproj.CRS
        By its EPSG code where it has one, so that a file's own spelling of TWD97 is TWD97.

    Raises
    ------
    InputError
        If none is declared.
    UnknownCodeError
        If it is no coordinate system.
    """
    if not declared:
        raise InputError(
            f"{where}: has no coordinate system (.prj missing?); expected EPSG:4326 or EPSG:3826. "
            "Declare it: guessing between datums moves every border by hundreds of metres."
        )
    try:
        crs = pyproj.CRS(declared)
    except CRSError as error:
        raise UnknownCodeError(
            f"{where}: {declared[:80]!r} is no coordinate system; expected one such as EPSG:3826. "
            "Declare the right one."
        ) from error
    code = crs.to_epsg()
    return crs if code is None else pyproj.CRS.from_epsg(code)


def reprojected(geometry: Shapes, declared: str | None, where: str, *, to: str) -> Shapes:
    """Return shapes in another coordinate system, by a published transformation or not at all.

    Parameters
    ----------
    geometry : ndarray of shapely.Geometry, shape (n,)
        Shapes, None allowed.
    declared : str or None
        Their coordinate system.
    where : str
        File, for messages.
    to : str
        `WGS84` or `TWD97_TM2`.

    Returns
    -------
    ndarray of shapely.Geometry, shape (n,)
        Coordinates east before north; infinite where the transformation does not reach.

    Raises
    ------
    InputError
        If no coordinate system is declared, if its degrees are metres, or if only a ballpark
        transformation is known, as from TWD67 longitude and latitude (off by 850 m).
    """
    crs = coordinate_system(declared, where)
    _check_degrees(geometry, crs, where)
    try:
        transformer = pyproj.Transformer.from_crs(crs, to, always_xy=True, allow_ballpark=False)
    except ProjError as error:
        raise InputError(
            f"{where}: from {crs.name} ({declared[:40] if declared else ''}) to {to} only a "
            "ballpark transformation is known, off by hundreds of metres for TWD67. Convert the "
            "layer to EPSG:3826 with the official parameters first."
        ) from error
    if crs == pyproj.CRS(to):
        return geometry
    moved = shapely.transform(geometry, transformer.transform, interleaved=False)
    return np.asarray(moved, dtype=object)


def _check_degrees(geometry: Shapes, crs: pyproj.CRS, where: str) -> None:
    if not crs.is_geographic or len(geometry) == 0:
        return
    west, south, east, north = shapely.total_bounds(geometry)
    if west < -360 or east > 360 or south < -360 or north > 360:
        raise InputError(
            f"{where}: declared as degrees ({crs.name}) but holds {west:.0f}–{east:.0f}, "
            f"{south:.0f}–{north:.0f}; expected Taiwan (114–123.5 E, 10–27 N). "
            "These look like metres (TWD97 TM2): declare EPSG:3826."
        )
    if west > 0 and east <= 90 and south >= 100:
        raise InputError(
            f"{where}: lies at {west:.2f}–{east:.2f} E, {south:.2f}–{north:.2f} N; expected Taiwan "
            "(114–123.5 E, 10–27 N). Longitude and latitude look swapped: write longitude first."
        )


def outside_taiwan(geometry: Shapes, *, in_: str) -> npt.NDArray[np.bool_]:
    """Tell which shapes reach out of the area Taiwan's offices draw maps of.

    Parameters
    ----------
    geometry : ndarray of shapely.Geometry, shape (n,)
        Shapes, None allowed.
    in_ : str
        `WGS84` or `TWD97_TM2`.

    Returns
    -------
    ndarray of bool, shape (n,)
        True also for infinite coordinates; False where there is no shape.
    """
    west, south, east, north = TAIWAN_DEGREES if in_ == WGS84 else TAIWAN_METRES
    bounds = shapely.bounds(geometry)
    inside = (
        (bounds[:, 0] >= west)
        & (bounds[:, 1] >= south)
        & (bounds[:, 2] <= east)
        & (bounds[:, 3] <= north)
    )
    return np.asarray(~inside & ~shapely.is_missing(geometry) & ~shapely.is_empty(geometry))
