"""The articles' records and passages on a Chroma server, added and removed whole by whoever comes, in any order.

Each time that an article is added it gets an edition, a name in the order of time, which its passages bear. The
passages are written first, then the record, whose id names article and edition: it is there when its record is. It goes
with its record, the passages after. So two who add one article, or add and remove it, never meet: what they write has
other names, and the newest edition counts. What bears no record's edition is taken for nothing, and swept away.
"""

import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from assistant.errors import StoreError
from assistant.library.chunking import Chunk
from assistant.library.embedding import Vectors
from assistant.library.served.connection import Connection
from assistant.library.store import metadata_of
from assistant.text.language import Language

__all__ = ["SAFE_NS", "Shelf", "passage_id"]

PREFIX = "article-assistant-"
RECORDS = f"{PREFIX}records"
CHANGED = "changed"
"""The row among the records that says when they were changed last."""
REQUEST_CHARACTERS = 4_000_000
"""Records that are sent or fetched at once; the server takes 40 MiB."""
SAFE_NS = 10 * 60 * 10**9
"""Passages as young may get their record yet."""
_RECORD = re.compile(r"(?P<article>[0-9a-f]{12})\.(?P<edition>[0-9a-f]{16}-[0-9a-f]{8})")
"""The id of a record; what has another is nobody's."""
Row = TypeVar("Row")


