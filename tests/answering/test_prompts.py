"""The messages of a question: examples, then the article, then the question, for each pair of languages."""

import pytest

from assistant.answering.grounding import is_refusal
from assistant.answering.guards import AnswerGuard
from assistant.answering.prompts import (
    Exchange,
    Passage,
    answer_messages,
    corrected_messages,
    plain_messages,
    pointing_answer,
    pointing_messages,
)
from assistant.answering.refusals import NOT_STATED, NOTHING_POINTED_AT, REFUSAL
from assistant.model.protocol import Message
from assistant.text.language import Language

EN, JA = Language.ENGLISH, Language.JAPANESE
ARTICLE = Passage("Rolls", ((1, "A roll costs 240 yen."), (2, "The shop opens at 6.30.")))
PAIRS = [(question, article) for question in Language for article in Language]
ODD = ["{}", "{question}", "{0!r:>9}", "%s %d %(a)s", "}{", "\\1 \\g<0>", "$x ${y}", "<|im_end|>", "{{title}}"]

each_pair = pytest.mark.parametrize(("language", "article_language"), PAIRS)


def _asked(
    language: Language, article_language: Language, question: str = "How much?", article: Passage = ARTICLE
) -> tuple[Message, ...]:
    return answer_messages(question, language, article, article_language)


def _examples(language: Language, article_language: Language) -> tuple[list[str], list[str]]:
    """Sentences of the example article, and the answers of the examples."""
    _, first, *rest = _asked(language, article_language)
    sentences = [line.partition("] ")[2] for line in first.content.splitlines() if line.startswith("[")]
    return sentences, [message.content for message in rest if message.role == "assistant"]


def _questions(language: Language, article_language: Language) -> list[str]:
    """The questions of the examples, each the last line of its message."""
    return [message.content.splitlines()[-1] for message in _asked(language, article_language)[1:-1:2]]


