"""How the article is shown: which versions, how large, with readings, aloud; what is in one version only; twins."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.fake_context import wait_for
from tests.looks import Look, in_both_looks, in_narrow_look, opened_context
from tests.pages import add, choose, remove, show, speak
from tests.room import TIME, Room
from tests.texts import ENGLISH, JAPANESE

pytest.importorskip("playwright.sync_api")

CAT = "A grey cat called Muffin sleeps in the window of the shop all day long."
LONGER = f"{ENGLISH}\n\n{CAT}\n\nWhat comes next\n\nNobody knows it. The cat sleeps.\n\n{JAPANESE}\n"
QUESTION = "How much does a roll cost?"
VOICES = """() => {
  window.said = [];
  class Utterance {
    constructor(text) {
      this.text = text;
    }
  }
  const voices = [
    { lang: "ja-JP", localService: false, default: true, name: "far" },
    { lang: "en-GB", localService: true, default: false, name: "near" },
  ];
  const speech = Object.assign(new EventTarget(), {
    getVoices: () => voices,
    speak: (one) => window.said.push(one),
    cancel: () => window.said.at(-1)?.onerror?.({ error: "canceled" }),
  });
  Object.defineProperty(window, "speechSynthesis", { value: speech });
  window.SpeechSynthesisUtterance = Utterance;
  window.voices = voices;
}"""


@pytest.fixture
def page(room: Room, browser: Any, look: Look) -> Iterator[Any]:
    """The page with the bakery's article, in a browser with one voice of its own, which is English."""
    context = opened_context(browser, look, height=800)
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    page = context.new_page()
    page.add_init_script(f"({VOICES})()")
    page.goto(room.url)
    page.locator("#article-ja [data-bead]").first.wait_for(timeout=1000 * TIME)
    choose(page, "Island bakery")
    page.locator("#article-ja [data-bead]").first.wait_for(timeout=1000 * TIME)
    yield page
    context.close()
    assert errors == []


def _is_english(page: Any) -> bool:
    return bool(page.viewport_size["width"] > 640)


def _pressed(page: Any, place: str) -> str | None:
    pressed: str | None = page.locator(f".comfort {place}").get_attribute("aria-pressed")
    return pressed


def _japanese(page: Any) -> Any:
    """The Japanese version's sentence that begins 客は."""
    return page.locator("#article-ja [data-sentence]", has_text="朝").first


def test_the_versions_shown_are_chosen_and_remembered(page: Any) -> None:
    english, japanese = page.locator("#article-en"), page.locator("#article-ja")
    for shown, seen in (("en", [True, False]), ("ja", [False, True]), ("both", [True, True])):
        page.click(f".comfort [data-show={shown}]")
        assert [english.is_visible(), japanese.is_visible()] == seen
        assert page.locator(".comfort .furigana").is_visible() is seen[1]
        assert [page.locator(f".comfort [data-speak={one}]").is_visible() for one in ("en", "ja")] == seen
    page.click(".comfort [data-show=ja]")
    page.reload()
    page.locator("#article-ja [data-bead]").first.wait_for(timeout=1000 * TIME)
    assert not english.is_visible()
    assert (_pressed(page, "[data-show=ja]"), _pressed(page, "[data-show=both]")) == ("true", "false")


@in_narrow_look
def test_a_sentence_that_is_pointed_at_is_seen_whatever_was_chosen(page: Any) -> None:
    page.click(".comfort [data-show=ja]")
    sentence = page.locator("#article-en [data-sentence=en-4]")
    _point_at(page, sentence, 2, 7)
    page.locator("#article-en [data-lit]").wait_for()
    assert sentence.is_visible()
    assert _pressed(page, "[data-show=both]") == "true"


@in_both_looks
def test_the_text_grows_and_shrinks_to_an_end_and_stays_so(page: Any) -> None:
    larger, smaller = (page.locator(f".comfort [data-resize='{by}']") for by in (1, -1))
    sentence = page.locator("#article-en [data-sentence=en-3]")

    def size() -> float:
        return float(sentence.evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)"))

    usual = size()
    steps = 0
    while larger.is_enabled():
        before = size()
        larger.click()
        steps += 1
        assert size() > before
    assert (steps, size()) == (3, pytest.approx(1.5 * usual))
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    page.reload()
    sentence.wait_for(timeout=1000 * TIME)
    assert size() == pytest.approx(1.5 * usual)
    while smaller.is_enabled():
        smaller.click()
    assert size() == pytest.approx(0.85 * usual)


