"""Shops and businesses: two files of the register, its companion, a chain's list, and the truth.

Every town has the same shops to begin with. Between the two files an invented chain takes over the
doors of `TAKEN_TREATED` independent shops in treated towns and of none or one elsewhere; two shops
are suspended, one opens at a new door. The later file writes the same doors another way.
"""

import json
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from landwatch.schemas.storage import write_csv
from landwatch.synthetic.archives import write_bytes, write_zip
from landwatch.synthetic.names import PLACES_PER_TOWN, VILLAGES
from landwatch.synthetic.wording import FULL_WIDTH, place_names
from landwatch.synthetic.world import World, located

FILE_DAYS: Final = ("10-DEC-17", "10-DEC-22")
"""Days of the two files as the register writes them, before and after the effective date."""

INDEPENDENT: Final = 18
CHAIN: Final = 6
OFFICES: Final = 6
"""Businesses of each town in the first file; the last two independents are suspended later."""

SUSPENDED: Final = 2
TAKEN_TREATED: Final = 4
CHAIN_NAME: Final = "示範超商"
HEAD_OFFICE: Final = 10_000_001
HEADER: Final = (
    "營業地址,統一編號,總機構統一編號,營業人名稱,資本額,設立日期,組織別名稱,使用統一發票,"
    "行業代號,名稱,行業代號1,名稱1,行業代號2,名稱2,行業代號3,名稱3"
)
_COLUMNS: Final = (
    "address",
    "tax_id",
    "head",
    "name",
    "capital",
    "day",
    "form",
    "invoice",
    "trade",
)
# kinds by number: independent, chain, office, chain that takes a door over, newcomer
_FORMS: Final = ("獨資", "本國公司之分公司", "有限公司", "本國公司之分公司", "獨資")
_TRADES: Final = (
    "472927,豆類製品零售",
    "471112,直營連鎖式便利商店",
    "702011,投資顧問",
    "471112,直營連鎖式便利商店",
    "561113,餐館",
)


def draw_shops(world: World) -> pl.DataFrame:
    """Draw every business of every town.

    Parameters
    ----------
    world : World
        The world.

    Returns
    -------
    polars.DataFrame
        ``town, kind, door, tax_id, is_first, is_second, is_suspended, across, up``: in which of the
        two files it stands; a taker has the door of the shop it follows.
    """
    rng = world.stream("shops")
    treated = world.towns["is_treated"].to_numpy()
    start = INDEPENDENT + CHAIN + OFFICES
    taken = np.where(treated, TAKEN_TREATED, rng.integers(0, 2, len(treated)))
    per_town = start + TAKEN_TREATED + 1
    town = np.repeat(np.arange(len(treated)), per_town)
    place = np.tile(np.arange(per_town), len(treated))
    kind = np.select(
        [place < INDEPENDENT, place < INDEPENDENT + CHAIN, place < start, place < per_town - 1],
        [0, 1, 2, 3],
        4,
    )
    taker = place - start
    door = np.where(kind == 3, taker, place)
    frame = pl.DataFrame(
        {
            "town": town,
            "kind": kind,
            "door": door,
            "is_first": kind <= 2,
            "is_second": ~(
                ((kind == 0) & (place < taken[town]))
                | ((kind == 0) & (place >= INDEPENDENT - SUSPENDED))
                | ((kind == 3) & (taker >= taken[town]))
            ),
            "is_suspended": (kind == 0) & (place >= INDEPENDENT - SUSPENDED),
            "across": rng.uniform(0.3, 0.7, len(town)),
            "up": rng.uniform(0.3, 0.7, len(town)),
        }
    ).filter(pl.col("is_first") | pl.col("is_second"))
    return frame.with_columns(pl.Series("tax_id", _serials(rng, frame.height)))


def _serials(rng: np.random.Generator, count: int) -> np.ndarray:
    """Eight-digit numbers, none twice."""
    steps = rng.integers(1, 400, count)
    return np.asarray(20_000_000 + np.cumsum(steps))


def displacement_truth(world: World) -> pl.DataFrame:
    """Return what happened to shops in every town.

    Parameters
    ----------
    world : World
        The world.

    Returns
    -------
    polars.DataFrame
        ``zone_id, replacements, exits_independent, chain_share_before, chain_share_after``.
    """
    shops = draw_shops(world)
    chain, front = pl.col("kind").is_in([1, 3]), pl.col("kind") != 2
    gone = (pl.col("kind") == 0) & ~pl.col("is_second")
    counts = shops.group_by("town", maintain_order=True).agg(
        (pl.col("kind") == 3).sum().alias("replacements"),
        gone.sum().alias("exits_independent"),
        (chain & pl.col("is_first"))
        .sum()
        .truediv((front & pl.col("is_first")).sum())
        .alias("chain_share_before"),
        (chain & pl.col("is_second"))
        .sum()
        .truediv((front & pl.col("is_second")).sum())
        .alias("chain_share_after"),
    )
    codes = world.towns.with_row_index("town").select(
        pl.col("town").cast(pl.Int64), pl.col("town_code").alias("zone_id")
    )
    return codes.join(counts, on="town", how="left", maintain_order="left").drop("town")


