"""A library on a Chroma server, each of whose parties is killed at any moment while two processes add and remove.

So is who carries a library over to the server, who goes on then.

What was acknowledged holds, what wasn't is there whole or not at all, for all who look; nothing else is on the server.
"""

import argparse
import json
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from unittest import mock

import numpy as np

from assistant.errors import ArticleNotFound, StoreError
from assistant.library import moving
from assistant.library.checking import check
from assistant.library.embedding import OnProgress, Vectors
from assistant.library.library import Library
from assistant.library.served import shelf
from assistant.library.served.library import ServedLibrary
from assistant.settings import ChromaServer, Settings
from tests.bench.machine import describe_machine
from tests.chroma import Chroma
from tests.fire._homes import Child, _of_article, story, traces
from tests.fire._telling import tell

MOVER = "one who carries over"
VICTIMS = "one who adds and removes", "the server", "both", "one who reads", MOVER
OWN = (0, 1, 2, 3, 4, 5), (6, 7, 8, 9, 10, 11)
"""The articles that each of two processes adds and removes."""
WHOLE_SECONDS = 3.0
"""Of a run, within which somebody is killed, once all have opened the library."""
KNOWN_SECONDS = 2.0
"""Within which all know of a change."""
PATIENCE = 60.0


class Quick:
    """An embedder that takes no time, so that it is the writing in which processes are killed."""

    name = "quick"

    def query(self, text: str) -> Vectors:
        row = np.random.default_rng(int(sha256(text.encode()).hexdigest()[:8], 16)).normal(size=384)
        return (row / np.linalg.norm(row)).astype(np.float32)  # type: ignore[no-any-return]

    def passages(self, texts: Sequence[str], on_progress: OnProgress | None = None) -> Vectors:  # noqa: ARG002
        return np.stack([self.query(text) for text in texts]) if texts else np.empty((0, 384), np.float32)


def opened(home: Path, server: ChromaServer) -> ServedLibrary:
    """The library, as soon as the server lets it be opened."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return ServedLibrary(Settings(home=home), server, Quick())
        except StoreError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def use(home: Path, server: ChromaServer, seed: int, numbers: Sequence[int]) -> None:
    """Adds and removes until it is killed, or told to end, and tells of each change before and after."""
    rng = random.Random(seed)  # noqa: S311
    with opened(home, server) as library:
        print("open")  # noqa: T201
        while not (home / "end").exists():
            number, adds = rng.choice(numbers), rng.random() < 0.6
            print(f"begins {number}")  # noqa: T201
            try:
                if adds:
                    library.add(story(number).text)
                else:
                    library.remove(story(number).id)
            except ArticleNotFound:
                print(f"gone {number}")  # noqa: T201
            except StoreError:
                print(f"fails {number}")  # noqa: T201
                time.sleep(0.05)
            else:
                print(f"{'added' if adds else 'removed'} {number}")  # noqa: T201


def read(home: Path, server: ChromaServer) -> None:
    """Keeps up with the others."""
    with opened(home, server) as library:
        print("open")  # noqa: T201
        while not (home / "end").exists():
            library.entries()
            time.sleep(0.01)


def carry(home: Path, server: ChromaServer) -> None:
    """Carries a library over, an article at a time."""
    with (
        mock.patch.object(moving, "AT_ONCE", 1),
        Library(Settings(home=home), Quick()) as source,
        opened(home / "served", server) as target,
    ):
        print("open")  # noqa: T201
        for moved in moving.move(source, target):
            print(f"moved {moved.done}")  # noqa: T201


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run: who was killed, after how many seconds, what had been done by all, and what was wrong then."""

    seed: int
    victim: str
    after: float
    done: dict[str, int]
    known: float
    """The seconds until one who had looked on all the time knew all."""
    faults: tuple[str, ...]
    printed: tuple[str, ...] = field(default=())


