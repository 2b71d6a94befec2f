"""Zones by synthetic DiD and imputation: known truth, hand computations, honest refusals."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from landwatch.models.disagreement import disagreement
from landwatch.models.estimators.synthetic_weights import synthetic_weights
from landwatch.models.single_zones import COLUMNS, WEIGHT_COLUMNS, fit_single_zones
from landwatch.models.specification import specification
from landwatch.models.zone_noise import NoiseModel, change_scale, fit_noise, rank_scaled
from landwatch.models.zone_years import fit_period_effects

GROWTH = specification("population")
DEALS = specification("land_price")


def _adjusted(deals):
    """Take off the covariates by their true prices."""
    use = deals["use_class"].map({"farm": 0.0, "built": 0.3, "forest": -0.4})
    return deals.assign(adjusted_log_price=deals["log_price"] + 0.15 * deals["log_area_m2"] - use)


@pytest.fixture
def panel(world, draw_panel):
    """Four counties of twelve towns, three of them zones; growth rises by 0.03 in zones."""
    return draw_panel(world(towns=12, zones=3, effect=0.03))


def _growth_table(panel):
    wide = panel.pivot(index="town_code", columns="year", values="log_value")
    return wide.diff(axis=1).iloc[:, 1:]


def test_every_zone_has_a_row_by_each_estimator_and_the_truth_lies_inside(panel):
    """Twelve zones: the planted change of growth is within most intervals (95 % of 24)."""
    found = fit_single_zones(panel, GROWTH)
    effects = found.effects
    assert list(effects.columns) == list(COLUMNS)
    assert set(effects["estimator"]) == {"synthetic_did_growth", "imputation_growth"}
    assert len(effects) == 24
    assert (effects["status"] == "estimated").all()
    inside = (effects["ci_low"] <= 0.03) & (effects["ci_high"] >= 0.03)
    assert inside.sum() >= 20  # 99.9 % of binomials (24, 0.95) lie at 20 or above
    # the truth within three standard errors of a mean of zones that share county donors
    assert effects["estimate_log"].mean() == pytest.approx(0.03, abs=0.01)


def test_synthetic_did_of_a_zone_is_that_of_its_county_by_hand(panel):
    """Nine donors of the county, all years: the same weights, estimate and shares adding to one."""
    found = fit_single_zones(panel, GROWTH)
    growth = _growth_table(panel)
    zone = panel.loc[panel["zone_id"].notna(), ["zone_id", "town_code", "county_code"]]
    zone_id, town, county = zone.iloc[0]
    zoned = set(panel.loc[panel["zone_id"].notna(), "town_code"])
    donors = [t for t in growth.index if t[:5] == county and t not in zoned]
    n_pre = int((growth.columns < 2019).sum())
    fit = synthetic_weights(growth.loc[donors].to_numpy(), growth.loc[[town]].to_numpy(), n_pre)
    row = found.effects.query("zone_id == @zone_id and estimator == 'synthetic_did_growth'").iloc[0]
    assert row["estimate_log"] == pytest.approx(fit.effects.mean(), rel=1e-9)
    assert (row["n_donors"], row["n_pre"], row["n_post"]) == (9, n_pre, len(growth.columns) - n_pre)
    shares = found.weights[found.weights["zone_id"] == zone_id]
    assert list(shares.columns) == list(WEIGHT_COLUMNS)
    assert shares["weight"].sum() == pytest.approx(1.0)
    assert set(shares["town_code"]) <= set(donors)


def test_imputation_without_gaps_is_the_double_difference(panel):
    """Balanced donors: mean change of the zone less that of its county's towns."""
    found = fit_single_zones(panel, GROWTH)
    growth = _growth_table(panel)
    after = growth.columns >= 2019
    change = growth.loc[:, after].mean(axis=1) - growth.loc[:, ~after].mean(axis=1)
    zones = panel.dropna(subset="zone_id").drop_duplicates("zone_id").set_index("zone_id")
    never = change.drop(zones["town_code"])
    by_county = never.groupby(never.index.str[:5]).mean()
    by_hand = change[zones["town_code"]].to_numpy() - by_county[zones["county_code"]].to_numpy()
    got = found.effects.query("estimator == 'imputation_growth'").set_index("zone_id")
    np.testing.assert_allclose(got.loc[zones.index, "estimate_log"], by_hand, atol=1e-12)


