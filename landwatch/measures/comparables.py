"""Comparable deals: what was sold nearby and before, of the same kind and much alike.

How unlike a comparable c is to its subject s is one distance [m], small for the most comparable:

``d² = Δe² + Δn² + (v·Δt)² + (a·|ln A_s − ln A_c|)² + q²·m``

with Δe, Δn [m] in EPSG:3826, Δt the days the comparable lies before the subject, v metres a day,
A the area sold, a metres per log unit of area, and m the number of `QUALITIES` in which the two
differ, each q metres. Both are of one ``property_kind``. Only deals of an earlier day count: never
the subject's own future or day, never the subject under another publication.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl
from pyproj import Transformer

from landwatch.measures.samples import age_class, urban_class
from landwatch.vocabulary.errors import InputError

TWD97_TM2: Final = "EPSG:3826"
DAYS_A_MONTH: Final = 365.25 / 12
QUALITIES: Final = ("use_class", "property_type", "age_class", "target")

SAME_DEAL_DAYS: Final = 31
SAME_DEAL_M: Final = 100.0
SAME_DEAL_AREA: Final = 0.01
"""A deal of the same price and, within this share, the same area, at most this many metres and
days away, is taken for another publication of the subject."""

_BATCH: Final = 20_000
_UNKNOWN_AREA_LOG: Final = 1.0

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a difference between two deals weighs, in metres.

    Attributes
    ----------
    metres_per_day : float
        v: a year apart weighs as much as 365 m where v is 1.
    metres_per_log_area : float
        a: twice the area weighs 0.69 a. An area not known weighs as one log unit.
    metres_per_quality : float
        q: each of `QUALITIES` that differs (known against unknown differs too).
    """

    metres_per_day: float = 1.0
    metres_per_log_area: float = 1000.0
    metres_per_quality: float = 500.0

    def __post_init__(self) -> None:
        if not 0 < self.metres_per_day < np.inf:
            raise InputError(
                f"metres_per_day must be positive and finite, found {self.metres_per_day}."
            )


@dataclass(frozen=True, slots=True)
class Search:
    """How many comparables, and from how far.

    Attributes
    ----------
    k : int
        Comparables a subject.
    radius_m : float
        Greatest distance in the plane [m], included.
    months : float
        How far back [months of 30.4375 days], included.
    """

    k: int = 5
    radius_m: float = 2000.0
    months: float = 36.0

    def __post_init__(self) -> None:
        if self.k < 1 or not 0 <= self.radius_m < np.inf or not 0 < self.months < np.inf:
            raise InputError(
                f"expected k ≥ 1, a radius ≥ 0 m and a number of months > 0, found {self}."
            )

    @property
    def days(self) -> int:
        """Days the search goes back."""
        return round(self.months * DAYS_A_MONTH)


def located_deals(
    sales: pl.DataFrame, placed: pl.DataFrame | None = None, *, max_error_m: float = 0.0
) -> pl.DataFrame:
    """Return where and what each deal was, for every deal that has a place.

    Parameters
    ----------
    sales : polars.DataFrame
        Table ``lvr__sales``.
    placed : polars.DataFrame, optional
        ``source_file, source_line, longitude, latitude, place_error_m`` of rows that the register
        printed without coordinates.
    max_error_m : float, optional
        Largest error [m] with which a placed row is taken in; 0 takes only printed points.

    Returns
    -------
    polars.DataFrame
        ``position`` (row of `sales`), ``easting_m, northing_m`` (EPSG:3826), ``place_error_m`` (0
        for printed points), ``day`` (days since 1970-01-01), ``deal_id``, ``property_kind``,
        ``price_twd``, ``unit_price_twd_m2``, ``log_area``, `QUALITIES`, ``is_comparable``: a
        completed sale at arm's length with a unit price.
    """
    points = sales.with_row_index("position").with_columns(
        pl.col("position").cast(pl.Int64), pl.lit(0.0).alias("place_error_m")
    )
    if placed is not None and max_error_m > 0:
        points = _with_placed(points, placed, max_error_m)
    located = points.filter(pl.col("longitude").is_finite() & pl.col("latitude").is_finite())
    east, north = Transformer.from_crs("EPSG:4326", TWD97_TM2, always_xy=True).transform(
        located["longitude"].to_numpy(), located["latitude"].to_numpy()
    )
    area = pl.when(pl.col("target") == "land").then("land_area_m2").otherwise("building_area_m2")
    return located.select(
        "position",
        pl.Series("easting_m", east, pl.Float64),
        pl.Series("northing_m", north, pl.Float64),
        "place_error_m",
        pl.col("deal_date").cast(pl.Int32).cast(pl.Int64).alias("day"),
        "deal_id",
        "property_kind",
        "price_twd",
        "unit_price_twd_m2",
        pl.when(area > 0).then(area.log()).alias("log_area"),
        pl.coalesce("rural_use", urban_class()).alias("use_class"),
        pl.col("building_type").str.extract(r"^([^(（]*)", 1).alias("property_type"),
        age_class().alias("age_class"),
        "target",
        _is_comparable().alias("is_comparable"),
    )


