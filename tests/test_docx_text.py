"""What of a Word document is its text; one that can't be read is told."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from assistant import docx_parts
from assistant.docx_text import extract_docx
from assistant.errors import ArticleError


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


def _zip(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (lambda: docx(""), r"a.docx has no text in it. If it holds pictures"),
        (lambda: docx("It makes power.")[:9000], r"a.docx is broken: File is not a zip file. Open it in a word"),
        (lambda: _zip(xl__workbook_xml=b"<workbook/>"), r"a.docx is no Word document. Save the article as"),
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
