"""The data dictionary and the rules every column keeps."""

import re
from pathlib import Path

import pytest

from landwatch.schemas.columns import COLUMNS
from landwatch.schemas.dictionary import data_dictionary
from landwatch.schemas.tables import TABLES

PAGE = Path(__file__).resolve().parents[3] / "docs" / "data-dictionary.md"


def test_the_page_is_the_one_the_schemas_write() -> None:
    """Run ``make documents`` after a change of the schemas."""
    assert PAGE.read_text(encoding="utf-8") == data_dictionary()


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_defined_in_full(name: str) -> None:
    """Columns are known, none is named twice, and what is needed or identifies is among them."""
    table = TABLES[name]
    columns = set(table.columns)
    assert len(columns) == len(table.columns)
    assert columns <= COLUMNS.keys()
    assert {*table.required, *table.key, *table.repeats} <= columns


def test_every_column_is_used_and_said() -> None:
    """No column without a table, none without a meaning."""
    used = {c for table in TABLES.values() for c in table.columns}
    assert COLUMNS.keys() - used == set()
    assert all(re.search(r"\w", column.meaning) for column in COLUMNS.values())


@pytest.mark.parametrize(("ending", "unit"), [("_m2", "m²"), ("_m", "m"), ("_twd", "NTD")])
def test_a_unit_in_the_name_is_the_unit_of_the_column(ending: str, unit: str) -> None:
    """A column named in square metres, metres or dollars is in them."""
    # the breakdown value M̄ is a number of steps
    wrong = [
        n
        for n, c in COLUMNS.items()
        if n.endswith(ending) and unit not in c.unit and n != "breakdown_m"
    ]
    assert wrong == []
