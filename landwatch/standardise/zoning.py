"""Zoning of urban plans: raw features to polygons with a class of use, and the list of plans."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from landwatch.schemas.raw import RawTable, Standardised, ledger_of
from landwatch.schemas.tables import conformed
from landwatch.standardise.shapes import shaped_rows, sorted_out
from landwatch.vocabulary.places import Places
from landwatch.vocabulary.text import folded
from landwatch.vocabulary.zoning import plan_county, zoning_class

MAX_WORDS: Final = 20
"""Unknown zones named in one line of the ledger; all of them are in the table."""

_WORDS: Final = ("zone_use", "use_group", "use_subgroup")


def standardise_plans(raws: Sequence[RawTable], places: Places) -> Standardised:
    """Turn lists of plans into table ``zoning__plans``.

    Parameters
    ----------
    raws : sequence of RawTable
        From `landwatch.sources.zoning.read_plan_list`.
    places : Places
        Towns of the study; plans of counties that it does not have are rejected.

    Returns
    -------
    Standardised
        Table, rejects and ledger.
    """
    rows = pl.concat(
        [r.rows.with_columns(pl.lit(r.source_file).alias("source_file")) for r in raws]
    )
    letters = _counties(places)
    known = pl.col("plan_code").str.contains(r"^[A-Z]\d{4}$")
    rows = rows.with_columns(_text("plan_code"), _text("plan_name"))
    rows = rows.with_columns(
        pl.when(~known.fill_null(False)).then(pl.lit("bad_plan_code")).alias("reason")
    )
    accepted = _with_county(rows.filter(pl.col("reason").is_null()), letters)
    kept = conformed(accepted, "zoning__plans")
    rejects = conformed(rows.filter(pl.col("reason").is_not_null()), "rejects")
    files = [(r, "") for r in raws]
    return Standardised({"zoning__plans": kept}, rejects, ledger_of(files, kept, rejects))


def standardise_zoning(raws: Sequence[RawTable], places: Places) -> Standardised:
    """Turn zoning layers into table ``zoning__polygons``.

    Parameters
    ----------
    raws : sequence of RawTable
        From `landwatch.sources.zoning.read_zoning`.
    places : Places
        Towns of the study; the letter of a plan's code tells its county.

    Returns
    -------
    Standardised
        Polygons in EPSG:3826. A zone whose words no rule knows keeps them, has no class and the
        flag ``unknown_zoning``; the ledger lists such words. Shapes that cannot be used, or that
        are no polygons, are rejected.

    Raises
    ------
    InputError
        If a coordinate system is missing, unknown, or contradicted by the coordinates.
    UnknownCodeError
        If a plan's code begins with no county's letter.
    """
    shaped = [shaped_rows(raw) for raw in raws]
    faults = (
        ("not_a_polygon", pl.col("geometry_kind") != "polygon"),
        ("no_plan_code", _text("plan_code").is_null()),
    )
    accepted, rejected = sorted_out([frame for frame, _ in shaped], faults)
    names = ("plan_code", "plan_name", "plan_case", "use_code", *_WORDS)
    accepted = accepted.with_columns(_text(c) for c in names)
    accepted = _classed(_with_county(accepted, _counties(places))).with_columns(
        _ratio("coverage", 1.0).alias("building_coverage_share"),
        _ratio("floor_ratio", 20.0).alias("floor_area_ratio"),
    )
    kept = conformed(accepted.with_columns(_flags().alias("flags")), "zoning__polygons")
    rejects = conformed(rejected, "rejects")
    files = [(raw, _remark(raw, shape, kept)) for raw, (_, shape) in zip(raws, shaped, strict=True)]
    return Standardised({"zoning__polygons": kept}, rejects, ledger_of(files, kept, rejects))


def _text(column: str) -> pl.Expr:
    clean = folded(pl.col(column))
    return pl.when(clean != "").then(clean).alias(column)


def _counties(places: Places) -> dict[str, str]:
    return dict(places.towns.select("county_id", "county_code").unique().iter_rows())


def _with_county(rows: pl.DataFrame, letters: dict[str, str]) -> pl.DataFrame:
    codes = rows["plan_code"].unique().drop_nulls()
    found = {code: plan_county(code, letters) for code in codes}
    return rows.with_columns(
        pl.col("plan_code").replace_strict(found, return_dtype=pl.String).alias("county_code")
    )


def _classed(rows: pl.DataFrame) -> pl.DataFrame:
    words = rows.select(_WORDS).unique()
    kinds = [zoning_class(*told) for told in words.iter_rows()]
    classes = words.with_columns(pl.Series("zoning_class", kinds, pl.String))
    return rows.join(classes, on=_WORDS, how="left", nulls_equal=True, maintain_order="left")


def _percent(column: str) -> pl.Expr:
    """Number printed as 60 or 60%; missing where the cell says that there is none."""
    return folded(pl.col(column)).str.extract(r"^(\d+(?:\.\d+)?)\s*%?$").cast(pl.Float64)


def _unclear(column: str) -> pl.Expr:
    """0.7 without a sign: a share, or less than one per cent? Plans write both."""
    return (_percent(column) < 1) & ~folded(pl.col(column)).str.contains("%")


def _ratio(column: str, limit: float) -> pl.Expr:
    number = _percent(column) / 100
    return pl.when(number.is_between(0, limit) & ~_unclear(column)).then(number)


def _flags() -> pl.Expr:
    return pl.concat_str(
        pl.when(pl.col("zone_use").is_null()).then(pl.lit("no_zone_use")),
        pl.when(pl.col("zoning_class").is_null()).then(pl.lit("unknown_zoning")),
        pl.when(_unclear("coverage") | _unclear("floor_ratio")).then(pl.lit("unclear_ratio")),
        pl.when(pl.col("repair_share") > 0).then(pl.lit("repaired")),
        separator=";",
        ignore_nulls=True,
    ).replace({"": None})


def _remark(raw: RawTable, shape: str, kept: pl.DataFrame) -> str:
    own = kept.filter(pl.col("source_file") == raw.source_file)
    lost = own.filter(pl.col("zoning_class").is_null())["zone_use"]
    words = lost.fill_null("(no name)").unique().sort().to_list()
    parts = [shape]
    if raw.unknown_columns:
        parts.append(f"columns not in the vocabulary: {', '.join(raw.unknown_columns)}")
    if words:
        told = ", ".join(words[:MAX_WORDS]) + (" …" if len(words) > MAX_WORDS else "")
        parts.append(f"zones of no known class: {told} ({len(lost)} polygons)")
    return "; ".join(p for p in parts if p)
