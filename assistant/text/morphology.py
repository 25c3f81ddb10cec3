"""Japanese text as words with their parts of speech and readings (SudachiPy)."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sudachipy import Dictionary

__all__ = ["Morpheme", "morphemes"]

PIECE = 10_000
"""Most characters that are analysed at once: SudachiPy takes 49,149 bytes, of which a Japanese character has three."""


@dataclass(frozen=True, slots=True)
class Morpheme:
    """A word of a text, as long as the dictionary has it ("国土交通省" is one).

    `reading` is in katakana; `kinds` are its part of speech from the general to the particular, as UniDic names them:
    ("名詞", "固有名詞", "人名", "姓").
    """

    text: str
    start: int
    reading: str
    kinds: tuple[str, ...]

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def morphemes(text: str) -> Iterator[Morpheme]:
    """The words of a text in their order, which together are all of it (blanks are words too)."""
    from sudachipy import SplitMode

    tokenizer = _dictionary().tokenizer()  # one that is in use by another thread can't be used
    for at in range(0, len(text), PIECE):
        for found in tokenizer.tokenize(text[at : at + PIECE], SplitMode.C):
            kinds = tuple(kind for kind in found.part_of_speech()[:4] if kind != "*")
            yield Morpheme(found.surface(), at + found.begin(), found.reading_form(), kinds)


@cache
def _dictionary() -> "Dictionary":
    from sudachipy import Dictionary

    return Dictionary(dict="core")
