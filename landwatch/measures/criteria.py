"""The three published criteria of the priority areas: population change, size, income."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

import polars as pl

from landwatch.vocabulary.errors import InputError

CRITERIA: Final = ("population_change", "population", "income_median_twd")
YEARS_BEFORE: Final = 3
"""Length of the default window before the policy's date."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Towns ranked by the criteria.

    Attributes
    ----------
    towns : polars.DataFrame
        One row per town of the study: the criteria, their ranks (1 = least), ``score`` (weighted
        sum of ranks), ``position`` (1 = first chosen; missing where a criterion is missing or the
        county is excluded), ``is_zone`` and ``ranks_from_cut`` (positions past the last chosen).
    sensitivity : polars.DataFrame
        ``dropped`` criterion and how many of the zones would be others without it.
    window_start, window_end : datetime.date
        First and last month compared.
    """

    towns: pl.DataFrame
    sensitivity: pl.DataFrame
    window_start: dt.date
    window_end: dt.date


def town_criteria(
    population: pl.DataFrame, income: pl.DataFrame, start: dt.date, end: dt.date
) -> pl.DataFrame:
    """Return the criteria of every town over a window.

    Parameters
    ----------
    population : polars.DataFrame
        Table ``population__town_months``.
    income : polars.DataFrame
        Table ``income__village_years``.
    start, end : datetime.date
        First and last month of the window.

    Returns
    -------
    polars.DataFrame
        ``town_code, population_change`` (share, first to last month found in the window),
        ``population`` (last month), ``income_median_twd`` (mean over the window's tax years of
        the town's median, see `town_income`).

    Raises
    ------
    InputError
        If the window holds fewer than two months of population or no tax year.
    """
    months = population.filter(pl.col("month").is_between(start, end))
    if months["month"].n_unique() < 2:
        raise InputError(
            f"criteria zones need two months of population between {start} and {end}; the "
            f"population input covers {_span(population, 'month')}. "
            "Set zones.window_start and zones.window_end inside it."
        )
    first, last = months["month"].min(), months["month"].max()
    size = months.pivot("month", index="town_code", values="population", aggregate_function="first")
    size = size.select(
        "town_code",
        (pl.col(str(last)) / pl.col(str(first)) - 1).alias("population_change"),
        pl.col(str(last)).alias("population"),
    )
    years = town_income(income).filter(pl.col("year").is_between(start.year, end.year))
    if years.is_empty():
        raise InputError(
            f"criteria zones need income of a tax year between {start.year} and {end.year}; the "
            f"income input covers {_span(income, 'year')}."
        )
    money = years.group_by("town_code").agg(pl.col("income_median_twd").mean())
    return size.join(money, on="town_code", how="full", coalesce=True).sort("town_code")


def _span(table: pl.DataFrame, column: str) -> str:
    return "{} to {}".format(*table.select(low=pl.col(column).min(), high=pl.max(column)).row(0))


def town_income(income: pl.DataFrame) -> pl.DataFrame:
    """Return income by town and year from villages.

    Parameters
    ----------
    income : polars.DataFrame
        Table ``income__village_years``.

    Returns
    -------
    polars.DataFrame
        ``town_code, year, tax_units, income_mean_twd`` (total over households) and
        ``income_median_twd``: the median village's median, villages weighted by their tax
        units. The median over all households is not published by village.
    """
    ordered = income.filter(pl.col("tax_units") > 0).sort(
        "town_code", "year", "income_median_twd", "village_name"
    )
    share = pl.col("tax_units").cum_sum().over("town_code", "year") / pl.col(
        "tax_units"
    ).sum().over("town_code", "year")
    middle = ordered.with_columns(share.alias("share")).filter(pl.col("share") >= 0.5)
    medians = middle.group_by("town_code", "year", maintain_order=True).agg(
        pl.col("income_median_twd").first()
    )
    totals = ordered.group_by("town_code", "year").agg(
        pl.col("tax_units").sum(),
        (pl.col("income_total_twd").sum() / pl.col("tax_units").sum()).alias("income_mean_twd"),
    )
    return totals.join(medians, on=["town_code", "year"]).sort("town_code", "year")


def ranked_selection(
    criteria: pl.DataFrame, *, count: int, weights: dict[str, float], eligible: pl.Expr
) -> pl.DataFrame:
    """Rank towns by the weighted sum of ranks and choose the least.

    Parameters
    ----------
    criteria : polars.DataFrame
        ``town_code`` and `CRITERIA`.
    count : int
        How many to choose.
    weights : dict of str to float
        Weight of each criterion.
    eligible : polars.Expr
        Towns that may be chosen; all others are not ranked.

    Returns
    -------
    polars.DataFrame
        See `Selection.towns`; ties go to the lower population change, then the lower code.
    """
    complete = pl.all_horizontal(pl.col(c).is_not_null() for c in CRITERIA)
    ranked = criteria.filter(complete & eligible).with_columns(
        pl.col(c).rank("average").alias(f"rank_{c}") for c in CRITERIA
    )
    score = pl.sum_horizontal(pl.col(f"rank_{c}") * weights[c] for c in CRITERIA)
    ranked = ranked.with_columns(score.alias("score")).sort(
        "score", "population_change", "town_code"
    )
    ranked = ranked.with_row_index("position", offset=1).with_columns(
        pl.col("position").cast(pl.Int64)
    )
    columns = ["town_code", *(f"rank_{c}" for c in CRITERIA), "score", "position"]
    joined = criteria.join(
        ranked.select(columns), on="town_code", how="left", maintain_order="left"
    )
    return joined.with_columns(
        (pl.col("position") <= count).fill_null(value=False).alias("is_zone"),
        (pl.col("position") - count).alias("ranks_from_cut"),
    )


def criteria_selection(
    criteria: pl.DataFrame,
    *,
    count: int,
    weights: dict[str, float],
    eligible: pl.Expr,
    window: tuple[dt.date, dt.date],
) -> Selection:
    """Choose the zones and tell how they depend on each criterion.

    Parameters
    ----------
    criteria : polars.DataFrame
        From `town_criteria`.
    count : int
        How many to choose.
    weights : dict of str to float
        Weight of each criterion.
    eligible : polars.Expr
        Towns that may be chosen.
    window : tuple of datetime.date
        First and last month compared.

    Returns
    -------
    Selection
        Zones and sensitivity.

    Raises
    ------
    InputError
        If fewer towns than `count` can be ranked.
    """
    towns = ranked_selection(criteria, count=count, weights=weights, eligible=eligible)
    if (able := towns["position"].drop_nulls().len()) < count:
        raise InputError(
            f"zones.count is {count}, but only {able} towns have all three criteria and lie in "
            "an eligible county. Lower count, or check the population and income inputs."
        )
    chosen = towns.filter("is_zone").select("town_code")
    rows = []
    for dropped in CRITERIA:
        others = ranked_selection(
            criteria, count=count, weights=weights | {dropped: 0.0}, eligible=eligible
        )
        kept = others.filter("is_zone").join(chosen, on="town_code", how="semi").height
        rows.append({"dropped": dropped, "zones": count, "zones_changed": count - kept})
    return Selection(towns, pl.DataFrame(rows), *window)
