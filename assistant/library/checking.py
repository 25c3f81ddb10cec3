"""Looks a library over, article by article, and mends what can be mended; what is well stays as it is.

What opening a library mends is told here too. Neither the language model nor, for what is well, the embedder is used.
"""

import re
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from os.path import lexists
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from assistant.errors import ArticleError, StoreError, StoreTooNew
from assistant.library.article import Article
from assistant.library.chunking import chunk_article
from assistant.library.derived import read_beads, read_questions
from assistant.library.embedding import Embedder, OnProgress, Vectors
from assistant.library.files import article_files, locked, take_away
from assistant.library.folders import reason_of
from assistant.library.library import Library
from assistant.library.upkeep import Cause, unsound, unusable
from assistant.settings import Settings
from assistant.text.language import Language

__all__ = ["Finding", "Outcome", "check", "rehearsal"]

LENGTH_TOLERANCE = 0.01
"""By how much the length of a vector may differ from 1."""
RENEWED = {
    Cause.LOSS: "its passages, which were lost",
    Cause.RULES: "it was kept by another version, and is cut anew",
}
"""What opening the library has mended of an article."""


class Outcome(StrEnum):
    """What became of something that was not well."""

    MENDED = "mended"
    SET_ASIDE = "set aside"
    REMOVED = "removed"
    LEFT = "not mended"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was not well, in words."""

    outcome: Outcome
    what: str


def check(library: Library) -> Iterator[Finding]:
    """Looks over a library that was opened `wholly`; what is found is mended as it is told."""
    yield from _troubles(library, told := dict[str, StoreError]())
    yield from (Finding(Outcome.MENDED, f"{id_}: {RENEWED[cause]}") for id_, cause in library.renewed.items())
    articles = []
    for path in article_files(library.home):
        try:
            article = library.article(path.stem)
            articles.append(article.id)
            yield from _check_passages(library, article)
            yield from _check_beads(library, article)
            library.notes.of(article.id)
        except ArticleError as error:
            library.troubled[path.stem] = unusable(path.stem, error)
        except StoreError as error:
            if lexists(path):
                library.troubled.setdefault(path.stem, error)
    yield from _troubles(library, told)
    yield from _troubles_of_notes(library)
    yield from _check_strays(library, articles)
    yield from _check_questions(library, articles)
    for path in (*library.swept, *library.kept.leftovers(articles)):
        take_away(path)
        yield Finding(Outcome.REMOVED, f"{path.relative_to(library.home)}, which is of no article or isn't whole")


def _troubles(library: Library, told: dict[str, StoreError]) -> Iterator[Finding]:
    """What the library tells itself, and wasn't `told` yet."""
    for about, error in library.troubled.items():
        if told.get(about) is error:
            continue
        is_left = about == "unwiped" or lexists(library.kept.record(about))
        yield Finding(Outcome.LEFT if is_left else Outcome.SET_ASIDE, str(error))
    told.update(library.troubled)


def _troubles_of_notes(library: Library) -> Iterator[Finding]:
    for error in library.notes.troubles:
        is_left = isinstance(error, StoreTooNew) or "path" in error.values
        yield Finding(Outcome.LEFT if is_left else Outcome.SET_ASIDE, str(error))


def _check_passages(library: Library, article: Article) -> Iterator[Finding]:
    chunks = chunk_article(article)
    stored = library.store.vectors(article.id)
    sound = {chunk for chunk, vector in stored.items() if _is_of_length_1(vector)}
    if sound == set(chunks) == stored.keys():
        return
    unsound(library.home)
    vectors = library.embedder.passages([chunk.text for chunk in chunks])
    library.store.remove(article.id)
    library.store.add(chunks, vectors)
    wrong = len(set(chunks) - sound) or len(stored.keys() - set(chunks))
    yield Finding(Outcome.MENDED, f"{article.id}: {wrong} of its {len(chunks)} passages were lost or wrong")


