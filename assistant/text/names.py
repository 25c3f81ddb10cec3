"""Proper names in a text, and how likely each is of a person, an organisation, a place or another thing.

A conditional random field (Lafferty, McCallum & Pereira 2001; CRFsuite) labels the words of a sentence, in the BIO form
of Ramshaw & Marcus 1995. What it goes by is what a word looks like, what stands beside it and, in Japanese, its kind
(SudachiPy). How it is fitted is for `measuring/naming.py`.
"""

import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from assistant.settings import own_file
from assistant.text.known_words import commonness
from assistant.text.language import HIRAGANA, KATAKANA_WORD, LATIN, Language
from assistant.text.morphology import morphemes

if TYPE_CHECKING:
    from pycrfsuite import Tagger

__all__ = ["OUTSIDE", "Kind", "Name", "Word", "features", "label_of", "names_in", "tagger_file", "words_of"]

OUTSIDE = "O"
"""The label of a word that is no part of a name."""
REACH = 2
"""Words to either side that tell of one."""
_TOKEN = re.compile(r"[A-Za-z\u00c0-\u024f]+(?:[-.&][A-Za-z\u00c0-\u024f]+)*|\d+(?:[.,]\d+)*|['’]s\b|[^\s\w]|\w")
_DASHES = frozenset("—―–")
_SHAPES = ((re.compile(r"[A-Z\u00c0-\u00de]"), "X"), (re.compile(r"[a-z\u00df-\u024f]"), "x"), (re.compile(r"\d"), "0"))


_LOCK = threading.Lock()
"""A tagger speaks of the sentence that it was given last."""


class Kind(StrEnum):
    """What a name is of."""

    PERSON = "person"
    ORGANISATION = "organisation"
    PLACE = "place"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Name:
    """A name at `text[start:end]`, with the chance of each kind."""

    start: int
    end: int
    chances: Mapping[Kind, float]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a sentence, at `text[start:end]`, with what its dictionary says of it."""

    text: str
    start: int
    kinds: tuple[str, ...] = ()

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def words_of(text: str, language: Language) -> list[Word]:
    """The words that are labelled, blanks left out."""
    if language is Language.JAPANESE:
        return [Word(one.text, one.start, one.kinds) for one in morphemes(text) if one.text.strip()]
    return [Word(match[0], match.start()) for match in _TOKEN.finditer(text)]


def label_of(kind: Kind, *, begins: bool) -> str:
    """The label of a word of a name: its first, or one that goes on."""
    return f"{'B' if begins else 'I'}-{kind}"


def names_in(text: str, language: Language) -> tuple[Name, ...]:
    """The names in a sentence, in their order."""
    words = words_of(text, language)
    if not words:
        return ()
    with _LOCK:
        tagger = _tagger(language)
        given = tagger.tag(features(words))
        labels = [label if _may_be_named(word) else OUTSIDE for word, label in zip(words, given, strict=True)]
        return tuple(_names(words, [*labels, OUTSIDE], tagger.marginal))


def _may_be_named(word: Word) -> bool:
    """Whether a word may be a part of a name: no dash, no "I", no "the same" (同社)."""
    return word.text not in _DASHES and word.text != "I" and not word.text.startswith("同")


def _names(words: Sequence[Word], labels: Sequence[str], marginal: Callable[[str, int], float]) -> Iterator[Name]:
    """Args:
    marginal: the chance of a label at a word.
    """
    first: int | None = None
    for index, label in enumerate(labels):
        if first is not None and not label.startswith("I"):
            chances = {kind: marginal(label_of(kind, begins=True), first) for kind in Kind}
            yield Name(words[first].start, words[index - 1].end, chances)
            first = None
        if first is None and label != OUTSIDE:
            first = index


def features(words: Sequence[Word]) -> list[list[str]]:
    """What the words of a sentence are told by, those of each in turn."""
    own = [_own(word) for word in words]
    found = []
    for index in range(len(words)):
        of_one = ["bias", *own[index]]
        for step in (*range(-REACH, 0), *range(1, REACH + 1)):
            beside = index + step
            if 0 <= beside < len(words):
                of_one += [f"{step}:{each}" for each in own[beside][:6]]
            elif beside in (-1, len(words)):
                of_one.append(f"{step}:end")
        found.append(of_one)
    return found


def _own(word: Word) -> list[str]:
    text = word.text
    shape = text
    for pattern, sign in _SHAPES:
        shape = pattern.sub(sign, shape)
    brief = re.sub(r"(.)\1+", r"\1", shape) if LATIN.match(text) or text[0].isdigit() else _script(text)
    kinds = [f"kind={'/'.join(word.kinds[:depth])}" for depth in (1, 3, 4)] if word.kinds else []
    common = [f"common={commonness(text)}"] if text.isalpha() and text.isascii() else []
    ends = [f"end={text[-length:].lower()}" for length in (1, 2, 3, 4) if length < len(text)]
    begins = [f"begin={text[:length].lower()}" for length in (1, 2, 3) if length < len(text)]
    return [f"word={text.lower()}", f"shape={brief}", *kinds, *common, *ends, *begins]


def _script(text: str) -> str:
    if KATAKANA_WORD.fullmatch(text):
        return "katakana"
    return "hiragana" if all(map(HIRAGANA.match, text)) else f"han{min(len(text), 4)}"


def tagger_file(language: Language) -> str:
    """The name of the file that names in a language are told by."""
    return f"names.{language}.crfsuite"


@cache
def _tagger(language: Language) -> "Tagger":
    import pycrfsuite

    tagger = pycrfsuite.Tagger()
    tagger.open(str(own_file(tagger_file(language))))
    return tagger