@each_pair
def test_instructions_first_then_examples_in_turn_then_the_question(
    language: Language, article_language: Language
) -> None:
    messages = _asked(language, article_language)
    roles = [message.role for message in messages]
    assert roles == ["system", *["user", "assistant"] * ((len(messages) - 2) // 2), "user"]
    assert len(messages) >= 6
    assert all(message.content.strip() for message in messages)


@each_pair
def test_what_to_say_where_nothing_is_stated_is_in_the_instructions_and_in_examples(
    language: Language, article_language: Language
) -> None:
    instructions = _asked(language, article_language)[0].content
    assert NOT_STATED[language] in instructions
    assert NOT_STATED[language.other] not in instructions
    answers = _examples(language, article_language)[1]
    stated = [answer for answer in answers if answer != NOT_STATED[language]]
    assert 2 <= len(stated) < len(answers)
    assert len(set(stated)) == len(stated)


@pytest.mark.parametrize("language", [EN, JA])
def test_what_the_model_says_there_is_never_what_the_reader_is_told(language: Language) -> None:
    assert NOT_STATED[language] != REFUSAL[language]
    assert is_refusal(REFUSAL[language])
    assert REFUSAL[language] not in "".join(message.content for message in _asked(language, language))


@pytest.mark.parametrize(
    ("language", "article_language"),
    [
        (EN, EN),
        (EN, JA),
        (JA, JA),
        (JA, EN),
    ],
)
def test_the_answers_of_the_examples_are_such_as_the_guard_allows(
    language: Language, article_language: Language
) -> None:
    sentences, answers = _examples(language, article_language)
    assert len(sentences) >= 4
    for question, answer in zip(_questions(language, article_language), answers, strict=True):
        guard = AnswerGuard(language, sentences, question)
        assert guard(answer, finished=True) is (answer != NOT_STATED[language]), answer


@each_pair
def test_the_example_article_is_in_the_article_s_language_and_its_questions_in_the_asker_s(
    language: Language, article_language: Language
) -> None:
    sentences, answers = _examples(language, article_language)
    assert {sentence.isascii() for sentence in sentences} == {article_language is EN}
    assert {answer.isascii() for answer in answers} == {language is EN}
    assert {question.isascii() for question in _questions(language, article_language)} == {language is EN}


def test_the_prompts_of_the_pairs_are_four() -> None:
    assert len({_asked(*pair)[:-1] for pair in PAIRS}) == 4
    assert len({_asked(*pair)[2:-1] for pair in PAIRS}) == 4, "questions on another pair's article"
    assert all(message.content.isascii() for message in _asked(EN, EN))
    assert not any(message.content.isascii() for message in _asked(JA, JA))


@each_pair
def test_the_article_comes_before_the_question_which_is_last(language: Language, article_language: Language) -> None:
    last = _asked(language, article_language)[-1].content
    assert last.endswith("How much?")
    assert "\n[1] A roll costs 240 yen.\n[2] The shop opens at 6.30.\n" in last
    assert 0 < last.index("Rolls") < last.index("[1]")


@each_pair
def test_two_questions_on_an_article_differ_only_behind_the_article(
    language: Language, article_language: Language
) -> None:
    first, second = (_asked(language, article_language, question) for question in ("How much?", "Opens when?"))
    assert first[:-1] == second[:-1]
    article = first[-1].content.removesuffix("How much?")
    assert "[2] The shop opens at 6.30." in article
    assert second[-1].content == article + "Opens when?"


@each_pair
def test_what_comes_before_the_article_is_the_same_for_all_articles(
    language: Language, article_language: Language
) -> None:
    other = Passage("Umbrellas", ((1, "The library lends umbrellas."),))
    assert _asked(language, article_language)[:-1] == _asked(language, article_language, article=other)[:-1]


@each_pair
def test_without_examples_there_are_the_instructions_and_the_question(
    language: Language, article_language: Language
) -> None:
    whole = _asked(language, article_language)
    assert answer_messages("How much?", language, ARTICLE, article_language, with_examples=False) == (
        whole[0],
        whole[-1],
    )


@pytest.mark.parametrize("language", [EN, JA])
@pytest.mark.parametrize("odd", ODD)
def test_braces_and_percents_come_through_as_they_are(language: Language, odd: str) -> None:
    passage = Passage(f"title {odd}", ((1, f"text {odd}"),))
    last = _asked(language, EN, f"ask {odd}", passage)[-1].content
    assert last.endswith(f"ask {odd}")
    assert f"title {odd}\n" in last
    assert f"[1] text {odd}\n" in last


@pytest.mark.parametrize("odd", ODD)
def test_the_usual_prompt_is_one_message_with_the_text_and_then_the_question(odd: str) -> None:
    (message,) = plain_messages(f"ask {odd}", f"text {odd}")
    assert message.role == "user"
    assert f"\ntext {odd}\n" in message.content
    assert message.content.index(f"text {odd}") < message.content.index(f"ask {odd}")
    assert "[1]" not in message.content


def test_line_breaks_cannot_pass_for_the_prompt_s_own() -> None:
    passage = Passage("Rolls\n\nQuestion: x", ((1, "A roll\n[9] costs\r\n240 yen."),))
    last = answer_messages("How\n\nQuestion: much?", EN, passage, EN)[-1].content
    assert last == "Article: Rolls Question: x\n\n[1] A roll [9] costs 240 yen.\n\nQuestion: How Question: much?"


def test_a_model_taught_to_point_is_asked_the_same_way_in_both_languages() -> None:
    english, japanese = (pointing_messages(question, ARTICLE) for question in ("How much?", "いくらですか？"))
    assert english[0] == japanese[0]
    assert english[1].content == f"{ARTICLE.title}\n\nA roll costs 240 yen.\nThe shop opens at 6.30.\n\nHow much?"
    assert english[1].content.removesuffix("How much?") == japanese[1].content.removesuffix("いくらですか？")


def test_what_was_asked_before_such_a_model_stands_before_its_answer() -> None:
    earlier = Exchange("How much?", "240 yen\nSee [1].")
    messages = pointing_messages("And when\ndoes it open?", ARTICLE, earlier=earlier)
    assert [message.role for message in messages] == ["system", "user", "assistant", "user"]
    assert messages[1] == pointing_messages("How much?", ARTICLE)[1]
    assert [message.content for message in messages[2:]] == ["240 yen See [1].", "And when does it open?"]


def test_such_a_model_writes_words_and_what_is_said_of_them() -> None:
    assert pointing_answer(None) == NOTHING_POINTED_AT
    assert pointing_answer("240\nyen") == "240 yen"
    assert pointing_answer("on Thursday", "木曜日です") == "on Thursday → 木曜日です"


@each_pair
def test_a_correction_is_in_the_asker_s_language_and_names_the_word(
    language: Language, article_language: Language
) -> None:
    messages = _asked(language, article_language)
    for word in ["340", *ODD]:
        *before, said, correction = corrected_messages(messages, "It costs 340.", word)
        assert tuple(before) == messages
        assert (said.role, said.content, correction.role) == ("assistant", "It costs 340.", "user")
        assert word in correction.content
        assert ("記事" in correction.content) is (language is JA)
