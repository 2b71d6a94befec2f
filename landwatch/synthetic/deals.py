r"""Deals with a known law: what a square metre fetched, where, when and why.

For deal :math:`i` of kind :math:`k` (land, farmland, house, rental) in town :math:`z` of county
:math:`c`, dated :math:`t`, with :math:`T_0` the effective date,

.. math::

    \log p_i = \mu_k + \alpha_z + \gamma_{s(i)} + \lambda_{c,k,q(t)} + x_i'\beta_k
        + u_{z,k,y(t)} + w_{z,k} 1[t \ge T_0] + \delta_{z,k} 1[t \ge T_0] + \epsilon_i

- :math:`p_i` is the price per square metre [TWD/m²], or rent per square metre and month;
- :math:`\alpha_z \sim N(0, 0.35^2)`, lower by 0.25 in treated towns, which
  are poorer to begin with;
- :math:`\gamma_s \sim N(0, 0.15^2)` for land sections and roads;
- :math:`\lambda` is a random walk over quarters, :math:`N(0.006, 0.02^2)` a step, one per county
  and kind;
- :math:`x'\beta` is the log of area about its typical value (elasticity −0.10 to −0.15), the use
  or type class, and for buildings −0.008 a year of age;
- :math:`u \sim N(0, 0.03^2)` per town, kind and year, and :math:`w \sim N(0, 0.02^2)` per town and
  kind are noise no number of deals averages away: a town's own change has standard deviation
  about 0.03 without any effect;
- :math:`\delta` is the planted effect of ``truth.csv``;
- :math:`\epsilon \sim N(0, \sigma_k^2)` with :math:`\sigma` 0.35 for land, 0.30 for farmland, 0.25
  for houses and rentals.

Four in a hundred sales are between relatives, at :math:`e^{-0.4}` of the price. Parking, where a
house has it, is inside the total price and the total area, as in the register.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from landwatch.synthetic.names import PLACES_PER_TOWN
from landwatch.synthetic.scenarios import OUTCOMES, effect_matrix
from landwatch.synthetic.world import EFFECTIVE, World, located

KINDS: Final = ("land", "farmland", "house", "rental")
SALE_KINDS: Final = KINDS[:3]

FIRST_DAY: Final = dt.date(2014, 10, 1)
FIRST_REGISTERED: Final = dt.date(2015, 1, 1)
LAST_DAY: Final = dt.date(2022, 12, 31)
"""Deals are drawn from the first day on; those registered between the other two are published."""

FAULTS: Final = (
    "",
    "bad_date",
    "date_after_publication",
    "zero_area",
    "nonpositive_price",
    "field_count",
)
"""What can be wrong with a published row; the first is nothing.

