"""Premises and who occupied them: doors, stays, and what replaced what.

A business is at a door from its 設立日期 (or, where it moved in later, from the first file that
shows it there) to its 停業日期, or to the first file of its county that no longer shows it. Files
are compared within a county only, so that a file of one county closes nothing elsewhere.
"""

from typing import Final

import polars as pl

from landwatch.schemas.tables import conformed

_DAY: Final = "register_date"
_STAY: Final = ["business_id", "premises_id"]
_SOURCE: Final = ["source_file", "source_line"]


def occupants(marked: pl.DataFrame, stores: pl.DataFrame) -> pl.DataFrame:
    """Return who was at which door from when to when.

    Parameters
    ----------
    marked : polars.DataFrame
        From `landwatch.measures.chains.chain_marks`; any number of days, all three kinds.
    stores : polars.DataFrame
        Table ``shops__stores``; a store at a door where the register shows a chain is that one and
        is left out, all others are occupants without known days.

    Returns
    -------
    polars.DataFrame
        Table ``occupants``, one row a business (or listed store), door and unbroken stay.
    """
    spells = pl.concat([_open_spells(marked), _only_closed(marked)], how="diagonal_relaxed")
    spells = _with_origins(_with_ends(spells, marked), marked)
    spells = spells.with_columns(
        pl.lit("business_register").alias("publisher"),
        pl.concat_str(
            "business_id",
            pl.lit("@"),
            "premises_id",
            pl.lit("#"),
            pl.col("_spell").cast(pl.String),
        ).alias("occupant_id"),
    )
    known = spells.filter("is_chain").select("premises_id").unique()
    others = (
        stores.join(known, on="premises_id", how="anti")
        .with_columns(
            pl.concat_str(
                "publisher",
                pl.lit(":"),
                pl.coalesce("brand_name", pl.lit("")),
                pl.lit(":"),
                "store_id",
                pl.lit("@"),
                "premises_id",
            ).alias("occupant_id"),
            pl.col("store_name").alias("business_name"),
            pl.lit(value=False).alias("is_office"),
            pl.col("opened_date").alias("from_date"),
            pl.when(pl.col("opened_date").is_not_null())
            .then(pl.lit("opened"))
            .otherwise(pl.lit("unknown"))
            .alias("from_basis"),
            pl.col("observed_date").alias("last_seen"),
            pl.lit("unknown").alias("to_basis"),
        )
        .unique("occupant_id", keep="last", maintain_order=True)
    )
    both = [conformed(frame, "occupants") for frame in (spells, others)]
    return pl.concat(both).sort("town_code", "premises_id", "from_date", "occupant_id")


def _county_days(open_rows: pl.DataFrame) -> pl.DataFrame:
    """Days of files in each county, undated files last, and the next such day."""
    days = open_rows.select("county_code", _DAY).unique().sort("county_code", _DAY, nulls_last=True)
    return days.with_columns(
        pl.int_range(pl.len()).over("county_code").alias("_k"),
        pl.col(_DAY).shift(-1).over("county_code").alias("_next"),
    )


def _open_spells(marked: pl.DataFrame) -> pl.DataFrame:
    open_rows = marked.filter(pl.col("register_status") == "open")
    dated = open_rows.join(
        _county_days(open_rows), on=["county_code", _DAY], how="left", nulls_equal=True
    ).unique(["business_id", "premises_id", "_k"], keep="last", maintain_order=True)
    # windows over millions of groups are slow: stays are told by comparing neighbours
    dated = dated.sort(*_STAY, "_k", *_SOURCE)
    is_other = pl.any_horizontal(pl.col(c) != pl.col(c).shift(1) for c in _STAY).fill_null(True)
    starts = is_other | (pl.col("_k") != pl.col("_k").shift(1) + 1)
    dated = dated.with_columns(is_other.alias("_other"), starts.alias("_starts"))
    count = pl.col("_starts").cast(pl.Int64).cum_sum()
    before = pl.when("_other").then(count).forward_fill()
    dated = dated.with_columns(
        (count - before + 1).alias("_spell"),
        pl.col("_starts").shift(-1, fill_value=True).alias("_ends"),
        pl.col("_other").shift(-1, fill_value=True).alias("_is_last"),
    )
    first = dated.filter("_starts")[_DAY].alias("first_seen")
    last = dated.filter("_ends").rename({_DAY: "last_seen", "_next": "gone_date"})
    return last.with_columns(first).drop("_k", "_other", "_starts", "_ends")


def _only_closed(marked: pl.DataFrame) -> pl.DataFrame:
    closed = marked.filter(pl.col("register_status") != "open")
    shown = marked.filter(pl.col("register_status") == "open").select("business_id", "premises_id")
    alone = closed.join(shown, on=_STAY, how="anti", maintain_order="left")
    alone = alone.sort(_DAY, *_SOURCE, nulls_last=False)
    return alone.unique(_STAY, keep="last", maintain_order=True).with_columns(
        pl.lit(1, pl.Int64).alias("_spell"),
        pl.lit(value=True).alias("_is_last"),
        pl.lit(None, pl.Date).alias("first_seen"),
        pl.lit(None, pl.Date).alias("last_seen"),
        pl.lit(None, pl.Date).alias("gone_date"),
    )


