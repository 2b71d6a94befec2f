"""Worlds of model rows hold what their scenario says, and nothing but seed and name decide them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from landwatch.synthetic.design_scenarios import DESIGN_SCENARIOS, design_scenario
from landwatch.synthetic.model_towns import REAL_SIZE
from landwatch.synthetic.model_worlds import model_world
from landwatch.vocabulary.errors import StudyError

STILL = replace(
    REAL_SIZE, counties=2, noise=0.0, quarter=0.0, town_walk=0.0, county_walk=0.0, place_level=0.0,
    town_level=0.0, growth_noise=0.0, growth_walk=0.0, county_growth=0.0, drift=0.0,
)  # fmt: skip
"""Nothing wanders: differences of prices are covariates, the common trend, and what is planted."""

COEFFICIENT = {"residential": 0.0, "building_b": -0.45, "building_a": -0.50, "building_c": -0.40}


def _draw(name, world=0, size=STILL):
    return model_world(design_scenario(name), seed=3, world=world, size=size)


def _surplus(deals):
    """Price beyond covariates and the mean of never-treated, far towns of the same year."""
    price = deals["log_price"] + 0.1 * deals["log_area_m2"]
    price -= deals["use_class"].map(COEFFICIENT).astype(float)
    year = deals["deal_date"].dt.year
    base = price[deals["zone_id"].isna()].groupby(deals["county_code"] + year.astype("str")).min()
    return price - (deals["county_code"] + year.astype("str")).map(base)


def test_same_seed_and_number_draw_the_same_world_and_others_another():
    one, same, other = (_draw("spillover", world=w, size=REAL_SIZE) for w in (0, 0, 1))
    pd.testing.assert_frame_equal(one.deals, same.deals)
    pd.testing.assert_frame_equal(one.panel, same.panel)
    assert not one.deals["log_price"].equals(other.deals["log_price"])


def test_planted_effects_are_the_only_difference_of_still_worlds():
    world = _draw("heterogeneous")
    deals = world.deals.assign(surplus=_surplus(world.deals))
    after = deals[deals["deal_date"] >= deals["effective_date"]]
    truth = world.truth[world.truth["outcome"] == "land_price"].set_index("zone_id")
    found = after.groupby("zone_id")["surplus"].mean()
    np.testing.assert_allclose(found, truth["effect"].loc[found.index], atol=1e-9)
    before = deals[~(deals["deal_date"] >= deals["effective_date"])]
    np.testing.assert_allclose(before["surplus"], 0.0, atol=1e-9)


def test_growth_of_the_panel_differs_by_the_planted_effect():
    world = _draw("homogeneous")
    panel = world.panel.sort_values(["town_code", "year"])
    growth = panel.groupby("town_code")["log_value"].diff()
    change = growth[panel["year"] >= 2019].groupby(panel["zone_id"]).mean()
    change -= growth[panel["year"] < 2019].groupby(panel["zone_id"]).mean()
    truth = world.truth[world.truth["outcome"] == "population"].set_index("zone_id")["effect"]
    np.testing.assert_allclose(change, truth.loc[change.index], atol=1e-12)


def test_every_other_zone_is_free_of_effects_so_that_false_flags_can_be_told():
    truth = _draw("homogeneous", size=REAL_SIZE).truth
    assert truth["zone_id"].nunique() == 27
    assert (truth.groupby("outcome")["effect"].agg(lambda e: (e == 0).sum()) == 13).all()


@pytest.mark.parametrize(
    ("name", "low", "high"), [("anticipation", 0.4, 0.4), ("pre_trend", -0.1, 0.0)]
)
def test_assumption_is_broken_in_the_year_before_the_date(name, low, high):
    deals = _draw(name).deals
    surplus = _surplus(deals)
    if name == "pre_trend":
        # a drift through the date: below the level of the date before it
        deals = deals[deals["zone_id"].notna()]
    else:
        deals = deals[deals["zone_id"] == "Z10001000"]
    year_before = deals["deal_date"].between("2018-06-01", "2019-01-02")
    found = surplus.loc[deals.index][year_before]
    assert low - 1e-9 <= found.min() <= found.max() <= high + 0.1 + 1e-9


def test_spillover_reaches_only_never_treated_towns_beside_an_affected_zone():
    world = _draw("spillover")
    surplus = _surplus(world.deals)
    late = world.deals["zone_id"].isna() & (world.deals["deal_date"] >= "2019-02-01")
    mean = surplus[late].groupby(world.deals["town_code"]).mean()
    affected = set(world.truth.query("effect > 0")["zone_id"].str[1:])
    pairs = world.neighbours[world.neighbours["neighbour_code"].isin(affected)]
    beside = mean.index.isin(pairs["town_code"])
    np.testing.assert_allclose(mean[beside], 0.3, atol=1e-9)
    np.testing.assert_allclose(mean[~beside], 0.0, atol=1e-9)


def test_registration_doubles_the_deals_of_zones_after_the_date_only():
    broken, sound = (_draw(n, size=REAL_SIZE).deals for n in ("registration", "no_effect"))

    def _after_share(deals, treated):
        rows = deals[deals["zone_id"].notna() == treated]
        return float((rows["deal_date"] >= "2019-01-03").mean())

    # 6.5 of 13.5 years lie after the date: .48, and .65 when they hold twice the deals
    assert _after_share(sound, True) == pytest.approx(0.48, abs=0.03)
    assert _after_share(broken, True) == pytest.approx(0.65, abs=0.03)
    assert _after_share(broken, False) == pytest.approx(0.48, abs=0.03)


def test_misplaced_deals_are_all_of_approximate_place():
    deals = _draw("place_error").deals
    surplus = _surplus(deals)
    untreated_late = deals["zone_id"].isna() & (deals["deal_date"] >= "2019-02-01")
    strayed = untreated_late & (surplus > 0.2)
    assert strayed.any()
    assert set(deals.loc[strayed, "place_precision"]) == {"approximate"}


def test_scenario_of_no_such_name_is_refused_and_null_is_no_effect():
    with pytest.raises(StudyError, match="choose from: no_effect, homogeneous"):
        design_scenario("nil")
    assert design_scenario("null").name == "no_effect"
    assert set(DESIGN_SCENARIOS) == {s.name for s in DESIGN_SCENARIOS.values()}
