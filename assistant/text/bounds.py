"""The bounds of figures: "more than" and 約 are part of what an article says of a figure, and so of an answer with it.

A small model leaves them out. Where an article has a figure with one kind of bound alone, an answer that has the figure
bare gets it, in its own language. What a figure is, is for `figures.py`.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from enum import Enum

from assistant.text.dates import date_spans
from assistant.text.figures import Figure, figures, nonzero_digits, outside
from assistant.text.language import Language
from assistant.text.ordinals import ORDINAL_WORDS
from assistant.text.prepositions import MAY_BOUND, bounds_behind
from assistant.text.units import compatible

__all__ = ["HELD", "Bounds", "allows", "said_with_bound", "surroundings"]

BEFORE = 30
"""Characters before a figure in which its bound stands."""
HELD = 8
"""Characters behind a figure that may still be of it, or of its bound, while an answer grows."""


class _Kind(Enum):
    """What a bound says of a value: how it is put in English, before a Japanese figure, or behind one."""

    OVER = ("more than ", "", "超")
    AT_LEAST = ("at least ", "", "以上")
    UNDER = ("less than ", "", "未満")
    NEARLY = ("nearly ", "", "近く")
    UP_TO = ("up to ", "最大", "")
    ABOUT = ("about ", "約", "")


_SIDES: dict[_Kind | None, int] = {
    _Kind.OVER: 1,
    _Kind.AT_LEAST: 1,
    _Kind.UNDER: -1,
    _Kind.NEARLY: -1,
    _Kind.UP_TO: -1,
}
"""Above the figure, or below it."""
_BEFORE = {
    _Kind.OVER: r"more than|over|above|upwards? of|in excess of|greater than"
    r"|exceed(?:s|ed|ing)?|surpass(?:es|ed|ing)?|topp?(?:s|ed|ing)",
    _Kind.AT_LEAST: r"at least|not? (?:less|fewer) than|少なくとも",
    _Kind.UNDER: r"less than|fewer than|under|below",
    _Kind.NEARLY: r"nearly|almost|close to|just under|ほぼ",
    _Kind.UP_TO: r"up to|as (?:much|many|high|long) as|at most|最大|最高|最長"
    r"|(?:not?|never) (?:more than|over|above)|(?:not|n['’]t|never) (?:exceed|surpass)(?:s|ing)?",
    _Kind.ABOUT: r"about|around|roughly|approximately|some|an estimated|約|およそ|おおよそ",
}
_AFTER = {
    _Kind.OVER: r"超(?!え)|余り|あまり|余(?!裕)|強(?![いくさ化力])|を超え(?!な|ませ)|を上回(?!ら|りませ)",
    _Kind.AT_LEAST: r"以上| or more\b|\+",
    _Kind.UNDER: r"未満|を下回",
    _Kind.NEARLY: r"近く|弱(?![いくさ])|足らず",
    _Kind.UP_TO: r"以下|以内|を超えな|を超えませ|を上回らな|を上回りませ| or (?:less|fewer)\b",
    _Kind.ABOUT: r"前後|ほど|程度|くらい|ぐらい| or so\b",
}
_BEFORE_FIGURE = {
    kind: re.compile(rf"(?:(?<![A-Za-z])(?:{words}))(?:\s+an?)?\s*$", re.IGNORECASE) for kind, words in _BEFORE.items()
}
_IN_KANA = "(?:つ|か[国所月])?+"
_THING = "[一-龥ァ-ヶー]"
_AFTER_FIGURE = {kind: re.compile(rf"{_IN_KANA}{_THING}{{0,4}}?(?:{words})") for kind, words in _AFTER.items()}
_COUNTER = re.compile(rf"{_IN_KANA}{_THING}{{0,2}}?(?=[ぁ-ん、。]|$)")
"""What counts the things of a Japanese figure whose unit isn't known: 50店です."""
_SPANS = frozenset({"year", "month", "week", "day", "hour", "minute", "second"})
"""Units of time: "over two years" says how long something took as often as it is a bound."""
_IN_TIME = re.compile(r"(?:over|under|some)\b", re.IGNORECASE)
_IN_PLACE = re.compile(r"(?:over|above|under|below)\b", re.IGNORECASE)
_SURPASSES = re.compile("[一-龥ァ-ヶー]{0,4}(?:を超え|を上回|を下回)")
_REFERENCE = re.compile("の(?:約|およそ)?$")
_OF_BEFORE = re.compile(
    r"(?:[年月週期回日時度]|予想|想定|目標|計画|基準|平均|従来|記録|過去最[高多大])の(?:約|およそ)?$"
)
_AND_FIGURE = re.compile(r"[^、。]{0,12}?る\s?(?:約|およそ)?\d")
_YEAR = re.compile(r"(?:19|20)(?!00)\d\d")
"""What stands behind "over" and is bare may be a year: "talks over 2026 wages"."""
_LASTING = re.compile("(?<=[年日])間$")
"""What is left out before a bound: 5年超."""
_PARTS = ORDINAL_WORDS[2:]
_OF_DATES = frozenset({None, "year", "month", "day", "hour"})
_GRADES = frozenset("強弱")
"""Right behind digits no bounds, but grades (震度6強) and rounds (8強)."""
NEAR = Decimal("0.1")
"""Most of a figure by which another is away from it that is nearly or about the same."""
LEAST_THINGS = 10
"""Fewer things are where something is, rather than a bound: "the bridge over 2 rivers"."""
_CAPITALISED = re.compile(r"[A-Z][a-z]")
_CLOCK_TIME = re.compile(
    r"(?<![\d.,:])(\d{1,2})(?::(\d{0,2})(?:\s?[ap]\.?m\b\.?)?|\s?[ap]\.?m\b\.?|時(?!間)(?:(半)|(\d{1,2})分?)?)",
    re.IGNORECASE,
)
"""A time of the day in either language, with its hour, its minute, or that it is half past."""
_ABOUT_A_TIME = re.compile(r"\s?(?:ごろ|頃|ころ|前後)")
_BEFORE_OR_AFTER_A_TIME = re.compile(r"\s?(?:す[ぎご]|過ぎ|前|台|以降|以前|まで)")


