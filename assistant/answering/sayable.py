"""The figures that may be said of words of an article: theirs, and the question's, in any spelling of their value.

While a saying is decoded, its last numeral may only be the beginning of a spelling of one of those, so that it can't
run into a dead end; a numeral that has ended must be one, with its unit, and of what it counts. Sums and differences
of figures of one unit may be said where the question asks for one. What a figure is, is for `text/figures.py`, what
comes to one without being written so, for `text/quantities.py`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from assistant.answering.counted import CountedThings, Embed
from assistant.answering.sums import combined
from assistant.text.bounds import HELD, Bounds
from assistant.text.figures import HALF, Figure, figures, whole_part
from assistant.text.figures_in_names import figures_in_names
from assistant.text.language import KANA, Language, fold
from assistant.text.ordinals import ordinals, places
from assistant.text.quantities import (
    ONE,
    eras,
    given_multiples,
    given_shares,
    implied,
    multiples,
    scaled_parts,
    scores,
    shares,
    temperatures,
)
from assistant.text.rates import rates
from assistant.text.units import (
    CURRENCIES,
    MEASURES,
    UNIT_OF,
    compatible,
    equals,
    is_general,
    kind_counted,
    may_be_thing,
)
from assistant.text.values import english_numbers, japanese_numbers
from assistant.text.word_forms import singular

__all__ = ["SayableFigures"]

_Counted = tuple[Language | None, str]
"""A unit, or a word of a language."""
WORDS_HELD = 20
"""Characters behind a share in words ("half") that may make it another quantity ("half a million")."""
OPEN = frozenset({"animal", "bird"})
"""Kinds of which too many words are none that is known: "31 penguins"."""
MEASURED = CURRENCIES | MEASURES
"""Units that what has none isn't given."""
_NUMERAL = re.compile(
    r"\d[\d,]*(?:\.\d+)?(?:[千百]?[万億兆][\d,]*|千|百)*"
    r"(?: ?(?:hundred|thousand|million|billion|trillion)(?![a-z])|(?:bn|tn|k|mn)(?=[^a-z]))?"
)
_SCALE_BEGUN = re.compile(r"(?:\.| ?[a-z]{1,8}|[ ,])")
_WORDS_GO_ON = re.compile(r"[ -]?[a-z]*(?:[ -](?:p[a-z]{0,5})?|[ -](?:per|an?|and)(?:[ -][a-z]*){0,3})?")
"""What may stand behind a figure that is still being said: "two hundred and thir", "35 metres per sec"."""
_LASTING = frozenset({"month", "week", "day", "hour", "minute"})
"""What an English figure of these says how long something takes, and no date or hour."""
_AGE = re.compile(r"(?<=[a-z], )\d{1,2}(?=, )")
"""Beside somebody's name."""
_OF_CLOCK = frozenset({"minute", "second"})
"""Of these a time has two digits: 2:08:31."""
_OF_PARTS = frozenset({"year", "month", "week", "day", "hour", "minute"})
"""Units of time: two and a half hours are two hours and thirty minutes."""
_POINT = re.compile(r"(?<=\d)・(?=\d|$)")
"""Between digits it is a decimal point."""
_BARE_POINT = re.compile(r"(?<![\d.])\.(?=\d)")
"""Of ".253"."""
_WHOLE_HOUR = re.compile(r"\d:00?,?$")
"""Seven o'clock as 7:00."""
_GOES_ON = re.compile(r"[a-z -]")
_OPEN_PART = re.compile(r"(?:half|quarter)(?:[ -](?:of )?(?:an? ?)?(?:percentage )?[a-z]*)?$")
"""What may go on as "half a million"."""
_POWER = re.compile(r"(?<=[mM])[²³]")
_COUNTED = re.compile(r"[ \-]?(?:[かヵカヶケ箇](?=[国所]))?(?:[a-z]-)?([a-z]{3,}|[一-龥ァ-ヶ])")
_NOUN = re.compile(r"(?:[ -][a-z]+){1,3}")
_FUNCTION_WORDS = re.compile(
    "and|but|for|from|had|has|have|into|less|more|not|off|out|over|per|than|that|the|was|were|when|who|will|with|year"
)
_PER = re.compile(
    r"(?<![a-z])(?:an?|per|each|every|to the) ([a-z]+)|/([a-z]+)|(?<![一-龥ァ-ヶー])([一-龥ァ-ヶー]+?)(?:当たり|あたり)"
)
"""What a price or a speed is for one of."""
_ALIKE = re.compile(r"\s*(?:[-–—〜~～]|to|and|or|から|と|や|・)\s*")
"""What stands between figures of one unit and scale: "$3-5 billion", "two euros to three"."""
_ELLIPTIC = re.compile(r"\b(?:from|to|between|and)\b|から|へ|より")
_SCALE = re.compile(r"(thousand|million|billion|trillion|[万億兆])")
_FACTORS = {
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "万": 10**4,
    "億": 10**8,
    "兆": 10**12,
}


