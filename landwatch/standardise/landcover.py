"""Land-cover rasters: era, class, coordinate system and unit settled before a cell is used."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl

from landwatch.schemas.raw import RawTable, Standardised, ledger_of
from landwatch.schemas.tables import conformed
from landwatch.vocabulary.errors import InputError, UnknownCodeError
from landwatch.vocabulary.land_cover import CLASSES, CODES, DEGREES, GROUPS, SYSTEMS

SQUARE_TOLERANCE: Final = 1e-6
"""Relative difference of a cell's sides up to which it is square."""

AREA_TOLERANCE: Final = 1e-3
"""Share by which an area may exceed its cell: published as float32 after a reprojection."""

SMALLEST_AREA_MAXIMUM: Final = 100.0
"""A file whose areas all stay at or below this may be in percent, or shares of 1."""

_TEXT: Final = ("epsg", "crs_wkt", "dtype", "description")
_NUMBERS: Final = (
    *("west", "south", "east", "north", "cell_width", "cell_height", "rotation"),
    *("width", "height", "nodata", "scale", "offset", "smallest", "largest", "cells_valid"),
)
_ERA = re.compile(r"(?<!\d)((?:19|20)\d0)s(?![A-Za-z0-9])")
_LAND_USE = re.compile(r"land[-_ ]?(use|cover)|土地(覆蓋|利用)", re.IGNORECASE)
_ZONE = re.compile(r"TWD97-(119|121)|epsg[-_]?(3825|3826)", re.IGNORECASE)
_EPSG_OF_ZONE: Final = {"119": "3825", "121": "3826"}


def standardise_landcover(raws: Sequence[RawTable], *, options: Mapping[str, Any]) -> Standardised:
    """Turn what rasters say of themselves into table ``landcover__rasters``.

    Parameters
    ----------
    raws : sequence of RawTable
        From `landwatch.sources.landcover.read_raster`; all rasters of one published file.
    options : mapping
        ``year`` and ``classes`` of the input: both for rasters of class codes, neither for
        rasters of areas, whose name tells era and class.

    Returns
    -------
    Standardised
        One row a raster. Other layers of the same data set (terrain, climate) are rejected as
        ``not_land_cover``.

    Raises
    ------
    UnknownCodeError
        If a class, group or coordinate system is not in the vocabulary, or areas are not in m².
    InputError
        If a raster is rotated, its cells are not square, its name contradicts its coordinate
        system, or nothing tells what its cells mean.
    """
    bands = _bands(raws)
    if options.get("year") is not None or options.get("classes") is not None:
        named = _coded(bands, options)
    else:
        named = _areas(bands)
    kept = named.filter(pl.col("reason").is_null())
    _check_shapes(kept)
    _check_units(kept.filter(pl.col("class") != CODES))
    in_degrees = pl.col("crs").is_in(DEGREES)
    side = pl.col("cell_width")
    kept = kept.with_columns(
        pl.when(~in_degrees).then(side).alias("cell_size_m"),
        pl.when(in_degrees).then(side).alias("cell_size_degree"),
        pl.col("largest").alias("largest_value"),
    )
    table = conformed(kept, "landcover__rasters")
    rejects = conformed(named.filter(pl.col("reason").is_not_null()), "rejects")
    ledger = ledger_of(((r, "") for r in raws), table, rejects)
    return Standardised({"landcover__rasters": table}, rejects, ledger)


def _bands(raws: Sequence[RawTable]) -> pl.DataFrame:
    texts = dict.fromkeys((*_TEXT, *_NUMBERS, "raw"), pl.String)
    schema = {**texts, "source_line": pl.Int64, "source_file": pl.String, "sha256": pl.String}
    frames = [
        r.rows.with_columns(
            pl.lit(r.source_file).alias("source_file"), pl.lit(r.sha256).alias("sha256")
        )
        for r in raws
    ]
    stacked = pl.concat([pl.DataFrame(schema=schema), *frames], how="diagonal_relaxed")
    numbers = [pl.col(c).cast(pl.Float64, strict=False) for c in _NUMBERS]
    systems = [
        _system(*row) for row in stacked.select("source_file", "epsg", "crs_wkt").iter_rows()
    ]
    return stacked.with_columns(*numbers, pl.Series("crs", systems, pl.String))


def _system(file: str, epsg: str, crs_wkt: str) -> str:
    known = "; ".join(f"EPSG:{code} {name}" for code, name in SYSTEMS.items())
    if not crs_wkt:
        raise UnknownCodeError(
            f"{file}: the raster declares no coordinate system; expected one of {known}. Declare "
            "the right one (gdal_translate -a_srs); it is not guessed."
        )
    if not epsg.isdigit() or int(epsg) not in SYSTEMS:
        found = f"EPSG:{epsg}" if epsg else crs_wkt[:200]
        raise UnknownCodeError(
            f"{file}: the coordinate system {found} is not known here; expected one of {known}. "
            "Reproject the raster (gdalwarp -t_srs EPSG:3826, -r near for codes)."
        )
    told = _ZONE.search(file)
    if told and (said := told[2] or _EPSG_OF_ZONE[told[1]]) != epsg:
        raise InputError(
            f"{file}: the name says EPSG:{said}, the raster EPSG:{epsg}: zones 119 and 121 lie "
            "200 km apart. Find out which is right and correct the other."
        )
    return f"EPSG:{epsg}"


