"""Facts of `landwatch.standardise.moea`."""

import datetime as dt

import pytest

from landwatch.schemas.raw import Standardised, united
from landwatch.schemas.tables import check_table
from landwatch.sources.archives import Member
from landwatch.sources.moea import read_moea_json, read_moea_workbook
from landwatch.standardise.duplicates import without_duplicates
from landwatch.standardise.moea import standardise_moea
from landwatch.vocabulary.errors import UnknownCodeError
from landwatch.vocabulary.places import embedded_places
from tests.unit.factory_rows import CASE, HEADER, UPDATE, moea_json, workbook

ROWS = [
    HEADER,
    (
        "",
        "1",
        "新北市",
        "樹林區東園段1130地號",
        "一般農業區",
        "農牧用地",
        "裁處罰鍰\n已停止供水供電",
    ),
]


def from_json(cases: list[object], updates: list[object]) -> Standardised:
    return standardise_moea([read_moea_json(moea_json(cases, updates))], embedded_places())


def test_a_case_becomes_a_site_with_its_last_steps() -> None:
    """First and last month, cleaned zoning, masked parcel; the parcel number is nowhere."""
    core = from_json([CASE], [CASE, UPDATE])
    row = check_table(core.tables["factories__sites"], "factories__sites").row(0, named=True)
    assert (row["first_seen"], row["last_seen"]) == (dt.date(2023, 1, 1), dt.date(2023, 2, 1))
    assert row["last_status"] == "cut_off;fined"
    assert row["is_suspected"]
    assert (row["rural_zoning"], row["rural_use"]) == ("一般農業區", "農牧用地")
    assert row["masked_address"] == "東園段1111~1140地號"
    assert "1130" not in core.tables["factories__sites"].drop("parcel_keys", "site_id").write_json()
    assert core.ledger["rows_accepted"].to_list() == [3]


def test_months_keep_each_entry() -> None:
    """Two entries of a month that name the same parcels are two rows of one site."""
    second = UPDATE | {"month": "01", "number": "9", "status": []}
    months = from_json([CASE], [CASE, second]).tables["factories__status_months"]
    assert months["site_id"].n_unique() == 1
    assert months["list_number"].to_list() == [1, 9]
    assert months["flags"].to_list() == ["withdrawn_steps_untold"] * 2


def test_a_removed_factory_is_not_suspected() -> None:
    """已自行拆除 in the last month clears the site."""
    gone = UPDATE | {"status": ["已自行拆除"]}
    sites = from_json([CASE], [CASE, gone]).tables["factories__sites"]
    assert sites["is_suspected"].to_list() == [False]


def test_an_unknown_step_names_itself() -> None:
    """A step that is not in the vocabulary stops the file."""
    with pytest.raises(UnknownCodeError, match="已查封"):
        from_json([CASE | {"status": ["已查封"]}], [])


def test_rows_without_place_or_month_are_rejected() -> None:
    """Each has its reason; the others stay."""
    bad = [
        CASE | {"id": "2", "sectname": " "},
        CASE | {"id": "3", "city": "無此縣"},
        CASE | {"id": "4", "month": "13"},
    ]
    core = from_json([CASE, *bad], [CASE | {"number": "x"}])
    reasons = core.rejects["reason"].to_list()
    assert reasons == ["no_place", "unknown_county", "bad_date", "bad_number"]
    assert core.tables["factories__sites"].height == 1


def test_json_and_workbook_of_one_list_are_the_same_records() -> None:
    """Read together they give one site and one month, the rest counted as duplicates."""
    places = embedded_places()
    book = standardise_moea([read_moea_workbook(workbook({"11201": ROWS}))], places)
    case = CASE | {"status": ["裁處罰鍰", "已停止供水供電"]}
    both = [from_json([case], [case]), book]
    core = without_duplicates(united(both))
    assert core.tables["factories__sites"].height == 1
    assert core.tables["factories__status_months"].height == 1
    assert core.ledger["rows_duplicate"].to_list() == [2, 0]
    assert core.ledger["rows_accepted"].to_list() == [0, 1]


def test_a_row_that_feeds_two_tables_is_counted_once() -> None:
    """A workbook's row is site and month; both repeat in a second file, one duplicate."""
    places = embedded_places()
    book = workbook({"11201": ROWS})
    copy = Member("factories/copy.xlsx", book.content)
    core = without_duplicates(
        united(standardise_moea([read_moea_workbook(m)], places) for m in (book, copy))
    )
    assert core.ledger["rows_duplicate"].sum() == 1
    assert core.ledger["rows_accepted"].sum() == 1
