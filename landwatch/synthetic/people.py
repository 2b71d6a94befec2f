r"""Births and deaths by village and month, ages, and their projection, with known truth.

Births of a village in month :math:`m` of year :math:`y` are Poisson with mean

.. math::

    \frac{b\,N_z}{12\,V} \exp(-g_z\,(y - 2015) + \delta_z \max(0, y - 2018))

where :math:`N_z` is the town's size, :math:`V` its number of villages, :math:`b` the birth rate and
:math:`g_z` its yearly loss, larger in treated towns, and steady, so that growth runs parallel.
:math:`\delta` is growth [log points per year]. In the projection every age shrinks at one rate,
the one that makes the Masuda index what `planted_masuda` says, rounding aside.
"""

from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from landwatch.synthetic.archives import write_zip
from landwatch.synthetic.names import VILLAGES
from landwatch.synthetic.scenarios import OUTCOMES, effect_matrix
from landwatch.synthetic.statistics import PER_HOUSEHOLD, monthly_population, town_levels
from landwatch.synthetic.world import EFFECTIVE, World
from landwatch.vocabulary.calendar import ROC_EPOCH

VITAL_YEARS: Final = range(2015, 2023)
NEW_HEADER_YEAR: Final = 2018
"""Since then two header rows, village codes, and couples of the same sex apart."""

BIRTH_RATE: Final = 0.008
EVENT_RATES: Final = (0.009, 0.005, 0.002)
"""Deaths, marriages and divorces a person and year."""

BIRTH_DECLINE: Final = 0.02
TREATED_BIRTH_DECLINE: Final = 0.03
"""Yearly loss of births [log points], other and treated towns."""

AGES_MONTH: Final = "2018-12"
PROJECTION_YEARS: Final = range(2019, 2066)
TREATED_MASUDA: Final = (-0.60, -0.52)
OTHER_MASUDA: Final = (-0.45, -0.25)
"""Ranges of the Masuda index, treated and other towns."""

OLD_HEADER: Final = (
    "統計年月,區域別,村里,出生數,出生數-男,出生數-女,死亡數,死亡數-男,死亡數-女,結婚對數,離婚對數"
)
NEW_HEADERS: Final = (
    "statistic_yyymm,district_code,site_id,village,birth_total,birth_total_m,birth_total_f,"
    "death_total,death_m,death_f,marry_pair_OppositeSex,marry_pair_SameSex,"
    "divorce_pair_OppositeSex,divorce_pair_SameSex",
    "統計年月,區域別代碼,區域別,村里名稱,出生數,出生數-男,出生數-女,死亡數,死亡數-男,死亡數-女,"
    "結婚對數_異性,結婚對數_同性,離婚對數_異性,離婚對數_同性",
)
_AGES: Final = np.arange(101)


def monthly_births(world: World) -> np.ndarray:
    """Draw the births of every village and month.

    Parameters
    ----------
    world : World
        The world.

    Returns
    -------
    ndarray of int64, shape (n_years, 12, n_towns, n_villages)
        Live births; planted effects are growth, 0 or more.
    """
    size, _ = town_levels(world)
    treated = world.towns["is_treated"].to_numpy()
    decline = np.where(treated, TREATED_BIRTH_DECLINE, BIRTH_DECLINE)
    planted = effect_matrix(world.truth)[:, OUTCOMES.index("births")]
    years = np.array(VITAL_YEARS)
    mean = BIRTH_RATE / 12 / len(VILLAGES) * size * np.exp(np.outer(years[0] - years, decline))
    grown = np.expm1(np.outer(np.maximum(years - EFFECTIVE.year + 1, 0), planted))
    shape = (len(years), 12, len(size), len(VILLAGES))
    usual, more = world.stream("vital").spawn(2)
    drawn: np.ndarray = usual.poisson(np.broadcast_to(mean[:, None, :, None], shape))
    # a Poisson number on top keeps the sum Poisson and leaves every other draw as it was
    drawn += more.poisson(np.broadcast_to((mean * grown)[:, None, :, None], shape))
    return drawn


