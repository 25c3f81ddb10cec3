"""Keyword search: BM25 over words of Latin script and, for Japanese, runs of one script and pairs of characters.

No dictionary: measured on Japanese articles, morphological analysers found no more than script runs do. The index is
one of SQLite's FTS5 (https://www.sqlite.org/fts5.html) that is given the terms: its own tokenizers take a Japanese
sentence for one word, or for runs of three characters.
"""

import json
import math
import re
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from assistant.library.chunking import Chunk
from assistant.text.language import Language, fold

__all__ = ["KeywordIndex", "terms"]

VERSION = 3
"""Of the index; one of another is made anew."""
FEW_ARTICLES = 16
"""As many articles are looked up in the index; more of them are quicker taken out of what is found."""
MOST_TERMS = 400
"""Terms of a question that are looked up, the rarest; SQLite joins no more than 500 queries."""
LEAST_WEIGHT = 1e-6
"""What FTS5 gives a term that half of the chunks have."""
T = TypeVar("T")

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


_TABLES = "".join(
    f"CREATE VIRTUAL TABLE {language} USING "
    """fts5(terms, article, position UNINDEXED, tokenize="ascii tokenchars '.'''");"""
    f"CREATE VIRTUAL TABLE {language}_terms USING fts5vocab({language}, col);"
    for language in Language
)
"""A table for each language, with a row for each chunk, and one that tells how many chunks have a term.

Terms hold points and apostrophes, and no blank.
"""
_PRAGMAS = "PRAGMA journal_mode = WAL; PRAGMA cache_size = -65536; PRAGMA secure_delete = ON;"


