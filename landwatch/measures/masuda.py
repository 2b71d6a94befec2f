r"""The Masuda index (增田指標, 可能消滅): how many women aged 20–39 will be left in thirty years.

The index of a town is the relative change of women aged 20–39 from a base year to thirty years
later; −0.5 and less is the threshold of the debate on vanishing places (地方消滅). Where a
projection is given it is read from it. Where only an age structure is given the cohorts of a
closed population stand in: nobody moves or dies, and women of 20–39 have as many daughters of
0–9 as today,

.. math::

    W'_{20-39} = F_{0-9} + F_{10-29} \, F_{0-9} / F_{20-39}

with :math:`F` females by age now: those of 0–9 will be 30–39, and the daughters that those of
10–29 raise in ten years' time will be 20–29. Migration is left out, so this basis understates
the fall where young people leave; ``masuda_basis`` says which was used.

References
----------
Masuda, H. (2014). 地方消滅. Chuokoron-Shinsha, Tokyo.
"""

from typing import Final

import polars as pl

from landwatch.schemas.entities.statistics import AGE_COLUMNS

HORIZON_YEARS: Final = 30
THRESHOLD: Final = -0.5
WOMEN: Final = tuple(f"female_{a}_{a + 4}" for a in range(20, 40, 5))
"""Five-year groups of women aged 20–39."""

_SCHEMA: Final = {
    "town_code": pl.String,
    "year": pl.Int32,
    "masuda_index": pl.Float64,
    "masuda_basis": pl.String,
    "n_rows": pl.Int64,
}


def projected_masuda(projections: pl.DataFrame, *, by: str = "town_code") -> pl.DataFrame:
    """Return the index by every base year a projection reaches thirty years beyond.

    Parameters
    ----------
    projections : polars.DataFrame
        Table ``population__town_projections``.
    by : str, optional
        ``town_code``, areas of one town added up, or ``area_name`` as published.

    Returns
    -------
    polars.DataFrame
        The area, ``year`` (base), ``masuda_index``, ``masuda_basis`` (``projection``) and
        ``n_rows``, published rows of the two years. No row for an area without women in the base
        year.

    Examples
    --------
    >>> women = {group: [100, 45] for group in WOMEN}
    >>> projection = pl.DataFrame({"town_code": "t", "year": [2019, 2049], **women})
    >>> projected_masuda(projection)["masuda_index"].round(2).to_list()
    [-0.55]
    """
    women = projections.group_by(by, "year").agg(
        pl.sum_horizontal(pl.col(c).sum() for c in WOMEN).alias("women"), pl.len().alias("rows")
    )
    later = women.with_columns((pl.col("year") - HORIZON_YEARS).alias("year"))
    pairs = women.filter(pl.col("women") > 0).join(later, on=[by, "year"], suffix="_later")
    table = pairs.select(
        by,
        pl.col("year").cast(pl.Int32),
        (pl.col("women_later") / pl.col("women") - 1).alias("masuda_index"),
        pl.lit("projection").alias("masuda_basis"),
        (pl.col("rows") + pl.col("rows_later")).cast(pl.Int64).alias("n_rows"),
    )
    return table.sort(by, "year")


def cohort_masuda(ages: pl.DataFrame) -> pl.DataFrame:
    """Return the index by the last age structure of every year, cohorts of a closed population.

    Parameters
    ----------
    ages : polars.DataFrame
        Table ``population__town_ages``.

    Returns
    -------
    polars.DataFrame
        ``town_code``, ``year``, ``masuda_index``, ``masuda_basis`` (``cohorts``) and ``n_rows``.
    """
    females = [c for c in AGE_COLUMNS if c.startswith("female_")]
    year = pl.col("month").dt.year().cast(pl.Int32).alias("year")
    last = ages.with_columns(year).filter(
        pl.col("month") == pl.col("month").max().over("town_code", "year")
    )
    stock = last.group_by("town_code", "year").agg(
        pl.col(females).sum(), pl.len().cast(pl.Int64).alias("n_rows")
    )
    girls, women = _females(0, 10), _females(20, 40)
    later = girls + _females(10, 30) * girls / women
    return (
        stock.filter(women > 0)
        .with_columns(
            (later / women - 1).alias("masuda_index"), pl.lit("cohorts").alias("masuda_basis")
        )
        .select(_SCHEMA.keys())
        .sort("town_code", "year")
    )


def _females(first: int, end: int) -> pl.Expr:
    return pl.sum_horizontal(f"female_{a}_{a + 4}" for a in range(first, end, 5))


def masuda_years(projections: pl.DataFrame | None, ages: pl.DataFrame | None) -> pl.DataFrame:
    """Return the index by town and base year: the projection's, else that of the cohorts.

    Parameters
    ----------
    projections : polars.DataFrame or None
        Table ``population__town_projections``.
    ages : polars.DataFrame or None
        Table ``population__town_ages``.

    Returns
    -------
    polars.DataFrame
        ``town_code``, ``year``, ``masuda_index``, ``masuda_basis``, ``n_rows``.
    """
    frames = [pl.DataFrame(schema=_SCHEMA)]
    if projections is not None:
        frames.append(projected_masuda(projections))
    if ages is not None:
        frames.append(cohort_masuda(ages))
    table = pl.concat(frames).unique(["town_code", "year"], keep="first", maintain_order=True)
    return table.sort("town_code", "year")
