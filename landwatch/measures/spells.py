"""Spells: one dwelling on offer, from the first day it was seen to the last, with its rents.

A listing keeps its number from month to month, and the deduplicated editions tell the first and
the last number of the advertisements they put together. Rows that share a number are one spell.
An owner who advertises anew under another number begins another spell: no column of the source
tells these apart from a second dwelling of the same size.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from landwatch.measures.figures import figure_rows
from landwatch.schemas.tables import conformed, empty_table

DWELLINGS: Final = ("whole_home", "studio", "shared_studio", "room")
"""物件類型 that people live in."""

CELL_DEGREES: Final = 0.01
"""Side of the cells, about 1 km, within which rents are compared: places are approximate."""

_ORDER: Final = ("snapshot", "last_seen", "_is_located", "source_file", "source_line")
_POINT: Final = ("longitude", "latitude", "place_box_m")
_OF_FIRST_ROW: Final = (
    "platform",
    "town_code",
    "county_code",
    "place_precision",
    *_POINT,
    "dwelling_kind",
    "building_type",
    "floor_area_m2",
    "floor",
    "storeys",
    "is_rooftop",
    "has_furniture",
    "has_parking",
    "is_parking_fee_extra",
    "is_management_fee_extra",
    "source_file",
    "source_line",
)


def listing_spells(listings: pl.DataFrame) -> pl.DataFrame:
    """Return one row per spell.

    Parameters
    ----------
    listings : polars.DataFrame
        Table ``g0v__listings``.

    Returns
    -------
    polars.DataFrame
        The columns of table ``g0v__listing_spells``, in the order of ``first_seen``, and the point
        (``longitude, latitude, place_box_m``), which that table leaves out. What the dwelling is,
        where it is and its first rent are those of the first file with a rent (of the first file
        where none has one); ``asked_on`` is the last day that file tells of, for a file prints the
        rent of its end. Of several rows in one month the latest counts. ``n_duplicate`` is missing
        where no deduplicated edition holds the spell.
    """
    rows = listings.with_columns(
        pl.Series("_spell", linked(listings)),
        pl.col("longitude").is_not_null().alias("_is_located"),
    ).sort("_spell", *_ORDER)
    whole = rows.group_by("_spell", maintain_order=True).agg(
        pl.col("first_seen").min(),
        pl.col("last_seen").max(),
        pl.col("let_date").max(),
        pl.col("listing_status").last(),
        pl.col("has_dealt").any(ignore_nulls=False),
        pl.col("n_duplicate").filter(pl.col("listing_form") == "deduplicated").max(),
        pl.len().alias("n_listings"),
        pl.col("snapshot").n_unique().alias("n_snapshots"),
        pl.col("snapshot").max().alias("_last_snapshot"),
        pl.col("flags").filter(pl.col("flags") != "").str.join(";").alias("flags"),
    )
    months = rows.unique(["_spell", "snapshot"], keep="last", maintain_order=True)
    spells = whole.join(_first_rows(months), on="_spell").join(_paths(months), on="_spell")
    spells = _with_ends(spells, rows).with_columns(_distinct_flags())
    spells = spells.sort("first_seen", "source_file", "source_line").with_row_index("spell_id")
    return conformed(spells, "g0v__listing_spells").hstack(spells.select(_POINT))


def linked(listings: pl.DataFrame) -> npt.NDArray[np.int64]:
    """Return the spell of each row: rows that share a number, directly or by others, are one.

    Parameters
    ----------
    listings : polars.DataFrame
        ``listing_id`` and ``last_listing_id``.

    Returns
    -------
    ndarray of int64, shape (n,)
        Labels from 0.

    Examples
    --------
    >>> rows = pl.DataFrame({"listing_id": ["a", "b", "c"], "last_listing_id": ["b", "b", "c"]})
    >>> linked(rows).tolist()
    [0, 0, 1]
    """
    ids = pl.concat([listings["listing_id"], listings["last_listing_id"]])
    ends = ids.rank("dense").to_numpy().astype(np.int64) - 1
    size = int(ends.max(initial=-1)) + 1
    first, last = ends[: listings.height], ends[listings.height :]
    graph = coo_array((np.ones(len(first), np.int8), (first, last)), shape=(size, size))
    _, labels = connected_components(graph, directed=False)
    return np.asarray(labels[first], dtype=np.int64)


def _first_rows(months: pl.DataFrame) -> pl.DataFrame:
    has_rent = pl.col("rent_twd_month").is_not_null()
    ordered = months.sort("_spell", ~has_rent, *_ORDER)
    first = ordered.unique("_spell", keep="first", maintain_order=True)
    return first.select(
        "_spell",
        *_OF_FIRST_ROW,
        "rent_twd_month",
        "rent_twd_m2_month",
        pl.col("last_seen").alias("asked_on"),
    )


def _paths(months: pl.DataFrame) -> pl.DataFrame:
    rent = pl.col("rent_twd_month").drop_nulls()
    return months.group_by("_spell").agg(
        rent.last().alias("last_rent_twd_month"),
        (rent != rent.shift(1)).sum().alias("n_rent_changes"),
    )


def _with_ends(spells: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Tell by which month of its county's files a spell had vanished; told ends need no such."""
    key = ["county_code", "_last_snapshot"]
    county = rows.select("county_code", _last_snapshot="snapshot").unique().sort(key)
    following = county.with_columns(
        pl.col("_last_snapshot").shift(-1).over("county_code").alias("_next")
    )
    spells = spells.join(following, on=key, how="left", nulls_equal=True)
    ended = pl.col("listing_status").is_in(["gone", "let"]).fill_null(value=False)
    return spells.with_columns(
        pl.when(~ended).then("_next").alias("gone_by"),
        (~ended & pl.col("_next").is_null()).alias("is_right_censored"),
    )


