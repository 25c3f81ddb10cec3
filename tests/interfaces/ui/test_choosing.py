"""Another model is put in the place of the one that answers, while the page runs: the real worker on fake models."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import assistant.application
import assistant.interfaces.ui.choosing
from assistant.answering.answering import final_answer
from assistant.application import Application
from assistant.errors import ModelError
from assistant.interfaces.ui.choosing import Chooser
from assistant.model.catalog import Progress, ProgressCallback
from assistant.settings import Settings
from assistant.text.language import Language
from tests.changing_page import BYTES, Stage, stage
from tests.fake_context import wait_for
from tests.texts import BILINGUAL

TIME = 20
QUESTION = "How much does a roll cost?"


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path) as scene:
        yield scene


@pytest.fixture
def application(scene: Stage) -> Iterator[Application]:
    with scene.opened() as application:
        application.library.add(BILINGUAL)
        yield application


@pytest.fixture
def chooser(scene: Stage, application: Application) -> Iterator[Chooser]:
    chooser = Chooser(application, scene.settings)
    yield chooser
    chooser.close()


def _ask(application: Application) -> str:
    return final_answer(application.assistant.ask(QUESTION)).text


def _is_settled(chooser: Chooser) -> bool:
    return chooser.attempt is None or chooser.attempt.state == "failed"


def _choose(chooser: Chooser, model: str) -> None:
    chooser.choose(model)
    wait_for(lambda: _is_settled(chooser), TIME)


def test_another_model_answers_from_then_on(scene: Stage, application: Application, chooser: Chooser) -> None:
    assert _ask(application) == "yes"
    before = chooser.version
    _choose(chooser, "other")
    assert (chooser.attempt, chooser.current.id, application.model.name) == (None, "other", "other")
    assert chooser.version > before
    assert _ask(application) == "no"
    _choose(chooser, "mine.gguf")
    assert application.model.name == "mine"
    _choose(chooser, "small")
    assert _ask(application) == "yes"
    names = [context.path.name for context in scene.loaded]
    assert names == ["small-q4.gguf", "other-q4.gguf", "mine.gguf", "small-q4.gguf"]
    assert [context.is_closed for context in scene.loaded] == [True, True, True, False]


def test_what_was_asked_before_is_answered_first_and_what_is_asked_then_by_the_other(
    scene: Stage, application: Application, chooser: Chooser
) -> None:
    scene.waits = True
    said: list[str] = []

    def ask() -> threading.Thread:
        thread = threading.Thread(target=lambda: said.append(_ask(application)))
        thread.start()
        return thread

    asking = [ask()]
    wait_for(lambda: bool(scene.loaded and scene.loaded[0].began), TIME)
    chooser.choose("other")
    wait_for(lambda: application.model.name == "other", TIME)
    asking.append(ask())
    assert [context.is_closed for context in scene.loaded] == [False]
    scene.waits = False
    scene.loaded[0].go_on(100)
    for thread in asking:
        thread.join(TIME)
    assert said == ["yes", "no"]


def test_the_article_shown_is_read_by_the_other_and_no_longer_by_the_former(
    scene: Stage, application: Application, chooser: Chooser
) -> None:
    scene.waits = True
    article = application.library.entries()[0].id
    application.model.start()
    application.prepare(article, Language.ENGLISH)
    wait_for(lambda: bool(scene.loaded and scene.loaded[0].began), TIME)
    chooser.choose("other")
    wait_for(lambda: len(scene.loaded) == 2 and bool(scene.loaded[1].began), TIME)
    assert scene.loaded[0].is_closed
    assert scene.loaded[1].began[0] == scene.loaded[0].began[0]


def test_a_model_that_cannot_be_loaded_is_told_and_the_former_goes_on(
    application: Application, chooser: Chooser
) -> None:
    _choose(chooser, "broken.gguf")
    assert chooser.attempt
    assert "can't be loaded: it is broken" in str(chooser.attempt.error)
    assert (chooser.current.id, application.model.name) == ("small", "small")
    assert _ask(application) == "yes"


def test_a_model_that_cannot_be_fetched_is_told_and_the_former_is_left_alone(
    scene: Stage, application: Application, chooser: Chooser
) -> None:
    assert _ask(application) == "yes"
    _choose(chooser, "far")
    assert chooser.attempt
    assert "The model far couldn't be fetched" in str(chooser.attempt.error)
    assert _ask(application) == "yes"
    assert len(scene.loaded) == 1


def test_a_fetch_goes_on_beside_the_former_and_is_given_up_for_another_choice(
    scene: Stage, application: Application, chooser: Chooser, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended, may_end = threading.Event(), threading.Event()

    def fetches(model: str, settings: Settings, on_progress: ProgressCallback) -> Path:
        try:
            while not may_end.wait(0.01):
                on_progress(Progress(300, len(BYTES), "packages"))
        finally:
            ended.set()
        (scene.settings.home / "models" / "far-q4.gguf").write_bytes(BYTES)
        return Path("far-q4.gguf")

    monkeypatch.setattr(assistant.interfaces.ui.choosing, "resolve", fetches)
    chooser.choose("far")
    wait_for(lambda: chooser.attempt is not None and chooser.attempt.done == 300, TIME)
    assert _ask(application) == "yes"
    _choose(chooser, "small")
    assert ended.wait(TIME)
    assert (chooser.attempt, chooser.current.id) == (None, "small")
    may_end.set()
    _choose(chooser, "far")
    assert _ask(application) == "no"
    assert {choice.id: choice.is_here for choice in chooser.choices()}["far"]


def test_who_waits_for_a_model_that_is_still_fetched_is_told_to_ask_again(
    scene: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolves = assistant.application.resolve

    def fetches(model: str, settings: Settings, on_progress: ProgressCallback) -> Path:
        while model == "far":
            on_progress(Progress(300, len(BYTES), "packages"))
        return resolves(model, settings, on_progress)

    monkeypatch.setattr(assistant.application, "resolve", fetches)
    scene.settings = replace(scene.settings, model="far")
    told: list[str] = []

    def ask() -> None:
        with pytest.raises(ModelError) as error:
            _ask(application)
        told.append(str(error.value))

    with scene.opened() as application:
        application.library.add(BILINGUAL)
        chooser = Chooser(application, scene.settings)
        asking = threading.Thread(target=ask)
        asking.start()
        wait_for(lambda: application.assistant.is_asked and application.model.status.done == 300, TIME)
        _choose(chooser, "other")
        asking.join(TIME)
        assert told == ["The model has been closed meanwhile. Ask again."]
        assert _ask(application) == "no"
        chooser.close()


@pytest.mark.parametrize("model", ["", "nothing", "/etc/passwd", "../models/mine.gguf"])
def test_what_is_not_among_the_choices_is_refused(chooser: Chooser, model: str) -> None:
    with pytest.raises(ModelError, match="isn't there any more"):
        chooser.choose(model)
    assert chooser.attempt is None


@pytest.mark.parametrize("others", [{"host": "0.0.0.0"}, {"names": ("news.example",)}])  # noqa: S104
def test_where_others_may_call_the_page_none_can_be_chosen(
    scene: Stage, application: Application, others: dict[str, object]
) -> None:
    chooser = Chooser(application, replace(scene.settings, **others))  # type: ignore[arg-type]
    assert not chooser.is_open
    with pytest.raises(ModelError, match="can't be changed here"):
        chooser.choose("other")


def test_the_choice_is_kept_for_the_next_start_once_it_is_loaded(scene: Stage, chooser: Chooser) -> None:
    _choose(chooser, "broken.gguf")
    assert not scene.settings.chosen.exists()
    _choose(chooser, "other")
    assert json.loads(scene.settings.chosen.read_text()) == {"id": "other"}
