"""Facts of `landwatch.sources.disfactory`."""

import json

import pytest

from landwatch.sources.archives import Member
from landwatch.sources.disfactory import is_disfactory, read_disfactory
from landwatch.vocabulary.errors import InputError
from tests.unit.factory_rows import REPORT, disfactory_json


def test_names_pictures_and_notes_stay_in_the_file() -> None:
    """Nothing a person wrote about a person is in any column, ``raw`` included."""
    rows = read_disfactory(disfactory_json(REPORT)).rows
    text = rows.write_json()
    for private in ("王小明", "0912345678", "example.org", "屋主"):
        assert private not in text


@pytest.mark.parametrize("wrapped", [[REPORT], REPORT, {"count": 1, "results": [REPORT]}])
def test_list_page_and_single_factory_are_read(wrapped: object) -> None:
    """The three shapes a reply of the service can have give the same row."""
    member = Member("a.json", json.dumps(wrapped).encode())
    assert is_disfactory(member)
    assert read_disfactory(member).rows["id"].to_list() == [REPORT["id"]]


def test_a_reply_without_coordinates_is_named() -> None:
    """A list that lacks lat is recognised and refused with the missing field."""
    short = {k: v for k, v in REPORT.items() if k != "lat"}
    with pytest.raises(InputError, match="missing lat"):
        read_disfactory(disfactory_json(short))


def test_other_json_is_not_of_this_kind() -> None:
    """A list of other objects is left to other formats."""
    assert not is_disfactory(Member("town.json", b'[{"A01": "x"}]'))
