"""The date of an article on an HTML page: its own, in any writing, and not that of another article or of its text."""

import json

import pytest

from assistant.sources.html.text import extract_html

TEXT = (
    "<p>The lighthouse keeper Nils Aho has painted his tower for the last time, at the age of 71, he said.</p>"
    "<p>The work took nine days and 140 litres of white paint, which the pilots of the harbour had paid for.</p>"
)
OTHERS = (
    '<ul class=more><li><a href="/1">A ferry in fog</a> 3 May 2021</li><li>2019-04-01 <a href="/2">Nets</a></li></ul>'
)


def date_of(body: str, head: str = "") -> str:
    page = f"<html><head><title>The white tower</title>{head}</head><body>{body}</body></html>"
    return extract_html(page.encode(), "a.html").date


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("7 October 2025", "2025-10-07"),
        ("7th of Oct. 2025", "2025-10-07"),
        ("Oct 7, 2025", "2025-10-07"),
        ("Tuesday, October 7th 2025, 4:30 p.m.", "2025-10-07"),
        ("2025-10-07 16:30", "2025-10-07"),
        ("2025/10/7", "2025-10-07"),
        ("2025.10.07", "2025-10-07"),
        ("7.10.2025", "2025-10-07"),
        ("23/10/2025", "2025-10-23"),
        ("10/23/2025", "2025-10-23"),
        ("By A. Longfellow-Writer | Published October 7, 2025 at 4:30 p.m.", "2025-10-07"),
        ("Updated 9 October 2025, published 7 October 2025", "2025-10-07"),
        ("2025年10月7日", "2025-10-07"),
        ("２０２５年１０月７日（火）", "2025-10-07"),
        ("二〇二五年十月七日", "2025-10-07"),
        ("令和7年10月7日", "2025-10-07"),
        ("令和元年十月二十三日", "2019-10-23"),
        ("２０２５年（令和７年）１０月７日（火曜日）", "2025-10-07"),
        ("平成31年4月7日", "2019-04-07"),
        ("R7.10.7", "2025-10-07"),
        ("公開日：2025年10月7日 更新日：2025年10月9日", "2025-10-07"),
        ("更新 2025/10/9 配信 2025/10/7", "2025-10-07"),
        ("31.31.2025", ""),
        ("2025年13月1日", ""),
    ],
)
def test_dates_in_view(written: str, date: str) -> None:
    line = f"<p class=info>{written}</p>"
    heading = "<h1>The white tower</h1>"
    for body in (f"{heading}{line}{TEXT}", f"{line}{heading}{TEXT}", f"{heading}{TEXT}<p>（{written}）</p>"):
        assert date_of(f"<article>{body}</article>{OTHERS}") == date


def test_the_line_of_the_date_is_no_text() -> None:
    page = f"<html><body><article><h1>The white tower</h1><p>2025年10月7日 10時30分</p>{TEXT}</article></body></html>"
    assert "2025" not in extract_html(page.encode(), "a.html").text


def test_a_time_element_beside_the_text_comes_before_those_elsewhere() -> None:
    body = f"<article><h1>The white tower</h1><time datetime='2025-10-07T08:00'>7 Oct</time>{TEXT}</article>"
    assert date_of(f"{body}<aside><time datetime='2020-01-02'>2 January 2020</time></aside>") == "2025-10-07"


@pytest.mark.parametrize("line", ["The tower was built on 4 May 1998.", "塔は1998年5月4日に建てられた。", "4 May 1998"])
def test_dates_amid_the_text_are_text(line: str) -> None:
    page = f"<html><body><article><h1>The white tower</h1>{TEXT}<p>{line}</p>{TEXT.upper()}</article></body></html>"
    assert line in extract_html(page.encode(), "a.html").text


