"""Unanswerable questions made of answerable ones: a figure, day, month or name is changed to one the article lacks.

They look like questions that the article answers, as a reader's own mistakes do, and teach a model to look at every
word. Only what surely leaves a question without an answer is changed; most questions give nothing to change.
"""

import random
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from assistant.measuring.fitting.lessons import Lesson
from assistant.text.language import Language, fold, question_language
from assistant.text.named_times import MONTHS, WEEKDAYS, WEEKDAYS_IN_KANJI

__all__ = ["edited", "names_in", "with_edits"]

TRIES = 12
YEARS = 12
"""A year is changed by so many at most."""
DAYS = (
    WEEKDAYS,
    tuple(f"{day}曜" for day in WEEKDAYS_IN_KANJI),
    tuple(month for month in MONTHS if month != "May"),
)
"""Each is changed to another of its row."""
LIMITS = {"月": 12, "日": 28, "時": 23, "分": 59, "秒": 59}
"""The largest number that can stand before these."""
ERAS = ("明治", "大正", "昭和", "平成", "令和")

_FIGURE = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d.,]*\d)|(?<![\d.,])\d+(?:\.\d+)?(?![\d.,]*\d)")
_DAY = re.compile("|".join(day for row in DAYS for day in row))
_NAMES = {
    Language.ENGLISH: re.compile(r"(?<=[a-z] )[A-Z][a-z]+(?: [A-Z][a-z]+)*(?![\w'’-])"),
    Language.JAPANESE: re.compile(r"[ァ-ヴー]+(?:・[ァ-ヴー]+)+"),
}
"""Of Japanese names those in katakana that have parts: no other words are written so."""
_ASKS_WHICH = {
    Language.ENGLISH: re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE),
    Language.JAPANESE: re.compile("何|なに|誰|だれ|どこ|どの|どれ|どんな|どう|いつ|いくら|いくつ|なぜ"),
}
"""Questions without such a word are answered yes or no, and changed ones mostly no."""


@dataclass(frozen=True, slots=True)
class _Change:
    start: int
    end: int
    to: str


def with_edits(lessons: Sequence[Lesson], share: float, generator: random.Random) -> tuple[Lesson, ...]:
    """`lessons` with changed ones behind them, at most `share` as many as are answered."""
    names = names_in(lessons)
    answered = [lesson for lesson in lessons if lesson.words]
    wanted = round(share * len(answered))
    made: list[Lesson] = []
    for lesson in generator.sample(answered, len(answered)):
        if len(made) >= wanted:
            break
        if changed := edited(lesson, names, generator):
            made.append(changed)
    return (*lessons, *made)


def names_in(lessons: Iterable[Lesson]) -> tuple[str, ...]:
    """The names that the questions have from their articles, each once."""
    return tuple(dict.fromkeys(name for lesson in lessons for name, _ in _names(lesson)))


def edited(lesson: Lesson, names: Sequence[str], generator: random.Random) -> Lesson | None:
    """`lesson` with its question changed in one place, so that nothing answers it; None where nothing can be changed.

    Args:
        names: of any articles; one of the same form is put in a name's place.
    """
    asked = _ASKS_WHICH[question_language(lesson.question)].search(lesson.question)
    if not lesson.words or lesson.before or not asked:
        return None
    changes = [*_figures(lesson, generator), *_days(lesson, generator), *_other_names(lesson, names, generator)]
    if not changes:
        return None
    change = generator.choice(changes)
    question = lesson.question[: change.start] + change.to + lesson.question[change.end :]
    return replace(lesson, question=question, words=None, said=None)


def _figures(lesson: Lesson, generator: random.Random) -> list[_Change]:
    text, question = _text(lesson), fold(lesson.question)
    if len(question) != len(lesson.question) or any(era in text for era in ERAS):
        return []
    changes = []
    for match in _FIGURE.finditer(question):
        limit = LIMITS.get(question[match.end() : match.end() + 1])
        other = _until_new(partial(_other_figure, match[0], limit, generator), text)
        if other and _plain(match[0]) in text:
            changes.append(_Change(match.start(), match.end(), other))
    return changes


def _other_figure(digits: str, limit: int | None, generator: random.Random) -> str:
    """Another figure, written like `digits`."""
    if limit:
        return str(generator.randint(1, limit))
    if re.fullmatch(r"1\d\d\d|20\d\d", digits):
        return str(int(digits) + generator.choice([-1, 1]) * generator.randint(1, YEARS))
    changed = [generator.choice("123456789") if character.isdigit() else character for character in digits]
    keeps = len(digits.rstrip("0")) if digits.isdigit() else len(digits)
    return "".join(changed[: max(1, keeps)]) + digits[max(1, keeps) :]


def _days(lesson: Lesson, generator: random.Random) -> list[_Change]:
    changes = []
    for match in _DAY.finditer(lesson.question):
        row = next(row for row in DAYS if match[0] in row)
        other = _until_new(partial(generator.choice, row), _text(lesson))
        if other and match[0] in lesson.article:
            changes.append(_Change(match.start(), match.end(), other))
    return changes


def _other_names(lesson: Lesson, names: Sequence[str], generator: random.Random) -> list[_Change]:
    text = _text(lesson)
    changes = []
    for name, start in _names(lesson):
        like = [other for other in names if _form(other) == _form(name)]
        if like and (other := _until_new(partial(generator.choice, like), text)):
            changes.append(_Change(start, start + len(name), other))
    return changes


def _names(lesson: Lesson) -> list[tuple[str, int]]:
    """The names of the question that the article has too, with their places; no days or months."""
    pattern = _NAMES[question_language(lesson.question)]
    found = ((match[0], match.start()) for match in pattern.finditer(lesson.question))
    return [(name, start) for name, start in found if name in lesson.article and not _DAY.search(name)]


def _text(lesson: Lesson) -> str:
    return _plain(f"{lesson.title}\n{lesson.article}")


def _plain(text: str) -> str:
    """`text` as it is searched: folded, without the commas of large numbers."""
    return re.sub(r"(?<=\d),(?=\d{3})", "", fold(text))


def _form(name: str) -> tuple[bool, int]:
    return name.isascii(), len(re.split("[ ・]", name))


def _until_new(make: Callable[[], str], text: str) -> str | None:
    """Something made that `text` doesn't have, nor a part of it that is a word; None where none comes up."""
    for _ in range(TRIES):
        made = make()
        parts = [part for part in re.split("[ ・]", _plain(made)) if part]
        if not any(part in text for part in parts):
            return made
    return None