class Bounds:
    """The bounds of the figures of `sentences`."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self._known: dict[Decimal, set[tuple[str | None, _Kind | None]]] = {}
        """Units and bounds of each value."""
        self._clocks: dict[tuple[int, int], set[bool]] = {}
        """Whether each time of the day is about that."""
        for text in sentences:
            found = figures(text)
            clocks = list(_CLOCK_TIME.finditer(text))
            for clock in clocks:
                self._clocks.setdefault(_hour_and_minute(clock), set()).add(_is_about(clock))
            for figure in outside(found, [clock.span() for clock in clocks]):
                kind = None if _is_surpassed(text, figure, found) else _kind(text, figure)
                self._known.setdefault(figure.value, set()).add((figure.unit, kind))
        self._digits = {nonzero_digits(value) for value, known in self._known.items() if any(kind for _, kind in known)}
        self._digits |= {
            nonzero_digits(Decimal(part)) for time, about in self._clocks.items() if True in about for part in time
        }

    def complete(self, answer: str, language: Language, *, finished: bool) -> str:
        """`answer` with the bounds that its figures have in the sentences.

        While it isn't `finished`, it is given up to a figure that may have one.
        """
        found = figures(answer)
        end = len(answer)
        clocks = list(_CLOCK_TIME.finditer(answer)) if found else []
        if found and not finished and found[-1].end > end - HELD and self._may_be_bounded(found[-1]):
            end = next((one.start() for one in clocks if one.start() <= found[-1].start < one.end()), found[-1].start)
        pieces, at = [], 0
        dates = date_spans(answer) if found else []
        puts = [_put_about(clock, language) for clock in clocks if clock.end() <= end and self._is_only_about(clock)]
        for figure in outside(found, [clock.span() for clock in clocks]):
            if figure.end <= end and not _is_of(dates, figure) and (kind := self._missing(answer, figure)):
                puts.append(_put(answer, figure, kind, language))
        for put, place in sorted(puts, key=lambda each: each[1]):
            pieces += [answer[at:place], put]
            at = place
            if put[:1].isupper() and _CAPITALISED.match(answer, at):  # "At least three", of "Three"
                pieces.append(answer[at].lower())
                at += 1
        return "".join([*pieces, answer[at:end]])

    def are_turned_round(self, answer: str, said: Sequence[Figure]) -> bool:
        """Whether one of these figures of an answer has a bound to the other side: "at least 75" of "up to 75"."""
        turned = [figure for figure in said if self._is_turned_round(answer, figure)]
        return bool(turned) and not all(_is_of(date_spans(answer), figure) for figure in turned)

    def _is_turned_round(self, answer: str, figure: Figure) -> bool:
        known = self._known.get(figure.value, ())
        sides = {_SIDES.get(kind, 0) for unit, kind in known if compatible(unit, figure.unit)}
        if len(sides) != 1 or 0 in sides:
            return False
        return any(-_SIDES.get(kind, 0) in sides for kind in _said(answer, figure))

    def _is_only_about(self, clock: re.Match[str]) -> bool:
        """Whether a time of an answer is about that wherever it stands, and the answer doesn't say so."""
        is_said = _is_about(clock) or _BEFORE_OR_AFTER_A_TIME.match(clock.string, clock.end())
        return not is_said and self._clocks.get(_hour_and_minute(clock)) == {True}

    def _may_be_bounded(self, figure: Figure) -> bool:
        """Whether a figure is one that has a bound, or may grow into one."""
        beginning = nonzero_digits(figure.value)
        return any(digits.startswith(beginning) for digits in self._digits)

    def _missing(self, answer: str, figure: Figure) -> _Kind | None:
        """The bound that a figure of `answer` has wherever it stands, where it has none there."""
        if any(_worded(answer, figure)) or _is_of_share(answer, figure):
            return None
        known = self._known.get(figure.value, ())
        kinds = {kind for unit, kind in known if compatible(unit, figure.unit)}
        return kinds.pop() if len(kinds) == 1 else None


