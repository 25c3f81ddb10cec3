"""The menu of the page, and the model chosen in it: the real server and worker, on models that are stood in for."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import FetchError
from assistant.interfaces.ui.choosing import Attempt, Chooser
from assistant.interfaces.ui.menu_html import attempt_html, button_html, models_html
from assistant.interfaces.ui.model_menu import ModelMenu
from assistant.model.catalog import Measured
from assistant.model.choices import ModelChoice
from assistant.text.language import Language
from tests.changing_page import stage
from tests.looks import NARROW, WIDE, Look, in_both_looks, opened_context
from tests.pages import ask, open_menu, speak
from tests.room import TIME, Room

SOON = 1000 * TIME
QUESTION = "How much does a roll cost?"
HERE = ModelChoice("here", "here", 1_117_320_768, True, "Apache-2.0", Measured(78, 72, 85))
SMALL = ModelChoice("small", "small", 491_400_064, True, "Apache-2.0", Measured(52))
OWN = ModelChoice("<b>.gguf", "/models/<b>.gguf", 2_497_280_736, False)
CHOICES = (HERE, SMALL, OWN)


def test_a_model_is_shown_with_what_is_known_of_it() -> None:
    shown = models_html(Language.ENGLISH, CHOICES, HERE, None, is_open=True)
    here, small, own = shown.split("<li ")[1:]
    assert "aria-current" in here
    assert "1.1 GB · Apache-2.0 · here" in here
    assert "right 72 of 100, refuses 85 of 100" in here
    assert "<button" not in here
    assert "decides 52 of 100" in small
    assert "aria-label='Use: small'>Use<" in small
    assert "2.5 GB · a file of your own · not here yet" in own
    assert "not yet measured" in own
    assert ">Fetch (2.5 GB) and use<" in own
    assert "<b>" not in shown


def test_where_none_can_be_chosen_they_are_shown_without_buttons() -> None:
    for language in Language:
        shown = models_html(language, CHOICES, HERE, None, is_open=False)
        assert shown.count("<li ") == len(CHOICES)
        assert "<button" not in shown


def test_what_becomes_of_a_choice_is_told() -> None:
    attempt = Attempt(OWN, "fetching", 230_000_000)
    told = attempt_html(Language.ENGLISH, attempt, HERE)
    assert "&lt;b&gt;.gguf is being fetched; here answers meanwhile" in told
    assert "(230 of 2,497 MB)" in told
    assert "data-model='here' aria-label='Give up: &lt;b&gt;.gguf'" in models_html(
        Language.ENGLISH, CHOICES, HERE, attempt, is_open=True
    )
    failed = Attempt(OWN, "failed", error=FetchError("Connect to <it>."))
    for language, said in ((Language.ENGLISH, "can&#x27;t be used; here goes on"), (Language.JAPANESE, "使えません")):
        assert said in attempt_html(language, failed, HERE)
        assert "Connect to &lt;it&gt;." in models_html(language, CHOICES, HERE, failed, is_open=True)
    assert attempt_html(Language.ENGLISH, None, HERE) == ""


def test_the_button_is_labelled_for_who_reads_the_other_language() -> None:
    assert "日本語" in button_html(Language.ENGLISH)
    assert "English" in button_html(Language.JAPANESE)


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A page whose model can be changed."""
    room = Room(tmp_path_factory.mktemp("home"), module="tests.changing_page")
    yield room
    room.close()


@pytest.fixture
def tab(changing: Room, browser: Any) -> Iterator[Any]:
    """Opens tabs of it; no error may have been logged."""
    errors: list[str] = []
    contexts = []

    def open_tab(look: Look = WIDE) -> Any:
        contexts.append(opened_context(browser, look))
        tab = contexts[-1].new_page()
        tab.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.goto(changing.url)
        tab.locator("#article-en [data-sentence]").first.wait_for(state="attached", timeout=SOON)
        return tab

    yield open_tab
    for context in contexts:
        context.close()
    assert errors == []


