"""The files of Chroma's vector indexes: whether they are whole, and what stays in them of other things.

Chroma's hnswlib loads them as they are: a torn one ends the process, or finds nothing. It writes the memory behind the
vectors too, with whatever stood in it before. The header is that of its `HierarchicalNSW::persistDirty`.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

__all__ = ["blank", "has_vectors", "is_whole"]

_HEADER = struct.Struct("<i6Qii3QdQ")
_NAMES = "header.bin", "data_level0.bin", "length.bin", "link_lists.bin"
_IDS = "index_metadata.pickle"
_BLOCK = 2**20


@dataclass(frozen=True, slots=True)
class _Shape:
    """Room for so many vectors, how many there are, and the bytes that each takes."""

    room: int
    count: int
    size: int


def has_vectors(folder: Path) -> bool:
    """Whether Chroma's `folder` holds an index that it would load; else it makes them of its log."""
    return any((index / _IDS).exists() for index in _indexes(folder))


def is_whole(folder: Path) -> bool:
    """Whether the files of the indexes in Chroma's `folder` are all there, and as long as they should be."""
    return all(_is_whole(index) for index in _indexes(folder) if (index / _IDS).exists())


def blank(folder: Path) -> None:
    """Writes zeros where no vector stands, and into the lengths, which Chroma writes and doesn't read.

    Raises:
        OSError: a file can't be written.
    """
    for index in _indexes(folder):
        if shape := _shape(index):
            _blank(index / "data_level0.bin", shape.count * shape.size)
            _blank(index / "length.bin", 0)


def _indexes(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []


def _shape(index: Path) -> _Shape | None:
    path = index / "header.bin"
    if not path.is_file() or path.stat().st_size != _HEADER.size:
        return None
    _, _, room, count, size, *_ = _HEADER.unpack(path.read_bytes())
    return _Shape(room, count, size) if count <= room else None


def _is_whole(index: Path) -> bool:
    if not all((index / name).is_file() for name in _NAMES):
        return False
    shape = _shape(index)
    return bool(
        shape
        and (index / "data_level0.bin").stat().st_size == shape.count * shape.size
        and (index / "length.bin").stat().st_size == 4 * shape.count
    )


def _blank(path: Path, start: int) -> None:
    if not path.is_file():
        return
    with path.open("r+b") as file:
        left = path.stat().st_size - start
        file.seek(start)
        while left > 0:
            left -= file.write(bytes(min(left, _BLOCK)))
