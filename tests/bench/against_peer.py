"""The first part: the same questions to us and to LlamaIndex, in turn, and how long each took."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from assistant.settings import Settings
from tests.bench.ours import open_ours
from tests.bench.peer import open_peer
from tests.bench.questions import ARTICLES
from tests.bench.side import Remote, Reply

__all__ = ["FULL", "KINDS", "OURS", "PEER", "QUICK", "SCOPED", "Asked", "Plan", "ask_both", "read_home"]

OURS, PEER, SCOPED = "ours", "LlamaIndex", "LlamaIndex held to the article"
FIRST, READ_AHEAD, LATER, ALTERNATING, RESTARTED = KINDS = (
    "first_unread",
    "first_read_ahead",
    "later",
    "alternating",
    "after_restart",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """How many questions of a kind are asked on each article, and to which sides beside ours.

    One more opens an article. All are different, so that no answer helps another.
    """

    later: int
    alternating: int
    restarts: int
    peers: tuple[str, ...]


QUICK = Plan(later=4, alternating=3, restarts=1, peers=(PEER,))
FULL = Plan(later=5, alternating=4, restarts=2, peers=(PEER, SCOPED))


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to one side, and what came of it."""

    kind: str
    side: str
    article: int
    question: int
    reply: Reply

    @property
    def text(self) -> str:
        return ARTICLES[self.article].questions[self.question].text

    @property
    def is_right(self) -> bool:
        return ARTICLES[self.article].questions[self.question].is_answered_by(self.reply.text)


def ask_both(plan: Plan, settings: Settings) -> Iterator[Asked]:
    """Asks every side in turn, question by question; the sides keep what they keep under `settings.home`."""
    openers = {OURS: partial(Remote, open_ours, read_home(settings))}
    openers |= {name: _peer(name, settings) for name in plan.peers}
    yield from _in_one_sitting(plan, settings, openers)
    yield from _after_restarts(plan, openers)


def read_home(settings: Settings) -> Settings:
    """Those of the library whose articles have been read."""
    return replace(settings, home=settings.home / "read")


def _peer(name: str, settings: Settings) -> Callable[[], Remote]:
    home = settings.home / name.replace(" ", "-")
    return partial(
        Remote, open_peer, home, Path(settings.model), settings.threads, settings.context_tokens, name == SCOPED
    )


def _in_one_sitting(plan: Plan, settings: Settings, openers: dict[str, Callable[[], Remote]]) -> Iterator[Asked]:
    with ExitStack() as stack:
        sides = {name: stack.enter_context(opener()) for name, opener in openers.items()}
        unread = Remote(open_ours, replace(settings, home=settings.home / "unread"))
        peers = {name: side for name, side in sides.items() if name != OURS}
        sides[OURS].read()
        with unread:
            for article in range(len(ARTICLES)):
                yield from _ask(FIRST, {OURS: unread} | peers, article, [0])
                yield from _ask(READ_AHEAD, {OURS: sides[OURS]}, article, [0])
                yield from _ask(LATER, sides, article, range(1, 1 + plan.later))
        for question in range(1 + plan.later, 1 + plan.later + plan.alternating):
            for article in range(len(ARTICLES)):
                yield from _ask(ALTERNATING, sides, article, [question])


def _after_restarts(plan: Plan, openers: dict[str, Callable[[], Remote]]) -> Iterator[Asked]:
    begin = 1 + plan.later + plan.alternating
    for question in range(begin, begin + plan.restarts):
        for article in range(len(ARTICLES)):
            for name, opener in openers.items():
                with opener() as side:
                    yield from _ask(RESTARTED, {name: side}, article, [question])


def _ask(kind: str, sides: dict[str, Remote], article: int, questions: Sequence[int]) -> Iterator[Asked]:
    for number in questions:
        for name, side in sides.items():
            reply = side.ask(article, ARTICLES[article].questions[number].text)
            yield Asked(kind, name, article, number, reply)
