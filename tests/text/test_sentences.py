"""Sentences of both languages, in offsets into the text."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assistant.text.language import Language, Span
from assistant.text.sentences import SENTENCE_LIMIT, ends_sentence, sentence_spans


def _sentences(text: str, language: Language) -> list[str]:
    return [text[span.start : span.end] for span in sentence_spans(text, Span(0, len(text)), language)]


def test_abbreviations_and_decimals_end_no_english_sentence() -> None:
    text = "Mr. Aske paid $3.50 at 6 p.m. on Friday. He left at once. Why?"
    assert _sentences(text, Language.ENGLISH) == [
        "Mr. Aske paid $3.50 at 6 p.m. on Friday.",
        "He left at once.",
        "Why?",
    ]


@pytest.mark.parametrize("unit", ["a", "-", "1-", "12:", "…"])
@pytest.mark.parametrize("language", Language)
def test_long_runs_are_cut_in_linear_time(unit: str, language: Language) -> None:
    text = unit * 50_000
    started = time.process_time()
    sentence_spans(text, Span(0, len(text)), language)
    assert time.process_time() - started < 5


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
    code = """\
from assistant.text.language import Language, Span
from assistant.text.sentences import sentence_spans

sentence_spans('One. Two.', Span(0, 9), Language.ENGLISH)
"""
    environment = os.environ | {"PYTHONPYCACHEPREFIX": str(tmp_path)}
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "sentence",
    [
        "The boats were in by 5 p.m. Sunday, he said.",
        "It rang at 7:15 a.m. Osaka time.",
        "It rang at 7:15 a.m. GMT on Tuesday.",
        "Aske Boats Inc. Chief Executive Emi Hoshino spoke.",
        "Aske Motor Co. Ltd. said that it would close.",
        "It belongs to Hoshino Pte. Ltd. of Mora.",
        "It was sold to Mora Sdn. Bhd. for a yen.",
        "She paid Rs. 300 for two of them.",
        "U.S. President Aske met U.K. Prime Minister Hoshino.",
        "D.C. officials would not say.",
    ],
)
def test_points_within_an_english_sentence_end_none(sentence: str) -> None:
    assert _sentences(f"It rained. {sentence} It rained.", Language.ENGLISH) == ["It rained.", sentence, "It rained."]


@pytest.mark.parametrize(
    "sentences",
    [
        ["They sailed to the U.S.", "They came back in May."],
        ["It rang at 7 p.m.", "The crew slept."],
        ["The mill won 4-1.", "The bakery lost."],
    ],
)
def test_english_sentences_end_behind_abbreviations_and_figures_too(sentences: list[str]) -> None:
    assert _sentences(" ".join(sentences), Language.ENGLISH) == sentences


def test_sentences_without_a_blank_between_them_are_apart_and_addresses_whole() -> None:
    text = "The mill won 4-1.The bakery lost.Ask emi@rolls.example or see www.rolls.example today."
    pieces = ["The mill won 4-1.", "The bakery lost.", "Ask emi@rolls.example or see www.rolls.example today."]
    assert _sentences(text, Language.ENGLISH) == pieces


@pytest.mark.parametrize(
    "sentence",
    [
        "値段は２．５％上がった。",
        "店はU.S.フーズに売られた。",
        "店主のE.M.ホシノが話した。",
        "「もう閉店か…！？」と客は尋ねた。",
        "絵本『島の朝。』が売れた。",
        "歌手の「朝凪。」のファンが並んだ。",
        "歌い手の朝凪。の新しい歌が流れた。",
        "百万個目！？との声が上がった。",
        "１．申し込みは店で受け付ける。",
        "No.3の席が空いた。",
    ],
)
def test_marks_within_a_japanese_sentence_end_none(sentence: str) -> None:
    assert _sentences(f"{sentence}雨が降った。", Language.JAPANESE) == [sentence, "雨が降った。"]


def test_japanese_sentences_end_behind_what_was_called_out() -> None:
    text = "売り切れだ！店は閉まった。本当か？誰も知らない。が、客は待った。「また来る。」店主は笑った。（写真は店。）"
    assert _sentences(text, Language.JAPANESE) == [
        "売り切れだ！",
        "店は閉まった。",
        "本当か？",
        "誰も知らない。",
        "が、客は待った。",
        "「また来る。」",
        "店主は笑った。",
        "（写真は店。）",
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "「売り切れ！」「もう一つ！」と客が叫んだ。",
        "「売り切れ！」や「もう一つ！」の声が飛んだ。",
        "戸には〝本日休業！〟とあった。",
        "戸には〝本日休業！〞とあった。",
        '戸には"本日休業！"と"また明日！"と書かれた。',
        "客は｢もう一つ！｣と叫んだ。",
    ],
)
def test_quotations_in_any_marks_go_on_with_what_is_said_of_them(sentence: str) -> None:
    assert _sentences(f"{sentence}雨が降った。", Language.JAPANESE) == [sentence, "雨が降った。"]


def test_quotations_of_which_nothing_is_said_are_apart() -> None:
    assert _sentences("「売り切れ！」「また来る。」客は帰った。", Language.JAPANESE) == [
        "「売り切れ！」",
        "「また来る。」",
        "客は帰った。",
    ]


def test_what_stands_before_a_name_ends_no_sentence() -> None:
    assert not any(map(ends_sentence, ["It was said by Dr.", "She met Gen.", "The paper of Emi B."]))
    assert all(map(ends_sentence, ["They sailed to the U.S.", "It was plan B.", "It rained."]))
