"""Ten askers at once for some seconds: as `python -m tests.fire load`, which asks longer and measures closer."""

import random
from pathlib import Path

import pytest

from assistant.interfaces.ui.page import ASKERS
from tests.fire.load import attack, faults_of

GROWTH = 0.25
"""Within seconds, what is loaded once is not told from what grows."""
FAIR = 0.8
"""Each gets but a few answers; and the threads that wait for them, which stay, are not all there from the first."""


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="it is measured by Linux's own account")
def test_ten_askers_get_answers_in_turn_and_leave_nothing_behind(tmp_path: Path) -> None:
    chance = random.Random(1)  # noqa: S311  the same each time
    load, before, after, errors = attack(tmp_path, None, 10, 10.0, 2.0, chance, 5.0)
    assert faults_of(load, before, after, errors, GROWTH, FAIR, ASKERS) == []
    assert load.changes
    assert any(asked.end for _, _, asked in load.asked)


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="it is measured by Linux's own account")
def test_two_pages_with_one_library_give_answers_of_a_server_in_turn(tmp_path: Path) -> None:
    chance = random.Random(1)  # noqa: S311  the same each time
    load, before, after, errors = attack(tmp_path, None, 12, 5.0, 1.0, chance, 5.0, pages=2, stub=40.0)
    assert faults_of(load, before, after, errors, GROWTH, FAIR, ASKERS) == []
    assert load.changes
    assert all(any(asked.end for _, number, asked in load.asked if number // 2 % 2 == page) for page in (0, 1))
