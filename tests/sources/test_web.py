"""Pages are fetched within a time and a size, and from the open internet alone; what can't be fetched is told."""

import gzip
import socket
import ssl
import time
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpcore
import pytest

from assistant.errors import PageError
from assistant.sources import web
from assistant.sources.web import REDIRECTS, fetch, is_public
from tests.site import PAGE, Answer, Site, leads_to, public_site, says

CERTIFICATE = Path(__file__).parents[1] / "data" / "news.test.pem"
"""A key and its certificate for the host news.test, signed by itself."""
PUBLIC = "93.184.215.14"
"""An address of the open internet, to which no test connects."""


site = pytest.fixture(name="site")(public_site)


def fetched(site: Site, answer: Answer, limit: int = 100_000, seconds: float = 5) -> web.Fetched:
    site.answers["/page"] = answer
    return fetch(f"{site.url}/page", limit=limit, seconds=seconds)


def test_a_page_comes_with_its_type_and_its_address(site: Site) -> None:
    found = fetched(site, says())
    assert found == web.Fetched(PAGE, "text/html; charset=utf-8", f"{site.url}/page")


def test_no_more_is_sent_than_needed_and_not_by_a_proxy(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    fetched(site, says())
    ((_, headers),) = site.asked
    assert headers.pop("User-Agent").startswith("Mozilla/5.0 (compatible; article-assistant")
    assert headers.keys() == {"Host", "Accept", "Accept-Encoding", "Accept-Language", "Connection"}
    assert headers["Host"] == f"127.0.0.1:{site.port}"


def test_an_address_may_be_written_as_people_write_it(site: Site) -> None:
    site.answers["/%E6%B0%B4%E8%BB%8A/a%20b?%E5%9C%B0=%E5%9F%9F&c=%41"] = says()
    found = fetch(f"  {site.url}/水車/a b?地=域&c=%41#anchor\n", limit=1000)
    assert found.url == f"{site.url}/水車/a b?地=域&c=%41#anchor"


RAW = zlib.compressobj(wbits=-zlib.MAX_WBITS)


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(PAGE)),
        ("X-GZIP", gzip.compress(PAGE)),
        ("gzip", gzip.compress(PAGE[:9]) + gzip.compress(b"") * 1000 + gzip.compress(PAGE[9:])),
        ("gzip", gzip.compress(PAGE) + bytes(10) + b"left over"),
        ("deflate", zlib.compress(PAGE)),
        ("deflate", RAW.compress(PAGE) + RAW.flush()),
        ("identity", PAGE),
    ],
)
def test_a_packed_page_is_unpacked(site: Site, encoding: str, packed: bytes) -> None:
    assert fetched(site, says(packed, Content_Encoding=encoding)).data == PAGE


@pytest.mark.parametrize(
    ("encoding", "packed", "problem"),
    [
        ("gzip", gzip.compress(b" " * 5_000_000), "more than 100,000 bytes"),
        ("gzip", gzip.compress(b" " * 60_000) * 2, "more than 100,000 bytes"),
        ("gzip", gzip.compress(PAGE)[:-9], "came broken"),
        ("gzip", gzip.compress(PAGE) + gzip.compress(PAGE)[:-9], "came broken"),
        ("gzip", PAGE, "came broken"),
        ("br", PAGE, r"packed in a way that isn't read here \(br\)"),
        ("gzip, gzip", gzip.compress(gzip.compress(PAGE)), "isn't read here"),
    ],
)
def test_what_cannot_be_unpacked_is_told(site: Site, encoding: str, packed: bytes, problem: str) -> None:
    with pytest.raises(PageError, match=f"/page .*{problem}"):
        fetched(site, says(packed, Content_Encoding=encoding))


def _endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.end_headers()
    while True:
        handler.wfile.write(b"x" * 10_000)


def _dripping(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    _drip(handler)


def _dripping_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    _drip(handler)


def _drip(handler: BaseHTTPRequestHandler) -> None:
    for _ in range(100):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.05)


def _silent(_: BaseHTTPRequestHandler) -> None:
    time.sleep(3)


def test_size_is_limited_before_and_while_a_page_comes(site: Site) -> None:
    assert len(fetched(site, says(b"x" * 100_000)).data) == 100_000
    for answer in (says(b"x" * 100_001), says(b"", Content_Length="100001"), _endless):
        with pytest.raises(PageError, match=r"/page has more than 100,000 bytes, the most that is read\. Open"):
            fetched(site, answer)


@pytest.mark.parametrize("answer", [_dripping, _dripping_headers, _silent])
def test_all_of_it_together_may_take_so_long(site: Site, answer: Answer) -> None:
    began = time.monotonic()
    with pytest.raises(PageError, match=r"/page did not come within 0\.4 seconds\. Try again later\."):
        fetched(site, answer, seconds=0.4)
    assert 0.3 < time.monotonic() - began < 2