def test_imputation_with_gaps_is_least_squares_on_untreated_cells():
    """Unit and year dummies on never-treated cells and the zone's years before, by lstsq."""
    random = np.random.default_rng(4)
    donors = random.normal(size=(6, 7))
    donors[random.random(donors.shape) < 0.2] = np.nan
    zone, after = random.normal(size=7), np.arange(7) >= 4
    cells = np.vstack([donors, np.where(after, np.nan, zone)])
    unit, year = np.nonzero(np.isfinite(cells))
    design = np.hstack([np.eye(7)[unit], np.eye(7)[year]])
    found = np.linalg.lstsq(design, cells[unit, year], rcond=None)[0]
    by_hand = zone[after] - found[6] - found[7:][after]
    fit = fit_period_effects(donors, zone, after)
    gap = zone - fit.periods
    assert fit.is_identified
    assert gap[after].mean() - gap[~after].mean() == pytest.approx(by_hand.mean(), abs=1e-10)


def test_years_that_do_not_connect_are_said():
    """Two towns never seen in the same years tell nothing about the change between them."""
    apart = np.array([[1.0, 2.0, np.nan, np.nan], [np.nan, np.nan, 3.0, 4.0]])
    after = np.array([False, False, True, True])
    assert not fit_period_effects(apart, np.ones(4), after).is_identified


def test_deals_give_the_planted_effect_in_any_order(world, draw_deals):
    """Zones gain 0.4; shuffled rows and renamed index give the same table."""
    deals = _adjusted(draw_deals(world(towns=12, zones=3, effect=0.4, deals=300, tau=0.05)))
    spec = replace(DEALS, min_before=10, min_after=10)
    found = fit_single_zones(deals, spec)
    again = fit_single_zones(deals.sample(frac=1.0, random_state=3), spec)
    pd.testing.assert_frame_equal(found.effects, again.effects, rtol=1e-9)
    pd.testing.assert_frame_equal(found.weights, again.weights, rtol=1e-6)
    estimated = found.effects[found.effects["status"] == "estimated"]
    assert set(estimated["estimator"]) == {"synthetic_did", "imputation"}
    # town shocks of 0.05 and yearly noise of 0.25 / sqrt(25 deals) on about six years a side
    assert estimated["estimate_log"].mean() == pytest.approx(0.4, abs=0.06)


def test_a_constant_in_every_town_of_a_county_changes_nothing(panel):
    """Shocks of a county fall out: weights add up to one and all donors are of the county."""
    shocked = panel.copy()
    here = shocked["county_code"] == shocked["county_code"].iloc[0]
    shocked.loc[here, "log_value"] += (shocked.loc[here, "year"] - 2010) ** 2 * 0.01
    base, moved = fit_single_zones(panel, GROWTH).effects, fit_single_zones(shocked, GROWTH).effects
    np.testing.assert_allclose(moved["estimate_log"], base["estimate_log"], atol=1e-8)


def test_zones_without_donors_in_county_take_those_of_all_counties_with_a_zone(panel):
    """Nearly all of a county treated: said in notes, and never towns of a county without zone."""
    first = panel["county_code"].iloc[0]
    last = panel["county_code"].iloc[-1]
    towns = panel.loc[panel["county_code"] == first, "town_code"].unique()
    wide = panel[~((panel["county_code"] == first) & panel["town_code"].isin(towns[5:]))]
    wide = wide[~((wide["county_code"] == last) & wide["zone_id"].notna())]
    found = fit_single_zones(wide, GROWTH)
    near = found.effects[found.effects["notes"].str.contains("all_counties")]
    zones = set(wide.loc[(wide["county_code"] == first) & wide["zone_id"].notna(), "zone_id"])
    assert set(near["zone_id"]) == zones
    shares = found.weights[found.weights["zone_id"].isin(zones)]
    assert last not in set(shares["town_code"].str[:5])


