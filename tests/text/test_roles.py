"""Whom a figure of people counts is read from the words beside it, in both languages."""

from decimal import Decimal

import pytest

from assistant.text.figures import figures
from assistant.text.language import fold
from assistant.text.roles import roles


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("選手12人とコーチ3人が出た。", {12: {"athlete", "player"}, 3: {"coach"}}),
        ("死者は3人、負傷者は計12人に上った。", {3: {"dead"}, 12: {"injured"}}),
        ("2人が死亡し、37人がけがをした。", {2: {"dead"}, 37: {"injured"}}),
        ("男性5人と女性7人の計12人", {5: {"man"}, 7: {"woman"}}),
        ("killing two people and injuring 37", {2: {"dead"}, 37: {"injured"}}),
        ("148 passengers and five crew members", {148: {"passenger"}, 5: {"crew"}}),
        ("Of the 40 pupils, 12 are girls.", {40: {"student"}, 12: {"woman"}}),
        ("It costs 12 euros; the driver took 3.", {}),
        ("乗客は12ユーロを払った。", {}),
    ],
)
def test_the_words_beside_a_figure_tell_whom_it_counts(text: str, expected: dict[int, set[str]]) -> None:
    folded = fold(text)
    read = dict(roles(folded, figures(folded)))
    assert read == {Decimal(value): found for value, found in expected.items()}
