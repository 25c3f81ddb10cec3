"""The page tells what the model is doing: the real server and worker, on a model that comes and reads when told to."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import gradio as gr
import pytest

from assistant.answering.suggestions import Suggester
from assistant.application import Application
from assistant.interfaces.ui.choosing import Chooser
from assistant.interfaces.ui.handlers import Handlers
from assistant.interfaces.ui.header_html import Places
from assistant.interfaces.ui.html import status_html
from assistant.interfaces.ui.model_menu import ModelMenu
from assistant.interfaces.ui.session import Sessions, Threads
from assistant.library.library import Library
from assistant.model.protocol import ModelStatus
from assistant.model.worker import LlamaWorker
from assistant.settings import Settings
from assistant.text.language import Language
from tests.conftest import AssistantWith
from tests.fake_context import wait_for
from tests.fake_model import FakeModel
from tests.room import TIME, Room

pytest.importorskip("playwright.sync_api")

QUESTION, OTHER = "How much does a roll cost?", "Who owns the bakery?"
SOON = 1000 * TIME


class _Suggester:
    """Stands in for a `Suggester` with one question."""

    def questions(self, *_: object) -> tuple[str, ...]:
        return ("Who?",)


def _handlers(application: Application) -> Handlers:
    menu = ModelMenu(application, Chooser(application, Settings()))
    return Handlers(application, Sessions(), Threads(1), lambda _: [], "", Places(), menu)


@pytest.mark.parametrize("language", Language)
def test_a_look_sends_only_what_has_changed(assistant_with: AssistantWith, filled: Library, language: Language) -> None:
    model = FakeModel(state="loading")
    worker, suggester = cast(LlamaWorker, model), cast(Suggester, _Suggester())
    application = Application(filled, assistant_with(model), worker, suggester)
    handlers = _handlers(application)
    loading, ready = (
        status_html(language, model.name, model.size, ModelStatus(state))  # type: ignore[arg-type]
        for state in ("loading", "ready")
    )
    assert handlers.look("a", language.value, 0, "", 1) == [1, loading, 0]
    assert handlers.look("a", language.value, 1, loading, 0) == [gr.skip()] * 3
    model.current_state = "ready"
    assert handlers.look("a", language.value, 1, loading, 0) == [gr.skip(), ready, gr.skip()]
    assert handlers.look(None, language.value, 1, ready, 0) == [0, gr.skip(), gr.skip()]


def test_links_come_into_the_article_that_is_still_shown(assistant_with: AssistantWith, filled: Library) -> None:
    model = FakeModel()
    application = Application(filled, assistant_with(model), cast(LlamaWorker, model))
    handlers = _handlers(application)
    first, second = (entry.id for entry in filled.entries())
    assert handlers.align(first) in ("", first)
    assert handlers.show_links(first, second, "en") == [gr.skip(), gr.skip()]
    assert handlers.show_links("", first, "en") == [gr.skip(), gr.skip()]
    assert all("data-bead" in version for version in handlers.show_links(first, first, "en"))


@pytest.fixture
def fetching_room(tmp_path: Path) -> Iterator[Room]:
    """A page whose model isn't there yet."""
    room = Room(tmp_path, fetches=True)
    yield room
    room.close()


@pytest.fixture
def tab(browser: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """What opens tabs."""
    contexts = []

    def open_tab(room: Room, locale: str = "en-US", scheme: str = "light") -> Any:
        viewport = {"width": 360, "height": 900}
        context = browser.new_context(locale=locale, viewport=viewport, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.goto(room.url)
        page.locator("#article-en [data-sentence]").first.wait_for(timeout=SOON)
        return page

    yield open_tab
    for context in contexts:
        context.close()


def _ask(page: Any, question: str) -> None:
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")


def _status(page: Any, words: str) -> None:
    """Waits until the head of the page says so, with the model's name, its size, and what runs it once it is loaded."""
    head = re.compile(rf"slow · 900 MB · (?:[^·]+ · )?{re.escape(words)}")
    page.locator("#status p", has_text=head).wait_for(timeout=SOON)


def test_the_page_shows_how_far_the_fetch_is_and_then_answers(fetching_room: Room, tab: Any) -> None:
    room, pages = fetching_room, [tab(fetching_room), tab(fetching_room, "ja-JP", "dark")]
    room.say("fetched 230")
    _status(pages[0], "fetching the model (230 of 900 MB)")
    _status(pages[1], "モデルを取得中（900 MBのうち230 MBまで完了）")
    assert [_faults(page) for page in pages] == [[], []]
    _ask(pages[0], QUESTION)
    waiting = pages[0].locator("#chat .waiting")
    for done in (231, 640):
        room.say(f"fetched {done}")
        waiting.filter(has_text=f"The model is being fetched; the answer follows. ({done} of 900 MB)").wait_for()
    assert _faults(pages[0]) == []
    room.say("fetched")
    waiting.filter(has_text="Reading the article").wait_for()
    _status(pages[0], "answering")
    _status(pages[1], "回答中")
    room.say("go on")
    answer = pages[0].locator("#chat .answer[data-finished]")
    answer.locator(".words", has_text="yes").wait_for(timeout=SOON)
    assert "first word after" in answer.locator(".speed").inner_text()
    assert _faults(pages[0]) == []


def test_a_fetch_that_fails_is_told_and_asking_again_tries_again(fetching_room: Room, tab: Any) -> None:
    room, page = fetching_room, tab(fetching_room)
    _ask(page, QUESTION)
    page.locator("#chat .waiting", has_text="being fetched").wait_for(timeout=SOON)
    room.say("fetch fails")
    page.locator("#chat .problem", has_text="Connect to the network.").wait_for(timeout=SOON)
    _status(page, "not working")
    _ask(page, QUESTION)
    page.locator("#chat .waiting", has_text="being fetched").wait_for(timeout=SOON)
    room.say("fetched")
    room.say("go on")
    page.locator("#chat .answer[data-finished] .words", has_text="yes").wait_for(timeout=SOON)


def test_who_asks_second_sees_the_place_in_the_queue_and_moves_up(room: Room, tab: Any) -> None:
    room.say(f"ask {OTHER}")
    wait_for(lambda: room.is_reading(OTHER), TIME)
    pages = []
    for _ in range(2):
        pages.append(tab(room))
        _ask(pages[-1], QUESTION)
        pages[-1].locator("#chat .waiting", has_text="question").wait_for(timeout=SOON)
    assert "this one is next" in pages[0].inner_text("#chat .waiting")
    assert "2 questions are before this one." in pages[1].inner_text("#chat .waiting")
    room.say("go on")
    assert room.hear() == "yes"
    pages[0].locator("#chat .waiting", has_text="Reading the article").wait_for(timeout=SOON)
    pages[1].locator("#chat .waiting", has_text="this one is next").wait_for(timeout=SOON)
    for page in pages:
        room.say("go on")
        page.locator("#chat .answer[data-finished] .words", has_text="yes").wait_for(timeout=SOON)


def _faults(page: Any) -> list[str]:
    """What axe-core finds that keeps people out, and what is wider than the page."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context="#bar, #chat").response["violations"]
    grave = [
        f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found if each["impact"] in ("serious", "critical")
    ]
    width = page.evaluate("document.documentElement.scrollWidth")
    return grave if width <= page.viewport_size["width"] else [*grave, f"the page is {width} pixels wide"]
