r"""Listings of dwellings to let with a known law, in the raw and deduplicated layout of g0v.

For listing :math:`i` of kind :math:`k` in town :math:`z` of county :math:`c`, first offered for
rent :math:`r_i` on day :math:`t`, :math:`T_0` the effective date,

.. math::

    \log r_i = \mu_k + \alpha_z + \gamma_{s(i)} + \lambda_{c,q(t)} - 0.30\,x_i
        + u_{z,y(t)} + w_z 1[t \ge T_0] + \delta_z 1[t \ge T_0] + \epsilon_i

with :math:`r` rent per square metre and month, :math:`x` log area about its typical value,
:math:`\alpha \sim N(0, 0.25^2)` and lower by 0.15 in treated towns,
:math:`\gamma \sim N(0, 0.08^2)` by place, :math:`\lambda` a random walk over quarters of
:math:`N(0.005, 0.01^2)` a step, :math:`u \sim N(0, 0.02^2)`, :math:`w \sim N(0, 0.015^2)`,
:math:`\epsilon \sim N(0, 0.18^2)` and
:math:`\delta` the planted effect of ``truth.csv``.

A listing stays for 5 days and an exponential time of mean 60, and is printed in the file of every
quarter it is seen in; one in five that outlives its first file then asks 5 % less. Six in a hundred
are advertised twice, under two numbers; the deduplicated edition of the last quarter puts these
together.
"""

import datetime as dt
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from landwatch.synthetic.archives import write_zip
from landwatch.synthetic.names import PLACES_PER_TOWN
from landwatch.synthetic.scenarios import OUTCOMES, effect_matrix
from landwatch.synthetic.world import EFFECTIVE, World, located
from landwatch.vocabulary.calendar import month_end
from landwatch.vocabulary.units import M2_PER_PING

QUARTERS: Final = tuple((y, q) for y in range(2018, 2022) for q in range(1, 5))[2:13]
"""2018Q3 to 2021Q1: from the first whole quarter of the crawl to before its great loss."""

FIRST_DAY: Final = dt.date(2018, 7, 1)
LAST_DAY: Final = dt.date(2021, 3, 31)
PER_REGISTERED_RENTAL: Final = 0.6
"""Listings drawn per expected registered rental."""

KINDS: Final = ("整層住家", "獨立套房", "分租套房", "雅房")
KIND_SHARES: Final = (0.35, 0.35, 0.22, 0.08)
KIND_LEVELS: Final = (5.15, 5.55, 5.60, 5.35)
KIND_LOG_PING: Final = (3.2, 2.1, 1.9, 1.7)
BUILDINGS: Final = ("公寓", "透天", "電梯大樓")
CHANGED_SHARE: Final = 0.2
CHANGE: Final = 0.95
TWIN_SHARE: Final = 0.06
UNLOCATED_SHARE: Final = 0.03
MEAN_STAY_DAYS: Final = 60.0

_TIMES: Final = "%Y-%m-%d 12:00:00 CST"
_RAW: Final = {
    "物件編號": "id",
    "租屋平台": "platform",
    "物件網址": "url",
    "物件首次發現時間": "first",
    "物件最後更新時間": "last",
    "縣市": "county_name",
    "鄉鎮市區": "town_name",
    "約略地點_x": "latitude",
    "約略地點_y": "longitude",
    "房屋出租狀態": "status",
    "出租大約時間": "let",
    "月租金": "rent",
    "需要管理費？": "fee_asked",
    "月管理費": "fee",
    "提供車位？": "parking",
    "每坪租金（含管理費與停車費）": "ping_rent",
    "建築類型": "building",
    "物件類型": "kind",
    "自報頂加？": "rooftop",
    "所在樓層": "floor",
    "建物樓高": "storeys",
    "坪數": "ping",
    "額外費用_電費？": "power",
    "刊登者類型": "contact",
    "刊登者編碼": "author",
    "仲介資訊": "agent",
    "提供家具_床？": "bed",
}
_DEDUPLICATED: Final = {
    "重複物件數": "n_duplicate",
    "最大物件編號": "max_id",
    "最小物件編號": "id",
    "最大物件首次發現時間": "first",
    "最小物件首次發現時間": "first",
    "租屋平台": "platform",
    "縣市": "county_name",
    "鄉鎮市區": "town_name",
    "房屋曾出租過": "status",
    "最後出租時間": "let",
    **{k: v for k, v in _RAW.items() if k in list(_RAW)[11:]},
}


