"""Each target withstands some inputs; `python -m tests.fire fuzz` gives it very many more."""

from collections.abc import Callable

import pytest

from tests.fire import _doubling, fuzz
from tests.fire._attack import Outcome, Target, attack

INPUTS = 60
SLOW = {
    "overviews": 5,
    "intents": 30,
    "decoding": 30,
    "guards": 50,
    "answers": 40,
    "figures and values": 30,
    "HTML": 25,
    "Markdown": 25,
    "PDF": 40,
}
"""Targets of which an input takes long, with how many they get."""
UNITS = ("blanks", "digits", "hyphens", "kanji", "small letters", "quotation marks")
TARGETS = fuzz.targets()


def _told(outcome: Outcome) -> list[str]:
    return [f"{fault.what}: {fault.input[:600]}" for fault in outcome.faults.values()]


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_withstands_what_it_may_not_expect(name: str) -> None:
    outcome = attack(TARGETS[name], SLOW.get(name, INPUTS), 1)
    assert outcome.inputs
    assert not _told(outcome)


def test_calls_are_answered_or_told_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    """In processes of their own, as the page's server leaves what the next test would be told of."""
    assert fuzz.main(["--inputs", "30", "--of", "tools,endpoints"]) == 0, capsys.readouterr().out


def test_no_reader_of_long_texts_takes_much_longer_for_what_is_twice_as_long() -> None:
    assert not _told(_doubling.texts_doubled(UNITS[:2]))


def test_no_regular_expression_takes_much_longer_for_what_is_twice_as_long() -> None:
    assert not _told(_doubling.patterns_doubled(UNITS))


def _raise(error: BaseException) -> None:
    raise error


@pytest.mark.parametrize(
    ("use", "told"),
    [
        (lambda _: _raise(KeyError("a")), "KeyError at"),
        (lambda _: _raise(MemoryError()), "no memory is left"),
        (lambda _: [0] * 80_000_000, "MB more"),
    ],
)
def test_what_does_not_withstand_is_told(use: Callable[[object], object], told: str) -> None:
    outcome = attack(Target("none", lambda: TARGETS["days"].inputs(), use), 3, 1)
    assert any(told in line for line in _told(outcome))


def test_a_process_that_ended_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(fuzz.sys, "executable", "/bin/false")
    assert fuzz.main(["--of", "days"]) == 1
    assert "the process ended with 1" in capsys.readouterr().out
