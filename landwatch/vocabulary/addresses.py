"""Address words: variant characters, numerals, and names that stand before the road.

Every rule of ours is one line of a table here and is tested with real addresses; Chinese numerals
are read by cn2an.
"""

import re
from typing import Final

import cn2an
import polars as pl

from landwatch.vocabulary.text import place_spelling

VARIANTS: Final[dict[str, str]] = {
    "裏": "里",
    "峯": "峰",
    "舘": "館",
    "邨": "村",
    "双": "雙",
    "温": "溫",
    "敎": "教",
    "ㄧ": "一",
    "–": "-",
    "—": "-",
    "‐": "-",
    "−": "-",
}
"""Characters of one meaning that the registers mix, to the one used for comparison."""

FORMER_COUNTIES: Final = ("臺北縣", "桃園縣", "臺中縣", "臺南縣", "高雄縣")
"""Counties raised to municipalities in 2010 and 2014; old rows still begin with them."""

TOWN_KINDS: Final = "鄉鎮市區"

_NUMERAL: Final = "〇零一二三四五六七八九十百千兩廿卅"
_SECTION_DIGITS: Final = r"(路|街|大道)(\d{1,2})段"
_SPELT: Final = re.compile(
    rf"[{_NUMERAL}]+(?=[鄰號]|之[{_NUMERAL}\d]+號)|(?<=之)[{_NUMERAL}]+(?=號)"
    rf"|(?<=[路街段道])[{_NUMERAL}]+(?=[巷弄])|(?<=[巷弄])[{_NUMERAL}]+(?=[巷弄])"
    rf"|(?<=[路街道])\d{{1,2}}(?=段)"
)
_HAS_SPELT: Final = rf"[{_NUMERAL}][鄰號巷弄之]|{_SECTION_DIGITS}"
_VILLAGE: Final = r"^(\D{1,4}?[村里])"
_ROAD_WORD: Final = rf"^[{_NUMERAL}\d]*(?:路|街|巷|段|大道)"
_PARTS: Final = {"village": pl.String, "body": pl.String}
_PARCEL_CODE: Final = r"(\d{4})\d{4}(?:地號|$)"


def address_spelling(address: pl.Expr) -> pl.Expr:
    """Return addresses in one spelling of characters and numerals.

    Parameters
    ----------
    address : polars.Expr
        Addresses in `landwatch.vocabulary.text.place_spelling`.

    Returns
    -------
    polars.Expr
        Variants replaced; numbers of 號, 鄰, and of 巷 and 弄 below a road in digits; sections of
        roads in Chinese; eight-digit parcel codes as their parent number. Names that hold numerals
        (永信五巷, 大埔十街) stay names.

    Examples
    --------
    >>> frame = pl.DataFrame({"a": ["中華路1段五十七號", "更生北路一三九巷一弄1號", "永信五巷1號"]})
    >>> frame.select(address_spelling(pl.col("a"))).to_series().to_list()
    ['中華路一段57號', '更生北路139巷1弄1號', '永信五巷1號']
    >>> pl.select(address_spelling(pl.lit("武塔段13620014地號"))).item()
    '武塔段1362地號'
    """
    plain = address.str.replace_many(VARIANTS).str.replace(_PARCEL_CODE, "${1}地號")
    return plain.map_batches(_numerals_read, return_dtype=pl.String)


