"""Which blocks of a page are read: none of the article lost, wherever it stands, and nothing that is about the site."""

import json
import textwrap
import time
from contextlib import suppress

import pytest

from assistant.errors import ArticleError
from assistant.sources.html.text import extract_html
from tests.carpet import (
    FOOT,
    H1,
    JA_H1,
    JA_LEAD,
    JA_PRICE,
    JA_TITLE,
    JA_WORK,
    LEAD,
    NAV,
    PRICE,
    TITLE,
    WORK,
    p,
    read,
    read_ja,
)


def built(*texts: str) -> str:
    """Paragraphs as a page builder sets them."""
    return f"<div class='pb-widget pb-widget-text'><div class=pb-widget-in>{p(*texts)}</div></div>"


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
        f"<main>{H1}{built(LEAD)}{built(WORK)}{built(PRICE)}</main>",
        f"<main>{H1}{built(LEAD, WORK)}<div class='pb-widget pb-links'><p><a href=/1>Looms in Lund</a></p></div>"
        f"{built(PRICE)}</main>",
        f"<article>{H1}<p class=story-teaser>{LEAD}</p>{p(WORK, PRICE)}</article>",
        f"<article>{H1}{p(LEAD)}<section id=topics-work>{p(WORK)}</section>{p(PRICE)}</article>",
        f"<article>{H1}{p(LEAD)}<blockquote class=social-post>{p(WORK)}</blockquote>{p(PRICE)}</article>",
        f"<article>{H1}{p(LEAD, WORK)}<div class=teaser><h3><a href=/1>Looms in Lund</a></h3><p>The looms of the town "
        f"are counted.</p></div><div class=promo><p>The Lund letter tells of all that is made of wool.</p></div>"
        f"{p(PRICE)}</article>",
        f"<article>{H1}{p(LEAD)}<div class=part-5d3ad>{p(WORK)}</div>{p(PRICE)}</article>",
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


def test_lines_about_the_site_behind_lists_of_links_are_no_text() -> None:
    links = p("<a href=/1>ルンドの機の音が消える</a>", "<a href=/2>羊毛の値上がり、三年続く</a>")
    about = "<div class=ft><p>ルンド新報は株式会社ルンド新報社の登録商標です。</p><p>ルンド市水車通り9</p></div>"
    text = f"<div class=newsBody>{p(JA_LEAD, JA_WORK, JA_PRICE)}</div>"
    body = f"<div class=wrap><div class=left>{JA_H1}{text}<div class=more>{links}</div></div>{about}</div>"
    assert read_ja(body) == [JA_LEAD, JA_WORK, JA_PRICE]


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
        "<span style='font-size:1px'>old 555</span>",
        "<span style='font-size: 0.05em; color: red'>old 555</span>",
        "<span style='color:#FFF; background-color: white'>old 555</span>",
        "<span style='background:rgb(255, 255, 255);color:#ffffff'>old 555</span>",
        "<span style='position:absolute; left: -9999px'>old 555</span>",
        "<span style='opacity: 0'>old 555</span>",
        "<span class=tooltip role=tooltip>old 555</span>",
        "<span class=tooltip-text>old 555</span>",
        "<span class=tooltip>Nobody was old 555.</span>",
    ],
)
def test_hidden_and_struck_text_is_not_read(unseen: str) -> None:
    cut = LEAD.replace("after", f"{unseen} after")
    assert read(f"<article>{H1}{p(cut, WORK, PRICE)}</article>") == [LEAD, WORK, PRICE]


@pytest.mark.parametrize(
    "style",
    [
        *("font-size:11px", "font-size: 2em", "font-size:1.05em", "left:-3px"),
        *("color:#fff;background:#000", "color:inherit;background:inherit", "color:#fff", "border-color:red;color:red"),
    ],
)
def test_what_is_set_apart_by_its_looks_is_read(style: str) -> None:
    looks = LEAD.replace("after", f"<span style='{style}'>after</span>")
    assert read(f"<article>{H1}{p(looks, WORK, PRICE)}</article>") == [LEAD, WORK, PRICE]


