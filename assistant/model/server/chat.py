"""OpenAI's chat completions: messages to a text, with what the model might have begun with instead.

What a server refuses to be told (a temperature, say) is left out from then on; what may pass is tried again.
"""

import json
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from assistant.model.protocol import Message
from assistant.model.server import faults
from assistant.model.server.address import Server
from assistant.model.server.connection import Connection, Response, Times
from assistant.model.server.faults import Passing
from assistant.model.server.tries import tried

__all__ = ["THOUGHT_TOKENS", "Chat", "Token", "Written"]

LIKELY = 20
"""Tokens that are asked for beside the first one; OpenAI and vLLM give no more."""
_INSTEAD = {
    "top_logprobs": None,
    "logprobs": None,
    "stream_options": None,
    "temperature": None,
    "max_tokens": "max_completion_tokens",
}
"""What a request has that some servers refuse, and how else they call it."""
_NO_SYSTEM = re.compile(r"system (?:role|message)|roles must alternate", re.IGNORECASE)
"""What servers say of models that are told all by the user."""
THOUGHT_TOKENS = 4096
"""What a model that thinks before it answers may take for that."""
_THOUGHT = re.compile(r"\s*<think>.*?(?:</think>\s*|$)", re.DOTALL)
"""What some models think stands before what they say."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token that the model might write: its text in UTF-8, maybe a part of a character, and its log-probability."""

    text: bytes
    log_probability: float


@dataclass(slots=True)
class Written:
    """What a model wrote."""

    raw: str = ""
    is_cut: bool = False
    """Whether it came to its limit before its end."""
    has_ended: bool = False
    first: tuple[Token, ...] = ()
    """The first token that isn't blank, then those it might have begun with, as far as the server tells."""
    usage: dict[str, Any] = field(default_factory=dict)
    times: tuple[float, float] = (0.0, 0.0)
    """When the first and the last piece came."""
    pieces: int = 0

    @property
    def text(self) -> str:
        """What it says, without what it thought before."""
        return _THOUGHT.sub("", self.raw, count=1).strip()


