"""The default model on news that it has never seen, in all four directions: right, refused, in the asker's language."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from assistant.answering.answering import final_answer
from assistant.application import Application
from assistant.measuring.scoring import holds, keeps_language
from assistant.text.language import Language, question_language
from tests import news

ARTICLES = ("news-04", "news-11", "news-17", "news-22")
RIGHT, REFUSED = 0.5, 0.7
"""Least shares: of 15 questions with an answer 8 get it, of 17 without one 12 are refused."""


def _asked() -> Sequence[dict[str, Any]]:
    """Of the 16 questions on each of the articles 8, in pairs; each in one direction, the next in another."""
    rows = [row for row in news.rows() if row["id"].split()[0] in ARTICLES]
    questions = [rows[at : at + 4] for at in range(0, len(rows), 4)]
    return [
        question[at % 4]
        for at, question in enumerate(questions)
        if (at // 2 + at // 16) % 2 == 0  # with the next article the other pairs
    ]


def test_the_questions_asked_are_in_all_directions_and_half_of_them_without_an_answer() -> None:
    asked = _asked()
    directions = Counter((row["article_lang"], row["question_lang"]) for row in asked)
    assert sorted(directions.values()) == [8] * 4
    assert Counter(row["answerable"] for row in asked) == {True: 15, False: 17}


def test_most_is_answered_rightly_and_what_news_do_not_say_is_mostly_refused(application: Application) -> None:
    added: dict[str, str] = {}
    outcomes = defaultdict(list)
    for row in _asked():
        text = row["article"]
        if text not in added:
            added[text] = application.library.add(f"{row['title']}\n\n{text}")[0].id
        answer = final_answer(application.assistant.ask(row["question"], [added[text]]))
        language = Language(row["question_lang"])
        assert keeps_language(language, answer.text, text), (row["question"], answer.text)
        assert answer.refused or answer.citations, row["question"]
        is_right = not answer.refused and any(holds(answer.text, words) for words in row["answers"])
        outcomes[row["answerable"]].append(is_right if row["answerable"] else answer.refused)
    right, refused = outcomes[True], outcomes[False]
    assert sum(right) >= RIGHT * len(right)
    assert sum(refused) >= REFUSED * len(refused)


def test_each_article_has_as_many_questions_without_an_answer() -> None:
    found = news.articles()
    assert len({article["id"] for article in found}) == len(found) == 24
    for article in found:
        questions = article["questions"]
        assert [question["span_en"] is None for question in questions].count(True) == 8 == len(questions) / 2
        for question in questions:
            assert (question["span_en"] is None) is (question["span_ja"] is None)
            for language in Language:
                assert question_language(question[f"q_{language}"]) is language
                assert question[f"span_{language}"] is None or question[f"span_{language}"] in article[language]
