"""Words of an article that a model points at, and what is said of them: the form of an answer of a taught model.

While it is decoded, each piece of the words must go on a stretch of what was shown, so that they stand there by
construction, and with the first of them it is known where. What is said behind them is held to the sentences that have
them. How the model is taught this is for `measuring/fitting/fitting.py`.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assistant.answering.prompts import SAYING
from assistant.answering.refusals import NOTHING_POINTED_AT
from assistant.answering.windows import Cited, Window, texts_of
from assistant.model.protocol import Constraint
from assistant.text.figures import figures
from assistant.text.language import CUT, Language

__all__ = ["Place", "Pointer", "PointingGuard", "Stretches", "sentences_of"]

FORETOLD_CHARACTERS = 48
"""So many characters behind words are foretold, more than are evaluated at once."""
ARROW = SAYING.rstrip()
_BARRIER = "\n"
"""Between what doesn't follow on each other; in no stretch."""
_NUMERAL_END = re.compile(r"[\d０-９一二三四五六七八九十百千〇万億兆]$")
_DIGIT = re.compile(r"\d")
_CLOCK = re.compile(r"(?<!\d)\d{1,2}[:：]\d\d(?!\d)")
_NEGATIVE = re.compile(r"(?:[△▲−]|(?<![\w-])-|マイナス|氷点下)(?=\d)")
_NUMERAL_GOES_ON = re.compile(
    r"[.,．，・]?[\d０-９]|[一-龥々〇ァ-ヶー%％]|[ -](?:hundred|thousand|million|billion|trillion|percent|per cent)\b"
)