def address_parts(address: pl.Expr, county_name: pl.Expr, town_name: pl.Expr) -> pl.Expr:
    """Return the village an address names, and the address from its road or section on.

    Parameters
    ----------
    address : polars.Expr
        Addresses in comparison spelling.
    county_name, town_name : polars.Expr
        Names of the row's county and town.

    Returns
    -------
    polars.Expr
        Struct of ``village`` (name with 村 or 里, missing without one) and ``body``. County and
        town are taken off under present and past names (桃園縣, 頭份鎮), 鄰 too. A road or section
        named after a village (仁里三街, 加里洞段) is no village. Where nothing but a number
        follows a village, it stays as the name of the place.

    Examples
    --------
    >>> frame = pl.DataFrame({
    ...     "a": ["桃園縣平鎮市高雙路", "大埔里2鄰大埔十街46巷", "客庄里6鄰31~60號", "新市區社內"],
    ...     "c": ["桃園市", "苗栗縣", "苗栗縣", "臺南市"],
    ...     "t": ["平鎮區", "竹南鎮", "頭份市", "新市區"],
    ... })
    >>> frame.select(address_parts(*map(pl.col, "act"))).to_series().to_list()
    [{'village': None, 'body': '高雙路'}, {'village': '大埔里', 'body': '大埔十街46巷'}, \
{'village': '客庄里', 'body': '客庄里31~60號'}, {'village': None, 'body': '社內'}]
    """
    given = pl.struct(
        address.alias("address"), county_name.alias("county"), town_name.alias("town")
    )
    return given.map_batches(_parts, return_dtype=pl.Struct(_PARTS))


def _parts(given: pl.Series) -> pl.Series:
    """Take an address apart step by step; as one expression, steps would be repeated many times."""
    frame = given.struct.unnest().with_columns(
        place_spelling(pl.col("county", "town")).fill_null(""),
    )
    after_county = pl.col("address").str.strip_prefix(pl.col("county"))
    for former in FORMER_COUNTIES:
        after_county = after_county.str.strip_prefix(former)
    rest = pl.col("after_county").str.strip_prefix(pl.col("town")).str.strip_prefix(pl.col("town"))
    for kind in TOWN_KINDS:
        rest = rest.str.strip_prefix(pl.col("stem") + kind)
    frame = frame.with_columns(
        after_county.alias("after_county"),
        pl.col("town").str.replace(rf"[{TOWN_KINDS}]$", "").alias("stem"),
    ).with_columns(rest.alias("rest"))
    is_other_town = (pl.col("after_county") != pl.col("address")) & (
        pl.col("rest") == pl.col("after_county")
    )
    frame = frame.with_columns(
        pl.when(is_other_town)
        .then(pl.col("rest").str.replace(rf"^\D{{1,3}}?[{TOWN_KINDS}]", ""))
        .otherwise("rest")
        .alias("rest")
    )
    return _without_village(frame).select(pl.struct(*_PARTS)).to_series()


def _without_village(frame: pl.DataFrame) -> pl.DataFrame:
    frame = frame.with_columns(pl.col("rest").str.extract(_VILLAGE, 1).alias("village"))
    after = pl.col("rest").str.strip_prefix(pl.col("village"))
    is_road = after.str.contains(_ROAD_WORD) | after.str.ends_with("地號")
    frame = frame.with_columns(pl.when(~is_road).then("village").alias("village"))
    after = pl.col("rest").str.strip_prefix(pl.col("village").fill_null(""))
    frame = frame.with_columns(after.str.replace(r"^\d+鄰", "").alias("after"))
    body = (
        pl.when(pl.col("after").str.contains(r"^\D"))
        .then("after")
        .otherwise(pl.col("village").fill_null("") + pl.col("after"))
    )
    return frame.with_columns(body.alias("body"))


def _numerals_read(addresses: pl.Series) -> pl.Series:
    """Rewrite the few addresses that spell a number otherwise; each distinct one once."""
    spelt = addresses.filter(addresses.str.contains(_HAS_SPELT).fill_null(value=False)).unique()
    if spelt.is_empty():
        return addresses
    return addresses.replace(spelt, [_SPELT.sub(_numeral, text) for text in spelt])


def _numeral(found: re.Match[str]) -> str:
    """Return a numeral in the other script, or as written where cn2an knows none."""
    text = found.group()
    try:
        return str(cn2an.an2cn(text)) if text.isdigit() else str(cn2an.cn2an(text, "normal"))
    except (ValueError, KeyError):
        return text
