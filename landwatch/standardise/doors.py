"""From an address to its town, its door and its floor; the door leaves only as a keyed hash.

Addresses of businesses insert 里 and 鄰 or leave them out, write digits wide or narrow, 371號之1 or
371-1號, 一樓 or 1樓 or nothing. All of these are one door here. No library at hand splits
Taiwanese addresses; these rules are the program's own, listed here and tested with real ones:

1. postal code, county, town, brackets, 鄰 and 村/里 are taken off, 村/里 only before a
   name: where a number follows, the village is the road, and 竹村七路 is a road; of several
   doors (42、44、46號) the first counts;
2. the door ends at the first 號, with its 之; what follows tells floor and unit;
3. 1樓, 一樓 and no floor are one; other floors, basements and units (樓之2) are doors of their own;
4. an address without 號 (market stalls, 地號) is one door as it is written.
"""

import contextlib
import hashlib
from typing import Final

import cn2an
import polars as pl

from landwatch.standardise.addresses import masked_address, street_or_section
from landwatch.vocabulary.numerals import STOREYS
from landwatch.vocabulary.places import Places
from landwatch.vocabulary.text import place_spelling

DOOR_KEY: Final = b"landwatch premises 1"
"""Key of the hash. It keeps addresses out of tables; it does not stop someone who holds this
program and tries every number of a road."""

_FLOORS: Final = {k.removesuffix("層"): v for k, v in STOREYS.items()} | {"壹": 1, "貳": 2}
_VILLAGE: Final = r"^[^\d路街巷段道弄號村里]{1,4}[村里]([^\d路街巷段道弄號村里].*)$"
_NUMBERED_ROAD: Final = r"^[^\d路街巷段道弄號村里]{1,4}[村里][一二三四五六七八九十]+[路街]"
_NEIGHBOURHOOD: Final = r"^([^\d路街巷段道弄號村里]{1,4}[村里])?(?:\d+|[一二三四五六七八九十]+)鄰"
_FURTHER_DOORS: Final = (
    r"(\d+(?:[-之]\d+)?號?)(?:[﹑、,，;；．.及和與至~](?:\d+(?:[-之]\d+)?號?)?)+"
)
_DASHES: Final = r"(\d)[—–−‐─―ー](\d)"
_SPELT_OUT: Final = r"^(?<head>.*?)(?<numeral>[〇零一二三四五六七八九十百]+)(?<tail>號.*)$"
_BETWEEN_DOORS: Final = r"\d號?[﹑、,，;；．.及和與至~]"
_OPENING: Final = ["(", "[", "【", "〔"]
_BRACKETS: Final = r"[(\[【〔].*?(?:[)\]】〕]|$)"
_SECTIONS: Final = {f"{n}段": f"{c}段" for n, c in enumerate("一二三四五六七八九", start=1)}
_DOOR: Final = r"^(?<road>.*?)(?<n>\d+)(?:[-之](?<sub>\d+))?號(?:[之-](?<after>\d+))?(?<rest>.*)$"
_ROOM: Final = r"\d室|樓[A-Z]?[-之]?\w*室"


def with_town_of_address(frame: pl.DataFrame, address: str, places: Places) -> pl.DataFrame:
    """Add the town an address begins with.

    Parameters
    ----------
    frame : polars.DataFrame
        Rows.
    address : str
        Column of addresses, county and town first, a postal code before them or not.
    places : Places
        Towns of the study; past names are understood.

    Returns
    -------
    polars.DataFrame
        The rows with ``town_code, county_code, county_name, town_name`` (missing where the address
        begins with no known town), ``plain`` (the whole address in one spelling) and ``within``
        (the address after the town).
    """
    names = places.by_full_name()
    keys = sorted(names["full_key"].to_list(), key=lambda k: (-len(k), k))
    parts = pl.col("plain").str.extract_groups(rf"^\d{{0,6}}(?<full>{'|'.join(keys)})(?<in>.*)$")
    towns = names.join(places.towns, on="town_code").select(
        pl.col("full_key"), "town_code", "county_code", "county_name", "town_name"
    )
    return (
        frame.with_columns(place_spelling(pl.col(address)).alias("plain"))
        .with_columns(parts.alias("_parts"))
        .with_columns(
            pl.col("_parts").struct.field("full").alias("full_key"),
            pl.col("_parts").struct.field("in").alias("within"),
        )
        .drop("_parts")
        .join(towns, on="full_key", how="left", maintain_order="left")
        .drop("full_key")
    )


def with_door(frame: pl.DataFrame) -> pl.DataFrame:
    """Add the door of each row, and what may be kept of its address.

    Parameters
    ----------
    frame : polars.DataFrame
        From `with_town_of_address`.

    Returns
    -------
    polars.DataFrame
        The rows with ``premises_id`` (missing without town or address), ``floor_number``,
        ``is_upstairs`` (second floor or higher, or a room), ``masked_address`` and ``location_id``;
        without ``plain`` and ``within``.
    """
    frame = frame.with_columns(_cleaned(frame["within"]).alias("_clean"))
    frame = frame.with_columns(pl.col("_clean").str.extract_groups(_DOOR).alias("_door"))
    rest = pl.col("_door").struct.field("rest").fill_null(pl.col("_clean"))
    frame = frame.with_columns(_floor(rest).alias("floor_number"), rest.alias("_rest"))
    upstairs = (pl.col("floor_number") >= 2) | pl.col("_rest").str.contains(_ROOM)
    frame = frame.with_columns(
        upstairs.fill_null(value=False).alias("is_upstairs"),
        _door_text().alias("_text"),
        masked_address(pl.col("_clean")).alias("masked_address"),
    )
    county, town = (place_spelling(pl.col(c)) for c in ("county_name", "town_name"))
    street = street_or_section(pl.col("masked_address"), county, town)
    frame = frame.with_columns(
        pl.concat_str("town_code", pl.lit(":"), street.fill_null("")).alias("location_id"),
        keyed_hash(_hashed_text(frame)).alias("premises_id"),
    )
    return frame.drop("_clean", "_door", "_rest", "_text", "plain", "within")


