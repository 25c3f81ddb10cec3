"""Questions that are changed so that nothing answers them, and those that are left alone."""

import random
import re
from dataclasses import replace

import pytest

from assistant.answering.prompts import Exchange
from assistant.measuring.fitting.edits import edited, names_in, with_edits
from assistant.measuring.fitting.lessons import Lesson
from assistant.text.language import Language, question_language

ENGLISH = (
    "On Friday 1,450 people walked from Brenholm to Port Aske with Tom Lind. In 2019 there were 980, and in June the "
    "path was 12.5 km long."
)
JAPANESE = "金曜日、1,450人がトム・リンドさんとブレンホルムから歩いた。2019年は980人で、4月の道は12.5キロだった。"
NAMES = ("Anna Berg", "Tom Lind", "Sørby", "Halden", "エミリー・サンド", "トム・リンド")


def _lesson(question: str, words: str | None = None) -> Lesson:
    language = question_language(question)
    article = ENGLISH if language is Language.ENGLISH else JAPANESE
    return Lesson(article, "", language, question, words or ("people" if article == ENGLISH else "人"))


def _questions(lesson: Lesson) -> set[str]:
    """What its question becomes, of a hundred tries."""
    made = [edited(lesson, NAMES, random.Random(seed)) for seed in range(100)]  # noqa: S311
    assert all(one is None or (one.words, one.said, one.article) == (None, None, lesson.article) for one in made)
    return {one.question for one in made if one}


@pytest.mark.parametrize(
    ("question", "becomes"),
    [
        ("How many walked in 2019?", r"How many walked in 20[0-3]\d\?"),
        ("Who were the 1,450 walkers?", r"Who were the [1-9],[1-9]{2}0 walkers\?|Who were the \d,\d{3} walkers\?"),
        ("Where is the path of 12.5 km?", r"Where is the path of [1-9]{2}\.[1-9] km\?"),
        ("How many walked on Friday?", r"How many walked on (?:Mon|Tues|Wednes|Thurs|Satur|Sun)day\?"),
        ("How long was it in June?", r"How long was it in [A-Z][a-z]+\?"),
        ("With whom did Tom Lind walk?", r"With whom did Anna Berg walk\?"),
        ("How many walked from Brenholm?", r"How many walked from Halden\?"),
        ("2019年は何人でしたか？", r"20[0-3]\d年は何人でしたか？"),
        ("4月の道はどれくらいの長さ？", r"\d{1,2}月の道はどれくらいの長さ？"),
        ("金曜日に歩いたのは何人？", r"[月火水木土日]曜日に歩いたのは何人？"),
        ("トム・リンドさんと歩いたのは何人？", r"エミリー・サンドさんと歩いたのは何人？"),
    ],
)
def test_one_thing_becomes_another_of_its_kind(question: str, becomes: str) -> None:
    made = _questions(_lesson(question))
    assert made
    assert question not in made
    assert not [one for one in made if not re.fullmatch(becomes, one)]


@pytest.mark.parametrize(
    "question",
    [
        "How many people walked?",
        "Did 1,450 people walk?",
        "1,450人が歩きましたか？",
        "How many walked in 1988?",
        "Who walked to Halden with them?",
        "How many came, Tom?",
    ],
)
def test_what_cannot_surely_be_changed_is_left_alone(question: str) -> None:
    assert not _questions(_lesson(question))


def test_a_large_number_is_known_with_and_without_commas() -> None:
    lesson = replace(_lesson("1450人が歩いたのはいつ？"), article=ENGLISH)
    assert _questions(lesson)
    assert not any("1450人" in question for question in _questions(lesson))


def test_a_month_stays_one() -> None:
    months = {question.partition("月")[0] for question in _questions(_lesson("4月の道はどれくらいの長さ？"))}
    assert {int(month) for month in months} <= set(range(1, 13)) - {4}


def test_neither_follow_ups_nor_refusals_nor_eras_are_changed() -> None:
    lesson = _lesson("How many walked in 2019?")
    assert not _questions(replace(lesson, before=Exchange("Who walked?", "people")))
    assert not _questions(replace(lesson, words=None))
    assert not _questions(replace(_lesson("2019年は何人でしたか？"), article=f"{JAPANESE}昭和の話だ。"))


def test_names_are_those_of_questions_that_their_articles_have() -> None:
    questions = ("With whom did Tom Lind walk?", "How many walked from Brenholm?", "Who met Anna Berg?", "誰が？")
    assert names_in(map(_lesson, questions)) == ("Tom Lind", "Brenholm")


def test_no_more_are_made_than_wanted_and_the_same_by_the_same_seed() -> None:
    lessons = [
        _lesson("How many walked in 2019?", "980"),
        _lesson("How many people walked?"),
        _lesson("2019年は何人？"),
    ]
    assert with_edits(lessons, 0.0, random.Random(0)) == tuple(lessons)  # noqa: S311
    made = with_edits(lessons, 1.0, random.Random(0))  # noqa: S311
    assert (made[:3], len(made)) == (tuple(lessons), 5)
    assert made == with_edits(lessons, 1.0, random.Random(0))  # noqa: S311
    assert len(with_edits(lessons, 0.34, random.Random(0))) == 4  # noqa: S311
