r"""Population, income and births of a town by year: the livelihood side of the comparison.

Births enter the models as the number of live births, not as a rate: women aged 20–39 are not
published by town and year, and registered population moves with elections while births do not.
A town may have none in a year, so :math:`\log(B + 1/2)` is modelled, whose bias is the smallest
of :math:`\log(B + c)` for counts, and with it the variance :math:`1/(B + 1/2)` that a count
has for being one.
"""

from typing import Final

import polars as pl

from landwatch.measures.criteria import town_income
from landwatch.vocabulary.breaks import broken_years

DEFINITION_STEP: Final = 0.15
"""Log change of the median town in one year from which on the figure itself has changed."""


EVENTS: Final = frozenset({"births"})
"""Figures that count events as they are registered: when all of them move at once it is news, not a
change of definition; and a count is uncertain for being one."""

LEAST_VILLAGES: Final = 0.7
"""A month in which a town has fewer of its villages than this share is not a whole month."""


def town_years(
    population: pl.DataFrame | None,
    income: pl.DataFrame | None,
    births: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Return the key figures of every town and year.

    Parameters
    ----------
    population : polars.DataFrame or None
        Table ``population__town_months``.
    income : polars.DataFrame or None
        Table ``income__village_years``.
    births : polars.DataFrame or None, optional
        From `yearly_births`.

    Returns
    -------
    polars.DataFrame
        ``town_code, year, population`` (end of December; where the series begins with a January,
        that month's end stands for the December before it), ``income_median_twd``,
        ``income_mean_twd``, ``tax_units``, ``births``, ``deaths``.
    """
    frames = [pl.DataFrame(schema={"town_code": pl.String, "year": pl.Int32})]
    if population is not None:
        year_end = pl.col("month").dt.month() == 12
        opening = (pl.col("month").dt.month() == 1) & (pl.col("month") == pl.col("month").min())
        stock = population.filter(year_end | opening).with_columns(
            (pl.col("month").dt.year() - opening.cast(pl.Int32)).cast(pl.Int32).alias("year")
        )
        frames.append(stock.select("town_code", "year", "population"))
    if income is not None:
        frames.append(town_income(income).with_columns(pl.col("year").cast(pl.Int32)))
    if births is not None:
        frames.append(births)
    joined = frames[0]
    for frame in frames[1:]:
        joined = joined.join(frame, on=["town_code", "year"], how="full", coalesce=True)
    return joined.sort("town_code", "year")


def yearly_births(villages: pl.DataFrame | None, towns: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return births and deaths by town for the years that are complete.

    Parameters
    ----------
    villages : polars.DataFrame or None
        Table ``vital__village_months``.
    towns : polars.DataFrame or None, optional
        Table ``vital__town_years``, for years the villages do not complete.

    Returns
    -------
    polars.DataFrame
        ``town_code, year, births, deaths``. From villages only where all twelve months are there,
        each with at least `LEAST_VILLAGES` of the villages the town has in the year's median month.
    """
    schema = {"town_code": pl.String, "year": pl.Int32, "births": pl.Int64, "deaths": pl.Int64}
    frames = [pl.DataFrame(schema=schema)]
    key = ["town_code", "year"]
    if villages is not None:
        months = villages.group_by("town_code", "month").agg(
            pl.len().alias("villages"), pl.col("births", "deaths").sum()
        )
        months = months.with_columns(pl.col("month").dt.year().cast(pl.Int32).alias("year"))
        whole = pl.col("villages") >= LEAST_VILLAGES * pl.col("villages").median().over(key)
        years = months.filter(whole).group_by(key)
        sums = years.agg(pl.len().alias("months"), pl.col("births", "deaths").sum())
        frames.append(sums.filter(pl.col("months") == 12).select(schema.keys()))
    if towns is not None:
        frames.append(
            towns.group_by(key).agg(pl.col("births", "deaths").sum()).select(schema.keys())
        )
    return pl.concat(frames).unique(key, keep="first", maintain_order=True).sort(key)


def series_breaks(years: pl.DataFrame, column: str, *, figure: str) -> pl.DataFrame:
    """Return the years into which a figure must not be compared, and why.

    Parameters
    ----------
    years : polars.DataFrame
        From `town_years`.
    column : str
        ``population``, ``income_median_twd`` or ``births``.
    figure : str
        Name of the outcome, for its known breaks.

    Returns
    -------
    polars.DataFrame
        ``figure, year, median_change`` (median over towns of the log change from the year before)
        and ``reason``: a known break, or ``definition`` where the whole country moves by more than
        `DEFINITION_STEP` at once, which no policy for some towns does (not asked of `EVENTS`).
    """
    change = pl.col(column).log() - pl.col(column).log().shift(1).over("town_code")
    follows = pl.col("year") - pl.col("year").shift(1).over("town_code") == 1
    moves = (
        years.filter(pl.col(column) > 0)
        .sort("town_code", "year")
        .with_columns(pl.when(follows).then(change).alias("change"))
        .group_by("year")
        .agg(pl.col("change").median().alias("median_change"))
    )
    known = pl.col("year").is_in(broken_years(figure))
    jumps = (pl.col("median_change").abs() > DEFINITION_STEP) & pl.lit(figure not in EVENTS)
    reason = pl.when(known).then(pl.lit("known_break")).when(jumps).then(pl.lit("definition"))
    return (
        moves.with_columns(reason.alias("reason"), pl.lit(figure).alias("figure"))
        .filter(pl.col("reason").is_not_null())
        .select("figure", "year", "median_change", "reason")
        .sort("year")
    )


def livelihood_panel(years: pl.DataFrame, column: str, breaks: pl.DataFrame) -> pl.DataFrame:
    """Return one figure as the panel that the models take.

    Parameters
    ----------
    years : polars.DataFrame
        From `town_years`.
    column : str
        ``population``, ``income_median_twd`` or ``births``.
    breaks : polars.DataFrame
        From `series_breaks`.

    Returns
    -------
    polars.DataFrame
        ``town_code, year, log_value, is_break`` (growth into that year is not to be used); rows
        without a positive figure are absent. Of `EVENTS` a zero is a row, and there is
        ``log_variance``, the sampling variance of ``log_value``.
    """
    is_break = pl.col("year").is_in(breaks["year"].implode()).alias("is_break")
    if column in EVENTS:
        counted = pl.col(column) + 0.5
        return years.filter(pl.col(column) >= 0).select(
            "town_code",
            "year",
            counted.log().alias("log_value"),
            is_break,
            (1 / counted).alias("log_variance"),
        )
    return years.filter(pl.col(column) > 0).select(
        "town_code", "year", pl.col(column).log().alias("log_value"), is_break
    )
