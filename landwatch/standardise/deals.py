"""What makes a deal unusable, and what is added to one that is kept; same rule for each source."""

from typing import Final

import polars as pl

from landwatch.standardise.prices import WITH_PARKING, priced_area_m2, property_kind, unit_price
from landwatch.vocabulary.notes import is_arms_length

EARLIEST_DEAL: Final = (1950, 1, 1)
"""The register opened in 2012 and holds older deals; none before this day is believable."""

STATED_PRICE_TOLERANCE: Final = 0.01
"""Stated and computed unit prices farther apart than this share are flagged."""

_UNIT: Final = {"price_twd": "unit_price_twd_m2", "rent_twd_month": "rent_twd_m2_month"}
_ONE_PRICE: Final = 1.0


def faults_of_deal(total: str) -> pl.Expr:
    """Return the first reason for which a row cannot be a deal, or missing.

    Parameters
    ----------
    total : str
        ``price_twd`` or ``rent_twd_month``.

    Returns
    -------
    polars.Expr
        Reason codes: ``unknown_county``, ``unknown_town``, ``no_deal_id``, ``unknown_target``,
        ``bad_date``, ``implausible_date``, ``date_after_publication``,
        ``date_after_study``, ``bad_number``, ``nonpositive_price``, ``zero_area``.
    """
    price = pl.col(total)
    no_area = (priced_area_m2().fill_null(0) <= 0) & (pl.col("target") != "parking")
    rules = (
        ("unknown_county", pl.col("county_code").is_null()),
        ("unknown_town", pl.col("town_code").is_null() & ~pl.col("is_county_only")),
        ("no_deal_id", pl.col("deal_id").fill_null("") == ""),
        ("unknown_target", pl.col("target").is_null()),
        ("bad_date", pl.col("deal_date").is_null()),
        ("implausible_date", pl.col("deal_date") < pl.date(*EARLIEST_DEAL)),
        ("date_after_publication", pl.col("deal_date") > pl.col("season_end")),
        (
            "date_after_study",
            pl.col("season_end").is_null() & (pl.col("deal_date") > pl.col("latest")),
        ),
        ("bad_number", pl.col("has_bad_number")),
        ("nonpositive_price", price.is_null() | (price <= 0)),
        ("zero_area", no_area),
    )
    return pl.coalesce(pl.when(fault).then(pl.lit(code)) for code, fault in rules)


def finished_deals(frame: pl.DataFrame, total: str) -> pl.DataFrame:
    """Add kind, unit price, age, place and flags to accepted rows.

    Parameters
    ----------
    frame : polars.DataFrame
        Accepted rows with the columns a source gives.
    total : str
        ``price_twd`` or ``rent_twd_month``.

    Returns
    -------
    polars.DataFrame
        Same rows.
    """
    price, basis = unit_price(total)
    age = pl.col("deal_date").dt.year() - pl.col("completion_year")
    point = pl.col("longitude").is_not_null()
    frame = frame.with_columns(
        price.alias(_UNIT[total]),
        basis.alias("unit_price_basis"),
        property_kind().alias("property_kind"),
        is_arms_length(pl.col("note_codes")).alias("is_arms_length"),
        age.clip(0).cast(pl.Float64).alias("age_years"),
        pl.concat_str(
            pl.coalesce("town_code", "county_code"), pl.lit(":"), pl.col("street").fill_null("")
        ).alias("location_id"),
        pl.when(point)
        .then(pl.lit("point"))
        .when(pl.col("town_code").is_not_null())
        .then(pl.lit("town"))
        .otherwise(pl.lit("county"))
        .alias("place_precision"),
    )
    return frame.with_columns(_flags(_UNIT[total], total).alias("flags"))


def _flags(unit: str, total: str) -> pl.Expr:
    stated, made = pl.col("stated_unit_price_twd_m2"), pl.col(unit)
    apart = (stated / made - 1).abs() > STATED_PRICE_TOLERANCE
    doubts = (
        ("town_from_address", pl.col("is_town_from_address")),
        ("county_only", pl.col("town_code").is_null()),
        ("undecodable_text", pl.col("raw").str.contains("\ufffd", literal=True)),
        ("completed_after_deal", pl.col("completion_year") > pl.col("deal_date").dt.year()),
        ("stated_unit_price_differs", (stated > 0) & apart & (made - stated).abs().gt(_ONE_PRICE)),
        ("one_dollar", pl.col(total) <= _ONE_PRICE),
        (
            "parking_not_separable",
            pl.col("target").is_in(WITH_PARKING) & (pl.col("unit_price_basis") == "not_separable"),
        ),
        ("no_coordinates", pl.col("lacks_coordinates")),
    )
    return pl.concat_str(
        [pl.when(doubt).then(pl.lit(code)) for code, doubt in doubts],
        separator=";",
        ignore_nulls=True,
    )
