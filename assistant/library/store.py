"""Keeps chunks and their vectors in Chroma, with an index of their keywords; the only module that knows Chroma.

Whole articles, and what makes adding one atomic, are for `library.py`.
"""

import re
from collections.abc import Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import StoreBroken, StoreError
from assistant.library.chunking import Chunk, chunk_id
from assistant.library.embedding import Vectors
from assistant.library.keywords import KeywordIndex
from assistant.library.wiping import wipe
from assistant.text.language import Language

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from chromadb.api.models.Collection import Collection

__all__ = ["BROKEN", "DATABASE", "ChunkStore", "Hit", "as_store_error", "chunks_of", "metadata_of"]

BROKEN = "broken"
"""A file of this name in the folder says that its database seemed damaged."""
DATABASE = "chroma.sqlite3"
NOT_AT_FAULT = {5, 6, 8, 10, 13, 14, 23}
"""Codes of SQLite (https://www.sqlite.org/rescode.html): in use, not given out, no room, a disk that fails."""
REASONS_OF_THE_SYSTEM = {1, 5, 13, 23, 24, 28, 30}
"""Numbers of errors of the operating system (errno) that say the same."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that a retriever found. Higher `score` is better; `rank` counts from 1."""

    chunk: Chunk
    score: float
    rank: int
    retriever: str


