"""A model that a server runs, in the place of one that is run here: questions in turn, each answer checked whole.

Nothing is asked of it that nobody asks: it reads nothing ahead.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from assistant.errors import ModelError, ServerError
from assistant.model.protocol import Constraint, Generation, Message, ModelState, ModelStatus, Reading
from assistant.model.queued import QueuedModel
from assistant.model.server.address import Server
from assistant.model.server.chat import Chat, Written
from assistant.model.server.checking import line_of, margin, refuses, wrong_word
from assistant.model.server.connection import Stopped, Times
from assistant.model.turns import Job, Turns
from assistant.settings import Settings

__all__ = ["ServedModel", "open_served"]

TRIES = 2
"""How often a model is asked for an answer that may stand."""
KEPT = 8
"""Answers kept in memory: where several windows are tried, the best is asked for once more."""
Corrects = Callable[[Sequence[Message], str, str], Sequence[Message]]
"""The messages that ask anew where an answer to some has a word that it may not have."""


@contextmanager
def open_served(settings: Settings, corrects: Corrects) -> "Iterator[ServedModel]":
    """The model of the server that the settings name, which is looked for when it is started.

    Raises:
        UsageError: they name it by no address.
    """
    model = ServedModel(Server.at(settings.server, settings.server_key), settings.server_model, corrects)
    try:
        yield model
    finally:
        model.close()


class ServedModel(QueuedModel):
    """A model of a server. Whoever asks is told what is wrong with it; the next question tries again."""

    taught_by = ""
    size = 0

    def __init__(self, server: Server, model: str, corrects: Corrects, times: Times | None = None) -> None:
        """Args:
        model: its name there, "" for the first that the server lists.
        """
        super().__init__("model server")
        self.name = model
        self.place = server.place
        self._corrects = corrects
        self._chat = Chat(server, times or Times())
        self._turns = Turns()
        self._kept: OrderedDict[tuple[Sequence[Message], int], tuple[Written, float]] = OrderedDict()
        self._state: ModelState = "loading"

    @property
    def status(self) -> ModelStatus:
        state = "busy" if self._state == "ready" and self._turns.is_wanted() else self._state
        return ModelStatus(state, server=self.place)

    def generate(
        self,
        messages: Sequence[Message],
        max_tokens: int,
        *,
        allows: Constraint | None = None,
        refusal: str | None = None,
        read: Sequence[Message] | None = None,  # noqa: ARG002
        foretells: Callable[[str], str] | None = None,  # noqa: ARG002
        asker: str | None = "",
        is_open: bool = False,
    ) -> Generation:
        job = Job(tuple(messages), max_tokens, asker, is_open=is_open, allows=allows, refusal=refusal)
        if self._turns.put(job):
            self.start()
        else:
            self._refuse(job)
        return job

    def read(self, messages: Sequence[Message], article: str) -> Generation:
        """Ends at once: what a server has read stays there, if at all."""
        job = Job(messages, article=article)
        job.end()
        return job

    def close(self) -> None:
        """Ends what is being asked, and the thread; whoever else asks gets a ModelError."""
        self._closing.set()
        for job in self._turns.close():
            self._refuse(job)
        if self._thread.ident is not None:
            self._thread.join()
        self._chat.close()

    def _run(self) -> None:
        try:
            self._find(self._closing.is_set)
            self._state = "ready"
        except (Stopped, ModelError) as error:
            self._fail(error)
        while job := self._turns.next():
            self._state = "busy"
            try:
                self._answer(job)
            except Stopped:
                self._state = "ready"
                self._refuse(job)
            except Exception as error:  # whoever asked is told
                self._fail(error)
                job.end(self._error)
            else:
                self._state, self._error = "ready", None
                job.end()

    def _find(self, stopped: Callable[[], bool]) -> None:
        """Looks whether the server is there, and which model it has, where none was named."""
        listed = self._chat.models(stopped)
        if not self.name and not listed:
            raise ServerError("The model server {server} lists no model. Name one by OPENAI_MODEL.", server=self.place)
        self.name = self.name or listed[0]

    def _answer(self, job: Job) -> None:
        """Has the model answer; says what may be said of that, or nothing."""

        def stopped() -> bool:
            return job.stopped.is_set() or self._closing.is_set()

        if not self.name:
            self._find(stopped)
        messages = job.messages
        for _ in range(TRIES):
            written = self._written(job, messages, stopped)
            line = line_of(written)
            if job.allows is None:
                job.is_ended = not written.is_cut
                job.say(written.text)
                return
            if not line:
                return
            if job.refusal and refuses(line, job.refusal):
                job.is_ended = True
                return
            wrong = wrong_word(line, job.allows)
            if wrong is None:
                job.is_ended = True
                job.say(line)
                return
            messages = tuple(self._corrects(job.messages, line, wrong))

    def _written(self, job: Job, messages: Sequence[Message], stopped: Callable[[], bool]) -> Written:
        """What the model writes, or wrote a little while ago; of the first try, the job gets its reading."""
        key = (messages, job.max_tokens)
        is_first = job.refusal is not None and job.reading is None
        if key in self._kept:
            written, odds = self._kept[key]
        else:
            written = self._chat.write(self.name, messages, job.max_tokens, stopped, first=is_first)
            odds = margin(written, job.refusal or "\n")
            self._kept[key] = written, odds
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            _count(job, written)
        if is_first:
            job.reading = _reading(odds)
        return written

    def _refuse(self, job: Job) -> None:
        """Ends what comes too late."""
        closed = ModelError("The model has been closed meanwhile. Ask again.")
        job.end(None if job.asker is None else closed)


def _count(job: Job, written: Written) -> None:
    """Adds what the server counted, or else the pieces."""

    def counted(name: str, otherwise: int = 0) -> int:
        value = written.usage.get(name)
        return value if isinstance(value, int) else otherwise

    details = written.usage.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else 0
    completion = counted("completion_tokens", written.pieces)
    job.usage.prompt += counted("prompt_tokens")
    job.usage.reused += cached if isinstance(cached, int) else 0
    job.usage.completion += completion
    job.usage.decoded = (max(0, completion - 1), written.times[1] - written.times[0])


def _reading(odds: float) -> Reading:
    import numpy as np

    return Reading(np.zeros(0, np.float32), odds)
