"""Facts of `landwatch.synthetic.deals`: the law the deals obey."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from landwatch.synthetic.deals import RELATED_DISCOUNT, SALE_KINDS, draw_rentals, draw_sales
from landwatch.synthetic.scenarios import OUTCOMES, effect_matrix
from landwatch.synthetic.world import EFFECTIVE, World, build_world

KINDS = {
    "land": "land_price",
    "farmland": "farmland_price",
    "house": "house_price",
    "rental": "rent",
}


@pytest.fixture(scope="module")
def county() -> World:
    """Twenty-four towns, eight treated."""
    return build_world(seed=11)


@pytest.fixture(scope="module")
def deals(county: World) -> pl.DataFrame:
    """All deals of the county from 2015 on."""
    drawn = pl.concat([draw_sales(county), draw_rentals(county)])
    return drawn.filter(pl.col("deal_date") >= dt.date(2015, 1, 1))


def _ols(deals: pl.DataFrame, effect: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients and standard errors by town: [planted effect, log area, age, related]."""
    after = (deals["deal_date"] >= EFFECTIVE).to_numpy()
    area, age = np.log(deals["area_m2"].to_numpy()), deals["age_years"].to_numpy()
    named = np.column_stack([after * (effect[deals["town"].to_numpy()] > 0), area, age])
    named = np.column_stack([named, deals["is_related"].to_numpy()])
    named = named[:, named.any(axis=0)]
    parts = [
        deals.select(pl.struct(c).rank("dense") - 1).to_series().to_numpy()
        for c in (["town", "place"], ["class_name"], ["quarter"])
    ]
    dummies = [np.eye(int(p.max()) + 1)[p][:, i > 0 :] for i, p in enumerate(parts)]
    design = np.column_stack([named, *dummies])
    inverse = np.linalg.pinv(design.T @ design)
    log_price = deals["log_price"].to_numpy()
    fitted = inverse @ (design.T @ log_price)
    scores = design * (log_price - design @ fitted)[:, None]
    town = np.eye(24)[deals["town"].to_numpy()]
    meat = town.T @ scores
    errors = np.sqrt(np.diag(inverse @ meat.T @ meat @ inverse))
    count = named.shape[1]
    return fitted[:count], errors[:count]


@pytest.mark.parametrize("kind", KINDS)
def test_least_squares_finds_the_planted_effect(
    county: World, deals: pl.DataFrame, kind: str
) -> None:
    """The mean planted effect lies within four clustered standard errors, zero does not."""
    effect = effect_matrix(county.truth)[:, OUTCOMES.index(KINDS[kind])]
    rows = deals.filter(pl.col("kind") == kind).with_columns(
        pl.col("deal_date").dt.truncate("1q").alias("quarter")
    )
    found, error = _ols(rows, effect)
    assert abs(found[0] - effect[effect > 0].mean()) < 4 * error[0]
    assert found[0] > 4 * error[0]


def test_least_squares_finds_the_hedonic_prices(county: World, deals: pl.DataFrame) -> None:
    """Area, age and kinship cost what the module's equations say."""
    effect = effect_matrix(county.truth)[:, OUTCOMES.index("house_price")]
    rows = deals.filter(pl.col("kind") == "house").with_columns(
        pl.col("deal_date").dt.truncate("1q").alias("quarter")
    )
    found, error = _ols(rows, effect)
    assert (abs(found[1:] - [-0.12, -0.008, RELATED_DISCOUNT]) < 4 * error[1:]).all()


def test_every_zone_and_outcome_can_be_estimated(deals: pl.DataFrame) -> None:
    """Every town of a county has 150 deals of every kind before and after."""
    after = (pl.col("deal_date") >= EFFECTIVE).alias("after")
    counts = deals.group_by("town", "kind", after).len()
    assert counts.height == 24 * 4 * 2
    assert counts["len"].min() >= 150  # type: ignore[operator]


def test_scenarios_share_their_random_numbers(county: World) -> None:
    """With one seed, deals of two scenarios differ by the planted effect alone."""
    null = draw_sales(build_world(seed=11, scenario="null"))
    risen = draw_sales(county)
    assert null.drop("log_price").equals(risen.drop("log_price"))
    effects = effect_matrix(county.truth)[:, : len(SALE_KINDS)]
    kind = risen["kind"].replace_strict({k: i for i, k in enumerate(SALE_KINDS)}).to_numpy()
    planted = effects[risen["town"].to_numpy(), kind]
    planted = planted * (risen["deal_date"] >= EFFECTIVE).to_numpy()
    gap = (risen["log_price"] - null["log_price"]).to_numpy()
    np.testing.assert_allclose(gap, planted, atol=1e-12)


def test_seasons_hold_old_deals(deals: pl.DataFrame) -> None:
    """Some deals are registered more than a year after they were made, none before."""
    lag = (deals["registered_date"] - deals["deal_date"]).dt.total_days()
    assert lag.min() >= 5  # type: ignore[operator]
    assert 0.01 < (lag > 365).mean() < 0.05  # type: ignore[operator]
