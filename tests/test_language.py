"""Languages by script, and cutting by offsets."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.language import (
    SENTENCE_LIMIT,
    Language,
    Span,
    fold,
    paragraph_spans,
    question_language,
    script_language,
    sentence_spans,
)
from tests.texts import CHINESE, KOREAN

WRAPPED = """\
The bakery on the island sold its millionth roll on
Tuesday, and the owner said that she had not thought
that so many people would come by the morning boat
from the mainland."""


def _sentences(text: str, language: Language) -> list[str]:
    return [text[span.start : span.end] for span in sentence_spans(text, Span(0, len(text)), language)]


def _paragraphs(text: str) -> list[str]:
    return [text[span.start : span.end] for span in paragraph_spans(text)]


def test_each_language_has_the_other() -> None:
    assert Language.ENGLISH.other is Language.JAPANESE
    assert Language.JAPANESE.other is Language.ENGLISH


def test_folding_makes_full_width_and_case_equal() -> None:
    assert fold("ＡＬＰＨＡ１２．５％ ｱﾙﾌｧ") == "alpha12.5% アルファ"


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
    ],
)
def test_script_tells_the_language_of_a_paragraph(text: str, language: Language | None) -> None:
    assert script_language(text) is language


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("How much does a roll cost?", Language.ENGLISH),
        ("Who is 星野恵美?", Language.ENGLISH),
        ("What does 「おはよう」 mean in the story about the bakery?", Language.ENGLISH),
        ("値段はいくらですか？", Language.JAPANESE),
        ("Hoshinoの値段は？", Language.JAPANESE),
        ("星野恵美", Language.JAPANESE),
        ("シナモンロール", Language.JAPANESE),
        ("CEO", Language.ENGLISH),
        ("240?", Language.ENGLISH),
        ("Distributed Adaptive Block Switchingは何をしたのか？", Language.JAPANESE),
        ("What is the meaning of しまった?", Language.ENGLISH),
    ],
)
def test_question_language_is_the_asker_s(question: str, language: Language) -> None:
    assert question_language(question) is language


def test_every_line_is_a_paragraph() -> None:
    assert _paragraphs("First.\nSecond.\r\n\r\n  Third. \n") == ["First.", "Second.", "Third."]


def test_hard_wrapped_lines_are_one_paragraph() -> None:
    assert _paragraphs(f"A headline\n\n{WRAPPED}\n\nThe end.") == ["A headline", WRAPPED, "The end."]


def test_lines_that_end_sentences_stay_paragraphs() -> None:
    lines = [f"The bakery on the island sold {n} rolls on that Tuesday." for n in range(5)]
    assert _paragraphs("\n".join(lines)) == lines


def test_lines_of_two_languages_are_never_joined() -> None:
    lines = [*WRAPPED.splitlines(), "パン屋は火曜日に百万個目のシナモンロールを売ったと星野恵美さんが述べた"]
    assert _paragraphs("\n".join(lines)) == lines


def test_abbreviations_and_decimals_end_no_english_sentence() -> None:
    text = "Mr. Aske paid $3.50 at 6 p.m. on Friday. He left at once. Why?"
    assert _sentences(text, Language.ENGLISH) == [
        "Mr. Aske paid $3.50 at 6 p.m. on Friday.",
        "He left at once.",
        "Why?",
    ]


def test_japanese_sentences_end_at_full_stops_outside_quotes() -> None:
    text = "値段は240円だ。「高いですか。」と彼女は尋ねた。客は笑った！"
    assert _sentences(text, Language.JAPANESE) == [
        "値段は240円だ。",
        "「高いですか。」と彼女は尋ねた。",
        "客は笑った！",
    ]


@pytest.mark.parametrize("text", ["word, " * 1000, "あ" * 5000, "x" * 20_000, "あいう、" * 1000])
def test_endless_sentences_are_cut_and_nothing_is_lost(text: str) -> None:
    pieces = _sentences(text, Language.JAPANESE if "あ" in text else Language.ENGLISH)
    assert max(map(len, pieces)) <= SENTENCE_LIMIT
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_pauses_are_where_long_sentences_are_cut() -> None:
    pieces = _sentences("eleven char, " * 100, Language.ENGLISH)
    assert all(piece.endswith(",") for piece in pieces)


def test_splitting_warns_of_nothing_where_it_was_never_compiled(tmp_path: Path) -> None:
    code = "from assistant.language import *; sentence_spans('One. Two.', Span(0, 9), Language.ENGLISH)"
    environment = os.environ | {"PYTHONPYCACHEPREFIX": str(tmp_path)}
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
