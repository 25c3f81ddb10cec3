"""What of a page is the article, in which encoding it is written, what its title and date are."""

import json

import pytest

from assistant.errors import ArticleError
from assistant.sources.html.text import extract_html

SENTENCES = (
    "The mill on the river Tarn ground flour for three hundred years, its owner said on Monday.",
    "Now it makes power for forty houses, and the rest is sold for 0.12 euros a kilowatt-hour.",
    "In summer the river is low, so that the wheel stands still on every third day of August.",
)


def page(body: str, head: str = "") -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


def article(*paragraphs: str) -> str:
    return "<article>" + "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs or SENTENCES) + "</article>"


def paragraphs(body: str, head: str = "") -> list[str]:
    return extract_html(page(body, head), "a.html").text.split("\n\n")


def test_line_breaks_part_paragraphs_and_rows_of_tables_are_lines() -> None:
    table = "<table><tr><th>Year</th><th>Power</th></tr><tr><td>2023</td><td>12 kW</td></tr></table>"
    body = f"<article><p>{SENTENCES[0]}<br>{SENTENCES[1]}</p>{table}<p>{SENTENCES[2]}</p></article>"
    assert paragraphs(body) == [*SENTENCES[:2], "Year | Power", "2023 | 12 kW", SENTENCES[2]]


def test_words_in_bold_and_links_belong_to_their_sentence() -> None:
    body = article("The <b>old</b> mill on the <a href='/tarn'>river\nTarn</a> ground <i>flour</i>.", *SENTENCES)
    assert paragraphs(body)[0] == "The old mill on the river Tarn ground flour."


def test_japanese_has_no_blanks_at_line_breaks_and_no_readings() -> None:
    ruby = "<ruby>水車<rp>(</rp><rt>すいしゃ</rt><rp>)</rp></ruby>"
    text = f"北山市の{ruby}が、\n    電気を起こしている。<br>\n費用は百二十万円だった。"
    assert paragraphs(article(text)) == ["北山市の水車が、電気を起こしている。", "費用は百二十万円だった。"]


def test_a_news_flash_is_told_from_what_stands_around_it() -> None:
    body = (
        "<nav><a href='/'>トップ</a> <a href='/a'>地域</a></nav><article><h1>水車が電気</h1>"
        "<p>北山市の水車が、40軒分の電気を起こしている。市が発表した。</p></article><footer>北山新報社</footer>"
    )
    assert paragraphs(body) == ["水車が電気", "北山市の水車が、40軒分の電気を起こしている。市が発表した。"]


@pytest.mark.parametrize(
    "head",
    [
        "<title>Mill makes power | Tarn Valley Post</title>",
        '<meta property="og:site_name" content="Post"><meta property="og:title" content="Mill makes power | Post">',
        '<meta property="og:title" content="Mill makes power">',
    ],
)
def test_the_headline_comes_first_and_once_without_the_site(head: str) -> None:
    for heading in ("", "<h1>Mill makes power</h1>"):
        found = extract_html(page(heading + article(), head), "a.html")
        assert (found.title, found.text.split("\n\n")) == ("Mill makes power", ["Mill makes power", *SENTENCES])


@pytest.mark.parametrize(
    "title",
    [
        "{} - News - Tarn Post",
        "Tarn Post: {}",
        "{} ‹ Tarn Post",
        "{}【ターン新報】",
        "{}（ターン新報）",
        "{} ： ターン新報",
    ],
)
@pytest.mark.parametrize("heading", ["The miller’s power", "“Power – for all”"])
def test_the_heading_of_the_page_tells_the_title_from_the_site(title: str, heading: str) -> None:
    written = heading.replace("’", "'")
    found = extract_html(page(f"<h1>{heading}</h1>{article()}", f"<title>{title.format(written)}</title>"), "a.html")
    assert found.title in (written, heading)
    assert found.text.split("\n\n") == [found.title, *SENTENCES]


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("The old mill:<br>power for forty", "The old mill: power for forty"),
        ("The old mill<br>\n<span>is for sale</span>", "The old mill is for sale"),
        ("北山の水車が<br>電気を起こす", "北山の水車が 電気を起こす"),
    ],
)
def test_a_headline_in_two_lines_is_one(heading: str, title: str) -> None:
    for head in (f"<title>{title} | Tarn Post</title>", ""):
        found = extract_html(page(f"<h1>{heading}</h1>{article()}", head), "a.html")
        assert (found.title, found.text.split("\n\n")) == (title, [title, *SENTENCES])


