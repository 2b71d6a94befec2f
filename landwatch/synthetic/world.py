"""A country that does not exist: counties, towns, shapes, and which towns are treated."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from landwatch.synthetic.names import COUNTIES, TOWNS
from landwatch.synthetic.scenarios import Scenario, planted_effects, scenario_named
from landwatch.vocabulary.errors import StudyError

EFFECTIVE: Final = dt.date(2019, 1, 3)
"""The day the planted effects begin."""

COUNTY_CODE_START: Final = 99001
"""First county code; the official ones end at 68000."""

QUANTUM: Final = 1e-5
"""Grid of the published coordinates [degree], about one metre."""

STREAMS: Final = (
    "geography",
    "towns",
    "sales",
    "rentals",
    "population",
    "income",
    "registers",
    "vital",
    "listings",
    "factories",
    "polygons",
    "shops",
    *("geography", "towns", "sales", "rentals", "population", "income", "registers"),
    *("landcover", "projects"),
)
"""One independent stream of random numbers for each."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a world is.

    Attributes
    ----------
    name : str
        Name asked for.
    counties, towns_per_county, treated : int
        Numbers of places.
    block : tuple of int
        Columns and rows of the lattice one county takes; at least ``towns_per_county`` cells.
    county_columns : int
        Counties side by side.
    box : tuple of float
        West, south, east, north [degree].
    sales_per_kind, rentals : float
        Expected deals per town: of each of land, farmland and houses, and rentals.
    """

    name: str
    counties: int
    towns_per_county: int
    treated: int
    block: tuple[int, int]
    county_columns: int
    box: tuple[float, float, float, float]
    sales_per_kind: float
    rentals: float


SIZES: Final = {
    size.name: size
    for size in (
        Size("town", 1, 6, 2, (3, 2), 1, (121.0, 23.2, 121.3, 23.5), 110, 90),
        Size("county", 1, 24, 8, (6, 4), 1, (121.0, 23.2, 121.6, 23.8), 700, 530),
        Size("national", 22, 17, 134, (6, 3), 2, (120.6, 22.2, 121.6, 25.0), 200, 120),
    )
}
"""Sizes by name."""


@dataclass(frozen=True, slots=True)
class World:
    """Everything fixed before the first deal is drawn.

    Attributes
    ----------
    seed : int
        Seed of every stream.
    size : Size
        Its extent.
    scenario : Scenario
        What is planted.
    towns : polars.DataFrame
        One row per town: the eight official columns of a town, and ``is_treated``.
    vertices : ndarray, shape (rows + 1, columns + 1, 2)
        Corners of the lattice of towns, longitude and latitude [degree].
    owner : ndarray, shape (rows, columns)
        Position of the town each cell belongs to.
    truth : polars.DataFrame
        ``zone_id, outcome, effect_log`` for every town and outcome.
    """

    seed: int
    size: Size
    scenario: Scenario
    towns: pl.DataFrame
    vertices: np.ndarray
    owner: np.ndarray
    truth: pl.DataFrame

    def stream(self, name: str) -> np.random.Generator:
        """Return the generator of one table, independent of all others.

        Parameters
        ----------
        name : str
            One of `STREAMS`.

        Returns
        -------
        numpy.random.Generator
            A fresh generator at the start of its stream.
        """
        return _stream(self.seed, name)


def build_world(*, seed: int, scenario: str = "price_rise", size: str = "county") -> World:
    """Lay out a world.

    Parameters
    ----------
    seed : int
        Non-negative; the same seed gives the same world.
    scenario : str, optional
        ``price_rise``, ``null`` or ``revitalised``.
    size : str, optional
        ``town``, ``county`` or ``national``.

    Returns
    -------
    World
        Places, shapes and truth. Random numbers do not depend on the scenario, so that worlds of
        one seed differ by the planted effects alone.

    Raises
    ------
    StudyError
        If the scenario or the size has no such name, or the seed is negative.
    """
    if size not in SIZES:
        raise StudyError(
            f"size: expected one of {', '.join(SIZES)}, found {size!r}. Choose one of them."
        )
    if seed < 0:
        raise StudyError(f"seed: expected 0 or more, found {seed}. Choose another seed.")
    extent, planted = SIZES[size], scenario_named(scenario)
    treated = _treated(extent, _stream(seed, "towns"))
    vertices, owner = _lattice(extent, _stream(seed, "geography"))
    towns = _towns(extent, treated)
    truth = planted_effects(planted, towns["town_code"].to_list(), treated)
    return World(seed, extent, planted, towns, vertices, owner, truth)


def _stream(seed: int, name: str) -> np.random.Generator:
    children = np.random.SeedSequence(seed).spawn(len(STREAMS))
    return np.random.default_rng(children[STREAMS.index(name)])


def _treated(size: Size, rng: np.random.Generator) -> np.ndarray:
    positions = np.arange(size.counties * size.towns_per_county)
    seats = positions % size.towns_per_county == 0
    return rng.permutation(positions[~seats])[: size.treated]


def _towns(size: Size, treated: np.ndarray) -> pl.DataFrame:
    county, town = np.divmod(
        np.arange(size.counties * size.towns_per_county), size.towns_per_county
    )
    names, english = zip(*(_town_name(i) for i in range(size.towns_per_county)), strict=True)
    letters, county_names, county_english = zip(*COUNTIES, strict=True)
    return pl.DataFrame(
        {
            "town_code": [
                f"{COUNTY_CODE_START + c}{10 * (t + 1):03d}"
                for c, t in zip(county, town, strict=True)
            ],
            "town_id": [f"{letters[c]}{t + 1:02d}" for c, t in zip(county, town, strict=True)],
            "town_name": np.array(names)[town],
            "town_name_en": np.array(english)[town],
            "county_code": (COUNTY_CODE_START + county).astype(str),
            "county_id": np.array(letters)[county],
            "county_name": np.array(county_names)[county],
            "county_name_en": np.array(county_english)[county],
            "is_treated": np.isin(np.arange(len(town)), treated),
        }
    )


def _town_name(position: int) -> tuple[str, str]:
    stem, english = TOWNS[position]
    if position == 0:
        return f"{stem}市", f"{english} City"
    kind = "鎮" if position % 5 == 4 else "鄉"
    return f"{stem}{kind}", f"{english} Township"


def _lattice(size: Size, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    columns = size.block[0] * size.county_columns
    rows = size.block[1] * -(-size.counties // size.county_columns)
    west, south, east, north = size.box
    step = np.array([(east - west) / columns, (north - south) / rows])
    grid = np.stack(np.meshgrid(np.arange(columns + 1), np.arange(rows + 1)), axis=-1)
    moved = grid + rng.uniform(-0.16, 0.16, size=grid.shape)
    vertices = np.round((np.array([west, south]) + moved * step) / QUANTUM) * QUANTUM
    row, column = np.indices((rows, columns))
    county = row // size.block[1] * size.county_columns + column // size.block[0]
    cell = row % size.block[1] * size.block[0] + column % size.block[0]
    within = np.minimum(cell, size.towns_per_county - 1)
    return vertices, county * size.towns_per_county + within


def located(world: World, town: np.ndarray, across: np.ndarray, up: np.ndarray) -> np.ndarray:
    """Return points inside towns.

    Parameters
    ----------
    world : World
        The world.
    town : ndarray, shape (n,)
        Positions of the towns.
    across, up : ndarray, shape (n,)
        Place within the town's first cell, 0 to 1 from west and from south; between 0.25 and
        0.75 a point is inside whatever the borders' bends.

    Returns
    -------
    ndarray, shape (n, 2)
        Longitude and latitude [degree].
    """
    _, first = np.unique(world.owner, return_index=True)
    row, column = np.divmod(first[town], world.owner.shape[1])
    corner = world.vertices
    u, v = across[:, None], up[:, None]
    lower = corner[row, column] * (1 - u) + corner[row, column + 1] * u
    upper = corner[row + 1, column] * (1 - u) + corner[row + 1, column + 1] * u
    return np.asarray(lower * (1 - v) + upper * v)
