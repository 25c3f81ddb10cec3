"""In which way a model is run: what fails is left for the next safer way, and what works is remembered."""

import json
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pytest

import assistant.model.llama.ways
from assistant.errors import ModelError, ModelKilled, ModelStopped, ModelUnfit
from assistant.model.llama.process import LlamaProcess
from assistant.model.llama.ways import TRUSTED_STOPS, Opener
from tests.children import command, opened_ways, planned, silence

SIGNALS = ("SIGSEGV", "SIGABRT", "SIGILL", "SIGBUS", "SIGFPE", "SIGKILL")
QUICKEST, PLAIN, SAFEST = "2 0 True", "2 0 False", "1 0 False"
ON_CARD = "2 -1 True"
Open = Callable[..., LlamaProcess]


@pytest.fixture
def opener(tmp_path: Path) -> Callable[..., Opener]:
    """Openers of one model, as processes of a fake build that fail as planned."""

    def make(*plan: str, offloads: bool = False, **options: int | None) -> Opener:
        start_command = command(planned(tmp_path, *plan), offloads=offloads)
        start = partial(LlamaProcess, start_command, silent_seconds=silence(plan))
        remembered = tmp_path / "home" / "ways.json"
        return Opener(threads=2, context_tokens=100, remembered=remembered, start=start, **options)

    return make


def _open(opener: Opener, model: Path) -> list[str]:
    """Opens and closes a model; ["checked"] where it had to be checked."""
    checks: list[str] = []
    opener.open(model, lambda: checks.append("checked")).close()
    return checks[:1]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF a model")
    return path


def test_what_works_is_checked_once(opener: Callable[..., Opener], model: Path) -> None:
    assert [_open(opener(), model) for _ in range(3)] == [["checked"], [], []]
    assert opened_ways(model.parent) == [QUICKEST] * 3


@pytest.mark.parametrize("fault", [*SIGNALS, "HANG", "NAN"])
def test_what_fails_in_the_check_is_left_for_the_next_safer_way(
    opener: Callable[..., Opener], model: Path, fault: str
) -> None:
    assert _open(opener(f"check {fault}"), model) == ["checked"]
    assert opened_ways(model.parent) == [QUICKEST, PLAIN]
    assert _open(opener(), model) == []
    assert opened_ways(model.parent) == [QUICKEST, PLAIN, PLAIN]


@pytest.mark.parametrize("fault", [*SIGNALS, "HANG"])
def test_what_fails_in_loading_is_left_too(opener: Callable[..., Opener], model: Path, fault: str) -> None:
    _open(opener(f"load {fault}", f"load {fault}"), model)
    assert opened_ways(model.parent) == [SAFEST]


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        (["check SIGSEGV"] * 3, "SIGSEGV: GGML_ASSERT"),
        (["load SIGILL"] * 3, "SIGILL"),
        (["check SIGKILL"] * 3, "SIGKILL.*memory"),
        (["check HANG"] * 3, "no sign of life"),
        (["check SIGSEGV", "check NAN", "check NAN"], "results are no numbers"),
    ],
)
def test_where_no_way_works_one_error_says_why_and_what_to_do(
    opener: Callable[..., Opener], model: Path, plan: Sequence[str], says: str
) -> None:
    with pytest.raises(ModelError, match=says) as raised:
        _open(opener(*plan), model)
    told = str(raised.value)
    assert str(model) in told
    assert "--model" in told
    assert "uv sync --reinstall-package llama-cpp-python" in told
    assert "\n" not in told


@pytest.mark.parametrize(
    ("fault", "says"), [*((name, f"signal {name}") for name in SIGNALS), ("IMPORT", "ImportError.*libgomp")]
)
@pytest.mark.parametrize("is_known", [False, True])
def test_a_build_that_cannot_even_be_loaded_is_told_at_once(
    opener: Callable[..., Opener], model: Path, fault: str, says: str, is_known: bool
) -> None:
    if is_known:
        _open(opener(), model)
    one = opener(f"can_offload {fault}")
    started: list[LlamaProcess] = []
    start, one._start = one._start, lambda: started.append(start()) or started[-1]
    with pytest.raises(ModelError, match=rf"llama\.cpp can't be loaded on this machine: {says}.*uv sync"):
        _open(one, model)
    assert [process._process.poll() is not None for process in started] == [True]
    assert opened_ways(model.parent) == [QUICKEST] * is_known


