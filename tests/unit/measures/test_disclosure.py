"""What of a place may be told."""

import datetime as dt

import polars as pl
import pytest

from landwatch.measures.disclosure import (
    MIN_SECTION_DEALS,
    disclosed_distance,
    disclosed_places,
)


def deal(**other: object) -> pl.DataFrame:
    row = {
        "location_id": "10014060:錦富段",
        "deal_date": dt.date(2020, 5, 1),
        "target": "land",
        "masked_address": "錦富段301~330地號",
        "town_name": "臺東縣池上鄉",
        "longitude": 121.2213,
        "latitude": 23.0951,
    }
    schema = {"masked_address": pl.String, "longitude": pl.Float64, "latitude": pl.Float64}
    return pl.DataFrame([row | other], schema_overrides=schema | {"location_id": pl.String})


@pytest.mark.parametrize("deals", range(1, MIN_SECTION_DEALS + 2))
def test_a_section_is_named_from_five_deals_a_year(deals: int) -> None:
    """Deals of another year do not count; below the number only the town is told."""
    market = pl.concat([deal()] * deals + [deal(deal_date=dt.date(2021, 1, 1))] * 9)
    (row,) = disclosed_places(deal(), market).rows()
    named = deals >= MIN_SECTION_DEALS
    assert row == (
        ("臺東縣池上鄉錦富段301~330地號", True, 273, 2555)
        if named
        else ("臺東縣池上鄉", False, None, None)
    )


def test_a_building_stands_with_its_range() -> None:
    """A building's range of door numbers is what the register published; its town stands once."""
    home = deal(target="land_building", masked_address="池上鄉中山路1~30號")
    (row,) = disclosed_places(home, home).rows()
    assert row[0] == "臺東縣池上鄉中山路1~30號"


@pytest.mark.parametrize("missing", [{"masked_address": None}, {"masked_address": ""}])
def test_no_address_leaves_the_town(missing: dict[str, object]) -> None:
    """Where no address is known neither kilometres nor an empty place are told."""
    row = deal(target="land_building", **missing)
    assert disclosed_places(row, row).rows() == [("臺東縣池上鄉", False, None, None)]


def test_no_coordinates_no_kilometres() -> None:
    """A row of the season files is told by its address alone."""
    row = deal(target="land_building", longitude=None, latitude=None)
    assert disclosed_places(row, row).rows() == [
        ("臺東縣池上鄉錦富段301~330地號", True, None, None)
    ]


def test_a_missing_section_is_never_named() -> None:
    """Land whose section is not known counts no deals."""
    row = deal(location_id=None)
    assert disclosed_places(row, pl.concat([row] * 9)).rows() == [
        ("臺東縣池上鄉", False, None, None)
    ]


def test_distances_are_told_in_hundreds() -> None:
    """49 m and 151 m become 0 and 200."""
    told = pl.DataFrame({"d": [49.0, 151.0, None]}).select(disclosed_distance(pl.col("d")))
    assert told["d"].to_list() == [0.0, 200.0, None]
