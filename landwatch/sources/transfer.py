"""One answer of a server, byte by byte: continued, and counted."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final

import httpx

from landwatch.sources.downloads import Download
from landwatch.vocabulary.errors import FetchError

MAX_BYTES: Final = 4 * 1024**3
RETRIED: Final = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Manners:
    """How often, how fast and how long a server is asked.

    Attributes
    ----------
    attempts : int
        Requests for one file until it is given up.
    first_wait_s, longest_wait_s : float
        Wait after the first failure [s], doubled each time up to the longest; a server's own
        ``Retry-After`` is kept up to the longest too.
    interval_s : float
        Least time between two files [s].
    timeout_s : float
        Longest silence of a server [s].
    slowest_bytes_s : float
        Average rate below which, after `timeout_s`, a transfer counts as stalled [byte/s].
    """

    attempts: int = 5
    first_wait_s: float = 1.0
    longest_wait_s: float = 60.0
    interval_s: float = 1.0
    timeout_s: float = 30.0
    slowest_bytes_s: float = 500.0


class AgainError(Exception):
    """A failure after which the same request may succeed.

    Parameters
    ----------
    reason : str
        What went wrong.
    wait_s : float or None, optional
        Wait the server asked for [s].
    offline : bool, optional
        No connection was made at all.
    """

    def __init__(self, reason: str, wait_s: float | None = None, *, offline: bool = False) -> None:
        super().__init__(reason)
        self.wait_s = wait_s
        self.offline = offline


def forget(part: Path) -> None:
    """Remove a partial file and what is known of it.

    Parameters
    ----------
    part : pathlib.Path
        Its name.
    """
    part.unlink(missing_ok=True)
    _tag_path(part).unlink(missing_ok=True)


def _tag_path(part: Path) -> Path:
    return part.with_name(part.name + ".tag")


def resumable(part: Path, url: str) -> tuple[int, str]:
    """Return how much of a file has arrived and can be continued safely.

    Parameters
    ----------
    part : pathlib.Path
        The partial file.
    url : str
        Its address.

    Returns
    -------
    tuple of (int, str)
        Bytes and the validator for ``If-Range``; (0, "") where there is none.
    """
    try:
        told = json.loads(_tag_path(part).read_text(encoding="utf-8"))
        size = part.stat().st_size
    except (OSError, ValueError):
        return 0, ""
    same = isinstance(told, dict) and told.get("url") == url and bool(told.get("validator"))
    return (size, str(told["validator"])) if same and size else (0, "")


def note_tag(part: Path, url: str, validator: str) -> None:
    """Note beside a partial file which version of which address it is.

    Parameters
    ----------
    part : pathlib.Path
        The partial file.
    url, validator : str
        Address and ``ETag`` or ``Last-Modified``; empty if the server tells neither.
    """
    content = json.dumps({"url": url, "validator": validator})
    _tag_path(part).write_text(content, encoding="utf-8")


def validator(response: httpx.Response) -> str:
    """Return what tells versions of a file apart.

    Parameters
    ----------
    response : httpx.Response
        Any answer.

    Returns
    -------
    str
        A strong ``ETag``, else ``Last-Modified``, else empty.
    """
    etag: str = response.headers.get("etag", "")
    if etag and not etag.startswith("W/"):
        return etag
    return str(response.headers.get("last-modified", ""))


def check_answer(response: httpx.Response, download: Download, part: Path) -> None:
    """Refuse answers that are not the file.

    Parameters
    ----------
    response : httpx.Response
        The answer, its body unread.
    download : Download
        What was asked for.
    part : pathlib.Path
        The partial file.

    Raises
    ------
    AgainError
        If the server is busy or failing.
    FetchError
        If it will not give the file, or gives a web page.
    """
    status = response.status_code
    if status in RETRIED:
        raise AgainError(f"status {status}", _retry_after(response))
    if status == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
        forget(part)
        raise AgainError("the file is not longer than what had arrived; started anew")
    if status == httpx.codes.NOT_FOUND:
        raise FetchError(
            f"{download.url}: 找不到檔案（尚未公布或已移除） not found (404): not published "
            "yet, or moved. Check the period against the publisher's page."
        )
    if status not in (httpx.codes.OK, httpx.codes.PARTIAL_CONTENT):
        raise FetchError(f"{download.url}: expected the file, found status {status}.")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise FetchError(f"{download.url}: the server packs the file although asked not to.")
    if response.headers.get("content-type", "").lower().startswith("text/html"):
        raise FetchError(
            f"{download.url}: 收到網頁而非資料 expected {download.kind}, found a web page (an "
            "error page, or a login). Nothing was kept."
        )


def _retry_after(response: httpx.Response) -> float | None:
    told = response.headers.get("retry-after", "")
    if told.isdigit():
        return float(told)
    try:
        return max(0.0, parsedate_to_datetime(told).timestamp() - time.time()) if told else None
    except ValueError:
        return None


def continues(response: httpx.Response, part: Path, size: int, tag: str) -> bool:
    """Tell whether an answer continues the partial file.

    Parameters
    ----------
    response : httpx.Response
        The answer.
    part : pathlib.Path
        The partial file.
    size : int
        Bytes at hand.
    tag : str
        Validator they came with.

    Returns
    -------
    bool
        False where the whole file comes.

    Raises
    ------
    FetchError
        If other bytes come than were asked for.
    AgainError
        If the file has changed meanwhile.
    """
    if response.status_code != httpx.codes.PARTIAL_CONTENT:
        return False
    if not response.headers.get("content-range", "").startswith(f"bytes {size}-"):
        raise FetchError(
            f"{response.url}: asked for bytes from {size}, found "
            f"{response.headers.get('content-range', 'none')}. Remove the .part file to start anew."
        )
    if (now := validator(response)) and now != tag:
        forget(part)
        raise AgainError("the file changed while it was being resumed; started anew")
    return True


def total(response: httpx.Response) -> int | None:
    """Return the size of the whole file.

    Parameters
    ----------
    response : httpx.Response
        The answer.

    Returns
    -------
    int or None
        [bytes]; None where the server does not tell.

    Raises
    ------
    FetchError
        If it is more than `MAX_BYTES`.
    """
    told = response.headers.get("content-range", "").rpartition("/")[2]
    if response.status_code != httpx.codes.PARTIAL_CONTENT:
        told = response.headers.get("content-length", "")
    if not told.isdigit():
        return None
    if int(told) > MAX_BYTES:
        raise FetchError(
            f"{response.url}: {int(told):,} bytes; at most {MAX_BYTES:,} are accepted."
        )
    return int(told)


def received(
    response: httpx.Response,
    part: Path,
    start: int,
    manners: Manners,
    progress: Callable[[int, int | None], None],
) -> int:
    """Write the body of an answer to the partial file.

    Parameters
    ----------
    response : httpx.Response
        The answer.
    part : pathlib.Path
        The partial file.
    start : int
        Bytes to keep of it.
    manners : Manners
        Longest silence and slowest rate.
    progress : callable
        ``progress(done, total)`` [bytes].

    Returns
    -------
    int
        Bytes there now.

    Raises
    ------
    AgainError
        If the transfer stalls.
    FetchError
        If more comes than was announced.
    OSError
        If it cannot be written; the partial file is removed.
    """
    whole = total(response)
    done, began = start, time.monotonic()
    try:
        with part.open("r+b" if start else "wb") as stream:
            stream.seek(start)
            stream.truncate()
            for chunk in response.iter_raw():
                stream.write(chunk)
                done += len(chunk)
                if done > (whole or MAX_BYTES):
                    raise FetchError(f"{response.url}: more bytes than announced.")
                _check_rate(done - start, time.monotonic() - began, manners)
                progress(done, whole)
    except OSError:
        forget(part)
        raise
    return done


def _check_rate(received: int, spent_s: float, manners: Manners) -> None:
    if spent_s > manners.timeout_s and received < spent_s * manners.slowest_bytes_s:
        raise AgainError(f"only {received:,} bytes in {spent_s:.0f} s")
