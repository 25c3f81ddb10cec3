"""What of a book is its text; one that can't be read is told, however it is broken."""

import io
import random
import zipfile
from collections.abc import Mapping

import pytest

from assistant.errors import ArticleError
from assistant.library.article import parse_article
from assistant.sources.epub import parts as epub_parts
from assistant.sources.epub.text import extract_epub
from assistant.sources.extraction import Extracted, extract
from tests.texts import ENGLISH, JAPANESE

CONTAINER = '<container xmlns="urn:c"><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n'
LIST = '<nav epub:type="toc"><h1>Contents</h1><ol><li><a href="1.xhtml">Rolls</a></li></ol></nav>'


def page(body: str, head: str = "<title>Part</title>") -> str:
    """A document of a book."""
    spaces = 'xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"'
    return f"{HEAD}<html {spaces}><head>{head}</head><body>{body}</body></html>"


def paragraphs(text: str) -> str:
    return "".join(f"<p>{paragraph}</p>" for paragraph in text.split("\n\n"))


def package(items: str, spine: str, said: str = "", rest: str = "") -> str:
    """What a book is made of: `items` and `spine` of its documents, what it says of itself, what stands behind."""
    return (
        '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" xmlns:opf="http://www.idpf.org/2007/opf" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<metadata>{said}</metadata><manifest>{items}</manifest><spine>{spine}</spine>{rest}</package>"
    )


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        for name, content in parts.items():
            archive.writestr(name, content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def epub(*pages: str | bytes, said: str = "", rest: str = "", **others: str | bytes) -> bytes:
    """A book of `pages`; `others` are parts beside or instead of what it is made of."""
    kind = 'media-type="application/xhtml+xml"'
    items = "".join(f'<item id="p{n}" href="t/{n}.xhtml" {kind}/>' for n in range(len(pages)))
    spine = "".join(f'<itemref idref="p{n}"/>' for n in range(len(pages)))
    parts: dict[str, str | bytes] = {
        "META-INF/container.xml": CONTAINER,
        "OEBPS/book.opf": package(items, spine, said, rest),
        **{f"OEBPS/t/{n}.xhtml": content for n, content in enumerate(pages)},
    }
    return packed(parts | others)


def read(*pages: str | bytes) -> list[str]:
    return extract_epub(epub(*pages), "a.epub").text.split("\n\n")


def test_a_book_gives_its_text_title_and_date() -> None:
    said = (
        "<dc:title>The roll and the island</dc:title>"
        '<dc:date opf:event="modification">2031-02-03</dc:date>'
        '<dc:date opf:event="publication">2025-06-07T08:00:00Z</dc:date>'
    )
    found = extract(epub(page(paragraphs(ENGLISH)), page(paragraphs(JAPANESE)), said=said), "a.epub")
    assert found == Extracted(f"{ENGLISH}\n\n{JAPANESE}", "The roll and the island", "2025-06-07")
    assert [language.value for language in parse_article(found.text).languages] == ["en", "ja"]


def test_a_main_title_goes_before_others() -> None:
    said = (
        '<dc:title id="a">Of bread</dc:title><dc:title id="b">The roll</dc:title>'
        '<meta refines="#a" property="title-type">subtitle</meta><meta refines="#b" property="title-type">main</meta>'
    )
    assert extract_epub(epub(page("<p>A roll.</p>"), said=said), "a.epub").title == "The roll"


def test_signs_of_notes_and_numbers_of_pages_are_no_text() -> None:
    body = (
        '<p>The mill<a epub:type="noteref" href="#n">1</a> sold 240<a role="doc-noteref" href="#n">*</a> rolls'
        '<span epub:type="pagebreak" title="7">7</span>, of <i>10<sup>6</sup></i> so far.</p>'
        '<aside epub:type="footnote" id="n"><p>In May. <a role="doc-backlink" href="#r">↩</a></p></aside>'
    )
    assert read(page(body)) == ["The mill sold 240 rolls, of 10^6 so far.", "In May."]


def test_the_day_of_a_book_may_be_in_words() -> None:
    said = "<dc:date>June 7, 2025</dc:date>"
    assert extract_epub(epub(page("<p>A roll.</p>"), said=said), "a.epub").date == "2025-06-07"


@pytest.mark.parametrize("day", ["2025", "2025-06", "0101-01-01T00:00:00+00:00", "June", ""])
def test_what_is_no_day_is_no_date(day: str) -> None:
    said = f"<dc:title> </dc:title><dc:date>{day}</dc:date>"
    assert extract_epub(epub(page("<p>A roll.</p>"), said=said), "a.epub") == Extracted("A roll.")


def test_a_chapter_is_text_from_its_first_word_to_its_last() -> None:
    body = (
        '<div class="comments sidebar"><p>Short.</p></div><h2>Prices</h2><ul><li>Roll: 240 yen</li></ul>'
        "<table><tr><td>May</td><td>12%</td></tr></table><aside epub:type='footnote'><p>In yen.</p></aside>"
        '<p><a href="2.xhtml">Read on</a></p><pre>one\ntwo</pre><p>Subscribe to the newsletter.</p>'
    )
    assert read(page(body)) == [
        *("Short.", "Prices", "Roll: 240 yen", "May | 12%", "In yen.", "Read on", "one", "two"),
        "Subscribe to the newsletter.",
    ]


def test_documents_come_in_the_order_of_the_spine_each_once() -> None:
    kind = 'media-type="application/xhtml+xml"'
    items = (
        f'<item id="b" href="b%20b.xhtml" {kind}/><item id="a" href="../text/./a.xhtml#x" {kind}/>'
        f'<item id="gone" href="gone.xhtml" {kind}/><item id="web" href="https://example.org/c.xhtml" {kind}/>'
        f'<item id="out" href="../../../../etc/passwd" {kind}/><item id="c" href="c.xhtml" {kind}/>'
        '<item id="cover" href="cover.svg" media-type="image/svg+xml"/><item id="none"/>'
    )
    order = ("b", "gone", "web", "out", "cover", "none", "unknown", "a", "b")
    spine = "".join(f'<itemref idref="{one}"/>' for one in order) + "<itemref/>"
    parts = {
        "META-INF/container.xml": CONTAINER,
        "OEBPS/book.opf": package(items, spine),
        "OEBPS/b b.xhtml": page("<p>First.</p>"),
        "text\\A.xhtml": page("<p>Second.</p>"),
        "OEBPS/c.xhtml": page("<p>In no order.</p>"),
        "OEBPS/cover.svg": "<svg><text>Cover</text></svg>",
        "../../etc/passwd": page("<p>Outside.</p>"),
    }
    assert extract_epub(packed(parts), "a.epub").text == "First.\n\nSecond."


def test_what_is_written_as_xml_is_read_as_xml() -> None:
    head = '<title/><script src="a.js"/><style/>'
    body = '<p><a id="here"/>A&nbsp;roll&mdash;<i/>240 yen &amp; more &lt;b&gt;.</p><div/><p>Tea<br/>Milk</p>'
    assert read(page(body, head)) == ["A roll—240 yen & more <b>.", "Tea", "Milk"]


def test_readings_line_breaks_and_other_encodings_are_as_on_pages() -> None:
    ruby = page("<p><ruby>月見島<rt>つきみじま</rt></ruby>の店は\n  明るい。</p>")
    assert read(ruby) == ["月見島の店は明るい。"]
    wide = page("<p>星野さんの店。</p>").replace("UTF-8", "UTF-16").encode("utf-16")
    assert read(wide) == ["星野さんの店。"]


def test_what_is_no_xml_is_read_as_a_page() -> None:
    assert read("<p>A roll<br>costs <b>240 yen.<p>So it is.") == ["A roll", "costs 240 yen.", "So it is."]
    assert read(page("<p>Tea &unknown; milk.</p><p>Unclosed.")) == ["Tea &unknown; milk.", "Unclosed."]


def test_tables_of_contents_are_left_out_and_what_stands_beside_them_is_not() -> None:
    linked = '<h1>Contents</h1><p><a href="0.xhtml">Rolls</a> 3</p><p><a href="1.xhtml">Prices</a> 5</p>'
    guide = '<guide><reference type="toc" href="t/1.xhtml#top"/><reference type="toc" href="t/2.xhtml"/></guide>'
    book = epub(page(f"{LIST}<p>A roll.</p>"), page(linked), page("<h1>Tea</h1><p>No list at all.</p>"), rest=guide)
    assert extract_epub(book, "a.epub").text == "A roll.\n\nTea\n\nNo list at all."
    kind = 'media-type="application/xhtml+xml"'
    items = f'<item id="n" href="n.xhtml" properties="nav" {kind}/><item id="p" href="p.xhtml" {kind}/>'
    parts = {
        "META-INF/container.xml": CONTAINER,
        "OEBPS/book.opf": package(items, '<itemref idref="n"/><itemref idref="p"/>'),
        "OEBPS/n.xhtml": page(f"<h2>Where is what</h2>{LIST}"),
        "OEBPS/p.xhtml": page(f"<nav><p>Not a list.</p></nav>{paragraphs(JAPANESE)}"),
    }
    assert extract_epub(packed(parts), "a.epub").text == f"Not a list.\n\n{JAPANESE}"


def test_the_package_is_found_without_a_container() -> None:
    parts = {"b.opf": package('<item id="p" href="p" media-type="text/html"/>', '<itemref idref="p"/>')}
    assert extract_epub(packed({**parts, "p": "<p>A roll.</p>"}), "a.epub").text == "A roll."
    elsewhere = CONTAINER.replace("OEBPS/book.opf", "../b.opf")
    parts["META-INF/container.xml"] = elsewhere.replace("book", "none")
    assert extract_epub(packed({**parts, "p": "<p>A roll.</p>"}), "a.epub").text == "A roll."


def _lock(part: str) -> str:
    return (
        '<encryption xmlns="urn:c"><EncryptedData xmlns="urn:e">'
        f'<CipherData><CipherReference URI="{part}"/></CipherData></EncryptedData></encryption>'
    )


def test_a_locked_book_is_told_and_one_with_locked_fonts_is_read() -> None:
    locked = {"META-INF/encryption.xml": _lock("OEBPS/t/0.xhtml")}
    with pytest.raises(ArticleError, match=r"^a\.epub is locked against copying \(DRM\), so its text can't be read\."):
        extract_epub(epub(page("<p>A roll.</p>"), **locked), "a.epub")
    fonts = {"META-INF/encryption.xml": _lock("OEBPS/font.otf"), "OEBPS/font.otf": b"?"}
    assert extract_epub(epub(page("<p>A roll.</p>"), **fonts), "a.epub").text == "A roll."
    data = bytearray(epub(page("<p>A roll.</p>")))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # as if locked with a password
        at = data.find(mark)
        while at >= 0:
            data[at + flags] |= 1
            at = data.find(mark, at + 1)
    with pytest.raises(ArticleError, match="is locked against copying"):
        extract_epub(bytes(data), "a.epub")


def test_what_grows_when_it_is_unpacked_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = epub(page("<p>" + "roll " * 5_000_000 + "</p>"))
    assert len(bomb) < 100_000
    with pytest.raises(ArticleError, match=r"has 25,\d{3},\d{3} bytes when it is unpacked; at most 10,000,000 are"):
        extract_epub(bomb, "a.epub")
    monkeypatch.setattr(epub_parts, "UNPACKED_BYTES", 20_000)
    with pytest.raises(ArticleError, match="bytes when it is unpacked"):
        extract_epub(epub(*[page(paragraphs(ENGLISH))] * 30), "a.epub")


def test_entities_are_not_filled_in() -> None:
    doctype = '<!DOCTYPE html [<!ENTITY a "roll"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "file:///etc/hostname">]>'
    hostile = page("<p>A &b; &f;.</p>").replace("<!DOCTYPE html>", doctype)
    text = " ".join(read(hostile))
    assert "roll" not in text
    assert text.startswith("A ")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (packed({"a.txt": "A roll."}), r"a\.epub is no EPUB file, though it is called one\. Save it anew"),
        (b"It makes power.", r"a\.epub is no EPUB file, though it is called one\. Save it anew"),
        (epub(), r"a\.epub has no text in it"),
        (epub(page("<img src='a.png'/>")), r"a\.epub has no text in it"),
        (epub(**{"OEBPS/book.opf": "<package"}), r"The EPUB file a\.epub is broken: .*\. Save it anew"),
        (epub(**{"META-INF/container.xml": "?"}), r"The EPUB file a\.epub is broken: "),
        (epub(page("A roll."))[:-40], r"The EPUB file a\.epub is broken: File is not a zip file\."),
    ],
)
def test_what_cannot_be_read_is_told_in_a_line(data: bytes, says: str) -> None:
    with pytest.raises(ArticleError, match=f"^{says}[^\n]*$"):
        extract(data, "a.epub")


def test_a_text_without_end_is_told() -> None:
    found = extract(epub(page(f"<p>{'A roll costs 240 yen. ' * 100_000}</p>")), "a.epub")
    with pytest.raises(ArticleError, match=r"The text has 2,\d{3},\d{3} bytes; at most 2,000,000 are read"):
        parse_article(found.text)


def test_damaged_books_are_read_or_told() -> None:
    chance = random.Random(7)  # noqa: S311  no secret
    whole = epub(page(paragraphs(ENGLISH)), page(paragraphs(JAPANESE)))
    told = 0
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        cut = bytes(data[: chance.randrange(1, len(data))] if chance.random() < 0.2 else data)
        try:
            assert extract_epub(cut, "a.epub").text
        except ArticleError:
            told += 1
    assert 0 < told < 300
