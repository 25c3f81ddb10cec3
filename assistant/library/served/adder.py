"""Adds articles to a library on a server, many and fast: nothing of the library is copied here.

An article is written as any other is (`shelf.py`), whole or not at all, and is there once, whoever adds it beside.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from assistant.errors import ArticleError
from assistant.library.additions import Addition, Source
from assistant.library.article import Article, article_id, parse_article
from assistant.library.chunking import chunk_article
from assistant.library.embedding import Embedder
from assistant.library.files import record_of
from assistant.library.served.shelf import Shelf
from assistant.sources.extracted import Extracted

__all__ = ["Adder"]


class Adder:
    """Adds batches of articles; any number of processes may, each by one of these."""

    def __init__(self, shelf: Shelf, embedder: Embedder, *, limit: int) -> None:
        """Args:
        limit: longest article accepted, in bytes.
        """
        self._shelf = shelf
        self._embedder = embedder
        self._limit = limit

    def add(self, sources: Sequence[Source]) -> list[Addition]:
        """Adds the articles of a batch that aren't there yet. Returns what became of each source, in their order.

        Raises:
            StoreError: what is wrong with the server; each article is there whole or not at all.
        """
        read = [_read(source) for source in sources]
        ids = {article_id(found.text) for found in read if isinstance(found, Extracted)}
        there = self._shelf.held(sorted(ids))
        known = self._known(there)
        articles: dict[str, Article] = {}
        additions = []
        for source, found in zip(sources, read, strict=True):
            additions.append(self._prepared(source, found, known, articles))
        new = self._put([article for id_, article in articles.items() if id_ not in there])
        self._settle({id_: editions for id_, editions in there.items() if len(editions) > 1})
        return list(_first_is_new(additions, new))

    def _prepared(
        self,
        source: Source,
        found: Extracted | ArticleError,
        known: Mapping[str, tuple[str, str]],
        articles: dict[str, Article],
    ) -> Addition:
        """What is known of a source before it is kept; its article goes into `articles`, if it must be kept."""
        if isinstance(found, ArticleError):
            return Addition(source.name, error=found)
        id_ = article_id(found.text)
        if id_ in known:
            return Addition(source.name, id_, *known[id_])
        try:
            if id_ not in articles:
                articles[id_] = parse_article(found.text, found.title, found.date, limit=self._limit)
        except ArticleError as error:
            return Addition(source.name, error=error)
        article, kept = articles[id_], replace(found, text="", whole="")
        return Addition(source.name, id_, article.title, article.date, found=kept)

    def _known(self, there: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, str]]:
        """Title and date of articles that are there, each as of its newest edition."""
        newest = {article: editions[-1] for article, editions in there.items()}
        known = dict.fromkeys(there, ("", ""))
        for article, _, record in self._shelf.records(newest):
            try:
                fields = json.loads(record)
                known[article] = str(fields["title"]), str(fields.get("date", ""))
            except (ValueError, KeyError, TypeError, AttributeError):  # damaged, which the list of articles tells
                continue
        return known

    def _put(self, articles: Sequence[Article]) -> set[str]:
        """Writes articles. Returns those that nobody else has added meanwhile, after this."""
        if not articles:
            return set()
        chunks = [chunk for article in articles for chunk in chunk_article(article)]
        vectors = self._embedder.passages([chunk.text for chunk in chunks])
        editions = self._shelf.put({article.id: record_of(article) for article in articles}, chunks, vectors)
        there = self._shelf.held(list(editions))
        self._settle(there)
        return {article for article, edition in editions.items() if there.get(article, [edition])[-1] == edition}

    def _settle(self, there: Mapping[str, Sequence[str]]) -> None:
        """Of articles that two have added at the same moment, leaves the newest edition, which all take to be it.

        Whoever of the two is last sees both.
        """
        former = [(article, edition) for article, editions in there.items() for edition in editions[:-1]]
        self._shelf.drop([edition for _, edition in former], [".".join(pair) for pair in former])


def _read(source: Source) -> Extracted | ArticleError:
    try:
        return source.read()
    except ArticleError as error:
        return error


def _first_is_new(additions: Iterable[Addition], new: set[str]) -> Iterable[Addition]:
    """`additions`, of which the first with one of the `new` ids is new."""
    left = set(new)
    for addition in additions:
        yield replace(addition, is_new=addition.id in left)
        left.discard(addition.id)
