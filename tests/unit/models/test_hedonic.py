"""Hedonic adjustment on worlds with known prices of quality."""

import numpy as np
import pandas as pd
import pytest

from landwatch.models.hedonic import covariate_matrix, fit_hedonic
from landwatch.models.specification import specification
from landwatch.vocabulary.errors import InputError

LAND = specification("land_price")


def test_known_coefficients_are_recovered(draw_deals, world) -> None:
    """The price of area and of use classes lies within four standard errors of the truth."""
    fit = fit_hedonic(draw_deals(world(seed=3, effect=0.4)), LAND)
    found = fit.coefficients.set_index("term")
    common = {"farm": 0.0, "built": 0.3, "forest": -0.4}
    left_out = set(common) - {t.split("=")[1] for t in found.index if "=" in t}
    base = common[left_out.pop()]
    truth = {"log_area_m2": -0.15} | {
        f"use_class={k}": v - base for k, v in common.items() if f"use_class={k}" in found.index
    }
    for term, value in truth.items():
        row = found.loc[term]
        assert abs(row["estimate"] - value) <= 4 * row["std_error"]


def test_the_treatment_stays_in_the_adjusted_price(draw_deals, world) -> None:
    """A rise of 0.5 in a zone after its date moves its adjusted prices by 0.5 and no other."""
    deals = draw_deals(world())
    after = deals["zone_id"].eq("Z000") & (deals["deal_date"] >= deals["effective_date"])
    raised = deals.assign(log_price=deals["log_price"] + 0.5 * after)
    before = fit_hedonic(deals, LAND).adjusted_log_price
    moved = fit_hedonic(raised, LAND).adjusted_log_price - before
    np.testing.assert_allclose(moved, 0.5 * after, atol=1e-7)


def test_every_row_is_accounted_for(draw_deals, world) -> None:
    """Used and dropped rows add up, and dropped rows have an adjusted price too."""
    deals = draw_deals(world(deals=15, places=40))
    fit = fit_hedonic(deals, LAND)
    assert fit.n_dropped > 0
    assert fit.n_obs + fit.n_dropped == len(deals)
    assert fit.adjusted_log_price.notna().all()
    assert fit.adjusted_log_price.index.equals(deals.index)


def test_missing_covariates_get_an_indicator(draw_deals, world) -> None:
    """A row without area stays in the model with its own level."""
    deals = draw_deals(world())
    deals.loc[deals.index % 7 == 0, "log_area_m2"] = np.nan
    deals.loc[deals.index % 5 == 0, "use_class"] = None
    fit = fit_hedonic(deals, LAND)
    assert {"log_area_m2_missing", "use_class=missing"} <= set(fit.coefficients["term"])
    assert fit.n_obs == len(deals)


def test_collinear_columns_cost_nothing(draw_deals, world) -> None:
    """A category that repeats another changes no adjusted price."""
    deals = draw_deals(world())
    deals["copy"] = deals["use_class"] + "!"
    twice = type(LAND)(
        "land_price", "deals", "land", "up", LAND.numeric, (*LAND.categorical, "copy")
    )
    once = fit_hedonic(deals, LAND).adjusted_log_price
    np.testing.assert_allclose(fit_hedonic(deals, twice).adjusted_log_price, once, atol=1e-8)


def test_equal_prices_are_returned_as_they_are(draw_deals, world) -> None:
    """Without variation nothing is fitted and nothing invented."""
    deals = draw_deals(world()).assign(log_price=7.0)
    fit = fit_hedonic(deals, LAND)
    assert fit.n_obs == 0
    assert (fit.adjusted_log_price == 7.0).all()


def test_repeated_index_labels_are_kept(draw_deals, world) -> None:
    """Rows are told apart by position, so a repeated index does no harm."""
    deals = draw_deals(world())
    plain = fit_hedonic(deals, LAND).adjusted_log_price.to_numpy()
    repeated = fit_hedonic(deals.set_axis([0] * len(deals)), LAND).adjusted_log_price
    np.testing.assert_array_equal(repeated.to_numpy(), plain)


def test_faults_are_collected(draw_deals, world) -> None:
    """One error names every fault."""
    deals = draw_deals(world())
    deals.loc[:2, "log_price"] = np.inf
    deals.loc[5, "location_id"] = None
    with pytest.raises(InputError, match=r"1 rows without location_id; 3 rows whose log_price"):
        fit_hedonic(deals, LAND)


def test_constant_covariates_leave_the_design() -> None:
    """A covariate without variation cannot be priced."""
    rows = pd.DataFrame({"log_area_m2": [4.0, 4.0], "use_class": ["a", "a"]})
    assert covariate_matrix(rows, LAND).empty
