"""The units of figures and how they are written, in English and Japanese: those of measure and money by CLDR (Babel).

A unit is named by what stands for it everywhere in the product: "kilometre", the code of a currency ("JPY"), "%". A
word that may be one of several ("dollar", キロ) is a unit of its own, of which `compatible` knows what it may be. What
CLDR doesn't have stands in `units.toml`.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

from babel.core import get_global
from babel.numbers import get_currency_name
from babel.units import format_unit

from assistant.text.language import fold, without_accents
from assistant.text.roles import roles

__all__ = [
    "CURRENCIES",
    "MEASURES",
    "PER",
    "SIGNS",
    "UNIT_OF",
    "Spelt",
    "compatible",
    "equals",
    "is_general",
    "kind_counted",
    "may_be_thing",
    "spellings_of",
    "spelt",
]

_TABLE = tomllib.loads((Path(__file__).parent / "units.toml").read_text("utf-8"))
_CLDR = {unit: measure["name"] for unit, measure in _TABLE["measures"].items()}
_WATT_HOURS = {f"{prefix}watt-hour": prefix for prefix in _TABLE["watt-hours"]}


@dataclass(frozen=True, slots=True)
class Spelt:
    """How a unit is written: behind a figure in English, for one and for others; before and behind it in Japanese."""

    one: str
    other: str
    japanese: str
    before: str = ""


def _sides(unit: str, length: Literal["long", "short"], locale: str, count: int) -> tuple[str, str]:
    """What stands before and behind a figure of a unit of measure."""
    before, _, behind = format_unit(count, _CLDR[unit], length=length, locale=locale).partition(str(count))
    return before.strip(), behind.strip()


def _spellings_of_measures() -> Iterator[tuple[str, str]]:
    for unit in _CLDR:
        for locale, count in (("en", 1), ("en", 2), ("en_GB", 1), ("en_GB", 2), ("ja", 2)):
            before, behind = _sides(unit, "long", locale, count)
            short = fold(_sides(unit, "short", locale, count)[1])
            if not before:
                yield fold(behind), unit
                yield fold(behind).replace("-", " "), unit
                yield from ((fold(behind).replace("per ", article), unit) for article in ("an ", "a "))
            if short in _TABLE["short-forms"]["used"]:
                yield short, unit
    for unit, prefix in _WATT_HOURS.items():
        yield from ((f"{prefix}watt{link}hour{plural}", unit) for link in "- " for plural in ("", "s"))
        yield f"{_TABLE['watt-hours'][prefix]['japanese']}ワット時", unit
        yield f"{prefix[0]}wh", unit


def _codes() -> list[str]:
    """The currencies that are legal tender somewhere."""
    territories = get_global("territory_currencies").values()
    return sorted({code for used in territories for code, _, end, is_tender in used if end is None and is_tender})


def _plain(name: str) -> str:
    """A name in the form of `fold`, without accents and, in Japanese, without blanks."""
    bare = without_accents(name)
    return fold(bare) if bare.isascii() else fold(name).replace(" ", "")


def _members() -> dict[str, set[str]]:
    """Which currencies a name without a country may be; pounds may be a weight."""
    last = {code: _plain(get_currency_name(code, locale="en")).split()[-1] for code in _codes()}
    members = {word: {code for code, name in last.items() if name == word} for word in _TABLE["currencies"]}
    return members | {"pound": members["pound"] | {"pound of weight"}}


def _spellings_of_money() -> Iterator[tuple[str, str]]:
    for code in _codes():
        for count in (None, 1, 2):
            name = get_currency_name(code, count, "en")
            yield from ((spelling, code) for spelling in (fold(name), _plain(name)))
        yield _plain(get_currency_name(code, 2, "ja")), code
    yield from ((code.casefold(), code) for code in _TABLE["codes"]["written"])
    for word, spellings in _TABLE["currencies"].items():
        members = _MEMBERS[word]
        unit = word if len(members) > 1 else next(iter(members))
        yield from ((spelling, unit) for spelling in (word, *spellings.values()))


_MEMBERS = _members()
UNIT_OF = dict(_spellings_of_measures()) | dict(_spellings_of_money())
UNIT_OF |= {spelling: unit for unit, spellings in _TABLE["spellings"].items() for spelling in spellings}
"""Spellings of each unit, in the form of `fold`."""
SIGNS: dict[str, str] = _TABLE["signs"] | {code.casefold(): code for code in _TABLE["codes"]["written"]}
"""What stands before a figure of money."""
PER: dict[str, dict[str, str]] = _TABLE["per"]
"""What stands before a figure and makes its unit another: 時速25キロ."""
CURRENCIES = frozenset([*_codes(), *_MEMBERS])
MEASURES = frozenset([*_CLDR, *_WATT_HOURS, "kilo", "milli", "celsius or angle", "%", "point", "basis point"])
_MAY_BE = _MEMBERS | {word: set(units) for word, units in _TABLE["may-be"].items()}
_IN_BASE = {
    unit: (measure["base"], Decimal(measure["factor"]))
    for unit, measure in _TABLE["measures"].items()
    if "base" in measure
}
_IN_BASE |= {
    unit: ("watt-hour", Decimal(_TABLE["watt-hours"][prefix]["factor"])) for unit, prefix in _WATT_HOURS.items()
}
_IN_BASE |= {base: (base, Decimal(1)) for base, _ in _IN_BASE.values()}
_IN_BASE |= {"point": ("point", Decimal(1)), "basis point": ("point", Decimal("0.01"))}
_KIND_OF: dict[str, str] = {
    word: kind for kind, words in _TABLE["counters"].items() for word in (*words["japanese"], *words["english"])
}


_PERSON_BY_ENDING = re.compile("[a-z]{2,}(?:er|or|ist|ee|ian|ant)s?")
_PERSON = re.compile(
    "staff|people|[a-z]{2,}(?:men|man)|students?|children|child|guests?|victims?|players?|pupils?"
    "|candidates?|patients?|tourists?|athletes?|delegates?|nurses?|coaches?|police|troops|crew|fans?|judges?|witness(?:es)?"
    "|adults?|kids?|boys?|girls?|(?:fe)?males?|pilots?|priests?|monks?|clerks?|recruits?|graduates?|thie(?:f|ves)"
)
"""Words for people, as those by most of their endings are: "passengers" and "40 people" are the same."""


def compatible(one: str | None, other: str | None) -> bool:
    """Whether two units don't contradict each other; None is one that isn't known."""
    if one == other or one is None or other is None:
        return True
    return bool((_MAY_BE.get(one, set()) | {one}) & (_MAY_BE.get(other, set()) | {other}))


def equals(value: Decimal, unit: str | None) -> Iterator[tuple[Decimal, str]]:
    """The same in other units that are multiples of one: of 900 megawatts 0.9 gigawatts and 900,000 kilowatts."""
    base, factor = _IN_BASE.get(unit or "", (None, Decimal(1)))
    for other, (its_base, its_factor) in _IN_BASE.items():
        if its_base == base and other != unit:
            yield value * factor / its_factor, other


@cache
def spellings_of(unit: str | None) -> frozenset[str]:
    """How a unit, or another that is a multiple of the same or may be it, is spelt in either language."""
    units = {unit, *(other for _, other in equals(Decimal(1), unit))} - {None}
    units |= {word for word, others in _MAY_BE.items() if others & units} | _MAY_BE.get(unit or "", set())
    letters = (letter for of, letter in _TABLE["letters"].items() if of in units)
    return frozenset([*letters, *(spelling for spelling, of in UNIT_OF.items() if of in units)])


def kind_counted(word: str) -> str | None:
    """What kind of thing a counter or a word behind a figure counts; None where that isn't known.

    Args:
        word: in the form of `fold`; of a Japanese one the first character.
    """
    if found := _KIND_OF.get(word) or _KIND_OF.get(word.removesuffix("s")):
        return found
    is_thing = word.removesuffix("s") in _TABLE["things"]["english"]
    is_person = _PERSON.fullmatch(word) or _PERSON_BY_ENDING.fullmatch(word)
    return "person" if is_person and not is_thing else None


def may_be_thing(word: str) -> bool:
    """Whether a word for people is one by its ending alone, as croissants and destroyers are."""
    return bool(_PERSON_BY_ENDING.fullmatch(word)) and not _PERSON.fullmatch(word) and not roles(word)


def is_general(noun: str) -> bool:
    """Whether an English noun is said of things of many kinds ("item", "place")."""
    return noun in _TABLE["things"]["general"]


@cache
def spelt(unit: str | None) -> Spelt | None:
    """How a unit of measure or money is written; None for one that is neither, or may be several."""
    if unit is None:
        return None
    if unit == "%":
        return Spelt("%", "%", "%")
    if unit in _CLDR and unit != "degree":
        before, behind = _sides(unit, "long", "ja", 2)
        one, other = (_sides(unit, "long", "en_GB", count)[1].removeprefix("US ") for count in (1, 2))
        return Spelt(f" {one}", f" {other}", behind, before)
    if unit in _MEMBERS:
        words = _TABLE["currencies"][unit]
        return Spelt(f" {unit}", f" {words['plural']}", words["japanese"])
    if unit in CURRENCIES:
        japanese = _TABLE["japanese"].get(unit) or get_currency_name(unit, 2, "ja").replace(" ", "")
        one, other = (_TABLE["english"].get(unit) or get_currency_name(unit, count, "en") for count in (1, 2))
        return Spelt(f" {one}", f" {other}", japanese)
    return None
