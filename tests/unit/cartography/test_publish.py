"""A site is published whole or not at all."""

from pathlib import Path

import pytest

from landwatch.cartography import publish
from landwatch.cartography.publish import published_folder
from landwatch.vocabulary.errors import InputError, LandwatchError


def _publish_half(target: Path) -> None:
    with published_folder(target) as folder:
        (folder / "index.html").write_text("half")
        (folder / "nul\0").write_text("never written")


def _publish(target: Path, text: str) -> None:
    with published_folder(target) as folder:
        (folder / "index.html").write_text(text)


@pytest.mark.parametrize("exchange", [True, False])
def test_a_site_replaces_the_earlier_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchange: bool
) -> None:
    """With and without the exchange of the system the new site stands and nothing else is left."""
    if not exchange:
        monkeypatch.setattr(publish, "_exchange", lambda *_: False)
    target = tmp_path / "deep" / "site"
    for text in ("one", "two"):
        _publish(target, text)
        assert (target / "index.html").read_text() == text
        assert [path.name for path in target.parent.iterdir()] == ["site"]


def test_a_failed_build_leaves_the_earlier_site(tmp_path: Path) -> None:
    """An error halfway removes the new folder and keeps the old one."""
    target = tmp_path / "site"
    _publish(target, "one")
    with pytest.raises(ValueError, match="embedded null"):
        _publish_half(target)
    assert (target / "index.html").read_text() == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_disk_that_refuses_is_reported(tmp_path: Path) -> None:
    """No space is said in Chinese and English, and the earlier site stays."""
    target = tmp_path / "site"
    _publish(target, "one")
    with pytest.raises(LandwatchError, match=r"原有網站未更動.*No space"), published_folder(target):
        raise OSError(28, "No space left on device")
    assert (target / "index.html").read_text() == "one"


def test_a_folder_of_someone_else_is_not_replaced(tmp_path: Path) -> None:
    """A folder without the marker, or a file, is refused and stays as it is."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep")
    (tmp_path / "file").write_text("keep")
    for name in ("mine", "file"):
        with pytest.raises(InputError, match="不予覆蓋"):
            _publish(tmp_path / name, "one")
    assert (tmp_path / "mine" / "letter.txt").read_text() == "keep"


def test_a_build_killed_between_two_renames_is_mended(tmp_path: Path) -> None:
    """A site left under its second name is put back before the next build starts."""
    target = tmp_path / "site"
    _publish(target, "one")
    target.rename(tmp_path / ".site.previous")
    (tmp_path / ".site.building").mkdir()
    with pytest.raises(InputError, match="stop"), published_folder(target):
        raise InputError("stop")
    assert (target / "index.html").read_text() == "one"
