"""g0v 開放台灣民間租屋資料: what its columns and codes mean, in every edition of the data set.

Publisher: g0v tw-rental-house-data (data CC0, code MIT). Four editions exist: raw and
deduplicated, each as CSV (Chinese header) and JSON (English keys).
"""

import datetime as dt
import io
import re
import unicodedata
from importlib.resources import files
from typing import Final

import polars as pl

FACILITIES: Final = (
    "床",
    "桌子",
    "椅子",
    "電視",
    "熱水器",
    "冷氣",
    "沙發",
    "洗衣機",
    "衣櫃",
    "冰箱",
    "網路",
    "第四台",
    "天然瓦斯",
)
FURNITURE: Final = ("床", "桌子", "椅子", "沙發", "衣櫃")
"""Facilities that are furniture rather than appliances or connections."""

EXTRA_FEES: Final = {
    "eletricity": "電費",
    "water": "水費",
    "gas": "瓦斯",
    "internet": "網路",
    "cable_tv": "第四台",
}
"""What may be paid beside the rent; the first key is spelled as upstream spells it."""

FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "first_id": ("min_house_id", "最小物件編號", "vendor_house_id", "物件編號"),
    "last_id": ("max_house_id", "最大物件編號", "vendor_house_id", "物件編號"),
    "n_duplicate": ("n_duplicate", "重複物件數"),
    "platform": ("vendor", "租屋平台"),
    "first_seen": ("min_created", "最小物件首次發現時間", "created", "物件首次發現時間"),
    "last_seen": ("updated", "物件最後更新時間", "max_created", "最大物件首次發現時間"),
    "county": ("top_region", "縣市"),
    "county_label": ("縣市_coding",),
    "town": ("sub_region", "鄉鎮市區"),
    "town_label": ("鄉鎮市區_coding",),
    "status": ("has_dealt", "房屋曾出租過", "deal_status", "房屋出租狀態"),
    "let_time": ("max_deal_time", "最後出租時間", "deal_time", "出租大約時間"),
    "rent": ("monthly_price", "月租金"),
    "deposit_type": ("deposit_type", "押金類型"),
    "deposit_months": ("n_month_deposit", "押金月數"),
    "deposit": ("deposit", "押金金額"),
    "is_management_fee_extra": ("is_require_management_fee", "需要管理費?"),
    "management_fee": ("monthly_management_fee", "月管理費"),
    "has_parking": ("has_parking", "提供車位?"),
    "is_parking_fee_extra": ("is_require_parking_fee", "需要停車費?"),
    "parking_fee": ("monthly_parking_fee", "月停車費"),
    "ping_rent": ("per_ping_price", "每坪租金(含管理費與停車費)"),
    "building_type": ("building_type", "建築類型"),
    "property_type": ("property_type", "物件類型"),
    "is_rooftop": ("is_rooftop", "自報頂加?"),
    "floor": ("floor", "所在樓層"),
    "storeys": ("total_floor", "建物樓高"),
    "ping": ("floor_ping", "坪數"),
    "n_balconies": ("n_balcony", "陽台數"),
    "n_bathrooms": ("n_bath_room", "衛浴數"),
    "n_bedrooms": ("n_bed_room", "房數"),
    "n_living_rooms": ("n_living_room", "客廳數"),
    "box": ("rough_coordinate_bb", "約略地點範圍"),
    "place_x": ("rough_coordinate_x", "約略地點_x"),
    "place_y": ("rough_coordinate_y", "約略地點_y"),
    **{f"fee_{k}": (f"additional_fee_{k}", f"額外費用_{v}?") for k, v in EXTRA_FEES.items()},
    **{f"has_{f}": (f"facilities_{f}", f"提供家具_{f}?") for f in FURNITURE},
}
"""Our raw names, and the columns that carry them, the first present wins."""

NEEDED: Final = ("first_id", "first_seen", "town", "rent", "ping")
"""Without these a listing says nothing about rents."""

PERSONAL: Final = (
    "max_author_id",
    "author_id",
    "author",
    "刊登者編碼",
    "最大刊登者編碼",
    "contact",
    "刊登者類型",
    "刊登者類型_coding",
    "agent_org",
    "仲介資訊",
    "vendor_house_url",
    "物件網址",
)
"""Columns that name, or lead to, the person who advertises: never taken into memory as rows."""

NOT_USED: Final = (
    "dist_to_highest_floor",
    "距頂樓層數",
    "apt_feature_code",
    "格局編碼(陽台/衛浴/房/廳)",
    "n_day_deal",
    "max_n_day_deal",
    "出租所費天數",
    "最大出租所費天數",
    "allow_pet",
    "可寵?",
    "can_cook",
    "可炊?",
    "gender_restriction",
    "性別限制",
    "has_gender_restriction",
    "有性別限制?",
    "has_tenant_restriction",
    "有身份限制?",
    "has_perperty_registration",
    "有產權登記?",
)
"""Published columns this program knows and has no use for."""

_UNUSED_FAMILIES: Final = (
    r"(living_functions_.*|附近.*|transportation_.*|facilities_.*|提供家具_.*|.*_coding)"
)

