"""Threats: each test finds what is planted and is silent where nothing is."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from esda.moran import Moran
from libpysal.weights import W

from landwatch.models.attacks import fit_attacks
from landwatch.models.choice_grounds import prepared_rows, study_grounds
from landwatch.models.choices import chosen_rows
from landwatch.models.specification import specification
from landwatch.models.threats.clusters import few_clusters
from landwatch.models.threats.composition import composition_shift
from landwatch.models.threats.coverage_break import coverage_break, town_year_counts
from landwatch.models.threats.false_dates import anticipation_leads, placebo_dates
from landwatch.models.threats.leave_out import without_each_county
from landwatch.models.threats.place_error import place_error
from landwatch.models.threats.placebo_zones import placebo_zones
from landwatch.models.threats.rows import COLUMNS
from landwatch.models.threats.spatial import moran, spatial_dependence
from landwatch.models.threats.spillover import spillover_ring
from landwatch.models.zone_contrasts import fit_zone_contrasts, pooled_mean

LAND = specification("land_price")
LEAST = replace(LAND, min_before=10, min_after=10)


class Study:
    """Prepared rows of deals with what the threats need."""

    def __init__(self, deals: pd.DataFrame, neighbours: pd.DataFrame | None = None) -> None:
        self.frame = deals.assign(adjusted_log_price=deals["log_price"])
        prepared = prepared_rows(self.frame, LAND)
        self.grounds = study_grounds(prepared, "deals", neighbours=neighbours)
        self.rows = chosen_rows(prepared, {}, self.grounds)
        self.base = fit_zone_contrasts(self.rows, LAND)


def touching(deals: pd.DataFrame) -> pd.DataFrame:
    """Within a county each town touches the next; the first never-treated one touches a zone."""
    code = sorted(deals["town_code"].unique())
    pairs = [(a, b) for a, b in pairwise(code) if a[:5] == b[:5]]
    both = [*pairs, *[(b, a) for a, b in pairs]]
    return pd.DataFrame(both, columns=["town_code", "neighbour_code"])


@pytest.fixture
def calm(draw_deals, world) -> pd.DataFrame:
    """Calm towns, an effect of 0.2, many deals."""
    return draw_deals(world(seed=5, effect=0.2, tau=0.02, deals=250))


def test_prices_that_move_before_the_date_are_seen(calm) -> None:
    """0.3 in the year before is found in lead 1 and not in lead 2; without it neither is."""
    study = Study(calm)
    quiet = anticipation_leads(study.rows, LEAST).set_index("choice")
    assert quiet["survives"].all()
    early = calm["zone_id"].notna() & calm["deal_date"].between("2018-01-04", "2019-01-02")
    moved = calm.assign(log_price=calm["log_price"] + 0.3 * early)
    leads = anticipation_leads(Study(moved).rows, LEAST).set_index("choice")
    shift = leads["estimate_log"] - quiet["estimate_log"]
    assert abs(shift["lead_1"] - 0.3) < 4 * leads["std_error"]["lead_1"]
    assert not leads["survives"]["lead_1"]
    assert leads["survives"]["lead_2"]


def test_placebo_dates_do_not_see_the_true_effect(calm) -> None:
    """Rows from the true date on take no part, so an effect of any size leaves them alone."""
    large = calm["zone_id"].notna() & (calm["deal_date"] >= "2019-01-03")
    one = placebo_dates(Study(calm).rows, LAND)
    other = placebo_dates(Study(calm.assign(log_price=calm["log_price"] + 5.0 * large)).rows, LAND)
    pd.testing.assert_frame_equal(one, other)
    assert one["survives"].all()


def test_spillover_onto_neighbours_is_seen(calm) -> None:
    """0.3 in the towns next to zones is found, against the towns further away."""
    pairs = touching(calm)
    quiet = Study(calm, pairs)
    row = spillover_ring(quiet.rows, LAND, quiet.grounds).iloc[0]
    assert row["survives"]
    near = calm["town_code"].isin(quiet.grounds.towns["adjacent"])
    assert near.any()
    after = calm["deal_date"] >= "2019-01-03"
    moved = Study(calm.assign(log_price=calm["log_price"] + 0.3 * (near & after)), pairs)
    found = spillover_ring(moved.rows, LAND, moved.grounds).iloc[0]
    assert found["estimate_log"] - row["estimate_log"] == pytest.approx(0.3, abs=1e-6)
    assert not found["survives"]


def test_counts_are_a_poisson_regression_with_dummies(draw_deals, world) -> None:
    """The log ratio equals statsmodels' Poisson with town and county-year dummies."""
    deals = draw_deals(world(seed=6, counties=2, towns=5, deals=80))
    extra = deals[deals["zone_id"].notna() & (deals["deal_date"] >= "2019-01-03")]
    study = Study(pd.concat([deals, extra], ignore_index=True))
    found = coverage_break(study.rows, LAND).iloc[0]
    counts = town_year_counts(study.rows)
    n_years = (int(counts["county_year"].max()) + 1) // 2
    years = pd.get_dummies(counts["county_year"], dtype=float).drop(columns=[0, n_years])
    towns = pd.get_dummies(counts["town"], dtype=float)
    design = np.column_stack([counts["x"], towns, years])
    glm = sm.GLM(counts["n"], design, family=sm.families.Poisson()).fit(tol=1e-12)
    assert found["estimate_log"] == pytest.approx(glm.params.iloc[0], abs=1e-6)
    assert found["estimate_log"] == pytest.approx(np.log(2), abs=0.4)
    assert not found["survives"]
    assert counts["n"].sum() == len(study.rows)


