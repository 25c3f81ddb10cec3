"""Cuts articles into windows, the pieces that the model reads, and ranks those for a question.

A short article is one window; a longer one is cut at the ends of paragraphs. A window depends on its article alone, so
that what the model has read of it serves every question. An answer can cite the sentences of one window, nothing else.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.answering.prompts import Passage
from assistant.library.article import Article, Document, Sentence
from assistant.library.store import Hit
from assistant.text.language import Language

__all__ = [
    "Cited",
    "Window",
    "as_passage",
    "estimated_tokens",
    "language_of",
    "rank_windows",
    "texts_of",
    "windows_of",
]

PART = 3 / 14
"""How long the windows of a long article are, of what is read whole: 300 tokens of 1,400. They are read sooner than
longer ones, and more is found in them: three being read, of 148 answerable questions on whole articles 105 were right,
with 600 tokens 104, and of 52 others 35 were refused, with 600 tokens 32."""
PARAGRAPH = 2
"""A paragraph of as many windows' length stays whole: what its first sentence speaks of, its last needs."""

_CHEAP = re.compile(r"[A-Za-z\s]")


@dataclass(frozen=True, slots=True)
class Cited:
    """A sentence the model is given; `number` counts from 1 in the order of the prompt."""

    number: int
    article: Article
    sentence: Sentence


Window = tuple[Cited, ...]
"""Consecutive sentences of one article, at least one."""


def estimated_tokens(text: str) -> int:
    """An upper estimate of the tokens of `text`: four Latin letters make one, any other character is one."""
    cheap = len(_CHEAP.findall(text))
    return cheap // 4 + len(text) - cheap + 1


def windows_of(article: Article, language: Language, budget: int) -> tuple[Window, ...]:
    """The windows of an article for questions in `language`, in reading order.

    The article is read in that language where it has it, and in its own where not. One of at most `budget` tokens is
    one window; a longer one is cut into windows of at most `PART` of that, about equally long. They end with a
    paragraph. One that is longer is a window alone; one longer than `PARAGRAPH` windows is cut between sentences, of
    which one that is longer than a window makes one alone.
    """
    document = article.document(language) or article.documents[0]
    if _cost(document.sentences) > budget:
        budget = max(1, round(PART * budget))
    pieces = _pieces(document, PARAGRAPH * budget)
    costs = [_cost(piece) for piece in pieces]
    aim = sum(costs) / math.ceil(sum(costs) / budget)
    groups: list[list[Sentence]] = [[]]
    filled = 0
    for piece, cost in zip(pieces, costs, strict=True):
        if groups[-1] and (filled + cost > budget or filled + cost / 2 > aim):
            groups.append([])
            filled = 0
        groups[-1].extend(piece)
        filled += cost
    return tuple(
        tuple(Cited(number, article, sentence) for number, sentence in enumerate(group, start=1)) for group in groups
    )


def language_of(window: Window) -> Language:
    """The language that a window is written in."""
    return window[0].sentence.language


def texts_of(window: Window) -> list[str]:
    """Title and sentences: what the model has read."""
    return [window[0].article.title, *(one.sentence.text for one in window)]


def rank_windows(windows: Iterable[Window], hits: Iterable[Hit]) -> tuple[Window, ...]:
    """`windows`, by the best hit in each; those without one are left out, unless none has any.

    The sum over a window's hits is no measure: it put the right window first half as often.
    """
    best: dict[tuple[str, Language, int], float] = {}
    for hit in hits:
        place = (hit.chunk.article, hit.chunk.language, hit.chunk.first)
        best[place] = max(hit.score, best.get(place, 0.0))
    scored = [(max(best.get(_place(one), -1.0) for one in window), window) for window in windows]
    found = [(score, window) for score, window in scored if score >= 0] or scored
    return tuple(window for _, window in sorted(found, key=lambda pair: -pair[0]))


def as_passage(window: Window) -> Passage:
    """A window as the prompt shows it."""
    return Passage(window[0].article.title, tuple((one.number, one.sentence.text) for one in window))


def _pieces(document: Document, most: int) -> list[list[Sentence]]:
    """The document in pieces that stay together: its paragraphs, or the sentences of those that are too long."""
    pieces: list[list[Sentence]] = []
    for _, group in groupby(document.sentences, key=lambda sentence: sentence.paragraph):
        paragraph = list(group)
        pieces.extend([paragraph] if _cost(paragraph) <= most else [[sentence] for sentence in paragraph])
    return pieces


def _cost(sentences: Sequence[Sentence]) -> int:
    return sum(estimated_tokens(sentence.text) for sentence in sentences)


def _place(one: Cited) -> tuple[str, Language, int]:
    return one.article.id, one.sentence.language, one.sentence.number
