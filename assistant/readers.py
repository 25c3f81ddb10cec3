"""Files, folders and standard input to texts; what becomes of a text is for `article.py`."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from assistant.article import decode_text
from assistant.errors import ArticleError

__all__ = ["STANDARD_INPUT", "SUFFIXES", "find_files", "is_folder", "read_text"]

STANDARD_INPUT = "-"
SUFFIXES = (".txt", ".md")
"""What the files of a folder are chosen by."""


def find_files(paths: Sequence[str]) -> tuple[str, ...]:
    """The files that `paths` name, each once: `-` and files as they are, of a folder all texts below it, sorted.

    Raises:
        ArticleError: a folder has no text in it, or can't be read.
    """
    found = [file for path in paths for file in (_texts_below(path) if is_folder(path) else [path])]
    return tuple(dict.fromkeys(found))


def is_folder(path: str) -> bool:
    """Whether `path` names a folder; standard input is none."""
    return path != STANDARD_INPUT and Path(path).is_dir()


def read_text(file: str) -> str:
    """The text in a file, or on standard input where it is `-`.

    Raises:
        ArticleError: it can't be read, or is not a text.
    """
    try:
        data = sys.stdin.buffer.read() if file == STANDARD_INPUT else Path(file).read_bytes()
    except OSError as error:
        raise ArticleError(f"The file {file} can't be read: {error.strerror or error}.") from error
    return decode_text(data, file)


def _texts_below(folder: str) -> list[str]:
    """Hidden files and folders are left out, links to folders are not followed."""
    found: list[Path] = []
    for parent, folders, names in os.walk(folder, onerror=_unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(parent, name) for name in names if name.lower().endswith(SUFFIXES) and not name.startswith(".")]
    if not found:
        raise ArticleError(
            f"The folder {folder} has no {' or '.join(SUFFIXES)} files. Choose another, or name the files themselves."
        )
    return list(map(str, sorted(found)))


def _unreadable(error: OSError) -> None:
    raise ArticleError(
        f"The folder {error.filename} can't be read: {error.strerror}. Make it readable, or name the files themselves."
    ) from error
