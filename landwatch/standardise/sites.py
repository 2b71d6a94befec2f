"""What every source of suspected sites needs: town, section and parcels, coordinates, ledger."""

import hashlib
from collections.abc import Sequence
from typing import Final

import polars as pl

from landwatch.schemas.raw import RawTable, Standardised, ledger_of
from landwatch.schemas.tables import conformed
from landwatch.standardise.addresses import masked_address, street_or_section
from landwatch.standardise.lvr_query import TAIWAN_BOUNDS
from landwatch.vocabulary.places import Places
from landwatch.vocabulary.text import folded, place_spelling

SITES: Final = "factories__sites"

KEY_LENGTH: Final = 16
"""Hexadecimal digits of a key: 64 bits tell a country's parcels apart."""

_SOURCE: Final = ["source_file", "source_line"]
_NUMBER: Final = r"\d+(?:-\d+)?"
_NOT_ANYTHING: Final = ("", "nan", "none", "null", "-", "無")
_EIGHT_DIGITS: Final = r"^\d{8}$"


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


def keys_of(texts: pl.Series) -> pl.Series:
    """Return a short one-way key of each text.

    Parameters
    ----------
    texts : polars.Series
        Strings; missing stays missing.

    Returns
    -------
    polars.Series
        `KEY_LENGTH` hexadecimal digits, the same for the same text in every run.

    Examples
    --------
    >>> keys_of(pl.Series(["a", None])).to_list()
    ['ca978112ca1bbdca', None]
    """
    known = texts.drop_nulls().unique()
    digests = [hashlib.sha256(t.encode()).hexdigest()[:KEY_LENGTH] for t in known]
    return texts.replace_strict(known, pl.Series(digests, dtype=pl.String), default=None)


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


def plain_dashes(text: pl.Expr) -> pl.Expr:
    """Return text with every kind of dash as a hyphen.

    Parameters
    ----------
    text : polars.Expr
        Text.

    Returns
    -------
    polars.Expr
        Text.

    Examples
    --------
    >>> pl.select(plain_dashes(pl.lit("262–1號"))).item()
    '262-1號'
    """
    return text.str.replace_all(r"[‐‑‒–—―−﹣]", "-")


def parcel_number(text: pl.Expr) -> pl.Expr:
    """Return a 地號 as number and sub-number, however it is padded.

    Parameters
    ----------
    text : polars.Expr
        ``0538-0000``, ``05380000``, ``538`` or ``538-2``.

    Returns
    -------
    polars.Expr
        ``538`` or ``538-2``; missing where there is no number.

    Examples
    --------
    >>> frame = pl.DataFrame({"n": ["0538-0000", "05380002", "538", "1058-4", "無"]})
    >>> frame.select(parcel_number(pl.col("n"))).to_series().to_list()
    ['538', '538-2', '538', '1058-4', None]
    """
    packed = text.str.contains(_EIGHT_DIGITS)
    main = pl.when(packed).then(text.str.slice(0, 4)).otherwise(text.str.extract(r"^(\d+)"))
    below = pl.when(packed).then(text.str.slice(4)).otherwise(text.str.extract(r"^\d+-(\d+)$"))
    number = main.cast(pl.Int64, strict=False)
    sub = below.cast(pl.Int64, strict=False).fill_null(0)
    return (
        pl.when(sub > 0)
        .then(pl.concat_str(number.cast(pl.String), pl.lit("-"), sub.cast(pl.String)))
        .otherwise(number.cast(pl.String))
    )


