"""What the signs of fonts mean that have other signs where letters stand."""

import pytest
from pypdf._codecs.symbol import _symbol_encoding

from assistant.sources.docx.symbol_fonts import letters_of, sign_of

DIFFERENT = {0x2A, 0x44, 0x57, 0x60, 0x7E, 0xE1, 0xF1}
"""Where the letter or sign that is typed is taken, and pypdf has one that looks the same."""


@pytest.mark.parametrize("code", sorted({*range(0x20, 0x7F), *range(0xA0, 0xFF)} - DIFFERENT))
def test_symbol_is_as_pypdf_has_it(code: int) -> None:
    expected = _symbol_encoding[code]
    if not 0xE000 <= ord(expected) < 0xF900 and code != 0xF0:
        assert sign_of("Symbol", code) == expected


@pytest.mark.parametrize(
    ("font", "code", "sign"),
    [
        ("Symbol", 0xF0B0, "°"),
        ("SymbolMT", 0xB0, "°"),
        ("symbol", 0xF0A3, "≤"),
        ("Wingdings", 0xF0E0, "→"),
        ("Wingdings", 0xF04A, "☺"),
        ("Wingdings", 0xF0FE, "☑"),
        ("Wingdings 2", 0xF050, "✓"),
        ("Wingdings 3", 0xF024, "↓"),
        ("Webdings", 0xF061, "✔"),
        ("Symbol", 0x2264, "≤"),
        ("Symbol", 0xF01F, ""),
        ("Arial", 0x20AC, "€"),
        ("Arial", 0xF0B0, ""),
        ("Arial", 0xD800, ""),
        ("Arial", 0x110000, ""),
        ("Arial", -1, ""),
    ],
)
def test_a_sign_has_its_character(font: str, code: int, sign: str) -> None:
    assert sign_of(font, code) == sign


def test_letters_are_those_the_font_shows() -> None:
    assert letters_of("Symbol", "a\uf062 12 度") == "αβ 12 度"
    assert letters_of("Times New Roman", "a\uf062") == "a\uf062"
