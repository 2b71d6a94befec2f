"""Worlds as model rows: deals and a growth panel of towns with known effects, drawn at once.

Every step from files to rows is left out; `landwatch.synthetic.world` has those.
"""

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from landwatch.synthetic.model_towns import (
    END,
    FIRST_YEAR,
    REAL_SIZE,
    START,
    YEARS,
    Towns,
    WorldSize,
    draw_towns,
    heavy_steps,
    neighbour_pairs,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from landwatch.synthetic.design_scenarios import DesignScenario

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

_DAYS: Final = 365.25
_AREA_COEFFICIENT: Final = -0.1
_USES: Final = np.array(["residential", "building_b", "building_a", "building_c"])
_USE_SHARES: Final = np.array([0.50, 0.31, 0.13, 0.06])
_USE_EFFECTS: Final = np.array([0.0, -0.45, -0.50, -0.40])


@dataclass(frozen=True, slots=True)
class ModelWorld:
    """Rows for the models and what is true of them.

    Attributes
    ----------
    deals : DataFrame
        Columns of `landwatch.models.sample.DEALS_COLUMNS`, covariates ``log_area_m2`` and
        ``use_class``, and ``place_precision``.
    panel : DataFrame
        Columns of `landwatch.models.sample.PANEL_COLUMNS`.
    truth : DataFrame
        ``zone_id``, ``outcome``, ``planted`` (size of the effect), ``effect`` (mean over the zone's
        own rows after its date), ``effect_by_year`` (mean over the years after it) and
        ``rows_after``, ``years_after``, how many those are.
    neighbours : DataFrame
        ``town_code``, ``neighbour_code``: towns side by side, both ways.
    """

    deals: pd.DataFrame
    panel: pd.DataFrame
    truth: pd.DataFrame
    neighbours: pd.DataFrame


def model_world(
    scenario: "DesignScenario", *, seed: int, world: int, size: WorldSize = REAL_SIZE
) -> ModelWorld:
    """Draw one world.

    Parameters
    ----------
    scenario : DesignScenario
        What is planted and broken.
    seed, world : int
        Seed of the run and number of the world; together with the scenario's name they alone
        decide what is drawn.
    size : WorldSize, optional
        Shape and noise.

    Returns
    -------
    ModelWorld
        Rows and truth.
    """
    key = (zlib.crc32(scenario.name.encode()), world)
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))
    towns = draw_towns(rng, scenario, size)
    deals, land = _draw_deals(rng, scenario, size, towns)
    panel, growth = _draw_panel(rng, scenario, size, towns)
    truth = pd.concat([land, growth], ignore_index=True)
    return ModelWorld(deals, panel, truth, neighbour_pairs(towns, size))


def _effect_share(years: "Floats", scenario: "DesignScenario", *, lead_years: float) -> "Floats":
    """Share of an effect that is there, by years since the date."""
    there = years + lead_years
    ramp = np.ones_like(there)
    if scenario.ramp_years > 0:
        ramp = np.clip(there / scenario.ramp_years, 0.0, 1.0)
    return np.where(there >= 0, ramp, 0.0)


def _years_since(date: "NDArray[np.datetime64]", start: "NDArray[np.datetime64]") -> "Floats":
    """Years between dates; −99 for towns without a date."""
    days = (date - start).astype("timedelta64[D]")
    return np.where(np.isnat(days), -99.0, days.astype(float) / _DAYS)


