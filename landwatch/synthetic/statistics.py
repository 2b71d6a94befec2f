r"""Population by month and income by village and year, with known truth.

For town :math:`z` and month :math:`m`, :math:`T_0` the effective month,

.. math::

    \log N_{zm} = \log N_z - g_z\,m/12 + \rho_{zm} + \delta_z \max(0, m - T_0 + 1)/12

with :math:`\rho` a random walk of standard deviation 0.003 a year and :math:`g_z` 0.008 a year,
in treated towns 0.020: they are chosen for declining faster, and do so at a steady rate, so that
growth, not size, runs parallel.

For village :math:`v` and tax year :math:`y`,

.. math::

    \log I_{vy} = \log I_z + b_v + 0.015\,(y - 2010) + c_y + \eta_{zy}
        + \delta_z \max(0, y - 2018)

with :math:`c_y \sim N(0, 0.01^2)` common and :math:`\eta \sim N(0, 0.004^2)`. Here :math:`\delta`
is growth [log points per year].

Among treated towns, and among all others, the larger a town the poorer it is, and every treated
town is both smaller and poorer than every other. The sum of the ranks of size and income is then
:math:`k + 1` for each of the :math:`k` treated towns and :math:`n + k + 1` for each of the others,
so that the criteria choose the treated towns however population changes.
"""

import json
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from landwatch.synthetic.archives import write_zip
from landwatch.synthetic.names import VILLAGES
from landwatch.synthetic.scenarios import OUTCOMES, effect_matrix
from landwatch.synthetic.world import EFFECTIVE, World

FIRST_MONTH: Final = np.datetime64("2014-01", "M")
LAST_MONTH: Final = np.datetime64("2022-12", "M")
INCOME_YEARS: Final = range(2010, 2022)

TREATED_POPULATION: Final = (2_600, 7_000)
OTHER_POPULATION: Final = (9_500, 90_000)
TREATED_INCOME: Final = (340, 430)
OTHER_INCOME: Final = (500, 680)
"""Ranges of town population and of median income [thousand TWD], treated and other towns."""

DECLINE: Final = 0.008
TREATED_DECLINE: Final = 0.020
"""Yearly loss of population [log points], other and treated towns."""

PER_HOUSEHOLD: Final = 2.6
INCOME_HEADER: Final = (
    "縣市,鄉鎮市區,村里,納稅單位,綜合所得總額,平均數,中位數,第一分位數,第三分位數,標準差,變異係數"
)


def town_levels(world: World) -> tuple[np.ndarray, np.ndarray]:
    """Return the size and the income every town starts from.

    Parameters
    ----------
    world : World
        The world.

    Returns
    -------
    tuple of ndarray, shape (n_towns,)
        Population [persons] and median income [thousand TWD], evenly spaced in logs in opposite
        orders within treated and other towns.
    """
    treated = world.towns["is_treated"].to_numpy()
    rng = world.stream("population")
    population, income = np.empty(len(treated)), np.empty(len(treated))
    for chosen, sizes, incomes in (
        (treated, TREATED_POPULATION, TREATED_INCOME),
        (~treated, OTHER_POPULATION, OTHER_INCOME),
    ):
        order = rng.permutation(int(chosen.sum()))
        population[chosen] = np.geomspace(*sizes, num=len(order))[order]
        income[chosen] = np.geomspace(*incomes[::-1], num=len(order))[order]
    return population, income


def monthly_population(world: World) -> np.ndarray:
    """Draw the population of every town and month.

    Parameters
    ----------
    world : World
        The world.

    Returns
    -------
    ndarray of int64, shape (n_towns, n_months)
        Persons, January 2014 to December 2022.
    """
    months = np.arange(int((LAST_MONTH - FIRST_MONTH).astype(int)) + 1)
    rng = world.stream("population").spawn(1)[0]
    size, _ = town_levels(world)
    steps = rng.normal(0, 0.003 / np.sqrt(12), (len(size), len(months)))
    treated = world.towns["is_treated"].to_numpy()
    decline = np.where(treated, TREATED_DECLINE, DECLINE)
    start = int((np.datetime64(EFFECTIVE, "M") - FIRST_MONTH).astype(int))
    planted = effect_matrix(world.truth)[:, OUTCOMES.index("population")]
    log = (
        np.log(size)[:, None]
        - np.outer(decline, months / 12)
        + steps.cumsum(axis=1)
        + np.outer(planted, np.maximum(months - start + 1, 0) / 12)
    )
    return np.asarray(np.exp(log).round().astype(np.int64))


