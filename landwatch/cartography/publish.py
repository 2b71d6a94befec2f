"""Publish a folder whole or not at all."""

import ctypes
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from landwatch.vocabulary.errors import InputError, LandwatchError

MARKER = ".landwatch-site"
_EXCHANGE = 2
_AT_FDCWD = -100


@contextmanager
def published_folder(target: Path) -> Iterator[Path]:
    """Build a folder beside ``target`` and switch it in when the block ends well.

    Parameters
    ----------
    target : Path
        Folder to publish; an earlier site there is replaced, anything else is refused.

    Yields
    ------
    Path
        Empty folder to write into, on the same file system.

    Raises
    ------
    InputError
        If ``target`` exists and is not a site made here.
    LandwatchError
        If the disk refuses; the earlier site is left as it was and the new one removed.
    """
    target = Path(os.path.abspath(target))  # noqa: PTH100 - resolve() would follow a symlink
    building = target.with_name(f".{target.name}.building")
    previous = target.with_name(f".{target.name}.previous")
    _check_replaceable(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if previous.exists() and not target.exists():
            previous.rename(target)
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir()
        (building / MARKER).touch()
        yield building
        _switch(building, target, previous)
    except OSError as error:
        raise LandwatchError(
            f"無法寫入網站資料夾 {target}：{error.strerror}；原有網站未更動。 / cannot write the "
            f"site to {target}: {error}; the earlier site is untouched. Free space or choose "
            "another folder"
        ) from error
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _check_replaceable(target: Path) -> None:
    if not target.exists():
        return
    if not target.is_dir() or (any(target.iterdir()) and not (target / MARKER).exists()):
        raise InputError(
            f"{target} 不是本程式製作的網站，不予覆蓋。 / {target} is not a site made by this "
            "program and is not overwritten: choose another folder"
        )


def _switch(building: Path, target: Path, previous: Path) -> None:
    if not target.exists():
        building.rename(target)
        return
    if _exchange(building, target):
        return
    shutil.rmtree(previous, ignore_errors=True)
    target.rename(previous)
    building.rename(target)
    shutil.rmtree(previous, ignore_errors=True)


def _exchange(first: Path, second: Path) -> bool:
    """Swap two folders in one step where the system can; the caller falls back otherwise."""
    if not sys.platform.startswith("linux"):
        return False
    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "renameat2"):
        return False
    return bool(
        library.renameat2(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _EXCHANGE)
        == 0
    )
