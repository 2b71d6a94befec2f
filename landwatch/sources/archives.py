"""Files as they were published: folders, zips and single files opened as one list of members."""

import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from landwatch.vocabulary.errors import InputError

MAX_MEMBERS: Final = 10_000
MAX_MEMBER_BYTES: Final = 2 * 1024**3
MAX_RATIO: Final = 200
"""A member that unpacks to more than this many times its size is refused."""

HEAD_BYTES: Final = 8192
"""How much of a file is looked at to tell what it is."""

MANIFEST: Final = "manifest.csv"
"""Record of what was fetched into a folder; no published file."""

_FREE_BYTES: Final = 10 * 1024**2


@dataclass(frozen=True, slots=True)
class Member:
    """One published file, wherever it was packed.

    Attributes
    ----------
    source_file : str
        Path below the input, members of a zip written ``archive.zip/member.csv``.
    content : bytes
        The file, unpacked, otherwise untouched.
    origin : pathlib.Path or None
        The file on disk: the archive, or the file itself.
    """

    source_file: str
    content: bytes
    origin: Path | None = None

    @property
    def name(self) -> str:
        """Return the file's own name."""
        return self.source_file.rsplit("/", 1)[-1]

    @property
    def sha256(self) -> str:
        """Return the hexadecimal SHA-256 of the content."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def head(self) -> str:
        """Return the beginning of the file as text, for telling formats apart."""
        return self.content[:HEAD_BYTES].decode("utf-8-sig", errors="replace")


def published_files(path: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """List the files of an input in a stable order.

    Parameters
    ----------
    path : pathlib.Path
        A file, or a folder searched at every depth.
    suffixes : tuple of str
        Lower-case endings that belong to the input, such as ``(".zip", ".csv")``.

    Returns
    -------
    list of pathlib.Path
        Files ordered by path.

    Raises
    ------
    InputError
        If the path does not exist or holds no such file.
    """
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise InputError(f"{path}: expected a file or a folder, found nothing. Correct the path.")
    named = (p for p in path.rglob("*") if p.suffix.lower() in suffixes and p.name != MANIFEST)
    found = sorted(p for p in named if p.is_file())
    if not found:
        raise InputError(
            f"{path}: expected files ending in {', '.join(suffixes)}, found none. "
            "Correct the path or remove the input from the study."
        )
    return found


def read_members(path: Path, label: str) -> Iterator[Member]:
    """Yield the files packed in a path, one by one.

    Parameters
    ----------
    path : pathlib.Path
        A zip (its members are yielded) or any other file (it is yielded itself, ``.gz`` unpacked).
    label : str
        The name to give the file in ledgers, with ``/`` between its parts.

    Yields
    ------
    Member
        In the archive's order; a name that repeats in one zip gets ``#2``, ``#3``, … at its end.

    Raises
    ------
    InputError
        If the zip is damaged, encrypted or unsafe to unpack.
    """
    if path.suffix.lower() != ".zip":
        yield Member(label, _plain(path), path)
        return
    try:
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
            entries = [e for e in archive.infolist() if not e.is_dir()]
            if len(entries) > MAX_MEMBERS:
                raise InputError(
                    f"{path}: expected at most {MAX_MEMBERS} files in one zip, "
                    f"found {len(entries)}. Split it."
                )
            times: dict[str, int] = {}
            for entry in entries:
                times[entry.filename] = times.get(entry.filename, 0) + 1
                again = f"#{times[entry.filename]}" if times[entry.filename] > 1 else ""
                name = f"{label}/{entry.filename}{again}"
                yield Member(name, _unpacked(archive, entry, path), path)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise InputError(
            f"{path}: expected a whole, unencrypted zip, found a damaged or unreadable one "
            f"({error}). Download it again or remove it."
        ) from error


def _plain(path: Path) -> bytes:
    if path.suffix.lower() != ".gz":
        return path.read_bytes()
    limit = max(_FREE_BYTES, min(MAX_MEMBER_BYTES, path.stat().st_size * MAX_RATIO))
    try:
        with gzip.open(path) as stream:
            content = stream.read(limit + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(
            f"{path}: expected a whole gzip file, found a damaged one ({error}). Download it again."
        ) from error
    if len(content) > limit:
        raise InputError(
            f"{path}: unpacks to more than {limit:,} bytes; at most {MAX_RATIO} times the packed "
            "size are accepted. Check where the file came from."
        )
    return content


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> bytes:
    ratio = entry.file_size / max(entry.compress_size, 1)
    if entry.file_size > MAX_MEMBER_BYTES or (entry.file_size > _FREE_BYTES and ratio > MAX_RATIO):
        raise InputError(
            f"{path}: {entry.filename} unpacks to {entry.file_size:,} bytes, {ratio:.0f} times "
            f"its packed size; at most {MAX_MEMBER_BYTES:,} bytes and {MAX_RATIO} times are "
            "accepted. Check where the file came from."
        )
    with archive.open(entry) as stream:
        content = stream.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise InputError(
            f"{path}: {entry.filename} should unpack to {entry.file_size:,} bytes and does not. "
            "Download the zip again."
        )
    return content


def beside(member: Member, suffixes: tuple[str, ...]) -> dict[str, bytes]:
    """Return the files that belong to a file: its name, other endings, in the same place.

    Parameters
    ----------
    member : Member
        A file on disk or in a zip.
    suffixes : tuple of str
        Lower-case endings looked for.

    Returns
    -------
    dict of str to bytes
        Contents by ending, of those that are there.

    Raises
    ------
    InputError
        If one is unsafe to unpack.
    """
    if member.origin is None:
        return {}
    if member.origin.suffix.lower() != ".zip":
        return {p.suffix.lower(): p.read_bytes() for p in companions(member.origin, suffixes)}
    found: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(member.origin.read_bytes())) as archive:
        entries = {e.filename: e for e in archive.infolist() if not e.is_dir()}
        own = max((n for n in entries if f"/{member.source_file}".endswith(f"/{n}")), key=len)
        stem = own.rsplit(".", 1)[0].lower()
        for name, entry in entries.items():
            base, _, ending = name.lower().rpartition(".")
            if base == stem and f".{ending}" in suffixes:
                found[f".{ending}"] = _unpacked(archive, entry, member.origin)
    return found


def companions(path: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """List the files that lie beside a file under its name with other endings.

    Parameters
    ----------
    path : pathlib.Path
        A file on disk.
    suffixes : tuple of str
        Lower-case endings looked for.

    Returns
    -------
    list of pathlib.Path
        Ordered by path.
    """
    same = (p for p in path.parent.iterdir() if p.stem.lower() == path.stem.lower())
    return sorted(p for p in same if p.suffix.lower() in suffixes and p.is_file())