def _distinct_flags() -> pl.Expr:
    flags = pl.col("flags").str.split(";").list.unique().list.sort()
    located = pl.col("longitude").is_not_null()
    elsewhere = flags.list.eval(pl.element().filter(pl.element() != "no_coordinates"))
    flags = pl.when(located).then(elsewhere).otherwise(flags)
    return flags.list.join(";").alias("flags")


def asked_rents(listings: pl.DataFrame) -> pl.DataFrame:
    """Return spells in the form of deals, for drawing a sample.

    Parameters
    ----------
    listings : polars.DataFrame
        Table ``g0v__listings``.

    Returns
    -------
    polars.DataFrame
        One row per spell. ``deal_date`` is the day the rent was asked, ``property_kind`` and
        ``target`` the kind of dwelling, ``rental_type`` what is let with it (parking) and
        ``rental_service`` whether a management fee comes on top. ``location_id`` is town and cell.
    """
    cell = [(pl.col(c) / CELL_DEGREES).floor().cast(pl.Int64) for c in ("latitude", "longitude")]
    nothing = [
        pl.lit(None, dtype).alias(name)
        for name, dtype in (
            ("age_years", pl.Float64),
            ("rural_use", pl.String),
            ("urban_zoning", pl.String),
        )
    ]
    parking = pl.when(pl.col("is_parking_fee_extra")).then(pl.lit("parking extra"))
    with_parking = pl.when(pl.col("has_parking")).then(pl.lit("parking included"))
    fee = pl.when(pl.col("is_management_fee_extra")).then(pl.lit("fee extra"))
    no_fee = pl.when(~pl.col("is_management_fee_extra")).then(pl.lit("no fee on top"))
    return listing_spells(listings).with_columns(
        *nothing,
        pl.col("asked_on").alias("deal_date"),
        pl.col("dwelling_kind").alias("property_kind"),
        pl.col("dwelling_kind").alias("target"),
        pl.col("floor_area_m2").alias("building_area_m2"),
        pl.when(pl.col("is_rooftop"))
        .then(pl.lit("頂樓加蓋"))
        .otherwise("building_type")
        .alias("building_type"),
        pl.col("platform").alias("publisher"),
        pl.coalesce(parking, with_parking, pl.lit("no parking told")).alias("rental_type"),
        pl.coalesce(fee, no_fee, pl.lit("fee untold")).alias("rental_service"),
        pl.concat_str(
            pl.col("town_code").fill_null(""),
            pl.lit(":"),
            pl.concat_str(*cell, separator=",").fill_null(""),
        ).alias("location_id"),
    )


def listing_figures(placed: pl.DataFrame) -> pl.DataFrame:
    """Return the figures of listings by area and year.

    Parameters
    ----------
    placed : polars.DataFrame
        Spells with ``zone_id``; a spell may stand in several areas.

    Returns
    -------
    polars.DataFrame
        Table ``figures``, periods being years of ``asked_on``: the median rent asked per area
        (``asking_rent_twd_m2_month``, dwellings of every kind together), the number of spells
        (``listings_count``) and the share of advertisements that repeat another
        (``listings_duplicate_share``, of deduplicated editions, which alone tell it).
    """
    rows = placed.filter(pl.col("zone_id").is_not_null()).with_columns(
        pl.col("asked_on").dt.year().cast(pl.String).alias("period")
    )
    advertised = pl.col("n_duplicate").sum()
    priced = pl.col("dwelling_kind").is_in(DWELLINGS) & pl.col("rent_twd_m2_month").is_not_null()
    groups = {
        "asking_rent_twd_m2_month": (rows.filter(priced), pl.col("rent_twd_m2_month").median()),
        "listings_count": (rows, pl.len().cast(pl.Float64)),
        "listings_duplicate_share": (
            rows.filter(pl.col("n_duplicate").is_not_null()),
            (advertised - pl.len()) / advertised,
        ),
    }
    figures = [empty_table("figures")]
    for figure, (part, value) in groups.items():
        table = part.group_by("zone_id", "period").agg(value.alias("_value"), pl.len().alias("_n"))
        least = {"least": 0} if figure == "listings_count" else {}
        figures.append(figure_rows(table, figure, value="_value", n_rows="_n", **least))
    return pl.concat(figures)
