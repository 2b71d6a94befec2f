"""The registry of addresses: complete, official, and by period."""

import csv
import datetime as dt
import io
from importlib.resources import files
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landwatch.schemas.study import Kind
from landwatch.sources.downloads import downloads, downloads_at, sources_to_fetch
from landwatch.vocabulary.errors import StudyError

TODAY = dt.date(2026, 11, 24)
ROWS = list(
    csv.DictReader(
        io.StringIO(files("landwatch.reference").joinpath("downloads.csv").read_text("utf-8"))
    )
)


def test_every_source_is_a_kind_of_input() -> None:
    """Sources are kinds of a study; addresses are encrypted and tell how they are known."""
    assert {row["source"] for row in ROWS} <= set(get_args(Kind))
    for row in ROWS:
        assert row["page"].startswith("https://")
        if row["url"]:
            assert row["url"].startswith("https://")
            assert row["checked"]
            assert row["type"] in {"zip", "csv", "json"}


@pytest.mark.parametrize(
    ("source", "start", "end", "names"),
    [
        ("lvr", "107S4", "108S1", ["lvr_landcsv_107S4.zip", "lvr_landcsv_108S1.zip"]),
        ("listings", "202012", "2021-01", ["tw_rental_202012.zip", "tw_rental_202101.zip"]),
        ("income", "2018", None, ["2018.csv"]),
        ("population", "2018-12", None, ["2018-12.json"]),
    ],
)
def test_files_of_a_period(source: str, start: str, end: str | None, names: list[str]) -> None:
    """Both ends belong to it, years roll over, names are those the readers know."""
    assert [d.file for d in downloads(source, start, end, today=TODAY)] == names


def test_both_zones_of_land_cover_are_listed() -> None:
    """Three decades, main island and outer islands."""
    found = downloads("landcover", "1990s", "2010s", today=TODAY)
    assert len({d.url for d in found}) == 6


def test_files_replaced_every_day_carry_the_day() -> None:
    """Two days' registers do not overwrite each other."""
    assert downloads("businesses", None, None, today=TODAY)[0].file == "BGMOPEN1_2026-11-24.zip"


def test_a_season_must_be_over() -> None:
    """On 2026-09-30 the third season of ROC 115 is not, a day later it is."""
    with pytest.raises(StudyError, match="115S2"):
        downloads("lvr", "115S3", None, today=dt.date(2026, 9, 30))
    assert downloads("lvr", "115S3", None, today=dt.date(2026, 10, 1))


def test_too_many_places_are_refused() -> None:
    """A whole country is not asked place by place."""
    with pytest.raises(StudyError, match="fewer --county"):
        downloads_at("factories", [(120.0, 23.0)] * 2001, today=TODAY)


@given(st.text(max_size=8))
def test_any_other_name_is_wrong_usage(name: str) -> None:
    """No text but a source's name is one; the message names those that are."""
    if name not in {row["source"] for row in ROWS}:
        with pytest.raises(StudyError, match="lvr"):
            downloads(name, None, None, today=TODAY)
    assert "lvr" in sources_to_fetch()
