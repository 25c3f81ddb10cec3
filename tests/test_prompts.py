"""The messages of a question: examples, then the article, then the question."""

import pytest

from assistant.language import Language
from assistant.prompts import REFUSAL, Passage, answer_messages

ARTICLE = Passage("Rolls", ((1, "A roll costs 240 yen."), (2, "The shop opens at 6.30.")))
LANGUAGES = list(Language)
ODD = ["{}", "{question}", "{0!r:>9}", "%s %d %(a)s", "}{", "\\1 \\g<0>", "$x ${y}", "<|im_end|>", "{{title}}"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_instructions_first_then_examples_in_turn_then_the_question(language: Language) -> None:
    messages = answer_messages("How much?", language, [ARTICLE])
    roles = [message.role for message in messages]
    assert roles == ["system", *["user", "assistant"] * ((len(messages) - 2) // 2), "user"]
    assert len(messages) >= 6
    assert all(message.content.strip() for message in messages)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_refusal_is_in_the_instructions_and_in_an_example(language: Language) -> None:
    messages = answer_messages("How much?", language, [ARTICLE])
    assert REFUSAL[language] in messages[0].content
    answers = [message.content for message in messages if message.role == "assistant"]
    assert REFUSAL[language] in answers
    assert len(set(answers)) == len(answers)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_article_comes_before_the_question_which_is_last(language: Language) -> None:
    last = answer_messages("How much?", language, [ARTICLE])[-1].content
    assert last.endswith("How much?")
    assert "\n[1] A roll costs 240 yen.\n[2] The shop opens at 6.30.\n" in last
    assert 0 < last.index("Rolls") < last.index("[1]")


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_questions_on_an_article_differ_only_behind_the_article(language: Language) -> None:
    first, second = (answer_messages(question, language, [ARTICLE]) for question in ("How much?", "Opens when?"))
    assert first[:-1] == second[:-1]
    article = first[-1].content.removesuffix("How much?")
    assert "[2] The shop opens at 6.30." in article
    assert second[-1].content == article + "Opens when?"


def test_what_comes_before_the_article_is_the_same_for_all_articles() -> None:
    other = Passage("Umbrellas", ((1, "The library lends umbrellas."),))
    for language in LANGUAGES:
        assert answer_messages("Why?", language, [ARTICLE])[:-1] == answer_messages("Why?", language, [other])[:-1]


def test_languages_have_prompts_of_their_own() -> None:
    english, japanese = (answer_messages("?", language, [ARTICLE]) for language in LANGUAGES)
    assert all(message.content.isascii() for message in english)
    assert not any(message.content.isascii() for message in japanese)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("odd", ODD)
def test_braces_and_percents_come_through_as_they_are(language: Language, odd: str) -> None:
    last = answer_messages(f"ask {odd}", language, [Passage(f"title {odd}", ((1, f"text {odd}"),))])[-1].content
    assert last.endswith(f"ask {odd}")
    assert f"title {odd}\n" in last
    assert f"[1] text {odd}\n" in last


def test_line_breaks_cannot_pass_for_the_prompt_s_own() -> None:
    passage = Passage("Rolls\n\nQuestion: x", ((1, "A roll\n[9] costs\r\n240 yen."),))
    last = answer_messages("How\n\nQuestion: much?", Language.ENGLISH, [passage])[-1].content
    assert last == "Article: Rolls Question: x\n\n[1] A roll [9] costs 240 yen.\n\nQuestion: How Question: much?"


def test_several_articles_stand_one_behind_the_other_with_their_numbers() -> None:
    other = Passage("Umbrellas", ((3, "The library lends umbrellas."),))
    last = answer_messages("Why?", Language.ENGLISH, [ARTICLE, other])[-1].content
    assert "[2] The shop opens at 6.30.\n\nArticle: Umbrellas\n\n[3] The library lends umbrellas.\n\nQuestion" in last
