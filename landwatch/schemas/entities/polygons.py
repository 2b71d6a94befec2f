"""Zoning, user layers, villages."""

from typing import Final

import polars as pl

from landwatch.schemas.definitions import Column, Table
from landwatch.vocabulary.zoning import ZONING_CLASSES

COLUMNS: Final[dict[str, Column]] = {
    "plan_code": Column(pl.String, "計畫區代碼: county letter and four digits"),
    "plan_name": Column(pl.String, "計畫區名稱"),
    "plan_case": Column(pl.String, "計畫案名稱: the decision the polygon was drawn by"),
    "zone_use": Column(pl.String, "使用分區, as the plan names it"),
    "use_code": Column(pl.String, "分區代碼"),
    "use_group": Column(pl.String, "分區類別"),
    "zoning_class": Column(
        pl.String, "class of the zone; missing where no rule knows it", allowed=ZONING_CLASSES
    ),
    "building_coverage_share": Column(pl.Float64, "建蔽率", "share", 0, 1),
    "floor_area_ratio": Column(pl.Float64, "容積率", "floor area per site area", 0, 20),
    "covered_class": Column(
        pl.String,
        "class of zone; unknown where no rule knows it; all for the urban plan as a whole",
        allowed=(*ZONING_CLASSES, "unknown", "all"),
    ),
    "layer_name": Column(pl.String, "title the study gives a layer"),
    "category": Column(pl.String, "category of a feature, as its publisher or the study names it"),
    "effective_date": Column(pl.Date, "day a feature applies from; missing where none is told"),
    "geometry_kind": Column(pl.String, "what a feature is", allowed=("point", "line", "polygon")),
    "area_m2": Column(pl.Float64, "area in the plane of `crs`; 0 for points and lines", "m²", 0),
    "length_m": Column(pl.Float64, "length in the plane of `crs`; 0 for others than lines", "m", 0),
    "repair_share": Column(
        pl.Float64, "area (length) changed by repairing rings that cross themselves", "share", 0, 1
    ),
    "geometry": Column(pl.Binary, "shape as WKB, east before north"),
    "covered_area_m2": Column(pl.Float64, "area covered, overlaps counted once", "m²", 0),
    "covered_share": Column(pl.Float64, "the same as a share of the zone's area", "share", 0, 1),
    "length_in_zone_m": Column(pl.Float64, "length of lines inside the zone", "m", 0),
    "n_features": Column(pl.Int64, "features whose inner point lies in the zone", "", 0),
    "n_polygons": Column(pl.Int64, "polygons that reach into the zone", "", 0),
    "n_plans_read": Column(pl.Int64, "plans of the zone's counties with polygons", "", 0),
    "n_plans_known": Column(pl.Int64, "plans of the zone's counties that exist", "", 0),
    "first_effective": Column(pl.Date, "earliest day a feature in the zone applies from"),
    "last_effective": Column(pl.Date, "latest day a feature in the zone applies from"),
}

_SOURCE: Final = ("source_file", "source_line")
_SHAPE: Final = ("geometry", "crs", "repair_share")

TABLES: Final = (
    Table(
        "zoning__polygons",
        (
            "plan_code",
            "plan_name",
            "plan_case",
            "county_code",
            "zone_use",
            "use_code",
            "use_group",
            "zoning_class",
            "building_coverage_share",
            "floor_area_ratio",
            "area_m2",
            *_SHAPE,
            "flags",
            *_SOURCE,
        ),
        ("plan_code", "county_code", "area_m2", *_SHAPE, *_SOURCE),
        _SOURCE,
        repeats=("plan_code", "zone_use", "use_code", "geometry"),
    ),
    Table(
        "zoning__plans",
        ("plan_code", "plan_name", "county_code", *_SOURCE),
        ("plan_code", "county_code", *_SOURCE),
        ("plan_code",),
        repeats=("plan_code",),
    ),
    Table(
        "layers__features",
        (
            "layer_name",
            "category",
            "effective_date",
            "geometry_kind",
            "area_m2",
            "length_m",
            *_SHAPE,
            "flags",
            *_SOURCE,
        ),
        ("layer_name", "geometry_kind", "area_m2", "length_m", *_SHAPE, *_SOURCE),
        _SOURCE,
        repeats=("layer_name", "category", "effective_date", "geometry"),
    ),
    Table(
        "zoning_shares",
        (
            "zone_id",
            "covered_class",
            "covered_area_m2",
            "covered_share",
            "n_polygons",
            "n_plans_read",
            "n_plans_known",
            "status",
        ),
        ("zone_id", "covered_class", "n_polygons", "status"),
        ("zone_id", "covered_class"),
        layer="mart",
    ),
    Table(
        "layer_shares",
        (
            "zone_id",
            "layer_name",
            "category",
            "covered_area_m2",
            "covered_share",
            "length_in_zone_m",
            "n_features",
            "first_effective",
            "last_effective",
        ),
        ("zone_id", "layer_name", "covered_area_m2", "covered_share", "n_features"),
        ("zone_id", "layer_name", "category"),
        layer="mart",
    ),
)
