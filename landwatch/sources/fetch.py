"""Fetching one file: resumed where the server allows it, whole under its name or not there.

The transport is httpx; here is only what it leaves open: when to try again, when to resume, and
what is refused.
"""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

import landwatch
from landwatch.sources.downloads import Download
from landwatch.sources.file_kinds import check_kind
from landwatch.sources.transfer import (
    AgainError,
    Manners,
    check_answer,
    continues,
    forget,
    note_tag,
    received,
    resumable,
    total,
    validator,
)
from landwatch.vocabulary.errors import FetchError, OfflineError, StudyError

Client = httpx.Client
"""What holds the connections of one run."""

MAX_REDIRECTS: Final = 5
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class Arrived:
    """A complete file that lies under its ``.part`` name.

    Attributes
    ----------
    part : pathlib.Path
        Where it lies.
    sha256 : str
        Its hash.
    etag, last_modified : str
        As the server told, or empty.
    """

    part: Path
    sha256: str
    etag: str
    last_modified: str


@contextmanager
def polite_client(base_url: str | None, manners: Manners) -> Iterator[httpx.Client]:
    """Open a client that never leaves encrypted addresses.

    Parameters
    ----------
    base_url : str or None
        A mirror; plain http is accepted for this machine only.
    manners : Manners
        Timeouts.

    Yields
    ------
    httpx.Client
        It follows at most `MAX_REDIRECTS` redirects, none of them to plain http.

    Raises
    ------
    StudyError
        If the mirror is no address, or not encrypted and not on this machine.
    """
    mirror = _mirror(base_url)
    allowed = (mirror.host, mirror.port) if mirror and mirror.scheme == "http" else None

    def check(request: httpx.Request) -> None:
        """Refuse a request to plain http, wherever a redirect led.

        Parameters
        ----------
        request : httpx.Request
            About to be sent.
        """
        url = request.url
        if url.scheme != "https" and (url.host, url.port) != allowed:
            raise FetchError(
                f"拒絕未加密的網址 refused: redirected to {url}, which is not encrypted. Get the "
                "file by hand or from a mirror (--base-url)."
            )

    with httpx.Client(
        follow_redirects=True,
        max_redirects=MAX_REDIRECTS,
        timeout=manners.timeout_s,
        trust_env=allowed is None,
        headers={"User-Agent": f"landwatch/{landwatch.__version__}", "Accept-Encoding": "identity"},
        event_hooks={"request": [check]},
    ) as client:
        yield client


def mirrored(url: str, base_url: str | None) -> str:
    """Return an address on a mirror.

    Parameters
    ----------
    url : str
        Official address.
    base_url : str or None
        The mirror, which holds the same paths.

    Returns
    -------
    str
        The address there, or the official one without a mirror.

    Examples
    --------
    >>> mirrored("https://a.example/x?season=107S1", "https://mirror.example/tw/")
    'https://mirror.example/tw/x?season=107S1'
    """
    if base_url is None:
        return url
    return base_url.rstrip("/") + httpx.URL(url).raw_path.decode("ascii")


def _mirror(base_url: str | None) -> httpx.URL | None:
    if base_url is None:
        return None
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise StudyError(f"--base-url {base_url!r} is no address ({error}).") from error
    if url.scheme == "https" or (url.scheme == "http" and url.host in _LOOPBACK):
        return url
    raise StudyError(f"--base-url {base_url}: expected an https address, or http on this machine.")


def fetch_file(
    client: httpx.Client,
    download: Download,
    target: Path,
    *,
    known: tuple[str, str] = ("", ""),
    manners: Manners,
    progress: Callable[[int, int | None], None] = lambda _done, _total: None,
) -> Arrived | None:
    """Fetch a file to its ``.part`` name, resuming what an earlier attempt left there.

    Parameters
    ----------
    client : httpx.Client
        From `polite_client`.
    download : Download
        Address and expected kind.
    target : pathlib.Path
        Final name; this function does not write it.
    known : tuple of str, optional
        ``ETag`` and ``Last-Modified`` of the copy at hand; the server may answer that nothing has
        changed.
    manners : Manners
        Attempts and waits.
    progress : callable, optional
        ``progress(done, total)`` [bytes]; the total is None where the server does not tell it.

    Returns
    -------
    Arrived or None
        The whole file, checked for its kind; None where nothing has changed.

    Raises
    ------
    OfflineError
        If no connection could be made.
    FetchError
        If the server refuses, gives something else, or fails `Manners.attempts` times.
    """
    part = target.with_name(target.name + ".part")
    wait_s = manners.first_wait_s
    for attempt in range(1, manners.attempts + 1):
        try:
            with _told_failures(download.url):
                return _attempt(client, download, part, known, manners, progress)
        except AgainError as error:
            if attempt == manners.attempts or (error.offline and attempt >= 2):
                raise _given_up(error, download, attempt) from error
            time.sleep(min(error.wait_s or wait_s, manners.longest_wait_s))
            wait_s = min(2 * wait_s, manners.longest_wait_s)
    return None


def _given_up(error: AgainError, download: Download, attempts: int) -> FetchError:
    host = httpx.URL(download.url).host
    if error.offline:
        return OfflineError(
            f"無法連線到 {host}：請檢查網路，或用 --base-url 指定鏡像站。 Cannot connect to {host} "
            f"({error}). Check the network, or name a mirror with --base-url."
        )
    return FetchError(
        f"{download.url}: 試了 {attempts} 次仍失敗 failed {attempts} times, last: {error}. What "
        "arrived is kept for resuming; run the same command again later."
    )


@contextmanager
def _told_failures(url: str) -> Iterator[None]:
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
        raise AgainError(str(error) or type(error).__name__, offline=True) from error
    except httpx.TransportError as error:
        raise AgainError(str(error) or type(error).__name__) from error
    except httpx.TooManyRedirects as error:
        raise FetchError(
            f"{url}: more than {MAX_REDIRECTS} redirects; the address moved."
        ) from error


def _attempt(
    client: httpx.Client,
    download: Download,
    part: Path,
    known: tuple[str, str],
    manners: Manners,
    progress: Callable[[int, int | None], None],
) -> Arrived | None:
    size, tag = resumable(part, download.url)
    headers = {"Range": f"bytes={size}-", "If-Range": tag} if size else _conditions(known)
    with client.stream("GET", download.url, headers=headers) as response:
        if response.status_code == httpx.codes.NOT_MODIFIED:
            return None
        check_answer(response, download, part)
        start = size if continues(response, part, size, tag) else 0
        whole = total(response)
        note_tag(part, download.url, validator(response))
        done = received(response, part, start, manners, progress)
        told = (response.headers.get("etag", ""), response.headers.get("last-modified", ""))
    if whole is not None and done != whole:
        raise AgainError(f"{done:,} of {whole:,} bytes arrived")
    try:
        check_kind(part, download)
    except FetchError:
        forget(part)
        raise
    with part.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return Arrived(part, digest, *told)


def keep(arrived: Arrived, target: Path) -> None:
    """Put a whole file under its final name at once.

    Parameters
    ----------
    arrived : Arrived
        From `fetch_file`.
    target : pathlib.Path
        Final name, in the same folder.
    """
    with arrived.part.open("rb+") as stream:
        os.fsync(stream.fileno())
    arrived.part.replace(target)
    forget(arrived.part)


def _conditions(known: tuple[str, str]) -> dict[str, str]:
    etag, last_modified = known
    named = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in named.items() if value}