def test_a_name_that_is_looked_up_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(2))
    began = time.monotonic()
    with pytest.raises(PageError, match=r"did not come within 0\.2 seconds"):
        fetch("http://news.test/", limit=1000, seconds=0.2)
    assert time.monotonic() - began < 1.5


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_without_cookies(site: Site, status: int) -> None:
    site.answers["/b/c?d"] = says()
    found = fetched(site, leads_to("b/c?d", status))
    assert (found.data, found.url) == (PAGE, f"{site.url}/b/c?d")
    assert [path for path, _ in site.asked] == ["/page", "/b/c?d"]
    assert all("Cookie" not in headers for _, headers in site.asked)


def test_redirects_come_to_an_end(site: Site) -> None:
    site.answers |= {f"/{number}": leads_to(f"/{number + 1}") for number in range(9)}
    site.answers[f"/{REDIRECTS}"] = says()
    assert fetch(f"{site.url}/0", limit=1000).url == f"{site.url}/{REDIRECTS}"
    site.answers[f"/{REDIRECTS}"] = leads_to("/0")
    with pytest.raises(PageError, match="leads on to other addresses without end"):
        fetch(f"{site.url}/0", limit=1000)


@pytest.mark.parametrize(
    ("location", "problem"),
    [
        ("http://127.0.0.2:{port}/x", "127.0.0.2 is no address of the open internet"),
        ("http://[::1]:{port}/x", "::1 is no address"),
        ("//localhost.:{port}/x", r"is no address|no host"),
        ("http://2130706434:{port}/x", r"2130706434 \(127\.0\.0\.2\) is no address"),
        ("http://[::ffff:10.0.0.1]/", "is no address"),
        ("file:///etc/passwd", "no web address that can be fetched"),
        ("ftp://127.0.0.1/x", "no web address that can be fetched"),
        ("http://user:word@127.0.0.1:{port}/x", "user's name or password"),
        ("http://[::1/x", "no web address"),
    ],
)
def test_each_redirect_is_checked(site: Site, location: str, problem: str) -> None:
    with pytest.raises(PageError, match=problem):
        fetched(site, leads_to(location.format(port=site.port)))
    assert [path for path, _ in site.asked] == ["/page"]


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (404, r"There is no page at .*/page \(HTTP 404\)\. Check the address\."),
        (410, "There is no page at"),
        (403, r"does not give out .*/page \(HTTP 403\)\. Open it in a browser"),
        (204, r"\(HTTP 204\)"),
        (302, r"\(HTTP 302\)"),
        (503, r"has a fault \(HTTP 503\)\. Try again later"),
    ],
)
def test_a_server_s_refusal_is_told(site: Site, status: int, problem: str) -> None:
    with pytest.raises(PageError, match=problem):
        fetched(site, says(b"", status))


@pytest.mark.parametrize("media_type", ["image/png", "application/json", "video/mp4"])
def test_what_is_no_page_is_told(site: Site, media_type: str) -> None:
    with pytest.raises(PageError, match=f"/page is {media_type}, and neither a page nor a text nor a PDF"):
        fetched(site, says(Content_Type=media_type))


@pytest.mark.parametrize("media_type", ["", "application/pdf", "Text/Plain", "application/octet-stream"])
def test_other_kinds_that_can_be_read_are_fetched(site: Site, media_type: str) -> None:
    assert fetched(site, says(Content_Type=media_type)).media_type == media_type


def _garbage(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"SSH-2.0-server\r\n\r\n")
    handler.close_connection = True


def _shortened(handler: BaseHTTPRequestHandler) -> None:
    says(PAGE, Content_Length="1000")(handler)
    handler.close_connection = True


def _nothing(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


@pytest.mark.parametrize("answer", [_garbage, _shortened, _nothing])
def test_a_connection_that_breaks_off_is_told(site: Site, answer: Answer) -> None:
    with pytest.raises(PageError, match=r"^The connection to 127\.0\.0\.1 broke off \(.+\)\. Try again\."):
        fetched(site, answer)


def test_a_host_that_cannot_be_reached_is_told(site: Site) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(PageError, match=r"^127\.0\.0\.1 can't be reached: Connection refused\. Check the address"):
            fetch(f"http://127.0.0.1:{taken.getsockname()[1]}/", limit=1000)


@pytest.mark.parametrize("host", ["nosuch.invalid", "a" * 70 + ".test", "a..b"])
def test_a_host_that_does_not_exist_is_told(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fails)
    with pytest.raises(PageError, match=r"There is no host nosuch\.invalid|is no web address"):
        fetch(f"http://{host}/", limit=1000)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "file:///etc/passwd",
        "ftp://example.org/",
        "http://",
        "http:///a",
        "http://a:99999/",
        "https://[::1/",
    ],
)
def test_what_is_no_web_address_is_told(url: str) -> None:
    with pytest.raises(PageError, match=r"is no web address.*https?://"):
        fetch(url, limit=1000)


def test_passwords_are_not_sent() -> None:
    with pytest.raises(PageError, match="The address has a user's name or password in it; none is sent") as told:
        fetch("http://user:word@example.org/", limit=1000)
    assert "word@" not in str(told.value)


