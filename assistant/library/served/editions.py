"""Which edition of which article of a served library is on this machine: an empty file named after both, for each."""

from pathlib import Path

from assistant.library.article import ARTICLE_ID
from assistant.library.files import take_away, unwritable
from assistant.library.folders import listed

__all__ = ["Editions"]


class Editions:
    """Those in a folder."""

    def __init__(self, folder: Path) -> None:
        """Raises:
        StoreError: it can't be read.
        """
        self._folder = folder
        self.held: dict[str, str] = {}
        for path in listed(folder):
            article, _, edition = path.name.partition(".")
            if ARTICLE_ID.fullmatch(article) and edition:
                if article in self.held:  # cut off between two
                    take_away(self._file(article))
                self.held[article] = edition

    def hold(self, article: str, edition: str) -> None:
        """Notes that an article is here wholly in an edition, which it is kept in from now on.

        Raises:
            StoreError: it can't be noted.
        """
        former = self._file(article) if article in self.held else None
        path = self._folder / f"{article}.{edition}"
        try:
            self._folder.mkdir(exist_ok=True)
            path.touch()
        except OSError as error:
            raise unwritable(path, error) from error
        if former and former != path:
            take_away(former)
        self.held[article] = edition

    def let_go(self, article: str) -> None:
        """Notes that an article isn't here any more.

        Raises:
            StoreError: it can't be noted.
        """
        if article in self.held:
            take_away(self._file(article))
            del self.held[article]

    def _file(self, article: str) -> Path:
        return self._folder / f"{article}.{self.held[article]}"