def _with_placed(points: pl.DataFrame, placed: pl.DataFrame, max_error_m: float) -> pl.DataFrame:
    near = placed.filter(pl.col("place_error_m") <= max_error_m).select(
        "source_file",
        "source_line",
        pl.col("longitude").alias("_longitude"),
        pl.col("latitude").alias("_latitude"),
        pl.col("place_error_m").alias("_error"),
    )
    joined = points.join(
        near.unique(["source_file", "source_line"], keep="first", maintain_order=True),
        on=["source_file", "source_line"],
        how="left",
        maintain_order="left",
    )
    printed = pl.col("longitude").is_finite().fill_null(value=False)
    return joined.with_columns(
        pl.when(printed).then("longitude").otherwise("_longitude").alias("longitude"),
        pl.when(printed).then("latitude").otherwise("_latitude").alias("latitude"),
        pl.when(printed).then(0.0).otherwise("_error").alias("place_error_m"),
    )


def _is_comparable() -> pl.Expr:
    return (
        pl.col("is_arms_length").fill_null(value=False)
        & (pl.col("register") == "sale")
        & (pl.col("unit_price_twd_m2") > 0).fill_null(value=False)
        & ~pl.col("flags").fill_null("").str.contains("one_dollar")
    )


def index_points(located: pl.DataFrame, likeness: Likeness) -> Floats:
    """Return the coordinates under which deals stand in the index.

    Parameters
    ----------
    located : polars.DataFrame
        Rows of `located_deals`.
    likeness : Likeness
        Gives the scale of time.

    Returns
    -------
    ndarray of float64, shape (n, 3)
        Easting, northing, days × metres a day [m].
    """
    day = pl.col("day").cast(pl.Float64) * likeness.metres_per_day
    return located.select("easting_m", "northing_m", day).to_numpy().astype(np.float64)


def nearest_comparables(
    index: Any,
    located: pl.DataFrame,
    subjects: pl.DataFrame,
    *,
    search: Search | None = None,
    likeness: Likeness | None = None,
) -> pl.DataFrame:
    """Return the most comparable earlier deals of many subjects.

    Parameters
    ----------
    index : rtree.index.Index
        Of `index_points` of the comparable rows of `located`, ids being their ``position``.
    located : polars.DataFrame
        Rows of `located_deals` that the index holds, and any others.
    subjects : polars.DataFrame
        Rows of `located_deals`. A column ``before_day`` (days since 1970-01-01), if there is one,
        bounds the comparables further: they lie before that day too, and the search goes back from
        the earlier of the two.
    search : Search, optional
        How many, from how far.
    likeness : Likeness, optional
        Weights; ``metres_per_day`` must be that of the index.

    Returns
    -------
    polars.DataFrame
        ``subject`` (row of `subjects`), ``rank`` (1 is the most comparable), ``position``,
        ``distance_m``, ``days_before``, ``unlikeness_m``, ``ratio`` (unit price of the subject
        over that of the comparable), ordered by subject and rank. Equals (to a micrometre)
        go to the later deal, then to the lower position.
    """
    search, likeness = search or Search(), likeness or Likeness()
    pool = located.filter("is_comparable").sort("position")
    coded, looking = _coded(pool, subjects)
    parts = [
        _batch_comparables(
            index, coded, {k: v[i : i + _BATCH] for k, v in looking.items()}, search, likeness
        ).with_columns(pl.col("subject") + i)
        for i in range(0, max(subjects.height, 1), _BATCH)
    ]
    return pl.concat(parts)