def _is_of_length_1(vector: Vectors) -> bool:
    return abs(float(np.linalg.norm(vector)) - 1) < LENGTH_TOLERANCE


def _check_beads(library: Library, article: Article) -> Iterator[Finding]:
    path = library.kept.beads(article.id)
    if not path.exists():
        return
    beads = read_beads(path)
    if beads is None or not all(
        0 < number <= len(article.sentences(language))
        for bead in beads
        for language in Language
        for number in bead.numbers(language)
    ):
        take_away(path)
        yield Finding(Outcome.REMOVED, f"{article.id}: the links of its sentences, which can't be right")


def _check_strays(library: Library, articles: Sequence[str]) -> Iterator[Finding]:
    strays = Counter(chunk.article for chunk in library.store.chunks() if chunk.article not in articles)
    for article, count in strays.items():
        unsound(library.home)
        library.kept.forget(article)
        yield Finding(Outcome.REMOVED, f"{article}: passages of an article that isn't there ({count})")
    if library.store.made_keywords:
        yield Finding(Outcome.MENDED, "the index of keywords, which was lost or damaged")
    if fault := library.store.keyword_fault():
        library.store.renew_keywords()
        yield Finding(Outcome.MENDED, f"the index of keywords: {fault}")


def _check_questions(library: Library, articles: Sequence[str]) -> Iterator[Finding]:
    for article in articles:
        for language in Language:
            path = library.kept.questions(article, language)
            if path.exists() and read_questions(path) is None:
                take_away(path)
                yield Finding(Outcome.REMOVED, f"{article}: its suggested questions, which can't be read")


@contextmanager
def rehearsal(settings: Settings, embedder: Embedder) -> Iterator[Library]:
    """A copy of the library under `settings.home`, in which nothing is embedded: what is mended there, is not here.

    Raises:
        StoreError: it is in use, or can't be copied.
    """
    with ExitStack() as stack:
        stack.callback(locked(settings.home).release)
        folder = stack.enter_context(TemporaryDirectory(prefix="article-assistant-", ignore_cleanup_errors=True))
        home = Path(folder) / "home"
        try:
            _copy(settings.home, home)
        except OSError as error:
            raise StoreError(
                "The articles can't be copied to look at them: {reason}", reason=_reasons(error)
            ) from error
        yield stack.enter_context(Library(replace(settings, home=home), _Unembedding(embedder), wholly=True))


def _copy(home: Path, copy: Path) -> None:
    """Copies what a library consists of; of readings, which may be large, the names alone."""
    copy.mkdir()
    for path in home.iterdir():
        if path.is_dir() and path.name in ("articles", "alignments", "chroma", "notes", "pending", "questions"):
            shutil.copytree(path, copy / path.name, ignore_dangling_symlinks=True)
            for link in path.iterdir():
                if link.is_symlink() and not link.exists():
                    (copy / path.name / link.name).symlink_to(link.resolve())
        elif path.is_dir() and path.name == "prefixes":
            (copy / path.name).mkdir()
            for reading in path.iterdir():
                (copy / path.name / reading.name).touch()
        elif path.is_file() and path.name != "lock":
            shutil.copy(path, copy)


def _reasons(error: OSError) -> object:
    """What an error says, or the first of those that copying a folder has met."""
    first = error.args[0][0][2] if isinstance(error, shutil.Error) else ""
    return re.sub(r"^\[Errno \d+\] ", "", first) or reason_of(error)


class _Unembedding:
    """Gives vectors of the right kind, and takes no time for it."""

    def __init__(self, embedder: Embedder) -> None:
        self.name = embedder.name
        self._embedder = embedder

    def query(self, text: str) -> Vectors:
        return self._embedder.query(text)

    def passages(self, texts: Sequence[str], on_progress: OnProgress | None = None) -> Vectors:  # noqa: ARG002
        return np.tile(self.query("x"), (len(texts), 1))
