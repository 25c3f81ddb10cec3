"""Who people are is read from words for them, in both languages."""

import pytest

from assistant.text.roles import roles


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("選手", {"athlete", "player"}),
        ("cabin crew members", {"crew"}),
        ("killing", {"dead"}),
        ("けが", {"injured"}),
        ("policemen", {"police"}),
        ("humans", set()),
        ("自動車", set()),
    ],
)
def test_words_tell_who_people_are(words: str, expected: set[str]) -> None:
    assert roles(words) == expected
