"""The page for all eyes and hands: axe finds no fault, wide and narrow, light and dark, in both languages."""

from typing import Any

import pytest

from tests.looks import NARROW, WIDE, Look, in_both_looks, in_looks
from tests.pages import Open, add, ask, open_menu, remove, show
from tests.texts import ENGLISH

pytest.importorskip("playwright.sync_api")

GRAVE = {"serious", "critical"}


def _faults(page: Any) -> list[str]:
    """What axe-core finds that keeps people out, and what is wider than the page."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    grave = [
        f"{each['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for each in found
        if each["impact"] in GRAVE
        for node in each["nodes"]
    ]
    width = page.evaluate("document.documentElement.scrollWidth")
    return grave if width <= page.viewport_size["width"] else [*grave, f"the page is {width} pixels wide"]


FOUR = (
    Look(WIDE.width, "light", "en-US"),
    Look(WIDE.width, "dark", "ja-JP"),
    Look(NARROW.width, "light", "ja-JP"),
    Look(NARROW.width, "dark", "en-US"),
)
"""Contrasts differ in what only one width has, and so does the room that words take in what only one language has."""


@in_looks(*FOUR)
def test_nothing_keeps_anybody_out(open_page: Open, look: Look) -> None:
    page = open_page(look.locale, look.width, look.scheme)
    page.locator("[data-bead]").first.wait_for()
    assert _faults(page) == []
    answered = ask(page, "How much did Alibaba's Hong Kong shares rise on Friday?")
    assert answered.locator(".figure, .citation").count() >= 2
    answered.locator(".citation").first.click()
    page.locator("[data-lit]").first.wait_for()
    refused = ask(page, "アリババの本社の従業員は何人ですか？")
    assert refused.get_attribute("data-refused") == "true"
    assert _faults(page) == []
    show(page, "reading")
    page.click("#manage button")
    page.locator("#add-text textarea").wait_for()
    page.click("#add")
    page.locator("#notice .problem").wait_for()
    assert _faults(page) == []
    add(page, ENGLISH, "Rolls")
    assert _faults(page) == []
    remove(page)
    page.locator("[data-bead]").first.wait_for()


@in_both_looks
def test_everything_is_reached_by_keyboard(open_page: Open, look: Look) -> None:
    page = open_page(look.locale, look.width, look.scheme)
    page.locator("[data-bead]").first.wait_for()
    ask(page, "How much did Alibaba's Hong Kong shares rise on Friday?")
    open_menu(page)
    reached = set()
    page.keyboard.press("Tab")
    for _ in range(80):
        at = page.evaluate(
            """() => {
              const at = document.activeElement;
              const style = getComputedStyle(at);
              const shows = at === document.body || style.outlineStyle !== "none" || style.boxShadow !== "none"
                || at.matches("input[type=radio]") || !!at.closest(".wrap, label")?.matches(":focus-within");
              const place = at.closest("[id]:not(#component-0)")?.id || "";
              return [at.className.split(" ")[0], place, shows, at.outerHTML.slice(0, 200)];
            }"""
        )
        reached.update(at[:2])
        assert at[2], f"nothing shows that {at} is reached"
        page.keyboard.press("Tab")
    of_both = {
        "citation",
        "figure",
        "pointer",
        "question",
        "ask",
        "copy",
        "again",
        "edit",
        "export",
        "care",
        "language",
    }
    assert of_both | (set() if look.is_narrow else {"articles", "manage"}) <= reached
