"""Changes of a library that are cut off are finished or undone: a note names their articles while they are made."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.library.article import ARTICLE_ID
from assistant.library.files import take_away, write_file

__all__ = ["Changes"]


class Changes:
    """The notes in a folder, a file for each change."""

    def __init__(self, folder: Path, settle: Callable[[str], None]) -> None:
        """`settle`: sees to it that the article with an id is whole or gone, wherever a change of it ended."""
        self._folder = folder
        self._settle = settle

    @contextmanager
    def of(self, articles: Iterable[str]) -> Iterator[None]:
        """While the block runs a note says that these articles are changed; however it ends, each is settled.

        Raises:
            StoreError: the note can't be written.
        """
        ids = tuple(articles)
        note = self._folder / ids[0]
        write_file(note, "\n".join(ids))
        try:
            yield
        finally:
            self._end(note, ids)

    def recover(self) -> None:
        """Settles the articles of changes that were cut off."""
        if not self._folder.is_dir():
            take_away(self._folder)
        for note in self._folder.glob("*"):
            self._end(note, ARTICLE_ID.findall(_text(note)) or [note.name])

    def _end(self, note: Path, articles: Iterable[str]) -> None:
        for article in articles:
            self._settle(article)
        take_away(note)


def _text(note: Path) -> str:
    """What a note says, as far as it can be read."""
    try:
        return note.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
