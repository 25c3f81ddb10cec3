"""Files of what is worked out of an article, and worked out anew where one is lost: its alignment, its questions."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.library.alignment import Bead
from assistant.library.files import write_file

__all__ = ["is_its_own", "named", "read_beads", "read_questions", "write_beads", "write_questions"]

ALIGNMENT_VERSION = 1
"""Of the method; what was worked out by another is worked out anew."""
QUESTIONS_VERSION = 1
"""Of the way in which questions are made up."""


def write_beads(path: Path, beads: Sequence[Bead]) -> None:
    """Writes an alignment to a file.

    Raises:
        StoreError: it can't be written.
    """
    linked = [[one.english, one.japanese] for one in beads]
    write_file(path, json.dumps({"version": ALIGNMENT_VERSION, "article": named(path), "beads": linked}))


def read_beads(path: Path) -> tuple[Bead, ...] | None:
    """The alignment in a file; None where there is none that can be used."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if record["version"] != ALIGNMENT_VERSION or not is_its_own(path, record):
            return None
        return tuple(Bead(_numbers(english), _numbers(japanese)) for english, japanese in record["beads"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _numbers(found: Sequence[Any]) -> tuple[int, ...]:
    if not all(type(number) is int for number in found):
        raise TypeError("a sentence without a number")
    return tuple(found)


def write_questions(path: Path, questions: Sequence[str]) -> None:
    """Writes the questions that are suggested for an article to a file.

    Raises:
        StoreError: it can't be written.
    """
    record = {"version": QUESTIONS_VERSION, "article": named(path), "questions": list(questions)}
    write_file(path, json.dumps(record, ensure_ascii=False))


def read_questions(path: Path) -> tuple[str, ...] | None:
    """The questions in a file; None where there is none that can be used."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if record["version"] != QUESTIONS_VERSION or not is_its_own(path, record):
            return None
        questions = tuple(map(str, record["questions"]))
        "".join(questions).encode()  # no text that can't be shown
        return questions
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def named(path: Path) -> str:
    """The id of the article that a file is named after."""
    return path.name.partition(".")[0]


def is_its_own(path: Path, record: Mapping[str, Any]) -> bool:
    """Whether what is in a file is of the article that it is named after; those of before don't say."""
    return bool(record.get("article", named(path)) == named(path))
