"""The folders of processes on this machine that use a library on a server; one that is used no more is emptied.

Else copies of articles would stay there that were removed since.
"""

import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

from assistant.errors import StoreError
from assistant.library.article import ARTICLE_ID
from assistant.library.files import locked, take_away
from assistant.library.folders import listed
from assistant.library.served.address import Address, address_of
from assistant.settings import ChromaServer

__all__ = ["candidates", "empty_unused", "homes_of", "note_use"]

UNUSED_SECONDS = 24 * 60 * 60
USED = "used"
"""A file that is as old as the last use of its folder."""
NOTES = "notes"
"""The folder of answers that were kept, which can't be made anew."""


def candidates(home: Path, address: Address) -> Iterator[Path]:
    """The folders that a process may take, the first that no other has."""
    return (home / "servers" / address.folder / str(number) for number in count(1))


def homes_of(home: Path, server: ChromaServer) -> list[Path]:
    """The folders under `home` of processes that have used the library on a server.

    Raises:
        UsageError: as of `address_of`.
    """
    return sorted((home / "servers" / address_of(server).folder).glob("*"))


def note_use(home: Path) -> None:
    """Notes that a folder is used now."""
    with suppress(OSError):
        (home / USED).touch()


def empty_unused(homes: Path, articles: Collection[str]) -> None:
    """Removes from folders that nobody has used for a day what can be made anew, and what is of none of `articles`.

    Raises:
        StoreError: something can't be removed.
    """
    for home in listed(homes):
        if time.time() - _last_use(home) > UNUSED_SECONDS:
            with suppress(StoreError):  # in use all the same
                lock = locked(home)
                try:
                    _empty(home, articles)
                finally:
                    lock.release()


def _last_use(home: Path) -> float:
    found = [path.stat().st_mtime for name in (USED, "lock") if (path := home / name).exists()]
    return max(found, default=time.time())


def _empty(home: Path, articles: Collection[str]) -> None:
    for path in listed(home):
        if (path.is_dir() and path.name != NOTES) or path.name.startswith("keywords-"):
            take_away(path)
    for path in listed(home / NOTES):
        if (found := ARTICLE_ID.match(path.name)) and found.group() not in articles:
            take_away(path)