class SayableFigures:
    """The figures of `texts`, to be said in any language."""

    def __init__(self, texts: Sequence[str], question: str = "", embed: Embed | None = None) -> None:
        """Args:
        question: whose figures may be said too, and which may ask for a sum or a difference.
        embed: by which what figures count is told apart; None: by tables alone.
        """
        self._in_names = figures_in_names("\n".join([*texts, question]))
        texts = [_normal(text) for text in (*texts, question)]
        read = [tuple(_with_age(figure, text) for figure in figures(text)) for text in texts]
        known = [figure for pair in zip(texts, read, strict=True) for figure in _with_what_is_left_out(*pair)]
        whole = "\n".join(texts)
        self._units: dict[Decimal, set[str | None]] = {}
        """What each value is of."""
        for value, unit in (*_values(known), *implied(whole), (ONE, None), (ONE, "person")):
            self._units.setdefault(value, set()).add(unit)
        self._converted: dict[Decimal, set[str | None]] = {}
        """The same in other units, which are to be said with them: 90万キロワット of 900 megawatts."""
        pairs = ((value, unit) for value, units in self._units.items() for unit in units)
        for value, unit in (equal for pair in pairs for equal in equals(*pair)):
            self._converted.setdefault(value.normalize(), set()).add(unit)
        for value, unit in combined(known, question):
            self._units.setdefault(value, set()).add(unit)
        named = (name for names in _PER.findall(whole) for name in names if name)
        self._units[ONE] |= {UNIT_OF[name] for name in named if name in UNIT_OF}
        self._values = frozenset(value.normalize() for value in (*self._units, *self._converted))
        parts = (Fraction(value) for each in (self._units, self._converted) for value in each if "point" in each[value])
        self._shares = frozenset([*given_shares(whole), *parts])
        self._multiples = frozenset(given_multiples(whole))
        self._counted: dict[Decimal, set[_Counted]] = {}
        """What each figure counts."""
        for figure, counted in (pair for each in zip(texts, read, strict=True) for pair in _with_counted(*each)):
            self._counted.setdefault(figure.value, set()).add(counted)
        self._below_zero = {pair for each in zip(texts, read, strict=True) for pair in temperatures(*each)}
        self._things = CountedThings(zip(texts, read, strict=True), texts[-1], embed)
        for value in self._things.people():
            if {_kind(word) for _, word in self._counted.get(value, ())} <= {None, "person"}:  # no cats rescued
                self._counted.setdefault(value, set()).add((None, "person"))
        self._rates: dict[Decimal, set[str]] = {}
        """What each figure is for one of."""
        for value, of in (pair for each in zip(texts, read, strict=True) for pair in rates(*each)):
            self._rates.setdefault(value, set()).add(of)
        self._bounds = Bounds(texts[:-1])
        self._is_english = not KANA.search("".join(texts[:-1]))
        self._words = frozenset(map(singular, re.findall("[a-z]{3,}", whole)))
        self._ordinals = frozenset(ordinals(whole))
        self._scores = frozenset(scores(f"{whole}\n"))
        clock = (f"{int(value):02}" for value, units in self._units.items() if units & _OF_CLOCK)
        spellings = (spelling for value in (*self._units, *self._converted) for spelling in _spellings(value))
        self._spellings = frozenset([*spellings, *clock, *(match[0].rstrip(",") for match in _NUMERAL.finditer(whole))])

    def allows(self, text: str, *, finished: bool) -> bool:
        """Whether each numeral of `text` is one of these, the last one maybe only its beginning."""
        folded = _normal(text)
        line = f"{folded}\n" if finished else folded
        if not all(self._may_stand(match, folded, finished) for match in _NUMERAL.finditer(line)):
            return False
        read = figures(folded)
        settled = [one for one in read if finished or not _may_go_on(folded[one.end :])]
        if not all(self._is_known(one, folded) for one in settled):
            return False
        ended = folded if finished else folded[:-WORDS_HELD]
        if _GOES_ON.match(folded, len(ended)):
            ended = _OPEN_PART.sub("", ended)
        if not (self._shares.issuperset(shares(ended)) and self._multiples.issuperset(multiples(ended))):
            return False
        if not all(Decimal(year) in self._units for year in eras(ended)):
            return False
        if not all(value.normalize() in self._values for value, _ in scaled_parts(ended)):
            return False
        if self._ordinals and not self._ordinals.issuperset(places(line)):
            return False
        if self._scores and not self._scores.issuperset(scores(line)):
            return False
        if (self._below_zero or self._rates) and not self._are_as_known(ended, figures(ended)):
            return False
        if self._bounds.are_turned_round(folded, [one for one in read if finished or not _is_open(folded[one.end :])]):
            return False
        if any(self._counts_another(*pair) for pair in _with_counted(folded, settled)):
            return False
        return not self._things.is_of_another(folded, settled, finished=finished)

    def _may_stand(self, numeral: re.Match[str], text: str, finished: bool) -> bool:
        tail = text[numeral.end() :]
        is_open = not finished and _is_open(tail)
        if is_open and any(spelling.startswith(numeral[0] + tail) for spelling in self._spellings):
            return True
        return numeral[0].rstrip(",") in self._spellings or bool(_WHOLE_HOUR.search(text[: numeral.end()]))

    def _is_known(self, figure: Figure, text: str) -> bool:
        """Whether a figure has no other unit than where it is known, and is no part of a name there alone."""
        if _WHOLE_HOUR.search(text[: figure.number_end]):
            return True
        named = self._in_names
        if figure.value in named.written_in_one and not _is_attached(figure, text):
            return False
        counted = _COUNTED.match(text, figure.end)
        if figure.value in named.numbers and counted and not _FUNCTION_WORDS.fullmatch(counted[1]):
            return False
        counts_things = figure.value != whole_part(figure.value) and counted and kind_counted(counted[1])
        if figure.value in named.behind and (figure.unit or counts_things):
            return False
        units = self._units.get(figure.value, set())
        if counted and figure.unit is None and units <= MEASURED and kind_counted(counted[1]) not in (None, "thing"):
            return False
        lasts = figure.unit in _LASTING and text[figure.end - 1].isascii()
        if figure.unit in MEASURED or lasts or (figure.value == ONE and figure.unit):
            units = units - {None}
        is_converted = figure.unit in self._converted.get(figure.value, ())
        return is_converted or any(compatible(figure.unit, unit) for unit in units)

    def _are_as_known(self, text: str, read: Sequence[Figure]) -> bool:
        """Whether the temperatures and rates of a text have their sign, and what they are for one of."""
        return self._have_their_sign(temperatures(text, read)) and all(self._is_rate(*one) for one in rates(text, read))

    def _is_rate(self, value: Decimal, of: str) -> bool:
        return any(compatible(of, known) for known in self._rates.get(value, (of,)))

    def _have_their_sign(self, said: Iterable[tuple[Decimal, bool]]) -> bool:
        """Whether temperatures are below zero, or aren't, as they are where they are known."""
        known = {value for value, _ in self._below_zero}
        return all(pair in self._below_zero for pair in said if pair[0] in known)

    def _counts_another(self, figure: Figure, counted: _Counted) -> bool:
        """Whether a figure is said of what others count, and not this one: "14 people" of 14 countries."""
        language, what = counted
        counts = self._counted.get(figure.value, set())
        kind, kinds = _kind(what), {_kind(each) for _, each in counts} - {None}
        is_thing = kind not in (None, "person") and language is not Language.ENGLISH
        if is_thing and kinds == {"person"} and all(may_be_thing(word) for _, word in counts):
            kinds = {kind}
        if kind and kinds and kind not in kinds:
            return True
        if kind and kinds and what.startswith(kind[:-1]):  # "companies" of firms, "people" of tourists
            return False
        if (
            language is Language.ENGLISH
            and kind != "person"
            and self._is_english
            and self._is_other_thing(what, counts)
        ):
            return True
        others = [each for value, each in self._counted.items() if value != figure.value]
        if kind and counts and not kinds and kind not in OPEN:
            return any(kind == _kind(word) for each in others for _, word in each)
        own = counts if language is None else {each for each in counts if each[0] in (None, language)}
        return bool(own) and counted not in own and any(counted in each for each in others)

    def _is_other_thing(self, what: str, counts: Iterable[_Counted]) -> bool:
        """Whether a figure is said of things that nobody speaks of: "4 hotels" of four cafes."""
        own = [word for language, word in counts if language is Language.ENGLISH]
        noun = singular(what)
        is_plural = what != noun and all(
            word != singular(word) or kind_counted(word) == kind_counted(what) is not None for word in own
        )
        return bool(own) and is_plural and noun not in self._words and not is_general(noun)


