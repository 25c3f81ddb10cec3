"""Files of all kinds that are read, damaged at random: `uv run --group dev python -m tests.damaged` reads 500 of them.

Each is to give a text, or one clear error, within `SECONDS` and `MEMORY_BYTES`. `--files` and `--seed` choose others.
"""

import argparse
import io
import random
import resource
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import ArticleError
from assistant.sources.extracted import is_readable
from assistant.sources.extraction import SUFFIXES, extract
from tests.books import book
from tests.texts import BILINGUAL, JAPANESE

DATA = Path(__file__).parent / "data"
SECONDS = 30
MEMORY_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Damaged:
    """A file, what it was, and what was done to it."""

    name: str
    data: bytes
    was: str
    damage: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of reading one: how it ended, in how many seconds."""

    file: Damaged
    ended: str
    seconds: float
    fault: str = ""


def whole_files() -> dict[str, bytes]:
    """The files before they are damaged, by name."""
    files = {
        path.name: path.read_bytes() for path in sorted(DATA.iterdir()) if path.suffix in (".html", ".pdf", ".docx")
    }
    head = "From: a@b.example", "Subject: Rolls", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8"
    mail = "\r\n".join((*head, "", BILINGUAL))
    return files | {
        "rolls.txt": BILINGUAL.encode(),
        "rolls-sjis.txt": JAPANESE.encode("cp932", "replace"),
        "rolls-utf16.txt": BILINGUAL.encode("utf-16"),
        "rolls.md": f"---\ntitle: Rolls\n---\n\n# Rolls\n\n{BILINGUAL}\n\n| a | b |\n|---|---|\n| 1 | 2 |\n".encode(),
        "rolls.eml": mail.encode(),
        "rolls.epub": book(BILINGUAL),
    }


def _flipped(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 5, 50, 500))):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(1, len(data))]


def _headless(data: bytes, rng: random.Random) -> bytes:
    return data[rng.randrange(1, len(data)) :]


def _blanked(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data))
    end = min(len(data), start + rng.randrange(1, 5000))
    return data[:start] + bytes(end - start) + data[end:]


def _nested(data: bytes, rng: random.Random) -> bytes:
    """The file in itself, several times over, or in a zip of its own."""
    if rng.random() < 0.3:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("word/document.xml", data)
            archive.writestr("mimetype", data)
        return stream.getvalue()
    at = rng.randrange(len(data))
    return data[:at] + data * rng.choice((1, 3, 20)) + data[at:]


def _repeated(data: bytes, rng: random.Random) -> bytes:
    """A piece of the file over and over, as tags that are never closed."""
    start = rng.randrange(len(data))
    piece = data[start : start + rng.randrange(1, 40)]
    return data[:start] + piece * rng.choice((100, 10_000, 100_000)) + data[start:]


DAMAGES: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "bytes flipped": _flipped,
    "cut short": _cut,
    "beginning lost": _headless,
    "zeros": _blanked,
    "nested": _nested,
    "repeated": _repeated,
    "renamed": lambda data, _: data,
}


def damaged(seed: int) -> Iterator[Damaged]:
    """Damaged files without end, the same for a seed: each damage in turn, on a file taken by chance."""
    rng = random.Random(seed)  # noqa: S311
    files = list(whole_files().items())
    while True:
        for damage, change in DAMAGES.items():
            was, data = rng.choice(files)
            name = f"{Path(was).stem}{rng.choice(sorted(SUFFIXES))}" if damage == "renamed" else was
            yield Damaged(name, change(data, rng), was, damage)


def outcome(file: Damaged) -> Outcome:
    """Reads a file; `fault` says what is wrong with what came of it."""
    began = time.monotonic()
    try:
        found = extract(file.data, file.name)
    except ArticleError as error:
        said = str(error)
        fault = "" if file.name in said and "\n" not in said and "Traceback" not in said else f"unclear: {said}"
        return Outcome(file, "error", time.monotonic() - began, fault)
    seconds = time.monotonic() - began
    fault = "no text" if not found.text.strip() else "" if is_readable(found.text) else "no readable text"
    return Outcome(file, "text", seconds, fault)


def memory_bytes() -> int:
    """The most memory that a process which read a file has taken."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main() -> None:
    """Reads so many files and prints what came of them; ends with 1 where one was badly read."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--files", type=int, default=500)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    outcomes: list[Outcome] = []
    faults = 0
    for number, file in zip(range(chosen.files), damaged(chosen.seed), strict=False):
        found = outcome(file)
        outcomes.append(found)
        if found.fault or found.seconds > SECONDS:
            faults += 1
            size, fault = len(file.data), found.fault or "too slow"
            _tell(f"{number}: {file.name}, {file.damage}, {size:,} bytes: {fault}")
    memory = memory_bytes()
    for damage in DAMAGES:
        own = [each for each in outcomes if each.file.damage == damage]
        ended = Counter(each.ended for each in own)
        slowest = max((each.seconds for each in own), default=0)
        _tell(f"{damage:15} {ended['text']:4} texts {ended['error']:4} errors, slowest {slowest:.1f} s")
    _tell(f"{len(outcomes)} files, {faults} badly read, at most {memory / 1e6:,.0f} MB")
    sys.exit(1 if faults or memory > MEMORY_BYTES else 0)


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
