"""Population and income of a town by year: the livelihood side of the comparison."""

import polars as pl

from landwatch.measures.criteria import town_income


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
        ``town_code, year, population`` (last month of a year that reaches December; missing in
        incomplete years), ``income_median_twd``, ``income_mean_twd``, ``tax_units``.
    """
    frames = [pl.DataFrame(schema={"town_code": pl.String, "year": pl.Int32})]
    if population is not None:
        december = population.filter(pl.col("month").dt.month() == 12)
        frames.append(
            december.select(
                "town_code", pl.col("month").dt.year().cast(pl.Int32).alias("year"), "population"
            )
        )
    if income is not None:
        frames.append(town_income(income).with_columns(pl.col("year").cast(pl.Int32)))
    joined = frames[0]
    for frame in frames[1:]:
        joined = joined.join(frame, on=["town_code", "year"], how="full", coalesce=True)
    return joined.sort("town_code", "year")


def livelihood_panel(years: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return one figure as the panel that the models take.

    Parameters
    ----------
    years : polars.DataFrame
        From `town_years`.
    column : str
        ``population`` or ``income_median_twd``.

    Returns
    -------
    polars.DataFrame
        ``town_code, year, log_value``; rows without a positive figure are absent.
    """
    known = years.filter(pl.col(column) > 0)
    return known.select("town_code", "year", pl.col(column).log().alias("log_value"))
