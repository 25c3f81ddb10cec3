"""What a process and those that it started hold of the machine, by Linux's own account, and how that goes on."""

import math
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from statistics import fmean

from assistant.library.article import ARTICLE_ID
from assistant.model.llama.context import PREFIX_BYTES

__all__ = ["READ", "SLACK", "Holding", "Slope", "files_in", "hold", "jain", "orphans", "percentile", "slope"]

OF_ARTICLES = ("prefixes", "alignments", "questions", "notes")
"""Folders of files that are named after articles."""
ID_LENGTH = 12
SLACK = 16.0
"""MB that a process may grow by, however small it is: what it may keep isn't full at once."""
READ = PREFIX_BYTES / 2**20
"""MB that a model's process may grow by: so much of what it has read it keeps in memory."""


@dataclass(frozen=True, slots=True)
class Holding:
    """Memory in MB of a process and of all that it started; what else the process itself holds.

    `proportional` counts shared pages by how many share them, so it grows when processes elsewhere end.
    """

    resident: float
    proportional: float
    private: float
    children_resident: float
    threads: int
    handles: int
    children: int


def hold(*pids: int) -> Holding:
    """What the processes with these ids hold now, taken together."""
    return Holding(*(round(sum(values), 1) for values in zip(*(astuple(_hold(pid)) for pid in pids), strict=True)))


def _hold(pid: int) -> Holding:
    below = list(_below(pid))
    return Holding(
        _line(pid, "status", "VmRSS"),
        _line(pid, "smaps_rollup", "Pss"),
        _line(pid, "smaps_rollup", "Private_Clean") + _line(pid, "smaps_rollup", "Private_Dirty"),
        sum(_line(each, "status", "VmRSS") for each in below),
        _count(pid, "task"),
        _count(pid, "fd"),
        len(below),
    )


def files_in(folder: Path) -> tuple[int, int]:
    """How many files are in a folder and those below it, and their bytes."""
    sizes = []
    for path in folder.rglob("*"):
        with suppress(OSError):  # it is gone meanwhile
            if path.is_file():
                sizes.append(path.stat().st_size)
    return len(sizes), sum(sizes)


def orphans(home: Path) -> list[Path]:
    """What lies under a home of articles that aren't there."""
    there = {path.stem for path in (home / "articles").glob("*.json")}
    named = (path for folder in OF_ARTICLES for path in (home / folder).glob("*") if ARTICLE_ID.match(path.name))
    return [path for path in named if path.name[:ID_LENGTH] not in there]


def percentile(values: Sequence[float], share: float) -> float:
    """The value that so much of the others, from 0 to 1, are not above; NaN where there is none."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else math.nan


def jain(counts: Sequence[float]) -> float:
    """Jain's index of fairness (Jain, Chiu & Hawe 1984): 1 where all have the same, 1/n where one has all."""
    squares = len(counts) * sum(count * count for count in counts)
    return sum(counts) ** 2 / squares if squares else 1.0


@dataclass(frozen=True, slots=True)
class Slope:
    """How much a measure grows per 1,000 steps, by least squares; `error` is twice its standard error."""

    per_thousand: float
    error: float

    def __str__(self) -> str:
        return f"{self.per_thousand:+.2f} ± {self.error:.2f}"


def slope(steps: Sequence[float], values: Sequence[float]) -> Slope:
    """The slope of `values` over `steps`."""
    if len(steps) < 3:
        return Slope(0.0, math.inf)
    middle, mean = fmean(steps), fmean(values)
    spread = sum((step - middle) ** 2 for step in steps)
    rise = sum((step - middle) * (value - mean) for step, value in zip(steps, values, strict=True)) / spread
    left = sum((value - mean - rise * (step - middle)) ** 2 for step, value in zip(steps, values, strict=True))
    return Slope(1000 * rise, 2000 * math.sqrt(left / (len(steps) - 2) / spread))


def _below(pid: int) -> Iterator[int]:
    """The processes that one has started, and those that they have."""
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in map(int, task.read_text().split()):
                yield child
                yield from _below(child)


def _count(pid: int, folder: str) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/{folder}").iterdir())


def _line(pid: int, file: str, name: str) -> float:
    """A line of an account, in MB; 0 where the process is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return round(int(line.split()[1]) * 1.024 / 1000, 1)
    return 0.0
