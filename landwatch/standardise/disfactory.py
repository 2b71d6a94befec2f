"""Citizens' reports of suspected factories: replies of the service to located sites."""

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
from landwatch.vocabulary.errors import UnknownCodeError
from landwatch.vocabulary.factories import (
    DOCUMENT_STATUSES,
    NOT_PURSUED,
    REMOVED,
    REPORT_STATUSES,
)
from landwatch.vocabulary.places import Places
from landwatch.vocabulary.text import folded, place_spelling

_COLUMNS: Final = (
    "id",
    "lat",
    "lng",
    "landcode",
    "townname",
    "sectname",
    "source",
    "cet_report_status",
    "wont_fix",
    "before_release",
    "reported_at",
    "document_display_status",
)
_TAIPEI: Final = "Asia/Taipei"


def standardise_disfactory(
    raws: Sequence[RawTable], places: Places, *, latest: dt.date
) -> Standardised:
    """Turn replies of the service into sites.

    Parameters
    ----------
    raws : sequence of RawTable
        From `landwatch.sources.disfactory.read_disfactory`.
    places : Places
        Towns of the study.
    latest : datetime.date
        A report's day after this one is missing.

    Returns
    -------
    Standardised
        Table ``factories__sites``. The service tells the day of the last report, not of the
        first: ``first_seen`` is missing. A site its reviewers did not pass on, or that was
        reported removed, is not suspected.

    Raises
    ------
    UnknownCodeError
        If a status is not in the vocabulary.
    """
    frame = stacked(raws, _COLUMNS)
    _check_codes(frame, "cet_report_status", list(REPORT_STATUSES))
    _check_codes(frame, "document_display_status", list(DOCUMENT_STATUSES))
    frame = with_coordinates(frame, "lng", "lat")
    frame = with_town(frame, _full_town(frame, places), places)
    section = place_spelling(pl.col("sectname").fill_null(""))
    parcel = folded(pl.col("landcode").fill_null(""))
    frame = with_parcels(frame, pl.concat_str(section, parcel)).with_columns(*_facts(latest))
    frame = frame.with_columns(
        (
            (pl.col("last_status") != REMOVED).fill_null(value=True) & pl.col("ruling").is_null()
        ).alias("is_suspected"),
        precision_of_place().alias("place_precision"),
    )
    faults = (
        ("no_id", ~is_key(pl.col("id"))),
        ("no_place", pl.col("longitude").is_null() & pl.col("town_code").is_null()),
    )
    return sorted_out(raws, frame, faults)


def _full_town(frame: pl.DataFrame, places: Places) -> pl.Expr:
    """Name the county where only the town is given and one county alone has it."""
    alone = places.towns.filter(~pl.col("town_name").is_duplicated())
    names = {
        town: county + town
        for town, county in alone.select(
            place_spelling(pl.col("town_name")), place_spelling(pl.col("county_name"))
        ).iter_rows()
    }
    given = frame.select(place_spelling(pl.col("townname").fill_null(""))).to_series()
    return pl.lit(given.replace(names))


def _facts(latest: dt.date) -> list[pl.Expr]:
    answer = folded(pl.col("document_display_status")).replace_strict(
        DOCUMENT_STATUSES, default=None, return_dtype=pl.String
    )
    report = folded(pl.col("cet_report_status")).replace_strict(
        REPORT_STATUSES, default=None, return_dtype=pl.String
    )
    reported = pl.col("reported_at")
    moment = pl.coalesce(
        reported.str.to_datetime(pattern, strict=False, time_zone="UTC")
        for pattern in ("%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M:%S%.fZ")
    )
    local = moment.dt.convert_time_zone(_TAIPEI).dt.date()
    plain = reported.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    day = pl.coalesce(local, plain)
    day = pl.when(day <= latest).then(day)
    return [
        pl.concat_str(pl.lit("disfactory:"), folded(pl.col("id"))).alias("site_id"),
        pl.lit("disfactory").alias("publisher"),
        pl.lit("civic_report").alias("evidence_kind"),
        pl.coalesce(answer, report).alias("last_status"),
        pl.when(folded(pl.col("wont_fix")) == "true").then(pl.lit(NOT_PURSUED)).alias("ruling"),
        day.alias("last_seen"),
        pl.concat_str(
            joined_flags(
                (
                    ("imported_list", pl.col("before_release") == "true"),
                    ("bad_date", (reported != "") & day.is_null()),
                    ("town_unknown", pl.col("town_code").is_null()),
                    ("no_parcel", pl.col("parcel_count").is_null()),
                )
            ).replace("", None),
            pl.col("coordinate_fault"),
            separator=";",
            ignore_nulls=True,
        ).alias("flags"),
    ]


def _check_codes(frame: pl.DataFrame, field: str, known: Sequence[str]) -> None:
    code = folded(pl.col(field).fill_null(""))
    strange = frame.filter((code != "") & ~code.is_in(list(known)))
    if strange.height:
        counts = strange.group_by("source_file", field).len().sort("source_file", field)
        file, value, rows = counts.row(0)
        raise UnknownCodeError(
            f"{file}: {field} {value[:40]!r} in {rows} factories; known are {', '.join(known)}. "
            "Add the code to vocabulary/factories.py, or leave the file out."
        )
