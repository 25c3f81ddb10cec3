"""Keyword search: BM25 over words of Latin script and, for Japanese, runs of one script and pairs of characters.

No dictionary: measured on Japanese articles, morphological analysers found no more than script runs do. The inverted
index lies in a SQLite file, which opens at once, however much it holds, and changes with each article.
"""

import json
import math
import re
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from assistant.library.chunking import Chunk
from assistant.text.language import Language, fold

__all__ = ["KeywordIndex", "terms"]

K1 = 1.2
B = 0.75
"""The usual constants of BM25 (Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework")."""

_RUNS = re.compile(
    r"(?P<word>[a-z\u00c0-\u024f]+(?:['’][a-z]+)?)"
    r"|(?P<figure>\d+(?:[.,]\d+)*)"
    r"|(?P<han>[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff々]+)"
    r"|(?P<katakana>[\u30a1-\u30ff]+)"
    r"|(?P<hiragana>[\u3041-\u309f]+)"
)
_STOP_WORDS = frozenset(
    """
    a an the of in on at to for by from with and or is are was were be been has have had do does did it its this that
    as what which who whom how much many when where why will would can could
    """.split()  # noqa: SIM905
)


def terms(text: str) -> list[str]:
    """Terms of `text`, with repetition: NFKC and case folded.

    English: words without the commonest, a plural or possessive as its stem. Figures as they stand, without
    thousands separators. Japanese: runs of kanji and katakana, and the character pairs of runs longer than two;
    hiragana is left out (particles and endings).
    """
    found: list[str] = []
    for match in _RUNS.finditer(fold(text)):
        run = match.group()
        if match.lastgroup == "word":
            if run not in _STOP_WORDS:
                found.append(_stem(run))
        elif match.lastgroup == "figure":
            found.append(run.replace(",", ""))
        elif match.lastgroup in ("han", "katakana"):
            found.append(run)
            if len(run) > 2:
                found.extend(run[i : i + 2] for i in range(len(run) - 1))
    return found


def _stem(word: str) -> str:
    word = re.sub(r"['’]s?$", "", word)
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


_POSTING = np.dtype([("position", "<u4"), ("count", "<u2"), ("length", "<u2")])
"""A chunk of a document that has a term: its position there, how often it has it, how many terms it has in all."""
_SCHEMA = """
CREATE TABLE documents (
    number INTEGER PRIMARY KEY, article TEXT, language TEXT, chunks INTEGER, terms INTEGER, UNIQUE (article, language)
);
CREATE TABLE postings (
    language TEXT, term TEXT, document INTEGER, postings BLOB, PRIMARY KEY (language, term, document)
) WITHOUT ROWID;
CREATE INDEX postings_of_document ON postings (document);
"""
_PRAGMAS = "PRAGMA journal_mode = WAL; PRAGMA cache_size = -65536;"
_SIZE = "SELECT sum(chunks), sum(terms) FROM documents WHERE language = :language"
_FIND = "SELECT document, postings FROM postings WHERE language = :language AND term = :term"
_OF_ARTICLES = " AND article IN (SELECT value FROM json_each(:articles))"
_OF_DOCUMENTS = f" AND document IN (SELECT number FROM documents WHERE language = :language {_OF_ARTICLES})"  # noqa: S608


