"""Zone effects on worlds with known truth, and on data that cannot carry them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from landwatch.models.hedonic import fit_hedonic
from landwatch.models.specification import specification
from landwatch.models.zone_effects import COLUMNS, NUMBERS, fit_zone_effects
from landwatch.vocabulary.errors import InputError

LAND = specification("land_price")
PEOPLE = specification("population")


def _effects(deals: pd.DataFrame, **options) -> pd.DataFrame:
    priced = deals.assign(adjusted_log_price=fit_hedonic(deals, LAND).adjusted_log_price)
    return fit_zone_effects(priced, LAND, **options)


def _insufficient(effects: pd.DataFrame, reason: str) -> bool:
    empty = effects[[*NUMBERS, "q_value", "breakdown_m"]].isna().to_numpy().all()
    return bool(empty and effects["status"].str.startswith(f"insufficient_data: {reason}").all())


def test_planted_effects_are_recovered_within_their_errors(draw_deals, world) -> None:
    """With calm towns every zone's 0.2 lies within four standard errors, and none near zero."""
    effects = _effects(draw_deals(world(effect=0.2, tau=0.0, deals=300)))
    assert (effects["status"] == "estimated").all()
    off = (effects["estimate_log"] - 0.2) / effects["std_error"]
    assert off.abs().max() < 4
    assert (effects["q_value"] <= 0.05).all()
    assert tuple(effects.columns) == COLUMNS


def test_intervals_cover_and_false_flags_are_rare(draw_deals, world) -> None:
    """Over 60 worlds without effect coverage and world-wise flags are consistent with 95 and 5 %.

    Zones of one world share controls, so the slack of coverage counts worlds, not zones.
    """
    covered, flagged = [], 0
    for seed in range(60):
        effects = _effects(draw_deals(world(seed=seed, deals=80)))
        effects = effects[effects["status"] == "estimated"]
        covered.append(((effects["ci_low"] <= 0) & (effects["ci_high"] >= 0)).mean())
        flagged += bool((effects["q_value"] <= 0.05).any())
    assert flagged <= stats.binom.ppf(0.999, 60, 0.05)
    slack = stats.t.ppf(0.999, 59) * np.std(covered, ddof=1) / np.sqrt(60)
    assert np.mean(covered) + slack >= 0.95


def test_different_timing_of_deals_does_not_bias(draw_deals, world) -> None:
    """Zones that trade in few years of a rising county show no effect on average of 20 worlds."""
    means = []
    for seed in range(20):
        deals = draw_deals(world(seed=seed, tau=0.0, timing=0.0))
        late = deals["zone_id"].notna() & deals["deal_date"].dt.year.isin([2013, 2014, 2019, 2020])
        effects = _effects(deals[~late | (deals.index % 5 == 0)])
        means.append(effects["estimate_log"].mean())
    assert abs(np.mean(means)) <= stats.t.ppf(0.999, 19) * np.std(means, ddof=1) / np.sqrt(20)


def test_growth_of_a_panel_is_recovered(draw_panel, world) -> None:
    """A rise of growth by 0.02 a year is found as such, under its own estimator name."""
    effects = fit_zone_effects(draw_panel(world(effect=0.02, tau=0.0)), PEOPLE)
    off = (effects["estimate_log"] - 0.02) / effects["std_error"]
    assert off.abs().max() < 4
    assert set(effects["estimator"]) == {"town_contrast_growth"}
    assert (effects["n_before"] == 8).all()
    assert (effects["n_after"] == 6).all()


def test_different_drifts_of_towns_are_no_effect(draw_panel, world) -> None:
    """A town that always shrank 3 % a year faster than its neighbours has no effect for it."""
    panel = draw_panel(world(seed=2))
    drift = panel["zone_id"].notna() * -0.03 * (panel["year"] - 2010)
    steeper = panel.assign(log_value=panel["log_value"] + drift)
    before = fit_zone_effects(panel, PEOPLE)
    after = fit_zone_effects(steeper, PEOPLE)
    np.testing.assert_allclose(after["estimate_log"], before["estimate_log"], atol=1e-12)
    np.testing.assert_allclose(after["std_error"], before["std_error"], rtol=1e-9)


