"""What figures count, by meaning: of 12 athletes and 3 coaches, "12 coaches" isn't said, in whatever words or language.

The words for what a figure is said of are set against those that the article's own figures stand with. Where another
figure's are nearer than this one's, it is said of that other's: by a table for people (`text/roles.py`), else by the
cosine of their vectors. Only which of the article's things is nearer is asked, so that no bound is needed for what is
the same.
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

import numpy as np

from assistant.library.embedding import Vectors
from assistant.text.figures import Figure
from assistant.text.roles import roles
from assistant.text.things import thing_asked_for, things_counted
from assistant.text.word_forms import singular

__all__ = ["CountedThings", "Embed"]

Embed = Callable[[Sequence[str]], Vectors]
"""Gives the vectors of texts, rows of length 1."""
NEARER = 0.02
"""By how much nearer to another's thing is another's, by the words themselves and by "the number of" them. Of 344
pairs of like things (sheep and goats, bridges and tunnels) across the languages the right one is nearer by so much for
48 in a hundred, and the wrong one for one."""


class CountedThings:
    """What the figures of `texts` count."""

    def __init__(self, texts: Iterable[tuple[str, Sequence[Figure]]], question: str, embed: Embed | None) -> None:
        """Args:
        texts: in the form of `fold`, with their figures.
        question: in that form; a figure that is said alone is of what it asks the number of.
        embed: None: by the table alone.
        """
        self._of: dict[Decimal, set[str]] = {}
        for text, read in texts:
            for figure, thing in things_counted(text, read):
                self._of.setdefault(figure.value, set()).add(thing)
        self._asked_for = thing_asked_for(question)
        self._embed = embed
        self._known: dict[str, Vectors] = {}
        self._judged: dict[tuple[Decimal, str], bool] = {}

    def people(self) -> Iterable[Decimal]:
        """The figures of people whom the table has."""
        return (value for value, things in self._of.items() if any(map(roles, things)))

    def is_of_another(self, text: str, read: Sequence[Figure], *, finished: bool) -> bool:
        """Whether a figure of `text` is said of what only other figures count."""
        if len(self._of) < 2:
            return False
        said = [(figure.value, thing) for figure, thing in things_counted(text, read)]
        if self._asked_for and finished and len(read) == 1 and (not said or said[0][1] in self._asked_for):
            said = [(read[0].value, self._asked_for)]
        return any(self._is_anothers(*pair) for pair in said)

    def _is_anothers(self, value: Decimal, thing: str) -> bool:
        own = self._of.get(value, set())
        others = {each for things in self._of.values() for each in things} - own
        if not own or not others or any(_is_within(thing, each) for each in own):
            return False
        key = value, thing
        if key not in self._judged:
            self._judged[key] = self._is_nearer(thing, own, others)
        return self._judged[key]

    def _is_nearer(self, thing: str, own: Iterable[str], others: Iterable[str]) -> bool:
        """Whether a thing is nearer to one of `others` than to all that are a figure's own."""
        known, of_own = roles(thing), frozenset[str]().union(*map(roles, own))
        if known and of_own:
            return known.isdisjoint(of_own) and any(not known.isdisjoint(roles(each)) for each in others)
        embed = self._embed
        if embed is None:
            return False
        said = self._vectors(thing, embed)
        nearest = (
            np.max([(self._vectors(each, embed) * said).sum(axis=1) for each in these], axis=0)
            for these in (own, others)
        )
        near_own, near_others = nearest
        return bool((near_others - near_own >= NEARER).all())

    def _vectors(self, thing: str, embed: Embed) -> Vectors:
        """Those of a thing and of the number of it, float32 of shape (2, dimensions)."""
        if thing not in self._known:
            self._known[thing] = embed([thing, _number_of(thing)])
        return self._known[thing]


def _number_of(thing: str) -> str:
    return f"the number of {thing}" if thing.isascii() else f"{thing}の数"


def _is_within(thing: str, other: str) -> bool:
    """Whether the words for a thing stand in others, in whatever number."""
    return thing in other or {*map(singular, thing.split())} <= {*map(singular, other.split())}
