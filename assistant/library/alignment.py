"""Links the sentences of an article's two versions that say the same: beads, many to many, in reading order.

Dynamic programming over both versions, as by Gale & Church 1993, "A Program for Aligning Sentences in Bilingual
Corpora". How alike two runs of sentences are is told by the cosine of their vectors, less what each run has to any
(Artetxe & Schwenk 2019, "Margin-based Parallel Corpus Mining"), by the figures and Latin names that both have, by
their lengths, and by where they stand.
"""

from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.library.article import Article, Sentence
from assistant.library.embedding import Embedder, Vectors
from assistant.library.keywords import terms
from assistant.text.figures import figures
from assistant.text.language import Language
from assistant.text.sentences import ends_sentence

__all__ = ["Bead", "align", "aligned", "unmatched"]

Matrix = NDArray[np.float64]

SHAPES = ((1, 1), (1, 2), (2, 1), (1, 3), (3, 1))
"""Sentences of either version in a bead; any may also stand alone."""
LONGEST = max(map(max, SHAPES))
UNRELATED = 0.80
"""The cosine, by this embedder, of sentences that have nothing to do with each other: one such is added to those at
hand, as a short text has few."""
LEAST = 0.015
"""How much nearer than unrelated ones two runs must be to be linked."""
ANCHORS = 0.04
"""What it is worth beside that where all figures and names are the same in both; half of it is lost where none is."""
LENGTH_RATIO, LENGTH, TOLERANCE = 2.4, 0.05, 0.3
"""English characters to a Japanese one; what it costs to be off that by a factor of e; a factor of e ** 0.3 is free."""
DISTANCE = 0.05
"""What it costs where one stands at the beginning and the other at the end."""
MOST_PAIRS = 25_000_000
"""Longer versions, of 5,000 sentences each, aren't linked: a byte is held for each pair of sentences."""
BLOCK = 64
"""Runs of one version that are compared at a time."""
SENTENCES_AT_ONCE = 8
"""Sentences embedded before a question may be: a fifth of a second."""
SKIP_ROW, SKIP_COLUMN = 254, 255
"""Steps of a path that leave a sentence alone; others are numbers of shapes."""
SHORTEST = {Language.ENGLISH: 16, Language.JAPANESE: 8}
"""Characters of the shortest sentence that is said to be in one version only."""


@dataclass(frozen=True, slots=True)
class Bead:
    """Numbers of sentences, in either version of an article, that say the same; at least one in each."""

    english: tuple[int, ...]
    japanese: tuple[int, ...]

    def numbers(self, language: Language) -> tuple[int, ...]:
        """Those in the version in `language`."""
        return self.english if language is Language.ENGLISH else self.japanese


def align(
    english: Sequence[Sentence], japanese: Sequence[Sentence], english_vectors: Vectors, japanese_vectors: Vectors
) -> tuple[Bead, ...]:
    """The beads of two versions, in reading order; a sentence is in one at most.

    Args:
        english_vectors: of the sentences, of shape (sentences, dimensions); rows have length 1.
        japanese_vectors: likewise.
    """
    if not 0 < len(english) * len(japanese) <= MOST_PAIRS:
        return ()
    ours = _Side(english, english_vectors)
    theirs = _Side(japanese, japanese_vectors)
    anchors = sorted(ours.anchors & theirs.anchors)
    our_runs, their_runs = ([side.runs(length, anchors) for length in range(1, LONGEST + 1)] for side in (ours, theirs))
    runs = {shape: (our_runs[shape[0] - 1], their_runs[shape[1] - 1]) for shape in SHAPES}
    return tuple(
        Bead(
            tuple(english[row + step].number for step in range(shape[0])),
            tuple(japanese[column + step].number for step in range(shape[1])),
        )
        for row, column, shape in _best_path(runs, len(english), len(japanese))
    )


