"""A library whose articles are on a Chroma server, used by this process as one in a folder.

Records and passages are there (`shelf.py`); here, in a folder of the process's own, are copies of the records, the
index of keywords and all that is worked out of an article. A thread brings them up to date with what others change.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import count

from assistant.errors import AssistantError, StoreError, StoreInUse
from assistant.library.article import Article
from assistant.library.chunking import Chunk, chunk_article
from assistant.library.embedding import Embedder, OnProgress, Vectors
from assistant.library.files import article_files, article_of, read_record, write_file
from assistant.library.kept import Kept
from assistant.library.library import Library
from assistant.library.served.address import address_of
from assistant.library.served.connection import Connection
from assistant.library.served.editions import Editions
from assistant.library.served.homes import candidates, empty_unused, note_use
from assistant.library.served.shelf import Shelf, passage_id
from assistant.library.served.store import ServedStore
from assistant.library.upkeep import Cause, OnRenewal
from assistant.settings import ChromaServer, Settings

__all__ = ["ServedLibrary"]

LOOK_SECONDS = 0.5
"""Between two looks at whether others have changed something; such a look takes a few milliseconds."""
WHOLE_LOOKS = 60
"""Every so many looks the articles are compared one by one, as a process that was ended may have told of nothing."""
SWEEP_LOOKS = 1200
"""Every so many looks what was cut off is swept away, and what others have left here."""
END_SECONDS = 5.0
"""Longest that a look is waited for when the library is closed."""


class ServedLibrary(Library):
    """The articles on a server. Any number of processes may use it, each by one of these."""

    def __init__(
        self,
        settings: Settings,
        server: ChromaServer,
        embedder: Embedder,
        on_renewal: OnRenewal | None = None,
        *,
        wholly: bool = False,
    ) -> None:
        """Opens the library on a server, with the first folder under `settings.home` that no other process has.

        Raises:
            UsageError: what names the server makes no sense.
            StoreError: what is wrong with the server, or a folder can't be read or written.
        """
        self._address = address_of(server)
        self._ending = threading.Event()
        self._state: object = None
        for home in candidates(settings.home, self._address):
            with suppress(StoreInUse):
                super().__init__(replace(settings, home=home), embedder, on_renewal, wholly=wholly)
                return

    def _open(self, on_renewal: OnRenewal | None, *, wholly: bool) -> None:
        connection = Connection(self._address)
        self._opened.callback(connection.close)
        self._shelf = Shelf(connection, self.embedder.name)
        self._editions = Editions(self.home / "editions")
        store = ServedStore(self.home, self.embedder.name, self._shelf, self._editions.held, self._cut)
        self._opened.callback(store.close)
        self.store = store
        self._index = store.index
        self.kept = Kept(self.home, self.prefixes, store)
        self._changes.recover()
        self.swept = tuple(self.kept.sweep())
        for article in self._editions.held.keys() - {path.stem for path in article_files(self.home)}:
            self._editions.let_go(article)
        self._compare(on_renewal)
        for article in {path.stem for path in article_files(self.home)} - self._editions.held.keys():
            self._let_go(article)  # it was being taken, and is gone meanwhile
        if store.is_short:
            self._embed(on_renewal)
        if wholly:
            self.sweep()
        watch = threading.Thread(target=self._watch, name="served library", daemon=True)
        watch.start()
        self._opened.callback(watch.join, END_SECONDS)
        self._opened.callback(self._ending.set)

    def look(self) -> None:
        """Brings what is here up to date with the server.

        Raises:
            StoreError: what is wrong with the server.
        """
        if self._shelf.state() != self._state:
            self._compare()

    def sweep(self) -> int:
        """Removes from the server what was cut off, by whomever. Returns how many passages and records that were."""
        return self._shelf.sweep()

    def remove(self, article: str) -> None:
        self.look()
        with self._changing:
            self.article(article)
            self._shelf.remove(article)
            self._take_out(article)
            self._editions.let_go(article)
            self.kept.wipe()

    def _keep(self, articles: Sequence[Article], on_progress: OnProgress | None = None) -> set[str]:
        self.look()
        return super()._keep(articles, on_progress)

    def _store(self, records: Mapping[str, str], chunks: Sequence[Chunk], vectors: Vectors) -> None:
        former = {article: held for article in records if (held := self._editions.held.get(article))}
        editions = self._shelf.put(records, chunks, vectors)
        for article, record in records.items():
            self._take(article, editions[article], record)
        with suppress(StoreError):  # it is swept then
            self._shelf.drop(list(former.values()), [".".join(pair) for pair in former.items()])

    def _note_sound(self) -> None:
        """A folder's note; what is on a server may be changed by others."""

    def _watch(self) -> None:
        for number in count():
            if self._ending.wait(LOOK_SECONDS):
                return
            with suppress(Exception):  # those of the server are told to whoever asks; none ends the watch
                if number % WHOLE_LOOKS == WHOLE_LOOKS - 1:
                    self._state = None
                self.look()
                if number % SWEEP_LOOKS == 0:
                    self.sweep()
                    note_use(self.home)
                    empty_unused(self.home.parent, self._editions.held)

    def _compare(self, on_renewal: OnRenewal | None = None) -> None:
        """Compares the articles here with those on the server, one by one."""
        with self._changing:
            state = self._shelf.state()
            there, held = self._shelf.editions(), self._editions.held
            gone = held.keys() - there.keys()
            missing = {article: edition for article, edition in there.items() if held.get(article) != edition}
            former = held.keys() & missing.keys()
            found = self._shelf.records(missing)
            stale = [article for article, edition, record in found if not self._take(article, edition, record)]
            for done, article in enumerate(stale):
                if on_renewal:
                    on_renewal(done, len(stale), Cause.RULES)
                self._renew_one(article)
            if on_renewal and stale:
                on_renewal(len(stale), len(stale), Cause.RULES)
        for article in gone:
            self._let_go(article)
        for article in former:  # what was read of it, and is held in memory
            with self.around_removal(article):
                pass
        with self._changing:
            self.kept.wipe()
        self._state = state

    def _let_go(self, article: str) -> None:
        """Removes what is here of an article that isn't on the server any more."""
        with self.around_removal(article), self._changing:  # in this order, as readers take the locks
            if not self._shelf.has(article):
                self._take_out(article)
                self._editions.let_go(article)

    def _take(self, article: str, edition: str, record: str) -> bool:
        """Has an article here that is on the server. Returns whether it needn't be cut anew, by the rules of now."""
        if article in self._editions.held:
            self.kept.forget(article)
        write_file(path := self.kept.record(article), record)
        try:
            found = article_of(read_record(path))
        except StoreError:  # damaged, or newer, which the list of articles tells
            found, is_of_now = None, True
        else:
            is_of_now = found is not None
        self._index(article, chunk_article(found) if found else ())
        self._editions.hold(article, edition)
        return is_of_now

    def _embed(self, on_renewal: OnRenewal | None) -> None:
        """Writes the passages of this embedder that aren't on the server: all, or those left where that was cut off."""
        lost = list(self._lost())
        for done, chunks in enumerate(lost):
            if on_renewal:
                on_renewal(done, len(lost), Cause.LOSS)
            vectors = self.embedder.passages([chunk.text for chunk in chunks])
            self._shelf.write(self._editions.held, chunks, vectors)
        if on_renewal and lost:
            on_renewal(len(lost), len(lost), Cause.LOSS)

    def _lost(self) -> Iterator[list[Chunk]]:
        """The passages that aren't on the server, article by article."""
        there = self._shelf.passage_ids()
        for article in tuple(self._editions.held):
            with suppress(AssistantError):  # the list of articles tells
                chunks = chunk_article(self.article(article))
                edition = self._editions.held[article]
                if lost := [chunk for chunk in chunks if passage_id(edition, chunk.id) not in there]:
                    yield lost

    def _cut(self) -> list[Chunk]:
        """The passages of the articles that are here."""
        chunks: list[Chunk] = []
        for path in article_files(self.home):
            with suppress(StoreError):
                if path.stem in self._editions.held and (found := article_of(read_record(path))):
                    chunks += chunk_article(found)
        return chunks
