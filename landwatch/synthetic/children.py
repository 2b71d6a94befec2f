"""Child tables of the register: parcels, building parts and parking places of each deal."""

from typing import Final

import polars as pl

from landwatch.synthetic.eras import Era

LAND_OLD: Final = "編號,土地區段位置,土地移轉面積平方公尺,使用分區或編定"
LAND_NEW: Final = (
    "編號,土地位置,土地移轉面積(平方公尺),使用分區或編定,"
    "權利人持分分母,權利人持分分子,移轉情形,地號"
)
BUILD: Final = "編號,屋齡,建物移轉面積平方公尺,主要用途,主要建材,建築完成日期,總層數,建物分層"
PARK_OLD: Final = "編號,車位類別,車位價格,車位面積平方公尺"
PARK_NEW: Final = f"{PARK_OLD},車位所在樓層"

_ENGLISH: Final = {
    LAND_OLD: "The serial number,land sector position,land shifting area square meter,"
    "the use zoning or compiles and checks",
    LAND_NEW: "The serial number, land position,land shifting area square meter,"
    "the use zoning or compiles and checks,,,,land parcel",
    BUILD: "The serial number,room age,building shifting area square meter,the main use,"
    "main building materials,construction completes the date,total layer,building lamination",
    PARK_OLD: "Serial number,berth category,berth price,berth area square meter",
    PARK_NEW: "Serial number,berth category,berth price,berth area square meter,",
}


def child_tables(rows: pl.DataFrame, era: Era) -> dict[str, str]:
    """Return the child tables of some sales as text.

    Parameters
    ----------
    rows : polars.DataFrame
        From `landwatch.synthetic.rows.register_rows`.
    era : Era
        How to publish.

    Returns
    -------
    dict of str to str
        ``land``, ``build`` and ``park``: one parcel a deal, one part a building, one place a
        parking deal.
    """
    land_header, park_header = (LAND_NEW, PARK_NEW) if era.is_exact else (LAND_OLD, PARK_OLD)
    built = rows.filter("is_building")
    parked = rows.filter(pl.col("parking_type") != "")
    return {
        "land": _text(rows, land_header, _land(exact=era.is_exact), era),
        "build": _text(built, BUILD, _build(), era),
        "park": _text(parked, park_header, _park(exact=era.is_exact), era),
    }


def _text(rows: pl.DataFrame, header: str, columns: list[pl.Expr], era: Era) -> str:
    lines = rows.select(pl.concat_str(columns, separator=",")).to_series().to_list()
    head = [header, _ENGLISH[header]] if era.is_modern else [header]
    return era.line_end.join([*head, *lines, ""])


def _land(*, exact: bool) -> list[pl.Expr]:
    use = (
        pl.when(pl.col("urban_zoning") != "")
        .then(pl.concat_str(pl.lit("都市："), "urban_zoning"))
        .otherwise(
            pl.concat_str(
                pl.lit("非都市："), "rural_zoning", pl.lit(" ; 非都市編定："), "rural_use"
            )
        )
    )
    columns = [pl.col("deal_id"), pl.col("section"), pl.col("land_area_m2"), use]
    if exact:
        lot = pl.col("number").cast(pl.String).str.pad_start(4, "0")
        columns += [
            pl.lit("1"),
            pl.lit("1"),
            pl.lit("全筆移轉"),
            pl.concat_str(lot, pl.lit("0000")),
        ]
    return columns


def _build() -> list[pl.Expr]:
    done = pl.col("completion_date")
    parts = [done.str.slice(*at).cast(pl.Int64).cast(pl.String) for at in ((0, 3), (3, 2), (5, 2))]
    year, month, day = parts
    return [
        pl.col("deal_id"),
        pl.col("age_years").cast(pl.String),
        pl.col("building_area_m2"),
        pl.col("main_use"),
        pl.col("material"),
        pl.concat_str(year, pl.lit("年"), month, pl.lit("月"), day, pl.lit("日")),
        pl.col("storeys"),
        pl.when(pl.col("floor") == "全").then(pl.lit("一層 二層")).otherwise("floor"),
    ]


def _park(*, exact: bool) -> list[pl.Expr]:
    names = ["deal_id", "parking_type", "parking_price_twd", "parking_area_m2"]
    return [*map(pl.col, names), *([pl.lit("地下一樓")] if exact else [])]
