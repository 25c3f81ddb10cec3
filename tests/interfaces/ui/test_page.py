"""The page as a person uses it: the real server with the real model, in Chromium, wide and light, narrow and dark.

A test is in both looks where it goes from the article to the conversation, which are two sides of a narrow page, where
the head of the page has another order there, or where it shows what somebody wrote; else in one.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from assistant.library.article import parse_article
from assistant.library.sample import SAMPLE
from assistant.text.language import Language, question_language
from tests import needs
from tests.conftest import Knowing, started_server
from tests.looks import NARROW, WIDE, Look, in_both_looks, in_narrow_look
from tests.pages import ANSWER, REPOSITORY, Open, Server, add, ask, choose, open_menu, remove, show, speak
from tests.texts import BILINGUAL, ENGLISH

pytest.importorskip("playwright.sync_api")


@pytest.fixture(scope="module")
def server(look: Look, tmp_path_factory: pytest.TempPathFactory, knowing: Knowing) -> Iterator[Server]:
    """A server of its own for each look: what one's tests add isn't there for the other's."""
    yield from started_server(knowing(tmp_path_factory.mktemp("page")))


@pytest.fixture
def open_page(open_page: Open, look: Look) -> Open:
    """Opens the page in the look, in English unless a test says otherwise."""
    return partial(open_page, width=look.width, scheme=look.scheme)


@pytest.fixture
def held_page(open_page: Open) -> tuple[Any, Callable[[], None]]:
    """The page before its own first event is through, and what lets that through."""
    held: list[Any] = []

    def hold_the_first(route: Any) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page = open_page(before=lambda page: page.route("**/queue/join*", hold_the_first))
    while not held:
        page.wait_for_timeout(50)

    def go_on() -> None:
        held[0].continue_()
        page.locator("#article-en [data-sentence]").first.wait_for(state="attached")

    return page, go_on


def test_a_question_asked_before_the_page_has_its_list_is_about_the_newest_article(
    held_page: tuple[Any, Callable[[], None]],
) -> None:
    page, go_on = held_page
    answer = ask(page, "When are Alibaba's results due?")
    go_on()
    assert "Thursday" in answer.inner_text()


def test_what_was_told_before_the_page_has_its_list_stays(held_page: tuple[Any, Callable[[], None]]) -> None:
    page, go_on = held_page
    page.click("#ask")
    page.locator("#chat .problem").wait_for()
    go_on()
    assert page.locator("#chat .problem").count() == 1


AT_ONCE = """
  new MutationObserver((_, observer) => {
    const box = document.querySelector("#question textarea");
    if (!box) return;
    observer.disconnect();
    box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  }).observe(document, { childList: true, subtree: true });
"""


@in_both_looks
def test_a_key_that_is_pressed_as_soon_as_the_box_is_there_brings_the_conversation_up(open_page: Open) -> None:
    page = open_page()
    page.add_init_script(AT_ONCE)
    page.reload()
    page.locator(".tabs [data-tab=talking][aria-pressed=true]").wait_for(state="attached")


@in_both_looks
def test_the_sample_is_there_in_both_languages(open_page: Open) -> None:
    page = open_page()
    english, japanese = SAMPLE.read_text(encoding="utf-8").strip().split("\n\n")
    page.locator("#article-ja [data-bead]").first.wait_for(timeout=60_000)
    for version, written in (("en", english), ("ja", japanese)):
        assert page.inner_text(f"#article-{version} article").split() == written.split()


STREAMED = {
    WIDE: ("When are Alibaba's results due?", "en", "Thursday"),
    NARROW: ("金曜日に中国企業指数は何パーセント上がりましたか？", "ja", "4.1%"),
}
"""What is asked in a look's language, in which version the answer stands, and what it has."""


