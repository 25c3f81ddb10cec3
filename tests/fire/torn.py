"""Files of a home that are damaged in every way, and places that can't be written: what is whole stays and is found.

Each is met by a process of its own, which does all that is done with a home, by the command line.
"""

import argparse
import json
import os
import random
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from assistant.library.files import take_away
from assistant.library.folders import FOLDERS
from assistant.model.prefix import KeptPrefix, PrefixFolder
from tests.bench.machine import describe_machine
from tests.fire import _places
from tests.fire._homes import Child, fill, story
from tests.fire._telling import tell
from tests.fire._using import QuickEmbedder, use

BASE = (0, 1, 2)
LINES = 1200
Damage = Callable[[Path, random.Random, Path], object]


def _torn(path: Path, rng: random.Random, _: Path) -> None:
    os.truncate(path, rng.randrange(max(1, path.stat().st_size)))


def _random(path: Path, rng: random.Random, _: Path) -> None:
    path.write_bytes(rng.randbytes(max(100, path.stat().st_size)))


def _swapped(path: Path, _: random.Random, other: Path) -> None:
    aside = path.with_name("aside")
    path.rename(aside)
    other.rename(path)
    aside.rename(other)


def _removed(path: Path, _: random.Random, __: Path) -> None:
    take_away(path)


def _folder(path: Path, _: random.Random, __: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "of somebody").write_text("x")


def _nowhere(path: Path, _: random.Random, __: Path) -> None:
    take_away(path)
    path.symlink_to(path.parent / "nowhere" / "at all")


def _file(path: Path, _: random.Random, __: Path) -> None:
    take_away(path)
    path.write_text("x")


OF_FILES: dict[str, Damage] = {
    "torn": _torn,
    "emptied": lambda path, *_: path.write_bytes(b""),
    "random bytes": _random,
    "swapped": _swapped,
    "removed": _removed,
    "a folder in its place": _folder,
    "a link to nowhere": _nowhere,
}
OF_FOLDERS: dict[str, Damage] = {"removed": _removed, "a file in its place": _file, "a link to nowhere": _nowhere}


@dataclass(frozen=True, slots=True)
class Case:
    """What is damaged, and how; articles and notes that are lost by that."""

    name: str
    damage: str
    other: str = ""
    loses: tuple[int, ...] = ()
    loses_notes: tuple[int, ...] = ()
    is_told: bool = False
    """Whether nothing works until what is damaged has been moved away, which is told."""


def made_home(home: Path, *, lines: int = LINES) -> None:
    """A home with all that can be in one: as after a process that was ended, with vectors in files."""
    fill(home, BASE, QuickEmbedder(threads=1), lines=lines)
    ids = [story(number).id for number in BASE]
    for id_ in ids[:2]:
        PrefixFolder(home / "prefixes", "model", 10**6).write(KeptPrefix((len(id_),) * 200, id_.encode()), id_)
    (home / "models").mkdir()
    for name, content in (("ways", {}), ("chosen", {"id": "qwen2.5-coder-0.5b"})):
        (home / "models" / f"{name}.json").write_text(json.dumps(content))
    (home / "models" / ".verified.json").write_text("{}")
    (home / "damaged").mkdir()
    (home / "damaged" / "0123456789ab.json").write_text("{")
    (home / "wrong-answers.jsonl").write_text('{"id": "0123456789ab"}\n')
    (home / "pending").mkdir(exist_ok=True)
    (home / "pending" / ids[0]).write_text(ids[0])
    (home / "unwiped").touch()
    (home / "open").touch()


def cases(home: Path) -> Iterator[Case]:
    """Each file and folder of a home, damaged in each way; of the articles' the first is."""
    seen: set[str] = set()
    files = sorted(path.relative_to(home) for path in home.rglob("*") if path.is_file())
    ids = {story(number).id: number for number in BASE}
    for file in files:
        kind = _kind(file)
        if kind in seen and not file.match("chroma/*/*"):
            continue
        seen.add(kind)
        other = str(
            min(
                (each for each in files if each != file),
                key=lambda each: (_kind(each) != kind, each.suffix != file.suffix),
            )
        )
        for damage in OF_FILES:
            hit = [ids[id_] for id_ in ids if id_ in str(file) or (damage == "swapped" and id_ in other)]
            loses = tuple(hit) if file.parts[0] == "articles" else ()
            loses_notes = tuple(hit) if file.parts[0] in ("articles", "notes") else ()
            is_told = str(file) == "lock" and damage == "a folder in its place"
            yield Case(str(file), damage, other, loses, loses_notes, is_told)
    for folder in sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_dir()):
        for damage in OF_FOLDERS:
            loses = BASE if folder == "articles" else ()
            is_told = (
                folder in FOLDERS and damage != "removed" and (folder, damage) != ("chroma", "a file in its place")
            )
            yield Case(folder, damage, "", loses, BASE if folder in ("articles", "notes") else (), is_told)


