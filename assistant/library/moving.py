"""Copies the articles of a library into another, with their vectors and all that is kept of them; the first stays.

An article that is there already is compared; a run that was cut off is gone on with by another.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from assistant.errors import ArticleError, ArticleNotFound, StoreError
from assistant.library.files import Entry, record_of, write_file
from assistant.library.folders import usable
from assistant.library.library import Library
from assistant.library.notes import notes_file
from assistant.text.language import Language

__all__ = ["Moved", "move"]

AT_ONCE = 16
"""Articles that are written and compared together."""
TOLERANCE = 1e-5
"""By how much a number of a vector may differ."""


@dataclass(frozen=True, slots=True)
class Moved:
    """How many articles have arrived, of how many; how many of them were there before; what couldn't be read."""

    done: int
    total: int
    there: int
    unread: tuple[str, ...]


def move(source: Library, target: Library) -> Iterator[Moved]:
    """Copies all articles, and tells after some of them how far it is.

    Raises:
        StoreError: either can't be read or written, or what arrived is something else; the source is as it was.
    """
    entries = source.entries()
    there, unread = 0, tuple(map(str, source.troubles))
    known = {entry.id for entry in target.entries()}
    for start in range(0, len(entries), AT_ONCE):
        some = entries[start : start + AT_ONCE]
        missing = [entry for entry in some if entry.id not in known or not _is_same(source, target, entry)]
        there += len(some) - len(missing)
        _copy(source, target, missing)
        for entry in missing:
            if not _is_same(source, target, entry):
                raise StoreError(
                    "The article {article} did not arrive unchanged. Run the command again; the original is left as it "
                    "is.",
                    article=entry.id,
                )
        with usable(source.home):
            for entry in some:
                _copy_rest(source, target, entry.id)
        yield Moved(start + len(some), len(entries), there, unread)
    if not entries:
        yield Moved(0, 0, 0, unread)


def _copy(source: Library, target: Library, entries: list[Entry]) -> None:
    records = {entry.id: record_of(source.article(entry.id), entry.added) for entry in entries}
    passages = {chunk: vector for entry in entries for chunk, vector in source.store.vectors(entry.id).items()}
    if records:
        for entry in entries:
            target.kept.forget(entry.id)  # one that is there is another
        target.receive(records, passages)


def _is_same(source: Library, target: Library, entry: Entry) -> bool:
    """Whether an article, its passages and their vectors are in both."""
    try:
        if source.article(entry.id) != target.article(entry.id):
            return False
    except (ArticleError, ArticleNotFound):
        return False
    ours, theirs = source.store.vectors(entry.id), target.store.vectors(entry.id)
    return ours.keys() == theirs.keys() and all(
        np.allclose(vector, theirs[chunk], atol=TOLERANCE) for chunk, vector in ours.items()
    )


def _copy_rest(source: Library, target: Library, article: str) -> None:
    """What is kept of an article, where there is none of it: answers, links of its sentences, questions to suggest."""
    kept = [(library.home, library.kept) for library in (source, target)]
    pairs = [
        tuple(notes_file(home, article) for home, _ in kept),
        tuple(each.beads(article) for _, each in kept),
        *(tuple(each.questions(article, language) for _, each in kept) for language in Language),
    ]
    for ours, theirs in pairs:
        if ours.is_file() and not theirs.exists():
            write_file(theirs, ours.read_text(encoding="utf-8", errors="replace"))
