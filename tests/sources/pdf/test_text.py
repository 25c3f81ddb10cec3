"""Lines of a PDF become paragraphs again; one that can't be read is told."""

import io
import re
from typing import Any

import pypdf
import pytest

from assistant.errors import ArticleError
from assistant.sources.pdf import text as pdf_text
from assistant.sources.pdf.text import extract_pdf
from tests.pdfs import Line, drawing, pdf


def paragraphs(*pages: list[Line]) -> list[str]:
    return extract_pdf(pdf(*map(drawing, pages)), "a.pdf").text.split("\n\n")


def column(*lines: str, x: int = 60, top: int = 500, leading: int = 15, size: int = 11) -> list[Line]:
    return [(x, top - leading * number, size, line) for number, line in enumerate(lines)]


def test_paragraphs_are_told_by_the_distance_between_them() -> None:
    first = column("The mill ground flour for", "three hundred years.")
    second = column("Now it makes power for", "forty houses.", top=460)
    assert paragraphs(first + second) == [
        "The mill ground flour for three hundred years.",
        "Now it makes power for forty houses.",
    ]


def test_paragraphs_are_told_by_their_indent_and_by_a_short_line_that_ends_a_sentence() -> None:
    lines = column(
        "The mill ground flour for three hundred years, until the river", "fell and nobody repaired it again."
    )
    lines += column("Now it makes power for forty houses, and the owner is content.", x=74, top=470)
    lines += column("Visitors may come on Sundays at any time of the day they like", "and stay.", top=455)
    lines += column("Children pay half, and dogs are not admitted to the mill at all.", top=425)
    assert [text.split()[0] for text in paragraphs(lines)] == ["The", "Now", "Children"]
    assert paragraphs(lines)[1].endswith(
        "content. Visitors may come on Sundays at any time of the day they like and stay."
    )


def test_a_heading_stands_alone_and_is_joined_over_its_lines() -> None:
    lines = column("Mill makes power for", "forty houses", size=18, leading=22) + column(
        "It ground flour before.", top=462
    )
    assert paragraphs(lines) == ["Mill makes power for forty houses", "It ground flour before."]


def test_items_of_a_list_stay_apart() -> None:
    assert paragraphs(column("• flour for bread", "• power for houses", "2. and more")) == [
        "• flour for bread",
        "• power for houses",
        "2. and more",
    ]


def test_a_sentence_goes_on_in_the_next_column_and_on_the_next_page() -> None:
    left = column("The mill ground flour for", "three hundred years until the")
    right = column("river fell. Then it stood", "empty for", x=260)
    assert paragraphs(left + right, column("a while.")) == [
        "The mill ground flour for three hundred years until the river fell. Then it stood empty for a while."
    ]


def test_what_stands_on_every_page_is_left_out_and_page_numbers_too() -> None:
    pages = [
        [(60, 570, 8, "Tarn Valley Post, 3 June 2025"), (60, 500, 11, text), (230, 30, 8, number)]
        for text, number in (("The mill ground flour.", "- 1 -"), ("Now it makes power in 2024.", "2 of 9"))
    ]
    assert paragraphs(*pages) == ["The mill ground flour.", "Now it makes power in 2024."]


def test_a_year_on_a_line_of_its_own_is_no_page_number() -> None:
    lines = column("The mill", "was built in", "1913", "and burned", "down in 1950.")
    assert paragraphs(lines) == ["The mill was built in 1913 and burned down in 1950."]


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (("The mill makes elec-", "tricity."), "The mill makes electricity."),
        (("A long-term plan and a long-", "term loan."), "A long-term plan and a long-term loan."),
        (("The Anglo-", "Norwegian firm."), "The Anglo-Norwegian firm."),
        (("It costs 20 -", "or so."), "It costs 20 - or so."),
        (("The mill of 1913-", "1950 burned down."), "The mill of 1913-1950 burned down."),
        (("In pages 12–", "14 it says so."), "In pages 12–14 it says so."),
        (("It was a 30-", "year plan."), "It was a 30-year plan."),
        (("It was a 20-", "or 30-year plan."), "It was a 20- or 30-year plan."),
        (("It needs a for-", "matter."), "It needs a formatter."),
        (("It was a four-", "year plan."), "It was a four-year plan."),
        (("It was a well-", "known under-", "ground mill."), "It was a well-known underground mill."),
    ],
)
def test_words_cut_at_the_end_of_a_line(lines: tuple[str, ...], joined: str) -> None:
    assert paragraphs(column(*lines)) == [joined]


