"""Projects: raw rows to awards with place, date, status and amounts by payer.

Missing stays missing: an empty amount is not 0, a year is not a day, and an amount told for
several towns together is not split.
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

from landwatch.schemas.raw import RawTable, Standardised, ledger_of
from landwatch.schemas.tables import TABLES, conformed
from landwatch.vocabulary.calendar import ROC_EPOCH, roc_date
from landwatch.vocabulary.errors import UnknownCodeError
from landwatch.vocabulary.places import Places
from landwatch.vocabulary.projects import (
    AMOUNTS,
    COLUMN_NAMES,
    JOINT,
    NATURE_RULES,
    STATUSES,
    TREATED,
)
from landwatch.vocabulary.text import folded, place_spelling

FIRST_ROC_YEAR: Final = 79
LAST_ROC_YEAR: Final = 189
"""ROC years a project can have; 2023 in this column is a year of another calendar."""

TOTAL_TOLERANCE_TWD: Final = 1.0
_PARTS: Final = ("subsidy_twd", "local_twd", "private_twd")


def standardise_projects(raws: Sequence[RawTable], places: Places) -> Standardised:
    """Turn lists of projects into table ``projects__awards``.

    Parameters
    ----------
    raws : sequence of RawTable
        From `landwatch.sources.projects.read_projects`.
    places : Places
        Towns of the study; past names are understood.

    Returns
    -------
    Standardised
        Withdrawn, refused and pending projects are kept with their status and are no treatment. A
        total that is not the sum of its parts is flagged ``total_differs``; an amount told for
        several towns together ``joint_amount``; a day outside the year told ``year_differs``.
        Rows of an unknown town, without a date, or with an amount that is no number are rejected.

    Raises
    ------
    UnknownCodeError
        If a status is not in the vocabulary.
    """
    frame = _stacked(raws)
    _check_statuses(frame)
    frame = _dated(_paid(_placed(frame, places)))
    status = _status(pl.col("status"))
    frame = frame.with_columns(
        status.alias("award_status"), status.is_in(TREATED).alias("is_treatment")
    ).with_columns(_flags().alias("flags"), _reason().alias("reason"))
    kept = _numbered(frame.filter(pl.col("reason").is_null()))
    table = conformed(kept, "projects__awards")
    own = [r.rejects.with_columns(pl.lit(r.source_file).alias("source_file")) for r in raws]
    refused = frame.filter(pl.col("reason").is_not_null())
    rejects = pl.concat([conformed(r, "rejects") for r in (*own, refused)])
    files = [(r, _remark(r)) for r in raws]
    return Standardised({"projects__awards": table}, rejects, ledger_of(files, table, rejects))


def _stacked(raws: Sequence[RawTable]) -> pl.DataFrame:
    columns = dict.fromkeys((*dict.fromkeys(COLUMN_NAMES.values()), "raw"), pl.String)
    schema = {**columns, "source_line": pl.Int64, "source_file": pl.String}
    frames = [r.rows.with_columns(pl.lit(r.source_file).alias("source_file")) for r in raws]
    stacked = pl.concat([pl.DataFrame(schema=schema), *frames], how="diagonal_relaxed")
    texts = [c for c in columns if c != "raw"]
    return stacked.with_columns(
        pl.when(folded(pl.col(c)) != "").then(folded(pl.col(c))).alias(c) for c in texts
    )


def _remark(raw: RawTable) -> str:
    unknown = ", ".join(name.split(" ", 1)[1] for name in raw.unknown_columns)
    return f"columns not used: {unknown}" if unknown else ""


def _status(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(r"\s", "").replace_strict(
        STATUSES, default=None, return_dtype=pl.String
    )


def _check_statuses(frame: pl.DataFrame) -> None:
    status = pl.col("status")
    unknown = frame.filter(status.is_not_null() & _status(status).is_null())
    if unknown.height:
        found = ", ".join(unknown["status"].unique().sort().to_list()[:5])
        raise UnknownCodeError(
            f"{unknown['source_file'][0]} line {unknown['source_line'][0]}: status {found} is not "
            f"known; expected one of {', '.join(STATUSES)}. Use one of them; whether a project "
            "counts as a treatment depends on it."
        )


def _placed(frame: pl.DataFrame, places: Places) -> pl.DataFrame:
    name = pl.concat_str(pl.col("county_name").fill_null(""), "town_name")
    keyed = frame.with_columns(place_spelling(name).alias("full_key"))
    return keyed.join(places.by_full_name(), on="full_key", how="left", maintain_order="left")


def _paid(frame: pl.DataFrame) -> pl.DataFrame:
    note = pl.col("amount_note")
    nature = pl.coalesce(
        pl.when(note.str.contains(pattern)).then(pl.lit(code)) for pattern, code in NATURE_RULES
    )
    numbers = {
        c: pl.col(c).str.replace_all(r"[,\s]", "").cast(pl.Float64, strict=False) for c in AMOUNTS
    }
    bad = [pl.col(c).is_not_null() & ~number.is_between(0, 1e13) for c, number in numbers.items()]
    odd = [pl.col(c).is_not_null() & number.is_null() for c, number in numbers.items()]
    any_amount = pl.any_horizontal(number.is_not_null() for number in numbers.values())
    return frame.with_columns(
        pl.any_horizontal(*(b.fill_null(False) for b in bad), *odd).alias("_bad_amount"),
        note.str.contains(JOINT).fill_null(False).alias("_joint"),
        pl.when(any_amount & ~note.str.contains(JOINT)).then(nature).alias("amount_nature"),
        *(number.alias(c) for c, number in numbers.items()),
    )


def _dated(frame: pl.DataFrame) -> pl.DataFrame:
    text = pl.col("date").str.replace_all("[-.年月]", "/").str.strip_chars_end("日")
    christian = pl.when(text.str.contains(r"^(19|20)\d{2}/")).then(text)
    day = pl.coalesce(christian.str.to_date("%Y/%m/%d", strict=False), roc_date(text))
    roc = pl.col("roc_year").str.extract(r"^(?:民國)?(\d{2,3})年?$").cast(pl.Int32)
    roc = pl.when(roc.is_between(FIRST_ROC_YEAR, LAST_ROC_YEAR)).then(roc + ROC_EPOCH)
    years = pl.coalesce(day.dt.year(), roc).cast(pl.Int32)
    untold = (pl.col("date").is_not_null() & day.is_null()) | (
        pl.col("roc_year").is_not_null() & roc.is_null()
    )
    return frame.with_columns(
        day.alias("award_date"),
        years.alias("year"),
        pl.when(day.is_null())
        .then(pl.lit("year"))
        .otherwise(pl.lit("day"))
        .alias("date_precision"),
        (years.is_null() | untold | ~years.is_between(1990, 2100)).alias("_bad_date"),
        (day.dt.year() != roc).fill_null(False).alias("_year_differs"),
    )


def _reason() -> pl.Expr:
    named = pl.col("town_name").is_not_null()
    faults = (
        ("unknown_town", named & pl.col("town_code").is_null()),
        ("no_place", ~named & pl.col("zone_name").is_null()),
        ("no_status", pl.col("award_status").is_null()),
        ("bad_date", pl.col("_bad_date")),
        ("bad_number", pl.col("_bad_amount")),
    )
    return pl.coalesce(pl.when(fault).then(pl.lit(code)) for code, fault in faults)


def _flags() -> pl.Expr:
    apart = (pl.sum_horizontal(*_PARTS, ignore_nulls=False) - pl.col("total_twd")).abs()
    marks = {
        "total_differs": apart > TOTAL_TOLERANCE_TWD,
        "joint_amount": pl.col("_joint"),
        "year_differs": pl.col("_year_differs"),
    }
    joined = pl.concat_str(
        [pl.when(mark).then(pl.lit(code)) for code, mark in marks.items()],
        separator=";",
        ignore_nulls=True,
    )
    return pl.when(joined != "").then(joined)


def _numbered(frame: pl.DataFrame) -> pl.DataFrame:
    same = [c for c in TABLES["projects__awards"].repeats if c != "repeat_number"]
    order = pl.int_range(1, pl.len() + 1).over(["source_file", *same])
    return frame.with_columns(order.alias("repeat_number"))
