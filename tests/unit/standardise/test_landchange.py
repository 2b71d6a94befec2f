"""Facts of `landwatch.standardise.landchange`."""

import datetime as dt

import pytest

from landwatch.schemas.raw import Standardised
from landwatch.schemas.tables import check_table
from landwatch.sources.landchange import is_landchange, read_landchange
from landwatch.standardise.landchange import standardise_landchange
from landwatch.vocabulary.errors import InputError, UnknownCodeError
from landwatch.vocabulary.places import embedded_places
from tests.unit.factory_rows import CHANGE_HEADER, csv_file


def core(*rows: str, header: str = CHANGE_HEADER) -> Standardised:
    member = csv_file(header, *rows)
    assert is_landchange(member)
    latest = dt.date(2025, 12, 31)
    return standardise_landchange([read_landchange(member)], embedded_places(), latest=latest)


def site(key: str, finding: str = "違規", kind: str = "新增建物") -> dict[str, object]:
    table = core(f"{key},臺東縣,{finding},{kind},22.76342,121.08749").tables["factories__sites"]
    return check_table(table, "factories__sites").row(0, named=True)


@pytest.mark.parametrize(
    ("key", "year", "issue"),
    [
        ("V0110504014", 2016, 4),
        ("AV1410503064", 2016, 3),
        ("37210501001", 2016, 1),
        ("N2411012029", 2021, 12),
        ("V031010400011", 2012, 4),
        ("3711010400001", 2012, 4),
        ("V011020100001", 2013, 1),
        ("208105202002", 2016, None),
        ("V05105401007", 2016, None),
        ("V0110577014", 2016, None),
        ("nonsense", None, None),
    ],
)
def test_year_and_issue_are_in_the_key(key: str, year: int | None, issue: int | None) -> None:
    """No day is made up: the year's first day stands for it, and says how precise it is."""
    row = site(key)
    assert row["first_seen"] == (dt.date(year, 1, 1) if year else None)
    assert row["issue"] == issue
    expected = ("issue" if issue else "year") if year else None
    assert row["first_seen_precision"] == expected


@pytest.mark.parametrize(
    ("finding", "kind", "suspected"),
    [
        ("違規", "新增建物", True),
        ("合法", "新增建物", False),
        ("已知工程", "新增建物", False),
        ("違規", "整地", False),
        ("", "新增建物", False),
    ],
)
def test_suspected_is_a_building_found_unlawful(finding: str, kind: str, suspected: bool) -> None:
    """Lawful changes and unlawful earthworks are kept and not suspected."""
    assert site("V0110504014", finding, kind)["is_suspected"] == suspected


def test_coordinates_of_a_kilometre_say_so() -> None:
    """The first years print two decimals: kept, and flagged."""
    coarse = core("V031010400011,臺東縣,合法,其他,23.11000,121.18000")
    assert coarse.tables["factories__sites"]["flags"].to_list() == ["coarse_coordinates"]
    assert site("V0110504014")["flags"] == ""


def test_an_unknown_finding_names_itself() -> None:
    """A finding outside the vocabulary stops the file."""
    with pytest.raises(UnknownCodeError, match="待查"):
        site("V0110504014", "待查")


def test_a_change_without_point_and_county_is_rejected() -> None:
    """Forest and river offices are no county: without a point nothing tells where."""
    result = core("37210501001,臺東林區管理處,合法,其他,,", "V0110504014,臺東縣,違規,新增建物,,")
    assert result.rejects["reason"].to_list() == ["no_place"]
    assert result.tables["factories__sites"]["place_precision"].to_list() == ["county"]


def test_a_change_after_the_study_is_rejected() -> None:
    """A key of ROC 199 cannot have been published yet."""
    assert core("V0119904014,臺東縣,違規,新增建物,22.7,121.0").rejects["reason"].to_list() == [
        "date_after_study"
    ]


def test_a_missing_column_is_named() -> None:
    """Without 查證結果 lawful and unlawful cannot be told apart."""
    with pytest.raises(InputError, match="missing 查證結果"):
        core("V0110504014,臺東縣", header="變異點編號,變異類型")