def _kind(file: Path) -> str:
    return re.sub(r"[0-9a-f-]{12,}", "*", str(file))


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case, how long it took, and what was wrong."""

    case: str
    seconds: float
    faults: tuple[str, ...]


def one(whole: Path, case: Case, folder: Path, seed: int, *, checks: bool = True) -> Outcome:
    """A copy of the `whole` home, damaged, and used by a process; `checks`: as of `used`."""
    number = random.Random(f"{seed} {case}").randrange(10**9)  # noqa: S311
    home = shutil.copytree(whole, folder / f"torn {number}", symlinks=True)
    damages = OF_FILES if (home / case.name).is_file() else OF_FOLDERS
    damages[case.damage](home / case.name, random.Random(number), home / case.other)  # noqa: S311
    here, noted = sorted(set(BASE) - set(case.loses)), sorted(set(BASE) - set(case.loses_notes))
    damaged = home / case.name if case.is_told else None
    child = Child(home, use, here, noted, checks=checks, damaged=damaged)
    code = child.wait()
    faults = re.findall(r"^FAULT (.*)$", child.printed, re.MULTILINE)
    if code != 0 or not child.printed.endswith("used\n"):
        faults.append(f"ended with {code}: {child.printed[-1500:]}")
        child.kill(all_of_it=True)
    if not faults:
        shutil.rmtree(home)
    return Outcome(f"{case.name}: {case.damage}", round(child.seconds, 1), tuple(faults))


def size_for(case: Case) -> str:
    """The home that a case is tried on: the one with vectors in files where it is about them."""
    return "large" if case.name.startswith("chroma") else "small"


def main(arguments: Sequence[str]) -> int:
    """Damages each file in each way, takes away rights and room, and prints what was wrong then."""
    options = argparse.ArgumentParser(prog="python -m tests.fire torn", description=__doc__)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--cases", type=int, default=10**6, help="At most so many, taken at random.")
    options.add_argument("--only", default="", help="Those alone whose names have this (a regular expression).")
    options.add_argument("--quick", action="store_true", help="Without looking each over.")
    options.add_argument("--json", type=Path)
    chosen = options.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="torn-"))
    folder.chmod(0o755)
    made_home(folder / "large")
    made_home(folder / "small", lines=0)
    found = [case for case in cases(folder / "large") if re.search(chosen.only, f"{case.name}: {case.damage}")]
    if chosen.cases < len(found):
        found = random.Random(chosen.seed).sample(found, chosen.cases)  # noqa: S311
    outcomes = []
    for case in found:
        outcomes.append(one(folder / size_for(case), case, folder, chosen.seed, checks=not chosen.quick))
        tell(f"{outcomes[-1].case}, {outcomes[-1].seconds} s: {'; '.join(outcomes[-1].faults) or 'well'}")
    began = time.monotonic()
    for name, place in _places.PLACES.items():
        if re.search(chosen.only, name):
            faults = place(folder / "small", folder)
            told = () if faults and faults[0].startswith("skipped") else tuple(faults)
            outcomes.append(Outcome(name, round(time.monotonic() - began, 1), told))
            tell(f"{name}: {'; '.join(faults) or 'well'}")
            began = time.monotonic()
    machine = describe_machine()
    if chosen.json:
        rows = {"machine": machine, "seed": chosen.seed, "outcomes": [asdict(each) for each in outcomes]}
        chosen.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1), "utf-8")
    bad = [each for each in outcomes if each.faults]
    ways = {case.damage for case in found}
    tell(
        f"\n{len(found)} files and folders in {len(ways)} ways, {len(outcomes) - len(found)} places: "
        f"{len(bad)} badly met."
    )
    tell(f"On {machine['cpu']}, {machine['cores']} cores.")
    if not bad:
        shutil.rmtree(folder)
        return 0
    tell(f"What was left is in {folder}.")
    return 1
