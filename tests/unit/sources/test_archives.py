"""Zips as they are published, and as they should not be."""

import zipfile
from pathlib import Path

import pytest

from landwatch.sources.archives import published_files, read_members
from landwatch.vocabulary.errors import InputError


def test_members_carry_the_archive_in_their_name(tmp_path: Path) -> None:
    """A member is named archive/member and comes out byte for byte."""
    path = tmp_path / "rent_c.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("v_lvr_land_c.csv", "abc")
    (member,) = read_members(path, "lvr/rent_c.zip")
    assert (member.source_file, member.name) == ("lvr/rent_c.zip/v_lvr_land_c.csv", member.name)
    assert member.content == b"abc"
    assert member.sha256.startswith("ba7816bf")


@pytest.mark.parametrize("keep", [10, 60, 100])
def test_a_truncated_zip_is_told_in_one_message(tmp_path: Path, keep: int) -> None:
    """Wherever a download stopped, the message names the file and what to do."""
    path = tmp_path / "cut.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("v_lvr_land_a.csv", "abc" * 100)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(InputError, match=r"cut\.zip.*damaged.*Download it again"):
        list(read_members(path, "cut.zip"))


def test_a_flipped_byte_is_noticed(tmp_path: Path) -> None:
    """A member whose checksum does not fit is not read."""
    path = tmp_path / "flipped.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("v_lvr_land_a.csv", "abc" * 100)
    content = bytearray(path.read_bytes())
    content[60] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(InputError, match="damaged"):
        list(read_members(path, "flipped.zip"))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    """A member that unpacks to far more than its size is refused by name."""
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("v_lvr_land_a.csv", b"0" * (20 * 1024**2))
    with pytest.raises(InputError, match="times"):
        list(read_members(path, "bomb.zip"))


def test_an_html_page_saved_as_zip_is_told(tmp_path: Path) -> None:
    """An error page under a zip's name is a damaged zip."""
    path = tmp_path / "page.zip"
    path.write_text("<html>503</html>")
    with pytest.raises(InputError, match="whole, unencrypted zip"):
        list(read_members(path, "page.zip"))


def test_a_path_without_files_is_told(tmp_path: Path) -> None:
    """An input that does not exist, or holds nothing of its kind, names itself."""
    with pytest.raises(InputError, match="found nothing"):
        published_files(tmp_path / "absent", (".zip",))
    with pytest.raises(InputError, match="found none"):
        published_files(tmp_path, (".zip",))
