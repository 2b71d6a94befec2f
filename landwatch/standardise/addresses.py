"""Addresses as far as they may be kept: section or road, with numbers masked to thirties.

The register itself published ranges of thirty (``31~60號``) until July 2021 and exact numbers
since. Both are brought to the same range, so that a place has one name in every download and no
core table holds the door number of a home.
"""

import polars as pl

from landwatch.vocabulary.text import folded

_RANGE = r"(\d+)~(\d+)(地號|號)"
_SPELT_OUT = r"[〇零一二三四五六七八九十百]+(?:之[〇零一二三四五六七八九十百]+)?號.*$"
_EXACT = r"(\d+)(?:[-之]\d+)*(地號|號)"


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
        Addresses in comparison spelling.

    Returns
    -------
    polars.Expr
        ``路31~60號`` or ``段151~180地號``; without a number, the text up to it.

    Examples
    --------
    >>> frame = pl.DataFrame({"a": ["豐樂路65巷31~60號", "安和路57號三樓", "三義段168-2地號"]})
    >>> frame.select(masked_address(pl.col("a"))).to_series().to_list()
    ['豐樂路65巷31~60號', '安和路31~60號', '三義段151~180地號']
    >>> pl.select(masked_address(pl.lit("安和路五十七號三樓"))).item()
    '安和路'
    """
    exact = address.str.extract_groups(r"^(?<head>.*?)(?<n>\d+)(?:[-之]\d+)*(?<kind>地號|號)")
    number = exact.struct.field("n").cast(pl.Int64, strict=False)
    low = (number - 1).clip(0) // 30 * 30 + 1
    bucket = pl.concat_str(
        exact.struct.field("head"),
        low.cast(pl.String),
        pl.lit("~"),
        (low + 29).cast(pl.String),
        exact.struct.field("kind"),
    )
    published = address.str.extract(rf"^(.*?{_RANGE})", 1)
    unnumbered = address.str.extract(r"^(\D*)", 1).str.replace(_SPELT_OUT, "")
    return pl.coalesce(published, bucket, unnumbered)


def street_or_section(masked: pl.Expr, county_name: pl.Expr, town_name: pl.Expr) -> pl.Expr:
    """Return the finest place name without a number: 段/小段, or road with its section.

    Parameters
    ----------
    masked : polars.Expr
        Result of `masked_address`.
    county_name, town_name : polars.Expr
        Names of the row's county and town. After a county any town is taken off, so that old
        names (頭份鎮) do not split a road in two.

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
    after_county = masked.str.strip_prefix(county_name)
    tail = (
        pl.when(after_county != masked)
        .then(after_county.str.replace(r"^\D{1,3}?[鄉鎮市區]", ""))
        .otherwise(masked)
        .str.strip_prefix(town_name)
    )
    section = tail.str.extract(r"^(\D+?段(?:\D+?小段)?)\d*[~\d]*地號", 1)
    road = tail.str.extract(
        r"^(?:\D{1,4}?[村里])?(?:\d+鄰)?(\D*?(?:大道|路|街)(?:[一二三四五六七八九十]+段)?)", 1
    )
    return pl.coalesce(section, road, tail.str.extract(r"^(\D*)", 1))


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