def _point_at(page: Any, sentence: Any, start: int, end: int) -> None:
    """Clicks what an answer would have that rests on these characters of a sentence."""
    first = int(sentence.get_attribute("data-start"))
    article = sentence.locator("xpath=ancestor::article")
    places = [article.get_attribute(name) for name in ("data-article", "lang")]
    page.evaluate(
        """([article, language, start, end]) => {
          const button = document.createElement("button");
          button.className = "pointer";
          Object.assign(button.dataset, { article, language, start, end });
          document.querySelector("#chat").append(button);
          button.click();
          button.remove();
        }""",
        [*places, first + start, first + end],
    )


def _marked(page: Any) -> str:
    """The words that are marked, without the readings above them."""
    return str(
        page.evaluate(
            """() => [...CSS.highlights.get("words")].map((range) => {
              const words = range.cloneContents();
              words.querySelectorAll?.("rt").forEach((reading) => reading.remove());
              return words.textContent;
            }).join("|")"""
        )
    )


@in_both_looks
def test_readings_stand_above_the_words_and_change_nothing_else(page: Any) -> None:
    sentence = _japanese(page)
    words = sentence.inner_text()
    at = words.index("6時半")
    place = sentence.bounding_box()
    assert page.locator("#article-ja rt").count() == 0
    page.click(".comfort .furigana")
    assert _pressed(page, ".furigana") == "true"
    above = sentence.locator("ruby", has_text="朝").locator("rt")
    assert (above.inner_text(), above.get_attribute("aria-hidden")) == ("あさ", "true")
    assert sentence.bounding_box() != place
    _point_at(page, sentence, at, at + 3)
    assert _marked(page) == "6時半"
    copied = sentence.evaluate("(one) => (getSelection().selectAllChildren(one), getSelection().toString())")
    assert copied == words
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    page.reload()
    page.locator("#article-ja rt").first.wait_for(timeout=1000 * TIME)
    page.locator("#article-ja [data-bead] rt").first.wait_for(timeout=1000 * TIME)
    page.click(".comfort .furigana")
    assert page.locator("#article-ja rt").count() == 0
    assert _japanese(page).inner_text() == words


def test_readings_stay_when_the_page_s_language_or_the_article_changes(page: Any) -> None:
    page.click(".comfort .furigana")
    page.locator("#article-ja rt").first.wait_for()
    before = page.locator("#article-ja rt").all_inner_texts()
    said = page.inner_text(".comfort .furigana")
    speak(page, "日本語" if _is_english(page) else "English")
    page.wait_for_function("(said) => document.querySelector('.comfort .furigana').innerText !== said", arg=said)
    page.wait_for_function("() => document.querySelector('.comfort .furigana').ariaPressed === 'true'")
    assert page.locator("#article-ja rt").all_inner_texts() == before
    add(page, "港の灯台\n\n灯台は白い。\n\nThe lighthouse\n\nThe lighthouse is white.")
    page.locator("#article-ja rt", has_text="とうだい").first.wait_for()
    assert page.locator("#article-ja [data-sentence]").last.inner_text().replace("\n", "") != ""
    remove(page)
    page.locator("#article-ja rt", has_text="ほしの").first.wait_for()


@in_narrow_look
def test_an_article_in_one_version_has_no_choice_of_versions_nor_readings(page: Any) -> None:
    add(page, "The lighthouse keeper of Skerry retired on Sunday after 41 years.", "Keeper")
    page.locator("#article-ja .missing").wait_for()
    bar = page.locator(".comfort")
    assert [bar.locator(each).is_visible() for each in (".shown", ".furigana", "[data-speak=ja]")] == [False] * 3
    assert bar.locator("[data-speak=en]").is_visible()
    remove(page)
    page.locator("#article-ja article").wait_for()


def test_a_version_is_read_aloud_sentence_by_sentence_until_it_is_stopped(page: Any) -> None:
    button = page.locator(".comfort [data-speak=en]")
    aloud = page.locator("[data-aloud]")
    start = button.get_attribute("aria-label")
    sentences = page.locator("#article-en [data-sentence]")
    button.click()
    for number in range(2):
        assert aloud.count() == 1
        assert aloud.get_attribute("data-sentence") == f"en-{number + 1}"
        assert page.evaluate("() => [said.at(-1).text, said.at(-1).voice.name, said.length]") == [
            sentences.nth(number).text_content(),
            "near",
            number + 1,
        ]
        page.evaluate("() => said.at(-1).onend()")
    assert button.get_attribute("aria-label") != start
    button.click()
    assert aloud.count() == 0
    page.evaluate("() => said.at(-1).onend()")  # too late
    assert page.evaluate("() => said.length") == 3
    assert button.get_attribute("aria-label") == start
    button.click()
    for _ in range(sentences.count()):
        page.evaluate("() => said.at(-1).onend()")
    assert aloud.count() == 0
    assert page.evaluate("() => said.length") == 3 + sentences.count()


