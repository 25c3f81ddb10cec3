"""The usual way to answer, which the assistant is measured against: one plain prompt, the answer as it comes."""

import pytest

from assistant.errors import ModelError
from assistant.library.article import parse_article
from assistant.measuring.baseline import plain_answer
from assistant.text.language import Language
from tests.fake_model import FakeModel

ARTICLE = parse_article(
    "Lantern fair returns\n\nThe lantern fair of Osma drew 3,100 visitors. It rained only once.\n\n"
    "提灯祭りが復活\n\nオスマの提灯祭りに3100人が訪れた。雨は一度だけだった。",
)
ENGLISH_ONLY = parse_article("The lantern fair of Osma drew 3,100 visitors.")
PAUSE = 0.01
"""Seconds before each piece."""


def test_the_answer_is_what_the_model_says_and_nothing_more() -> None:
    answer = plain_answer(FakeModel("\n ", "3,100 visitors", " [1],\nand 9,999 more. "), "How many came?", ARTICLE, 50)
    assert answer.text == "3,100 visitors [1],\nand 9,999 more."
    assert (answer.question, answer.language, answer.model) == ("How many came?", Language.ENGLISH, "fake")
    assert (answer.refused, answer.stopped) == (False, False)
    assert (answer.citations, answer.figures, answer.nearest) == ((), (), ())


def test_one_message_has_the_whole_article_and_the_question_without_guard_or_probe() -> None:
    model = FakeModel("3,100")
    plain_answer(model, "How many came?", ARTICLE, 50)
    assert [message.role for message in model.asked[0]] == ["user"]
    assert "3,100 visitors.\nIt rained only once." in model.asked[0][0].content
    assert "Question: How many came?" in model.asked[0][0].content
    assert (model.max_tokens, model.constraints, model.refusals) == ([50], [None], [None])


@pytest.mark.parametrize(
    ("question", "read", "unread"),
    [("How many came?", "3,100 visitors", "3100人"), ("何人が訪れましたか？", "3100人が訪れた", "visitors")],
)
def test_the_version_in_the_asker_s_language_is_read(question: str, read: str, unread: str) -> None:
    model = FakeModel("3,100")
    plain_answer(model, question, ARTICLE, 50)
    assert read in model.asked[0][0].content
    assert unread not in model.asked[0][0].content


def test_an_article_in_the_other_language_alone_is_read_as_it_is() -> None:
    model = FakeModel("3100人です。")
    answer = plain_answer(model, "何人が訪れましたか？", ENGLISH_ONLY, 50)
    assert "drew 3,100 visitors" in model.asked[0][0].content
    assert answer.language is Language.JAPANESE


@pytest.mark.parametrize(
    "said",
    [
        "I don't know.",
        "I don’t know who the mayor is.",
        "I do not know the answer.",
        "I cannot answer this question from the context.",
        "Sorry, I can't tell.",
        "The name of the mayor is not mentioned in the article.",
        "The context does not explicitly state the price.",
        "It isn't stated.",
        "The article doesn't mention a mayor.",
        "The context didn’t say.",
        "There is no information about it.",
        "THE ARTICLE DOES NOT SAY.",
        "記事からはわかりません。",
        "市長の名前は分かりかねます。",
        "それについては知りません。",
        "値段は記事に書かれていません。",
        "価格は記載されていないため、答えられません。",
        "言及されていません。",
        "市長についての情報はありません。",
    ],
)
def test_not_knowing_is_a_refusal_in_the_model_s_own_words(said: str) -> None:
    answer = plain_answer(FakeModel(said), "Who is the mayor?", ARTICLE, 50)
    assert (answer.refused, answer.text) == (True, said)


@pytest.mark.parametrize(
    "said",
    [
        "3,100 visitors.",
        "No, it rained only once.",
        "The fair is known for its lanterns.",
        "It was not cold.",
        "3100人です。",
        "雨は一度だけでした。",
        "わかりやすい案内が出ています。",
        "記事に書かれています。",
    ],
)
def test_an_answer_is_no_refusal(said: str) -> None:
    assert not plain_answer(FakeModel(said), "How many came?", ARTICLE, 50).refused


def test_a_refusal_in_pieces_is_seen() -> None:
    assert plain_answer(FakeModel("I do", "n't kn", "ow."), "Who?", ARTICLE, 50).refused


def test_times_and_tokens_are_counted() -> None:
    times = plain_answer(FakeModel("3,100", " visitors", seconds=PAUSE), "How many?", ARTICLE, 50).timings
    assert (times.prompt_tokens, times.reused_tokens, times.completion_tokens) == (100, 60, 2)
    assert times.first_token_ms is not None
    assert 1000 * PAUSE - 1 <= times.first_token_ms <= times.total_ms - 1000 * PAUSE + 1


def test_saying_nothing_takes_no_time_to_the_first_token() -> None:
    answer = plain_answer(FakeModel(), "How many?", ARTICLE, 50)
    assert (answer.text, answer.timings.first_token_ms) == ("", None)


def test_an_error_of_the_model_is_passed_on() -> None:
    with pytest.raises(ModelError, match="too long"):
        plain_answer(FakeModel("3,1", error=ModelError("The article is too long.")), "How many?", ARTICLE, 50)
