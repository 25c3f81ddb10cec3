"""What answering a question yields, step by step: evidence, tokens, the finished answer."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.answering.disagreements import Disagreement
from assistant.answering.grounding import Citation, FigurePlace
from assistant.answering.pointing import Pointer
from assistant.library.store import Hit
from assistant.model.protocol import ModelState, Retraction, with_piece
from assistant.text.language import Language

__all__ = [
    "Answer",
    "AnswerFinished",
    "Event",
    "EvidenceFound",
    "ModelAwaited",
    "Point",
    "QuestionUnderstood",
    "Retraction",
    "Timings",
    "TokenGenerated",
    "WordsFound",
    "milliseconds",
    "under_headings",
    "with_change",
]


@dataclass(frozen=True, slots=True)
class Timings:
    """Times in milliseconds since the question was asked, and token counts."""

    evidence_ms: float
    first_token_ms: float | None
    total_ms: float
    prompt_tokens: int
    reused_tokens: int
    completion_tokens: int
    tokens_per_second: float | None = None
    """Of the answer once its first token is there; None where it has fewer than two."""


def milliseconds(since: float) -> float:
    """Milliseconds since a time of `time.perf_counter`."""
    return round(1000 * (time.perf_counter() - since), 1)


@dataclass(frozen=True, slots=True)
class Point:
    """A line of an answer on a whole article: a sentence, or what one mentions, at `start` to `end` of its text."""

    text: str
    citation: Citation
    start: int
    end: int
    heading: str = ""
    """What it stands under, with others."""

    @property
    def is_sentence(self) -> bool:
        """Whether it is all of the sentence that it rests on."""
        return self.text == " ".join(self.citation.text.split())


def under_headings(points: Sequence[Point]) -> Iterator[tuple[str, Point]]:
    """Each of the points, with its heading where it is the first under that, and "" where not."""
    heading = ""
    for point in points:
        yield (point.heading if point.heading != heading else ""), point
        heading = point.heading


NEAREST_SHOWN = 2
"""Passages that a refusal shows."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer. `refused`: the article doesn't say; `stopped`: cut short by the asker.

    `withheld`: what the model said couldn't be ended as an answer must; it isn't shown, and tells nothing.
    `nearest` are the passages nearest to a question that wasn't answered: they are no answer. `log_odds` are those that
    the article answers the question, None where the model didn't come to read it.
    """

    question: str
    language: Language
    text: str
    refused: bool
    stopped: bool
    citations: tuple[Citation, ...]
    figures: tuple[FigurePlace, ...]
    nearest: tuple[Hit, ...]
    log_odds: float | None
    model: str
    timings: Timings
    disagreements: tuple[Disagreement, ...] = ()
    """Where the other version of the article has another figure than the answer."""
    understood: str = ""
    """The question as it was understood from the conversation, where that isn't as it was asked."""
    withheld: bool = False
    pointer: Pointer | None = None
    """The words of the article that it rests on, where the model was taught to point at them."""
    right_of_100: int | None = None
    """Of 100 answers as likely as this one, how many were right where that was measured."""
    points: tuple[Point, ...] = ()
    """Its lines below the first, where it is on a whole article."""

    @property
    def shown_nearest(self) -> tuple[Hit, ...]:
        """The one or two nearest passages, in the asker's language where there are any."""
        own = tuple(hit for hit in self.nearest if hit.chunk.language is self.language)
        return (own or self.nearest)[:NEAREST_SHOWN]

    @property
    def marked_text(self) -> str:
        """The text with its citation markers: behind it, or behind each of its points."""
        if not self.points:
            return self.text + "".join(f" [{citation.number}]" for citation in self.citations)
        lines = [self.lead]
        for heading, point in under_headings(self.points):
            lines += [heading] * bool(heading) + [f"• {point.text} [{point.citation.number}]"]
        return "\n".join(lines)

    @property
    def lead(self) -> str:
        """What stands above the points."""
        return self.text.partition("\n")[0]

    @property
    def quoted(self) -> tuple[Citation, ...]:
        """The sentences cited that the answer doesn't say itself."""
        said = {point.citation for point in self.points if point.is_sentence}
        return tuple(citation for citation in self.citations if citation not in said)


@dataclass(frozen=True, slots=True)
class QuestionUnderstood:
    """What a question means that only the conversation made sense of."""

    text: str


@dataclass(frozen=True, slots=True)
class EvidenceFound:
    """The passages that bear on the question, best first, before the model has begun."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class ModelAwaited:
    """The answer has to wait, or its turn has come: what the model is doing.

    It is "fetching", with `done` bytes of `total`, "loading", "checking", "busy" with other questions, `before`
    of which come before this one, or "reading" for this one.
    """

    state: ModelState
    before: int = 0
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class TokenGenerated:
    """The next piece of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class WordsFound:
    """The words of the article that the answer rests on, as far as the model has pointed at them."""

    pointer: Pointer


@dataclass(frozen=True, slots=True)
class AnswerFinished:
    """The answer as a whole; always the last event."""

    answer: Answer


def with_change(text: str, event: TokenGenerated | Retraction) -> str:
    """The answer's text after the event."""
    return with_piece(text, event.text if isinstance(event, TokenGenerated) else event)


Event = QuestionUnderstood | EvidenceFound | ModelAwaited | WordsFound | TokenGenerated | Retraction | AnswerFinished
