"""Points on disk in an R-tree, kept whole, opened again without building, refused when stale."""

import contextlib
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from rtree import index as rtree_index

from landwatch.schemas.storage import whole_file
from landwatch.vocabulary.errors import InputError

SUFFIXES: Final = (".idx", ".dat", ".index.json")
"""Endings of the three files of an index; the last is written last."""

FORMAT: Final = 1
_PAGE_BYTES: Final = 4096
_ENTRIES_A_PAGE: Final = 66
_FILL: Final = 0.99


def index_files(stem: Path) -> tuple[Path, Path, Path]:
    """Return the files of an index.

    Parameters
    ----------
    stem : pathlib.Path
        Path without ending.

    Returns
    -------
    tuple of pathlib.Path
        Page table, pages, description.
    """
    first, second, third = (stem.with_name(stem.name + suffix) for suffix in SUFFIXES)
    return first, second, third


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    str
        Hexadecimal.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_point_index(
    stem: Path,
    points: npt.NDArray[np.float64],
    ids: npt.NDArray[np.int64],
    *,
    table_hash: str,
    scales: dict[str, float],
) -> None:
    """Write an R-tree of points, bulk-loaded, and what it was made from.

    Parameters
    ----------
    stem : pathlib.Path
        Path without ending, see `index_files`.
    points : ndarray of float64, shape (n, d)
        Coordinates; equal input gives equal bytes.
    ids : ndarray of int64, shape (n,)
        What a search returns.
    table_hash : str
        Hash of the table the points come from; `opened_point_index` asks for the same.
    scales : dict of str to float
        Units of the axes and limits of the rows taken in.
    """
    first, second, third = index_files(stem)
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / "points"
        arrays = (ids, points, points)
        made = rtree_index.Index(
            str(draft), *([arrays] if len(ids) else []), properties=_properties(points.shape[1])
        )
        made.close()
        files = (draft.with_suffix(".idx"), draft.with_suffix(".dat"))
        about = {
            "format": FORMAT,
            "table_sha256": table_hash,
            "points": len(ids),
            "dimension": points.shape[1],
            "scales": scales,
            "pages_sha256": [file_hash(path) for path in files],
        }
        for source, target in zip(files, (first, second), strict=True):
            with whole_file(target) as part:
                shutil.copyfile(source, part)
        with whole_file(third) as part:
            part.write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


def index_description(stem: Path, table_hash: str) -> dict[str, Any]:
    """Return what an index was made from, after checking that it is whole and not stale.

    Parameters
    ----------
    stem : pathlib.Path
        Path without ending.
    table_hash : str
        Hash of the table at hand.

    Returns
    -------
    dict
        ``points``, ``dimension``, ``scales`` and hashes.

    Raises
    ------
    InputError
        If a file is missing or changed, or the index belongs to another table.
    """
    *pages, third = index_files(stem)
    again = "Run the study again: landwatch run STUDY."
    if lost := [p.name for p in (*pages, third) if not p.is_file()]:
        raise InputError(
            f"{stem}: expected an index of located deals; no {', '.join(lost)}. {again}"
        )
    try:
        about = dict(json.loads(third.read_text(encoding="utf-8")))
        found = (about["format"], about["table_sha256"], about["pages_sha256"])
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{third}: does not describe an index ({error!r}). {again}") from error
    if found[:2] != (FORMAT, table_hash):
        raise InputError(
            f"{stem}: the index is stale: it was made from table {str(found[1])[:12]}… in format "
            f"{found[0]}, the table at hand is {table_hash[:12]}… and the format {FORMAT}. {again}"
        )
    if found[2] != [file_hash(path) for path in pages]:
        raise InputError(
            f"{stem}: the pages of the index are not those it was written with. {again}"
        )
    return about


@contextlib.contextmanager
def opened_point_index(stem: Path, table_hash: str) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Open an index for searching.

    Parameters
    ----------
    stem : pathlib.Path
        Path without ending.
    table_hash : str
        Hash of the table at hand.

    Yields
    ------
    tuple of (rtree.index.Index, dict)
        The index and its description.

    Raises
    ------
    InputError
        See `index_description`.

    Notes
    -----
    libspatialindex opens files for writing and changes their header when it closes them. So the
    files are opened as a copy: published ones stay as they are, in read-only folders too, and any
    number of readers may search at once.
    """
    about = index_description(stem, table_hash)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "points"
        for source, suffix in zip(index_files(stem), (".idx", ".dat"), strict=False):
            shutil.copyfile(source, copy.with_suffix(suffix))
        opened = rtree_index.Index(str(copy), properties=_properties(about["dimension"]))
        try:
            yield opened, about
        finally:
            opened.close()


def _properties(dimension: int) -> Any:
    return rtree_index.Property(
        dimension=dimension,
        pagesize=_PAGE_BYTES,
        leaf_capacity=_ENTRIES_A_PAGE,
        index_capacity=_ENTRIES_A_PAGE,
        fill_factor=_FILL,
    )
