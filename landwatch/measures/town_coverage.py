"""Every town in every year of every series: there, partly there, or absent and why."""

from typing import Final

import polars as pl

NO_FILE: Final = "沒有這一年的檔案 no file of this year"
NO_ROW: Final = "這一年的檔案沒有這個鄉鎮市區 the files of this year have no row of this town"
PARTIAL: Final = "部分期別缺漏 some of the year's periods are missing"


def town_coverage(rows: pl.DataFrame, towns: pl.DataFrame, *, series: str) -> pl.DataFrame:
    """Account for every town in every year from the first to the last of a series.

    Parameters
    ----------
    rows : polars.DataFrame
        ``town_code`` and either ``month`` or ``year``; several rows a period count once.
    towns : polars.DataFrame
        ``town_code`` of every town of the study.
    series : str
        Name of the series.

    Returns
    -------
    polars.DataFrame
        ``town_code``, ``series``, ``year``, ``status`` (``present``, ``partial``, ``absent``),
        ``periods_found`` (of this town), ``periods_expected`` (of any town) and ``reason``, empty
        where present. Towns × years rows; none where there are no rows.

    Examples
    --------
    >>> rows = pl.DataFrame({"town_code": ["a", "b", "a"], "year": [2014, 2014, 2016]})
    >>> towns = pl.DataFrame({"town_code": ["a", "b"]})
    >>> town_coverage(rows, towns, series="s").select("town_code", "year", "status").rows()
    [('a', 2014, 'present'), ('a', 2015, 'absent'), ('a', 2016, 'present'), \
('b', 2014, 'present'), ('b', 2015, 'absent'), ('b', 2016, 'absent')]
    """
    period = "month" if "month" in rows.columns else "year"
    year = pl.col("month").dt.year() if period == "month" else pl.col("year")
    seen = rows.select("town_code", year.cast(pl.Int32).alias("year"), pl.col(period).alias("_p"))
    found = seen.group_by("town_code", "year").agg(pl.col("_p").n_unique().alias("periods_found"))
    expected = seen.group_by("year").agg(pl.col("_p").n_unique().alias("periods_expected"))
    span = pl.DataFrame({"year": _years(seen)}, schema={"year": pl.Int32})
    grid = towns.select("town_code").join(span, how="cross")
    grid = grid.join(found, on=["town_code", "year"], how="left").join(
        expected, on="year", how="left"
    )
    counts = pl.col("periods_found", "periods_expected").fill_null(0).cast(pl.Int64)
    n, of = pl.col("periods_found"), pl.col("periods_expected")
    status = (
        pl.when(n == 0)
        .then(pl.lit("absent"))
        .when(n < of)
        .then(pl.lit("partial"))
        .otherwise(pl.lit("present"))
    )
    reason = (
        pl.when(of == 0)
        .then(pl.lit(NO_FILE))
        .when(n == 0)
        .then(pl.lit(NO_ROW))
        .when(n < of)
        .then(pl.lit(PARTIAL))
        .otherwise(pl.lit(""))
    )
    table = grid.with_columns(counts).with_columns(
        pl.lit(series).alias("series"), status.alias("status"), reason.alias("reason")
    )
    order = ["town_code", "series", "year", "status", "periods_found", "periods_expected", "reason"]
    return table.select(order).sort("town_code", "year")


def _years(seen: pl.DataFrame) -> list[int]:
    years = seen["year"].drop_nulls().unique().sort().to_list()
    return list(range(years[0], years[-1] + 1)) if years else []