@in_both_looks
def test_a_question_streams_an_answer_whose_citation_lights_its_sentence_up(open_page: Open, look: Look) -> None:
    question, version, expected = STREAMED[look]
    page = open_page(look.locale)
    page.evaluate(
        """() => {
          window.seen = new Set();
          new MutationObserver(() => {
            const answer = document.querySelector("#chat .answer");
            if (answer) window.seen.add([...answer.children].map((part) => part.className).join("+"));
            const words = document.querySelector("#chat .answer:not([data-finished]) .words");
            if (words) window.seen.add("streamed");
          }).observe(document.body, { childList: true, subtree: true, characterData: true });
        }"""
    )
    answer = ask(page, question)
    page.locator("#article-en [data-bead]").first.wait_for(timeout=60_000, state="attached")
    seen = page.evaluate("() => [...window.seen]")
    assert "waiting+passages" in seen, "the passages found come before the answer"
    assert "streamed" in seen, "the answer is shown while it grows"
    assert expected in answer.inner_text()
    assert page.locator("[data-evidence]").count() > 0

    citation = answer.locator("[data-citation]").first
    citation.click()
    lit = page.locator(f"#article-{version} [data-lit]")
    lit.first.wait_for()
    assert lit.count() == 1
    assert lit.get_attribute("data-sentence") == f"{version}-{citation.get_attribute('data-citation')}"
    assert expected in lit.inner_text()
    twin = page.locator("#article-ja [data-lit]" if version == "en" else "#article-en [data-lit]")
    assert [lit.get_attribute("data-bead")] == [one.get_attribute("data-bead") for one in twin.all()]
    page.wait_for_timeout(800)
    assert lit.evaluate(
        """(sentence) => {
          const box = sentence.getBoundingClientRect();
          const version = sentence.closest(".block.version").getBoundingClientRect();
          return box.top >= version.top && box.bottom <= version.bottom && box.bottom <= window.innerHeight;
        }"""
    ), "the sentence is scrolled into view"


def test_pointing_at_a_sentence_marks_its_twin(open_page: Open) -> None:
    page = open_page()
    twin = page.locator("[data-twin]")
    page.locator("#article-en [data-bead]").first.wait_for(timeout=30_000)
    page.hover("#article-en [data-sentence='en-2']")
    assert [one.get_attribute("data-sentence") for one in twin.all()] == ["en-2", "ja-2", "ja-3"]
    page.hover("#article-ja [data-sentence='ja-6']")
    assert [one.get_attribute("data-sentence") for one in twin.all()] == ["en-5", "ja-6"]
    page.hover("#header h1")
    assert twin.count() == 0


def test_sentences_and_their_twins_are_reached_from_the_keyboard(open_page: Open) -> None:
    page = open_page()
    page.locator("#article-en [data-bead]").first.wait_for(timeout=30_000)
    page.focus("#article-en [data-bead][tabindex='0']")
    for key, expected in (
        ("ArrowDown", ["en-2", "ja-2", "ja-3"]),
        ("ArrowDown", ["en-3", "ja-4"]),
        ("ArrowRight", ["en-3", "ja-4"]),
        ("ArrowUp", ["en-2", "ja-2", "ja-3"]),
    ):
        page.keyboard.press(key)
        assert [one.get_attribute("data-sentence") for one in page.locator("[data-twin]").all()] == expected
    assert page.evaluate("() => document.activeElement.dataset.sentence") == "ja-3"
    page.focus("#question textarea")
    assert page.locator("[data-twin]").count() == 0


@in_both_looks
def test_a_figure_is_shown_where_the_article_has_it_in_both_languages(open_page: Open, look: Look) -> None:
    page = open_page()
    page.locator("#article-en [data-bead]").first.wait_for(timeout=30_000)
    answer = ask(page, "How much have Alibaba's shares risen since the start of the year?")
    figure = answer.locator(".figure")
    assert "58.79%" in figure.inner_text()
    assert "found in the article" in str(figure.get_attribute("title"))
    figure.hover()
    assert [one.get_attribute("data-sentence") for one in page.locator("[data-twin]").all()] == ["en-17", "ja-20"]
    figure.focus()
    page.keyboard.press("Space" if look.is_narrow else "Enter")
    assert [one.get_attribute("data-sentence") for one in page.locator("[data-lit]").all()] == ["en-17", "ja-20"]