def test_counts_of_one_side_only_are_not_compared(calm) -> None:
    """With rows after the date only there is nothing to compare, and the row says so."""
    late = calm[calm["deal_date"] >= "2019-01-03"]
    row = coverage_break(Study(late).rows, LAND).iloc[0]
    assert row["notes"].startswith("not_estimable")
    assert np.isnan(row["estimate_log"])


def test_a_shift_of_the_mix_is_seen(calm) -> None:
    """Lots half a deviation larger in zones after the date are found, other covariates are not."""
    after = calm["zone_id"].notna() & (calm["deal_date"] >= "2019-01-03")
    larger = calm.assign(log_area_m2=calm["log_area_m2"] + 0.3 * after)
    study = Study(larger)
    found = composition_shift(study.frame, study.rows, LAND, study.base).set_index("choice")
    area = found.loc["log_area_m2"]
    size = 0.3 / larger.loc[study.rows["row"], "log_area_m2"].std(ddof=0)
    assert abs(area["estimate_log"] - size) < 4 * area["std_error"]
    assert not area["survives"]
    assert found.drop(index="log_area_m2")["survives"].all()


def test_placebo_towns_are_rarely_flagged_and_the_true_effect_stands_out(calm) -> None:
    """No false flags beyond chance; the planted 0.2 beats every relabelling."""
    study = Study(calm)
    found = placebo_zones(study.rows, LAND, study.grounds, study.base, draws=99)
    found = found.set_index("choice")
    assert found.loc["false_flags", "survives"]
    assert abs(found.loc["false_flags", "estimate_log"]) < 0.05
    assert found.loc["randomisation", "p_value"] == 0.01
    assert found.loc["randomisation", "survives"]
    again = placebo_zones(study.rows, LAND, study.grounds, study.base, draws=99)
    pd.testing.assert_frame_equal(found, again.set_index("choice"))


def test_moran_is_that_of_pysal() -> None:
    """The coefficient equals esda's on binary contiguity."""
    value = np.array([1.0, 2.0, -0.5, 0.3, -2.0, 1.5])
    pairs = np.array([[0, 1], [1, 2], [2, 3], [3, 4], [4, 5], [0, 5]])
    both = np.vstack([pairs, pairs[:, ::-1]])
    links = {i: [int(b) for a, b in both if a == i] for i in range(6)}
    expected = Moran(value, W(links, silence_warnings=True), transformation="B", permutations=0).I
    assert moran(value - value.mean(), both) == pytest.approx(expected, rel=1e-12)


