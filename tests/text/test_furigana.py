"""Readings stand above kanji alone, each where it belongs, and nowhere where they can't be told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.text.furigana import furigana


def _read(text: str) -> str:
    """The text with each reading in brackets behind its kanji."""
    pieces, at = [], 0
    for found in furigana(text):
        pieces += [text[at : found.end], f"({found.reading})"]
        at = found.end
    return "".join([*pieces, text[at:]])


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("食べる", "食(た)べる"),
        ("引き上げた", "引(ひ)き上(あ)げた"),
        ("お母さん", "お母(かあ)さん"),
        ("女の子と話し合い", "女(おんな)の子(こ)と話(はな)し合(あ)い"),
        ("時々、人々は東京都へ行った。", "時々(ときどき)、人々(ひとびと)は東京都(とうきょうと)へ行(い)った。"),
        ("私は日本銀行で働く。", "私(わたし)は日本銀行(にっぽんぎんこう)で働(はたら)く。"),
        ("四国の八百屋", "四国(しこく)の八百屋(やおや)"),
        ("ひらがなとカタカナとLatin", "ひらがなとカタカナとLatin"),
    ],
)
def test_kanji_have_their_readings_and_kana_none(text: str, read: str) -> None:
    assert _read(text) == read


@pytest.mark.parametrize("text", ["14日", "3人", "4500万円", "2022年2月", "二十人", "一日", "一つ", "3分の2", "１２号"])
def test_numerals_and_their_counters_have_none(text: str) -> None:
    assert _read(text) == text


def test_what_is_no_counter_has_one_behind_a_numeral() -> None:
    assert _read("2031年の秋") == "2031年の秋(あき)"
    assert _read("2、港") == "2、港(みなと)"


def test_what_the_dictionary_does_not_know_has_none() -> None:
    assert _read("々𠮷") == "々𠮷"


def test_a_reading_that_does_not_fit_the_kana_stands_above_the_whole_word() -> None:
    assert [(found.start, found.end, found.reading) for found in furigana("茅ケ崎市")] == [
        (0, 3, "ちがさき"),
        (3, 4, "し"),
    ]


@given(st.text(st.sampled_from("港長の加藤さんは、🚢14日に行った食べる々ヶ𠮷\n ")))
def test_readings_are_in_order_overlap_nowhere_and_stand_above_kanji(text: str) -> None:
    at = 0
    for found in furigana(text):
        assert at <= found.start < found.end <= len(text)
        assert found.reading == "".join(letter for letter in found.reading if "ぁ" <= letter <= "ゔ" or letter == "ー")
        at = found.end
