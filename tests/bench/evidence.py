"""How long the evidence for a question takes, by its parts."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from assistant.answering.window_reader import SEARCHED
from assistant.library.library import Library
from assistant.library.retrieval import Query, Retriever
from tests.bench.statistics import median, p95

__all__ = ["Stopwatch", "measure_evidence"]


class Stopwatch:
    """Milliseconds spent in named calls."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    def timed(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any) -> Any:
            began = time.perf_counter()
            result = call(*arguments)
            self.spent[name] = self.spent.get(name, 0.0) + 1000 * (time.perf_counter() - began)
            return result

        return run


class _TimedRetriever(Retriever):
    """A retriever whose parts are timed."""

    def __init__(self, library: Library, watch: Stopwatch) -> None:
        super().__init__(library.store, library.embedder)
        self._embedder = _Timed(library.embedder, "query", watch, "embedding")
        self._store = _Timed(_Timed(library.store, "search", watch, "chroma"), "search_keywords", watch, "bm25")


class _Timed:
    """Stands in for an object, one of whose methods is timed."""

    def __init__(self, object_: Any, method: str, watch: Stopwatch, name: str) -> None:
        self._object = object_
        setattr(self, method, watch.timed(name, getattr(object_, method)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._object, name)


def measure_evidence(library: Library, asked: Sequence[tuple[str, Sequence[str] | None]], first: int) -> dict[str, Any]:
    """Median milliseconds of the `first` searches, on what was just opened; p50 and p95 after them, by part.

    Args:
        asked: questions, each with the ids of the articles it is on; None: all articles.
    """
    watch = Stopwatch()
    retriever = _TimedRetriever(library, watch)
    rows = [_search(retriever, watch, question, articles) for question, articles in asked]
    later = rows[first:]
    parts = {part: [row[part] for row in later] for part in ("total", "embedding", "chroma", "bm25", "fusion")}
    return {
        "n": len(later),
        "first_ms": median([row["total"] for row in rows[:first]]),
        **{part: {"p50": median(values), "p95": p95(values)} for part, values in parts.items()},
    }


def _search(retriever: Retriever, watch: Stopwatch, question: str, articles: Sequence[str] | None) -> dict[str, float]:
    watch.spent.clear()
    began = time.perf_counter()
    retriever.search(Query.of(question, articles), SEARCHED)
    total = 1000 * (time.perf_counter() - began)
    return {**watch.spent, "total": total, "fusion": max(0.0, total - sum(watch.spent.values()))}
