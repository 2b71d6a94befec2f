"""One definition per column name: the same quantity and unit has the same name everywhere."""

from dataclasses import dataclass
from typing import Any, Final

import polars as pl


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds.

    Attributes
    ----------
    dtype : polars.DataType class
        Type on disk.
    meaning : str
        What the value says, in English with the register's term.
    unit : str
        Unit; empty for names, codes and flags.
    low, high : float or None
        Closed bounds of values that can be true.
    allowed : tuple of str
        Closed list of values; empty when open.
    """

    dtype: Any
    meaning: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    allowed: tuple[str, ...] = ()


TARGET_VALUES: Final = (
    "land",
    "land_building",
    "land_building_parking",
    "building",
    "building_parking",
    "parking",
)
PROPERTY_KINDS: Final = (
    "farmland",
    "building_land",
    "other_land",
    "house",
    "farmhouse",
    "apartment",
    "shop",
    "office",
    "industrial",
    "other_building",
    "parking",
)

COLUMNS: Final[dict[str, Column]] = {
    "deal_id": Column(pl.String, "編號 of the deal; query rows without one carry their own key"),
    "register": Column(pl.String, "which register", allowed=("sale", "presale", "rental")),
    "publisher": Column(pl.String, "lvr (season files) or lvr_query (query service)"),
    "town_code": Column(
        pl.String, "鄉鎮市區 code, 8 digits; missing where only the county is told"
    ),
    "county_code": Column(pl.String, "縣市 code, 5 digits"),
    "deal_date": Column(pl.Date, "交易年月日 / 租賃年月日, day of contract"),
    "price_twd": Column(pl.Float64, "總價", "NTD", 1, 1e13),
    "rent_twd_month": Column(pl.Float64, "租金總額", "NTD per month", 1, 1e11),
    "target": Column(pl.String, "交易標的", allowed=TARGET_VALUES),
    "property_kind": Column(pl.String, "kind of property by use", allowed=PROPERTY_KINDS),
    "land_area_m2": Column(pl.Float64, "土地移轉總面積", "m²", 0),
    "building_area_m2": Column(pl.Float64, "建物移轉總面積", "m²", 0),
    "parking_area_m2": Column(pl.Float64, "車位移轉總面積", "m²", 0),
    "parking_price_twd": Column(pl.Float64, "車位總價", "NTD", 0),
    "parking_type": Column(pl.String, "車位類別"),
    "unit_price_twd_m2": Column(pl.Float64, "price per area, parking taken off", "NTD/m²", 0),
    "rent_twd_m2_month": Column(pl.Float64, "rent per area, parking taken off", "NTD/m²/month", 0),
    "unit_price_basis": Column(
        pl.String,
        "how the unit price was made",
        allowed=("total_over_area", "parking_taken_off", "stated_by_register", "not_separable"),
    ),
    "stated_unit_price_twd_m2": Column(pl.Float64, "單價, as printed", "NTD/m²", 0),
    "urban_zoning": Column(pl.String, "都市土地使用分區"),
    "rural_zoning": Column(pl.String, "非都市土地使用分區"),
    "rural_use": Column(pl.String, "非都市土地使用編定"),
    "zoning_or_use": Column(pl.String, "使用分區或編定"),
    "building_type": Column(pl.String, "建物型態"),
    "main_use": Column(pl.String, "主要用途"),
    "material": Column(pl.String, "主要建材"),
    "storeys": Column(pl.Int32, "總樓層數", "storeys", 1, 150),
    "floor": Column(pl.String, "移轉層次, as written"),
    "completion_year": Column(pl.Int32, "year of 建築完成年月", "year", 1800, 2100),
    "age_years": Column(pl.Float64, "age of the building at the deal", "years", 0, 250),
    "rental_type": Column(pl.String, "出租型態"),
    "rental_service": Column(pl.String, "租賃住宅服務"),
    "has_furniture": Column(pl.Boolean, "有無附傢俱"),
    "note_codes": Column(pl.String, "classes of 備註, see vocabulary.notes"),
    "is_arms_length": Column(pl.Boolean, "no class of 備註 excludes the price"),
    "flags": Column(pl.String, "doubts about the row, joined by ;"),
    "masked_address": Column(pl.String, "段 or road with number masked to 30s as the register did"),
    "location_id": Column(pl.String, "town code and 段 or road: the finest place without number"),
    "is_exact_address": Column(pl.Boolean, "the source printed the exact number"),
    "longitude": Column(pl.Float64, "WGS84", "degree", 114, 123),
    "latitude": Column(pl.Float64, "WGS84", "degree", 10, 27),
    "place_precision": Column(
        pl.String, "how finely the row is placed", allowed=("point", "section", "town", "county")
    ),
    "share_numerator": Column(pl.Float64, "權利人持分分子", "", 0),
    "share_denominator": Column(pl.Float64, "權利人持分分母", "", 0),
    "transfer_kind": Column(pl.String, "移轉情形"),
    "month": Column(pl.Date, "first day of the month"),
    "year": Column(pl.Int32, "calendar or tax year", "year", 1990, 2100),
    "population": Column(pl.Int64, "人口數", "persons", 0),
    "households": Column(pl.Int64, "戶數", "households", 0),
    "village_name": Column(pl.String, "村里"),
    "tax_units": Column(pl.Int64, "納稅單位", "households filing", 0),
    "income_total_twd": Column(pl.Float64, "綜合所得總額", "NTD"),
    "income_mean_twd": Column(pl.Float64, "平均數", "NTD"),
    "income_median_twd": Column(pl.Float64, "中位數", "NTD"),
    "source_file": Column(pl.String, "published file"),
    "source_line": Column(pl.Int64, "line in the file, or element of a JSON list", "", 1),
    "reason": Column(pl.String, "reason code of a rejection"),
    "raw": Column(pl.String, "the row as published"),
    "sha256": Column(pl.String, "hash of the published file"),
    "rows_read": Column(pl.Int64, "rows below the headers", "", 0),
    "rows_accepted": Column(pl.Int64, "rows kept", "", 0),
    "rows_rejected": Column(pl.Int64, "rows not kept, each with a reason", "", 0),
    "rows_duplicate": Column(pl.Int64, "rows of a deal kept from another file", "", 0),
    "remark": Column(pl.String, "what a reader of the ledger should know"),
}
