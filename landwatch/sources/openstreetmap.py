"""OpenStreetMap extracts in any layer GDAL opens: shops with their tags and a point.

Publisher: OpenStreetMap contributors (ODbL). Tags may be columns, or lie in ``other_tags`` as
GDAL's driver for ``.osm.pbf`` leaves them.
"""

from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import polars as pl
import pyogrio
import shapely

from landwatch.schemas.raw import RawTable
from landwatch.sources.archives import Member
from landwatch.vocabulary.crs import WGS84
from landwatch.vocabulary.errors import InputError, UnknownCodeError

SUFFIXES: Final = (".gpkg", ".geojson", ".json", ".shp", ".pbf", ".osm", ".fgb")
TAGS: Final[dict[str, tuple[str, ...]]] = {
    "feature_id": ("osm_id", "@id", "full_id", "id", "fid"),
    "feature_id_2": ("osm_way_id",),
    "name": ("name", "name:zh"),
    "brand": ("brand", "brand:zh"),
    "brand_wikidata": (
        "brand:wikidata",
        "brand_wikidata",
        "brand:wiki",
        "brand_wiki",
        "brandwikid",
    ),
    "shop": ("shop",),
    "amenity": ("amenity",),
    "timestamp": ("osm_timestamp", "@timestamp", "timestamp"),
    "address": ("addr:full", "addr_full"),
    "city": ("addr:city", "addr_city"),
    "district": ("addr:district", "addr_district"),
    "street": ("addr:street", "addr_street"),
    "number": ("addr:housenumber", "addr_housenumber", "addr:house"),
}
"""Tags read, and how columns of layers spell them."""

_TELLING: Final = ("brand", "brand_wikidata", "shop", "amenity")
_SYSTEMS: Final = (4326, 3824, 3825, 3826, 3857, 32650, 32651)
"""Coordinate systems of which a step to WGS84 is known to be exact to a metre; TWD67 has none."""


def is_shop_layer(member: Member) -> bool:
    """Tell layers by their ending and, for JSON, by being GeoJSON.

    Parameters
    ----------
    member : Member
        A file.

    Returns
    -------
    bool
        True for layers GDAL opens.
    """
    name = member.name.lower()
    if name.endswith(".json"):
        return '"FeatureCollection"' in member.head
    return name.endswith(SUFFIXES)


def read_shop_layer(member: Member) -> RawTable:
    """Read points, and polygons by their centroids, with the tags of shops.

    Parameters
    ----------
    member : Member
        A layer, alone or in a zip; ``.shp`` with its companions beside it.

    Returns
    -------
    RawTable
        Columns `TAGS` as text, ``longitude`` and ``latitude`` [degree, WGS84] as numbers;
        ``source_line`` is the feature's place, layers one after another, from 1.

    Raises
    ------
    InputError
        If the file cannot be opened, has no coordinate system, or no layer has a column of
        ``brand``, ``shop``, ``amenity`` or ``other_tags``.
    UnknownCodeError
        If the coordinate system is none of those known to reach WGS84 without a shift.
    """
    path = _path(member)
    frames: list[pl.DataFrame] = []
    seen: list[str] = []
    for name in _layer_names(path, member):
        layer = _layer(path, name, member)
        seen.extend(str(c) for c in layer.columns if c != layer.geometry.name)
        if _has_tags(layer):
            frames.append(_tagged(layer))
    if not frames:
        raise InputError(
            f"{member.source_file}: expected points or polygons with a column brand, shop, "
            f"amenity or other_tags; found the columns {', '.join(seen[:12]) or 'none'}. "
            "Export the tags with the layer."
        )
    rows = pl.concat(frames, how="vertical").with_row_index("source_line", offset=1)
    return RawTable(
        source_file=member.source_file,
        sha256=member.sha256,
        register="openstreetmap",
        rows=rows.with_columns(pl.col("source_line").cast(pl.Int64)),
    )


def _path(member: Member) -> str:
    if member.origin is None:
        raise InputError(f"{member.source_file}: expected a file on disk. Unpack it first.")
    if member.origin.suffix.lower() != ".zip":
        return str(member.origin)
    inner = member.source_file.split(f"{member.origin.name}/", 1)[-1]
    return f"/vsizip/{Path(member.origin).resolve()}/{inner}"


def _layer_names(path: str, member: Member) -> list[str]:
    try:
        layers = pyogrio.list_layers(path)
    except (pyogrio.errors.DataSourceError, ValueError) as error:
        raise InputError(
            f"{member.source_file}: cannot be opened as a layer ({str(error)[:160]}). "
            "Download it again, with its companion files."
        ) from error
    fitting = ("Point", "Polygon", "Unknown", "GeometryCollection")
    return [str(n) for n, kind in layers if kind and any(f in str(kind) for f in fitting)]


def _layer(path: str, name: str, member: Member) -> gpd.GeoDataFrame:
    try:
        layer = pyogrio.read_dataframe(path, layer=name)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        raise InputError(
            f"{member.source_file}: layer {name} cannot be read ({str(error)[:160]})."
        ) from error
    if layer.crs is None:
        raise InputError(
            f"{member.source_file}: layer {name} has no coordinate system (.prj missing?). "
            "Declare it: guessing between datums moves every shop by hundreds of metres."
        )
    code = layer.crs.to_epsg()
    if code not in _SYSTEMS:
        raise UnknownCodeError(
            f"{member.source_file}: layer {name} is in {layer.crs.name} (EPSG {code}); known are "
            f"{', '.join(map(str, _SYSTEMS))}. Convert it to EPSG:4326 in a GIS."
        )
    return layer.to_crs(WGS84)


def _has_tags(layer: gpd.GeoDataFrame) -> bool:
    names = {str(c).casefold() for c in layer.columns}
    return "other_tags" in names or any(s in names for tag in _TELLING for s in TAGS[tag])


def _tagged(layer: gpd.GeoDataFrame) -> pl.DataFrame:
    names = {str(c).casefold(): str(c) for c in layer.columns}
    columns = {tag: _column(layer, names, spellings) for tag, spellings in TAGS.items()}
    centre = shapely.centroid(np.asarray(layer.geometry.array))
    frame = pl.DataFrame(columns, schema=dict.fromkeys(TAGS, pl.String)).with_columns(
        pl.Series("longitude", shapely.get_x(centre), pl.Float64).fill_nan(None),
        pl.Series("latitude", shapely.get_y(centre), pl.Float64).fill_nan(None),
    )
    if "other_tags" not in names:
        return frame
    packed = pl.Series("other_tags", _texts(layer[names["other_tags"]]), pl.String)
    return (
        frame.with_columns(packed)
        .with_columns(
            pl.coalesce(pl.col(tag), *(_unpacked(s) for s in spellings)).alias(tag)
            for tag, spellings in TAGS.items()
        )
        .drop("other_tags")
    )


def _column(layer: gpd.GeoDataFrame, names: dict[str, str], spellings: tuple[str, ...]) -> Any:
    found = [pl.Series(_texts(layer[names[s]]), dtype=pl.String) for s in spellings if s in names]
    if not found:
        return pl.Series([None] * len(layer), dtype=pl.String)
    return pl.select(pl.coalesce(*found)).to_series()


def _texts(column: pd.Series) -> list[str | None]:
    return [None if pd.isna(v) or str(v) == "" else str(v) for v in column]


def _unpacked(tag: str) -> pl.Expr:
    value = pl.col("other_tags").str.extract(rf'(?:^|,)"{tag}"=>"((?:[^"\\]|\\.)*)"', 1)
    return value.str.replace_all(r"\\(.)", "$1")
