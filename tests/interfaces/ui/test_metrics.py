"""Each question counts once, by how it ended, whichever model answered it."""

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.answering.answering import final_answer
from assistant.answering.events import AnswerFinished, Event, ModelAwaited
from assistant.application import Application
from assistant.errors import ModelStopped
from assistant.interfaces.ui.metrics import Metrics
from assistant.library.library import Library
from assistant.text.language import Language
from tests.conftest import AssistantWith
from tests.fake_model import SURE, FakeModel

QUESTION = "How much does a roll cost?"


@pytest.fixture
def application(assistant_with: AssistantWith, filled: Library) -> Application:
    assistant = assistant_with(FakeModel("640", makes=SURE))
    return Application(filled, assistant, assistant._model)  # type: ignore[arg-type]


def _samples(metrics: Metrics) -> dict[str, float]:
    lines = metrics.exposition("")[0].decode().splitlines()
    return {name: float(value) for name, _, value in (each.rpartition(" ") for each in lines if each[0] != "#")}


def _ended(metrics: Metrics) -> dict[str, float]:
    beginning = "article_assistant_questions_total"
    return {name: value for name, value in _samples(metrics).items() if name.startswith(beginning) and value}


def _counted(outcome: str, language: str = "en") -> dict[str, float]:
    return {f'article_assistant_questions_total{{language="{language}",outcome="{outcome}"}}': 1.0}


def test_a_question_counts_by_its_language_and_what_nobody_asked_does_not(application: Application) -> None:
    metrics = Metrics(application)
    final_answer(application.assistant.ask(QUESTION, asker=None))
    assert _ended(metrics) == {}
    answer = final_answer(application.assistant.ask("パンはいくらですか？"))
    assert _ended(metrics) == _counted(
        "refused" if answer.refused else "withheld" if answer.withheld else "answered", "ja"
    )
    assert _samples(metrics)["article_assistant_first_evidence_seconds_count"] == 1


@pytest.mark.parametrize("outcome", ["answered", "refused", "withheld", "stopped"])
def test_an_answer_counts_by_what_it_is(application: Application, outcome: str) -> None:
    answer = final_answer(application.assistant.ask(QUESTION))
    states: dict[str, Any] = {name: name == outcome for name in ("refused", "withheld", "stopped")}
    metrics = Metrics(application)
    assert final_answer(_inquiry(metrics, [AnswerFinished(replace(answer, **states))]))
    assert _ended(metrics) == _counted(outcome)


def test_one_that_fails_or_is_left_counts_and_waits_no_more(application: Application) -> None:
    metrics = Metrics(application)
    with pytest.raises(ModelStopped):
        list(_inquiry(metrics, [ModelAwaited("busy", 1), ModelStopped("It came to an end.")]))
    assert _ended(metrics) == _counted("error")
    left = _inquiry(metrics, [ModelAwaited("loading"), ModelAwaited("reading")])
    next(left)
    assert _samples(metrics)["article_assistant_questions_waiting"] == 1
    left.close()
    assert _ended(metrics) == _counted("error") | _counted("stopped")
    assert _samples(metrics)["article_assistant_questions_waiting"] == 0
    assert _samples(metrics)["article_assistant_questions_in_progress"] == 0


def test_another_model_is_counted_too(application: Application, assistant_with: AssistantWith) -> None:
    metrics = Metrics(application)
    other = Application(application.library, assistant_with(FakeModel("640", makes=SURE)), application.model)
    application.another = lambda *_: other
    application.model = other.model = SimpleNamespace(start=lambda: None, status=application.model.status)  # type: ignore[assignment]
    application.change_model("other", SimpleNamespace(wait=lambda _: False))  # type: ignore[arg-type]
    assert application.assistant is other.assistant
    final_answer(application.assistant.ask(QUESTION))
    assert len(_ended(metrics)) == 1


def _inquiry(metrics: Metrics, events: list[Event | Exception]) -> Any:
    """A question whose events are these, the last of which may be an error."""

    def run() -> Iterator[Event]:
        for event in events:
            if isinstance(event, Exception):
                raise event
            yield event

    return metrics._watch(Language.ENGLISH, run())