def keyed_hash(text: pl.Series) -> pl.Series:
    """Return a short keyed hash of texts.

    Parameters
    ----------
    text : polars.Series
        Strings.

    Returns
    -------
    polars.Series
        20 hexadecimal digits (BLAKE2b, 80 bits), the same for the same text in every run; missing
        stays missing.

    Examples
    --------
    >>> hashed = keyed_hash(pl.Series(["a", "b", "a", None]))
    >>> hashed.n_unique(), hashed.null_count(), hashed[0] == hashed[2]
    (3, 1, True)
    """
    texts = text.drop_nulls().unique().sort()
    digests = [hashlib.blake2b(t.encode(), key=DOOR_KEY, digest_size=10).hexdigest() for t in texts]
    table = pl.DataFrame({"text": texts, "hash": pl.Series(digests, dtype=pl.String)})
    found = text.alias("text").to_frame().join(table, on="text", how="left", maintain_order="left")
    return found["hash"]


def _hashed_text(frame: pl.DataFrame) -> pl.Series:
    text = pl.when(pl.col("_text") != "").then(pl.col("_text"))
    return frame.select(pl.concat_str("town_code", pl.lit("|"), text).alias("text")).to_series()


def _cleaned(within: pl.Series) -> pl.Series:
    """Drop brackets, further doors, 鄰 and villages; steps are separate to be computed once."""
    text = pl.col("text")
    frame = (
        within.alias("text")
        .to_frame()
        .with_columns(text.str.replace_many(_SECTIONS).str.replace_all(_DASHES, "$1-$2"))
    )
    frame = frame.with_columns(
        pl.when(text.str.contains_any(_OPENING))
        .then(text.str.replace_all(_BRACKETS, ""))
        .otherwise(text)
    )
    frame = frame.with_columns(
        pl.when(text.str.contains(_BETWEEN_DOORS))
        .then(text.str.replace(_FURTHER_DOORS, "${1}號").str.replace("號號", "號", literal=True))
        .otherwise(text)
    )
    for _ in range(2):
        frame = frame.with_columns(
            pl.when(text.str.contains("鄰", literal=True))
            .then(text.str.replace(_NEIGHBOURHOOD, "$1"))
            .otherwise(text)
        )
        village = text.str.contains_any(["村", "里"]) & ~text.str.contains(_NUMBERED_ROAD)
        frame = frame.with_columns(
            pl.when(village).then(text.str.replace(_VILLAGE, "$1")).otherwise(text)
        )
    return _digits_for_numerals(frame["text"])


def _digits_for_numerals(text: pl.Series) -> pl.Series:
    """Spelt-out door numbers (五十七號, 三一六號) in digits; few ways of writing them occur."""
    parts = text.str.extract_groups(_SPELT_OUT).struct.unnest()
    known = {}
    for written in parts["numeral"].drop_nulls().unique().sort():
        with contextlib.suppress(ValueError):
            known[written] = str(int(cn2an.cn2an(written, "smart")))
    digits = pl.col("numeral").replace_strict(known, default=None, return_dtype=pl.String)
    spelt = parts.select(pl.concat_str("head", digits, "tail").alias("spelt")).to_series()
    return text.to_frame("text").select(pl.coalesce(spelt, "text")).to_series() if known else text


def _floor(rest: pl.Expr) -> pl.Expr:
    found = rest.str.extract(r"(\d+|[一二三四五六七八九十壹貳]+)(?:樓|F)", 1)
    below = rest.str.extract(r"(?:B|地下室?)(\d+|[一二三四五六七八九十]+)?", 1)
    is_below = rest.str.contains(r"^[^樓]*(?:B\d|地下)")
    return (
        pl.when(is_below)
        .then(-_storey(below).fill_null(1))
        .otherwise(_storey(found))
        .cast(pl.Int32)
    )


def _storey(text: pl.Expr) -> pl.Expr:
    number = text.replace_strict(_FLOORS, default=None, return_dtype=pl.Int32)
    return pl.when(number <= 199).then(number)


def _door_text() -> pl.Expr:
    part = {f: pl.col("_door").struct.field(f) for f in ("road", "n", "sub", "after", "rest")}
    number = part["n"].str.replace(r"^0+", "")
    sub = pl.coalesce(part["sub"], part["after"])
    unit = part["rest"].str.extract(r"(?:樓|F)[之-]?(\w+)", 1)
    floor = pl.when(pl.col("floor_number") != 1).then(pl.col("floor_number"))
    numbered = pl.concat_str(
        part["road"].str.replace_all(r"\s", ""),
        number,
        pl.concat_str(pl.lit("之"), sub.str.replace(r"^0+", "")).fill_null(""),
        pl.concat_str(pl.lit("|"), floor.cast(pl.String)).fill_null(""),
        pl.concat_str(pl.lit("|"), unit).fill_null(""),
        separator="",
    )
    return pl.coalesce(numbered, "_clean")
