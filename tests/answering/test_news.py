"""The default model on news that it has never seen, in all four directions: right, refused, in the asker's language."""

from collections import defaultdict

from assistant.answering.answering import final_answer
from assistant.application import Application
from assistant.measuring.scoring import holds, keeps_language
from assistant.text.language import Language, question_language
from tests import news

ARTICLES = ("news-04", "news-11", "news-17", "news-22")
EACH = 4
"""Of each question's four rows of these articles, one is asked."""


def test_most_is_answered_rightly_and_what_news_do_not_say_is_mostly_refused(application: Application) -> None:
    asked = [row for row in news.rows() if row["id"].split()[0] in ARTICLES]
    asked = [row for at, row in enumerate(asked) if at % EACH == at // EACH % EACH]
    added: dict[str, str] = {}
    outcomes = defaultdict(list)
    for row in asked:
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
    assert sum(right) >= 0.55 * len(right)
    assert sum(refused) >= 0.75 * len(refused)


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
