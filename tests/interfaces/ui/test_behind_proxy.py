"""Two pages as a newsroom has them, in a browser: behind a proxy with a certificate, under a path, with a login."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.interfaces.passwords import Hashed
from tests import needs
from tests.fake_context import wait_for
from tests.pages import open_menu
from tests.proxy import NAME, Proxy
from tests.room import TIME, Room
from tests.site import PAGE, Site, says

playwright = pytest.importorskip("playwright.sync_api")

MIKA = Hashed(16, 1, 1, b"salt" * 4, bytes(32)).made_of("open sesame")
QUESTION = "How much does a roll cost?"
ROLLS = "Rolls cost 240 yen since May. The bakery opened in 1998.\n"


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Room]]:
    folder = tmp_path_factory.mktemp("homes")
    (folder / "passwords").write_text(f"mika:{MIKA}\n", encoding="utf-8")
    options: dict[str, Any] = {"root_path": "/news", "names": [NAME], "passwords": str(folder / "passwords")}
    rooms = [Room(folder / name, **options) for name in ("1", "2")]
    yield rooms
    for room in rooms:
        room.close()


@pytest.fixture(scope="module")
def proxy(rooms: list[Room]) -> Iterator[Proxy]:
    proxy = Proxy([room.port for room in rooms], "/news")
    yield proxy
    proxy.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, which finds the proxy by its name."""
    arguments = ["--no-sandbox", f"--host-resolver-rules=MAP {NAME} 127.0.0.1"]
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=needs.chromium(), args=arguments)
        yield browser
        browser.close()


def _log_in(tab: Any, password: str) -> None:
    tab.locator("input[type=password]").wait_for(timeout=1000 * TIME)
    tab.get_by_label("username").fill("mika")
    tab.locator("input[type=password]").fill(password)
    tab.get_by_role("button", name="Login").click()


def test_a_reader_logs_in_asks_and_adds_and_stays_with_one_page(
    browser: Any, proxy: Proxy, rooms: list[Room], tmp_path: Path
) -> None:
    context = browser.new_context(ignore_https_errors=True, locale="en-US")
    tab = context.new_page()
    elsewhere: list[str] = []
    tab.on("request", lambda r: None if r.url.startswith((proxy.url, "data:", "blob:")) else elsewhere.append(r.url))
    tab.goto(proxy.url)
    _log_in(tab, "guess")
    tab.get_by_text("Incorrect").wait_for(timeout=1000 * TIME)
    assert tab.get_by_text("After five wrong passwords").is_visible()
    assert tab.locator("#article-en").count() == 0
    _log_in(tab, "open sesame")
    tab.locator("#article-en [data-sentence]").first.wait_for(timeout=1000 * TIME)
    errors: list[str] = []
    tab.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    tab.on("pageerror", lambda error: errors.append(str(error)))

    (room,) = [rooms[page] for page in {page for page, _ in proxy.passed}]
    tab.fill("#question textarea", QUESTION)
    tab.press("#question textarea", "Enter")
    wait_for(lambda: room.is_reading(QUESTION), TIME)
    room.say("go on")
    tab.locator("#chat .answer[data-finished]").wait_for(timeout=1000 * TIME)

    file = tmp_path / "rolls.txt"
    file.write_text(ROLLS, encoding="utf-8")
    tab.click("#manage button")
    tab.set_input_files("input[type=file] >> nth=0", file)
    tab.wait_for_function("document.querySelector('#add-text textarea').value.startsWith('Rolls cost 240 yen')")
    open_menu(tab)
    with tab.expect_download() as saved:
        tab.click("#export")
    assert QUESTION in saved.value.path().read_text(encoding="utf-8")

    tab.reload()
    tab.locator("#chat .answer[data-finished]").wait_for(timeout=1000 * TIME)
    assert (elsewhere, errors) == ([], [])
    assert len({page for page, _ in proxy.passed}) == 1
    context.close()


def test_a_page_is_handed_over_through_the_proxy(browser: Any, proxy: Proxy) -> None:
    site = Site()
    site.answers["/mill"] = says(PAGE)
    context = browser.new_context(ignore_https_errors=True, locale="en-US")
    tab = context.new_page()
    tab.goto(proxy.url)
    _log_in(tab, "open sesame")
    tab.click("#manage button", timeout=1000 * TIME)
    code = tab.get_attribute("a.bookmarklet:not([href='#'])", "href")
    other = context.new_page()
    other.goto(f"{site.url}/mill")
    with context.expect_page() as opened:
        other.evaluate("code => { location.href = code }", code)
    opened.value.wait_for_function(
        "document.querySelector('#add-text textarea')?.value.includes('The mill makes power')", timeout=1000 * TIME
    )
    assert opened.value.url.startswith(proxy.url)
    context.close()
    site.close()


def test_neither_health_nor_counts_go_through_the_proxy(proxy: Proxy, rooms: list[Room]) -> None:
    place = proxy.url.replace(NAME, "127.0.0.1")
    for path in ("health", "metrics", "config"):
        assert httpx.get(f"{place}{path}", verify=False, timeout=10).status_code == (401 if path == "config" else 403)  # noqa: S501
    assert all(httpx.get(f"{room.url}/health", timeout=10).status_code == 200 for room in rooms)


@pytest.mark.parametrize("path", ["/config", "/news/config", "/gradio_api/info", "/news/gradio_api/info"])
def test_the_path_opens_nothing_where_the_proxy_has_left_it(rooms: list[Room], path: str) -> None:
    assert httpx.get(f"{rooms[0].url}{path}", timeout=10).status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": NAME}, 200),
        ({"Host": f"{NAME}:8443", "Origin": f"https://{NAME}:8443", "X-Forwarded-Proto": "https"}, 200),
        ({"X-Forwarded-Host": NAME, "Origin": f"https://{NAME}"}, 200),
        ({"X-Forwarded-Host": f"{NAME}:8443, 10.0.0.1"}, 200),
        ({"X-Forwarded-Host": "192.168.1.7", "Origin": "https://192.168.1.7"}, 200),
        ({"X-Forwarded-Host": "rebound.example"}, 403),
        ({"X-Forwarded-Host": f"{NAME}, rebound.example"}, 403),
        ({"X-Forwarded-Host": NAME, "Origin": "https://rebound.example"}, 403),
        ({"Host": "rebound.example", "X-Forwarded-Host": NAME}, 403),
    ],
)
def test_it_answers_by_the_name_that_it_has_outside(rooms: list[Room], headers: dict[str, str], status: int) -> None:
    assert httpx.get(rooms[0].url, headers=headers, timeout=10).status_code == status
