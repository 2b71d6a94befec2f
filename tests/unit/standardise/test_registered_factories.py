"""Facts of `landwatch.standardise.registered_factories`."""

import datetime as dt

import pytest

from landwatch.schemas.raw import Standardised
from landwatch.schemas.tables import check_table
from landwatch.sources.registered_factories import (
    is_registered_factories,
    read_registered_factories,
)
from landwatch.standardise.registered_factories import standardise_registered_factories
from landwatch.vocabulary.places import embedded_places
from tests.unit.factory_rows import REGISTER_HEADER, REGISTER_ROW, csv_file

TABLE = "factories__registered"


def core(*rows: str) -> Standardised:
    member = csv_file(REGISTER_HEADER, *rows)
    assert is_registered_factories(member)
    raw = read_registered_factories(member)
    return standardise_registered_factories([raw], embedded_places())


def test_a_registered_factory_has_dates_industries_and_no_name() -> None:
    """Founding day where registration has none; closed by notice; names and numbers stay out."""
    result = core(REGISTER_ROW)
    row = check_table(result.tables[TABLE], TABLE).row(0, named=True)
    assert row["registered_date"] == dt.date(1969, 1, 1)
    assert row["closed_date"] == dt.date(1994, 11, 28)
    assert row["industry_codes"] == "11;29"
    assert row["village_name"] == "義里里"
    assert row["masked_address"] == "義里里三豐路100巷31~60號"
    text = result.tables[TABLE].write_json()
    assert "針織" not in text
    assert "00166588" not in text


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("光復路262–3號", "光復路241~270號"),
        ("新興路二四之1號", "新興路1~30號"),
        ("新興路二四8號", "新興路"),
        ("中福路五一七號", "中福路511~540號"),
        ("中山路三段四六四號", "中山路三段451~480號"),
    ],
)
def test_no_number_of_a_door_is_kept(address: str, masked: str) -> None:
    """Numbers written with odd dashes, in characters, or half and half."""
    row = REGISTER_ROW.replace("義里里三豐路100巷51號", address)
    assert core(row).tables[TABLE]["masked_address"].to_list() == [masked]


def test_error_pages_are_rejected_without_their_text() -> None:
    """A record without number or status is a reject; what it named stays out of the rejects."""
    nothing = "," * REGISTER_HEADER.count(",")
    result = core(REGISTER_ROW, nothing.replace(",", ",某某工廠", 1), "1,某某工廠")
    assert sorted(result.rejects["reason"].to_list()) == ["field_count", "no_registration_id"]
    assert "某某工廠" not in result.rejects.write_json()