def _coded(
    pool: pl.DataFrame, subjects: pl.DataFrame
) -> tuple[dict[str, npt.NDArray[Any]], dict[str, npt.NDArray[Any]]]:
    names = ["property_kind", "deal_id", *QUALITIES]
    both = pl.concat([pool.select(names), subjects.select(names)])
    codes = both.select(pl.col(c).rank("dense").fill_null(0).cast(pl.Int64) for c in names)
    numbers = ["position", "easting_m", "northing_m", "day", "price_twd"]
    numbers += ["unit_price_twd_m2", "log_area"]

    def arrays(rows: pl.DataFrame, coded: pl.DataFrame) -> dict[str, npt.NDArray[Any]]:
        """Return the columns a distance needs, as arrays."""
        floats = rows.select(
            pl.col(c).fill_null(np.nan) if c in numbers[4:] else c for c in numbers
        )
        return {c: frame[c].to_numpy() for frame in (floats, coded) for c in frame.columns}

    found, asked = arrays(pool, codes[: pool.height]), arrays(subjects, codes[pool.height :])
    bound = subjects["before_day"] if "before_day" in subjects.columns else subjects["day"]
    asked["before"] = np.minimum(asked["day"], bound.cast(pl.Int64).to_numpy())
    return found, asked


def _batch_comparables(
    index: Any,
    pool: dict[str, npt.NDArray[Any]],
    asked: dict[str, npt.NDArray[Any]],
    search: Search,
    likeness: Likeness,
) -> pl.DataFrame:
    subject, found = _candidates(index, pool["position"], asked, search, likeness)
    s = {name: values[subject] for name, values in asked.items()}
    c = {name: values[found] for name, values in pool.items()}
    apart = np.hypot(s["easting_m"] - c["easting_m"], s["northing_m"] - c["northing_m"])
    days = s["day"] - c["day"]
    kept = (
        (s["property_kind"] == c["property_kind"])
        & (apart <= search.radius_m)
        & (c["day"] < s["before"])
        & (c["day"] >= s["before"] - search.days)
        & ~_same_deal(s, c, apart, days)
    )
    unlike = np.sqrt(
        apart**2
        + (likeness.metres_per_day * days) ** 2
        + (likeness.metres_per_log_area * _log_ratio(s["log_area"], c["log_area"])) ** 2
        + likeness.metres_per_quality**2 * sum((s[q] != c[q]).astype(np.int64) for q in QUALITIES)
    )
    table = pl.DataFrame(
        {
            "subject": subject,
            "position": c["position"],
            "distance_m": apart,
            "days_before": days,
            "unlikeness_m": np.round(unlike, 6),
            "ratio": s["unit_price_twd_m2"] / c["unit_price_twd_m2"],
        }
    ).filter(pl.Series(kept))
    rank = pl.int_range(1, pl.len() + 1).over("subject").cast(pl.Int64)
    ordered = table.sort("subject", "unlikeness_m", "days_before", "position")
    ordered = ordered.with_columns(rank.alias("rank"), pl.col("ratio").fill_nan(None))
    columns = ("subject", "rank", "position", "distance_m", "days_before", "unlikeness_m", "ratio")
    return ordered.filter(pl.col("rank") <= search.k).select(columns)


def _candidates(
    index: Any,
    positions: Ints,
    asked: dict[str, npt.NDArray[Any]],
    search: Search,
    likeness: Likeness,
) -> tuple[Ints, Ints]:
    """Pairs of subject and row of the pool in boxes half a day and a metre wider than wanted."""
    n, v = len(asked["day"]), likeness.metres_per_day
    if n == 0 or len(positions) == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    lead = asked["before"].astype(np.float64) * v
    centre = np.column_stack([asked["easting_m"], asked["northing_m"], lead])
    reach = np.array([search.radius_m + 1, search.radius_m + 1, (search.days + 0.5) * v])
    ahead = np.array([search.radius_m + 1, search.radius_m + 1, -0.5 * v])
    ids, counts = index.intersection_v(centre - reach, centre + ahead)
    subject = np.repeat(np.arange(n, dtype=np.int64), counts.astype(np.int64))
    row = np.searchsorted(positions, ids)
    if row.size and (row.max() >= len(positions) or (positions[row] != ids).any()):
        raise InputError("the index holds deals that are not comparable rows of the table given.")
    return subject, row.astype(np.int64)


def _same_deal(
    s: dict[str, npt.NDArray[Any]], c: dict[str, npt.NDArray[Any]], apart: Floats, days: Ints
) -> npt.NDArray[np.bool_]:
    area = np.abs(s["log_area"] - c["log_area"])
    alike = ~(area > np.log1p(SAME_DEAL_AREA))
    again = (s["price_twd"] == c["price_twd"]) & alike & (apart <= SAME_DEAL_M)
    same: npt.NDArray[np.bool_] = (
        (s["position"] == c["position"])
        | (s["deal_id"] == c["deal_id"])
        | (again & (days <= SAME_DEAL_DAYS))
    )
    return same


def _log_ratio(one: Floats, other: Floats) -> Floats:
    apart = np.abs(one - other)
    return np.where(np.isfinite(apart), apart, _UNKNOWN_AREA_LOG)
