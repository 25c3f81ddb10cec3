"""Countries, peoples and cities in both languages."""

import pytest

from assistant.text.place_names import meanings, places_named


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("ノルウェー", "the coast of Norway"),
        ("オランダ", "Dutch farmers"),
        ("米国", "アメリカ軍"),
        ("ロンドン", "a street in London"),
        ("Germany", "独政府"),
        ("英国", "British trains"),
    ],
)
def test_a_place_is_known_by_its_other_names(said: str, text: str) -> None:
    assert meanings()[said] & places_named(text)


def test_another_place_is_not() -> None:
    assert not meanings()["ペルー"] & places_named("ferries of Chile and Bolivia")
    assert not places_named("a quiet morning")
