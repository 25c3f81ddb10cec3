"""Which files were added to a library on a server, so that another run need not read them; and which failed, and why.

It only saves time: without it the files are read again, and found to be there by their texts.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import StoreError
from assistant.library.files import take_away, unwritable
from assistant.library.folders import reason_of

__all__ = ["Journal", "Stamp"]

TABLES = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA temp_store = FILE;
CREATE TABLE IF NOT EXISTS files (path BLOB PRIMARY KEY, size INTEGER, changed INTEGER, article TEXT) WITHOUT ROWID;
CREATE TEMP TABLE added (article TEXT PRIMARY KEY) WITHOUT ROWID;
"""
WAIT_SECONDS = 30.0
"""Longest that another run is waited for, which writes to it."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells whether a file has changed: its size, and when it was written, in nanoseconds."""

    size: int
    changed: int

    @classmethod
    def of(cls, file: str) -> "Stamp | None":
        """That of a file; None where there is none."""
        try:
            found = os.stat(file)  # noqa: PTH116  (a Path of each of ten million takes as long again)
        except OSError:
            return None
        return cls(found.st_size, found.st_mtime_ns)


class Journal:
    """A database of files by their absolute paths. Use it as a context manager."""

    def __init__(self, folder: Path, name: str) -> None:
        """Opens it, or makes it, anew where it is damaged.

        Raises:
            StoreError: it can't be written; so for all that is noted.
        """
        self.failures = folder / f"{name}.failed.txt"
        """Lists the files that the last run could not add, each with the reason, behind a tab."""
        file = folder / f"{name}.sqlite3"
        self._file = file
        with self._writing():
            folder.mkdir(parents=True, exist_ok=True)
            self.failures.unlink(missing_ok=True)
            try:
                self._database = _opened(file)
            except sqlite3.DatabaseError:
                for suffix in ("", "-wal", "-shm"):
                    take_away(file.with_name(file.name + suffix))
                self._database = _opened(file)

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def article_of(self, file: str, stamp: Stamp) -> str:
        """The id of the article that was added of a file, as it is now; "" where it must be read."""
        with self._writing():
            row = self._database.execute(
                "SELECT article FROM files WHERE path = ? AND size = ? AND changed = ?",
                (os.fsencode(file), stamp.size, stamp.changed),
            ).fetchone()
        return str(row[0]) if row else ""

    def note(self, file: str, stamp: Stamp, article: str) -> None:
        """Notes that an article was added of a file, by its id; the stamp is of before the file was read."""
        row = os.fsencode(file), stamp.size, stamp.changed, article
        with self._writing(), self._database:
            self._database.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", row)

    def is_first(self, article: str) -> bool:
        """Whether this is asked of an article for the first time in this run."""
        with self._writing(), self._database:
            return self._database.execute("INSERT OR IGNORE INTO added VALUES (?)", (article,)).rowcount > 0

    def note_failure(self, name: str, reason: str) -> None:
        """Lists a file that could not be added, with the reason."""
        with self._writing(), self.failures.open("a", encoding="utf-8", errors="replace") as file:
            file.write(f"{' '.join(name.split())}\t{' '.join(reason.split())}\n")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise unwritable(self._file, error) from error
        except sqlite3.Error as error:
            raise StoreError(
                "{path} can't be written: {reason}. Make room, or set ASSISTANT_HOME.",
                path=self._file,
                reason=reason_of(error),
            ) from error


def _opened(file: Path) -> sqlite3.Connection:
    database = sqlite3.connect(file, timeout=WAIT_SECONDS)
    with ExitStack() as unusable:
        unusable.callback(database.close)
        database.executescript(TABLES)
        unusable.pop_all()
    return database
