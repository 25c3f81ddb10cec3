"""Where what belongs to an article is kept, and how it goes: its file, passages, alignment, questions and readings."""

from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from assistant.errors import StoreError
from assistant.library.article import ARTICLE_ID
from assistant.library.files import take_away, write_file
from assistant.library.folders import listed
from assistant.library.store import ChunkStore
from assistant.model import prefix
from assistant.text.language import Language

__all__ = ["PARTIAL", "Kept"]

PARTIAL = (".new", ".part")
"""How files end that were not written to their end."""


class Kept:
    """What a library keeps under `home`, `prefixes` and in `store`."""

    def __init__(self, home: Path, prefixes: Path, store: ChunkStore) -> None:
        self._home = home
        self._prefixes = prefixes
        self._store = store
        self._unwiped = home / "unwiped"

    def record(self, article: str) -> Path:
        """The file that an article exists by."""
        return self._home / "articles" / f"{article}.json"

    def beads(self, article: str) -> Path:
        """The file of its alignment."""
        return self._home / "alignments" / f"{article}.json"

    def questions(self, article: str, language: Language) -> Path:
        """The file of the questions that are suggested for it."""
        return self._home / "questions" / f"{article}.{language}.json"

    def settle(self, article: str) -> None:
        """Without its file, what else is kept of an article goes."""
        if not self.record(article).exists():
            self.forget(article, *(self.questions(article, each) for each in Language))
            with suppress(OSError):
                self._unwiped.touch()  # its text stays in pages and logs of the databases

    def forget(self, article: str, *files: Path) -> None:
        """Removes what counts the sentences of an article: passages, alignment, readings; and `files`."""
        self._store.remove(article)
        prefix.clear(self._prefixes, article)
        for path in (self.beads(article), *files):
            take_away(path)

    def sweep(self) -> Iterator[Path]:
        """Removes the files that were not written to their end, by a process that was ended. Yields them."""
        for name in ("", "articles", "alignments", "questions", "notes", "prefixes"):
            for path in listed(self._prefixes if name == "prefixes" else self._home / name):
                if path.suffix in PARTIAL:
                    take_away(path)
                    yield path

    def leftovers(self, articles: Collection[str]) -> Iterator[Path]:
        """Files of no article, given the ids of those that are there."""
        for folder, suffix in ((self._home / "alignments", ".json"), (self._home / "questions", ".json")):
            yield from (each for each in listed(folder) if _is_left(each, suffix, articles))
        yield from (each for each in listed(self._prefixes) if _is_left(each, ".kv", articles))

    def begin_removal(self, article: str) -> None:
        """Notes that something is to be wiped out, and removes the article's file, and damaged ones of it.

        Raises:
            StoreError: they can't be removed.
        """
        try:
            write_file(self._unwiped, "")
            for name in (f"{article}.json", f"{article}.notes.json"):
                take_away(self._home / "damaged" / name)
            self.record(article).unlink(missing_ok=True)
        except OSError as error:
            reason = error.strerror or error
            raise StoreError(
                "The article {article} can't be removed: {reason}.", article=article, reason=reason
            ) from error

    def wipe(self) -> None:
        """Leaves nothing of what was removed in databases, nor in those that were set aside.

        Raises:
            StoreError: it can't be done now.
        """
        if not self._unwiped.exists():
            return
        try:
            for aside in (self._home / "damaged").glob("chroma*"):
                take_away(aside)
            self._store.wipe()
            take_away(self._unwiped)
        except (OSError, StoreError) as error:
            raise StoreError(
                "What was removed is not found any more, but its text may still stand in files until the articles are "
                "opened next: {reason}",
                reason=error,
            ) from error


def _is_left(path: Path, suffix: str, articles: Collection[str]) -> bool:
    """Whether a file named after an article is of none."""
    found = ARTICLE_ID.match(path.name)
    return found is not None and path.suffix == suffix and found.group() not in articles
