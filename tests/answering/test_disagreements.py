"""Where two versions of an article have different figures for the same, that is found, and nothing else is."""

import pytest

from assistant.answering.disagreements import disagreements
from assistant.answering.grounding import FigurePlace
from assistant.library.alignment import Bead
from assistant.library.article import parse_article
from assistant.text.figures import figures
from assistant.text.language import Language

TEXT = """{english}

The harbour is closed on Sundays.

{japanese}

港は日曜日に休みとなる。"""
BEADS = (Bead((1,), (1,)), Bead((2,), (2,)))


def _found(english: str, japanese: str, figure: str, version: Language = Language.ENGLISH) -> list[str]:
    """What the other version has instead of `figure`."""
    article = parse_article(TEXT.format(english=english, japanese=japanese))
    sentence = next(one for document in article.documents for one in document.sentences if one.language is version)
    place = next(one for one in figures(sentence.text) if sentence.text[one.start : one.end] == figure)
    start = sentence.start + place.start
    places = [FigurePlace(3, 9, article.id, version, start, sentence.start + place.end)]
    found = disagreements(places, article, BEADS)
    assert all((one.at, one.until, one.language) == (3, 9, version.other) for one in found)
    assert all(article.text[one.start : one.end] == one.text for one in found)
    return [one.text for one in found]


@pytest.mark.parametrize(
    ("english", "japanese", "figure", "expected"),
    [
        ("Sales rose by 4.1% in May.", "5月の売上は4.3%増えた。", "4.1%", ["4.3%"]),
        ("Sales rose by 4.1% in May.", "5月の売上は4.1%増えた。", "4.1%", []),
        ("The pier cost 100 million yen to build.", "埠頭の建設には2億円かかった。", "100 million yen", ["2億円"]),
        ("The pier cost 100 million yen to build.", "埠頭の建設には1億円かかった。", "100 million yen", []),
        ("The pier cost 31 million yen to build.", "埠頭の建設には3140万円かかった。", "31 million yen", []),
        ("The pier cost 31 million yen to build.", "埠頭の建設には3160万円かかった。", "31 million yen", ["3160万円"]),
        ("The pier cost 30 yen to build.", "埠頭の建設には34円かかった。", "30 yen", ["34円"]),
        ("Sales rose by 4.1%, costs by 2%.", "売上は4.3%、費用は2%増えた。", "4.1%", ["4.3%"]),
        ("Sales rose by 4.1%, costs by 2%.", "売上は4.3%、費用は2%増えた。", "2%", []),
    ],
)
def test_another_figure_of_the_unit_is_a_disagreement(
    english: str, japanese: str, figure: str, expected: list[str]
) -> None:
    assert _found(english, japanese, figure) == expected


def test_it_is_found_from_the_japanese_version_too() -> None:
    assert _found("Sales rose by 4.1%.", "売上は4.3%増えた。", "4.3%", Language.JAPANESE) == ["4.1%"]


@pytest.mark.parametrize(
    ("english", "japanese"),
    [
        ("Sales rose by 4.1% in May.", "5月の売上は増えた。"),  # left out
        ("Sales rose by 4.1% in May.", "5月の売上は4.3%から4.4%増えた。"),  # which of them?
        ("Sales rose by 4.1% in May.", "5月の売上は200円増えた。"),  # of another unit
    ],
)
def test_what_cannot_be_compared_is_no_disagreement(english: str, japanese: str) -> None:
    assert _found(english, japanese, "4.1%") == []


@pytest.mark.parametrize(
    ("english", "japanese", "figure"),
    [
        ("She has worked there for 20 years.", "2006年からそこで働いている。", "20 years"),
        ("He came back 10 days later.", "彼は24日に戻った。", "10 days"),
    ],
)
def test_how_long_something_took_is_no_other_figure_than_a_date(english: str, japanese: str, figure: str) -> None:
    assert _found(english, japanese, figure) == []


@pytest.mark.parametrize(
    ("english", "japanese", "figure"),
    [
        ("More than 100 people came.", "112人が来た。", "100 people"),
        ("At least 12 people died.", "14人が死亡した。", "12 people"),
        ("Nearly 3,000 people came.", "2980人が来た。", "3,000 people"),
        ("It is just over 50%.", "52.3%だった。", "50%"),
        ("Up to 500 people can sit.", "480人が座れる。", "500 people"),
        ("About 200 people came.", "約190人が来た。", "200 people"),
        ("It took 18 months.", "1年6か月かかった。", "18 months"),
        ("He got two and a half years.", "懲役2年6月だった。", "two and a half years"),
        ("It took 1 hour 30 minutes.", "90分かかった。", "1 hour"),
        ("It took 1 hour and 30 minutes.", "1時間30分かかった。", "1 hour"),
        ("It took 210 minutes.", "3時間半かかった。", "210 minutes"),
        ("It closed at 149.8 yen.", "終値は149円80銭だった。", "149.8 yen"),
    ],
)
def test_what_is_within_a_bound_or_said_in_two_units_is_no_other_figure(
    english: str, japanese: str, figure: str
) -> None:
    assert _found(english, japanese, figure) == []


@pytest.mark.parametrize(
    ("english", "japanese", "figure", "expected"),
    [
        ("More than 100 people came.", "90人が来た。", "100 people", ["90人"]),
        ("Nearly 3,000 people came.", "3100人が来た。", "3,000 people", ["3100人"]),
        ("About 200 people came.", "300人が来た。", "200 people", ["300人"]),
        ("It took 1 year and 6 months.", "1年8か月かかった。", "1 year", ["1年8か月"]),
        ("It closed at 149.8 yen.", "終値は149円20銭だった。", "149.8 yen", ["149円20銭"]),
    ],
)
def test_what_is_outside_a_bound_or_another_sum_is_one(
    english: str, japanese: str, figure: str, expected: list[str]
) -> None:
    assert _found(english, japanese, figure) == expected


def test_a_figure_without_a_unit_is_left_out() -> None:
    assert _found("It has 12 rooms and a hall.", "部屋は11とホールが一つある。", "12") == []


def test_nothing_is_found_where_no_sentences_are_linked() -> None:
    article = parse_article(TEXT.format(english="Sales rose by 4.1%.", japanese="売上は4.3%増えた。"))
    place = FigurePlace(0, 4, article.id, Language.ENGLISH, article.text.index("4.1%"), 0)
    assert disagreements([place], article, ()) == ()
    assert disagreements([place], parse_article("Sales rose by 4.1%."), BEADS) == ()
