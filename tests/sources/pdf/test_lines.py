"""Lines of Japanese that run downwards, and ruby; what stands around the text of a page."""

import pytest

from assistant.sources.pdf.text import extract_pdf
from tests.pdfs import FONT, Line, coded, drawing, japanese_font, pdf

FIRST, SECOND = "村の水車は三百年の間、粉をひいて", "きたが、今は電気を作っている。"


def text(*pages: bytes, font: bytes = FONT) -> list[str]:
    return extract_pdf(pdf(*pages, font=font), "a.pdf").text.split("\n\n")


def japanese(*pages: bytes) -> list[str]:
    return text(*pages, font=japanese_font("UniJIS-UTF16-H"))


def across(line: str, x: float, y: float, size: int = 10) -> bytes:
    return coded(x, y, size, line.encode("utf-16-be"))


def downwards(line: str, x: float, y: float, size: int = 10) -> bytes:
    """Letters one under another, Latin ones and figures turned to the right."""
    drawn = b""
    for letter in line:
        code = letter.encode("utf-16-be")
        drawn += coded(x + 1, y + 9, size, code, "0 -1 1 0") if letter.isascii() else coded(x, y, size, code)
        y -= size
    return drawn


def test_letters_one_under_another_are_lines_with_the_figures_turned_in_them() -> None:
    page = downwards("水車が電気を作る", 400, 560, 16)
    page += downwards("村の水車は1913年に造られ、粉を", 360, 560) + downwards("ひいてきた。", 344, 560)
    page += downwards("　村長は「電気を作る」と話した。", 328, 560)
    assert japanese(page) == [
        "水車が電気を作る",
        "村の水車は1913年に造られ、粉をひいてきた。",
        "村長は「電気を作る」と話した。",
    ]


def test_figures_that_stand_upright_in_a_line_that_runs_downwards_are_in_it() -> None:
    figure = b"".join(coded(x, 510, 10, n.encode("utf-16-be"), ".5 0 0 1") for x, n in ((400, "1"), (405, "2")))
    page = downwards("村の水車は", 400, 560) + figure + downwards("年の間、粉をひいた。", 400, 500)
    assert japanese(page) == ["村の水車は12年の間、粉をひいた。"]


def test_forms_of_marks_for_lines_that_run_downwards_are_the_marks() -> None:
    assert japanese(downwards("村長は﹁粉をひく﹂と話した︒", 400, 560)) == ["村長は「粉をひく」と話した。"]


def test_lines_that_are_indented_by_one_begin_a_paragraph_each() -> None:
    lines = [
        "村の水車は三百年の間、粉をひいてきた。",
        "今は電気を作り、四十戸に送っている。",
        "村長は水車を守ると話し、村の人が集まって祝",
        "った。",
    ]
    places = [(110, 500), (110, 484), (110, 468), (100, 452)]
    page = b"".join(across(line, x, y) for line, (x, y) in zip(lines, places, strict=True))
    assert japanese(page) == [lines[0], lines[1], lines[2] + lines[3]]


@pytest.mark.parametrize("ruby", ["すいしゃ", "スイシャ", "・・"])
def test_ruby_is_left_out(ruby: str) -> None:
    rest = "は三百年の間、粉をひいて"
    page = across("村の", 60, 500) + across("水車", 80, 500) + across(ruby, 80, 509, 5) + across(rest, 100, 500)
    assert japanese(page + across(SECOND, 60, 480)) == [FIRST + SECOND]


def test_ruby_of_lines_that_run_downwards_is_left_out() -> None:
    page = downwards("村の水車は三百年", 400, 560) + downwards("すいしゃ", 410, 545, 5)
    assert japanese(page + downwards("粉をひいた。", 380, 560)) == ["村の水車は三百年粉をひいた。"]


def test_small_kana_that_stand_above_no_kanji_are_text() -> None:
    page = across("おしらせ", 60, 560, 5) + across("村の水車は粉をひく。", 60, 500)
    assert japanese(page) == ["おしらせ", "村の水車は粉をひく。"]


