"""Fetching from a server on this machine that does everything servers do wrong."""

import hashlib
import io
import json
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from landwatch.cli import app
from landwatch.sources.archives import published_files
from landwatch.sources.downloads import Download
from landwatch.sources.fetch import fetch_file, polite_client
from landwatch.sources.manifest import read_manifest
from landwatch.sources.transfer import Manners
from landwatch.vocabulary.errors import ChangedFileError, FetchError, OfflineError, StudyError
from pipelines.fetch import Order, fetch_source

FAST = Manners(
    attempts=4,
    first_wait_s=0.01,
    longest_wait_s=0.05,
    interval_s=0,
    timeout_s=0.5,
    slowest_bytes_s=500,
)


def zipped(text: str, size: int = 200_000) -> bytes:
    """Return a zip of that many bytes and a little more."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("v_lvr_land_a.csv", text * (size // len(text)))
    return buffer.getvalue()


GOOD = zipped("鄉鎮市區,交易標的\n")


@dataclass
class Server:
    """What the server does next, and what it was asked."""

    address: str = ""
    behaviours: list[str] = field(default_factory=list)
    content: bytes = GOOD
    etag: str | None = '"one"'
    ranges: bool = True
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def headers_of(self, position: int) -> dict[str, str]:
        return self.asked[position][1]


class Handler(BaseHTTPRequestHandler):
    """One request, one behaviour; when none is left, the file."""

    protocol_version = "HTTP/1.1"
    state: Server

    def log_message(self, format: str, *args: Any) -> None:
        """Be quiet."""

    def do_GET(self) -> None:
        state = self.state
        state.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
        self.close_connection = True
        behaviour = state.behaviours.pop(0) if state.behaviours else "ok"
        getattr(self, f"_{behaviour.split(':')[0]}")(*behaviour.split(":")[1:])

    def _send(self, status: int, body: bytes, announce: int | None = None, **headers: str) -> None:
        self.send_response(status)
        length = len(body) if announce is None else announce
        fixed = {"Content-Length": str(length), "Connection": "close"}
        for name, value in {**fixed, **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _described(self) -> dict[str, str]:
        return {"ETag": self.state.etag} if self.state.etag else {}

    def _ok(self) -> None:
        state = self.state
        asked, condition = self.headers.get("Range"), self.headers.get("If-Range")
        if state.etag and self.headers.get("If-None-Match") == state.etag:
            self._send(304, b"", 0, **self._described())
        elif asked and state.ranges and condition == state.etag:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            told = f"bytes {start}-{len(state.content) - 1}/{len(state.content)}"
            self._send(206, state.content[start:], Content_Range=told, **self._described())
        else:
            self._send(200, state.content, **self._described())

    def _truncate(self, size: str = "50000") -> None:
        body = self.state.content[: int(size)]
        self._send(200, body, len(self.state.content), **self._described())

    def _stall(self) -> None:
        self._truncate("1000")
        self.wfile.flush()
        time.sleep(1.0)

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.state.content)))
        self.send_header("Connection", "close")
        self.end_headers()
        for position in range(12):
            self.wfile.write(self.state.content[position : position + 1])
            self.wfile.flush()
            time.sleep(0.1)

    def _status(self, status: str, retry: str = "") -> None:
        self._send(int(status), b"no", **({"Retry-After": retry} if retry else {}))

    def _html(self, kind: str = "text/html") -> None:
        self._send(200, b"<!DOCTYPE html><html>503</html>", Content_Type=kind)

    def _redirect(self, target: str) -> None:
        self._send(302, b"", Location=target.replace("|", ":"))

    def _shift(self) -> None:
        told = f"bytes 7-{len(self.state.content) - 1}/{len(self.state.content)}"
        self._send(206, self.state.content[7:], Content_Range=told, **self._described())


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on the loopback, gone when the test ends."""
    state = Server()
    handler = type("Bound", (Handler,), {"state": state})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as listening:
        state.address = f"http://127.0.0.1:{listening.server_address[1]}"
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield state
        listening.shutdown()
        thread.join(timeout=5)


