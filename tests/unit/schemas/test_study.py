"""Study files, right and wrong."""

import datetime as dt
import re
from importlib.resources import files
from pathlib import Path
from typing import get_args

import pytest

from landwatch.schemas.study import Kind, read_study
from landwatch.vocabulary.errors import StudyError

GOOD = """
schema = 1
[study]
id = "s"
title = { zh = "題", en = "t" }
start = 2015-01-01
end = 2020-12-31
[zones]
source = "criteria"
effective = 2019-01-03
[[inputs]]
kind = "lvr"
path = "raw/lvr"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_paths_are_relative_to_the_study_file(tmp_path: Path) -> None:
    """A study can be moved with its data; defaults are the documented ones."""
    study = read_study(written(tmp_path, GOOD))
    assert study.inputs[0].path == tmp_path.resolve() / "raw" / "lvr"
    assert study.zones.count == 134
    assert study.zones.effective == dt.date(2019, 1, 3)
    assert (study.models.min_before, study.models.fdr) == (30, 0.05)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('kind = "lvr"', 'kind = "lvrr"', "did you mean 'lvr'"),
        ("effective =", "efective =", "did you mean 'effective'"),
        ("[zones]", "[zone]", "did you mean 'zones'"),
        ("path =", "paht =", "did you mean 'path'"),
        ("schema = 1", "schema = 2", "schema"),
        ("effective = 2019-01-03", "", "needs effective"),
        ("end = 2020-12-31", "end = 2014-12-31", "must lie before"),
        ('source = "criteria"', 'source = "file"\npath = "z.gpkg"', ""),
        (
            'path = "raw/lvr"',
            'path = "raw/lvr"\nyear = 2018',
            "year belongs to inputs",
        ),
        ('id = "s"', 'id = "../s"', "study.id"),
    ],
)
def test_a_typo_is_told_with_the_nearest_name(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    """Unknown keys and kinds name themselves and what was probably meant; exit code 2."""
    path = written(tmp_path, GOOD.replace(old, new))
    if not told:
        assert read_study(path).zones.source == "file"
        return
    with pytest.raises(StudyError) as error:
        read_study(path)
    assert told in str(error.value)
    assert str(path) in str(error.value)
    assert error.value.exit_code == 2


def test_zones_from_a_file_without_a_date_are_refused(tmp_path: Path) -> None:
    """No date, no before and after."""
    text = GOOD.replace(
        'source = "criteria"\neffective = 2019-01-03', 'source = "file"\npath = "z"'
    )
    with pytest.raises(StudyError, match="zones need a date"):
        read_study(written(tmp_path, text))


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """Two typos make one message with both."""
    text = GOOD.replace("effective =", "efective =").replace("path =", "paht =")
    with pytest.raises(StudyError, match=r"(?s)efective.*paht"):
        read_study(written(tmp_path, text))


@pytest.mark.parametrize("content", [b"schema = ", b"\xff\xfe", b""])
def test_a_file_that_is_no_study_is_told(tmp_path: Path, content: bytes) -> None:
    """Broken TOML, another encoding and an empty file are one clear message."""
    path = tmp_path / "study.toml"
    path.write_bytes(content)
    with pytest.raises(StudyError, match=r"study\.toml"):
        read_study(path)


def test_the_template_names_every_kind_and_is_a_study(tmp_path: Path) -> None:
    """What ``init`` writes can be read, and with every # taken off too; no kind is forgotten."""
    text = files("landwatch.schemas").joinpath("study_template.toml").read_text(encoding="utf-8")
    assert len(read_study(written(tmp_path, text)).inputs) == 3
    bare = re.sub(r"^# (?=\[\[|kind|path|name|effective|category)", "", text, flags=re.MULTILINE)
    study = read_study(written(tmp_path, bare))
    assert {i.kind for i in study.inputs} == set(get_args(Kind))