def _draw_deals(
    rng: np.random.Generator, scenario: "DesignScenario", size: WorldSize, towns: Towns
) -> tuple[pd.DataFrame, pd.DataFrame]:
    town, date = _draw_dates(rng, scenario, size, towns)
    since = _years_since(date, towns.date[town])
    added = _draw_added(rng, scenario, since)
    area = rng.normal(5.0, 1.3, len(town)) - 1.0 * (added & scenario.with_size)
    use = rng.choice(len(_USES), len(town), p=_USE_SHARES)
    use = np.where(added & scenario.with_size, np.minimum(use, rng.integers(0, 2, len(town))), use)
    place, level = _draw_places(rng, size, town)
    quarter = (date - START).astype(np.int64) // 91
    year = date.astype("datetime64[Y]").astype(np.int64) + 1970
    path = np.cumsum(rng.normal(0.03, size.county_walk, (size.counties, 15)), axis=1)
    price = 9.0 + level + path[towns.county[town], year - FIRST_YEAR]
    price += towns.walk[town, year - FIRST_YEAR] + _AREA_COEFFICIENT * area + _USE_EFFECTS[use]
    price += _shared_shock(rng, size, town, place, quarter) + _noise(rng, size, town)
    # a trend that runs through the date, an effect, what neighbours take on of it
    elapsed = (date - np.datetime64("2019-01-03")).astype(float) / _DAYS
    price += scenario.trend * elapsed * towns.is_zone[town] + scenario.hidden_quality * added
    effect = towns.land[town] * _effect_share(since, scenario, lead_years=scenario.lead_years)
    price += effect + _spilled(scenario, towns, town, date)
    truth = _land_truth(scenario, towns, town, date, since)
    precise = _draw_precision(rng, scenario, size, towns, town)
    frame = pd.DataFrame(
        {
            "deal_date": date,
            "log_price": price,
            "location_id": place,
            "log_area_m2": area,
            "use_class": _USES[use],
            "place_precision": np.where(precise[1], "approximate", "point"),
        }
    )
    return _with_places(frame, towns, precise[0]), truth


def _draw_dates(
    rng: np.random.Generator, scenario: "DesignScenario", size: WorldSize, towns: Towns
) -> "tuple[Codes, NDArray[np.datetime64]]":
    n = len(towns.county)
    mean = size.deals * np.exp(rng.normal(0.0, size.deals_spread, n))
    town = np.repeat(np.arange(n), rng.poisson(mean) + 1)
    lean = rng.uniform(-size.timing, size.timing, n)
    span = int((END - START).astype(np.int64))
    day = _leaning(rng, lean[town], span)
    if scenario.registered > 0:
        more = np.repeat(np.arange(n), rng.poisson(mean * scenario.registered) * towns.is_zone)
        late = _leaning(rng, lean[more], span)
        kept = START + late >= towns.date[more]
        town, day = np.r_[town, more[kept]], np.r_[day, late[kept]]
    return town.astype(np.int64), START + day


def _leaning(rng: np.random.Generator, lean: "Floats", span: int) -> "Codes":
    uniform = rng.uniform(size=len(lean))
    day = span * (uniform + lean * uniform * (1.0 - uniform))
    return np.asarray(day.astype(np.int64))


def _draw_added(
    rng: np.random.Generator, scenario: "DesignScenario", since: "Floats"
) -> "NDArray[np.bool_]":
    """Tell the deals of hidden quality: one in two of those in a zone after its date."""
    return (scenario.hidden_quality > 0) & (since >= 0) & (rng.uniform(size=len(since)) < 0.5)


def _draw_places(
    rng: np.random.Generator, size: WorldSize, town: "Codes"
) -> "tuple[NDArray[np.object_], Floats]":
    """Places of very different trade: the share of a place falls with its rank."""
    n = int(town.max()) + 1
    count = np.maximum(2.0, size.places * np.exp(rng.normal(0.0, size.places_spread, n)))
    place = np.floor(count[town] ** rng.uniform(size=len(town))).astype(np.int64)
    level = rng.normal(0.0, size.place_level, (n, int(place.max()) + 1))
    level += rng.normal(0.0, size.town_level, (n, 1))
    return np.char.add("s", place.astype("U4")).astype(object), level[town, place]


def _shared_shock(
    rng: np.random.Generator, size: WorldSize, town: "Codes", place: object, quarter: "Codes"
) -> "Floats":
    """Shock that deals of one place and quarter share."""
    keys = pd.DataFrame({"town": town, "place": place, "quarter": quarter})
    code = keys.groupby(["town", "place", "quarter"], sort=True).ngroup().to_numpy()
    return rng.normal(0.0, size.quarter, int(code.max()) + 1)[code]


def _noise(rng: np.random.Generator, size: WorldSize, town: "Codes") -> "Floats":
    scale = np.exp(rng.normal(0.0, size.noise_spread, int(town.max()) + 1)) * size.noise
    unit = rng.standard_t(size.noise_dof, len(town)) / np.sqrt(
        size.noise_dof / (size.noise_dof - 2.0)
    )
    return np.asarray(scale[town] * unit)


def _spilled(
    scenario: "DesignScenario", towns: Towns, town: "Codes", date: "NDArray[np.datetime64]"
) -> "Floats":
    if scenario.spill <= 0 or not scenario.land:
        return np.zeros(len(town))
    since = _years_since(date, np.full(len(town), np.datetime64(scenario.dates[0])))
    share = _effect_share(since, scenario, lead_years=0.0)
    return towns.spill[town] * scenario.land[0] * share


