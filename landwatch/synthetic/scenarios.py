"""What is planted where: the effects a good program must find, and those it must not."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from landwatch.vocabulary.errors import StudyError

OUTCOMES: Final = (
    "land_price",
    "farmland_price",
    "house_price",
    "rent",
    "population",
    "income",
    "births",
    "asking_rent",
)
"""Outcomes with a known truth, in the order of ``truth.csv``."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Effects planted in the treated zones.

    Prices and rents shift at once [log points]; livelihood grows faster from then on [log points
    per year], as people and incomes do.

    Attributes
    ----------
    name : str
        Name asked for.
    land : tuple of float
        Smallest and largest effect on land and farmland prices; zones in between evenly spaced.
    house, rent, asking_rent : float
        Effects on house prices and on rents registered and asked, in the zones where land rises.
    population, income, births : float
        Effects on yearly growth in the zones that revive.
    price_share : float
        Share of the treated zones where prices rise: the first of them.
    livelihood_share : float
        Share of the treated zones that revive, half of them among those where prices rise.
    """

    name: str
    land: tuple[float, float] = (0.0, 0.0)
    house: float = 0.0
    rent: float = 0.0
    asking_rent: float = 0.0
    population: float = 0.0
    income: float = 0.0
    births: float = 0.0
    price_share: float = 0.0
    livelihood_share: float = 0.0


SCENARIOS: Final = {
    scenario.name: scenario
    for scenario in (
        Scenario(
            "price_rise",
            land=(0.25, 0.30),
            house=0.18,
            rent=0.12,
            asking_rent=0.15,
            population=0.015,
            income=0.02,
            births=0.03,
            price_share=0.5,
            livelihood_share=0.25,
        ),
        Scenario("null"),
        Scenario("revitalised", population=0.015, income=0.02, births=0.03, livelihood_share=0.5),
    )
}
"""Scenarios by name."""


def scenario_named(name: str) -> Scenario:
    """Return a scenario.

    Parameters
    ----------
    name : str
        One of `SCENARIOS`.

    Returns
    -------
    Scenario
        The scenario.

    Raises
    ------
    StudyError
        If there is none of that name.
    """
    if name not in SCENARIOS:
        raise StudyError(
            f"scenario: expected one of {', '.join(SCENARIOS)}, found {name!r}. Choose one of them."
        )
    return SCENARIOS[name]


def planted_effects(scenario: Scenario, town_codes: list[str], treated: np.ndarray) -> pl.DataFrame:
    """Lay the truth of a world down, zone by zone.

    Parameters
    ----------
    scenario : Scenario
        What to plant.
    town_codes : list of str
        Every town, in order.
    treated : ndarray, shape (k,)
        Positions of the treated towns; the first of them are the ones where prices rise.

    Returns
    -------
    polars.DataFrame
        ``zone_id, outcome, effect_log``: all towns × `OUTCOMES`, 0 where nothing is planted; log
        points for prices and rents, log points per year for population, income and births.
    """
    effects = np.zeros((len(town_codes), len(OUTCOMES)))
    rising = treated[: int(np.ceil(scenario.price_share * len(treated)))]
    revived = _revived(scenario, treated, len(rising))
    land = np.linspace(*scenario.land, num=len(rising))
    at = {outcome: place for place, outcome in enumerate(OUTCOMES)}
    effects[rising, at["land_price"]] = effects[rising, at["farmland_price"]] = land
    effects[rising, at["house_price"]] = scenario.house
    for outcome in ("rent", "asking_rent"):
        effects[rising, at[outcome]] = getattr(scenario, outcome)
    for outcome in ("population", "income", "births"):
        effects[revived, at[outcome]] = getattr(scenario, outcome)
    return pl.DataFrame(
        {
            "zone_id": np.repeat(town_codes, len(OUTCOMES)),
            "outcome": list(OUTCOMES) * len(town_codes),
            "effect_log": effects.round(6).ravel(),
        },
        schema={"zone_id": pl.String, "outcome": pl.String, "effect_log": pl.Float64},
    )


def _revived(scenario: Scenario, treated: np.ndarray, n_rising: int) -> np.ndarray:
    count = int(np.ceil(scenario.livelihood_share * len(treated)))
    before = min(n_rising, count // 2)
    return treated[n_rising - before : n_rising - before + count]


def effect_matrix(truth: pl.DataFrame) -> np.ndarray:
    """Return the truth as a table of numbers.

    Parameters
    ----------
    truth : polars.DataFrame
        From `planted_effects`.

    Returns
    -------
    ndarray, shape (n_towns, 7)
        Effects [log points, or log points per year], columns in the order of `OUTCOMES`.
    """
    return truth["effect_log"].to_numpy().reshape(-1, len(OUTCOMES))
