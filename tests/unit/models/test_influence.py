"""Contributions of deals add up to the change they make."""

import pandas as pd
import pytest

from landwatch.models.changes import unit_changes
from landwatch.models.hedonic import fit_hedonic
from landwatch.models.influence import deal_contributions
from landwatch.models.sample import adjusted_rows
from landwatch.models.specification import specification

LAND = specification("land_price")


def change_of(deals: pd.DataFrame, zone: str) -> float:
    priced = deals.assign(adjusted_log_price=fit_hedonic(deals, LAND).adjusted_log_price)
    rows = adjusted_rows(priced, LAND)
    rows = rows[rows["is_supported"]]
    date = deals["effective_date"].dropna().iloc[0]
    units, _ = unit_changes(rows, date, annual=False)
    return float(units.set_index("zone_id").loc[zone, "change"])


@pytest.mark.parametrize("seed", range(4))
def test_they_add_up_to_the_zones_change(draw_deals, world, seed: int) -> None:
    """Their sum is the change the effect is made of, to rounding, in any order of the rows."""
    deals = draw_deals(world(seed=seed, effect=0.3))
    zone = deals["zone_id"].dropna().iloc[0]
    parts = deal_contributions(deals, LAND, zone)
    assert parts["contribution"].sum() == pytest.approx(change_of(deals, zone), abs=1e-9)
    shuffled = deals.sample(frac=1, random_state=seed)
    again = deal_contributions(shuffled.reset_index(drop=True), LAND, zone)
    assert sorted(again["contribution"].round(9)) == sorted(parts["contribution"].round(9))


def test_rows_keep_their_index_and_belong_to_the_zone(draw_deals, world) -> None:
    """Each row is one of the zone's own, on its side of the date."""
    deals = draw_deals(world(seed=1))
    zone = deals["zone_id"].dropna().iloc[0]
    parts = deal_contributions(deals, LAND, zone)
    own = deals.loc[parts.index]
    assert (own["zone_id"] == zone).all()
    assert (parts["is_after"] == (own["deal_date"] >= own["effective_date"])).all()


def test_the_deal_that_pushes_most_is_the_one_made_dear(draw_deals, world) -> None:
    """A deal after the date whose price is multiplied by 50 has the largest contribution."""
    deals = draw_deals(world(seed=2))
    zone = deals["zone_id"].dropna().iloc[0]
    parts = deal_contributions(deals, LAND, zone)
    row = parts[parts["is_after"]].index[0]
    deals.loc[row, "log_price"] += 4.0
    dear = deal_contributions(deals, LAND, zone)
    assert dear["contribution"].idxmax() == row


def test_a_zone_without_rows_has_none(draw_deals, world) -> None:
    """An unknown zone gives an empty table with the same columns."""
    deals = draw_deals(world(seed=1, deals=20))
    parts = deal_contributions(deals, LAND, "nowhere")
    assert parts.empty
    assert list(parts.columns) == ["is_after", "adjusted_log_price", "residual", "contribution"]
