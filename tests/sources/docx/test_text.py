"""What of a Word document is its text; one that can't be read is told."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from assistant.errors import ArticleError
from assistant.sources.docx import parts as docx_parts
from assistant.sources.docx.text import extract_docx


def docx(*paragraphs: str, title: str = "", made: datetime | None = None) -> bytes:
    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if title:
        document.core_properties.title = title
    if made:
        document.core_properties.created = made
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def text_of(*runs: str) -> str:
    """The text of a document with one paragraph, whose runs are given as they are written inside the file."""
    document = Document()
    paragraph = document.add_paragraph("Mill ")
    for run in runs:
        paragraph._p.append(parse_xml(run.replace(">", f" {nsdecls('w')}>", 1)))
    stream = io.BytesIO()
    document.save(stream)
    return extract_docx(stream.getvalue(), "a.docx").text


USUAL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
CORE = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"


def package(
    body: str,
    styles: str = "",
    *,
    main: str = "word/document.xml",
    target: str = "word/document.xml",
    strict: bool = False,
) -> bytes:
    """A document whose body and styles are given as they are written inside the file; the prefixes are as usual."""
    words = "http://purl.oclc.org/ooxml" if strict else "http://schemas.openxmlformats.org"
    spaces = " ".join(f'xmlns:{prefix}="{words}/{prefix}"' for prefix in ("w", "m", "v", "wp", "a", "mc", "dc", "t"))
    kinds = STRICT if strict else USUAL
    folder, _, file = main.replace("\\", "/").rpartition("/")
    within = f"{folder}/" if folder else ""
    parts = {
        "_rels/.rels": (
            f'<Relationships><Relationship Type="{kinds}/extended-properties" Target="app.xml"/>'
            f'<Relationship Type="{CORE}" Target="core.xml"/>'
            f'<Relationship Type="{kinds}/officeDocument" Target="{target}"/></Relationships>'
        ),
        "core.xml": (
            f"<core {spaces}><dc:title>Mill makes power</dc:title><t:created>2025-01-20T23:00:00Z</t:created></core>"
        ),
        main: f"<w:document {spaces}><w:body>{body}</w:body></w:document>",
        f"{within}_rels/{file}.rels": (
            f'<Relationships><Relationship Type="{kinds}/styles" Target="looks.xml"/></Relationships>'
        ),
        f"{within}looks.xml": f"<w:styles {spaces}>{styles}</w:styles>",
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def read(body: str, styles: str = "") -> list[str]:
    """The paragraphs of a document that is made as `package` says."""
    return extract_docx(package(body, styles), "a.docx").text.split("\n\n")


@pytest.mark.parametrize(
    ("run", "text"),
    [
        ("<w:ins><w:r><w:t>makes power</w:t></w:r></w:ins>", "Mill makes power"),
        ("<w:del><w:r><w:delText>burns</w:delText></w:r></w:del>", "Mill"),
        ("<w:hyperlink><w:r><w:t>makes power</w:t></w:r></w:hyperlink>", "Mill makes power"),
        ("<w:r><w:t>makes</w:t><w:tab/><w:t>power</w:t></w:r>", "Mill makes power"),
        ("<w:r><w:t>makes</w:t><w:br/><w:t>power</w:t></w:r>", "Mill makes\n\npower"),
        ("<w:r><w:t>co</w:t><w:noBreakHyphen/><w:t>op</w:t></w:r>", "Mill co-op"),
        ("<w:sdt><w:sdtContent><w:r><w:t>makes power</w:t></w:r></w:sdtContent></w:sdt>", "Mill makes power"),
        ("<w:r><w:instrText>PAGE</w:instrText></w:r>", "Mill"),
        ("<w:r><w:t>makes\n\t power</w:t></w:r>", "Mill makes power"),
        (
            "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>Type here</w:t></w:r></w:sdtContent>"
            "</w:sdt>",
            "Mill",
        ),
        (
            "<w:r><w:ruby><w:rt><w:r><w:t>すいしゃ</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>水車</w:t></w:r>"
            "</w:rubyBase></w:ruby></w:r>",
            "Mill 水車",
        ),
    ],
)
def test_what_a_paragraph_may_hold(run: str, text: str) -> None:
    assert text_of(run) == text


def test_empty_paragraphs_are_none_and_cells_of_one_row_are_a_line() -> None:
    document = Document()
    document.add_paragraph("First")
    document.add_paragraph(" ")
    table = document.add_table(rows=2, cols=3)
    for cell, content in zip(table._cells, ("Year", "Power", "", "2023", "12\nkW", "x"), strict=True):
        cell.text = content
    table.cell(1, 1).merge(table.cell(1, 2))
    document.add_paragraph("Last")
    stream = io.BytesIO()
    document.save(stream)
    expected = ["First", "Year | Power", "2023 | 12 kW x", "Last"]
    assert extract_docx(stream.getvalue(), "a.docx").text.split("\n\n") == expected


def test_title_and_date_are_those_of_the_document_where_they_can_be() -> None:
    found = extract_docx(docx("It makes power.", title="Mill makes power", made=datetime(2025, 1, 20, 23)), "a.docx")
    assert (found.title, found.date) == ("Mill makes power", "2025-01-20")
    found = extract_docx(docx("It makes power."), "a.docx")  # as the template of python-docx has them
    assert (found.title, found.date) == ("", "")


def test_a_frame_of_one_cell_keeps_its_paragraphs_and_no_cell_is_lost() -> None:
    frame = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>A mill.</w:t></w:r></w:p><w:p><w:r><w:t>A weir.</w:t></w:r></w:p></w:tc>"
    row = (
        "<w:tr><w:tc><w:p><w:r><w:t>Year</w:t></w:r></w:p></w:tc><w:sdt><w:sdtContent><w:tc><w:p><w:r><w:t>2023</w:t>"
        "</w:r></w:p></w:tc></w:sdtContent></w:sdt></w:tr>"
    )
    gone = "<w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p><w:r><w:t>2022</w:t></w:r></w:p></w:tc></w:tr>"
    unseen = "<w:tr><w:trPr><w:hidden/></w:trPr><w:tc><w:p><w:r><w:t>2021</w:t></w:r></w:p></w:tc></w:tr>"
    assert read(f"{frame}</w:tr>{row}{gone}{unseen}</w:tbl>") == ["A mill.", "A weir.", "Year | 2023"]


MARK_DELETED = "<w:pPr><w:rPr><w:del/></w:rPr></w:pPr>"
MARK_HIDDEN = "<w:pPr><w:rPr><w:vanish/><w:specVanish/></w:rPr></w:pPr>"


@pytest.mark.parametrize("settings", [MARK_DELETED, MARK_HIDDEN, MARK_DELETED.replace("del", "moveFrom")])
def test_a_paragraph_whose_mark_is_gone_goes_on_in_the_next(settings: str) -> None:
    first = f"<w:p>{settings}<w:r><w:t xml:space='preserve'>The mill, </w:t></w:r></w:p>"
    empty = f"<w:p>{settings}<w:del><w:r><w:delText>old and</w:delText></w:r></w:del></w:p>"
    last = "<w:p><w:r><w:t>makes power.</w:t></w:r></w:p>"
    assert read(first + empty + last + last) == ["The mill, makes power.", "makes power."]
    table = f"<w:tbl><w:tr><w:tc>{first}</w:tc><w:tc>{last}</w:tc></w:tr></w:tbl>"
    assert read(first + table + first) == ["The mill,", "The mill, | makes power.", "The mill,"]


STYLES = """
<w:style w:type="paragraph" w:styleId="Note"><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Late"><w:basedOn w:val="Note"/><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Shown"><w:basedOn w:val="Late"/><w:rPr><w:vanish w:val="0"/></w:rPr></w:style>
<w:style w:type="character" w:styleId="Aside"><w:rPr><w:vanish w:val="true"/></w:rPr></w:style>
<w:style w:type="character" w:styleId="Old"><w:rPr><w:strike/></w:rPr></w:style>
<w:style w:type="character" w:styleId="Older"><w:basedOn w:val="Old"/></w:style>
<w:style w:type="character" w:styleId="Twice"><w:rPr><w:dstrike/></w:rPr></w:style>
<w:style w:type="character" w:styleId="Round"><w:basedOn w:val="About"/></w:style>
<w:style w:type="character" w:styleId="About"><w:basedOn w:val="Round"/></w:style>
"""


@pytest.mark.parametrize(
    ("paragraph", "run", "seen"),
    [
        ("", "<w:vanish/>", False),
        ("", '<w:vanish w:val="false"/>', True),
        ("", "<w:webHidden/>", True),
        ("", "<w:strike/>", False),
        ("", '<w:strike w:val="off"/>', True),
        ("", "<w:dstrike/>", False),
        ("", "<w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange>", True),
        ("Note", "", False),
        ("Late", "", False),
        ("Late", '<w:vanish w:val="0"/>', True),
        ("Shown", "", True),
        ("Nosuch", "", True),
        ("", '<w:rStyle w:val="Aside"/>', False),
        ("Note", '<w:rStyle w:val="Aside"/>', True),  # a style for words turns over what that of the paragraph says
        ("", '<w:rStyle w:val="Old"/>', False),
        ("", '<w:rStyle w:val="Older"/>', False),
        ("", '<w:rStyle w:val="Older"/><w:strike w:val="0"/>', True),
        ("", '<w:rStyle w:val="Twice"/>', False),
        ("", '<w:rStyle w:val="Round"/>', True),
    ],
)
def test_what_is_hidden_or_struck_is_left_out(paragraph: str, run: str, seen: bool) -> None:
    settings = f'<w:pPr><w:pStyle w:val="{paragraph}"/></w:pPr>' if paragraph else ""
    body = (
        f"<w:p>{settings}<w:r><w:rPr>{run}</w:rPr><w:t>It burns.</w:t></w:r></w:p><w:p><w:r><w:t>End</w:t></w:r></w:p>"
    )
    assert ("It burns." in "".join(read(body, STYLES))) is seen
    assert read(body, STYLES)[-1].endswith("End")


def test_what_holds_for_all_text_and_for_usual_paragraphs_is_heeded() -> None:
    body = (
        "<w:p><w:r><w:t>It burns.</w:t></w:r></w:p>"
        "<w:p><w:pPr><w:pStyle w:val='Text'/></w:pPr><w:r><w:t>A</w:t></w:r></w:p>"
    )
    usual = '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:rPr><w:strike/></w:rPr></w:style>'
    text = '<w:style w:type="paragraph" w:styleId="Text"/>'
    assert read(body, usual + text) == ["A"]
    every = "<w:docDefaults><w:rPrDefault><w:rPr><w:strike/></w:rPr></w:rPrDefault></w:docDefaults>"
    with pytest.raises(ArticleError, match="has no text in it"):
        read(body, every + text)


@pytest.mark.parametrize(
    ("run", "text"),
    [
        ('<w:r><w:sym w:font="Symbol" w:char="F0B1"/><w:t>3</w:t></w:r>', "±3"),
        ('<w:r><w:sym w:font="Wingdings" w:char="F0FC"/><w:t>3</w:t></w:r>', "✓3"),
        ('<w:r><w:sym w:font="Arial" w:char="00BD"/></w:r>', "½"),
        ('<w:r><w:sym w:font="Nosuch" w:char="F041"/><w:t>3</w:t></w:r>', "3"),
        ('<w:r><w:sym w:font="Symbol" w:char="none"/><w:t>3</w:t></w:r>', "3"),
        ('<w:r><w:rPr><w:strike/></w:rPr><w:sym w:font="Symbol" w:char="F0B1"/></w:r><w:r><w:t>3</w:t></w:r>', "3"),
        ('<w:r><w:rPr><w:rFonts w:ascii="Symbol" w:hAnsi="Symbol"/></w:rPr><w:t>\uf0b3</w:t></w:r>', "≥"),
        ("<m:f><m:num><m:r><m:t>3</m:t></m:r></m:num><m:den><m:r><m:t>4</m:t></m:r></m:den></m:f>", "3/4"),
    ],
)
def test_signs_of_symbol_fonts_are_characters(run: str, text: str) -> None:
    assert read(f"<w:p>{run}</w:p>") == [text]


RAISE = '<w:vertAlign w:val="superscript"/>'


def runs(*written: str) -> str:
    """A paragraph of runs, of which those that begin with ^ are raised."""
    up, run = f"<w:rPr>{RAISE}</w:rPr>", "<w:r>{}<w:t xml:space='preserve'>{}</w:t></w:r>"
    return f"<w:p>{''.join(run.format(up if one[0] == '^' else '', one.removeprefix('^')) for one in written)}</w:p>"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (("Some 10", "^6", " litres"), "Some 10^6 litres"),
        (("Some 10", "^-", "^6 ", "litres"), "Some 10^-6 litres"),
        (("A weir of 9 m", "^2", "."), "A weir of 9 m²."),
        (("The mill", "^3", " makes power"), "The mill makes power"),
        (("The mill makes 12", "^[4]", " kW"), "The mill makes 12 kW"),
        (("It is the 4", "^th", " mill"), "It is the 4th mill"),
        (("About ", "^1", "/3 of it"), "About 1/3 of it"),
        (("About 4", "^1", "⁄", "2 of it"), "About 4 1⁄2 of it"),
        (("水車は毎日10", "^7", "リットルを使う"), "水車は毎日10^7リットルを使う"),
        (("水車", "^1", "は回る"), "水車は回る"),
        (("^All of it is raised.",), "All of it is raised."),
    ],
)
def test_raised_figures_are_not_glued_to_others(written: tuple[str, ...], text: str) -> None:
    assert read(runs(*written)) == [text]


def test_a_style_raises_figures_too() -> None:
    style = f'<w:style w:type="character" w:styleId="Up"><w:rPr>{RAISE}</w:rPr></w:style>'
    up = '<w:r><w:rPr><w:rStyle w:val="Up"/>{}</w:rPr><w:t>6</w:t></w:r>'
    flat = up.format('<w:vertAlign w:val="baseline"/>')
    head = "<w:r><w:t>10</w:t></w:r>"
    assert read(f"<w:p>{head}{up.format('')}</w:p><w:p>{head}{flat}</w:p>", style) == ["10^6", "106"]


NAMED = '<w:style w:type="paragraph" w:styleId="a3"><w:name w:val="Title"/></w:style>'
OTHER_STYLE = '<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Mine"/></w:style>'


@pytest.mark.parametrize(
    ("style", "styles", "title"),
    [
        ("a3", NAMED, "Weir feeds mill"),
        ("Title", "", "Weir feeds mill"),
        ("Title", OTHER_STYLE, "Mill makes power"),
        ("Heading1", NAMED, "Mill makes power"),
    ],
)
@pytest.mark.parametrize("around", ["{}", "<w:tbl><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>"])
def test_the_title_in_a_document_goes_before_what_it_tells_of_itself(
    style: str, styles: str, title: str, around: str
) -> None:
    text = "<w:r><w:t>{}</w:t></w:r>"
    headed = f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{text.format("{}")}</w:p>'
    titles = "".join(map(headed.format, ("", "Weir feeds mill", "Two")))
    body = f"<w:p>{text.format('News')}</w:p>{titles}"
    assert extract_docx(package(around.format(body), styles), "a.docx").title == title


BOX = (
    "<w:txbxContent><w:p><w:r><w:t>Power: 12 kW</w:t></w:r></w:p>"
    "<w:p><w:r><w:t>Built in 1903</w:t></w:r></w:p></w:txbxContent>"
)
OLD_BOX = f"<w:pict><v:shape><v:textbox>{BOX}</v:textbox></v:shape></w:pict>"
NEW_BOX = f"<w:drawing><wp:anchor><wp:docPr/><a:graphic>{BOX}</a:graphic></wp:anchor></w:drawing>"
BOTH = (
    f"<mc:AlternateContent><mc:Choice>{NEW_BOX}</mc:Choice><mc:Fallback>{OLD_BOX}</mc:Fallback></mc:AlternateContent>"
)
PICTURE = BOTH.replace(NEW_BOX, "<w:drawing/>")


@pytest.mark.parametrize("box", [OLD_BOX, NEW_BOX, BOTH, PICTURE], ids=["old", "new", "both", "fallback"])
def test_a_text_box_is_read_once_where_it_stands(box: str) -> None:
    head = "<w:p><w:r><w:t>A mill</w:t></w:r></w:p>"
    in_box = ["Power: 12 kW", "Built in 1903"]
    halves = "<w:r><w:t>It makes</w:t></w:r>", "<w:r><w:t xml:space='preserve'> power.</w:t></w:r>"
    assert read(f"{head}<w:p><w:r>{box}</w:r>{''.join(halves)}</w:p>{head}") == [
        *("A mill", *in_box, "It makes power.", "A mill"),
    ]
    assert read(f"{head}<w:p>{halves[0]}<w:r>{box}</w:r>{halves[1]}</w:p>") == ["A mill", "It makes power.", *in_box]
    assert read(f"<w:p><w:r>{box}</w:r><w:r><w:t>A mill</w:t></w:r></w:p>{head}") == ["A mill", *in_box, "A mill"]
    assert read(f"<w:p><w:r>{box}</w:r></w:p>{head}") == [*in_box, "A mill"]
    assert read(f"{head}<w:p><w:r><w:rPr><w:vanish/></w:rPr>{box}</w:r></w:p>") == ["A mill"]
    struck = f"{head}<w:p><w:r><w:rPr><w:strike/></w:rPr><w:t>Old</w:t>{box}</w:r></w:p>"
    assert read(struck) == ["A mill", *in_box]


def test_a_hidden_shape_is_not_read() -> None:
    head = "<w:p><w:r><w:t>A mill</w:t></w:r></w:p>"
    new = NEW_BOX.replace("<wp:docPr/>", '<wp:docPr hidden="1"/>')
    old = OLD_BOX.replace("<v:shape>", '<v:shape style="width:9pt; visibility: hidden">')
    assert read(f"{head}<w:p><w:r>{new}{old}</w:r></w:p>") == ["A mill"]


def test_paragraphs_in_two_ways_are_read_in_one() -> None:
    ways = "<mc:AlternateContent><mc:Choice>{0}{0}</mc:Choice><mc:Fallback>{0}</mc:Fallback></mc:AlternateContent>"
    open_paragraph = f"<w:p>{MARK_DELETED}<w:r><w:t>A</w:t></w:r><w:r><w:t>B</w:t></w:r></w:p>"
    assert read(open_paragraph + ways.format("<w:p><w:r><w:t>C</w:t></w:r></w:p>")) == ["ABC", "C"]


@pytest.mark.parametrize(
    ("main", "target"),
    [
        ("word/document.xml", "word/document.xml"),
        ("word/document2.xml", "/word/document2.xml"),
        ("story.xml", "story.xml"),
        ("my text/a.xml", "my%20text/a.xml"),
        ("Text/Main.XML", "text/main.xml"),
        ("word\\document.xml", "word\\document.xml"),
    ],
)
@pytest.mark.parametrize("strict", [False, True])
def test_the_main_part_is_the_one_that_the_document_names(main: str, target: str, strict: bool) -> None:
    note = '<w:p><w:pPr><w:pStyle w:val="Note"/></w:pPr><w:r><w:t>No</w:t></w:r></w:p>'
    body = f"{note}<w:p><w:r><w:t>A mill</w:t></w:r></w:p>"
    data = package(body, STYLES, main=main, target=target, strict=strict)
    found = extract_docx(data, "a.docx")
    assert (found.text, found.title, found.date) == ("A mill", "Mill makes power", "2025-01-20")


def _zip(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return stream.getvalue()


ENTITIES = b"<!DOCTYPE d [<!ENTITY a SYSTEM 'file:///etc/hostname'>]><document><body><p><r><t>&a;</t></r></p></body></document>"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (lambda: docx(""), r"a.docx has no text in it. If it holds pictures"),
        (lambda: docx("It makes power.")[:9000], r"a.docx is broken: File is not a zip file. Open it in a word"),
        (lambda: _zip(xl__workbook_xml=b"<workbook/>"), r"a.docx is no Word document. Save the article as"),
        (lambda: _zip(word__document_xml=b"<workbook/>"), r"a.docx is no Word document. Save the article as"),
        (lambda: _zip(word__document_xml=b"<document><body>"), r"a.docx is broken: Premature end of data"),
        (lambda: _zip(word__document_xml=ENTITIES), r"a.docx is broken: DOCTYPE"),
        (lambda: package("<w:sdt>" * 300 + "</w:sdt>" * 300), r"a.docx is broken: Excessive depth in document"),
        (
            lambda: _zip(word__document_xml=b" " * 60_000_000),
            r"60,000,000 bytes when it is unpacked; at most 50,000,000",
        ),
    ],
)
def test_what_cannot_be_read_is_told(data: Callable[[], bytes], says: str) -> None:
    with pytest.raises(ArticleError, match=says):
        extract_docx(data(), "a.docx")


def test_a_part_is_not_unpacked_beyond_the_size_it_claims(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a file that lies about its sizes would get past the limit."""
    data = docx("It makes power. " * 20_000)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = archive.getinfo("word/document.xml").file_size
    lying = data.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert lying != data
    monkeypatch.setattr(docx_parts, "UNPACKED_BYTES", 1_000_000)
    with pytest.raises(ArticleError, match="when it is unpacked"):
        extract_docx(data, "a.docx")
    with pytest.raises(zipfile.BadZipFile, match="Bad CRC-32"):
        extract_docx(lying, "a.docx")