def order(server: Server, start: str = "107S1", end: str | None = None, **more: Any) -> Order:
    return Order("lvr", start, end, base_url=server.address, **more)


def kept(workspace: Path) -> dict[str, bytes]:
    """Files under final names: neither the manifest nor what waits to be resumed."""
    folder = workspace / "data" / "raw" / "lvr"
    return {
        p.name: p.read_bytes()
        for p in folder.glob("*")
        if p.name != "manifest.csv" and ".part" not in p.name
    }


NAME = "lvr_landcsv_107S1.zip"


def test_a_file_arrives_whole_with_its_hash(server: Server, tmp_path: Path) -> None:
    """The official path is asked; name, size and hash are recorded; nothing else is left."""
    done = fetch_source(order(server), tmp_path, manners=FAST)
    assert server.asked[0][0] == "/DownloadSeason?season=107S1&type=zip&fileName=lvr_landcsv.zip"
    assert done.new == (NAME,)
    assert kept(tmp_path) == {NAME: GOOD}
    record = read_manifest(done.folder)[NAME]
    assert record.sha256 == hashlib.sha256(GOOD).hexdigest()
    assert (record.bytes, record.etag) == (str(len(GOOD)), '"one"')
    assert sorted(p.name for p in done.folder.iterdir()) == [NAME, "manifest.csv"]
    assert published_files(done.folder, (".zip", ".csv")) == [done.folder / NAME]


def test_a_truncated_transfer_is_resumed(server: Server, tmp_path: Path) -> None:
    """The second request asks for the rest of the same version, and the whole is right."""
    server.behaviours = ["truncate:50000"]
    fetch_source(order(server), tmp_path, manners=FAST)
    assert server.headers_of(1)["range"] == "bytes=50000-"
    assert server.headers_of(1)["if-range"] == '"one"'
    assert kept(tmp_path) == {NAME: GOOD}


def test_resuming_works_across_runs(server: Server, tmp_path: Path) -> None:
    """A run that gave up leaves no file under the name; the next one goes on from there."""
    server.behaviours = ["truncate:50000"] * 4
    with pytest.raises(FetchError, match="failed 4 times"):
        fetch_source(order(server), tmp_path, manners=FAST)
    assert kept(tmp_path) == {}
    fetch_source(order(server), tmp_path, manners=FAST)
    assert "range" in server.headers_of(-1)
    assert kept(tmp_path) == {NAME: GOOD}


@pytest.mark.parametrize("change", ["no ranges", "no validator", "changed meanwhile"])
def test_what_cannot_be_resumed_is_started_anew(
    server: Server, tmp_path: Path, change: str
) -> None:
    """Without ranges, without a validator, or after a change the parts are never joined."""
    server.ranges = change != "no ranges"
    server.etag = None if change == "no validator" else '"one"'
    server.behaviours = ["truncate:50000"] * 4
    with pytest.raises(FetchError):
        fetch_source(order(server), tmp_path, manners=FAST)
    if change == "changed meanwhile":
        server.content, server.etag = zipped("other,file\n"), '"two"'
    fetch_source(order(server), tmp_path, manners=FAST)
    assert kept(tmp_path) == {NAME: server.content}


def test_bytes_from_elsewhere_are_never_joined(server: Server, tmp_path: Path) -> None:
    """A server that answers another range than asked is refused."""
    server.behaviours = ["truncate:50000", "shift"]
    with pytest.raises(FetchError, match="asked for bytes from 50000"):
        fetch_source(order(server), tmp_path, manners=FAST)
    assert kept(tmp_path) == {}


@pytest.mark.parametrize("behaviour", ["stall", "drip", "status:429:0", "status:503", "status:500"])
def test_passing_failures_are_tried_again(server: Server, tmp_path: Path, behaviour: str) -> None:
    """Silence, a drip, too many requests, an overloaded server: then the file."""
    server.behaviours = [behaviour]
    fetch_source(order(server), tmp_path, manners=FAST)
    assert kept(tmp_path) == {NAME: GOOD}
    assert len(server.asked) == 2