def write_shops(directory: Path, world: World) -> tuple[Path, ...]:
    """Write the list of the chain's stores.

    Parameters
    ----------
    directory : pathlib.Path
        Where the file goes.
    world : World
        The world.

    Returns
    -------
    tuple of pathlib.Path
        One JSON file; its telephone numbers must never be seen again.
    """
    rows = _worded(world).filter(pl.col("kind").is_in([1, 3]) & pl.col("is_second"))
    points = located(
        world, rows["town"].to_numpy(), rows["across"].to_numpy(), rows["up"].to_numpy()
    )
    stores = [
        {
            "pkeynew": str(number)[-6:],
            "Name": name,
            "Tel": f"00-{number}",
            "addr": address,
            "serid": str(number),
            "px_wgs84": f"{x:.6f}",
            "py_wgs84": f"{y:.6f}",
            "brand": CHAIN_NAME,
        }
        for number, name, address, (x, y) in zip(
            rows["tax_id"], rows["store"], rows["first_address"], points.tolist(), strict=True
        )
    ]
    content = json.dumps(stores, ensure_ascii=False, indent=1).encode()
    return (write_bytes(directory / "demo_stores.json", content),)


def write_businesses(directory: Path, world: World) -> tuple[Path, ...]:
    """Write two files of the register and the file of suspended businesses.

    Parameters
    ----------
    directory : pathlib.Path
        Where the zips go.
    world : World
        The world.

    Returns
    -------
    tuple of pathlib.Path
        Zips with ``BGMOPEN1.csv``, one a day, and with ``BGMOPEN1X.csv``.
    """
    rows = _worded(world)
    first = rows.filter("is_first").with_columns(pl.col("first_address").alias("address"))
    later = rows.with_columns(pl.col("later_address").alias("address"))
    second, suspended = later.filter("is_second"), later.filter("is_suspended")
    day = pl.lit("1100501").alias("suspended")
    members = {
        "BGMOPEN1_2017.zip": ("BGMOPEN1.csv", _csv(first, HEADER, FILE_DAYS[0])),
        "BGMOPEN1_2022.zip": ("BGMOPEN1.csv", _csv(second, HEADER, FILE_DAYS[1])),
        "BGMOPEN1X_2022.zip": (
            "BGMOPEN1X.csv",
            _csv(suspended.with_columns(day), f"{HEADER},停業日期", FILE_DAYS[1]),
        ),
    }
    return tuple(
        write_zip(directory / name, {member: content})
        for name, (member, content) in members.items()
    )


def write_displacement(path: Path, world: World) -> Path:
    """Write the truth about shops.

    Parameters
    ----------
    path : pathlib.Path
        ``shops_truth.csv``.
    world : World
        The world.

    Returns
    -------
    pathlib.Path
        The path.
    """
    write_csv(displacement_truth(world), path)
    return path


def _worded(world: World) -> pl.DataFrame:
    """Rows as the register words them; the chain's head office lies elsewhere."""
    shops = draw_shops(world)
    town = world.towns.select("county_name", "town_name").with_row_index("town")
    shops = shops.with_columns((pl.col("door") % PLACES_PER_TOWN).alias("place"))
    rows = shops.join(
        town.with_columns(pl.col("town").cast(pl.Int64)), on="town", maintain_order="left"
    ).join(place_names(world), on=["town", "place"], how="left", maintain_order="left")
    full = pl.concat_str("county_name", "town_name")
    digits = (pl.col("door") * 2 + 1).cast(pl.String)
    village = pl.lit(pl.Series([f"{v}村" for v in VILLAGES])).gather(pl.col("door") % len(VILLAGES))
    upstairs = pl.when(pl.col("kind") == 2).then(pl.lit("三樓")).otherwise(pl.lit(""))
    ground = pl.when(pl.col("kind") == 2).then(pl.lit("３樓")).otherwise(pl.lit("一樓"))
    number = pl.col("tax_id").cast(pl.String)
    branch = pl.col("kind").is_in([1, 3])
    road, wide = pl.col("road"), digits.str.replace_many(FULL_WIDTH)
    return rows.with_columns(
        pl.concat_str(full, road, wide, pl.lit("號"), upstairs).alias("first_address"),
        pl.concat_str(full, village, pl.lit("3鄰"), road, digits, pl.lit("號"), ground).alias(
            "later_address"
        ),
        pl.concat_str(
            pl.lit(CHAIN_NAME), pl.col("town_name"), number.str.slice(4), pl.lit("店")
        ).alias("store"),
        pl.when(branch)
        .then(pl.concat_str(pl.lit(f"{CHAIN_NAME}股份有限公司"), number, pl.lit("分公司")))
        .when(pl.col("kind") == 2)
        .then(pl.concat_str(pl.lit("虛構"), number, pl.lit("有限公司")))
        .otherwise(pl.concat_str(pl.lit("王虛構"), number, pl.lit("商行")))
        .alias("name"),
        pl.when(branch).then(pl.lit(str(HEAD_OFFICE))).otherwise(pl.lit("")).alias("head"),
        pl.lit("100000").alias("capital"),
        pl.when("is_first").then(pl.lit("0980403")).otherwise(pl.lit("1090615")).alias("day"),
        pl.lit(pl.Series(_FORMS)).gather(pl.col("kind")).alias("form"),
        pl.lit("Y").alias("invoice"),
        pl.lit(pl.Series(_TRADES)).gather(pl.col("kind")).alias("trade"),
    )


def _csv(rows: pl.DataFrame, header: str, day: str) -> bytes:
    last = [pl.col("suspended")] if "suspended" in rows.columns else []
    cells = [pl.col(c).cast(pl.String) for c in _COLUMNS]
    lines = rows.select(pl.concat_str(*cells, pl.lit(",,,,,"), *last, separator=","))
    dated = day + "," * header.count(",")
    return "\n".join(["\ufeff" + header, dated, *lines.to_series(), ""]).encode()
