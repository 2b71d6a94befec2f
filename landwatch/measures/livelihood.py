"""Population and income of a town by year: the livelihood side of the comparison."""

import polars as pl

from landwatch.measures.criteria import town_income
from landwatch.vocabulary.breaks import broken_years


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
        that month's end stands for the December before it), ``income_median_twd``, ``income_mean_twd``, ``tax_units``.
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


def livelihood_panel(years: pl.DataFrame, column: str, *, figure: str) -> pl.DataFrame:
    """Return one figure as the panel that the models take.

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
        ``town_code, year, log_value, is_break`` (growth into that year is not to be used, see
        `landwatch.vocabulary.breaks`); rows without a positive figure are absent.
    """
    known = years.filter(pl.col(column) > 0)
    return known.select(
        "town_code",
        "year",
        pl.col(column).log().alias("log_value"),
        pl.col("year").is_in(broken_years(figure)).alias("is_break"),
    )
