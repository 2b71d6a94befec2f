"""Numbers of areas as figures: suppressed where they rest on too few rows."""

from typing import Final

import polars as pl

from landwatch.schemas.tables import conformed

LEAST_ROWS: Final = 5
"""A median or mean of fewer rows could be traced to a household or a shop."""


def figure_rows(
    frame: pl.DataFrame, figure: str, *, value: str, n_rows: str, least: int = LEAST_ROWS
) -> pl.DataFrame:
    """Return one column of a frame as rows of table ``figures``.

    Parameters
    ----------
    frame : polars.DataFrame
        ``zone_id``, ``period`` and the two columns named below.
    figure : str
        Name of the figure, quantity and unit.
    value, n_rows : str
        Columns of the number and of the count of rows it rests on.
    least : int, optional
        Numbers resting on fewer rows are suppressed; 0 for counts, which are their own rows.

    Returns
    -------
    polars.DataFrame
        Table ``figures``. A number that is missing although there are rows enough is ``no_data``.

    Examples
    --------
    >>> towns = pl.DataFrame({"zone_id": ["a", "b"], "period": "2021", "m": [9.5, 8], "n": [7, 3]})
    >>> rows = figure_rows(towns, "rent_twd_m2_month", value="m", n_rows="n")
    >>> rows.select("value", "status").rows()
    [(9.5, 'shown'), (None, 'suppressed')]
    """
    count = pl.col(n_rows).fill_null(0)
    status = (
        pl.when(pl.col(value).is_null())
        .then(pl.lit("no_data"))
        .when(count < least)
        .then(pl.lit("suppressed"))
        .otherwise(pl.lit("shown"))
    )
    rows = frame.with_columns(
        pl.lit(figure).alias("figure"), count.alias("n_rows"), status.alias("status")
    ).with_columns(pl.when(pl.col("status") == "shown").then(pl.col(value)).alias("value"))
    return conformed(rows, "figures").sort("zone_id", "figure", "period")
