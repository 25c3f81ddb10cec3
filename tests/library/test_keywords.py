"""Keyword search over chunks of both languages."""

import math
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.library.chunking import Chunk
from assistant.library.keywords import KeywordIndex, terms
from assistant.text.language import Language
from assistant.text.scripts import language_of

EN = Language.ENGLISH


def _chunks(texts: Iterable[str]) -> list[Chunk]:
    return [
        Chunk("0" * 12, language_of(text) or Language.ENGLISH, n, 0, len(text), n + 1, n + 1, text)
        for n, text in enumerate(texts)
    ]


Search = Callable[..., list[str]]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeywordIndex]:
    index = KeywordIndex(tmp_path_factory.mktemp("keywords") / "keywords.sqlite3")
    yield index
    index.close()


@pytest.fixture
def empty(index: KeywordIndex) -> KeywordIndex:
    """The index without what other tests put there."""
    for article in ("0" * 12, *"abcd"):
        index.remove(article)
    return index


@pytest.fixture
def search(empty: KeywordIndex) -> Search:
    """Texts found, best first, of those that are searched."""

    def search(texts: Sequence[str], query: str, limit: int = 10) -> list[str]:
        empty.add(_chunks(texts))
        found = [hit for language in Language for hit in empty.search(query, language, limit)]
        return [texts[position] for _, position, _ in found]

    return search


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


def test_the_rarer_term_weighs_more(search: Search) -> None:
    texts = ["A roll and a cake.", "A roll and bread.", "A roll again.", "The umbrella of Emi."]
    assert search(texts, "a roll under an umbrella")[0] == texts[3]


def test_a_term_said_more_often_weighs_more_and_length_less(search: Search) -> None:
    texts = ["roll " + "other words fill this text " * 5, "roll", "roll roll", "cake", "bread", "tea"]
    assert search(texts, "roll")[1:] == [texts[1], texts[0]]


def test_japanese_compounds_are_found_by_their_parts(search: Search) -> None:
    assert search(["中国経済成長率は5%だ。", "図書館は傘を貸す。"], "経済はどうですか？") == ["中国経済成長率は5%だ。"]


def test_the_best_come_first_within_the_limit(empty: KeywordIndex) -> None:
    empty.add(_chunks(f"roll {'roll ' * n}" for n in range(6)))
    scores = [score for _, _, score in empty.search("roll", EN, 4)]
    assert len(scores) == 4
    assert scores == sorted(scores, reverse=True)
    assert min(scores) > 0


@pytest.mark.parametrize("texts", [[], ["。。。"], ["A roll."]])
def test_without_shared_terms_nothing_is_found(search: Search, texts: list[str]) -> None:
    assert search(texts, "umbrella") == []
    assert search(texts, "") == []


def _of(article: str, *texts: str) -> list[Chunk]:
    return [Chunk(article, Language.ENGLISH, n, 0, len(text), n + 1, n + 1, text) for n, text in enumerate(texts)]


WORDS = ("roll", "umbrella", "price", "night", "ferry")
changes = st.lists(
    st.tuples(st.sampled_from("abcd"), st.lists(st.lists(st.sampled_from(WORDS), max_size=4), max_size=3)), max_size=12
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes, st.sampled_from(WORDS), st.sampled_from([None, "a", "ab", "x"]))
def test_an_index_that_followed_changes_finds_what_a_new_one_finds(
    empty: KeywordIndex, changes: list[tuple[str, list[list[str]]]], query: str, scope: str | None
) -> None:
    kept = dict[str, list[Chunk]]()
    for article, texts in changes:
        chunks = _of(article, *(" ".join(words) for words in texts))
        empty.remove(article)
        empty.add(chunks)
        kept[article] = chunks
    followed = empty.search(query, EN, 5, scope and list(scope))
    for article in "abcd":
        empty.remove(article)
    empty.add(chunk for chunks in kept.values() for chunk in chunks)
    fresh = empty.search(query, EN, 5, scope and list(scope))
    for article in "abcd":
        empty.remove(article)
    assert sorted(score for *_, score in followed) == pytest.approx(sorted(score for *_, score in fresh))


