"""Keyword search over chunks of both languages."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.chunking import Chunk
from assistant.keywords import KeywordIndex, terms
from assistant.language import Language, script_language


def _chunks(texts: Iterable[str]) -> list[Chunk]:
    return [
        Chunk("0" * 12, script_language(text) or Language.ENGLISH, n, 0, len(text), n + 1, n + 1, text)
        for n, text in enumerate(texts)
    ]


def _search(texts: list[str], query: str, limit: int = 10) -> list[str]:
    return [hit.chunk.text for hit in KeywordIndex(_chunks(texts)).search(query, limit)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How much is the price of a roll?", ["price", "roll"]),
        ("companies COMPANY's company", ["company"] * 3),
        ("rolls glass gas", ["roll", "glass", "gas"]),
        ("1,240.5 yen", ["1240.5", "yen"]),
        ("値段は240円", ["値段", "240", "円"]),
        ("経済成長", ["経済成長", "経済", "済成", "成長"]),
        ("ロールを食べます", ["ロール", "ロー", "ール", "食"]),
        ("ひらがな。…!?", []),
        ("", []),
    ],
)
def test_terms(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@pytest.mark.parametrize(
    ("full", "half"),
    [("２４０円", "240円"), ("５０％", "50%"), ("１，２４０", "1,240"), ("Ｒｏｌｌ", "roll"), ("シナモン", "ｼﾅﾓﾝ")],
)
def test_full_width_and_half_width_are_the_same_terms(full: str, half: str) -> None:
    assert terms(full) == terms(half) != []


def test_the_rarer_term_weighs_more() -> None:
    texts = ["A roll and a cake.", "A roll and bread.", "A roll again.", "The umbrella of Emi."]
    assert _search(texts, "a roll under an umbrella")[0] == texts[3]


def test_a_term_said_more_often_weighs_more_and_length_less() -> None:
    texts = ["roll " + "other words fill this text " * 5, "roll", "roll roll", "cake", "bread", "tea"]
    assert _search(texts, "roll")[1:] == [texts[1], texts[0]]


def test_japanese_compounds_are_found_by_their_parts() -> None:
    assert _search(["中国経済成長率は5%だ。", "図書館は傘を貸す。"], "経済はどうですか？") == ["中国経済成長率は5%だ。"]


def test_hits_are_ranked_from_one_best_first_within_the_limit() -> None:
    hits = KeywordIndex(_chunks(f"roll {'roll ' * n}" for n in range(6))).search("roll", 4)
    assert [hit.rank for hit in hits] == [1, 2, 3, 4]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(hit.score > 0 and hit.retriever == "bm25" for hit in hits)


@pytest.mark.parametrize("texts", [[], ["。。。"], ["A roll."]])
def test_without_shared_terms_nothing_is_found(texts: list[str]) -> None:
    assert _search(texts, "umbrella") == []
    assert _search(texts, "") == []


def _of(article: str, *texts: str) -> list[Chunk]:
    return [Chunk(article, Language.ENGLISH, n, 0, len(text), n + 1, n + 1, text) for n, text in enumerate(texts)]


WORDS = ("roll", "umbrella", "price", "night", "ferry")
changes = st.lists(
    st.tuples(st.sampled_from("abcd"), st.lists(st.lists(st.sampled_from(WORDS), max_size=4), max_size=3)), max_size=12
)


@given(changes, st.sampled_from(WORDS), st.sampled_from([None, "a", "ab", "x"]))
def test_an_index_that_followed_changes_finds_what_a_new_one_finds(
    changes: list[tuple[str, list[list[str]]]], query: str, scope: str | None
) -> None:
    index, kept = KeywordIndex(), dict[str, list[Chunk]]()
    for article, texts in changes:
        chunks = _of(article, *(" ".join(words) for words in texts))
        index.remove(article)
        index.add(chunks)
        kept.pop(article, None)
        kept[article] = chunks
    fresh = KeywordIndex(chunk for chunks in kept.values() for chunk in chunks)
    ours, theirs = (each.search(query, 5, scope) for each in (index, fresh))
    assert [(hit.chunk, hit.rank) for hit in ours] == [(hit.chunk, hit.rank) for hit in theirs]
    assert [hit.score for hit in ours] == pytest.approx([hit.score for hit in theirs])


def test_only_articles_in_scope_are_found() -> None:
    index = KeywordIndex([*_of("a", "A roll."), *_of("b", "A roll, a roll.")])
    assert [hit.chunk.article for hit in index.search("roll", 5, ["a"])] == ["a"]
    assert index.search("roll", 5, []) == ()


def test_what_was_removed_takes_no_room() -> None:
    index = KeywordIndex(_of("a", "A roll."))
    for _ in range(50):
        index.remove("b")
        index.add(_of("b", "A cake.", "An umbrella."))
    assert len(index._chunks) < 10
