"""Opens the store of passages and closes it; one that is damaged is set aside, to be made anew of the articles' files.

What Chroma says is told by `store.py`. Some damage is seen before it reads a file, as reading it would end this
process; where one has ended while a store was open, a process of its own opens it first (`probing.py`).
"""

from contextlib import suppress
from pathlib import Path

from assistant.errors import StoreBroken, StoreError
from assistant.library import hnsw
from assistant.library.files import unwritable
from assistant.library.probing import can_be_read
from assistant.library.store import BROKEN, DATABASE, ChunkStore
from assistant.library.upkeep import unsound

__all__ = ["close_store", "open_store"]

AGAIN = "again"
"""What the note of an open store says that was left open before; else it is empty."""


def open_store(home: Path, embedder: str, *, wholly: bool, fault: str = "") -> tuple[ChunkStore, StoreError | None]:
    """The store under `home` for an embedder's vectors, and what is to be told where a damaged one was set aside.

    Args:
        wholly: whether all of it is read before, as it is anyway where it seemed damaged, or was left open twice. It
            takes 11 s with 100,000 passages, and 2 s to see that one left open once can be opened (on two cores).
        fault: what is known to be wrong with it.

    Raises:
        StoreError: the folder can't be read or written.
    """
    folder = home / "chroma"
    fault = fault or _fault(folder)
    note = _left(home)
    wholly = wholly or (folder / BROKEN).exists() or (note == AGAIN and hnsw.has_vectors(folder))
    if not fault and (wholly or (note is not None and hnsw.has_vectors(folder))):
        fault = "" if can_be_read(folder, embedder, wholly=wholly) else "it can't be read"
        (folder / BROKEN).unlink(missing_ok=True)
    trouble = None
    with suppress(OSError):
        _note(home).write_text(AGAIN if note == "" else "", encoding="utf-8")
    try:
        if fault:
            trouble = _set_aside(home, folder, fault)
        store = ChunkStore(folder, embedder)
    except StoreBroken as error:
        trouble = _set_aside(home, folder, str(error.__cause__))
        store = ChunkStore(folder, embedder)
    with suppress(OSError):
        hnsw.blank(folder)
    return store, trouble


def close_store(home: Path, store: ChunkStore) -> None:
    """Closes the store, and notes that it was."""
    store.close()
    with suppress(OSError):
        hnsw.blank(home / "chroma")
        _note(home).unlink(missing_ok=True)


def _note(home: Path) -> Path:
    """A file that is there while the store is open; left behind by a process that was ended."""
    return home / "open"


def _left(home: Path) -> str | None:
    """What the note says that was left behind; None where there is none."""
    try:
        return _note(home).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None


def _fault(folder: Path) -> str:
    """What is wrong with a folder of Chroma's, as far as its files show; "" where nothing is."""
    if not folder.exists():
        return ""
    if not folder.is_dir():
        return "it is no folder"
    database = folder / DATABASE
    if database.is_dir():
        return f"{DATABASE} is a folder"
    if hnsw.has_vectors(folder) and not (database.exists() and database.stat().st_size):
        return f"{DATABASE} is lost"
    return "" if hnsw.is_whole(folder) else "a file of the vectors is torn or lost"


def _set_aside(home: Path, folder: Path, fault: str) -> StoreError:
    """Moves the folder to where damaged files are. Returns what to tell."""
    damaged = home / "damaged"
    names = (f"chroma{number}" for number in ("", *(f"-{n}" for n in range(2, 10**6))))
    try:
        damaged.mkdir(exist_ok=True)
        target = next(damaged / name for name in names if not (damaged / name).exists())
        folder.replace(target)
    except OSError as error:
        raise unwritable(damaged, error) from error
    unsound(home)
    return StoreError(
        "The store of passages was damaged ({reason}) and was moved to {folder}. It was made anew of the articles, "
        "which are as they were.",
        reason=fault,
        folder=target,
    )
