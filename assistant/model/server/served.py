"""A model that a server runs, in the place of one that is run here: questions in turn, some of them at once.

What a llama-server runs is held token by token, as here, and reads ahead. Of any other an answer is checked whole, and
nothing is asked that nobody asks.
"""

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

from assistant.errors import ModelError, RequestRefused, ServerError
from assistant.model.background import run_in_background
from assistant.model.catalog import load_catalog
from assistant.model.decoding import generate
from assistant.model.protocol import Generation, Message, ModelState, ModelStatus
from assistant.model.queued import QueuedModel
from assistant.model.server.address import Server
from assistant.model.server.chat import Chat
from assistant.model.server.connection import LOOK_SECONDS, Stopped, Times
from assistant.model.server.llama_server import Asks, LlamaServer
from assistant.model.server.slot_context import SlotContext
from assistant.model.server.slots import Slots, Switch
from assistant.model.server.whole import Corrects, WholeAnswers
from assistant.model.turns import Job, Turns
from assistant.settings import Part, Settings

__all__ = ["ServedModel", "open_served"]

FIRST_LOOK = Times(connect=2.0, first=2.0, whole=3.0, pauses=())
"""How long a server is looked for before anything is asked."""


@contextmanager
def open_served(settings: Settings, corrects: Corrects) -> "Iterator[ServedModel]":
    """The model of the server that the settings name, which is looked for now, and again when it is started.

    Raises:
        UsageError: they name it by no address.
        ModelError: the catalog is broken.
    """
    adapters = {spec.adapter.file for spec in load_catalog().specs if spec.adapter}
    model = ServedModel(
        Server.at(settings.server, settings.server_key),
        settings.server_model,
        corrects,
        adapters=() if Part.ADAPTER in settings.without else adapters,
        at_once=settings.server_at_once,
    )
    model.look()
    try:
        yield model
    finally:
        model.close()


@dataclass(slots=True)
class _Found:
    """What a server was found to be; `llama` is None where it is no llama-server."""

    llama: LlamaServer | None
    slots: Slots = field(init=False)
    switch: Switch = field(default_factory=Switch)

    def __post_init__(self) -> None:
        self.slots = Slots(self.llama.slots if self.llama else 0)


class _Lane:
    """What one thread asks by."""

    def __init__(self, server: Server, times: Times) -> None:
        self._server = server
        self._times = times
        self.chat = Chat(server, times)
        self.asks = Asks(server, times)
        self._context: SlotContext | None = None
        self._found: _Found | None = None

    def context(self, found: _Found, stopped: Callable[[], bool]) -> SlotContext | None:
        """Evaluates what is asked of a llama-server; None where it is none."""
        if self._found is not found:
            self._close_context()
            self._found = found
            if found.llama:
                self._context = SlotContext(self._server, found.llama, found.slots, found.switch, self._times)
        if self._context:
            self._context.stopped = stopped
        return self._context

    def close(self) -> None:
        self.chat.close()
        self.asks.close()
        self._close_context()

    def _close_context(self) -> None:
        if self._context:
            self._context.close()
            self._context = None


