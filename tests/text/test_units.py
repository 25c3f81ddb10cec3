"""Units are read and written in both languages as CLDR has them, and none is taken for another."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.text.figures import figures
from assistant.text.language import Language
from assistant.text.units import CURRENCIES, MEASURES, UNIT_OF, compatible, equals, spellings_of, spelt
from assistant.text.values import said_of_value

WRITTEN = sorted(unit for unit in CURRENCIES | MEASURES if spelt(unit))
VALUES = st.one_of(st.integers(2, 10**12).map(Decimal), st.decimals("1.1", "99999", places=2))


@pytest.mark.parametrize(
    ("unit", "one", "other", "japanese"),
    [
        ("kilometre", " kilometre", " kilometres", "キロメートル"),
        ("hectare", " hectare", " hectares", "ヘクタール"),
        ("megawatt", " megawatt", " megawatts", "メガワット"),
        ("JPY", " yen", " yen", "円"),
        ("CHF", " Swiss franc", " Swiss francs", "スイスフラン"),
        ("krone", " krone", " kroner", "クローネ"),
    ],
)
def test_a_unit_is_written_as_it_is_called(unit: str, one: str, other: str, japanese: str) -> None:
    written = spelt(unit)
    assert written
    assert (written.one, written.other, written.japanese) == (one, other, japanese)


@pytest.mark.parametrize("unit", [None, "person", "kilo", "degree", "furlong"])
def test_what_is_several_things_or_none_of_measure_is_not_written(unit: str | None) -> None:
    assert spelt(unit) is None


@given(st.sampled_from(WRITTEN), VALUES)
def test_every_unit_that_is_written_is_read_again(unit: str, value: Decimal) -> None:
    written = spelt(unit)
    assert written
    for text in (f"It is {value}{written.other}.", f"それは{written.before}{value}{written.japanese}です。"):
        (read,) = figures(text)
        assert read.value == value
        assert compatible(read.unit, unit), text


@given(st.sampled_from(sorted(UNIT_OF)), st.integers(2, 9999))
def test_every_spelling_is_read_as_its_unit(spelling: str, value: int) -> None:
    (read,) = figures(f"Up {value} {spelling}, it is said.")
    assert (read.value, read.unit) == (value, UNIT_OF[spelling])


@given(st.sampled_from(WRITTEN), st.integers(2, 10**9))
def test_a_figure_with_a_unit_goes_to_the_other_language_and_back(unit: str, value: int) -> None:
    written = spelt(unit)
    assert written
    japanese = said_of_value(f"{value}{written.other}", Language.ENGLISH)
    assert japanese
    english = said_of_value(japanese, Language.JAPANESE)
    assert english
    (read,) = figures(english)
    assert read.value == value
    assert compatible(read.unit, unit)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("dollar", "USD", True),
        ("dollar", "HKD", True),
        ("USD", "HKD", False),
        ("dollar", "JPY", False),
        ("pound", "GBP", True),
        ("pound", "pound of weight", True),
        ("won", "KRW", True),
        ("kilo", "kilogram", True),
        ("kilo", "mile", False),
        ("celsius", "fahrenheit", False),
        ("degree", "celsius", True),
        ("acre", "hectare", False),
        (None, "acre", True),
    ],
)
def test_what_contradicts_what(one: str | None, other: str | None, expected: bool) -> None:
    assert compatible(one, other) is compatible(other, one) is expected


def test_multiples_of_a_unit_are_the_same_and_others_are_not() -> None:
    assert dict(map(reversed, equals(Decimal(900), "megawatt")))["kilowatt"] == 900_000  # type: ignore[arg-type]
    assert not list(equals(Decimal(3), "acre"))
    assert not list(equals(Decimal(3), None))


def test_spellings_of_are_those_of_a_unit_and_its_multiples() -> None:
    assert {"mw", "kw", "gigawatts"} <= spellings_of("megawatt")
    assert "mwh" not in spellings_of("megawatt")
    assert not spellings_of(None)
