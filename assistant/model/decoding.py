"""A prompt becomes text, token by token, held to what is allowed; what can't be ended as it must be is taken back.

A constraint may let a text begin and then let none of the likely tokens go on with it: such a text goes back to where
there was another way, as in a depth-first search, within a bound. What evaluates is a `Context`.
"""

import codecs
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.errors import ModelError
from assistant.model.prefix import bare_length
from assistant.model.protocol import Message, Placement, Reading, Retraction
from assistant.model.turns import Job

__all__ = ["CANDIDATES", "RETREATS", "Candidate", "Context", "generate"]

CANDIDATES = 200
"""Tokens looked at for one that a constraint allows."""
RETREATS = 16
"""How often a text may go back a token; each time a few tokens are evaluated anew, some 0.2 s."""
UNLIKELY = 12.0
"""By how much, in logits, the likeliest token may go before one that is taken in its place. Of 155 answers of the
default model none had one beyond 9; what follows such a one is noise."""
COPIED = 4
"""After so many tokens, those that are foretold are evaluated several at a time: answers are mostly shorter. Nine take
as long as five one by one, two as long as two, so drafts that don't come cost more than they save."""
FORETOLD = (4, 8)
"""How many at a time: at first, and while all came. Once some didn't, no more."""
SENTENCE_ENDS = (".", "!", "?", "。", "！", "？")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A token that may come next: its text in UTF-8, maybe a part of a character; None where it ends the text."""

    token: int
    piece: bytes | None
    logit: float


class Context(Protocol):
    """A loaded model with one sequence of evaluated tokens, here or in another process."""

    context_tokens: int
    placement: Placement

    def tokens(self, messages: Sequence[Message], *, is_open: bool = False) -> list[int]:
        """The prompt of `messages` as token ids; `is_open`: it ends with the last, which is to be gone on with."""

    def evaluate(self, tokens: Sequence[int], aborted: Callable[[], bool], bare: int | None = None) -> int | None:
        """Makes `tokens` the evaluated sequence; how many of them had been already, None when aborted.

        The first `bare` of them are read without the model's adapter; None: all are.
        """

    def append(self, token: int, aborted: Callable[[], bool]) -> bool:
        """Evaluates one more token; False when aborted."""

    def follow(self, token: int, text: str, most: int, aborted: Callable[[], bool]) -> list[Candidate] | None:
        """Evaluates one more token, and those that `text` would go on by, `most` at most; returns the ones that stay.

        They are those that the model would have taken itself; None when aborted.
        """

    def likeliest(self) -> Candidate:
        """The likeliest next token."""

    def candidates(self, count: int) -> list[Candidate]:
        """The `count` likeliest next tokens, the likeliest first."""

    def reading(self, refusal: str) -> Reading:
        """What the model made of what was evaluated last, where an answer or `refusal` is to begin."""

    def keeps(self, tokens: Sequence[int]) -> bool:
        """Whether `tokens` could be evaluated without reading much of them."""

    def keep(self, article: str) -> None:
        """Keeps what was read, which is of `article`, beyond the process."""

    def drop(self, article: str) -> None:
        """Takes back what was kept of `article` so."""

    def look(self) -> None:
        """Has what is being evaluated ask at once whether it is to be aborted; from any thread."""

    def close(self) -> None:
        """Frees the model."""


def generate(context: Context, job: Job, stopped: Callable[[], bool], say: Callable[[str | Retraction], None]) -> None:
    """Runs `job` to its end, its limit or its stop; each piece is said as it comes.

    Raises:
        ModelError: the prompt and the longest text don't fit the model's context.
    """
    tokens = context.tokens(job.messages, is_open=job.is_open)
    job.is_ended, job.lead = False, math.inf
    job.usage.prompt, job.usage.completion, job.usage.decoded = len(tokens), 0, (0, 0.0)
    if len(tokens) + job.max_tokens > context.context_tokens:
        raise ModelError(
            "The passages and the question take {tokens} tokens; with the answer at most {limit} fit. "
            "Ask a shorter question.",
            tokens=len(tokens),
            limit=context.context_tokens,
        )
    bare = bare_length(context.tokens(job.read), tokens) if job.read else None
    reused = None if stopped() else context.evaluate(tokens, stopped, bare)
    if reused is None:
        return
    job.usage.reused = reused
    if job.refusal:
        job.reading = context.reading(job.refusal)
    _Decoding(context, job, tokens, bare, stopped, say).run()


class _Decoding:
    """The text behind an evaluated prompt."""

    def __init__(
        self,
        context: Context,
        job: Job,
        prompt: Sequence[int],
        bare: int | None,
        stopped: Callable[[], bool],
        say: Callable[[str | Retraction], None],
    ) -> None:
        self._context = context
        self._job = job
        self._prompt = prompt
        self._bare = bare
        self._stopped = stopped
        self._say = say
        self._taken: list[Candidate] = []
        self._barred: list[set[int]] = [set()]
        """For each token, and the next one, those that have led nowhere in its place."""
        self._shown = ""
        self._began = 0.0
        self._foretold = FORETOLD[0]
        """How many tokens are evaluated at once where it is known what is likely to come."""

    def run(self) -> None:
        retreats = 0
        while len(self._taken) < self._job.max_tokens:
            step = self._next()
            if step is None:
                retreats += 1
                if retreats > RETREATS or not self._retreat():
                    return
            elif step.piece is None:
                self._job.is_ended = True
                return
            elif not self._take(step):
                return
        self._end_at_a_sentence()

    def _next(self) -> Candidate | None:
        """The likeliest token that may come next; None where none of the likely ones may."""
        best = self._context.likeliest()
        return next(filter(self._may_follow, self._by_likelihood(best)), None)

    def _by_likelihood(self, best: Candidate) -> Iterator[Candidate]:
        """The likely tokens; asked for only where the first isn't taken."""
        yield best
        if self._job.allows or self._barred[-1]:
            others = self._context.candidates(CANDIDATES)
            yield from (one for one in others if one != best and one.logit > best.logit - UNLIKELY)

    def _may_follow(self, one: Candidate) -> bool:
        allows = self._job.allows
        if one.token in self._barred[-1]:
            return False
        if allows is None:
            return True
        if one.piece is None:
            return allows(_text(self._taken), finished=True)
        return bool(one.piece) and allows(_text([*self._taken, one]), finished=False)

    def _take(self, one: Candidate) -> bool:
        """Says a token, and evaluates it unless it is the last; False when stopped."""
        self._weigh(one)
        self._add(one)
        is_last = len(self._taken) == self._job.max_tokens
        return not self._stopped() and (is_last or self._go_on(one))

    def _weigh(self, one: Candidate) -> None:
        """Notes by how much a token that begins a word goes before those that begin a rival of it."""
        rivals = self._job.rivals(_text(self._taken)) if self._job.rivals else ()
        word = _begun(one, rivals)
        if word:
            others = (each for each in self._context.candidates(CANDIDATES) if _begun(each, rivals) not in (None, word))
            self._job.lead = one.logit - max((each.logit for each in others), default=-math.inf)

    def _go_on(self, one: Candidate) -> bool:
        """Evaluates the token taken last, and takes those that come then where they are foretold."""
        foretells, most = self._job.foretells, min(self._foretold, self._job.max_tokens - len(self._taken))
        is_copying = foretells and most and len(self._taken) >= COPIED
        text = foretells(_text(self._taken)) if foretells and is_copying else ""
        if not text:
            return self._context.append(one.token, self._stopped)
        followed = self._context.follow(one.token, text, most, self._stopped)
        if followed is None:
            return False
        self._foretold = FORETOLD[1] if len(followed) == most else 0
        for each in followed:
            if not self._may_follow(each):
                return self._evaluate()
            self._add(each)
        return True

    def _add(self, one: Candidate) -> None:
        usage = self._job.usage
        self._began = self._began or time.perf_counter()
        usage.decoded = (usage.completion, time.perf_counter() - self._began)
        usage.completion += 1
        self._taken.append(one)
        self._barred.append(set())
        self._show()

    def _retreat(self) -> bool:
        """Takes the last token back, never to take it there again; False where there is none, or when stopped."""
        if not self._taken:
            return False
        led_nowhere = self._taken.pop()
        self._barred.pop()
        self._barred[-1].add(led_nowhere.token)
        self._show()
        return self._evaluate()

    def _evaluate(self) -> bool:
        tokens = [*self._prompt, *(one.token for one in self._taken)]
        return self._context.evaluate(tokens, self._stopped, self._bare) is not None

    def _end_at_a_sentence(self) -> None:
        """A text that has come to its limit ends with the last sentence that may be its last."""
        allows = self._job.allows
        for length in range(len(self._taken), 0, -1) if allows else ():
            text = _text(self._taken[:length])
            if allows and text.endswith(SENTENCE_ENDS) and allows(text, finished=True):
                del self._taken[length:]
                self._show()
                self._job.is_ended = True
                return

    def _show(self) -> None:
        """Says what has been added to the text in whole characters, and takes back what is no longer part of it."""
        text = codecs.getincrementaldecoder("utf-8")(errors="replace").decode(_bytes(self._taken))
        if not text.startswith(self._shown):
            self._say(Retraction(len(self._shown) - len(text)))
        elif text != self._shown:
            self._say(text[len(self._shown) :])
        self._shown = text


def _begun(one: Candidate, words: Sequence[str]) -> str | None:
    """The first of `words` that a token begins, if it does."""
    text = (one.piece or b"").decode(errors="replace").strip()
    return next((word for word in words if text and word.startswith(text)), None)


def _bytes(taken: Sequence[Candidate]) -> bytes:
    return b"".join(one.piece or b"" for one in taken)


def _text(taken: Sequence[Candidate]) -> str:
    """The text of tokens; a last character cut short shows as U+FFFD."""
    return _bytes(taken).decode(errors="replace")
