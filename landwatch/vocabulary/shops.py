"""Shops and businesses: names of published columns, kinds of trade, forms of organisation."""

from collections.abc import Iterable, Mapping
from typing import Final

REGISTER_COLUMNS: Final[Mapping[str, str]] = {
    "營業地址": "address",
    "統一編號": "tax_id",
    "總機構統一編號": "head_office_tax_id",
    "營業人名稱": "business_name",
    "資本額": "capital",
    "設立日期": "established",
    "組織別名稱": "organisation",
    "使用統一發票": "uses_invoice",
    "行業代號": "industry_code",
    "名稱": "industry_name",
    "行業代號1": "industry_code_1",
    "名稱1": "industry_name_1",
    "行業代號2": "industry_code_2",
    "名稱2": "industry_name_2",
    "行業代號3": "industry_code_3",
    "名稱3": "industry_name_3",
    "停業日期": "suspended",
    "停業日期起": "suspended",
    "停業起日": "suspended",
    "停業迄日": "suspended_until",
    "停業日期迄": "suspended_until",
    "歇業日期": "ended",
    "廢止日期": "ended",
    "註銷日期": "ended",
    "非營業中日期": "ended",
}
"""Columns of the business-tax register (全國營業（稅籍）登記) and of its companions."""

REGISTER_REQUIRED: Final = ("address", "tax_id", "business_name", "established", "industry_code")
"""Columns without which a row of the register means nothing here."""

REGISTER_STATUSES: Final = ("open", "suspended", "not_operating")
"""BGMOPEN1, BGMOPEN1X (停業), BGMOPEN1Y (非營業中)."""

STORE_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": (
        *("name", "storename", "poiname", "shopname", "branchname", "title"),
        *("店名", "門市名稱", "店舖名稱", "分店名稱", "門市", "名稱"),
    ),
    "address": (
        *("addr", "address", "storeaddress", "shopaddress", "fulladdress"),
        *("地址", "門市地址", "店舖地址", "住址"),
    ),
    "longitude": (
        *("pxwgs84", "lng", "lon", "longitude", "long", "px", "pointx", "x"),
        *("經度", "wgs84x"),
    ),
    "latitude": (
        *("pywgs84", "lat", "latitude", "py", "pointy", "y"),
        *("緯度", "wgs84y"),
    ),
    "city": ("city", "county", "cityname", "縣市", "縣市別"),
    "area": ("area", "town", "district", "areaname", "townname", "鄉鎮市區", "行政區", "區域"),
    "store_id": (
        *("pkeynew", "storeid", "storeno", "storecode", "shopid", "poiid", "serid", "id"),
        *("店號", "門市編號", "店舖編號"),
    ),
    "brand": ("brand", "brandname", "chain", "品牌", "品牌名稱"),
    "opened": ("opened", "opendate", "openingdate", "startdate", "開幕日期", "開店日期"),
}
"""What a key of a store list means, by its spelling without case, blanks and ``_``."""

SHOPFRONT_DIVISIONS: Final = ("47", "48", "55", "56", "95", "96")
"""First two digits of 行業代號 of trades that receive customers in a shop: retail (47, 48),
lodging (55), food and drink (56), repair (95), personal services (96)."""

STORELESS_GROUPS: Final = ("486", "487")
"""Retail without a shop: by post, online, in the street or at the door (零售攤販、無店面零售)."""

COMPANY_WORDS: Final = r"公司|有限合夥|合作社|財團法人|社團法人|農會|漁會|基金會|協會|學校|銀行"
"""Names and forms of organisation that are no natural person's."""


def key_meaning(key: str) -> str | None:
    """Return what a key of a store list means.

    Parameters
    ----------
    key : str
        Key as published.

    Returns
    -------
    str or None
        A key of `STORE_KEYS`; None for keys that are not read, telephone numbers among them.

    Examples
    --------
    >>> key_meaning("Store_Name"), key_meaning("px_wgs84"), key_meaning("Tel")
    ('name', 'longitude', None)
    """
    return _MEANINGS.get(spelled_key(key))


def spelled_key(key: str) -> str:
    """Return a key without case, blanks and underscores.

    Parameters
    ----------
    key : str
        Key as published.

    Returns
    -------
    str
        The spelling in `STORE_KEYS`.
    """
    return "".join(c for c in key.casefold() if not c.isspace() and c not in "_-")


def keys_by_meaning(keys: Iterable[str]) -> dict[str, list[str]]:
    """List for each meaning the keys that tell it.

    Parameters
    ----------
    keys : iterable of str
        Keys as published.

    Returns
    -------
    dict of str to list of str
        Published keys by meaning, in the order of `STORE_KEYS`.

    Examples
    --------
    >>> keys_by_meaning(["title", "id", "serid", "addr", "tel"])
    {'name': ['title'], 'address': ['addr'], 'store_id': ['serid', 'id']}
    """
    given: dict[str, list[str]] = {}
    for key in keys:
        given.setdefault(spelled_key(key), []).append(key)
    found = {
        m: [k for s in spellings for k in given.get(s, [])] for m, spellings in STORE_KEYS.items()
    }
    return {meaning: told for meaning, told in found.items() if told}


TELEPHONE_KEYS: Final = ("tel", "phone", "telephone", "telno", "電話", "門市電話", "聯絡電話")
"""Keys that tell a list of stores from other lists; what they hold is never read."""

_MEANINGS: Final = {s: meaning for meaning, spellings in STORE_KEYS.items() for s in spellings}
