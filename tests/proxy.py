"""A reverse proxy as a newsroom's server has one: with a certificate, the pages under a path, a reader kept at one."""

import itertools
import re
import ssl
import threading
from collections.abc import Sequence
from contextlib import suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

__all__ = ["CERTIFICATE", "NAME", "Proxy"]

NAME = "news.test"
CERTIFICATE = Path(__file__).parent / "data" / "news.test.pem"
COOKIE = re.compile(r"reader=(\d+)")
OF_A_HOP = {"connection", "keep-alive", "transfer-encoding", "date", "server"}


class Proxy:
    """Passes https://news.test:PORT/news/… on to the pages at `ports`, without the path, as the README's nginx does."""

    def __init__(self, ports: Sequence[int], path: str) -> None:
        self.passed: list[tuple[int, str]] = []
        """Which page got which call."""
        proxy, turns = self, itertools.cycle(range(len(ports)))

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if not self.path.startswith(f"{path}/"):
                    self.send_error(404)
                    return
                known = COOKIE.search(self.headers.get("Cookie", ""))
                page = int(known[1]) if known else next(turns)
                with suppress(OSError):
                    self._pass_on(page, self.path.removeprefix(path))

            def do_POST(self) -> None:
                self.do_GET()

            def do_HEAD(self) -> None:
                self.do_GET()

            def _pass_on(self, page: int, place: str) -> None:
                proxy.passed.append((page, place))
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                host = self.headers["Host"]
                forwarded = {"For": self.client_address[0], "Host": host, "Proto": "https"}
                headers = {name: value for name, value in self.headers.items() if name.lower() not in OF_A_HOP}
                headers |= {f"X-Forwarded-{name}": value for name, value in forwarded.items()}
                called = HTTPConnection("127.0.0.1", ports[page])
                try:
                    called.request(self.command, place, body, headers)
                    answer = called.getresponse()
                    self.send_response(answer.status)
                    for name, value in answer.getheaders():
                        if name.lower() not in OF_A_HOP:
                            self.send_header(name, value)
                    self.send_header("Set-Cookie", f"reader={page}; Path={path}/; Secure; HttpOnly; SameSite=Lax")
                    self.end_headers()
                    while part := answer.read1(65536):
                        self.wfile.write(part)
                        self.wfile.flush()
                finally:
                    called.close()

            def log_message(self, *_: object) -> None: ...

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_: object) -> None: ...

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"https://{NAME}:{self._server.server_address[1]}{path}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.socket.close()
