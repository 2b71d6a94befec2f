"""The public query service: located sales of some towns, one JSON list a township."""

from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from landwatch.synthetic.archives import write_zip
from landwatch.synthetic.rows import BUILDINGS, LAND_USES, floor, in_ping, note, rooms, target
from landwatch.synthetic.wording import STOREYS
from landwatch.synthetic.world import World
from landwatch.vocabulary.lvr import QUERY_FIELDS

TOWN_STEP: Final = 2
"""Every second town has its replies."""

SHARE_LOCATED: Final = 0.9
"""Share of a covered town's sound deals that the service knows."""

_KEY_STEP: Final = 48_271
_KEY_SPAN: Final = 2_147_483_647


def write_query(directory: Path, world: World, sales: pl.DataFrame) -> tuple[Path, ...]:
    """Write the replies of the query service.

    Parameters
    ----------
    directory : pathlib.Path
        Where the zips go.
    world : World
        The world.
    sales : polars.DataFrame
        From `landwatch.synthetic.rows.identified`; deals with a fault are left out.

    Returns
    -------
    tuple of pathlib.Path
        One zip per county, named after it.
    """
    rng = np.random.default_rng(np.random.SeedSequence([world.seed, TOWN_STEP]))
    known = pl.Series("is_known", rng.random(sales.height) < SHARE_LOCATED)
    covered = (pl.col("town") % TOWN_STEP == 0) & (pl.col("fault") == "")
    located = sales.with_columns(known).filter(pl.col("is_known") & covered)
    paths = []
    for (county,), deals in sorted(located.partition_by("county_name", as_dict=True).items()):
        towns = sorted(deals.partition_by("town_name", as_dict=True).items())
        members = {f"{town}.json": reply(rows) for (town,), rows in towns}
        paths.append(write_zip(directory / f"{county}.zip", members))
    return tuple(paths)


def reply(deals: pl.DataFrame) -> bytes:
    """Return one township's list, newest deal first.

    Parameters
    ----------
    deals : polars.DataFrame
        Sales of one township.

    Returns
    -------
    bytes
        A JSON list of objects with exactly the fields of the service.
    """
    storeys = pl.col("class_name").replace_strict(
        {k: v[1] for k, v in BUILDINGS.items()}, default=None, return_dtype=pl.Int64
    )
    rows = deals.sort(["deal_date", "serial"], descending=True).with_columns(
        storeys.alias("storeys_count")
    )
    fields = {f: pl.lit("") for f in QUERY_FIELDS} | _facts() | _prices()
    rows = rows.with_row_index("position")
    return rows.select(e.alias(f) for f, e in fields.items()).write_json().encode()


def _facts() -> dict[str, pl.Expr]:
    built = pl.col("is_building")
    storeys = pl.lit(pl.Series(STOREYS)).gather((pl.col("storeys_count") - 1).fill_null(0))
    parked = pl.col("parking_area_m2") > 0
    year = (pl.col("deal_date").dt.year() - 1911).cast(pl.String)
    layout = pl.concat_str(
        rooms(), pl.lit("房"), rooms().clip(0, 2), pl.lit("廳"), rooms().clip(0, 3), pl.lit("衛")
    )
    key = pl.col("serial").cast(pl.Int64) * _KEY_STEP % _KEY_SPAN

    def _built(text: pl.Expr) -> pl.Expr:
        return pl.when(built).then(text).otherwise(pl.lit(""))

    return {
        "AA11": _of_class(0, LAND_USES, "住"),
        "AA12": _of_class(2, LAND_USES, ""),
        "a": pl.col("address_query"),
        "b": _of_class(0, BUILDINGS, ""),
        "city": pl.col("county_id"),
        "e": pl.concat_str(year, pl.lit("/"), pl.col("deal_date").dt.strftime("%m/%d")),
        "el": _of_class(4, BUILDINGS, "無"),
        "f": _built(pl.concat_str(floor(), pl.lit("/"), storeys)),
        "fi": pl.lit("0"),
        "g": _built(pl.col("age_years").cast(pl.String)),
        "id": pl.col("position").cast(pl.String),
        "j": pl.lit("1"),
        "k": built.cast(pl.Int64).cast(pl.String),
        "l": parked.cast(pl.Int64).cast(pl.String),
        "lat": pl.col("latitude"),
        "lon": pl.col("longitude"),
        "m": _of_class(4, BUILDINGS, "無"),
        "note": note().str.replace_all("；", ";"),
        "parkmain": pl.lit("N"),
        "pimg": pl.when(built).then(pl.lit("bt_02.png")).otherwise(pl.lit("bt_A.png")),
        "pu": _of_class(3, BUILDINGS, ""),
        "punit": pl.lit("1"),
        "r": (pl.col("number") % 90 + 8).cast(pl.Int64),
        "sq": pl.concat_str(
            pl.col("county_id"), key.cast(pl.String).str.pad_start(42, "0"), pl.lit("=")
        ),
        "t": target(),
        "town": pl.col("town_id"),
        "tunit": pl.lit("1"),
        "type": pl.lit("Biz"),
        "unit": pl.lit("2"),
        "v": _built(layout),
    }


def _prices() -> dict[str, pl.Expr]:
    built = pl.col("is_building")
    area = in_ping(pl.when(built).then("building_m2").otherwise("land_m2"))
    separated = pl.col("stated_parking_twd") > 0
    parking = pl.when(separated).then("parking_area_m2").otherwise(0.0)
    net = (pl.col("total_price_twd") - pl.col("stated_parking_twd")) / (area - in_ping(parking))
    whole = pl.col("class_name") == "town_house"
    hundredths = (area * 100).round().cast(pl.Int64)
    return {
        "cp": pl.when(separated)
        .then((pl.col("stated_parking_twd") // 10_000).cast(pl.String))
        .otherwise(pl.lit("")),
        "msg": pl.when(separated)
        .then(pl.lit("(總價-車位總價)/(總面積-車位總面積)"))
        .otherwise(pl.lit("總價/總面積")),
        "p": pl.when(whole).then(pl.lit("")).otherwise(_grouped(net.floor().cast(pl.Int64))),
        "s": pl.concat_str(
            _grouped(hundredths // 100),
            pl.lit("."),
            (hundredths % 100).cast(pl.String).str.pad_start(2, "0"),
        ),
        "tp": _grouped(pl.col("total_price_twd")),
    }


def _of_class(
    position: int,
    table: dict[str, tuple[str, str, str]] | dict[str, tuple[str, int, float, str, str]],
    otherwise: str,
) -> pl.Expr:
    names = {k: str(v[position]) for k, v in table.items()}
    found = pl.col("class_name").replace_strict(names, default=None, return_dtype=pl.String)
    return pl.coalesce(found, pl.lit(otherwise))


def _grouped(number: pl.Expr) -> pl.Expr:
    text, steps = number.cast(pl.String), range(4)
    for _ in steps:
        text = text.str.replace(r"^(\d+)(\d{3})(,|$)", "$1,$2$3")
    return text
