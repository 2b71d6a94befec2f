"""What was fetched, from where, when and with which hash: ``manifest.csv`` beside the files."""

import csv
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from landwatch.schemas.storage import whole_file
from landwatch.sources.archives import MANIFEST
from landwatch.vocabulary.errors import InputError


@dataclass(frozen=True, slots=True)
class Fetched:
    """One file as it was fetched.

    Attributes
    ----------
    file, url : str
        Name and address.
    fetched_at : str
        ISO 8601, Taipei.
    bytes : str
        Size.
    sha256 : str
        Hexadecimal hash of the file that is kept.
    etag, last_modified : str
        As the server told; empty where it did not.
    seen_sha256, seen_at : str
        Hash of another file that was later found under the address, and when; empty where none
        was. That file is not kept.
    """

    file: str
    url: str
    fetched_at: str
    bytes: str
    sha256: str
    etag: str = ""
    last_modified: str = ""
    seen_sha256: str = ""
    seen_at: str = ""


def read_manifest(folder: Path) -> dict[str, Fetched]:
    """Read the manifest of a folder.

    Parameters
    ----------
    folder : pathlib.Path
        Folder of a source.

    Returns
    -------
    dict of str to Fetched
        By file name; empty where there is none.

    Raises
    ------
    InputError
        If the manifest is not one.
    """
    path = folder / MANIFEST
    if not path.exists():
        return {}
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = [Fetched(**row) for row in csv.DictReader(stream)]
    except (TypeError, UnicodeDecodeError, csv.Error) as error:
        names = ", ".join(f.name for f in fields(Fetched))
        raise InputError(
            f"{path}: expected the columns {names}, found something else ({error}). Restore it, "
            "or move it away: the files beside it are then compared with the publisher's again."
        ) from error
    return {row.file: row for row in rows}


def write_manifest(folder: Path, fetched: dict[str, Fetched]) -> None:
    """Write the manifest of a folder, whole or not at all.

    Parameters
    ----------
    folder : pathlib.Path
        Folder of a source.
    fetched : dict of str to Fetched
        By file name.
    """
    with (
        whole_file(folder / MANIFEST) as draft,
        draft.open("w", encoding="utf-8", newline="") as stream,
    ):
        writer = csv.DictWriter(stream, [f.name for f in fields(Fetched)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(fetched[name]) for name in sorted(fetched))
