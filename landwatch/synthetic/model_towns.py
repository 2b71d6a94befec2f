"""Towns of a world: who is treated when, what is planted, how they wander year by year."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from landwatch.synthetic.design_scenarios import DesignScenario

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

START: Final = np.datetime64("2012-01-01")
END: Final = np.datetime64("2025-06-30")
FIRST_YEAR: Final = 2012
YEARS: Final = np.arange(2013, 2024)
"""Years of the panel: five years of growth on each side of 2019."""


@dataclass(frozen=True, slots=True)
class WorldSize:
    """Shape and noise of a world; defaults follow the real samples.

    Attributes
    ----------
    counties, towns : int
        Counties and towns in each.
    deals, deals_spread : float
        Median deals of a town over all years and their spread [log].
    places, places_spread : float
        Median places of a town and their spread [log].
    town_level, place_level : float
        Spread of price levels of towns, and of places in a town [log points].
    county_walk, town_walk : float
        Yearly step of the walks of counties and towns [log points].
    noise, noise_dof, noise_spread : float
        Noise of a deal [log points], its degrees of freedom, and how it differs by town [log].
    quarter : float
        Shock that deals of one place and quarter share [log points].
    timing : float
        How unevenly the deals of a town lie in time, −1 to 1.
    drift, county_growth, growth_walk, growth_noise : float
        Panel: spread of mean growth, yearly county shocks, step of a town's walk, noise
        [log points per year].
    tail : float
        Degrees of freedom of town steps and of panel noise.
    approximate : float
        Share of deals whose place is not exact.
    """

    counties: int = 6
    towns: int = 12
    deals: float = 160.0
    deals_spread: float = 0.7
    places: float = 14.0
    places_spread: float = 0.5
    town_level: float = 1.0
    place_level: float = 0.5
    county_walk: float = 0.11
    town_walk: float = 0.06
    noise: float = 0.35
    noise_dof: float = 6.0
    noise_spread: float = 0.15
    quarter: float = 0.35
    timing: float = 0.3
    drift: float = 0.0078
    county_growth: float = 0.01
    growth_walk: float = 0.0033
    growth_noise: float = 0.006
    tail: float = 2.5
    approximate: float = 0.5


REAL_SIZE: Final = WorldSize()


@dataclass(frozen=True, slots=True)
class Towns:
    """Arrays by town.

    Attributes
    ----------
    county : ndarray of int64, shape (n,)
        Counties; the towns of one follow each other on a ring.
    is_zone : ndarray of bool, shape (n,)
        Whether the town is a zone.
    date : ndarray of datetime64, shape (n,)
        Effective date; NaT without.
    land, growth : ndarray, shape (n,)
        Effects planted on land prices and on growth.
    spill : ndarray, shape (n,)
        Share of an effect that the town takes on from its neighbour.
    walk, growth_walk : ndarray, shape (n, n_years)
        How land prices and growth wander from year to year.
    """

    county: "Codes"
    is_zone: "NDArray[np.bool_]"
    date: "NDArray[np.datetime64]"
    land: "Floats"
    growth: "Floats"
    spill: "Floats"
    walk: "Floats"
    growth_walk: "Floats"

    @property
    def code(self) -> "NDArray[np.object_]":
        """Codes of the towns: five digits of the county, three of the town."""
        names = [f"{10001 + c:05d}{t:03d}" for t, c in enumerate(self.county)]
        return np.array(names, dtype=object)


def draw_towns(rng: np.random.Generator, scenario: "DesignScenario", size: WorldSize) -> Towns:
    """Choose zones, deal out dates and effects, and let towns wander.

    Parameters
    ----------
    rng : Generator
        Random numbers.
    scenario : DesignScenario
        What is planted.
    size : WorldSize
        Shape and noise.

    Returns
    -------
    Towns
        Arrays by town.
    """
    n = size.counties * size.towns
    county, position = np.divmod(np.arange(n), size.towns)
    is_zone = _zone_positions(county, position, size.towns)
    if scenario.zones:
        is_zone &= np.cumsum(is_zone & (position == 0)) <= scenario.zones
        is_zone &= position == 0
    order = np.cumsum(is_zone) - 1
    affected = is_zone & (order % 2 == 0)
    dates = np.array(scenario.dates, dtype="datetime64[D]")
    date = np.where(is_zone, dates[order % len(dates)], np.datetime64("NaT"))
    beside = _beside(affected, size) & ~is_zone
    n_years = int(END.astype("datetime64[Y]").astype(np.int64)) + 1970 - FIRST_YEAR + 1
    mix = _mixing(scenario.shock_range, size)
    return Towns(
        county.astype(np.int64),
        is_zone,
        date,
        _in_turn(scenario.land, affected),
        _in_turn(scenario.growth, affected),
        np.where(beside, scenario.spill, 0.0),
        np.cumsum(size.town_walk * mix @ heavy_steps(rng, (n, n_years), size.tail), axis=1),
        np.cumsum(size.growth_walk * mix @ heavy_steps(rng, (n, len(YEARS)), size.tail), axis=1),
    )


def _zone_positions(county: "Codes", position: "Codes", towns: int) -> "NDArray[np.bool_]":
    """Two runs of towns on the ring of a county: two and two, or two and three in odd counties."""
    half = towns // 2
    second = (position >= half) & (position < half + 2 + county % 2)
    return np.asarray((position < 2) | second, dtype=np.bool_)


def _in_turn(effects: tuple[float, ...], affected: "NDArray[np.bool_]") -> "Floats":
    if not effects:
        return np.zeros(len(affected))
    turn = np.array(effects)[(np.cumsum(affected) - 1) % len(effects)]
    return np.where(affected, turn, 0.0)


def _beside(chosen: "NDArray[np.bool_]", size: WorldSize) -> "NDArray[np.bool_]":
    ring = chosen.reshape(size.counties, size.towns)
    return (np.roll(ring, 1, axis=1) | np.roll(ring, -1, axis=1)).ravel()


def heavy_steps(rng: np.random.Generator, shape: tuple[int, int], tail: float) -> "Floats":
    """Draw heavy-tailed steps of unit variance.

    Parameters
    ----------
    rng : Generator
        Random numbers.
    shape : tuple of int
        Shape wanted.
    tail : float
        Degrees of freedom of the t law, above 2.

    Returns
    -------
    ndarray
        Steps.
    """
    return np.asarray(rng.standard_t(tail, shape) / np.sqrt(tail / (tail - 2.0)), dtype=float)


def _mixing(shock_range: float, size: WorldSize) -> "Floats":
    """Square root of the correlation of town steps along the ring of a county."""
    n = size.counties * size.towns
    if shock_range <= 0:
        return np.eye(n)
    away = np.abs(np.subtract.outer(np.arange(size.towns), np.arange(size.towns)))
    ring = np.linalg.cholesky(np.exp(-np.minimum(away, size.towns - away) / shock_range))
    return np.asarray(np.kron(np.eye(size.counties), ring), dtype=float)


def neighbour_pairs(towns: Towns, size: WorldSize) -> pd.DataFrame:
    """List towns side by side on the ring of their county.

    Parameters
    ----------
    towns : Towns
        Towns of a world.
    size : WorldSize
        Its shape.

    Returns
    -------
    DataFrame
        ``town_code``, ``neighbour_code``, both ways.
    """
    n = size.counties * size.towns
    county, position = np.divmod(np.arange(n), size.towns)
    after = county * size.towns + (position + 1) % size.towns
    pair = np.column_stack([np.r_[np.arange(n), after], np.r_[after, np.arange(n)]])
    code = towns.code
    return pd.DataFrame({"town_code": code[pair[:, 0]], "neighbour_code": code[pair[:, 1]]})
