"""Mends the folder of a library: files that can't be read are set aside, articles to be cut anew are found.

What is mended is told; what an article's file holds is for `shelf.py`.
"""

from collections.abc import Collection
from pathlib import Path

from assistant.errors import StoreError, StoreTooNew
from assistant.library.article import PARSER
from assistant.library.shelf import is_of_parser, read_record, write_file

__all__ = ["is_sound", "note_sound", "set_aside", "to_mend"]


def set_aside(home: Path, path: Path, error: StoreError) -> StoreError:
    """Moves an article's file that is damaged, by the `error` of reading it, to a folder of its own.

    Returns what to tell: where it is now; `error` itself where the file may be whole, but isn't given out, or is newer.
    """
    if isinstance(error.__cause__, OSError) or isinstance(error, StoreTooNew):
        return error
    folder = home / "damaged"
    try:
        folder.mkdir(exist_ok=True)
        path.replace(folder / path.name)
    except OSError:
        return error
    return StoreError(
        "The article file {name} is damaged ({reason}) and was moved to {folder}. The other articles are as they were.",
        name=path.name,
        reason=error.__cause__,
        folder=folder,
    )


def is_sound(home: Path, passages: int) -> bool:
    """Whether the folder was left sound (`note_sound`), by these rules of parsing and with so many passages stored."""
    note = _note(home)
    return note.exists() and note.read_text(encoding="utf-8", errors="replace") == _sound(passages)


def note_sound(home: Path, passages: int) -> None:
    """Notes that all articles are cut by these rules of parsing, into so many passages, which are stored.

    Raises:
        StoreError: it can't be written.
    """
    write_file(_note(home), _sound(passages))


def to_mend(home: Path, stored: Collection[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """Articles that passages must be made of anew, and those that they must go of.

    The first are the ones cut by other rules of parsing or not among the `stored` ones, by id and when they were
    added; the second were written by a newer assistant. Files that can't be read are left to who meets them.
    """
    anew, too_new = [], []
    for path in sorted((home / "articles").glob("*.json")):
        try:
            record = read_record(path)
        except StoreTooNew:
            too_new.append(path.stem)
        except StoreError:
            continue
        else:
            if not is_of_parser(record) or path.stem not in stored:
                anew.append((path.stem, str(record["added"])))
    return anew, too_new


def _note(home: Path) -> Path:
    return home / "sound"


def _sound(passages: int) -> str:
    return f"parser {PARSER}, {passages} passages"