@in_narrow_look
def test_an_enter_that_confirms_a_conversion_does_not_send(open_page: Open) -> None:
    page = open_page("ja-JP")
    page.locator("#article-en [data-sentence]").first.wait_for()
    page.evaluate(
        """() => {
          window.seen = [];
          for (const type of ["compositionstart", "compositionend", "keydown"])
            document.addEventListener(type, (event) => window.seen.push(type + (event.isComposing ?? "")), true);
        }"""
    )
    page.fill("#question textarea", "従業員は")
    method = page.context.new_cdp_session(page)
    method.send("Input.imeSetComposition", {"text": "何人", "selectionStart": 2, "selectionEnd": 2})
    page.keyboard.press("Enter")
    method.send("Input.insertText", {"text": "何人"})
    page.wait_for_timeout(1000)
    assert page.evaluate("() => window.seen") == ["compositionstart", "keydowntrue", "compositionend"]
    assert page.locator("#chat .asked").count() == 0
    assert page.input_value("#question textarea") == "従業員は何人"
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("ですか？")
    page.wait_for_timeout(500)
    assert page.locator("#chat .asked").count() == 0
    page.keyboard.press("Enter")
    page.locator("#chat .asked").wait_for(timeout=30_000)
    page.click("#stop")


def test_an_open_article_is_read_before_anything_is_asked_and_what_came_of_it_goes_with_it(
    open_page: Open, server: Server
) -> None:
    page = open_page()
    add(page, f"{BILINGUAL}\n\n{ENGLISH}", "Rolls")
    article = parse_article(f"{BILINGUAL}\n\n{ENGLISH}", "Rolls").id
    deadline = time.monotonic() + ANSWER / 1000
    while len(list(server.home.glob(f"prefixes/{article}-*.kv"))) < len(Language):
        assert time.monotonic() < deadline
        time.sleep(0.5)
    began = time.monotonic()
    assert "240" in ask(page, "How much does a roll cost?").inner_text()
    assert time.monotonic() - began < 6
    show(page, "reading")
    remove(page)
    page.locator("#notice", has_text="Removed").wait_for()
    assert list(server.home.glob(f"prefixes/{article}*")) == []


@in_both_looks
def test_stop_ends_the_reading_and_the_next_question_is_answered(open_page: Open) -> None:
    page = open_page()
    story = "\n".join(f"In year {n} the harbour handled {n * 7} ships and {n + 3} ferries." for n in range(1, 60))
    add(page, story, "Harbour")
    page.fill("#question textarea", "How many ships did the harbour handle in year 7?")
    page.press("#question textarea", "Enter")
    page.locator("#chat .waiting").wait_for(timeout=30_000)
    page.click("#stop")
    page.locator("#chat .answer[data-finished] .stopped").wait_for(timeout=5_000)
    choose(page, "Alibaba shares climb")
    assert "Thursday" in ask(page, "When are Alibaba's results due?").inner_text()
    choose(page, "Harbour")  # and removes it, so that the model doesn't read it ahead while other tests ask
    page.locator("#article-en", has_text="In year 59").wait_for()
    remove(page)
    page.locator("#notice", has_text="Removed: Harbour").wait_for()


def test_an_added_article_can_be_asked_about_and_is_there_after_a_restart(open_page: Open, server: Server) -> None:
    page = open_page()
    add(page, BILINGUAL, "A story of both languages")
    assert page.locator("#article-ja [data-sentence]").count() > 3
    sentences = page.locator("#article-en [data-sentence]").count()
    page.locator("#article-en [data-bead]").first.wait_for(timeout=60_000)
    page.goto("about:blank")
    server.stop()
    server.start()
    page = open_page()
    choose(page, "A story of both languages")
    page.locator(f"#article-en [data-sentence='en-{sentences}']").wait_for()