def _areas(bands: pl.DataFrame) -> pl.DataFrame:
    told = [_told(*row) for row in bands.select("source_file", "description", "dtype").iter_rows()]
    schema = {"era": pl.String, "class": pl.String, "reason": pl.String}
    return bands.hstack(pl.DataFrame(told, schema=schema, orient="row"))


def _told(file: str, description: str, dtype: str) -> tuple[str | None, str | None, str | None]:
    stem = re.sub(r"\.tiff?$", "", file.rsplit("/", 1)[-1], flags=re.IGNORECASE)
    code = (description or re.split(r"[_\s-]", stem)[-1]).strip().upper()
    eras = _ERA.findall(stem) or _ERA.findall(file)
    if eras and code in CLASSES:
        return f"{eras[-1]}s", code, None
    if _LAND_USE.search(file):
        known = ", ".join(CLASSES)
        raise UnknownCodeError(
            f"{file}: expected a name that tells decade and class, such as …_Landuse_2010s_FF.tif "
            f"(classes {known}); found class {code!r} and decade {eras[-1] if eras else 'none'}. "
            "Restore the published name, or give year and classes if the cells are class codes."
        )
    if not dtype.startswith("float"):
        raise InputError(
            f"{file}: whole numbers, and nothing tells what they mean. If they are class codes, "
            "give the input year = … and classes = { farmland = […], built_up = […] }."
        )
    return None, None, "not_land_cover"


def _coded(bands: pl.DataFrame, options: Mapping[str, Any]) -> pl.DataFrame:
    year, classes = options.get("year"), options.get("classes")
    if year is None or not classes:
        raise InputError(
            "a landcover input of class codes needs both year = … and "
            f"classes = {{ farmland = […], built_up = […] }}; found year = {year}, "
            f"classes = {classes}. Add the other, or remove both for rasters of areas."
        )
    if unknown := sorted(set(classes) - set(GROUPS)):
        raise UnknownCodeError(
            f"landcover input: classes may be {', '.join(GROUPS)}; found {', '.join(unknown)}."
        )
    codes = [code for group in classes.values() for code in group]
    if twice := sorted({c for c in codes if codes.count(c) > 1}):
        raise InputError(f"landcover input: codes {twice} are given to more than one class.")
    if (bad := bands.filter(pl.col("dtype").str.starts_with("float"))).height:
        raise InputError(
            f"{bad['source_file'][0]}: expected class codes (whole numbers), found "
            f"{bad['dtype'][0]}. Remove year and classes if the cells hold areas."
        )
    return bands.with_columns(
        pl.lit(str(year)).alias("era"),
        pl.lit(CODES).alias("class"),
        pl.lit(json.dumps({k: sorted(v) for k, v in sorted(classes.items())})).alias("codes"),
        pl.lit(None, pl.String).alias("reason"),
    )


def _check_shapes(bands: pl.DataFrame) -> None:
    wide, high = pl.col("cell_width"), -pl.col("cell_height")
    fits = (pl.col("rotation") == 0) & (wide > 0) & ((high / wide - 1).abs() <= SQUARE_TOLERANCE)
    if (bad := bands.filter(~fits)).height:
        row = bad.row(0, named=True)
        raise InputError(
            f"{row['source_file']}: expected square cells, north up; found cells of "
            f"{row['cell_width']} × {-row['cell_height']} and rotation {row['rotation']}. "
            "Resample the raster (gdalwarp -tr, -r near for codes, sum for areas)."
        )


def _check_units(bands: pl.DataFrame) -> None:
    if (bad := bands.filter(pl.col("crs").is_in(DEGREES))).height:
        raise UnknownCodeError(
            f"{bad['source_file'][0]}: areas per cell need a system in metres, found "
            f"{bad['crs'][0]}. Use the rasters as published."
        )
    cell = pl.col("cell_width").pow(2) * (1 + AREA_TOLERANCE)
    scaled = (pl.col("scale") != 1) | (pl.col("offset") != 0)
    beyond = (pl.col("largest") > cell) | (pl.col("smallest") < 0) | scaled
    if (bad := bands.filter(beyond)).height:
        row = bad.row(0, named=True)
        raise UnknownCodeError(
            f"{row['source_file']}: expected m² of {row['class']} per cell, 0 to "
            f"{row['cell_width'] ** 2:,.0f}; found {row['smallest']} to {row['largest']} (scale "
            f"{row['scale']}, offset {row['offset']}). The unit is not m², or nodata is not "
            "declared. Correct the raster."
        )
    largest = bands.select(pl.col("largest").max()).item()
    if largest is not None and math.isfinite(largest) and 0 < largest <= SMALLEST_AREA_MAXIMUM:
        raise UnknownCodeError(
            f"{bands['source_file'][0]}: no cell of the file exceeds {largest}; that looks like "
            "shares or percent, not m² per cell. Convert to m² (share × area of a cell)."
        )
