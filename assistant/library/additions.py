"""What is added to a library: where articles come from, what becomes of each, and which are kept in one go."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from assistant.errors import ArticleError, StoreError
from assistant.library.article import Article
from assistant.sources.extracted import Extracted

__all__ = ["Addition", "Prepared", "Source", "groups"]

GROUP_CHARACTERS = 32_000
"""Articles are kept together up to about this length: some 150 chunks, embedded in a few seconds."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where an article comes from: its name for messages, and what reads it (or raises ArticleError).

    A title or date given here goes before one that it has itself.
    """

    name: str
    read: Callable[[], Extracted]
    title: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Addition:
    """What became of a source: id, title and date of its article and whether that is new, or why there is none.

    `found` is what was read, where that was needed.
    """

    name: str
    id: str = ""
    title: str = ""
    date: str = ""
    is_new: bool = False
    found: Extracted | None = None
    error: ArticleError | StoreError | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is known of a source before it is kept, with its article where that isn't there yet."""

    addition: Addition
    article: Article | None = None


def groups(prepared: Iterable[Prepared]) -> Iterator[list[Prepared]]:
    """`prepared` in order, cut where the articles to be kept come to `GROUP_CHARACTERS`; with none it goes at once."""
    group: list[Prepared] = []
    characters = 0
    for each in prepared:
        group.append(each)
        characters += len(each.article.text) if each.article else 0
        if not characters or characters >= GROUP_CHARACTERS:
            yield group
            group, characters = [], 0
    if group:
        yield group
