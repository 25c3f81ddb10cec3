"""An answer of a model that a server tells nothing of but its text: it is checked whole before any of it is said.

Where a word of it may not stand, it is asked for once more. What checks it is for `checking.py`.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

from assistant.model.protocol import Message, Reading
from assistant.model.server.chat import Chat, Written
from assistant.model.server.checking import line_of, margin, refuses, wrong_word
from assistant.model.turns import Job

__all__ = ["Corrects", "WholeAnswers"]

TRIES = 2
"""How often a model is asked for an answer that may stand."""
KEPT = 8
"""Answers kept in memory: where several windows are tried, the best is asked for once more."""
Corrects = Callable[[Sequence[Message], str, str], Sequence[Message]]
"""The messages that ask anew where an answer to some has a word that it may not have."""


class WholeAnswers:
    """Answers that come whole, for any number of threads."""

    def __init__(self, corrects: Corrects) -> None:
        self._corrects = corrects
        self._kept: OrderedDict[tuple[str, Sequence[Message], int], tuple[Written, float]] = OrderedDict()
        self._keeping = threading.Lock()

    def answer(self, chat: Chat, model: str, job: Job, stopped: Callable[[], bool]) -> None:
        """Has the model answer; says what may be said of that, or nothing.

        Raises:
            ServerError: no answer came.
            Stopped: it isn't wanted any more.
        """
        messages = job.messages
        for _ in range(TRIES):
            written = self._written(chat, model, job, messages, stopped)
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

    def _written(
        self, chat: Chat, model: str, job: Job, messages: Sequence[Message], stopped: Callable[[], bool]
    ) -> Written:
        """What the model writes, or wrote a little while ago; of the first try, the job gets its reading."""
        key = (model, messages, job.max_tokens)
        is_first = job.refusal is not None and job.reading is None
        if kept := self._kept.get(key):
            written, odds = kept
        else:
            written = chat.write(model, messages, job.max_tokens, stopped, first=is_first)
            odds = margin(written, job.refusal or "\n")
            with self._keeping:
                self._kept[key] = written, odds
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            _count(job, written)
        if is_first:
            job.reading = _reading(odds)
        return written


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
