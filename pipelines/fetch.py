"""From a source's name to whole files with their hashes under ``data/raw``."""

import datetime as dt
import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import geopandas as gpd
import shapely

from landwatch.sources.boundaries import embedded_towns
from landwatch.sources.downloads import (
    Download,
    downloads,
    downloads_at,
    period_of,
    points_every,
)
from landwatch.sources.fetch import Client, fetch_file, keep, mirrored, polite_client
from landwatch.sources.manifest import Fetched, read_manifest, write_manifest
from landwatch.sources.transfer import Manners, forget
from landwatch.vocabulary.crs import TWD97_TM2, WGS84
from landwatch.vocabulary.errors import ChangedFileError, FetchError, OfflineError, StudyError
from landwatch.vocabulary.text import spelled
from pipelines.study_run import held_folder

RAW: Final = Path("data") / "raw"
SPACING_M: Final = 5_000.0
"""Distance of places at which a service by place is asked; its circles of 4 km then overlap."""

SAMPLE_SIZE: Final = 50
"""From this many entries on, a reply of such a service may be a sample."""

_TAIPEI: Final = dt.timezone(dt.timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class FetchReport:
    """What was fetched.

    Attributes
    ----------
    folder : pathlib.Path
        Where the files lie.
    new, unchanged : tuple of str
        Files that arrived, and files that were there already.
    notes : tuple of str
        What a user of the files should know.
    """

    folder: Path
    new: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be fetched, and from where.

    Attributes
    ----------
    source : str
        A name of the registry ``downloads.csv``.
    start, end : str or None
        First and last season, month, year or era.
    counties : tuple of str
        Names of counties, for a source that answers by place.
    base_url : str or None
        A mirror with the same paths.
    only_missing : bool
        Do not ask again for files that are recorded and whole.
    """

    source: str
    start: str | None = None
    end: str | None = None
    counties: tuple[str, ...] = ()
    base_url: str | None = None
    only_missing: bool = False


@dataclass(slots=True)
class _Run:
    folder: Path
    order: Order
    manners: Manners
    progress: Callable[[str, int, int | None], None]
    recorded: dict[str, Fetched]
    new: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def fetch_source(
    order: Order,
    workspace: Path,
    *,
    manners: Manners | None = None,
    progress: Callable[[str, int, int | None], None] = lambda _name, _done, _total: None,
) -> FetchReport:
    """Fetch the files of a source into ``data/raw/<source>`` of a workspace.

    Parameters
    ----------
    order : Order
        What to fetch.
    workspace : pathlib.Path
        Folder of the study.
    manners : Manners or None, optional
        How often and how fast servers are asked.
    progress : callable, optional
        ``progress(file, done, total)`` [bytes].

    Returns
    -------
    FetchReport
        Every file is under its name and in ``manifest.csv``.

    Raises
    ------
    StudyError
        If source, period, county or mirror is none.
    ChangedFileError
        If a file fetched before is another one now; the old is kept and both hashes are recorded.
    FetchError
        If some files could not be fetched; the others are kept.
    """
    wanted = _wanted(order)
    folder = workspace / RAW / order.source
    manners = manners or Manners()
    with polite_client(order.base_url, manners) as client, held_folder(folder):
        run = _Run(folder, order, manners, progress, read_manifest(folder))
        for position, download in enumerate(wanted):
            began = time.monotonic()
            try:
                asked = _fetched(client, download, run)
            except (OfflineError, ChangedFileError):
                raise
            except FetchError as error:
                run.failures.append(str(error))
                asked = True
            if asked and position + 1 < len(wanted):
                time.sleep(max(0.0, manners.interval_s - (time.monotonic() - began)))
    if run.failures:
        told = "\n".join(f"  - {failure}" for failure in run.failures)
        raise FetchError(
            f"{len(run.failures)} of {len(wanted)} files could not be fetched "
            f"({len(run.new)} new, {len(run.unchanged)} unchanged are kept in {folder}):\n{told}"
        )
    return FetchReport(folder, tuple(run.new), tuple(run.unchanged), _notes(run))


def _wanted(order: Order) -> list[Download]:
    today = dt.datetime.now(_TAIPEI).date()
    if period_of(order.source) != "point":
        if order.counties:
            raise StudyError(
                f"{order.source} is published for all counties together: leave --county out; the "
                "study keeps what it needs."
            )
        return downloads(order.source, order.start, order.end, today=today)
    if order.start or order.end:
        raise StudyError(f"{order.source} has no periods; leave --from and --to out.")
    return downloads_at(order.source, _places(order.counties), today=today)


def _places(counties: Sequence[str]) -> list[tuple[float, float]]:
    places, shapes = embedded_towns()
    towns = places.towns.to_pandas()
    known = dict.fromkeys(towns["county_name"])
    named = {spelled(name) for name in counties}
    if not named or (unknown := sorted(named - set(known))):
        found = ", ".join(unknown) if named else "none"
        raise StudyError(
            f"--county: expected one or more of {', '.join(known)}; found {found}. The service is "
            "asked place by place."
        )
    codes = towns.loc[towns["county_name"].isin(named), "town_code"]
    area = shapes[shapes["town_code"].isin(codes)].to_crs(TWD97_TM2).union_all()
    inside = shapely.prepared.prep(area.buffer(SPACING_M / 2))
    points = [
        p for p in points_every(SPACING_M, area.bounds) if inside.intersects(shapely.Point(p))
    ]
    degrees = gpd.GeoSeries(shapely.points(points), crs=TWD97_TM2).to_crs(WGS84)
    return list(zip(degrees.x, degrees.y, strict=True))


def _fetched(client: Client, download: Download, run: _Run) -> bool:
    """Fetch one file; tell whether the server was asked."""
    target = run.folder / download.file
    record = run.recorded.get(download.file)
    at_hand = _sha256(target) if target.is_file() else None
    whole = record is not None and at_hand == record.sha256
    if run.order.only_missing and whole:
        run.unchanged.append(download.file)
        return False
    known = (record.etag, record.last_modified) if record and whole else ("", "")
    there = replace(download, url=mirrored(download.url, run.order.base_url))
    arrived = fetch_file(
        client,
        there,
        target,
        known=known,
        manners=run.manners,
        progress=lambda done, total: run.progress(download.file, done, total),
    )
    if arrived is None or (whole and record and arrived.sha256 == record.sha256):
        forget(target.with_name(target.name + ".part"))
        run.unchanged.append(download.file)
        return True
    before = record.sha256 if record else at_hand
    if before is not None and arrived.sha256 != before:
        _note_change(run, download, record, before, arrived.sha256)
        forget(arrived.part)
        raise _changed(target, before, arrived.sha256, there.url)
    size = arrived.part.stat().st_size
    keep(arrived, target)
    run.recorded[download.file] = Fetched(
        download.file,
        there.url,
        _now(),
        str(size),
        arrived.sha256,
        arrived.etag,
        arrived.last_modified,
    )
    write_manifest(run.folder, run.recorded)
    run.new.append(download.file)
    return True


def _note_change(
    run: _Run, download: Download, record: Fetched | None, before: str, now: str
) -> None:
    target = run.folder / download.file
    size = str(target.stat().st_size) if target.is_file() else ""
    known = record or Fetched(download.file, "", "", size, before)
    run.recorded[download.file] = replace(known, seen_sha256=now, seen_at=_now())
    write_manifest(run.folder, run.recorded)


def _changed(target: Path, before: str, now: str, url: str) -> ChangedFileError:
    return ChangedFileError(
        f"{target.name}: 來源檔案已被更換 the publisher's file is another one now.\n"
        f"  原有 at hand   sha256 {before}\n  現在 published sha256 {now}\n"
        f"The old one is kept ({target}) and both hashes are in manifest.csv. To take the new one, "
        f"move the old away, remove its line from manifest.csv and fetch again from {url}."
    )


def _notes(run: _Run) -> tuple[str, ...]:
    if period_of(run.order.source) != "point":
        return ()
    full = [
        name
        for name in (*run.new, *run.unchanged)
        if len(json.loads((run.folder / name).read_bytes())) >= SAMPLE_SIZE
    ]
    if not full:
        return ()
    return (
        f"{len(full)} 個回覆可能只是抽樣 replies hold {SAMPLE_SIZE} entries or more and may be a "
        f"random sample: {', '.join(full[:5])}",
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _now() -> str:
    return dt.datetime.now(_TAIPEI).isoformat(timespec="seconds")