class KeywordIndex:
    """An inverted index of chunks in a SQLite file, for BM25. Safe to use from several threads."""

    def __init__(self, path: Path, chunks: Callable[[], Iterable[Chunk]] = tuple) -> None:
        """Opens the file at `path`; one that is missing, broken or of another version is made anew of `chunks`.

        Raises:
            sqlite3.Error: it can't be read or written.
        """
        self._path = path
        self._chunks = chunks
        self._database = sqlite3.connect(":memory:")
        self._lock = threading.Lock()
        try:
            is_ready = self._open()
        except sqlite3.DatabaseError as error:
            if not _is_broken(error) and path.exists() and not path.is_dir():
                raise
            is_ready = False
        self.was_made = not is_ready
        if not is_ready:
            self._make_anew()

    def _open(self) -> bool:
        """Whether what was opened is an index of this version."""
        self._database = sqlite3.connect(self._path, check_same_thread=False)
        self._database.executescript(_PRAGMAS)
        return bool(self._database.execute("PRAGMA user_version").fetchone()[0] == VERSION)

    def _make_anew(self) -> None:
        self._database.close()
        for each in self._path.parent.glob(f"{self._path.name}*"):
            shutil.rmtree(each) if each.is_dir() else each.unlink()
        self._open()
        self._database.executescript(f"BEGIN;{_TABLES}")
        self._insert(self._chunks())
        self._database.execute(f"PRAGMA user_version = {VERSION}")
        self._database.commit()

    def _used(self, use: Callable[[], T]) -> T:
        """What `use` gives, as one transaction; where the file proves broken, of one made anew."""
        with self._lock:
            try:
                with self._database:
                    return use()
            except sqlite3.DatabaseError as error:
                if not _is_broken(error):
                    raise
            self._make_anew()
            with self._database:
                return use()

    def close(self) -> None:
        """Closes the file; the object is of no use afterwards."""
        self._database.close()

    def add(self, chunks: Iterable[Chunk]) -> None:
        """Adds chunks, all of an article's at once; those of an article already there are replaced."""
        of_articles = list(chunks)
        self._used(lambda: self._insert(of_articles))

    def remove(self, article: str) -> None:
        """Removes the chunks of an article; one that isn't there is no error."""
        self._used(lambda: self._delete(article))

    def renew(self) -> None:
        """Makes the index anew."""
        with self._lock:
            self._make_anew()

    def wipe(self) -> None:
        """Leaves nothing of removed chunks in the file: not in what is merged later, nor in the log beside it."""

        def merge() -> None:
            for language in Language:
                self._database.execute(f"INSERT INTO {language}({language}) VALUES('optimize')")

        self._used(merge)
        with self._lock:
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def forget_others(self) -> None:
        """Removes the indexes beside it, which are of other embedders and made anew where they are needed."""
        for each in self._path.parent.glob("keywords-*"):
            if not each.name.startswith(self._path.name):
                each.unlink()

    def count(self) -> int:
        """How many chunks there are."""
        tables = [f"SELECT count(*) FROM {language}_docsize" for language in Language]  # noqa: S608
        return self._used(lambda: sum(map(self._count, tables)))

    def fault(self, chunks: Iterable[Chunk]) -> str:
        """What is wrong with the index of these chunks, "" where nothing is; it is left as it is."""
        wanted = sorted((each.language, each.article, each.position, " ".join(terms(each.text))) for each in chunks)
        with self._lock:
            try:
                for language in Language:
                    self._database.execute(f"INSERT INTO {language}({language}) VALUES('integrity-check')")
                found = [
                    (language, *row)
                    for language in Language
                    for row in self._database.execute(f"SELECT article, position, terms FROM {language}")  # noqa: S608
                ]
                self._database.rollback()
            except sqlite3.DatabaseError as error:
                self._database.rollback()
                return str(error)
        return "" if sorted(found) == wanted else "it has other passages"

    def search(
        self, query: str, language: Language, limit: int, articles: Sequence[str] | None = None
    ) -> tuple[tuple[str, int, float], ...]:
        """The chunks in `language` (of `articles`, where not None) that share terms with `query`, best first.

        As (article, position of the chunk, score above 0). How rare a term is counts among the chunks of `articles`
        where they are few, else among all in `language`.
        """
        wanted = sorted(set(terms(query)))
        if not wanted or (articles is not None and not articles):
            return ()
        return self._used(lambda: self._found(wanted, language, limit, articles))

    def _found(
        self, wanted: Sequence[str], language: Language, limit: int, articles: Sequence[str] | None
    ) -> tuple[tuple[str, int, float], ...]:
        within, filtered = "", ""
        if articles is not None and len(articles) <= FEW_ARTICLES:
            within = f"article : ({_any_of(articles)})"
        elif articles is not None:
            filtered = "AND article IN (SELECT value FROM json_each(:articles))"
        weights = self._weights(wanted, language, within)
        if not weights:
            return ()
        values: dict[str, str | int | float] = {"limit": limit, "articles": json.dumps(list(articles or ()))}
        hits = []
        for number, (term, weight) in enumerate(weights):
            values |= {f"match{number}": _match(term, within), f"weight{number}": weight}
            hits.append(
                f"SELECT rowid AS id, -bm25({language}, 1, 0) * :weight{number} AS score FROM {language} "  # noqa: S608
                f"WHERE {language} MATCH :match{number} {filtered}"
            )
        found = (
            f"WITH hits AS MATERIALIZED ({' UNION ALL '.join(hits)}), "  # noqa: S608  bm25() works in no other place
            "best AS (SELECT id, sum(score) AS total FROM hits GROUP BY id ORDER BY total DESC, id LIMIT :limit) "
            f"SELECT article, position, total FROM best JOIN {language} AS chunk ON chunk.rowid = id "
            "ORDER BY total DESC, id"
        )
        return tuple(self._database.execute(found, values))

    def _weights(self, wanted: Sequence[str], language: Language, within: str) -> list[tuple[str, float]]:
        """The terms that are there, with what FTS5's score of each is to be multiplied by.

        FTS5 gives a term that half of the chunks have no weight, which is many a term of a single article. Here the
        weight is the one of Lucene, log(1 + (N - n + 0.5) / (n + 0.5)), of N chunks of which n have the term.
        """
        all_chunks = chunks = self._count(f"SELECT count(*) FROM {language}_docsize")  # noqa: S608
        if within:
            chunks = self._matching(language, within)
        weights: list[tuple[float, float, str]] = []
        for term in wanted:
            of_all = having = self._count(
                f"SELECT sum(doc) FROM {language}_terms WHERE term = ? AND col = 'terms'",  # noqa: S608
                term,
            )
            if of_all and within:
                having = self._matching(language, _match(term, within))
            if having:
                rarity = math.log(1 + (chunks - having + 0.5) / (having + 0.5))
                given = math.log((all_chunks - of_all + 0.5) / (of_all + 0.5))
                weights.append((rarity, rarity / (given if given > 0 else LEAST_WEIGHT), term))
        return [(term, weight) for _, weight, term in sorted(weights, reverse=True)[:MOST_TERMS]]

    def _matching(self, language: Language, match: str) -> int:
        return self._count(f"SELECT count(*) FROM {language} WHERE {language} MATCH ?", match)  # noqa: S608

    def _count(self, query: str, *values: str) -> int:
        return int(self._database.execute(query, values).fetchone()[0] or 0)

    def _insert(self, chunks: Iterable[Chunk]) -> None:
        ordered = sorted(chunks, key=lambda chunk: (chunk.article, chunk.language, chunk.position))
        for article, of_article in groupby(ordered, key=lambda chunk: chunk.article):
            self._delete(article)
            for language, document in groupby(of_article, key=lambda chunk: chunk.language):
                self._database.executemany(
                    f"INSERT INTO {language} VALUES (?, ?, ?)",  # noqa: S608
                    [(" ".join(terms(chunk.text)), article, chunk.position) for chunk in document],
                )

    def _delete(self, article: str) -> None:
        for language in Language:
            self._database.execute(
                f"DELETE FROM {language} WHERE {language} MATCH ? AND article = ?",  # noqa: S608
                (f"article : {_any_of([article])}", article),
            )


def _is_broken(error: sqlite3.DatabaseError) -> bool:
    """Whether the file is at fault, rather than the disk or another process."""
    return not isinstance(error, sqlite3.OperationalError) or "vtable constructor failed" in str(error)


def _match(term: str, within: str) -> str:
    """In FTS5's query language: chunks that have the term, `within` these articles, or anywhere where that is ""."""
    return f"terms : ({_any_of([term])})" + (f" AND {within}" if within else "")


def _any_of(words: Iterable[str]) -> str:
    """In FTS5's query language, any of these strings."""
    return " OR ".join('"{}"'.format(word.replace('"', '""')) for word in words)
