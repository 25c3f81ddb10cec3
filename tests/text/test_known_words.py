"""Words that may be said: those in common use, names that are known, and in katakana what is put together of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.text.known_words import LONGER, EnglishWords, Loanwords

EVERYDAY = ("ニュース", "コーヒー", "テレビ", "ホテル", "コンピューター", "バス", "キロ", "メートル")
PLACES = ("ケニア", "フィンランド", "ベトナム", "アイスランド", "ナイロビ", "オスロ", "ヘルシンキ", "ブエノスアイレス")
COMPOUNDS = ("ホテルロビー", "バスツアー", "コーヒーショップ", "エスプレッソマシン")
INVENTED = ("ロペワルクス", "スピンドゥレル", "ヴァルデズィア", "ゾムリク", "トゥルヴォンダ", "ブレンホルム")
KNOWN = ("ブレンホルム", "ヴァルデズ")


@pytest.mark.parametrize("run", [*EVERYDAY, *PLACES, *COMPOUNDS])
def test_words_in_common_use_may_be_said_alone_or_together(run: str) -> None:
    words = Loanwords()
    assert words.allows(run, is_open=False)
    assert all(words.allows(run[:length], is_open=True) for length in range(1, len(run) + 1))


@pytest.mark.parametrize(
    "run", [*INVENTED, *(f"ホテル{word}" for word in INVENTED), *(f"{word}バス" for word in INVENTED)]
)
@pytest.mark.parametrize("is_open", [False, True])
def test_an_invented_spelling_may_not_be_said(run: str, is_open: bool) -> None:
    assert not Loanwords().allows(run, is_open=is_open)


@pytest.mark.parametrize(
    "run",
    ["ブレンホルム", "ブレン", "ンホルム", "ブレンホルムホテル", "ホテルブレンホルム", "ブレンホルムヴァルデズ"],
)
def test_a_word_of_the_article_or_a_part_of_it_may_be_said(run: str) -> None:
    assert Loanwords(KNOWN).allows(run, is_open=False)


@pytest.mark.parametrize(
    "run", ["ブレンホルムゾ", "ブレンホルメ", "ブレンホホテル", "ヴァルデズィア", "ヴァルブレン", "ゾムリク"]
)
def test_a_word_of_the_article_may_not_be_misspelt(run: str) -> None:
    assert not Loanwords(KNOWN).allows(run, is_open=False)


@pytest.mark.parametrize(
    ("run", "may_grow"),
    [
        ("フィンラ", True),
        ("ホテルフィンラ", True),
        ("ホテルブレンホ", True),
        ("ブレンホルムフィンラ", True),
        ("フィンラホテル", False),
        ("ブレンホバス", False),
    ],
)
def test_only_the_last_word_may_be_growing(run: str, may_grow: bool) -> None:
    words = Loanwords(KNOWN)
    assert words.allows(run, is_open=True) is may_grow
    assert not words.allows(run, is_open=False)


def _are_not_all_short(run: list[str]) -> bool:
    return len(run) == 1 or max(map(len, run)) >= LONGER


@pytest.mark.parametrize("run", ["ディベロップンコロンビア", "ステアム", "チェアリングパントン"])
def test_a_made_up_spelling_is_not_put_together_of_short_words(run: str) -> None:
    assert not Loanwords().allows(run, is_open=False)


@pytest.mark.parametrize("character", ["ア", "ヌ", "ー"])
def test_one_character_is_no_word_but_may_become_one(character: str) -> None:
    assert not Loanwords().allows(character, is_open=False)
    assert Loanwords().allows(character, is_open=True)


@given(st.lists(st.sampled_from([*EVERYDAY, *PLACES, *KNOWN]), min_size=1, max_size=2).filter(_are_not_all_short))
def test_every_beginning_of_two_words_one_after_the_other_is_allowed(run: list[str]) -> None:
    words, said = Loanwords(KNOWN), "".join(run)
    assert words.allows(said, is_open=False)
    for length in range(1, len(said) + 1):
        assert words.allows(said[:length], is_open=True), said[:length]


@given(
    st.text("アイコスヌバルンーッァ", max_size=8),
    st.sets(st.text("アイコスヌバルンー", min_size=1, max_size=5), max_size=2),
)
def test_what_may_be_said_as_it_is_may_be_said_while_it_grows(run: str, known: set[str]) -> None:
    words = Loanwords(known)
    assert not words.allows(run, is_open=False) or words.allows(run, is_open=True)


@pytest.mark.parametrize(
    ("word", "allowed"),
    [
        ("warehouse", True),
        ("waarehouse", False),
        ("auditit", False),
        ("zorblings", True),
        ("zorbling", True),
        ("zorblin", False),
        ("Vandermolen", True),
        ("Vandermolin", False),
        ("Hoshino", True),
        ("kWh", True),
        ("relacquered", True),
        ("reauditit", False),
    ],
)
def test_english_words_are_those_of_the_list_or_of_the_text(word: str, allowed: bool) -> None:
    words = EnglishWords(["zorbling", "vandermolen", "sold"])
    assert words.allows(word, is_open=False) is allowed
    if allowed:
        assert all(words.allows(word[:length], is_open=True) for length in range(1, len(word)))


def test_an_english_word_that_can_only_go_wrong_is_not_begun() -> None:
    assert not EnglishWords(["sold"]).allows("waareh", is_open=True)


def test_a_word_that_begins_an_answer_is_not_misspelt() -> None:
    assert not EnglishWords(["onions", "oats"]).allows("Onyons", is_open=False)