def aligned(article: Article, embedder: Embedder) -> tuple[Bead, ...]:
    """The beads of an article in both languages, by an embedder that questions go to meanwhile."""
    english, japanese = map(article.sentences, (Language.ENGLISH, Language.JAPANESE))
    texts = [sentence.text for sentence in (*english, *japanese)]
    starts = range(0, len(texts), SENTENCES_AT_ONCE)
    vectors = np.concatenate([embedder.passages(texts[start : start + SENTENCES_AT_ONCE]) for start in starts])
    return align(english, japanese, vectors[: len(english)], vectors[len(english) :])


def unmatched(beads: Sequence[Bead], ours: Sequence[Sentence], theirs: Sequence[Sentence]) -> frozenset[int]:
    """Numbers of the sentences of our version that the other one leaves out, as far as can be told.

    A sentence in no bead isn't yet left out. It rather has a twin that wasn't found where one of theirs at the same
    place, between the same beads, is in none either; it was rather put into another sentence where all figures and
    names in it stand somewhere in the other version. Headlines and bylines don't count, nor does what is very short.
    On 131 articles written in both languages (5,290 sentences), 130 were in no bead, many of them with a twin; of the
    55 that this leaves most really are in one version alone. Of sentences taken out of one version it finds 6 in 10.
    """
    if not beads:
        return frozenset()
    alone, theirs_alone = (_alone(beads, side) for side in (ours, theirs))
    taken = {place for _, place in theirs_alone}
    left = [sentence for sentence, place in alone if place not in taken and _could_be_missed(sentence)]
    said = frozenset[str]().union(*(_anchors(sentence.text) for sentence in theirs if left))
    return frozenset(one.number for one in left if not (own := _kept(one)) or not own <= said)


def _alone(beads: Sequence[Bead], side: Sequence[Sentence]) -> list[tuple[Sentence, int]]:
    """The sentences of a version that are in no bead, each with the number of beads before it."""
    runs = [bead.numbers(side[0].language) for bead in beads] if side else []
    linked, ends = {number for run in runs for number in run}, [run[-1] for run in runs]
    return [(one, bisect(ends, one.number)) for one in side if one.number not in linked and ends_sentence(one.text)]


def _kept(sentence: Sentence) -> frozenset[str]:
    """What a translation of a sentence has too: of English words it can't be said which are left as they are."""
    is_english = sentence.language is Language.ENGLISH
    return _values(sentence.text) if is_english else _anchors(sentence.text)


def _could_be_missed(sentence: Sentence) -> bool:
    return len(sentence.text) >= SHORTEST[sentence.language]


@dataclass(frozen=True, slots=True)
class _Runs:
    """All runs of as many sentences, by the first of each: vectors of length 1, counts of anchors, characters, and
    places from 0 to 1."""

    vectors: Matrix
    anchors: NDArray[np.uint8]
    lengths: Matrix
    places: Matrix


class _Side:
    """One version of an article."""

    def __init__(self, sentences: Sequence[Sentence], vectors: Vectors) -> None:
        self._lengths = np.array([[len(one.text)] for one in sentences], float)
        self._weighted = np.asarray(vectors, np.float64) * self._lengths
        self._anchors = [_anchors(one.text) for one in sentences]
        self.anchors = frozenset[str]().union(*self._anchors)

    def runs(self, length: int, anchors: Sequence[str]) -> _Runs:
        count = len(self._anchors)
        has = np.zeros((count, len(anchors)), np.uint8)
        columns = {anchor: column for column, anchor in enumerate(anchors)}
        for row, own in enumerate(self._anchors):
            has[row, [columns[anchor] for anchor in own if anchor in columns]] = 1
        vectors = _summed(self._weighted, length)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        places = (np.arange(len(vectors)) + length / 2) / count
        return _Runs(vectors, _summed(has, length), _summed(self._lengths, length)[:, 0], places)


def _anchors(text: str) -> frozenset[str]:
    """What a translation leaves as it is: values of figures, words in Latin script."""
    words = (term for term in terms(text) if term.isascii() and not term[0].isdigit())
    return _values(text).union(words)


def _values(text: str) -> frozenset[str]:
    return frozenset(str(figure.value.normalize()) for figure in figures(text))


