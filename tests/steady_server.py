"""A model server of a fixed speed, for any number of askers at once: it answers with a sentence that it was shown."""

import re
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.model_server import ModelServer, says

__all__ = ["SteadyServer"]

TOKEN = re.compile(r".{1,4}")
SENTENCE = re.compile(r"^\[\d+\] (.+)$", re.MULTILINE)
"""As the prompt has them."""


class SteadyServer(ModelServer):
    """Streams each answer with so many tokens a second."""

    def __init__(self, tokens_per_second: float) -> None:
        self._seconds = 1 / tokens_per_second
        super().__init__([self._answer])

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        body: Any = handler.body  # type: ignore[attr-defined]
        says(*TOKEN.findall(_likeliest(body["messages"])), seconds=self._seconds)(handler)


def _likeliest(messages: list[dict[str, str]]) -> str:
    """The sentence shown last that has most in common with the question."""
    asked = [message["content"] for message in messages if message["role"] == "user"]
    shown = next(text for text in reversed(asked) if SENTENCE.search(text))
    question = _pairs(asked[-1].rpartition("\n")[2])
    return max(SENTENCE.findall(shown), key=lambda sentence: len(_pairs(sentence) & question))


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2].lower() for at in range(len(text) - 1)}
