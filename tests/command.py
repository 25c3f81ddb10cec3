"""How a command of the command line ended, what every failure looks like, and what every answer as JSON has."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


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


def assert_answer(ended: Ended, article: str, question: str, language: str, model: str) -> dict[str, Any]:
    """The answer as JSON is described by these keys and no others; each citation is a part of the article's text."""
    assert (ended.code, ended.err) in ((0, ""), (0, "(the model is loading)\n"))
    assert ended.out.count("\n") == 1
    answer: dict[str, Any] = json.loads(ended.out)
    assert list(answer) == ["question", "understood", "question_lang", *ANSWER_KEYS]
    assert (answer["question"], answer["question_lang"], answer["model"]) == (question, language, model)
    citations, timings = answer["citations"], answer["timings"]
    assert set(timings) == {
        "evidence_ms",
        "first_token_ms",
        "total_ms",
        "prompt_tokens",
        "reused_tokens",
        "completion_tokens",
        "tokens_per_second",
    }
    assert 0 < timings["evidence_ms"] <= timings["first_token_ms"] <= timings["total_ms"]
    for citation in citations:
        assert set(citation) == {"number", "language", "start", "end", "text", "article"}
        assert citation["text"] == article[citation["start"] : citation["end"]]
    for figure in answer["figures"]:
        assert set(figure) == {"at", "until", "article", "language", "start", "end"}
        said, stands = answer["answer"][figure["at"] : figure["until"]], article[figure["start"] : figure["end"]]
        assert re.findall(r"\d+", said) == re.findall(r"\d+", stands) != []
    assert answer["nearest"] == []
    markers = re.findall(r"\[(\d+)\]", str(answer["answer"]))
    assert [citation["number"] for citation in citations] == list(map(int, markers)) != []
    return answer


def assert_plausible(timings: Mapping[str, float]) -> None:
    """What a real model takes for an answer of some words."""
    assert timings["completion_tokens"] > 1
    assert 0.1 < timings["tokens_per_second"] < 1000