class Chat:
    """The chat completions of one server, for one thread."""

    def __init__(self, server: Server, times: Times) -> None:
        self._server = server
        self._times = times
        self._connection = Connection(server, times)
        self._refused: set[str] = set()
        self._takes_system = True
        self._thinks = False

    def models(self, stopped: Callable[[], bool]) -> list[str]:
        """The models that the server lists; none where it gives no list.

        Raises:
            ServerError: there is no such server, or it doesn't take the key.
            Stopped: it isn't wanted any more.
        """
        return tried(lambda: self._models(stopped), self._times, stopped)

    def write(
        self, model: str, messages: Sequence[Message], max_tokens: int, stopped: Callable[[], bool], *, first: bool
    ) -> Written:
        """What `model` writes next.

        Args:
            first: whether it is wanted what it might have begun with instead.

        Raises:
            ServerError: nothing sound came of it.
            Stopped: it isn't wanted any more.
        """
        tokens = max_tokens + (THOUGHT_TOKENS if self._thinks else 0)
        body = {
            "model": model,
            "messages": [{"role": each.role, "content": each.content} for each in messages],
            "max_tokens": tokens,
            "temperature": 0,
            "stream": True,
            "stream_options": {"include_usage": True},
        } | ({"logprobs": True, "top_logprobs": LIKELY} if first else {})
        written = tried(lambda: self._written(model, body, stopped), self._times, stopped)
        is_blank = written.raw and not written.raw.strip()
        if not written.is_cut or written.text or is_blank:
            return written
        if self._thinks:
            raise faults.thinks(self._server, model, tokens)
        self._thinks = True
        return self.write(model, messages, max_tokens, stopped, first=first)

    def close(self) -> None:
        self._connection.close()

    def _models(self, stopped: Callable[[], bool]) -> list[str]:
        with self._connection.ask("/models", stopped=stopped) as response:
            if response.status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED):
                return []
            if response.status != HTTPStatus.OK:
                raise faults.refused(self._server, response.status, response.headers, response.text())
            listed = json.loads(response.text())
            rows = listed.get("data") if isinstance(listed, dict) else None
            if not isinstance(rows, list):
                raise ValueError("no list of models")
            names = (row.get("id") for row in rows if isinstance(row, dict))
            return [name for name in names if isinstance(name, str) and name and name.isprintable()]

    def _written(self, model: str, body: dict[str, Any], stopped: Callable[[], bool]) -> Written:
        while True:
            with self._connection.ask("/chat/completions", self._bearable(body), stopped=stopped) as response:
                if response.status == HTTPStatus.OK:
                    return self._read(response)
                told = response.text()
                is_of_form = faults.is_of_form(response.status, told)
                if is_of_form and self._takes_system and _NO_SYSTEM.search(told):
                    self._takes_system = False
                    continue
                name = next((name for name in _INSTEAD if name in told and name in body.keys() - self._refused), None)
                if name is None or not is_of_form:
                    raise faults.refused(self._server, response.status, response.headers, told, model)
                self._refused.add(name)

    def _bearable(self, body: dict[str, Any]) -> dict[str, Any]:
        """`body` as this server takes it."""
        names = {name: _INSTEAD[name] if name in self._refused else name for name in body if name in _INSTEAD}
        if "logprobs" in self._refused:
            names["top_logprobs"] = None
        borne = {name: value for each, value in body.items() if (name := names.get(each, each))}
        return borne if self._takes_system else borne | {"messages": _by_the_user(body["messages"])}

    def _read(self, response: Response) -> Written:
        written = Written()
        if "html" in response.headers.get("content-type", ""):
            raise ValueError("a page")
        if response.headers.get("content-type", "").startswith("application/json"):
            self._add(written, json.loads(response.text()), "message")
        else:
            for event in response.events():
                if event.strip() == "[DONE]":
                    written.has_ended = True
                    break
                self._add(written, json.loads(event), "delta")
                if written.pieces:
                    response.goes_on()
        if not written.has_ended:
            raise Passing(faults.broken_off(self._server, "the answer had not ended"))
        return written

    def _add(self, written: Written, chunk: Any, kind: str) -> None:
        """What one chunk has."""
        if not isinstance(chunk, dict):
            raise ValueError("no object")
        if error := chunk.get("error"):
            raise Passing(faults.fault(self._server, faults.told(json.dumps({"error": error}))))
        if isinstance(usage := chunk.get("usage"), dict):
            written.usage = usage
        choices = chunk.get("choices")
        if not isinstance(choices, list):
            raise ValueError("no choices")
        for choice in choices[:1]:
            message = choice.get(kind) if isinstance(choice, dict) else None
            message = message if isinstance(message, dict) else {}
            piece = message.get("content")
            if piece is not None and not isinstance(piece, str):
                raise ValueError("no text")
            thought = message.get("reasoning_content") or message.get("reasoning")
            if piece or thought:
                now = time.monotonic()
                written.times = written.times[0] or now, now
                written.pieces += 1
            written.raw += piece or ""
            if piece and not written.first and not written.raw.lstrip().startswith("<"):
                written.first = _first(choice.get("logprobs"))
            if reason := choice.get("finish_reason"):
                written.has_ended = True
                written.is_cut = reason == "length"


def _by_the_user(messages: list[dict[str, str]]) -> list[dict[str, str]]:
    """Messages of which the system's is the beginning of the first one of the user."""
    if len(messages) < 2 or messages[0]["role"] != "system":
        return messages
    system, first, *rest = messages
    return [first | {"content": f"{system['content']}\n\n{first['content']}"}, *rest]


def _first(logprobs: Any) -> tuple[Token, ...]:
    """The first token of a chunk that isn't blank, and those that might stand in its place."""
    content = logprobs.get("content") if isinstance(logprobs, dict) else None
    for entry in content if isinstance(content, list) else ():
        others = entry.get("top_logprobs") if isinstance(entry, dict) else None
        tokens = [_token(each) for each in (entry, *(others if isinstance(others, list) else ()))]
        if tokens[0] and tokens[0].text.strip():
            return tuple(token for token in tokens if token)
    return ()


def _token(entry: Any) -> Token | None:
    if not isinstance(entry, dict):
        return None
    text, told, value = entry.get("token"), entry.get("bytes"), entry.get("logprob")
    if not isinstance(text, str) or not isinstance(value, int | float):
        return None
    is_bytes = isinstance(told, list) and all(isinstance(each, int) and 0 <= each < 256 for each in told)
    return Token(bytes(told) if is_bytes and told else text.encode(errors="replace"), float(value))
