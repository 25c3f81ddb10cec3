"""The folder of a library: its lock, and its articles' files, a JSON object each, written whole or not at all.

A text is parsed once: where its paragraphs and sentences are is kept beside it, by the version of the parser, so that
what is numbered by them stays right whatever rules change. Cutting anew what other rules have cut is for `library.py`.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from assistant.errors import ArticleNotFound, StoreError, StoreInUse, StoreTooNew
from assistant.library.article import ARTICLE_ID, PARSER, Article, Document, Sentence
from assistant.library.folders import listed, reason_of
from assistant.text.language import Language, Span

__all__ = [
    "Entry",
    "article_files",
    "article_of",
    "list_entries",
    "locked",
    "no_article",
    "read_record",
    "record_of",
    "take_away",
    "unwritable",
    "version_of",
    "write_file",
]

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


def article_files(home: Path) -> list[Path]:
    """The files of the articles kept under `home`, each named after the id of its article.

    Raises:
        StoreError: their folder can't be read.
    """
    files = (path for path in listed(home / "articles") if path.suffix == ".json")
    return [path for path in files if ARTICLE_ID.fullmatch(path.stem)]


def list_entries(home: Path, on_unreadable: Callable[[Path, StoreError], None]) -> tuple[Entry, ...]:
    """The articles kept under `home`, oldest first; needs neither the store nor its lock.

    Files that can't be read are left out, and told with the reason, so that one doesn't hide the others.

    Raises:
        StoreError: none of them can.
    """
    entries = []
    for path in article_files(home):
        try:
            entries.append(_entry_of(path, version_of(path)))
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
    record = asdict(entry) | {
        "parser": PARSER,
        "text": article.text,
        "documents": {document.language.value: _places(document) for document in article.documents},
        "left_out": article.left_out,
    }
    return json.dumps(record, ensure_ascii=False)


def _places(document: Document) -> dict[str, list[tuple[int, ...]]]:
    """Where in the text a version has its paragraphs and sentences, these with the indices of their paragraphs."""
    return {
        "paragraphs": [(span.start, span.end) for span in document.paragraphs],
        "sentences": [(each.start, each.end, each.paragraph) for each in document.sentences],
    }


def article_of(record: Mapping[str, Any]) -> Article | None:
    """The article in a record, as it was parsed when it was added; None where it must be parsed anew.

    That is, where it was cut by other rules, or its places don't fit its text.
    """
    if record.get("parser") != PARSER:
        return None
    text = record["text"]
    try:
        documents = tuple(_document(text, Language(key), places) for key, places in record["documents"].items())
        if not documents or not isinstance(record["left_out"], list):
            return None
    except (AttributeError, ValueError, KeyError, TypeError):
        return None
    return Article(record["id"], record["title"], text, documents, tuple(record["left_out"]), record.get("date", ""))


def _document(text: str, language: Language, places: Mapping[str, Any]) -> Document:
    paragraphs = tuple(Span(start, end) for start, end in places["paragraphs"])
    sentences = tuple(
        Sentence(number, language, start, end, text[start:end], paragraph)
        for number, (start, end, paragraph) in enumerate(places["sentences"], start=1)
    )
    for sentence in sentences:
        paragraph = paragraphs[sentence.paragraph] if 0 <= sentence.paragraph < len(paragraphs) else Span(0, 0)
        if not paragraph.start <= sentence.start < sentence.end <= min(paragraph.end, len(text)):
            raise ValueError(f"sentence {sentence.number} lies outside its paragraph")
    return Document(language, paragraphs, sentences)


@lru_cache(KEPT_ENTRIES)
def _entry_of(path: Path, version: tuple[int, ...]) -> Entry:  # noqa: ARG001
    """What a list shows of the article in a file, which is read once for each `version` of it."""
    return _entry(read_record(path))


def version_of(path: Path) -> tuple[int, ...]:
    """What changes whenever a file is written; () where it can't be told."""
    try:
        found = path.stat()
    except OSError:  # reading it says why
        return ()
    return found.st_mtime_ns, found.st_ino, found.st_size


def _entry(record: Mapping[str, Any]) -> Entry:
    languages = record["languages"]
    return Entry(
        id=record["id"],
        title=record["title"],
        languages=tuple(languages) if isinstance(languages, list) else (),
        characters=int(str(record["characters"])),
        added=record["added"],
        date=record.get("date", ""),
    )


def read_record(path: Path) -> dict[str, Any]:
    """The JSON object in a file.

    Raises:
        StoreError: it can't be read, or isn't one of an article.
        StoreTooNew: it was written by a newer assistant.
    """
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        _entry(record)
        parser = record.get("parser", 0)
        fields = record["id"], record["title"], record["text"], record["added"], record.get("date", "")
        if not (isinstance(parser, int) and all(isinstance(field, str) for field in fields)):
            raise TypeError("a field of it is of another kind")
        "".join(fields).encode()
        if record["id"] != path.stem:
            raise ValueError(f"it is of the article {record['id']}")
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise StoreError(
            "The article file {path} can't be read: {reason}. Move it away to go on without it.",
            path=path,
            reason=reason_of(error),
        ) from error
    if parser > PARSER:
        raise StoreTooNew(
            "The article file {path} was written by a newer assistant. Update this one to read it; until then the "
            "article is left out.",
            path=path,
        )
    return record


def unwritable(path: Path, error: OSError) -> StoreError:
    """The error that a file can't be written."""
    return StoreError(
        "{path} can't be written: {reason}. Make room, or set ASSISTANT_HOME.",
        path=path,
        reason=error.strerror or error,
    )


def no_article(article: str) -> ArticleNotFound:
    """The error that an id names no article."""
    return ArticleNotFound(
        "There is no article {article!r}; it may have been removed. Choose another (on the command line, "
        "`assistant list` shows them).",
        article=article,
    )


def write_file(path: Path, text: str) -> None:
    """Writes a file whole or not at all; halves of surrogate pairs, which no file holds, as question marks.

    Raises:
        StoreError: it can't be written.
    """
    temporary = None
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", errors="replace", dir=path.parent, suffix=".new", delete=False, newline=""
        ) as file:
            temporary = Path(file.name)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        if temporary:
            temporary.unlink(missing_ok=True)


def take_away(path: Path) -> None:
    """Removes a file, or a folder that stands in its place; one that isn't there is no error.

    Raises:
        StoreError: it can't be removed.
    """
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            "{path} can't be removed: {reason}. Check that you may change the files in its folder.",
            path=path,
            reason=reason_of(error),
        ) from error


def locked(home: Path) -> FileLock:
    """The lock of the folder of a library, which is made where it doesn't exist.

    Raises:
        StoreInUse: another process holds it.
        StoreError: the folder can't be written.
    """
    lock = FileLock(home / "lock", timeout=0, thread_local=False)
    try:
        home.mkdir(parents=True, exist_ok=True)
        file = Path(lock.lock_file)
        if file.is_symlink():
            file.unlink()
        elif file.is_dir():
            file.rmdir()
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