def _is_attached(figure: Figure, text: str) -> bool:
    """Whether a figure is written in one with a name, or with others as in a telephone number."""
    return bool(re.search(r"(?:[a-z]-?|\d-)$", text[: figure.start]) or re.match(r"-\d", text[figure.end :]))


def _kind(counted: str) -> str | None:
    return counted if counted == "person" else kind_counted(counted)


def _normal(text: str) -> str:
    """`text` in the form of `fold`, with points as points, and square metres by a name."""
    text = _POWER.sub(lambda power: "^2" if power[0] == "²" else "^3", text)
    text = fold(text)
    for sign, name in (("km^2", "平方キロ"), ("m^2", "平方メートル"), ("m^3", "立方メートル")):
        text = text.replace(sign, name)
    return _BARE_POINT.sub("0.", _POINT.sub(".", text))


def _is_open(tail: str) -> bool:
    """Whether a numeral may be still being said, with `tail` behind what is read of it."""
    return not tail or bool(_SCALE_BEGUN.fullmatch(tail))


def _may_go_on(tail: str) -> bool:
    """Whether a figure may be still being said, with `tail` behind what is read of it."""
    return len(tail) < HELD or bool(_WORDS_GO_ON.fullmatch(tail))


def _with_age(figure: Figure, text: str) -> Figure:
    return replace(figure, unit="year") if figure.unit is None and _AGE.match(text, figure.start) else figure


