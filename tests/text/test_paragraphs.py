"""Paragraphs: lines, or blocks of lines that were cut at a column."""

import pytest

from assistant.text.paragraphs import paragraph_spans

WRAPPED = """\
The bakery on the island sold its millionth roll on
Tuesday, and the owner said that she had not thought
that so many people would come by the morning boat
from the mainland."""


def _paragraphs(text: str) -> list[str]:
    return [text[span.start : span.end] for span in paragraph_spans(text)]


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


@pytest.mark.parametrize(
    "block",
    [
        "The ferry to Mora takes nine hours now, the\nharbour board said.",
        "Three boats were lost in the storm off\nMora, but the crews of all of them were\nfound by Sunday.",
        "島のパン屋は火曜日、百万個目の\nシナモンロールを売ったと発表し\nた。店は14年目になる。",
    ],
)
def test_lines_that_go_on_in_the_next_are_one_paragraph(block: str) -> None:
    assert _paragraphs(block) == [block]


@pytest.mark.parametrize(
    "block",
    [
        "Roll 240 yen\nLoaf 560 yen\nPie free of charge",
        "島のパン屋が百万個目のロールを販売、記念の式も\n港に新しい桟橋、連絡船は朝から夕方まで毎時間に\n灯台の鐘が三年ぶりに鳴る、修理は来年の春に完了",
    ],
)
def test_lines_of_a_list_stay_apart(block: str) -> None:
    assert _paragraphs(block) == block.split("\n")
