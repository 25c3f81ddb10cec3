"""Fits an adapter to a model: the plan, what is done of it, and going on after a stop.

How far a fit is counts in tokens, never in time, so that one that was stopped, or shares its machine, comes to the same
end. What a step learns is for `torch_model.py`.
"""

import json
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from assistant.errors import EvaluationError, UsageError
from assistant.measuring.fitting.edits import with_edits
from assistant.measuring.fitting.gguf_file import read_adapter, write_adapter
from assistant.measuring.fitting.lessons import Lesson, read_lessons, without_held_out
from assistant.measuring.fitting.packing import PackedSequence, mixed, pack
from assistant.measuring.fitting.torch_model import Losses, TorchModel
from assistant.model.files import sha256_of
from assistant.model.llama.process import LlamaProcess
from assistant.settings import Precision, Settings

__all__ = [
    "Course",
    "FitProgress",
    "Plan",
    "check_installed",
    "checkpoint_of",
    "fit",
    "make_course",
    "rate_at",
]

WARM_UP_STEPS = 15
STEADY = 0.5
"""For this share of the tokens the rate stays, then it falls in a straight line."""
LAST_RATE = 0.03
"""What the rate has fallen to at the end, as a share."""
HELD_OUT_TIMES = 10
"""How often the loss on what is held out is measured."""
HELD_OUT_SHARE = 1 / 60
"""As much is read for it each time, of what is fitted on, and at least a sequence: all in all a tenth of the work."""
CHECKPOINT_SECONDS = 120.0
"""What a kill costs, at most."""
RECENT = 30
"""Over so many sequences the loss is told."""
TOKENISER_CONTEXT = 256
"""Nothing is evaluated there."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is fitted how long. Two fits of one plan come to the same adapter."""

    tokens: int
    """All tokens read, those of the articles included; begun anew with more, a fit that has ended goes on."""
    rate: float = 4e-4
    rank: int = 8
    seed: int = 0
    step_questions: int = 24
    """A step is taken after so many questions, at least."""


@dataclass(frozen=True, slots=True)
class FitProgress:
    """How far a fit is. Losses in nats a token: over the last sequences, and on what is held out."""

    done: int
    total: int
    steps: int
    loss: float
    decision: float
    held_out: Losses | None
    tokens_per_second: float

    @property
    def seconds_left(self) -> float:
        """If the rest goes as quickly."""
        return max(0, self.total - self.done) / self.tokens_per_second


@dataclass(frozen=True, slots=True)
class Course:
    """What an adapter is fitted on, and what it is held against, as a model's own tokens."""

    groups: tuple[tuple[PackedSequence, ...], ...]
    """A group for each data file."""
    held_out: tuple[PackedSequence, ...]
    record: Mapping[str, Any]
    """The files and the model, by their hashes."""

    @property
    def tokens(self) -> int:
        return sum(sequence.tokens for group in self.groups for sequence in group)

    def going_on_from(self, adapter: Path) -> "Course":
        """This course, for an adapter that is there already; its own record is kept in the new one's."""
        earlier = {"file": adapter.name, "sha256": sha256_of(adapter), "record": read_adapter(adapter).record}
        return replace(self, record={**self.record, "from": earlier})


class OnProgress(Protocol):
    def __call__(self, progress: FitProgress) -> None: ...


def rate_at(done: int, steps: int, plan: Plan) -> float:
    """The rate of learning when `done` tokens were read in `steps` steps."""
    left = max(LAST_RATE, (1 - done / plan.tokens) / (1 - STEADY))
    return plan.rate * min(1.0, (steps + 1) / WARM_UP_STEPS) * min(1.0, left)


def check_installed() -> None:
    """Whether all that fitting takes is there.

    Raises:
        UsageError: it isn't.
    """
    missing = [name for name in ("gguf", "torch", "transformers") if find_spec(name) is None]
    if missing:
        raise UsageError(
            "Fitting takes {missing}, not installed here. Run `uv sync --group fit`, then the command again.",
            missing=", ".join(missing),
        )


