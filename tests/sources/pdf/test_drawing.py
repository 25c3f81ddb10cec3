"""What a PDF draws is read whatever its font, and however it is placed and turned."""

import pytest

from assistant.errors import ArticleError
from assistant.sources.pdf.text import extract_pdf
from tests.pdfs import FONT, coded, drawing, japanese_font, pdf

HEADLINE = "水車が電気を作る"
SENTENCE = "村の水車は３００年の間、粉をひいてきた。"


def text(*pages: bytes, font: bytes = FONT, extra: str = "") -> list[str]:
    return extract_pdf(pdf(*pages, font=font, extra=extra), "a.pdf").text.split("\n\n")


def _jis(line: str) -> bytes:
    return bytes(byte & 0x7F for byte in line.encode("euc_jp"))


def _as_numbers(line: str) -> bytes:
    """CIDs: those of figures, and of JIS X 0208 from row 16 on, and of kana and marks, counted by hand."""
    first = {0x21: 633, 0x23: 780 - 15, 0x24: 842, 0x25: 925}
    codes = [character.encode("euc_jp") for character in line]
    rows = [(code[0] & 0x7F, (code[1] & 0x7F) - 0x21) for code in codes]
    return b"".join(
        (first[row] + cell if row < 0x30 else 1125 + 94 * (row - 0x30) + cell - 43 * (row > 0x4F)).to_bytes(2, "big")
        for row, cell in rows
    )


@pytest.mark.parametrize(
    ("character_map", "codec"),
    [
        ("H", _jis),
        ("Ext-H", _jis),
        ("EUC-H", "euc_jp"),
        ("90ms-RKSJ-H", "cp932"),
        ("90pv-RKSJ-H", "cp932"),
        ("UniJIS-UCS2-H", "utf-16-be"),
        ("UniJIS-UCS2-HW-H", "utf-16-be"),
        ("UniJIS2004-UTF16-H", "utf-16-be"),
        ("UniJIS-UTF8-H", "utf-8"),
        ("UniJIS-UTF32-H", "utf-32-be"),
        ("Identity-H", _as_numbers),
    ],
)
def test_japanese_is_read_by_its_character_map(character_map: str, codec: object) -> None:
    codes = [codec(line) if callable(codec) else line.encode(str(codec)) for line in (HEADLINE, SENTENCE)]
    page = coded(60, 540, 14, codes[0]) + coded(60, 500, 10, codes[1])
    assert text(page, font=japanese_font(character_map)) == [HEADLINE, SENTENCE]


@pytest.mark.parametrize(("character_map", "codec"), [("V", _jis), ("EUC-V", "euc_jp"), ("90ms-RKSJ-V", "cp932")])
def test_columns_of_fonts_that_run_downwards_are_lines(character_map: str, codec: object) -> None:
    lines = [HEADLINE, "村の水車は粉をひいて", "きたが、今は電気を作る。"]
    codes = [codec(line) if callable(codec) else line.encode(str(codec)) for line in lines]
    page = b"".join(coded(x, 560, 12, code) for x, code in zip((400, 360, 340), codes, strict=True))
    assert text(page, font=japanese_font(character_map)) == [HEADLINE, lines[1] + lines[2]]


def test_halfwidth_figures_and_marks_of_fonts_by_number_are_read() -> None:
    codes = b"".join(number.to_bytes(2, "big") for number in (18, 232 + 16, 327, 7887, 8284, 1200))
    assert text(coded(60, 500, 10, codes), font=japanese_font("Identity-H")) == ["11｡、凜一"]


def _named(names: str) -> bytes:
    encoding = b"<< /Type /Encoding /Differences [65 %s] >>" % names.encode()
    return b"<< /Type /Font /Subtype /TrueType /BaseFont /Own /Encoding %s >>" % encoding


def _telling(character: str) -> bytes:
    """A font whose A stands for `character`, and all else for itself."""
    return _named("/u" + f"{ord(character):04X}")


@pytest.mark.parametrize(
    "font",
    [
        japanese_font("Identity-H", "Identity"),
        japanese_font("Own-H", "Identity"),
        b"<< /Type /Font /Subtype /Type3 /FontMatrix [.001 0 0 .001 0 0] /CharProcs << /g1 1 0 R >> /FirstChar 65 "
        b"/Encoding << /Differences [65 /g1] >> /Widths [500] >>",
        _named("/g12 /g13 /g14"),
        _telling("\ue012"),
        b"<< /Type /Font /Subtype /Type0 /DescendantFonts 7 >>",
    ],
)
def test_letters_that_the_file_does_not_tell_are_never_text(font: bytes) -> None:
    pages = drawing([(60, 500, 11, "It makes power.")]), coded(60, 500, 11, b"AABAACAAABAACA")
    with pytest.raises(ArticleError, match="shows letters on page 1 but doesn't say which they are"):
        extract_pdf(pdf(pages[1], font=font), "a.pdf")


