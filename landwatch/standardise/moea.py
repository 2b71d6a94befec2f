"""Cases of enforcement against factories on farmland: cases and what was done, month by month.

A case is what the publisher counts as one: one text of parcels in one county. Several entries of a
month may name the same parcels; each is kept.
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

from landwatch.schemas.raw import RawTable, Standardised, ledger_of
from landwatch.schemas.tables import conformed
from landwatch.standardise.parcels import keys_of, with_parcels
from landwatch.standardise.sites import (
    SITES,
    distinct_sources,
    joined_flags,
    precision_of_place,
    rejected,
    remark_of,
    separate_words,
    stacked,
    with_town,
)
from landwatch.vocabulary.calendar import ROC_EPOCH
from landwatch.vocabulary.errors import UnknownCodeError
from landwatch.vocabulary.factories import ENFORCEMENT_STEPS, REMOVED
from landwatch.vocabulary.places import Places
from landwatch.vocabulary.text import folded, place_spelling

STATUS_MONTHS: Final = "factories__status_months"

_COLUMNS: Final = (
    "part",
    "county_name",
    "place",
    "zoning",
    "use",
    "steps",
    "list_number",
    "roc_year",
    "roc_month",
    "register",
)
_IS_CASE: Final = pl.col("part") == "cases"
_BY_SITE: Final = ["source_file", "site_id"]


def standardise_moea(raws: Sequence[RawTable], places: Places) -> Standardised:
    """Turn lists of the ministry into sites and their status by month.

    Parameters
    ----------
    raws : sequence of RawTable
        From `landwatch.sources.moea`, JSON or workbook.
    places : Places
        Towns of the study.

    Returns
    -------
    Standardised
        Tables ``factories__sites`` (a case of the JSON; of a workbook the row that first names
        it, which is a row of the other table too) and ``factories__status_months``.

    Raises
    ------
    UnknownCodeError
        If a step is not in `landwatch.vocabulary.factories.ENFORCEMENT_STEPS`.
    """
    marked = [_with_register(raw) for raw in raws]
    frame = _interpreted(stacked(marked, _COLUMNS), places)
    faults = (
        ("no_place", folded(pl.col("place")) == ""),
        ("unknown_county", pl.col("county_code").is_null()),
        ("bad_date", pl.col("month").is_null()),
        ("bad_number", ~_IS_CASE & pl.col("list_number").is_null()),
    )
    reason = pl.coalesce(pl.when(fault).then(pl.lit(code)) for code, fault in faults)
    frame = frame.with_columns(reason.alias("reason"))
    kept = frame.filter(pl.col("reason").is_null())
    rejects = rejected(raws, frame.filter(pl.col("reason").is_not_null()))
    sites = conformed(_sites(kept), SITES)
    months = conformed(kept.filter(~_IS_CASE), STATUS_MONTHS)
    accepted = distinct_sources(sites, months)
    files = [(r, remark_of(r)) for r in raws]
    tables = {SITES: sites, STATUS_MONTHS: months}
    return Standardised(tables, rejects, ledger_of(files, accepted, rejects))


def _with_register(raw: RawTable) -> RawTable:
    return RawTable(
        source_file=raw.source_file,
        sha256=raw.sha256,
        rows=raw.rows.with_columns(pl.lit(raw.register).alias("register")),
        rejects=raw.rejects,
        unknown_columns=raw.unknown_columns,
    )


def _interpreted(frame: pl.DataFrame, places: Places) -> pl.DataFrame:
    steps = folded(pl.col("steps")).str.replace_all(r"[\s|、,;]+", " ").str.split(" ")
    year = pl.col("roc_year").cast(pl.Int32, strict=False) + ROC_EPOCH
    month = pl.col("roc_month").cast(pl.Int32, strict=False)
    frame = frame.with_columns(
        pl.Series("site_id", _site_keys(frame)),
        steps.list.eval(pl.element().filter(pl.element() != "")).alias("_steps"),
        pl.concat_str(year, month, pl.lit("1"), separator="-")
        .str.to_date("%Y-%m-%d", strict=False)
        .alias("month"),
        folded(pl.col("list_number"))
        .cast(pl.Float64, strict=False)
        .cast(pl.Int32, strict=False)
        .alias("list_number"),
    )
    _check_steps(frame)
    words = pl.element().replace_strict(ENFORCEMENT_STEPS, default=None, return_dtype=pl.String)
    frame = frame.with_columns(
        pl.col("_steps").list.eval(words).list.unique().list.sort().alias("_steps")
    )
    county, place = place_spelling(pl.col("county_name")), place_spelling(pl.col("place"))
    full = pl.concat_str(county, place.str.strip_prefix(county))
    frame = with_parcels(with_town(frame, full, places), pl.col("after_town"))
    return frame.with_columns(
        pl.col("_steps").list.join(";").alias("enforcement_steps"), _flags().alias("flags")
    )


def _site_keys(frame: pl.DataFrame) -> pl.Series:
    text = frame.select(
        pl.concat_str(place_spelling(pl.col("county_name")), pl.lit("|"), pl.col("place"))
    ).to_series()
    return "moea:" + keys_of(text)


def _check_steps(frame: pl.DataFrame) -> None:
    steps = frame.select("source_file", pl.col("_steps").alias("step"))
    strange = (
        steps.explode("step", empty_as_null=True, keep_nulls=True)
        .drop_nulls("step")
        .filter(~pl.col("step").is_in(list(ENFORCEMENT_STEPS)))
    )
    if strange.height:
        counts = strange.group_by("source_file", "step").len().sort("source_file", "step")
        told = "; ".join(f"{step[:40]!r} in {n} rows" for _, step, n in counts.head(5).rows())
        raise UnknownCodeError(
            f"{counts['source_file'][0]}: enforcement steps not in the vocabulary: {told}. Known "
            f"are {', '.join(ENFORCEMENT_STEPS)}. Add the step to vocabulary/factories.py, or "
            "leave the file out."
        )


def _flags() -> pl.Expr:
    is_update = (pl.col("register") == "json") & ~_IS_CASE
    return joined_flags(
        (
            ("town_unknown", pl.col("town_code").is_null()),
            ("no_parcel", pl.col("parcel_count").is_null()),
            ("several_sections", pl.col("names_several_sections")),
            ("no_steps", pl.col("_steps").list.len() == 0),
            ("withdrawn_steps_untold", is_update),
        )
    )


def _sites(rows: pl.DataFrame) -> pl.DataFrame:
    last = pl.col("month") == pl.col("month").max().over(_BY_SITE)
    latest = (
        rows.filter(last)
        .group_by(_BY_SITE)
        .agg(
            pl.col("_steps").list.explode(empty_as_null=True, keep_nulls=True).drop_nulls().unique()
        )
    )
    latest = latest.select(*_BY_SITE, pl.col("_steps").list.sort().alias("_last"))
    span = rows.group_by(_BY_SITE).agg(
        pl.col("month").min().alias("first_seen"), pl.col("month").max().alias("last_seen")
    )
    named = rows.sort("source_file", "month", "source_line").unique(
        _BY_SITE, keep="first", maintain_order=True
    )
    stated = rows.filter(_IS_CASE)
    named = named.join(stated, on=_BY_SITE, how="anti", maintain_order="left")
    sites = pl.concat([stated, named])
    for facts in (span, latest):
        sites = sites.join(facts, on=_BY_SITE, how="left", maintain_order="left")
    return sites.with_columns(
        pl.lit("moea").alias("publisher"),
        pl.lit("enforcement_case").alias("evidence_kind"),
        pl.lit("month").alias("first_seen_precision"),
        pl.col("_last").list.join(";").replace("", None).alias("last_status"),
        (~pl.col("_last").list.contains(REMOVED)).alias("is_suspected"),
        separate_words(pl.col("zoning")).alias("rural_zoning"),
        separate_words(pl.col("use")).alias("rural_use"),
        pl.lit(None, pl.Float64).alias("longitude"),
    ).with_columns(precision_of_place().alias("place_precision"))
