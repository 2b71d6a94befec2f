"""Calibration: checks see the break they are for; shares are what a count by hand gives."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from landwatch.models.alarms import CHECKS, check_rows_of, difference_p_value
from landwatch.models.calibration import POOLED, Findings, joined, world_findings
from landwatch.models.calibration_summary import calibration_summary, power_table
from landwatch.models.hedonic import fit_hedonic
from landwatch.models.specification import specification
from landwatch.synthetic.design_scenarios import DESIGN_SCENARIOS, design_scenario
from landwatch.synthetic.model_towns import REAL_SIZE
from landwatch.synthetic.model_worlds import model_world

SHARP = replace(REAL_SIZE, counties=3, noise=0.12, quarter=0.05, town_walk=0.01, tail=30.0,
                growth_noise=0.001, growth_walk=0.0005)  # fmt: skip
"""Little noise, so that one world is enough to see a break."""


def _checked(name, size=SHARP):
    world = model_world(design_scenario(name), seed=11, world=0, size=size)
    spec = specification("land_price")
    deals = world.deals.assign(adjusted_log_price=fit_hedonic(world.deals, spec).adjusted_log_price)
    return check_rows_of(deals, spec, world.neighbours)


@pytest.mark.parametrize(
    "name", [n for n, s in DESIGN_SCENARIOS.items() if s.caught_by and n != "spatial_shocks"]
)
def test_check_fires_at_the_break_it_is_for(name):
    found = _checked(name)
    for check in design_scenario(name).caught_by:
        assert CHECKS[check](found) <= 0.01


def test_neighbours_wandering_together_are_seen_when_their_range_is_long():
    # 45 towns in the ring of six counties; noise small against the shared wanderings
    size = replace(SHARP, counties=6, town_walk=0.1)
    assert CHECKS["spatial"](_checked("spatial_shocks", size)) <= 0.05


def test_difference_equals_least_squares_with_county_dummies_when_noise_is_equal():
    rng = np.random.default_rng(5)
    county = np.repeat([0, 1, 2], 8)
    group = np.tile([True, True, False, False, False, False, False, False], 3)
    value = rng.normal(size=24) + county
    others = value[~group] - np.repeat([value[(county == c) & ~group].mean() for c in range(3)], 6)
    # by hand: variance from the others alone, 18 − 3 degrees of freedom
    dof = 15
    variance = float(np.sum(others**2)) / dof
    design = np.column_stack([group, *(county == c for c in range(3))]).astype(float)
    effect = np.linalg.lstsq(design, value, rcond=None)[0][0]
    error = np.sqrt(variance * np.linalg.inv(design.T @ design)[0, 0])
    from scipy import stats

    expected = 2 * stats.t.sf(abs(effect) / error, dof)
    assert difference_p_value(value, np.zeros(24), group, county) == pytest.approx(expected)


def test_difference_of_nobody_or_of_everybody_is_no_number():
    value, county = np.arange(6.0), np.zeros(6, dtype=np.int64)
    for group in (np.zeros(6, bool), np.ones(6, bool)):
        assert np.isnan(difference_p_value(value, np.ones(6), group, county))


def test_check_does_not_depend_on_the_order_of_deals():
    world = model_world(design_scenario("no_effect"), seed=2, world=0, size=SHARP)
    spec = specification("land_price")
    deals = world.deals.assign(adjusted_log_price=world.deals["log_price"])
    shuffled = deals.sample(frac=1.0, random_state=1).reset_index(drop=True)
    first, second = (check_rows_of(d, spec, world.neighbours) for d in (deals, shuffled))
    for check in CHECKS.values():
        assert check(first) == pytest.approx(check(second), rel=1e-9)


def _findings():
    """Two worlds worked by hand."""
    nan = float("nan")
    columns = ["world", "zone_id", "effect", "estimate_log", "ci_low", "ci_high", "p_value",
               "q_value", "n_before", "n_after", "breakdown_drift", "pre_trend_p", "verdict",
               "confidence"]  # fmt: skip
    rows = [
        # a true flag, a false one with drift, and a null zone left alone
        (0, "A", 0.4, 0.5, 0.3, 0.7, 0.001, 0.01, 50, 70, 2.0, 0.5, "price_rise", "moderate"),
        (0, "B", 0.0, 0.6, 0.2, 1.0, 0.002, 0.02, 50, 70, 0.2, 0.01, "price_rise", "weak"),
        (0, "C", 0.0, 0.1, -0.1, 0.3, 0.3, 0.3, 50, 70, nan, 0.5, "no_change", ""),
        # a miss whose interval does not hold the truth, and a flag on the wrong side
        (1, "A", 0.4, 0.1, -0.1, 0.3, 0.3, 0.3, 130, 140, 0.0, 0.5, "no_change", ""),
        (1, "B", 0.4, -0.4, -0.6, -0.2, 0.001, 0.01, 130, 140, 1.5, 0.5, "no_change", ""),
        (1, "C", 0.0, 0.0, -0.2, 0.2, 0.9, 0.9, 130, 140, nan, 0.5, "no_change", ""),
    ]
    land = pd.DataFrame(rows, columns=columns).assign(
        scenario="s", outcome="land_price", status="estimated"
    )
    land["planted"] = land["effect"]
    people = land.assign(outcome="population", status="insufficient_data: x", effect=0.0, planted=0)
    zones = pd.concat([land, people], ignore_index=True)
    pooled = pd.DataFrame(
        {
            "scenario": "s", "world": [0, 1], "outcome": "land_price", "estimator": "twfe",
            "truth": [0.2, 0.2], "estimate_log": [0.3, 0.2], "ci_low": [0.25, 0.1],
            "ci_high": [0.35, 0.3], "p_value": [0.01, 0.2],
        }
    )  # fmt: skip
    checks = pd.DataFrame(
        {"scenario": "s", "world": [0, 1], "outcome": "land_price", "check": "leads",
         "p_value": [0.01, nan]}
    )  # fmt: skip
    return Findings(zones, pooled, checks)


def test_summary_is_what_a_count_by_hand_gives():
    table = calibration_summary(_findings())
    value = table.set_index(["outcome", "estimator", "measure"])["value"]
    expected = {
        ("land_price", "zones", "fdr"): (1 / 2 + 1 / 1) / 2,
        ("land_price", "zones", "any_false"): 1.0,
        ("land_price", "zones", "size"): 1 / 3,
        ("land_price", "zones", "power"): 1 / 3,
        # of six intervals B of world 0, A and B of world 1 miss
        ("land_price", "zones", "coverage"): 3 / 6,
        ("land_price", "zones", "bias"): (0.1 - 0.3 - 0.8) / 3,
        ("land_price", "zones", "bias_share"): (0.1 - 0.3 - 0.8) / 1.2,
        ("land_price", "zones", "false_with_drift"): 1 / 2,
        ("land_price", "zones", "false_fragile"): 1 / 2,
        ("verdict", "zones", "any_false"): 1 / 2,
        ("verdict", "zones", "false_weak"): 1 / 2,
        ("verdict", "zones", "false_strong"): 0.0,
        ("land_price", "twfe", "coverage"): 1 / 2,
        ("land_price", "twfe", "reject"): 1 / 2,
        ("land_price", "twfe", "bias_share"): 0.05 / 0.2,
        ("land_price", "leads", "caught"): 1.0,
    }
    for key, number in expected.items():
        assert value[key] == pytest.approx(number), key
    # a binomial share of one half in two worlds: sqrt(.25 / 2)
    errors = table.set_index(["outcome", "estimator", "measure"])["mc_error"]
    assert errors["verdict", "zones", "any_false"] == pytest.approx(np.sqrt(0.125))


def test_power_is_counted_by_effect_and_by_the_poorer_side():
    table = power_table(_findings().zones).set_index("rows_a_side")
    assert table["power"].to_dict() == {"30–59": 1.0, "all": 1 / 3, "≥120": 0.0}
    assert table["n"].to_dict() == {"30–59": 1, "all": 3, "≥120": 2}


def test_zones_of_a_null_world_are_covered_by_their_intervals():
    """One sharp world: 13 zones without effect, each interval holds 0 nearly always."""
    world = model_world(design_scenario("no_effect"), seed=4, world=0, size=SHARP)
    rows = {"land_price": world.deals, "population": world.panel}
    found = world_findings(rows, world.truth, world.neighbours, checks=False)
    assert found.checks.empty
    assert set(found.pooled["estimator"]) == set(POOLED)
    told = found.zones[found.zones["status"] == "estimated"]
    inside = (told["ci_low"] <= 0) & (told["ci_high"] >= 0)
    # P(fewer than 80 % of 26 intervals of 95 %) < 0.001 even if they were independent
    assert inside.mean() > 0.8
    twice = joined([found, found])
    assert len(twice.zones) == 2 * len(found.zones)