def test_attempts_are_limited(server: Server, tmp_path: Path) -> None:
    """A server that always fails is asked four times and no more."""
    server.behaviours = ["status:503"] * 9
    with pytest.raises(FetchError, match=r"failed 4 times, last: status 503"):
        fetch_source(order(server), tmp_path, manners=FAST)
    assert len(server.asked) == 4


def test_one_missing_season_does_not_lose_the_others(server: Server, tmp_path: Path) -> None:
    """404 is told once, not tried again; the seasons before and after are kept."""
    server.behaviours = ["ok", "status:404"]
    with pytest.raises(FetchError, match=r"(?s)1 of 3 files.*107S2.*404"):
        fetch_source(order(server, "107S1", "107S3"), tmp_path, manners=FAST)
    assert sorted(kept(tmp_path)) == [NAME, NAME.replace("S1", "S3")]
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("behaviour", "content"),
    [
        ("html", b""),
        ("html:application/zip", b""),
        ("ok", b""),
        ("ok", b"Rar!\x1a\x07" + b"x" * 500),
        ("ok", GOOD[:-30]),
        ("ok", b'{"error": "busy"}'),
    ],
)
def test_what_is_no_zip_is_not_kept(
    server: Server, tmp_path: Path, behaviour: str, content: bytes
) -> None:
    """A web page, however labelled, nothing, another archive, a torn zip, an error in JSON."""
    server.behaviours, server.content = [behaviour], content
    with pytest.raises(FetchError, match="expected"):
        fetch_source(order(server), tmp_path, manners=FAST)
    assert kept(tmp_path) == {}
    assert not list((tmp_path / "data" / "raw" / "lvr").glob("*.part"))


def test_an_unchanged_file_is_not_sent_again(server: Server, tmp_path: Path) -> None:
    """The server is asked whether it changed; --only-missing does not even ask."""
    fetch_source(order(server), tmp_path, manners=FAST)
    again = fetch_source(order(server), tmp_path, manners=FAST)
    assert (again.new, again.unchanged) == ((), (NAME,))
    assert server.headers_of(1)["if-none-match"] == '"one"'
    fetch_source(order(server, only_missing=True), tmp_path, manners=FAST)
    assert len(server.asked) == 2


@pytest.mark.parametrize("etag", ['"two"', None])
def test_a_changed_file_stops_and_both_hashes_are_told(
    server: Server, tmp_path: Path, etag: str | None
) -> None:
    """The old file stays as it was; message and manifest hold both hashes."""
    fetch_source(order(server), tmp_path, manners=FAST)
    server.content, server.etag = zipped("other,file\n"), etag
    old, new = (hashlib.sha256(c).hexdigest() for c in (GOOD, server.content))
    with pytest.raises(ChangedFileError, match=rf"(?s){old}.*{new}"):
        fetch_source(order(server), tmp_path, manners=FAST)
    assert kept(tmp_path) == {NAME: GOOD}
    record = read_manifest(tmp_path / "data" / "raw" / "lvr")[NAME]
    assert (record.sha256, record.seen_sha256) == (old, new)
    assert not list((tmp_path / "data" / "raw" / "lvr").glob("*.part*"))


def test_a_file_put_there_by_hand_is_not_overwritten(server: Server, tmp_path: Path) -> None:
    """An unrecorded file of other content stays; of equal content, it is recorded."""
    target = tmp_path / "data" / "raw" / "lvr" / NAME
    target.parent.mkdir(parents=True)
    target.write_bytes(b"mine")
    with pytest.raises(ChangedFileError):
        fetch_source(order(server), tmp_path, manners=FAST)
    assert target.read_bytes() == b"mine"


def test_a_file_damaged_on_disk_is_repaired(server: Server, tmp_path: Path) -> None:
    """The publisher's file still has the recorded hash: it replaces the damaged one."""
    done = fetch_source(order(server), tmp_path, manners=FAST)
    (done.folder / NAME).write_bytes(GOOD[:100])
    fetch_source(order(server), tmp_path, manners=FAST)
    assert kept(tmp_path) == {NAME: GOOD}


