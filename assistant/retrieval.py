"""Finds the passages that bear on a question: dense and keyword search, fused, with a share for each language."""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.chunking import Chunk
from assistant.embedding import Embedder
from assistant.keywords import KeywordIndex
from assistant.language import Language, question_language
from assistant.store import ChunkStore, Hit

__all__ = ["Query", "Retriever", "reciprocal_rank_fusion"]

RRF_K = 60
"""The constant of Cormack, Clarke & Büttcher 2009, "Reciprocal Rank Fusion"; not tuned."""
CANDIDATES = 30
"""Hits that each search hands to the fusion, per language."""
KEPT_INDEXES = 64
"""Keyword indexes of single articles kept in memory."""


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
    """Searches one `ChunkStore`.

    A keyword index is built of an article when that is first asked about, and of all of them when first more than one
    is; from then on it follows the changes of the store. Safe to use from several threads.
    """

    def __init__(self, store: ChunkStore, embedder: Embedder) -> None:
        self._store = store
        self._embedder = embedder
        self._lock = threading.Lock()
        self._seen = len(store.changed)
        self._of_article: OrderedDict[str, _Indexes] = OrderedDict()
        self._of_all: _Indexes | None = None

    def search(self, query: Query, limit: int = 8) -> tuple[Hit, ...]:
        """At most `limit` passages, best first: an equal share for each language that has any, the asker's first."""
        vector = self._embedder.query(query.text)
        by_language = []
        for language in (query.language, query.language.other):
            dense = self._store.search(vector, language, query.articles, CANDIDATES)
            by_language.append(reciprocal_rank_fusion((dense, self._keyword_hits(query, language))))
        return _share(by_language, limit)

    def nearness(self, queries: Sequence[str], texts: Sequence[str]) -> list[float]:
        """How near each of `texts` is to all of `queries` in meaning: the sum of its cosines to them."""
        towards = sum(self._embedder.query(query) for query in queries)
        return [float(value) for value in self._embedder.passages(texts) @ towards]

    def _keyword_hits(self, query: Query, language: Language) -> tuple[Hit, ...]:
        with self._lock:
            self._follow_store()
            if query.articles is not None and len(query.articles) == 1:
                indexes = self._index_of(query.articles[0])
            else:
                indexes = self._of_all = self._of_all or _indexes(self._store.chunks())
            return indexes[language].search(query.text, CANDIDATES, query.articles)

    def _follow_store(self) -> None:
        """Brings the indexes to the state of the store."""
        changed = self._store.changed[self._seen :]
        self._seen += len(changed)
        for article in dict.fromkeys(changed):
            self._of_article.pop(article, None)
            if self._of_all:
                chunks = self._store.chunks([article])
                for language, index in self._of_all.items():
                    index.remove(article)
                    index.add(chunk for chunk in chunks if chunk.language is language)

    def _index_of(self, article: str) -> "_Indexes":
        indexes = self._of_article.pop(article, None) or _indexes(self._store.chunks([article]))
        self._of_article[article] = indexes
        if len(self._of_article) > KEPT_INDEXES:
            self._of_article.popitem(last=False)
        return indexes


_Indexes = dict[Language, KeywordIndex]


def _indexes(chunks: Iterable[Chunk]) -> _Indexes:
    """An index for each language; of equal chunks the first comes first, whatever their order in the store."""
    ordered = sorted(chunks, key=lambda chunk: (chunk.article, chunk.position))
    return {language: KeywordIndex(chunk for chunk in ordered if chunk.language is language) for language in Language}


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