def _draw_precision(
    rng: np.random.Generator,
    scenario: "DesignScenario",
    size: WorldSize,
    towns: Towns,
    town: "Codes",
) -> "tuple[Codes, NDArray[np.bool_]]":
    """Town a deal is put in, and whether its place is approximate; only those can be wrong."""
    approximate = rng.uniform(size=len(town)) < size.approximate
    wrong = approximate & (rng.uniform(size=len(town)) < scenario.misplaced / size.approximate)
    other = (town + rng.integers(1, size.towns, len(town))) % size.towns
    put = np.where(wrong, towns.county[town] * size.towns + other, town)
    return put.astype(np.int64), approximate


def _with_places(frame: pd.DataFrame, towns: Towns, town: "Codes") -> pd.DataFrame:
    code = towns.code
    zone = np.where(towns.is_zone, "Z" + code, None)
    county = np.array([c[:5] for c in code], dtype=object)
    return frame.assign(
        town_code=pd.Series(code[town]).astype("str"),
        county_code=pd.Series(county[town]).astype("str"),
        zone_id=pd.Series(zone[town]).astype("str"),
        effective_date=pd.to_datetime(towns.date[town]),
    )


def _land_truth(
    scenario: "DesignScenario",
    towns: Towns,
    town: "Codes",
    date: "NDArray[np.datetime64]",
    since: "Floats",
) -> pd.DataFrame:
    share = _effect_share(since, scenario, lead_years=0.0)
    rows = pd.DataFrame({"town": town, "year": date.astype("datetime64[Y]"), "share": share})
    rows = rows[since >= 0]
    by_year = rows.groupby(["town", "year"])[["share"]].mean().reset_index()
    return _truth_table(towns, "land_price", towns.land, rows, by_year)


def _truth_table(
    towns: Towns, outcome: str, planted: "Floats", rows: pd.DataFrame, by_year: pd.DataFrame
) -> pd.DataFrame:
    zone = np.flatnonzero(towns.is_zone)
    row_share, year_share = (
        table.groupby("town")["share"].agg(["mean", "size"]).reindex(zone).fillna(0.0)
        for table in (rows, by_year)
    )
    return pd.DataFrame(
        {
            "zone_id": "Z" + towns.code[zone],
            "outcome": outcome,
            "planted": planted[zone],
            "effect": planted[zone] * row_share["mean"].to_numpy(),
            "effect_by_year": planted[zone] * year_share["mean"].to_numpy(),
            "rows_after": row_share["size"].to_numpy(dtype=np.int64),
            "years_after": year_share["size"].to_numpy(dtype=np.int64),
        }
    )


def _draw_panel(
    rng: np.random.Generator, scenario: "DesignScenario", size: WorldSize, towns: Towns
) -> tuple[pd.DataFrame, pd.DataFrame]:
    n, extent = len(towns.county), (len(towns.county), len(YEARS))
    growth = rng.normal(-0.005, size.drift, (n, 1)) + towns.growth_walk
    growth += rng.normal(0.0, size.county_growth, (size.counties, len(YEARS)))[towns.county]
    growth += size.growth_noise * heavy_steps(rng, extent, size.tail)
    first = towns.date.astype("datetime64[Y]").astype(np.int64) + 1970
    since = np.where(towns.is_zone[:, None], YEARS - first[:, None], -99).astype(float)
    lead = float(np.ceil(scenario.lead_years))
    growth += towns.growth[:, None] * _effect_share(since + 0.5, scenario, lead_years=lead)
    growth += 0.1 * scenario.trend * (YEARS - 2019) * towns.is_zone[:, None]
    if scenario.spill > 0 and scenario.growth:
        growth += scenario.growth[0] * towns.spill[:, None] * (YEARS >= 2019)
    town, year = np.repeat(np.arange(n), len(YEARS)), np.tile(YEARS, n)
    panel = pd.DataFrame({"year": year, "log_value": 10.0 + np.cumsum(growth, axis=1).ravel()})
    share = _effect_share(since + 0.5, scenario, lead_years=0.0)
    rows = pd.DataFrame({"town": town, "share": share.ravel()})[since.ravel() >= 0]
    truth = _truth_table(towns, "population", towns.growth, rows, rows)
    return _with_places(panel, towns, town), truth
