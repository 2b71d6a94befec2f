"""Zones drawn or listed by the user: a polygon layer, or a table of towns."""

import datetime as dt
from pathlib import Path

import geopandas as gpd
import pandas as pd
import polars as pl

from landwatch.sources.boundaries import read_polygons
from landwatch.vocabulary.crs import WGS84
from landwatch.vocabulary.errors import InputError
from landwatch.vocabulary.places import Places
from landwatch.vocabulary.text import spelled


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
    layer = read_polygons(path, None)
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
