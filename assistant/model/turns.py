"""Whose question the model answers next: askers take turns, and what nobody waits for is done while nobody does.

`worker.py` and `server/served.py` run what is next; whoever asked iterates over the pieces.
"""

import math
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from assistant.model.protocol import Constraint, Message, Reading, Retraction, Usage

__all__ = ["Job", "Turns"]


@dataclass(eq=False, slots=True)
class Job:
    """A generation that the worker's thread runs, and the pieces it has for whoever iterates."""

    messages: Sequence[Message]
    max_tokens: int = 0
    asker: str | None = None
    """Nobody, where it is done in the background."""
    article: str = ""
    """Of a reading, the article that it is of."""
    is_open: bool = False
    """Whether the last message is to be gone on with, rather than answered."""
    allows: Constraint | None = None
    refusal: str | None = None
    read: Sequence[Message] | None = None
    """What the messages have in common with these is read without the model's adapter."""
    foretells: Callable[[str], str] | None = None
    """What is likely to come behind a text, "" where that isn't known."""
    rivals: Callable[[str], Sequence[str]] | None = None
    """Words that may come behind a text, one in place of the other."""
    lead: float = math.inf
    reading: Reading | None = None
    is_ended: bool = False
    usage: Usage = field(default_factory=Usage)
    stopped: threading.Event = field(default_factory=threading.Event)
    turns: "Turns | None" = None
    """Those it waits in."""
    _heard: threading.Event = field(default_factory=threading.Event)
    _pieces: "queue.SimpleQueue[str | Retraction | Exception | None]" = field(default_factory=queue.SimpleQueue)

    def __iter__(self) -> Iterator[str | Retraction]:
        try:
            while (piece := self._pieces.get()) is not None:
                if isinstance(piece, Exception):
                    raise piece
                yield piece
        finally:
            self.stop()

    def wait(self, seconds: float) -> bool:
        return self._heard.wait(seconds)

    def before(self) -> int:
        return self.turns.before(self) if self.turns else 0

    def say(self, piece: str | Retraction) -> None:
        """Gives `piece` to whoever iterates; what comes after the end is heard by nobody."""
        self._pieces.put(piece)
        self._heard.set()

    def end(self, error: Exception | None = None) -> None:
        """Ends the pieces, by raising `error` where there is one."""
        self._pieces.put(error)
        self._heard.set()

    def stop(self) -> None:
        """Ends the pieces at once, without waiting for the worker to notice."""
        self.stopped.set()
        self.end()
        if self.turns:
            self.turns.let_go(self)


class Turns:
    """The jobs that wait, for one thread or several to take in their order; they are put and stopped from any.

    Whoever has been answered goes behind all who wait by then, however many questions are left to them; whoever is
    being answered, behind all who aren't.
    """

    def __init__(self, on_change: Callable[[], None] = lambda: None) -> None:
        """Args:
        on_change: called, from any thread, when a job has come or has been stopped, and when no more are taken.
        """
        self.on_change = on_change
        self.at_once = 1
        """How many threads take jobs."""
        self._changed = threading.Condition()
        self._questions: dict[str, deque[Job]] = {}
        """By asker, the next one first. Who is being answered stays there until the answer's end."""
        self._answered: dict[int, str] = {}
        """Who is being answered, by the thread that does it."""
        self._background: deque[Job] = deque()
        self._in_background: int | None = None
        """The thread that is at what nobody waits for: one at a time."""
        self._closed = False

    def is_wanted(self) -> bool:
        """Whether somebody waits. Takes no lock: the model asks this all the while it works in the background."""
        return bool(self._questions) or self._closed

    def put(self, job: Job) -> bool:
        """Lets `job` wait for its turn; False where no more are taken."""
        with self._changed:
            if not self._closed:
                job.turns = self
                if job.asker is None:
                    self._background.append(job)
                else:
                    self._questions.setdefault(job.asker, deque()).append(job)
                self._changed.notify_all()
            taken = not self._closed
        self.on_change()
        return taken

    def let_go(self, job: Job) -> None:
        """Keeps a job that was stopped no longer: what is done in the background may wait for hours."""
        if job.asker is None:
            with self._changed, suppress(ValueError):
                self._background.remove(job)
        self.on_change()

    def next(self) -> Job | None:
        """Waits for a job and takes it, which ends the turn of this thread's last; None when closed."""
        thread = threading.get_ident()
        with self._changed:
            self._end_turn(thread)
            while not self._closed:
                if job := self._next_question(thread) or self._next_in_background(thread):
                    return job
                self._changed.wait()
            return None

    def before(self, job: Job) -> int:
        """How many questions come before `job`, if nobody asks any more, with the one being answered.

        Where several are answered at once, how many have to be answered first. 0 once its turn has come, and for what
        nobody waits for.
        """
        with self._changed:
            answered = self._answered.values()
            askers = sorted(self._questions, key=lambda asker: asker in answered)
            waiting = [[each for each in self._questions[asker] if not each.stopped.is_set()] for asker in askers]
            turn = next((turn for turn, jobs in enumerate(waiting) if job in jobs), None)
            if turn is None:
                return 0
            place = waiting[turn].index(job)
            others = (min(len(jobs), place + (rank < turn)) for rank, jobs in enumerate(waiting) if rank != turn)
            return max(0, len(answered) + place + sum(others) - (self.at_once - 1))

    def take_questions(self) -> list[Job]:
        """Takes all questions that wait; what nobody waits for goes on waiting."""
        with self._changed:
            jobs = [job for each in self._questions.values() for job in each]
            self._questions.clear()
            self._answered.clear()
            return jobs

    def wait_for_question(self) -> bool:
        """Waits until somebody asks; False when closed."""
        with self._changed:
            while not self._closed and not any(map(_wanted, self._questions.values())):
                self._changed.wait()
            return not self._closed

    def close(self) -> list[Job]:
        """Takes no more jobs, and no longer gives any; those that waited."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            jobs = [*(job for jobs in self._questions.values() for job in jobs), *self._background]
        self.on_change()
        return jobs

    def _end_turn(self, thread: int) -> None:
        asker = self._answered.pop(thread, None)
        if asker is not None:
            left = self._questions.pop(asker)
            if left or asker in self._answered.values():
                self._questions[asker] = left
        if self._in_background == thread:
            self._in_background = None

    def _next_question(self, thread: int) -> Job | None:
        answered = self._answered.values()
        for asker in sorted(self._questions, key=lambda asker: asker in answered):
            if job := _first_wanted(self._questions[asker]):
                self._answered[thread] = asker
                return job
            if asker not in answered:
                del self._questions[asker]
        return None

    def _next_in_background(self, thread: int) -> Job | None:
        if self._questions or self._in_background is not None:
            return None
        job = _first_wanted(self._background)
        self._in_background = thread if job else None
        return job


def _wanted(jobs: deque[Job]) -> bool:
    return any(not job.stopped.is_set() for job in jobs)


def _first_wanted(jobs: deque[Job]) -> Job | None:
    """Takes the first that has not been stopped, and those before it."""
    while jobs:
        job = jobs.popleft()
        if not job.stopped.is_set():
            return job
    return None
