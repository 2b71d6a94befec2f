"""How far from a row its key places it: learned by leaving located spots out.

A spot is one coordinate within a town. To learn a key's error each of its spots is left out with
every row on it, so that a parcel sold twice does not vouch for itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

LEAST_ERROR_M: Final = 1.0
"""Errors below this are taken as this, so that their logarithm stays finite."""

SUPPORT_STEPS: Final = (1, 2, 3, 5, 10, 30)
"""Classes of support: a key of n other spots belongs to the last step not above n."""

MIN_CLASS_SPOTS: Final = 50
"""A class of support with fewer spots takes the quantiles of its whole level."""


MIN_GROUPS: Final = 3
STRONGEST_PULL: Final = 1e6
"""Pull where groups do not differ, or are too few to tell."""


def median_without_self(group: Codes, value: Floats) -> Floats:
    """Return for each element the median of the others of its group.

    Parameters
    ----------
    group : ndarray of int64, shape (n,)
        Group codes.
    value : ndarray, shape (n,)
        Finite values.

    Returns
    -------
    ndarray, shape (n,)
        NaN for an element that is alone.

    Examples
    --------
    >>> median_without_self(np.array([0, 0, 0, 1]), np.array([1.0, 5.0, 2.0, 7.0])).tolist()
    [3.5, 1.5, 3.0, nan]
    """
    order = np.lexsort((value, group))
    ranked, groups = value[order], group[order]
    _, start, size = np.unique(groups, return_index=True, return_counts=True)
    first, n = np.repeat(start, size), np.repeat(size, size)
    rank, half = np.arange(len(ranked)) - first, n // 2
    lower = np.where(rank < half, half, half - 1)
    upper = np.where(n % 2 == 1, np.where(rank <= half, half + 1, half), lower)
    top = first + n - 1
    low, high = np.minimum(first + np.maximum(lower, 0), top), np.minimum(first + upper, top)
    found = (ranked[low] + ranked[high]) / 2
    result = np.full(len(value), np.nan)
    result[order] = np.where(n > 1, found, np.nan)
    return result


def support_class(spots: pl.Expr) -> pl.Expr:
    """Return the class of a number of spots.

    Parameters
    ----------
    spots : polars.Expr
        Spots a place rests on.

    Returns
    -------
    polars.Expr
        Index into `SUPPORT_STEPS`.
    """
    return pl.sum_horizontal((spots >= step).cast(pl.Int64) for step in SUPPORT_STEPS) - 1


@dataclass(frozen=True, slots=True)
class ErrorLaw:
    """Error of the keys of one level.

    Attributes
    ----------
    classes : polars.DataFrame
        ``support, class_log``: mean log error [log m] by class of support.
    points : polars.DataFrame
        ``support, log_p50, log_p90``: points of the log errors around the law.
    effects : mapping of str to polars.DataFrame
        By group, widest first: the group's code and its ``effect`` on the log error.
    """

    classes: pl.DataFrame
    points: pl.DataFrame
    effects: Mapping[str, pl.DataFrame]

    def stated(self, keys: pl.DataFrame) -> pl.DataFrame:
        """Return keys with the error to be expected of them.

        Parameters
        ----------
        keys : polars.DataFrame
            ``support`` and the groups.

        Returns
        -------
        polars.DataFrame
            With ``place_error_m`` (half of the rows lie nearer) and ``place_error_p90_m``. A class
            of support that was never left out takes the error of the nearest poorer one.
        """
        frame = keys.join(self.classes, on="support", how="left", maintain_order="left").join(
            self.points, on="support", how="left", maintain_order="left"
        )
        scale = pl.col("class_log")
        for group, effects in self.effects.items():
            named = effects.rename({"effect": f"effect_{group}"})
            frame = frame.join(named, on=group, how="left", maintain_order="left")
            scale = scale + pl.col(f"effect_{group}").fill_null(0.0)
        return keys.with_columns(
            frame.select((scale + pl.col("log_p50")).exp()).to_series().alias("place_error_m"),
            frame.select((scale + pl.col("log_p90")).exp()).to_series().alias("place_error_p90_m"),
        )


def error_law(seen: pl.DataFrame, groups: Sequence[str]) -> ErrorLaw:
    """Return the law of the errors of one level.

    Parameters
    ----------
    seen : polars.DataFrame
        ``error_m``, ``support`` (class) and the groups; one row a spot left out.
    groups : sequence of str
        Columns of `seen`, the widest first.

    Returns
    -------
    ErrorLaw
        Class means, shrunken group effects, and the points around them.

    Notes
    -----
    Log errors are averaged by class of support; what is left is averaged by each group in turn and
    shrunk towards nothing by how little such groups differ beyond chance (empirical Bayes by
    moments). The points are those of the log errors around the law, each predicted without itself,
    so that small groups are not credited with their own luck.
    """
    log_error = pl.col("error_m").clip(LEAST_ERROR_M).log()
    frame = seen.with_columns(log_error.alias("left")).with_columns(
        pl.col("left").mean().over("support").alias("class_log")
    )
    classes = frame.group_by("support").agg(pl.col("class_log").first()).sort("support")
    frame = frame.with_columns(pl.col("left") - pl.col("class_log"))
    frame = frame.with_columns(pl.col("left").alias("around"))
    effects = {}
    for group in groups:
        pull = _pull(frame, group)
        total, n = pl.col("left").sum().over(group), pl.len().over(group).cast(pl.Float64)
        effects[group] = frame.group_by(group).agg(
            (pl.col("left").sum() / (pl.len() + pull)).alias("effect")
        )
        frame = frame.with_columns(
            pl.col("around") - (total - pl.col("left")) / (n - 1 + pull),
            pl.col("left") - total / (n + pull),
        )
    return ErrorLaw(_every_class(classes), _every_class(_points(frame)), effects)


def _every_class(table: pl.DataFrame) -> pl.DataFrame:
    """Give a class of support that was never seen the values of the nearest poorer one."""
    every = pl.DataFrame({"support": range(len(SUPPORT_STEPS))}, schema={"support": pl.Int64})
    joined = every.join(table, on="support", how="left", maintain_order="left")
    return joined.with_columns(pl.exclude("support").forward_fill().backward_fill())


def _pull(frame: pl.DataFrame, group: str) -> float:
    """Return the number of spots at which a group's own mean counts as much as no difference."""
    by_group = frame.group_by(group).agg(
        pl.len().alias("n"), pl.col("left").mean().alias("mean"), pl.col("left").var().alias("var")
    )
    n = by_group["n"].to_numpy().astype(float)
    within = float((by_group["var"].fill_null(0.0).to_numpy() * (n - 1)).sum())
    dof, groups = float((n - 1).sum()), len(n)
    if dof <= 0 or groups < MIN_GROUPS or within <= 0:
        return STRONGEST_PULL
    variance = within / dof
    mean = by_group["mean"].to_numpy()
    grand = float((n * mean).sum() / n.sum())
    between = float((n * (mean - grand) ** 2).sum()) / (groups - 1)
    typical = (n.sum() - (n**2).sum() / n.sum()) / (groups - 1)
    differ = (between - variance) / typical
    return float(variance / differ) if differ > variance / STRONGEST_PULL else STRONGEST_PULL


def _points(frame: pl.DataFrame) -> pl.DataFrame:
    around = pl.col("around")
    overall = frame.select(around.median(), around.quantile(0.9, "linear").alias("p90")).row(0)
    by_class = frame.group_by("support").agg(
        pl.len().alias("n"),
        around.median().alias("log_p50"),
        around.quantile(0.9, "linear").alias("log_p90"),
    )
    few = pl.col("n") < MIN_CLASS_SPOTS
    return by_class.select(
        "support",
        *(
            pl.when(few).then(pl.lit(value)).otherwise(name).alias(name)
            for name, value in zip(("log_p50", "log_p90"), overall, strict=True)
        ),
    ).sort("support")
