"""Which blocks of a page are read: none of the article lost, wherever it stands, and nothing that is about the site."""

import json
import textwrap
import time
from contextlib import suppress

import pytest

from assistant.errors import ArticleError
from assistant.sources.html.text import extract_html

LEAD = "The weaver Oda Brandt has sold her last carpet after 41 years, she said at the market in Lund on Friday."
WORK = "She tied 2,600 knots a day, and a carpet of two metres by three took her about five months to make."
PRICE = "The last one went for 3,900 crowns to a dentist, who means to hang it in her waiting room."
LOOM = "Her loom goes to the museum of the town, where a school class will learn to work on it next year."
TITLE = "The last carpet"
JA_TITLE = "最後のじゅうたん"
JA_LEAD = "織り職人の小田房江さんが金曜日、41年の仕事の最後となるじゅうたんを売った。"
JA_WORK = "1日に2600の結び目を作り、1枚を仕上げるのにおよそ5か月かかったという。"
JA_PRICE = "値段は39万円で、買った歯科医は待合室に飾るつもりだ。"


def read(body: str, head: str = f"<title>{TITLE}</title>", lang: str = "en") -> list[str]:
    """The paragraphs of a page, without its title."""
    page = f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'
    return extract_html(page.encode(), "a.html").text.split("\n\n")[1:]


def read_ja(body: str) -> list[str]:
    return read(body, f"<title>{JA_TITLE}</title>", "ja")


