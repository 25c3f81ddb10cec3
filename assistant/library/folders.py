"""The folders of a library: what is in one, and whether it can be used; else it is told, and never taken for empty.

What their files hold is for `files.py`.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.errors import StoreError

__all__ = ["listed", "reason_of", "usable"]

FOLDERS = ("articles", "alignments", "questions", "notes", "prefixes", "damaged", "chroma")


@contextmanager
def usable(home: Path) -> Iterator[None]:
    """Runs the block where the folders under `home` can be used; an error of the disk in it is told as one.

    Raises:
        StoreError: one is no folder, can't be read or written, or the disk fails.
    """
    try:
        for folder in (home / name for name in FOLDERS):
            if folder.is_symlink() and not folder.exists():
                raise _no_folder(folder)
            if folder.is_dir() and not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
            if folder.exists() and not folder.is_dir() and folder.name != "chroma":  # that is made anew
                raise _no_folder(folder)
        yield
    except OSError as error:
        raise _unusable(home, error) from error


def listed(folder: Path) -> list[Path]:
    """What is in a folder, by name; nothing where there is none.

    Raises:
        StoreError: it is no folder, or can't be read.
    """
    try:
        return sorted(folder.iterdir()) if folder.is_symlink() or folder.exists() else []
    except (FileNotFoundError, NotADirectoryError) as error:
        raise _no_folder(folder) from error
    except OSError as error:
        raise _unusable(folder, error) from error


def reason_of(error: Exception) -> object:
    """What an error says, one of the disk without its number."""
    return (error.strerror if isinstance(error, OSError) else None) or error


def _no_folder(path: Path) -> StoreError:
    return StoreError(
        "{path} should be a folder, and is none or leads nowhere. Move it away, or connect the disk that it leads to, "
        "and start again.",
        path=path,
    )


def _unusable(folder: Path, error: OSError) -> StoreError:
    return StoreError(
        "{path} can't be read or written: {reason}. Check the rights to it and the disk that it is on, and start "
        "again.",
        path=error.filename or folder,
        reason=reason_of(error),
    )
