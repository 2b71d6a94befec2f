"""Official statistics through a whole run of a synthetic world."""

import pandas as pd
import polars as pl

from landwatch.synthetic import build_world
from landwatch.synthetic.people import VITAL_YEARS, monthly_births, planted_masuda
from tests.integration.conftest import Finished


def test_key_figures_hold_births_and_the_extinction_index(small: Finished) -> None:
    """Births of complete years as drawn, and the index of base year 2019 as planted."""
    kpi = pd.read_csv(small.out / "mart" / "kpi.csv", dtype={"zone_id": str})
    world = build_world(seed=3, scenario="price_rise", size="town")
    codes = world.towns["town_code"].to_list()
    drawn = pd.DataFrame(monthly_births(world).sum(axis=(1, 3)), list(VITAL_YEARS), codes)
    told = kpi.dropna(subset="births")
    assert len(told) == 2 * len(VITAL_YEARS)
    assert all(drawn.loc[r.year, r.zone_id] == r.births for r in told.itertuples())
    base = kpi[kpi["year"] == 2019].set_index("zone_id")
    planted = dict(zip(codes, planted_masuda(world), strict=True))
    assert all(abs(base.loc[z, "masuda_index"] - planted[z]) < 0.05 for z in base.index)
    assert set(base["masuda_basis"]) == {"projection"}


def test_births_are_an_outcome_of_every_zone(small: Finished) -> None:
    """Estimated or not, births stand beside population and income."""
    births = small.effects[small.effects["outcome"] == "births"]
    assert len(births) == 2
    assert (births["estimator"] == "town_contrast_growth").all()


def test_every_town_and_year_of_every_series_is_listed(small: Finished) -> None:
    """Six towns times the years of each series; nothing is missing in a world without gaps."""
    coverage = pl.read_csv(small.out / "mart" / "statistics_coverage.csv")
    per_year = coverage.group_by("series", "year").len()
    assert set(per_year["len"]) == {6}
    assert set(coverage["series"]) >= {"births", "population", "projection", "town_ages"}
    assert set(coverage["status"]) == {"present"}


def test_figures_of_every_town_are_there(small: Finished) -> None:
    """The index and the birth rate, for zones and all other towns."""
    figures = pl.read_csv(small.out / "mart" / "figures.csv")
    rows = figures.filter(pl.col("figure").is_in(["masuda_index_share", "births_per_1000_persons"]))
    assert rows["zone_id"].n_unique() == 6
    assert set(rows["status"]) == {"shown"}
    periods = rows.filter(pl.col("figure") == "masuda_index_share")["period"].unique()
    assert periods.to_list() == ["2019-2049"]
