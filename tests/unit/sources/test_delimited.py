"""Facts of `landwatch.sources.delimited`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landwatch.sources.delimited import read_delimited
from landwatch.vocabulary.errors import InputError
from tests.unit.factory_rows import csv_file

COLUMNS = {"甲": "first", "乙": "second"}


def test_columns_are_found_by_name() -> None:
    """Order, further columns and Big5 do not matter; what is absent is empty."""
    table = read_delimited(
        csv_file("丙,乙", "x,王", encoding="cp950"), COLUMNS, needed=["乙"], what="rows"
    )
    assert table.rows.select("first", "second", "source_line").row(0) == ("", "王", 2)
    assert table.unknown_columns == ("丙",)


def test_what_is_no_row_is_rejected_with_its_line() -> None:
    """Field count, quotes that do not pair and NUL: each has its reason, none shifts a column."""
    table = read_delimited(
        csv_file("甲,乙", "1,2,3", '1,"2', "1,\0", '1,"a,b"', ""), COLUMNS, needed=[], what="rows"
    )
    reasons = dict(table.rejects.select("source_line", "reason").rows())
    assert reasons == {2: "field_count", 3: "unclosed_quote", 4: "nul_byte"}
    assert table.rows["second"].to_list() == ["a,b"]


def test_a_missing_column_is_named_with_what_was_found() -> None:
    """The message has the file, the column and the header."""
    with pytest.raises(InputError, match=r"any\.csv.*missing 乙; found 甲, 丙"):
        read_delimited(csv_file("甲,丙", "1,2"), COLUMNS, needed=["甲", "乙"], what="rows")


def test_a_column_twice_is_refused() -> None:
    """Two columns of one name could mean either."""
    with pytest.raises(InputError, match="甲 twice"):
        read_delimited(csv_file("甲,甲", "1,2"), COLUMNS, needed=["甲"], what="rows")


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n")), max_size=20))
def test_every_written_line_is_a_row_or_a_reject(lines: list[str]) -> None:
    """Whatever the lines hold, none is lost."""
    table = read_delimited(csv_file("甲,乙", *lines), COLUMNS, needed=["甲"], what="rows")
    written = [line for line in lines if line.strip(" \t\u3000")]
    assert table.rows.height + table.rejects.height == len(written)
