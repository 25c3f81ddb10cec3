"""Reads all of a store of passages in a process of its own: of some damaged files, Chroma ends the process."""

import subprocess
import sys
from pathlib import Path

from assistant.errors import StoreBroken
from assistant.library import hnsw
from assistant.library.store import ChunkStore
from assistant.processes import command_of, environment

__all__ = ["can_be_read"]

DAMAGED = 3
SECONDS = 300
"""A walk through damaged links may have no end."""


def can_be_read(folder: Path, embedder: str) -> bool:
    """Whether a store that nobody has open can be read wholly; only one with vectors in files is looked into."""
    if not folder.is_dir() or not hnsw.has_vectors(folder):
        return True
    command = command_of(__name__, str(folder), embedder)
    try:
        done = subprocess.run(command, env=environment(), capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode >= 0 and done.returncode != DAMAGED


def _read(folder: str, embedder: str) -> None:
    store = ChunkStore(Path(folder), embedder)
    store.probe(wholly=True)
    store.close()


if __name__ == "__main__":
    try:
        _read(*sys.argv[1:])
    except StoreBroken:
        sys.exit(DAMAGED)