class ChunkStore:
    """Chunks with their vectors under `folder`, in a Chroma collection for each language.

    One for both would have to be filtered, which takes Chroma the longer, the more there is in it. One process at a
    time may hold a folder (`library.py` sees to it); Chroma itself doesn't.
    """

    def __init__(self, folder: Path, embedder_name: str) -> None:
        """Opens or makes the collections of `embedder_name`: vectors of two embedders never meet.

        Raises:
            StoreBroken: the database in it is broken, or of another version.
            StoreError: the folder can't be read or written.
        """
        self._folder = folder
        with as_store_error(StoreError("The article store in {folder} can't be opened", folder=folder), self._folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._client = _connected(folder)
            try:
                self._open(embedder_name)
            except BaseException:
                self._client.close()
                raise

    def _open(self, embedder_name: str) -> None:
        self._batch = self._client.get_max_batch_size()
        self._collections: dict[Language, Collection] = {
            language: self._client.get_or_create_collection(
                f"chunks-{embedder_name}-{language.value}",
                embedding_function=None,
                configuration={"hnsw": {"space": "ip"}},
            )
            for language in Language
        }
        self.probe()
        self._keywords = self._keyword_index(embedder_name)

    def _keyword_index(self, embedder_name: str) -> KeywordIndex:
        return KeywordIndex(self._folder / f"keywords-{embedder_name}.sqlite3", self.chunks)

    def close(self) -> None:
        """Lets go of the database; the object is of no use afterwards."""
        self._keywords.close()
        self._client.close()

    def add(self, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        """Adds whole articles in chunks, with their vectors, of shape (len(chunks), dimensions).

        A chunk there already is replaced.
        """
        with as_store_error(StoreError("The article could not be stored"), self._folder):
            self._keywords.add(chunks)  # first: an article with all chunks in Chroma has all that it needs
            self._upsert(chunks, vectors)

    def _upsert(self, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        for language, collection in self._collections.items():
            pairs = [pair for pair in zip(chunks, vectors, strict=True) if pair[0].language is language]
            for i in range(0, len(pairs), self._batch):
                batch = pairs[i : i + self._batch]
                collection.upsert(
                    ids=[chunk.id for chunk, _ in batch],
                    embeddings=[vector for _, vector in batch],
                    documents=[chunk.text for chunk, _ in batch],
                    metadatas=[metadata_of(chunk) for chunk, _ in batch],
                )

    def remove(self, article: str) -> None:
        """Removes all chunks of an article, those of other embedders too; one that isn't there is no error."""
        with as_store_error(StoreError("The article could not be removed"), self._folder):
            for collection in self._client.list_collections():
                collection.delete(where={"article": article})
            self._keywords.remove(article)

    def wipe(self) -> None:
        """Wipes out what is left of removed chunks in pages and logs of the databases.

        Takes 0.1 s with 2,000 chunks, 1.3 s with 20,000 (measured on two cores).

        Raises:
            StoreError: it can't be done now.
        """
        with as_store_error(StoreError("What was removed could not be wiped out"), self._folder):
            self._keywords.wipe()
            self._keywords.forget_others()
            wipe(self._folder / DATABASE)

    @property
    def made_keywords(self) -> bool:
        """Whether there are chunks, but was no index of their keywords that could be used."""
        return self._keywords.was_made and self.count() > 0

    def keyword_fault(self) -> str:
        """What is wrong with the keyword index; "" where it has all chunks, and no others."""
        chunks = self.chunks()
        with as_store_error(StoreError("The article store could not be read"), self._folder):
            return self._keywords.fault(chunks)

    def renew_keywords(self) -> None:
        """Makes the keyword index anew of the chunks."""
        with as_store_error(StoreError("The article could not be stored"), self._folder):
            self._keywords.renew()

    def count(self) -> int:
        """How many chunks there are."""
        with as_store_error(StoreError("The article store could not be read"), self._folder):
            return sum(collection.count() for collection in self._collections.values())

    def chunks(self, articles: Sequence[str] | None = None) -> tuple[Chunk, ...]:
        """All chunks of `articles` (of all of them where None), in no particular order."""
        if articles is not None and not articles:
            return ()
        with as_store_error(StoreError("The article store could not be read"), self._folder):
            found = [collection.get(where=_where(articles)) for collection in self._collections.values()]
            return tuple(chunk for rows in found for chunk in chunks_of(rows["documents"], rows["metadatas"]))

    def vectors(self, article: str) -> dict[Chunk, Any]:
        """The chunks of an article, each with its vector."""
        with as_store_error(StoreError("The article store could not be read"), self._folder):
            found: dict[Chunk, Any] = {}
            for collection in self._collections.values():
                rows = collection.get(where=_where([article]), include=["documents", "metadatas", "embeddings"])
                vectors: Any = rows["embeddings"]
                found |= zip(chunks_of(rows["documents"], rows["metadatas"]), vectors, strict=True)
            return found

    def probe(self, *, wholly: bool = False) -> None:
        """Reads a chunk of each collection by all ways, or `wholly` the vectors of all.

        Raises:
            StoreBroken: the database is damaged.
        """
        with as_store_error(StoreError("The article store could not be read"), self._folder):
            for collection in self._collections.values():
                count = collection.count()
                for start in range(0, count if wholly else min(count, 1), self._batch):
                    limit = self._batch if wholly else 1
                    rows = collection.get(limit=limit, offset=start, include=["documents", "metadatas", "embeddings"])
                    tuple(chunks_of(rows["documents"], rows["metadatas"]))
                    vectors: Any = rows["embeddings"]
                    nearest = collection.query(query_embeddings=[vectors[0]], n_results=1)
                    if not nearest["ids"][0]:
                        raise _Damaged("what is stored can't be searched")

    def search(
        self, vector: Vectors, language: Language, articles: Sequence[str] | None, limit: int
    ) -> tuple[Hit, ...]:
        """The chunks in `language` nearest to `vector` (shape (dimensions,)), best first; the score is the cosine."""
        if articles is not None and not articles:
            return ()
        with as_store_error(StoreError("The article store could not be searched"), self._folder):
            rows = self._collections[language].query(
                query_embeddings=[vector.tolist()],
                n_results=limit,
                where=_where(articles),
                include=["documents", "metadatas", "distances"],
            )
            distances = (rows["distances"] or [[]])[0]
            found = chunks_of((rows["documents"] or [[]])[0], (rows["metadatas"] or [[]])[0])
            return tuple(
                Hit(chunk, score=1.0 - distance, rank=rank, retriever="dense")
                for rank, (chunk, distance) in enumerate(zip(found, distances, strict=True), start=1)
            )

    def search_keywords(
        self, query: str, language: Language, articles: Sequence[str] | None, limit: int
    ) -> tuple[Hit, ...]:
        """The chunks in `language` that share terms with `query`, best first; the score is that of BM25."""
        with as_store_error(StoreError("The article store could not be searched"), self._folder):
            found = self._keywords.search(query, language, limit, articles)
            ids = [chunk_id(article, language, position) for article, position, _ in found]
            rows = self._collections[language].get(ids=ids) if ids else None
            if not rows:
                return ()
            chunks = {chunk.id: chunk for chunk in chunks_of(rows["documents"], rows["metadatas"])}
        scores = [(chunks[key], score) for key, (_, _, score) in zip(ids, found, strict=True) if key in chunks]
        return tuple(Hit(chunk, score, rank, "bm25") for rank, (chunk, score) in enumerate(scores, start=1))


def _connected(folder: Path) -> Any:
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient
    from chromadb.config import Settings

    try:
        return chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))
    except BaseException:
        # Else Chroma would give what failed to whoever opens the folder next.
        SharedSystemClient._identifier_to_system.pop(str(folder), None)
        raise


def _where(articles: Sequence[str] | None) -> Any:
    return None if articles is None else {"article": {"$in": list(articles)}}


def metadata_of(chunk: Chunk) -> dict[str, str | int]:
    return {
        "article": chunk.article,
        "language": chunk.language.value,
        "position": chunk.position,
        "start": chunk.start,
        "end": chunk.end,
        "first": chunk.first,
        "last": chunk.last,
    }


def chunks_of(texts: "Sequence[str] | None", metadatas: "Sequence[Mapping[str, Any]] | None") -> "Iterator[Chunk]":
    """The chunks in rows of Chroma.

    Raises:
        _Damaged: a part of one is lost.
    """
    try:
        for text, metadata in zip(texts or (), metadatas or (), strict=True):
            if not isinstance(text, str):
                raise _Damaged("the text of a passage is lost")
            fields = {name: metadata[name] for name in ("article", "position", "start", "end", "first", "last")}
            yield Chunk(language=Language(metadata["language"]), text=text, **fields)
    except (TypeError, ValueError, KeyError) as error:
        raise _Damaged("what is stored with a passage is lost") from error


class _Damaged(RuntimeError):
    """Chroma gives what was never put into it."""


def _is_broken(error: BaseException) -> bool:
    """Whether the database is at fault, rather than the disk, another process, or what it was asked."""
    import sqlite3

    if isinstance(error, OSError | sqlite3.Error):
        return False
    if type(error).__name__ == "InvalidArgumentError":
        return False
    said = str(error)
    of_sqlite = {int(code) & 0xFF for code in re.findall(r"\(code: (\d+)\)", said)}
    of_system = {int(number) for number in re.findall(r"\(os error (\d+)\)", said)}
    return not (of_sqlite & NOT_AT_FAULT or of_system & REASONS_OF_THE_SYSTEM)


def _is_panic(error: BaseException) -> bool:
    """Whether Chroma's core, which is of Rust, has given up on something; that is no `Exception`."""
    return type(error).__name__ == "PanicException"


@contextmanager
def as_store_error(failure: StoreError, folder: Path) -> "Iterator[None]":
    """Whatever Chroma, SQLite or the disk raise becomes a StoreError that says what failed and what to do.

    That a database is damaged is noted in its `folder` as well.
    """
    import sqlite3

    from chromadb.errors import ChromaError

    try:
        yield
    except BaseException as error:
        if not (
            isinstance(error, ChromaError | sqlite3.Error | OSError | RuntimeError | ValueError) or _is_panic(error)
        ):
            raise
        if not _is_broken(error):
            raise StoreError(
                "{failure}: {reason}. Check that the disk has room and that you may write there, "
                "or name another folder in ASSISTANT_HOME.",
                failure=failure,
                reason=error,
            ) from error
        with suppress(OSError):
            (folder / BROKEN).touch()
        raise StoreBroken(
            "{failure}: {reason}. Start the assistant anew: a store that is damaged is then made again, of the "
            "articles' files.",
            failure=failure,
            reason=error,
        ) from error
