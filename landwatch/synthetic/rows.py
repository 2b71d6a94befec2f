"""Deals worded as rows of the register: every official column, as text."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from landwatch.synthetic.wording import STOREYS, deal_id, roc_digits, season
from landwatch.vocabulary.units import M2_PER_PING

LAND_USES: Final = {
    "residential": ("住", "", ""),
    "commercial": ("商", "", ""),
    "building_a": ("", "特定農業區", "甲種建築用地"),
    "building_b": ("", "鄉村區", "乙種建築用地"),
    "building_c": ("", "山坡地保育區", "丙種建築用地"),
    "forest": ("", "山坡地保育區", "林業用地"),
    "special_farm": ("", "特定農業區", "農牧用地"),
    "general_farm": ("", "一般農業區", "農牧用地"),
    "slope": ("", "山坡地保育區", "農牧用地"),
}
"""Zoning (urban, rural) and use of a class of land."""

BUILDINGS: Final = {
    "town_house": ("透天厝", 3, 0.60, "住家用", "無"),
    "walk_up": ("公寓(5樓含以下無電梯)", 5, 0.25, "住家用", "無"),
    "mid_rise": ("華廈(10層含以下有電梯)", 8, 0.18, "住家用", "有"),
    "high_rise": ("住宅大樓(11層含以上有電梯)", 12, 0.12, "住家用", "有"),
    "shop": ("店面(店鋪)", 4, 0.45, "商業用", "無"),
}
"""Type, storeys, land area per building area, main use and lift of a class of building."""

RELATED_NOTE: Final = "親友、員工、共有人或其他特殊關係間之交易；"
EXTENSION_NOTE: Final = "含增建或未登記建物。"


def identified(deals: pl.DataFrame, register: str) -> pl.DataFrame:
    """Give deals what the register itself adds: identity, season, totals and unit price.

    Parameters
    ----------
    deals : polars.DataFrame
        From `addressed`.
    register : str
        ``A`` for sales, ``C`` for rentals.

    Returns
    -------
    polars.DataFrame
        With ``deal_id``, ``season``, ``land_m2``, ``building_m2`` (parking inside),
        ``total_price_twd``, ``stated_parking_twd`` and ``unit_price_twd_m2`` (missing where the
        area is 0).
    """
    rounding = 100 if register == "C" else 1000
    is_building = pl.col("kind").is_in(["house", "rental"])
    ratio = _looked_up("class_name", {k: v[2] for k, v in BUILDINGS.items()}, pl.Float64)
    price = (pl.col("log_price").exp() * pl.col("area_m2") / rounding).round() * rounding
    parking = pl.col("parking_price_twd")
    stated = pl.when("is_parking_stated").then(parking).otherwise(0)
    area = pl.when(is_building).then("building_m2").otherwise("land_m2")
    parking_area = pl.when(pl.col("stated_parking_twd") > 0).then("parking_area_m2").otherwise(0.0)
    net = (pl.col("total_price_twd") - pl.col("stated_parking_twd")) / (area - parking_area)
    return deals.with_columns(
        deal_id(pl.col("serial"), pl.col("county_id"), register).alias("deal_id"),
        season(pl.col("registered_date")).alias("season"),
        is_building.alias("is_building"),
        pl.when(is_building)
        .then((pl.col("area_m2") * ratio).round(2))
        .otherwise("area_m2")
        .alias("land_m2"),
        pl.when(is_building)
        .then((pl.col("area_m2") + pl.col("parking_area_m2")).round(2))
        .otherwise(0.0)
        .alias("building_m2"),
        (price.cast(pl.Int64).clip(lower_bound=rounding) + parking).alias("total_price_twd"),
        stated.cast(pl.Int64).alias("stated_parking_twd"),
    ).with_columns(net.floor().cast(pl.Int64).alias("unit_price_twd_m2"))


def in_ping(area_m2: pl.Expr) -> pl.Expr:
    """Return areas in 坪, unrounded.

    Parameters
    ----------
    area_m2 : polars.Expr
        Areas [m²].

    Returns
    -------
    polars.Expr
        Areas [坪].
    """
    return area_m2 / M2_PER_PING


def _looked_up(column: str, table: Mapping[str, float | str], dtype: type[pl.DataType]) -> pl.Expr:
    return pl.col(column).replace_strict(table, default=None, return_dtype=dtype)


def _use(position: int) -> pl.Expr:
    land = _looked_up("class_name", {k: v[position] for k, v in LAND_USES.items()}, pl.String)
    return pl.coalesce(land, pl.lit("住" if position == 0 else ""))


def _building(position: int, otherwise: str) -> pl.Expr:
    table = {k: str(v[position]) for k, v in BUILDINGS.items()}
    return pl.coalesce(_looked_up("class_name", table, pl.String), pl.lit(otherwise))


def note() -> pl.Expr:
    """Return the remarks of deals.

    Returns
    -------
    polars.Expr
        Between relatives or not, then an extension to one house in twelve.
    """
    extended = pl.col("is_building") & (pl.col("number") % 12 == 0)
    return pl.concat_str(
        pl.when("is_related").then(pl.lit(RELATED_NOTE)).otherwise(pl.lit("")),
        pl.when(extended).then(pl.lit(EXTENSION_NOTE)).otherwise(pl.lit("")),
    )


def target() -> pl.Expr:
    """Return what changed hands, in the register's words.

    Returns
    -------
    polars.Expr
        土地, 房地(土地+建物) or 房地(土地+建物)+車位.
    """
    return (
        pl.when(~pl.col("is_building"))
        .then(pl.lit("土地"))
        .when(pl.col("parking_area_m2") > 0)
        .then(pl.lit("房地(土地+建物)+車位"))
        .otherwise(pl.lit("房地(土地+建物)"))
    )


def rooms() -> pl.Expr:
    """Return the number of bedrooms.

    Returns
    -------
    polars.Expr
        One per 35 m², 1 to 6; 0 for land.
    """
    counted = (pl.col("area_m2") / 35).ceil().clip(1, 6).cast(pl.Int64)
    return pl.when("is_building").then(counted).otherwise(0)


def floor() -> pl.Expr:
    """Return the floor sold.

    Returns
    -------
    polars.Expr
        全 for whole houses and shops, a floor for flats, empty for land.
    """
    level = pl.col("number") % pl.col("storeys_count")
    flat = pl.lit(pl.Series(STOREYS)).gather(level.fill_null(0))
    return (
        pl.when(~pl.col("is_building"))
        .then(pl.lit(""))
        .when(pl.col("class_name").is_in(["town_house", "shop"]))
        .then(pl.lit("全"))
        .otherwise(flat)
    )


def register_rows(deals: pl.DataFrame) -> pl.DataFrame:
    """Word deals in the official columns, with the planted faults in them.

    Parameters
    ----------
    deals : polars.DataFrame
        From `identified`.

    Returns
    -------
    polars.DataFrame
        The deals and, as text, one column per name in
        `landwatch.vocabulary.lvr.COLUMN_NAMES` that the headers up to 2022 use; ``address`` is
        left to the era.
    """
    storeys = _looked_up("class_name", {k: v[1] for k, v in BUILDINGS.items()}, pl.Int64)
    rows = deals.with_columns(storeys.alias("storeys_count"))
    rows = rows.with_columns(*_place_columns(), *_building_columns(), *_price_columns())
    return rows.with_columns(_faulty())


def _place_columns() -> list[pl.Expr]:
    old_spelling = pl.col("town_name").str.replace("臺", "台")
    halves = pl.when(pl.col("serial") % 2 == 0).then(old_spelling).otherwise("town_name")
    parking = (pl.col("parking_area_m2") > 0).cast(pl.Int64).cast(pl.String)
    counts = pl.concat_str(
        pl.lit("土地1建物"),
        pl.col("is_building").cast(pl.Int64).cast(pl.String),
        pl.lit("車位"),
        parking,
    )
    return [
        halves.alias("town_name"),
        target().alias("target"),
        _use(0).alias("urban_zoning"),
        _use(1).alias("rural_zoning"),
        _use(2).alias("rural_use"),
        roc_digits(pl.col("deal_date")).alias("deal_date_text"),
        counts.alias("object_counts"),
        note().alias("note"),
        pl.when(pl.col("number") % 25 == 0)
        .then(pl.lit("0001"))
        .otherwise(pl.lit(""))
        .alias("transfer_id"),
    ]


def _building_columns() -> list[pl.Expr]:
    built = pl.col("is_building")
    count = rooms()
    completed = pl.col("deal_date").dt.offset_by(
        pl.concat_str(pl.lit("-"), (pl.col("age_years") * 365 + 30).cast(pl.String), pl.lit("d"))
    )
    main = (pl.col("area_m2") * 0.85).round(2)
    storeys = pl.lit(pl.Series(STOREYS)).gather((pl.col("storeys_count") - 1).fill_null(0))
    rented = pl.col("storeys_count").cast(pl.String)
    text = {
        "floor": floor(),
        "storeys": pl.when(pl.col("kind") == "rental").then(rented).otherwise(storeys),
        "main_use": _building(3, ""),
        "material": pl.lit("鋼筋混凝土造"),
        "completion_date": roc_digits(completed),
    }
    sizes = {
        "main_building_area_m2": main,
        "auxiliary_area_m2": (pl.col("area_m2") * 0.05).round(2),
        "balcony_area_m2": (pl.col("area_m2") * 0.10).round(2),
    }
    return [
        _building(0, "其他").alias("building_type"),
        *(pl.when(built).then(e).otherwise(pl.lit("")).alias(n) for n, e in text.items()),
        *(pl.when(built).then(e).otherwise(0.0).cast(pl.String).alias(n) for n, e in sizes.items()),
        count.cast(pl.String).alias("rooms"),
        count.clip(0, 2).cast(pl.String).alias("living_rooms"),
        count.clip(0, 3).cast(pl.String).alias("bathrooms"),
        pl.lit("有").alias("is_partitioned"),
        _building(4, "無").alias("has_management"),
        _building(4, "無").alias("has_elevator"),
        pl.when(pl.col("number") % 3 == 0)
        .then(pl.lit("有"))
        .otherwise(pl.lit("無"))
        .alias("has_furniture"),
    ]


def _price_columns() -> list[pl.Expr]:
    parked = pl.col("parking_area_m2") > 0
    return [
        pl.col("land_m2").cast(pl.String).alias("land_area_m2"),
        pl.col("building_m2").cast(pl.String).alias("building_area_m2"),
        pl.col("total_price_twd").cast(pl.String).alias("total_price_text"),
        pl.col("unit_price_twd_m2").cast(pl.String).alias("stated_unit_price_twd_m2"),
        pl.when(parked).then(pl.lit("坡道平面")).otherwise(pl.lit("")).alias("parking_type"),
        pl.col("parking_area_m2").cast(pl.String).alias("parking_area_text"),
        pl.col("stated_parking_twd").cast(pl.String).alias("parking_price_text"),
    ]


def _faulty() -> list[pl.Expr]:
    digits, fault = pl.col("deal_date_text"), pl.col("fault")
    later = (digits.str.slice(0, 3).cast(pl.Int64) + 10).cast(pl.String)
    date = (
        pl.when(fault == "bad_date")
        .then(pl.concat_str(digits.str.slice(0, 3), pl.lit("0230")))
        .when(fault == "date_after_publication")
        .then(pl.concat_str(later, pl.lit("1104")))
        .otherwise(digits)
    )
    arealess, priceless = fault == "zero_area", fault == "nonpositive_price"
    return [
        date.alias("deal_date"),
        pl.when(arealess).then(pl.lit("0.0")).otherwise("land_area_m2").alias("land_area_m2"),
        pl.when(arealess)
        .then(pl.lit("0.0"))
        .otherwise("building_area_m2")
        .alias("building_area_m2"),
        pl.when(arealess | priceless)
        .then(pl.lit(""))
        .otherwise("stated_unit_price_twd_m2")
        .alias("stated_unit_price_twd_m2"),
        pl.when(priceless).then(pl.lit("0")).otherwise("total_price_text").alias("total_price_twd"),
        pl.col("parking_area_text").alias("parking_area_m2"),
        pl.col("parking_price_text").alias("parking_price_twd"),
        pl.when(fault == "field_count")
        .then(pl.concat_str(pl.col("note"), pl.lit("含增建,未辦登記")))
        .otherwise("note")
        .alias("note"),
    ]