The names are the reasons the standardisers give: a day that no calendar has, a day ten years on,
areas of 0, a price of 0, and a comma too many in the remark.
"""

FAULT_SHARES: Final = (0.9975, 0.0005, 0.0005, 0.0005, 0.0005, 0.0005)
RELATED_SHARE: Final = 0.04
RELATED_DISCOUNT: Final = -0.4
TOWN_YEAR_SD: Final = 0.03
TOWN_CHANGE_SD: Final = 0.02


@dataclass(frozen=True, slots=True)
class Classes:
    """Classes of one kind of deal and what they are worth.

    Attributes
    ----------
    names : tuple of str
        Names, as the registers writer knows them.
    shares, effects, log_areas : tuple of float
        How frequent, worth how much [log points], how large [log m²].
    level, area_sd, elasticity, noise_sd : float
        Log price at the typical area, spread of log area, elasticity of price to area, noise.
    """

    names: tuple[str, ...]
    shares: tuple[float, ...]
    effects: tuple[float, ...]
    log_areas: tuple[float, ...]
    level: float
    area_sd: float
    elasticity: float
    noise_sd: float


CLASSES: Final = {
    "land": Classes(
        ("residential", "commercial", "building_b", "building_a", "building_c", "forest"),
        (0.34, 0.08, 0.34, 0.14, 0.06, 0.04),
        (0.30, 0.60, 0.0, -0.10, -0.20, -3.2),
        (5.0, 4.8, 5.2, 5.4, 5.6, 8.3),
        9.4,
        0.6,
        -0.15,
        0.35,
    ),
    "farmland": Classes(
        ("special_farm", "general_farm", "slope"),
        (0.45, 0.40, 0.15),
        (0.15, 0.0, -0.40),
        (7.3, 7.3, 7.7),
        7.6,
        0.6,
        -0.12,
        0.30,
    ),
    "house": Classes(
        ("town_house", "walk_up", "mid_rise", "high_rise", "shop"),
        (0.60, 0.13, 0.12, 0.09, 0.06),
        (0.15, -0.20, 0.0, 0.10, 0.30),
        (4.95, 4.5, 4.6, 4.7, 4.9),
        10.4,
        0.3,
        -0.12,
        0.25,
    ),
    "rental": Classes(
        ("town_house", "walk_up", "mid_rise", "high_rise", "shop"),
        (0.36, 0.28, 0.18, 0.10, 0.08),
        (-0.05, -0.10, 0.0, 0.10, 0.25),
        (4.8, 4.3, 4.4, 4.4, 4.6),
        4.9,
        0.35,
        -0.10,
        0.25,
    ),
}
"""Hedonic tables, by kind."""


def draw_sales(world: World) -> pl.DataFrame:
    """Draw every sale that is registered while the register publishes.

    Parameters
    ----------
    world : World
        The world.

    Returns
    -------
    polars.DataFrame
        One row per sale: ``serial`` (unique), ``town`` (position), ``kind``, ``class_name``,
        ``deal_date``, ``registered_date``, ``place`` (section or road of the town), ``number``
        (lot or door), ``longitude``, ``latitude`` [degree], ``area_m2`` (land sold, or building
        without parking), ``age_years``, ``log_price`` (log TWD/m² as drawn), ``parking_area_m2``,
        ``parking_price_twd``, ``is_parking_stated``, ``is_related``,
        ``fault`` (of `FAULTS`).
    """
    return _drawn(world, world.stream("sales"), SALE_KINDS, world.size.sales_per_kind)


def draw_rentals(world: World) -> pl.DataFrame:
    """Draw every rental that is registered while the register publishes.

    Parameters
    ----------
    world : World
        The world.

    Returns
    -------
    polars.DataFrame
        As `draw_sales`; ``log_price`` is the log of rent [TWD/m²/month].
    """
    return _drawn(world, world.stream("rentals"), KINDS[3:], world.size.rentals)


def _drawn(
    world: World, rng: np.random.Generator, kinds: tuple[str, ...], per_town: float
) -> pl.DataFrame:
    n_towns = world.towns.height
    base = rng.normal(0, 0.35, n_towns) - 0.25 * world.towns["is_treated"].to_numpy()
    weight = rng.uniform(0.85, 1.15, n_towns)
    parts = [_kind_drawn(world, rng, kind, base, per_town * weight) for kind in kinds]
    deals = pl.concat(parts)
    deals = deals.filter(pl.col("registered_date").is_between(FIRST_REGISTERED, LAST_DAY))
    shuffled = rng.permutation(deals.height)
    return deals[shuffled].sort("registered_date", maintain_order=True).with_row_index("serial", 1)


def _kind_drawn(
    world: World, rng: np.random.Generator, kind: str, base: np.ndarray, expected: np.ndarray
) -> pl.DataFrame:
    town = np.repeat(np.arange(world.towns.height), rng.poisson(expected))
    n = len(town)
    days = (LAST_DAY - FIRST_DAY).days
    day = rng.integers(0, days + 1, n)
    lag = 5 + rng.gamma(2.0, 20.0, n).astype(np.int64)
    lag += np.where(rng.random(n) < 0.03, rng.integers(365, 1500, n), 0)
    epoch = np.datetime64(FIRST_DAY, "D")
    date = epoch + day
    place = rng.integers(0, PLACES_PER_TOWN, n)
    house = kind in ("house", "rental")
    number = rng.integers(1, 401 if house else 1501, n)
    point = located(world, town, *_cell_position(place, number, house=house))
    traits = _traits(rng, kind, n)
    level = base[town] + rng.normal(0, 0.15, (world.towns.height, PLACES_PER_TOWN))[town, place]
    shocks = _shocks(world, rng, kind, town, date)
    log_price = traits["hedonic"].to_numpy() + level + shocks
    return pl.DataFrame(
        {
            "town": town,
            "kind": np.full(n, kind),
            "deal_date": date,
            "registered_date": epoch + day + lag,
            "place": place,
            "number": number,
            "longitude": point[:, 0],
            "latitude": point[:, 1],
            "log_price": log_price,
        }
    ).hstack(traits.drop("hedonic"))


def _cell_position(
    place: np.ndarray, number: np.ndarray, *, house: bool
) -> tuple[np.ndarray, np.ndarray]:
    across, up = 0.32 + 0.12 * (place % 4), 0.40 + 0.20 * (place // 4)
    if house:
        return across + (number / 400 - 0.5) * 0.10, up + (number % 2) * 0.004
    return across + (number % 40 / 40 - 0.5) * 0.10, up + (number // 40 / 40 - 0.5) * 0.10


def _traits(rng: np.random.Generator, kind: str, n: int) -> pl.DataFrame:
    table = CLASSES[kind]
    chosen = rng.choice(len(table.names), n, p=table.shares)
    deviation = rng.normal(0, table.area_sd, n)
    age = rng.integers(0, 46, n) if kind in ("house", "rental") else np.zeros(n, np.int64)
    related = rng.random(n) < (RELATED_SHARE if kind != "rental" else 0.0)
    parked = np.isin(chosen, (2, 3)) & (kind == "house") & (rng.random(n) < 0.5)
    hedonic = (
        table.level
        + np.array(table.effects)[chosen]
        + table.elasticity * deviation
        - 0.008 * age
        + RELATED_DISCOUNT * related
        + rng.normal(0, table.noise_sd, n)
    )
    return pl.DataFrame(
        {
            "hedonic": hedonic,
            "class_name": np.array(table.names)[chosen],
            "area_m2": np.exp(np.array(table.log_areas)[chosen] + deviation).round(2),
            "age_years": age,
            "parking_area_m2": np.where(parked, rng.uniform(12, 35, n).round(2), 0.0),
            "parking_price_twd": np.where(parked, rng.integers(60, 151, n) * 10_000, 0),
            "is_parking_stated": rng.random(n) < 0.7,
            "is_related": related,
            "fault": np.array(FAULTS)[rng.choice(len(FAULTS), n, p=FAULT_SHARES)],
        }
    )


def _shocks(
    world: World, rng: np.random.Generator, kind: str, town: np.ndarray, date: np.ndarray
) -> np.ndarray:
    n_towns, months = world.towns.height, date.astype("datetime64[M]").astype(np.int64)
    quarter = months // 3 - (FIRST_DAY.year - 1970) * 4
    year = months // 12 - (FIRST_DAY.year - 1970)
    steps = rng.normal(0.006, 0.02, (world.size.counties, int(LAST_DAY.year - 2014 + 1) * 4))
    path = steps.cumsum(axis=1)
    town_year = rng.normal(0, TOWN_YEAR_SD, (n_towns, LAST_DAY.year - FIRST_DAY.year + 1))
    change = rng.normal(0, TOWN_CHANGE_SD, n_towns)
    outcome = OUTCOMES.index("rent" if kind == "rental" else f"{kind}_price")
    planted = effect_matrix(world.truth)[:, outcome]
    after = date >= np.datetime64(EFFECTIVE, "D")
    county = town // world.size.towns_per_county
    return np.asarray(
        path[county, quarter] + town_year[town, year] + after * (change + planted)[town]
    )
