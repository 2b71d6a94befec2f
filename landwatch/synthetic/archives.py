"""Files written whole or not at all, and zips that depend on nothing but their content."""

import io
import os
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_LEVEL: Final = 6


def write_whole(path: Path, content: bytes) -> Path:
    """Write a file so that no reader ever sees a part of it.

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
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(0o644)
        os.replace(name, path)  # noqa: PTH105
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
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
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, date_time=_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, compresslevel=_LEVEL)
    return write_whole(path, buffer.getvalue())
