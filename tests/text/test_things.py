"""What a figure counts is read from the words beside it, in both languages."""

from decimal import Decimal

import pytest

from assistant.text.figures import figures
from assistant.text.language import fold
from assistant.text.things import thing_asked_for, things_counted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("選手12人とコーチ3人が出た。", {12: "選手", 3: "コーチ"}),
        ("死者は3人、負傷者は計12人に上った。", {3: "死者", 12: "負傷者"}),
        ("2人が死亡し、37人がけがをした。", {2: "死亡", 37: "けが"}),
        ("男性5人と女性7人の計12人", {5: "男性", 7: "女性"}),
        ("牧場では羊18頭とヤギ40頭を飼う。", {18: "羊", 40: "ヤギ"}),
        ("国内に300社の取引先を持つ。", {300: "取引先"}),
        ("36局のうち8局が休む。", {}),
        ("5回に2点を取り、3位に上がった。", {}),
        ("killing two people and injuring 37", {2: "killing", 37: "injuring"}),
        ("At least 30 people have been hurt.", {30: "hurt"}),
        ("148 passengers and five cabin crew were aboard.", {148: "passengers", 5: "cabin crew"}),
        ("Of the 40 pupils, 12 are girls.", {40: "pupils"}),
        ("Some 300 to 400 farmers marched.", {300: "farmers marched", 400: "farmers marched"}),
        ("It costs 12 euros; the driver took 3.", {}),
        ("乗客は12ユーロを払った。", {}),
    ],
)
def test_the_words_beside_a_figure_tell_what_it_counts(text: str, expected: dict[int, str]) -> None:
    folded = fold(text)
    counted = {figure.value: thing for figure, thing in things_counted(folded, figures(folded))}
    assert counted == {Decimal(value): thing for value, thing in expected.items()}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many old bridges were closed?", "old bridges"),
        ("漁船は何隻が沈みましたか？", "漁船"),
        ("何人がけがをしましたか？", "けが"),
        ("ゴールはいくつでしたか？", "ゴール"),
        ("How much is a ticket?", ""),
        ("何時に始まりますか？", ""),
    ],
)
def test_a_question_tells_what_it_asks_the_number_of(question: str, expected: str) -> None:
    assert thing_asked_for(fold(question)) == expected
