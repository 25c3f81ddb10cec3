"""Pointing at words: which stretches of an article can be, where they stand, and what holds a model to them."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.pointing import PointingGuard, Stretches
from assistant.answering.refusals import NOTHING_POINTED_AT
from assistant.answering.windows import Window, windows_of
from assistant.library.article import parse_article
from assistant.model.protocol import Constraint
from assistant.text.language import Language
from tests.texts import BILINGUAL

EN, JA = Language.ENGLISH, Language.JAPANESE
ARROWS = "Routes of the night bus\n\nThe bus goes Port → Mill → Fort. It left at 6:40 on Sunday."


def _window(text: str = BILINGUAL, language: Language = EN) -> Window:
    return windows_of(parse_article(text), language, 1400)[0]


STRETCHES = {language: Stretches(_window(language=language)) for language in Language}


def _says(*allowed: str) -> Callable[[str], Constraint]:
    def says(_: str) -> Constraint:
        def allows(text: str, *, finished: bool) -> bool:
            return text in allowed if finished else any(one.startswith(text) for one in allowed)

        return allows

    return says


GUARD = PointingGuard(STRETCHES[EN], _says("It costs 240 yen."))


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("240 yen", EN),
        ("up from 210 yen last year, because flour has become 9.5% dearer", EN),
        ("on Tuesday, 14 years after Emi Hoshino opened the shop. Sales rose 12% in May", EN),
        ("flour has become 9.5% dearer. The bakery employs 17 people", EN),
        ("Island bakery sells its millionth", EN),
        ("1個240円", JA),
        ("およそ80メートル", JA),
        ("朝6時半から並ぶ。土曜日の列は", JA),
    ],
)
def test_any_stretch_of_whole_words_can_be_pointed_at(words: str, language: Language) -> None:
    assert STRETCHES[language].stands(words)
    assert all(STRETCHES[language].begins(words[:length]) for length in range(1, len(words) + 1))


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("", EN),
        (" ", EN),
        ("240 ye", EN),
        ("40 yen", EN),
        ("9.5", EN),
        ("9", EN),
        ("become 9.", EN),
        ("5% dearer", EN),
        ("45", EN),
        ("250 yen", EN),
        ("240 yen ", EN),
        ("80", JA),
        ("4500万", JA),
        ("3分の2は地元の銀行から借りない", JA),
    ],
)
def test_nothing_else_can(words: str, language: Language) -> None:
    assert not STRETCHES[language].stands(words)


def test_it_is_known_where_words_stand() -> None:
    window = _window()
    (place,) = STRETCHES[EN].places("flour has become 9.5% dearer")
    assert place.pointer
    assert place.pointer.text == "flour has become 9.5% dearer" == BILINGUAL[place.pointer.start : place.pointer.end]
    assert [one.sentence.text for one in place.sentences] == [
        one.sentence.text for one in window if "dearer" in one.sentence.text
    ]


@pytest.mark.parametrize("words", ["", " ", "\ufffd", "nowhere"])
def test_what_is_no_stretch_stands_nowhere(words: str) -> None:
    assert all(stretches.places(words) == () for stretches in STRETCHES.values())


def test_words_over_two_sentences_stand_in_both() -> None:
    (place,) = STRETCHES[EN].places("9.5% dearer. The bakery employs")
    assert len(place.sentences) == 2
    assert place.pointer
    assert place.pointer.text == "9.5% dearer. The bakery employs"


def test_words_that_stand_several_times_have_a_place_each_and_those_of_the_title_come_last() -> None:
    places = STRETCHES[EN].places("millionth cinnamon roll")
    assert [bool(place.pointer) for place in places] == [True, True, False]


def test_hard_wrapped_words_are_pointed_at_in_one_line_and_found_as_they_stand() -> None:
    lines = "The harbour of Ostvik was closed", "for eleven hours after a barge had", "lost its anchor near the pier."
    wrapped = "\n".join(("A title for it", "", *lines))
    stretches = Stretches(_window(wrapped))
    (place,) = stretches.places("closed for eleven hours")
    assert place.pointer
    assert place.pointer.text == "closed\nfor eleven hours"


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        ("240 yen", "240 yen", None),
        ("240 yen →", "240 yen", ""),
        ("240 yen → It costs", "240 yen", "It costs"),
        ("Port → Mill → Fort → three", "Port → Mill → Fort", "three"),
        ("Port → Mill", "Port → Mill", None),
    ],
)
def test_what_is_said_comes_behind_an_arrow_that_the_article_has_not(text: str, words: str, said: str | None) -> None:
    assert Stretches(_window(ARROWS)).split(text) == (words, said)


@pytest.mark.parametrize("text", ["240 yen", "240 yen → It costs 240 yen."])
def test_a_model_may_write_words_and_what_is_said_of_them(text: str) -> None:
    assert GUARD(text, finished=True)
    assert all(GUARD(text[:length], finished=False) for length in range(1, len(text) + 1))


@pytest.mark.parametrize("text", ["240 ye → It", "250", "240 yen → They", NOTHING_POINTED_AT, "Not"])
def test_it_may_write_nothing_else(text: str) -> None:
    assert not GUARD(text, finished=False)


@pytest.mark.parametrize("text", ["", "240 ye", "240 yen →", "240 yen → It costs"])
def test_it_may_not_end_within(text: str) -> None:
    assert not GUARD(text, finished=True)


def test_a_character_cut_short_may_become_one_of_the_article_or_the_arrow() -> None:
    guard = PointingGuard(STRETCHES[JA], _says())
    assert guard("1個240\ufffd", finished=False)
    assert guard("1個240円 \ufffd", finished=False)
    assert not guard("1個250\ufffd", finished=False)


def test_a_model_that_may_refuse_does_so_whole() -> None:
    guard = PointingGuard(STRETCHES[EN], _says(), may_refuse=True)
    assert all(guard(NOTHING_POINTED_AT[:length], finished=False) for length in range(1, len(NOTHING_POINTED_AT) + 1))
    assert guard(NOTHING_POINTED_AT, finished=True)
    assert not guard("Not stated", finished=True)


@given(st.integers(0, len(STRETCHES[JA].text)), st.integers(1, 60), st.sampled_from(list(Language)))
def test_what_may_end_stands_in_the_article_word_for_word(at: int, length: int, language: Language) -> None:
    stretches = STRETCHES[language]
    words = stretches.text[at : at + length]
    for place in stretches.places(words):
        assert not place.pointer or " ".join(place.pointer.text.split()) == " ".join(words.split())
