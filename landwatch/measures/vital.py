"""Rates of towns: births, age and education in relation to the people there are."""

import polars as pl


def birth_rates(births: pl.DataFrame, population: pl.DataFrame) -> pl.DataFrame:
    """Return births per 1,000 registered persons at mid-year.

    Parameters
    ----------
    births : polars.DataFrame
        ``town_code, year, births`` of complete years.
    population : polars.DataFrame
        ``town_code, year, population`` at the end of June.

    Returns
    -------
    polars.DataFrame
        ``town_code, period, births_per_1000_persons, n_rows`` (births); missing without people.

    Examples
    --------
    >>> births = pl.DataFrame({"town_code": ["t"], "year": [2018], "births": [7]})
    >>> people = pl.DataFrame({"town_code": ["t"], "year": [2018], "population": [1000]})
    >>> birth_rates(births, people)["births_per_1000_persons"].item()
    7.0
    """
    joined = births.join(population, on=["town_code", "year"], how="inner")
    rate = pl.when(pl.col("population") > 0).then(pl.col("births") * 1000 / pl.col("population"))
    return joined.select(
        "town_code",
        pl.col("year").cast(pl.String).alias("period"),
        rate.alias("births_per_1000_persons"),
        pl.col("births").alias("n_rows"),
    )


def mid_year_population(
    months: pl.DataFrame | None, villages: pl.DataFrame | None, vital: pl.DataFrame | None
) -> pl.DataFrame:
    """Return the registered population at the end of June, from the first source that has it.

    Parameters
    ----------
    months : polars.DataFrame or None
        Table ``population__town_months``.
    villages : polars.DataFrame or None
        Table ``population__village_ages``.
    vital : polars.DataFrame or None
        Table ``vital__town_years``, whose ``population_mid_year`` it is.

    Returns
    -------
    polars.DataFrame
        ``town_code, year, population``.
    """
    schema = {"town_code": pl.String, "year": pl.Int32, "population": pl.Int64}
    frames = [pl.DataFrame(schema=schema)]
    year = pl.col("month").dt.year().cast(pl.Int32).alias("year")
    for table in (months, villages):
        if table is not None:
            june = table.filter(pl.col("month").dt.month() == 6).with_columns(year)
            frames.append(june.group_by("town_code", "year").agg(pl.col("population").sum()))
    if vital is not None:
        middle = vital.group_by("town_code", "year").agg(
            pl.when(pl.col("population_mid_year").null_count() == 0)
            .then(pl.col("population_mid_year").sum())
            .alias("population")
        )
        frames.append(middle.drop_nulls("population"))
    stacked = pl.concat(frames)
    return stacked.unique(["town_code", "year"], keep="first", maintain_order=True).sort(
        "town_code", "year"
    )


def village_shares(
    villages: pl.DataFrame, part: pl.Expr, whole: str, *, share: str, period: str
) -> pl.DataFrame:
    """Return a share of people by town, one period a year.

    Parameters
    ----------
    villages : polars.DataFrame
        Rows of villages.
    part : polars.Expr
        People who count [persons].
    whole : str
        Column of all people [persons].
    share : str
        Name of the result.
    period : str
        ``month``, of which the last of each year is taken, or ``year``.

    Returns
    -------
    polars.DataFrame
        ``town_code, period`` (year, or year and month), the share (0–1) and ``n_rows`` (villages).
    """
    rows = villages
    if period == "month":
        last = pl.col("month").max().over(pl.col("month").dt.year())
        rows = villages.filter(pl.col("month") == last)
    word = pl.col("month").dt.strftime("%Y-%m") if period == "month" else pl.col("year")
    sums = rows.group_by("town_code", word.cast(pl.String).alias("period")).agg(
        part.sum().alias("_part"),
        pl.col(whole).sum().alias("_whole"),
        pl.len().cast(pl.Int64).alias("n_rows"),
    )
    value = pl.when(pl.col("_whole") > 0).then(pl.col("_part") / pl.col("_whole"))
    return sums.select("town_code", "period", value.alias(share), "n_rows").sort(
        "town_code", "period"
    )
