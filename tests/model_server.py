"""A model server on this machine, over real HTTP, that does what a test tells it to."""

import json
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.site import Loopback

Does = Callable[[BaseHTTPRequestHandler], None]
"""What is done with one request."""


def chunk(text: str | None = None, *, ends: str | None = None, **fields: Any) -> dict[str, Any]:
    """One chunk of a stream; `ends` is why it ends there."""
    delta = {} if text is None else {"content": text}
    return {"choices": [{"index": 0, "delta": delta | fields.pop("delta", {}), "finish_reason": ends} | fields]}


def likely(token: str, others: dict[str, float], log_probability: float = -0.1) -> dict[str, Any]:
    """The log-probabilities of a chunk with one token, as OpenAI has them."""
    entries = [
        {"token": each, "logprob": value, "bytes": list(each.encode())}
        for each, value in ({token: log_probability} | others).items()
    ]
    return {"content": [entries[0] | {"top_logprobs": entries}]}


def streams(*chunks: Any, seconds: float = 0.0, done: bool = True, before: float = 0.0) -> Does:
    """Sends events, each `seconds` after the last, `before` so many of silence; a chunk that is no object as it is."""

    def does(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(before)
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream; charset=utf-8")
        handler.send_header("Connection", "close")
        handler.end_headers()
        for each in (*chunks, *(("[DONE]",) if done else ())):
            handler.wfile.write(f"data: {each if isinstance(each, str) else json.dumps(each)}\n\n".encode())
            handler.wfile.flush()
            time.sleep(seconds)

    return does


def says(*pieces: str, ends: str = "stop", **fields: Any) -> Does:
    """Streams a text in pieces, to its end."""
    return streams(*(chunk(piece) for piece in pieces), chunk(ends=ends), **fields)


def replies(body: Any, status: int = 200, **headers: str) -> Does:
    """Sends JSON, or a text as it is; `_` in a header's name stands for `-`."""

    def does(handler: BaseHTTPRequestHandler) -> None:
        sent = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        handler.send_response(status)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in ({"Content-Type": "application/json", "Content-Length": str(len(sent))} | named).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(sent)

    return does


def fails(message: str, status: int, **headers: str) -> Does:
    """An error as OpenAI has them."""
    return replies({"error": {"message": message, "type": "invalid_request_error"}}, status, **headers)


class ModelServer(Loopback):
    """A server on 127.0.0.1 that does to each question the next thing of `plan`, the last one again and again."""

    def __init__(self, plan: Sequence[Does], models: Does | None = None, context: ssl.SSLContext | None = None) -> None:
        self.plan = list(plan)
        self.models = models or replies({"object": "list", "data": [{"id": "stub-1"}, {"id": "stub-2"}]})
        self.asked: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.left = threading.Event()
        """Set when who asked has gone before the end."""
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                stub.paths.append(self.path)
                stub.headers.append(dict(self.headers))
                with suppress(OSError):
                    stub.models(self)

            def do_POST(self) -> None:
                stub.paths.append(self.path)
                stub.headers.append(dict(self.headers))
                self.body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                stub.asked.append(self.body)
                does = stub.plan.pop(0) if len(stub.plan) > 1 else stub.plan[0]
                try:
                    does(self)
                except OSError:
                    stub.left.set()

            def log_message(self, *_: object) -> None: ...

        super().__init__(Handler, context)
        self.url = f"http://127.0.0.1:{self.port}/v1"
        self.place = self.url.removeprefix("http://").removesuffix("/v1")
