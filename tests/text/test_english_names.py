"""An English answer has the names that were shown, other forms of these, and no others."""

import pytest

from assistant.text.english_names import EnglishNames


@pytest.mark.parametrize(
    ("article", "name", "expected"),
    [
        ("Tariffs in Japan rose.", "Japanese", True),
        ("Tariffs in France rose.", "French", True),
        ("Tariffs in Turkey rose.", "Turkish", True),
        ("Tariffs in Scotland rose.", "Scottish", True),
        ("Tariffs in Canada rose.", "Canadians", True),
        ("Mayor Halvorsen spoke.", "Halverson", False),
        ("Mayor Halvorsen spoke.", "Halvorssen", False),
        ("Rain fell on Kettlebridge.", "Kettleburgh", False),
    ],
)
def test_a_form_of_a_name_is_a_name_and_a_misspelt_one_is_none(article: str, name: str, expected: bool) -> None:
    assert EnglishNames(article).allows(f"It was said of {name} there", finished=True) is expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Lena Falk", True),
        ("Falk", True),
        ("Norway.", True),
        ("Because Falk fell ill.", True),
        ("Potatoes.", True),
        ("Painters Lena Falk and Ivo Marsh.", True),
        ("Painter Lena Falk met him.", True),
        ("Both Falk and Marsh.", True),
        ("Helena Falk", False),
        ("John Falk met him.", False),
        ("Mika Marsh came.", False),
        ("Innsbruck", False),
        ("Nigerian painters.", False),
        ("Wanda Marsh", False),
        ("Merck", False),
    ],
)
def test_an_answer_begins_with_no_other_name(answer: str, expected: bool) -> None:
    names = EnglishNames("The Norwegian painter Lena Falk met Ivo Marsh at noon.")
    assert names.allows(answer, finished=True) is expected


def test_the_word_that_an_answer_begins_with_may_still_be_growing() -> None:
    assert EnglishNames("Lena Falk met him.").allows("Helena", finished=False)


@pytest.mark.parametrize("said", ["Christina Falk", "It was Christina who won"])
def test_a_name_like_a_known_one_is_no_form_of_it(said: str) -> None:
    assert not EnglishNames("Christine Falk won.").allows(said, finished=True)
