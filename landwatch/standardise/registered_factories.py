"""Registered factories: a table of their own, never counted among the suspected."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from landwatch.schemas.raw import RawTable, Standardised
from landwatch.standardise.addresses import masked_address
from landwatch.standardise.parcels import plain_dashes, with_location
from landwatch.standardise.sites import precision_of_place, sorted_out, stacked, with_town
from landwatch.vocabulary.calendar import roc_date
from landwatch.vocabulary.places import Places
from landwatch.vocabulary.text import folded

_PLACE: Final = ("town_code", "town_name", "county_code", "county_name")
_MIXED_NUMBER: Final = r"[〇零○一二三四五六七八九十百]+[之-]?\d+~\d+號$"

REGISTERED: Final = "factories__registered"

_COLUMNS: Final = (
    "registration_id",
    "address",
    "district",
    "registered",
    "founded",
    "registration_status",
    "closed",
    "revoked",
    "revoked_by_notice",
    "industries",
)


def standardise_registered_factories(raws: Sequence[RawTable], places: Places) -> Standardised:
    """Turn the register into table ``factories__registered``.

    Parameters
    ----------
    raws : sequence of RawTable
        From `landwatch.sources.registered_factories.read_registered_factories`.
    places : Places
        Towns of the study; past names are understood.

    Returns
    -------
    Standardised
        Rows without number or status (error pages of the service) are rejected. A day that is
        none is missing.
    """
    frame = stacked(raws, _COLUMNS)
    district = with_town(frame, pl.col("district"), places)
    village = district["after_town"].str.extract(r"^(.{1,6}[里村])", 1)
    frame = with_town(frame, pl.col("address"), places).with_columns(
        pl.coalesce(pl.col(c), pl.lit(district[c])).alias(c) for c in _PLACE
    )
    frame = frame.with_columns(
        pl.when(pl.lit(district["town_code"]).is_not_null())
        .then(pl.lit(village))
        .alias("village_name"),
        pl.lit(None, pl.Float64).alias("longitude"),
        _masked(pl.col("after_town")).alias("masked_address"),
        *_facts(),
    )
    frame = with_location(frame).with_columns(precision_of_place().alias("place_precision"))
    faults = (
        ("no_registration_id", pl.col("registration_id") == ""),
        ("no_status", pl.col("registration_status") == ""),
    )
    return sorted_out(raws, frame, faults, REGISTERED)


def _masked(address: pl.Expr) -> pl.Expr:
    """Mask as deals are, and take off numbers written half in characters, half in digits."""
    masked = masked_address(plain_dashes(address))
    mixed = masked.str.replace(_MIXED_NUMBER, "")
    return mixed.replace("", None)


def _facts() -> list[pl.Expr]:
    codes = (
        pl.col("industries")
        .str.extract_all(r"(\d{2}):")
        .list.eval(pl.element().str.strip_chars(":"))
    )
    ends = [roc_date(pl.col(c)) for c in ("closed", "revoked", "revoked_by_notice")]
    return [
        folded(pl.col("registration_id")).fill_null("").alias("registration_id"),
        folded(pl.col("registration_status")).fill_null("").alias("registration_status"),
        pl.coalesce(roc_date(pl.col("registered")), roc_date(pl.col("founded"))).alias(
            "registered_date"
        ),
        pl.min_horizontal(ends).alias("closed_date"),
        pl.when(codes.list.len() > 0)
        .then(codes.list.unique(maintain_order=True).list.join(";"))
        .alias("industry_codes"),
    ]
