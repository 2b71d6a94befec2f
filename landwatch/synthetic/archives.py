"""Zips that depend on nothing but their content."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from landwatch.schemas.storage import whole_file

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_LEVEL: Final = 6


def write_bytes(path: Path, content: bytes) -> Path:
    """Write a file, whole or not at all.

    Parameters
    ----------
    path : pathlib.Path
        Where to; folders are made.
    content : bytes
        The file.

    Returns
    -------
    pathlib.Path
        The path.
    """
    with whole_file(path) as draft:
        draft.write_bytes(content)
    return path


def write_zip(path: Path, members: Mapping[str, bytes]) -> Path:
    """Write a zip whose bytes depend on the members' names and contents alone.

    Parameters
    ----------
    path : pathlib.Path
        Where to; folders are made.
    members : mapping of str to bytes
        Contents by member name, kept in this order.

    Returns
    -------
    pathlib.Path
        The path.
    """
    with whole_file(path) as draft, zipfile.ZipFile(draft, "w") as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, date_time=_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, compresslevel=_LEVEL)
    return path
