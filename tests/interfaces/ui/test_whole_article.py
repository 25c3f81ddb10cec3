"""What is asked of a whole article, on the page: points and lists with live citations, and words for small talk.

Each test in both looks, which are both languages as well.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.looks import Look, in_both_looks, opened_context
from tests.pages import ask, choose, show
from tests.room import TIME, Room

pytest.importorskip("playwright.sync_api")
pytestmark = in_both_looks


@pytest.fixture
def page(room: Room, browser: Any, look: Look) -> Iterator[Any]:
    """The page with the bakery's article."""
    context = opened_context(browser, look, height=800)
    outside: list[str] = []
    context.on("weberror", lambda error: outside.append(str(error.error)))
    context.on("request", lambda asked: outside.append(asked.url) if room.url not in asked.url else None)
    page = context.new_page()
    page.goto(room.url)
    page.locator("#article-ja [data-bead]").first.wait_for(timeout=1000 * TIME)
    choose(page, "Island bakery")
    yield page
    context.close()
    assert [url for url in outside if not url.startswith(("data:", "blob:"))] == []


def _is_english(page: Any) -> bool:
    return bool(page.evaluate("navigator.language").startswith("en"))


def _version(page: Any) -> str:
    return "en" if _is_english(page) else "ja"


def test_the_button_gives_the_key_points_which_lead_to_their_sentences(page: Any) -> None:
    page.locator(".comfort [data-ask]").click()
    answer = page.locator("#chat .answer[data-finished]").last
    answer.locator(".points li").first.wait_for()
    assert answer.locator(".words").inner_text() == ("Key points" if _is_english(page) else "要点")
    assert 3 <= answer.locator(".points li").count() <= 5
    assert answer.locator(".points li").first.get_attribute("lang") == _version(page)
    said = answer.locator(".points li .pointer").nth(1).inner_text()
    answer.locator(".points li .citation").nth(1).click()
    page.locator(f"#article-{_version(page)} [data-lit]", has_text=said).wait_for()
    assert _faults(page) == []


def test_whom_it_mentions_is_listed_each_with_its_sentence(page: Any) -> None:
    answer = ask(page, "Who is mentioned?" if _is_english(page) else "登場人物は？")
    name = "Emi Hoshino" if _is_english(page) else "星野恵美"
    assert answer.locator(".points li .pointer").all_inner_texts() == [name]
    assert name in answer.locator(".points li .context").inner_text()
    answer.locator(".points li .pointer").click()
    page.locator(f"#article-{_version(page)} [data-lit]", has_text=name).wait_for()
    assert page.evaluate("[...CSS.highlights.get('words')].map(String)") == [name]


def test_small_talk_gets_a_word_and_nothing_to_rest_on(page: Any) -> None:
    answer = ask(page, "thank you!" if _is_english(page) else "ありがとう")
    said = answer.locator(".words").inner_text()
    assert said.startswith("You're welcome" if _is_english(page) else "どういたしまして")
    assert answer.locator(".citation, .quoted, .passages, .speed").count() == 0


def test_points_are_kept_over_a_reload_and_copied_with_their_numbers(page: Any) -> None:
    ask(page, "Who is mentioned?" if _is_english(page) else "登場人物は？")
    page.reload()
    page.locator("#article-ja [data-bead]").first.wait_for(timeout=1000 * TIME)
    show(page, "talking")
    answer = page.locator("#chat .answer[data-finished]").last
    answer.locator(".points li").first.wait_for()
    copied = answer.locator(".copy").get_attribute("data-copy")
    assert copied.splitlines()[1] == ("• Emi Hoshino [2]" if _is_english(page) else "• 星野恵美 [3]")


def _faults(page: Any) -> list[str]:
    """What axe-core finds that keeps people out, and what is wider than the page."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    faults = [one["id"] for one in found if one["impact"] in ("serious", "critical")]
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*faults, *["wider than the page"] * wide]
