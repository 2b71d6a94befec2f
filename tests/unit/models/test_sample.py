"""Rows the models may use: faults, roles, growth and the years that can be compared."""

import numpy as np
import pandas as pd
import pytest

from landwatch.models.sample import MIN_TOWN_ROWS, adjusted_rows, check_rows, coded_rows
from landwatch.models.specification import specification
from landwatch.vocabulary.errors import InputError

LAND = specification("land_price")
PEOPLE = specification("population")


def _levels(years: list[int], values: list[float], **columns: object) -> pd.DataFrame:
    frame = pd.DataFrame({"year": years, "log_value": values}).assign(
        town_code="10001000", county_code="10001", zone_id=None, effective_date=pd.NaT
    )
    return frame.assign(**columns)


def test_missing_columns_are_named(draw_deals, world) -> None:
    """The error lists the columns the specification asks for, covariates included."""
    deals = draw_deals(world()).drop(columns=["use_class", "log_price"])
    with pytest.raises(InputError, match="missing columns: log_price, use_class"):
        check_rows(deals, LAND)


def test_faults_are_told_together(draw_deals, world) -> None:
    """An infinite price, a missing place and a zone with two dates are one error."""
    deals = draw_deals(world())
    deals.loc[0, "log_price"] = -np.inf
    deals.loc[1, "location_id"] = None
    first = deals.index[deals["zone_id"] == "Z000"][0]
    deals.loc[first, "effective_date"] = pd.Timestamp("2020-01-01")
    with pytest.raises(InputError) as caught:
        check_rows(deals, LAND)
    for fault in ("1 rows without location_id", "1 rows whose log_price", "one date: Z000"):
        assert fault in str(caught.value)


def test_town_years_must_be_unique() -> None:
    """A town-year given twice has no growth."""
    with pytest.raises(InputError, match="1 town-years occur twice"):
        check_rows(_levels([2015, 2015], [1.0, 2.0]), PEOPLE)


def test_growth_needs_the_year_before_and_no_break() -> None:
    """Only consecutive years give growth; a year marked as break gives none."""
    breaks = [False, False, False, False, True, False]
    rows = coded_rows(
        _levels([2012, 2013, 2015, 2016, 2017, 2018], [0.0, 1.0, 5.0, 7.0, 9.0, 12.0])
        .assign(is_break=breaks),
        PEOPLE,
    )  # fmt: skip
    assert dict(zip(rows["year"], rows["log_price"], strict=True)) == {
        2013: 1.0, 2016: 2.0, 2018: 3.0,
    }  # fmt: skip


def test_growth_does_not_cross_towns() -> None:
    """The first year of a town is not compared with the last of another."""
    other = _levels([2015, 2016], [100.0, 103.0], town_code="10001001")
    rows = coded_rows(pd.concat([_levels([2013, 2014], [0.0, 1.0]), other]), PEOPLE)
    assert sorted(rows["log_price"]) == [1.0, 3.0]


def test_the_rest_of_a_treated_town_is_outside(draw_deals, world) -> None:
    """Rows of a town that has a zone are zone or outside, never control."""
    deals = draw_deals(world())
    deals["zone_id"] = deals["zone_id"].mask(deals["location_id"] == "s0")
    rows = coded_rows(deals, LAND)
    treated = rows["town_code"].isin(rows.loc[rows["role"] == "zone", "town_code"])
    assert set(rows.loc[treated, "role"]) == {"zone", "outside"}
    assert set(rows.loc[~treated, "role"]) == {"control"}
    assert not rows.loc[rows["role"] != "zone", "after"].any()


def test_the_day_of_the_policy_is_after(draw_deals, world) -> None:
    """A deal of the effective day belongs to the time after, one of the day before does not."""
    deals = draw_deals(world())
    first, second = deals.index[deals["zone_id"] == "Z000"][:2]
    date = deals.loc[first, "effective_date"]
    deals.loc[[first, second], "deal_date"] = [date, date - pd.Timedelta(days=1)]
    rows = coded_rows(deals, LAND)
    assert rows.loc[[first, second], "after"].tolist() == [True, False]


@pytest.mark.parametrize(("fewer", "supported"), [(0, True), (1, False)])
def test_a_year_counts_where_two_control_towns_traded(
    draw_deals, world, fewer: int, supported: bool
) -> None:
    """Two never-treated towns with the least number of deals make a year; one deal less does not.

    Deals of the zones themselves never count as support.
    """
    deals = draw_deals(world(counties=1, deals=400))
    of_year = (deals["deal_date"].dt.year == 2016) & deals["zone_id"].isna()
    rank = deals[of_year].groupby("town_code").cumcount()
    towns = sorted(deals.loc[of_year, "town_code"].unique())[:2]
    least = {towns[0]: MIN_TOWN_ROWS, towns[1]: MIN_TOWN_ROWS - fewer}
    allowed = deals.loc[of_year, "town_code"].map(least).fillna(0)
    assert (rank.groupby(deals["town_code"]).max().loc[towns] >= MIN_TOWN_ROWS).all()
    rows = coded_rows(deals.drop(index=rank.index[rank >= allowed]), LAND)
    in_year = rows["deal_date"].dt.year == 2016
    assert set(rows.loc[in_year, "is_supported"]) == {supported}
    assert rows.loc[~in_year, "is_supported"].all()


def test_coding_does_not_depend_on_the_order_of_rows(draw_deals, world) -> None:
    """Shuffled deals give the identical table."""
    deals = draw_deals(world(deals=30))
    shuffled = deals.sample(frac=1.0, random_state=3)
    pd.testing.assert_frame_equal(coded_rows(shuffled, LAND), coded_rows(deals, LAND))


def test_the_adjusted_price_becomes_the_response(draw_deals, world) -> None:
    """The price paid is kept beside it as ``observed``."""
    deals = draw_deals(world(deals=30))
    rows = adjusted_rows(deals.assign(adjusted_log_price=deals["log_price"] - 1.0), LAND)
    np.testing.assert_allclose(rows["log_price"], rows["observed"] - 1.0)