def write_population(path: Path, world: World) -> Path:
    """Write the monthly population files.

    Parameters
    ----------
    path : pathlib.Path
        The zip.
    world : World
        The world.

    Returns
    -------
    pathlib.Path
        The path.
    """
    persons = monthly_population(world)
    households = (persons / PER_HOUSEHOLD).round().astype(np.int64)
    male = (persons * 0.52).round().astype(np.int64)
    codes = (world.towns["county_code"] + world.towns["town_id"].str.slice(1)).to_list()
    areas = (world.towns["county_name"] + world.towns["town_name"]).to_list()
    members = {}
    for position, month in enumerate(np.arange(FIRST_MONTH, LAST_MONTH + 1)):
        columns = (persons, households, male)
        values = zip(codes, areas, *(c[:, position].tolist() for c in columns), strict=True)
        entries = {
            code: {"area": area, "households": h, "population": n, "male": m, "female": n - m}
            for code, area, n, h, m in values
        }
        members[f"{month}.json"] = json.dumps(entries, ensure_ascii=False, indent=4).encode()
    return write_zip(path, members)


def village_income(world: World) -> pl.DataFrame:
    """Draw the income of every village and year.

    Parameters
    ----------
    world : World
        The world.

    Returns
    -------
    polars.DataFrame
        ``year, county_name, town_name, village, tax_units, median`` [thousand TWD], ordered.
    """
    rng = world.stream("income")
    population, level = town_levels(world)
    n_towns, n_years, n_villages = len(level), len(INCOME_YEARS), len(VILLAGES)
    spread = rng.normal(0, 0.06, (n_towns, n_villages))
    spread -= np.median(spread, axis=1, keepdims=True)
    years = np.array(INCOME_YEARS)
    trend = 0.015 * (years - years[0]) + rng.normal(0, 0.01, n_years)
    noise = rng.normal(0, 0.004, (n_towns, n_years))
    planted = effect_matrix(world.truth)[:, OUTCOMES.index("income")]
    town_year = np.log(level)[:, None] + trend + noise
    town_year += np.outer(planted, np.maximum(years - EFFECTIVE.year + 1, 0))
    median = np.exp(town_year.T[:, :, None] + spread).round().astype(np.int64)
    units = np.maximum(population / PER_HOUSEHOLD / n_villages, 20).round().astype(np.int64)
    grid = np.indices(median.shape).reshape(3, -1)
    names = world.towns.select("county_name", "town_name")[grid[1]]
    return (
        pl.DataFrame({"year": years[grid[0]]})
        .hstack(names)
        .with_columns(
            pl.Series("village", np.array([f"{v}村" for v in VILLAGES])[grid[2]]),
            pl.Series("tax_units", units[grid[1]]),
            pl.Series("median", median.ravel()),
        )
    )


def write_income(path: Path, world: World) -> Path:
    """Write the yearly income files.

    Parameters
    ----------
    path : pathlib.Path
        The zip.
    world : World
        The world.

    Returns
    -------
    pathlib.Path
        The path.
    """
    median, units = pl.col("median"), pl.col("tax_units")
    mean = (median * 1.45).round().cast(pl.Int64)
    deviation = (median * 1.9).round(2)
    old = pl.col("county_name").str.replace("臺", "台")
    columns = [
        old,
        pl.col("town_name").str.replace("臺", "台"),
        pl.col("village"),
        units,
        mean * units,
        mean,
        median,
        (median * 0.55).round().cast(pl.Int64),
        (median * 1.95).round().cast(pl.Int64),
        deviation,
        (deviation / mean * 100).round(2),
    ]
    lines = village_income(world).select(
        "year", pl.concat_str(columns, separator=",").alias("line")
    )
    members = {}
    for (year,), part in lines.partition_by("year", as_dict=True, maintain_order=True).items():
        members[f"{year}.csv"] = "\n".join([INCOME_HEADER, *part["line"], ""]).encode()
    return write_zip(path, members)
