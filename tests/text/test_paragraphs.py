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


@pytest.mark.parametrize(
    "head", ["Millionth roll sold", "Millionth roll sold on the island as the harbour waits for its new pier"]
)
def test_a_headline_straight_above_wrapped_lines_stays_apart(head: str) -> None:
    assert _paragraphs(f"{head}\n{WRAPPED}") == [head, WRAPPED]


def test_a_headline_and_a_byline_straight_above_wrapped_japanese_stay_apart() -> None:
    wrapped = "島のパン屋は火曜日、百万個目のシナモンロー\nルを売ったと発表した。店は開いて十四年目にな\nる。"
    assert _paragraphs(f"百万個目のロールを販売\n星野恵美\n{wrapped}") == [
        "百万個目のロールを販売",
        "星野恵美",
        wrapped,
    ]


def test_items_of_a_list_are_paragraphs_though_they_are_wrapped() -> None:
    first, second = (
        "- The bakery on the island sold its millionth\n  roll on Tuesday.",
        "- The harbour opens a new pier.",
    )
    assert _paragraphs(f"{first}\n{second}") == [first, second]


@pytest.mark.parametrize(
    "block",
    [
        "・会場は島の北にある港の待合所に移す\n・ロールは一人二個まで、子どもは無料とする\n・連絡船は一時間おきに出る。遅れもする。",
        "1987 The first bakery opens by the pier\n1999 A second one follows on the hill\n2012 Both are sold.",
    ],
)
def test_lines_that_begin_alike_are_items_of_a_list(block: str) -> None:
    assert _paragraphs(block) == block.split("\n")


def test_a_line_end_that_was_converted_twice_is_one() -> None:
    assert _paragraphs(f"A headline\n\n{WRAPPED}".replace("\n", "\r\r\n")) == [
        "A headline",
        WRAPPED.replace("\n", "\r\r\n"),
    ]


def test_a_line_that_stands_in_begins_a_paragraph() -> None:
    first = "The bakery on the island sold its millionth roll on\nTuesday, said the owner."
    second = "Its ever-\npopular rolls are sold out by noon, and so are the loaves of\nrye."
    assert _paragraphs(f"    {first}\n    {second}") == [first, second]
    assert _paragraphs(f"{first}\n\t{second}\n") == [first, second]


def test_lines_of_a_list_that_stand_in_go_on() -> None:
    item = "- The bakery on the island sold its millionth roll on\n  Tuesday, and the owner said that she was\n  glad."
    assert _paragraphs(f"{item}\n") == [item]


@pytest.mark.parametrize(
    "block",
    [
        "The mill sold 1,240 rolls in the first week of May, its best one yet,\n"
        "310 more than in April, said its owner. Mr.\nAske hopes for many more by\nthe fall.",
        "\u3000島のパン屋は五月、百万個目のロールを売った。\n"
        "値段は二百四十円で、島の外でも買える。粉はAske\nMills社のものだと店主は話す。",
    ],
)
def test_lines_that_surely_go_on_need_not_be_alike(block: str) -> None:
    assert _paragraphs(block) == [block.strip()]


def test_talk_under_a_line_that_stands_in_stays_apart() -> None:
    lines = [
        "島のパン屋の店主は笑って言った。",
        "「百万個目のロールは誰にも売らない」",
        "「昼には店を閉めて休むことにする」",
    ]
    assert _paragraphs("\u3000" + "\n".join(lines)) == lines
