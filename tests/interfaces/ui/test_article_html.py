"""An article on the page: its own words and no others, in both versions; what is marked in it, and the bar above it."""

import re
import time
from itertools import pairwise

import pytest

from assistant.interfaces.ui.article_html import article_html, comfort_html
from assistant.library.alignment import Bead
from assistant.library.article import Article, parse_article
from assistant.text.furigana import furigana
from assistant.text.language import Language
from tests.markup import NASTY, harmless, parsed
from tests.texts import ENGLISH, JAPANESE


@pytest.mark.parametrize("version", Language)
def test_an_article_is_shown_word_for_word(article: Article, version: Language) -> None:
    seen = parsed(article_html(article, version, Language.ENGLISH))
    written = ENGLISH if version is Language.ENGLISH else JAPANESE
    assert seen.text.split() == written.split()
    assert seen.all("article") == [{"lang": version.value, "data-article": article.id, "tabindex": "0"}]


@pytest.mark.parametrize("version", Language)
def test_every_sentence_has_an_address_of_its_own(article: Article, version: Language) -> None:
    document = article.document(version)
    assert document
    spans = parsed(article_html(article, version, Language.ENGLISH)).all("span")
    assert [span["data-sentence"] for span in spans] == [f"{version}-{s.number}" for s in document.sentences]
    assert len({span["data-sentence"] for span in spans}) == len(document.sentences)
    assert [span["data-start"] for span in spans] == [str(s.start) for s in document.sentences]


BEADS = (Bead((2,), (2, 3)), Bead((4,), (5,)))


def test_linked_sentences_share_a_bead_and_one_of_a_version_is_reached_by_tab(article: Article) -> None:
    pages = [parsed(article_html(article, version, Language.ENGLISH, BEADS)) for version in Language]
    linked = [
        {
            span["data-sentence"]: (span["data-bead"], span["tabindex"])
            for span in page.all("span")
            if "data-bead" in span
        }
        for page in pages
    ]
    assert linked == [
        {"en-2": ("0", "0"), "en-4": ("1", "-1")},
        {"ja-2": ("0", "0"), "ja-3": ("0", "-1"), "ja-5": ("1", "-1")},
    ]
    assert all(("tabindex" in span) is ("data-bead" in span) for page in pages for span in page.all("span"))
    assert not any("tabindex" in page.all("article")[0] for page in pages)


def test_the_headline_alone_looks_like_one(article: Article) -> None:
    for version in Language:
        seen = parsed(article_html(article, version, Language.ENGLISH))
        assert seen.all("h2") == [{"class": "headline"}]
        assert seen.all("p") == [{}] * 4


def test_an_article_that_begins_with_a_sentence_has_no_headline() -> None:
    article = parse_article("Rolls cost 240 yen.\n\nThey were cheaper last year.")
    seen = parsed(article_html(article, Language.ENGLISH, Language.ENGLISH))
    assert [tag for tag, _ in seen.tags] == ["article", "p", "span", "p", "span"]


def test_a_missing_article_or_version_is_said_in_the_page_s_language() -> None:
    english = parse_article(ENGLISH)
    assert "日本語版がありません" in article_html(english, Language.JAPANESE, Language.JAPANESE)
    assert "no Japanese version" in article_html(english, Language.JAPANESE, Language.ENGLISH)
    assert "no article yet" in article_html(None, Language.JAPANESE, Language.ENGLISH)


def test_an_article_of_tags_is_text() -> None:
    article = parse_article(f"A title {NASTY}\n\nRolls {NASTY} cost 240 yen. They {NASTY} sell.", f"T {NASTY}")
    seen = harmless(article_html(article, Language.ENGLISH, Language.ENGLISH))
    assert seen.text.split() == article.text.split()
    assert {tag for tag, _ in seen.tags} == {"article", "h2", "p", "span"}


def test_the_date_of_an_article_stands_above_it() -> None:
    dated = parse_article(ENGLISH, date="2031-05-04")
    seen = parsed(article_html(dated, Language.ENGLISH, Language.ENGLISH))
    assert seen.text.startswith("2031-05-04\n")
    assert seen.all("time") == [{"datetime": "2031-05-04"}]
    assert not parsed(article_html(parse_article(ENGLISH), Language.ENGLISH, Language.ENGLISH)).all("time")


SECTIONS = """\
A town rebuilds its quay

By Ana Reyes

The quay of Norrby was closed in May. Work began at once.

Why it was closed

Divers had found cracks. They ran below the water line.

- cracks
- rust

The town will pay 9 million euros. That is a third of its budget for the year, and more than it has ever spent.

What the town says about the bridge that stands beside it, and about all that has to come after it

The bridge stays open. Nobody knows for how long.

Further reading"""


