"""An index on disk: opened without building, whole, never stale, never touched by reading."""

import json
from pathlib import Path

import numpy as np
import pytest

from landwatch.schemas.point_index import index_files, opened_point_index, write_point_index
from landwatch.vocabulary.errors import InputError


def points(n: int) -> np.ndarray:
    return np.random.default_rng(1).uniform(0, 1000, (n, 3))


def written(folder: Path, n: int = 5000, table: str = "t1") -> Path:
    stem = folder / "core" / "deals"
    write_point_index(
        stem, points(n), np.arange(n) * 3, table_hash=table, scales={"metres_per_day": 1.0}
    )
    return stem


def test_a_box_holds_the_points_numpy_says(tmp_path: Path) -> None:
    """Boxes of many sizes return exactly the ids of the points in them."""
    stem, cloud = written(tmp_path), points(5000)
    low = np.random.default_rng(2).uniform(-100, 1000, (300, 3))
    high = low + np.random.default_rng(3).uniform(0, 600, (300, 3))
    with opened_point_index(stem, "t1") as (index, about):
        ids, counts = index.intersection_v(low, high)
    assert about["points"] == 5000
    parts = np.split(ids, np.cumsum(counts.astype(int))[:-1])
    for box, part in enumerate(parts):
        inside = ((cloud >= low[box]) & (cloud <= high[box])).all(axis=1)
        assert sorted(part.tolist()) == (np.flatnonzero(inside) * 3).tolist()


def test_reading_changes_no_byte_and_writing_repeats_them(tmp_path: Path) -> None:
    """The files stay as published, and the same points give the same files."""
    stem = written(tmp_path)
    before = [p.read_bytes() for p in index_files(stem)]
    for path in index_files(stem):
        path.chmod(0o444)
    with opened_point_index(stem, "t1") as (index, _), opened_point_index(stem, "t1") as (two, _):
        assert index.intersection_v(np.zeros((1, 3)), np.full((1, 3), 1e4))[1][0] == 5000
        assert two.intersection_v(np.zeros((1, 3)), np.full((1, 3), 1e4))[1][0] == 5000
    assert [p.read_bytes() for p in index_files(stem)] == before
    again = written(tmp_path / "again")
    assert [p.read_bytes() for p in index_files(again)] == before


def test_an_index_without_points_opens(tmp_path: Path) -> None:
    """No located deal is no error."""
    with opened_point_index(written(tmp_path, 0), "t1") as (_, about):
        assert about["points"] == 0


def test_a_stale_index_is_refused(tmp_path: Path) -> None:
    """An index of another table says so and what to do."""
    with (
        pytest.raises(InputError, match=r"stale.*landwatch run"),
        opened_point_index(written(tmp_path), "t2"),
    ):
        pass


@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_lost_file_is_named(tmp_path: Path, position: int) -> None:
    """Each of the three files is missed by name."""
    stem = written(tmp_path)
    lost = index_files(stem)[position]
    lost.unlink()
    with pytest.raises(InputError, match=lost.name), opened_point_index(stem, "t1"):
        pass


@pytest.mark.parametrize("position", [0, 1])
def test_a_changed_page_is_refused(tmp_path: Path, position: int) -> None:
    """One flipped byte, and the index is not used."""
    stem = written(tmp_path)
    path = index_files(stem)[position]
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(InputError, match="not those"), opened_point_index(stem, "t1"):
        pass


@pytest.mark.parametrize("text", ["", "[]", "{}", json.dumps({"format": 1})])
def test_a_damaged_description_is_refused(tmp_path: Path, text: str) -> None:
    """What is not a description is told apart from a stale one."""
    stem = written(tmp_path)
    index_files(stem)[2].write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="does not describe"), opened_point_index(stem, "t1"):
        pass
