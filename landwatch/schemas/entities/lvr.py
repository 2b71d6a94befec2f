"""實價登錄: sales, rentals and what belongs to them."""

from typing import Final

import polars as pl

from landwatch.schemas.definitions import Column, Table

TARGET_VALUES: Final = (
    "land",
    "land_building",
    "land_building_parking",
    "building",
    "building_parking",
    "parking",
)

COLUMNS: Final[dict[str, Column]] = {
    "deal_id": Column(pl.String, "編號 of the deal; query rows without one carry their own key"),
    "register": Column(pl.String, "which register", allowed=("sale", "presale", "rental")),
    "deal_date": Column(pl.Date, "交易年月日 / 租賃年月日, day of contract"),
    "price_twd": Column(pl.Float64, "總價", "NTD", 1, 1e13),
    "target": Column(pl.String, "交易標的", allowed=TARGET_VALUES),
    "parking_area_m2": Column(pl.Float64, "車位移轉總面積", "m²", 0),
    "parking_price_twd": Column(pl.Float64, "車位總價", "NTD", 0),
    "parking_type": Column(pl.String, "車位類別"),
    "unit_price_twd_m2": Column(pl.Float64, "price per area, parking taken off", "NTD/m²", 0),
    "unit_price_basis": Column(
        pl.String,
        "how the unit price was made",
        allowed=("total_over_area", "parking_taken_off", "stated_by_register", "not_separable"),
    ),
    "stated_unit_price_twd_m2": Column(pl.Float64, "單價, as printed", "NTD/m²", 0),
    "zoning_or_use": Column(pl.String, "使用分區或編定"),
    "main_use": Column(pl.String, "主要用途"),
    "material": Column(pl.String, "主要建材"),
    "completion_year": Column(pl.Int32, "year of 建築完成年月", "year", 1800, 2100),
    "age_years": Column(pl.Float64, "age of the building at the deal", "years", 0, 250),
    "rental_type": Column(pl.String, "出租型態"),
    "rental_service": Column(pl.String, "租賃住宅服務"),
    "has_furniture": Column(pl.Boolean, "有無附傢俱"),
    "note_codes": Column(pl.String, "classes of 備註, see vocabulary.notes"),
    "is_arms_length": Column(pl.Boolean, "no class of 備註 excludes the price"),
    "share_numerator": Column(pl.Float64, "權利人持分分子", "", 0),
    "share_denominator": Column(pl.Float64, "權利人持分分母", "", 0),
    "transfer_kind": Column(pl.String, "移轉情形"),
}

_SOURCE: Final = ("source_file", "source_line")
_DEAL: Final = (
    "deal_id",
    "register",
    "publisher",
    "town_code",
    "county_code",
    "deal_date",
    "target",
    "property_kind",
    "land_area_m2",
    "building_area_m2",
    "parking_area_m2",
    "parking_price_twd",
    "parking_type",
    "unit_price_basis",
    "stated_unit_price_twd_m2",
    "urban_zoning",
    "rural_zoning",
    "rural_use",
    "building_type",
    "main_use",
    "material",
    "storeys",
    "floor",
    "completion_year",
    "age_years",
    "note_codes",
    "is_arms_length",
    "flags",
    "masked_address",
    "location_id",
    "is_exact_address",
    "longitude",
    "latitude",
    "place_precision",
)
_NEVER_MISSING = ("deal_id", "register", "county_code", "deal_date", "target", *_SOURCE)

TABLES: Final = (
    Table(
        "lvr__sales",
        (*_DEAL, "price_twd", "unit_price_twd_m2", *_SOURCE),
        (*_NEVER_MISSING, "price_twd", "property_kind"),
        ("deal_id",),
    ),
    Table(
        "lvr__rentals",
        (
            *_DEAL,
            "rental_type",
            "rental_service",
            "has_furniture",
            "rent_twd_month",
            "rent_twd_m2_month",
            *_SOURCE,
        ),
        (*_NEVER_MISSING, "rent_twd_month", "property_kind"),
        ("deal_id",),
    ),
    Table(
        "lvr__parcels",
        (
            "deal_id",
            "register",
            "land_area_m2",
            "zoning_or_use",
            "share_numerator",
            "share_denominator",
            "transfer_kind",
            *_SOURCE,
        ),
        ("deal_id", *_SOURCE),
        _SOURCE,
    ),
    Table(
        "lvr__buildings",
        (
            "deal_id",
            "register",
            "building_area_m2",
            "main_use",
            "material",
            "completion_year",
            "storeys",
            "floor",
            "transfer_kind",
            *_SOURCE,
        ),
        ("deal_id", *_SOURCE),
        _SOURCE,
    ),
    Table(
        "lvr__parkings",
        (
            "deal_id",
            "register",
            "parking_type",
            "parking_price_twd",
            "parking_area_m2",
            "floor",
            *_SOURCE,
        ),
        ("deal_id", *_SOURCE),
        _SOURCE,
    ),
)