def test_short_lines_between_sentences_are_headings_and_bylines_and_lists_are_not() -> None:
    article = parse_article(SECTIONS)
    page = article_html(article, Language.ENGLISH, Language.ENGLISH)
    assert re.findall(r"<(h\d) class='(\w+)'><span[^>]*>([^<]*)</span></\1>", page) == [
        ("h2", "headline", "A town rebuilds its quay"),
        ("h3", "heading", "Why it was closed"),
    ]
    sentences = article.sentences(Language.ENGLISH)
    assert [span["data-sentence"] for span in parsed(page).all("span")] == [f"en-{one.number}" for one in sentences]


@pytest.mark.parametrize("line", ["次の画面で名前の欄を", "＊　＊　＊"])
def test_a_line_that_goes_on_or_has_no_words_is_no_heading(line: str) -> None:
    article = parse_article(f"港は5月に閉じた。\n\n{line}\n\n押すと、表が出てくる。そこで選ぶ。")
    assert "class='heading'" not in article_html(article, Language.JAPANESE, Language.JAPANESE)


def test_without_a_headline_headings_are_of_the_second_level() -> None:
    article = parse_article("港は5月に閉じた。\n\n工事の理由\n\nひびが見つかった。水面の下だった。")
    page = article_html(article, Language.JAPANESE, Language.JAPANESE)
    assert [tag for tag, _ in parsed(page).tags if tag.startswith("h")] == ["h2"]
    assert "class='heading'" in page


LONGER_IN_JAPANESE = """\
The mill was sold on Monday. It makes power for the town.

水車小屋は月曜日に売られた。新しい持ち主は<パン屋>を開くつもりだという。町のために発電している。"""


def test_what_the_other_version_leaves_out_is_marked_and_counted_for_the_question() -> None:
    article = parse_article(LONGER_IN_JAPANESE)
    beads = (Bead((1,), (1,)), Bead((2,), (3,)))
    page = article_html(article, Language.JAPANESE, Language.ENGLISH, beads)
    seen = parsed(page)
    assert [span["data-sentence"] for span in seen.all("span") if "data-only" in span] == ["ja-2"]
    told = "Only in Japanese: no such sentence was found in the English version."
    assert seen.all("small") == [{"class": "unseen", "lang": "en"}]
    assert f"{told} {article.sentences(Language.JAPANESE)[1].text}" in seen.text
    assert [span["title"] for span in seen.all("span") if "title" in span] == [told]
    assert seen.all("button") == [{"type": "button", "data-ask": "What does only the Japanese version say?"}]
    assert "Sentences only in Japanese: 1\n" in seen.text
    said = article_html(article, Language.JAPANESE, Language.JAPANESE, beads)
    assert "data-ask='日本語版だけに書かれていることは？'>日本語版だけの文：1文<" in said
    assert "data-only" not in article_html(article, Language.ENGLISH, Language.ENGLISH, beads)


@pytest.mark.parametrize("version", Language)
def test_nothing_is_called_left_out_where_no_links_are_known(article: Article, version: Language) -> None:
    page = article_html(article, version, Language.ENGLISH)
    assert "data-only" not in page
    assert "data-ask" not in page


def test_japanese_sentences_have_their_readings_at_hand_and_stay_plain_text(article: Article) -> None:
    spans = parsed(article_html(article, Language.JAPANESE, Language.ENGLISH)).all("span")
    for span, sentence in zip(spans, article.sentences(Language.JAPANESE), strict=True):
        readings = [reading.split(":") for reading in str(span["data-readings"]).split()]
        found = [[str(one.start), str(one.end - one.start), one.reading] for one in furigana(sentence.text)]
        assert readings == found
        assert all(int(one[0]) + int(one[1]) <= int(next_one[0]) for one, next_one in pairwise(readings))
    assert "data-readings" not in article_html(article, Language.ENGLISH, Language.JAPANESE)


def test_a_long_japanese_article_takes_no_time_to_be_shown() -> None:
    body = JAPANESE.split("\n\n", 1)[1]
    article = parse_article("\n\n".join([body] * (30_000 // len(body) + 1)))
    article_html(article, Language.JAPANESE, Language.JAPANESE)  # loads the dictionary
    began = time.process_time()
    page = article_html(article, Language.JAPANESE, Language.JAPANESE)
    assert time.process_time() - began < 1  # 0.2 seconds where nothing else runs
    assert page.count("data-readings") > 500


@pytest.mark.parametrize(
    ("language", "points", "none"),
    [
        (Language.ENGLISH, "What are the key points of the article?", "no Japanese voice"),
        (Language.JAPANESE, "記事の要点は？", "日本語の音声がありません"),
    ],
)
def test_the_bar_speaks_the_page_s_language(language: Language, points: str, none: str) -> None:
    seen = parsed(comfort_html(language))
    buttons = seen.all("button")
    assert [each["data-show"] for each in buttons if "data-show" in each] == ["both", "en", "ja"]
    assert [each["data-resize"] for each in buttons if "data-resize" in each] == ["-1", "1"]
    assert [each["data-ask"] for each in buttons if "data-ask" in each] == [points]
    assert none in str([each["data-none"] for each in buttons if each.get("data-speak") == "ja"])
