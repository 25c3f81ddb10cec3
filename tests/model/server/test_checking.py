"""What an answer is found wrong by, when it is there as a whole."""

import math

import pytest

from assistant.model.server.chat import Token, Written
from assistant.model.server.checking import line_of, margin, wrong_word


def _lacks(*words: str) -> object:
    def allows(text: str, *, finished: bool) -> bool:
        return not any(word in text for word in words)

    return allows


@pytest.mark.parametrize(
    ("line", "lacking", "wrong"),
    [
        ("It sold 640 rolls.", (), None),
        ("It sold 1,640 rolls.", ("1,640",), "1,640"),
        ("It sold 6.5% more.", ("6.5%",), "6.5%"),
        ("Zorvik's shop sold it.", ("Zorvik",), "Zorvik's"),
        ("ロサンゼルスで売れた。", ("ロサンゼルス",), "ロサンゼルス"),
        ("東京支店で3割売れた。", ("3割",), "3"),
        ("One two three.", ("two", "three"), "two"),
        ("…", ("…",), ""),
    ],
)
def test_the_word_that_is_wrong_is_named(line: str, lacking: tuple[str, ...], wrong: str | None) -> None:
    assert wrong_word(line, _lacks(*lacking)) == wrong  # type: ignore[arg-type]


def test_a_thought_that_was_not_ended_says_nothing() -> None:
    assert line_of(Written(raw="<think>640 rolls.", is_cut=True)) == ""
    assert line_of(Written(raw="\n\n640 rolls.\nMore")) == "640 rolls."


def test_a_refusal_may_begin_with_a_part_of_its_first_word() -> None:
    def of(raw: str, *tokens: tuple[str, float]) -> float:
        return margin(Written(raw=raw, first=tuple(Token(text.encode(), p) for text, p in tokens)), "記載なし")

    assert of("記者会見です。", ("記", -0.5), ("記載", -2.5)) == pytest.approx(2.0)
    assert of("記載なし", ("記", -0.5), ("一", -2.5)) == pytest.approx(-2.0)
    assert of("一個です。", ("一", -0.1), ("二", -4.0)) > 3.8
    assert not math.isinf(of("一個です。", ("一", 0.0)))