def p(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


H1 = f"<h1>{TITLE}</h1>"
JA_H1 = f"<h1>{JA_TITLE}</h1>"
NAV = '<nav><a href="/">Home</a> <a href="/town">Town</a></nav>'
FOOT = "<footer>Lund Gazette, Mill Lane 9</footer>"


@pytest.mark.parametrize(
    "body",
    [
        f"<article>{H1}<div>{LEAD}</div><div>{WORK}</div><div>{PRICE}</div></article>",
        f"<article>{H1}{p(LEAD)}<div>{WORK}</div>{p(PRICE)}</article>",
        f"<article>{H1}{LEAD}{p(WORK)}{PRICE}</article>",
        f"<main>{H1}<div class=x>{LEAD}<br><br>{WORK}<br><br>{PRICE}</div></main>",
        f"<div id=page>{NAV}{H1}<article>{LEAD}<br>{WORK}<br>{PRICE}</article>{FOOT}</div>",
        f"{NAV}<section>{H1}<div><div><span>{LEAD}</span></div></div><div><div><span>{WORK}</span></div></div>"
        f"<div><div><span>{PRICE}</span></div></div></section>{FOOT}",
        f"<table><tr><td><a href=/>Home</a><br><a href=/t>Town</a></td><td><h2>{TITLE}</h2>{LEAD}<br><br>{WORK}<br>"
        f"<br>{PRICE}</td></tr></table>",
        f"<table><tr><td><a href=/>Home</a></td></tr><tr><td>{H1}{p(LEAD, WORK)}{PRICE}</td></tr></table>",
        f"<table><tr><td width=90><a href=/>Home</a><br><a href=/t>Town</a></td><td><table><tr><td><b>{TITLE}</b></td>"
        f"</tr><tr><td>{LEAD}<p>{WORK}<p>{PRICE}</td></tr></table></td></tr></table>",
        f"<article>{H1}{p(LEAD)}<p><a href=/work>{WORK}</a></p>{p(PRICE)}</article>",
        f"<article>{H1}<p><a href=/l>{LEAD}</a></p>{p(WORK, PRICE)}</article>",
        f"<article>{H1}<div class=pic><img src=a><p>Oda Brandt at her loom</p></div>{p(LEAD, WORK)}<div><img src=b>"
        f"<p>The carpet is three metres long. Photo: K. Mill</p></div>{p(PRICE)}</article>",
        f"<main>{H1}<div class=part><div class=in>{p(LEAD)}</div></div><div class=ad>Ad</div>"
        f"<div class=part><div class=in>{p(WORK, PRICE)}</div></div></main>",
        f"<article>{H1}<section>{p(LEAD)}</section><aside>Advertisement</aside><section>{p(WORK)}</section>"
        f"<section>{p(PRICE)}</section></article>",
        f"{H1}<article>{p(LEAD)}</article><article>{p(WORK)}</article><article>{p(PRICE)}</article>",
        f"<main><header>{H1}<p class=dek>{LEAD}</p><p class=byline>By A. Writer</p></header><article>{p(WORK, PRICE)}"
        "</article></main>",
        f"<article>{H1}<h2>{LEAD}</h2><div class=body>{p(WORK, PRICE)}</div></article>",
        f"{NAV}<article>{H1}{p(LEAD, WORK, PRICE)}<div class=related-box><h3>Related</h3><ul><li><a href=/1>Looms in "
        f"Lund</a><li><a href=/2>What wool costs now</a></ul></div></article>{FOOT}",
        f"<article>{H1}{p(LEAD)}<p>See also: <a href=/2>What a carpet costs in other towns</a></p>{p(WORK, PRICE)}"
        "</article>",
        f"<article>{H1}{p(LEAD, WORK)}<p>Subscribe to our newsletter</p>{p(PRICE)}<p>Sign in to read the full story"
        "</p></article>",
        f"<article>{H1}{p(LEAD, WORK, PRICE)}<h3>More stories</h3></article>",
        f"<div class=cookie-box><p>We use cookies to make this site better for you. Accept them or choose.</p></div>"
        f"<article>{H1}{p(LEAD, WORK, PRICE)}</article>",
        f"<article>{H1}<figure><img src=a><figcaption>Oda Brandt at her loom.</figcaption></figure>"
        f"{p(LEAD, WORK, PRICE)}</article>",
        f"<article>{H1}{p(LEAD, WORK, PRICE)}</article><section id=comments><p>anna: She sold it for far too little, "
        "if you ask me, and I know.</p></section>",
    ],
)
def test_the_article_is_read_whole_and_alone(body: str) -> None:
    assert read(body) == [LEAD, WORK, PRICE]


def test_headings_and_lists_stay_in_their_places() -> None:
    body = f"<article>{H1}<div>{p(LEAD)}</div><h2>A long day</h2><div>{WORK}</div><ul><li>wool<li>flax</ul></article>"
    assert read(body) == [LEAD, "A long day", WORK, "wool", "flax"]


def test_a_page_without_head_and_body_is_read() -> None:
    page = f"<meta charset=utf-8><title>{TITLE}</title><article>{p(LEAD, WORK)}</article>"
    assert extract_html(page.encode(), "a.html").text.split("\n\n") == [TITLE, LEAD, WORK]


def test_later_posts_of_a_ticker_belong_to_it() -> None:
    posts = "".join(
        f"<article class=post><h3>1{n}:30 Hour {n}</h3>{p(text)}</article>" for n, text in enumerate((WORK, PRICE))
    )
    body = f"<article>{H1}{p(LEAD)}<section>{posts}</section></article>"
    assert read(body) == [LEAD, "10:30 Hour 0", WORK, "11:30 Hour 1", PRICE]


def test_paragraphs_full_of_links_are_text() -> None:
    body = (
        f"<article>{JA_H1}{p(JA_LEAD)}<p>北：<a href=/a>上田町</a>、<a href=/b>岡村</a></p>"
        "<p>南：<a href=/c>中村</a></p>"
        f"<p><a href=/d>小田房江さん</a>が<a href=/e>機</a>を片づけた。</p>{p(JA_PRICE)}</article>"
    )
    assert read_ja(body) == [JA_LEAD, "北：上田町、岡村", "南：中村", "小田房江さんが機を片づけた。", JA_PRICE]


@pytest.mark.parametrize(
    "notice",
    [
        "【関連記事】<a href=/a>羊毛が値上がり</a>",
        "▼<a href=/a>機の音</a>",
        "この記事は会員限定です。",
        "続きを読むには会員登録が必要です",
        "記者をフォローする",
        "無料のメールマガジンに登録する",
        "この記事を音声で聴く",
        "ご意見・ご感想をお寄せください。",
    ],
)
def test_links_and_notices_in_japanese_are_left_out(notice: str) -> None:
    assert read_ja(f"<article>{JA_H1}{p(JA_LEAD, JA_WORK, JA_PRICE, notice)}</article>") == [JA_LEAD, JA_WORK, JA_PRICE]


@pytest.mark.parametrize(
    "notice",
    [
        "Article continues after this advertisement",
        "Listen to this story · 4:05",
        "You have 3 free stories remaining.",
        "This story is more than five years old",
        "This article was originally published in the spring issue.",
        "Support independent reporting with a gift.",
        "Have you seen one of her carpets? Please write to <a href=mailto:x@lund.example>the town desk</a>.",
        "Share this article with a friend",
    ],
)
def test_what_a_page_says_of_itself_amid_the_text_is_left_out(notice: str) -> None:
    assert read(f"<article>{H1}{p(LEAD, notice, WORK, PRICE)}</article>") == [LEAD, WORK, PRICE]


@pytest.mark.parametrize(
    "said",
    [
        "The story continues in court, where the weaver wants her loom back.",
        "Support for our weavers is falling, the guild of Lund said.",
        "This story is one of many that the weavers of Lund tell.",
        "Have you a loom at home? Many people in Lund do.",
        "ご意見は300通届いた。",
        "Subscribers of the club fell to 940, its newsletter says, from 1,200.",
        "She follows nobody on Twitter.",
        "Already 300 members have left the club, and its newsletter is no longer printed.",
        "Like many a member, she reads it on an app.",
        "Keep your e-mail account safe, the police of Lund say in a letter.",
        "市は四月、観光客のためのアプリを公開する。",
        "北部：<a href=/a>中町</a>",
        "「会員は30人しかいない」と会長は話す。",
        "会員は30人に減った。",
        "アプリの利用は1日2回に限られる。",
    ],
)
def test_what_an_article_says_of_members_and_letters_is_text(said: str) -> None:
    first = LEAD if said.isascii() else JA_LEAD
    assert read(f"<article>{H1}{p(first, WORK, said, PRICE)}</article>")[2] == said.replace("<a href=/a>", "").replace(
        "</a>", ""
    )


@pytest.mark.parametrize("first_is_english", [True, False])
@pytest.mark.parametrize(
    "around", ["<div class={}>{}</div>", "<article lang={}>{}</article>", "<section id={}>{}</section>"]
)
def test_both_versions_of_a_page_are_read(around: str, first_is_english: bool) -> None:
    english = around.format("en", f"<h2>{TITLE}</h2>{p(LEAD, WORK, PRICE)}")
    japanese = around.format("ja", f"<h2>{JA_TITLE}</h2>{p(JA_LEAD, JA_WORK, JA_PRICE)}")
    both = [english, japanese] if first_is_english else [japanese, english]
    texts = [[TITLE, LEAD, WORK, PRICE], [JA_TITLE, JA_LEAD, JA_WORK, JA_PRICE]]
    wanted = texts[0] + texts[1] if first_is_english else texts[1] + texts[0]
    assert read(f"{NAV}{both[0]}<hr>{both[1]}{FOOT}", "<title>Lund museum</title>") == wanted


@pytest.mark.parametrize("rows", ["<td>{}</td><td>{}</td>", "<td>{}<td>{}"])
def test_versions_side_by_side_are_no_table(rows: str) -> None:
    pairs = list(zip((LEAD, WORK, PRICE), (JA_LEAD, JA_WORK, JA_PRICE), strict=True))
    table = "".join(f"<tr>{rows.format(*pair)}</tr>" for pair in pairs)
    assert read(f"<table>{table}</table>") == [text for pair in pairs for text in pair]
    columns = rows.format(p(LEAD, WORK, PRICE), p(JA_LEAD, JA_WORK, JA_PRICE))
    assert read(f"<table><tr>{columns}</tr></table>") == [LEAD, WORK, PRICE, JA_LEAD, JA_WORK, JA_PRICE]


@pytest.mark.parametrize(
    "unseen",
    [
        "<span style='display: none'>old 555</span>",
        "<b hidden>old 555</b>",
        "<i style='visibility:hidden'>old 555</i>",
        "<template>old 555</template>",
        "<span class='visually-hidden'>old 555</span>",
        "<del>old 555</del>",
        "<s>old 555</s>",
        "<strike>old 555</strike>",
        "<span style='text-decoration: line-through red'>old 555</span>",
    ],
)
def test_hidden_and_struck_text_is_not_read(unseen: str) -> None:
    cut = LEAD.replace("after", f"{unseen} after")
    assert read(f"<article>{H1}{p(cut, WORK, PRICE)}</article>") == [LEAD, WORK, PRICE]


def test_a_page_that_hides_its_article_until_a_script_shows_it_is_read() -> None:
    assert read(f"<div style='visibility: hidden'>{H1}{p(LEAD, WORK, PRICE)}</div>") == [LEAD, WORK, PRICE]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("10<sup>6</sup> knots", "10^6 knots"),
        ("6 m<sup>2</sup> of wool", "6 m² of wool"),
        ("CO<sub>2</sub> of wool", "CO2 of wool"),
        ("340<sup>[2]</sup> knots", "340 knots"),
        ("340<sup><a href='#n'>2</a></sup> knots", "340 knots"),
        ("knots<sup>2</sup> of wool", "knots of wool"),
        ("the 21<sup>st</sup> carpet", "the 21st carpet"),
    ],
)
def test_raised_figures_are_not_glued_to_others(written: str, said: str) -> None:
    text = "She says that it was {} in the end, and not what others had counted before her."
    assert read(f"<article>{H1}{p(LEAD, text.format(written), WORK)}</article>")[1] == text.format(said)


