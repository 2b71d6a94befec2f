"""Facts of `landwatch.sources.moea`."""

import pytest

from landwatch.sources.archives import Member
from landwatch.sources.moea import (
    is_moea_json,
    is_moea_workbook,
    read_moea_json,
    read_moea_workbook,
)
from landwatch.vocabulary.errors import InputError
from tests.unit.factory_rows import CASE, HEADER, UPDATE, moea_json, workbook

ROW = ("", "1", "新北市", "樹林區東園段1130地號", "一般農業區", "農牧用地", "裁處罰鍰")


def test_an_update_is_completed_from_its_case() -> None:
    """What an update leaves empty is as in the case; its steps come on top."""
    rows = read_moea_json(moea_json([CASE], [CASE, UPDATE])).rows
    assert rows["source_line"].to_list() == [1, 2, 3]
    assert rows["place"].to_list() == [CASE["sectname"]] * 3
    assert rows["roc_month"].to_list() == ["01", "01", "02"]
    assert rows["steps"].to_list()[2] == "裁處罰鍰|已停止供水供電"


def test_an_update_without_case_is_rejected() -> None:
    """An update of a case that is not in the file tells no place: it is kept as a reject."""
    table = read_moea_json(moea_json([CASE], [CASE, UPDATE | {"id": "112990001"}]))
    assert table.rejects["reason"].to_list() == ["unknown_case"]
    assert table.rows.height + table.rejects.height == 3


@pytest.mark.parametrize("content", [b'{"violations": []}', b'{"violations": 3, "updates": []}'])
def test_half_a_file_is_an_error_that_names_both_lists(content: bytes) -> None:
    """One of the two lists alone is recognised and refused with what was expected."""
    member = Member("a.json", content)
    assert is_moea_json(member)
    with pytest.raises(InputError, match="violations and updates"):
        read_moea_json(member)


def test_sheets_are_months_in_any_order_of_columns() -> None:
    """A sheet's name tells the month, its header the columns."""
    turned = [tuple(reversed(HEADER)), tuple(reversed(ROW))]
    book = workbook({"11201": [HEADER, ROW], "11202": turned})
    assert is_moea_workbook(book)
    rows = read_moea_workbook(book).rows
    assert rows["roc_month"].to_list() == ["01", "02"]
    assert rows["place"].to_list() == [ROW[3]] * 2


def test_sheets_without_a_month_are_rejected_row_by_row() -> None:
    """A worked example beside the months tells no month: its rows are rejects, not months."""
    table = read_moea_workbook(workbook({"11201": [HEADER, ROW], "Factory": [HEADER, ROW, ROW]}))
    assert table.rows.height == 1
    assert table.rejects["reason"].to_list() == ["sheet_without_month"] * 2


def test_a_sheet_that_lacks_a_column_is_named() -> None:
    """A month whose header lacks 使用地 stops the file and names sheet and column."""
    short = [HEADER[:5] + HEADER[6:], ROW[:5] + ROW[6:]]
    with pytest.raises(InputError, match=r"sheet 11203.*missing 使用地"):
        read_moea_workbook(workbook({"11201": [HEADER, ROW], "11203": short}))


def test_a_workbook_without_any_month_says_what_names_tell() -> None:
    """Sheets renamed: the message shows an expected name."""
    with pytest.raises(InputError, match="such as 11201"):
        read_moea_workbook(workbook({"一月": [HEADER, ROW]}))


def test_another_workbook_is_not_of_this_kind() -> None:
    """A workbook with other headers, and a zip that is none, are not recognised."""
    assert not is_moea_workbook(workbook({"11201": [("甲", "乙"), ("1", "2")]}))
    assert not is_moea_workbook(Member("a.zip", b"PK\x03\x04 nothing"))


def test_a_damaged_workbook_is_an_error() -> None:
    """A workbook cut in half is refused, not read as empty."""
    whole = workbook({"11201": [HEADER, ROW]}).content
    with pytest.raises(InputError, match="damaged"):
        is_moea_workbook(Member("a.xlsx", whole[: len(whole) - 40]))
