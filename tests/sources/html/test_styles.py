"""What a page's own style sheets hide is not read; what they show after all, or hide on paper or small screens, is."""

import time

import pytest

from assistant.sources.html.text import extract_html

FIRST = "The bell founder Ilse Brem has cast her hundredth bell, for a school in the hills above the lake."
SECOND = "It weighs 340 kilograms and sounds an F sharp, which the pupils had asked for in a letter of two pages."
THIRD = "The bell will be rung for the first time in May, when the snow on the road to the school is gone."
NOTE = "This bell note is of the old printed edition of the year before."


def read(css: str, attributes: str, head: str = "<style>{}</style>") -> str:
    page = (
        f"<html><head><title>The hundredth bell</title>{head.format(css)}</head><body class=site><article class=story>"
        f"<h1>The hundredth bell</h1><p>{FIRST}</p><p {attributes}>{NOTE}</p><p>{SECOND}</p><p>{THIRD}</p></article>"
        "</body></html>"
    )
    text = extract_html(page.encode(), "a.html").text
    assert all(sentence in text for sentence in (FIRST, SECOND, THIRD))
    return text


@pytest.mark.parametrize(
    ("css", "attributes"),
    [
        (".old{display:none}", "class='x old'"),
        ("body{margin:0} .x, p.old { color: red; display : none !important; } i{}", "class=old"),
        ("#n1{visibility:hidden}", "id=n1"),
        (".story .old{display:none}", "class=old"),
        ("/* notes { */ .old{display:none} /* } */", "class=old"),
        ("@import 'a.css'; .old{display:none}", "class=old"),
        ("@media screen{.old{display:none}}", "class=old"),
        (".old{display:none} @media print{.old{display:block}}", "class=old"),
        ("#n1{display:none} .old{display:block}", "class=old id=n1"),
    ],
)
def test_what_a_rule_hides_is_not_read(css: str, attributes: str) -> None:
    assert NOTE not in read(css, attributes)


@pytest.mark.parametrize(
    ("css", "attributes"),
    [
        ("@media print{.old{display:none}}", "class=old"),
        ("@media (max-width: 600px){.old{display:none}}", "class=old"),
        (".old{display:none} .old{display:block}", "class=old"),
        (".story .old{display:block} .old{display:none}", "class=old"),
        (".old{display:none}", "class=old style='display:block'"),
        (".other .old{display:none}", "class=old"),
        (".old:hover{display:none}", "class=old"),
        (".older{display:none}", "class=old"),
        ("/* .old{display:none}", "class=old"),
        (".story{display:none} p{visibility:hidden}", "class=old"),
    ],
)
def test_what_is_seen_is_read(css: str, attributes: str) -> None:
    assert NOTE in read(css, attributes)


@pytest.mark.parametrize("head", ["<style media=print>{}</style>", "<noscript><style>{}</style></noscript>"])
def test_sheets_for_paper_or_without_scripts_hide_nothing(head: str) -> None:
    assert NOTE in read(".old{display:none}", "class=old", head)


@pytest.mark.parametrize("css", ["/*" * 200_000, "{" * 200_000, ".a .old{display:none}" * 20_000, "a" * 400_000])
def test_sheets_of_any_make_take_no_time(css: str) -> None:
    begin = time.perf_counter()
    read(css, "class=old")
    assert time.perf_counter() - begin < 20