@pytest.mark.parametrize("name", ["tooltip", "popover-term", "gloss tooltip--dark"])
def test_a_word_with_a_tooltip_is_read_without_it(name: str) -> None:
    for bubble in ("", f"<i class={name.split()[-1]}>old 555</i>", "<i class=tooltip-inner>Nobody was old 555.</i>"):
        cut = LEAD.replace("market", f"<span class='{name}'>market{bubble}</span>")
        assert read(f"<article>{H1}{p(cut, WORK, PRICE)}</article>") == [LEAD, WORK, PRICE]
    linked = f"<i class={name.split()[0]}><a class=tooltip-link href=/m>market</a><i class=tooltip-more>old 555</i></i>"
    assert read(f"<article>{H1}{p(LEAD.replace('market', linked), WORK, PRICE)}</article>") == [LEAD, WORK, PRICE]
    glued = LEAD.replace("market", "market<i class=tooltip>old 555</i>")
    assert read(f"<article>{H1}{p(glued, WORK, PRICE)}</article>") == [LEAD, WORK, PRICE]


@pytest.mark.parametrize("style", ["style='opacity:0;transform:translateY(9px)'", "class=fade-in style='opacity: 0'"])
def test_paragraphs_that_a_script_fades_in_are_read(style: str) -> None:
    assert read(f"<article>{H1}{p(LEAD, WORK)}<p {style}>{PRICE}</p></article>") == [LEAD, WORK, PRICE]


def test_paragraphs_that_are_all_transparent_are_read() -> None:
    unseen = "".join(f"<p style='opacity:0'>{text}</p>" for text in (LEAD, WORK, PRICE))
    assert read(f"<article>{H1}{unseen}</article>") == [LEAD, WORK, PRICE]


@pytest.mark.parametrize("tag", ["button", "gloss-word"])
def test_a_word_that_can_be_pressed_is_of_its_sentence(tag: str) -> None:
    pressed = [text.replace(word, f"<{tag}>{word}</{tag}>") for text, word in ((LEAD, "market"), (WORK, "She"))]
    assert read(f"<article>{H1}{p(*pressed, PRICE)}</article>") == [LEAD, WORK, PRICE]
    japanese = JA_LEAD.replace("織り職人", f"<{tag}>織り職人</{tag}>")
    assert read_ja(f"<article>{JA_H1}{p(japanese, JA_WORK)}</article>") == [JA_LEAD, JA_WORK]


@pytest.mark.parametrize("beside", [f"{WORK} <button>Copy</button>", f"<button>Copy</button> {WORK}"])
def test_a_button_beside_a_sentence_is_no_text(beside: str) -> None:
    assert read(f"<article>{H1}{p(LEAD, beside, PRICE)}</article>") == [LEAD, WORK, PRICE]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("She says: <q>I am tired</q> and smiles at all who stand around her.", "“I am tired”"),
        ("She says: <q><b>I</b> am <b>tired</b></q> and smiles at all who stand around her.", "“I am tired”"),
        ("She says: “<q>I am tired</q>” and smiles at all who stand around her.", ": “I am tired” and"),
        ("小田さんは<q>もう疲れた</q>と話して、周りに立つ人々に笑いかけたという。", "小田さんは「もう疲れた」と"),
    ],
)
def test_quotations_have_their_marks(written: str, said: str) -> None:
    assert said in read(f"<article>{H1}{p(LEAD, written, WORK)}</article>")[1]


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
        ("<sup>1</sup>/<sub>3</sub> of it", "1/3 of it"),
        ("6<sup>1</sup>⁄<sub>2</sub> knots", "6 1⁄2 knots"),
        ("6 m<sup>3</sup>/4 days", "6 m³/4 days"),
        ("4<sup>1</sup>/<sub>2</sub> metres", "4 1/2 metres"),
        ("4<sup>1/2</sup> metres", "4 1/2 metres"),
        ("only <sup>3</sup>⁄<sub>4</sub> metres", "only 3⁄4 metres"),
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
