"""The user's articles: added, listed, read and removed, each as one step that happens whole or not at all.

An article is a JSON file (the text and its title) and its chunks in the `ChunkStore`; it exists when its file
does. A note in `pending/` is made before and taken away after each change, so that one that was cut off is
undone or finished when the library is opened next.
"""

import json
import os
import re
import sys
import tempfile
import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from assistant import prefix
from assistant.article import Article, parse_article
from assistant.chunking import chunk_article
from assistant.embedding import Embedder
from assistant.errors import ArticleNotFound, StoreError, StoreInUse
from assistant.settings import PACKAGE, Settings
from assistant.store import ChunkStore

__all__ = ["SAMPLE", "Entry", "Library", "list_entries"]

SAMPLE = PACKAGE / "data" / "sample.txt"
"""The article that comes with the assistant."""
KEPT_ARTICLES = 32
"""Parsed articles kept in memory."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a list of articles shows of one: id, title, language codes, length in characters, when it was added."""

    id: str
    title: str
    languages: tuple[str, ...]
    characters: int
    added: str


def list_entries(home: Path) -> tuple[Entry, ...]:
    """The articles kept under `home`, oldest first; needs neither the store nor its lock."""
    entries = [_entry(_read(path)) for path in (home / "articles").glob("*.json")]
    return tuple(sorted(entries, key=lambda entry: (entry.added, entry.id)))


class Library:
    """The articles under one folder, held by one process at a time. Use it as a context manager or `close` it."""

    def __init__(self, settings: Settings, embedder: Embedder) -> None:
        """Opens the library under `settings.home`, which is made where it doesn't exist.

        Raises:
            StoreInUse: another process has it open.
            StoreError: the folder can't be read or written.
        """
        self._home = settings.home
        self._prefixes = settings.prefixes
        self._limit = settings.article_bytes
        self.embedder = embedder
        self._parsed = lru_cache(KEPT_ARTICLES)(self._load)
        self._changing = threading.Lock()
        self._lock = _locked(self._home)
        try:
            self.store = ChunkStore(self._home / "chroma", embedder.name)
            self._recover()
        except BaseException:
            self._lock.release()
            raise

    def __enter__(self) -> "Library":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the store and its lock."""
        self.store.close()
        self._lock.release()

    def add(self, text: str, title: str = "") -> tuple[Article, bool]:
        """Keeps the article in `text`. Returns it, and whether it is new: the same text is kept once.

        Raises:
            ArticleError: the text can't become an article (`parse_article`).
            StoreError: it can't be written; nothing of it stays.
        """
        article = parse_article(text, title, limit=self._limit)
        chunks = chunk_article(article)
        with self._changing:
            if self._path(article.id).exists():
                return self.article(article.id), False
            vectors = self.embedder.passages([chunk.text for chunk in chunks])
            note = self._note(article.id)
            try:
                self.store.add(chunks, vectors)
                _write(self._path(article.id), _record(article))
            except BaseException:
                self.store.remove(article.id)
                note.unlink()
                raise
            note.unlink()
        return article, True

    def add_sample(self) -> None:
        """Keeps the article that comes with the assistant, once: removed by the user, it stays away."""
        done = self._home / "sample-added"
        if not done.exists():
            self.add(SAMPLE.read_text(encoding="utf-8"))
            _write(done, "")

    def remove(self, article: str) -> None:
        """Removes the article with this id.

        Raises:
            ArticleNotFound: there is none.
            StoreError: it can't be removed.
        """
        with self._changing:
            self.article(article)
            note = self._note(article)
            try:
                self._path(article).unlink()
            except OSError as error:
                note.unlink()
                raise StoreError(f"The article {article} can't be removed: {error.strerror or error}.") from error
            self._parsed.cache_clear()
            self._clear(article)
            note.unlink()

    def entries(self) -> tuple[Entry, ...]:
        """The articles kept, oldest first."""
        return list_entries(self._home)

    def article(self, article: str) -> Article:
        """The article with this id.

        Raises:
            ArticleNotFound: there is none.
        """
        return self._parsed(article)

    def _load(self, article: str) -> Article:
        if not re.fullmatch(r"[0-9a-f]{12}", article) or not self._path(article).exists():
            raise ArticleNotFound(
                f"There is no article {article!r}. `assistant list` shows the articles and their ids."
            )
        record = _read(self._path(article))
        return parse_article(str(record["text"]), str(record["title"]), limit=sys.maxsize)

    def _path(self, article: str) -> Path:
        return self._home / "articles" / f"{article}.json"

    def _note(self, article: str) -> Path:
        note = self._home / "pending" / article
        _write(note, "")
        return note

    def _recover(self) -> None:
        """Finishes or undoes changes that were cut off: chunks without their article's file go."""
        for note in (self._home / "pending").glob("*"):
            if not self._path(note.name).exists():
                self._clear(note.name)
            note.unlink()

    def _clear(self, article: str) -> None:
        """Removes what is kept of an article besides its file: chunks, vectors, and what the model has read."""
        self.store.remove(article)
        prefix.clear(self._prefixes, article)


def _locked(home: Path) -> FileLock:
    lock = FileLock(home / "lock", timeout=0, thread_local=False)
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise StoreInUse(
            f"The articles in {home} are in use by another running assistant. Close it, or ask there; "
            "to work beside it with other articles, set ASSISTANT_HOME to another folder."
        ) from error
    except OSError as error:
        raise StoreError(
            f"The folder {home} can't be written: {error.strerror or error}. Name another in ASSISTANT_HOME."
        ) from error
    return lock


def _record(article: Article) -> str:
    entry = Entry(
        id=article.id,
        title=article.title,
        languages=tuple(language.value for language in article.languages),
        characters=len(article.text),
        added=datetime.now(UTC).isoformat(timespec="milliseconds"),
    )
    return json.dumps(asdict(entry) | {"text": article.text}, ensure_ascii=False)


def _entry(record: dict[str, object]) -> Entry:
    languages = record["languages"]
    return Entry(
        id=str(record["id"]),
        title=str(record["title"]),
        languages=tuple(languages) if isinstance(languages, list) else (),
        characters=int(str(record["characters"])),
        added=str(record["added"]),
    )


def _read(path: Path) -> dict[str, object]:
    try:
        record: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
        _entry(record)
        str(record["text"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"The article file {path} can't be read: {error}. Move it away to go on without it."
        ) from error
    return record


def _write(path: Path, text: str) -> None:
    """Writes a file whole or not at all."""
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
            f"{path} can't be written: {error.strerror or error}. Make room, or set ASSISTANT_HOME."
        ) from error
    finally:
        if temporary:
            temporary.unlink(missing_ok=True)
