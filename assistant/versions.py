"""Where the two versions of an article disagree on a figure of an answer."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.alignment import Bead
from assistant.article import Article, Sentence
from assistant.figures import Figure, figures, same
from assistant.grounding import FigurePlace
from assistant.language import Language

__all__ = ["Disagreement", "disagreements"]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What the other version has for a figure of an answer, `answer[at:until]`: `text` is `article.text[start:end]`."""

    at: int
    until: int
    article: str
    language: Language
    start: int
    end: int
    text: str


def disagreements(places: Iterable[FigurePlace], article: Article, beads: Sequence[Bead]) -> tuple[Disagreement, ...]:
    """Those on figures of an answer that stand in `article` at `places`.

    The versions disagree where the sentences that say the same (`beads`) don't both have the figure, and just one
    figure of its unit in the other version isn't in this one. Figures without a unit are left out: they are often
    written in words.
    """
    return tuple(found for place in places for found in _disagreement(place, article, beads))


def _disagreement(place: FigurePlace, article: Article, beads: Sequence[Bead]) -> Iterator[Disagreement]:
    ours = _sentences(article, place.language)
    at = next((one.number for one in ours if one.start <= place.start < one.end), None)
    bead = next((bead for bead in beads if at in bead.numbers(place.language)), None)
    if bead is None:
        return
    here = _figures(ours, bead)
    there = _figures(_sentences(article, place.language.other), bead)
    figure = next((figure for figure, sentence in here if sentence.start + figure.start == place.start), None)
    if figure is None or figure.unit is None or any(same(figure, other) for other, _ in there):
        return
    others = [
        (other, sentence)
        for other, sentence in there
        if other.unit == figure.unit and not any(same(other, own) for own, _ in here)
    ]
    if len(others) == 1:
        (other, sentence) = others[0]
        start, end = sentence.start + other.start, sentence.start + other.end
        text = article.text[start:end]
        yield Disagreement(place.at, place.until, article.id, sentence.language, start, end, text)


def _sentences(article: Article, language: Language) -> tuple[Sentence, ...]:
    document = article.document(language)
    return document.sentences if document else ()


def _figures(sentences: Sequence[Sentence], bead: Bead) -> list[tuple[Figure, Sentence]]:
    linked = [one for one in sentences if one.number in bead.numbers(one.language)]
    return [(figure, sentence) for sentence in linked for figure in figures(sentence.text)]
