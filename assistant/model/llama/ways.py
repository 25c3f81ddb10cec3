"""The ways of running a model, the quickest first, and which of them is known to work on this machine.

What native code does is known only once it has been done: a build of llama.cpp may be for another processor, a compiler
may have got a part of it wrong, a graphics card may have too little memory. So the first time with a build, a
processor, a model and settings, the model is checked in each way in turn until one works; that is remembered. The
process that this is tried in is for `process.py`.
"""

import hashlib
import importlib.metadata
import importlib.util
import json
import platform
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, astuple, dataclass, fields, replace
from pathlib import Path
from typing import Any

from assistant.errors import ModelError, ModelKilled, ModelStopped, ModelUnfit
from assistant.model.files import ends_of, keep_record
from assistant.model.llama.process import LlamaProcess

__all__ = ["Opener", "Way"]

KEPT = 32
"""Ways remembered, each for a model and settings."""
TRUSTED_STOPS = 2
"""A way in which the model stopped so often by a fault of its own is left, while there is another."""
CHECK = 2
"""Which check it was: what passed an earlier one is checked again."""
REBUILD = "`uv sync --reinstall-package llama-cpp-python --no-cache`"


@dataclass(frozen=True, slots=True)
class Way:
    """How a model is run: `gpu_layers` of it lie on a graphics card, -1 for all of them.

    Where it `repacks`, the processor's weights are put in the order that it reads best, and computed with by code
    that is another for each kind of processor. `fell_back`: more was to be on the graphics card.
    """

    threads: int
    gpu_layers: int = 0
    repacks: bool = True
    fell_back: bool = False


class Opener:
    """Opens a model, as often as need be, in the quickest way that works."""

    def __init__(
        self,
        *,
        threads: int,
        context_tokens: int,
        gpu_layers: int | None = None,
        adapter: Path | None = None,
        prefixes: Path | None = None,
        prefix_bytes: int = 0,
        remembered: Path | None = None,
        start: Callable[[], LlamaProcess] = LlamaProcess,
    ) -> None:
        """Args:
        gpu_layers: layers to put on a graphics card, -1 for all of them; None: all where the build can put any.
        adapter: of the model, if it has one.
        prefixes: folder that keeps what was read, at most `prefix_bytes` bytes; None: it is read anew each time.
        remembered: file in which the ways that work are remembered; None: nowhere.
        start: what starts a process.
        """
        self._threads = threads
        self._gpu_layers = gpu_layers
        self.adapter = adapter
        self._options = {
            "context_tokens": context_tokens,
            "adapter": adapter,
            "prefixes": prefixes,
            "prefix_bytes": prefix_bytes,
        }
        self._remembered = remembered
        self._start = start
        self._stops: Counter[Way] = Counter()
        self._current: tuple[str, Way] | None = None

    def open(self, path: Path, on_check: Callable[[], None]) -> LlamaProcess:
        """A process with the model at `path`, loaded in a way that is known to work or has just been checked.

        Args:
            on_check: called where it has to be checked, which takes some seconds.

        Raises:
            ModelError: the file can't be loaded, there is too little memory for it, or it works in no way.
        """
        fingerprint = self._fingerprint(path)
        process, failure = self._start(), None
        can_offload = _can_offload(process)
        if way := self._remembered_way(fingerprint):
            failure = self._failure(process, path, way)
            if not failure:
                return self._run(process, fingerprint, way)
        for way in self._ways(can_offload):
            process = self._start() if failure else process
            failure = self._failure(process, path, way, on_check)
            if not failure:
                self._remember(fingerprint, way)
                return self._run(process, fingerprint, way)
        raise ModelError(
            "The model {path} can't be run on this machine: {reason}, in each way that was tried. Choose another with "
            "--model, or have llama.cpp built anew: " + REBUILD,
            path=path,
            reason=_reason(failure),
        ) from failure

    def known(self, path: Path) -> Way | None:
        """The way in which the model at `path` is known to work; None where it hasn't been checked yet."""
        return self._remembered_way(self._fingerprint(path))

    def distrust(self, error: ModelStopped) -> None:
        """Has the model checked again before it is run again, as it stopped in a way that was known to work."""
        if self._current and not isinstance(error, ModelKilled):
            fingerprint, way = self._current
            self._stops[way] += 1
            self._write({key: known for key, known in self._known().items() if key != fingerprint})

    def _ways(self, can_offload: bool) -> Iterator[Way]:
        gpu_layers = (-1 if can_offload else 0) if self._gpu_layers is None else self._gpu_layers
        ways = [Way(self._threads, gpu_layers)] if gpu_layers and can_offload else []
        ways += [
            Way(threads, repacks=repacks, fell_back=gpu_layers != 0)
            for threads, repacks in dict.fromkeys([(self._threads, True), (self._threads, False), (1, False)])
        ]
        trusted = [way for way in ways if self._stops[way] < TRUSTED_STOPS]
        yield from trusted or ways[-1:]

    def _failure(
        self, process: LlamaProcess, path: Path, way: Way, on_check: Callable[[], None] | None = None
    ) -> ModelError | None:
        """Why the model can't be run in this way; None where it can, and is loaded.

        Args:
            on_check: called before it is checked; None: it isn't.
        """
        try:
            process.open(path, threads=way.threads, gpu_layers=way.gpu_layers, repacks=way.repacks, **self._options)
        except ModelError as error:
            process.close()
            if isinstance(error, ModelUnfit):
                raise
            if isinstance(error, ModelStopped) or way.gpu_layers or way.repacks:  # those behind it need less memory
                return error
            raise
        try:
            if on_check:
                on_check()
                process.check()
        except ModelError as error:
            process.close()
            return error
        return None

    def _run(self, process: LlamaProcess, fingerprint: str, way: Way) -> LlamaProcess:
        self._current = fingerprint, way
        process.placement = replace(process.placement, fell_back=way.fell_back)
        return process

    def _fingerprint(self, path: Path) -> str:
        """What a check depends on: the build, the processor, the model, and how it is run."""
        settings = self._threads, self._gpu_layers, self._options["context_tokens"]
        adapter = ends_of(self.adapter) if self.adapter else ""
        told = f"{CHECK} {_build()} {_processor()} {ends_of(path)} {adapter} {settings}"
        return hashlib.sha256(told.encode()).hexdigest()

    def _remembered_way(self, fingerprint: str) -> Way | None:
        found = self._known().get(fingerprint)
        return Way(**found) if found else None

    def _known(self) -> dict[str, dict[str, Any]]:
        """The ways that work, by fingerprint, the newest last; none where the file is missing or damaged."""
        try:
            found = json.loads(self._remembered.read_text("utf-8")) if self._remembered else {}
            return {key: asdict(_way(known)) for key, known in found.items()}
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            return {}

    def _remember(self, fingerprint: str, way: Way) -> None:
        known = {key: other for key, other in self._known().items() if key != fingerprint}
        self._write(dict([*known.items(), (fingerprint, asdict(way))][-KEPT:]))

    def _write(self, known: dict[str, dict[str, Any]]) -> None:
        """Where that can't be written, the model is checked again next time."""
        if not self._remembered:
            return
        with suppress(OSError):
            self._remembered.parent.mkdir(parents=True, exist_ok=True)
        keep_record(self._remembered, known)


