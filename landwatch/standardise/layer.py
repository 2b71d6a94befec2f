"""User layers: raw features to shapes with a title, a day and a category."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

import polars as pl

from landwatch.schemas.raw import RawTable, Standardised, ledger_of
from landwatch.schemas.tables import conformed
from landwatch.standardise.shapes import shaped_rows, sorted_out
from landwatch.vocabulary.errors import InputError
from landwatch.vocabulary.text import folded
from landwatch.vocabulary.written_days import written_day


def standardise_layer(raws: Sequence[RawTable], options: Mapping[str, Any]) -> Standardised:
    """Turn layers of one input into table ``layers__features``.

    Parameters
    ----------
    raws : sequence of RawTable
        From `landwatch.sources.layer.read_layer`.
    options : mapping
        ``name``: title of the layer (the file's name without it). ``effective``: a day, or the
        column that holds it, ISO or ROC. ``category``: a text, or the column that holds it.

    Returns
    -------
    Standardised
        Features in EPSG:3826. A day that cannot be read rejects the feature (``bad_date``); a day
        that is not told is missing and flagged ``no_date``. Of the properties only day and
        category are kept, also in the rejects.

    Raises
    ------
    InputError
        If the column of days is absent, or a coordinate system is missing, unknown, or
        contradicted by the coordinates.
    """
    shaped = [shaped_rows(_described(raw, options)) for raw in raws]
    told = pl.col("effective").fill_null("") != ""
    faults = (("bad_date", told & pl.col("effective_date").is_null()),)
    accepted, rejected = sorted_out([frame for frame, _ in shaped], faults)
    accepted = accepted.with_columns(_flags(options).alias("flags"))
    kept = conformed(accepted, "layers__features")
    rejects = conformed(rejected, "rejects")
    files = [(raw, note) for raw, (_, note) in zip(raws, shaped, strict=True)]
    return Standardised({"layers__features": kept}, rejects, ledger_of(files, kept, rejects))


def _described(raw: RawTable, options: Mapping[str, Any]) -> RawTable:
    columns = [f.name for f in raw.rows.schema["properties"].fields]  # type: ignore[attr-defined]
    day = _day(options.get("effective"))
    effective: pl.Expr = pl.lit(None, pl.String)
    if day is None and options.get("effective"):
        effective = _property(str(options["effective"]), columns, raw.source_file)
    category: pl.Expr = pl.lit(options.get("category"), pl.String)
    if options.get("category") in columns:
        category = _property(str(options["category"]), columns, raw.source_file)
    name = options.get("name") or PurePosixPath(raw.source_file).stem
    rows = raw.rows.with_columns(
        pl.lit(name).alias("layer_name"),
        effective.alias("effective"),
        _blank_is_missing(category).alias("category"),
    )
    written = written_day(pl.col("effective")) if day is None else pl.lit(day, pl.Date)
    rows = rows.with_columns(
        written.alias("effective_date"),
        pl.struct("category", "effective").struct.json_encode().alias("raw"),
    )
    return RawTable(raw.source_file, raw.sha256, rows.drop("properties"), register=raw.register)


def _day(effective: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(effective))
    except ValueError:
        return None


def _property(column: str, columns: Sequence[str], where: str) -> pl.Expr:
    if column not in columns:
        raise InputError(
            f"{where}: expected a column {column!r} (effective of this input); found "
            f"{', '.join(columns[:30])}. Name one of them, or give a day such as 2019-01-03."
        )
    return pl.col("properties").struct.field(column)


def _blank_is_missing(text: pl.Expr) -> pl.Expr:
    clean = folded(text)
    return pl.when(clean != "").then(clean)


def _flags(options: Mapping[str, Any]) -> pl.Expr:
    expected = pl.lit(bool(options.get("effective")))
    return pl.concat_str(
        pl.when(expected & pl.col("effective_date").is_null()).then(pl.lit("no_date")),
        pl.when(pl.col("repair_share") > 0).then(pl.lit("repaired")),
        separator=";",
        ignore_nulls=True,
    ).replace({"": None})
