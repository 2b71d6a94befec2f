"""Columns that tables of several topics share."""

from typing import Final

import polars as pl

from landwatch.schemas.definitions import Column

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

PLACE_LEVELS: Final = (
    "point",
    "number_range",
    "near_numbers",
    "lane",
    "section",
    "road",
    "village",
    "town",
    "county",
)

LOG: Final = "log points; per year for population, income, births"

COLUMNS: Final[dict[str, Column]] = {
    "outcome": Column(pl.String, "what was measured, such as land_price"),
    "estimate_log": Column(
        pl.Float64,
        "effect: difference from the controls; of a composition row in standard deviations, of "
        "Moran's I the coefficient; missing where not estimable",
        LOG,
    ),
    "std_error": Column(pl.Float64, "standard error of the estimate", LOG, 0),
    "ci_low": Column(pl.Float64, "lower end of the 95 % interval", LOG),
    "ci_high": Column(pl.Float64, "upper end of the 95 % interval", LOG),
    "p_value": Column(pl.Float64, "two-sided p-value", "", 0, 1),
    "n_obs": Column(pl.Int64, "rows that took part: deals or town-years", "", 0),
    "n_control_units": Column(pl.Int64, "never-treated towns compared with", "", 0),
    "controls": Column(
        pl.String, "never-treated towns compared with: their codes, or the name of the choice"
    ),
    "notes": Column(pl.String, "conventions, counts, or why there is no number"),
    "zone_name": Column(pl.String, "name of a zone of the study"),
    "status": Column(
        pl.String,
        "whether the row's numbers may be used: shown or estimated; suppressed (too few rows to "
        "publish), no_data (no source covers the area), insufficient_data: why",
    ),
    "publisher": Column(pl.String, "lvr (season files) or lvr_query (query service)"),
    "town_code": Column(
        pl.String, "鄉鎮市區 code, 8 digits; missing where only the county is told"
    ),
    "county_code": Column(pl.String, "縣市 code, 5 digits"),
    "rent_twd_month": Column(pl.Float64, "租金總額", "NTD per month", 1, 1e11),
    "property_kind": Column(pl.String, "kind of property by use", allowed=PROPERTY_KINDS),
    "land_area_m2": Column(pl.Float64, "土地移轉總面積", "m²", 0),
    "building_area_m2": Column(pl.Float64, "建物移轉總面積", "m²", 0),
    "rent_twd_m2_month": Column(pl.Float64, "rent per area, parking taken off", "NTD/m²/month", 0),
    "urban_zoning": Column(pl.String, "都市土地使用分區"),
    "rural_zoning": Column(pl.String, "非都市土地使用分區"),
    "rural_use": Column(pl.String, "非都市土地使用編定"),
    "building_type": Column(pl.String, "建物型態"),
    "storeys": Column(pl.Int32, "總樓層數", "storeys", 1, 150),
    "floor": Column(pl.String, "移轉層次, as written"),
    "flags": Column(pl.String, "doubts about the row, joined by ;"),
    "masked_address": Column(pl.String, "段 or road with number masked to 30s as the register did"),
    "location_id": Column(pl.String, "town code and 段 or road: the finest place without number"),
    "is_exact_address": Column(pl.Boolean, "the source printed the exact number"),
    "longitude": Column(pl.Float64, "WGS84", "degree", 114, 123),
    "latitude": Column(pl.Float64, "WGS84", "degree", 10, 27),
    "place_precision": Column(
        pl.String, "how finely the source itself places the row", allowed=PLACE_LEVELS
    ),
    "month": Column(pl.Date, "first day of the month"),
    "year": Column(pl.Int32, "calendar or tax year", "year", 1895, 2100),
    "village_name": Column(pl.String, "村里"),
    "closed_date": Column(
        pl.Date, "day a business or registration ended: 停業, 歇業 or 廢止, the earliest told"
    ),
    "first_seen": Column(pl.Date, "first day or file that tells of the listing, site or occupant"),
    "last_seen": Column(
        pl.Date,
        "last day or file that tells of the listing, site or occupant, a lower bound; of listings "
        "the latest of those put together. Day in Taipei",
    ),
    "crs": Column(pl.String, "coordinate system of the geometry or raster, an EPSG code"),
    "source_file": Column(pl.String, "published file"),
    "source_line": Column(pl.Int64, "line in the file, or element of a JSON list", "", 1),
}
