"""Raw rows with shapes to rows with plane shapes, their measures and what repair did to them."""

from collections.abc import Sequence

import numpy as np
import polars as pl
import shapely

from landwatch.schemas.raw import RawTable
from landwatch.standardise.geometry import Repaired, geometry_kinds
from landwatch.standardise.projection import plane_shapes
from landwatch.vocabulary.crs import TWD97_TM2


def shaped_rows(raw: RawTable) -> tuple[pl.DataFrame, str]:
    """Return the rows of a file with their shapes in EPSG:3826.

    Parameters
    ----------
    raw : RawTable
        Rows with ``geometry`` (WKB) and ``crs`` (as declared, one per file).

    Returns
    -------
    tuple of (polars.DataFrame, str)
        The rows with ``geometry`` (WKB, missing where unusable), ``crs``, ``geometry_kind``,
        ``area_m2``, ``length_m``, ``repair_share``, ``shape_fault`` (missing where sound) and
        ``source_file``; and a remark for the ledger, empty where nothing was changed.

    Raises
    ------
    InputError
        If the coordinate system is missing, unknown, or contradicted by the coordinates.
    """
    if raw.rows.height == 0:
        return _measured(raw, plane_shapes([], TWD97_TM2, raw.source_file, to=TWD97_TM2)), ""
    published = shapely.from_wkb(raw.rows["geometry"].to_numpy(), on_invalid="ignore")
    declared = raw.rows["crs"].item(0)
    done = plane_shapes(published, declared, raw.source_file, to=TWD97_TM2)
    return _measured(raw, done), _remark(done)


def _measured(raw: RawTable, done: Repaired) -> pl.DataFrame:
    area = shapely.area(done.geometry)
    kinds = geometry_kinds(done.geometry)
    length = np.where(kinds == "line", shapely.length(done.geometry), 0.0)
    fault = pl.Series("shape_fault", done.fault.tolist(), pl.String)
    return raw.rows.with_columns(
        pl.Series("geometry", shapely.to_wkb(done.geometry), pl.Binary),
        pl.lit(TWD97_TM2).alias("crs"),
        pl.Series("geometry_kind", kinds.tolist(), pl.String),
        pl.Series("area_m2", area, pl.Float64).fill_nan(None),
        pl.Series("length_m", length, pl.Float64),
        pl.Series("repair_share", done.repair_share, pl.Float64).fill_nan(None),
        fault.replace({"": None}),
        pl.lit(raw.source_file).alias("source_file"),
    )


def _remark(done: Repaired) -> str:
    parts = []
    if done.was_invalid:
        worst = float(np.nanmax(np.where(done.fault == "", done.repair_share, np.nan)))
        parts.append(f"shapes repaired: {done.was_invalid}, greatest change of area {worst:.2g}")
    if done.had_z:
        parts.append(f"shapes whose third coordinate was dropped: {done.had_z}")
    return "; ".join(parts)


def sorted_out(
    frames: Sequence[pl.DataFrame], faults: Sequence[tuple[str, pl.Expr]]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part rows into accepted and rejected; a fault of the shape is told before others.

    Parameters
    ----------
    frames : sequence of polars.DataFrame
        From `shaped_rows`, with whatever columns the faults need.
    faults : sequence of (str, polars.Expr)
        Reason code and when it applies, the first that applies is told.

    Returns
    -------
    tuple of polars.DataFrame
        Accepted, and rejected with ``reason``.
    """
    told = [pl.when(fault).then(pl.lit(code)) for code, fault in faults]
    rows = pl.concat(frames, how="diagonal_relaxed").with_columns(
        pl.coalesce(pl.col("shape_fault"), *told).alias("reason")
    )
    return rows.filter(pl.col("reason").is_null()), rows.filter(pl.col("reason").is_not_null())