def test_the_sign_of_a_note_is_no_figure() -> None:
    note = "<p><sup>3</sup> Of this town alone.</p>"
    found = read(f"<article>{H1}{p(LEAD.replace('years', 'years and 340<sup>3</sup> carpets'), WORK)}{note}</article>")
    assert "340 carpets" in found[0]


def test_lines_of_preformatted_text_and_rows_of_tables_stay_apart() -> None:
    lines = "<pre>wool   12\nflax    9\n</pre>"
    rows = "<table><tr><td>red</td><td>3</td></tr><tr><td>blue</td><td>5</td></tr></table>"
    body = f"<article>{H1}{p(LEAD)}{lines}{p(WORK)}{rows}{p(PRICE)}</article>"
    assert read(body) == [LEAD, "wool 12", "flax 9", WORK, "red | 3", "blue | 5", PRICE]


def test_paragraphs_cut_at_a_column_in_preformatted_text_are_whole() -> None:
    cut = "\n\n".join(textwrap.fill(text, 40) for text in (LEAD, WORK)).replace("market", "<b>market</b>")
    assert read(f"{H1}<pre>\n{cut}\n\nwool   12\nflax    9\n</pre>") == [LEAD, WORK, "wool 12", "flax 9"]
    japanese = "\n\n".join("\n".join(textwrap.wrap(text, 16)) for text in (JA_LEAD, JA_WORK, JA_PRICE))
    assert read_ja(f"{JA_H1}<pre>{japanese}</pre>") == [JA_LEAD, JA_WORK, JA_PRICE]