BODY: list[Line] = [
    (60, 500, 12, "Mill makes power"),
    (60, 470, 12, "The mill ground flour for three hundred years."),
    (60, 455, 12, "Now it makes power for a number of houses that is"),
]


def test_a_figure_that_ends_the_text_is_no_page_number() -> None:
    assert text(drawing([*BODY, (60, 440, 12, "340")]))[-1].endswith("houses that is 340")


OTHER_BODY: list[Line] = [
    (60, 470, 12, "Children pay half, and dogs are not admitted to it."),
    (60, 455, 12, "Last year as many came as there are seats, which is"),
]


def test_figures_in_one_place_of_two_pages_are_text_where_they_end_it() -> None:
    ends = ((BODY, "340", "1"), (OTHER_BODY, "812", "2"))
    pages = [
        drawing([*body, (60, 440, 12, end), (60, 40, 8, "The Post"), (60, 30, 8, number)]) for body, end, number in ends
    ]
    read = " ".join(text(*pages))
    assert "houses that is 340 Children" in read
    assert read.endswith("which is 812")


def test_lines_of_the_text_that_differ_in_a_figure_alone_are_no_running_heads() -> None:
    ends = ((BODY, 340), (OTHER_BODY, 812))
    read = " ".join(text(*(drawing([*body, (60, 440, 12, f"as many as {end} by now.")]) for body, end in ends)))
    assert "as many as 340 by now." in read
    assert "as many as 812 by now." in read


@pytest.mark.parametrize(
    ("above", "below"),
    [
        (
            [(20, "2/9/26, 10:15 AM"), (200, "Mill makes power - Post")],
            [(20, "https://post.example/mill"), (440, "1/1")],
        ),
        (
            [(20, "Mill makes power - Post"), (300, "https://post.example/mill")],
            [(20, "1 of 3"), (400, "09/02/2026, 10:15")],
        ),
        ([(20, "2026/02/09 10:15"), (200, "Mill")], [(20, "file:///C:/mill.html"), (440, "12/12")]),
    ],
)
def test_what_browsers_print_above_and_below_is_left_out(
    above: list[tuple[int, str]], below: list[tuple[int, str]]
) -> None:
    around = [(x, 585, 8, part) for x, part in above] + [(x, 12, 8, part) for x, part in below]
    assert text(drawing([*around, *BODY])) == text(drawing(BODY))


def test_an_address_at_the_end_and_a_day_at_the_beginning_are_text() -> None:
    day, address = (60, 485, 12, "3 June 2025, 10:15"), (60, 440, 12, "https://post.example/mill")
    read = " ".join(text(drawing([BODY[0], day, *BODY[1:], address])))
    assert "3 June 2025, 10:15" in read
    assert "https://post.example/mill" in read


def raised(*texts: str) -> bytes:
    """A line of texts, of which those that begin with ^ are raised and small, and those with _ lowered."""
    drawn = b"BT 60 500 Td "
    for each in texts:
        rise, size = {"^": (4, 7), "_": (-2, 7)}.get(each[0], (0, 11))
        drawn += b"%d Ts /F1 %d Tf (%s) Tj " % (rise, size, each.removeprefix("^").removeprefix("_").encode("cp1252"))
    return drawn + b"ET\n"


@pytest.mark.parametrize(
    ("texts", "read"),
    [
        (("The mill ground 10", "^6", " sacks"), "The mill ground 10^6 sacks"),
        (("The mill ground 10", "^-", "^6", " sacks"), "The mill ground 10^-6 sacks"),
        (("The mill has 90 m", "^2", "."), "The mill has 90 m²."),
        (("It was 4", "^1", "/", "_2", " miles"), "It was 4 1/2 miles"),
        (("The mill", "^12", " makes power.", "^3", " So it does."), "The mill makes power. So it does."),
        (("It is the 21", "^st", " mill, with CO", "_2", "."), "It is the 21st mill, with CO2."),
        (("^3", " As it was in 1913."), "As it was in 1913."),
    ],
)
def test_raised_figures_are_not_glued_to_others(texts: tuple[str, ...], read: str) -> None:
    assert text(raised(*texts)) == [read]