class Shelf:
    """What is on a server; any thread may use it."""

    def __init__(self, connection: Connection, embedder_name: str) -> None:
        """Raises:
        StoreError: what is wrong with the server; so for all that is asked of it.
        """
        self.connection = connection
        self._records = connection.collection(RECORDS)
        self.passages = {
            language: connection.collection(f"{PREFIX}{embedder_name}-{language.value}") for language in Language
        }

    def state(self) -> object:
        """Something else after each change; cheap."""
        ask = self.connection.ask
        found = ask(self._records.get, ids=[CHANGED], include=["metadatas"])
        return ask(self._records.count), found["metadatas"]

    def editions(self) -> dict[str, str]:
        """The edition of each article, the newest where there are several."""
        return dict(self._all())

    def _all(self) -> list[tuple[str, str]]:
        """Article and edition of each record, the newest last. In one request: what is found missing is gone."""
        found = self.connection.ask(self._records.get, include=[])
        return _pairs(found["ids"])

    def has(self, article: str) -> bool:
        """Whether an article is there."""
        return bool(self._ids(article))

    def held(self, articles: Sequence[str]) -> dict[str, list[str]]:
        """The editions of those of `articles` that are there, the newest last, which counts."""
        held: dict[str, list[str]] = {}
        for start in range(0, len(articles), self.connection.batch):
            some = list(articles[start : start + self.connection.batch])
            found = self.connection.ask(self._records.get, where={"article": {"$in": some}}, include=[])
            for article, edition in _pairs(found["ids"]):
                held.setdefault(article, []).append(edition)
        return held

    def _ids(self, article: str) -> list[str]:
        """The ids of its records, one for each edition."""
        return self.connection.ask(self._records.get, where={"article": article}, include=[])["ids"]

    def records(self, editions: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
        """Article, edition and record of each of `editions` that is there still, as JSON."""
        ids = [f"{article}.{edition}" for article, edition in editions.items()]
        sizes = self._sizes(ids)
        for some in _parts(ids, lambda id_: sizes.get(id_, 0)):
            rows = self.connection.ask(self._records.get, ids=some, include=["documents"])
            for id_, record in zip(rows["ids"], rows["documents"] or (), strict=True):
                article, edition = id_.split(".")
                yield article, edition, record

    def _sizes(self, ids: Sequence[str]) -> dict[str, int]:
        sizes: dict[str, int] = {}
        for start in range(0, len(ids), self.connection.batch):
            some = list(ids[start : start + self.connection.batch])
            rows = self.connection.ask(self._records.get, ids=some, include=["metadatas"])
            metadatas: Any = rows["metadatas"]
            sizes |= {id_: int(row["size"]) for id_, row in zip(rows["ids"], metadatas, strict=True)}
        return sizes

    def put(
        self, records: Mapping[str, str], chunks: Sequence[Chunk], vectors: Vectors, *, again: bool = False
    ) -> dict[str, str]:
        """Adds articles by their records, with all of their passages. Returns the edition of each.

        What took so long that another may sweep its passages away is written `again`, in another edition.
        """
        began = self.connection.now()
        editions = {article: f"{began:016x}-{secrets.token_hex(4)}" for article in records}
        self.write(editions, chunks, vectors)
        rows = [(article, edition, records[article]) for article, edition in editions.items()]
        for some in _parts(rows, lambda row: len(row[2])):
            self.connection.ask(self._commit, some)
        if self.connection.now() - began > SAFE_NS // 2 and not again:  # this process, or the server, stood still
            newer = self.put(records, chunks, vectors, again=True)
            self.drop(list(editions.values()), [".".join(pair) for pair in editions.items()])
            return newer
        self._note_change()
        return editions

    def _commit(self, rows: Sequence[tuple[str, str, str]]) -> None:
        self._records.upsert(
            ids=[f"{article}.{edition}" for article, edition, _ in rows],
            embeddings=[_somewhere() for _ in rows],
            documents=[record for _, _, record in rows],
            metadatas=[{"article": article, "size": len(record)} for article, _, record in rows],
        )

    def passage_ids(self) -> set[str]:
        """The ids of all passages of this embedder."""
        return {id_ for each in self.passages.values() for id_ in self.connection.ask(each.get, include=[])["ids"]}

    def write(self, editions: Mapping[str, str], chunks: Sequence[Chunk], vectors: Vectors) -> None:
        """Writes the passages of articles, each as of its edition."""
        for language, collection in self.passages.items():
            pairs = [pair for pair in zip(chunks, vectors, strict=True) if pair[0].language is language]
            for start in range(0, len(pairs), self.connection.batch):
                batch = pairs[start : start + self.connection.batch]
                self.connection.ask(
                    collection.upsert,
                    ids=[passage_id(editions[chunk.article], chunk.id) for chunk, _ in batch],
                    embeddings=[vector for _, vector in batch],
                    documents=[chunk.text for chunk, _ in batch],
                    metadatas=[metadata_of(chunk) | {"edition": editions[chunk.article]} for chunk, _ in batch],
                )

    def remove(self, article: str) -> None:
        """Removes an article in all editions; one that isn't there is no error."""
        records = self._ids(article)
        self.drop([id_.split(".")[1] for id_ in records], records)

    def drop(self, editions: Sequence[str], records: Sequence[str]) -> None:
        """Removes records by their ids, and then the passages of these editions."""
        if not records:
            return
        self.connection.ask(self._records.delete, ids=list(records))
        self._note_change()
        for collection in self._collections():
            self.connection.ask(collection.delete, where={"edition": {"$in": list(editions)}})

    def sweep(self) -> int:
        """Removes what belongs to no record, or to one of an older edition, unless it is young. Returns how many."""
        now = self.connection.now()
        passages = [(each, self.connection.ask(each.get, include=[])["ids"]) for each in self._collections()]
        pairs = self._all()
        newest = dict(pairs)
        former = [pair for pair in pairs if newest[pair[0]] != pair[1] and _is_old(newest[pair[0]], now)]
        self.drop([edition for _, edition in former], [".".join(pair) for pair in former])
        known, swept = {edition for _, edition in pairs}, len(former)
        for collection, ids in passages:
            strays = [id_ for id_ in ids if (of := id_.split(".")[0]) not in known and _is_old(of, now)]
            for start in range(0, len(strays), self.connection.batch):
                self.connection.ask(collection.delete, ids=strays[start : start + self.connection.batch])
            swept += len(strays)
        return swept

    def _collections(self) -> list[Any]:
        """Those of passages, of other embedders too."""
        return [each for each in self.connection.collections(PREFIX) if each.name != RECORDS]

    def _note_change(self) -> None:
        """That others look at once. What was done is done; without the note they look half a minute later."""
        token = {"token": secrets.token_hex(8)}
        with suppress(StoreError):
            self.connection.ask(self._records.upsert, ids=[CHANGED], embeddings=[_somewhere()], metadatas=[token])


def _pairs(ids: Iterable[str]) -> list[tuple[str, str]]:
    """Article and edition in the ids of records, the newest last."""
    pairs = [each.group("article", "edition") for id_ in ids if (each := _RECORD.fullmatch(id_))]
    return sorted(((article, edition) for article, edition in pairs), key=lambda pair: pair[1])


def passage_id(edition: str, chunk: str) -> str:
    """The id of a passage on the server."""
    return f"{edition}.{chunk}"


def _is_old(edition: str, now: int) -> bool:
    """Whether it was begun so long ago that its record isn't to be expected any more; what is foreign stays."""
    try:
        return now - int(edition.split("-")[0], 16) > SAFE_NS
    except ValueError:
        return False


def _somewhere() -> Sequence[float]:
    """A vector for a row that isn't searched by one; were they the same, Chroma would take longer."""
    return [secrets.randbelow(2**16) / 2**16, 1.0]


def _parts(rows: Iterable[Row], size: Callable[[Row], int]) -> Iterator[list[Row]]:
    """`rows` in order, cut where they come to `REQUEST_CHARACTERS`."""
    part: list[Row] = []
    characters = 0
    for row in rows:
        if part and characters + size(row) > REQUEST_CHARACTERS:
            yield part
            part, characters = [], 0
        part.append(row)
        characters += size(row)
    if part:
        yield part