@in_both_looks
def test_hostile_text_is_shown_as_typed_and_runs_nothing(open_page: Open) -> None:
    page = open_page()
    hostile = '<img src=x onerror="window.hacked=1"> costs $16.59 or $$5$$, *not* ~5~ <b>dollars</b>.'
    title = '<img src=x onerror="window.hacked=2">'
    add(page, f"{hostile} The rest of the article is harmless.", title)
    assert hostile in page.inner_text("#article-en")
    page.wait_for_function("title => document.querySelector('#articles input').value.includes(title)", arg=title)
    answer = ask(page, f"What costs $16.59 or $$5$$, *not* ~5~ <b>dollars</b>? {title}")
    assert f"*not* ~5~ <b>dollars</b>? {title}" in page.locator("#chat .asked").last.inner_text()
    if answer.locator("[data-citation]").count():
        answer.locator("[data-citation]").first.click()
    page.wait_for_timeout(500)
    assert page.evaluate("() => window.hacked") is None
    assert page.locator("#chat img, #articles img, .version img").count() == 0


def test_a_file_fills_the_box_and_is_added(open_page: Open, tmp_path: Path) -> None:
    file = tmp_path / "story.md"
    file.write_text(ENGLISH, encoding="utf-8")
    page = open_page()
    page.click("#manage button")
    page.set_input_files("input[type=file] >> nth=0", file)
    page.wait_for_function("() => document.querySelector('#add-text textarea').value.length > 100")
    page.click("#add")
    page.locator("#notice .notice").wait_for(timeout=30_000)
    assert page.locator("#article-ja .missing").count() == 1


FILES = {
    WIDE: ("snow-cellar.html", "雪で冷やす倉庫、米の貯蔵量が倍に", "2025-02-18", "ja"),
    NARROW: ("night-train.docx", "Night train to the coast gets a sleeping car for dogs", "2025-01-20", "en"),
}
"""What is added in a look, its title and date, and its version."""


@in_both_looks
def test_a_page_or_document_is_read_with_title_and_date(open_page: Open, look: Look) -> None:
    file, title, date, version = FILES[look]
    page = open_page()
    page.click("#manage button")
    page.set_input_files("input[type=file] >> nth=0", REPOSITORY / "tests" / "data" / file)
    page.get_by_text("look it over and add it").wait_for(timeout=30_000)
    assert page.input_value("#add-title input, #add-title textarea") == title
    page.click("#add")
    page.locator("#notice", has_text=f"Added: {title}").wait_for(timeout=30_000)
    assert page.inner_text(f"#article-{version} .date") == date
    assert page.input_value("#add-text textarea") == ""
    remove(page)
    page.locator("#notice", has_text="Removed").wait_for(timeout=30_000)


def test_an_address_of_this_machine_is_not_fetched(open_page: Open, server: Server) -> None:
    page = open_page()
    page.click("#manage button")
    page.fill("#address input, #address textarea", "ftp://example.org")
    page.click("#fetch")
    page.locator("#notice .problem", has_text="beginning with http").wait_for(timeout=30_000)
    page.fill("#address input, #address textarea", server.url)
    page.press("#address input, #address textarea", "Enter")
    page.locator("#notice .problem", has_text="127.0.0.1").wait_for(timeout=30_000)
    assert page.input_value("#add-text textarea") == ""


@in_narrow_look
def test_what_cannot_be_added_is_said_and_stays_in_the_box(open_page: Open) -> None:
    page = open_page()
    page.click("#manage button")
    page.fill("#add-text textarea", "这是一篇中文文章，我们不支持这种语言。")
    page.click("#add")
    page.locator("#notice .problem").wait_for()
    assert "neither English nor Japanese" in page.inner_text("#notice")
    assert page.input_value("#add-text textarea").startswith("这是")


def test_an_empty_question_is_a_clear_problem_not_an_answer(open_page: Open) -> None:
    page = open_page()
    page.click("#ask")
    page.locator("#chat .problem").wait_for()
    assert page.locator("#chat .answer").count() == 0


@in_both_looks
def test_a_citation_of_another_article_opens_it(open_page: Open) -> None:
    page = open_page()
    add(page, "The lighthouse keeper of Skerry retired on Sunday after 41 years.", "Another story")
    choose(page, "All articles", among="asked")
    answer = ask(page, "When are Alibaba's results due?")
    assert page.locator("#article-ja .missing").count() == 1
    answer.locator("[data-citation]").first.click()
    page.locator("#article-en [data-lit]").wait_for()
    assert "Thursday" in page.inner_text("[data-lit]")
    assert "Alibaba shares climb" in answer.locator(".source").first.inner_text()