def one(folder: Path, chroma: Chroma, seed: int, victim: str, whole: float = WHOLE_SECONDS) -> Outcome:
    """One run, on a database of its own."""
    if victim == MOVER:
        return _carried(folder, chroma, seed, whole)
    rng = random.Random(seed)  # noqa: S311
    server, home = chroma.database(f"run-{seed}"), folder / f"run-{seed}"
    homes = [home / name for name in ("a", "b", "reader")]
    for each in homes:
        each.mkdir(parents=True)
    children = [Child(homes[n], use, server, 2 * seed + n, OWN[n]) for n in (0, 1)]
    children.append(Child(homes[2], read, server))
    with opened(home / "witness", server) as witness:
        while not all("open" in child.printed for child in children):
            time.sleep(0.01)
        time.sleep(after := rng.uniform(0.2, whole))
        _kill(victim, children, chroma, rng)
        time.sleep(rng.uniform(0, 0.5))
        for each in homes:
            (each / "end").touch()
        for child in children:
            child.wait()
        printed = tuple(child.printed for child in children)
        faults = [f"raw: {each[-1500:]}" for each in printed if "Traceback" in each]
        known, late = _known(witness, home / "looker", server)
        faults += late
        faults += _left(home, server, printed, witness)
    done = Counter(line.split()[0] for each in printed for line in each.splitlines() if " " in line)
    if not faults:
        shutil.rmtree(home)
    return Outcome(seed, victim, round(after, 3), dict(done), known, tuple(faults), printed if faults else ())


def _carried(folder: Path, chroma: Chroma, seed: int, whole: float) -> Outcome:
    rng = random.Random(seed)  # noqa: S311
    server, home = chroma.database(f"run-{seed}"), folder / f"run-{seed}"
    numbers = [number for own in OWN for number in own]
    with Library(Settings(home=home), Quick()) as source:
        for number in numbers:
            source.add(story(number).text)
    first = Child(home, carry, server)
    while "open" not in first.printed and first.wait(0.01) is None:
        pass
    first.wait(after := rng.uniform(0, whole / 2))
    first.kill()
    again = Child(home, carry, server)
    faults = [f"it can't be gone on with: {again.printed}"] if again.wait() else []
    printed = first.printed, again.printed
    all_added = ["".join(f"added {number}\n" for number in numbers)]
    with opened(folder / f"run-{seed}-looker", server) as looker:
        _swept(looker)
        faults += _of_library(looker, all_added)
        there = looker.entries()
    with Library(Settings(home=home), Quick()) as source:
        faults += [f"source: {each.what}" for each in check(source)]
        faults += ["what arrived is something else"] * (source.entries() != there)
    done = {"moved": printed[0].count("moved"), "moved again": printed[1].count("moved")}
    return Outcome(seed, MOVER, round(after, 3), done, 0.0, tuple(faults), printed if faults else ())


def _kill(victim: str, children: Sequence[Child], chroma: Chroma, rng: random.Random) -> None:
    if victim == "one who reads":
        children[2].kill()
    if victim in ("one who adds and removes", "both"):
        children[rng.randrange(2)].kill()
    if victim in ("the server", "both"):
        chroma.kill()
        time.sleep(rng.uniform(0, 0.3))
        chroma.start()


def _known(witness: ServedLibrary, home: Path, server: ChromaServer) -> tuple[float, list[str]]:
    """The seconds until the witness knows what one who comes now knows."""
    began = time.monotonic()
    with opened(home, server) as looker:
        there = looker.entries()
    while witness.entries() != there:
        if time.monotonic() - began > KNOWN_SECONDS + PATIENCE:
            return 0.0, ["the witness never knew"]
        time.sleep(0.01)
    known = time.monotonic() - began
    return round(known, 2), [f"the witness knew after {known:.1f} s"] * (known > KNOWN_SECONDS)


