"""The box that questions are typed in: always in view, with its keys; and the two sides of the page on a phone."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from assistant.interfaces.ui.reports import FILE
from assistant.measuring.evaluation import read_rows
from tests.fake_context import wait_for
from tests.looks import Look, in_both_looks, in_narrow_look, opened_context
from tests.pages import add, choose, open_menu, remove, show, speak
from tests.room import TIME, Room
from tests.texts import BILINGUAL, OTHER

pytest.importorskip("playwright.sync_api")

BOX = "#question textarea"
QUESTION = "How much does a roll cost?"
WORKERS = "How many people work there?"


@pytest.fixture
def page(room: Room, browser: Any, look: Look) -> Iterator[Any]:
    """The page in English, on a phone as high as a small one is."""
    context = opened_context(browser, replace(look, locale="en-US"), height=640 if look.is_narrow else 900)
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    page = context.new_page()
    page.goto(room.url)
    page.locator("#article-en [data-sentence]").first.wait_for(timeout=1000 * TIME)
    yield page
    context.close()
    assert errors == []


def _is_in_view(page: Any, place: str) -> bool:
    box, size = page.locator(place).bounding_box(), page.viewport_size
    inside_width = box["x"] >= 0 and box["x"] + box["width"] <= size["width"]
    return bool(inside_width and box["y"] >= 0 and box["y"] + box["height"] <= size["height"])


def _answered(page: Any, room: Room, question: str) -> Any:
    before = page.locator("#chat .answer[data-finished]").count()
    page.fill(BOX, question)
    page.press(BOX, "Enter")
    wait_for(lambda: room.is_reading(question), TIME)
    room.say("go on")
    answer = page.locator("#chat .answer[data-finished]").nth(before)
    answer.wait_for(timeout=1000 * TIME)
    return answer


@in_both_looks
def test_the_box_is_in_view_wherever_one_is(page: Any, room: Room) -> None:
    assert _is_in_view(page, "#composer")
    page.evaluate("() => window.scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(300)
    assert _is_in_view(page, "#composer")
    _answered(page, room, QUESTION)
    assert _is_in_view(page, "#composer")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


@in_narrow_look
def test_stop_stands_in_the_place_of_ask_while_an_answer_comes(page: Any, room: Room) -> None:
    assert not page.locator("#stop").is_visible()
    page.fill(BOX, WORKERS)
    page.press(BOX, "Enter")
    page.locator("#chat .waiting").wait_for(timeout=1000 * TIME)
    assert page.locator("#stop").is_visible()
    assert not page.locator("#ask").is_visible()
    page.press("body", "Escape")
    page.locator("#chat .stopped").last.wait_for(timeout=1000 * TIME)
    assert page.locator("#ask").is_visible()
    assert not page.locator("#stop").is_visible()


def test_one_question_at_a_time_and_what_is_typed_meanwhile_stays(page: Any, room: Room) -> None:
    first = _answered(page, room, QUESTION)
    page.fill(BOX, WORKERS)
    page.press(BOX, "Enter")
    page.locator("#chat .waiting").wait_for(timeout=1000 * TIME)
    wait_for(lambda: room.is_reading(WORKERS), TIME)
    assert page.input_value(BOX) == ""
    page.press(BOX, "ArrowUp")
    page.locator(".toast-body", has_text="One answer at a time").first.wait_for()
    page.fill(BOX, "And now?")
    page.press(BOX, "Enter")
    for action in ("again", "edit"):
        first.locator(f".{action}").click()
    page.evaluate(
        "document.querySelector('#suggestions').innerHTML = '<button onclick=\"window.asked = 1\">?</button>'"
    )
    page.evaluate("document.querySelector('#suggestions button').click()")
    page.wait_for_timeout(500)
    room.say("go on")
    page.locator("#chat .answer[data-finished]").nth(1).wait_for(timeout=1000 * TIME)
    page.wait_for_timeout(500)
    assert page.locator("#chat .answer").count() == 2
    assert page.evaluate("window.asked") is None
    assert page.input_value(BOX) == "And now?"
    page.press(BOX, "Enter")
    wait_for(lambda: room.is_reading("And now?"), TIME)
    room.say("go on")
    page.locator("#chat .answer[data-finished]").nth(2).wait_for(timeout=1000 * TIME)


@in_narrow_look
def test_an_answer_that_stop_does_not_end_holds_nothing_up(page: Any, room: Room) -> None:
    page.evaluate("document.querySelector('#chat').insertAdjacentHTML('beforeend', '<div class=\"answer\"></div>')")
    page.click("#stop")
    page.wait_for_timeout(3500)
    _answered(page, room, QUESTION)


def test_clearing_the_chat_ends_the_answer_that_comes(page: Any, room: Room) -> None:
    _answered(page, room, QUESTION)
    page.fill(BOX, WORKERS)
    page.press(BOX, "Enter")
    page.locator("#chat .waiting").wait_for(timeout=1000 * TIME)
    wait_for(lambda: room.is_reading(WORKERS), TIME)
    page.get_by_label("Clear").click()
    page.locator("#chat .answer").first.wait_for(state="detached", timeout=1000 * TIME)
    wait_for(lambda: not room.is_reading(WORKERS), TIME)
    page.wait_for_timeout(1000)
    assert page.locator("#chat .answer").count() == 0
    _answered(page, room, QUESTION)
    assert page.locator("#chat .answer").count() == 1


@in_narrow_look
def test_keys_lead_to_the_box_to_the_last_question_and_to_their_list(page: Any, room: Room) -> None:
    _answered(page, room, QUESTION)
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("?")
    page.locator("#keys").wait_for()
    assert page.locator("#keys kbd").all_inner_texts() == ["/", "Esc", "↑", "?"]
    page.keyboard.press("Escape")
    page.locator("#keys").wait_for(state="hidden")
    page.keyboard.press("/")
    assert page.evaluate("() => document.activeElement.closest('#question') !== null")
    page.keyboard.type("/?")
    assert page.input_value(BOX) == "/?"
    page.fill(BOX, "")
    page.keyboard.press("ArrowUp")
    page.wait_for_function("() => document.querySelector('#question textarea').value")
    assert page.input_value(BOX) == QUESTION
    assert page.locator("#chat .answer").count() == 0


@in_both_looks
def test_on_a_phone_reading_and_talking_are_a_tap_apart(page: Any, room: Room, look: Look) -> None:
    tabs = page.locator(".tabs button")
    assert [tab.is_visible() for tab in tabs.all()] == [look.is_narrow, look.is_narrow]
    answer = _answered(page, room, QUESTION)
    assert page.locator("#article-en [data-sentence]").first.is_visible() is not look.is_narrow
    answer.locator(".passages summary").click()
    passage = answer.locator("li").last
    lit = page.locator(f"#article-{passage.get_attribute('lang')} [data-lit]").first
    passage.locator("button").click()
    lit.wait_for()
    page.wait_for_timeout(1000)
    edges = [place.bounding_box() for place in (lit, page.locator("#composer"))]
    assert 0 <= edges[0]["y"] < edges[0]["y"] + edges[0]["height"] <= (edges[1]["y"] if look.is_narrow else 900)
    assert page.locator("#chat").is_visible() is not look.is_narrow
    if look.is_narrow:
        assert page.locator(".tabs [aria-pressed=true]").inner_text() == "Article"
    show(page, "talking")
    assert answer.is_visible()


def test_what_is_called_wrong_is_noted_once_as_a_row_to_evaluate(page: Any, room: Room) -> None:
    _answered(page, room, QUESTION)
    answer = _answered(page, room, WORKERS)
    for _ in range(2):
        button = page.locator("#chat .wrong_answer").first
        button.click()
        page.locator("#chat .wrong_answer[disabled]", has_text="Noted").first.wait_for()
        page.evaluate("() => (document.querySelector('#chat .wrong_answer').disabled = false)")
    assert answer.locator(".wrong_answer").is_enabled()
    rows = read_rows(room.home / FILE)
    assert [row.question for row in rows if row.question == QUESTION] == [QUESTION]
    assert rows[0].article == BILINGUAL


def _asked_again(page: Any, room: Room, press: str, question: str) -> Any:
    """The newest answer, once what a button asks is answered; what is typed by then is still there."""
    before = page.locator("#chat .asked").count()
    page.fill(BOX, "And what if")
    page.locator(press).last.click()
    wait_for(lambda: room.is_reading(question), TIME)
    room.say("go on")
    count = before if press == "#chat .again" else before + 1
    page.wait_for_function(
        "count => document.querySelectorAll('#chat .answer[data-finished]').length === count", arg=count
    )
    assert page.input_value(BOX) == "And what if"
    assert page.locator("#chat .asked").last.inner_text() == question
    return page.locator("#chat .answer[data-finished]").last


def test_what_is_typed_stays_where_a_button_asks(page: Any, room: Room) -> None:
    _answered(page, room, QUESTION)
    _asked_again(page, room, "#chat .again", QUESTION)
    page.evaluate(
        """question => {
          const asks = document.createElement("button");
          asks.dataset.ask = question;
          document.querySelector("#chat .actions").append(asks);
          asks.id = "asks";
          asks.textContent = "?";
        }""",
        WORKERS,
    )
    _asked_again(page, room, "#asks", WORKERS)


def test_a_question_that_a_button_cannot_ask_goes_into_the_empty_box(page: Any, room: Room) -> None:
    show(page, "talking")
    page.evaluate("() => (window.wanted = ['How many?', '0'.repeat(12)])")
    page.evaluate("() => document.querySelector('#ask-for').click()")
    page.locator("#chat .problem", has_text="it may have been removed").wait_for(timeout=1000 * TIME)
    assert page.input_value(BOX) == "How many?"


def test_what_is_taken_back_is_asked_of_the_articles_that_it_was_asked_of(page: Any, room: Room) -> None:
    title = BILINGUAL.partition("\n")[0]
    _answered(page, room, QUESTION)
    add(page, OTHER, "Town library")
    show(page, "talking")
    answer = _asked_again(page, room, "#chat .again", QUESTION)
    places = answer.locator("[data-article]").evaluate_all("all => all.map((one) => one.dataset.article)")
    show(page, "reading")
    shown = page.locator(".version article").first.get_attribute("data-article")
    assert places
    assert shown not in places
    assert title in page.inner_text("#asked")
    choose(page, title)
    page.fill(BOX, "")
    show(page, "talking")
    page.locator("#chat .edit").click()
    page.wait_for_function("() => document.querySelector('#question textarea').value")
    show(page, "reading")
    assert title not in page.inner_text("#asked")
    choose(page, "Town library")
    remove(page)
    page.locator("#notice", has_text="Removed").wait_for()


def test_an_article_is_removed_only_where_that_is_meant(page: Any, room: Room) -> None:
    add(page, OTHER, "Town <b>$&</b>")
    page.click("#remove")
    asks = page.locator("#removing")
    asks.get_by_text("Remove “Town <b>$&</b>” with the answers kept of it? This can't be undone.").wait_for()
    for leave in (lambda: page.keyboard.press("Escape"), lambda: asks.get_by_text("Leave it").click()):
        leave()
        asks.wait_for(state="hidden")
        page.wait_for_timeout(300)
        assert page.locator("#notice", has_text="Removed").count() == 0
        page.click("#remove")
        asks.wait_for()
    asks.get_by_text("Remove", exact=True).click()
    page.locator("#notice", has_text="Removed: Town").wait_for()


def test_keys_are_those_of_what_stands_in_front(page: Any, room: Room) -> None:
    page.fill(BOX, WORKERS)
    page.press(BOX, "Enter")
    page.locator("#chat .waiting").wait_for(timeout=1000 * TIME)
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("?")
    page.locator("#keys").wait_for()
    page.keyboard.press("Escape")
    page.locator("#keys").wait_for(state="hidden")
    page.wait_for_timeout(300)
    assert page.locator("#chat .stopped").count() == 0
    page.keyboard.press("Escape")
    page.locator("#chat .stopped").wait_for(timeout=1000 * TIME)
    open_menu(page)
    page.evaluate("() => document.querySelector('#menu button').focus()")
    page.keyboard.press("/")
    assert page.evaluate("() => document.activeElement.closest('#question') === null")


def test_the_page_says_which_language_it_speaks(page: Any, room: Room) -> None:
    for name, language, title in (("日本語", "ja", "記事アシスタント"), ("English", "en", "Article Assistant")):
        speak(page, name)
        page.locator("#header h1", has_text=title).wait_for()
        page.wait_for_function("language => document.documentElement.lang === language", arg=language)
        assert page.title() == title