@pytest.mark.parametrize("sentence", ["The museum shows it until May.", "美術館で五月まで展示される。"])
def test_a_linked_sentence_amid_the_text_is_text_and_a_linked_headline_is_not(sentence: str) -> None:
    linked = f"<p><a href=/m>{sentence}</a></p>"
    assert read(f"<article>{H1}{p(LEAD)}{linked}{p(WORK)}</article>") == [LEAD, sentence, WORK]
    headline = linked.replace(".<", "<").replace("。", "")
    assert read(f"<article>{H1}{p(LEAD)}{headline}{p(WORK)}</article>") == [LEAD, WORK]


def data(text: str) -> str:
    article = {"@type": "NewsArticle", "headline": TITLE, "datePublished": "2025-10-05", "articleBody": text}
    return f'<script type="application/ld+json">{json.dumps({"@graph": [{"@type": "WebSite"}, article]})}</script>'


@pytest.mark.parametrize(
    "shown",
    ["<div id=app></div>", f"<main>{H1}<p>Please enable JavaScript to see this story.</p></main>", "<p>Loading…</p>"],
)
def test_what_a_page_holds_only_as_data_is_read(shown: str) -> None:
    head = f"<title>{TITLE}</title>{data(f'{LEAD} {WORK}' + chr(10) * 2 + PRICE)}"
    assert read(shown, head) == [f"{LEAD} {WORK}", PRICE]


