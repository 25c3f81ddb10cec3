"""The language model as the rest sees it; `worker.py` runs one, `answering/prompts.py` has what it is asked."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "STARTING",
    "ChatModel",
    "Constraint",
    "Generation",
    "Message",
    "ModelState",
    "ModelStatus",
    "Placement",
    "Reading",
    "Retraction",
    "Usage",
    "whole_text",
    "with_piece",
]

ModelState = Literal["fetching", "loading", "checking", "busy", "reading", "ready", "failed"]
"""`checking` whether it can be run here, once; `busy` with a question; `reading` an article that nobody asks about."""
STARTING: frozenset[ModelState] = frozenset({"fetching", "loading", "checking"})
"""While a model isn't there yet."""


@dataclass(frozen=True, slots=True)
class Placement:
    """What runs a model: `gpu_layers` of its layers are on a graphics card, the rest on the processor."""

    threads: int
    gpu_layers: int = 0
    fell_back: bool = False
    """Whether more was to be on the graphics card, which couldn't take it."""


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """What a model is doing; while its file is being fetched, `done` bytes of `total` are there."""

    state: ModelState
    done: int = 0
    total: int = 0
    placement: Placement | None = None
    """Where it runs; None until it is loaded, and where a server runs it."""
    server: str = ""
    """Host and port of the server that runs it, if one does."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation; its content is plain text and never read as control tokens."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The model's state when it has read a prompt, before it answers.

    `hidden` is its final hidden state at the last token, float32 of shape (width,); `margin` the log-probability
    of the best token that begins an answer over that of the token that begins a refusal.
    """

    hidden: "np.ndarray[Any, np.dtype[np.float32]]"
    margin: float


@dataclass(slots=True)
class Usage:
    """Token counts of one generation. `reused` prompt tokens had been evaluated for an earlier one."""

    prompt: int = 0
    reused: int = 0
    completion: int = 0
    decoded: tuple[int, float] = (0, 0.0)
    """Tokens after the first one, and the seconds from that to the last."""

    @property
    def tokens_per_second(self) -> float | None:
        """How quickly they came, to one decimal; None where there are fewer than two."""
        tokens, seconds = self.decoded
        return round(tokens / seconds, 1) if tokens and seconds else None


class Constraint(Protocol):
    """What a generation may say."""

    def __call__(self, text: str, *, finished: bool) -> bool:
        """Whether it may go on to `text` (a last character cut short shows as U+FFFD), or end there."""


@dataclass(frozen=True, slots=True)
class Retraction:
    """Takes back the last `characters` of a generation's text: what it had come to can't be ended as it must."""

    characters: int


class Generation(Protocol):
    """A running generation: iterate for its text, piece by piece; `usage` is complete when the pieces end.

    After a stop it is what it had come to. Only one that is held to a constraint takes back what it said.
    """

    usage: Usage
    reading: "Reading | None"
    """What the model made of the prompt: there before the first piece, None until then."""
    is_ended: bool
    """When the pieces have ended: whether that is where the model would end, and may; of a reading, that it is done."""
    lead: float
    """By how much, in logits, a word that has rivals went before the likeliest of them; without end where none had."""

    def __iter__(self) -> Iterator[str | Retraction]: ...

    def wait(self, seconds: float) -> bool:
        """Waits for the first piece or the end, at most so long; whether that is there."""

    def before(self) -> int:
        """How many questions come before this one, the one being answered included; 0 once its turn has come."""

    def stop(self) -> None:
        """Ends the pieces at once, without an error, and the work within milliseconds, wherever it is.

        One that still waits for its turn gives it up.
        """


def with_piece(text: str, piece: str | Retraction) -> str:
    """A generation's text after a further piece."""
    return text[: len(text) - piece.characters] if isinstance(piece, Retraction) else text + piece


def whole_text(generation: Generation) -> str:
    """What a generation says, when it has ended."""
    return reduce(with_piece, generation, "")


class ChatModel(Protocol):
    """A language model that continues a conversation. Greedy: the same messages give the same text."""

    name: str

    @property
    def taught_by(self) -> str:
        """Name of the adapter that taught it to point at words of an article, "" where none did."""

    @property
    def status(self) -> ModelStatus: ...

    def settle(self, stopped: Callable[[], bool]) -> None:
        """Returns when it is known what taught it, or that isn't wanted any more.

        Raises:
            ModelError: it can't be known.
        """

    def generate(
        self,
        messages: Sequence[Message],
        max_tokens: int,
        *,
        allows: Constraint | None = None,
        refusal: str | None = None,
        read: Sequence[Message] | None = None,
        foretells: Callable[[str], str] | None = None,
        rivals: Callable[[str], Sequence[str]] | None = None,
        asker: str | None = "",
        is_open: bool = False,
    ) -> Generation:
        """Starts (or queues) a generation and returns at once.

        Args:
            allows: what the text is held to: of the tokens it allows, the likeliest is taken.
            refusal: what a refusal begins with; given, the generation has a `reading`.
            read: messages that these begin like: what both begin with is read without the model's adapter, and what
                comes then with it. None: the adapter isn't wanted.
            foretells: what is likely to come behind a text, "" where that isn't known: several tokens of it are
                evaluated at once, and stay as far as the model would have said them.
            rivals: words that may come behind a text, one in place of the other, of which the generation has a `lead`.
            asker: whose it is: those who ask take turns, whoever has many questions too. None: nobody's; it is done
                while nobody asks, begins anew where a question interrupts it, and says nothing before its end.
            is_open: whether the last message is unfinished: the model goes on with it instead of answering it.

        Iterating raises ModelError where the model can't be fetched or loaded, or the messages don't fit its context.
        """

    def read(self, messages: Sequence[Message], article: str) -> Generation:
        """Reads `messages` on an article when nothing else is asked: what begins like them is answered sooner then.

        Returns at once. What it returns ends, without a piece, when they have been read; a generation that is asked
        for meanwhile interrupts it.
        """
