"""Where each source is published: addresses from the registry ``downloads.csv``, by period."""

import csv
import datetime as dt
import difflib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from landwatch.vocabulary.calendar import ROC_EPOCH
from landwatch.vocabulary.errors import StudyError

EXAMPLES: Final = {"season": "107S1", "month": "2021-03", "year": "2018", "era": "2010s"}
"""How a period is written on the command line."""

MAX_FILES: Final = 2_000
_PATTERNS: Final = {
    "season": re.compile(r"(1\d\d)S([1-4])", re.IGNORECASE),
    "month": re.compile(r"(20\d\d)-?(0[1-9]|1[0-2])"),
    "year": re.compile(r"((?:19|20)\d\d)"),
    "era": re.compile(r"((?:19|20)\d)0s"),
}
_STEPS: Final = {"season": 4, "month": 12, "year": 1, "era": 1}


@dataclass(frozen=True, slots=True)
class Download:
    """One file to fetch.

    Attributes
    ----------
    url : str
        Its official address.
    file : str
        Name under which it is kept.
    kind : str
        ``zip``, ``csv`` or ``json``: what it must turn out to be.
    """

    url: str
    file: str
    kind: str


def sources_to_fetch() -> list[str]:
    """Return the names of sources that have an address.

    Returns
    -------
    list of str
        In the order of the registry.

    Examples
    --------
    >>> "lvr" in sources_to_fetch(), "boundaries" in sources_to_fetch()
    (True, False)
    """
    return list(dict.fromkeys(row["source"] for row in _registry() if row["url"]))


def period_of(source: str) -> str:
    """Return how a source is published.

    Parameters
    ----------
    source : str
        Name in the registry.

    Returns
    -------
    str
        ``season``, ``month``, ``year``, ``era``, ``point`` (a place and a radius) or ``none``.

    Raises
    ------
    StudyError
        If there is no such source, or it has no address; the message names those that have, or
        the page where it is found.
    """
    rows = [row for row in _registry() if row["source"] == source]
    valid = ", ".join(sources_to_fetch())
    if not rows:
        close = difflib.get_close_matches(source, sources_to_fetch(), n=1)
        hint = f" Did you mean {close[0]}?" if close else ""
        raise StudyError(f"沒有這個來源 no source {source!r}; expected one of {valid}.{hint}")
    if not rows[0]["url"]:
        raise StudyError(
            f"{source} 沒有固定的下載網址 has no address to fetch from: {rows[0]['remark']}. "
            f"請由此取得 get it by hand from {rows[0]['page']}. Those with an address: {valid}."
        )
    return rows[0]["period"]


def downloads(source: str, start: str | None, end: str | None, *, today: dt.date) -> list[Download]:
    """List the files of a source from one period to another.

    Parameters
    ----------
    source : str
        A source by season, month, year or era, or without a period.
    start, end : str or None
        First and last period, see `EXAMPLES`; without `end` the first alone.
    today : datetime.date
        Periods that have not ended by then are refused.

    Returns
    -------
    list of Download
        In order of time.

    Raises
    ------
    StudyError
        If the source is unknown or a period is missing, malformed, in the wrong order, before the
        first published or not over.

    Examples
    --------
    >>> found = downloads("lvr", "107S4", "108S1", today=dt.date(2026, 1, 1))
    >>> [d.file for d in found]
    ['lvr_landcsv_107S4.zip', 'lvr_landcsv_108S1.zip']
    """
    period = period_of(source)
    rows = [row for row in _registry() if row["source"] == source]
    if period == "none":
        if start or end:
            raise StudyError(f"{source} has no periods; leave --from and --to out.")
        return [_filled(row, {"date": today.isoformat()}) for row in rows]
    if start is None:
        raise StudyError(
            f"{source} is published by {period}: give --from {EXAMPLES[period]} (and --to); the "
            f"first is {rows[0]['first']}."
        )
    low, high = _number(period, start), _number(period, end or start)
    first, last = _number(period, rows[0]["first"]), _last_number(period, today)
    if not first <= low <= high <= last:
        raise StudyError(
            f"{source}: expected {rows[0]['first']} ≤ --from ≤ --to ≤ {_name(period, last)} (the "
            f"last {period} that is over), found {start} to {end or start}."
        )
    return [_filled(row, _words(period, n)) for n in range(low, high + 1) for row in rows]


def downloads_at(
    source: str, points: Sequence[tuple[float, float]], *, today: dt.date
) -> list[Download]:
    """List the files of a source that answers by place.

    Parameters
    ----------
    source : str
        A source of period ``point``.
    points : sequence of (float, float)
        Longitude and latitude [degree].
    today : datetime.date
        Day in the names of the files.

    Returns
    -------
    list of Download
        One a point.

    Raises
    ------
    StudyError
        If there are more than `MAX_FILES`.
    """
    if len(points) > MAX_FILES:
        raise StudyError(f"{source}: {len(points)} requests, at most {MAX_FILES}: fewer --county.")
    rows = [row for row in _registry() if row["source"] == source]
    return [
        _filled(row, {"longitude": f"{x:.4f}", "latitude": f"{y:.4f}", "date": today.isoformat()})
        for x, y in points
        for row in rows
    ]


def _registry() -> list[dict[str, str]]:
    text = files("landwatch.reference").joinpath("downloads.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def _filled(row: dict[str, str], words: dict[str, str]) -> Download:
    return Download(row["url"].format(**words), row["file"].format(**words), row["type"])


def _number(period: str, text: str) -> int:
    found = _PATTERNS[period].fullmatch(text.strip())
    if found is None:
        raise StudyError(f"expected a {period} such as {EXAMPLES[period]}, found {text!r}.")
    steps = _STEPS[period]
    return int(found[1]) if steps == 1 else steps * int(found[1]) + int(found[2]) - 1


def _last_number(period: str, today: dt.date) -> int:
    return {
        "season": 4 * (today.year - ROC_EPOCH) + (today.month - 1) // 3 - 1,
        "month": 12 * today.year + today.month - 2,
        "year": today.year - 1,
        "era": today.year // 10 - 1,
    }[period]


def _name(period: str, number: int) -> str:
    return EXAMPLE_FORMS[period].format(**_words(period, number))


def _words(period: str, number: int) -> dict[str, str]:
    unit, rest = divmod(number, _STEPS[period])
    return {
        "season": {"season": f"{unit}S{rest + 1}"},
        "month": {"year": str(unit), "month": f"{rest + 1:02d}"},
        "year": {"year": str(number)},
        "era": {"era": f"{number}0s"},
    }[period]


EXAMPLE_FORMS: Final = {
    "season": "{season}",
    "month": "{year}-{month}",
    "year": "{year}",
    "era": "{era}",
}


def points_every(
    spacing: float, bounds: tuple[float, float, float, float]
) -> Iterator[tuple[float, float]]:
    """Yield the centres of square cells over an extent.

    Parameters
    ----------
    spacing : float
        Side of a cell, in the unit of `bounds`.
    bounds : tuple of float
        West, south, east, north.

    Yields
    ------
    tuple of float
        West–east, south–north.

    Examples
    --------
    >>> list(points_every(10, (0, 0, 20, 10)))
    [(5.0, 5.0), (15.0, 5.0)]
    """
    west, south, east, north = bounds
    columns, rows = (max(1, -int(-span // spacing)) for span in (east - west, north - south))
    for row in range(rows):
        for column in range(columns):
            yield west + (column + 0.5) * spacing, south + (row + 0.5) * spacing
