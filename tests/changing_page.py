"""A page whose model can be changed, on models that are stood in for, for tests.

Started with a port and a folder, it prints "ready", and ends with its standard input.

Its catalog has `small` and `other`, which are here, and `far`, which nothing brings; beside them lie the files
`mine.gguf` and `broken.gguf`, the second of which can't be loaded. `small` answers "yes", all others "no".
"""

import hashlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

import assistant.application
import assistant.model.catalog
from assistant.application import Application, open_application
from assistant.errors import ModelError
from assistant.interfaces.ui.serving import served
from assistant.interfaces.ui.session import Sessions
from assistant.model.decoding import Candidate
from assistant.settings import Settings
from tests.fake_context import END, FakeContext, FakeOpener
from tests.texts import BILINGUAL

__all__ = ["BYTES", "Stage", "stage"]

BYTES = b"GGUF" + bytes(1000)
_ENTRY = """
[[model]]
id = "{name}"
file = "{name}-q4.gguf"
bytes = {size}
sha256 = "{sha256}"
licence = "MIT"
context = 100
"""
_MEASURED = """
[model.measured]
decided = 78
right = 72
refused = 85
"""


class _Context(FakeContext):
    def __init__(self, path: Path, word: bytes) -> None:
        super().__init__()
        self.path = path
        self.is_closed = False
        self._word = word

    def likeliest(self) -> Candidate:
        return Candidate(END, None, 9.0) if self._answered else Candidate(0, self._word, 9.0)

    def close(self) -> None:
        self.is_closed = True


class _Opener(FakeOpener):
    adapter = None


class Stage:
    """The settings, and the models that were loaded, in turn; with `waits` they read until they are told to go on."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.loaded: list[_Context] = []
        self.waits = False

    def load(self, path: Path) -> _Context:
        assert all(context.is_closed for context in self.loaded), "two models are loaded at once"
        if path.name == "broken.gguf":
            template = "The model {path} can't be loaded: {reason}. Choose another GGUF file with --model."
            raise ModelError(template, path=path, reason="it is broken")
        context = _Context(path, b"yes" if path.name == "small-q4.gguf" else b"no")
        if not self.waits:
            context.go_on(10_000)
        self.loaded.append(context)
        return context

    @contextmanager
    def opened(self, on_failure: Callable[[ModelError], None] = lambda _: None) -> Iterator[Application]:
        with open_application(self.settings, lambda _: None, on_failure=on_failure) as application:
            application.suggester = None
            yield application


@contextmanager
def stage(home: Path) -> Iterator[Stage]:
    """Folders of such models, as long as the block runs."""
    package, models = home / "package", home / "models"
    (package / "data").mkdir(parents=True)
    models.mkdir(parents=True)
    names = ("small", "other", "far")
    values = {"size": len(BYTES), "sha256": hashlib.sha256(BYTES).hexdigest()}
    entries = [_ENTRY.format(name=name, **values) + (_MEASURED if name == "small" else "") for name in names]
    (package / "data" / "catalog.toml").write_text('default = "small"\n' + "".join(entries), "utf-8")
    for file in ("small-q4.gguf", "other-q4.gguf", "mine.gguf", "broken.gguf"):
        (models / file).write_bytes(BYTES)
    settings = replace(Settings(home=home, model="small"), window_tokens=700, answer_tokens=32)
    with pytest.MonkeyPatch.context() as patch:
        set_up = Stage(settings)
        patch.setattr(assistant.application, "PACKAGE", package)
        patch.setattr(assistant.model.catalog, "PACKAGE", package)
        patch.setattr(assistant.application, "model_opener", lambda *_: _Opener(set_up.load))
        yield set_up


def main() -> None:
    with stage(Path(sys.argv[2])) as scene:
        settings = replace(scene.settings, port=int(sys.argv[1]))
        with scene.opened() as application, served(application, settings, Sessions()):
            application.library.add(BILINGUAL)
            application.model.start()
            sys.stdout.write("ready\n")
            sys.stdout.flush()
            sys.stdin.read()


if __name__ == "__main__":
    main()