@dataclass(frozen=True, slots=True)
class Pointer:
    """Words of an article that an answer rests on: `text` is `article.text[start:end]`."""

    article: str
    language: Language
    start: int
    end: int
    text: str

    @property
    def line(self) -> str:
        """The words on one line."""
        return " ".join(self.text.split())

    def is_all_of(self, answer: str) -> bool:
        """Whether an answer says these words and nothing else."""
        return self.line in (answer, answer.removesuffix("です。"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where words stand in a window: the sentences they are part of, none for words of the title."""

    sentences: tuple[Cited, ...]
    start: int
    """Offset into the article's text, as `end`; into the title for words of that."""
    end: int

    @property
    def pointer(self) -> Pointer | None:
        """None for words of the title, which is no part of the text."""
        if not self.sentences:
            return None
        first = self.sentences[0]
        text = first.article.text[self.start : self.end]
        return Pointer(first.article.id, first.sentence.language, self.start, self.end, text)


class Stretches:
    """What can be pointed at in a window: any stretch of its title or its sentences, from a word's beginning to an end.

    Blanks count as one, as the model is shown them.
    """

    def __init__(self, window: Window) -> None:
        title, *sentences = texts_of(window)
        self._offsets: list[int] = []
        self._owners: list[Cited | None] = []
        characters: list[str] = []

        def put(text: str, owner: Cited | None, start: int) -> None:
            for offset, character in enumerate(text):
                blank = character.isspace()
                if not (blank and characters and characters[-1] in (" ", _BARRIER)):
                    characters.append(" " if blank else character)
                    self._offsets.append(start + offset)
                    self._owners.append(owner)

        def part(separator: str) -> None:
            characters.extend(separator)
            self._offsets.extend([-1] * len(separator))
            self._owners.extend([None] * len(separator))

        put(title, None, 0)
        part(_BARRIER)
        end = window[0].sentence.start
        for one, text in zip(window, sentences, strict=True):
            between = one.article.text[end : one.sentence.start]
            part(_BARRIER if between.strip() else " " if between else "")
            put(text, one, one.sentence.start)
            end = one.sentence.end
        self.text = "".join(characters)
        self._within = frozenset(_within_values(self.text))

    def begins(self, words: str) -> bool:
        """Whether a stretch begins with `words`; a last character cut short may be any."""
        words = words.rstrip(CUT)
        if not words:
            return True
        if words[0].isspace() or _BARRIER in words:
            return False
        return any(self._is_start(at) for at in self._found(words))

    def stands(self, words: str) -> bool:
        """Whether `words` are a stretch."""
        return bool(words.strip()) and any(self._is_whole(at, words) for at in self._found(words))

    def places(self, words: str) -> tuple[Place, ...]:
        """Where `words` stand, in reading order; those of the title last. None, where they are no stretch."""
        if not words.strip():
            return ()
        found = [self._place(at, at + len(words)) for at in self._found(words) if self._is_whole(at, words)]
        return tuple(sorted(found, key=lambda place: not place.sentences))

    def behind(self, text: str) -> str:
        """What comes in the window behind the words that a model's text is; "" where they stand several times."""
        if not text.strip(CUT) or text.endswith(CUT):
            return ""
        found = [at + len(text) for at in self._found(text) if self._is_start(at)]
        followed = {self.text[at : at + FORETOLD_CHARACTERS].partition(_BARRIER)[0] for at in found}
        return followed.pop() if len(followed) == 1 else ""

    def split(self, text: str) -> tuple[str, str | None]:
        """The words that a model's text begins with, and what it says of them; None where it says nothing yet."""
        at = text.find(ARROW)
        while at >= 0 and text[: at + len(ARROW)] in self.text:
            at = text.find(ARROW, at + 1)
        return (text, None) if at < 0 else (text[:at], text[at + len(ARROW) :].lstrip())

    def _found(self, words: str) -> Iterator[int]:
        at = self.text.find(words)
        while at >= 0:
            yield at
            at = self.text.find(words, at + 1)

    def _is_start(self, at: int) -> bool:
        return not (at and _is_word(self.text[at - 1]) and _is_word(self.text[at])) and at not in self._within

    def _is_whole(self, at: int, words: str) -> bool:
        end = at + len(words)
        if not self._is_start(at) or end in self._within or _BARRIER in words or words != words.strip():
            return False
        if _NUMERAL_END.search(words) and _NUMERAL_GOES_ON.match(self.text, end):
            return False
        return not (end < len(self.text) and _is_word(self.text[end - 1]) and _is_word(self.text[end]))

    def _place(self, start: int, end: int) -> Place:
        owners = {owner.number: owner for owner in self._owners[start:end] if owner}
        return Place(tuple(owners.values()), self._offsets[start], self._offsets[end - 1] + 1)


class PointingGuard:
    """Holds what a model writes to words of a window, and what it says of them to what `says` makes of those."""

    def __init__(self, stretches: Stretches, says: Callable[[str], Constraint], *, may_refuse: bool = False) -> None:
        """Args:
        says: what holds that which is said of words.
        may_refuse: whether the model may write that nothing answers.
        """
        self._stretches = stretches
        self._says = says
        self._may_refuse = may_refuse
        self._held: tuple[str, Constraint] | None = None

    def __call__(self, text: str, *, finished: bool) -> bool:
        """Whether the model may go on to `text`, or end with it where `finished`."""
        if self._may_refuse and (text == NOTHING_POINTED_AT if finished else NOTHING_POINTED_AT.startswith(text)):
            return True
        words, said = self._stretches.split(text)
        if said is None:
            return self._stretches.stands(words) if finished else self._may_grow(words)
        if not self._stretches.stands(words):
            return False
        return self._saying(words)(said, finished=finished) if said else not finished

    def _may_grow(self, words: str) -> bool:
        if self._stretches.begins(words):
            return True
        bare = words.rstrip(CUT).removesuffix(" ")  # the arrow, of which a part is there
        return bare != words and self._stretches.stands(bare)

    def _saying(self, words: str) -> Constraint:
        if not self._held or self._held[0] != words:
            self._held = words, self._says(words)
        return self._held[1]


def sentences_of(places: Sequence[Place]) -> tuple[Cited, ...]:
    """The sentences that words stand in, each once."""
    return tuple({one.number: one for place in places for one in place.sentences}.values())


def _within_values(text: str) -> Iterator[int]:
    """Offsets within the number of a figure, or a time of the day: nothing that is pointed at begins or ends there.

    It may begin behind a sign of money, but not behind that of a negative number.
    """
    for figure in figures(text):
        digit = _DIGIT.search(text, figure.start, figure.number_end)
        begins = digit.start() if digit else figure.start
        yield from (at for at in range(figure.start + 1, figure.number_end) if at != begins)
    for match in _CLOCK.finditer(text):
        yield from range(match.start() + 1, match.end())
    yield from (match.end() for match in _NEGATIVE.finditer(text))


def _is_word(character: str) -> bool:
    """Whether it is part of a word in a script that parts words by blanks."""
    return character.isalnum() and ord(character) < 0x2E80
