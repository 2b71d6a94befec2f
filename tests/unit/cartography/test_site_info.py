"""What the start page says about a study."""

import json
from pathlib import Path

import pytest

from landwatch.cartography.site_info import (
    Absent,
    SiteInfo,
    check_site_fields,
    read_site_info,
    write_site_info,
)
from landwatch.vocabulary.errors import InputError

INFO = SiteInfo(
    title=("研究", "Study"),
    data_start="2012-08-01",
    data_end="2025-06-30",
    built="2026-01-02",
    attribution=("內政部 https://data.gov.tw/license",),
    zone_source=("重算", "reproduced"),
    fdr=0.05,
    counts={"both": 2},
    absent=(Absent(("店家", "shops"), ("無", "none")),),
    limits=(("甲", "a"),),
    interval_level=0.9,
)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    """Writing and reading gives the same object."""
    assert read_site_info(write_site_info(INFO, tmp_path / "site.json")) == INFO


def test_a_plain_string_serves_both_languages(tmp_path: Path) -> None:
    """A text without translation is shown as it is."""
    path = write_site_info(INFO, tmp_path / "site.json")
    raw = json.loads(path.read_text(encoding="utf-8")) | {"title": "只有中文"}
    path.write_text(json.dumps(raw), encoding="utf-8")
    assert read_site_info(path).title == ("只有中文", "只有中文")


def test_missing_attribution_stops_the_build() -> None:
    """Naming the sources is a condition of the licence."""
    raw = json.loads('{"title":"a","data_start":"","data_end":"","built":"","zone_source":"b"}')
    raw |= {"fdr": 0.05, "attribution": ["  "]}
    assert "condition" in check_site_fields(raw)[0]


def test_faults_are_listed_together() -> None:
    """Rate out of range, unknown verdict and wrong text are all named."""
    raw = {
        "title": 3,
        "data_start": "",
        "data_end": "",
        "built": "",
        "zone_source": {"zh": "b"},
        "attribution": ["x"],
        "fdr": 2,
        "counts": {"winner": 1},
        "limits": [4],
    }
    faults = "; ".join(check_site_fields(raw))
    for part in ("'fdr'", "'title'", "'zone_source'", "winner", "'limits'"):
        assert part in faults
    assert check_site_fields([]) == ["expected an object, found list"]
    assert len(check_site_fields({})) == 7


def test_absent_and_broken_files_are_named(tmp_path: Path) -> None:
    """A missing file and a file that is no JSON say so."""
    with pytest.raises(InputError, match="no such file"):
        read_site_info(tmp_path / "site.json")
    (tmp_path / "site.json").write_text("{")
    with pytest.raises(InputError, match="not JSON"):
        read_site_info(tmp_path / "site.json")
    (tmp_path / "site.json").write_text("{}")
    with pytest.raises(InputError, match="無法使用"):
        read_site_info(tmp_path / "site.json")