COUNTRY_WIDE_UNKNOWN: Final = "65535"
"""不明 in every code table."""

STATUSES: Final = {"0": "listed", "1": "gone", "2": "let"}
STATUS_NAMES: Final = {"待出租": "0", "已消失": "1", "已出租": "2"}
BUILDING_TYPES: Final = {
    "0": "公寓",
    "1": "透天",
    "2": "電梯大樓",
    "3": "華廈",
    "4": "工商業大樓",
    "5": "倉庫",
    "6": "店面",
    "7": "廠辦",
    "8": "工廠",
    "9": "農舍",
}
BUILDING_TYPE_NAMES: Final = {name: code for code, name in BUILDING_TYPES.items()} | {
    "店面(店鋪)": "6",
    "店面(店舖)": "6",
}
DWELLING_KINDS: Final = {
    "0": "whole_home",
    "1": "studio",
    "2": "shared_studio",
    "3": "room",
    "4": "parking_place",
    "5": "other",
    "6": "warehouse",
    "7": "venue",
}
DWELLING_KIND_NAMES: Final = {
    "整層住家": "0",
    "獨立套房": "1",
    "分租套房": "2",
    "雅房": "3",
    "車位": "4",
    "其他": "5",
    "倉庫": "6",
    "場地": "7",
}
DEPOSIT_TYPES: Final = {"0": "months", "1": "fixed", "2": "negotiable", "3": "other"}
DEPOSIT_TYPE_NAMES: Final = {"月": "0", "定額": "1", "面議": "2", "其他": "3"}
CODES: Final[dict[str, tuple[dict[str, str], dict[str, str]]]] = {
    "status": (STATUSES, STATUS_NAMES),
    "building_type": (BUILDING_TYPES, BUILDING_TYPE_NAMES),
    "property_type": (DWELLING_KINDS, DWELLING_KIND_NAMES),
    "deposit_type": (DEPOSIT_TYPES, DEPOSIT_TYPE_NAMES),
}
"""Coded columns: meaning by code, and code by the name some editions print instead."""

_MONTH = re.compile(r"(?<!\d)(20\d\d)[-_]?(0[1-9]|1[0-2])(?!\d)")
_QUARTER = re.compile(r"(?<!\d)(20\d\d)[-_ ]?Q([1-4])(?!\d)", re.IGNORECASE)


def spelled_header(name: str) -> str:
    """Return a column's name with full-width forms narrowed and blanks removed.

    Parameters
    ----------
    name : str
        As published.

    Returns
    -------
    str
        As in `FIELDS`.

    Examples
    --------
    >>> spelled_header("每坪租金（含管理費與停車費）")
    '每坪租金(含管理費與停車費)'
    """
    return "".join(unicodedata.normalize("NFKC", name.strip("\ufeff")).split())


def is_known_column(name: str) -> bool:
    """Tell whether a published column has a place in this vocabulary.

    Parameters
    ----------
    name : str
        From `spelled_header`.

    Returns
    -------
    bool
        False for columns that are new to this program.
    """
    listed = any(name in names for names in FIELDS.values())
    return listed or name in (*PERSONAL, *NOT_USED) or bool(re.fullmatch(_UNUSED_FAMILIES, name))


def looks_like_listings(names: set[str]) -> bool:
    """Tell whether columns are those of listings, even if one that is needed is absent.

    Parameters
    ----------
    names : set of str
        From `spelled_header`.

    Returns
    -------
    bool
        True where at least four of seven tell-tale columns are there.
    """
    marks = ("first_id", "first_seen", "town", "rent", "ping", "property_type", "status")
    return sum(any(n in names for n in FIELDS[mark]) for mark in marks) >= 4


def snapshot_month(path: str) -> dt.date | None:
    """Return the month a file's name says it speaks of.

    Parameters
    ----------
    path : str
        Path such as ``[202105][CSV][Raw] TW-Rental-Data.zip/202105-raw.csv`` or ``2018Q3-raw.csv``.

    Returns
    -------
    datetime.date or None
        First day of the last month; None where the name tells none.

    Examples
    --------
    >>> snapshot_month("twrh/202105-deduplicated_default.json")
    datetime.date(2021, 5, 1)
    >>> snapshot_month("2018Q3-raw-01.csv")
    datetime.date(2018, 9, 1)
    >>> snapshot_month("mine.csv") is None
    True
    """
    for part in reversed(path.split("/")):
        months = [(int(y), int(m)) for y, m in _MONTH.findall(part)]
        months += [(int(y), 3 * int(q)) for y, q in _QUARTER.findall(part)]
        if months:
            return dt.date(*max(months), 1)
    return None


def region_names() -> pl.DataFrame:
    """Return the names behind the publisher's numbers of counties and towns.

    Returns
    -------
    polars.DataFrame
        ``level`` (``county`` or ``town``), ``code`` (text), ``name`` (a town's with its county).

    Examples
    --------
    >>> region_names().filter(level="town", code="2409")["name"].item()
    '雲林縣斗六市'
    """
    text = files("landwatch.reference").joinpath("g0v_regions.csv").read_bytes()
    return pl.read_csv(io.BytesIO(text), infer_schema=False)
