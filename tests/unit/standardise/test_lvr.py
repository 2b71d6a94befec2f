"""Rows of the register to core rows and rejects."""

import datetime as dt

import polars as pl
import pytest

from landwatch.schemas.raw import RawTable, Standardised
from landwatch.schemas.tables import check_table
from landwatch.sources.archives import Member
from landwatch.sources.lvr import read_table
from landwatch.standardise.lvr import standardise_lvr
from landwatch.vocabulary.places import embedded_places
from tests.unit.rows import (
    FAULTY_2018,
    GARBLED_TOWN,
    PARKING_QUOTED,
    RENTAL_2012,
    RENTAL_2024,
    SALE_2025,
    SALES_2018,
    rent_file,
    sales,
)

PLACES = embedded_places()
LATEST = dt.date(2025, 12, 31)


def standardised(*raws: RawTable) -> Standardised:
    result = standardise_lvr(raws, PLACES, latest=LATEST)
    for name, table in result.tables.items():
        if not table["deal_id"].is_duplicated().any():
            check_table(table, name)
    return result


def sale(line: str, name: str = "107S4/v_lvr_land_a.csv", era: str = "2018") -> dict[str, object]:
    return standardised(sales([line], name, era)).tables["lvr__sales"].row(0, named=True)


def test_a_house_of_2018() -> None:
    """Date, place, areas, age and unit price of a real row."""
    row = sale(SALES_2018[0])
    assert row["town_code"] == "10014010"
    assert row["deal_date"] == dt.date(2018, 10, 8)
    assert row["property_kind"] == "house"
    assert row["location_id"] == "10014010:豐樂路"
    assert row["masked_address"].endswith("豐樂路65巷31~60號")
    assert row["age_years"] == 2018 - 1997
    assert row["unit_price_twd_m2"] == pytest.approx(row["stated_unit_price_twd_m2"], rel=1e-4)
    assert row["unit_price_basis"] == "total_over_area"
    assert row["is_arms_length"] is True
    assert row["source_line"] == 3


def test_relatives_are_not_at_arms_length() -> None:
    """A special relation in 備註 is marked and the row is kept."""
    row = sale(SALES_2018[1])
    assert row["is_arms_length"] is False
    assert row["note_codes"] == "special_relation"


def test_an_exact_lot_is_masked_like_the_register_used_to() -> None:
    """Lot 172 is in the range 151~180; no exact number of a home or lot stays in core."""
    row = sale(SALE_2025, "114S3/v_lvr_land_a.csv", "2025")
    assert row["masked_address"] == "三仙段151~180地號"
    assert row["is_exact_address"] is True
    assert row["property_kind"] == "other_land"
    assert row["unit_price_twd_m2"] == pytest.approx(1046, abs=1)


def test_a_sub_lot_is_one_lot_not_a_range() -> None:
    """Lot 172-3 is exact and masked like lot 172; only ``~`` makes a range."""
    line = SALE_2025.replace("172地號", "172-3地號")
    row = sale(line, "114S3/v_lvr_land_a.csv", "2025")
    assert (row["masked_address"], row["is_exact_address"]) == ("三仙段151~180地號", True)


def test_parking_is_taken_off_price_and_area() -> None:
    """(181.8 − 10.0 million) / (624.30 − 114.72 m²), as the register itself computes."""
    row = sale(PARKING_QUOTED, "109S2/a_lvr_land_a.csv")
    assert row["unit_price_basis"] == "parking_taken_off"
    assert row["unit_price_twd_m2"] == pytest.approx(171_800_000 / 509.58)
    assert row["unit_price_twd_m2"] == pytest.approx(337_140, abs=1)


def test_parking_of_unknown_price_is_not_separable() -> None:
    """Parking area without its price leaves no unit price, and says so."""
    row = sale(PARKING_QUOTED.replace("114.72,10000000", "114.72,0"), "109S2/a_lvr_land_a.csv")
    assert row["unit_price_twd_m2"] is None
    assert row["unit_price_basis"] == "not_separable"
    assert "parking_not_separable" in str(row["flags"])