def _values(known: Iterable[Figure]) -> Iterator[tuple[Decimal, str | None]]:
    """The values of figures with their units."""
    for figure in known:
        yield figure.value, figure.unit
        whole = whole_part(figure.value)
        rest = figure.value - whole
        if rest == HALF and figure.unit in _OF_PARTS:  # 2時間30分
            yield whole, figure.unit
        if figure.unit in CURRENCIES and rest and int(rest.as_tuple().exponent) >= -2:  # 7ユーロ50セント
            yield whole, figure.unit
            yield rest * 100, "cent"


def _with_counted(text: str, read: Sequence[Figure]) -> Iterator[tuple[Figure, _Counted]]:
    """Figures with what they count: the unit, or the word behind each, in Japanese its first character."""
    language = Language.JAPANESE if KANA.search(text) else Language.ENGLISH
    for figure in read:
        counted = None if text.endswith(":", 0, figure.start) else _COUNTED.match(text, figure.end)  # 14:52 local time
        if figure.unit:
            yield figure, (None, figure.unit)
        elif counted and not _FUNCTION_WORDS.fullmatch(counted[1]):
            phrase = _NOUN.match(text, figure.end)
            words = re.findall("[a-z]+", phrase[0]) if phrase else []
            until = next((at for at, word in enumerate(words) if _FUNCTION_WORDS.fullmatch(word)), len(words))
            yield figure, (language, next((word for word in words[:until] if kind_counted(word)), counted[1]))


def _with_what_is_left_out(text: str, read: Sequence[Figure]) -> Iterator[Figure]:
    """Figures, each also with the unit and scale that the next has for both: "$3-5 billion", "two euros to three"."""
    yield from read
    for one, other in pairwise(read):
        if _ALIKE.fullmatch(text, one.end, other.start):
            own, scale = (_SCALE.search(text, each.start, each.number_end) for each in (one, other))
            value = one.value * _FACTORS[scale[1]] if scale and not own else one.value
            yield replace(one, value=value, unit=one.unit or other.unit)
            yield replace(other, unit=other.unit or one.unit)
    units = dict.fromkeys(figure.unit for figure in read if figure.unit) if _ELLIPTIC.search(text) else ()
    for figure in read:
        if figure.unit is None and not _COUNTED.match(text, figure.end):
            yield from (replace(figure, unit=unit) for unit in units)


def _spellings(value: Decimal) -> Iterator[str]:
    """A value as it may be written in digits."""
    if value < 0:
        return
    for spelling in (*english_numbers(value), *japanese_numbers(value)):
        yield fold(spelling)
        yield re.sub(r"\d{4}(?=[万億兆])|(?<=[万億兆])\d{4}$", lambda digits: f"{int(digits[0]):,}", spelling)
        yield re.sub(r"000(?=[万億兆]|$)", "千", spelling) if re.search(r"[1-9]000(?=[万億兆])", spelling) else spelling
        yield re.sub(r"(?<=[万億兆][1-9])000$", "千", spelling)
        yield re.sub(r" ([mbt])r?illion$", r"\1n", spelling)
