"""Ties an answer to the article: what counts as a refusal, and which sentences an answer rests on.

Citations are found after the answer rather than asked of the model: they then always point at a sentence that
was given, and cost no tokens (that asking costs quality is published, arXiv:2604.01432).
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.windows import Cited
from assistant.library.keywords import terms
from assistant.text.figures import figures, same
from assistant.text.language import Language

__all__ = ["Citation", "FigurePlace", "citation_of", "cite", "figure_places", "is_refusal", "without_markers"]

QUESTION_WEIGHT = 0.5
"""Weight of the question's terms beside those of the answer, in finding the sentence that an answer rests on."""
FIGURE_WEIGHT = 3
"""Weight of a figure beside that of a word: the sentence cited should be the one that has the answer's figure."""
SECOND_GAIN = 0.3
"""Share of the answer's terms that a second sentence must add to be cited too."""

_REFUSAL = re.compile(
    r"^(?:the|this) article (?:does not|doesn['’]t) (?:say|mention|state|specify|provide|tell|give|answer|contain)"
    r"|^not (?:mentioned|stated|given|specified)(?: (?:in|by|here|anywhere)\b.{0,40})?[.!]?$"
    r"|^there is no (?:information|mention)(?:[^,;]{0,80}\b(?:article|text|passages?|sentences?)\b.{0,40})?[.!]?$"
    r"|^(?:この)?記事(?:に|で|から)は.{0,40}"
    r"(?:(?:書かれ|記載され|記述され|述べられ|言及され|含まれ|触れられ|示され)ていません|(?:わかり|分かり|記載があり)ません)"
    r"|^(?:書かれ|記載され|言及され)ていません。?$|^(?:記載|記述|言及|情報)[はが]?(?:なし|ありません|無し)。?$",
    re.IGNORECASE,
)
_MARKER = re.compile(r"(?<!\s)\s*[\[［]\s*\d+(?:\s*[,、]\s*\d+)*\s*[\]］]")
_UNFINISHED_MARKER = re.compile(r"(?<!\s)\s*(?:[\[［][\d\s,、]*)?$")


@dataclass(frozen=True, slots=True)
class Citation:
    """A sentence that an answer rests on: `text` is `article.text[start:end]`, `number` counts in its version."""

    number: int
    article: str
    language: Language
    start: int
    end: int
    text: str


def is_refusal(answer: str) -> bool:
    """Whether `answer` says that the article doesn't hold the answer; an empty one does."""
    return not answer.strip() or bool(_REFUSAL.search(answer.strip()))


def without_markers(answer: str) -> str:
    """`answer` without citation markers of the model's own making, nor one it may be in the middle of.

    Grows with `answer`: what is given for a beginning of it is a beginning of what is given for all.
    """
    return _MARKER.sub("", _UNFINISHED_MARKER.sub("", answer)).lstrip()


def cite(
    answer: str, question: str, cited: Sequence[Cited], nearness: Sequence[float] | None = None
) -> tuple[Citation, ...]:
    """The one or two of the sentences `cited` that `answer` rests on, the stronger first.

    A sentence is as strong as the terms it shares with the answer and, for less, with the question, each by its
    rarity among the sentences. In another language than the answer it shares few: there its `nearness` in meaning
    counts as much. None only where there are no sentences.
    """
    if not cited:
        return ()
    bags = [set(terms(one.sentence.text)) for one in cited]
    rarity = _rarity(bags)
    wanted, asked = set(terms(answer)), set(terms(question))

    def strength(index: int, of_answer: set[str]) -> float:
        shared = sum(rarity.get(term, 0.0) for term in of_answer & bags[index])
        return shared + QUESTION_WEIGHT * sum(rarity.get(term, 0.0) for term in (asked - wanted) & bags[index])

    strengths = [strength(index, wanted) for index in range(len(cited))]
    if nearness is not None:
        near = _scaled(nearness, min(nearness))
        strengths = [shared + near[index] for index, shared in enumerate(_scaled(strengths, 0.0))]
    first = strengths.index(max(strengths))
    found = [first]
    missing = wanted - bags[first]
    gains = [sum(rarity.get(term, 0.0) for term in missing & bag) for bag in bags]
    best = max(gains)
    if best > SECOND_GAIN * sum(rarity.get(term, 0.0) for term in wanted if term in rarity):
        found.append(
            max((i for i in range(len(cited)) if gains[i] == best), key=lambda index: strength(index, missing))
        )
    return tuple(citation_of(cited[index]) for index in found)


@dataclass(frozen=True, slots=True)
class FigurePlace:
    """Where a figure of an answer stands: `answer[at:until]` is `article.text[start:end]` of the article."""

    at: int
    until: int
    article: str
    language: Language
    start: int
    end: int


def figure_places(answer: str, cited: Sequence[Cited], citations: Sequence[Citation]) -> tuple[FigurePlace, ...]:
    """For each figure of `answer` where it stands: with its unit if it can be, and in a sentence that is cited.

    Figures that only the question has are left out.
    """
    numbers = {citation.number for citation in citations}
    known = [(one, figure) for one in cited for figure in figures(one.sentence.text)]
    places = []
    for figure in figures(answer):
        found = [(one, other) for one, other in known if same(figure, other)]
        if found:
            one, other = min(
                found, key=lambda pair: (pair[1].unit != figure.unit, pair[0].sentence.number not in numbers)
            )
            sentence = one.sentence
            start, end = sentence.start + other.start, sentence.start + other.end
            places.append(FigurePlace(figure.start, figure.end, one.article.id, sentence.language, start, end))
    return tuple(places)


def _scaled(values: Sequence[float], least: float) -> list[float]:
    """`values` from 0 for `least` to 1 for the greatest."""
    greatest = max(values)
    return [(value - least) / (greatest - least) if greatest > least else 0.0 for value in values]


def _rarity(bags: Sequence[set[str]]) -> dict[str, float]:
    counts = Counter(term for bag in bags for term in bag)
    return {
        term: math.log(1 + len(bags) / count) * (FIGURE_WEIGHT if term[0].isdigit() else 1)
        for term, count in counts.items()
    }


def citation_of(one: Cited) -> Citation:
    """The citation of a whole sentence."""
    sentence = one.sentence
    return Citation(sentence.number, one.article.id, sentence.language, sentence.start, sentence.end, sentence.text)
