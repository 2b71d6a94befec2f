"""Facts of `landwatch.standardise.disfactory`."""

import datetime as dt

import polars as pl
import pytest

from landwatch.schemas.raw import Standardised
from landwatch.schemas.tables import check_table
from landwatch.sources.disfactory import read_disfactory
from landwatch.standardise.disfactory import standardise_disfactory
from landwatch.vocabulary.errors import UnknownCodeError
from landwatch.vocabulary.places import embedded_places
from tests.unit.factory_rows import REPORT, disfactory_json

LATEST = dt.date(2025, 12, 31)


def core(*reports: dict[str, object]) -> Standardised:
    raw = read_disfactory(disfactory_json(*reports))
    return standardise_disfactory([raw], embedded_places(), latest=LATEST)


def site(**changed: object) -> dict[str, object]:
    table = core(REPORT | changed).tables["factories__sites"]
    return check_table(table, "factories__sites").row(0, named=True)


def test_a_report_is_a_point_without_first_day() -> None:
    """The service tells the last report, in UTC; its day is Taipei's, and no first day is made."""
    row = site()
    assert (row["longitude"], row["latitude"]) == (121.42, 24.98)
    assert row["place_precision"] == "point"
    assert row["last_seen"] == dt.date(2020, 4, 1)
    assert row["first_seen"] is None
    assert row["last_status"] == "cut_off_ordered"
    assert row["flags"] == "imported_list"


def test_the_authority_speaks_before_the_group() -> None:
    """Without an answer of the authority the group's own status is the last."""
    assert site(document_display_status=None)["last_status"] == "reported"


@pytest.mark.parametrize(
    ("changed", "ruling"),
    [({"wont_fix": True}, "not_pursued"), ({"document_display_status": "已拆除"}, None)],
)
def test_what_was_cleared_is_not_suspected(changed: dict[str, object], ruling: str | None) -> None:
    """Let fall by the reviewers, or removed."""
    row = site(**changed)
    assert not row["is_suspected"]
    assert row["ruling"] == ruling


def test_swapped_coordinates_are_told_not_repaired() -> None:
    """lat and lng exchanged: no point, the town stays."""
    row = site(lat=121.42, lng=24.98)
    assert row["longitude"] is None
    assert row["place_precision"] == "town"
    assert "swapped_coordinates" in str(row["flags"])


def test_a_town_name_that_several_counties_have_is_not_guessed() -> None:
    """大安區 is in Taipei and Taichung; 樹林區 is in one county alone."""
    assert site(townname="大安區")["town_code"] is None
    assert site(townname="樹林區")["town_code"] == site()["town_code"]


@pytest.mark.parametrize("day", ["2999-01-01T00:00:00Z", "yesterday"])
def test_an_impossible_day_is_missing(day: str) -> None:
    """After the study, or none: missing and flagged."""
    row = site(reported_at=day)
    assert row["last_seen"] is None
    assert "bad_date" in str(row["flags"])


@pytest.mark.parametrize("field", ["cet_report_status", "document_display_status"])
def test_an_unknown_code_names_itself(field: str) -> None:
    """A status outside the vocabulary stops the file."""
    with pytest.raises(UnknownCodeError, match=f"{field} 'ZZ'"):
        core(REPORT | {field: "ZZ"})


def test_reports_without_key_or_place_are_rejected() -> None:
    """Neither can be a site."""
    nowhere = REPORT | {"id": "x", "lat": None, "lng": None, "townname": None}
    result = core(REPORT, REPORT | {"id": ""}, nowhere)
    assert result.rejects["reason"].to_list() == ["no_id", "no_place"]
    assert result.ledger.select(pl.col("rows_read") - pl.col("rows_rejected")).item() == 1
