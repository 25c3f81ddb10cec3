"""Which paragraphs are in which language, and which languages have a version of a text."""

import pytest

from assistant.text.language import Language
from assistant.text.paragraphs import paragraph_spans
from assistant.text.scripts import language_of, parts
from tests.texts import BILINGUAL, CHINESE, ENGLISH, JAPANESE, KOREAN

EN, JA = Language.ENGLISH, Language.JAPANESE
GERMAN = "Der Bäcker auf der Insel hat am Dienstag die millionste Rolle verkauft, und die Preise sind nicht gestiegen."


def _versions(text: str) -> list[tuple[str, Language | None]]:
    return [(text[part.span.start : part.span.end], part.language) for part in parts(text, paragraph_spans(text))]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The shop opened in May.", Language.ENGLISH),
        ("店は5月に開いた。", Language.JAPANESE),
        ("星野ベーカリー (Hoshino Bakery) は新しい店を開く。", Language.JAPANESE),
        ("Emi Hoshino (星野恵美) opened the shop in May.", Language.ENGLISH),
        (CHINESE, None),
        (KOREAN, None),
        ("12.5% 2031", None),
        ("Пекарня продала булочки.", None),
        ("", None),
        ("Orrin、Aske Boats、Mora Millsが新しい店を開いた。", Language.JAPANESE),
        ("The word もったいない means that something is wasteful.", Language.ENGLISH),
        (GERMAN, None),
        ("A roll costs 240 yen, a loaf 560.", Language.ENGLISH),
        ("A wave of nine metres a second threw a boat against a wall.", Language.ENGLISH),
        ("Two men met a van at a door till dark.", Language.ENGLISH),
        ("ASKE/JPY 149.82 (+0.6%)", None),
        ("https://rolls.example/news/2031", None),
    ],
)
def test_script_tells_the_language_of_a_paragraph(text: str, language: Language | None) -> None:
    assert language_of(text) is language


@pytest.mark.parametrize(
    "stray",
    ["（訳・星野恵美）", "「ありがとうございました。」", "Photo: Emi Hoshino", "www.rolls.example", "AI", "12.5%"],
)
@pytest.mark.parametrize("text", [ENGLISH, JAPANESE], ids=["en", "ja"])
def test_a_stray_line_makes_no_version_and_stays_with_the_text_around_it(text: str, stray: str) -> None:
    (language,) = {language for _, language in _versions(text)}
    found = _versions(f"{text}\n\n{stray}\n\n{text}")
    assert {each for _, each in found} == {language}
    assert (stray, language) in found


def test_both_versions_are_there_where_both_have_their_share() -> None:
    assert {language for _, language in _versions(BILINGUAL)} == {EN, JA}
    brief = "Rolls sell out.\n\nThe last one went at noon.\n\nロールが売り切れる\n\n最後の一つは正午に売れた。"
    assert [language for _, language in _versions(brief)] == [EN, EN, JA, JA]


def test_lines_of_kanji_alone_are_japanese_among_japanese_ones() -> None:
    found = _versions("月見島祭開催決定\n\n祭りは5月に始まる。\n\n日時：五月八日午前九時")
    assert {language for _, language in found} == {JA}


@pytest.mark.parametrize("other", [GERMAN, CHINESE, KOREAN], ids=["de", "zh", "ko"])
@pytest.mark.parametrize("text", [ENGLISH, JAPANESE, BILINGUAL], ids=["en", "ja", "both"])
def test_another_language_belongs_to_no_version(text: str, other: str) -> None:
    found = _versions(f"{text}\n\n{other}\n\n{other}")
    assert [language for body, language in found if body == other] == [None, None]
    assert all(language for body, language in found if body != other)


def test_a_line_with_both_languages_comes_apart_where_it_turns() -> None:
    text = "The roll costs 240 yen. 値段は240円だ。 It sells out by noon. 昼には売り切れる。"
    assert _versions(text) == [
        ("The roll costs 240 yen.", EN),
        ("値段は240円だ。", JA),
        ("It sells out by noon.", EN),
        ("昼には売り切れる。", JA),
    ]


def test_names_in_the_other_script_do_not_cut_a_line() -> None:
    text = "星野さんはThe Daily Rollの記事「Rolls」を読んだ。 The Millという店の話だ。"
    assert [language for _, language in _versions(text)] == [JA]


@pytest.mark.parametrize(
    "text",
    [
        "店は5月に開く。（The shop opens in May.）4月は休む。（It is closed in April.）",
        "店は5月に開く。／The shop opens in May. ／ 4月は休む。／It is closed in April.",
        "The shop opens in May. (店は5月に開く。) It is closed in April. (4月は休む。)",
        "店は5月に開く。 — The shop opens in May. — 4月は休む。 — It is closed in April.",
    ],
)
def test_versions_in_brackets_or_behind_a_stroke_come_apart(text: str) -> None:
    found = {body.strip("（）()"): language for body, language in _versions(text)}
    assert found == {
        "店は5月に開く。": JA,
        "The shop opens in May.": EN,
        "4月は休む。": JA,
        "It is closed in April.": EN,
    }


def test_names_in_brackets_cut_no_line() -> None:
    text = "新しい店が開いた。（The Daily Roll）4月は休む。"
    assert [language for _, language in _versions(text)] == [JA]


def test_a_line_without_a_whole_sentence_makes_no_version_beside_some() -> None:
    text = "店は5月に開いた。値段は240円で、昼には売り切れる。"
    found = _versions(f"{text * 2}\n\nWritten by Emi in Mora for the post")
    assert {language for _, language in found} == {JA}
