"""Questions on articles with what is to be answered: the rows that an adapter is fitted on, read and checked.

A row of a JSONL file has an `article` (a `title` where there is one), a `question`, and either `words`, the stretch of
the article that answers (null: nothing does), with `said` where the asker is to hear something else; or, as the rows
for `assistant calibrate` have them, `answers` and `answerable`, of which the first answer is the words. `language` is
that of the version to read, where it isn't the question's; `before` an earlier question and its answer, in a list.
How they become tokens is for `packing.py`.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import EvaluationError
from assistant.language import Language, question_language
from assistant.prompts import Exchange

__all__ = ["Lesson", "read_lessons", "stands_in", "without_held_out"]

HELD_OUT = 20
"""One article in so many is held out where no rows are named for that."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A question on an article, and what is to be written: `words` of it or a refusal, then `said` if anything."""

    article: str
    title: str
    language: Language
    """That of the version to read; one in the other language is read where the article has no such version."""
    question: str
    words: str | None
    said: str | None = None
    before: Exchange | None = None


def read_lessons(path: Path) -> tuple[Lesson, ...]:
    """The lessons of a JSONL file, in its order; answers that stand nowhere in their article are left out.

    Raises:
        EvaluationError: the file can't be read, is empty, or has a row that says what can't be.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"The data file {path} can't be read: {error}.") from error
    found = (_lesson(line, f"{path}, line {number}") for number, line in enumerate(lines, 1) if line.strip())
    lessons = tuple(lesson for lesson in found if lesson)
    if not lessons:
        raise EvaluationError(f"The data file {path} has no rows to fit on. Name one that has.")
    return lessons


def without_held_out(lessons: Sequence[Lesson]) -> tuple[tuple[Lesson, ...], tuple[Lesson, ...]]:
    """`lessons` in two: those to fit on, and those on one article in `HELD_OUT`, whichever data it comes with."""
    held_out = {lesson.article for lesson in lessons if _digest(lesson.article) % HELD_OUT == 0}
    kept = tuple(lesson for lesson in lessons if lesson.article not in held_out)
    return kept, tuple(lesson for lesson in lessons if lesson.article in held_out)


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", errors="replace")).digest()[:8])


def _lesson(line: str, place: str) -> Lesson | None:
    """The lesson of a row; None where its answer is none of the article's words."""
    try:
        row = json.loads(line)
        article, question = _text(row, "article"), _text(row, "question")
        title = str(row.get("title") or "")
        language = Language(row["language"]) if row.get("language") else question_language(question)
        before = Exchange(*map(str, row["before"])) if row.get("before") else None
        if "words" not in row:
            words = _stretch(article, str(row["answers"][0])) if row["answerable"] else None
            return None if row["answerable"] and not words else Lesson(article, title, language, question, words)
        words, said = _optional(row, "words"), _optional(row, "said")
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise EvaluationError(f"{place}: not a row with article, question and words ({error!r}).") from error
    if words and not stands_in(words, f"{title}\n{article}"):
        raise EvaluationError(f"{place}: the words {words!r} aren't in the article. Copy them from it, or give null.")
    if said and not words:
        raise EvaluationError(f"{place}: something is said, but there are no words it rests on. Give both, or neither.")
    return Lesson(article, title, language, question, words, said, before)


def stands_in(words: str, text: str) -> bool:
    """Whether `words` are a stretch of `text`, however either is broken into lines."""
    return "".join(words.split()) in "".join(text.split())


def _text(row: dict[str, Any], name: str) -> str:
    if not isinstance(row[name], str) or not row[name].strip():
        raise ValueError(f"{name} is no text")
    return str(row[name])


def _optional(row: dict[str, Any], name: str) -> str | None:
    return None if row.get(name) is None else _text(row, name)


def _stretch(article: str, answer: str) -> str | None:
    """The words of the article that are `answer` but for capitals."""
    if answer in article:
        return answer
    at = article.lower().find(answer.lower())
    return article[at : at + len(answer)] if at >= 0 and len(article.lower()) == len(article) else None