def test_a_message_is_one_line_whatever_an_address_holds(site: Site) -> None:
    with pytest.raises(PageError, match=r"^[^\n\x1b]+$"):
        fetch(f"{site.url}/a\n\x1b[31mb", limit=1000)


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that a connection was tried to; none is made."""
    addresses: list[str] = []

    def connect(_: object, host: str, port: int, **__: object) -> None:
        addresses.append(host)
        raise httpcore.ConnectError("not in a test")

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    return addresses


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::]",
        "0.0.0.0",  # noqa: S104
        "0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1:8080",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "[::ffff:127.0.0.1]",
        "[::ffff:a00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b:1::1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "[fc00::1]",
        "[fec0::1]",
        "[ff02::1]",
        "2130706433",
        "0177.0.0.1",
        "0x7f000001",
        "127.1",
        "１２７.0.0.1",
        "127。0。0。1",
    ],
)
def test_addresses_that_are_not_public_are_refused(host: str, connected: list[str]) -> None:
    for scheme in ("http", "https"):
        with pytest.raises(PageError, match="is no address of the open internet; from others nothing is fetched"):
            fetch(f"{scheme}://{host}/latest/meta-data", limit=1000)
    assert connected == []


def _answers(*addresses: str) -> list[Any]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in addresses]


@pytest.mark.parametrize(
    "addresses", [["10.0.0.1"], [PUBLIC, "127.0.0.1"], ["::ffff:169.254.169.254"], ["fe80::1%eth0"]]
)
def test_a_name_with_any_address_that_is_not_public_is_refused(
    addresses: list[str], connected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: _answers(*addresses))
    with pytest.raises(PageError, match=r"^news\.test \(.*\) is no address of the open internet"):
        fetch("http://news.test/", limit=1000)
    assert connected == []


def test_all_public_addresses_of_a_name_are_tried(connected: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: _answers(PUBLIC, "8.8.8.8", PUBLIC))
    with pytest.raises(PageError, match=r"news\.test can't be reached: not in a test"):
        fetch("http://news.test/", limit=1000)
    assert connected == [PUBLIC, "8.8.8.8"]


def test_the_address_connected_to_is_the_one_that_was_checked(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is public when it is checked and private when it is connected to leads nowhere."""
    connect, look_up = httpcore.SyncBackend.connect_tcp, socket.getaddrinfo
    looked_up: list[str] = []
    connected: list[str] = []

    def resolve(host: str, *rest: Any, **options: Any) -> Any:
        if host != "news.test":
            return look_up(host, *rest, **options)
        looked_up.append(host)
        return _answers(PUBLIC if len(looked_up) == 1 else "10.0.0.1")

    def recorded(backend: httpcore.SyncBackend, host: str, port: int, **options: Any) -> httpcore.NetworkStream:
        connected.append(host)
        return connect(backend, "127.0.0.1", port, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", recorded)
    site.answers["/"] = says()
    assert fetch(f"http://news.test:{site.port}/", limit=1000).data == PAGE
    assert (looked_up, connected) == (["news.test"], [PUBLIC])
    assert site.asked[0][1]["Host"] == f"news.test:{site.port}"
    site.answers["/"] = leads_to(f"http://news.test:{site.port}/again")
    looked_up.clear()
    with pytest.raises(PageError, match=r"news\.test \(10\.0\.0\.1\) is no address"):
        fetch(f"http://news.test:{site.port}/", limit=1000)
    assert connected == [PUBLIC, PUBLIC]


@pytest.mark.parametrize(
    ("address", "public"),
    [
        (PUBLIC, True),
        ("2606:4700::1111", True),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::808:808", True),
        ("2002:808:808::1", True),
        ("198.18.0.1", False),
        ("203.0.113.5", False),
        ("2001:db8::1", False),
        ("::8.8.8.8", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(ip_address(address)) is public


@pytest.fixture
def secure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A server with the certificate of news.test, as which all names resolve to it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    site = Site(context)
    monkeypatch.setattr(web, "is_public", lambda address: address == ip_address("127.0.0.1"))
    monkeypatch.setattr(web, "_addresses", lambda *_: ["127.0.0.1"])
    site.answers["/"] = says()
    yield site
    site.close()


def _trusting() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(CERTIFICATE))


def test_a_host_that_shows_no_certificate_of_its_own_is_refused(secure: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(
        PageError, match=r"^news\.test can't show that it is news\.test \(self.signed certificate\), so"
    ):
        fetch(f"https://news.test:{secure.port}/", limit=1000)
    monkeypatch.setattr(web, "_tls", _trusting)
    assert fetch(f"https://news.test:{secure.port}/", limit=1000).data == PAGE
    with pytest.raises(PageError, match=r"^other\.test can't show that it is other\.test \(Hostname mismatch"):
        fetch(f"https://other.test:{secure.port}/", limit=1000)
    assert len(secure.asked) == 1


def test_a_server_that_speaks_no_tls_is_told(site: Site) -> None:
    with pytest.raises(PageError, match=r"127\.0\.0\.1 can't be reached: .*SSL.*Check the address"):
        fetch(f"https://127.0.0.1:{site.port}/", limit=1000)