def test_one_that_is_not_told_among_many_is_shown_as_such_and_begins_an_item() -> None:
    lines = ["The mill, for its part, has ground flour for three hundred years and more.", "A pit", "A wheel of wood"]
    page = drawing([(60, 500 - 40 * number, 11, line) for number, line in enumerate(lines)])
    assert text(page, font=_telling("\uf0b7"))[1:] == ["• pit", "• wheel of wood"]


def test_a_font_that_is_missing_is_latin() -> None:
    page = drawing([(60, 500, 11, "It makes power.")]).replace(b"/F1", b"/F7")
    assert text(page) == ["It makes power."]


@pytest.mark.parametrize(
    "unseen",
    [
        b"BT /F1 0 Tf 1 0 0 1 60 540 Tm (unseen) Tj ET ",
        b"BT /F1 10 Tf 0 0 0 0 60 540 Tm (unseen) Tj ET ",
        b"BT /F1 10 Tf .01 0 0 .01 60 540 Tm (unseen) Tj ET ",
        b"BT /F1 10 Tf 999999999 0 0 999999999 60 540 Tm (unseen) Tj ET ",
    ],
)
def test_letters_without_a_size_are_left_out(unseen: bytes) -> None:
    assert text(unseen + drawing([(60, 500, 11, "It makes power.")])) == ["It makes power."]


@pytest.mark.parametrize("noise", ["0 1 -1 0", ".0002 1 -1 .0002", "-.0001 -1 1 -.0001", ".7 .7 -.7 .7"])
def test_turned_text_is_left_out(noise: str) -> None:
    turned = coded(20, 300, 8, b"printed at the mill", noise)
    assert text(turned + drawing([(60, 500, 11, "It makes power.")])) == ["It makes power."]


@pytest.mark.parametrize(
    ("matrix", "step", "turned"),
    [
        ("0 1 -1 0", (14, 0), 90),
        ("-1 0 0 -1", (0, 14), 180),
        ("0 -1 1 0", (-14, 0), 270),
        ("0 1 -1 0", (14, 0), 0),
        ("-1 0 0 -1", (0, 14), 0),
    ],
)
def test_a_turned_page_is_read_as_it_is_shown(matrix: str, step: tuple[int, int], turned: int) -> None:
    lines = [b"The mill ground flour for", b"three hundred years."]
    page = b"".join(coded(200 + step[0] * n, 300 + step[1] * n, 11, line, matrix) for n, line in enumerate(lines))
    assert text(page, extra=f"/Rotate {turned}") == ["The mill ground flour for three hundred years."]


def test_words_placed_one_by_one_and_letters_set_apart_are_words() -> None:
    words = drawing([(60, 500, 10, "It"), (69, 500, 10, "makes"), (97, 500, 10, "power"), (122, 500, 10, ".")])
    widths = {"M": 889, "I": 333, "L": 611, "O": 722, "F": 556, "T": 611, "A": 722, "R": 667, "N": 722, " ": 250}
    x, spaced = 60.0, b""
    for letter in "MILL OF TARN":
        spaced += b"" if letter == " " else coded(x, 560, 20, letter.encode())
        x += widths[letter] * 0.02 + 3
    assert text(spaced + words) == ["MILL OF TARN", "It makes power."]


def test_moves_within_a_line_are_blanks_where_they_are_wide() -> None:
    page = b"BT /F1 10 Tf 60 500 Td [(It) -280 (ma) 20 (k) -20 (es) -300 (power.)] TJ ET"
    assert text(page) == ["It makes power."]


def test_what_is_drawn_twice_in_one_place_is_read_once() -> None:
    assert text(drawing([(60, 500, 16, "Mill makes power"), (61, 500, 16, "Mill makes power")])) == ["Mill makes power"]


def test_all_ways_of_going_to_the_next_line_are_followed() -> None:
    page = b"BT /F1 10 Tf 12 TL 60 500 Td (The mill) Tj T* (makes) Tj (power) ' 1 0 (for) \" 0 -12 TD (forty) Tj T* "
    assert text(page + b"[(houses.)] TJ ET") == ["The mill makes power for forty houses."]


def test_broken_operations_are_passed_over() -> None:
    noise = b"Q EMC /F1 Tf (a) Td [1 (b)] Tm /X Do BT () Tj [] TJ 3 Tj /Span BDC EMC ET "
    assert text(noise + drawing([(60, 500, 11, "It makes power.")])) == ["It makes power."]


def test_what_marked_text_stands_for_is_read() -> None:
    page = b"BT /F1 10 Tf 60 500 Td (It makes ) Tj /Span << /ActualText (power) >> BDC (p) Tj (w) Tj EMC (.) Tj ET"
    assert text(page) == ["It makes power."]
