"""Write a whole world to disk, in the official formats, with its truth beside it."""

from dataclasses import dataclass
from pathlib import Path

from landwatch.schemas.storage import write_csv
from landwatch.synthetic.archives import write_bytes
from landwatch.synthetic.boundaries import write_boundaries
from landwatch.synthetic.deals import draw_rentals, draw_sales
from landwatch.synthetic.factories import FactoryFiles, write_factories
from landwatch.synthetic.landcover import write_landcover
from landwatch.synthetic.listings import write_listings
from landwatch.synthetic.people import write_ages, write_projection, write_vital
from landwatch.synthetic.polygons import write_renewal, write_zoning
from landwatch.synthetic.projects import write_projects
from landwatch.synthetic.query import write_query
from landwatch.synthetic.registers import write_registers
from landwatch.synthetic.rows import identified
from landwatch.synthetic.shops import write_businesses, write_displacement, write_shops
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
    lvr, lvr_query, listings : tuple of pathlib.Path
        Zips of the register by season, of the query service by county, of listings by quarter.
    population, income, boundaries : pathlib.Path
        Zips of monthly population and yearly income; TopoJSON of towns, villages and counties.
    vital, ages, projection : pathlib.Path
        Zips of monthly births and deaths, of single ages, and of their projection.
    zoning, layer : pathlib.Path
        Zip of zoning by plan; GeoJSON of renewal areas.
        Zips of monthly population and yearly income; TopoJSON of towns and counties.
    shops, businesses : tuple of pathlib.Path
        A chain's list of stores; zips of the business register and of its companion.
    shops_truth : pathlib.Path
        ``zone_id, replacements, …``: what happened to shops, town by town.
    truth : pathlib.Path
        ``zone_id, outcome, effect_log`` of every town and outcome: log points for prices and
        rents, log points per year for population, income and births.
    faults : pathlib.Path
        ``source_file, kind, rows``: what is wrong or special in the register, file by file.
    factories : FactoryFiles
        Suspected factories, and their true counts by town.
    landcover : tuple of pathlib.Path
        Zips of land-cover rasters by decade.
    projects : pathlib.Path
        The list of projects.
    """

    directory: Path
    study: Path
    lvr: tuple[Path, ...]
    lvr_query: tuple[Path, ...]
    listings: tuple[Path, ...]
    population: Path
    income: Path
    boundaries: Path
    vital: Path
    ages: Path
    projection: Path
    zoning: Path
    layer: Path
    shops: tuple[Path, ...]
    businesses: tuple[Path, ...]
    shops_truth: Path
    truth: Path
    faults: Path
    factories: FactoryFiles
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
        listings=write_listings(directory / INPUTS["listings"], world),
        population=write_population(directory / INPUTS["population"] / "population.zip", world),
        income=write_income(directory / INPUTS["income"] / "income.zip", world),
        vital=write_vital(directory / INPUTS["vital"] / "births.zip", world),
        ages=write_ages(directory / INPUTS["population"] / "ages.zip", world),
        projection=write_projection(directory / INPUTS["population"] / "projection.zip", world),
        boundaries=write_boundaries(directory / INPUTS["boundaries"], world),
        zoning=write_zoning(directory / INPUTS["zoning"] / "zoning.zip", world),
        layer=write_renewal(directory / INPUTS["layer"], world),
        shops=write_shops(directory / INPUTS["shops"], world),
        businesses=write_businesses(directory / INPUTS["businesses"], world),
        shops_truth=write_displacement(directory / "shops_truth.csv", world),
        truth=directory / "truth.csv",
        faults=directory / "faults.csv",
        factories=write_factories(
            directory / INPUTS["factories"], directory / "factories_truth.csv", world
        ),
        landcover=write_landcover(directory / INPUTS["landcover"], world),
        projects=write_projects(directory / INPUTS["projects"], world),
        study=write_bytes(directory / "study.toml", study_text(world).encode()),
    )