def _left(home: Path, server: ChromaServer, printed: Sequence[str], witness: ServedLibrary) -> list[str]:
    """What is wrong with what was left, for those who were killed too, who come again."""
    faults = []
    _swept(witness)
    for name in ("a", "b", "reader", "looker", "witness"):
        if name == "witness":
            faults += [f"{name}: {fault}" for fault in _of_library(witness, printed)]
            continue
        with opened(home / name, server) as library:
            faults += [f"{name}: {fault}" for fault in _of_library(library, printed)]
            there = {entry.id for entry in library.entries()}
        for number in (number for own in OWN for number in own if story(number).id not in there):
            faults += [f"{name}: text of {number} is left in {file}" for file in traces(home / name, story(number))]
    return faults


def _swept(library: ServedLibrary) -> None:
    """Has what was cut off taken for cut off long ago."""
    with mock.patch.object(shelf, "SAFE_NS", -1):
        library.sweep()


def _of_library(library: ServedLibrary, printed: Sequence[str]) -> list[str]:
    there = {number for own in OWN for number in own if story(number).id in {each.id for each in library.entries()}}
    faults = [str(trouble) for trouble in library.troubles]
    for number, word in _last_words(printed).items():
        if (word, number in there) in (("added", False), ("removed", True), ("gone", True)):
            faults.append(f"{number} was {word}, and is{' not' * (number not in there)} there")
    for number in there:
        faults += list(_of_article(library, number, library.embedder))  # type: ignore[arg-type]
    whole = sum(len(library.store.vectors(story(number).id)) for number in there)
    if whole != library.store.count():
        faults.append(f"the server has {library.store.count()} passages, and {whole} are of articles")
    return faults + [f"check: {each.what}" for each in check(library) if "index of keywords, which" not in each.what]


def _last_words(printed: Sequence[str]) -> dict[int, str]:
    """What was told last of each article."""
    lines = (line.split() for each in printed for line in each.splitlines())
    return {int(parts[1]): parts[0] for parts in lines if len(parts) == 2 and parts[1].isdecimal()}


def main(arguments: Sequence[str]) -> int:
    """Kills so many times, and prints what was wrong after it."""
    options = argparse.ArgumentParser(prog="python -m tests.fire served", description=__doc__)
    options.add_argument("--runs", type=int, default=30)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--victim", choices=VICTIMS)
    options.add_argument("--json", type=Path)
    chosen = options.parse_args(arguments)
    machine = describe_machine()
    folder = Path(tempfile.mkdtemp(prefix="served-"))
    chroma = Chroma(folder / "chroma")
    outcomes = []
    try:
        for number in range(chosen.runs):
            victim = chosen.victim or VICTIMS[number % len(VICTIMS)]
            found = one(folder, chroma, chosen.seed * 100_000 + number, victim)
            outcomes.append(found)
            tell(
                f"{number} {victim}: killed at {found.after} s: {found.done}, known in {found.known} s: {_told(found)}"
            )
    finally:
        chroma.kill()
    if chosen.json:
        rows = {"machine": machine, "runs": [asdict(each) for each in outcomes]}
        chosen.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1), "utf-8")
    tell(summary(outcomes, machine))
    if any(found.faults for found in outcomes):
        tell(f"What was left is in {folder}.")
        return 1
    shutil.rmtree(folder)
    return 0


def _told(found: Outcome) -> str:
    return f"seed {found.seed}: {found.faults}\n" + "\n".join(found.printed) if found.faults else "well"


def summary(outcomes: Sequence[Outcome], machine: dict[str, str | int | float]) -> str:
    """What was attacked and what was found, in Markdown."""
    rows = [
        "| killed | runs | added | removed | failed | known to others in at most | faults |",
        "|---|---|---|---|---|---|---|",
    ]
    for victim in VICTIMS:
        if own := [found for found in outcomes if found.victim == victim]:
            counts = [sum(found.done.get(word, 0) for found in own) for word in ("added", "removed", "fails")]
            known, bad = max(found.known for found in own), sum(bool(found.faults) for found in own)
            rows.append(f"| {victim} | {len(own)} | {' | '.join(map(str, counts))} | {known:.1f} s | {bad} |")
    rows += ["", f"{len(outcomes)} kills, on {machine['cpu']}, {machine['cores']} cores."]
    return "\n".join(["", *rows])
