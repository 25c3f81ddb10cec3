"""What happens where the process of a model ends or hangs: it is told, another one takes its place, nothing is lost."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from assistant.errors import ModelError, ModelKilled, ModelStopped
from assistant.model.llama.process import LlamaProcess
from assistant.model.llama.ways import Opener
from assistant.model.protocol import Generation, Message, whole_text
from assistant.model.worker import STOPS, LlamaWorker
from assistant.settings import Settings
from tests import needs
from tests.children import command, opened_ways, planned, silence
from tests.fake_context import wait_for
from tests.texts import OTHER

FAULTS = ("SIGSEGV", "SIGABRT", "SIGKILL", "SIGILL", "HANG")
WHOLE = "yes, it does."
each_fault = pytest.mark.parametrize("fault", FAULTS)


@pytest.fixture
def told() -> list[ModelError]:
    """What the worker told of itself."""
    return []


@pytest.fixture
def worker_with(tmp_path: Path, told: list[ModelError]) -> Iterator[Callable[..., LlamaWorker]]:
    """A worker whose model's processes fail as planned."""
    workers: list[LlamaWorker] = []
    model = tmp_path / "model.gguf"
    model.write_bytes(b"GGUF a model")

    def make(plan: Sequence[str]) -> LlamaWorker:
        start = partial(LlamaProcess, command(planned(tmp_path, *plan)), silent_seconds=silence(plan))
        opener = Opener(threads=2, context_tokens=100, remembered=tmp_path / "ways.json", start=start)
        workers.append(LlamaWorker(model, "planned", opener, on_failure=told.append))
        return workers[-1]

    yield make
    for worker in workers:
        worker.close()
        assert not worker._thread.is_alive()


def _ask(worker: LlamaWorker, question: str = "question", asker: str | None = "") -> Generation:
    return worker.generate((Message("user", question),), 20, asker=asker)


def _times(fault: str) -> int:
    """How often in a row a process fails: in each of the three ways of running a model, and the safest over and over.

    A way is left after two stops. Of a hang each takes some seconds to be told, so the safest has one.
    """
    return 5 if fault == "HANG" else 8


def _says(fault: str) -> str:
    return "no sign of life" if fault == "HANG" else fault


@each_fault
def test_in_the_middle_of_an_answer(
    worker_with: Callable[..., LlamaWorker], told: list[ModelError], fault: str
) -> None:
    times = _times(fault)
    worker = worker_with([f"answer {fault}"] * times)
    waiting = [_ask(worker, asker=f"{number}") for number in range(times)]
    for generation in waiting:
        pieces = iter(generation)
        assert [next(pieces), next(pieces)] == ["yes", ", it"]
        with pytest.raises(ModelStopped, match=f"stopped working .*{_says(fault)}"):
            next(pieces)
        assert not generation.is_ended
    assert whole_text(_ask(worker)) == WHOLE
    assert [type(error) for error in told] == [ModelKilled if fault == "SIGKILL" else ModelStopped] * times


@each_fault
def test_while_an_article_is_read_ahead(
    worker_with: Callable[..., LlamaWorker], told: list[ModelError], fault: str
) -> None:
    times = _times(fault)
    worker = worker_with([f"read {fault}"] * times)
    worker.start()
    for number in range(1, times + 1):
        reading = worker.read((Message("user", "article"),), "0123456789ab")
        with pytest.raises(ModelStopped, match=_says(fault)):
            list(reading)
        wait_for(lambda number=number: len(told) == number, 10)  # type: ignore[misc]
        assert whole_text(_ask(worker)) == WHOLE


@each_fault
@pytest.mark.parametrize("phase", ["load", "check"])
def test_while_it_is_loaded_or_checked(worker_with: Callable[..., LlamaWorker], phase: str, fault: str) -> None:
    """A question that finds it failed tries each of the three ways; the last one finds the third of them work."""
    times = _times(fault)
    assert times % 3 == 2
    worker = worker_with([f"{phase} {fault}"] * times)
    for _ in range(times // 3):
        with pytest.raises(ModelError, match=rf"{_says(fault)}.*in each way"):
            list(_ask(worker))
    assert worker.status.state == "failed"
    assert whole_text(_ask(worker)) == WHOLE
    assert worker.status.state in ("ready", "busy")


def test_what_waits_is_answered_by_the_next_process(worker_with: Callable[..., LlamaWorker]) -> None:
    worker = worker_with(["answer SIGSEGV"])
    first, second = _ask(worker, asker="a"), _ask(worker, asker="b")
    with pytest.raises(ModelStopped):
        list(first)
    assert whole_text(second) == WHOLE


def test_a_model_that_stops_over_and_over_is_started_again_only_by_a_question(
    worker_with: Callable[..., LlamaWorker], told: list[ModelError], tmp_path: Path
) -> None:
    worker = worker_with(["read SIGSEGV"] * 10)
    worker.start()
    readings = [worker.read((Message("user", "article"),), f"{number:012}") for number in range(STOPS + 2)]
    wait_for(lambda: worker.status.state == "failed", 20)
    time.sleep(0.5)
    assert len(opened_ways(tmp_path)) == len(told) == STOPS
    assert whole_text(_ask(worker)) == WHOLE
    for reading in readings:
        reading.stop()


def test_a_process_that_hangs_is_left_behind_at_once_by_who_stops(worker_with: Callable[..., LlamaWorker]) -> None:
    worker = worker_with(["answer HANG"])
    generation = _ask(worker)
    pieces = iter(generation)
    assert next(pieces) == "yes"
    began = time.monotonic()
    generation.stop()
    list(pieces)
    assert time.monotonic() - began < 0.2


def test_a_process_that_does_not_even_read_what_it_is_asked_is_told(tmp_path: Path) -> None:
    process = LlamaProcess(command(planned(tmp_path)), silent_seconds=3.0)
    assert not process.can_offload()
    os.kill(process.pid, signal.SIGSTOP)
    with pytest.raises(ModelStopped, match="no sign of life"):
        process.tokens([Message("user", "x" * 10**6)])


def test_a_process_that_cannot_be_started_is_told() -> None:
    with pytest.raises(ModelStopped, match="No such file"):
        LlamaProcess(["/nosuch/python"])


def test_a_process_says_why_it_ended_and_keeps_saying_so(tmp_path: Path) -> None:
    process = LlamaProcess([sys.executable, "-c", "raise SystemExit('no such library')"])
    for _ in range(2):
        with pytest.raises(ModelStopped, match="exit code 1: no such library"):
            process.can_offload()
    process.close()


def _is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="There is no /proc to see processes in.")
@pytest.mark.parametrize("phase", ["ready", "read"])
def test_no_process_is_left_behind_when_its_owner_is_killed(tmp_path: Path, phase: str) -> None:
    plan = planned(tmp_path)
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, phase, *command(plan)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]
    )
    assert owner.stdout
    child = int(owner.stdout.readline())
    time.sleep(0.2)
    assert _is_running(child)
    owner.kill()
    owner.wait()
    owner.stdout.close()
    wait_for(lambda: not _is_running(child), 2)


