"""Names in answers where they or the article are in Japanese: those of what was shown, and no others."""

import pytest

from assistant.answering.guards import AnswerGuard, Fault
from assistant.answering.sayable_names import EnglishNamesOfJapanese, JapaneseNames
from assistant.text.language import Language

JAPANESE = "長野県飯田市の菓子店は、ノルウェーの画家リヴ・ハウゲンと日本銀行の森田健吾氏を招いた。\n誰を招きましたか？"
ENGLISH = (
    "Skoda and the Kenyan painter Wanjiru Otieno opened a gallery in Kanazawa, near the Silk Road shop of"
    " Frederick Barnes.\n誰が開きましたか？"
)


@pytest.mark.parametrize(
    "answer",
    [
        "飯田市です。",
        "長野の飯田です。",
        "森田氏です。",
        "日銀の森田健吾氏です。",
        "ノルウェーのハウゲンさんです。",
        "画家と銀行員です。",
        "ケーキのお店です。",
    ],
)
def test_names_of_a_japanese_article_may_be_said(answer: str) -> None:
    names = JapaneseNames(JAPANESE)
    assert names.allows(answer, finished=True)
    assert all(names.allows(answer[:length], finished=False) for length in range(len(answer)))


@pytest.mark.parametrize(
    "answer",
    [
        "飯山市です。",
        "岡谷市の菓子店です。",
        "森山健吾氏です。",
        "森田健太氏です。",
        "スウェーデンの画家です。",
        "ソニーです。",
    ],
)
def test_other_names_may_not(answer: str) -> None:
    assert not JapaneseNames(JAPANESE).allows(answer, finished=True)


def test_a_known_name_in_katakana_is_not_misspelt() -> None:
    assert not JapaneseNames("選手はパラグアイから来た。\nどこから？").allows("バラグアイです。", finished=True)


@pytest.mark.parametrize(
    "answer",
    [
        "金沢です。",
        "石畳のある金沢市です。",
        "ケニアの画家です。",
        "フレデリックさんです。",
        "シルクロードの店です。",
        "火成岩です。",
    ],
)
def test_names_of_an_english_article_may_be_said_in_japanese(answer: str) -> None:
    assert JapaneseNames(ENGLISH).allows(answer, finished=True)


@pytest.mark.parametrize(
    "answer", ["金山市です。", "ガーナの画家です。", "ホンダです。", "ミラノです。", "山本一郎です。"]
)
def test_names_of_no_english_word_may_not(answer: str) -> None:
    assert not JapaneseNames(ENGLISH).allows(answer, finished=True)


def test_names_of_china_are_not_read_as_in_japanese() -> None:
    assert JapaneseNames("The Chinese leader spoke.\n誰？").allows("習近平です。", finished=True)


def test_a_given_name_in_kanji_may_be_read_in_other_ways() -> None:
    names = JapaneseNames("Kido Takayoshi left.\n誰？")
    assert names.allows("木戸孝允です。", finished=True)
    assert not names.allows("大木孝允です。", finished=True)


def test_a_name_that_may_still_grow_is_not_judged() -> None:
    names = JapaneseNames("岡山県が発表した。\nどこ？")
    assert names.allows("岡", finished=False)
    assert names.allows("岡崎", finished=False)
    assert not names.allows("岡崎市が発表", finished=False)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Nagano", True),
        ("Kengo Morita", True),
        ("The Norwegian painter Liv Haugen.", True),
        ("The Bank of Japan's Morita, on Monday.", True),
        ("Because of the Heritage Committee.", True),
        ("Twelve.", True),
        ("Morita Kenjiro", True),
        ("Gifu", False),
        ("The painter Liv Sorensen.", False),
        ("It was Morimoto who came.", False),
        ("It was Novartis.", False),
    ],
)
def test_names_of_a_japanese_article_in_english(answer: str, expected: bool) -> None:
    assert EnglishNamesOfJapanese(JAPANESE).allows(answer, finished=True) is expected


@pytest.mark.parametrize(
    ("language", "sentence", "answer"),
    [
        (Language.JAPANESE, "工場は富山市にある。", "富士市です。"),
        (Language.JAPANESE, "The plant is in Toyama.", "富士市です。"),
        (Language.ENGLISH, "工場は富山市にある。", "Fujisawa"),
        (Language.ENGLISH, "The plant is in Toyama.", "Fujisawa"),
    ],
)
def test_the_guard_holds_them(language: Language, sentence: str, answer: str) -> None:
    assert AnswerGuard(language, [sentence], "").check(answer) is Fault.LANGUAGE
