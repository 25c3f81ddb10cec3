"""An adapter is fitted to a tiny model, in llama.cpp does what it does in torch, and a fit goes on after a kill."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.errors import EvaluationError, ModelError, UsageError
from assistant.measuring.fitting import fitting
from assistant.measuring.fitting.fitting import Course, FitProgress, Plan, checkpoint_of, fit, make_course, rate_at
from assistant.measuring.fitting.gguf_file import read_adapter, write_adapter
from assistant.measuring.fitting.packing import PackedSequence
from assistant.model.llama.context import LlamaContext
from assistant.settings import Precision, Settings
from tests import needs
from tests.command import Run, assert_fails
from tests.texts import BILINGUAL, OTHER
from tests.tiny_model import write_tiny_model

ARTICLE = "The bridge over the Aare opened on Monday. It cost 4.2 million francs."
ROWS: tuple[dict[str, Any], ...] = (
    {"article": ARTICLE, "question": "What did the bridge cost?", "words": "4.2 million francs"},
    {"article": ARTICLE, "question": "Who built it?", "words": None},
    {"article": ARTICLE, "question": "橋はいつ開通しましたか？", "words": "on Monday", "said": "月曜日"},
    {"article": BILINGUAL, "question": "How much does a roll cost?", "words": "240 yen"},
    {"article": BILINGUAL, "question": "Who eats them?", "words": None},
    {"article": OTHER, "question": "Who is the mayor?", "words": None},
)
PLAN = Plan(tokens=24000, rate=0.02, rank=4, step_questions=3)
SHORT = replace(PLAN, tokens=500)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    needs.torch()
    return write_tiny_model(tmp_path_factory.mktemp("models") / "tiny.gguf")


def _data(path: Path, rows: tuple[dict[str, Any], ...] = ROWS) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def course(model: Path, tmp_path: Path) -> Course:
    data, held_out = _data(tmp_path / "data.jsonl", ROWS[:4]), _data(tmp_path / "held_out.jsonl", ROWS[4:])
    return make_course([data], [held_out], model, Settings(), seed=0)


def _fitted(model: Path, course: Course, out: Path, plan: Plan = PLAN, **options: Any) -> list[FitProgress]:
    from assistant.measuring.fitting.torch_model import TorchModel

    told: list[FitProgress] = []
    start = options.pop("adapter", None)
    torch_model = TorchModel(model, rank=plan.rank, seed=plan.seed, adapter=start, exact=True)
    fit(torch_model, course, plan, out, told.append, **options)
    return told


def _logits_of_torch(model: Path, adapter: Path, sequence: PackedSequence) -> np.ndarray[Any, Any]:
    from assistant.measuring.fitting.torch_model import TorchModel

    return TorchModel(model, rank=1, seed=0, adapter=read_adapter(adapter), exact=True).logits(sequence)


@pytest.fixture
def context(model: Path) -> Iterator[LlamaContext]:
    context = LlamaContext(model, threads=1, context_tokens=2048)
    yield context
    context.close()


def _logits_of_llama(context: LlamaContext, adapter: Path, sequence: PackedSequence) -> np.ndarray[Any, Any]:
    """Logits behind each token of the first question and answer; the prefix is read without the adapter."""
    import llama_cpp as C  # noqa: N812

    loaded = C.llama_adapter_lora_init(context._model, str(adapter).encode())
    assert loaded
    context.evaluate(sequence.prefix, lambda: False)
    C.llama_set_adapters_lora(
        context._context, (C.llama_adapter_lora_p_ctypes * 1)(loaded), 1, (ctypes.c_float * 1)(1.0)
    )
    found = []
    for token in (*sequence.branches[0].question, *sequence.branches[0].answer):
        context.append(token, lambda: False)
        found.append(context.logits().copy())
    C.llama_set_adapters_lora(context._context, None, 0, None)
    return np.array(found)


@pytest.mark.parametrize(("precision", "tolerance"), [(Precision.F16, 0.01), (Precision.Q8_0, 0.02)])
def test_an_adapter_does_in_llama_cpp_what_it_does_in_torch(
    model: Path, course: Course, context: LlamaContext, tmp_path: Path, precision: Precision, tolerance: float
) -> None:
    out = tmp_path / "adapter.gguf"
    _fitted(model, course, out, precision=precision)
    sequence = course.groups[0][0]
    sequence = replace(sequence, branches=sequence.branches[:1])
    with_it, in_torch = _logits_of_llama(context, out, sequence), _logits_of_torch(model, out, sequence)
    without = tmp_path / "nothing.gguf"
    adapter = read_adapter(out)
    write_adapter(replace(adapter, parts={name: (a, 0 * b) for name, (a, b) in adapter.parts.items()}), without)
    effect = np.abs(with_it - _logits_of_llama(context, without, sequence)).max()
    assert effect > 1
    assert np.abs(with_it - in_torch).max() < tolerance * effect


def test_what_is_fitted_is_learnt(model: Path, course: Course, tmp_path: Path) -> None:
    told = _fitted(model, course, tmp_path / "adapter.gguf")
    assert told[-1].loss < 0.8 * told[0].loss
    assert told[-1].held_out
    assert told[-1].done >= PLAN.tokens
    assert told[-1].seconds_left == 0
    assert [progress.steps for progress in told] == list(range(1, len(told) + 1))


def test_questions_of_a_sequence_do_not_see_each_other(model: Path, course: Course, tmp_path: Path) -> None:
    out = tmp_path / "adapter.gguf"
    _fitted(model, course, out)
    sequence = max((sequence for group in course.groups for sequence in group), key=lambda s: len(s.branches))
    alone = [_logits_of_torch(model, out, replace(sequence, branches=(branch,))) for branch in sequence.branches]
    assert len(alone) > 1
    assert np.allclose(np.concatenate(alone), _logits_of_torch(model, out, sequence), atol=1e-3)


def test_an_adapter_keeps_how_it_came_about(model: Path, course: Course, tmp_path: Path) -> None:
    out = tmp_path / "adapter.gguf"
    told = _fitted(model, course, out)
    record = read_adapter(out).record
    assert record["model"] == course.record["model"]
    assert [(file["file"], file["rows"]) for file in record["data"]] == [("data.jsonl", 4)]
    assert [(file["file"], len(file["sha256"])) for file in record["held_out"]] == [("held_out.jsonl", 64)]
    assert (record["seed"], record["rank"], record["rate"]) == (0, 4, 0.02)
    assert (record["steps"], record["tokens"]) == (told[-1].steps, told[-1].done)
    assert record["held_out_loss"] > 0


def test_a_fit_that_was_stopped_comes_to_the_same_end(model: Path, course: Course, tmp_path: Path) -> None:
    whole, stopped = tmp_path / "whole.gguf", tmp_path / "stopped.gguf"
    _fitted(model, course, whole)

    class Killed(Exception):
        pass

    def kill(progress: FitProgress) -> None:
        if progress.steps == 5:
            raise Killed

    from assistant.measuring.fitting.torch_model import TorchModel

    begun = TorchModel(model, rank=PLAN.rank, seed=0, exact=True)
    with pytest.raises(Killed):
        fit(begun, course, PLAN, stopped, kill, checkpoint_seconds=0)
    told = _fitted(model, course, stopped)
    assert told[0].steps == 6
    ours, theirs = read_adapter(stopped), read_adapter(whole)
    for name, pair in theirs.parts.items():
        for matrix, other in zip(pair, ours.parts[name], strict=True):
            assert np.allclose(matrix, other, atol=1e-3), name


def test_a_checkpoint_of_another_fit_is_left_alone(model: Path, course: Course, tmp_path: Path) -> None:
    out = tmp_path / "adapter.gguf"
    _fitted(model, course, out, replace(PLAN, tokens=1000))
    with pytest.raises(UsageError, match="other data or options"):
        _fitted(model, course, out, replace(PLAN, rate=0.01))
    checkpoint_of(out).write_bytes(b"nothing")
    with pytest.raises(ModelError, match="can't be gone on from"):
        _fitted(model, course, out)


def test_a_fit_that_has_ended_writes_the_same_again(model: Path, course: Course, tmp_path: Path) -> None:
    out = tmp_path / "adapter.gguf"
    _fitted(model, course, out, SHORT)
    written = out.read_bytes()
    assert _fitted(model, course, out, SHORT) == []
    assert out.read_bytes() == written


def test_a_fit_that_has_ended_goes_on_where_more_is_planned(model: Path, course: Course, tmp_path: Path) -> None:
    out = tmp_path / "adapter.gguf"
    first = _fitted(model, course, out, replace(PLAN, tokens=1000))
    second = _fitted(model, course, out, replace(PLAN, tokens=2500))
    assert second[0].steps == first[-1].steps + 1
    assert read_adapter(out).record["tokens"] >= 2500


def test_a_fit_goes_on_from_an_adapter(model: Path, course: Course, tmp_path: Path) -> None:
    first, second = tmp_path / "first.gguf", tmp_path / "second.gguf"
    before = _fitted(model, course, first)
    told = _fitted(
        model, course.going_on_from(first), second, replace(PLAN, tokens=1, rate=1e-6), adapter=read_adapter(first)
    )
    assert told[0].loss < 0.8 * before[0].loss
    assert read_adapter(second).record["from"]["record"]["steps"] == before[-1].steps


def test_an_adapter_of_another_model_is_told(model: Path, course: Course, tmp_path: Path) -> None:
    out = tmp_path / "adapter.gguf"
    _fitted(model, course, out, replace(PLAN, tokens=1))
    adapter = read_adapter(out)
    parts = dict(adapter.parts)
    name, (a, b) = parts.popitem()
    for other in (parts, parts | {name: (a[:, :-1], b)}, parts | {name: (a, b), "blk.9.attn_q.weight": (a, b)}):
        with pytest.raises(ModelError, match="fitted to another model"):
            _fitted(model, course, tmp_path / "other.gguf", adapter=replace(adapter, parts=other))


def test_a_model_of_another_kind_is_told(tmp_path: Path) -> None:
    needs.torch()
    from assistant.measuring.fitting.torch_model import TorchModel

    with pytest.raises(ModelError, match="its architecture is llama, and only qwen2 is supported"):
        TorchModel(write_tiny_model(tmp_path / "llama.gguf", architecture="llama"), rank=1, seed=0)


def test_edits_are_fitted_on_too(model: Path, tmp_path: Path) -> None:
    rows = [{"article": ARTICLE, "question": "What opened on Monday?", "words": "The bridge over the Aare"}] * 4
    data = _data(tmp_path / "data.jsonl", tuple(rows))
    held_out = _data(tmp_path / "held_out.jsonl", ROWS[4:])
    (group,) = make_course([data], [held_out], model, Settings(), seed=0, edits=0.5).groups
    assert sum(len(sequence.branches) for sequence in group) == 6


def test_rows_that_leave_nothing_to_fit_on_are_told(model: Path, course: Course, tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="None of the rows can be fitted on"):
        _fitted(model, replace(course, groups=((), ())), tmp_path / "adapter.gguf")


def test_the_rate_warms_up_stays_and_falls() -> None:
    plan = Plan(tokens=1000, rate=1.0)
    assert rate_at(0, 0, plan) == pytest.approx(1 / 15)
    assert rate_at(300, 14, plan) == rate_at(500, 40, plan) == 1.0
    assert rate_at(750, 60, plan) == pytest.approx(0.5)
    assert rate_at(1000, 80, plan) == rate_at(1200, 90, plan) == pytest.approx(0.03)


def test_a_fit_is_continued_after_a_kill(model: Path, tmp_path: Path) -> None:
    data, out = _data(tmp_path / "data.jsonl"), tmp_path / "adapter.gguf"
    options = ["--out", out, "--tokens", "100000000", "--model", model]
    command = [sys.executable, "-m", "tests.fit_often", "fit", data, *options]
    environment = os.environ | {"ASSISTANT_HOME": str(tmp_path / "home")}
    process = subprocess.Popen(list(map(str, command)), env=environment, stderr=subprocess.DEVNULL)
    while not out.exists() and process.poll() is None:
        time.sleep(0.1)
    assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    steps = read_adapter(out).record["steps"]
    assert steps
    told = _run_to(model, data, out)
    assert told[0].steps > steps


def _run_to(model: Path, data: Path, out: Path) -> list[FitProgress]:
    course = make_course([data], [], model, Settings(), seed=0)
    plan = Plan(tokens=read_adapter(out).record["tokens"] + 9000)
    return _fitted(model, course, out, plan)


def test_the_command_writes_an_adapter(model: Path, run: Run, tmp_path: Path) -> None:
    data, held_out, out = _data(tmp_path / "a.jsonl"), _data(tmp_path / "b.jsonl", ROWS[:2]), tmp_path / "c.gguf"
    ended = run("fit", data, "--against", held_out, "--out", out, "--rank", 2, "--seed", 3, "--model", model)
    assert (ended.code, ended.out) == (0, f"Written: {out}\n")
    assert "tokens/s, 0:00 left" in ended.err
    assert "held out" in ended.err
    assert read_adapter(out).rank == 2
    again = run("fit", data, "--from", out, "--out", tmp_path / "d.gguf", "--precision", "q8_0", "--model", model)
    assert again.code == 0
    assert read_adapter(tmp_path / "d.gguf").record["from"]["record"]["seed"] == 3


def test_without_what_fitting_takes_the_command_says_so(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitting, "find_spec", lambda name: None if name == "torch" else name)
    ended = run("fit", tmp_path / "data.jsonl", "--out", tmp_path / "adapter.gguf")
    assert_fails(ended, "Fitting takes torch, not installed here. Run `uv sync --group fit`", code=2)


def test_what_cannot_be_fitted_is_told_by_the_command(model: Path, run: Run, tmp_path: Path) -> None:
    data, out = _data(tmp_path / "a.jsonl"), tmp_path / "c.gguf"
    assert_fails(run("fit", data, data, "--out", out, "--model", model), "named twice")
    assert_fails(run("fit", tmp_path / "none", "--out", out, "--model", model), "none can't be read")
    assert_fails(run("fit", data, "--from", model, "--out", out, "--model", model), "holds no adapter")
    assert_fails(run("fit", data, "--from", data, "--out", out, "--model", model), "can't be read as GGUF")
    assert not out.exists()


def test_the_mean_of_adapters_is_between_them(model: Path, run: Run, course: Course, tmp_path: Path) -> None:
    paths = [tmp_path / "a.gguf", tmp_path / "b.gguf"]
    for path, seed in zip(paths, (0, 1), strict=True):
        _fitted(model, course, path, replace(SHORT, seed=seed))
    out = tmp_path / "mean.gguf"
    assert run("average", *paths, "--out", out).out == f"Written: {out}\n"
    one, other, mean = map(read_adapter, (*paths, out))
    for name, sides in mean.parts.items():
        for side, matrix in enumerate(sides):
            assert np.allclose(matrix, (one.parts[name][side] + other.parts[name][side]) / 2, atol=1e-3)
    assert [each["file"] for each in mean.record["mean_of"]] == ["a.gguf", "b.gguf"]
    _fitted(model, course, tmp_path / "wider.gguf", replace(SHORT, rank=PLAN.rank + 1))
    assert_fails(run("average", paths[0], tmp_path / "wider.gguf", "--out", out), "can't be averaged")
