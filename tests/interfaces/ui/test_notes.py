"""Answers that are kept stay below their article, also over a reload and a restart, and go when it does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.interfaces.ui.texts import text
from assistant.text.language import Language
from tests.fake_context import wait_for
from tests.pages import add, open_menu, remove, show
from tests.room import TIME, Room
from tests.texts import BILINGUAL

pytest.importorskip("playwright.sync_api")

BOX = "#question textarea"
QUESTION = "How much does a roll cost?"
OTHER = "ロールパンは1個いくらですか？"
LOOKS = [
    (1280, "light", Language.ENGLISH),
    (1280, "dark", Language.JAPANESE),
    (360, "light", Language.JAPANESE),
    (360, "dark", Language.ENGLISH),
]


class _Reader:
    """Who has the page open, in a language."""

    def __init__(self, page: Any, room: Room, language: Language) -> None:
        self.page, self.room, self.language = page, room, language
        self.open()

    def open(self) -> None:
        self.page.goto(self.room.url)
        self.page.locator("#article-en [data-sentence]").first.wait_for(timeout=1000 * TIME)

    def ask(self, question: str = QUESTION) -> Any:
        before = self.page.locator("#chat .answer[data-finished]").count()
        self.page.fill(BOX, question)
        self.page.press(BOX, "Enter")
        wait_for(lambda: self.room.is_reading(question), TIME)
        self.room.say("go on")
        answer = self.page.locator("#chat .answer[data-finished]").nth(before)
        answer.wait_for(timeout=1000 * TIME)
        return answer

    def waits_for_kept(self, count: int) -> None:
        """Until so many answers are said to be kept."""
        told = text(self.language, "kept_answers", count=count)
        self.page.locator("#notes summary", has_text=told).wait_for(state="attached")

    def look_at_notes(self) -> Any:
        """Opens the kept answers where they are closed; the first of them."""
        show(self.page, "reading")
        note = self.page.locator("#notes li").first
        if not note.is_visible():
            self.page.click("#notes summary")
        return note


@pytest.fixture
def opened(browser: Any) -> Iterator[Any]:
    """Opens the page of a room, in a look; at the end nothing may have failed in a browser."""
    contexts, errors = [], list[str]()

    def open_(room: Room, width: int, scheme: str, language: Language) -> _Reader:
        viewport = {"width": width, "height": 800}
        context = browser.new_context(locale=language.value, viewport=viewport, color_scheme=scheme)
        contexts.append(context)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        return _Reader(context.new_page(), room, language)

    yield open_
    for context in contexts:
        context.close()
    assert errors == []


def _faults(page: Any) -> list[str]:
    """What axe-core finds in the kept answers that keeps people out, and whether the page is wider than the screen."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context="#notes").response["violations"]
    grave = [str(each["nodes"]) for each in found if each["impact"] in ("serious", "critical")]
    return grave + ["too wide"] * (page.evaluate("document.documentElement.scrollWidth") > page.viewport_size["width"])


@pytest.mark.parametrize(("width", "scheme", "language"), LOOKS)
def test_an_answer_is_kept_over_a_reload_until_it_is_removed(
    opened: Any, room: Room, width: int, scheme: str, language: Language
) -> None:
    reader = opened(room, width, scheme, language)
    page, is_phone = reader.page, width == 360
    answer = reader.ask()
    assert page.locator("#notes details").count() == 0
    answer.locator(".keep").click()
    answer.locator(".keep", has_text="Kept").wait_for()
    reader.waits_for_kept(1)
    show(page, "reading")
    assert page.locator("#notes li").is_visible() is not is_phone

    reader.open()
    assert answer.locator(".keep").inner_text() == "Kept"
    note = reader.look_at_notes()
    assert note.locator(".asked").inner_text() == QUESTION
    assert note.locator(".words").inner_text().startswith("yes [")
    assert note.locator(".quoted").count() == 1
    assert _faults(page) == []
    version = note.locator(".citation").get_attribute("data-language")
    note.locator(".citation").click()
    lit = page.locator(f"#article-{version} [data-lit]").first
    lit.wait_for()
    assert lit.inner_text().strip() == note.locator(".quoted").inner_text().strip()

    note.locator(".drop").click()
    page.locator("#notes details").wait_for(state="detached")
    show(page, "talking")
    for said in ("Kept", "Keep"):
        answer.locator(".keep").click()
        answer.locator(".keep", has_text=said).wait_for()
    assert page.locator("#notes details").count() == 0


def test_kept_answers_outlive_conversation_and_restart_and_go_with_the_article(
    opened: Any, browser: Any, tmp_path: Path
) -> None:
    room = Room(tmp_path)
    reader = opened(room, *LOOKS[0])
    reader.ask().locator(".keep").click()
    reader.waits_for_kept(1)
    reader.page.click("#chat button[aria-label*='lear' i], #chat button[title*='lear' i]")
    reader.page.locator("#chat .answer").wait_for(state="detached")
    assert reader.page.locator("#notes li").count() == 1
    room.close()

    room = Room(tmp_path)
    page = opened(room, *LOOKS[0]).page
    page.locator("#notes .citation").click()
    page.locator("#article-en [data-lit]").first.wait_for()
    with page.expect_download() as download:
        open_menu(page).locator("#export").click()
    page.keyboard.press("Escape")
    assert "\n# Kept answers (1)\n\n## How much does a roll cost?\n\nyes" in download.value.path().read_text("utf-8")
    add(page, "A ferry to the island will sail again in spring.", "Ferry")
    page.locator("#notes li").wait_for(state="detached")
    page.click("#articles input")
    page.get_by_role("option", name="Island bakery").click()
    page.locator("#notes li").wait_for()
    remove(page)
    page.locator("#notes li").wait_for(state="detached")
    add(page, BILINGUAL)
    page.locator("#article-ja [data-sentence]").first.wait_for()
    assert page.locator("#notes li").count() == 0
    room.close()


def test_of_two_answers_each_is_kept_and_removed_by_itself(opened: Any, room: Room) -> None:
    reader = opened(room, *LOOKS[0])
    page = reader.page
    older = reader.ask()
    newer = reader.ask(OTHER)
    older.locator(".keep").click()
    older.locator(".keep", has_text="Kept").wait_for()
    assert newer.locator(".keep").inner_text() == "保存"
    newer.locator(".keep").click()
    reader.waits_for_kept(2)
    assert page.locator("#notes .asked").all_inner_texts() == [QUESTION, OTHER]
    page.locator("#notes .drop").last.click()
    reader.waits_for_kept(1)
    assert page.locator("#notes .asked").all_inner_texts() == [QUESTION]
    newer.locator(".keep:not([data-is-kept=true])").wait_for()
    assert [answer.locator(".keep").inner_text() for answer in (older, newer)] == ["Kept", "保存"]
    assert page.evaluate("document.activeElement.matches('#notes summary')")
    page.keyboard.press("Enter")
    newer.locator(".keep").click()
    reader.waits_for_kept(2)
    assert page.locator("#notes li:visible").count() == 0
    newer.locator(".keep").click()
    reader.look_at_notes()
    page.locator("#notes .drop").click()
    page.locator("#notes details").wait_for(state="detached")
