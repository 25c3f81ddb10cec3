"""English words told from names."""

import pytest

from assistant.text.word_forms import is_ordinary, singular


@pytest.mark.parametrize(
    "word", ["engineers", "inflation", "heritage", "potatoes", "because", "eighteen", "lodging", "dense", "oil"]
)
def test_a_word_has_other_forms(word: str) -> None:
    assert is_ordinary(word)


@pytest.mark.parametrize("word", ["helena", "innsbruck", "mitsubishi", "theresa", "zorvath"])
def test_a_name_has_none(word: str) -> None:
    assert not is_ordinary(word)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("cafes", "cafe"),
        ("bakeries", "bakery"),
        ("buses", "bus"),
        ("churches", "church"),
        ("glass", "glass"),
        ("sheep", "sheep"),
    ],
)
def test_the_singular_of_a_noun(word: str, expected: str) -> None:
    assert singular(word) == expected
