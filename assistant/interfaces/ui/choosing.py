"""Which model answers, for all open pages: another one is fetched, put in its place, or given up again.

What can be chosen is found in `model/choices.py`, the change itself is made by the application.
"""

import threading
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from assistant.application import Application
from assistant.errors import ModelError
from assistant.model.catalog import Progress, resolve
from assistant.model.choices import ModelChoice, model_choices, remember_choice
from assistant.model.protocol import STARTING
from assistant.settings import Settings

__all__ = ["Attempt", "Chooser"]

LOOK_SECONDS = 0.1
"""Between two looks at whether a model is loaded."""


class _GivenUp(Exception):
    """Another model has been chosen since, or the page ends."""


@dataclass(slots=True)
class Attempt:
    """A model that was chosen, and what became of that."""

    choice: ModelChoice
    state: Literal["fetching", "changing", "failed"] = "changing"
    done: int = 0
    """Bytes of its file that are there, while it is fetched."""
    error: ModelError | None = None
    given_up: threading.Event = field(default_factory=threading.Event)


class Chooser:
    """Changes the model of an application, in a thread of its own; the model chosen last is the one wanted."""

    def __init__(self, application: Application, settings: Settings) -> None:
        """Args:
        settings: those that the application was opened with.
        """
        self.is_open = application.another is not None and settings.is_for_its_user
        """Whether a model can be chosen: not where others than this machine's users may call the page."""
        self.version = 0
        """Becomes another one with each change, other than of the bytes fetched."""
        self.attempt: Attempt | None = None
        """What is being tried, or failed; None once the model that was chosen answers."""
        self._application = application
        self._settings = settings
        self.current = _started(self.choices(), settings)
        """The model that answers, or is about to."""
        self._changed = threading.Lock()
        self._changing = threading.Lock()
        self._ending = threading.Event()

    def choices(self) -> tuple[ModelChoice, ...]:
        """The models that there are.

        Raises:
            ModelError: the catalog is broken.
        """
        return model_choices(self._settings)

    def choose(self, wanted: str) -> None:
        """Has the model with this id fetched, where it is missing, and answer from then on; returns at once.

        Until it is there the former one answers; it goes on where this one can't be had. What is being fetched is
        given up, and gone on with another time.

        Raises:
            ModelError: no model has this id, or none can be chosen.
        """
        if not self.is_open:
            raise ModelError("The model can't be changed here.")
        choice = next((choice for choice in self.choices() if choice.id == wanted), None)
        if choice is None:
            raise ModelError("The model {model} isn't there any more.", model=wanted)
        attempt = Attempt(choice)
        with self._changed:
            if self.attempt:
                self.attempt.given_up.set()
            self.attempt = attempt
            self.version += 1
        threading.Thread(target=self._try, args=(attempt,), name="chooser", daemon=True).start()

    def close(self) -> None:
        """Gives up what is being tried; a change that has begun is through when this returns."""
        self._ending.set()
        if self.attempt:
            self.attempt.given_up.set()
        self._changing.acquire()
        self._changing.release()

    def _try(self, attempt: Attempt) -> None:
        try:
            if attempt.choice.id != self.current.id and not attempt.choice.is_here:
                self._step(attempt, "fetching")
                resolve(attempt.choice.model, self._settings, partial(self._report, attempt))
            with self._changing:
                self._change_to(attempt)
        except _GivenUp:
            return
        except Exception as error:  # whatever it is, it is told on the page
            unknown = ModelError("The model can't be run: {reason}", reason=error)
            attempt.error = error if isinstance(error, ModelError) else unknown
            self._step(attempt, "failed")

    def _change_to(self, attempt: Attempt) -> None:
        """Goes on with another model, or with the former one again where that can't be loaded."""
        former, choice = self.current, attempt.choice
        if attempt.given_up.is_set():
            raise _GivenUp
        if choice.id != former.id:
            self._step(attempt, "changing")
            self._application.change_model(choice.model, self._ending)
            self.current = choice
            try:
                self._await_loaded()
            except ModelError:
                self._application.change_model(former.model, self._ending)
                self.current = former
                raise
            remember_choice(choice, self._settings)
        with self._changed:
            if self.attempt is attempt:
                self.attempt = None
            self.version += 1

    def _await_loaded(self) -> None:
        model = self._application.model
        while model.status.state in STARTING:
            if self._ending.wait(LOOK_SECONDS):
                raise _GivenUp
        model.wait_until_loaded()

    def _step(self, attempt: Attempt, state: Literal["fetching", "changing", "failed"]) -> None:
        with self._changed:
            attempt.state = state
            self.version += 1

    def _report(self, attempt: Attempt, progress: Progress) -> None:
        if attempt.given_up.is_set():
            raise _GivenUp
        attempt.done = progress.done


def _started(choices: tuple[ModelChoice, ...], settings: Settings) -> ModelChoice:
    """The model that the settings name."""
    return next(choice for choice in choices if settings.model in (choice.id, choice.model))