def test_only_articles_in_scope_are_found(empty: KeywordIndex) -> None:
    empty.add([*_of("a", "A roll."), *_of("b", "A roll, a roll.")])
    assert [article for article, _, _ in empty.search("roll", EN, 5, ["a"])] == ["a"]
    assert empty.search("roll", EN, 5, []) == ()


def test_rarity_counts_in_scope(empty: KeywordIndex) -> None:
    empty.add([*_of("a", "A roll.", "A cake.", "Tea."), *_of("b", *["A roll."] * 9)])
    ((_, _, alone),) = empty.search("roll", EN, 5, ["a"])
    assert alone > max(score for _, _, score in empty.search("roll", EN, 20))


def test_scores_are_those_of_bm25(empty: KeywordIndex) -> None:
    """By the formula of Robertson & Zaragoza 2009 with Lucene's weight of a term; an article's id is a term more."""
    texts = ["roll roll cake", "roll tea", "cake cake bread umbrella", "roll bread"]
    empty.add(_of("a", *texts))
    found = {position: score for _, position, score in empty.search("roll cake", EN, 9)}
    lengths = [len(text.split()) + 1 for text in texts]
    mean = sum(lengths) / len(lengths)
    expected = dict.fromkeys(found, 0.0)
    for term in ("roll", "cake"):
        counts = [text.split().count(term) for text in texts]
        having = sum(map(bool, counts))
        rarity = math.log(1 + (len(texts) - having + 0.5) / (having + 0.5))
        for position, count in enumerate(counts):
            if count:
                expected[position] += rarity * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * lengths[position] / mean))
    assert found == pytest.approx(expected)


def test_a_long_question_is_searched_by_its_rarest_terms(search: Search) -> None:
    words = [f"w{chr(97 + n // 26 % 26)}{chr(97 + n % 26)}{chr(97 + n // 676)}" for n in range(1_500)]
    assert search(["umbrella", *words[:1_000], *words[:1_000]], " ".join([*words, "umbrella"]), 1) == ["umbrella"]


def test_as_many_articles_as_there_are_can_be_in_scope(empty: KeywordIndex) -> None:
    empty.add([*_of("a", "A roll."), *_of("b", "A roll, a roll.")])
    scope = [f"{number:012x}" for number in range(20_000)]
    assert empty.search("roll", EN, 5, scope) == ()
    assert [article for article, _, _ in empty.search("roll", EN, 5, [*scope, "b"])] == ["b"]


@pytest.mark.parametrize(
    "query", ['roll" OR "cake', "roll NEAR(cake)", "-roll", "roll*", "terms : roll", "ro\0ll roll"]
)
def test_a_question_is_no_language_of_queries(search: Search, query: str) -> None:
    assert search(["A roll.", "No bread."], query) == ["A roll."]


@pytest.mark.parametrize(
    ("text", "query", "parts"),
    [
        ("It is 4.5 km long.", "4.5", "4 and 5, or 45."),
        ("O'Neill paid.", "o’neill o'neill", "Neill and O paid."),
        ("ジョン・スミスが来た。", "ジョン・スミス", "山だ。"),
        ("3×4の板だ。", "3×4", "34の板だ。"),
        ("Élan won.", "élan", "Elan lost."),
        ("佐々木が来た。", "佐々木", "木だ。"),
    ],
)
def test_every_kind_of_term_is_found_whole(search: Search, text: str, query: str, parts: str) -> None:
    assert search([text, "Tea.", "緑茶だ。", parts], query) == [text]


def test_only_chunks_in_the_language_are_found(empty: KeywordIndex) -> None:
    empty.add(_chunks(["A roll costs 240 yen.", "ロールは240円です。"]))
    assert [position for _, position, _ in empty.search("240", EN, 5)] == [0]
    assert [position for _, position, _ in empty.search("240", Language.JAPANESE, 5)] == [1]


