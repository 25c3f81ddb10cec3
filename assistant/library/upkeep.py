"""Mends the folder of a library: files that can't be read are set aside, articles to be cut anew are found.

What is mended is told; what an article's file holds is for `files.py`.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from assistant.errors import ArticleError, StoreError, StoreTooNew
from assistant.library.article import PARSER, Article, parse_article
from assistant.library.chunking import Chunk, chunk_article
from assistant.library.files import article_files, article_of, read_record, take_away, write_file

__all__ = [
    "Cause",
    "Condition",
    "OnRenewal",
    "condition",
    "is_sound",
    "move_aside",
    "note_sound",
    "parsed_anew",
    "set_aside",
    "unsound",
    "unusable",
]


class Cause(StrEnum):
    """Why an article is to be prepared anew."""

    RULES = "rules"
    """It was cut by other rules than those of now."""
    LOSS = "loss"
    """Not all of its passages are stored."""


OnRenewal = Callable[[int, int, Cause], object]
"""Is told how many of how many articles are prepared, and why the next one is."""


def set_aside(home: Path, path: Path, error: StoreError) -> StoreError:
    """Moves an article's file that is damaged, by the `error` of reading it, to a folder of its own.

    Returns what to tell: where it is now; `error` itself where the file may be whole, but isn't given out, or is newer.
    """
    folder = move_aside(home, path, error)
    if folder is None:
        return error
    return StoreError(
        "The article file {name} is damaged ({reason}) and was moved to {folder}. The other articles are as they were.",
        name=path.name,
        reason=error.__cause__,
        folder=folder,
    )


def move_aside(home: Path, path: Path, error: StoreError) -> Path | None:
    """Moves a file that is damaged, by the `error` of reading it, to a folder of its own, which is returned.

    None where it stays: it may be whole but isn't given out, is newer, or can't be moved.
    """
    if isinstance(error.__cause__, OSError) or isinstance(error, StoreTooNew):
        return None
    folder = home / "damaged"
    try:
        folder.mkdir(exist_ok=True)
        path.replace(folder / path.name)
    except OSError:
        return None
    return folder


def unusable(article: str, error: ArticleError) -> StoreError:
    """The error that an article is none by the rules of now."""
    return StoreError(
        "The article {article} can't be used by this version of the assistant: {reason}", article=article, reason=error
    )


def is_sound(home: Path, passages: int) -> bool:
    """Whether the folder was left sound (`note_sound`), by these rules of parsing and with so many passages stored."""
    note = _note(home)
    return note.is_file() and note.read_text(encoding="utf-8", errors="replace") == _sound(passages)


def note_sound(home: Path, passages: int) -> None:
    """Notes that all articles are cut by these rules of parsing, into so many passages, which are stored.

    Raises:
        StoreError: it can't be written.
    """
    write_file(_note(home), _sound(passages))


def unsound(home: Path) -> None:
    """Has all articles looked through when the folder is opened next."""
    take_away(_note(home))


@dataclass(frozen=True, slots=True)
class Condition:
    """What is to be done about the articles of a library that may be unsound, by their ids."""

    anew: dict[str, Cause]
    """To be prepared anew."""
    unreadable: tuple[str, ...]
    """Their files weren't given out, or are damaged."""
    too_new: tuple[str, ...]
    """Written by a newer assistant."""


def condition(home: Path, stored: frozenset[Chunk]) -> Condition:
    """Looks through all articles' files; `stored`: the passages of all of them."""
    anew, unreadable, too_new = dict[str, Cause](), list[str](), list[str]()
    for path in article_files(home):
        try:
            record = read_record(path)
        except StoreTooNew:
            too_new.append(path.stem)
        except StoreError:
            unreadable.append(path.stem)
        else:
            article = article_of(record)
            if article is None:
                anew[path.stem] = Cause.RULES
            elif not stored.issuperset(chunk_article(article)):
                anew[path.stem] = Cause.LOSS
    return Condition(anew, tuple(unreadable), tuple(too_new))


def parsed_anew(record: Mapping[str, Any]) -> Article:
    """The article in a record, parsed by the rules of now.

    Raises:
        ArticleError: it is none by them.
    """
    article = replace(parse_article(record["text"], "", record.get("date", ""), limit=sys.maxsize), id=record["id"])
    if article.title.startswith(record["title"].rstrip("…")):
        return article
    return replace(article, title=record["title"])  # else it was made of the text as well


def _note(home: Path) -> Path:
    return home / "sound"


def _sound(passages: int) -> str:
    return f"parser {PARSER}, {passages} passages"
