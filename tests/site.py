"""A server on this machine that answers as a test tells it to."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest

from assistant.sources import web
from assistant.sources.web import is_public

PAGE = b"<html><body><p>The mill makes power.</p></body></html>"
HTML = {"Content-Type": "text/html; charset=utf-8"}

Answer = Callable[[BaseHTTPRequestHandler], None]


def says(body: bytes = PAGE, status: int = 200, **headers: str) -> Answer:
    """An answer with this body; `_` in a header's name stands for `-`."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in (HTML | {"Content-Length": str(len(body))} | named).items():
            if value:
                handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def leads_to(location: str, status: int = 302) -> Answer:
    return says(b"", status, Location=location, Set_Cookie="a=b")


class Loopback:
    """A server on 127.0.0.1, until it is closed."""

    def __init__(self, handler: type[BaseHTTPRequestHandler], context: ssl.SSLContext | None) -> None:
        class Server(ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None: ...

        self.server = Server(("127.0.0.1", 0), handler)
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class Site(Loopback):
    """A server on 127.0.0.1 with an answer for each path, and what it was asked."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.asked.append((self.path, dict(self.headers)))
                with suppress(OSError):
                    site.answers[self.path](self)

            def log_message(self, *_: object) -> None: ...

        super().__init__(Handler, context)
        self.url = f"http://127.0.0.1:{self.port}"


def public_site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A server whose address, and no other, counts as public; for a fixture."""
    monkeypatch.setattr(web, "is_public", lambda address: address == ip_address("127.0.0.1") or is_public(address))
    site = Site()
    yield site
    site.close()
