"""Some dozens of questions in one process: as `python -m tests.fire soak`, which asks thousands and measures closer."""

import random
from pathlib import Path

import pytest

from tests.fire._measures import jain, slope
from tests.fire.soak import attack

GROWTH = 0.5
"""So early, threads and memory are still being taken for the first time, and articles read for it: files grow."""


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="it is measured by Linux's own account")
def test_after_dozens_of_questions_nothing_is_left_of_articles_that_are_gone(tmp_path: Path) -> None:
    chance = random.Random(3)  # noqa: S311  the same each time
    soak = attack(tmp_path, None, 25, 4, chance)
    assert soak.done["exchanged"]
    assert soak.faults(GROWTH, ("resident", "private", "children_resident", "threads", "handles")) == []


def test_a_slope_is_told_from_noise() -> None:
    steps = range(0, 2000, 20)
    noise = [chance / 10 for chance in map(random.Random(1).gauss, [0.0] * 100, [1.0] * 100)]  # noqa: S311
    flat = slope(steps, noise)
    assert abs(flat.per_thousand) < 2 * flat.error
    grown = slope(steps, [step / 100 + each for step, each in zip(steps, noise, strict=True)])
    assert grown.per_thousand == pytest.approx(10.0, abs=2 * grown.error)


def test_fairness_is_one_where_all_have_the_same() -> None:
    assert jain([3, 3, 3]) == 1
    assert jain([9, 0, 0]) == pytest.approx(1 / 3)
