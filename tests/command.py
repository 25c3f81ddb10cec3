"""How a command of the command line ended, what every failure looks like, and what every answer as JSON has."""

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Ended:
    """The code a command ended with, and what it printed."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]

ANSWER_KEYS = [
    *("answer", "refused", "withheld", "words", "citations", "figures", "disagreements", "nearest"),
    *("log_odds", "right_of_100", "points", "model", "timings"),
]
"""In this order; an id or the question goes before them."""


def assert_fails(ended: Ended, says: str, code: int = 1) -> None:
    """One line on the error stream, behind what the model was awaited for, nothing on the other."""
    assert (ended.code, ended.out) == (code, "")
    assert re.fullmatch(r"(?:\(the model [^\n]+\)\n)*assistant: [^\n]+\n", ended.err), ended.err
    assert re.search(says, ended.err), ended.err


def assert_misused(ended: Ended) -> None:
    assert (ended.code, ended.out) == (2, "")
    assert "Error" in ended.err
    assert "Traceback" not in ended.err