@pytest.mark.parametrize(
    ("letter", "beside", "begins"),
    [
        ("T", "he mill ground flour until the river", "The mill"),
        ("T", "HE MILL ground flour until the river", "THE MILL"),
        ("A", "mill ground flour for us until the river", "A mill"),
        ("A", "fter 1913 it ground flour until the river", "After 1913"),
        ("I", "n 1913 it ground flour until the river", "In 1913"),
        ("I", "saw that it ground flour until the river", "I saw"),
    ],
)
def test_a_large_letter_beside_several_lines_begins_them(letter: str, beside: str, begins: str) -> None:
    right = 78 if letter == "I" else 92
    lines = [
        (60, 470, 40, letter),
        (right, 500, 11, beside),
        (right, 485, 11, "fell in the year of the great drought, and"),
    ]
    lines += column("nobody repaired it until the town bought it, as the", "mayor said.", top=470)
    (found,) = paragraphs(lines)
    assert found.startswith(f"{begins} ")
    assert found.endswith(
        "the river fell in the year of the great drought, and nobody repaired it until the town bought "
        "it, as the mayor said."
    )


def test_large_letters_that_begin_no_lines_beside_them_stay() -> None:
    above = [(60, 540, 40, "A"), *column("The mill ground flour.", "It makes power.", top=500)]
    assert paragraphs(above) == ["A", "The mill ground flour. It makes power."]


def test_turned_text_is_left_out() -> None:
    turned = b"BT /F1 8 Tf 0 1 -1 0 20 300 Tm (printed at the mill) Tj ET\n"
    assert extract_pdf(pdf(turned + drawing(column("It makes power."))), "a.pdf").text == "It makes power."


def _saved(writer: pypdf.PdfWriter) -> bytes:
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def _locked(user: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf(drawing(column("It makes power.")))))
    writer.encrypt(user, "owner", algorithm="RC4-128")
    return _saved(writer)


def _blank() -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(300, 300)
    return _saved(writer)


def test_a_file_that_only_restricts_printing_is_read() -> None:
    assert extract_pdf(_locked(""), "a.pdf").text == "It makes power."


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (_locked("user"), "a.pdf is locked with a password. Save or print it"),
        (_blank(), r"a.pdf has no text in it, as a scan has none. Run text recognition"),
        (pdf(b" " * 30_000_000), "a.pdf is too large when it is unpacked. Save the pages"),
    ],
)
def test_what_cannot_be_read_is_told(data: bytes, says: str) -> None:
    with pytest.raises(ArticleError, match=says):
        extract_pdf(data, "a.pdf")


@pytest.mark.parametrize(("limit", "value"), [("PAGES", 1), ("DRAWING_STEPS", 20)])
def test_what_takes_too_long_is_told(monkeypatch: pytest.MonkeyPatch, limit: str, value: int) -> None:
    data = pdf(drawing(column(*["It ground flour."] * 20)), drawing(column("It makes power.")))
    extract_pdf(data, "a.pdf")
    monkeypatch.setattr(pdf_text, limit, value)
    with pytest.raises(ArticleError, match=r"2 pages; at most 1 are read|too large when it is unpacked"):
        extract_pdf(data, "a.pdf")


def _with_properties(**properties: str) -> Any:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf(drawing(column("It makes power.")))))
    writer.add_metadata({f"/{re.sub('_', '', name)}": value for name, value in properties.items()})
    found = extract_pdf(_saved(writer), "a.pdf")
    return found.title, found.date


def test_title_and_date_are_those_of_the_file_where_they_can_be() -> None:
    assert _with_properties(Title="Mill makes power", Creation_Date="D:20250603071500+01'00'") == (
        "Mill makes power",
        "2025-06-03",
    )
    assert _with_properties(Title="Microsoft Word - mill.docx", Creation_Date="yesterday") == ("", "")
    assert _with_properties(Title="Untitled 1", Creation_Date="D:19040101000000Z") == ("", "")
