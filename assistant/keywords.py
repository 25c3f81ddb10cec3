"""Keyword search: BM25 over words of Latin script and, for Japanese, runs of one script and pairs of characters.

No dictionary: measured on Japanese articles, morphological analysers found no more than script runs do.
"""

import math
import re
from array import array
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

from assistant.chunking import Chunk
from assistant.language import fold
from assistant.store import Hit

__all__ = ["KeywordIndex", "terms"]

K1 = 1.2
B = 0.75
"""The usual constants of BM25 (Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework")."""

_RUNS = re.compile(
    r"(?P<word>[a-z\u00c0-\u024f]+(?:['’][a-z]+)?)"
    r"|(?P<figure>\d+(?:[.,]\d+)*)"
    r"|(?P<han>[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff々]+)"
    r"|(?P<katakana>[\u30a1-\u30ff]+)"
    r"|(?P<hiragana>[\u3041-\u309f]+)"
)
_STOP_WORDS = frozenset(
    """
    a an the of in on at to for by from with and or is are was were be been has have had do does did it its this that
    as what which who whom how much many when where why will would can could
    """.split()  # noqa: SIM905
)


def terms(text: str) -> list[str]:
    """Terms of `text`, with repetition: NFKC and case folded.

    English: words without the commonest, a plural or possessive as its stem. Figures as they stand, without
    thousands separators. Japanese: runs of kanji and katakana, and the character pairs of runs longer than two;
    hiragana is left out (particles and endings).
    """
    found: list[str] = []
    for match in _RUNS.finditer(fold(text)):
        run = match.group()
        if match.lastgroup == "word":
            if run not in _STOP_WORDS:
                found.append(_stem(run))
        elif match.lastgroup == "figure":
            found.append(run.replace(",", ""))
        elif match.lastgroup in ("han", "katakana"):
            found.append(run)
            if len(run) > 2:
                found.extend(run[i : i + 2] for i in range(len(run) - 1))
    return found


def _stem(word: str) -> str:
    word = re.sub(r"['’]s?$", "", word)
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


class KeywordIndex:
    """An inverted index of chunks, for BM25. Articles are added and removed without building it anew."""

    def __init__(self, chunks: Iterable[Chunk] = ()) -> None:
        self._start(chunks)

    def _start(self, chunks: Iterable[Chunk]) -> None:
        self._chunks: list[Chunk] = []
        self._by_article: dict[str, list[int]] = {}
        self._lengths = array("I")
        self._gone = array("B")
        self._postings: dict[str, tuple[array[int], array[int]]] = {}
        self._removed = 0
        self.add(chunks)

    def add(self, chunks: Iterable[Chunk]) -> None:
        """Adds chunks that aren't there yet."""
        for number, chunk in enumerate(chunks, start=len(self._chunks)):
            counts = Counter(terms(chunk.text))
            self._chunks.append(chunk)
            self._by_article.setdefault(chunk.article, []).append(number)
            self._lengths.append(counts.total())
            self._gone.append(False)
            for term, count in counts.items():
                numbers, occurrences = self._postings.setdefault(term, (array("I"), array("I")))
                numbers.append(number)
                occurrences.append(count)

    def remove(self, article: str) -> None:
        """Removes the chunks of an article; one that isn't there is no error."""
        for number in self._by_article.pop(article, ()):
            self._gone[number] = True
            self._removed += 1
        if 2 * self._removed > len(self._chunks):
            self._start([chunk for chunk, gone in zip(self._chunks, self._gone, strict=True) if not gone])

    def search(self, query: str, limit: int, articles: Iterable[str] | None = None) -> tuple[Hit, ...]:
        """The chunks (of `articles`, where not None) that share terms with `query`, best first."""
        gone = np.array(self._gone, bool)
        lengths = np.array(self._lengths, float)
        total = len(self._chunks) - self._removed
        mean_length = lengths.sum(where=~gone) / max(1, total) or 1.0
        scores = np.zeros(len(self._chunks))
        for term in set(terms(query)) & self._postings.keys():
            numbers, occurrences = (np.array(column, np.int64) for column in self._postings[term])
            containing = len(numbers) - np.count_nonzero(gone[numbers])
            inverse_frequency = math.log(1 + (total - containing + 0.5) / (containing + 0.5))
            length = 1 - B + B * lengths[numbers] / mean_length
            scores[numbers] += inverse_frequency * occurrences * (K1 + 1) / (occurrences + K1 * length)
        scores[gone] = 0
        if articles is not None:
            scores *= self._are_of(articles)
        found = np.flatnonzero(scores)
        best = found[np.lexsort((found, -scores[found]))][:limit]
        return tuple(
            Hit(self._chunks[number], score=float(scores[number]), rank=rank, retriever="bm25")
            for rank, number in enumerate(best, start=1)
        )

    def _are_of(self, articles: Iterable[str]) -> "np.ndarray[Any, np.dtype[np.bool_]]":
        mask = np.zeros(len(self._chunks), bool)
        for article in articles:
            mask[self._by_article.get(article, [])] = True
        return mask
