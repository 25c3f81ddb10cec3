"""The files of Chroma's vector indexes, as Chroma itself writes them."""

import shutil
from collections.abc import Callable
from pathlib import Path

import chromadb
import numpy as np
import pytest
from chromadb.config import Settings

from assistant.library import hnsw

TRACE = b"Quixotrope"
VECTORS = np.random.default_rng(1).normal(size=(1100, 16)).astype(np.float32)


def _collection(folder: Path) -> tuple[chromadb.ClientAPI, chromadb.Collection]:
    client = chromadb.PersistentClient(str(folder), Settings(anonymized_telemetry=False))
    return client, client.get_or_create_collection("one", embedding_function=None)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of Chroma's with vectors in files."""
    folder = tmp_path_factory.mktemp("chroma")
    client, collection = _collection(folder)
    collection.add([str(number) for number in range(1100)], VECTORS)  # type: ignore[arg-type]
    client.close()  # type: ignore[attr-defined]
    return folder


def _index(folder: Path) -> Path:
    (index,) = (path for path in folder.iterdir() if path.is_dir())
    return index


def test_what_chroma_writes_is_whole(filled: Path) -> None:
    assert hnsw.has_vectors(filled)
    assert hnsw.is_whole(filled)


def test_a_folder_without_vectors_is_whole(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nothing"):
        assert not hnsw.has_vectors(folder)
        assert hnsw.is_whole(folder)


@pytest.mark.parametrize("name", ["header.bin", "data_level0.bin", "length.bin"])
@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(path.read_bytes()[:-1])])
def test_what_is_torn_or_lost_is_not(filled: Path, tmp_path: Path, name: str, damage: Callable[[Path], object]) -> None:
    folder = shutil.copytree(filled, tmp_path / "chroma")
    damage(_index(folder) / name)
    assert not hnsw.is_whole(folder)


def test_only_what_chroma_does_not_read_is_blanked(filled: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(filled, tmp_path / "chroma")
    index = _index(folder)
    vectors, lengths = (index / name for name in ("data_level0.bin", "length.bin"))
    before = vectors.read_bytes()
    with vectors.open("ab") as file:
        file.write(TRACE * 99)
    lengths.write_bytes((TRACE * 999)[: lengths.stat().st_size])
    hnsw.blank(folder)
    assert vectors.read_bytes() == before + bytes(len(TRACE) * 99)
    assert lengths.read_bytes() == bytes(lengths.stat().st_size)
    client, collection = _collection(folder)
    nearest = collection.query([VECTORS[3].tolist()], n_results=1)
    assert nearest["ids"] == [["3"]]
    client.close()  # type: ignore[attr-defined]


def test_room_for_vectors_to_come_is_blanked(tmp_path: Path) -> None:
    client, collection = _collection(tmp_path)
    collection.add(["a"], [[1.0, 0.0]])
    collection.query([[1.0, 0.0]], n_results=1)
    vectors = _index(tmp_path) / "data_level0.bin"
    vectors.write_bytes((TRACE * 9999)[: vectors.stat().st_size])
    hnsw.blank(tmp_path)
    assert TRACE not in vectors.read_bytes()
    client.close()  # type: ignore[attr-defined]