def test_what_was_removed_takes_no_room(empty: KeywordIndex) -> None:
    empty.add(_of("a", "A roll."))
    before = _rows(empty)
    empty.add(_of("b", "A cake.", "An umbrella."))
    empty.add(_of("b", "A cake.", "An umbrella."))
    empty.remove("b")
    assert _rows(empty) == before == 1


def _rows(index: KeywordIndex) -> int:
    return int(index._database.execute("SELECT count(*) FROM en").fetchone()[0])


def test_it_is_there_when_opened_again(tmp_path: Path) -> None:
    first = KeywordIndex(tmp_path / "k", lambda: _of("a", "A roll."))
    first.add(_of("b", "A roll, a roll."))
    first.close()
    again = KeywordIndex(tmp_path / "k", lambda: _of("c", "Never read."))
    assert {article for article, _, _ in again.search("roll", EN, 5)} == {"a", "b"}
    assert again.search("read", EN, 5) == ()
    again.close()


def test_a_file_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.Error, match="unable to open"):
        KeywordIndex(tmp_path / "nothing" / "k")


@pytest.mark.parametrize("content", [b"no database" * 99, b""])
def test_a_broken_file_is_made_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "k").write_bytes(content)
    index = KeywordIndex(tmp_path / "k", lambda: _of("a", "A roll."))
    assert [article for article, _, _ in index.search("roll", EN, 5)] == ["a"]
    index.close()


def test_a_link_to_nowhere_makes_way(tmp_path: Path) -> None:
    path = tmp_path / "keywords.sqlite3"
    path.symlink_to(tmp_path / "a disk that isn't there" / path.name)
    with closing(KeywordIndex(path)) as index:
        assert index.was_made
    assert path.is_file()


def test_an_index_of_another_version_is_made_anew(tmp_path: Path) -> None:
    of_before = sqlite3.connect(tmp_path / "k")
    of_before.executescript("CREATE TABLE documents (number INTEGER); PRAGMA user_version = 1;")
    of_before.close()
    index = KeywordIndex(tmp_path / "k", lambda: _of("a", "A roll."))
    assert [article for article, _, _ in index.search("roll", EN, 5)] == ["a"]
    index.close()


@pytest.mark.parametrize("pages", [range(2, 40), range(4, 6), range(1, 40)])
def test_a_file_that_proves_broken_is_made_anew(tmp_path: Path, pages: range) -> None:
    chunks = [*_of("a", "A roll."), *(chunk for n in range(300) for chunk in _of(f"{n:012x}", f"Tea {n} and cake."))]
    first = KeywordIndex(tmp_path / "k", lambda: chunks)
    first.close()
    content = bytearray((tmp_path / "k").read_bytes())
    size = int.from_bytes(content[16:18], "big")
    for page in pages:
        content[page * size : (page + 1) * size] = b"\xff" * len(content[page * size : (page + 1) * size])
    (tmp_path / "k").write_bytes(content)
    index = KeywordIndex(tmp_path / "k", lambda: chunks)
    index.add(_of("b", "A roll, a roll."))
    assert {article for article, _, _ in index.search("roll", EN, 5)} >= {"a"}
    index.add(_of("b", "A roll, a roll."))
    assert {article for article, _, _ in index.search("roll", EN, 5)} == {"a", "b"}
    index.close()


def test_an_article_is_removed_by_its_whole_id(empty: KeywordIndex) -> None:
    empty.add([*_of("a", "A roll."), *_of("a b", "A roll."), *_of('c" OR terms : "roll', "A roll.")])
    empty.remove("a")
    empty.remove('c" OR terms : "roll')
    assert [article for article, _, _ in empty.search("roll", EN, 5)] == ["a b"]
    empty.remove("a b")
