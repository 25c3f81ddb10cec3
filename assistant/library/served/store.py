"""Searches the passages of a library that is on a Chroma server; the index of their keywords is a file here.

Only those count whose article is known here in their edition (`shelf.py`).
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.errors import StoreError
from assistant.library.chunking import Chunk, chunk_id
from assistant.library.embedding import Vectors
from assistant.library.keywords import KeywordIndex
from assistant.library.served.shelf import Shelf, passage_id
from assistant.library.store import ChunkStore, Hit, as_store_error, chunks_of
from assistant.text.language import Language

__all__ = ["ServedStore"]


class ServedStore(ChunkStore):
    """The passages on a `Shelf`, used as those in a folder. Safe to use from several threads."""

    def __init__(
        self,
        folder: Path,
        embedder_name: str,
        shelf: Shelf,
        editions: Mapping[str, str],
        cut: Callable[[], list[Chunk]],
    ) -> None:
        """Args:
        editions: the edition in which each article is known here; kept up to date by whoever gives it.
        cut: the passages of these articles, where the index has to be made anew.

        Raises:
            StoreError: the index can't be read or written.
        """
        self._folder = folder
        self._shelf = shelf
        self._editions = editions
        self._had_articles = bool(editions)
        with as_store_error(StoreError("The article store in {folder} can't be opened", folder=folder), folder):
            self._keywords = KeywordIndex(folder / f"keywords-{embedder_name}.sqlite3", cut)

    def close(self) -> None:
        self._keywords.close()

    @property
    def made_keywords(self) -> bool:
        return self._keywords.was_made and self._had_articles

    def index(self, article: str, chunks: Sequence[Chunk]) -> None:
        """Has an article, which is on the server, found by its keywords."""
        with as_store_error(StoreError("The article could not be stored"), self._folder):
            if chunks:
                self._keywords.add(chunks)
            else:
                self._keywords.remove(article)

    def add(self, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        """Writes the passages of articles that are there anew, and takes away what else there is of them."""
        for article in {chunk.article for chunk in chunks}:
            own = [chunk for chunk in chunks if chunk.article == article]
            self.index(article, own)
            wanted = {passage_id(self._editions[article], chunk.id) for chunk in own}
            for collection in self._shelf.passages.values():
                if strange := set(self._got(collection, [article], include=[])["ids"]) - wanted:
                    self._shelf.connection.ask(collection.delete, ids=sorted(strange))
        self._shelf.write(self._editions, chunks, vectors)

    def remove(self, article: str) -> None:
        """Has an article not found by its keywords any more; on the server it is removed by its record."""
        with as_store_error(StoreError("The article could not be removed"), self._folder):
            self._keywords.remove(article)

    def wipe(self) -> None:
        """Wipes out what is left of removed articles in the index."""
        with as_store_error(StoreError("What was removed could not be wiped out"), self._folder):
            self._keywords.wipe()
            self._keywords.forget_others()

    @property
    def is_short(self) -> bool:
        """Whether fewer passages are on the server than the articles known here have."""
        with as_store_error(StoreError("The article store could not be read"), self._folder):
            return self.count() < self._keywords.count()

    def count(self) -> int:
        return sum(self._shelf.connection.ask(each.count) for each in self._shelf.passages.values())

    def chunks(self, articles: Sequence[str] | None = None) -> tuple[Chunk, ...]:
        if articles is not None and not articles:
            return ()
        found = [self._got(each, articles) for each in self._shelf.passages.values()]
        return tuple(chunk for rows in found for chunk, _ in self._current(rows["documents"], rows["metadatas"]))

    def vectors(self, article: str) -> dict[Chunk, Any]:
        found: dict[Chunk, Any] = {}
        for collection in self._shelf.passages.values():
            rows = self._got(collection, [article], include=["documents", "metadatas", "embeddings"])
            found |= dict(self._current(rows["documents"], rows["metadatas"], rows["embeddings"]))
        return found

    def search(
        self, vector: Vectors, language: Language, articles: Sequence[str] | None, limit: int
    ) -> tuple[Hit, ...]:
        if articles is not None and not articles:
            return ()
        found: list[tuple[Chunk, Any]] = []
        wanted, full = limit, True
        while len(found) < limit and full:
            rows: Any = self._shelf.connection.ask(
                self._shelf.passages[language].query,
                query_embeddings=[vector.tolist()],
                n_results=wanted,
                where=self._where(articles),
                include=["documents", "metadatas", "distances"],
            )
            texts, metadatas, distances = (rows[name][0] for name in ("documents", "metadatas", "distances"))
            found = self._current(texts, metadatas, distances)
            full = len(texts) == wanted  # else there are no more
            wanted *= 2
        return tuple(
            Hit(chunk, score=1.0 - distance, rank=rank, retriever="dense")
            for rank, (chunk, distance) in enumerate(found[:limit], start=1)
        )

    def search_keywords(
        self, query: str, language: Language, articles: Sequence[str] | None, limit: int
    ) -> tuple[Hit, ...]:
        with as_store_error(StoreError("The article store could not be searched"), self._folder):
            found = self._keywords.search(query, language, limit, articles)
        known = [(each, edition) for each in found if (edition := self._editions.get(each[0]))]
        if not known:
            return ()
        ids = [passage_id(edition, chunk_id(each[0], language, each[1])) for each, edition in known]
        rows: Any = self._shelf.connection.ask(self._shelf.passages[language].get, ids=ids)
        chunks = {chunk.id: chunk for chunk, _ in self._current(rows["documents"], rows["metadatas"])}
        scored = [(chunks.get(chunk_id(article, language, at)), score) for (article, at, score), _ in known]
        hits = [(chunk, score) for chunk, score in scored if chunk]
        return tuple(Hit(chunk, score, rank, "bm25") for rank, (chunk, score) in enumerate(hits, start=1))

    def _got(self, collection: Any, articles: Sequence[str] | None, **named: Any) -> Any:
        return self._shelf.connection.ask(collection.get, where=self._where(articles), **named)

    def _where(self, articles: Sequence[str] | None) -> Any:
        if articles is None:
            return None
        return {"edition": {"$in": [self._editions.get(article, "") for article in articles]}}

    def _current(self, texts: Any, metadatas: Any, values: Any = None) -> list[tuple[Chunk, Any]]:
        """The passages in rows whose edition counts, each with its value."""
        values = [None] * len(texts) if values is None else values
        chunks = self._shelf.connection.ask(lambda: tuple(chunks_of(texts, metadatas)))
        return [
            (chunk, value)
            for chunk, metadata, value in zip(chunks, metadatas, values, strict=True)
            if self._editions.get(chunk.article) == metadata.get("edition")
        ]
