"""What steers a terminal, turns lines around or hides words is no text; all else that texts have is."""

import pytest

from assistant.text.steering import without_steering


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("\x1b]0;owned\x07mill\x1b[2J", "]0;ownedmill[2J"),
        ("a\x9b31mb\x00\x08\x7f", "a31mb"),
        ("\u202edlos\u202c \u2066so\u2069", "dlos so"),
        ("mill\U000e0053\U000e0061\U000e0079", "mill"),
        ("4\u200b.\u20601\ufeff%", "4.1%"),
        ("infor\xadma\u200ction \u200fa", "information a"),
        ("水\u200b車\u200d、\u3164三百軒", "水車、三百軒"),
    ],
)
def test_what_steers_is_left_out(text: str, read: str) -> None:
    assert without_steering(text) == read


@pytest.mark.parametrize(
    "text",
    [
        "a\tb\r\nc\x0bd\x0ce\x85f\u2028g\x1ch",
        "👩\u200d👧 ❤\ufe0f\u200d🔥 葛\U000e0100 \u05d0",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "水車、３００軒。",
    ],
)
def test_what_texts_have_stays(text: str) -> None:
    assert without_steering(text) == text
