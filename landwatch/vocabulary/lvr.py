"""實價登錄 (actual-price registration): column names of every published header.

The register changed its headers five times for sales and three times for rentals. A column is
recognised by its name, brackets and width aside; where one header repeats a name, by the name and
its occurrence (``租賃總面積平方公尺`` is land, building and parking, in that order).
"""

import unicodedata
from typing import Final

REQUIRED: Final = ("town_name", "target", "address", "deal_date", "total_price_twd", "deal_id")
"""Columns without which a main table (sales, presales, rentals) cannot be read at all."""

COLUMN_NAMES: Final[dict[str, str]] = {
    "鄉鎮市區": "town_name",
    "交易標的": "target",
    "租賃標的": "target",
    "土地區段位置或建物區門牌": "address",
    "土地區段位置建物區段門牌": "address",
    "土地位置建物門牌": "address",
    "土地移轉總面積平方公尺": "land_area_m2",
    "土地面積平方公尺": "land_area_m2",
    "租賃總面積平方公尺": "land_area_m2",
    "租賃總面積平方公尺#2": "building_area_m2",
    "租賃總面積平方公尺#3": "parking_area_m2",
    "都市土地使用分區": "urban_zoning",
    "非都市土地使用分區": "rural_zoning",
    "非都市土地使用編定": "rural_use",
    "交易年月日": "deal_date",
    "租賃年月日": "deal_date",
    "交易筆棟數": "object_counts",
    "租賃筆棟數": "object_counts",
    "移轉層次": "floor",
    "租賃層次": "floor",
    "總樓層數": "storeys",
    "建物型態": "building_type",
    "主要用途": "main_use",
    "主要建材": "material",
    "建築完成年月": "completion_date",
    "建物移轉總面積平方公尺": "building_area_m2",
    "建物總面積平方公尺": "building_area_m2",
    "建物現況格局-房": "rooms",
    "建物現況格局-廳": "living_rooms",
    "建物現況格局-衛": "bathrooms",
    "建物現況格局-隔間": "is_partitioned",
    "有無管理組織": "has_management",
    "有無附傢俱": "has_furniture",
    "總價元": "total_price_twd",
    "總額元": "total_price_twd",
    "單價每平方公尺": "stated_unit_price_twd_m2",
    "單價元平方公尺": "stated_unit_price_twd_m2",
    "車位類別": "parking_type",
    "車位移轉總面積平方公尺": "parking_area_m2",
    "車位面積平方公尺": "parking_area_m2",
    "車位總價元": "parking_price_twd",
    "車位總額元": "parking_price_twd",
    "租金總額元": "parking_price_twd",
    "備註": "note",
    "編號": "deal_id",
    "主建物面積": "main_building_area_m2",
    "附屬建物面積": "auxiliary_area_m2",
    "陽台面積": "balcony_area_m2",
    "電梯": "has_elevator",
    "有無電梯": "has_elevator",
    "移轉編號": "transfer_id",
    "出租型態": "rental_type",
    "有無管理員": "has_caretaker",
    "租賃期間": "rental_period",
    "附屬設備": "equipment",
    "租賃住宅服務": "rental_service",
}
"""Official column name (normalised; ``#n`` marks its n-th occurrence) to ours."""

CHILD_COLUMN_NAMES: Final[dict[str, dict[str, str]]] = {
    "land": {
        "編號": "deal_id",
        "土地區段位置": "address",
        "土地位置": "address",
        "土地移轉面積平方公尺": "land_area_m2",
        "使用分區或編定": "zoning_or_use",
        "權利人持分分母": "share_denominator",
        "權利人持分分子": "share_numerator",
        "移轉情形": "transfer_kind",
        "地號": "lot",
    },
    "build": {
        "編號": "deal_id",
        "屋齡": "age_years",
        "建物移轉面積平方公尺": "building_area_m2",
        "主要用途": "main_use",
        "主要建材": "material",
        "建築完成日期": "completion_date",
        "總層數": "storeys",
        "建物分層": "floor",
        "移轉情形": "transfer_kind",
    },
    "park": {
        "編號": "deal_id",
        "車位類別": "parking_type",
        "車位價格": "parking_price_twd",
        "車位面積平方公尺": "parking_area_m2",
        "車位所在樓層": "floor",
    },
}
"""Columns of the child tables (parcels, building parts, parking places) of a deal."""

