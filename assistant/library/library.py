"""The user's articles: added, listed, read and removed, each as one step that happens whole or not at all.

An article is a JSON file (`files.py`) and its chunks in the `ChunkStore`; it exists when its file does. What is kept
of one without a file goes at the end of the change, or, where that was cut off, when the library is opened next.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import replace
from functools import lru_cache
from os.path import lexists
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import ArticleError, StoreBroken, StoreError, StoreTooNew
from assistant.library import upkeep
from assistant.library.additions import Addition, Prepared, Source, groups
from assistant.library.alignment import Bead, aligned
from assistant.library.article import ARTICLE_ID, Article, article_id, parse_article
from assistant.library.changes import Changes
from assistant.library.chunking import Chunk, chunk_article
from assistant.library.derived import read_beads, read_questions, write_beads, write_questions
from assistant.library.embedding import Embedder, OnProgress, Vectors
from assistant.library.files import (
    Entry,
    article_of,
    list_entries,
    locked,
    no_article,
    read_record,
    record_of,
    version_of,
    write_file,
)
from assistant.library.folders import usable
from assistant.library.kept import Kept
from assistant.library.notes import Notes
from assistant.library.opening import close_store, open_store
from assistant.library.upkeep import Cause, OnRenewal, unusable
from assistant.settings import Settings
from assistant.text.language import Language

__all__ = ["Library"]

KEPT_ARTICLES = 32
"""Parsed articles kept in memory."""


class Library:
    """The articles under one folder, held by one process at a time. Use it as a context manager or `close` it."""

    def __init__(
        self, settings: Settings, embedder: Embedder, on_renewal: OnRenewal | None = None, *, wholly: bool = False
    ) -> None:
        """Opens the library under `settings.home`, which is made where it doesn't exist.

        Args:
            on_renewal: is told how far it is, where articles must be prepared anew (`_renew`).
            wholly: whether all of the store is read before it is trusted (`checking.py`).

        Raises:
            StoreInUse: another process has it open.
            StoreError: the folder can't be read or written.
        """
        self.home = settings.home
        self.prefixes = settings.prefixes
        self._limit = settings.article_bytes
        self.embedder = embedder
        self._parsed = lru_cache(KEPT_ARTICLES)(lambda article, _: self._load(article))
        self._changing = threading.RLock()
        self._is_sound = True
        self.notes = Notes(self.home, lambda article: self.kept.record(article).exists())
        self._changes = Changes(self.home / "pending", self._settle)
        self.troubled: dict[str, StoreError] = {}
        self.renewed: Mapping[str, Cause] = {}
        self.around_removal: Callable[[str], AbstractContextManager[object]] = nullcontext
        """Entered where another process has removed an article, while what is here of it goes."""
        with usable(self.home), ExitStack() as self._opened:
            self._opened.callback(locked(self.home).release)
            self._open(on_renewal, wholly=wholly)
            self._opened = self._opened.pop_all()

    def _open(self, on_renewal: OnRenewal | None, *, wholly: bool) -> None:
        """Opens the store, made anew where it is damaged, and ends what was cut off."""
        self._open_store(wholly=wholly)
        try:
            self._renew(on_renewal)
        except StoreBroken as error:
            self.store.close()
            self._open_store(fault=str(error.__cause__))
            self._renew(on_renewal)
        self.swept = tuple(self.kept.sweep())
        try:
            self.kept.wipe()
        except StoreError as error:
            self.troubled["unwiped"] = error

    def _open_store(self, *, wholly: bool = False, fault: str = "") -> None:
        self.store, trouble = open_store(self.home, self.embedder.name, wholly=wholly, fault=fault)
        self._opened.callback(close_store, self.home, self.store)
        self.kept = Kept(self.home, self.prefixes, self.store)
        if trouble:
            self.troubled["store"] = trouble

    def __enter__(self) -> "Library":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the store and its lock."""
        self._opened.close()

    def add(
        self, text: str, title: str = "", date: str = "", on_progress: OnProgress | None = None
    ) -> tuple[Article, bool]:
        """Keeps the article in `text`. Returns it, and whether it is new: the same text is kept once.

        Args:
            title: its title; without one its first sentence.
            date: its day in a usual form, or "".
            on_progress: is told how many of its passages can be searched for.

        Raises:
            ArticleError: the text can't become an article (`parse_article`).
            StoreError: it can't be written; nothing of it stays.
        """
        article = parse_article(text, title, date, limit=self._limit)
        is_new = bool(self._keep([article], on_progress))
        return (article if is_new else self.article(article.id)), is_new

    def add_all(self, sources: Iterable[Source]) -> Iterator[Addition]:
        """Keeps the articles of `sources`, several at a time, and tells what became of each, in turn, once it is done.

        What can't become an article is told as its error, and the next is read. One that is there already costs
        neither parsing nor embedding, so that a run that was cut off is continued by another. Sources are read as
        they are needed; no more than a group of them is in memory.

        Raises:
            StoreError: they can't be written; the articles told of stay, of the others each is whole or not there.
        """
        for group in groups(map(self._prepared, sources)):
            kept = self._keep([prepared.article for prepared in group if prepared.article])
            for addition in (prepared.addition for prepared in group):
                yield replace(addition, is_new=addition.id in kept)
                kept.discard(addition.id)

    def _prepared(self, source: Source) -> Prepared:
        try:
            found = source.read()
            path = self.kept.record(article_id(found.text))
            if path.exists() and (record := self._record(path)):
                return Prepared(Addition(source.name, path.stem, record["title"], record.get("date", "")))
            title, date = source.title or found.title, source.date or found.date
            article = parse_article(found.text, title, date, limit=self._limit)
        except (ArticleError, StoreError) as error:
            return Prepared(Addition(source.name, error=error))
        return Prepared(Addition(source.name, article.id, article.title, article.date, found=found), article)

    def _keep(self, articles: Sequence[Article], on_progress: OnProgress | None = None) -> set[str]:
        """Keeps those of `articles` that aren't there yet, with one insertion into the store. Returns their ids."""
        with self._changing:
            new: dict[str, Article] = {}
            for article in articles:
                path = self.kept.record(article.id)
                if not (path.exists() and self._record(path)):
                    new.setdefault(article.id, article)
            if new:
                self._put(tuple(new.values()), on_progress)
                self._note_sound()
            return set(new)

    def _put(self, articles: Sequence[Article], on_progress: OnProgress | None = None, added: str = "") -> None:
        chunks = [chunk for article in articles for chunk in chunk_article(article)]
        vectors = self.embedder.passages([chunk.text for chunk in chunks], on_progress)
        self._store({article.id: record_of(article, added) for article in articles}, chunks, vectors)

    def _store(self, records: Mapping[str, str], chunks: Sequence[Chunk], vectors: Vectors) -> None:
        with self._changes.of(records):
            self.store.add(chunks, vectors)
            for article, record in records.items():
                write_file(self.kept.record(article), record)

    def receive(self, records: Mapping[str, str], passages: Mapping[Chunk, Any]) -> None:
        """Keeps articles of another library by their records, with their passages' vectors; one that is there anew.

        Raises:
            StoreError: they can't be written; each is whole or not there.
        """
        with self._changing:
            self._store(records, tuple(passages), np.array(tuple(passages.values()), dtype=np.float32))
            self._note_sound()

    def remove(self, article: str) -> None:
        """Removes the article with this id.

        Raises:
            ArticleNotFound: there is none.
            StoreError: it can't be removed.
        """
        with self._changing:
            self.article(article)
            self._take_out(article)
            self._note_sound()
            self.kept.wipe()

    def _take_out(self, article: str) -> None:
        with self._changes.of([article]), self.notes.removal(article):
            self.kept.begin_removal(article)

    def entries(self) -> tuple[Entry, ...]:
        """The articles kept, oldest first; of those with damaged files `troubles` tells."""
        return list_entries(self.home, self._set_aside)

    @property
    def troubles(self) -> tuple[StoreError, ...]:
        """What was found damaged since the library was opened, and what became of it."""
        return (*self.troubled.values(), *self.notes.troubles)

    def article(self, article: str) -> Article:
        """The article with this id.

        Raises:
            ArticleNotFound: there is none.
        """
        version = ARTICLE_ID.fullmatch(article) and version_of(self.kept.record(article))
        return self._parsed(article, version) if version else self._load(article)

    def known_alignment(self, article: str) -> tuple[Bead, ...] | None:
        """What links the two versions of an article, where that has been worked out; none in a single version."""
        return read_beads(self.kept.beads(article)) if len(self.article(article).documents) > 1 else ()

    def alignment(self, article: str) -> tuple[Bead, ...]:
        """What links the two versions of an article; worked out once, in a second or so for two pages, and kept.

        Raises:
            ArticleNotFound: there is none.
            StoreError: it can't be kept.
        """
        if (known := self.known_alignment(article)) is not None:
            return known
        beads = aligned(self.article(article), self.embedder)
        with self._changing:
            if self.kept.record(article).exists():
                write_beads(self.kept.beads(article), beads)
        return beads

    def suggestions(self, article: str, language: Language) -> tuple[str, ...] | None:
        """The questions that are suggested for an article, None where none have been made up yet."""
        return read_questions(self.kept.questions(article, language))

    def keep_suggestions(self, article: str, language: Language, questions: Sequence[str]) -> None:
        """Keeps the questions to suggest for an article, unless it has been removed.

        Raises:
            StoreError: they can't be kept.
        """
        with self._changing:
            if self.kept.record(article).exists():
                write_questions(self.kept.questions(article, language), questions)

    def _load(self, article: str) -> Article:
        path = self.kept.record(article)
        if not ARTICLE_ID.fullmatch(article) or not lexists(path):
            raise no_article(article)
        if record := self._record(path):
            return article_of(record) or self._cut_anew(article, record)
        raise self.troubled.get(article) or no_article(article)  # which is gone meanwhile

    def _record(self, path: Path) -> dict[str, Any] | None:
        """What is in an article's file; None where that is damaged and has been set aside.

        Raises:
            StoreError: the file isn't given out, or was written by a newer assistant.
        """
        try:
            return read_record(path)
        except StoreError as error:
            self._set_aside(path, error)
            if lexists(path):
                raise
            return None

    def _cut_anew(self, id_: str, record: Mapping[str, Any]) -> Article:
        """Parses an article by the rules of now, and keeps it so; all that is kept of one counts its sentences."""
        article = upkeep.parsed_anew(record)
        with self._changing:
            if self.kept.record(id_).exists():
                self.kept.forget(id_)
                self._put([article], added=record["added"])
                self._note_sound()
        return article

    def _renew(self, on_renewal: OnRenewal | None) -> None:
        """Ends changes, cuts the articles anew that were added under other rules, makes passages that were lost.

        Cut off, it is begun again the next time. Of what can't be read, is newer, or no article now, none is found.
        """
        self._changes.recover()
        if upkeep.is_sound(self.home, self.store.count()):
            return
        found = upkeep.condition(self.home, frozenset(self.store.chunks()))
        self._is_sound = False
        for id_ in (*found.unreadable, *found.too_new):
            self.kept.forget(id_)
        for done, (id_, cause) in enumerate(found.anew.items()):
            if on_renewal:
                on_renewal(done, len(found.anew), cause)
            self._renew_one(id_)
            if on_renewal and done + 1 == len(found.anew):
                on_renewal(done + 1, len(found.anew), cause)
        self.renewed = found.anew
        self._is_sound = not found.unreadable
        self._note_sound()

    def _renew_one(self, id_: str) -> None:
        try:
            if not (record := self._record(self.kept.record(id_))):
                return
            if article := article_of(record):
                self._put([article], added=record["added"])
            else:
                self._cut_anew(id_, record)
        except ArticleError as error:
            self.kept.forget(id_)
            self.troubled[id_] = unusable(id_, error)

    def _note_sound(self) -> None:
        if self._is_sound:
            upkeep.note_sound(self.home, self.store.count())

    def _set_aside(self, path: Path, error: StoreError) -> None:
        """Takes a file that can't be read out of the way of the others, with what is kept of its article."""
        with self._changing:
            if not lexists(path):  # removed meanwhile, or set aside
                return
            self.troubled[path.stem] = upkeep.set_aside(self.home, path, error)
            self._settle(path.stem)
            if isinstance(error, StoreTooNew):
                self.kept.forget(path.stem)

    def _settle(self, article: str) -> None:
        """The answers that a reader has kept go where an article was removed, not where its file is damaged."""
        self.notes.settle(article)
        self.kept.settle(article)
