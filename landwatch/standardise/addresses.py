"""Addresses as far as they may be kept: section or road, with numbers masked to thirties.

The register itself published ranges of thirty (``31~60號``) until July 2021 and exact numbers
since. Both are brought to the same range, so that a place has one name in every download and no
core table holds the door number of a home.
"""

import polars as pl

from landwatch.vocabulary.addresses import address_parts, address_spelling
from landwatch.vocabulary.text import folded

_RANGE = r"\d+~\d+(?:地號|號)"
_NUMBER = r"\d+(?:[-之]\d+)*"
_AND = r"[、,，.;；及和至]"
_EXACT = rf"(\d+)(?:[-之]\d+)*(?:{_AND}{_NUMBER})*(地號|號)"
_SPELT_OUT = (
    r"[〇零一二三四五六七八九十百千兩廿卅]+(?:之[〇零一二三四五六七八九十百千兩廿卅]+)?號.*$"
)


def is_exact(address: pl.Expr) -> pl.Expr:
    """Tell exact addresses from ranges.

    Parameters
    ----------
    address : polars.Expr
        Addresses in comparison spelling.

    Returns
    -------
    polars.Expr
        True where a number is printed and it is not a range.

    Examples
    --------
    >>> frame = pl.DataFrame({"a": ["豐樂路65巷31~60號", "三義段168-2地號", "山上段"]})
    >>> frame.select(is_exact(pl.col("a"))).to_series().to_list()
    [False, True, False]
    """
    return address.str.contains(_EXACT) & ~address.str.contains(_RANGE)


def masked_address(address: pl.Expr) -> pl.Expr:
    """Return addresses with the number given as a range of thirty and nothing after it.

    Parameters
    ----------
    address : polars.Expr
        Addresses in comparison spelling (`landwatch.vocabulary.text.place_spelling`).

    Returns
    -------
    polars.Expr
        ``路31~60號`` or ``段151~180地號``, the first number of a list; without a number, the text
        up to it. Numerals as `landwatch.vocabulary.addresses.address_spelling` writes them.

    Examples
    --------
    >>> frame = pl.DataFrame({"a": ["豐樂路65巷31~60號", "安和路57號三樓", "三義段168-2、170地號"]})
    >>> frame.select(masked_address(pl.col("a"))).to_series().to_list()
    ['豐樂路65巷31~60號', '安和路31~60號', '三義段151~180地號']
    >>> pl.select(masked_address(pl.lit("安和路五十七號三樓"))).item()
    '安和路31~60號'
    """
    return address_spelling(address).map_batches(_masked, return_dtype=pl.String)


def _masked(spelled: pl.Series) -> pl.Series:
    text = pl.col("text")
    frame = spelled.alias("text").to_frame()
    # the register's own ranges may still hold the doors of a deal, even glued to the range:
    # 新德路294.271~300號, 十興三街125121~150號; only the last number is sure
    ranged = rf"^(?<head>.*?)(?:{_NUMBER}{_AND})*{_NUMBER}~(?<n>\d+)(?<kind>地號|號)"
    parts = rf"^(?<head>.*?)(?<n>\d+)(?:[-之]\d+)*(?:{_AND}{_NUMBER})*(?<kind>地號|號)"
    return frame.select(
        pl.coalesce(
            _bucket(text.str.extract_groups(ranged)),
            _bucket(text.str.extract_groups(parts)),
            text.str.extract(r"^(\D*)", 1).str.replace(_SPELT_OUT, ""),
        )
    ).to_series()


def _bucket(found: pl.Expr) -> pl.Expr:
    head, number, kind = (found.struct.field(f) for f in ("head", "n", "kind"))
    low = (number.cast(pl.Int64, strict=False) - 1).clip(0) // 30 * 30 + 1
    return pl.concat_str(head, low, pl.lit("~"), low + 29, kind)


def street_or_section(masked: pl.Expr, county_name: pl.Expr, town_name: pl.Expr) -> pl.Expr:
    """Return the finest place name without a number: 段/小段, or road with its section.

    Parameters
    ----------
    masked : polars.Expr
        Result of `masked_address`.
    county_name, town_name : polars.Expr
        Names of the row's county and town.

    Returns
    -------
    polars.Expr
        Place name; empty where the address has none.

    Examples
    --------
    >>> frame = pl.DataFrame(
    ...     {"a": ["臺東縣臺東市中華路二段782巷12弄1~30號", "三義段一小段151~180地號"],
    ...      "c": ["臺東縣", "花蓮縣"], "t": ["臺東市", "玉里鎮"]}
    ... )
    >>> frame.select(street_or_section(pl.col("a"), pl.col("c"), pl.col("t"))).to_series().to_list()
    ['中華路二段', '三義段一小段']
    """
    body = address_parts(masked, county_name, town_name).struct.field("body")
    return body.map_batches(_named_place, return_dtype=pl.String)


def _named_place(body: pl.Series) -> pl.Series:
    text = pl.col("text")
    section = text.str.extract(r"^(\D+?段(?:\D+?小段)?)\d*[~\d]*地號", 1)
    road = text.str.extract(r"^(\D*?(?:大道|路|街)(?:[一二三四五六七八九十]+段)?)", 1)
    place = pl.coalesce(section, road, text.str.extract(r"^(\D*)", 1))
    return body.alias("text").to_frame().select(place).to_series()


def narrowed(text: pl.Expr) -> pl.Expr:
    """Return free text with narrow forms and no outer blanks; empty becomes missing.

    Parameters
    ----------
    text : polars.Expr
        Free text as published.

    Returns
    -------
    polars.Expr
        Text or missing.
    """
    clean = folded(text)
    return pl.when(clean != "").then(clean)
