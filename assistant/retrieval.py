"""Finds the passages that bear on a question: dense and keyword search, fused, with a share for each language."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.embedding import Embedder
from assistant.language import Language, question_language
from assistant.store import ChunkStore, Hit

__all__ = ["Query", "Retriever", "reciprocal_rank_fusion"]

RRF_K = 60
"""The constant of Cormack, Clarke & Büttcher 2009, "Reciprocal Rank Fusion"; not tuned."""
CANDIDATES = 30
"""Hits that each search hands to the fusion, per language."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question, its language, and the ids of the articles it is about (None: all of them)."""

    text: str
    language: Language
    articles: tuple[str, ...] | None = None

    @classmethod
    def of(cls, text: str, articles: Sequence[str] | None = None) -> "Query":
        return cls(text, question_language(text), None if articles is None else tuple(articles))


class Retriever:
    """Searches one `ChunkStore`. Safe to use from several threads."""

    def __init__(self, store: ChunkStore, embedder: Embedder) -> None:
        self._store = store
        self._embedder = embedder

    def search(self, query: Query, limit: int = 8) -> tuple[Hit, ...]:
        """At most `limit` passages, best first: an equal share for each language that has any, the asker's first."""
        vector = self._embedder.query(query.text)
        by_language = []
        for language in (query.language, query.language.other):
            dense = self._store.search(vector, language, query.articles, CANDIDATES)
            keyword = self._store.search_keywords(query.text, language, query.articles, CANDIDATES)
            by_language.append(reciprocal_rank_fusion((dense, keyword)))
        return _share(by_language, limit)

    def nearness(self, queries: Sequence[str], texts: Sequence[str]) -> list[float]:
        """How near each of `texts` is to all of `queries` in meaning: the sum of its cosines to them."""
        towards = sum(self._embedder.query(query) for query in queries)
        return [float(value) for value in self._embedder.passages(texts) @ towards]


def reciprocal_rank_fusion(rankings: Iterable[Sequence[Hit]]) -> tuple[Hit, ...]:
    """One ranking of several; a chunk's score is the sum of 1 / (60 + rank) over those it stands in."""
    scores: dict[str, float] = {}
    chunks = {}
    for ranking in rankings:
        for hit in ranking:
            chunks[hit.chunk.id] = hit.chunk
            scores[hit.chunk.id] = scores.get(hit.chunk.id, 0.0) + 1 / (RRF_K + hit.rank)
    ordered = sorted(scores, key=lambda key: -scores[key])
    return tuple(Hit(chunks[key], scores[key], rank, "fused") for rank, key in enumerate(ordered, start=1))


def _share(by_language: Sequence[Sequence[Hit]], limit: int) -> tuple[Hit, ...]:
    """The best of each ranking in turn; a ranking that runs out leaves its share to the other."""
    ordered: list[Hit] = []
    for rank in range(max(map(len, by_language), default=0)):
        ordered.extend(ranking[rank] for ranking in by_language if rank < len(ranking))
    return tuple(Hit(hit.chunk, hit.score, rank, hit.retriever) for rank, hit in enumerate(ordered[:limit], start=1))