@pytest.mark.parametrize("reason", list(FAULTY_2018))
def test_each_fault_has_its_reason_and_keeps_its_row(reason: str) -> None:
    """A faulty row is rejected with file, line, reason and the row as published."""
    line = FAULTY_2018[reason]
    result = standardised(sales([SALES_2018[0], line], "107S4/k_lvr_land_a.csv"))
    rejects = result.rejects.filter(pl.col("source_line") == 4)
    assert rejects["reason"].to_list() == [reason]
    assert rejects["raw"].item() == line
    assert rejects["source_file"].item() == "107S4/k_lvr_land_a.csv"


def test_every_row_is_accounted_for() -> None:
    """rows read = accepted + rejected in the ledger of a file full of faults."""
    result = standardised(
        sales([*SALES_2018, *FAULTY_2018.values()], "107S4/v_lvr_land_a.csv"),
        sales([], "107S4/u_lvr_land_a.csv"),
    )
    ledger = result.ledger.sort("source_file")
    assert ledger["rows_read"].to_list() == [0, 2 + len(FAULTY_2018)]
    total = ledger["rows_accepted"] + ledger["rows_rejected"] + ledger["rows_duplicate"]
    assert total.to_list() == ledger["rows_read"].to_list()


def test_a_garbled_town_is_read_from_the_addresses_of_its_file() -> None:
    """``fa72埔鄉`` is 鹽埔鄉: one row's address says so, the other bears the same label."""
    table = standardised(sales(GARBLED_TOWN, "107S1/t_lvr_land_a.csv")).tables["lvr__sales"]
    assert table["town_code"].to_list() == ["10013100", "10013100"]
    assert table["flags"].str.contains("town_from_address").all()


def test_a_garbled_town_without_an_address_is_not_guessed() -> None:
    """內埔鄉 and 鹽埔鄉 both end in 埔鄉: without evidence the row is rejected."""
    result = standardised(sales(GARBLED_TOWN[1:], "107S1/t_lvr_land_a.csv"))
    assert result.rejects["reason"].to_list() == ["unknown_town"]


def test_a_city_without_its_district_stays_at_the_county() -> None:
    """新竹市 as town: the row is kept, its town missing, its precision told."""
    line = SALES_2018[0].replace("台東市,", "新竹市,", 1).replace("臺東縣臺東市", "新竹市新竹市")
    row = sale(line, "107S4/o_lvr_land_a.csv")
    assert (row["town_code"], row["place_precision"]) == (None, "county")


def test_a_rental_of_2014() -> None:
    """The three columns of one name are land, building and parking."""
    raw = read_table(Member("2015S1/V_lvr_land_C.CSV", rent_file([RENTAL_2012], "2012")))
    row = standardised(raw).tables["lvr__rentals"].row(0, named=True)
    assert (row["land_area_m2"], row["building_area_m2"]) == (128.84, 196.15)
    assert row["rent_twd_m2_month"] == pytest.approx(12000 / 196.15)
    assert row["town_code"] == "10014010"


def test_a_social_housing_rental_of_2025() -> None:
    """The service that registers a rental is kept: it is the threat to the comparison."""
    raw = read_table(Member("114S3/v_lvr_land_c.csv", rent_file([RENTAL_2024], "2024")))
    row = standardised(raw).tables["lvr__rentals"].row(0, named=True)
    assert row["rental_service"] == "社會住宅代管"
    assert row["location_id"] == "10014040:利嘉路"
    assert row["has_furniture"] is True


def test_notes_and_door_numbers_do_not_enter_core() -> None:
    """Core rows hold no free-text note and no exact house number."""
    line = SALES_2018[0].replace("豐樂路65巷31~60號", "豐樂路６５巷３５號二樓")
    row = sale(line, "110S4/v_lvr_land_a.csv")
    assert "note" not in row
    assert all("35號" not in str(value) for value in row.values())
    assert str(row["masked_address"]).endswith("31~60號")
