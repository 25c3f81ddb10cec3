"""A few of the processes that `kills` kills, and a short race of two."""

from pathlib import Path

import pytest

from tests.fire._homes import examine
from tests.fire._racing import race
from tests.fire.kills import Room, made_room, one

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="There is no /proc to see processes in.")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    return made_room(tmp_path_factory.mktemp("kills"), large=False, model=False)


@pytest.mark.parametrize("kind", ["adding six", "removing", "making a store anew", "keeping answers"])
def test_what_was_acknowledged_is_there_and_all_else_whole_or_gone(room: Room, kind: str) -> None:
    found = one(room, kind, 1, 2.0, fresh=False)
    assert found.faults == (), found


def test_two_processes_on_one_home_lose_nothing(room: Room) -> None:
    faults, counts = race(room.folder, room.folder / "base", 1, 3)
    assert faults == []
    assert counts["done"] > 1


def test_a_loss_is_seen(room: Room) -> None:
    """What looks at what is left has eyes: a home of which an article was taken is not well."""
    home = room.home("robbed")
    next((home / "articles").iterdir()).unlink()
    faults = examine(home, {0, 1, 2})
    assert any("is lost" in fault for fault in faults)
    assert any("is left in" in fault for fault in faults)
