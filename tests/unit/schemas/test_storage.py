"""Files under their final name are whole."""

from pathlib import Path

import polars as pl
import pytest

from landwatch.schemas.storage import whole_file, write_csv


def test_a_failed_write_leaves_the_old_file_and_no_rest(tmp_path: Path) -> None:
    """The earlier content stays, the draft goes."""
    path = tmp_path / "effects.csv"
    path.write_text("old")

    def failing() -> None:
        with whole_file(path) as draft:
            draft.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        failing()
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["effects.csv"]


@pytest.mark.parametrize("text", ["=1+1", "+x", "-x", "@x", "\tx", "＝1", '=HYPERLINK("x")'])
def test_text_a_spreadsheet_would_run_is_made_harmless(tmp_path: Path, text: str) -> None:
    """A leading apostrophe; numbers, negative ones too, are untouched."""
    write_csv(pl.DataFrame({"name": [text], "n": [-1.5]}), tmp_path / "t.csv")
    back = pl.read_csv(tmp_path / "t.csv")
    assert back.row(0) == ("'" + text, -1.5)