def test_order_of_rows_and_unit_of_price_do_not_matter(draw_deals, world) -> None:
    """Shuffled rows give identical numbers; prices in another currency give equal ones."""
    deals = draw_deals(world(effect=0.1))
    plain = _effects(deals)
    shuffled = _effects(deals.sample(frac=1.0, random_state=1))
    pd.testing.assert_frame_equal(plain, shuffled, check_exact=True)
    dollars = _effects(deals.assign(log_price=deals["log_price"] - np.log(31.7)))
    np.testing.assert_allclose(dollars["estimate_log"], plain["estimate_log"], atol=1e-8)
    np.testing.assert_allclose(dollars["std_error"], plain["std_error"], rtol=1e-6)


def test_a_zone_of_two_towns_is_one_row(draw_deals, world) -> None:
    """Towns that share a zone are estimated together and counted together."""
    deals = draw_deals(world(effect=0.2, tau=0.0))
    joined = deals.assign(zone_id=deals["county_code"].where(deals["zone_id"].notna()))
    effects = _effects(joined)
    assert len(effects) == 4
    assert (effects["n_before"] + effects["n_after"]).sum() == joined["zone_id"].notna().sum()
    assert ((effects["estimate_log"] - 0.2).abs() < 4 * effects["std_error"]).all()


def test_a_zone_across_two_counties_uses_the_controls_of_both(draw_deals, world) -> None:
    """Each part is compared with its own county, and both counties' towns are named."""
    deals = draw_deals(world(effect=0.2, tau=0.0, counties=2))
    one = deals.assign(zone_id=pd.Series("A", index=deals.index).where(deals["zone_id"].notna()))
    effects = _effects(one)
    assert effects["n_controls"].tolist() == [12]
    assert len(effects["controls"].iloc[0].split(";")) == 12


def test_rest_of_a_partly_treated_town_is_no_control(draw_deals, world) -> None:
    """Rows outside the zone of a treated town are on neither side."""
    deals = draw_deals(world())
    partly = deals["zone_id"].mask(deals["location_id"] == "s0")
    effects = _effects(deals.assign(zone_id=partly))
    treated_towns = set(deals.loc[partly.notna(), "town_code"])
    named = set(";".join(effects["controls"]).split(";"))
    assert named.isdisjoint(treated_towns)
    assert (effects["n_controls"] == 6).all()


def test_a_county_without_controls_is_said_so(draw_deals, world) -> None:
    """Where every town but one is treated there is no estimate."""
    deals = draw_deals(world(zones=7))
    assert _insufficient(_effects(deals), "no control in county")


def test_no_town_left_untreated_anywhere(draw_deals, world) -> None:
    """A study in which everything is treated has no number."""
    deals = draw_deals(world(zones=8))
    assert _insufficient(_effects(deals), "no control in county")


def test_no_treated_rows_give_an_empty_table(draw_deals, world) -> None:
    """Nothing treated, nothing to report, same columns."""
    effects = _effects(draw_deals(world(zones=0)))
    assert effects.empty
    assert tuple(effects.columns) == COLUMNS


def test_named_zones_without_rows_are_reported(draw_deals, world) -> None:
    """A zone of the list that has no deal gets a row and its name."""
    effects = _effects(draw_deals(world(zones=0)), zone_names={"Z9": "太麻里鄉"})
    assert effects["zone_name"].tolist() == ["太麻里鄉"]
    assert _insufficient(effects, "no deals")


@pytest.mark.parametrize("side", ["before", "after"])
def test_an_empty_side_is_said_so(draw_deals, world, side: str) -> None:
    """A zone without deals on one side of its date has no estimate."""
    deals = draw_deals(world())
    later = deals["deal_date"] >= deals["effective_date"]
    gone = deals["zone_id"].notna() & (later if side == "after" else ~later)
    assert _insufficient(_effects(deals[~gone]), f"0 comparable deals {side} < 30")


