"""Where the two versions of an article disagree on a figure of an answer."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Context, Decimal

from assistant.answering.grounding import FigurePlace
from assistant.library.alignment import Bead
from assistant.library.article import Article, Sentence
from assistant.text.bounds import allows
from assistant.text.dates import date_spans
from assistant.text.figures import Figure, figures, outside, same
from assistant.text.units import compatible

__all__ = ["Disagreement", "disagreements"]

ROUNDED = 2
"""Digits that a rounded figure has at least; where it has fewer, it may be another figure."""
_EXACT = Context(prec=100)
_PARTS = {"year": ("month", 12), "week": ("day", 7), "hour": ("minute", 60), "minute": ("second", 60)}
"""Units of time, and of how many of the next smaller one each is."""
_AND = re.compile(r"間?(?:,? (?:and )?|と|、)?")
"""What stands between the two figures of 1 hour and 30 minutes."""
_SEN = re.compile(r"\d{1,2}銭")


@dataclass(frozen=True, slots=True)
class Disagreement(FigurePlace):
    """Where the other version has another figure than an answer; `text` is that figure, as it is written there."""

    text: str


def disagreements(places: Iterable[FigurePlace], article: Article, beads: Sequence[Bead]) -> tuple[Disagreement, ...]:
    """Those on figures of an answer that stand in `article` at `places`.

    The versions disagree where the sentences that say the same (`beads`) don't both have the figure, rounded perhaps or
    within a bound ("more than 100" of 112), and just one figure of its unit in the other version isn't in this one.
    Figures without a unit are left out, as they are often written in words, and those of dates: 2006年 is no other
    figure than 20 years.
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
    own = next((each for each in here if each[1].start + each[0].start == place.start), None)
    if own is None or own[0].unit is None or any(_agree(own, other) for other in there):
        return
    others = [each for each in there if each[0].unit == own[0].unit and not any(_agree(each, ours) for ours in here)]
    if len(others) == 1:
        (other, sentence) = others[0]
        start, end = sentence.start + other.start, sentence.start + other.end
        text = article.text[start:end]
        yield Disagreement(place.at, place.until, article.id, sentence.language, start, end, text)


def _agree(one: tuple[Figure, Sentence], other: tuple[Figure, Sentence]) -> bool:
    """Whether two figures of sentences are the same, one is the other rounded, or one is within the other's bound."""
    figure, its_other = _in_parts(one[0]), _in_parts(other[0])
    if _are_same(figure, its_other):
        return True
    if not compatible(figure.unit, its_other.unit):
        return False
    is_allowed = allows(one[1].text, figure, its_other.value), allows(other[1].text, its_other, figure.value)
    return any(is_allowed)


def _are_same(one: Figure, other: Figure) -> bool:
    """Whether figures are the same, or one is the other rounded: 31 billion dollars of 31.4 billion."""
    if same(one, other) or not compatible(one.unit, other.unit):
        return same(one, other)
    rounder, finer = sorted((one.value.normalize(_EXACT), other.value.normalize(_EXACT)), key=_precision)
    if not ROUNDED <= _precision(rounder) < _precision(finer):
        return False
    return finer.quantize(rounder, ROUND_HALF_UP, _EXACT) == rounder


def _in_parts(figure: Figure) -> Figure:
    """A figure of time in the smallest unit that it may be said in: of 1.5 years 18 months."""
    while figure.unit in _PARTS:
        unit, times = _PARTS[figure.unit]
        figure = replace(figure, value=figure.value * times, unit=unit)
    return figure


def _merged(text: str) -> Iterator[Figure]:
    """The figures of a text; two that are one value are one: 1年6か月, 149円80銭, "1 hour 30 minutes"."""
    last: Figure | None = None
    for figure in figures(text):
        if last and (value := _sum(text, last, figure)):
            last = value
            continue
        if last:
            yield last
        last = figure
    if last:
        yield last


def _sum(text: str, one: Figure, next_one: Figure) -> Figure | None:
    """Two figures as one; None where they aren't one value."""
    if one.unit == "JPY" and one.end == next_one.start and (sen := _SEN.match(text, next_one.start)):
        return replace(one, value=one.value + next_one.value / 100, end=sen.end())
    in_parts, unit = _in_parts(one), _in_parts(next_one).unit
    is_part = one.unit in _PARTS and next_one.unit != one.unit and unit == in_parts.unit
    if not is_part or not _AND.fullmatch(text, one.end, next_one.start):
        return None
    value = in_parts.value + _in_parts(next_one).value
    return replace(in_parts, value=value, end=next_one.end)


def _precision(value: Decimal) -> int:
    return len(value.as_tuple().digits)


def _figures(sentences: Sequence[Sentence], bead: Bead) -> list[tuple[Figure, Sentence]]:
    linked = [one for one in sentences if one.number in bead.numbers(one.language)]
    return [(figure, one) for one in linked for figure in outside(_merged(one.text), date_spans(one.text))]
