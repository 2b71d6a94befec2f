"""Urban-plan zoning (都市計畫土地使用分區) and the list of plans, as published.

Publisher: National Land Management Agency (內政部國土管理署), as GeoJSON by the
godspeedhuang/Landuse_GeoJSON_Web project, one file a plan.
"""

import json
from typing import Final

import polars as pl
import shapely

from landwatch.schemas.raw import RawTable
from landwatch.sources.archives import Member
from landwatch.sources.vectors import Features, declared_crs, layer_format, read_features
from landwatch.vocabulary.crs import TWD97_TM2
from landwatch.vocabulary.errors import InputError
from landwatch.vocabulary.zoning import COLUMNS, REQUIRED, UNUSED

PLAN_COLUMNS: Final = {"計畫區代碼": "plan_code", "計畫區名稱": "plan_name"}
"""Columns of the list of plans."""

MAIN_ISLAND: Final = (120_000.0, 2_400_000.0, 380_000.0, 2_830_000.0)
"""West, south, east, north of Taiwan without its outer islands in EPSG:3826 [m]."""

FORMATS: Final = ("geojson", "shapefile", "geopackage")


def is_plan_list(member: Member) -> bool:
    """Tell whether a file lists plans.

    Parameters
    ----------
    member : Member
        Any file.

    Returns
    -------
    bool
        True for a JSON list of objects with the columns `PLAN_COLUMNS`.
    """
    text = member.head.lstrip()
    if not text.startswith("["):
        return False
    escaped = [json.dumps(c) for c in PLAN_COLUMNS]
    return any(f'"{c}"' in text or e in text for c, e in zip(PLAN_COLUMNS, escaped, strict=True))


def is_zoning(member: Member) -> bool:
    """Tell whether a file is a layer that can hold zoning.

    Parameters
    ----------
    member : Member
        Any file.

    Returns
    -------
    bool
        True for GeoJSON, shapefiles and GeoPackages.
    """
    return layer_format(member) in FORMATS


def read_plan_list(member: Member) -> RawTable:
    """Read the codes and names of a county's plans.

    Parameters
    ----------
    member : Member
        A JSON list of ``{計畫區代碼, 計畫區名稱}``.

    Returns
    -------
    RawTable
        ``plan_code, plan_name``.

    Raises
    ------
    InputError
        If the file is not such a list.
    """
    try:
        entries = json.loads(member.content)
        rows = [{ours: e.get(c) for c, ours in PLAN_COLUMNS.items()} for e in entries]
    except (ValueError, AttributeError) as error:
        raise InputError(
            f"{member.source_file}: expected a list of {' and '.join(PLAN_COLUMNS)}, found "
            f"something else ({error}). Download it again."
        ) from error
    frame = pl.DataFrame(
        rows, schema=dict.fromkeys(PLAN_COLUMNS.values(), pl.String), strict=False
    ).with_columns(
        pl.Series("raw", [json.dumps(e, ensure_ascii=False) for e in entries], pl.String)
    )
    return RawTable(member.source_file, member.sha256, _numbered(frame), register="plans")


def read_zoning(member: Member) -> RawTable:
    """Read the zoning polygons of a plan.

    Parameters
    ----------
    member : Member
        A layer with the columns of `landwatch.vocabulary.zoning.COLUMNS`, whole or cut.

    Returns
    -------
    RawTable
        Those columns as text, ``geometry`` (WKB as published), ``crs`` (as declared), ``raw`` (the
        columns as JSON); ``source_line`` is the position of the feature.

    Raises
    ------
    InputError
        If a column is missing or the coordinate system is neither declared nor plain.
    """
    features = read_features(member)
    properties = features.properties
    found = {
        ours: next((c for c in names if c in properties.columns), None)
        for ours, names in COLUMNS.items()
    }
    missing = [c for c in REQUIRED if found[c] is None]
    if missing and len(features.geometry):
        wanted = "; ".join(" or ".join(COLUMNS[c]) for c in missing)
        raise InputError(
            f"{member.source_file}: expected zoning with the columns {wanted}; found "
            f"{', '.join(properties.columns[:30])}. Other layers belong to inputs of kind layer."
        )
    blank = pl.Series([None] * len(features.geometry), dtype=pl.String)
    texts = pl.DataFrame(
        {ours: properties[name] if name else blank for ours, name in found.items()}
    )
    frame = texts.with_columns(
        pl.struct(texts.columns).struct.json_encode().alias("raw"),
        pl.Series("geometry", shapely.to_wkb(features.geometry), pl.Binary),
        pl.lit(_crs(member, features), pl.String).alias("crs"),
    )
    known = {*UNUSED.split(), *(c for c in found.values() if c)}
    unknown = tuple(c for c in properties.columns if c not in known)
    return RawTable(
        member.source_file,
        member.sha256,
        _numbered(frame),
        unknown_columns=unknown,
        register="zoning",
    )


def _crs(member: Member, features: Features) -> str | None:
    """Declared, or told by the range: GeoJSON without ``crs`` would be degrees by its standard."""
    told = layer_format(member) != "geojson" or declared_crs(member) is not None
    if told or shapely.is_missing(features.geometry).all():
        return features.crs
    west, south, east, north = shapely.total_bounds(features.geometry)
    low, lower, high, higher = MAIN_ISLAND
    if low <= west and east <= high and lower <= south and north <= higher:
        return TWD97_TM2
    if west > 180:
        raise InputError(
            f"{member.source_file}: declares no coordinate system and lies at {west:.0f}–"
            f"{east:.0f}, {south:.0f}–{north:.0f}: metres, but not of the main island in EPSG:3826 "
            "(outer islands use EPSG:3825 as well). Declare it in the file's crs."
        )
    return features.crs


def _numbered(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_row_index("source_line", offset=1).with_columns(
        pl.col("source_line").cast(pl.Int64)
    )
