"""From core rows to model rows: every step counted."""

import datetime as dt

import polars as pl
import pytest

from landwatch.measures.samples import (
    age_class,
    drawn_sample,
    urban_class,
    without_outliers,
    zoned_deals,
)
from landwatch.schemas.tables import TABLES, dtypes

START, END = dt.date(2015, 1, 1), dt.date(2022, 12, 31)


def deals(**columns: list[object]) -> pl.DataFrame:
    n = len(next(iter(columns.values())))
    base = {
        "deal_id": [str(i) for i in range(n)],
        "register": ["sale"] * n,
        "publisher": ["lvr"] * n,
        "town_code": ["10014010"] * n,
        "county_code": ["10014"] * n,
        "deal_date": [dt.date(2018, 1, 1)] * n,
        "target": ["land"] * n,
        "property_kind": ["farmland"] * n,
        "land_area_m2": [100.0] * n,
        "is_arms_length": [True] * n,
        "flags": [""] * n,
        "location_id": ["10014010:x"] * n,
        "unit_price_twd_m2": [1000.0 + i for i in range(n)],
        "rural_use": ["農牧用地"] * n,
        "source_file": ["f"] * n,
        "source_line": list(range(1, n + 1)),
    } | columns
    schema = {k: dtypes("lvr__sales")[k] for k in base}
    frame = pl.DataFrame(base, schema=schema)
    absent = [c for c in TABLES["lvr__sales"].columns if c not in base]
    return frame.with_columns(pl.lit(None).cast(dtypes("lvr__sales")[c]).alias(c) for c in absent)


def zoned(frame: pl.DataFrame) -> pl.DataFrame:
    zones = pl.DataFrame(
        {
            "zone_id": ["10014010"],
            "effective_date": [dt.date(2019, 1, 3)],
            "next_date": [dt.date(2023, 1, 1)],
            "town_code": ["10014010"],
        }
    )
    return zoned_deals(frame, zones, [], None)


def test_each_rule_drops_its_row_and_is_counted() -> None:
    """One row for each rule: one left, the flow tells where the others went."""
    frame = deals(
        property_kind=["farmland"] * 6 + ["house"],
        register=["sale", "presale", "sale", "sale", "sale", "sale", "sale"],
        deal_date=[dt.date(2018, 1, 1)] * 2 + [dt.date(2011, 1, 1)] + [dt.date(2018, 1, 1)] * 4,
        is_arms_length=[True, True, True, False, True, True, True],
        town_code=["10014010", "10014010", "10014010", "10014010", None, "10014010", "10014010"],
        unit_price_twd_m2=[1000.0, 1.0, 1.0, 1.0, 1.0, None, 1.0],
    )
    rows, flow = drawn_sample(zoned(frame), "farmland_price", start=START, end=END)
    assert rows["source_line"].to_list() == [1]
    assert flow["rows_dropped"].sum() == 6
    assert flow["rows_left"].to_list() == [7, 6, 5, 4, 3, 2, 2, 1, 1, 1]


def test_prices_far_from_their_county_are_left_out_robustly() -> None:
    """A price 1,000 times the median goes; its neighbours stay."""
    frame = deals(unit_price_twd_m2=[100.0, 110.0, 120.0, 130.0, 140.0, 120_000.0])
    assert without_outliers(frame, "unit_price_twd_m2").height == 5


def test_equal_prices_are_no_outliers() -> None:
    """Where the spread is zero nothing is left out."""
    frame = deals(unit_price_twd_m2=[100.0] * 5 + [101.0])
    assert without_outliers(frame, "unit_price_twd_m2").height == 6


def test_order_of_rows_does_not_matter() -> None:
    """The sample is the same whatever order the core table has."""
    frame = deals(unit_price_twd_m2=[100.0, 110.0, 90.0, 105.0])
    first, _ = drawn_sample(zoned(frame), "farmland_price", start=START, end=END)
    second, _ = drawn_sample(zoned(frame.reverse()), "farmland_price", start=START, end=END)
    assert first.equals(second)


def test_a_row_without_coordinates_in_a_town_a_polygon_touches_is_uncertain() -> None:
    """It takes no part: neither treated nor control can be said of it."""
    frame = deals(
        longitude=[121.1, None, None],
        latitude=[22.7, None, None],
        town_code=["10014010", "10014010", "10014020"],
    )
    zones = pl.DataFrame(
        {
            "zone_id": ["z"],
            "effective_date": [dt.date(2019, 1, 3)],
            "next_date": [dt.date(2023, 1, 1)],
            "town_code": [None],
        }
    )
    membership = pl.DataFrame(
        {
            "zone_id": ["z", None, None],
            "zone_probability": [1.0, None, 0.0],
            "inside_probability": [1.0, None, 0.0],
        }
    )
    placed = zoned_deals(frame, zones, ["10014010"], membership)
    assert placed["is_zone_unknown"].to_list() == [False, True, False]
    assert placed["effective_date"].to_list() == [dt.date(2019, 1, 3), None, None]


@pytest.mark.parametrize("outcome", ["land_price", "rent"])
def test_other_kinds_do_not_enter(outcome: str) -> None:
    """Farmland is neither building land nor a home."""
    frame = deals(unit_price_twd_m2=[100.0]).with_columns(pl.lit(1.0).alias("rent_twd_m2_month"))
    rows, _ = drawn_sample(zoned(frame), outcome, start=START, end=END)
    assert rows.is_empty()


def test_zoning_is_one_class_however_a_season_spells_it() -> None:
    """The mark of old seasons and of the service, and the full name of newer ones, agree."""
    frame = pl.DataFrame(
        {
            "urban_zoning": [
                "住",
                "都市:其他:第二種住宅區",
                "商",
                "都市:其他:農業區",
                "都市:其他:道路用地",
                None,
            ]
        }
    )
    classes = frame.select(urban_class()).to_series().to_list()
    assert classes == ["住", "住", "商", "農", "其他", None]


def test_new_and_untold_ages_are_one_class() -> None:
    """What one publisher prints as 0 or 1 and the other leaves empty is the same class."""
    ages = pl.DataFrame({"age_years": [None, 0.0, 1.0, 2.0, 11.0, 12.0, 41.0, 90.0]})
    classes = ages.select(age_class()).to_series().to_list()
    assert classes == [*["new or untold"] * 3, "0", "1", "1", "4", "4"]


def test_publishers_of_one_deal_give_one_set_of_covariates() -> None:
    """A deal told by the service and by a season file differs in no covariate of the models."""
    both = deals(
        property_kind=["house"] * 2,
        target=["land_building"] * 2,
        publisher=["lvr", "lvr_query"],
        building_type=["套房(1房1廳1衛)", "套房(1房(1廳)1衛)"],
        urban_zoning=["都市:其他:住宅區", "住"],
        rural_use=[None, None],
        rural_zoning=["鄉村區", None],
        age_years=[0.0, None],
        building_area_m2=[50.0, 50.0],
        unit_price_twd_m2=[100.0, 100.0],
    )
    rows, _ = drawn_sample(zoned(both), "house_price", start=START, end=END)
    covariates = rows.drop("source", "source_line")
    assert rows.height == 2
    assert covariates.row(0) == covariates.row(1)
