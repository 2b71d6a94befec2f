"""Which zone a person means."""

import pandas as pd
import pytest

from landwatch.vocabulary.errors import StudyError
from pipelines.zone_names import found_zone

AREAS = pd.DataFrame(
    {
        "zone_id": ["10014060", "10009070", "10008070", "old.street", "10014010"],
        "zone_name": ["臺東縣池上鄉", "雲林縣大埔鄉", "嘉義縣大埔鄉", "老街 (A)*", "臺東縣臺東市"],
        "is_zone": [True, True, True, True, False],
    }
)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("10014060", "10014060"),
        ("台東縣池上鄉", "10014060"),
        ("臺東縣 池上鄉", "10014060"),
        ("池上鄉", "10014060"),
        ("池上", "10014060"),
        ("嘉義縣大埔鄉", "10008070"),
        ("old.street", "old.street"),
        ("老街 (A)*", "old.street"),
    ],
)
def test_a_zone_by_id_or_name(asked: str, found: str) -> None:
    """Ids and names as people write them, literally: no character is a pattern."""
    assert found_zone(AREAS, asked) == found


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("大埔鄉", r"more than one.*嘉義縣大埔鄉 \(10008070\), 雲林縣大埔鄉"),
        ("台東市", "臺東縣臺東市.*no zone"),
        ("10014010", "臺東縣臺東市.*no zone"),
        ("池下鄉", r"nearest: 臺東縣池上鄉 \(10014060\)"),
        ("", "nearest"),
        (".*", "nearest"),
    ],
)
def test_what_is_no_zone(asked: str, told: str) -> None:
    """Ambiguous, unknown and control towns are told apart, with what to ask for instead."""
    with pytest.raises(StudyError, match=told) as raised:
        found_zone(AREAS, asked)
    assert raised.value.exit_code == 2
