"""Where the two versions of an article disagree on a figure of an answer."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from assistant.answering.grounding import FigurePlace
from assistant.library.alignment import Bead
from assistant.library.article import Article, Sentence
from assistant.text.dates import date_spans
from assistant.text.figures import Figure, figures, outside, same
from assistant.text.units import compatible

__all__ = ["Disagreement", "disagreements"]

ROUNDED = 2
"""Digits that a rounded figure has at least; where it has fewer, it may be another figure."""
_EXACT = Context(prec=100)


@dataclass(frozen=True, slots=True)
class Disagreement(FigurePlace):
    """Where the other version has another figure than an answer; `text` is that figure, as it is written there."""

    text: str


def disagreements(places: Iterable[FigurePlace], article: Article, beads: Sequence[Bead]) -> tuple[Disagreement, ...]:
    """Those on figures of an answer that stand in `article` at `places`.

    The versions disagree where the sentences that say the same (`beads`) don't both have the figure, rounded perhaps,
    and just one figure of its unit in the other version isn't in this one. Figures without a unit are left out, as
    they are often written in words, and those of dates: 2006年 is no other figure than 20 years.
    """
    return tuple(found for place in places for found in _disagreement(place, article, beads))


def _disagreement(place: FigurePlace, article: Article, beads: Sequence[Bead]) -> Iterator[Disagreement]:
    ours = article.sentences(place.language)
    at = next((one.number for one in ours if one.start <= place.start < one.end), None)
    bead = next((bead for bead in beads if at in bead.numbers(place.language)), None)
    if bead is None:
        return
    here = _figures(ours, bead)
    there = _figures(article.sentences(place.language.other), bead)
    figure = next((figure for figure, sentence in here if sentence.start + figure.start == place.start), None)
    if figure is None or figure.unit is None or any(_agree(figure, other) for other, _ in there):
        return
    others = [
        (other, sentence)
        for other, sentence in there
        if other.unit == figure.unit and not any(_agree(other, own) for own, _ in here)
    ]
    if len(others) == 1:
        (other, sentence) = others[0]
        start, end = sentence.start + other.start, sentence.start + other.end
        text = article.text[start:end]
        yield Disagreement(place.at, place.until, article.id, sentence.language, start, end, text)


def _agree(one: Figure, other: Figure) -> bool:
    """Whether figures are the same, or one is the other rounded: 31 billion dollars of 31.4 billion."""
    if same(one, other) or not compatible(one.unit, other.unit):
        return same(one, other)
    rounder, finer = sorted((one.value.normalize(_EXACT), other.value.normalize(_EXACT)), key=_precision)
    if not ROUNDED <= _precision(rounder) < _precision(finer):
        return False
    return finer.quantize(rounder, ROUND_HALF_UP, _EXACT) == rounder


def _precision(value: Decimal) -> int:
    return len(value.as_tuple().digits)


def _figures(sentences: Sequence[Sentence], bead: Bead) -> list[tuple[Figure, Sentence]]:
    linked = [one for one in sentences if one.number in bead.numbers(one.language)]
    return [(figure, one) for one in linked for figure in outside(figures(one.text), date_spans(one.text))]