@pytest.mark.parametrize(
    "body",
    [
        f"<article><h1>The white tower</h1>{TEXT}</article>{OTHERS}",
        f"<article><h1>The white tower</h1>{TEXT}<p>The tower was built on 4 May 1998.</p></article>",
        f"<article><h1>The white tower</h1><p>塔は1998年5月4日に建てられた。</p>{TEXT}</article>",
        f"<article><h1>White since 4 May 1998</h1>{TEXT}</article>",
    ],
)
def test_dates_of_other_articles_and_of_the_text_are_not_taken(body: str) -> None:
    assert date_of(body) == ""


@pytest.mark.parametrize(
    ("address", "date"),
    [
        ("https://x.example/2025/10/07/tower", "2025-10-07"),
        ("https://x.example/news/20251007-tower/", "2025-10-07"),
        ("https://x.example/2025-10-07.html", "2025-10-07"),
        ("https://x.example/uk/2025/oct/07/tower", "2025-10-07"),
        ("https://x.example/2025/October/7/", "2025-10-07"),
        ("https://x.example/2025/10/7/tower", "2025-10-07"),
        ("https://x.example/2025/octopus/07/", ""),
        ("https://x.example/id/120251007", ""),
        ("https://x.example/20251399/tower", ""),
    ],
)
def test_the_address_of_a_page_may_name_its_day(address: str, date: str) -> None:
    assert date_of(f"<article>{TEXT}</article>", f'<link rel="canonical" href="{address}">') == date


def test_what_the_head_names_comes_first() -> None:
    head = '<meta property="article:published_time" content="2025-10-06T23:00:00+09:00">'
    assert date_of(f"<article><h1>The white tower</h1><p>9 October 2025</p>{TEXT}</article>", head) == "2025-10-06"


def data(*objects: object) -> str:
    return "".join(f'<script type="application/ld+json">{json.dumps(each)}</script>' for each in objects)


ARTICLE = {"@type": "NewsArticle", "headline": "The white tower", "datePublished": "2025-10-07T08:00:00+09:00"}


@pytest.mark.parametrize(
    "objects",
    [
        [{"@type": "VideoObject", "datePublished": "2024-01-02", "uploadDate": "2024-01-02"}, ARTICLE],
        [{"@graph": [{"@type": "WebPage", "datePublished": "2011-05-05"}, {**ARTICLE, "@type": ["Thing", "Article"]}]}],
        [{"@type": "ItemList", "item": {**ARTICLE, "headline": "Nets", "datePublished": "2019-04-01"}}, ARTICLE],
        [{**ARTICLE, "headline": "Tower"}, {"@type": "WebSite", "datePublished": "2009-01-01"}],
    ],
)
def test_of_data_that_of_the_article_names_its_day(objects: list[object]) -> None:
    body = f"<article><h1>The white tower</h1>{TEXT}</article>"
    assert date_of(body, data(*objects)) == "2025-10-07"
    assert date_of(body + data(*objects)) == "2025-10-07"


@pytest.mark.parametrize(
    "marks",
    [
        "<meta itemprop=dateModified content=2025-11-01><meta itemprop=datePublished content=2025-10-07T17:40>",
        "<p itemprop=datePublished>7 October 2025</p>",
        "<div itemscope itemtype=https://schema.org/Comment><meta itemprop=datePublished content=2024-01-01></div>"
        "<time itemprop=datePublished datetime=2025-10-07>Tuesday</time>",
    ],
)
def test_marks_on_the_article_name_its_day(marks: str) -> None:
    other = "<div itemscope><a href=/1>Nets</a><meta itemprop=datePublished content=2020-01-01></div>"
    item = f"<div itemscope itemtype=https://schema.org/NewsArticle>{marks}<h1>The white tower</h1>{TEXT}</div>"
    assert date_of(f"{other}<main>{item}</main>{other}") == "2025-10-07"
    rdfa = item.replace("itemscope", "typeof=Article").replace("itemprop", "property")
    assert date_of(rdfa) == "2025-10-07"