class ServedModel(QueuedModel):
    """A model of a server. Whoever asks is told what is wrong with it; the next question tries again."""

    size = 0

    def __init__(
        self,
        server: Server,
        model: str,
        corrects: Corrects,
        times: Times | None = None,
        *,
        adapters: Collection[str] = (),
        at_once: int = 1,
    ) -> None:
        """Args:
        model: its name there, "" for the first that the server lists.
        adapters: names of the files of those that have taught a model its job.
        at_once: questions that are asked at once; of a llama-server, as many as it has slots.
        """
        super().__init__("model server")
        self.name = model
        self._is_named = bool(model)
        self.place = server.place
        self._server = server
        self._times = times or Times()
        self._whole = WholeAnswers(corrects)
        self._adapters = adapters
        self._at_once = at_once
        self._turns = Turns()
        self._changing = threading.RLock()
        self._others: list[threading.Thread] = []
        """Threads beside the first one."""
        self._found: _Found | None = None
        self._is_known = False
        """Whether it is the server that was found last; else it is looked for before anything is asked."""
        self._state: ModelState = "loading"

    @property
    def taught_by(self) -> str:
        """Name of the adapter that the server has of ours, "" where it has none or hasn't been found yet."""
        return self._found.llama.taught_by if self._found and self._found.llama else ""

    @property
    def status(self) -> ModelStatus:
        state = self._state
        if state in ("ready", "reading") and self._turns.is_wanted():
            state = "busy"
        return ModelStatus(state, server=self.place)

    def look(self) -> None:
        """Looks what the server is, if it is there; whoever asks is told if it isn't."""
        asks = Asks(self._server, FIRST_LOOK)
        with suppress(Stopped, ModelError):
            self._know(asks.look(self._adapters, self._closing.is_set))
        asks.close()

    def settle(self, stopped: Callable[[], bool]) -> None:
        """Looks what the server is where that isn't known, or it failed since."""
        if self._found and self._is_known:
            return
        lane = _Lane(self._server, self._times)
        try:
            self._find(lane, lambda: stopped() or self._closing.is_set())
        except Stopped:
            return
        except ServerError as error:
            self._lose(error)
            raise
        finally:
            lane.close()

    def read(self, messages: Sequence[Message], article: str) -> Generation:
        """Ends at once where the server is no llama-server: what any other has read stays there, if at all."""
        job = Job(messages, article=article)
        if not (self._found and self._found.llama and self._turns.put(job)):
            job.end()
        return job

    def close(self) -> None:
        """Ends what is being asked, and the threads; whoever else asks gets a ModelError."""
        self._closing.set()
        for job in self._turns.close():
            self._refuse(job)
        for thread in (self._thread, *self._others):
            if thread.ident is not None:
                thread.join()
        self._leave()

    def _run(self) -> None:
        lane = _Lane(self._server, self._times)
        try:
            self._find(lane, self._closing.is_set)
            if not self._is_llama:
                lane.chat.models(self._closing.is_set)
            self._state = "ready"
        except Exception as error:  # whoever asks is told, and the next question tries again
            self._fail(error)
        self._serve(lane)

    def _serve(self, lane: _Lane) -> None:
        """Asks what is next, until no more is."""
        while job := self._turns.next():

            def stopped(job: Job = job) -> bool:
                return job.stopped.is_set() or self._closing.is_set()

            try:
                is_done = self._do(lane, job, stopped)
            except Stopped:
                self._state = "ready"
                self._refuse(job)
            except RequestRefused as error:
                self._state = "ready"
                job.end(error)
            except ServerError as error:
                self._lose(error)
                job.end(error)
            except Exception as error:  # whoever asked is told
                self._state = "ready"
                job.end(error)
            else:
                self._state, self._error = "ready", None
                if is_done:
                    job.end()
                else:
                    self._put(job)
        lane.close()

    def _do(self, lane: _Lane, job: Job, stopped: Callable[[], bool]) -> bool:
        """Does what a job wants; False where it is in the background and a question came, so that it waits again."""
        found = self._find(lane, stopped)
        self._state = "busy" if job.asker is not None else "reading"
        context = lane.context(found, stopped)
        if context is None:
            self._whole.answer(lane.chat, self.name, job, stopped)
            return True
        try:
            context.begin()
            if job.asker is None:
                return run_in_background(context, job, self._turns.is_wanted)
            generate(context, job, stopped, job.say)
            return True
        finally:
            context.rest()

    @property
    def _is_llama(self) -> bool:
        return bool(self._found and self._found.llama)

    def _find(self, lane: _Lane, stopped: Callable[[], bool]) -> _Found:
        """What the server is, which is looked for where that isn't known; and which model it has, if none was named."""
        while not self._changing.acquire(timeout=LOOK_SECONDS):
            if stopped():
                raise Stopped
        try:
            found, is_new = self._found, not self._is_known
            if not found or is_new:
                found = self._know(lane.asks.look(self._adapters, stopped))
            if not self.name or (is_new and not self._is_named and not found.llama):
                listed = lane.chat.models(stopped)
                if not listed:
                    raise ServerError(
                        "The model server {server} lists no model. Name one by OPENAI_MODEL.", server=self.place
                    )
                if self.name not in listed:
                    self.name = listed[0]
            return found
        finally:
            self._changing.release()

    def _lose(self, error: ServerError) -> None:
        """Has the server looked for again before anything more is asked, as it may be gone or another."""
        self._is_known = False
        self._fail(error)

    def _know(self, llama: LlamaServer | None) -> _Found:
        """Takes what was found; the server stays what it was where nothing has changed."""
        with self._changing:
            found = self._found
            if not found or _but_scales(found.llama) != _but_scales(llama):
                found = self._found = _Found(llama)
            found.switch.forget()
            self._is_known = True
            if llama and not self._is_named:
                self.name = llama.model
            self._turns.at_once = llama.slots if llama else self._at_once
            while len(self._others) < self._turns.at_once - 1 and not self._closing.is_set():
                lane = _Lane(self._server, self._times)
                thread = threading.Thread(target=self._serve, args=(lane,), name="model server", daemon=True)
                self._others.append(thread)
                thread.start()
            return found

    def _leave(self) -> None:
        """Leaves a llama-server with its adapters as they were."""
        llama = self._found.llama if self._found else None
        if llama and llama.adapter is not None:
            asks = Asks(self._server, FIRST_LOOK)
            with suppress(Stopped, ModelError):
                asks.set_scales(llama.scales, lambda: False)
            asks.close()


def _but_scales(llama: LlamaServer | None) -> LlamaServer | None:
    """What a llama-server is, however its adapters are switched."""
    return replace(llama, scales=()) if llama else None
