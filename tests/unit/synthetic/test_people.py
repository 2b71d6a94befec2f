"""Facts of `landwatch.synthetic.people`."""

import datetime as dt
import zipfile

import numpy as np
import polars as pl

from landwatch.measures.livelihood import yearly_births
from landwatch.measures.masuda import projected_masuda
from landwatch.synthetic import World, WorldFiles, build_world
from landwatch.synthetic.people import (
    NEW_HEADERS,
    OLD_HEADER,
    monthly_births,
    planted_masuda,
)
from landwatch.synthetic.scenarios import OUTCOMES, effect_matrix
from landwatch.vocabulary.places import places_from
from pipelines.ingest import standardised_file

LATEST = dt.date(2025, 12, 31)


def read(path, world: World, kind: str) -> dict[str, pl.DataFrame]:
    """Read what was written the way a study does."""
    places = places_from(world.towns.drop("is_treated"))
    part = standardised_file(path, places, kind=kind, label="x.zip", latest=LATEST)
    assert set(part.rejects["reason"].unique()) <= {"total_row"}
    return dict(part.tables)


def test_births_differ_by_the_planted_effect_alone() -> None:
    """Worlds of one seed: mean births part from 2019 on, by the planted growth."""
    null, risen = (build_world(seed=5, scenario=s) for s in ("null", "revitalised"))
    before, after = (monthly_births(w).sum(axis=(1, 3)) for w in (null, risen))
    planted = effect_matrix(risen.truth)[:, OUTCOMES.index("births")]
    assert (before[:4] == after[:4]).all()
    assert (before[:, planted == 0] == after[:, planted == 0]).all()
    assert planted.max() > 0
    grown = after[4:, planted > 0].sum() / before[4:, planted > 0].sum()
    assert 1 < grown < np.exp(0.03 * 4) + 0.1


def test_births_are_read_back_as_drawn(world: World, written: WorldFiles) -> None:
    """Both header variants: every town and year sums to what was drawn."""
    with zipfile.ZipFile(written.vital) as opened:
        old = opened.read("2015-01.csv").decode("utf-8-sig").splitlines()
        new = opened.read("2022-12.csv").decode("utf-8-sig").splitlines()
    assert (old[0], tuple(new[:2])) == (OLD_HEADER, NEW_HEADERS)
    years = yearly_births(read(written.vital, world, "vital")["vital__village_months"])
    drawn = monthly_births(world).sum(axis=(1, 3))
    wide = years.pivot("town_code", index="year", values="births").sort("year")
    assert (wide.select(world.towns["town_code"].to_list()).to_numpy() == drawn).all()


def test_ages_add_up_to_the_population_of_the_month(world: World, written: WorldFiles) -> None:
    """December 2018 by age is December 2018 of the monthly files."""
    ages = read(written.ages, world, "population")["population__town_ages"]
    months = read(written.population, world, "population")["population__town_months"]
    same = ages.join(months, on=["town_code", "month"], suffix="_told")
    assert same.height == world.towns.height
    assert same["population"].equals(same["population_told"].alias("population"))


def test_the_projection_has_the_planted_index(world: World, written: WorldFiles) -> None:
    """Women aged 20–39 change from 2019 to 2049 by what was planted, rounding aside."""
    table = read(written.projection, world, "population")["population__town_projections"]
    index = projected_masuda(table).filter(pl.col("year") == 2019)
    assert index["town_code"].to_list() == world.towns["town_code"].to_list()
    women = 0.48 * 0.25 * 2_000
    assert np.abs(index["masuda_index"].to_numpy() - planted_masuda(world)).max() < 20 / women
    halved = planted_masuda(world) <= -0.5
    assert (halved == world.towns["is_treated"].to_numpy()).all()
