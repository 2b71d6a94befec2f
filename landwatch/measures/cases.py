"""Which deals of a zone show what its number is made of."""

from typing import Final

import polars as pl

CARRYING: Final = 3
"""Deals shown that push the estimate furthest."""

MIN_COMPARABLES: Final = 3
"""A deal with fewer comparables has no price ratio."""

_KEYS: Final = ["source_file", "source_line"]


def price_ratios(pairs: pl.DataFrame, subjects: int) -> pl.Series:
    """Return how each deal's price stands to its comparables.

    Parameters
    ----------
    pairs : polars.DataFrame
        ``subject`` and ``ratio``, see `landwatch.measures.comparables.nearest_comparables`.
    subjects : int
        Number of subjects.

    Returns
    -------
    polars.Series
        Median ratio, one a subject; missing under `MIN_COMPARABLES` comparables.

    Examples
    --------
    >>> pairs = pl.DataFrame({"subject": [0, 0, 0, 1], "ratio": [1.0, 1.2, 3.0, 2.0]})
    >>> price_ratios(pairs, 2).to_list()
    [1.2, None]
    """
    enough = pl.when(pl.col("ratio").count() >= MIN_COMPARABLES).then(pl.col("ratio").median())
    medians = pairs.group_by("subject").agg(enough.alias("ratio"))
    every = pl.DataFrame({"subject": pl.int_range(subjects, eager=True)})
    return every.join(medians, on="subject", how="left", maintain_order="left")["ratio"]


def chosen_cases(after: pl.DataFrame, *, estimate: float) -> pl.DataFrame:
    """Choose the deals that make a zone's case, and those that do not.

    Parameters
    ----------
    after : polars.DataFrame
        Deals of the zone after its date: ``contribution`` [log points], ``ratio``, ``log_price``,
        ``source_file, source_line``.
    estimate : float
        The zone's effect; its sign tells which way the case goes.

    Returns
    -------
    polars.DataFrame
        The chosen rows with ``role``. Where contributions are known: ``carries`` (the `CARRYING`
        that push furthest the way of the estimate), ``typical`` (nearest the median ratio) and
        ``opposes`` (that pushes furthest the other way); else ``highest``, ``typical`` and
        ``lowest``. Deals with a ratio are preferred where there are enough of them. Equals are
        taken in the order of their source lines.
    """
    compared = after.filter(pl.col("ratio").is_not_null())
    pool = compared if compared.height >= CARRYING else after
    level = pl.coalesce("ratio", "log_price") if pool is compared else pl.col("log_price")
    is_split = bool(pool["contribution"].is_not_null().any())
    weight = pl.col("contribution") * (-1 if estimate < 0 else 1) if is_split else level
    ranked = pool.with_columns(weight.alias("weight"), level.alias("level"))
    ranked = ranked.filter(pl.col("weight").is_not_null()).sort(
        "weight", *_KEYS, descending=[True, False, False]
    )
    roles = _roles(ranked.height, is_split)
    ranked = ranked.with_columns(pl.Series("role", roles, pl.String))
    apart = (pl.col("level") - pl.col("level").median()).abs().alias("apart")
    middle = (
        ranked.with_columns(apart)
        .filter(pl.col("role").is_null())
        .sort("apart", *_KEYS)
        .head(1)
        .with_columns(pl.lit("typical").alias("role"))
        .drop("apart")
    )
    outer = ranked.filter(pl.col("role").is_not_null())
    return (
        pl.concat([outer, middle])
        .sort("weight", *_KEYS, descending=[True, False, False])
        .drop("weight", "level")
    )


def _roles(n: int, is_split: bool) -> list[str | None]:
    first, last = ("carries", "opposes") if is_split else ("highest", "lowest")
    leading = min(CARRYING if is_split else 1, n)
    roles: list[str | None] = [first] * leading + [None] * (n - leading)
    if n > leading:
        roles[-1] = last
    return roles