def write_vital(path: Path, world: World) -> Path:
    """Write the monthly files of births, deaths, marriages and divorces.

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
    births = monthly_births(world)
    rng = world.stream("vital").spawn(3)[2]
    size, _ = town_levels(world)
    means = np.multiply.outer(EVENT_RATES, size / 12 / len(VILLAGES))[:, None, None, :, None]
    deaths, marriages, divorces = rng.poisson(np.broadcast_to(means, (3, *births.shape)))
    boys = (births + 1) // 2
    men = (deaths + 1) // 2
    counts = (births, boys, births - boys, deaths, men, deaths - men, marriages, divorces)
    places = _villages(world)
    members = {}
    for position, year in enumerate(VITAL_YEARS):
        for month in range(12):
            flat = [c[position, month].ravel() for c in counts]
            text = _vital_text(places, flat, year, month + 1)
            members[f"{year}-{month + 1:02d}.csv"] = text.encode("utf-8-sig")
    return write_zip(path, members)


def _villages(world: World) -> pl.DataFrame:
    names = pl.DataFrame({"village": [f"{v}村" for v in VILLAGES]}).with_row_index("number", 1)
    return world.towns.join(names, how="cross", maintain_order="left_right").select(
        pl.concat_str("county_name", "town_name").alias("area"),
        pl.concat_str("town_code", pl.col("number").cast(pl.String).str.zfill(3)).alias("code"),
        "village",
    )


def _vital_text(places: pl.DataFrame, counts: list[np.ndarray], year: int, month: int) -> str:
    *events, marriages, divorces = (pl.Series(c) for c in counts)
    when = pl.lit(f"{year - ROC_EPOCH}{month:02d}")
    if year < NEW_HEADER_YEAR:
        columns = [when, "area", "village", *events, marriages, divorces]
        header = [OLD_HEADER]
    else:
        none = pl.lit(0)
        couples = [marriages, none, divorces, none]
        columns = [when, "code", "area", "village", *events, *couples]
        header = list(NEW_HEADERS)
    lines = places.select(pl.concat_str(columns, separator=",")).to_series()
    return "\n".join([*header, *lines, ""])


def planted_masuda(world: World) -> np.ndarray:
    """Return the Masuda index the projection has, base 2019.

    Parameters
    ----------
    world : World
        The world.

    Returns
    -------
    ndarray, shape (n_towns,)
        Relative change of women aged 20–39 in thirty years.
    """
    treated = world.towns["is_treated"].to_numpy()
    index = np.empty(len(treated))
    index[treated] = np.linspace(*TREATED_MASUDA, num=int(treated.sum()))
    index[~treated] = np.linspace(*OTHER_MASUDA, num=int((~treated).sum()))
    return index


def _by_age(total: np.ndarray) -> np.ndarray:
    """Split totals into single ages by one shape; parts add up exactly."""
    weight = np.where(_AGES < 65, 1.0 - 0.004 * (64 - _AGES), np.exp(-(_AGES - 65) / 14))
    bounds = np.concatenate([[0.0], weight.cumsum() / weight.sum()])
    edges = np.round(np.multiply.outer(total, bounds)).astype(np.int64)
    return np.asarray(np.diff(edges, axis=-1))


def _people(world: World) -> np.ndarray:
    """Persons by town, sex and single age at `AGES_MONTH`, shape (n_towns, 2, 101)."""
    total = monthly_population(world)[:, 59]
    male = (total * 0.52).round().astype(np.int64)
    return np.stack([_by_age(male), _by_age(total - male)], axis=1)


def write_ages(path: Path, world: World) -> Path:
    """Write the population by single age, towns below the totals of their counties.

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
    people = _people(world)
    towns = world.towns
    names = [f"{a}歲{'以上' * (a == 100)}-{s}" for a in range(101) for s in ("男", "女")]
    header = ["統計年月", "代碼", "區域", "戶數", "人口數", "人口數-男", "人口數-女", *names]
    lines = [",".join(header)]
    for county in towns["county_code"].unique(maintain_order=True):
        inside = np.flatnonzero((towns["county_code"] == county).to_numpy())
        name = towns["county_name"][int(inside[0])]
        lines.append(_age_line(county, name, people[inside].sum(axis=0)))
        lines += [
            _age_line(county + towns["town_id"][i][1:], name + towns["town_name"][i], people[i])
            for i in inside.tolist()
        ]
    return write_zip(path, {f"{AGES_MONTH}.csv": "\n".join([*lines, ""]).encode()})


def _age_line(code: str, area: str, people: np.ndarray) -> str:
    male, female = people.sum(axis=1)
    total = male + female
    numbers = (round(total / PER_HOUSEHOLD), total, male, female, *people.T.ravel())
    return ",".join([AGES_MONTH, code, area, *map(str, numbers)])


def write_projection(path: Path, world: World) -> Path:
    """Write a projection, one file a town.

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
    rate = np.log1p(planted_masuda(world)) / 30
    years = np.array(PROJECTION_YEARS)
    shrunk = np.exp(np.multiply.outer(rate, years - years[0]))
    people = _people(world).reshape(len(rate), 1, 202)
    numbers = (people * shrunk[:, :, None]).round().astype(np.int64)
    header = ["year", *(f"{age}{sex}" for sex in "mf" for age in range(101))]
    members = {}
    for area, table in zip(_areas(world), numbers, strict=True):
        frame = pl.DataFrame(np.column_stack([years, table]), schema=header)
        members[f"{area}.csv"] = frame.write_csv().encode()
    return write_zip(path, members)


def _areas(world: World) -> list[str]:
    return (world.towns["county_name"] + world.towns["town_name"]).to_list()
