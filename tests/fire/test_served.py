"""A few of the kills of `served`."""

from pathlib import Path

import pytest

from assistant.settings import Settings
from tests.chroma import Chroma
from tests.fire import served
from tests.fire._homes import story
from tests.fire.served import MOVER, Quick, one


@pytest.mark.parametrize(("seed", "victim"), [(1, "both"), (2, "one who reads"), (3, MOVER)])
def test_whoever_is_killed_nothing_is_half_there_and_nothing_lost(tmp_path: Path, seed: int, victim: str) -> None:
    chroma = Chroma(tmp_path / "chroma")
    try:
        found = one(tmp_path, chroma, seed, victim, 0.6)
    finally:
        chroma.kill()
    assert found.faults == (), found


def test_what_is_wrong_is_seen(chroma: Chroma, tmp_path: Path) -> None:
    server = chroma.database("seen")
    with served.ServedLibrary(Settings(home=tmp_path), server, Quick()) as library:
        library.add(story(1).text)
        assert served._of_library(library, ["added 1"]) == []
        assert any("and is not there" in fault for fault in served._of_library(library, ["added 1\nadded 2"]))
        assert any("and is there" in fault for fault in served._of_library(library, ["removed 1"]))
        for collection in library._shelf.passages.values():
            collection.delete(ids=collection.get(limit=1)["ids"])
        assert served._of_library(library, ["added 1"]) != []
