"""Comparable deals: what was sold nearby and before, of the same kind and much alike.

How unlike a comparable c is to its subject s is one distance [m], small for the most comparable:

``d² = Δe² + Δn² + (v·Δt)² + (a·|ln A_s − ln A_c|)² + q²·m``

with Δe, Δn [m] in EPSG:3826, Δt the days the comparable lies before the subject, v metres a day,
A the area sold, a metres per log unit of area, and m the number of `QUALITIES` in which the two
differ, each q metres. Both are of one ``property_kind``. Only deals of an earlier day count: never
the subject's own future or day, never the subject under another publication.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from landwatch.vocabulary.errors import InputError

DAYS_A_MONTH: Final = 365.25 / 12
QUALITIES: Final = ("use_class", "property_type", "age_class", "target")

SAME_DEAL_DAYS: Final = 31
SAME_DEAL_M: Final = 100.0
SAME_DEAL_AREA: Final = 0.01
"""A deal of the same price and, within this share, the same area, at most this many metres and
days away, is taken for another publication of the subject."""

COMPARED: Final = (
    "position",
    "easting_m",
    "northing_m",
    "day",
    "deal_id",
    "property_kind",
    "price_twd",
    "unit_price_twd_m2",
    "log_area",
    *QUALITIES,
)
_ONE_DEAL: Final = ("day", "price_twd", "log_area")
"""Comparables alike in all of these are one piece of evidence: a deal printed twice, or equal lots
sold together."""

_UNKNOWN_AREA_LOG: Final = 1.0


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


def ranked_pairs(pairs: pl.DataFrame, search: Search, likeness: Likeness) -> pl.DataFrame:
    """Keep the pairs of subject and comparable that count, the most comparable first.

    Parameters
    ----------
    pairs : polars.DataFrame
        ``subject``; columns `COMPARED` of the candidate, and of the subject with ``s_`` before
        the name; ``s_before`` (the day before which candidates count); ``distance_m``.
    search : Search
        How many, from how far.
    likeness : Likeness
        Weights.

    Returns
    -------
    polars.DataFrame
        ``subject, rank, position, distance_m, days_before, unlikeness_m, ratio``, ordered by
        subject and rank. Equals (to a micrometre) go to the later deal, then to the lower
        position. Of comparables of one day, price and area only the best is kept.
    """
    pairs = pairs.with_columns(
        (pl.col("s_day") - pl.col("day")).alias("days_before"),
        (pl.col("s_log_area") - pl.col("log_area")).abs().alias("log_ratio"),
    )
    table = pairs.filter(_counts(search)).with_columns(
        _unlikeness(likeness).round(6).alias("unlikeness_m"),
        (pl.col("s_unit_price_twd_m2") / pl.col("unit_price_twd_m2")).alias("ratio"),
    )
    rank = pl.int_range(1, pl.len() + 1).over("subject").cast(pl.Int64).alias("rank")
    ordered = (
        table.sort("subject", "unlikeness_m", "days_before", "position")
        .unique(["subject", *_ONE_DEAL], keep="first", maintain_order=True)
        .with_columns(rank)
    )
    columns = ("subject", "rank", "position", "distance_m", "days_before", "unlikeness_m", "ratio")
    return ordered.filter(pl.col("rank") <= search.k).select(columns)


def asked_subjects(subjects: pl.DataFrame) -> pl.DataFrame:
    """Return subjects as `ranked_pairs` wants them.

    Parameters
    ----------
    subjects : polars.DataFrame
        Columns `COMPARED`, and ``before_day`` (days since 1970-01-01) where comparables are bounded
        by more than the subject's own day.

    Returns
    -------
    polars.DataFrame
        `COMPARED` and ``before``, each with ``s_`` before its name.
    """
    bound = pl.col("before_day") if "before_day" in subjects.columns else pl.col("day")
    before = pl.min_horizontal("day", bound.cast(pl.Int64)).alias("before")
    return subjects.select(*COMPARED, before).rename(lambda name: f"s_{name}")


def _counts(search: Search) -> pl.Expr:
    again = (
        (pl.col("s_price_twd") == pl.col("price_twd"))
        & ~(pl.col("log_ratio") > math.log1p(SAME_DEAL_AREA)).fill_null(value=False)
        & (pl.col("distance_m") <= SAME_DEAL_M)
        & (pl.col("days_before") <= SAME_DEAL_DAYS)
    )
    same = (
        (pl.col("s_position") == pl.col("position"))
        | (pl.col("s_deal_id") == pl.col("deal_id"))
        | again.fill_null(value=False)
    )
    return (
        (pl.col("s_property_kind") == pl.col("property_kind"))
        & (pl.col("distance_m") <= search.radius_m)
        & (pl.col("day") < pl.col("s_before"))
        & (pl.col("day") >= pl.col("s_before") - search.days)
        & ~same
    )


def _unlikeness(likeness: Likeness) -> pl.Expr:
    different = pl.sum_horizontal(
        pl.col(f"s_{quality}").ne_missing(pl.col(quality)).cast(pl.Int64) for quality in QUALITIES
    )
    size = pl.col("log_ratio").fill_null(_UNKNOWN_AREA_LOG)
    return (
        pl.col("distance_m") ** 2
        + (likeness.metres_per_day * pl.col("days_before")) ** 2
        + (likeness.metres_per_log_area * size) ** 2
        + likeness.metres_per_quality**2 * different
    ).sqrt()
