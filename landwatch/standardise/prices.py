"""Price per area with parking taken off, and the kind of property the price is for."""

from typing import Final

import polars as pl

from landwatch.vocabulary.units import BUILDABLE_USES, FARMLAND_USES

BUILDING_KINDS: Final = {
    "透天厝": "house",
    "農舍": "farmhouse",
    "公寓": "apartment",
    "華廈": "apartment",
    "住宅大樓": "apartment",
    "套房": "apartment",
    "店面": "shop",
    "辦公商業大樓": "office",
    "工廠": "industrial",
    "廠辦": "industrial",
    "倉庫": "industrial",
    "其他": "other_building",
    "": "other_building",
}
"""建物型態, up to its bracket, to kind of property."""

WITH_PARKING: Final = ("land_building_parking", "building_parking")
MIN_REMAINING_M2: Final = 1.0
"""Where less than this is left after parking, no unit price is made, as in the register."""


def property_kind() -> pl.Expr:
    """Return the kind of property of each deal.

    Farmland is 農牧用地 by 使用編定; building land is 甲乙丙丁種建築用地 or urban land zoned
    residential, commercial or industrial; all other bare land is ``other_land``.

    Returns
    -------
    polars.Expr
        Needs ``target, rural_use, urban_zoning, building_type``.
    """
    zoning = pl.col("urban_zoning").fill_null("")
    urban_building = zoning.str.contains(r"^[住商工]|住宅區|商業區|工業區")
    use = pl.col("rural_use")
    building = pl.col("building_type").fill_null("").str.extract(r"^([^(（]*)", 1)
    return (
        pl.when(pl.col("target") == "parking")
        .then(pl.lit("parking"))
        .when(pl.col("target") != "land")
        .then(building.replace_strict(BUILDING_KINDS, default="other_building"))
        .when(use.is_in(FARMLAND_USES))
        .then(pl.lit("farmland"))
        .when(use.is_in(BUILDABLE_USES) | urban_building)
        .then(pl.lit("building_land"))
        .otherwise(pl.lit("other_land"))
    )


def priced_area_m2() -> pl.Expr:
    """Return the area the total price is for: the building's, or the land's for bare land.

    Returns
    -------
    polars.Expr
        [m²]; needs ``target, land_area_m2, building_area_m2, parking_area_m2``.
    """
    return (
        pl.when(pl.col("target") == "land")
        .then(pl.col("land_area_m2"))
        .when(pl.col("target") == "parking")
        .then(pl.col("parking_area_m2"))
        .otherwise(pl.col("building_area_m2"))
    )


def unit_price(total: str) -> tuple[pl.Expr, pl.Expr]:
    """Return the unit price and how it was made.

    With parking in the deal, (total − parking) / (area − parking), and only where price and area
    of the parking are both known; else the register's own unit price where it says that it took
    parking off; else the deal is not separable and has no unit price.

    Parameters
    ----------
    total : str
        Column of the total, ``price_twd`` or ``rent_twd_month``.

    Returns
    -------
    tuple of polars.Expr
        Unit price [NTD/m²] and ``unit_price_basis``. Needs also ``is_separated_by_register`` and
        ``stated_unit_price_twd_m2``.
    """
    area, parking = priced_area_m2(), pl.col("parking_area_m2")
    place = pl.col("parking_price_twd")
    has_parking = pl.col("target").is_in(WITH_PARKING) | (
        (pl.col("target") != "parking") & ((place > 0) | (parking > 0)).fill_null(False)
    )
    separable = (place > 0) & (parking > 0) & (area - parking >= MIN_REMAINING_M2)
    separable = separable & (place < pl.col(total))
    stated = pl.col("is_separated_by_register") & (pl.col("stated_unit_price_twd_m2") > 0)
    basis = (
        pl.when(~has_parking & (area > 0))
        .then(pl.lit("total_over_area"))
        .when(has_parking & separable)
        .then(pl.lit("parking_taken_off"))
        .when(has_parking & stated)
        .then(pl.lit("stated_by_register"))
        .otherwise(pl.lit("not_separable"))
    )
    price = (
        pl.when(basis == "total_over_area")
        .then(pl.col(total) / area)
        .when(basis == "parking_taken_off")
        .then((pl.col(total) - place) / (area - parking))
        .when(basis == "stated_by_register")
        .then(pl.col("stated_unit_price_twd_m2"))
    )
    return price, basis