def _way(record: dict[str, Any]) -> Way:
    """A way that was remembered. Raises TypeError where it is none."""
    way = Way(**record)
    if any(type(value) is not field.type for field, value in zip(fields(way), astuple(way), strict=True)):
        raise TypeError(f"{record} is no way")
    return way


def _can_offload(process: LlamaProcess) -> bool:
    """Whether the build of llama.cpp can use a graphics card; this is what loads it first, and ends where it can't."""
    try:
        return process.can_offload()
    except ModelError as error:
        process.close()
        raise ModelError(
            "llama.cpp can't be loaded on this machine: {reason}. It was built for another processor, or is broken; "
            "have it built anew: " + REBUILD,
            reason=error.values.get("reason", error),
        ) from error


def _reason(failure: ModelError | None) -> object:
    """Of a process that stopped, what stopped it."""
    return failure.values.get("reason", failure) if isinstance(failure, ModelStopped) else failure


def _build() -> str:
    """What tells this build of llama.cpp from others, without loading it."""
    found = importlib.util.find_spec("llama_cpp")
    folders = [Path(folder) / "lib" for folder in (found.submodule_search_locations if found else None) or ()]
    files = sorted(file for folder in folders for file in folder.glob("*") if file.is_file())
    stats = [(file.name, file.stat()) for file in files]
    version = importlib.metadata.version("llama-cpp-python")
    return f"{version} {[(name, stat.st_size, stat.st_mtime_ns) for name, stat in stats]}"


def _processor() -> str:
    """What tells this processor from others: on Linux its model and flags."""
    told = {platform.machine(), platform.processor()}
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(errors="replace").splitlines()
        told |= {line for line in lines if line.startswith(("model name", "flags", "Features", "CPU part"))}
    return " ".join(sorted(told))
