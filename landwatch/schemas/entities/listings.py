"""Asking rents: listings and their spells."""

from typing import Final

import polars as pl

from landwatch.schemas.definitions import Column, Table
from landwatch.vocabulary.listings import DEPOSIT_TYPES, DWELLING_KINDS, STATUSES

COLUMNS: Final[dict[str, Column]] = {
    "listing_id": Column(
        pl.String, "keyed hash of platform and 物件編號; of the first of those put together"
    ),
    "last_listing_id": Column(pl.String, "the same of the last of those put together"),
    "listing_form": Column(pl.String, "how upstream counts rows", allowed=("raw", "deduplicated")),
    "snapshot": Column(pl.Date, "first day of the month the file speaks of"),
    "platform": Column(pl.String, "租屋平台"),
    "listing_status": Column(
        pl.String,
        "房屋出租狀態: listed 待出租, gone 已消失, let 已出租",
        allowed=tuple(STATUSES.values()),
    ),
    "has_dealt": Column(pl.Boolean, "the platform said it was let"),
    "let_date": Column(pl.Date, "出租大約時間, day in Taipei"),
    "dwelling_kind": Column(
        pl.String,
        "物件類型: whole_home 整層住家, studio 獨立套房, shared_studio 分租套房, room 雅房, "
        "parking_place 車位, other 其他, warehouse 倉庫, venue 場地",
        allowed=tuple(DWELLING_KINDS.values()),
    ),
    "floor_area_m2": Column(pl.Float64, "坪數: floor area offered", "m²", 0),
    "management_fee_twd_month": Column(pl.Float64, "月管理費", "NTD per month", 0),
    "parking_fee_twd_month": Column(pl.Float64, "月停車費", "NTD per month", 0),
    "is_management_fee_extra": Column(pl.Boolean, "需要管理費？"),
    "has_parking": Column(pl.Boolean, "提供車位？"),
    "is_parking_fee_extra": Column(pl.Boolean, "需要停車費？"),
    "extra_fees": Column(pl.String, "額外費用: what is paid beside the rent, joined by ;"),
    "deposit_type": Column(pl.String, "押金類型", allowed=tuple(DEPOSIT_TYPES.values())),
    "deposit_months": Column(pl.Float64, "押金月數", "months", 0),
    "deposit_twd": Column(pl.Float64, "押金金額", "NTD", 0),
    "is_rooftop": Column(pl.Boolean, "自報頂加？"),
    "n_bedrooms": Column(pl.Int32, "房數", "", 0),
    "n_bathrooms": Column(pl.Int32, "衛浴數", "", 0),
    "n_living_rooms": Column(pl.Int32, "客廳數", "", 0),
    "n_balconies": Column(pl.Int32, "陽台數", "", 0),
    "n_duplicate": Column(pl.Int32, "重複物件數: advertisements put together, 1 if alone", "", 1),
    "place_box_m": Column(
        pl.Float64,
        "half the diagonal of the box of places the source prints for one listing, 0 for a point; "
        "a lower bound of the error, for the places are approximate (約略地點)",
        "m",
        0,
    ),
    "spell_id": Column(pl.Int64, "number of the spell within the table", "", 0),
    "asked_on": Column(pl.Date, "day for which the first rent of the spell is known to be asked"),
    "last_rent_twd_month": Column(pl.Float64, "rent in the last file of the spell", "NTD/month", 1),
    "n_rent_changes": Column(pl.Int32, "files whose rent differs from the file before", "", 0),
    "n_snapshots": Column(pl.Int32, "months of files the listing was seen in", "", 1),
    "n_listings": Column(pl.Int32, "source rows of the spell", "", 1),
    "gone_by": Column(
        pl.Date,
        "first month of files of its county in which a listing without a told end no longer "
        "stands: it ended between last_seen and then",
    ),
    "is_right_censored": Column(
        pl.Boolean, "still offered in the last month of files of its county: its end is not known"
    ),
}

_SOURCE: Final = ("source_file", "source_line")
_PLACE: Final = ("town_code", "county_code", "longitude", "latitude", "place_precision")
_DWELLING: Final = (
    "dwelling_kind",
    "building_type",
    "floor_area_m2",
    "floor",
    "storeys",
    "is_rooftop",
    "has_furniture",
    "has_parking",
    "is_parking_fee_extra",
    "is_management_fee_extra",
)

TABLES: Final[tuple[Table, ...]] = (
    Table(
        "g0v__listings",
        (
            "listing_id",
            "last_listing_id",
            "listing_form",
            "snapshot",
            "platform",
            *_PLACE,
            "place_box_m",
            "first_seen",
            "last_seen",
            "listing_status",
            "has_dealt",
            "let_date",
            "rent_twd_month",
            "rent_twd_m2_month",
            *_DWELLING,
            "management_fee_twd_month",
            "parking_fee_twd_month",
            "extra_fees",
            "deposit_type",
            "deposit_months",
            "deposit_twd",
            "n_bedrooms",
            "n_bathrooms",
            "n_living_rooms",
            "n_balconies",
            "n_duplicate",
            "flags",
            *_SOURCE,
        ),
        (
            "listing_id",
            "last_listing_id",
            "listing_form",
            "snapshot",
            "first_seen",
            "last_seen",
            "n_duplicate",
            "flags",
            *_SOURCE,
        ),
        _SOURCE,
        repeats=(
            "listing_form",
            "snapshot",
            "listing_id",
            "last_listing_id",
            "first_seen",
            "last_seen",
            "town_code",
            "dwelling_kind",
            "floor",
            "floor_area_m2",
            "rent_twd_month",
        ),
    ),
    Table(
        "g0v__listing_spells",
        (
            "spell_id",
            "platform",
            "town_code",
            "county_code",
            "place_precision",
            "first_seen",
            "asked_on",
            "last_seen",
            "listing_status",
            "has_dealt",
            "let_date",
            "gone_by",
            "is_right_censored",
            "rent_twd_month",
            "rent_twd_m2_month",
            "last_rent_twd_month",
            "n_rent_changes",
            "n_snapshots",
            "n_listings",
            "n_duplicate",
            *_DWELLING,
            "flags",
            *_SOURCE,
        ),
        (
            "spell_id",
            "first_seen",
            "asked_on",
            "last_seen",
            "is_right_censored",
            "n_snapshots",
            "n_listings",
            "flags",
            *_SOURCE,
        ),
        ("spell_id",),
        layer="mart",
    ),
)
