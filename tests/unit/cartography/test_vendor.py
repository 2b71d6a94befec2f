"""The vendored library."""

import io
import tarfile
from pathlib import Path

import pytest

from landwatch.cartography import vendor
from landwatch.cartography.vendor import (
    LEAFLET_FILES,
    read_asset,
    standardise_script,
    standardise_style,
    write_vendored,
)
from landwatch.vocabulary.errors import InputError


def test_vendored_files_are_the_reviewed_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes agree; a changed file is refused."""
    assert "Leaflet 1.9.4" in read_asset("leaflet.js")
    assert "BSD 2-Clause" in read_asset("LEAFLET-LICENSE")
    monkeypatch.setitem(vendor.LEAFLET_SHA256, "leaflet.css", "0" * 64)
    with pytest.raises(InputError, match="sha256"):
        read_asset("leaflet.css")


def test_no_asset_loads_a_file() -> None:
    """No style has url(), import or font-face; no script points to a source map."""
    for name in ("leaflet.css", "theme.css"):
        style = read_asset(name)
        assert not any(word in style for word in ("url(", "@import", "@font-face")), name
    for name in ("leaflet.js", "theme.js", "map.js", "start.js"):
        assert "sourceMappingURL" not in read_asset(name)


def test_our_scripts_never_parse_markup_or_code() -> None:
    """Texts enter through text nodes only."""
    for name in ("theme.js", "map.js", "start.js"):
        script = read_asset(name)
        for word in (
            "innerHTML",
            "outerHTML",
            "insertAdjacent",
            "document.write",
            "eval(",
            "fetch(",
        ):
            assert word not in script, (name, word)


def test_trimming_removes_what_loads_and_keeps_the_rest() -> None:
    """Declarations with url() go, rules stay."""
    css = ".a {\n\tbackground-image: url(images/x.png);\n\twidth: 3px;\n}\n"
    assert standardise_style(css) == ".a {\n\twidth: 3px;\n}\n"
    assert standardise_script("a;\n//# sourceMappingURL=a.map") == "a;\n"


def test_an_archive_is_trimmed_and_hashed(tmp_path: Path) -> None:
    """All three files of an archive are written, and the hashes are returned."""
    archive = tmp_path / "leaflet.tgz"
    with tarfile.open(archive, "w:gz") as tar:
        for member in LEAFLET_FILES.values():
            info = tarfile.TarInfo(member)
            info.size = 3
            tar.addfile(info, io.BytesIO(b"abc"))
    hashes = write_vendored(archive, tmp_path)
    assert set(hashes) == set(LEAFLET_FILES)
    assert (tmp_path / "leaflet.js").read_text() == "abc"