@pytest.mark.parametrize("changed", ["build", "processor", "model", "threads"])
def test_what_works_is_checked_again_with_another(
    opener: Callable[..., Opener], model: Path, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    _open(opener(), model)
    other = opener()
    if changed == "model":
        model.write_bytes(b"GGUF another")
    elif changed == "threads":
        other._threads = 1
    else:
        monkeypatch.setattr(assistant.model.llama.ways, f"_{changed}", lambda: "another")
    assert _open(other, model) == ["checked"]


def test_the_build_and_the_processor_are_told_from_others() -> None:
    assert "libllama" in assistant.model.llama.ways._build() or "llama.dll" in assistant.model.llama.ways._build()
    assert assistant.model.llama.ways._build() == assistant.model.llama.ways._build()
    assert len(assistant.model.llama.ways._processor()) > 5


@pytest.mark.parametrize("content", ["", "[]", "{", '{"a": 1}', '{"a": {"nosuch": 1}}', "\udcff", "[" * 100_000])
def test_a_damaged_memory_costs_a_check(opener: Callable[..., Opener], model: Path, content: str) -> None:
    remembered = model.parent / "home" / "ways.json"
    remembered.parent.mkdir()
    remembered.write_bytes(content.encode(errors="surrogateescape"))
    assert [_open(opener(), model), _open(opener(), model)] == [["checked"], []]


def test_what_is_no_way_is_not_remembered(opener: Callable[..., Opener], model: Path) -> None:
    _open(opener(), model)
    remembered = model.parent / "home" / "ways.json"
    known = json.loads(remembered.read_text())
    remembered.write_text(json.dumps({key: way | {"threads": {"a": 1}} for key, way in known.items()}))
    assert _open(opener(), model) == ["checked"]


def test_a_memory_that_cannot_be_written_costs_a_check_each_time(opener: Callable[..., Opener], model: Path) -> None:
    (model.parent / "home").write_text("a file")
    assert [_open(opener(), model), _open(opener(), model)] == [["checked"], ["checked"]]


def test_the_memory_holds_so_many_and_no_more(opener: Callable[..., Opener], model: Path) -> None:
    for number in range(assistant.model.llama.ways.KEPT + 3):
        opener()._remember(str(number), assistant.model.llama.ways.Way(1))
    kept = json.loads((model.parent / "home" / "ways.json").read_text())
    assert list(kept) == [str(number) for number in range(3, assistant.model.llama.ways.KEPT + 3)]


def test_a_way_that_no_longer_works_is_checked_anew(opener: Callable[..., Opener], model: Path) -> None:
    _open(opener(), model)
    assert _open(opener("load SIGILL", "check SIGILL"), model) == ["checked"]
    assert opened_ways(model.parent) == [QUICKEST, QUICKEST, PLAIN]


def test_a_way_in_which_the_model_stops_again_and_again_is_left(opener: Callable[..., Opener], model: Path) -> None:
    one = opener()
    for _ in range(TRUSTED_STOPS):
        assert _open(one, model) == ["checked"]
        one.distrust(ModelStopped("It stopped."))
    assert _open(one, model) == ["checked"]
    assert opened_ways(model.parent) == [*[QUICKEST] * TRUSTED_STOPS, PLAIN]
    assert _open(opener(), model) == []


def test_a_process_that_is_killed_from_outside_is_no_fault_of_the_way(
    opener: Callable[..., Opener], model: Path
) -> None:
    one = opener()
    _open(one, model)
    for _ in range(5):
        one.distrust(ModelKilled("It was killed."))
        assert _open(one, model) == []


def test_a_file_that_cannot_be_loaded_is_told_as_it_is(opener: Callable[..., Opener], model: Path) -> None:
    with pytest.raises(ModelError, match=r"^There is too little memory\.$"):
        _open(opener("load MEMORY", "load MEMORY"), model)


def test_too_little_memory_for_the_quickest_way_is_enough_for_the_next(
    opener: Callable[..., Opener], model: Path
) -> None:
    assert _open(opener("repacking MEMORY"), model) == ["checked"]
    assert opened_ways(model.parent) == [PLAIN]


def test_a_model_that_cannot_be_asked_is_told_at_once_as_it_is(opener: Callable[..., Opener], model: Path) -> None:
    with pytest.raises(ModelUnfit, match=r"^Its chat template can't be used\.$"):
        _open(opener("load UNFIT"), model)


@pytest.mark.parametrize(
    ("offloads", "gpu_layers", "ways", "fell_back"),
    [
        (False, None, [QUICKEST], False),
        (True, None, [ON_CARD], False),
        (True, 12, ["2 12 True"], False),
        (True, 0, [QUICKEST], False),
        (False, 12, [QUICKEST], True),
    ],
)
def test_layers_lie_where_they_are_wanted_and_can(
    opener: Callable[..., Opener],
    model: Path,
    offloads: bool,
    gpu_layers: int | None,
    ways: Sequence[str],
    fell_back: bool,
) -> None:
    for _ in range(2):
        process = opener(offloads=offloads, gpu_layers=gpu_layers).open(model, lambda: None)
        process.close()
        assert process.placement.fell_back is fell_back
    assert opened_ways(model.parent) == [*ways, *ways]


@pytest.mark.parametrize("fault", ["MEMORY", "SIGSEGV", "HANG"])
def test_a_graphics_card_that_cannot_take_it_is_left_with_a_word(
    opener: Callable[..., Opener], model: Path, fault: str
) -> None:
    process = opener(f"gpu {fault}", offloads=True).open(model, lambda: None)
    process.close()
    assert (process.placement.gpu_layers, process.placement.fell_back) == (0, True)
    again = opener(offloads=True).open(model, lambda: None)
    again.close()
    assert again.placement.fell_back
    assert opened_ways(model.parent) == [QUICKEST, QUICKEST]


def test_a_check_costs_nothing_the_next_time(opener: Callable[..., Opener], model: Path) -> None:
    _open(opener(), model)
    one = opener()
    began = time.perf_counter()
    one._fingerprint(model)
    assert time.perf_counter() - began < 0.1
