"""Satellite land changes: what the authority found, and in which year and issue it was seen.

The key of a change holds ROC year, issue of that year and a number of three digits, until about
2013 of five; keys with four (coast and rivers) do not tell the issue unmistakably. The issue's
days are not published with it, so that the first day of the year stands for the year.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Final

import polars as pl

from landwatch.schemas.raw import RawTable, Standardised
from landwatch.standardise.coordinates import with_coordinates
from landwatch.standardise.parcels import with_parcels
from landwatch.standardise.sites import (
    is_key,
    joined_flags,
    precision_of_place,
    sorted_out,
    stacked,
    with_town,
)
from landwatch.vocabulary.calendar import ROC_EPOCH
from landwatch.vocabulary.errors import UnknownCodeError
from landwatch.vocabulary.factories import BUILDING_CHANGES, VERDICTS
from landwatch.vocabulary.places import Places
from landwatch.vocabulary.text import folded

FIRST_ROC_YEAR: Final = 90
"""The survey began about then; an earlier year in a key is no year."""

ISSUES: Final = 12
"""Most issues a year had."""

_COLUMNS: Final = (
    "change_id",
    "authority",
    "finding",
    "change_type",
    "latitude_text",
    "longitude_text",
    "latitude_zh",
    "longitude_zh",
)
_KEY: Final = r"^(?:A?[A-Z]\d{2}|\d{3})(?<year>\d{3})(?:(?<issue>\d{2})(?:\d{3}|\d{5})|\d{6})$"
_TWO_DECIMALS: Final = r"^\d+(?:\.\d{0,2}0*)?$"


def standardise_landchange(
    raws: Sequence[RawTable], places: Places, *, latest: dt.date
) -> Standardised:
    """Turn land changes into sites.

    Parameters
    ----------
    raws : sequence of RawTable
        From `landwatch.sources.landchange.read_landchange`.
    places : Places
        Towns of the study.
    latest : datetime.date
        A change of a later year is rejected.

    Returns
    -------
    Standardised
        Table ``factories__sites``, lawful changes included. Suspected are those found 違規 whose
        kind is a building; the source does not say whether the land is farmland.

    Raises
    ------
    UnknownCodeError
        If a finding is not in `landwatch.vocabulary.factories.VERDICTS`.
    """
    frame = stacked(raws, _COLUMNS).with_columns(
        pl.coalesce(folded(pl.col(c)).replace("", None) for c in pair).alias(pair[0])
        for pair in (("latitude_text", "latitude_zh"), ("longitude_text", "longitude_zh"))
    )
    _check_findings(frame)
    frame = with_coordinates(frame, "longitude_text", "latitude_text")
    frame = with_town(frame, pl.col("authority").fill_null(""), places)
    frame = with_parcels(frame, pl.lit("")).with_columns(*_facts()).with_columns(_flags())
    faults = (
        ("no_id", ~is_key(pl.col("change_id"))),
        ("no_place", pl.col("longitude").is_null() & pl.col("county_code").is_null()),
        ("date_after_study", pl.col("first_seen") > latest),
    )
    return sorted_out(raws, frame, faults)


def _facts() -> list[pl.Expr]:
    key = folded(pl.col("change_id")).str.to_uppercase().str.extract_groups(_KEY)
    roc = key.struct.field("year").cast(pl.Int32, strict=False)
    year = pl.when(roc >= FIRST_ROC_YEAR).then(roc + ROC_EPOCH)
    number = key.struct.field("issue").cast(pl.Int32, strict=False)
    issue = pl.when(number.is_between(1, ISSUES) & year.is_not_null()).then(number)
    precision = pl.when(issue.is_not_null()).then(pl.lit("issue")).otherwise(pl.lit("year"))
    first = pl.date(year, 1, 1)
    ruling = folded(pl.col("finding")).replace_strict(
        VERDICTS, default=None, return_dtype=pl.String
    )
    change = folded(pl.col("change_type"))
    built = change.is_in(list(BUILDING_CHANGES))
    return [
        pl.concat_str(pl.lit("landchange:"), folded(pl.col("change_id"))).alias("site_id"),
        pl.lit("landchange").alias("publisher"),
        pl.lit("satellite_change").alias("evidence_kind"),
        precision_of_place().alias("place_precision"),
        first.alias("first_seen"),
        first.alias("last_seen"),
        pl.when(first.is_not_null()).then(precision).alias("first_seen_precision"),
        issue.alias("issue"),
        ruling.alias("ruling"),
        change.alias("change_type"),
        ((ruling == "violation") & built).fill_null(value=False).alias("is_suspected"),
        pl.lit(None, pl.String).alias("masked_address"),
        pl.lit(None, pl.String).alias("location_id"),
    ]


def _flags() -> pl.Expr:
    written = (folded(pl.col(c)) for c in ("latitude_text", "longitude_text"))
    coarse = pl.all_horizontal(text.str.contains(_TWO_DECIMALS) for text in written)
    doubts = joined_flags(
        (
            ("no_year_in_id", pl.col("first_seen").is_null()),
            ("no_issue_in_id", pl.col("issue").is_null() & pl.col("first_seen").is_not_null()),
            ("no_finding", pl.col("ruling").is_null()),
            ("coarse_coordinates", coarse & pl.col("longitude").is_not_null()),
        )
    )
    return pl.concat_str(
        doubts.replace("", None), pl.col("coordinate_fault"), separator=";", ignore_nulls=True
    ).alias("flags")


def _check_findings(frame: pl.DataFrame) -> None:
    finding = folded(pl.col("finding").fill_null(""))
    strange = frame.filter((finding != "") & ~finding.is_in(list(VERDICTS)))
    if strange.height:
        counts = strange.group_by("source_file", "finding").len().sort("source_file", "finding")
        file, value, rows = counts.row(0)
        raise UnknownCodeError(
            f"{file}: 查證結果 {value[:40]!r} in {rows} rows; known are {', '.join(VERDICTS)}. "
            "Add it to vocabulary/factories.py, or leave the file out."
        )
