"""The folder of a library: its lock, and its articles' files, a JSON object each, written whole or not at all."""

import json
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from filelock import FileLock, Timeout

from assistant.errors import StoreError, StoreInUse
from assistant.library.alignment import Bead
from assistant.library.article import PARSER, Article

__all__ = [
    "Entry",
    "list_entries",
    "locked",
    "read_beads",
    "read_questions",
    "read_record",
    "record_of",
    "write_beads",
    "write_file",
    "write_questions",
]

ALIGNMENT_VERSION = 1
"""Of the method; what was worked out by another is worked out anew."""
QUESTIONS_VERSION = 1
"""Of the way in which questions are made up."""
KEPT_ENTRIES = 2**16
"""Articles of which what a list shows is kept in memory."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a list of articles shows of one: id, title, language codes, length in characters, when it was added.

    `date` is the article's own day as YYYY-MM-DD, "" where that isn't known.
    """

    id: str
    title: str
    languages: tuple[str, ...]
    characters: int
    added: str
    date: str = ""


def list_entries(home: Path, on_unreadable: Callable[[Path, StoreError], None]) -> tuple[Entry, ...]:
    """The articles kept under `home`, oldest first; needs neither the store nor its lock.

    Files that can't be read are left out, and told with the reason, so that one doesn't hide the others.
    """
    entries = []
    for path in (home / "articles").glob("*.json"):
        try:
            entries.append(_entry_of(path, _version(path)))
        except StoreError as error:
            on_unreadable(path, error)
    return tuple(sorted(entries, key=lambda entry: (entry.added, entry.id)))


def record_of(article: Article, added: str = "") -> str:
    """The JSON object of an article that is added now, or was `added` then."""
    entry = Entry(
        id=article.id,
        title=article.title,
        languages=tuple(language.value for language in article.languages),
        characters=len(article.text),
        added=added or datetime.now(UTC).isoformat(timespec="microseconds"),
        date=article.date,
    )
    return json.dumps(asdict(entry) | {"text": article.text, "parser": PARSER}, ensure_ascii=False)


def write_beads(path: Path, beads: Sequence[Bead]) -> None:
    """Writes an alignment to a file.

    Raises:
        StoreError: it can't be written.
    """
    write_file(
        path, json.dumps({"version": ALIGNMENT_VERSION, "beads": [[one.english, one.japanese] for one in beads]})
    )


def read_beads(path: Path) -> tuple[Bead, ...] | None:
    """The alignment in a file; None where there is none that can be used."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if record["version"] != ALIGNMENT_VERSION:
            return None
        return tuple(Bead(tuple(english), tuple(japanese)) for english, japanese in record["beads"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_questions(path: Path, questions: Sequence[str]) -> None:
    """Writes the questions that are suggested for an article to a file.

    Raises:
        StoreError: it can't be written.
    """
    write_file(path, json.dumps({"version": QUESTIONS_VERSION, "questions": list(questions)}, ensure_ascii=False))


def read_questions(path: Path) -> tuple[str, ...] | None:
    """The questions in a file; None where there is none that can be used."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        return tuple(map(str, record["questions"])) if record["version"] == QUESTIONS_VERSION else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


@lru_cache(KEPT_ENTRIES)
def _entry_of(path: Path, version: tuple[int, ...]) -> Entry:  # noqa: ARG001
    """What a list shows of the article in a file, which is read once for each `version` of it."""
    return _entry(read_record(path))


def _version(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError:  # reading it says why
        return ()
    return found.st_mtime_ns, found.st_ino, found.st_size


def _entry(record: dict[str, object]) -> Entry:
    languages = record["languages"]
    return Entry(
        id=str(record["id"]),
        title=str(record["title"]),
        languages=tuple(languages) if isinstance(languages, list) else (),
        characters=int(str(record["characters"])),
        added=str(record["added"]),
        date=str(record.get("date", "")),  # unknown to records of old
    )


def read_record(path: Path) -> dict[str, object]:
    """The JSON object in a file.

    Raises:
        StoreError: it can't be read, or isn't one of an article.
    """
    try:
        record: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
        _entry(record)
        str(record["text"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            "The article file {path} can't be read: {reason}. Move it away to go on without it.",
            path=path,
            reason=error,
        ) from error
    return record


def write_file(path: Path, text: str) -> None:
    """Writes a file whole or not at all.

    Raises:
        StoreError: it can't be written.
    """
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, suffix=".new", delete=False, newline=""
        ) as file:
            temporary = Path(file.name)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise StoreError(
            "{path} can't be written: {reason}. Make room, or set ASSISTANT_HOME.",
            path=path,
            reason=error.strerror or error,
        ) from error
    finally:
        if temporary:
            temporary.unlink(missing_ok=True)


def locked(home: Path) -> FileLock:
    """The lock of the folder of a library, which is made where it doesn't exist.

    Raises:
        StoreInUse: another process holds it.
        StoreError: the folder can't be written.
    """
    lock = FileLock(home / "lock", timeout=0, thread_local=False)
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise StoreInUse(
            "The articles in {folder} are in use by another running assistant. Close it, or ask there; "
            "to work beside it with other articles, set ASSISTANT_HOME to another folder.",
            folder=home,
        ) from error
    except OSError as error:
        raise StoreError(
            "The folder {folder} can't be written: {reason}. Name another in ASSISTANT_HOME.",
            folder=home,
            reason=error.strerror or error,
        ) from error
    return lock
