"""One library and one model, opened together and let go of together."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import assistant.application
from assistant.application import Application, open_application, open_library
from assistant.catalog import ProgressCallback
from assistant.errors import FetchError, ModelError, StoreInUse
from assistant.evaluation import final_answer
from assistant.settings import DEFAULT_MODEL, Settings
from tests.fake_model import FakeModel
from tests.texts import OTHER


class _Worker(FakeModel):
    """Stands in for `LlamaWorker`: remembers how it was made and whether it was closed."""

    made: list["_Worker"]

    def __init__(self, path: Path, name: str, *, threads: int, context_tokens: int) -> None:
        super().__init__("640", " umbrellas.")
        self.path, self.name = path, name
        self.threads, self.context_tokens = threads, context_tokens
        self.closed = False
        self.made.append(self)

    def close(self) -> None:
        assert not self.closed
        self.closed = True


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[_Worker]]:
    """The workers made, of a model that is always there."""
    _Worker.made = []
    monkeypatch.setattr(assistant.application, "LlamaWorker", _Worker)
    monkeypatch.setattr(assistant.application, "resolve", lambda model, *_: Path(f"/models/{model}"))
    yield _Worker.made
    assert all(worker.closed for worker in _Worker.made)


def _ignore(progress: object) -> None:
    pass


def _ask(application: Application) -> str:
    article, _ = application.library.add(OTHER)
    return final_answer(application.assistant.ask("How many umbrellas?", [article.id])).text


def test_it_answers_and_keeps_the_article(workers: list[_Worker], settings: Settings) -> None:
    with open_application(settings, _ignore) as application:
        assert _ask(application) == "640 umbrellas."
    with open_library(settings) as library:
        assert len(library.entries()) == 1


def test_without_keeping_the_user_s_folder_is_left_alone(workers: list[_Worker], settings: Settings) -> None:
    with open_library(settings), open_application(settings, _ignore, keep=False) as application:
        assert _ask(application) == "640 umbrellas."
        assert application.library._home != settings.home
        folder = application.library._home
    assert not folder.exists()
    assert not (settings.home / "articles").exists()


def test_the_model_is_run_as_the_settings_say(workers: list[_Worker], settings: Settings) -> None:
    with open_application(replace(settings, model="mine.v2.gguf", threads=3, context_tokens=900), _ignore):
        (worker,) = workers
        assert (worker.path, worker.name) == (Path("/models/mine.v2.gguf"), "mine.v2")
        assert (worker.threads, worker.context_tokens) == (3, 900)


def test_a_model_of_the_catalog_goes_by_its_id(workers: list[_Worker], settings: Settings) -> None:
    with open_application(settings, _ignore) as application:
        assert application.model.name == DEFAULT_MODEL


def test_the_answer_s_limits_are_those_of_the_settings(workers: list[_Worker], settings: Settings) -> None:
    with open_application(replace(settings, answer_tokens=11), _ignore) as application:
        _ask(application)
    assert workers[0].max_tokens == [11]


def test_an_error_in_the_block_closes_both(workers: list[_Worker], settings: Settings) -> None:
    with pytest.raises(KeyboardInterrupt), open_application(settings, _ignore):
        raise KeyboardInterrupt
    assert workers[0].closed
    open_library(settings).close()


def test_a_library_in_use_makes_no_model(workers: list[_Worker], settings: Settings) -> None:
    with open_library(settings), pytest.raises(StoreInUse), open_application(settings, _ignore):
        pytest.fail("it opened")
    assert workers == []


@pytest.mark.parametrize("error", [ModelError("There is no model."), FetchError("No network.")])
def test_a_model_that_is_not_there_lets_go_of_the_library(
    workers: list[_Worker], settings: Settings, monkeypatch: pytest.MonkeyPatch, error: ModelError
) -> None:
    def fails(model: str, settings: Settings, on_progress: ProgressCallback) -> Path:
        raise error

    monkeypatch.setattr(assistant.application, "resolve", fails)
    with pytest.raises(type(error), match=str(error)), open_application(settings, _ignore):
        pytest.fail("it opened")
    open_library(settings).close()


def test_a_file_that_llama_cpp_cannot_load_fails_the_question_and_nothing_else(
    settings: Settings, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + bytes(100))
    with open_application(replace(settings, model=str(broken)), _ignore) as application:
        with pytest.raises(ModelError, match=r"broken\.gguf"):
            _ask(application)
        assert application.model.state == "failed"
        assert application.library.entries()
