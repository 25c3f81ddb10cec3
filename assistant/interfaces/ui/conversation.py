"""A conversation as values: the browser keeps it over a reload of the page, and it can be had as Markdown."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from pydantic import TypeAdapter, ValidationError

from assistant.answering.events import Answer
from assistant.answering.prompts import Exchange
from assistant.interfaces.ui.texts import differs, text
from assistant.library.store import Hit
from assistant.text.steering import without_steering

__all__ = ["KEPT_TURNS", "Turn", "as_markdown", "as_text", "exchange_before", "from_storage", "to_storage"]

KEPT_TURNS = 50
"""Turns that are kept; browsers keep 5 MB for a page, and a turn takes up to 10 kB."""

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~$&@]|:(?=/)|(?<=www)\.)", re.IGNORECASE)
"""What Markdown makes something of: marks, and what links are told by that stand in a text."""
_OPENING = re.compile(r"^(?:\d+(?=[.)](?:\s|$))|(?=[-+=]))")
"""What it makes a list, a heading or a line of, where a line begins with it, up to what is to be escaped."""
_BULLET = "• "


@dataclass(frozen=True, slots=True)
class Turn:
    """A question that was answered.

    `scope` has the ids of the articles it was asked about, none for all of them; `hits` are the passages found for it.
    """

    scope: tuple[str, ...]
    hits: tuple[Hit, ...]
    answer: Answer


_TURNS = TypeAdapter(tuple[Turn, ...])


def to_storage(turns: Sequence[Turn]) -> Any:
    """The last turns as lists and dictionaries of plain values."""
    return _TURNS.dump_python(tuple(turns[-KEPT_TURNS:]), mode="json")


def from_storage(stored: Any) -> tuple[Turn, ...]:
    """The turns that `to_storage` gave; none where the browser has kept something else, as of another version."""
    try:
        return _TURNS.validate_python(stored)
    except ValidationError:
        return ()


def exchange_before(turns: Sequence[Turn], scope: tuple[str, ...]) -> Exchange | None:
    """The last question that a model was asked about the same, with its answer."""
    answers = [turn.answer for turn in turns if turn.scope == scope and turn.answer.model]
    return Exchange(answers[-1].understood or answers[-1].question, answers[-1].text) if answers else None


def as_text(answer: Answer, titles: Mapping[str, str]) -> str:
    """An answer with the sentences it cites and what the other version has else, a line each, as it is copied.

    Args:
        titles: of the articles by id, where it isn't plain which one an answer is from; its sentences then name it.
    """
    lines = [answer.marked_text]
    for one in answer.quoted:
        source = f" — {titles[one.article]}" if one.article in titles else ""
        lines.append(f"[{one.number}] {_one_line(one.text)}{source}")
    return "\n".join((*lines, *_differences(answer)))


def _differences(answer: Answer) -> list[str]:
    return [differs(answer.language, found.language, found.text) for found in answer.disagreements]


def as_markdown(turns: Sequence[Turn], heading: str, titles: Mapping[str, str]) -> str:
    """The conversation in Markdown; text of articles and questions is text there too.

    Args:
        titles: of the articles that are still there, by id.
    """
    parts = [f"# {_plain(heading)}"]
    for turn in turns:
        answer = turn.answer
        parts.append(f"## {_plain(answer.question)}")
        if answer.understood:
            parts.append(_line(f"{text(answer.language, 'understood')} {answer.understood}"))
        parts.append(_lines(answer))
        for citation in answer.quoted:
            title = titles.get(citation.article)
            source = f" — *{_plain(title)}*" if title else ""
            parts.append(f"> \\[{citation.number}\\] {_plain(citation.text)}{source}")
        parts += map(_line, _differences(answer))
    return "\n\n".join(parts) + "\n"


def _lines(answer: Answer) -> str:
    """An answer with its points as lists, each set off by blank lines: else what comes next is part of its last one."""
    parts = groupby(answer.marked_text.split("\n"), lambda line: line.startswith(_BULLET))
    return "\n\n".join("\n".join(map(_item if is_list else _line, lines)) for is_list, lines in parts)


def _item(line: str) -> str:
    return f"- {_line(line.removeprefix(_BULLET))}"


def _line(words: str) -> str:
    """A line that is text from its first character on."""
    return _OPENING.sub(r"\g<0>\\", _plain(words))


def _plain(words: str) -> str:
    return _MARKUP.sub(r"\\\1", without_steering(_one_line(words)))


def _one_line(words: str) -> str:
    return " ".join(words.split())