def _summed(rows: NDArray[Any], length: int) -> NDArray[Any]:
    """The sums of `length` rows in turn, by the first of them; as many rows fewer, and none less than none."""
    count = max(0, len(rows) - length + 1)
    total = np.zeros((count, rows.shape[1]), rows.dtype)
    for step in range(length):
        total += rows[step : step + count]
    return total


def _gains(ours: _Runs, theirs: _Runs, shape: tuple[int, int]) -> Iterator[Matrix]:
    """What it is worth to link each run of ours with those of theirs, of shape (runs of theirs), in order.

    A block of runs at a time is held, for memory that grows with one version's length alone. What a run has to any
    other is told from the sum of the others' vectors.
    """
    if not len(ours.vectors) or not len(theirs.vectors):
        return
    to_any = ((ours.vectors @ theirs.vectors.sum(0) + UNRELATED) / (len(theirs.vectors) + 1))[:, None]
    to_any_of_theirs = (theirs.vectors @ ours.vectors.sum(0) + UNRELATED) / (len(ours.vectors) + 1)
    counts, counts_of_theirs = (side.anchors.sum(1, dtype=int) for side in (ours, theirs))
    for start in range(0, len(ours.vectors), BLOCK):
        block = slice(start, start + BLOCK)
        cosines = ours.vectors[block] @ theirs.vectors.T
        shared = np.array([_shared(run, theirs.anchors) for run in ours.anchors[block]])
        all_ = counts[block, None] + counts_of_theirs
        alike = np.where(all_ > 0, 2 * shared / np.maximum(all_, 1) - 0.5, 0)
        ratios = np.log(ours.lengths[block, None] / theirs.lengths / LENGTH_RATIO)
        uneven = np.maximum(0, np.abs(ratios) - TOLERANCE)
        apart = np.abs(ours.places[block, None] - theirs.places)
        margin = cosines - (to_any[block] + to_any_of_theirs) / 2 - LEAST
        yield from sum(shape) / 2 * (margin + ANCHORS * alike - LENGTH * uneven - DISTANCE * apart)


def _shared(run: NDArray[np.uint8], others: NDArray[np.uint8]) -> NDArray[Any]:
    """How many anchors a run has in common with each of the others."""
    own = run.nonzero()[0]
    counts: NDArray[Any] = np.minimum(others[:, own], run[own]).sum(1, dtype=int)
    return counts


def _best_path(
    runs: dict[tuple[int, int], tuple[_Runs, _Runs]], rows: int, columns: int
) -> list[tuple[int, int, tuple[int, int]]]:
    """The links, in order, whose gains sum up to most, as (row, column, shape)."""
    gains = {shape: _gains(*sides, shape) for shape, sides in runs.items()}
    steps = np.full((rows + 1, columns + 1), SKIP_ROW, np.uint8)
    best = [np.zeros(columns + 1)]
    for row in range(1, rows + 1):
        sums = best[-1].copy()
        for step, ((height, width), gain) in enumerate(gains.items()):
            if height <= row and width <= columns:
                linked = best[-height][: columns + 1 - width] + next(gain)
                is_better = linked > sums[width:]
                sums[width:][is_better] = linked[is_better]
                steps[row, width:][is_better] = step
        reached = np.maximum.accumulate(sums)
        steps[row][reached > sums] = SKIP_COLUMN
        best = [*best[1 - LONGEST :], reached]
    return list(_links(steps, list(gains), rows, columns))[::-1]


def _links(
    steps: NDArray[np.uint8], shapes: Sequence[tuple[int, int]], row: int, column: int
) -> Iterator[tuple[int, int, tuple[int, int]]]:
    """The links along the best path, from the last to the first."""
    while row and column:
        step = steps[row, column]
        if step == SKIP_ROW:
            row -= 1
        elif step == SKIP_COLUMN:
            column -= 1
        else:
            shape = shapes[step]
            row, column = row - shape[0], column - shape[1]
            yield row, column, shape