@in_both_looks
def test_a_suggested_question_is_asked_by_a_click_and_two_others_follow(open_page: Open, look: Look) -> None:
    """In the look's language."""
    page = open_page(look.locale)
    page.locator("#article-en [data-sentence]").first.wait_for()
    choose(page, "Alibaba shares climb")
    show(page, "talking")
    shown = page.locator("#suggestions button:visible")
    shown.nth(3).wait_for()
    suggested = shown.all_inner_texts()
    language = Language.JAPANESE if look is NARROW else Language.ENGLISH
    assert {question_language(question) for question in suggested} == {language}
    shown.first.click()
    page.locator("#chat .answer[data-finished]").wait_for(timeout=ANSWER)
    assert page.inner_text("#chat .asked") == suggested[0]
    assert page.locator("#chat .citation").count() > 0
    page.wait_for_function("document.querySelectorAll('#suggestions button').length === 2")
    assert shown.all_inner_texts() == suggested[1:3]


def test_questions_on_an_article_that_was_added_come_by_themselves(open_page: Open) -> None:
    page = open_page()
    add(
        page,
        "Norrby gets its observatory\n\nThe observatory of Norrby opened on 3 May 2031. It has 14 telescopes, and a "
        "visit costs 12 euros. The town paid 9 million euros for the building.",
    )
    show(page, "talking")
    made_up = page.locator("#suggestions button:visible", has_text=re.compile("observatory|telescopes|visit|building"))
    made_up.first.wait_for(timeout=ANSWER)
    show(page, "reading")
    remove(page)
    page.locator("#notice .notice", has_text="Removed").wait_for()


def test_how_far_the_adding_of_a_long_article_is_is_shown(open_page: Open) -> None:
    page = open_page()
    page.click("#manage button")
    page.fill("#add-text textarea", "\n\n".join(f"Berth {n} of the harbour takes {n} boats a day." for n in range(300)))
    page.click("#add")
    page.locator("#notice", has_text="Adding the article").wait_for()
    page.locator("#notice .notice", has_text="Added").wait_for(timeout=ANSWER)
    remove(page)
    page.locator("#notice .notice", has_text="Removed").wait_for(timeout=ANSWER)


@in_both_looks
def test_several_articles_are_asked_together(open_page: Open) -> None:
    page = open_page()
    add(page, "Fern Hall library in Osney closed on 3 May after 12 years.", "Library closes")
    add(page, "Bakers in Osney sold 940 rolls on 4 May.", "Rolls")
    choose(page, "Library closes", among="asked")
    choose(page, "Alibaba shares climb", among="asked")
    page.keyboard.press("Escape")
    answer = ask(page, "After how many years did the library close?")
    assert "12" in answer.locator(".words").inner_text()
    assert "Library closes" in answer.locator(".source").first.inner_text()
    assert "rolls" not in answer.locator(".passages").inner_text()


def test_an_article_is_removed(open_page: Open) -> None:
    page = open_page()
    add(page, "The lighthouse keeper retired on Monday after 41 years.", "To be removed")
    remove(page)
    page.get_by_text("Removed: To be removed").wait_for()
    page.click("#articles input")
    assert page.get_by_role("option", name="To be removed").count() == 0


def test_what_the_page_asks_before_it_knows_that_an_article_is_gone_is_no_error(open_page: Open) -> None:
    page = open_page()
    add(page, "The harbour pilot found a second anchor on Tuesday, 12 metres down.", "Anchor")
    held: list[Any] = []

    def hold_the_first(route: Any) -> None:
        if held or "/run/predict" not in route.request.url:
            route.continue_()
        else:
            held.append(route)

    page.route("**/*", hold_the_first)
    while not held:
        page.wait_for_timeout(50)
    assert parse_article("The harbour pilot found a second anchor on Tuesday, 12 metres down.", "Anchor").id in str(
        held[0].request.post_data
    )
    remove(page)
    page.get_by_text("Removed: Anchor").wait_for()
    with page.expect_response(lambda response: response.request == held[0].request) as late:
        held[0].continue_()
    assert late.value.status == 200