@pytest.mark.parametrize(
    ("before", "behind"),
    [("//<![CDATA[\n", "\n//]]>"), ("\n/*<![CDATA[*/ ", "/*]]>*/"), ("<!--\n", "\n//-->"), ("", ";")],
)
def test_data_kept_from_old_programs_are_read(before: str, behind: str) -> None:
    written = data(f"{LEAD} {WORK}").replace(">{", f">{before}{{").replace("}</", f"}}{behind}</")
    assert read("<div id=app></div>", f"<title>{TITLE}</title>{written}") == [f"{LEAD} {WORK}"]


def test_what_a_page_shows_comes_before_its_data() -> None:
    head = f"<title>{TITLE}</title>{data(' '.join([LEAD, WORK, PRICE]))}"
    assert read(f"<article>{H1}{p(LEAD, WORK, PRICE)}</article>", head) == [LEAD, WORK, PRICE]


@pytest.mark.parametrize(
    "body",
    [
        f"{H1}<div id=root></div><noscript>This app needs JavaScript.</noscript>",
        f"{H1}<p>You need to enable JavaScript to see this page.</p>",
        f"{JA_H1}<p>記事を表示するにはJavaScriptを有効にしてください。</p>",
        "<main><form><label>Name <input></label><label>Password <input type=password></label><button>Log in</button>"
        "</form></main>",
        "<h1>Sign in</h1><p>Please log in with your password to go on.</p>",
        "<div><p>We use cookies so that you see what you like. Please accept our cookies to go on.</p></div>",
        "<p>Loading…</p>",
        "<main><h1>Page not found</h1><p>It may have been moved to another place. Try the search.</p></main>",
        "<h1>Lund Gazette</h1><p>Sorry, the page you are looking for is no longer there. Go to the front page.</p>",
        "<h1>ご指定のページは見つかりませんでした</h1><p>掲載期間が終わり、すでに削除されたものと思われます。</p>",
        "<main><p>指定されたURLは移動または削除された可能性があります。</p></main>",
        "<h1>lund.example</h1><p>lund.example has to look at the security of your connection before it goes on.</p>",
    ],
)
def test_headlines_and_notices_alone_are_no_article(body: str) -> None:
    with pytest.raises(ArticleError, match="No article was found"):
        read(body)


@pytest.mark.parametrize("title", ["404 Not Found | Lund Gazette", "Lund Gazette - Error 503", "Just a moment..."])
def test_a_page_whose_title_tells_an_error_has_no_article(title: str) -> None:
    with pytest.raises(ArticleError, match="No article was found"):
        read(
            "<main><h1>Lund Gazette</h1><p>This has to be looked at first, and takes a while.</p></main>",
            f"<title>{title}</title>",
        )


@pytest.mark.parametrize(
    "title", ["404 carpets sold in a day", "The page that was not found", "Weavers - one in a moment"]
)
def test_a_headline_with_words_of_an_error_is_one(title: str) -> None:
    page = f"<article><h1>{title}</h1>{p(LEAD, WORK, PRICE, LOOM)}</article>"
    assert read(page, f"<title>{title}</title>") == [LEAD, WORK, PRICE, LOOM]


@pytest.mark.parametrize(
    "body",
    [
        "<p>wool<br>" * 8_000,
        "<pre>" * 8_000,
        "<p><a href=/x>wool</a>, " * 8_000,
        f"<blockquote>{LEAD}</blockquote>" * 5_000,
        "<table><tr><td>" * 3_000,
        "<sup>2</sup>" * 8_000,
    ],
)
def test_pages_of_many_parts_take_time_by_their_length(body: str) -> None:
    begun = time.process_time()
    with suppress(ArticleError):
        extract_html(f"<html><body>{body}</body></html>".encode(), "a.html")
    assert time.process_time() - begun < 20