def make_course(
    data: Sequence[Path], held_out: Sequence[Path], model: Path, settings: Settings, *, seed: int, edits: float = 0.0
) -> Course:
    """The rows of `data` as tokens of the model in a GGUF file.

    Args:
        edits: for how many of the answerable questions, as a share, one that nothing answers is added (`edits.py`).
        held_out: files of rows that are not fitted on; none: one article in twenty of `data` is held out.

    Raises:
        EvaluationError: a file can't be read, has a bad row, or is named twice.
        ModelError: the model can't be loaded.
    """
    files = {path: read_lessons(path) for path in (*data, *held_out)}
    if len(files) < len(data) + len(held_out):
        raise EvaluationError("A data file is named twice. Name each once, to fit on or to hold out.")
    fitted, kept = [files[path] for path in data], [files[path] for path in held_out]
    if not held_out:
        fitted, kept = map(list, zip(*map(without_held_out, fitted), strict=True))
    fitted = [with_edits(lessons, edits, _chance(seed, "edits")) for lessons in fitted]
    tokeniser = LlamaProcess()
    try:
        tokeniser.open(model, threads=1, context_tokens=TOKENISER_CONTEXT, repacks=False)
        pack_all = partial(pack, tokeniser=tokeniser, window_tokens=settings.window_tokens)
        groups = tuple(tuple(pack_all(lessons, generator=_chance(seed, "windows"))) for lessons in fitted)
        tested = [tuple(pack_all(lessons, generator=_chance(seed, "windows"))) for lessons in kept]
    finally:
        tokeniser.close()
    record = {
        "model": sha256_of(model),
        "data": [_file_record(path, files[path]) for path in data],
        "held_out": [_file_record(path, files[path]) for path in held_out],
        "edits": edits,
    }
    return Course(groups, mixed([group for group in tested if group], _chance(seed, "held out")), record)


def _file_record(path: Path, lessons: Sequence[Lesson]) -> dict[str, Any]:
    return {"file": path.name, "sha256": sha256_of(path), "rows": len(lessons)}


def _chance(*seeds: object) -> random.Random:
    return random.Random(" ".join(map(str, seeds)))  # noqa: S311


def checkpoint_of(out: Path) -> Path:
    """Where the state of a fit lies that writes `out`."""
    return out.with_name(f"{out.name}.checkpoint")


def fit(
    model: TorchModel,
    course: Course,
    plan: Plan,
    out: Path,
    on_progress: OnProgress,
    *,
    precision: Precision = Precision.F16,
    checkpoint_seconds: float = CHECKPOINT_SECONDS,
) -> None:
    """Fits the adapter of `model` and writes it to `out`, every now and then and at the end.

    A checkpoint of the same course lies beside it, and is gone on from; it stays, for a plan of more tokens.

    Raises:
        EvaluationError: there is nothing to fit on.
        UsageError: the checkpoint beside `out` is that of another fit.
        ModelError: it is damaged.
    """
    if not any(course.groups):
        raise EvaluationError("None of the rows can be fitted on: no article is short enough, or none has its answers.")
    run = _Run(model, plan, out, course.record, precision)
    run.resume()
    saved, measured_at = time.monotonic(), run.done * HELD_OUT_TIMES // plan.tokens
    for sequence in run.sequences(course.groups):
        run.learn(sequence)
        if not run.is_at_step:
            continue
        measure = run.done * HELD_OUT_TIMES // plan.tokens
        if measure > measured_at:
            run.measure(course.held_out)
            measured_at = measure
        if run.done < plan.tokens and time.monotonic() - saved >= checkpoint_seconds:
            run.save()
            saved = time.monotonic()
        on_progress(run.progress)
    run.save()


