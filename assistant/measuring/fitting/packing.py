"""Lessons to token ids: a piece of an article up to the question, and behind it all the questions asked about it.

So an article is read once for all its questions, in fitting as in answering. What is fitted to them is for
`fitting.py`; `lessons.py` says what is to be answered.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.answering.prompts import Passage, pointing_answer, pointing_messages
from assistant.answering.windows import Window, as_passage, windows_of
from assistant.errors import ArticleError
from assistant.library.article import parse_article
from assistant.measuring.fitting.lessons import Lesson, stands_in
from assistant.model.prefix import bare_length, common_length
from assistant.model.protocol import Message
from assistant.text.language import Language

__all__ = ["Branch", "PackedSequence", "Tokeniser", "mixed", "pack"]

SEQUENCE_TOKENS = 1500
"""Longest sequence, but for a piece of an article that leaves no room for a question."""
ANSWER_TOKENS = 100
"""Longer answers are left out."""
PROBE = "A"
"""A question: what its prompt shares with that of none stands before any question."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A question with all that stands between it and the answer, and the answer with the token that ends it."""

    question: tuple[int, ...]
    answer: tuple[int, ...]
    turn: int
    """Which of the answer's tokens follows the words: the one that ends it, or the one that says more."""

    @property
    def tokens(self) -> int:
        return len(self.question) + len(self.answer)


@dataclass(frozen=True, slots=True)
class PackedSequence:
    """Token ids of a prompt up to the question, and questions that each follow it."""

    prefix: tuple[int, ...]
    branches: tuple[Branch, ...]

    @property
    def tokens(self) -> int:
        return len(self.prefix) + sum(branch.tokens for branch in self.branches)


class Tokeniser(Protocol):
    """What makes token ids of messages: a model of llama.cpp, as `LlamaContext` has it."""

    def tokens(self, messages: Sequence[Message], *, is_open: bool = False) -> list[int]: ...


def pack(
    lessons: Iterable[Lesson], tokeniser: Tokeniser, window_tokens: int, generator: random.Random
) -> Iterator[PackedSequence]:
    """The sequences of `lessons`, in their order.

    Of an article that is read in several windows, a question is asked of each that holds the words, and of one that
    doesn't. What is longer than a sequence is cut in equal parts. Articles that can't be read are left out.
    """
    articles: dict[tuple[str, str, Language], list[Lesson]] = defaultdict(list)
    for lesson in lessons:
        articles[lesson.article, lesson.title, lesson.language].append(lesson)
    for (text, title, language), group in articles.items():
        try:
            windows = windows_of(parse_article(text, title), language, window_tokens)
        except ArticleError:
            continue
        for window, asked in _by_window(group, windows, generator):
            yield from _sequences(as_passage(window), asked, tokeniser)


def mixed(groups: Sequence[Sequence[PackedSequence]], generator: random.Random) -> tuple[PackedSequence, ...]:
    """The sequences of all groups by chance, each group spread evenly, so that any beginning is a fair sample."""
    placed: list[tuple[float, int, PackedSequence]] = []
    for group in groups:
        for place, sequence in enumerate(generator.sample(group, len(group))):
            placed.append(((place + generator.random()) / len(group), len(placed), sequence))
    return tuple(sequence for _, _, sequence in sorted(placed, key=lambda entry: entry[:2]))


def _by_window(
    lessons: Sequence[Lesson], windows: Sequence[Window], generator: random.Random
) -> Iterator[tuple[Window, list[Lesson]]]:
    asked: list[list[Lesson]] = [[] for _ in windows]
    for lesson in lessons:
        holding = [n for n, window in enumerate(windows) if lesson.words and _holds(window, lesson.words)]
        others = [n for n in range(len(windows)) if n not in holding]
        if lesson.words and not holding:
            continue
        for number in holding:
            asked[number].append(lesson)
        if others:
            asked[generator.choice(others)].append(_unanswered(lesson))
    return ((window, group) for window, group in zip(windows, asked, strict=True) if group)


def _holds(window: Window, words: str) -> bool:
    passage = as_passage(window)
    return stands_in(words, " ".join(text for _, text in passage.sentences)) or stands_in(words, passage.title)


def _unanswered(lesson: Lesson) -> Lesson:
    return Lesson(lesson.article, lesson.title, lesson.language, lesson.question, None, None, lesson.before)


def _sequences(passage: Passage, lessons: Sequence[Lesson], tokeniser: Tokeniser) -> Iterator[PackedSequence]:
    first, second = (tokeniser.tokens(pointing_messages(probe, passage)) for probe in ("", PROBE))
    prefix = first[: bare_length(first, second)]
    branches = [branch for lesson in lessons if (branch := _branch(passage, lesson, tokeniser, prefix))]
    if not branches:
        return
    total = sum(branch.tokens for branch in branches)
    parts = min(len(branches), -(-total // max(1, SEQUENCE_TOKENS - len(prefix))))
    for part in range(parts):
        yield PackedSequence(tuple(prefix), tuple(branches[part::parts]))


def _branch(passage: Passage, lesson: Lesson, tokeniser: Tokeniser, prefix: Sequence[int]) -> Branch | None:
    """None where the answer is too long. It ends by the token that the model's template has behind it."""
    messages = pointing_messages(lesson.question, passage, earlier=lesson.before)
    asked = tokeniser.tokens(messages)
    answered = [*messages, Message("assistant", pointing_answer(lesson.words, lesson.said))]
    end = len(tokeniser.tokens(answered, is_open=True))
    answer = tokeniser.tokens(answered)[len(asked) : end + 1]
    if len(answer) > ANSWER_TOKENS or asked[: len(prefix)] != list(prefix):
        return None
    turn = len(answer) - 1
    if lesson.said:
        pointed = tokeniser.tokens([*messages, Message("assistant", pointing_answer(lesson.words))])
        turn = common_length(answer, pointed[len(asked) :])
    return Branch(tuple(asked[len(prefix) :]), tuple(answer), turn)
