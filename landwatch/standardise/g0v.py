"""Listings of dwellings to let: raw rows of g0v's editions to table ``g0v__listings``."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

import polars as pl

from landwatch.schemas.raw import RawTable, Standardised, ledger_of
from landwatch.schemas.tables import conformed
from landwatch.standardise.listing_places import with_points, with_towns
from landwatch.standardise.listing_values import bounded_values, sound_text, typed_values
from landwatch.vocabulary.errors import InputError
from landwatch.vocabulary.listing_faults import fault_codes
from landwatch.vocabulary.listings import EXTRA_FEES, FIELDS, FURNITURE, snapshot_month
from landwatch.vocabulary.places import Places
from landwatch.vocabulary.units import M2_PER_PING

EARLIEST: Final = dt.date(2018, 5, 1)
"""The crawl began in May 2018."""

LATEST_YEAR: Final = 2100
UNIT_TOLERANCE: Final = 0.02
MIN_STATED: Final = 30
STATED_RENT_TOLERANCE: Final = 0.01
"""Stated and computed rents per 坪 farther apart than this share are flagged."""


def standardise_g0v(raws: Sequence[RawTable], places: Places, *, latest: dt.date) -> Standardised:
    """Turn listings of any edition into core rows and rejects.

    Parameters
    ----------
    raws : sequence of RawTable
        From `landwatch.sources.g0v`, published together.
    places : Places
        Towns of the study.
    latest : datetime.date
        Last believable first day of a listing where the file's name tells no month.

    Returns
    -------
    Standardised
        Table ``g0v__listings``. A listing without rent, town or point is kept with a flag; one
        whose number, day or place cannot be read is rejected.

    Raises
    ------
    UnknownCodeError
        If a code or a truth value is not in the vocabulary.
    InputError
        If the areas of a file cannot be in 坪.
    """
    frame = with_points(with_towns(sound_text(_stacked(raws)), places))
    frame = frame.with_columns(typed_values())
    _check_area_units(frame)
    frame = frame.with_columns(bounded_values())
    frame = _interpreted(_dated(frame, raws, latest)).with_columns(_faults().alias("reason"))
    kept = frame.filter(pl.col("reason").is_null()).with_columns(_doubts().alias("flags"))
    listings = conformed(kept, "g0v__listings")
    rejects = pl.concat(
        [
            conformed(frame.filter(pl.col("reason").is_not_null()), "rejects"),
            *(
                conformed(r.rejects.with_columns(source_file=pl.lit(r.source_file)), "rejects")
                for r in raws
            ),
        ]
    )
    files = [(raw, _remark(raw, frame)) for raw in raws]
    return Standardised({"g0v__listings": listings}, rejects, ledger_of(files, listings, rejects))


def _stacked(raws: Sequence[RawTable]) -> pl.DataFrame:
    text = dict.fromkeys((*FIELDS, "raw", "source_file", "listing_form"), pl.String)
    empty = pl.DataFrame(schema=text | {"source_line": pl.Int64})
    frames = [
        r.rows.with_columns(
            pl.lit(r.source_file).alias("source_file"), pl.lit(r.register).alias("listing_form")
        ).select(empty.columns)
        for r in raws
    ]
    return pl.concat([empty, *frames])


def _check_area_units(frame: pl.DataFrame) -> None:
    """Refuse a file whose stated rents per 坪 say that its areas are in another unit."""
    fees = pl.col("management_fee_twd_month").fill_null(0) + pl.col(
        "parking_fee_twd_month"
    ).fill_null(0)
    ping = pl.col("floor_area_m2") / M2_PER_PING
    ratio = (pl.col("rent_twd_month") + fees) / pl.col("stated_ping_rent") / ping
    stated = frame.select("source_file", ratio.alias("ratio")).filter(
        pl.col("ratio").is_finite() & (pl.col("ratio") > 0)
    )
    files = stated.group_by("source_file").agg(pl.col("ratio").median(), pl.len().alias("n"))
    apart = (pl.col("ratio") - 1).abs() > UNIT_TOLERANCE
    wrong = files.filter((pl.col("n") >= MIN_STATED) & apart).sort("source_file")
    if wrong.height:
        file, factor, rows = wrong.row(0)
        raise InputError(
            f"{file}: rents over areas are {1 / factor:.3f} times the printed rent per 坪 (median "
            f"of {rows} rows); expected 1. Area or rent is in another unit than 坪 and NTD a month "
            "(1 坪 = 400/121 m²). Check the file."
        )


def _dated(frame: pl.DataFrame, raws: Sequence[RawTable], latest: dt.date) -> pl.DataFrame:
    """Add the month each file speaks of: by its name, else the last month seen in it or beside."""
    named = {r.source_file: snapshot_month(r.source_file) for r in raws}
    last = pl.max_horizontal("first_seen", "told_last_seen")
    plausible = (last.dt.year() <= LATEST_YEAR) & (pl.col("first_seen") <= latest)
    month = pl.col("source_file").replace_strict(named, default=None, return_dtype=pl.Date)
    seen = last.filter(plausible & month.is_null()).max().dt.truncate("1mo")
    end = pl.coalesce("told_last_seen", "first_seen")
    return frame.with_columns(
        pl.coalesce(month, seen, pl.col("first_seen").dt.truncate("1mo")).alias("snapshot"),
        pl.max_horizontal(end, "first_seen", "let_date").alias("last_seen"),
        (month.dt.month_end() + pl.duration(days=1)).alias("publication_end"),
        pl.lit(latest).alias("latest"),
    )


def _interpreted(frame: pl.DataFrame) -> pl.DataFrame:
    area, rent = pl.col("floor_area_m2"), pl.col("rent_twd_month")
    fees = [
        pl.when(pl.col(f"fee_{fee}")).then(pl.lit(fee.replace("eletricity", "electricity")))
        for fee in EXTRA_FEES
    ]
    told = pl.any_horizontal(pl.col(f"fee_{fee}").is_not_null() for fee in EXTRA_FEES)
    pieces = [pl.col(f"has_{piece}") for piece in FURNITURE]
    frame = frame.with_columns(pl.when(area > 0).then(area).alias("_area"))
    return frame.with_columns(
        pl.col("first_id").alias("listing_id"),
        pl.coalesce("last_id", "first_id").alias("last_listing_id"),
        pl.col("status").alias("listing_status"),
        (pl.col("status") == "let").alias("has_dealt"),
        pl.col("property_type").alias("dwelling_kind"),
        pl.col("n_duplicate").fill_null(1),
        pl.col("_area").alias("floor_area_m2"),
        (rent / pl.col("_area")).alias("rent_twd_m2_month"),
        pl.when(told)
        .then(pl.concat_str(fees, separator=";", ignore_nulls=True))
        .alias("extra_fees"),
        pl.any_horizontal(pieces).alias("has_furniture"),
        pl.when(pl.col("longitude").is_not_null())
        .then(pl.lit("point"))
        .when(pl.col("town_code").is_not_null())
        .then(pl.lit("town"))
        .when(pl.col("county_code").is_not_null())
        .then(pl.lit("county"))
        .alias("place_precision"),
    )


def _faults() -> pl.Expr:
    rent, days = pl.col("rent_twd_month"), (pl.col("first_seen"), pl.col("last_seen"))
    implausible = [(d < EARLIEST) | (d.dt.year() > LATEST_YEAR) for d in days]
    rules = (
        ("no_listing_id", pl.col("listing_id").is_null()),
        ("bad_date", pl.col("first_seen").is_null()),
        ("implausible_date", pl.any_horizontal(implausible)),
        ("date_after_publication", days[0] > pl.col("publication_end")),
        (
            "date_after_study",
            pl.col("publication_end").is_null() & (days[0] > pl.col("latest")),
        ),
        ("place_conflict", pl.col("is_place_conflict")),
        ("unknown_town", pl.col("is_town_told") & pl.col("town_code").is_null()),
        ("bad_number", pl.col("is_bad_number")),
        ("nonpositive_price", rent < 1),
    )
    return pl.coalesce(pl.when(fault).then(pl.lit(code)) for code, fault in rules)


def _doubts() -> pl.Expr:
    fees = pl.col("management_fee_twd_month").fill_null(0)
    all_fees = fees + pl.col("parking_fee_twd_month").fill_null(0)
    ping = pl.col("floor_area_m2") / M2_PER_PING
    made = (pl.col("rent_twd_month") + all_fees) / ping
    apart = (made / pl.col("stated_ping_rent") - 1).abs() > STATED_RENT_TOLERANCE
    doubts = (
        ("true_false_for_number", pl.col("is_truth_for_number")),
        ("last_seen_before_first", pl.col("told_last_seen") < pl.col("first_seen")),
        ("no_rent", pl.col("rent_twd_month").is_null()),
        ("no_area", pl.col("floor_area_m2").is_null()),
        ("no_town", pl.col("town_code").is_null()),
        ("no_coordinates", pl.col("longitude").is_null()),
        ("implausible_number", pl.col("has_implausible_number")),
        ("stated_unit_rent_differs", apart),
        ("fee_as_high_as_rent", fees >= pl.col("rent_twd_month")),
    )
    faults = fault_codes(pl.col("first_seen"), pl.col("last_seen"))
    return pl.concat_str(
        [
            *(pl.when(doubt).then(pl.lit(code)) for code, doubt in doubts),
            pl.col("point_fault"),
            pl.when(faults != "").then(faults),
        ],
        separator=";",
        ignore_nulls=True,
    )


def _remark(raw: RawTable, frame: pl.DataFrame) -> str:
    rows = frame.filter(pl.col("source_file") == raw.source_file)
    counts = {
        "numbers printed as T/F, read as 1/0": int(rows["is_truth_for_number"].sum()),
        "coordinates against the order of the file, left out": int(
            (rows["point_fault"] == "coordinates_swapped").sum()
        ),
        "coordinates outside Taiwan, left out": int(
            (rows["point_fault"] == "coordinates_outside").sum()
        ),
    }
    notes = [f"{n} rows with {what}" for what, n in counts.items() if n]
    if rows["is_longitude_first"].any():
        notes.insert(0, "coordinates are printed longitude first, against upstream's order")
    if raw.unknown_columns:
        notes.append(f"columns not in the vocabulary: {', '.join(raw.unknown_columns)}")
    return "; ".join(notes)