OWNER = """
import sys
from pathlib import Path
from assistant.model.llama.process import LlamaProcess
process = LlamaProcess(sys.argv[2:])
process.open(Path("model"), threads=1, gpu_layers=0, repacks=True)
print(process.pid, flush=True)
if sys.argv[1] == "read":
    process.evaluate([1, 1, 1], lambda: False)
sys.stdin.read()
__import__("time").sleep(60)
"""


# The real model


SHORT = (Message("user", f"{OTHER}\n\nHow many umbrellas have been lent? Answer with one sentence."),)
LONG = (Message("user", OTHER * 3 + "\n\nRetell this, leaving nothing out."),)


@pytest.fixture(scope="module")
def real() -> Iterator[tuple[LlamaWorker, list[LlamaProcess]]]:
    """The real model, and its processes as they are started."""
    path = needs.model_path()
    processes: list[LlamaProcess] = []

    def start() -> LlamaProcess:
        processes.append(LlamaProcess(silent_seconds=5.0))
        return processes[-1]

    worker = LlamaWorker(path, "real", Opener(threads=Settings().threads, context_tokens=2048, start=start))
    worker.wait_until_loaded()
    yield worker, processes
    worker.close()


def _end(process: LlamaProcess, fault: str) -> None:
    os.kill(process.pid, signal.SIGSTOP if fault == "HANG" else signal.Signals[fault])


@pytest.mark.parametrize(
    ("phase", "fault"),
    [("read", "SIGSEGV"), ("read", "HANG"), ("answer", "SIGKILL"), ("answer", "SIGABRT"), ("answer", "SIGILL")],
)
def test_the_real_model_answers_alike_after_it(
    real: tuple[LlamaWorker, list[LlamaProcess]], phase: str, fault: str
) -> None:
    """Each fault in one phase: that all are told in each, above, doesn't hang on which model the process has."""
    worker, processes = real
    expected = whole_text(worker.generate(SHORT, 24))
    assert "640" in expected
    if phase == "read":
        generation: Generation = worker.read(LONG, "0123456789ab")
        wait_for(lambda: worker.status.state == "reading", 10)
        time.sleep(0.2)
        _end(processes[-1], fault)
        pieces = iter(generation)
    else:
        generation = worker.generate(LONG, 200)
        pieces = iter(generation)
        next(pieces)
        _end(processes[-1], fault)
    with pytest.raises(ModelStopped, match=_says(fault)):
        list(pieces)
    assert whole_text(worker.generate(SHORT, 24)) == expected
    assert not any(_is_running(process.pid) for process in processes[:-1])


@pytest.mark.parametrize("phase", ["load", "check"])
def test_the_real_model_is_run_in_another_way_where_loading_or_checking_it_ends(phase: str) -> None:
    path = needs.model_path()
    processes: list[LlamaProcess] = []

    def start() -> LlamaProcess:
        processes.append(LlamaProcess())
        if phase == "load" and len(processes) == 1:
            threading.Timer(0.7, _end, (processes[0], "SIGILL")).start()
        return processes[-1]

    opener = Opener(threads=Settings().threads, context_tokens=512, start=start)
    check = LlamaProcess.check

    def checked(self: LlamaProcess) -> None:
        if phase == "check" and self is processes[0]:
            threading.Timer(0.1, _end, (self, "SIGSEGV")).start()
        check(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LlamaProcess, "check", checked)
        process = opener.open(path, lambda: None)
    assert len(processes) == 2
    assert opener._current
    assert not opener._current[1].repacks
    tokens = process.tokens(SHORT)
    assert process.evaluate(tokens, lambda: False) == 0
    assert process.likeliest().piece
    process.close()
