"""Land parcels (段, 小段, 地號) as far as they may be kept: section, range, one-way key."""

import hashlib
from typing import Final

import polars as pl

from landwatch.standardise.addresses import masked_address, street_or_section
from landwatch.vocabulary.text import place_spelling

KEY_LENGTH: Final = 16
"""Hexadecimal digits of a key: 64 bits tell a country's parcels apart."""

_NUMBER: Final = r"\d+(?:-\d+)?"
_EIGHT_DIGITS: Final = r"^\d{8}$"


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
