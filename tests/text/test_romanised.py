"""Katakana and Latin letters of one name."""

import pytest

from assistant.text.romanised import is_said_like, romaji


@pytest.mark.parametrize(
    ("reading", "letters"),
    [
        ("トウキョウ", "tokyo"),
        ("フクオカ", "fukuoka"),
        ("サッポロ", "saporo"),
        ("シェルビー", "sherubi"),
        ("ジュン", "jun"),
    ],
)
def test_romaji_is_hepburn_s_without_long_sounds(reading: str, letters: str) -> None:
    assert romaji(reading) == letters


@pytest.mark.parametrize(
    ("reading", "word"),
    [
        ("コウベ", "Kobe"),
        ("フォルクスワーゲン", "Volkswagen"),
        ("チャールズ", "Charles"),
        ("ビクトリア", "Victoria"),
        ("ジャクソン", "Jackson"),
        ("アンナ", "Anna"),
    ],
)
def test_a_name_is_known_by_its_sound(reading: str, word: str) -> None:
    assert is_said_like(reading, ["Harbour", word])


@pytest.mark.parametrize(
    ("reading", "word"), [("パリ", "Lyon"), ("トヨタ", "Volvo"), ("ミラノ", "Turin"), ("アオモリ", "Nori")]
)
def test_another_name_is_not(reading: str, word: str) -> None:
    assert not is_said_like(reading, [word])


def test_a_part_of_a_longer_name_counts_where_it_may() -> None:
    assert not is_said_like("サンタクララ", ["Clara"])
    assert is_said_like("サンタクララ", ["Clara"], may_be_part=True)