class _Run:
    """A fit that is going on."""

    def __init__(
        self, model: TorchModel, plan: Plan, out: Path, record: Mapping[str, Any], precision: Precision
    ) -> None:
        self._model, self._plan, self._out, self._precision = model, plan, out, precision
        self._record = dict(record) | {key: value for key, value in asdict(plan).items() if key != "tokens"}
        self.done = 0
        self._read = 0
        self._steps = 0
        self._questions = 0
        self._recent: list[Losses] = []
        self._held_out: Losses | None = None
        self._began, self._begun_at = time.monotonic(), 0

    @property
    def is_at_step(self) -> bool:
        """Whether nothing is learnt but not yet taken in."""
        return self._questions == 0

    @property
    def progress(self) -> FitProgress:
        count = len(self._recent)
        return FitProgress(
            done=self.done,
            total=self._plan.tokens,
            steps=self._steps,
            loss=sum(losses.mean for losses in self._recent) / count,
            decision=sum(losses.decision for losses in self._recent) / count,
            held_out=self._held_out,
            tokens_per_second=(self.done - self._begun_at) / (time.monotonic() - self._began),
        )

    def sequences(self, groups: Sequence[Sequence[PackedSequence]]) -> Iterator[PackedSequence]:
        """The sequences that are still to be learnt, epoch after epoch."""
        place, epoch = 0, 0
        while True:
            for sequence in mixed(groups, _chance(self._plan.seed, epoch)):
                place += 1
                if place <= self._read:
                    continue
                if self.done >= self._plan.tokens:
                    return
                yield sequence
            epoch += 1

    def learn(self, sequence: PackedSequence) -> None:
        self._recent = [*self._recent[1 - RECENT :], self._model.learn(sequence)]
        self.done += sequence.tokens
        self._read += 1
        self._questions += len(sequence.branches)
        if self._questions >= self._plan.step_questions or self.done >= self._plan.tokens:
            self._model.step(rate_at(self.done, self._steps, self._plan))
            self._steps += 1
            self._questions = 0

    def measure(self, held_out: Sequence[PackedSequence]) -> None:
        """The loss on what is held out, as far as that is measured."""
        found: list[Losses] = []
        tokens = 0
        for sequence in held_out:
            if found and tokens + sequence.tokens > HELD_OUT_SHARE * self._plan.tokens:
                break
            tokens += sequence.tokens
            found.append(self._model.losses(sequence))
        self._held_out = _mean(found) if found else None

    def save(self) -> None:
        """Writes the adapter as it is, and what going on takes."""
        progress = {"done": self.done, "read": self._read, "steps": self._steps, "record": json.dumps(self._record)}
        if self._held_out:
            progress["held_out"] = asdict(self._held_out)
        self._model.save(checkpoint_of(self._out), progress)
        measured = {"tokens": self.done, "steps": self._steps, "precision": self._model.precision}
        if self._held_out:
            measured |= {"held_out_loss": round(self._held_out.mean, 4)}
        write_adapter(self._model.adapter(self._record | measured), self._out, self._precision)

    def resume(self) -> None:
        """Goes on from the checkpoint beside the adapter, if there is one."""
        path = checkpoint_of(self._out)
        if not path.is_file():
            return
        progress = self._model.restore(path)
        if json.loads(progress["record"]) != self._record:
            raise UsageError(
                "The checkpoint {path} is that of a fit with other data or options. Delete it, or name another file "
                "with --out.",
                path=path,
            )
        self.done, self._read, self._steps = progress["done"], progress["read"], progress["steps"]
        if held_out := progress.get("held_out"):
            self._held_out = Losses(**held_out)
        self._begun_at = self.done


def _mean(found: Sequence[Losses]) -> Losses:
    """The mean of losses, each by its weight."""
    weight = sum(losses.weight for losses in found)

    def mean(name: str) -> float:
        return float(sum(getattr(losses, name) * losses.weight for losses in found)) / weight

    return replace(found[0], mean=mean("mean"), decision=mean("decision"), rest=mean("rest"), weight=weight)
