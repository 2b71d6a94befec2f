"""Values worded the way the register words them: dates, numbers, addresses, floors, identities."""

from typing import Final

import polars as pl

from landwatch.synthetic.names import PLACES_PER_TOWN, ROADS, SECTIONS
from landwatch.synthetic.world import World

SEASONS: Final = tuple(f"{year}S{quarter}" for year in range(104, 112) for quarter in range(1, 5))
"""Seasons published: 104S1 (2015) to 111S4 (2022)."""

FULL_WIDTH: Final = {str(digit): chr(ord("０") + digit) for digit in range(10)}
RANGE: Final = 30
"""Masked addresses name ranges of thirty numbers."""

STOREYS: Final = tuple(
    f"{number}層" for number in (*"一二三四五六七八九十", "十一", "十二", "十三")
)

_ID_LETTERS: Final = {str(digit): letter for digit, letter in enumerate("JKLMNOPQRS")}
_ID_SPAN: Final = 1_000_000_000
_ID_STEP: Final = 387_420_489


def season(date: pl.Expr) -> pl.Expr:
    """Return the season a date belongs to, such as ``108S2``.

    Parameters
    ----------
    date : polars.Expr
        Dates.

    Returns
    -------
    polars.Expr
        Strings.
    """
    year = (date.dt.year() - 1911).cast(pl.String)
    return pl.concat_str(year, pl.lit("S"), date.dt.quarter().cast(pl.String))


def roc_digits(date: pl.Expr) -> pl.Expr:
    """Return dates as seven ROC digits, such as ``1080715``.

    Parameters
    ----------
    date : polars.Expr
        Dates.

    Returns
    -------
    polars.Expr
        Strings.
    """
    year = (date.dt.year() - 1911).cast(pl.String).str.pad_start(3, "0")
    return pl.concat_str(year, date.dt.strftime("%m%d"))


def deal_id(serial: pl.Expr, county_id: pl.Expr, register: str) -> pl.Expr:
    """Return nineteen-character identities, one per deal.

    Parameters
    ----------
    serial : polars.Expr
        Numbers from 1, unique.
    county_id : polars.Expr
        County letters.
    register : str
        ``A`` for sales, ``C`` for rentals.

    Returns
    -------
    polars.Expr
        Strings such as ``RPKLMMNOPQRFFAY07CA``.
    """
    scattered = serial.cast(pl.Int64) * _ID_STEP % _ID_SPAN
    letters = scattered.cast(pl.String).str.pad_start(9, "0").str.replace_many(_ID_LETTERS)
    check = (serial.cast(pl.Int64) % 97).cast(pl.String).str.pad_start(2, "0")
    return pl.concat_str(
        pl.lit("RP"), letters, pl.lit("FFA"), county_id, check, pl.lit(f"C{register}")
    )


def number_range(number: pl.Expr) -> pl.Expr:
    """Return the masked range of thirty a number falls in, such as ``31~60``.

    Parameters
    ----------
    number : polars.Expr
        Whole numbers from 1.

    Returns
    -------
    polars.Expr
        Strings.
    """
    first = (number - 1) // RANGE * RANGE + 1
    return pl.concat_str(first.cast(pl.String), pl.lit("~"), (first + RANGE - 1).cast(pl.String))


def place_names(world: World) -> pl.DataFrame:
    """Return the sections and roads of every town.

    Parameters
    ----------
    world : World
        The world.

    Returns
    -------
    polars.DataFrame
        ``town, place, section, road``; names are unique within a town and recur among towns.
    """
    return (
        pl.DataFrame({"town": range(world.towns.height)})
        .join(pl.DataFrame({"place": range(PLACES_PER_TOWN)}), how="cross")
        .with_columns(
            ((pl.col("town") * 5 + pl.col("place")) % len(SECTIONS)).alias("section"),
            ((pl.col("town") * 3 + pl.col("place")) % len(ROADS)).alias("road"),
        )
        .with_columns(
            pl.lit(pl.Series([f"{stem}段" for stem in SECTIONS]))
            .gather(pl.col("section"))
            .alias("section"),
            pl.lit(pl.Series(ROADS)).gather(pl.col("road")).alias("road"),
        )
    )


def addressed(deals: pl.DataFrame, world: World) -> pl.DataFrame:
    """Add the three wordings of a deal's address.

    Parameters
    ----------
    deals : polars.DataFrame
        From `draw_sales` or `draw_rentals`.
    world : World
        The world.

    Returns
    -------
    polars.DataFrame
        The deals with the town's official columns, ``section``, and ``address_masked``,
        ``address_exact`` and ``address_query``.
    """
    towns = world.towns.with_row_index("town").with_columns(pl.col("town").cast(pl.Int64))
    named = deals.join(place_names(world), on=["town", "place"], how="left", maintain_order="left")
    named = named.join(towns, on="town", how="left", maintain_order="left")
    number, door = pl.col("number"), pl.col("kind").is_in(["house", "rental"])
    digits = number.cast(pl.String)
    wide = digits.str.replace_many(FULL_WIDTH)
    padded = digits.str.pad_start(4, "0")
    full_town = pl.concat_str("county_name", "town_name")
    section, road = pl.col("section"), pl.col("road")

    def _worded(at_door: pl.Expr, at_lot: pl.Expr) -> pl.Expr:
        return pl.when(door).then(at_door).otherwise(at_lot)

    lot = pl.concat_str(section, digits, pl.lit("地號"))
    street = pl.concat_str(pl.col("town_name"), road)
    return named.with_columns(
        _worded(
            pl.concat_str(full_town, road, number_range(number), pl.lit("號")),
            pl.concat_str(section, number_range(number), pl.lit("地號")),
        ).alias("address_masked"),
        _worded(pl.concat_str(full_town, road, wide, pl.lit("號")), lot).alias("address_exact"),
        _worded(
            pl.concat_str(
                street,
                padded.str.replace_many(FULL_WIDTH),
                pl.lit("號#"),
                street,
                wide,
                pl.lit("號"),
            ),
            pl.concat_str(section, padded, pl.lit("0000地號#"), lot),
        ).alias("address_query"),
    )
