"""Keyword search: BM25 over words of Latin script and, for Japanese, runs of one script and pairs of characters.

No dictionary: measured on Japanese articles, morphological analysers found no more than script runs do.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

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
    """An inverted index of chunks, for BM25."""

    def __init__(self, chunks: Iterable[Chunk]) -> None:
        self._chunks = tuple(chunks)
        self._lengths: list[int] = []
        self._postings: dict[str, list[tuple[int, int]]] = {}
        for number, chunk in enumerate(self._chunks):
            counts = Counter(terms(chunk.text))
            self._lengths.append(counts.total())
            for term, count in counts.items():
                self._postings.setdefault(term, []).append((number, count))
        self._mean_length = sum(self._lengths) / max(1, len(self._lengths)) or 1.0

    def search(self, query: str, limit: int) -> tuple[Hit, ...]:
        """The chunks that share terms with `query`, best first."""
        scores: dict[int, float] = {}
        for term in set(terms(query)):
            for number, count in self._postings.get(term, ()):
                scores[number] = scores.get(number, 0.0) + self._weight(term, number, count)
        best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:limit]
        return self._hits(best)

    def _weight(self, term: str, number: int, count: int) -> float:
        total, containing = len(self._chunks), len(self._postings[term])
        inverse_frequency = math.log(1 + (total - containing + 0.5) / (containing + 0.5))
        length = 1 - B + B * self._lengths[number] / self._mean_length
        return inverse_frequency * count * (K1 + 1) / (count + K1 * length)

    def _hits(self, best: Sequence[tuple[int, float]]) -> tuple[Hit, ...]:
        return tuple(
            Hit(self._chunks[number], score=score, rank=rank, retriever="bm25")
            for rank, (number, score) in enumerate(best, start=1)
        )
