"""What a reader keeps of an article: a file for each article that has any, written whole or not at all.

What is kept is a record of plain values, which stays as it was given; what it means is for whoever gives it.
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.errors import StoreError, StoreTooNew
from assistant.library.article import ARTICLE_ID
from assistant.library.derived import is_its_own
from assistant.library.files import no_article, unwritable, write_file
from assistant.library.folders import reason_of
from assistant.library.upkeep import move_aside

__all__ = ["Note", "Notes", "notes_file", "read_notes"]

VERSION = 1
"""Of the file, not of the records in it."""


@dataclass(frozen=True, slots=True)
class Note:
    """A record that was kept, by its id within the article, and when (ISO 8601, UTC)."""

    id: str
    kept: str
    record: Mapping[str, Any]


class Notes:
    """Those of the articles of a library. Each change is on disk once it returns; any thread may make one."""

    def __init__(self, home: Path, exists: Callable[[str], bool]) -> None:
        """`exists`: whether there is an article with an id."""
        self._home = home
        self._exists = exists
        self._lock = threading.RLock()
        self._troubles: dict[str, StoreError] = {}

    @property
    def troubles(self) -> tuple[StoreError, ...]:
        """What was found damaged, and what became of it."""
        return tuple(self._troubles.values())

    def of(self, article: str) -> tuple[Note, ...]:
        """What is kept of an article, oldest first; of what can't be read `troubles` tells."""
        if not ARTICLE_ID.fullmatch(article):
            return ()
        try:
            return read_notes(self._file(article))
        except StoreError:
            with self._lock:
                return self._read(article)[0]

    def keep(self, article: str, id_: str, record: Mapping[str, Any]) -> None:
        """Keeps a record of an article; what is there by its id stays as it is.

        Raises:
            ArticleNotFound: there is no such article.
            StoreError: it can't be written, or what is there can't be read, which is left alone.
        """
        with self._changeable(article) as notes:
            if all(note.id != id_ for note in notes):
                self._write(article, [*notes, Note(id_, datetime.now(UTC).isoformat(timespec="seconds"), record)])

    def drop(self, article: str, id_: str) -> None:
        """Takes out what is kept by an id, if anything is.

        Raises:
            ArticleNotFound, StoreError: as of `keep`.
        """
        with self._changeable(article) as notes:
            left = [note for note in notes if note.id != id_]
            if len(left) < len(notes):
                self._write(article, left)

    @contextmanager
    def removal(self, article: str) -> Iterator[None]:
        """While the block runs, which removes an article, nothing is kept of it; what is kept goes where it does.

        Raises:
            StoreError: it can't be moved out of the way.
        """
        with self._lock:
            file = self._file(article)
            try:
                if file.exists():
                    file.replace(self._leaving(article))
            except OSError as error:
                raise unwritable(file, error) from error
            try:
                yield
            finally:
                self.settle(article)

    def settle(self, article: str) -> None:
        """Ends a removal of an article, wherever that ended: what was kept is there again, or gone with the article.

        Raises:
            StoreError: it can't be moved or removed.
        """
        with self._lock:
            leaving = self._leaving(article)
            try:
                if not leaving.exists():
                    return
                if self._exists(article):
                    leaving.replace(self._file(article))
                else:
                    leaving.unlink()
            except OSError as error:
                raise unwritable(leaving, error) from error

    @contextmanager
    def _changeable(self, article: str) -> Iterator[tuple[Note, ...]]:
        with self._lock:
            if not ARTICLE_ID.fullmatch(article) or not self._exists(article):
                raise no_article(article)
            notes, trouble = self._read(article)
            if trouble:
                raise trouble
            yield notes

    def _read(self, article: str) -> tuple[tuple[Note, ...], StoreError | None]:
        """What is kept, none where the file was damaged, and is set aside; and why it can't be read, if so."""
        file = self._file(article)
        try:
            return read_notes(file), None
        except StoreError as error:
            folder = move_aside(self._home, file, error)
            self._troubles[article] = error if folder is None else _set_aside(file, folder, error)
            return (), error if folder is None else None

    def _write(self, article: str, notes: Sequence[Note]) -> None:
        content = {"version": VERSION, "article": article, "notes": [asdict(note) for note in notes]}
        write_file(self._file(article), json.dumps(content, ensure_ascii=False))

    def _file(self, article: str) -> Path:
        return notes_file(self._home, article)

    def _leaving(self, article: str) -> Path:
        return self._file(article).with_suffix(".leaving")


def notes_file(home: Path, article: str) -> Path:
    """The file that has what is kept of an article, where anything is; its name is no other file's."""
    return home / "notes" / f"{article}.notes.json"


def read_notes(file: Path) -> tuple[Note, ...]:
    """What is kept in a file, oldest first; none where there is no file.

    Raises:
        StoreError: it can't be read, or holds something else.
        StoreTooNew: it was written by a newer assistant.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        version = int(content["version"])
        notes = tuple(map(_note, content["notes"])) if version <= VERSION else ()
        if not is_its_own(file, content):
            raise ValueError(f"it is of the article {content['article']}")
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise StoreError(
            "The file of kept answers {path} can't be read: {reason}. Move it away to go on without it.",
            path=file,
            reason=reason_of(error),
        ) from error
    if version > VERSION:
        raise StoreTooNew(
            "The file of kept answers {path} was written by a newer assistant. Update this one to read it; until then "
            "it is left as it is.",
            path=file,
        )
    return notes


def _note(content: Mapping[str, Any]) -> Note:
    note = Note(content["id"], content["kept"], content["record"])
    datetime.fromisoformat(note.kept)
    if not (isinstance(note.id, str) and isinstance(note.record, dict)):
        raise TypeError("a field of it is of another kind")
    return note


def _set_aside(file: Path, folder: Path, error: StoreError) -> StoreError:
    return StoreError(
        "The file of kept answers {name} is damaged ({reason}) and was moved to {folder}. Its article is as it was.",
        name=file.name,
        reason=error.__cause__,
        folder=folder,
    )