def test_a_redirect_to_plain_http_elsewhere_is_refused(server: Server, tmp_path: Path) -> None:
    """Nothing is asked of the other address."""
    server.behaviours = ["redirect:http|//127.0.0.1|1/x.zip"]
    with pytest.raises(FetchError, match="not encrypted"):
        fetch_source(order(server), tmp_path, manners=FAST)
    server.behaviours = ["redirect:/" + str(n) for n in range(9)]
    with pytest.raises(FetchError, match="redirects"):
        fetch_source(order(server), tmp_path, manners=FAST)
    assert kept(tmp_path) == {}


def test_https_never_falls_back_to_http(tmp_path: Path) -> None:
    """An encrypted address that redirects to the same host without encryption is refused."""
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(301, headers={"Location": "http://a.example/x.zip"})

    with polite_client(None, FAST) as client:
        hooks = client.event_hooks
    with (
        httpx.Client(
            transport=httpx.MockTransport(answer), event_hooks=hooks, follow_redirects=True
        ) as client,
        pytest.raises(FetchError, match="not encrypted"),
    ):
        fetch_file(
            client,
            Download("https://a.example/x.zip", "x.zip", "zip"),
            tmp_path / "x.zip",
            manners=FAST,
        )
    assert asked == ["https://a.example/x.zip"]


@pytest.mark.parametrize("address", ["http://mirror.example", "ftp://127.0.0.1", "mirror"])
def test_an_open_mirror_is_refused(tmp_path: Path, address: str) -> None:
    """Only https, or http on this machine; nothing is made in the workspace."""
    with pytest.raises(StudyError, match="base-url"):
        fetch_source(Order("lvr", "107S1", base_url=address), tmp_path, manners=FAST)
    assert not list(tmp_path.iterdir())


def test_off_line_is_one_message(tmp_path: Path) -> None:
    """Nobody listens: Chinese and English, two attempts, nothing kept, later files not tried."""
    with pytest.raises(OfflineError, match=r"無法連線.*Cannot connect to 127\.0\.0\.1"):
        fetch_source(
            Order("lvr", "107S1", "108S4", base_url="http://127.0.0.1:9"), tmp_path, manners=FAST
        )
    assert kept(tmp_path) == {}


def test_replies_by_place_cover_a_county(server: Server, tmp_path: Path) -> None:
    """Chiayi City: a few places; a reply of 50 is noted as a possible sample."""
    server.content, server.etag = json.dumps([{"id": n} for n in range(50)]).encode(), None
    done = fetch_source(
        Order("factories", counties=("嘉義市",), base_url=server.address), tmp_path, manners=FAST
    )
    assert 2 <= len(done.new) <= 12
    assert all("range=4&lng=120." in path for path, _ in server.asked)
    assert "sample" in done.notes[0]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["lvrr"], "Did you mean lvr"),
        (["boundaries"], "data.gov.tw/dataset/7441"),
        (["lvr"], "--from 107S1"),
        (["lvr", "--from", "2018"], "such as 107S1"),
        (["lvr", "--from", "100S4"], "101S3"),
        (["lvr", "--from", "107S2", "--to", "107S1"], "≤"),
        (["lvr", "--from", "188S1"], "that is over"),
        (["lvr", "--from", "107S1", "--county", "花蓮縣"], "all counties together"),
        (["factories"], "嘉義市"),
        (["factories", "--county", "花連縣"], "花連縣"),
    ],
)
def test_wrong_usage_is_exit_2_and_names_what_is_valid(
    arguments: list[str], told: str, tmp_path: Path
) -> None:
    """Nothing is asked of any server, and the error is one of usage."""
    result = CliRunner().invoke(app, ["fetch", *arguments, "--workspace", str(tmp_path)])
    assert isinstance(result.exception, StudyError)
    assert result.exception.exit_code == 2
    assert told in str(result.exception)
    assert not list(tmp_path.iterdir())


def test_the_command_fetches_for_machines(server: Server, tmp_path: Path) -> None:
    """One JSON object on the output."""
    arguments = ["fetch", "lvr", "--from", "107S1", "--base-url", server.address, "--json"]
    result = CliRunner().invoke(app, [*arguments, "--workspace", str(tmp_path)])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["new"] == [NAME]