class KeywordIndex:
    """An inverted index of chunks in a SQLite file, for BM25. Safe to use from several threads."""

    def __init__(self, path: Path, chunks: Callable[[], Iterable[Chunk]] = tuple) -> None:
        """Opens the file at `path`; one that is missing or broken is made anew of `chunks`.

        Raises:
            sqlite3.Error: it can't be read or written.
        """
        self._lock = threading.Lock()
        try:
            self._open(path, chunks)
        except sqlite3.OperationalError:  # the disk's fault or another process's, not the file's
            raise
        except sqlite3.DatabaseError:
            self._database.close()
            for each in path.parent.glob(f"{path.name}*"):
                each.unlink()
            self._open(path, chunks)

    def _open(self, path: Path, chunks: Callable[[], Iterable[Chunk]]) -> None:
        self._database = sqlite3.connect(path, check_same_thread=False)
        self._database.executescript(_PRAGMAS)
        if self._database.execute("PRAGMA user_version").fetchone()[0]:
            return
        self._database.executescript(f"BEGIN;{_SCHEMA}")
        self._insert(chunks())
        self._database.execute("PRAGMA user_version = 1")
        self._database.commit()

    def close(self) -> None:
        """Closes the file; the object is of no use afterwards."""
        self._database.close()

    def add(self, chunks: Iterable[Chunk]) -> None:
        """Adds chunks, all of an article's at once; those of an article already there are replaced."""
        with self._lock, self._database:
            self._insert(chunks)

    def remove(self, article: str) -> None:
        """Removes the chunks of an article; one that isn't there is no error."""
        with self._lock, self._database:
            self._delete(article)

    def search(
        self, query: str, language: Language, limit: int, articles: Sequence[str] | None = None
    ) -> tuple[tuple[str, int, float], ...]:
        """The chunks in `language` (of `articles`, where not None) that share terms with `query`, best first.

        As (article, position of the chunk, score above 0). How rare a term is counts among those chunks.
        """
        scope = {"language": language.value, "articles": json.dumps(list(articles or ()))}
        size, find = (_SIZE, _FIND) if articles is None else (_SIZE + _OF_ARTICLES, _FIND + _OF_DOCUMENTS)
        with self._lock:
            total, length = self._database.execute(size, scope).fetchone()
            found = [self._postings(find, scope | {"term": term}) for term in sorted(set(terms(query)))]
            places, scores = _scored([(at, postings) for at, postings in found if len(at)], total or 0, length or 0)
            best = np.lexsort((places, -scores))[:limit]
            return tuple((*self._place(int(places[at])), float(scores[at])) for at in best)

    def _insert(self, chunks: Iterable[Chunk]) -> None:
        ordered = sorted(chunks, key=lambda chunk: (chunk.article, chunk.language, chunk.position))
        for article, of_article in groupby(ordered, key=lambda chunk: chunk.article):
            self._delete(article)
            for language, document in groupby(of_article, key=lambda chunk: chunk.language):
                self._insert_document(article, language, list(document))

    def _insert_document(self, article: str, language: Language, chunks: Sequence[Chunk]) -> None:
        counts = [Counter(terms(chunk.text)) for chunk in chunks]
        lengths = [count.total() for count in counts]
        number = self._database.execute(
            "INSERT INTO documents (article, language, chunks, terms) VALUES (?, ?, ?, ?)",
            (article, language.value, len(chunks), sum(lengths)),
        ).lastrowid
        postings: dict[str, list[tuple[int, int, int]]] = {}
        for chunk, count, length in zip(chunks, counts, lengths, strict=True):
            for term, times in count.items():
                postings.setdefault(term, []).append((chunk.position, min(times, 0xFFFF), min(length, 0xFFFF)))
        self._database.executemany(
            "INSERT INTO postings VALUES (?, ?, ?, ?)",
            [(language.value, term, number, np.array(each, _POSTING).tobytes()) for term, each in postings.items()],
        )

    def _delete(self, article: str) -> None:
        for (number,) in self._database.execute(
            "SELECT number FROM documents WHERE article = ?", (article,)
        ).fetchall():
            self._database.execute("DELETE FROM postings WHERE document = ?", (number,))
            self._database.execute("DELETE FROM documents WHERE number = ?", (number,))

    def _postings(self, find: str, wanted: Mapping[str, str]) -> tuple[Any, Any]:
        """Places of the chunks in scope that have the term, int64 of shape (chunks,), and their postings."""
        rows = self._database.execute(find, wanted).fetchall()
        postings = np.frombuffer(b"".join(blob for _, blob in rows), _POSTING)
        documents = np.repeat([number for number, _ in rows], [len(blob) // _POSTING.itemsize for _, blob in rows])
        return (documents.astype(np.int64) << 32) | postings["position"], postings

    def _place(self, place: int) -> tuple[str, int]:
        select = "SELECT article FROM documents WHERE number = ?"
        return self._database.execute(select, (place >> 32,)).fetchone()[0], place & 0xFFFFFFFF


def _scored(found: Sequence[tuple[Any, Any]], total: int, total_length: int) -> tuple[Any, Any]:
    """The places in `found`, each once, and their scores over all terms.

    Args:
        total: chunks in scope, which have `total_length` terms together.
    """
    if not found:
        return np.empty(0, np.int64), np.empty(0)
    weights = []
    for _, postings in found:
        inverse_frequency = math.log(1 + (total - len(postings) + 0.5) / (len(postings) + 0.5))
        length = 1 - B + B * postings["length"] * total / total_length
        count = postings["count"].astype(float)
        weights.append(inverse_frequency * count * (K1 + 1) / (count + K1 * length))
    places, inverse = np.unique(np.concatenate([places for places, _ in found]), return_inverse=True)
    return places, np.bincount(inverse, np.concatenate(weights))
