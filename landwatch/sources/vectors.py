"""Layers of any common format as rows of text with their shapes: what GDAL reads, told apart first.

Files are recognised by how they begin. What can name other files or addresses (GML schemas, VRT,
GDAL pipelines, XML entities, linked coordinate systems, database views) is refused.
"""

import contextlib
import re
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
import pyogrio
import shapely
from polars.exceptions import PolarsError
from pyogrio.errors import DataLayerError, DataSourceError

from landwatch.sources.archives import Member, beside
from landwatch.vocabulary.errors import InputError

SHAPEFILE_COMPANIONS: Final = (".shx", ".dbf", ".prj", ".cpg")
"""Endings of the files a shapefile consists of besides ``.shp``."""

GPX_LAYERS: Final = ("waypoints", "routes", "tracks")
"""What is read of a GPX file; its points of tracks are the tracks once more."""

FAILURES: Final = (DataSourceError, DataLayerError, ValueError, RuntimeError, PolarsError)
"""What a damaged file makes of GDAL and of the tables it hands over."""

_SUFFIXES: Final = {
    "shapefile": ".shp",
    "geopackage": ".gpkg",
    "geojson": ".geojson",
    "topojson": ".json",
    "kml": ".kml",
    "gpx": ".gpx",
}
_XML: Final = rb"<!DOCTYPE|<!ENTITY|<NetworkLink"
_LINKED_CRS: Final = rb'"crs"\s*:\s*\{[^}]{0,400}"href"'
_NAMED_CRS: Final = rb'"crs"\s*:\s*(?:null|\{[^{}]*"properties"\s*:\s*\{\s*"name"\s*:\s*"([^"]*)")'
_END_BYTES: Final = 65_536
_OPTIONS: Final = {"geojson": {"DATE_AS_STRING": "YES"}}
"""GDAL would read 108/01/03 as a day of the year 108."""


@dataclass(frozen=True, slots=True)
class Features:
    """One layer as published.

    Attributes
    ----------
    properties : polars.DataFrame
        Columns as published, every value text.
    geometry : ndarray of shapely.Geometry, shape (n,)
        Shapes, None where there is none.
    crs : str or None
        Declared coordinate system, authority and code or WKT.
    """

    properties: pl.DataFrame
    geometry: np.ndarray[Any, np.dtype[np.object_]]
    crs: str | None


def layer_format(member: Member) -> str | None:
    """Return which format a file is, by how it begins.

    Parameters
    ----------
    member : Member
        Any file.

    Returns
    -------
    str or None
        ``shapefile``, ``geopackage``, ``geojson``, ``topojson``, ``kml`` or ``gpx``; None for
        anything else.
    """
    content = member.content
    if content[:4] == b"\x00\x00\x27\x0a":
        return None if member.name.lower().endswith(".shx") else "shapefile"
    if content[:15] == b"SQLite format 3":
        return "geopackage"
    head = member.head.lstrip()
    if head.startswith("{"):
        return _json_format(member, head)
    if head.startswith("<"):
        found = re.search(r"<(?:\w+:)?(kml|gpx)\b", head)
        return found[1] if found else None
    return None


def _json_format(member: Member, head: str) -> str | None:
    if "gdal_streamed_alg" in head:
        return None
    tail = member.content[-256:].decode("utf-8", errors="replace")
    if "FeatureCollection" in head + tail:
        return "geojson"
    return "topojson" if '"Topology"' in head + tail else None


def read_features(member: Member, layer: str | None = None) -> Features:
    """Read one layer of a file.

    Parameters
    ----------
    member : Member
        A file `layer_format` knows.
    layer : str, optional
        Which layer, where a file holds several.

    Returns
    -------
    Features
        In the file's order.

    Raises
    ------
    InputError
        If the file is damaged or hostile, companions are missing, or it holds several layers and
        none of the name.
    """
    kind = layer_format(member)
    if kind is None:
        raise InputError(
            f"{member.source_file}: expected one of {', '.join(_SUFFIXES)}, found none of them."
        )
    _check_harmless(member, kind)
    with _on_disk(member, kind) as (path, encoding):
        try:
            names = _spatial(pyogrio.list_layers(path).tolist())
            wanted = _wanted(member, kind, names, layer)
            parts = [_read(path, name, kind, encoding) for name in wanted]
        except FAILURES as error:
            if isinstance(error, InputError):
                raise
            raise InputError(
                f"{member.source_file}: cannot be read as {kind} ({error}). "
                "Save it again from a GIS."
            ) from error
    told = declared_crs(member) if kind == "geojson" else None
    # GDAL takes an unknown declaration for WGS84
    return _joined(parts) if told is None else replace(_joined(parts), crs=told)