def test_the_page_speaks_the_browser_s_language(open_page: Open) -> None:
    page = open_page("ja-JP")
    page.locator("#header h1").wait_for()
    assert page.inner_text("#header h1") == "記事アシスタント"
    assert (page.inner_text("#ask"), page.text_content("#stop").strip()) == ("質問する", "停止")
    assert not page.locator("#stop").is_visible()


@in_both_looks
def test_the_page_s_language_can_be_chosen_and_is_remembered(open_page: Open) -> None:
    page = open_page()
    page.locator("#article-en [data-sentence]").first.wait_for()
    speak(page, "日本語")
    page.get_by_text("記事アシスタント").wait_for()
    said = {
        "#ask": "質問する",
        "#menu-button": "メニュー",
        "#care": "バランスを取る",
        "#manage": "記事の追加と削除",
    }
    for place, words in said.items():
        page.locator(place, has_text=words).wait_for(state="attached")
    page.reload()
    page.get_by_text("記事アシスタント").wait_for()
    page.locator("#ask", has_text="質問する").wait_for()
    assert page.locator("#language").get_by_label("日本語").is_checked()
    speak(page, "English")
    page.locator("#ask", has_text="Ask").wait_for()


@in_both_looks
def test_a_conversation_survives_a_reload_and_can_be_gone_on_with(open_page: Open) -> None:
    page = open_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("#article-en [data-sentence]").first.wait_for()
    choose(page, "Alibaba shares climb")
    ask(page, "When are Alibaba's results due?")
    page.reload()
    page.locator("#article-en [data-sentence]").first.wait_for()
    show(page, "talking")
    answer = page.locator("#chat .answer[data-finished]")
    answer.wait_for(timeout=30_000)
    assert "Thursday" in answer.inner_text()
    answer.locator("[data-citation]").first.click()
    page.locator("#article-en [data-lit]").wait_for()
    lit = page.inner_text("#article-en [data-lit]")

    show(page, "talking")
    answer.locator(".copy").click()
    answer.get_by_text("Copied").wait_for()
    first, *cited = str(page.evaluate("() => navigator.clipboard.readText()")).split("\n")
    assert "Thursday" in first
    assert cited[0] == f"[8] {lit}"

    with page.expect_download() as download:
        open_menu(page).locator("#export").click()
    page.keyboard.press("Escape")
    written = download.value.path().read_text(encoding="utf-8")
    assert download.value.suggested_filename == "conversation.md"
    assert written.startswith("# Conversation\n\n## When are Alibaba's results due?\n\n")
    assert "\n\n> \\[8\\] Alibaba is due to publish" in written

    answer.locator(".edit").click()
    answer.wait_for(state="detached")
    assert page.input_value("#question textarea") == "When are Alibaba's results due?"
    assert "58.79%" in ask(page, "How much have Alibaba's shares risen since the start of the year?").inner_text()
    answer.locator(".again").click()
    answer.wait_for(state="detached")
    answer.wait_for(timeout=ANSWER)
    assert "58.79%" in answer.inner_text()
    assert page.locator("#chat .asked").count() == 1

    page.click("#chat button[aria-label*='lear' i], #chat button[title*='lear' i]")
    answer.wait_for(state="detached")
    page.reload()
    page.locator("#article-en [data-sentence]").first.wait_for()
    assert page.locator("#chat .answer").count() == 0


def test_a_taken_port_is_said_in_one_line(server: Server, tmp_path: Path) -> None:
    command = [sys.executable, "app.py", "--port", str(server.port), "--model", str(needs.model_path())]
    environment = os.environ | {"ASSISTANT_HOME": str(tmp_path)}
    result = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=120)
    assert result.returncode == 2
    assert f"can't listen on 127.0.0.1:{server.port}" in result.stderr
    assert "Traceback" not in result.stderr
