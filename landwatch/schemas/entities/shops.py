"""Shops: chain lists, brands, business register, premises and occupants."""

from typing import Final

import polars as pl

from landwatch.schemas.definitions import Column, Table

CHAIN_REASONS: Final = (
    "head_office_link",
    "brand_name",
    "brand_wikidata",
    "chain_list",
    "none",
)

COLUMNS: Final[dict[str, Column]] = {
    "store_id": Column(pl.String, "number the list gives a store; its name where it gives none"),
    "store_name": Column(pl.String, "name of a chain's branch; names of other shops are not kept"),
    "brand_id": Column(pl.String, "identity of an entry of a list of brands"),
    "brand_name": Column(pl.String, "品牌 as shown"),
    "brand_name_zh": Column(pl.String, "品牌, 中文"),
    "brand_name_en": Column(pl.String, "品牌, English"),
    "brand_wikidata": Column(pl.String, "Wikidata identity of the brand"),
    "brand_category": Column(pl.String, "what the brand sells, as OpenStreetMap tags it"),
    "shop_tag": Column(pl.String, "shop=… or amenity=… as OpenStreetMap tags it"),
    "observed_date": Column(pl.Date, "day the source last saw the shop; missing where not told"),
    "opened_date": Column(pl.Date, "day a list says a store opened"),
    "premises_id": Column(
        pl.String, "keyed hash of town, road, number, floor and unit: one door, no address in it"
    ),
    "floor_number": Column(pl.Int32, "floor named in the address; basements negative", "", -9, 199),
    "business_id": Column(pl.String, "keyed hash of the 統一編號, the same in every file"),
    "head_office_id": Column(
        pl.String, "keyed hash of the 總機構統一編號, written like business_id"
    ),
    "tax_id": Column(pl.String, "統一編號 of companies and their branches, 8 digits; else missing"),
    "business_name": Column(
        pl.String, "營業人名稱 of companies and chains; others may be persons and are not kept"
    ),
    "organisation": Column(pl.String, "組織別名稱"),
    "is_company": Column(pl.Boolean, "organisation, or name where none is told, is no person's"),
    "capital_twd": Column(pl.Float64, "資本額", "NTD", 0),
    "established_date": Column(pl.Date, "設立日期"),
    "register_status": Column(
        pl.String,
        "file the row stands in: BGMOPEN1, BGMOPEN1X (停業) or BGMOPEN1Y (非營業中)",
        allowed=("open", "suspended", "not_operating"),
    ),
    "register_date": Column(pl.Date, "day of the register's file; missing where it tells none"),
    "industry_code": Column(pl.String, "行業代號, 6 digits"),
    "industry_name": Column(pl.String, "名稱 of the 行業代號"),
    "uses_invoice": Column(pl.Boolean, "使用統一發票"),
    "is_office": Column(
        pl.Boolean, "looks like no shopfront by trade or floor; missing where neither is told"
    ),
    "office_reason": Column(
        pl.String,
        "why it looks like no shopfront",
        allowed=("industry", "upper_floor", "industry_and_upper_floor"),
    ),
    "is_chain": Column(pl.Boolean, "one of several shops under one head office or brand"),
    "chain_reason": Column(pl.String, "what tells that it is a chain", allowed=CHAIN_REASONS),
    "n_branches": Column(pl.Int64, "branches under the same head office", "", 0),
    "from_date": Column(pl.Date, "first day at the premises; missing where not known"),
    "from_basis": Column(
        pl.String,
        "what tells the first day",
        allowed=("established", "first_seen", "opened", "unknown"),
    ),
    "to_date": Column(
        pl.Date, "last day at the premises, or first file without it; missing: there"
    ),
    "to_basis": Column(
        pl.String,
        "what tells the last day",
        allowed=("suspended", "gone", "not_operating", "still_there", "unknown"),
    ),
    "occupant_id": Column(pl.String, "business or store, and its first file at the premises"),
    "n_occupants": Column(pl.Int64, "occupants there over the years", "", 0),
}

_SOURCE: Final = ("source_file", "source_line")
_PLACE: Final = ("premises_id", "town_code", "county_code", "masked_address", "location_id")

TABLES: Final[tuple[Table, ...]] = (
    Table(
        "shops__stores",
        (
            "publisher",
            "store_id",
            "store_name",
            "brand_name",
            "brand_wikidata",
            "shop_tag",
            *_PLACE,
            "floor_number",
            "longitude",
            "latitude",
            "place_precision",
            "opened_date",
            "observed_date",
            "is_chain",
            "chain_reason",
            "flags",
            *_SOURCE,
        ),
        ("publisher", "store_id", "premises_id", "is_chain", "chain_reason", *_SOURCE),
        _SOURCE,
        repeats=("publisher", "brand_name", "store_id", "premises_id"),
    ),
    Table(
        "shops__brands",
        (
            "brand_id",
            "brand_name",
            "brand_name_zh",
            "brand_name_en",
            "brand_wikidata",
            "brand_category",
            *_SOURCE,
        ),
        ("brand_id", "brand_name", *_SOURCE),
        _SOURCE,
        repeats=("brand_id",),
    ),
    Table(
        "businesses__register",
        (
            "business_id",
            "head_office_id",
            "tax_id",
            "business_name",
            "brand_name",
            "organisation",
            "is_company",
            "register_status",
            "register_date",
            "established_date",
            "closed_date",
            "capital_twd",
            "industry_code",
            "industry_name",
            "uses_invoice",
            *_PLACE,
            "floor_number",
            "is_office",
            "office_reason",
            "flags",
            *_SOURCE,
        ),
        ("business_id", "register_status", "premises_id", "town_code", *_SOURCE),
        _SOURCE,
        repeats=("business_id", "register_status", "register_date", "premises_id"),
    ),
    Table(
        "premises",
        (*_PLACE, "floor_number", "longitude", "latitude", "n_occupants"),
        ("premises_id", "n_occupants"),
        ("premises_id",),
        layer="mart",
    ),
    Table(
        "occupants",
        (
            "occupant_id",
            "premises_id",
            "town_code",
            "business_id",
            "business_name",
            "brand_name",
            "publisher",
            "industry_code",
            "is_chain",
            "chain_reason",
            "n_branches",
            "is_office",
            "from_date",
            "from_basis",
            "first_seen",
            "last_seen",
            "to_date",
            "to_basis",
            *_SOURCE,
        ),
        ("occupant_id", "premises_id", "publisher", "is_chain", "chain_reason", "to_basis"),
        ("occupant_id",),
        layer="mart",
    ),
)