@contextlib.contextmanager
def _on_disk(member: Member, kind: str) -> Iterator[tuple[Path, str | None]]:
    files = beside(member, SHAPEFILE_COMPANIONS) if kind == "shapefile" else {}
    if kind == "shapefile" and (missing := [s for s in (".shx", ".dbf") if s not in files]):
        raise InputError(
            f"{member.source_file}: a shapefile needs its companions; missing "
            f"{', '.join(missing)}. Put .shp, .shx, .dbf and .prj of one name into one folder or "
            "zip."
        )
    coded = kind != "shapefile" or ".cpg" in files
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"layer{_SUFFIXES[kind]}"
        for suffix, content in {**files, path.suffix: member.content}.items():
            path.with_suffix(suffix).write_bytes(content)
        yield path, None if coded else _dbf_encoding(files[".dbf"])


def _dbf_encoding(content: bytes) -> str:
    start = int.from_bytes(content[8:10], "little")
    names = b"".join(content[at : at + 11].rstrip(b"\0") for at in range(32, start - 1, 32))
    try:
        (names + content[start:]).decode("utf-8")
    except UnicodeDecodeError:
        return "CP950"
    return "UTF-8"


def _check_harmless(member: Member, kind: str) -> None:
    hostile = {"kml": _XML, "gpx": _XML, "geojson": _LINKED_CRS}.get(kind)
    if hostile and re.search(hostile, member.content):
        raise InputError(
            f"{member.source_file}: holds a document type, entities or a link, which can name "
            "other files and addresses; such files are refused. Save it again from a GIS."
        )
    if kind == "geopackage" and (views := _views(member)):
        raise InputError(
            f"{member.source_file}: holds database views ({', '.join(views[:3])}), which may run "
            "statements of their own; such files are refused. Export the layer to a new file."
        )


def declared_crs(member: Member) -> str | None:
    """Return the coordinate system a GeoJSON file declares itself.

    Parameters
    ----------
    member : Member
        GeoJSON; the declaration stands before or after the features.

    Returns
    -------
    str or None
        The name declared, empty for a declared ``null``; None where nothing is declared, which by
        RFC 7946 is WGS84.
    """
    ends = member.content[:_END_BYTES] + b"\n" + member.content[-_END_BYTES:]
    found = re.search(_NAMED_CRS, ends)
    if found is None:
        return None
    return found[1].decode("utf-8", errors="replace") if found[1] else ""


def _views(member: Member) -> list[str]:
    base = sqlite3.connect(":memory:")
    try:
        base.deserialize(member.content)
        found = base.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall()
    except sqlite3.Error as error:
        raise InputError(
            f"{member.source_file}: begins as a GeoPackage but is damaged ({error}). Copy it again."
        ) from error
    finally:
        base.close()
    return [str(name) for (name,) in found]


def _spatial(layers: list[tuple[str, str | None]]) -> list[str]:
    """Names of the layers; of tables without shapes only where there is nothing else."""
    shaped = [name for name, kind in layers if kind is not None]
    return shaped or [name for name, _ in layers]


def _wanted(member: Member, kind: str, names: list[str], layer: str | None) -> list[str]:
    if kind == "gpx":
        return [n for n in names if n in GPX_LAYERS]
    if kind == "kml" or len(names) == 1:
        return names
    if layer in names:
        return [str(layer)]
    expected = f", or one named {layer}" if layer else ""
    raise InputError(
        f"{member.source_file}: holds the layers {', '.join(names)}; expected one{expected}. "
        "Export the layer wanted to a file of its own."
    )


def _read(path: Path, layer: str, kind: str, encoding: str | None) -> Features:
    options = _OPTIONS.get(kind, {})
    meta, table = pyogrio.read_arrow(path, layer=layer, encoding=encoding, **options)
    column = meta["geometry_name"] or "wkb_geometry"
    wkb = np.full(len(table), None, dtype=object)
    if column in table.column_names:
        wkb = table.column(column).to_numpy()
        table = table.drop_columns([column])
    properties = pl.DataFrame(pl.from_arrow(table)) if table.num_columns else pl.DataFrame()
    texts = properties.select(_text(c, t) for c, t in properties.schema.items())
    # TopoJSON has no place for a coordinate system; by convention it is in degrees
    crs = meta["crs"] or ("EPSG:4326" if kind == "topojson" else None)
    return Features(texts, shapely.from_wkb(wkb, on_invalid="ignore"), crs and str(crs))


def _text(column: str, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.List):
        return pl.col(column).cast(pl.List(pl.String)).list.join(";")
    if isinstance(dtype, pl.BaseExtension):
        return pl.col(column).ext.storage().cast(pl.String)
    return pl.col(column).cast(pl.String, strict=False)


def _joined(parts: list[Features]) -> Features:
    if len(parts) == 1:
        return parts[0]
    properties = pl.concat([p.properties for p in parts], how="diagonal")
    geometry = np.concatenate([p.geometry for p in parts]) if parts else np.empty(0, object)
    return Features(properties, geometry, parts[0].crs if parts else None)