def test_towns_that_change_with_their_neighbours_are_seen(draw_deals, world) -> None:
    """A shock common to half of each county's chain of towns is found; independent ones are not."""
    deals = draw_deals(world(seed=8, tau=0.0, towns=16, deals=100))
    pairs = touching(deals)
    quiet = Study(deals, pairs)
    row = spatial_dependence(quiet.rows, LAND, quiet.grounds, pairs, draws=199).iloc[0]
    assert row["survives"]
    half = (deals["town_code"].str[5:].astype(int) >= 9) & (deals["deal_date"] >= "2019-01-03")
    moved = Study(deals.assign(log_price=deals["log_price"] + 0.5 * half), pairs)
    found = spatial_dependence(moved.rows, LAND, moved.grounds, pairs, draws=199).iloc[0]
    assert not found["survives"]
    assert found["estimate_log"] > row["estimate_log"]


def test_certain_places_cannot_be_drawn_again(calm) -> None:
    """Zones of whole towns: the row says that nothing can change."""
    study = Study(calm)
    certain = pd.Series(1.0, index=study.rows.index)
    row = place_error(study.rows, certain, LAND, study.base).iloc[0]
    assert row["notes"].startswith("identical by construction")
    assert np.isnan(row["estimate_log"])


def test_uncertain_places_widen_the_interval(calm) -> None:
    """Nine rows in ten stay in each draw: the mean is kept, the error grows."""
    study = Study(calm)
    chance = pd.Series(0.9, index=study.rows.index)
    row = place_error(study.rows, chance, LAND, study.base, draws=8).iloc[0]
    true = pooled_mean(study.base)
    assert abs(row["estimate_log"] - true.estimate_log) < true.std_error
    assert row["std_error"] > true.std_error
    assert row["survives"]


def test_one_county_can_carry_an_effect(calm) -> None:
    """An effect in one county only is gone without it and stays without any other."""
    only = (calm["county_code"] == "10001") | calm["zone_id"].isna()
    after = calm["deal_date"] >= "2019-01-03"
    one = calm.assign(log_price=calm["log_price"] - 0.2 * (after & ~only))
    lone = without_each_county("land_price", Study(one).base).set_index("choice")
    assert abs(lone.loc["10001", "estimate_log"]) < 2 * lone.loc["10001", "std_error"]
    others = lone.drop(index="10001")["estimate_log"]
    assert (others > lone.loc["10001", "estimate_log"] + 0.02).all()


def test_equal_zones_count_fully(calm) -> None:
    """Eight zones with nearly equal weights are worth nearly eight, too few to survive."""
    row = few_clusters("land_price", Study(calm).base, wild_p=lambda: 0.25).iloc[0]
    effective = float(row["notes"].split("effective_zones=")[1].split(";")[0])
    assert 7.0 < effective <= 8.0
    assert not row["survives"]
    assert row["p_value"] == 0.25


def test_every_attack_reports_and_the_order_of_rows_does_not_matter(draw_deals, world) -> None:
    """All threats in one table with unique keys; shuffled deals give the same table."""
    deals = draw_deals(world(seed=3, effect=0.2))
    frame = deals.assign(adjusted_log_price=deals["log_price"])
    found = fit_attacks(frame, LAND, neighbours=touching(deals))
    assert tuple(found.threats.columns) == COLUMNS
    assert not found.threats.duplicated(["outcome", "zone_id", "threat", "choice"]).any()
    wanted = {
        "base", "date", "window", "anticipation", "outliers", "place", "controls",
        "composition", "composition_shift",
        "without_county", "anticipation_lead", "placebo_date", "placebo_zones", "spillover",
        "few_clusters", "spatial_dependence", "price_level", "coverage_break", "place_error",
    }  # fmt: skip
    assert wanted <= set(found.threats["threat"])
    shuffled = frame.sample(frac=1, random_state=1)
    again = fit_attacks(shuffled, LAND, neighbours=touching(deals))
    pd.testing.assert_frame_equal(found.threats, again.threats)
    pd.testing.assert_frame_equal(found.specifications, again.specifications)
