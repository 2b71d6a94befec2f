"""Contrasts of zones kept together with what they share, and their pooled mean."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from landwatch.models.choice_grounds import prepared_rows, study_grounds
from landwatch.models.choices import chosen_rows
from landwatch.models.hedonic import fit_hedonic
from landwatch.models.specification import specification
from landwatch.models.zone_contrasts import (
    NUMBERS,
    ZoneContrasts,
    fit_zone_contrasts,
    pooled_mean,
)
from landwatch.models.zone_effects import fit_zone_effects

LAND = specification("land_price")
PEOPLE = specification("population")


def priced(deals: pd.DataFrame) -> pd.DataFrame:
    return deals.assign(adjusted_log_price=fit_hedonic(deals, LAND).adjusted_log_price)


def contrasts(frame: pd.DataFrame, spec=LAND) -> ZoneContrasts:
    rows = prepared_rows(frame, spec)
    return fit_zone_contrasts(chosen_rows(rows, {}, study_grounds(rows, spec.kind)), spec)


def made(effect, own, loadings, dof: float = 40.0) -> ZoneContrasts:
    zones = pd.DataFrame({"estimate_log": effect, "own_variance": own})
    return ZoneContrasts(zones, np.asarray(loadings, dtype=float), dof, dof, 1.0, 0, 0)


@pytest.mark.parametrize("spec", [LAND, PEOPLE], ids=["deals", "panel"])
def test_every_zone_has_the_numbers_of_its_published_effect(
    draw_deals, draw_panel, world, spec
) -> None:
    """The study's own specification is the effect in effects.csv, to the last digits."""
    shape = world(seed=3, effect=0.1)
    frame = priced(draw_deals(shape)) if spec is LAND else draw_panel(shape)
    effects = fit_zone_effects(frame, spec)
    effects = effects[effects["status"] == "estimated"].set_index("zone_id")
    zones = contrasts(frame, spec).zones.set_index("zone_id")
    assert len(zones) == 8
    assert zones.index.tolist() == effects.index.tolist()
    # same algebra in another order of sums: only rounding may differ
    np.testing.assert_allclose(
        zones[list(NUMBERS)].astype(float), effects[list(NUMBERS)].astype(float), rtol=1e-9
    )


def test_zone_across_counties_keeps_its_published_effect(draw_deals, world) -> None:
    """A zone in two counties is compared with both, weighted as in effects.csv."""
    deals = draw_deals(world(seed=4))
    deals["zone_id"] = deals["zone_id"].replace({"Z000": "Z", "Z008": "Z"})
    frame = priced(deals)
    effects = fit_zone_effects(frame, LAND).set_index("zone_id")
    found = contrasts(frame)
    row = found.zones.set_index("zone_id").loc["Z"]
    assert row["counties"] == "10001;10002"
    np.testing.assert_allclose(row["std_error"], effects.loc["Z", "std_error"], rtol=1e-9)
    assert (found.loadings[found.zones["zone_id"] == "Z"] > 0).sum() == 2


def test_pooled_mean_is_generalised_least_squares() -> None:
    """Mean and error equal statsmodels' GLS with the covariance written out."""
    own = np.array([0.01, 0.02, 0.04, 0.01])
    loadings = np.array([[0.1, 0], [0.1, 0], [0, 0.05], [0.06, 0.02]])
    effect = np.array([0.10, 0.14, 0.05, 0.11])
    omega = np.diag(own) + np.outer(loadings[:, 0], loadings[:, 0])
    omega += np.outer(loadings[:, 1], loadings[:, 1])
    gls = sm.GLS(effect, np.ones(4), sigma=omega).fit()
    found = pooled_mean(made(effect, own, loadings))
    assert found.estimate_log == pytest.approx(gls.params[0], rel=1e-12)
    assert found.dispersion == pytest.approx(gls.scale, rel=1e-9)
    assert found.dispersion < 1  # so the error is that of the known covariance, not scaled down
    assert found.std_error == pytest.approx(gls.bse[0] / np.sqrt(gls.scale), rel=1e-9)


def test_zones_of_one_county_share_their_luck() -> None:
    """Twenty zones of one county cannot be more certain than their common controls."""
    one = pooled_mean(made(np.zeros(20), np.full(20, 0.01), np.full((20, 1), 0.1)))
    assert one.std_error > 0.1
    apart = pooled_mean(made(np.zeros(20), np.full(20, 0.01), np.eye(20) * 0.1))
    assert apart.std_error == pytest.approx(np.sqrt(0.02 / 20), rel=1e-12)


def test_zones_that_differ_widen_the_interval() -> None:
    """Effects of ±0.5 around zero with errors of 0.1 give an error of their spread."""
    effect = np.tile([0.5, -0.5], 5)
    found = pooled_mean(made(effect, np.full(10, 0.01), np.zeros((10, 1))))
    assert found.std_error == pytest.approx(effect.std(ddof=1) / np.sqrt(10), rel=1e-12)


def test_nothing_gives_nothing() -> None:
    """Without zones there is no number and no error."""
    found = pooled_mean(made(np.zeros(0), np.zeros(0), np.zeros((0, 2))))
    assert found.n_zones == 0
    assert np.isnan(found.estimate_log)


def test_pooled_intervals_cover_the_planted_effect(draw_deals, world) -> None:
    """Over 40 worlds the pooled interval holds the truth as often as chance allows for 95 %."""
    covered = 0
    for seed in range(40):
        found = pooled_mean(contrasts(priced(draw_deals(world(seed=seed, effect=0.1)))))
        assert found.n_zones == 8
        covered += found.ci_low <= 0.1 <= found.ci_high
    assert covered >= stats.binom.ppf(0.001, 40, 0.95)


def test_order_of_rows_does_not_matter(draw_deals, world) -> None:
    """Shuffled deals give the same pooled mean, to the last digits of sums in another order."""
    frame = priced(draw_deals(world(seed=1)))
    one = pooled_mean(contrasts(frame))
    other = pooled_mean(contrasts(frame.sample(frac=1, random_state=5)))
    assert one == other


def test_a_national_price_index_changes_nothing(draw_deals, world) -> None:
    """Any series by quarter added to log prices leaves the effects as they are."""
    deals = draw_deals(world(seed=2, effect=0.1))
    quarter = deals["deal_date"].dt.year * 4 + deals["deal_date"].dt.quarter
    series = pd.Series(np.random.default_rng(0).normal(0, 1, quarter.nunique()), quarter.unique())
    deflated = deals.assign(log_price=deals["log_price"] - quarter.map(series))
    one, other = (contrasts(priced(d)).zones for d in (deals, deflated))
    # equal but for rounding: rows whose time effect is not identified take no part
    np.testing.assert_allclose(one["estimate_log"], other["estimate_log"], atol=1e-10)
    np.testing.assert_allclose(one["std_error"], other["std_error"], atol=1e-10)