def test_lines_above_and_below_a_headline_are_none_of_it() -> None:
    heading = "<h1>The Tarn<br>Mill makes power<br><small>By A. Writer</small></h1>"
    head = "<title>Mill makes power</title><meta property='og:title' content='Mill makes power'>"
    found = extract_html(page(heading + article(), head), "a.html")
    assert (found.title, found.text.split("\n\n")[:2]) == ("Mill makes power", ["Mill makes power", "The Tarn"])


@pytest.mark.parametrize(
    ("title", "logo"),
    [
        ("{} | Tarn Post", '<h1><a href="/">Tarn Post</a></h1>'),
        ("{} &mdash; Tarn Post", '<h1 id=logo><a href="https://tarn.example/index.html">Tarn Post</a></h1>'),
        ("Tarn Post | News | {}", '<p><a href="/">Tarn Post</a></p>'),
        ("Tarn Post | {} | News of the whole valley", '<a href="./"><h1>Tarn Post</h1></a><h2>News</h2>'),
    ],
)
def test_the_name_of_the_site_is_no_title_wherever_it_stands(title: str, logo: str) -> None:
    body = f'<div>{logo}</div><div class=post><h2><a href="/7">Mill makes power</a></h2>{article()}</div>'
    found = extract_html(page(body, f"<title>{title.format('Mill makes power')}</title>"), "a.html")
    assert (found.title, found.text.split("\n\n")) == ("Mill makes power", ["Mill makes power", *SENTENCES])


def test_a_page_without_a_headline_has_no_title() -> None:
    found = extract_html(page(article()), "a.html")
    assert (found.title, found.text.split("\n\n")) == ("", list(SENTENCES))


@pytest.mark.parametrize(
    ("head", "date"),
    [
        ('<meta property="article:published_time" content="2025-02-18T23:30:00+09:00">', "2025-02-18"),
        (
            '<meta property="article:modified_time" content="2025-03-01"><meta name="date" content="2025-02-18">',
            "2025-02-18",
        ),
        ('<meta name="date" content="2099-01-01">', ""),
        ("", ""),
    ],
)
def test_the_date_is_that_of_the_page_and_none_out_of_its_text(head: str, date: str) -> None:
    text = article(*SENTENCES, "The second wheel will turn from 14 March 2024.")
    assert extract_html(page(text, head), "a.html").date == date


@pytest.mark.parametrize(
    "body",
    [
        "<form><input name=user><input type=password></form>",
        "<div id=root></div><script>start()</script>",
        "<div>" * 100_000,
        "<rt>" * 50_000,
    ],
)
def test_a_page_without_an_article_is_told(body: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ArticleError, match=r"No article was found on a.html. Open the page in a browser, copy"):
        extract_html(page(body), "a.html")
    assert capfd.readouterr() == ("", "")


def test_the_whole_of_a_page_has_its_article_though_that_stands_in_its_data() -> None:
    body = " ".join(
        f"The lamp of tower {n} was lit before the ice came, and burned until the spring." for n in range(9)
    )
    data = json.dumps({"@type": "NewsArticle", "headline": "Lamps", "articleBody": body})
    page = (
        f"<html><head><title>Lamps</title><script type='application/ld+json'>{data}</script></head><body><h1>Lamps</h1>"
        "<p>The lamp of tower 0 was lit before the ice came. Go on with a subscription that costs a little.</p>"
        "</body></html>"
    )
    found = extract_html(page.encode(), "a.html")
    assert body in found.text
    assert body in found.whole
    assert "costs a little" in found.whole