def with_parcels(frame: pl.DataFrame, place: pl.Expr) -> pl.DataFrame:
    """Read section and parcels, and keep only the section and a range of thirty.

    Parameters
    ----------
    frame : polars.DataFrame
        Rows with ``town_code, town_name, county_code, county_name``.
    place : polars.Expr
        Text behind the town, such as ``拕子段1057-5、1058-1地號``.

    Returns
    -------
    polars.DataFrame
        Also ``section_name, parcel_count, parcel_keys, masked_address, location_id`` and
        ``names_several_sections``. Of a second section only that there is one is kept, of a range
        (``956至960``) its two ends.
    """
    text = plain_dashes(place_spelling(place))
    bare = text.str.replace_all(r"\(.*?\)", "")
    section = pl.coalesce(
        bare.str.extract(r"^(\D+?段(?:\D+?小段)?)\d", 1), bare.str.extract(r"^(\D+段)", 1)
    )
    listed = bare.str.replace_all("之", "-").str.extract(r"^\D+(\d[\d\-、,.至~]*)", 1)
    numbers = listed.str.extract_all(_NUMBER).list.eval(parcel_number(pl.element()))
    frame = frame.with_columns(
        section.alias("section_name"),
        numbers.list.drop_nulls().list.unique(maintain_order=True).alias("_numbers"),
        (text.str.count_matches(r"段\d") > 1).alias("names_several_sections"),
        bare.alias("_bare"),
    )
    first = pl.concat_str("section_name", pl.col("_numbers").list.first(), pl.lit("地號"))
    street = pl.when(pl.col("section_name").is_null()).then("_bare")
    frame = frame.with_columns(
        masked_address(pl.coalesce(first, "section_name", street)).alias("masked_address"),
        pl.col("_numbers").list.len().replace(0, None).cast(pl.Int32).alias("parcel_count"),
        _parcel_keys(frame).alias("parcel_keys"),
    )
    return with_location(frame).drop("_numbers", "_bare")


def with_location(frame: pl.DataFrame) -> pl.DataFrame:
    """Add ``location_id`` to rows with a masked address, as deals have it.

    Parameters
    ----------
    frame : polars.DataFrame
        ``masked_address`` and names and codes of county and town.

    Returns
    -------
    polars.DataFrame
        Town (or county) code, a colon, and 段 or road; missing without either code.
    """
    street = street_or_section(
        pl.col("masked_address"),
        place_spelling(pl.col("county_name").fill_null("")),
        place_spelling(pl.col("town_name").fill_null("")),
    )
    return frame.with_columns(
        pl.concat_str(
            pl.coalesce("town_code", "county_code"), pl.lit(":"), street.fill_null("")
        ).alias("location_id")
    )


def _parcel_keys(frame: pl.DataFrame) -> pl.Series:
    rows = frame.with_row_index("_row").select("_row", "town_code", "section_name", "_numbers")
    named = rows.explode("_numbers", empty_as_null=True, keep_nulls=True)
    parcel = named.select(
        pl.concat_str("town_code", "section_name", "_numbers", separator="|")
    ).to_series()
    keyed = named.select("_row", keys_of(parcel).alias("key")).drop_nulls("key")
    joined = keyed.group_by("_row").agg(pl.col("key").unique().sort().str.join(";"))
    return rows.join(joined, on="_row", how="left", maintain_order="left")["key"]


def with_coordinates(frame: pl.DataFrame, longitude: str, latitude: str) -> pl.DataFrame:
    """Read coordinates; what cannot be a place of Taiwan in degrees is missing and says why.

    Parameters
    ----------
    frame : polars.DataFrame
        Rows.
    longitude, latitude : str
        Text columns [degree].

    Returns
    -------
    polars.DataFrame
        Also ``longitude, latitude`` and ``coordinate_fault``: ``swapped_coordinates``,
        ``coordinates_not_degrees``, ``coordinates_outside`` or ``no_coordinates``. Nothing is
        repaired.
    """
    west, south, east, north = TAIWAN_BOUNDS
    east_west, north_south = (
        folded(pl.col(c)).cast(pl.Float64, strict=False) for c in (longitude, latitude)
    )
    frame = frame.with_columns(east_west.alias("_lon"), north_south.alias("_lat"))
    lon, lat = pl.col("_lon"), pl.col("_lat")
    inside = lon.is_between(west, east) & lat.is_between(south, north)
    swapped = lat.is_between(west, east) & lon.is_between(south, north)
    absent = lon.is_null() | lat.is_null() | lon.is_nan() | lat.is_nan()
    largest = 180
    fault = (
        pl.when(absent | ((lon == 0) & (lat == 0)))
        .then(pl.lit("no_coordinates"))
        .when(inside)
        .then(pl.lit(None, pl.String))
        .when(swapped)
        .then(pl.lit("swapped_coordinates"))
        .when((lon.abs() > largest) | (lat.abs() > largest))
        .then(pl.lit("coordinates_not_degrees"))
        .otherwise(pl.lit("coordinates_outside"))
    )
    return frame.with_columns(
        pl.when(inside).then(lon).alias("longitude"),
        pl.when(inside).then(lat).alias("latitude"),
        fault.alias("coordinate_fault"),
    ).drop("_lon", "_lat")


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