def test_a_period_empty_everywhere_is_said_so(draw_deals, world) -> None:
    """With no deals before the date at all there is no crash and no number."""
    deals = draw_deals(world())
    assert _insufficient(
        _effects(deals[deals["deal_date"] >= "2019-02-01"]), "0 comparable deals before"
    )


def test_equal_prices_are_no_evidence(draw_deals, world) -> None:
    """Prices that never vary carry no estimate, however many."""
    effects = _effects(draw_deals(world()).assign(log_price=7.0))
    assert _insufficient(effects, "prices do not vary")


def test_places_seen_on_one_side_only_are_not_compared(draw_deals, world) -> None:
    """If no place of a zone has deals on both sides there is no estimate."""
    deals = draw_deals(world())
    later = (deals["deal_date"] >= deals["effective_date"]).astype(str)
    split = (deals["location_id"] + later).where(deals["zone_id"].notna(), deals["location_id"])
    assert _insufficient(_effects(deals.assign(location_id=split)), "too few deals at places")


def test_one_wrong_price_does_not_make_a_finding(draw_deals, world) -> None:
    """A single price a hundred times too high never turns a null zone into a flag."""
    for seed in range(5):
        deals = draw_deals(world(seed=seed, tau=0.0))
        later = deals["zone_id"].eq("Z000") & (deals["deal_date"] >= deals["effective_date"])
        wrong = deals.index[later][seed]
        deals.loc[wrong, "log_price"] += np.log(100.0)
        row = _effects(deals).set_index("zone_id").loc["Z000"]
        assert row["q_value"] > 0.05


def test_breakdown_needs_three_years_before(draw_deals, world) -> None:
    """With two years before the date no sensitivity can be stated."""
    deals = draw_deals(world(deals=400, effect=0.5))
    effects = _effects(deals[deals["deal_date"] >= "2017-01-05"])
    assert (effects["status"] == "estimated").all()
    assert effects["breakdown_m"].isna().all()
    assert effects["pre_trend_p"].isna().all()


def test_diverging_drift_before_the_date_is_seen(draw_deals, world) -> None:
    """A zone that drifted 15 % a year from its controls before the date is detected at 5 %."""
    deals = draw_deals(world(tau=0.0))
    years = (deals["deal_date"] - pd.Timestamp("2019-01-03")).dt.days / 365.25
    drift = 0.15 * years * deals["zone_id"].notna()
    effects = _effects(deals.assign(log_price=deals["log_price"] + drift))
    assert (effects["pre_trend_p"] < 0.05).all()


def test_unadjusted_deals_are_refused(draw_deals, world) -> None:
    """The error says what to run first."""
    with pytest.raises(InputError, match="fit_hedonic"):
        fit_zone_effects(draw_deals(world()), LAND)


def test_fewest_rows_follow_the_specification(draw_deals, world) -> None:
    """Raising the minimum turns estimates into a stated lack of data."""
    deals = draw_deals(world())
    priced = deals.assign(adjusted_log_price=deals["log_price"])
    effects = fit_zone_effects(priced, replace(LAND, min_after=10_000))
    assert effects["status"].str.endswith("deals after < 10000").all()
    assert effects["q_value"].isna().all()


def test_years_in_which_one_control_town_traded_are_not_compared(draw_deals, world) -> None:
    """A boom in the only town that kept trading neither makes nor hides an effect of its county.

    From 2021 on one control town per county is left, at prices 60 % up; the estimate is the one of
    the same deals without those years, and their rows are not counted.
    """
    deals = draw_deals(world(effect=0.2, tau=0.0, deals=500))
    late = deals["deal_date"] >= "2021-01-01"
    control = deals["zone_id"].isna()
    left = deals["town_code"].str[-3:].astype(int) % 8 == 7
    thin = deals[~(late & control & ~left)].copy()
    thin.loc[late & control, "log_price"] += 0.5
    before = deals[~late]
    got, expected = (
        fit_zone_effects(d.assign(adjusted_log_price=d["log_price"]), LAND) for d in (thin, before)
    )
    assert (got["status"] == "estimated").all()
    np.testing.assert_allclose(got["estimate_log"], expected["estimate_log"], rtol=1e-9)
    assert got["n_after"].tolist() == expected["n_after"].tolist()


