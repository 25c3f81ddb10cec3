"""Questions on articles with what is to be answered: the rows that an adapter is fitted on, read and checked.

A row of a JSONL file has an `article` (a `title` where there is one), a `question`, and either `words`, the stretch of
the article that answers (null: nothing does), with `said` where the asker is to hear something else; or, as the rows
for `assistant calibrate` have them, `answers` and `answerable`, of which the first answer is the words. `language` is
that of the version to read, where it isn't the question's; `before` an earlier question and its answer, in a list.

A row can also be an article written in both languages, as texts `en` and `ja` and a `title` of both, with `questions`
that are asked of each version in each language: `kind`, and for either language `q_`, the question; `span_`, the words
of that version; `a_`, what a reader of that version is to hear; `x_`, what one hears in that language who has the other
version alone; `before_`, an earlier question and its answer. How all become tokens is for `packing.py`.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from assistant.answering.prompts import Exchange
from assistant.errors import EvaluationError
from assistant.measuring.json_lines import json_lines
from assistant.text.language import Language, fold, question_language

__all__ = ["Lesson", "read_lessons", "stands_in", "without_held_out"]

SAID = ("yes", "no", "comparison")
"""Kinds of questions whose answers are more than words of the article, in its own language too."""
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
    found = (_lessons(line, place) for place, line in json_lines(path))
    lessons = tuple(lesson for row in found for lesson in row)
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


def _lessons(line: str, place: str) -> tuple[Lesson, ...]:
    """The lessons of a row; none where its answer is none of the article's words."""
    try:
        row = json.loads(line)
        if "questions" in row:
            lessons = tuple(_bilingual(row))
        else:
            lessons = (_pointing(row),) if "words" in row else tuple(_of_answers(row))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise EvaluationError(f"{place}: not a row with article, question and words ({error!r}).") from error
    for lesson in lessons:
        _check(lesson, place)
    return lessons


def _pointing(row: dict[str, Any]) -> Lesson:
    question, words, said = _text(row, "question"), _optional(row, "words"), _optional(row, "said")
    language = row.get("language") or row.get("article_lang")
    return Lesson(
        article=_text(row, "article"),
        title=str(row.get("title") or ""),
        language=Language(language) if language else question_language(question),
        question=question,
        words=words,
        said=None if words and said and _plain(words) == _plain(said) else said,
        before=_exchange(row, "before"),
    )


def _of_answers(row: dict[str, Any]) -> Iterator[Lesson]:
    words = _stretch(_text(row, "article"), str(row["answers"][0])) if row["answerable"] else None
    if words or not row["answerable"]:
        yield _pointing(row | {"words": words})


def _bilingual(row: dict[str, Any]) -> Iterator[Lesson]:
    """Each question of each version, from a reader of that version, and from one of the other language."""
    for read, asked, question in product(Language, Language, row["questions"]):
        words = _optional(question, f"span_{read}")
        said = _optional(question, f"a_{read}" if asked is read else f"x_{asked}")
        if words and said and _says_itself(words, said, question["kind"], is_across=asked is not read):
            said = None
        yield Lesson(
            article=_text(row, read),
            title=_text(row["title"], read),
            language=read,
            question=_text(question, f"q_{asked}"),
            words=words,
            said=said if words else None,
            before=_exchange(question, f"before_{asked}"),
        )


def _says_itself(words: str, said: str, kind: str, *, is_across: bool) -> bool:
    """Whether the article's words are all that need be said. In its own language those are that say as much."""
    plain, wanted = _plain(words), _plain(said)
    return plain == wanted or (not (is_across or kind in SAID) and (plain in wanted or wanted in plain))


def _plain(text: str) -> str:
    return re.sub(r"[\s.。,、]", "", fold(text))


def _check(lesson: Lesson, place: str) -> None:
    if lesson.words and not stands_in(lesson.words, f"{lesson.title}\n{lesson.article}"):
        raise EvaluationError(
            f"{place}: the words {lesson.words!r} aren't in the article. Copy them from it, or give null."
        )
    if lesson.said and not lesson.words:
        raise EvaluationError(f"{place}: something is said, but there are no words it rests on. Give both, or neither.")


def stands_in(words: str, text: str) -> bool:
    """Whether `words` are a stretch of `text`, however either is broken into lines."""
    return "".join(words.split()) in "".join(text.split())


def _text(row: dict[str, Any], name: str) -> str:
    if not isinstance(row[name], str) or not row[name].strip():
        raise ValueError(f"{name} is no text")
    return str(row[name])


def _optional(row: dict[str, Any], name: str) -> str | None:
    return None if row.get(name) is None else _text(row, name)


def _exchange(row: dict[str, Any], name: str) -> Exchange | None:
    return Exchange(*map(str, row[name])) if row.get(name) else None


def _stretch(article: str, answer: str) -> str | None:
    """The words of the article that are `answer` but for capitals."""
    if answer in article:
        return answer
    at = article.lower().find(answer.lower())
    return article[at : at + len(answer)] if at >= 0 and len(article.lower()) == len(article) else None