def test_thin_zones_get_a_reason_and_no_number(world, draw_deals):
    """A zone with 12 deals in all is refused by both estimators, in words."""
    deals = _adjusted(draw_deals(world(towns=12, zones=2, deals=120)))
    poor = deals["zone_id"] == "Z000"
    kept = deals[~poor | (deals[poor].groupby("zone_id").cumcount().reindex(deals.index) < 12)]
    rows = fit_single_zones(kept, DEALS).effects.query("zone_id == 'Z000'")
    assert rows["status"].str.fullmatch(r"insufficient_data: \d+ deals before < 30").all()
    assert rows[["estimate_log", "std_error", "ci_low", "ci_high", "p_value"]].isna().all(axis=None)


def test_false_alarms_without_an_effect_keep_near_their_level(world, draw_panel):
    """Six worlds without effect, 96 zones: at 5 % fewer than 12 rejected (99 % of binomials)."""
    found = pd.concat(
        fit_single_zones(draw_panel(world(seed=s, towns=12, zones=4)), GROWTH).effects
        for s in range(6)
    )
    for _, part in found.groupby("estimator"):
        assert len(part) == 96
        assert (part["p_value"] <= 0.05).sum() < 12


def test_noise_of_donors_is_split_into_town_and_sampling():
    """Planted variance 0.04 + 0.5 / deals, 4,000 towns: a quarter is five standard errors."""
    random = np.random.default_rng(0)
    sampling = 1.0 / random.integers(5, 60, size=(4000, 8))
    value = random.normal(size=(4000, 8)) * np.sqrt(0.04 + 0.5 * sampling)
    noise = fit_noise(value + np.arange(8), sampling)
    assert noise.constant == pytest.approx(0.04, rel=0.25)
    assert noise.slope == pytest.approx(0.5, rel=0.25)


def test_scale_of_a_unit_as_noisy_as_expected_is_that_of_independent_years():
    """Steps with the variance expected leave the factor at one: sqrt(v / n_pre + v / n_post)."""
    after = np.array([False] * 3 + [True] * 2)
    gap = np.array([0.0, np.sqrt(2.0), 0.0, 9.0, 9.0])
    found = change_scale(gap, np.ones(5), after, NoiseModel(0.0, 1.0))
    assert found == pytest.approx(np.sqrt(1 / 3 + 1 / 2))


def test_rank_interval_and_spread_of_placebos():
    """Nineteen placebos: the largest bounds the interval, and beating it gives 1 / 20."""
    pool = np.arange(1.0, 20.0) * np.where(np.arange(19) % 2, 1, -1)
    p, half, spread = rank_scaled(19.5, pool)
    assert (p, half) == (0.05, 19.0)
    assert spread == pytest.approx(np.sqrt((pool**2).mean()))


def test_disagreement_is_mutual_one_sided_or_absent():
    """Each outside the other's interval, one only, none, nothing to compare."""
    effects = pd.DataFrame(
        {
            "zone_id": ["a", "b", "c", "d"],
            "outcome": "rent",
            "estimate_log": [0.0, 0.0, 0.0, 0.0],
            "ci_low": -0.1,
            "ci_high": 0.1,
        }
    )
    others = pd.DataFrame(
        {
            "zone_id": ["a", "b", "c", "d", "c"],
            "outcome": "rent",
            "estimator": ["x", "x", "x", "x", "y"],
            "estimate_log": [0.5, 0.5, 0.05, np.nan, 0.6],
            "ci_low": [0.4, -0.2, -0.1, np.nan, 0.5],
            "ci_high": [0.6, 1.2, 0.2, np.nan, 0.7],
        }
    )
    found = disagreement(effects, others).set_index("zone_id")
    assert found["code"].to_dict() == {"a": "disagree", "b": "doubt", "c": "disagree", "d": "none"}
    assert found["beyond"].to_dict() == {"a": "x", "b": "x", "c": "y", "d": ""}
    assert found["n_alternatives"].to_dict() == {"a": 1, "b": 1, "c": 2, "d": 0}
