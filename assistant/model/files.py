"""Whether a file is that of a model: by its beginning, or by its SHA-256, which is remembered beside it.

Which bytes a model should have is for `catalog.py`.
"""

import hashlib
import json
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from assistant.errors import ModelError

__all__ = [
    "SIDECAR",
    "checked_gguf",
    "ends_of",
    "keep_record",
    "path_of",
    "remember",
    "sha256_of",
    "stamp_of",
    "verified",
]

SIDECAR = ".verified.json"
_MAGIC = b"GGUF"


def path_of(model: str) -> Path:
    """Where a file lies that the user names, in the home folder behind a ~."""
    path = Path(model)
    with suppress(RuntimeError):  # there is no home folder
        path = path.expanduser()
    return path


def checked_gguf(path: Path) -> Path:
    """`path`, where it is one of a GGUF file, as far as its beginning tells.

    Raises:
        ModelError: it is none, or can't be read.
    """
    try:
        if path.is_dir():
            raise ModelError("{path} is a folder. Give the path of the GGUF file in it.", path=path)
        if not path.is_file():
            raise ModelError(
                "There is no file {path}. Give the path of a GGUF file or an id of `assistant models`.", path=path
            )
        with path.open("rb") as stream:
            magic = stream.read(len(_MAGIC))
    except OSError as error:
        reason = error.strerror
        raise ModelError(
            "{path} can't be read ({reason}). Give a GGUF file that can.", path=path, reason=reason
        ) from error
    if magic != _MAGIC:
        raise ModelError(
            "{path} is not a GGUF file, the only kind that llama.cpp runs. Give the path of one.", path=path
        )
    return path


def stamp_of(path: Path, sha256: str) -> dict[str, str | int]:
    """What a file found right is remembered with; another one since, unless this is the same."""
    status = path.stat()
    return {"sha256": sha256, "bytes": status.st_size, "mtime_ns": status.st_mtime_ns}


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex; takes some seconds a gigabyte."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def ends_of(path: Path) -> str:
    """What tells a model's file from others at once: its size, and the SHA-256 of its first and last megabyte."""
    size = path.stat().st_size
    with path.open("rb") as file:
        ends = hashlib.sha256(file.read(2**20))
        file.seek(max(0, size - 2**20))
        ends.update(file.read())
    return f"{size} {ends.hexdigest()}"


def verified(folder: Path) -> dict[str, Any]:
    """The files of `folder` found right before, by name; none if that record is absent or damaged."""
    try:
        record = json.loads((folder / SIDECAR).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}


def remember(path: Path, stamp: dict[str, str | int]) -> None:
    """Notes beside a file that it was found right; where that can't be written, it is looked at again."""
    keep_record(path.parent / SIDECAR, verified(path.parent) | {path.name: stamp})


def keep_record(path: Path, record: dict[str, Any]) -> None:
    """Writes what is known as JSON, whole or not at all; where it can't be written, it has to be found out again."""
    text = json.dumps(record, indent=1)
    with suppress(OSError), tempfile.TemporaryDirectory(prefix=path.name, dir=path.parent) as scratch:
        written = Path(scratch) / path.name
        written.write_text(text, "utf-8")
        written.replace(path)
