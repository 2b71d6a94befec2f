"""Words of zoning."""

import csv
from importlib.resources import files

import pytest

from landwatch.vocabulary.zoning import ZONING_CLASSES, zoning_class


def test_every_rule_leads_to_a_class_and_none_repeats() -> None:
    """The table of words uses the closed list of classes and the three ways of matching."""
    path = files("landwatch.reference").joinpath("zoning_classes.csv")
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert {r["zoning_class"] for r in rows} == set(ZONING_CLASSES)
    assert {r["match"] for r in rows} == {"use", "name", "ending"}
    assert len({(r["term"], r["match"]) for r in rows}) == len(rows)


@pytest.mark.parametrize(
    ("use", "group", "told"),
    [
        ("第二種住宅區", None, "residential"),
        ("住宅區（附帶條件）", None, "residential"),
        ("乙種工業區", None, "industrial"),
        ("農業區", "住宅區", "residential"),
        ("商業區(二)", None, "commercial"),
        ("電信事業專用區", None, "special"),
        ("景觀步道用地", None, "road"),
        ("變電所用地", None, "public_facility"),
        ("自然景觀保護區", None, "conservation"),
        ("都市計畫區外", "其他使用分區", "outside_plan"),
        (None, "河川區", "water"),
        (None, None, None),
        ("停", None, None),
        ("住宅", None, None),
    ],
)
def test_words_of_the_plans(use: str | None, group: str | None, told: str | None) -> None:
    """The group decides; then the word whole, then its ending; short words stay unknown."""
    assert zoning_class(use, group, None) == told
