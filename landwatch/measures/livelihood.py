"""Population and income of a town by year: the livelihood side of the comparison."""

from typing import Final

import polars as pl

from landwatch.measures.criteria import town_income
from landwatch.vocabulary.breaks import broken_years

DEFINITION_STEP: Final = 0.15
"""Log change of the median town in one year from which on the figure itself has changed."""


def town_years(population: pl.DataFrame | None, income: pl.DataFrame | None) -> pl.DataFrame:
    """Return the key figures of every town and year.

    Parameters
    ----------
    population : polars.DataFrame or None
        Table ``population__town_months``.
    income : polars.DataFrame or None
        Table ``income__village_years``.

    Returns
    -------
    polars.DataFrame
        ``town_code, year, population`` (end of December; where the series begins with a January,
        that month's end stands for the December before it), ``income_median_twd``,
        ``income_mean_twd``, ``tax_units``.
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
    joined = frames[0]
    for frame in frames[1:]:
        joined = joined.join(frame, on=["town_code", "year"], how="full", coalesce=True)
    return joined.sort("town_code", "year")


def series_breaks(years: pl.DataFrame, column: str, *, figure: str) -> pl.DataFrame:
    """Return the years into which a figure must not be compared, and why.

    Parameters
    ----------
    years : polars.DataFrame
        From `town_years`.
    column : str
        ``population`` or ``income_median_twd``.
    figure : str
        Name of the outcome, for its known breaks.

    Returns
    -------
    polars.DataFrame
        ``figure, year, median_change`` (median over towns of the log change from the year before)
        and ``reason``: a known break, or ``definition`` where the whole country moves by more than
        `DEFINITION_STEP` at once, which no policy for some towns does.
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
    jumps = pl.col("median_change").abs() > DEFINITION_STEP
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
        ``population`` or ``income_median_twd``.
    breaks : polars.DataFrame
        From `series_breaks`.

    Returns
    -------
    polars.DataFrame
        ``town_code, year, log_value, is_break`` (growth into that year is not to be used); rows
        without a positive figure are absent.
    """
    return years.filter(pl.col(column) > 0).select(
        "town_code",
        "year",
        pl.col(column).log().alias("log_value"),
        pl.col("year").is_in(breaks["year"].implode()).alias("is_break"),
    )
