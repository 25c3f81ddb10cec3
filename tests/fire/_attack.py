"""Gives a target many inputs, and says which of them it did not withstand.

It withstands an input that it takes, or refuses by an error of ours. Any other exception is a fault, as is a text that
is lost, an input that takes too long, and one that takes too much memory.
"""

import importlib.util
import resource
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from assistant.errors import AssistantError

__all__ = ["Fault", "Hung", "Outcome", "Target", "add_fault", "attack", "has_atheris", "limited", "use_once"]

SECONDS = 5.0
"""Longest time of the processor that an input may take; all are below 100 kB."""
MEMORY = 300_000_000
"""Most bytes that an input may make a process grow by."""
ROUNDS = 8
"""Where hypothesis has no more new inputs, it begins anew with another seed, so often at most."""
SHOWN = 600
"""Characters of an input that a fault shows."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is attacked: a maker of inputs, and what uses one; `use` raises where something is wrong."""

    name: str
    inputs: Callable[[], st.SearchStrategy[Any]]
    use: Callable[[Any], object]
    first: Any = None
    """An input that is used before anything is measured, so that what is loaded once is there."""


@dataclass(slots=True)
class Fault:
    """What went wrong, where, how often, and the shortest input of it."""

    what: str
    times: int
    input: str


@dataclass(slots=True)
class Outcome:
    """What came of all the inputs of a target."""

    name: str
    inputs: int = 0
    refused: int = 0
    """Inputs that an error of ours refused."""
    slowest: float = 0.0
    seconds: float = 0.0
    grown_mb: float = 0.0
    faults: dict[str, Fault] = field(default_factory=dict)

    def as_record(self) -> dict[str, Any]:
        return asdict(self)


class Hung(BaseException):
    """An input takes too long; no `except Exception` holds it."""


def attack(target: Target, inputs: int, seed_: int, note: Callable[[str], None] = lambda _: None) -> Outcome:
    """Gives `target` so many inputs, the same for a seed.

    Args:
        note: told of each input before it is used, so that what ends the process is known.
    """
    outcome = Outcome(target.name)
    if target.first is not None:
        _use(target, target.first, Outcome(target.name))
    began, before = time.monotonic(), _memory()
    for turn in range(ROUNDS):
        wanted = inputs - outcome.inputs
        if wanted <= 0:
            break

        @seed(seed_ + 1000 * turn)
        @settings(
            max_examples=wanted,
            database=None,
            deadline=None,
            derandomize=False,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(target.inputs())
        def once(value: Any) -> None:
            if outcome.inputs < inputs:
                note(repr(value)[:2000])
                _use(target, value, outcome)

        once()
    outcome.seconds = time.monotonic() - began
    outcome.grown_mb = (_memory() - before) / 1e6
    return outcome


def use_once(target: Target, value: Any, outcome: Outcome) -> None:
    """Uses an input, and counts it with what came of it."""
    _use(target, value, outcome)


def _use(target: Target, value: Any, outcome: Outcome) -> None:
    before, began = _memory(), time.monotonic()
    outcome.inputs += 1
    try:
        with limited():
            target.use(value)
    except AssistantError:
        outcome.refused += 1
    except Hung:
        add_fault(outcome, f"more than {SECONDS:.0f} s at {_where(sys.exc_info()[2])}", value)
    except MemoryError:
        add_fault(outcome, "no memory is left", value)
    except Exception as error:
        add_fault(outcome, f"{type(error).__name__} at {_where(error.__traceback__)}: {str(error)[:200]}", value)
    outcome.slowest = max(outcome.slowest, time.monotonic() - began)
    if _memory() - before > MEMORY:
        add_fault(outcome, f"{(_memory() - before) / 1e6:,.0f} MB more", value)


def add_fault(outcome: Outcome, what: str, value: Any) -> None:
    """Notes a fault, with those of its kind at its place."""
    key = what.partition(": ")[0] if "at " in what else what.split()[-1]
    said = repr(value)
    known = outcome.faults.get(key)
    if known is None:
        outcome.faults[key] = Fault(what, 1, said)
    else:
        known.times += 1
        if len(said) < len(known.input):
            known.what, known.input = what, said


def _where(trace: Any) -> str:
    """The innermost line of ours, of a traceback."""
    frames = traceback.extract_tb(trace)
    own = [frame for frame in frames if "/assistant/" in frame.filename] or frames
    last = own[-1]
    place = last.filename.rpartition("/assistant/")[2] if "/assistant/" in last.filename else Path(last.filename).name
    return f"{place}:{last.lineno}"


@contextmanager
def limited() -> Iterator[None]:
    """Raises `Hung` in the block when its time is over; in another thread than the first nothing does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def hang(*_: object) -> None:
        raise Hung

    former = signal.signal(signal.SIGPROF, hang)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, former)


def _memory() -> int:
    """The most memory that this process has taken."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def has_atheris() -> bool:
    return importlib.util.find_spec("atheris") is not None