def surroundings(text: str, figure: Figure) -> "_Kind | bool":
    """What a text has beside its only figure: a bound, nothing (True), or something else (False)."""
    before, after = text[: figure.start], text[figure.end :]
    kind = _kind(text, figure)
    if kind and not after and _BEFORE_FIGURE[kind].match(before):
        return kind
    if kind and not before and re.fullmatch(rf"(?:{_AFTER[kind]})(?:る|た|て|り|の|った|って)?", after):
        return kind
    return not before and not after


def allows(text: str, figure: Figure, value: Decimal) -> bool:
    """Whether a figure of `text` may have a bound there within which another value is: 112 of "more than 100"."""
    kind = next((kind for kind, _ in _worded(text, figure)), None)
    above = value - figure.value
    if kind in (_Kind.OVER, _Kind.AT_LEAST):
        return above > 0
    if kind is _Kind.UP_TO or kind is _Kind.UNDER:
        return above < 0
    is_near = abs(above) <= NEAR * figure.value
    return is_near and (kind is _Kind.ABOUT or (kind is _Kind.NEARLY and above < 0))


def said_with_bound(figure: str, kind: "_Kind | bool", language: Language) -> str:
    """A figure in a language with its bound, if it has one."""
    if isinstance(kind, bool):
        return figure
    english, before, after = kind.value
    if language is Language.ENGLISH:
        return english + figure
    return before + (_LASTING.sub("", figure) + after if after else figure)


def _kind(text: str, figure: Figure) -> _Kind | None:
    """The bound that a figure of `text` has there."""
    kind = next(_said(text, figure), None)
    found = _BEFORE_FIGURE[kind].search(text, max(0, figure.start - BEFORE), figure.start) if kind else None
    word = MAY_BOUND.match(found[0]) if found else None
    if found and word and not bounds_behind(word[0], text[: found.start()], figure.unit, text[figure.end :]):
        return None
    return kind