def _with_ends(spells: pl.DataFrame, marked: pl.DataFrame) -> pl.DataFrame:
    """End each stay by what the companions say, else by the first file without it."""
    closed = marked.filter(pl.col("register_status") != "open").select(
        "business_id",
        "premises_id",
        pl.col("closed_date").alias("_closed"),
        pl.col("register_status").alias("_closed_as"),
        pl.col(_DAY).alias("_closed_file"),
    )
    last = closed.sort("_closed_file", "_closed", nulls_last=False).unique(
        _STAY, keep="last", maintain_order=True
    )
    joined = spells.drop("closed_date").join(last, on=_STAY, how="left", maintain_order="left")
    after = pl.col("last_seen").is_null() | (
        pl.coalesce("_closed_file", "_closed") >= pl.col("last_seen")
    )
    ended = pl.col("_is_last") & pl.col("_closed_as").is_not_null() & after.fill_null(value=True)
    day = pl.when(ended & pl.col("_closed").is_not_null()).then(pl.col("_closed"))
    basis = (
        pl.when(ended & (pl.col("_closed_as") == "suspended"))
        .then(pl.lit("suspended"))
        .when(ended)
        .then(pl.lit("not_operating"))
        .when(pl.col("gone_date").is_not_null())
        .then(pl.lit("gone"))
        .otherwise(pl.lit("still_there"))
    )
    return joined.with_columns(
        pl.coalesce(day, pl.when(pl.col("gone_date").is_not_null()).then("gone_date")).alias(
            "to_date"
        ),
        basis.alias("to_basis"),
    ).drop("_closed", "_closed_as", "_closed_file")


def _with_origins(spells: pl.DataFrame, marked: pl.DataFrame) -> pl.DataFrame:
    """Begin a first stay at the 設立日期, any later one at the first file that shows it."""
    first_file = (
        marked.filter(pl.col("register_status") == "open")
        .group_by("county_code")
        .agg(pl.col(_DAY).min().alias("_first_file"))
    )
    joined = spells.join(first_file, on="county_code", how="left", maintain_order="left")
    first_day = pl.col("first_seen").min().over("business_id")
    is_first = pl.col("first_seen").is_null() | (pl.col("first_seen") == first_day)
    founded = is_first & pl.col("established_date").is_not_null()
    moved = ~is_first | (pl.col("first_seen") > pl.col("_first_file"))
    return joined.with_columns(
        pl.when(founded)
        .then(pl.col("established_date"))
        .when(moved)
        .then(pl.col("first_seen"))
        .alias("from_date"),
        pl.when(founded)
        .then(pl.lit("established"))
        .when(moved)
        .then(pl.lit("first_seen"))
        .otherwise(pl.lit("unknown"))
        .alias("from_basis"),
    ).drop("_first_file")


def premises(occupied: pl.DataFrame, register: pl.DataFrame, stores: pl.DataFrame) -> pl.DataFrame:
    """Return the doors of all occupants.

    Parameters
    ----------
    occupied : polars.DataFrame
        From `occupants`.
    register, stores : polars.DataFrame
        Tables ``businesses__register`` and ``shops__stores``.

    Returns
    -------
    polars.DataFrame
        Table ``premises``: the place as far as it may be kept, a point where a list gives one.
    """
    place = ["town_code", "county_code", "masked_address", "location_id", "floor_number"]
    points = stores.select("premises_id", *place, "longitude", "latitude")
    doors = pl.concat(
        [points.sort("longitude", nulls_last=True), register.select("premises_id", *place)],
        how="diagonal",
    ).group_by("premises_id", maintain_order=True)
    first = doors.agg(pl.all().drop_nulls().first())
    counts = occupied.group_by("premises_id").agg(pl.len().cast(pl.Int64).alias("n_occupants"))
    found = counts.join(first, on="premises_id", how="left")
    return conformed(found, "premises").sort("town_code", "premises_id")


def replacements(occupied: pl.DataFrame) -> pl.DataFrame:
    """Return the doors where a chain followed an independent shop.

    Parameters
    ----------
    occupied : polars.DataFrame
        From `occupants`.

    Returns
    -------
    polars.DataFrame
        ``premises_id, town_code, exit_date, entry_date``: the independent shop's end, known and not
        before it began, and the first chain there that began after that shop did and was first
        seen on or after its end. Offices take no part.
    """
    fronts = occupied.filter(~pl.col("is_office").fill_null(value=True))
    left = fronts.filter(~pl.col("is_chain") & pl.col("to_date").is_not_null()).select(
        "premises_id",
        "town_code",
        pl.col("to_date").alias("exit_date"),
        pl.col("last_seen").alias("_last"),
    )
    came = fronts.filter(pl.col("is_chain") & pl.col("first_seen").is_not_null()).select(
        "premises_id", pl.col("from_date").alias("entry_date"), "first_seen"
    )
    pairs = left.join(came, on="premises_id").filter(
        (pl.col("first_seen") >= pl.col("exit_date")) | (pl.col("first_seen") > pl.col("_last"))
    )
    return (
        pairs.sort("premises_id", "exit_date", "first_seen")
        .unique(["premises_id", "exit_date"], keep="first", maintain_order=True)
        .select("premises_id", "town_code", "exit_date", "entry_date")
    )