def draw_listings(world: World) -> pl.DataFrame:
    """Draw every listing of a world.

    Parameters
    ----------
    world : World
        The world.

    Returns
    -------
    polars.DataFrame
        One row per dwelling offered: town, days, traits, first rent [TWD/month], and whether it is
        advertised twice.
    """
    rng = world.stream("listings")
    n_towns = world.towns.height
    expected = world.size.rentals * PER_REGISTERED_RENTAL * rng.uniform(0.9, 1.1, n_towns)
    town = np.repeat(np.arange(n_towns), rng.poisson(expected))
    n = len(town)
    start = np.datetime64(FIRST_DAY) + rng.integers(0, (LAST_DAY - FIRST_DAY).days + 1, n)
    stay = 5 + rng.exponential(MEAN_STAY_DAYS, n).astype(np.int64)
    place = rng.integers(0, PLACES_PER_TOWN, n)
    kind = rng.choice(len(KINDS), n, p=KIND_SHARES)
    deviation = rng.normal(0, 0.25, n)
    ping = np.exp(np.array(KIND_LOG_PING)[kind] + deviation).round(1)
    first_seen_to = np.minimum(start + stay, _quarter_ends(start))
    log_rent = (
        np.array(KIND_LEVELS)[kind]
        - 0.30 * deviation
        + _levels(world, rng, town, place)
        + _shocks(world, rng, town, first_seen_to)
        + rng.normal(0, 0.18, n)
    )
    spread = rng.uniform(-0.03, 0.03, (2, n))
    across, up = 0.32 + 0.12 * (place % 4) + spread[0], 0.40 + 0.20 * (place // 4) + spread[1]
    point = located(world, town, across, up)
    storeys = rng.integers(3, 15, n)
    frame = pl.DataFrame(
        {
            "town": town,
            "start": start,
            "end": start + stay,
            "kind": np.array(KINDS)[kind],
            "ping": ping,
            "rent": (np.exp(log_rent) * ping * M2_PER_PING / 100).round() * 100,
            "latitude": point[:, 1].round(4),
            "longitude": point[:, 0].round(4),
            "is_located": rng.random(n) >= UNLOCATED_SHARE,
            "building": np.array(BUILDINGS)[rng.integers(0, len(BUILDINGS), n)],
            "storeys": storeys,
            "floor": rng.integers(1, storeys + 1),
            "is_changed": rng.random(n) < CHANGED_SHARE,
            "is_let": rng.random(n) < 0.35,
            "is_twin": rng.random(n) < TWIN_SHARE,
            "has_fee": rng.random(n) < 0.1,
            "has_parking": rng.random(n) < 0.25,
        }
    )
    return frame.sort("start", "town", maintain_order=True).with_row_index("serial", 7_000_001)


def _quarter_ends(days: np.ndarray) -> np.ndarray:
    ends = np.array([np.datetime64(month_end(y, 3 * q)) for y, q in QUARTERS])
    return np.asarray(ends[np.searchsorted(ends, days)])


def _levels(
    world: World, rng: np.random.Generator, town: np.ndarray, place: np.ndarray
) -> np.ndarray:
    n_towns = world.towns.height
    base = rng.normal(0, 0.25, n_towns) - 0.15 * world.towns["is_treated"].to_numpy()
    return np.asarray(base[town] + rng.normal(0, 0.08, (n_towns, PLACES_PER_TOWN))[town, place])


def _shocks(
    world: World, rng: np.random.Generator, town: np.ndarray, day: np.ndarray
) -> np.ndarray:
    n_towns = world.towns.height
    months = day.astype("datetime64[M]").astype(np.int64)
    quarter, year = months // 3 - 194, months // 12 - 48
    path = rng.normal(0.005, 0.01, (world.size.counties, len(QUARTERS))).cumsum(axis=1)
    town_year = rng.normal(0, 0.02, (n_towns, 4))
    change = rng.normal(0, 0.015, n_towns)
    planted = effect_matrix(world.truth)[:, OUTCOMES.index("asking_rent")]
    after = day >= np.datetime64(EFFECTIVE)
    county = town // world.size.towns_per_county
    return np.asarray(
        path[county, quarter] + town_year[town, year] + after * (change + planted)[town]
    )


def write_listings(directory: Path, world: World) -> tuple[Path, ...]:
    """Write the listings of a world: a raw file a quarter, the last also deduplicated.

    Parameters
    ----------
    directory : pathlib.Path
        Where the zips go.
    world : World
        The world.

    Returns
    -------
    tuple of pathlib.Path
        One zip per quarter and edition.
    """
    names = world.towns.with_row_index("town").select(
        pl.col("town").cast(pl.Int64), "county_name", "town_name"
    )
    listings = draw_listings(world).join(names, on="town", maintain_order="left")
    paths = []
    for year, quarter in QUARTERS:
        rows = _printed(listings, year, quarter)
        stem = f"{year}Q{quarter}"
        both = pl.concat([rows, _twins(rows)]).sort("id")
        raw = {f"{stem}-raw.csv": _csv(both, _RAW)}
        paths.append(write_zip(directory / f"[{stem}][CSV][Raw] TW-Rental-Data.zip", raw))
    last = {f"{stem}-deduplicated.csv": _csv(rows, _DEDUPLICATED)}
    paths.append(write_zip(directory / f"[{stem}][CSV][Deduplicated] TW-Rental-Data.zip", last))
    return tuple(paths)


def _printed(listings: pl.DataFrame, year: int, quarter: int) -> pl.DataFrame:
    end = month_end(year, 3 * quarter)
    begin = dt.date(year, 3 * quarter - 2, 1)
    seen = listings.filter((pl.col("start") <= end) & (pl.col("end") >= begin))
    is_over, is_let = pl.col("end") <= end, pl.col("is_let")
    changed = pl.col("is_changed") & (pl.col("start") < begin)
    rent = pl.when(changed).then((pl.col("rent") * CHANGE).round()).otherwise("rent")
    fee = pl.when(pl.col("has_fee")).then(500).otherwise(0)
    located_at = pl.col("is_located")
    ended = pl.when(is_let).then(pl.lit("2")).otherwise(pl.lit("1"))
    return seen.with_columns(
        pl.col("serial").cast(pl.String).alias("id"),
        (pl.col("serial") + pl.col("is_twin") * 1_000_000).cast(pl.String).alias("max_id"),
        pl.lit("模擬租屋網").alias("platform"),
        pl.format("https://rent.example/{}", "serial").alias("url"),
        pl.col("start").dt.strftime(_TIMES).alias("first"),
        pl.min_horizontal("end", pl.lit(end)).dt.strftime(_TIMES).alias("last"),
        pl.when(is_over).then(ended).otherwise(pl.lit("0")).alias("status"),
        pl.when(is_over & is_let).then(pl.col("end").dt.strftime(_TIMES)).alias("let"),
        rent.cast(pl.Int64).alias("rent"),
        pl.when(located_at).then("latitude").alias("latitude"),
        pl.when(located_at).then("longitude").alias("longitude"),
        _truth(pl.col("has_fee")).alias("fee_asked"),
        fee.alias("fee"),
        _truth(pl.col("has_parking")).alias("parking"),
        ((rent + fee) / pl.col("ping")).round(3).alias("ping_rent"),
        pl.lit("F").alias("rooftop"),
        pl.lit("T").alias("power"),
        pl.lit("0").alias("contact"),
        pl.format("synthetic-author-{}", "serial").alias("author"),
        pl.lit("模擬仲介，非真實").alias("agent"),
        pl.lit("T").alias("bed"),
        pl.when(pl.col("is_twin")).then(2).otherwise(1).alias("n_duplicate"),
    )


def _twins(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter("is_twin").with_columns(pl.col("max_id").alias("id"))


def _truth(flag: pl.Expr) -> pl.Expr:
    return pl.when(flag).then(pl.lit("T")).otherwise(pl.lit("F"))


def _csv(rows: pl.DataFrame, columns: dict[str, str]) -> bytes:
    table = rows.select(
        pl.col(c).cast(pl.String).alias(f"_{i}") for i, c in enumerate(columns.values())
    )
    body = table.write_csv(include_header=False, null_value="-", line_terminator="\r\n")
    return (",".join(columns) + "\r\n" + body).encode()
