"""Wipes out of Chroma's database what was deleted from it: texts stay in its log, its free pages and its text index.

In a process of its own, as Chroma has a SQLite of its own: two in one process don't see each other's locks
(https://www.sqlite.org/howtocorrupt.html, 2.2.1). Nothing of the assistant is loaded there.
"""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from assistant.processes import command_of, environment

__all__ = ["wipe"]

WAIT_SECONDS = 30
"""For others that use the database."""


def wipe(database: Path) -> None:
    """Leaves nothing in a database of Chroma's that was deleted from it, while Chroma may have it open.

    Raises:
        OSError: it can't be done.
    """
    done = subprocess.run(
        command_of(__name__, str(database)), env=environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise OSError((done.stderr.strip().splitlines() or ["it was ended"])[-1])


def _wipe(database: str) -> None:
    with closing(sqlite3.connect(database, timeout=WAIT_SECONDS, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute(
            "UPDATE embeddings_queue SET metadata = NULL "
            "WHERE metadata IS NOT NULL AND id NOT IN (SELECT embedding_id FROM embeddings)"
        )
        connection.execute("INSERT INTO embedding_fulltext_search(embedding_fulltext_search) VALUES('optimize')")
        connection.execute("VACUUM")


if __name__ == "__main__":
    try:
        _wipe(sys.argv[1])
    except sqlite3.Error as error:
        sys.exit(str(error))
