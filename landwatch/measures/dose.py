"""Project money as a treatment: when it first reached a place, and how much has since."""

from typing import Final

import polars as pl

DOSE_COLUMNS: Final = (
    "zone_id",
    "year",
    "first_year",
    "first_date",
    "new_projects",
    "n_projects",
    "n_without_amount",
    "dose_twd",
    "dose_known_twd",
    "dose_twd_per_head",
)


def first_awards(awards: pl.DataFrame) -> pl.DataFrame:
    """Return when the first project that went ahead reached each place.

    Parameters
    ----------
    awards : polars.DataFrame
        ``zone_id`` and the columns of table ``projects__awards``.

    Returns
    -------
    polars.DataFrame
        ``zone_id, first_year, first_date``. The day is missing where any project of the first year
        is dated by the year only. Places with withdrawn, refused or pending projects alone are
        absent.
    """
    treated = awards.filter("is_treatment")
    opening = pl.col("year") == pl.col("year").min().over("zone_id")
    dated = pl.col("award_date").is_not_null().all()
    return (
        treated.filter(opening)
        .group_by("zone_id")
        .agg(
            pl.col("year").first().alias("first_year"),
            pl.when(dated).then(pl.col("award_date").min()).alias("first_date"),
        )
        .sort("zone_id")
    )


def project_dose(awards: pl.DataFrame, population: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return the cumulative subsidy of every listed place and year.

    Parameters
    ----------
    awards : polars.DataFrame
        ``zone_id`` and the columns of table ``projects__awards``.
    population : polars.DataFrame or None, optional
        ``zone_id, year, population`` at the end of years.

    Returns
    -------
    polars.DataFrame
        Columns `DOSE_COLUMNS`, a row for every place of the list and every year from the first to
        the last of it. ``new_projects`` in the year, ``n_projects`` since the beginning;
        ``dose_twd``: subsidies since the beginning [NTD], missing from the first project on whose
        subsidy is not known (``n_without_amount`` of them so far), ``dose_known_twd``: those that
        are known, a lower bound; ``dose_twd_per_head``: by the population at the last year end
        known before the first project. Only projects that went ahead count.

    Notes
    -----
    A place that is not in the list has no row: lists are not complete, and absence is not a dose
    of 0. For the same reason a 0 before the first project holds only as far as the list is complete
    for that county. An amount told for several places together (flag ``joint_amount``) is not
    known.

    Examples
    --------
    >>> awards = pl.DataFrame({
    ...     "zone_id": ["a", "a", "b"], "year": [2020, 2021, 2021], "award_date": [None] * 3,
    ...     "is_treatment": [True, True, False], "subsidy_twd": [5e6, None, 9e6],
    ...     "flags": [None] * 3}, schema_overrides={"award_date": pl.Date, "flags": pl.String})
    >>> dose = project_dose(awards)
    >>> dose.select("zone_id", "year", "n_projects", "dose_twd").rows()
    [('a', 2020, 1, 5000000.0), ('a', 2021, 2, None), ('b', 2020, 0, 0.0), ('b', 2021, 0, 0.0)]
    """
    amount = pl.when(~pl.col("flags").fill_null("").str.contains("joint_amount")).then(
        pl.col("subsidy_twd")
    )
    yearly = (
        awards.filter("is_treatment")
        .sort("zone_id", "year", "subsidy_twd")
        .group_by("zone_id", "year", maintain_order=True)
        .agg(
            pl.len().cast(pl.Int64).alias("new_projects"),
            amount.is_null().sum().cast(pl.Int64).alias("_unknown"),
            amount.sum().alias("_known"),
        )
    )
    sums = {
        "n_projects": "new_projects",
        "n_without_amount": "_unknown",
        "dose_known_twd": "_known",
    }
    panel = (
        _panel(awards)
        .join(yearly, on=["zone_id", "year"], how="left", maintain_order="left")
        .with_columns(
            pl.col("new_projects", "_unknown").fill_null(0), pl.col("_known").fill_null(0.0)
        )
        .with_columns(pl.col(c).cum_sum().over("zone_id").alias(name) for name, c in sums.items())
        .with_columns(
            pl.when(pl.col("n_without_amount") == 0).then("dose_known_twd").alias("dose_twd")
        )
        .join(first_awards(awards), on="zone_id", how="left", maintain_order="left")
    )
    per_head = pl.col("dose_twd") / pl.col("_population")
    return (
        panel.join(_before(panel, population), on="zone_id", how="left", maintain_order="left")
        .with_columns(per_head.alias("dose_twd_per_head"))
        .select(DOSE_COLUMNS)
    )


def _panel(awards: pl.DataFrame) -> pl.DataFrame:
    low, high = awards["year"].min(), awards["year"].max()
    years = pl.DataFrame({"year": []}, schema={"year": pl.Int64})
    if isinstance(low, int) and isinstance(high, int):
        years = pl.DataFrame({"year": range(low, high + 1)}, schema={"year": pl.Int64})
    dtype = awards.schema["year"]
    places = awards.select(pl.col("zone_id").unique().sort())
    return places.join(years.cast({"year": dtype}), how="cross").sort("zone_id", "year")


def _before(panel: pl.DataFrame, population: pl.DataFrame | None) -> pl.DataFrame:
    starts = panel.select("zone_id", "first_year").unique().drop_nulls()
    if population is None:
        return starts.select("zone_id", pl.lit(None, pl.Float64).alias("_population"))
    known = population.filter(pl.col("population") > 0).select("zone_id", "year", "population")
    earlier = starts.join(known, on="zone_id").filter(pl.col("year") < pl.col("first_year"))
    return (
        earlier.sort("zone_id", "year")
        .group_by("zone_id", maintain_order=True)
        .agg(pl.col("population").last().cast(pl.Float64).alias("_population"))
    )
