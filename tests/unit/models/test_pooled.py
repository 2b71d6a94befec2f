"""Pooled effects and event studies on worlds with known truth."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from landwatch.models.comparison import contrast_sample
from landwatch.models.event_study import COLUMNS, fit_event_study
from landwatch.models.hedonic import fit_hedonic
from landwatch.models.pooled import (
    PooledEffect,
    fit_pooled,
    fit_staggered_effects,
    fit_twfe,
    pooled_table,
)
from landwatch.models.sample import coded_rows, first_full_year
from landwatch.models.specification import specification
from landwatch.models.town_years import (
    STAGGERED,
    fit_staggered,
    town_year_panel,
    town_year_sample,
)

LAND = specification("land_price")
PEOPLE = specification("population")


def _fitter(name: str):
    if name == "twfe":
        return fit_twfe
    return lambda frame, spec: fit_staggered_effects(frame, spec, names=[name])[0]


FITS = [pytest.param(_fitter(name), id=name) for name in ("twfe", *STAGGERED)]


def _priced(deals: pd.DataFrame) -> pd.DataFrame:
    return deals.assign(adjusted_log_price=fit_hedonic(deals, LAND).adjusted_log_price)


@pytest.mark.parametrize("fit", FITS)
def test_planted_effect_is_recovered(draw_deals, world, fit) -> None:
    """With calm towns every estimator finds 0.2 within four standard errors."""
    effect = fit(_priced(draw_deals(world(effect=0.2, tau=0.0, deals=200))), LAND)
    assert abs(effect.estimate_log - 0.2) < 4 * effect.std_error
    assert effect.ci_low > 0
    assert (effect.n_treated_units, effect.n_control_units) == (8, 24)


@pytest.mark.parametrize("fit", FITS)
def test_growth_of_a_panel_is_recovered(draw_panel, world, fit) -> None:
    """Population growth up by 0.02 a year is found as growth."""
    effect = fit(draw_panel(world(effect=0.02, tau=0.0)), PEOPLE)
    assert abs(effect.estimate_log - 0.02) < 4 * effect.std_error


@pytest.mark.parametrize("fit", FITS)
def test_order_of_rows_does_not_matter(draw_deals, world, fit) -> None:
    """Shuffled deals give the identical result."""
    deals = _priced(draw_deals(world(effect=0.1)))
    assert fit(deals.sample(frac=1.0, random_state=5), LAND) == fit(deals, LAND)


@pytest.mark.parametrize("fit", FITS)
def test_unit_of_price_does_not_matter(draw_deals, world, fit) -> None:
    """Prices in another currency give the same effect and the same error."""
    deals = draw_deals(world(effect=0.1))
    dollars = deals.assign(log_price=deals["log_price"] - np.log(31.7))
    plain, other = fit(_priced(deals), LAND), fit(_priced(dollars), LAND)
    assert other.estimate_log == pytest.approx(plain.estimate_log, abs=1e-8)
    assert other.std_error == pytest.approx(plain.std_error, rel=1e-6)


def test_a_covariate_given_twice_changes_nothing(draw_deals, world) -> None:
    """Collinear columns are left out instead of breaking the regression."""
    deals = draw_deals(world(effect=0.1))
    twice = replace(LAND, numeric=("log_area_m2", "again"))
    plain = fit_twfe(deals, LAND)
    again = fit_twfe(deals.assign(again=deals["log_area_m2"] * 3.3), twice)
    assert again.estimate_log == pytest.approx(plain.estimate_log, abs=1e-7)


@pytest.mark.parametrize("fit", FITS)
def test_one_wrong_price_does_not_make_a_finding(draw_deals, world, fit) -> None:
    """One price a hundred times too high among calm null zones leaves zero in the interval."""
    deals = draw_deals(world(tau=0.0))
    later = deals["zone_id"].notna() & (deals["deal_date"] >= deals["effective_date"])
    deals.loc[deals.index[later][0], "log_price"] += np.log(100.0)
    effect = fit(_priced(deals), LAND)
    assert effect.ci_low <= 0 <= effect.ci_high


def test_zones_with_a_handful_of_deals_are_not_pooled(draw_deals, world) -> None:
    """Many zones none of which has the least rows give no pooled effect, and the reason."""
    deals = draw_deals(world())
    effect = fit_twfe(deals, replace(LAND, min_after=10_000))
    assert np.isnan(effect.estimate_log)
    assert effect.notes.startswith("insufficient_data: no zone has 30 comparable rows before")


def test_treated_counties_without_control_are_counted_out(draw_deals, world) -> None:
    """A county without untreated towns leaves the treated units and is counted in the notes."""
    deals = draw_deals(world(effect=0.1))
    first = deals["county_code"].eq(deals["county_code"].min())
    gone = first & deals["zone_id"].isna()
    effect = fit_twfe(deals[~gone], LAND)
    assert (effect.n_treated_units, effect.n_control_units) == (6, 18)
    assert "zones_without_control=2;counties_without_control=1" in effect.notes


@pytest.mark.parametrize(
    "broken",
    ["all treated", "none treated", "equal prices", "nothing before", "nothing after"],
)
def test_what_cannot_be_estimated_is_said(draw_deals, world, broken: str) -> None:
    """Degenerate studies give NaN and a reason by every estimator, not a crash."""
    zones = {"all treated": 8, "none treated": 0}.get(broken, 2)
    deals = draw_deals(world(zones=zones, deals=60))
    if broken == "equal prices":
        deals = deals.assign(log_price=7.0)
    if broken.startswith("nothing"):
        late = deals["deal_date"] >= "2019-01-03"
        deals = deals[late if broken == "nothing before" else ~late]
    priced = _priced(deals)
    table = pooled_table(fit_pooled(priced, LAND))
    assert table["estimator"].tolist() == ["twfe", *STAGGERED]
    assert table[["estimate_log", "std_error", "p_value"]].isna().all(axis=None)
    assert table["notes"].str.startswith("insufficient_data: ").all()
    study = fit_event_study(priced, LAND)
    assert tuple(study.columns) == COLUMNS
    assert study.empty


def test_event_study_is_flat_before_and_lifted_after(draw_deals, world) -> None:
    """Leads stay within four errors of zero, lags within four errors of 0.3; the base is zero."""
    study = fit_event_study(
        _priced(draw_deals(world(effect=0.3, tau=0.0, deals=300))), LAND, first=-4, last=4
    )
    path = study[study["estimator"] == "twfe"].set_index("relative_period")
    assert path.index.tolist() == [-4, -3, -2, -1, 0, 1, 2, 3, 4]
    assert path.loc[-1, "estimate_log"] == 0.0
    assert np.isnan(path.loc[-1, "std_error"])
    truth = np.where(path.index >= 0, 0.3, 0.0)
    off = ((path["estimate_log"] - truth) / path["std_error"]).drop(-1)
    assert off.abs().max() < 4
    assert set(study["estimator"]) == {"twfe", *STAGGERED}
    for name in STAGGERED:
        path = study[study["estimator"] == name].set_index("relative_period")
        truth = np.where(path.index >= 0, 0.3, 0.0)
        assert {-3, -2, 0, 1, 2, 3} <= set(path.index)
        assert ((path["estimate_log"] - truth) / path["std_error"]).abs().max() < 4.5


def test_the_panel_leaves_county_years_without_control_out(draw_deals, world) -> None:
    """Every county × year kept has a never-treated town; values are not adjusted to it."""
    deals = draw_deals(world())
    alone = deals["zone_id"].isna() & deals["county_code"].eq(deals["county_code"].min())
    sample = contrast_sample(
        coded_rows(deals[~(alone & (deals["deal_date"].dt.year < 2015))], LAND)
    )
    panel = town_year_panel(sample.rows)
    kept = panel.groupby(["county_code", "year"])["first_treated"].min()
    assert (kept == 0).all()
    assert (panel["county_code"].min(), 2014) not in kept.index
    assert set(panel["first_treated"]) == {0, 2019}


def test_shocks_of_a_county_and_year_do_not_matter(draw_deals, world) -> None:
    """Towns are compared within their county: a shock to all of it leaves every estimate."""
    panel = town_year_sample(_priced(draw_deals(world(deals=60))), LAND)[1]
    shock = panel.groupby(["county_code", "year"]).ngroup().to_numpy() ** 2 / 10.0
    moved = panel.assign(value=panel["value"] + shock)
    for name in STAGGERED:
        plain, other = (fit_staggered(name, p).terms.iloc[0] for p in (panel, moved))
        assert other["estimate"] == pytest.approx(plain["estimate"], abs=1e-9)
        assert other["std_error"] == pytest.approx(plain["std_error"], rel=1e-6)


def test_first_full_year_is_the_year_lying_mostly_after() -> None:
    """A date in the first half of a year belongs to that year, later to the next."""
    dates = pd.Series(pd.to_datetime(["2019-01-03", "2019-06-30", "2019-07-01", None]))
    years = first_full_year(dates).dt.year
    assert years.iloc[:3].tolist() == [2019, 2019, 2020]
    assert years.isna().tolist() == [False, False, False, True]


def test_table_of_effects_keeps_the_order_given(draw_panel, world) -> None:
    """One row per effect, columns as the fields."""
    panel = draw_panel(world())
    table = pooled_table(fit_pooled(panel, PEOPLE))
    assert table["estimator"].tolist() == ["twfe", *STAGGERED]
    assert list(table.columns) == list(PooledEffect.__dataclass_fields__)
    assert pooled_table([]).empty