def test_breakdown_by_hand(draw_deals, world) -> None:
    """With prices without noise M̄ is ((|estimate| − half) / step − steps before) / steps after.

    Prices are a level per place, a shift per town after the date and, in zones, 0.2 in the last
    year before it: the largest step. Distances are weighted means over the rows of the zone.
    """
    deals = draw_deals(world(timing=0.0))
    years = (deals["deal_date"] - pd.Timestamp("2019-01-03")).dt.days / 365.25
    after, zone = years >= 0, deals["zone_id"].notna()
    town = deals["town_code"].str[-3:].astype(int)
    price = deals["location_id"].str[1:].astype(float) + after * (0.01 * (town % 5) + 2.0 * zone)
    price = price + 0.2 * (zone & np.floor(years).eq(-1))
    row = fit_zone_effects(deals.assign(log_price=price, adjusted_log_price=price), LAND).iloc[0]
    own = pd.DataFrame({"k": np.floor(years) + 1, "after": after, "place": deals["location_id"]})
    # of the rows in the first two days of a year no control tells the time effect
    pair = deals["deal_date"].dt.to_period("Q").astype(str) + np.floor(years).astype(str)
    pair += deals["county_code"].astype(str)
    own = own[(deals["zone_id"] == row["zone_id"]) & pair.isin(pair[~zone])]
    weight = own["after"] - own.groupby("place")["after"].transform("mean")
    moved = weight / (weight * own["after"]).sum() * own["k"]
    sure = abs(row["estimate_log"]) - (row["ci_high"] - row["estimate_log"])
    expected = (sure / 0.2 - moved[~own["after"]].sum()) / moved[own["after"]].sum()
    assert row["breakdown_m"] == pytest.approx(expected, rel=1e-6)


def test_a_drift_alone_seldom_survives(draw_deals, world) -> None:
    """A zone that drifts 15 % a year from its controls has no effect, and M̄ stays below 1.

    The bound holds zero at M̄ = 1 in at least 95 % of worlds (binomial slack of 0.1 %).
    """
    passed, count = 0, 0
    for seed in range(12):
        deals = draw_deals(world(seed=seed, tau=0.02))
        years = (deals["deal_date"] - pd.Timestamp("2019-01-03")).dt.days / 365.25
        drift = 0.15 * years * deals["zone_id"].notna()
        effects = _effects(deals.assign(log_price=deals["log_price"] + drift))
        assert (effects["q_value"] < 0.05).all()
        passed += int((effects["breakdown_m"] >= 1.0).sum())
        count += len(effects)
    assert passed <= stats.binom.ppf(0.999, count, 0.05)


def test_noise_lowers_the_breakdown(draw_deals, world) -> None:
    """The same effect in noisier deals never survives more."""
    calm, wild = (
        _effects(draw_deals(world(effect=2.0, tau=0.02, noise=noise)))["breakdown_m"]
        for noise in (0.05, 0.5)
    )
    assert (wild < calm).all()


def test_control_towns_are_named_with_their_shares(draw_deals, world) -> None:
    """One weight a control town, adding up to the whole control mean."""
    effects = _effects(draw_deals(world()))
    towns = effects["controls"].str.split(";")
    shares = effects["control_weights"].str.split(";").map(lambda told: [float(w) for w in told])
    assert towns.map(len).tolist() == shares.map(len).tolist()
    assert (shares.map(sum) - 1.0).abs().max() < 1e-3  # four digits each