@in_narrow_look
def test_only_voices_of_this_machine_read_and_readings_are_not_read(page: Any) -> None:
    button = page.locator(".comfort [data-speak=ja]")
    assert button.is_disabled()
    none = "no Japanese voice" if _is_english(page) else "日本語の音声がありません"
    assert none in button.get_attribute("title")
    page.evaluate("() => (voices[0].localService = true, speechSynthesis.dispatchEvent(new Event('voiceschanged')))")
    assert button.is_enabled()
    assert none not in button.get_attribute("title")
    page.click(".comfort .furigana")
    button.click()
    assert page.evaluate("() => [said.at(-1).text, said.at(-1).lang]") == [JAPANESE.split("\n")[0], "ja-JP"]


@in_both_looks
def test_what_is_in_one_version_only_is_marked_counted_and_asked_for(page: Any, room: Room) -> None:
    add(page, LONGER, "Muffin")
    only = page.locator("#article-en [data-only]")
    only.first.wait_for(timeout=1000 * TIME)
    assert CAT in only.all_inner_texts()
    assert page.locator("#article-ja [data-only]").count() == 0
    said = "Only in English" if _is_english(page) else "英語版だけの文"
    assert only.first.get_attribute("title").startswith(said)
    headings = page.locator("#article-en :is(h2, h3)").all_inner_texts()
    assert headings == ["Island bakery sells its millionth cinnamon roll", "What comes next"]
    count = page.locator("#article-en .count button")
    assert str(only.count()) in count.inner_text()
    assert page.locator("#article-ja .count").count() == 0
    assert _faults(page) == []
    count.click()
    asked = count.get_attribute("data-ask")
    page.locator("#chat .asked", has_text=asked).wait_for(timeout=1000 * TIME)
    if not _is_english(page):
        assert not page.locator("#article-en").is_visible()
    page.keyboard.press("Escape")
    page.locator("#chat .answer[data-finished]").first.wait_for(timeout=1000 * TIME)
    show(page, "reading")
    remove(page)
    page.locator("#article-en [data-only]").first.wait_for(state="detached")


def test_while_an_answer_comes_a_question_of_a_button_waits_in_the_box(page: Any, room: Room) -> None:
    page.fill("#question textarea", QUESTION)
    page.press("#question textarea", "Enter")
    page.locator("#chat .waiting").wait_for(timeout=1000 * TIME)
    show(page, "reading")
    points = page.locator(".comfort [data-ask]")
    asked = points.get_attribute("data-ask")
    points.click()
    page.wait_for_timeout(300)
    assert page.input_value("#question textarea") == asked
    assert page.locator("#chat .asked").all_inner_texts() == [QUESTION]
    page.keyboard.press("Escape")
    page.locator("#chat .answer[data-finished]").wait_for(timeout=1000 * TIME)
    show(page, "reading")
    points.click()
    page.locator("#chat .asked", has_text=asked).wait_for(timeout=1000 * TIME)
    page.keyboard.press("Escape")
    page.locator("#chat .answer[data-finished]").nth(1).wait_for(timeout=1000 * TIME)


@in_narrow_look
def test_the_twin_of_a_cited_sentence_opens_below_it_and_lights_up(page: Any, room: Room) -> None:
    page.fill("#question textarea", QUESTION)
    page.press("#question textarea", "Enter")
    wait_for(lambda: room.is_reading(QUESTION), TIME)
    room.say("go on")
    twin = page.locator("#chat .twin").first
    twin.wait_for(timeout=1000 * TIME)
    page.reload()
    page.locator("#article-ja [data-bead]").first.wait_for(timeout=1000 * TIME)
    show(page, "talking")
    twin.wait_for(timeout=1000 * TIME)
    words = twin.locator("button")
    assert not words.is_visible()
    twin.locator("summary").click()
    assert words.get_attribute("lang") == "ja"
    assert "240円" in words.inner_text()
    assert _faults(page) == []
    words.click()
    page.locator("#article-ja [data-lit]", has_text="240円").wait_for()
    assert page.locator("#article-en [data-lit]", has_text="240 yen").count() == 1


@in_both_looks
def test_nothing_of_the_bar_keeps_anybody_out(page: Any) -> None:
    page.click(".comfort .furigana")
    page.click(".comfort [data-speak=en]")
    assert _faults(page) == []


def _faults(page: Any) -> list[str]:
    """What axe-core finds, also of little weight, in the article's side and the order of headings."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for each in found
        if each["impact"] in {"serious", "critical"} or each["id"] == "heading-order"
        for node in each["nodes"]
    ]