def _faults(page: Any) -> list[str]:
    """What axe-core finds that keeps people out, and what is wider than the page."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    grave = [
        f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found if each["impact"] in ("serious", "critical")
    ]
    width = page.evaluate("document.documentElement.scrollWidth")
    return grave if width <= page.viewport_size["width"] else [*grave, f"the page is {width} pixels wide"]


def _is_menu_open(page: Any) -> bool:
    return bool(page.locator("#menu").is_visible())


def _item(page: Any, model: str) -> Any:
    return page.locator(f"#models li[data-model='{model}']")


def _await_model(page: Any, model: str) -> None:
    page.locator("#status p", has_text=re.compile(rf"^{re.escape(model)} · .*(ready|質問できます)")).wait_for(
        timeout=SOON
    )
    page.locator(f"#models li[data-model='{model}'][aria-current]").wait_for(state="attached", timeout=SOON)


@in_both_looks
def test_the_menu_opens_and_closes_by_mouse_and_by_keyboard(tab: Any, look: Look) -> None:
    page = tab(look)
    is_japanese = look.locale.startswith("ja")
    assert not _is_menu_open(page)
    button = page.get_by_role("button", name="メニュー English" if is_japanese else "Menu 日本語")
    button.click()
    menu = page.get_by_role("dialog", name="メニュー" if is_japanese else "Menu")
    menu.wait_for()
    box = menu.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= look.width
    assert box["y"] + box["height"] <= 900
    assert [menu.locator(f"#{part}").is_visible() for part in ("language", "care", "models", "export")] == [True] * 4
    assert page.locator("#models li").count() == 5
    assert _faults(page) == []
    page.mouse.click(5, 600)
    menu.wait_for(state="hidden")

    button.focus()
    page.keyboard.press("Enter")
    menu.wait_for()
    reached = set()
    for _ in range(10):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.closest('#language, #care, #models, #export')?.id"))
    assert {"language", "care", "models", "export"} <= reached
    page.keyboard.press("Escape")
    menu.wait_for(state="hidden")
    assert page.evaluate("!!document.activeElement.closest('#menu-button')")
    open_menu(page).get_by_role("button", name="閉じる" if is_japanese else "Close").click()
    menu.wait_for(state="hidden")


def test_the_language_is_chosen_in_the_menu_which_stays_open(tab: Any) -> None:
    page = tab()
    open_menu(page).get_by_label("日本語").check()
    page.locator("#menu-button", has_text="メニュー").wait_for()
    page.locator("#models", has_text="使用中").wait_for()
    assert _is_menu_open(page)
    page.keyboard.press("Escape")
    page.locator("#menu").wait_for(state="hidden")
    assert page.evaluate("!!document.activeElement.closest('#menu-button')")
    speak(page, "English")
    page.locator("#ask", has_text="Ask").wait_for()


@in_both_looks
def test_another_model_is_chosen_for_all_pages_and_the_conversation_stays(tab: Any, look: Look) -> None:
    page, beside = tab(look), tab()
    _await_model(page, "small")
    assert "yes" in ask(page, QUESTION).inner_text()
    open_menu(page)
    _item(page, "other").locator("button").focus()
    page.keyboard.press("Enter")
    for each in (page, beside):
        _await_model(each, "other")
    assert _is_menu_open(page)
    page.wait_for_function("document.activeElement.dataset.model === 'other'")
    assert _faults(page) == []
    page.keyboard.press("Escape")
    assert page.locator("#chat .answer[data-finished]").count() == 1
    assert "no" in ask(page, QUESTION).locator(".words").inner_text()
    assert page.locator("#chat .answer[data-finished]").count() == 2
    open_menu(beside)
    _item(beside, "small").locator("button").click()
    _await_model(beside, "small")


@pytest.mark.parametrize(
    ("model", "locale", "head", "why"),
    [
        ("far", "en-US", "far can't be used; small goes on", "The model far couldn't be fetched"),
        ("far", "ja-JP", "farは使えません。smallを引き続き使います", "モデルfarを取得できませんでした"),
        ("broken.gguf", "en-US", "broken.gguf can't be used", "it is broken"),
        ("broken.gguf", "ja-JP", "broken.ggufは使えません", "読み込めません"),
    ],
)
def test_a_choice_that_fails_is_told_and_the_former_model_goes_on(
    tab: Any, model: str, locale: str, head: str, why: str
) -> None:
    page = tab(Look(NARROW.width, "light", locale))
    _await_model(page, "small")
    open_menu(page)
    _item(page, model).locator("button").click()
    page.locator("#status [data-attempt=failed]", has_text=head).wait_for(timeout=SOON)
    _item(page, model).locator(".problem", has_text=why).wait_for(timeout=SOON)
    assert _faults(page) == []
    page.keyboard.press("Escape")
    _await_model(page, "small")
    assert "yes" in ask(page, QUESTION).locator(".words").inner_text()


def test_others_may_look_at_the_models_but_not_choose(tmp_path: Path) -> None:
    with stage(tmp_path) as scene, scene.opened() as application:
        chooser = Chooser(application, replace(scene.settings, names=("news.example",)))
        menu = ModelMenu(application, chooser)
        assert "<button" not in menu.models("en")
        assert "because people on other machines" in menu.models("en")
        with pytest.warns(UserWarning, match="can&#x27;t be changed here"):  # a toast, on the page
            menu.choose("other", "en")
        assert chooser.attempt is None
