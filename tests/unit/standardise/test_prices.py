"""Unit prices against the published example of taking parking off."""

import polars as pl
import pytest

from landwatch.standardise.prices import unit_price
from landwatch.vocabulary.units import M2_PER_PING


def priced(**values: float | str | bool | None) -> tuple[float | None, str]:
    row = {
        "target": "land_building_parking",
        "price_twd": 20_000_000.0,
        "land_area_m2": 0.0,
        "building_area_m2": 40 * M2_PER_PING,
        "parking_area_m2": 10 * M2_PER_PING,
        "parking_price_twd": 2_000_000.0,
        "is_separated_by_register": False,
        "stated_unit_price_twd_m2": None,
    } | values
    price, basis = unit_price("price_twd")
    frame = pl.DataFrame([row], schema_overrides={"stated_unit_price_twd_m2": pl.Float64})
    return frame.select(price.alias("p"), basis.alias("b")).row(0)


def test_the_example_of_the_taipei_land_department() -> None:
    """40 坪 at 20 million with a 10 坪, 2 million place: 600,000 a 坪, not 500,000."""
    price, basis = priced()
    assert basis == "parking_taken_off"
    assert price is not None
    assert price * M2_PER_PING == pytest.approx(600_000)


def test_one_known_of_two_is_not_separable() -> None:
    """Parking price without area, or area without price, gives no unit price."""
    assert priced(parking_area_m2=0.0) == (None, "not_separable")
    assert priced(parking_price_twd=0.0) == (None, "not_separable")


def test_parking_larger_than_the_deal_is_not_separable() -> None:
    """A remainder under 1 m², or no remaining price, gives no unit price."""
    assert priced(parking_area_m2=40 * M2_PER_PING)[1] == "not_separable"
    assert priced(parking_price_twd=20_000_000.0)[1] == "not_separable"


def test_the_registers_own_separation_is_taken_where_it_says_so() -> None:
    """The query service prints no parking area but tells that it took parking off."""
    stated = priced(
        parking_area_m2=None, is_separated_by_register=True, stated_unit_price_twd_m2=50_000.0
    )
    assert stated == (50_000.0, "stated_by_register")


def test_without_parking_the_total_is_over_the_area() -> None:
    """A house without parking: 20 million over 40 坪."""
    price, basis = priced(target="land_building", parking_area_m2=0.0, parking_price_twd=0.0)
    assert basis == "total_over_area"
    assert price is not None
    assert price * M2_PER_PING == pytest.approx(500_000)
