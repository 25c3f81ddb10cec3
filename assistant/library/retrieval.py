"""Finds the passages that bear on a question: dense and keyword search, fused, with a share for each language."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.library.embedding import Embedder
from assistant.library.store import ChunkStore, Hit
from assistant.text.language import Language, question_language

__all__ = ["Query", "Retriever", "convex_combination"]

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
        self.embedder = embedder

    def search(self, query: Query, limit: int = 8) -> tuple[Hit, ...]:
        """At most `limit` passages, best first: an equal share for each language that has any, the asker's first."""
        vector = self.embedder.query(query.text)
        by_language = []
        for language in (query.language, query.language.other):
            dense = self._store.search(vector, language, query.articles, CANDIDATES)
            keyword = self._store.search_keywords(query.text, language, query.articles, CANDIDATES)
            by_language.append(convex_combination(dense, keyword))
        return _share(by_language, limit)

    def nearness(self, queries: Sequence[str], texts: Sequence[str]) -> list[float]:
        """How near each of `texts` is to all of `queries` in meaning: the sum of its cosines to them."""
        towards = sum(self.embedder.query(query) for query in queries)
        return [float(value) for value in self.embedder.passages(texts) @ towards]


def convex_combination(dense: Sequence[Hit], keyword: Sequence[Hit]) -> tuple[Hit, ...]:
    """One ranking of two; a chunk's score, 0 to 1, is the mean of both, each brought to that range first.

    The best of each search scores 1 in it; in that by keywords 0 is 0, among vectors the farthest one found is. After
    Bruch, Gai & Ingber 2023, "An Analysis of Fusion Functions for Hybrid Retrieval": how much better a hit is than the
    next counts, which fusing by rank leaves out.
    """
    scores: dict[str, float] = {}
    floors = (dense, min((hit.score for hit in dense), default=0.0)), (keyword, 0.0)
    for hits, floor in floors:
        span = max((hit.score for hit in hits), default=0.0) - floor
        for hit in hits:
            share = (hit.score - floor) / span if span > 0 else 1.0
            scores[hit.chunk.id] = scores.get(hit.chunk.id, 0.0) + share / 2
    chunks = {hit.chunk.id: hit.chunk for hit in (*dense, *keyword)}
    ordered = sorted(scores, key=lambda key: -scores[key])
    return tuple(Hit(chunks[key], scores[key], rank, "fused") for rank, key in enumerate(ordered, start=1))


def _share(by_language: Sequence[Sequence[Hit]], limit: int) -> tuple[Hit, ...]:
    """The best of each ranking in turn; a ranking that runs out leaves its share to the other."""
    ordered: list[Hit] = []
    for rank in range(max(map(len, by_language), default=0)):
        ordered.extend(ranking[rank] for ranking in by_language if rank < len(ranking))
    return tuple(Hit(hit.chunk, hit.score, rank, hit.retriever) for rank, hit in enumerate(ordered[:limit], start=1))
