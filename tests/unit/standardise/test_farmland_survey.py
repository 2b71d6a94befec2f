"""Facts of `landwatch.standardise.farmland_survey`."""

import datetime as dt

import pytest

from landwatch.schemas.raw import Standardised
from landwatch.schemas.tables import check_table
from landwatch.sources.archives import Member
from landwatch.sources.farmland_survey import is_farmland_survey, read_farmland_survey
from landwatch.standardise.farmland_survey import standardise_farmland_survey
from landwatch.vocabulary.errors import InputError
from landwatch.vocabulary.places import embedded_places
from tests.unit.factory_rows import SURVEY_HEADER, SURVEY_ROW, csv_file


def core(member: Member) -> Standardised:
    assert is_farmland_survey(member)
    return standardise_farmland_survey([read_farmland_survey(member)], embedded_places())


def site(header: str, row: str) -> dict[str, object]:
    table = core(csv_file(header, row)).tables["factories__sites"]
    return check_table(table, "factories__sites").row(0, named=True)


def test_a_point_has_parcel_area_zoning_and_month() -> None:
    """District with village, packed parcel, area in m², month of the land-use survey."""
    row = site(SURVEY_HEADER, SURVEY_ROW)
    assert row["masked_address"] == "十份段511~540地號"
    assert row["parcel_area_m2"] == 1234.5
    assert (row["rural_zoning"], row["rural_use"]) == ("一般農業區", "農牧用地")
    assert (row["first_seen"], row["last_seen"]) == (None, dt.date(2018, 6, 1))
    assert row["is_suspected"]


def test_zoning_and_use_in_one_column_are_parted() -> None:
    """The header the project's notes print has both in one column."""
    header = SURVEY_HEADER.replace("使用分區,使用地類別", "使用分區 >使用地類別")
    row = site(header, SURVEY_ROW.replace("一般農業區,農牧用地", "一般農業區 >農牧用地"))
    assert (row["rural_zoning"], row["rural_use"]) == ("一般農業區", "農牧用地")


def test_building_land_is_not_suspected() -> None:
    """A factory on 丁種建築用地 stands where it may."""
    row = site(SURVEY_HEADER, SURVEY_ROW.replace("農牧用地", "丁種建築用地"))
    assert not row["is_suspected"]
    assert row["flags"] == "building_land"


@pytest.mark.parametrize(("area", "read"), [("1,234.5 平方公尺", 1234.5), ("0", None), ("", None)])
def test_areas_are_square_metres_or_missing(area: str, read: float | None) -> None:
    """A printed unit is understood; 0 and nothing are missing, not 0."""
    row = site(SURVEY_HEADER, SURVEY_ROW.replace("1234.5", f'"{area}"'))
    assert row["parcel_area_m2"] == read


def test_a_missing_column_is_named() -> None:
    """Points without 地號 cannot be matched: the file stops and says so."""
    with pytest.raises(InputError, match="missing 地號"):
        core(csv_file(SURVEY_HEADER.replace(",地號,", ",號,"), SURVEY_ROW))
