"""Whether a file that arrived is what it should be, whatever the server called it."""

import json
import zipfile
from pathlib import Path

from landwatch.sources.downloads import Download
from landwatch.vocabulary.errors import FetchError


def check_kind(part: Path, download: Download) -> None:
    """Check that a whole file is of its kind.

    Parameters
    ----------
    part : pathlib.Path
        The file.
    download : Download
        What was asked for.

    Raises
    ------
    FetchError
        If it is empty, a web page, another kind or damaged.
    """
    with part.open("rb") as stream:
        head = stream.read(512).lstrip(b"\xef\xbb\xbf \t\r\n")
    found = "a web page" if head[:1] == b"<" else "something else"
    checks = {"zip": _is_zip, "json": _is_json, "csv": _is_csv}
    if not head:
        found = "nothing"
    if not head or head[:1] == b"<" or not checks[download.kind](part, head):
        raise FetchError(
            f"{download.url}: 檔案內容不符 expected a whole {download.kind} file, found {found} "
            f"(begins {head[:40]!r}). Nothing was kept; try again later."
        )


def _is_zip(part: Path, head: bytes) -> bool:
    try:
        with zipfile.ZipFile(part) as archive:
            return head.startswith(b"PK") and bool(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def _is_json(part: Path, head: bytes) -> bool:
    try:
        return head[:1] in b"[{" and json.loads(part.read_bytes()) is not None
    except (ValueError, RecursionError):
        return False


def _is_csv(part: Path, head: bytes) -> bool:
    del part
    first = head.split(b"\n", 1)[0]
    return head[:1] not in b"{[" and not head.startswith(b"PK") and b"," in first + head
