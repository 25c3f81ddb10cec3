"""Links the sentences of an article's two versions that say the same: beads, many to many, in reading order.

Dynamic programming over both versions, as by Gale & Church 1993, "A Program for Aligning Sentences in Bilingual
Corpora". How alike two runs of sentences are is told by the cosine of their vectors, less what each run has to any
(Artetxe & Schwenk 2019, "Margin-based Parallel Corpus Mining"), by the figures and Latin names that both have, by
their lengths, and by where they stand.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.article import Sentence
from assistant.embedding import Vectors
from assistant.figures import figures
from assistant.keywords import terms
from assistant.language import Language

__all__ = ["Bead", "align"]

Matrix = NDArray[np.float64]

SHAPES = ((1, 1), (1, 2), (2, 1), (1, 3), (3, 1))
"""Sentences of either version in a bead; any may also stand alone."""
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
    if not english or not japanese:
        return ()
    ours = _Side(english, english_vectors)
    theirs = _Side(japanese, japanese_vectors)
    anchors = sorted(ours.anchors & theirs.anchors)
    gains = {shape: _gains(ours.runs(shape[0], anchors), theirs.runs(shape[1], anchors), shape) for shape in SHAPES}
    return tuple(
        Bead(
            tuple(english[row + step].number for step in range(shape[0])),
            tuple(japanese[column + step].number for step in range(shape[1])),
        )
        for row, column, shape in _best_path(gains, len(english), len(japanese))
    )


@dataclass(frozen=True, slots=True)
class _Runs:
    """All runs of as many sentences, by the first of each: vectors of length 1, counts of anchors, characters, and
    places from 0 to 1."""

    vectors: Matrix
    anchors: Matrix
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
        has = np.array([[anchor in own for anchor in anchors] for own in self._anchors], float).reshape(count, -1)
        vectors = _summed(self._weighted, length)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        places = (np.arange(len(vectors)) + length / 2) / count
        return _Runs(vectors, _summed(has, length), _summed(self._lengths, length)[:, 0], places)


def _anchors(text: str) -> frozenset[str]:
    """What a translation leaves as it is: values of figures, words in Latin script."""
    words = (term for term in terms(text) if term.isascii() and not term[0].isdigit())
    return frozenset((*(str(figure.value.normalize()) for figure in figures(text)), *words))


def _summed(rows: Matrix, length: int) -> Matrix:
    """The sums of `length` rows in turn, by the first of them; as many rows fewer, and none less than none."""
    count = max(0, len(rows) - length + 1)
    total = np.zeros((count, rows.shape[1]))
    for step in range(length):
        total += rows[step : step + count]
    return total


def _gains(ours: _Runs, theirs: _Runs, shape: tuple[int, int]) -> Matrix:
    """What it is worth to link run `i` of ours with run `j` of theirs, of shape (runs, runs)."""
    cosines = ours.vectors @ theirs.vectors.T
    if not cosines.size:
        return cosines
    background = (_background(cosines, 1) + _background(cosines, 0)) / 2
    shared = np.minimum(ours.anchors[:, None], theirs.anchors[None]).sum(2)
    all_ = ours.anchors.sum(1)[:, None] + theirs.anchors.sum(1)[None]
    alike = np.where(all_ > 0, 2 * shared / np.maximum(all_, 1) - 0.5, 0)
    ratios = np.log(ours.lengths[:, None] / theirs.lengths[None] / LENGTH_RATIO)
    uneven = np.maximum(0, np.abs(ratios) - TOLERANCE)
    apart = np.abs(ours.places[:, None] - theirs.places[None])
    margin = cosines - background - LEAST
    gains: Matrix = sum(shape) / 2 * (margin + ANCHORS * alike - LENGTH * uneven - DISTANCE * apart)
    return gains


def _background(cosines: Matrix, axis: int) -> Any:
    return (cosines.sum(axis, keepdims=True) + UNRELATED) / (cosines.shape[axis] + 1)


def _best_path(gains: dict[tuple[int, int], Matrix], rows: int, columns: int) -> list[tuple[int, int, tuple[int, int]]]:
    """The links, in order, whose gains sum up to most, as (row, column, shape)."""
    best = np.zeros((rows + 1, columns + 1))
    for row in range(1, rows + 1):
        best[row] = best[row - 1]
        for (height, width), gain in gains.items():
            if height <= row and width <= columns:
                linked = best[row - height, : columns + 1 - width] + gain[row - height]
                best[row, width:] = np.maximum(best[row, width:], linked)
        best[row] = np.maximum.accumulate(best[row])
    return list(_links(best, gains, rows, columns))[::-1]


def _links(
    best: Matrix, gains: dict[tuple[int, int], Matrix], row: int, column: int
) -> Iterator[tuple[int, int, tuple[int, int]]]:
    """The links that lead to `best`, from the last to the first."""
    while row and column:
        if best[row, column] == best[row - 1, column]:
            row -= 1
        elif best[row, column] == best[row, column - 1]:
            column -= 1
        else:
            shape = next(
                (height, width)
                for (height, width), gain in gains.items()
                if height <= row
                and width <= column
                and best[row, column] == best[row - height, column - width] + gain[row - height, column - width]
            )
            row, column = row - shape[0], column - shape[1]
            yield row, column, shape
