"""One library and one model, opened together and let go of together."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import assistant.application
from assistant.answering.answerability import UNCALIBRATED, Answerability
from assistant.answering.answering import final_answer
from assistant.answering.refusals import REFUSAL
from assistant.application import (
    Application,
    calibration_file,
    find_answerability,
    open_application,
    open_library,
    open_model,
)
from assistant.errors import FetchError, ModelError, StoreInUse
from assistant.model.catalog import Progress, ProgressCallback, load_catalog
from assistant.model.llama.ways import Opener
from assistant.model.worker import Fetch
from assistant.settings import DEFAULT_MODEL, Care, Settings
from assistant.text.language import Language
from tests.fake_model import FakeModel, reading
from tests.texts import OTHER


class _Worker(FakeModel):
    """Stands in for `LlamaWorker`: remembers how it was made and whether it was closed."""

    made: list["_Worker"]

    def __init__(
        self, file: Path | Fetch, name: str, opener: Opener, *, size: int, taught_by: str, on_failure: object
    ) -> None:
        super().__init__("640", " umbrellas.", makes=reading(9.0, 5, 1))
        self.size, self.taught_by, self.on_failure = size, taught_by, on_failure
        self.file, self.name = file, name
        self.threads, self.gpu_layers, self.remembered = opener._threads, opener._gpu_layers, opener._remembered
        self.options = opener._options
        self.closed = False
        self.made.append(self)

    def close(self) -> None:
        assert not self.closed
        self.closed = True


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[_Worker]]:
    """The workers made, of a model that is always there, in a checkout and a package without calibrations.

    No adapter has taught it.
    """
    _Worker.made = []
    monkeypatch.setattr(assistant.application, "model_folders", lambda _: (tmp_path / "checkout",))
    monkeypatch.setattr(assistant.application, "PACKAGE", tmp_path / "package")
    monkeypatch.setattr(assistant.application, "LlamaWorker", _Worker)
    monkeypatch.setattr(assistant.application, "adapter_of", lambda _: None)
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
        assert workers[0].options["prefixes"] == settings.prefixes
        assert workers[0].options["prefix_bytes"] == settings.prefix_bytes
    with open_library(settings) as library:
        assert len(library.entries()) == 1


def test_without_keeping_the_user_s_folder_is_left_alone(workers: list[_Worker], settings: Settings) -> None:
    with open_library(settings), open_application(settings, _ignore, keep=False) as application:
        assert _ask(application) == "640 umbrellas."
        assert workers[0].options["prefixes"] is None
        assert application.library.home != settings.home
        folder = application.library.home
    assert not folder.exists()
    assert not (settings.home / "articles").exists()


def test_the_model_is_run_as_the_settings_say(workers: list[_Worker], settings: Settings) -> None:
    with open_application(replace(settings, model="mine.v2.gguf", threads=3, context_tokens=900), _ignore):
        (worker,) = workers
        assert (worker.file, worker.name) == (Path("/models/mine.v2.gguf"), "mine.v2")
        assert (worker.threads, worker.options["context_tokens"]) == (3, 900)


def test_a_model_of_the_catalog_goes_by_its_id(workers: list[_Worker], settings: Settings) -> None:
    with open_application(settings, _ignore) as application:
        assert application.model.name == DEFAULT_MODEL


@pytest.mark.parametrize(
    ("file", "name"),
    [
        (load_catalog().find(DEFAULT_MODEL).file, Path(load_catalog().find(DEFAULT_MODEL).file).stem),
        (f"{DEFAULT_MODEL}.gguf", f"{DEFAULT_MODEL}.gguf"),
        (f"{DEFAULT_MODEL}.adapter.gguf", f"{DEFAULT_MODEL}.adapter.gguf"),
    ],
)
def test_a_file_of_the_user_s_own_that_is_named_as_one_of_the_catalog_has_none_of_its_calibrations(
    workers: list[_Worker], settings: Settings, tmp_path: Path, file: str, name: str
) -> None:
    for calibrated in (DEFAULT_MODEL, f"{DEFAULT_MODEL}.adapter"):
        _calibrated(-1, 1).save(tmp_path / "home/models" / calibration_file(calibrated))
    with open_application(replace(settings, model=str(tmp_path / file)), _ignore) as application:
        assert application.model.name == name
        assert find_answerability(name, settings) is UNCALIBRATED


@pytest.mark.parametrize("more", [0, 1])
def test_a_file_of_the_name_and_size_of_the_catalog_s_is_that_model(
    workers: list[_Worker], settings: Settings, tmp_path: Path, more: int
) -> None:
    spec = load_catalog().find(DEFAULT_MODEL)
    path = tmp_path / spec.file
    path.touch()
    os.truncate(path, spec.bytes + more)
    with open_application(replace(settings, model=str(path)), _ignore) as application:
        assert (application.model.name == DEFAULT_MODEL) is (not more)


def test_a_model_that_an_adapter_taught_points_at_words(
    workers: list[_Worker], settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    adapter = tmp_path / "mine.adapter.gguf"
    monkeypatch.setattr(assistant.application, "adapter_of", lambda _: adapter)
    with open_application(settings, _ignore) as application:
        assert (workers[0].taught_by, workers[0].options["adapter"]) == ("mine.adapter", adapter)
        article, _ = application.library.add(OTHER)
        workers[0].pieces = ("640",)
        answer = final_answer(application.assistant.ask("How many umbrellas?", [article.id]))
    assert answer.pointer
    assert answer.text == answer.pointer.text == "640"


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


def test_a_missing_model_is_fetched_by_the_worker_where_failures_can_be_told(
    workers: list[_Worker], settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fetched: list[tuple[int, int]] = []
    shown: list[Progress] = []
    failures: list[ModelError] = []
    outcomes: list[Path | ModelError] = [FetchError("No network."), tmp_path / "tiny.gguf"]

    def resolves(model: str, settings: Settings, on_progress: ProgressCallback) -> Path:
        on_progress(Progress(3, 9, "packages"))
        outcome = outcomes.pop(0)
        if isinstance(outcome, ModelError):
            raise outcome
        return outcome

    monkeypatch.setattr(assistant.application, "resolve", resolves)
    with open_application(settings, shown.append, on_failure=failures.append) as application:
        spec = load_catalog().find(DEFAULT_MODEL)
        assert (application.model.name, application.model.size) == (spec.id, spec.bytes)
        assert (fetched, shown) == ([], [])
        fetch = workers[0].file
        assert not isinstance(fetch, Path)

        def report(done: int, total: int) -> None:
            fetched.append((done, total))

        with pytest.raises(FetchError, match=r"No network\."):
            fetch(report)
        assert [str(failure) for failure in failures] == ["No network."]
        assert fetch(report) == tmp_path / "tiny.gguf"
    assert (fetched, shown) == ([(3, 9)] * 2, [Progress(3, 9, "packages")] * 2)


def test_a_model_that_is_there_is_not_fetched(workers: list[_Worker], settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "checkout" / load_catalog().find(DEFAULT_MODEL).file
    file.parent.mkdir()
    file.touch()
    with open_application(settings, _ignore, on_failure=_ignore):
        assert workers[0].file == Path(f"/models/{DEFAULT_MODEL}")


@pytest.mark.parametrize("model", ["qwen9", "no/such.gguf"])
def test_a_model_that_names_nothing_fails_at_once(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    monkeypatch.setattr(assistant.application, "LlamaWorker", None)
    with (
        pytest.raises(ModelError, match=model),
        open_application(replace(settings, model=model), _ignore, on_failure=_ignore),
    ):
        pytest.fail("it opened")


def _calibrated(*weights: float) -> Answerability:
    """A probe that asks for log-odds of 0 at least."""
    return Answerability(
        {language: dict.fromkeys(Care, 0.0) for language in Language}, reading(0, *weights).hidden, provenance="test"
    )


@pytest.mark.parametrize("folder", ["home/models", "checkout", "package/data"])
def test_a_calibration_of_the_model_decides_what_is_refused(
    workers: list[_Worker], settings: Settings, tmp_path: Path, folder: str
) -> None:
    path = tmp_path / folder / calibration_file(DEFAULT_MODEL)
    for weights, answer in (((-1, 1), REFUSAL[Language.ENGLISH]), ((1, -1), "640 umbrellas.")):
        _calibrated(*weights).save(path)
        with open_application(settings, _ignore) as application:
            assert _ask(application) == answer


def test_the_user_s_own_calibration_goes_before_the_checkout_s_and_that_before_the_package_s(
    workers: list[_Worker], settings: Settings, tmp_path: Path
) -> None:
    for folder, weights in (("package/data", (-1, 1)), ("checkout", (1, -1)), ("home/models", (-1, 1))):
        _calibrated(*weights).save(tmp_path / folder / calibration_file(DEFAULT_MODEL))
        with open_application(settings, _ignore) as application:
            assert (_ask(application) == "640 umbrellas.") is (weights == (1, -1))


def test_a_calibration_of_another_model_is_left_alone(
    workers: list[_Worker], settings: Settings, tmp_path: Path
) -> None:
    _calibrated(-1, 1).save(tmp_path / "home/models" / calibration_file("another"))
    with open_application(settings, _ignore) as application:
        assert _ask(application) == "640 umbrellas."


def test_a_broken_calibration_is_told_with_its_path_and_lets_go_of_both(
    workers: list[_Worker], settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "home/models" / calibration_file(DEFAULT_MODEL)
    path.parent.mkdir(parents=True)
    path.write_text('{"thresholds": {}}')
    with pytest.raises(ModelError, match=f"{path} can't be read"), open_application(settings, _ignore):
        pytest.fail("it opened")
    open_library(settings).close()


def test_a_model_may_be_opened_without_a_library(workers: list[_Worker], settings: Settings) -> None:
    with open_library(settings), open_model(replace(settings, model="mine.gguf"), _ignore) as model:
        assert (model.name, [worker.closed for worker in workers]) == ("mine", [False])


def test_a_file_that_llama_cpp_cannot_load_fails_the_question_and_nothing_else(
    settings: Settings, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + bytes(100))
    with open_application(replace(settings, model=str(broken)), _ignore) as application:
        with pytest.raises(ModelError, match=r"broken\.gguf"):
            _ask(application)
        assert application.model.status.state == "failed"
        assert application.library.entries()
