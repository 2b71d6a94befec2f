"""Small worlds with known truth for the models."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

DATE = pd.Timestamp("2019-01-03")


@dataclass(frozen=True, slots=True)
class World:
    """Shape of a simulated study; effects in log points."""

    seed: int = 0
    counties: int = 4
    towns: int = 8
    zones: int = 2
    deals: int = 120
    places: int = 6
    effect: float = 0.0
    tau: float = 0.08
    noise: float = 0.25
    timing: float = 0.3


def simulated_deals(world: World) -> pd.DataFrame:
    """Draw deals with place levels, county trends, town shocks and covariates."""
    rng = np.random.default_rng(world.seed)
    n_towns = world.counties * world.towns
    size = rng.poisson(world.deals, n_towns) + 1
    town = np.repeat(np.arange(n_towns), size)
    county = town // world.towns
    lean = rng.uniform(-world.timing, world.timing, n_towns)[town]
    start, span = pd.Timestamp("2013-01-01"), 4380
    uniform = rng.uniform(size=len(town))
    day = (span * (uniform + lean * uniform * (1 - uniform))).astype(int)
    date = start + pd.to_timedelta(day, unit="D")
    place = rng.integers(0, world.places, len(town))
    level = rng.normal(0, 0.5, (n_towns, world.places))[town, place]
    trend = np.cumsum(rng.normal(0.03, 0.05, (world.counties, 12)), axis=1)[county, day // 365]
    area, use = rng.normal(5, 0.6, len(town)), rng.integers(0, 3, len(town))
    shock = rng.normal(0, world.tau, n_towns)[town]
    in_zone = town % world.towns < world.zones
    after = np.asarray(date >= DATE)
    price = 9 + level + trend - 0.15 * area + np.array([0.0, 0.3, -0.4])[use]
    price += after * (shock + world.effect * in_zone) + rng.normal(0, world.noise, len(town))
    code = pd.Series([f"{c:05d}{t:03d}" for c, t in zip(county + 10001, town, strict=True)])
    return pd.DataFrame(
        {
            "town_code": code,
            "county_code": code.str[:5],
            "zone_id": pd.Series([f"Z{t:03d}" for t in town]).where(in_zone),
            "effective_date": pd.Series(pd.NaT, index=range(len(town))).mask(in_zone, DATE),
            "deal_date": date,
            "log_price": price,
            "location_id": [f"s{p}" for p in place],
            "log_area_m2": area,
            "use_class": np.array(["farm", "built", "forest"])[use],
        }
    )


def simulated_panel(world: World) -> pd.DataFrame:
    """Draw town × year levels: drift, a walk, level noise and a change of growth after 2019."""
    rng = np.random.default_rng(world.seed)
    n_towns, years = world.counties * world.towns, np.arange(2010, 2025)
    town = np.arange(n_towns)
    drift = rng.normal(-0.01, 0.01, (n_towns, 1))
    in_zone = town % world.towns < world.zones
    county = rng.normal(0, 0.01, (world.counties, len(years)))[town // world.towns]
    shift = rng.normal(0, world.tau / 10, (n_towns, 1)) + world.effect * in_zone[:, None]
    growth = drift + county + shift * (years >= 2019) + rng.normal(0, 0.004, county.shape)
    level = np.cumsum(growth, axis=1) + rng.normal(0, world.noise / 100, county.shape)
    frame = pd.DataFrame(
        {"town": np.repeat(town, len(years)), "year": np.tile(years, n_towns)}
    ).assign(log_value=10 + level.ravel())
    code = [f"{10001 + t // world.towns:05d}{t:03d}" for t in frame["town"]]
    zone = pd.Series(in_zone[frame["town"]])
    return frame.assign(
        town_code=code,
        county_code=[c[:5] for c in code],
        zone_id=pd.Series([f"Z{t:03d}" for t in frame["town"]]).where(zone),
        effective_date=pd.Series(pd.NaT, index=frame.index).mask(zone, DATE),
    ).drop(columns="town")


@pytest.fixture
def world() -> type[World]:
    """Class of worlds."""
    return World


@pytest.fixture
def draw_deals() -> Callable[[World], pd.DataFrame]:
    """Draw deals of a world."""
    return simulated_deals


@pytest.fixture
def draw_panel() -> Callable[[World], pd.DataFrame]:
    """Draw the town × year panel of a world."""
    return simulated_panel
