"""What is added through the page: read into the boxes, looked over, corrected, handed over from the browser."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.interfaces.ui.drafts import Draft, Drafts
from assistant.interfaces.ui.handover import is_token, token_of
from assistant.interfaces.ui.session import Threads
from assistant.interfaces.ui.texts import TEXTS
from assistant.text.language import Language
from tests.looks import Look, in_both_looks, in_narrow_look, opened_context
from tests.pages import remove
from tests.room import Room
from tests.site import Site, says

pytest.importorskip("playwright.sync_api")

TITLE = "#add-title input, #add-title textarea"
DATE = "#add-date input, #add-date textarea"
TEXT = "#add-text textarea"
STORY = """<!doctype html><html><head><title>Kiln of Ulvby fires again</title></head><body>
<nav><a href="/a">News</a> <a href="/b">Sport</a></nav>
<article><h1>Kiln of Ulvby fires again</h1><time datetime="2021-02-04">4 February 2021</time>
<p>The brick kiln of Ulvby was lit again on Tuesday, after standing cold for eleven years.</p>
<p>Its two owners expect to fire 40,000 bricks a month, most of them for the new harbour wall.</p>
<p>The old chimney, 31 metres high, was mended over the winter by a mason from the next valley.</p></article>
</body></html>"""
SCATTERED = STORY.replace(
    "</body>",
    "<div class='related'>"
    + "".join(
        f"<p>In another village, number {n}, the people talked for a long evening about what their own kiln was worth, "
        "and most of them left before the chairman had come to the end of his papers.</p>"
        for n in range(4)
    )
    + "</div></body>",
)


@pytest.fixture
def page(room: Room, browser: Any, look: Look) -> Iterator[Any]:
    """The page with its part for adding open; no request leaves the machine, nothing is logged as an error."""
    context = opened_context(browser, look, permissions=["clipboard-read", "clipboard-write"])
    outside: list[str] = []
    errors: list[str] = []
    context.on(
        "request",
        lambda r: None if r.url.startswith(("http://127.0.0.1:", "data:", "blob:")) else outside.append(r.url),
    )
    context.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    context.on("weberror", lambda error: errors.append(str(error.error)))
    page = context.new_page()
    page.goto(room.url)
    page.locator("#article-en [data-sentence]").first.wait_for()
    page.click("#manage button")
    yield page
    context.close()
    assert (outside, errors) == ([], [])


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    site.answers["/favicon.ico"] = says(b"", 204)
    site.answers["/story"] = says(STORY.encode())
    yield site
    site.close()


def _choose(page: Any, file: Path, content: str) -> None:
    file.write_text(content, encoding="utf-8")
    page.set_input_files("input[type=file] >> nth=0", file)
    page.locator("#notice .notice").wait_for(timeout=30_000)


BOILERPLATE = "All rights reserved by the Ulvby Herald and its agencies, and none of it may be copied."


@pytest.mark.parametrize(("content", "told"), [("The kiln was lit.", "notice"), (" ", "problem")])
def test_of_a_file_that_was_uploaded_no_copy_stays(tmp_path: Path, content: str, told: str) -> None:
    upload = tmp_path / "kiln.txt"
    upload.write_text(content)
    read = Drafts(Threads(1), "secret", source_bytes=1000).read_file(str(upload), "en")
    assert told in read[-1]
    assert not upload.exists()


def test_a_line_that_two_texts_share_makes_them_no_one_text() -> None:
    story = "The brick kiln of Ulvby was lit again on Tuesday, after standing cold for eleven years.\n\n" * 2
    draft = Draft(story + BOILERPLATE, "Kiln", "2021-02-04")
    assert draft.is_of(story)
    assert draft.is_of(story.replace("eleven", "twelve") + BOILERPLATE)
    assert draft.is_of(f"{story}\n\n" + "A paragraph that was written by hand, about something else entirely. " * 9)
    another = "The ferry to Skerry lay in the harbour all night, with her lamps lit and nobody on board at all."
    assert not draft.is_of(f"{another}\n\n{another.upper()}\n\n{BOILERPLATE}")


@in_both_looks
def test_title_and_date_are_in_view_and_what_is_corrected_is_kept(page: Any, tmp_path: Path) -> None:
    _choose(page, tmp_path / "kiln.html", STORY)
    assert page.input_value(TITLE) == "Kiln of Ulvby fires again"
    assert page.input_value(DATE) == "2021-02-04"
    page.fill(TITLE, "Ulvby's kiln")
    page.fill(DATE, "２０２１年２月５日")
    page.click("#add")
    page.locator("#notice", has_text="Ulvby's kiln").wait_for(timeout=30_000)
    assert page.inner_text("#article-en .date") == "2021-02-05"
    assert [page.input_value(box) for box in (TITLE, DATE, TEXT)] == ["", "", ""]
    remove(page)
    page.locator("#article-en .date").wait_for(state="detached", timeout=30_000)


@in_narrow_look
def test_a_date_that_is_none_is_told_and_all_stays_in_the_boxes(page: Any) -> None:
    page.fill(TEXT, "The quarry of Ulvby closed on Monday. It had employed 60 people.")
    page.fill(DATE, "last Monday")
    page.click("#add")
    page.locator("#notice .problem", has_text="2026-03-14").wait_for(timeout=30_000)
    assert page.input_value(TEXT).startswith("The quarry")
    assert page.input_value(DATE) == "last Monday"


def test_title_and_date_of_a_file_never_stick_to_another_text(page: Any, tmp_path: Path) -> None:
    _choose(page, tmp_path / "kiln.html", STORY)
    page.fill(TEXT, page.input_value(TEXT).replace("eleven", "twelve").replace("31 metres", "32 metres"))
    page.wait_for_timeout(500)
    assert page.input_value(DATE) == "2021-02-04"
    page.fill(TEXT, "Quite another story was written on another day by somebody else.")
    page.wait_for_function(f"() => !document.querySelector('{DATE.replace(', ', ',')}').value")
    assert page.input_value(TITLE) == ""
    page.fill(DATE, "2022-05-06")
    page.fill(TEXT, "And then it was written once more.")
    page.wait_for_timeout(500)
    assert page.input_value(DATE) == "2022-05-06"


@in_narrow_look
def test_a_text_that_is_cut_and_pasted_back_keeps_its_date(page: Any, tmp_path: Path) -> None:
    _choose(page, tmp_path / "kiln.html", STORY)
    written = page.input_value(TEXT)
    page.fill(TEXT, "")
    page.wait_for_timeout(500)
    page.fill(TEXT, written)
    page.wait_for_timeout(500)
    assert page.input_value(DATE) == "2021-02-04"


@in_both_looks
def test_what_a_page_says_beside_its_article_is_told_and_can_be_taken(page: Any, tmp_path: Path) -> None:
    _choose(page, tmp_path / "kiln.html", STORY)
    assert not page.locator("#add-whole").is_visible()
    _choose(page, tmp_path / "scattered.html", SCATTERED)
    page.locator("#notice", has_text="In another village, number 0").wait_for(timeout=30_000)
    assert "In another village" not in page.input_value(TEXT)
    page.click("#add-whole")
    page.wait_for_function("() => document.querySelector('#add-text textarea').value.includes('number 3')")
    assert page.input_value(TEXT).startswith("Kiln of Ulvby fires again\n\n")
    assert page.input_value(DATE) == "2021-02-04"
    page.locator("#add-whole").wait_for(state="hidden")


def _loaded(page: Any) -> str:
    """What the page says in its language of a text that is to be looked over."""
    is_japanese = page.locator("#language input[value='ja']").is_checked()
    return TEXTS[Language.JAPANESE if is_japanese else Language.ENGLISH]["file_loaded"]


def _pressed_on(page: Any, address: str) -> Any:
    """Another tab on which the bookmarklet has been pressed, and the tab that this opened."""
    code = page.get_attribute("a.bookmarklet", "href")
    assert code.startswith("javascript:")
    other = page.context.new_page()
    other.goto(address)
    with page.context.expect_page() as opened:
        other.evaluate("code => { location.href = code; }", code)
    return other, opened.value


def test_a_page_in_the_browser_is_handed_over_as_it_is_in_view(page: Any, site: Site, room: Room) -> None:
    script = "document.querySelector('#late').textContent = 'The first bricks were sold within an hour, it was said.';"
    story = STORY.replace("</article>", f"<p id='late'></p></article><script>{script}</script>")
    site.answers["/story"] = says(story.encode())
    _, assistant = _pressed_on(page, f"{site.url}/story")
    assistant.wait_for_function("() => document.querySelector('#add-text textarea')?.value.includes('within an hour')")
    assert assistant.input_value(TITLE) == "Kiln of Ulvby fires again"
    assert assistant.input_value(DATE) == "2021-02-04"
    assert "News" not in assistant.input_value(TEXT)
    assert assistant.url == f"{room.url}/"
    assert assistant.locator("#notice .notice").inner_text().startswith(_loaded(assistant))
    assistant.click("#add")
    assistant.locator("#article-en", has_text="within an hour").wait_for(timeout=30_000)
    remove(assistant)
    assistant.locator("#article-en", has_text="within an hour").wait_for(state="hidden", timeout=30_000)


@in_narrow_look
def test_a_page_without_the_secret_hands_nothing_over_and_learns_nothing(page: Any, site: Site, room: Room) -> None:
    other = page.context.new_page()
    other.goto(f"{site.url}/story")
    with page.context.expect_page() as opened:
        other.evaluate(
            """(place) => {
              window.heard = [];
              window.addEventListener("message", ({ data }) => window.heard.push(data));
              const tab = window.open(`${place}#handed-over`);
              const forged = { token: "x".repeat(32), address: "https://a.example/", page: "<p>Forged.</p>" };
              setInterval(() => tab.postMessage(forged, "*"), 300);
            }""",
            f"{room.url}/",
        )
    opened.value.locator("#article-en [data-sentence]").first.wait_for(timeout=30_000)
    opened.value.wait_for_timeout(1500)
    assert not opened.value.locator(TEXT).is_visible()
    assert other.evaluate("() => window.heard") == []


def test_a_page_that_keeps_itself_apart_is_told(page: Any, site: Site) -> None:
    site.answers["/story"] = says(STORY.encode(), Cross_Origin_Opener_Policy="same-origin")
    _, assistant = _pressed_on(page, f"{site.url}/story")
    assistant.locator("#notice .problem").wait_for(timeout=30_000)
    assert not assistant.locator(TEXT).is_visible()


@in_narrow_look
def test_the_bookmarklet_is_copied_by_a_click(page: Any) -> None:
    page.click("a.bookmarklet")
    assert page.evaluate("() => navigator.clipboard.readText()") == page.get_attribute("a.bookmarklet", "href")
    assert len(page.context.pages) == 1


def test_the_secret_is_kept_for_the_user_alone_and_a_broken_one_made_anew(tmp_path: Path) -> None:
    token = token_of(tmp_path)
    file = tmp_path / "token"
    assert token_of(tmp_path) == token
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_bytes(b"\xff")
    assert token_of(tmp_path) not in ("", token)
    assert is_token(token_of(tmp_path), token_of(tmp_path))
    assert not is_token("", token)
    assert not is_token("é\ud800", token)
