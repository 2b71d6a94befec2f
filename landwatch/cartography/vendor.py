"""Leaflet as it is vendored: where it came from, under which licence, and how it was trimmed.

The files in ``assets/`` were taken from the npm registry (``npm pack leaflet@1.9.4``) and are kept
in the repository so that no page asks another host for anything. Two things are cut away and
nothing is added: declarations with ``url(...)`` in the style sheet (icons of markers and of the
layer switch, which are not drawn here) and the pointer to the source map at the end of the script.

To renew them: ``npm pack leaflet@VERSION``, set the constants, then
``python -m landwatch.cartography.vendor leaflet-VERSION.tgz``.
"""

import hashlib
import re
import sys
import tarfile
from importlib.resources import files
from pathlib import Path

from landwatch.vocabulary.errors import InputError

LEAFLET_VERSION = "1.9.4"
LEAFLET_LICENCE = "BSD-2-Clause"
LEAFLET_FILES = {
    "leaflet.js": "package/dist/leaflet.js",
    "leaflet.css": "package/dist/leaflet.css",
    "LEAFLET-LICENSE": "package/LICENSE",
}
LEAFLET_SHA256 = {
    "leaflet.js": "dc71f8a6880bc3ca1bd9fa8dc5f1af48c702dc510b0a78240a07c5feed7ce935",
    "leaflet.css": "00598993cabf4343436ef2ac322e937cac05fb57bc4a3cc7efe6c067dc8d414e",
    "LEAFLET-LICENSE": "53e8dc25862014e4324741ca18fbe3611e11d42ef69f59f86ea8c5389647d4cb",
}


def read_asset(name: str) -> str:
    """Read one file of ``assets/``; vendored files are checked against their hash.

    Parameters
    ----------
    name : str
        File name without folder.

    Returns
    -------
    str
        The text of the file.

    Raises
    ------
    InputError
        If a vendored file is not the one that was reviewed.
    """
    content = (files("landwatch.cartography") / "assets" / name).read_bytes()
    expected = LEAFLET_SHA256.get(name)
    found = hashlib.sha256(content).hexdigest()
    if expected is not None and found != expected:
        raise InputError(
            f"內附檔案 {name} 與審查過的版本不同 / vendored asset {name} has sha256 {found}, "
            f"expected {expected}: reinstall the package or rerun landwatch.cartography.vendor"
        )
    return content.decode("utf-8")


def standardise_style(css: str) -> str:
    """Drop every declaration that would load a file.

    Parameters
    ----------
    css : str
        Style sheet as published.

    Returns
    -------
    str
        The same rules without ``url(...)``.
    """
    return re.sub(r"[ \t]*[\w-]+:\s*url\([^)]*\)[^;]*;[ \t]*\n?", "", css)


def standardise_script(script: str) -> str:
    """Drop the pointer to the source map.

    Parameters
    ----------
    script : str
        Script as published.

    Returns
    -------
    str
        The same script without ``sourceMappingURL``.
    """
    return re.sub(r"\n?//# sourceMappingURL=\S+\s*\Z", "\n", script)


def write_vendored(archive: Path, folder: Path) -> dict[str, str]:
    """Trim the files of an npm archive of Leaflet and write them.

    Parameters
    ----------
    archive : Path
        ``leaflet-VERSION.tgz`` as made by ``npm pack``.
    folder : Path
        Where the trimmed files go.

    Returns
    -------
    dict of str to str
        File name to sha256 of what was written.

    Raises
    ------
    InputError
        If the archive does not hold a file that is needed.
    """
    hashes = {}
    with tarfile.open(archive) as tar:
        for name, member in LEAFLET_FILES.items():
            stream = tar.extractfile(member)
            if stream is None:
                raise InputError(f"expected {member} in {archive}, found no such file")
            text = stream.read().decode("utf-8")
            text = standardise_style(text) if name.endswith(".css") else standardise_script(text)
            content = text.encode("utf-8")
            (folder / name).write_bytes(content)
            hashes[name] = hashlib.sha256(content).hexdigest()
    return hashes


if __name__ == "__main__":
    for vendored, digest in write_vendored(
        Path(sys.argv[1]), Path(__file__).parent / "assets"
    ).items():
        sys.stdout.write(f"{vendored} {digest}\n")
