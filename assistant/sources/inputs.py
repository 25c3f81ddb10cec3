"""What the user names to texts: files, folders of them, web addresses, standard input.

What kind a file is, is for `extraction.py`; what becomes of a text for `library/article.py`.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from assistant.errors import ArticleError
from assistant.sources.extraction import SUFFIXES, Extracted, extract

__all__ = ["STANDARD_INPUT", "find_files", "is_address", "is_folder", "read_page", "read_source"]

STANDARD_INPUT = "-"
PAGE = "text/html; charset=utf-8"


def find_files(paths: Sequence[str]) -> tuple[str, ...]:
    """What `paths` name, each once: files, `-` and addresses as they are, of a folder all files below it, sorted.

    Raises:
        ArticleError: a folder has no file in it that can be read, or can't be read itself.
    """
    found = [file for path in paths for file in (_files_below(path) if is_folder(path) else [path])]
    return tuple(dict.fromkeys(found))


def is_address(path: str) -> bool:
    """Whether `path` is the address of a page."""
    return path.lower().startswith(("http://", "https://"))


def is_folder(path: str) -> bool:
    """Whether `path` names a folder; standard input and addresses are none."""
    return path != STANDARD_INPUT and not is_address(path) and Path(path).is_dir()


def read_source(name: str, limit: int) -> Extracted:
    """The text of a file, of the page at an address, or of standard input (`-`), with title and date where known.

    Args:
        limit: most bytes read, of a file that is larger too.

    Raises:
        ArticleError: it can't be read or fetched, is larger, or of a kind without a text.
    """
    if is_address(name):
        from assistant.sources.web import fetch

        found = fetch(name, limit=limit)
        return extract(found.data, found.url, found.media_type)
    try:
        if name == STANDARD_INPUT:
            data = sys.stdin.buffer.read(limit + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(limit + 1)
    except OSError as error:
        reason = error.strerror or error
        raise ArticleError("The file {name} can't be read: {reason}.", name=name, reason=reason) from error
    called = "standard input" if name == STANDARD_INPUT else name
    _check_size(data, called, limit)
    return extract(data, called)


def read_page(page: str, address: str, limit: int) -> Extracted:
    """The article on a page that a browser has, as HTML.

    Args:
        address: what messages call it.
        limit: most bytes read.

    Raises:
        ArticleError: it is larger, or has no article on it.
    """
    data = page.encode("utf-8", "replace")
    _check_size(data, address, limit)
    return extract(data, address, PAGE)


def _check_size(data: bytes, name: str, limit: int) -> None:
    if len(data) > limit:
        raise ArticleError(
            "{name} has more than {limit:,} bytes, the most that is read. Save the text of the article alone.",
            name=name,
            limit=limit,
        )


def _files_below(folder: str) -> list[str]:
    """Hidden files and folders are left out, links to folders are not followed."""
    found: list[Path] = []
    for parent, folders, names in os.walk(folder, onerror=_unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files = (Path(parent, name) for name in names if not name.startswith("."))
        found += [file for file in files if file.suffix.lower() in SUFFIXES]
    if not found:
        raise ArticleError(
            "The folder {folder} has no {suffixes} files. Choose another, or name the files themselves.",
            folder=folder,
            suffixes=", ".join(SUFFIXES),
        )
    return list(map(str, sorted(found)))


def _unreadable(error: OSError) -> None:
    raise ArticleError(
        "The folder {folder} can't be read: {reason}. Make it readable, or name the files themselves.",
        folder=error.filename,
        reason=error.strerror,
    ) from error
