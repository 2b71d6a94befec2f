"""Land-cover GeoTIFFs: what they say of themselves, and their cells window by window.

Publisher of the area rasters: 陳宛均等, 臺灣陸域環境因子多時序資料集 (CC BY 4.0); any GeoTIFF
of class codes is read as well. Only the GeoTIFF driver is allowed to open a file.
"""

import contextlib
import json
import math
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
import rasterio
from rasterio.errors import NotGeoreferencedWarning, RasterioError

from landwatch.schemas.raw import RawTable
from landwatch.sources.archives import Member, read_members
from landwatch.vocabulary.errors import InputError

MAX_CELLS: Final = 4 * 10**9
_MAGIC: Final = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_EDGES: Final = ("west", "south", "east", "north")


def is_geotiff(member: Member) -> bool:
    """Tell whether a file begins as a TIFF does.

    Parameters
    ----------
    member : Member
        Any file.

    Returns
    -------
    bool
        Whatever its name.
    """
    return member.content[:4] in _MAGIC


def read_raster(member: Member) -> RawTable:
    """Read what a raster says of itself, one row a band.

    Parameters
    ----------
    member : Member
        A GeoTIFF.

    Returns
    -------
    RawTable
        Text: ``epsg`` (empty where the coordinate system is absent or is none of the EPSG's),
        ``crs_wkt``, ``west, south, east, north``, ``cell_width, cell_height, rotation``,
        ``width, height, dtype, nodata, description``, ``smallest, largest, cells_valid`` (over
        cells with data, read block by block). ``source_line`` is the band.

    Raises
    ------
    InputError
        If the file is no readable GeoTIFF or has more than `MAX_CELLS` cells.
    """
    with opened(member.content, member.source_file) as dataset:
        if dataset.width * dataset.height > MAX_CELLS:
            raise InputError(
                f"{member.source_file}: expected at most {MAX_CELLS:,} cells, found "
                f"{dataset.width:,} × {dataset.height:,}. Cut the raster to the study's area."
            )
        rows = [_band(dataset, band) for band in range(1, dataset.count + 1)]
    raw = [json.dumps(row, ensure_ascii=False) for row in rows]
    frame = pl.DataFrame(rows, infer_schema_length=None).with_columns(
        pl.Series("raw", raw, pl.String), pl.int_range(1, pl.len() + 1).alias("source_line")
    )
    return RawTable(member.source_file, member.sha256, frame, register="raster")


@contextlib.contextmanager
def opened(content: bytes | Path, source_file: str) -> Iterator[Any]:
    """Open a raster for reading in windows.

    Parameters
    ----------
    content : bytes or pathlib.Path
        The file, or where it lies.
    source_file : str
        Its name in messages.

    Yields
    ------
    rasterio.DatasetReader
        Closed when the block ends.

    Raises
    ------
    InputError
        If it cannot be opened or read as a GeoTIFF.
    """
    try:
        with contextlib.ExitStack() as stack:
            stack.enter_context(warnings.catch_warnings())
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            if isinstance(content, bytes):
                memory = stack.enter_context(rasterio.MemoryFile(content))
                yield stack.enter_context(memory.open(driver="GTiff"))
            else:
                yield stack.enter_context(rasterio.open(content, driver="GTiff"))
    except RasterioError as error:
        raise InputError(
            f"{source_file}: expected a whole GeoTIFF, found a damaged or unreadable one "
            f"({error}). Download it again or remove it."
        ) from error


@contextlib.contextmanager
def opened_members(path: Path, label: str, wanted: frozenset[str]) -> Iterator[dict[str, Any]]:
    """Open the rasters of one published file.

    Parameters
    ----------
    path : pathlib.Path
        A zip or a GeoTIFF.
    label : str
        Its name in ledgers.
    wanted : frozenset of str
        Names (``source_file``) of the rasters to open; others are passed over.

    Yields
    ------
    dict of str to rasterio.DatasetReader
        By name; packed rasters lie in memory as they are packed, their cells are read in windows.
    """
    with contextlib.ExitStack() as stack:
        found = {}
        if path.suffix.lower() in {".tif", ".tiff"}:
            if label in wanted:
                found[label] = stack.enter_context(opened(path, label))
        else:
            for member in read_members(path, label):
                if (name := member.source_file) in wanted:
                    found[name] = stack.enter_context(opened(member.content, name))
        yield found


def _band(dataset: Any, band: int) -> dict[str, str]:
    transform, crs = dataset.transform, dataset.crs
    smallest, largest, valid = _extent_of_values(dataset, band)
    nodata = dataset.nodatavals[band - 1]
    return {
        "epsg": str((crs.to_epsg() if crs else None) or ""),
        "crs_wkt": crs.to_wkt() if crs else "",
        **{name: repr(float(edge)) for name, edge in zip(_EDGES, dataset.bounds, strict=True)},
        "cell_width": repr(float(transform.a)),
        "cell_height": repr(float(transform.e)),
        "rotation": repr(float(abs(transform.b) + abs(transform.d))),
        "width": str(dataset.width),
        "height": str(dataset.height),
        "dtype": str(dataset.dtypes[band - 1]),
        "nodata": "" if nodata is None else repr(float(nodata)),
        "scale": repr(float(dataset.scales[band - 1])),
        "offset": repr(float(dataset.offsets[band - 1])),
        "description": dataset.descriptions[band - 1] or "",
        "smallest": smallest,
        "largest": largest,
        "cells_valid": str(valid),
    }


def _extent_of_values(dataset: Any, band: int) -> tuple[str, str, int]:
    smallest, largest, valid = math.inf, -math.inf, 0
    for _, window in dataset.block_windows(band):
        cells = dataset.read(band, window=window, masked=True).compressed()
        cells = cells[np.isfinite(cells)] if cells.dtype.kind == "f" else cells
        if cells.size:
            smallest, largest = min(smallest, float(cells.min())), max(largest, float(cells.max()))
            valid += cells.size
    return (repr(smallest), repr(largest), valid) if valid else ("", "", 0)