_SALE_HEAD = "鄉鎮市區,交易標的"
_SALE_BODY = (
    "土地移轉總面積平方公尺,都市土地使用分區,非都市土地使用分區,非都市土地使用編定,交易年月日,"
    "交易筆棟數,移轉層次,總樓層數,建物型態,主要用途,主要建材,建築完成年月,建物移轉總面積平方公尺,"
    "建物現況格局-房,建物現況格局-廳,建物現況格局-衛,建物現況格局-隔間,有無管理組織,總價元"
)
_RENT_BODY = (
    "都市土地使用分區,非都市土地使用分區,非都市土地使用編定,租賃年月日,租賃筆棟數,租賃層次,總樓層數,"
    "建物型態,主要用途,主要建材,建築完成年月"
)
_LAYOUT = "建物現況格局-房,建物現況格局-廳,建物現況格局-衛,建物現況格局-隔間,有無管理組織"
_PARTS = "主建物面積,附屬建物面積,陽台面積,電梯"
_BRACKETED = "車位移轉總面積(平方公尺)"


def _header(*parts: str) -> tuple[str, ...]:
    return tuple(",".join(parts).split(","))


_SALE_2018 = (_SALE_HEAD, "土地區段位置建物區段門牌", _SALE_BODY, "單價元平方公尺,車位類別")

SALE_HEADERS: Final[dict[str, tuple[str, ...]]] = {
    "2012": _header(
        _SALE_HEAD,
        "土地區段位置或建物區門牌",
        _SALE_BODY,
        "單價每平方公尺,車位類別,車位移轉總面積平方公尺,車位總價元,備註,編號",
    ),
    "2018": _header(*_SALE_2018, "車位移轉總面積平方公尺,車位總價元,備註,編號"),
    "2020Q3": _header(*_SALE_2018, _BRACKETED, "車位總價元,備註,編號", _PARTS),
    "2020Q4": _header(*_SALE_2018, _BRACKETED, "車位總價元,備註,編號", _PARTS, "移轉編號"),
    "2025": _header(
        _SALE_HEAD,
        "土地位置建物門牌",
        _SALE_BODY,
        "單價元平方公尺,車位類別,車位移轉總面積平方公尺,車位總價元,備註,編號",
        _PARTS,
        "移轉編號",
    ),
}
"""The sale headers as published, keyed by the first season that used them."""

_RENT_2019 = (
    "土地面積平方公尺",
    _RENT_BODY,
    "建物總面積平方公尺",
    _LAYOUT,
    "有無附傢俱,總額元,單價元平方公尺,車位類別,車位面積平方公尺,車位總額元,備註,編號",
)

RENT_HEADERS: Final[dict[str, tuple[str, ...]]] = {
    "2012": _header(
        "鄉鎮市區,租賃標的,土地區段位置或建物區門牌,租賃總面積平方公尺",
        _RENT_BODY,
        "租賃總面積平方公尺",
        _LAYOUT,
        "有無附傢俱,總額元,單價每平方公尺,車位類別,租賃總面積平方公尺,租金總額元,備註,編號",
    ),
    "2019": _header("鄉鎮市區,交易標的,土地區段位置建物區段門牌", *_RENT_2019),
    "2024": _header(
        "鄉鎮市區,交易標的,土地位置建物門牌",
        *_RENT_2019,
        "出租型態,有無管理員,租賃期間,有無電梯,附屬設備,租賃住宅服務",
    ),
}
"""The rental headers as published, keyed by the first season that used them."""

QUERY_FIELDS: Final = tuple(
    "AA11 AA12 a b bn bs city commid cp e el es f fi g id j k l lat lon m mark msg note p "  # noqa: SIM905
    "parkmain pimg pu punit r reid s sq t town tp tunit type unit v".split()
)
"""Fields of one row of the public query service (JSON)."""

QUERY_AREA_UNITS: Final = {"2": 400 / 121}
"""Square metres per unit of ``s``, by the service's ``unit`` code: 2 is 坪 (400/121 m²)."""

TARGETS: Final = {
    "土地": "land",
    "房地(土地+建物)": "land_building",
    "房地(土地+建物)+車位": "land_building_parking",
    "建物": "building",
    "車位": "parking",
    "租賃房屋": "building",
    "租賃房屋+車位": "building_parking",
}
"""交易標的: what changed hands."""


def normalised_header(name: str) -> str:
    """Return a published column name without width variants, brackets and blanks.

    Parameters
    ----------
    name : str
        Column name as published.

    Returns
    -------
    str
        The name used as key in `COLUMN_NAMES`.

    Examples
    --------
    >>> normalised_header("車位移轉總面積(平方公尺) ")
    '車位移轉總面積平方公尺'
    """
    folded = unicodedata.normalize("NFKC", name)
    return "".join(c for c in folded if not c.isspace() and c not in "()\ufeff")
