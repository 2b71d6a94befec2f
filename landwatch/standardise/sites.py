"""What every source of suspected sites needs: town, words and flags cleaned, rows accounted for."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from landwatch.schemas.raw import RawTable, Standardised, ledger_of
from landwatch.schemas.tables import conformed
from landwatch.vocabulary.places import Places
from landwatch.vocabulary.text import folded, place_spelling

SITES: Final = "factories__sites"

_KEY: Final = r"^[A-Za-z0-9-]{1,64}$"
_SOURCE: Final = ["source_file", "source_line"]
_NOT_ANYTHING: Final = ("", "nan", "none", "null", "-", "無")


def stacked(raws: Sequence[RawTable], columns: Sequence[str]) -> pl.DataFrame:
    """Return the rows of all files under each other.

    Parameters
    ----------
    raws : sequence of RawTable
        Tables of one reader.
    columns : sequence of str
        Text columns that must be there.

    Returns
    -------
    polars.DataFrame
        Those columns, ``raw, source_file, source_line``.
    """
    schema = dict.fromkeys((*columns, "raw", "source_file"), pl.String)
    frames = [r.rows.with_columns(pl.lit(r.source_file).alias("source_file")) for r in raws]
    empty = pl.DataFrame(schema=schema | {"source_line": pl.Int64})
    return pl.concat([empty, *frames], how="diagonal_relaxed")


def with_town(frame: pl.DataFrame, full_name: pl.Expr, places: Places) -> pl.DataFrame:
    """Find county and town at the beginning of a text.

    Parameters
    ----------
    frame : polars.DataFrame
        Any rows.
    full_name : polars.Expr
        Text that begins with county and town, past or present, such as
        ``臺南市七股區十份里``; what follows does not matter.
    places : Places
        Towns of the study.

    Returns
    -------
    polars.DataFrame
        Also ``town_code, town_name, county_code, county_name``, missing where nothing is found,
        and ``after_town``: the text behind the longest name found, in comparison spelling.
    """
    names = places.by_full_name()
    frame = frame.with_columns(
        place_spelling(full_name).alias("_full"), pl.lit(None, pl.String).alias("_code")
    ).with_columns(pl.col("_full").alias("after_town"))
    for length in sorted(set(names["full_key"].str.len_chars()), reverse=True):
        begin = pl.col("_full").str.slice(0, length)
        found = frame.select(begin.alias("full_key")).join(
            names, on="full_key", how="left", maintain_order="left"
        )["town_code"]
        fresh = pl.col("_code").is_null() & pl.lit(found).is_not_null()
        frame = frame.with_columns(
            pl.coalesce("_code", pl.lit(found)).alias("_code"),
            pl.when(fresh)
            .then(pl.col("_full").str.slice(length))
            .otherwise("after_town")
            .alias("after_town"),
        )
    towns = places.towns.select("town_code", "town_name", "county_code", "county_name")
    frame = frame.drop(c for c in towns.columns if c in frame.columns)
    frame = frame.rename({"_code": "town_code"})
    return _with_county(frame.join(towns, on="town_code", how="left", maintain_order="left"), towns)


def _with_county(frame: pl.DataFrame, towns: pl.DataFrame) -> pl.DataFrame:
    counties = towns.select(
        place_spelling(pl.col("county_name")).alias("_begin"),
        pl.col("county_code").alias("_county_code"),
        pl.col("county_name").alias("_county_name"),
    ).unique("_begin", keep="first", maintain_order=True)
    longest = counties["_begin"].str.len_chars().max()
    for length in range(int(str(longest or 0)), 1, -1):
        part = counties.filter(pl.col("_begin").str.len_chars() == length)
        if part.is_empty():
            continue
        joined = frame.with_columns(pl.col("_full").str.slice(0, length).alias("_begin")).join(
            part, on="_begin", how="left", maintain_order="left"
        )
        only = pl.col("town_code").is_null() & pl.col("_county_code").is_not_null()
        frame = joined.with_columns(
            pl.coalesce("county_code", "_county_code").alias("county_code"),
            pl.coalesce("county_name", "_county_name").alias("county_name"),
            pl.when(only)
            .then(pl.col("_full").str.slice(length))
            .otherwise("after_town")
            .alias("after_town"),
        ).drop("_begin", "_county_code", "_county_name")
    return frame.drop("_full")


def precision_of_place() -> pl.Expr:
    """Return ``place_precision`` of rows with ``longitude, town_code, county_code``.

    Returns
    -------
    polars.Expr
        ``point``, ``town``, ``county`` or missing.
    """
    return (
        pl.when(pl.col("longitude").is_not_null())
        .then(pl.lit("point"))
        .when(pl.col("town_code").is_not_null())
        .then(pl.lit("town"))
        .when(pl.col("county_code").is_not_null())
        .then(pl.lit("county"))
    )


def separate_words(text: pl.Expr) -> pl.Expr:
    """Return the words of a dirty list, cleaned, once each, joined by ``;``.

    Parameters
    ----------
    text : polars.Expr
        Words separated by blanks, line breaks or commas of any width; ``nan`` and the like.

    Returns
    -------
    polars.Expr
        The words in the order written, none of them changed; missing where there is none.

    Examples
    --------
    >>> frame = pl.DataFrame({"z": [" 一般農業區", "特定農業區\\n一般農業區", "nan"]})
    >>> frame.select(separate_words(pl.col("z"))).to_series().to_list()
    ['一般農業區', '特定農業區;一般農業區', None]
    """
    words = folded(text).str.replace_all(r"[\s、,;/|>]+", " ").str.split(" ")
    clean = words.list.eval(
        pl.element().filter(~pl.element().str.to_lowercase().is_in(list(_NOT_ANYTHING)))
    ).list.unique(maintain_order=True)
    return pl.when(clean.list.len() > 0).then(clean.list.join(";"))


def is_key(text: pl.Expr) -> pl.Expr:
    """Tell keys of publishers from anything else that may stand in their place.

    Parameters
    ----------
    text : polars.Expr
        What should be a key.

    Returns
    -------
    polars.Expr
        True for up to 64 letters, digits and hyphens.

    Examples
    --------
    >>> frame = pl.DataFrame({"k": ["V0110504014", "<b>", "", None]})
    >>> frame.select(is_key(pl.col("k"))).to_series().to_list()
    [True, False, False, False]
    """
    return folded(text).str.contains(_KEY).fill_null(value=False)


def joined_flags(doubts: Sequence[tuple[str, pl.Expr]]) -> pl.Expr:
    """Return the codes of the doubts that hold, joined by ``;``.

    Parameters
    ----------
    doubts : sequence of (code, polars.Expr)
        Conditions; missing counts as not held.

    Returns
    -------
    polars.Expr
        Codes, ``""`` where none holds.
    """
    return pl.concat_str(
        [pl.when(doubt).then(pl.lit(code)) for code, doubt in doubts],
        separator=";",
        ignore_nulls=True,
    )


def sorted_out(
    raws: Sequence[RawTable],
    frame: pl.DataFrame,
    faults: Sequence[tuple[str, pl.Expr]],
    table: str = SITES,
) -> Standardised:
    """Part rows into core rows and rejects, each file accounted for.

    Parameters
    ----------
    raws : sequence of RawTable
        Where the rows came from.
    frame : polars.DataFrame
        All rows, with the table's columns.
    faults : sequence of (reason, polars.Expr)
        The first that holds rejects a row.
    table : str, optional
        Name of the core table.

    Returns
    -------
    Standardised
        Core rows, rejects (the readers' own included) and ledger.
    """
    reason = pl.coalesce(pl.when(fault).then(pl.lit(code)) for code, fault in faults)
    frame = frame.with_columns(reason.alias("reason"))
    kept = conformed(frame.filter(pl.col("reason").is_null()), table)
    rejects = rejected(raws, frame.filter(pl.col("reason").is_not_null()))
    files = [(r, remark_of(r)) for r in raws]
    return Standardised({table: kept}, rejects, ledger_of(files, kept, rejects))


def rejected(raws: Sequence[RawTable], rows: pl.DataFrame) -> pl.DataFrame:
    """Return rejects of the readers and of the standardiser together.

    Parameters
    ----------
    raws : sequence of RawTable
        Tables as read.
    rows : polars.DataFrame
        Rows with ``reason``.

    Returns
    -------
    polars.DataFrame
        Table ``rejects``.
    """
    unread = [r.rejects.with_columns(pl.lit(r.source_file).alias("source_file")) for r in raws]
    return pl.concat([conformed(part, "rejects") for part in (*unread, rows)])


def remark_of(raw: RawTable) -> str:
    """Return what the ledger says about a file's columns.

    Parameters
    ----------
    raw : RawTable
        A table as read.

    Returns
    -------
    str
        Columns that were not read, or nothing.
    """
    names = ", ".join(raw.unknown_columns)
    return f"columns not read: {names}" if names else ""


def distinct_sources(*tables: pl.DataFrame) -> pl.DataFrame:
    """Return the source rows that any of some core tables was made of, once each.

    Parameters
    ----------
    *tables : polars.DataFrame
        Core tables.

    Returns
    -------
    polars.DataFrame
        ``source_file, source_line``.
    """
    return pl.concat([t.select(_SOURCE) for t in tables]).unique(maintain_order=True)
