"""Keeps chunks and their vectors in Chroma, with an index of their keywords; the only module that knows Chroma.

Whole articles, and what makes adding one atomic, are for `library.py`.
"""

from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import StoreError
from assistant.library.chunking import Chunk, chunk_id
from assistant.library.embedding import Vectors
from assistant.library.keywords import KeywordIndex
from assistant.text.language import Language

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from chromadb.api.models.Collection import Collection

__all__ = ["ChunkStore", "Hit"]


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
            StoreError: the folder can't be read or written, or holds a broken database.
        """
        import chromadb
        from chromadb.config import Settings

        with _as_store_error(StoreError("The article store in {folder} can't be opened", folder=folder)):
            folder.mkdir(parents=True, exist_ok=True)
            self._client: Any = chromadb.PersistentClient(
                path=str(folder), settings=Settings(anonymized_telemetry=False)
            )
            self._batch = self._client.get_max_batch_size()
            self._collections: dict[Language, Collection] = {
                language: self._client.get_or_create_collection(
                    f"chunks-{embedder_name}-{language.value}",
                    embedding_function=None,
                    configuration={"hnsw": {"space": "ip"}},
                )
                for language in Language
            }
            self._keywords = KeywordIndex(folder / f"keywords-{embedder_name}.sqlite3", self.chunks)

    def close(self) -> None:
        """Lets go of the database; the object is of no use afterwards."""
        self._keywords.close()
        self._client.close()

    def add(self, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        """Adds whole articles in chunks, with their vectors, of shape (len(chunks), dimensions).

        A chunk there already is replaced.
        """
        with _as_store_error(StoreError("The article could not be stored")):
            self._upsert(chunks, vectors)
            self._keywords.add(chunks)

    def _upsert(self, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        for language, collection in self._collections.items():
            pairs = [pair for pair in zip(chunks, vectors, strict=True) if pair[0].language is language]
            for i in range(0, len(pairs), self._batch):
                batch = pairs[i : i + self._batch]
                collection.upsert(
                    ids=[chunk.id for chunk, _ in batch],
                    embeddings=[vector for _, vector in batch],
                    documents=[chunk.text for chunk, _ in batch],
                    metadatas=[_metadata(chunk) for chunk, _ in batch],
                )

    def remove(self, article: str) -> None:
        """Removes all chunks of an article; one that isn't there is no error."""
        with _as_store_error(StoreError("The article could not be removed")):
            for collection in self._collections.values():
                collection.delete(where={"article": article})
            self._keywords.remove(article)

    def count(self) -> int:
        """How many chunks there are."""
        with _as_store_error(StoreError("The article store could not be read")):
            return sum(collection.count() for collection in self._collections.values())

    def chunks(self, articles: Sequence[str] | None = None) -> tuple[Chunk, ...]:
        """All chunks of `articles` (of all of them where None), in no particular order."""
        if articles is not None and not articles:
            return ()
        with _as_store_error(StoreError("The article store could not be read")):
            found = [collection.get(where=_where(articles)) for collection in self._collections.values()]
        return tuple(chunk for rows in found for chunk in map(_chunk, rows["documents"] or (), rows["metadatas"] or ()))

    def search(
        self, vector: Vectors, language: Language, articles: Sequence[str] | None, limit: int
    ) -> tuple[Hit, ...]:
        """The chunks in `language` nearest to `vector` (shape (dimensions,)), best first; the score is the cosine."""
        if articles is not None and not articles:
            return ()
        with _as_store_error(StoreError("The article store could not be searched")):
            rows = self._collections[language].query(
                query_embeddings=[vector.tolist()],
                n_results=limit,
                where=_where(articles),
                include=["documents", "metadatas", "distances"],
            )
        found = zip(
            (rows["documents"] or [[]])[0], (rows["metadatas"] or [[]])[0], (rows["distances"] or [[]])[0], strict=True
        )
        return tuple(
            Hit(_chunk(text, metadata), score=1.0 - distance, rank=rank, retriever="dense")
            for rank, (text, metadata, distance) in enumerate(found, start=1)
        )

    def search_keywords(
        self, query: str, language: Language, articles: Sequence[str] | None, limit: int
    ) -> tuple[Hit, ...]:
        """The chunks in `language` that share terms with `query`, best first; the score is that of BM25."""
        with _as_store_error(StoreError("The article store could not be searched")):
            found = self._keywords.search(query, language, limit, articles)
            ids = [chunk_id(article, language, position) for article, position, _ in found]
            rows = self._collections[language].get(ids=ids) if ids else None
        if not rows:
            return ()
        chunks = {chunk.id: chunk for chunk in map(_chunk, rows["documents"] or (), rows["metadatas"] or ())}
        scores = [(chunks[key], score) for key, (_, _, score) in zip(ids, found, strict=True) if key in chunks]
        return tuple(Hit(chunk, score, rank, "bm25") for rank, (chunk, score) in enumerate(scores, start=1))


def _where(articles: Sequence[str] | None) -> Any:
    return None if articles is None else {"article": {"$in": list(articles)}}


def _metadata(chunk: Chunk) -> dict[str, str | int]:
    return {
        "article": chunk.article,
        "language": chunk.language.value,
        "position": chunk.position,
        "start": chunk.start,
        "end": chunk.end,
        "first": chunk.first,
        "last": chunk.last,
    }


def _chunk(text: str, metadata: "Mapping[str, Any]") -> Chunk:
    fields = {name: metadata[name] for name in ("article", "position", "start", "end", "first", "last")}
    return Chunk(language=Language(metadata["language"]), text=text, **fields)


@contextmanager
def _as_store_error(failure: StoreError) -> "Iterator[None]":
    """Whatever Chroma, SQLite or the disk raise becomes a StoreError that says what failed and what to do."""
    import sqlite3

    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, sqlite3.Error, OSError, RuntimeError, ValueError) as error:
        raise StoreError(
            "{failure}: {reason}. Check that the disk has room and that you may write there, "
            "or name another folder in ASSISTANT_HOME.",
            failure=failure,
            reason=error,
        ) from error
