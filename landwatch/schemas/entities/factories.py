"""Suspected factories on farmland, what became of them, and the registered ones beside them."""

from typing import Final

import polars as pl

from landwatch.schemas.definitions import Column, Table
from landwatch.vocabulary.factories import EVIDENCE_KINDS

COLUMNS: Final[dict[str, Column]] = {
    "site_id": Column(pl.String, "publisher and its own key of the site, or one made of the place"),
    "evidence_kind": Column(pl.String, "how the site came to notice", allowed=EVIDENCE_KINDS),
    "section_name": Column(pl.String, "段 and 小段, without number"),
    "parcel_count": Column(pl.Int32, "地號 named for the site, in its first section", "", 1),
    "parcel_keys": Column(
        pl.String,
        "one-way keys of the named 地號, joined by ;: the same 地號 has the same key in every "
        "source. For matching only: who tries every number can undo them",
    ),
    "parcel_area_m2": Column(
        pl.Float64, "面積 of the land parcel, not of the building on it", "m²", 0
    ),
    "first_seen_precision": Column(
        pl.String,
        "what first_seen is the first day of; issue: a year whose issue number is known",
        allowed=("month", "issue", "year"),
    ),
    "issue": Column(pl.Int32, "issue of the change survey within its year", "", 1, 12),
    "last_status": Column(pl.String, "steps known last, joined by ;, see vocabulary.factories"),
    "ruling": Column(
        pl.String,
        "what the authority, or the reviewers of a civic report, found",
        allowed=("legal", "violation", "known_works", "not_pursued"),
    ),
    "is_suspected": Column(
        pl.Boolean, "疑似: reported as a factory or unlawful building, and not cleared since"
    ),
    "change_type": Column(pl.String, "變異類型, as written"),
    "list_number": Column(pl.Int32, "編號 of the entry in the month's list", "", 1),
    "enforcement_steps": Column(pl.String, "市縣政府查處情形, closed words joined by ;"),
    "registration_id": Column(pl.String, "工廠登記編號"),
    "registration_status": Column(pl.String, "工廠登記狀態, as written"),
    "registered_date": Column(pl.Date, "工廠登記核准日期, else 工廠設立核准日期"),
    "industry_codes": Column(pl.String, "產業類別, two-digit codes joined by ;"),
    "section_code": Column(pl.String, "段代碼, 4 digits, unique within a land office"),
    "office_code": Column(pl.String, "地政事務所代碼"),
}

_SOURCE: Final = ("source_file", "source_line")

TABLES: Final = (
    Table(
        "factories__sites",
        (
            "site_id",
            "publisher",
            "evidence_kind",
            "county_code",
            "town_code",
            "section_name",
            "masked_address",
            "location_id",
            "parcel_count",
            "parcel_keys",
            "longitude",
            "latitude",
            "place_precision",
            "parcel_area_m2",
            "rural_zoning",
            "rural_use",
            "first_seen",
            "first_seen_precision",
            "issue",
            "last_seen",
            "last_status",
            "ruling",
            "change_type",
            "is_suspected",
            "flags",
            *_SOURCE,
        ),
        ("site_id", "publisher", "evidence_kind", "is_suspected", "flags", *_SOURCE),
        ("site_id",),
        repeats=("site_id",),
    ),
    Table(
        "factories__status_months",
        ("site_id", "month", "list_number", "enforcement_steps", "flags", *_SOURCE),
        ("site_id", "month", "list_number", "enforcement_steps", "flags", *_SOURCE),
        ("site_id", "month", "list_number"),
        repeats=("site_id", "month", "list_number"),
    ),
    Table(
        "factories__registered",
        (
            "registration_id",
            "county_code",
            "town_code",
            "village_name",
            "masked_address",
            "location_id",
            "place_precision",
            "registration_status",
            "registered_date",
            "closed_date",
            "industry_codes",
            *_SOURCE,
        ),
        ("registration_id", "registration_status", *_SOURCE),
        ("registration_id",),
        repeats=("registration_id",),
    ),
    Table(
        "factories__land_sections",
        ("office_code", "section_code", "section_name", "county_code", "town_code", *_SOURCE),
        ("office_code", "section_code", "section_name", "county_code", *_SOURCE),
        _SOURCE,
        repeats=("office_code", "section_code", "section_name", "county_code", "town_code"),
    ),
)
