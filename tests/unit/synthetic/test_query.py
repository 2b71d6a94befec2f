"""Facts of `landwatch.synthetic.query`."""

import json
import re
import zipfile

import pytest

from landwatch.synthetic import World, WorldFiles
from landwatch.vocabulary.lvr import QUERY_FIELDS


@pytest.fixture(scope="module")
def replies(written: WorldFiles) -> dict[str, list[dict[str, object]]]:
    """Township lists by member name."""
    (path,) = written.lvr_query
    with zipfile.ZipFile(path) as opened:
        return {name: json.loads(opened.read(name)) for name in opened.namelist()}


def test_half_of_the_towns_are_covered(
    world: World, replies: dict[str, list[dict[str, object]]]
) -> None:
    """Every second town has its list, named after it."""
    names = world.towns["town_name"].gather_every(2)
    assert sorted(replies) == sorted(f"{name}.json" for name in names)


def test_fields_are_exactly_those_of_the_service(
    replies: dict[str, list[dict[str, object]]],
) -> None:
    """Every object has the service's fields and no other."""
    rows = [row for rows in replies.values() for row in rows]
    assert all(sorted(row) == sorted(QUERY_FIELDS) for row in rows)
    assert len({row["sq"] for row in rows}) == len(rows)


def test_values_look_like_the_service(replies: dict[str, list[dict[str, object]]]) -> None:
    """Areas have two decimals and thousands separators, dates slashes, addresses both forms."""
    rows = [row for rows in replies.values() for row in rows]
    number = r"\d{1,3}(,\d{3})*"
    for field, pattern in {
        "s": number + r"\.\d\d",
        "tp": number,
        "p": rf"({number})?",
        "e": r"1\d\d/\d\d/\d\d",
        "a": r"[^#]+#[^#]+",
        "unit": "2",
    }.items():
        assert all(re.fullmatch(pattern, str(row[field])) for row in rows), field
    assert any(len(str(row["s"])) > 6 for row in rows)


def test_unit_prices_agree_with_totals(replies: dict[str, list[dict[str, object]]]) -> None:
    """Of bare land, price a 坪 times 坪 is the total, but for rounding to two decimals."""
    rows = [row for rows in replies.values() for row in rows if row["t"] == "土地"]
    for row in rows:
        area, unit, total = (float(str(row[f]).replace(",", "")) for f in ("s", "p", "tp"))
        assert (area - 0.005) * unit <= total <= (area + 0.005) * (unit + 1)
