"""Reads a store of passages in a process of its own: of some damaged files, Chroma ends the process."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from assistant.errors import StoreBroken
from assistant.library.keywords import KeywordIndex
from assistant.library.store import DATABASE, ChunkStore
from assistant.processes import command_of, environment

__all__ = ["can_be_read"]

DAMAGED = 3
SECONDS = 300
"""A walk through damaged links may have no end."""
NO_FAULT = {0, 1, *(-number for number in (1, 2, 9, 15))}
"""How a process ends that has found nothing wrong with the store: an error, and the signals HUP, INT, KILL (of one
short of memory, too) and TERM, say nothing of it. On Windows, one that crashes ends with a large number."""


def can_be_read(folder: Path, embedder: str, *, wholly: bool) -> bool:
    """Whether a store that nobody has open can be opened and searched, and `wholly` all of it read."""
    if not (folder / DATABASE).is_file():
        return True
    command = command_of(__name__, str(folder), embedder, *["wholly"] * wholly)
    try:
        done = subprocess.run(command, env=environment(), capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode in NO_FAULT


class _WithoutKeywords(ChunkStore):
    """A store that leaves the index of keywords, which tells itself where it is damaged, as it is."""

    def _keyword_index(self, _: str) -> KeywordIndex:
        return KeywordIndex(Path(":memory:"))


def _read(folder: str, embedder: str, extent: str = "") -> None:
    with closing(sqlite3.connect(Path(folder) / DATABASE)) as database:
        if database.execute("PRAGMA quick_check").fetchall() != [("ok",)]:
            raise sqlite3.DatabaseError("a page of it is damaged")
    store = _WithoutKeywords(Path(folder), embedder)
    if extent == "wholly":
        store.probe(wholly=True)
    store.close()


if __name__ == "__main__":
    try:
        _read(*sys.argv[1:])
    except sqlite3.OperationalError as error:  # the disk, or who may read it
        sys.exit(str(error))
    except (StoreBroken, sqlite3.DatabaseError):
        sys.exit(DAMAGED)
