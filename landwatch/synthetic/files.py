"""Write a whole world to disk, in the official formats, with its truth beside it."""

from dataclasses import dataclass
from pathlib import Path

from landwatch.schemas.storage import write_csv
from landwatch.synthetic.archives import write_bytes
from landwatch.synthetic.boundaries import write_boundaries
from landwatch.synthetic.deals import draw_rentals, draw_sales
from landwatch.synthetic.landcover import write_landcover
from landwatch.synthetic.projects import write_projects
from landwatch.synthetic.query import write_query
from landwatch.synthetic.registers import write_registers
from landwatch.synthetic.rows import identified
from landwatch.synthetic.statistics import write_income, write_population
from landwatch.synthetic.study import INPUTS, study_text
from landwatch.synthetic.wording import addressed
from landwatch.synthetic.world import build_world


@dataclass(frozen=True, slots=True)
class WorldFiles:
    """Where a world was written.

    Attributes
    ----------
    directory : pathlib.Path
        The folder of everything.
    study : pathlib.Path
        ``study.toml``.
    lvr, lvr_query : tuple of pathlib.Path
        Zips of the register by season, and of the query service by county.
    population, income, boundaries : pathlib.Path
        Zips of monthly population and yearly income; TopoJSON of towns and counties.
    truth : pathlib.Path
        ``zone_id, outcome, effect_log`` of every town and outcome: log points for prices and
        rents, log points per year for population and income.
    faults : pathlib.Path
        ``source_file, kind, rows``: what is wrong or special in the register, file by file.
    landcover : tuple of pathlib.Path
        Zips of land-cover rasters by decade.
    projects : pathlib.Path
        The list of projects.
    """

    directory: Path
    study: Path
    lvr: tuple[Path, ...]
    lvr_query: tuple[Path, ...]
    population: Path
    income: Path
    boundaries: Path
    truth: Path
    faults: Path
    landcover: tuple[Path, ...]
    projects: Path


def write_world(
    directory: Path, *, seed: int, scenario: str = "price_rise", size: str = "county"
) -> WorldFiles:
    """Write a world with known truth; the same seed gives the same bytes.

    Parameters
    ----------
    directory : pathlib.Path
        Folder to write into; made if it is not there, files of the same name replaced.
    seed : int
        0 or more.
    scenario : str, optional
        ``price_rise``: prices rise in half of the treated zones, livelihood improves in a
        quarter; ``null``: nothing happens; ``revitalised``: livelihood improves in half.
    size : str, optional
        ``town`` (6 towns, for tests), ``county`` (24) or ``national`` (374).

    Returns
    -------
    WorldFiles
        The paths.

    Raises
    ------
    StudyError
        If scenario or size is unknown, or the seed is negative.
    """
    world = build_world(seed=seed, scenario=scenario, size=size)
    sales = identified(addressed(draw_sales(world), world), "A")
    rentals = identified(addressed(draw_rentals(world), world), "C")
    seasons, faults = write_registers(directory / INPUTS["lvr"], world, sales, rentals)
    query = write_query(directory / INPUTS["lvr_query"], world, sales)
    write_csv(world.truth, directory / "truth.csv")
    write_csv(faults, directory / "faults.csv")
    return WorldFiles(
        directory=directory,
        lvr=seasons,
        lvr_query=query,
        population=write_population(directory / INPUTS["population"] / "population.zip", world),
        income=write_income(directory / INPUTS["income"] / "income.zip", world),
        boundaries=write_boundaries(directory / INPUTS["boundaries"], world),
        truth=directory / "truth.csv",
        faults=directory / "faults.csv",
        landcover=write_landcover(directory / INPUTS["landcover"], world),
        projects=write_projects(directory / INPUTS["projects"], world),
        study=write_bytes(directory / "study.toml", study_text(world).encode()),
    )