def _hour_and_minute(clock: re.Match[str]) -> tuple[int, int]:
    """The hour, below twelve, and the minute of a time of the day."""
    return int(clock[1]) % 12, 30 if clock[3] else int(clock[2] or clock[4] or 0)


def _is_about(clock: re.Match[str]) -> bool:
    before = clock.string[max(0, clock.start() - BEFORE) : clock.start()]
    is_before = _BEFORE_FIGURE[_Kind.ABOUT].search(re.sub("午[前後]$", "", before))
    return bool(is_before or _ABOUT_A_TIME.match(clock.string, clock.end()))


def _put_about(clock: re.Match[str], language: Language) -> tuple[str, int]:
    """What says that a time of an answer is about that, and where it is to be put."""
    if language is Language.JAPANESE:
        return "ごろ", clock.end()
    return ("about " if clock.string[: clock.start()].strip() else "About "), clock.start()


def _worded(text: str, figure: Figure) -> Iterator[tuple[_Kind, str]]:
    """The bounds that words before and behind a figure are, or may be, and those words."""
    before = text[max(0, figure.start - BEFORE) : figure.start]
    found = {kind: match for kind, pattern in _BEFORE_FIGURE.items() if (match := pattern.search(before))}
    if found:  # of "no more than" the whole, not its end
        kind = min(found, key=lambda each: found[each].start())
        yield kind, found[kind].group()
    for kind, pattern in _AFTER_FIGURE.items():
        if match := pattern.match(text, figure.end):
            yield kind, match.group()


def _is_of(dates: Sequence[tuple[int, int]], figure: Figure) -> bool:
    """Whether a figure is of a date, which stands at one of these places."""
    return figure.unit in _OF_DATES and not outside([figure], dates)


def _is_of_share(text: str, figure: Figure) -> bool:
    """Whether a figure is one of the two of a share, which a bound stands before or behind: 3分の1, "two thirds"."""
    is_of_two = text.startswith("分の", figure.number_end) or text.endswith("分の", 0, figure.start)
    return is_of_two or text[figure.start : figure.end].lower().removesuffix("s").endswith(_PARTS)


def _is_surpassed(text: str, figure: Figure, found: Sequence[Figure]) -> bool:
    """Whether a figure is what another is above or below: 1,000万人 of 昨年の1,000万人を上回る1,200万人."""
    if not _SURPASSES.match(text, figure.end):
        return False
    before = max(0, figure.start - BEFORE)
    if _OF_BEFORE.search(text, before, figure.start):
        return True
    is_compared = _REFERENCE.search(text, before, figure.start) or _AND_FIGURE.match(text, figure.end)
    return bool(is_compared) and any(
        other.value != figure.value and compatible(other.unit, figure.unit) for other in found
    )


def _says_else(words: str, text: str, figure: Figure) -> bool:
    """Whether words that may be a bound are a grade, a year's, or say how long something took or where it is."""
    if words in _GRADES:
        return text[figure.end - 1].isdigit()
    if figure.unit is None and _YEAR.fullmatch(text, figure.start, figure.end):
        return bool(_IN_PLACE.match(words))
    if figure.unit in _SPANS:
        return bool(_IN_TIME.match(words))
    if words == "最高":
        return figure.unit in ("celsius", "fahrenheit")
    return figure.unit is None and figure.value < LEAST_THINGS and bool(_IN_PLACE.match(words))


def _said(text: str, figure: Figure) -> Iterator[_Kind]:
    return (kind for kind, words in _worded(text, figure) if not _says_else(words, text, figure))


def _put(answer: str, figure: Figure, kind: _Kind, language: Language) -> tuple[str, int]:
    """What is to be put into an answer in `language`, and where; nothing where it isn't plain where."""
    english, before, after = kind.value
    if language is Language.ENGLISH:
        return english if answer[: figure.start].strip() else english[0].upper() + english[1:], figure.start
    if before:
        return before, figure.start
    counter = _COUNTER.match(answer, figure.end)
    if figure.unit:
        return after, figure.end + answer.startswith("間", figure.end)
    return (after, counter.end()) if counter else ("", figure.end)
