"""A model that a llama-server runs, with the methods of `LlamaContext`: each next token is asked for over HTTP.

So the same decoding holds it to the same constraints, with the same prompts, as a model that is run here. Each thread
has its own, and a slot of the server from when it begins to evaluate until it comes to `rest`.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import nullcontext

from assistant.model.decoding import Candidate
from assistant.model.llama.chat_template import tokens_of
from assistant.model.protocol import Message, Placement, Reading
from assistant.model.server.address import Server
from assistant.model.server.connection import Stopped, Times
from assistant.model.server.llama_server import Asks, LlamaServer, Reply
from assistant.model.server.slots import Slot, Slots, Switch

__all__ = ["SlotContext"]

KEPT_TEXTS = 256
"""Texts of which the tokens are kept."""
TRIES = 3
"""How often what is read is asked for where others of the server's users come in between."""


class SlotContext:
    """One slot of a llama-server at a time, with a sequence of evaluated tokens."""

    placement = Placement(0)

    def __init__(self, server: Server, llama: LlamaServer, slots: Slots, switch: Switch, times: Times) -> None:
        self.context_tokens = llama.context_tokens
        self.stopped: Callable[[], bool] = lambda: False
        """Whether what is asked is still wanted, where nobody is told to ask."""
        self._llama = llama
        self._slots = slots
        self._switch = switch
        self._asks = Asks(server, times)
        self._slot: Slot | None = None
        self._likely: tuple[Candidate, ...] = ()
        self._tokens: OrderedDict[tuple[str, bool, bool], list[int]] = OrderedDict()

    def begin(self) -> None:
        """Learns what has to be known before anything is asked.

        Raises:
            ServerError: the server doesn't say.
            Stopped: it isn't wanted any more.
        """
        self._asks.know(self._llama.end, self.stopped)

    def tokens(self, messages: Sequence[Message], *, is_open: bool = False) -> list[int]:
        """The prompt of `messages` as token ids; `is_open`: it ends with the last, which is to be gone on with."""
        return tokens_of(self._llama.template, messages, self._tokenise, is_open=is_open)

    def evaluate(self, tokens: Sequence[int], aborted: Callable[[], bool], bare: int | None = None) -> int | None:
        """Makes `tokens` the evaluated sequence; how many of them had been already, None when aborted.

        The first `bare` of them are read without the adapter; None: all are.
        """
        bare = len(tokens) if bare is None or self._llama.adapter is None else bare
        try:
            return self._evaluate(list(tokens), aborted, bare)
        except Stopped:
            return None

    def append(self, token: int, aborted: Callable[[], bool]) -> bool:
        """Evaluates one more token, as those before it were; False when aborted."""
        slot = self._slot
        if slot is None:
            return False
        tokens = [*slot.evaluated, token]
        bare = len(tokens) if slot.bare == len(slot.evaluated) else slot.bare
        return self.evaluate(tokens, aborted, bare) is not None

    def follow(self, token: int, text: str, most: int, aborted: Callable[[], bool]) -> list[Candidate] | None:  # noqa: ARG002
        """Evaluates one more token; a server tells of the last one alone, so that none can follow at once."""
        return [] if self.append(token, aborted) else None

    def likeliest(self) -> Candidate:
        """The likeliest next token."""
        return self._likely[0]

    def candidates(self, count: int) -> list[Candidate]:
        """The `count` likeliest next tokens, the likeliest first."""
        return list(self._likely[:count])

    def reading(self, refusal: str) -> Reading:
        """What the model made of what was evaluated last, as far as a server tells: no hidden state.

        A refusal that is none of the likely tokens counts as likely as the last of these.
        """
        import numpy as np

        token = self._tokenise(refusal)[0]
        others = max(each.logit for each in self._likely if each.token != token)
        of_refusal = next((each.logit for each in self._likely if each.token == token), self._likely[-1].logit)
        return Reading(np.zeros(0, np.float32), others - of_refusal)

    def keeps(self, tokens: Sequence[int]) -> bool:
        """Whether `tokens` could be evaluated without reading much of them, as far as is known here."""
        return self._slots.holds(tokens)

    def keep(self, article: str) -> None:
        """What a server has read stays there."""

    def drop(self, article: str) -> None:
        """A server forgets what it reads no more."""

    def look(self) -> None:
        """There is no need: it asks all the while."""

    def rest(self) -> None:
        """Leaves the slot to others, with what is known of it."""
        if self._slot:
            self._slots.leave(self._slot)
            self._slot = None

    def close(self) -> None:
        self.rest()
        self._asks.close()

    def _tokenise(self, text: str, *, is_control: bool = False, is_first: bool = False) -> list[int]:
        if not text:
            return []
        key = (text, is_control, is_first)
        found = self._tokens.pop(key, None)
        if found is None:
            found = self._asks.tokens(text, self.stopped, is_control=is_control, is_first=is_first)
        self._tokens[key] = found
        while len(self._tokens) > KEPT_TEXTS:
            self._tokens.popitem(last=False)
        return found

    def _evaluate(self, tokens: list[int], aborted: Callable[[], bool], bare: int) -> int:
        slot = self._slot = self._slot or self._slots.take(tokens, aborted)
        read: int | None = None
        for number in range(TRIES):
            if 0 < bare < len(tokens) and not slot.has_read(tokens, bare):
                read = self._ask(slot, tokens[:bare], bare, aborted, only_reads=True, anew=number > 0).cached
            reply = self._ask(slot, tokens, bare, aborted)
            if bare == len(tokens) or reply.cached is None or reply.cached >= bare:
                break
            slot.evaluated = []  # somebody else had the slot, or the server has been started anew
            self._switch.forget()
        self._likely = reply.likely
        return (reply.cached if read is None else read) or 0

    def _ask(
        self,
        slot: Slot,
        tokens: list[int],
        bare: int,
        aborted: Callable[[], bool],
        *,
        only_reads: bool = False,
        anew: bool = False,
    ) -> Reply:
        """Has `tokens` evaluated, all but the first `bare` with the adapter; `anew`: whatever the slot has read."""
        slot.evaluated = []
        is_on, adapter = bare < len(tokens), self._llama.adapter

        def turn() -> None:
            self._asks.set_scales([(adapter or 0, float(is_on))], aborted)

        held = self._switch.held(turn, aborted, is_on=is_on, surely=not is_on)
        with nullcontext() if adapter is None else held:
            reply = self._asks.next(tokens, slot.number, aborted, only_reads=only_reads, anew=anew)
        slot.evaluated, slot.bare = tokens, bare
        return reply
