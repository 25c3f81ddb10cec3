"""Commands that measure the assistant and fit it to a model; `cli.py` offers them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.errors import EvaluationError, UsageError
from assistant.interfaces.options import (
    AnyModel,
    CareOption,
    GpuLayers,
    Model,
    ModelServer,
    layers,
    show_fetch,
    show_server,
    with_model,
)
from assistant.interfaces.printing import say
from assistant.interfaces.progress import ProgressLine, row_line
from assistant.settings import DEFAULT_MODEL, Care, Part, Precision, Settings
from assistant.sources.inputs import read_source

if TYPE_CHECKING:
    from assistant.measuring.fitting.fitting import FitProgress

__all__ = ["average", "calibrate", "evaluate", "fit", "report"]

RANK = 8
"""Of a new adapter."""


def evaluate(
    data: Annotated[Path, typer.Argument(help="JSONL file of rows with id, question and article.")],
    out: Annotated[Path, typer.Option(help="JSONL file of predictions; a run that was cut off is continued.")],
    limit: Annotated[int | None, typer.Option(min=1, help="Answer the first rows only.")] = None,
    sample: Annotated[int | None, typer.Option(min=1, help="Answer as many rows taken by chance.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the sample.")] = 0,
    article: Annotated[
        str | None, typer.Option(help="File or web address of the article for rows that carry none.")
    ] = None,
    baseline: Annotated[bool, typer.Option("--baseline", help="Answer by the usual prompt, to compare with.")] = False,
    without: Annotated[list[Part] | None, typer.Option(help="Leave a part out, to see what it is worth.")] = None,
    care: CareOption = Care.BALANCED,
    model: AnyModel = None,
    gpu_layers: GpuLayers = "auto",
    model_server: ModelServer = None,
) -> None:
    """Answer all questions of a data file and write what was answered."""
    from assistant.application import open_application
    from assistant.measuring import evaluation

    text = None if article is None else read_source(article, Settings().source_bytes).text
    rows = evaluation.read_rows(data, text)
    rows = evaluation.sample(rows[:limit], sample, seed)
    done = evaluation.done_ways(out)
    left = [row for row in rows if row.id not in done]
    settings = Settings(gpu_layers=layers(gpu_layers), care=care, without=frozenset(without or ()))
    settings = with_model(settings, model, model_server)
    with open_application(settings, show_fetch, keep=False) as application, _unwritable(out):
        show_server(application.server)
        application.model.wait_until_loaded()
        way = evaluation.way_of(application.model, settings, baseline=baseline)
        evaluation.check_way(out, done.values(), way)
        evaluation.evaluate(application, left, out, row_line(), settings=settings, baseline=baseline)
    say(f"{len(rows)} rows answered, {len(left)} of them now: {out}", err=True)


def report(
    data: Annotated[Path, typer.Argument(help="JSONL file of the questions with their gold answers.")],
    predictions: Annotated[Path, typer.Argument(help="What `assistant evaluate` wrote.")],
    baseline: Annotated[Path | None, typer.Option(help="What `assistant evaluate --baseline` wrote.")] = None,
    json_to: Annotated[Path | None, typer.Option("--json", help="Write the report as JSON to this file too.")] = None,
) -> None:
    """Hold answers against the gold answers: rates with confidence intervals, and times."""
    from assistant.measuring.report import make_report

    made = make_report(data, predictions, baseline=baseline)
    say(made.as_markdown())
    if json_to:
        with _unwritable(json_to):
            json_to.write_text(json.dumps(made.as_json(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def calibrate(
    data: Annotated[list[Path], typer.Argument(help="JSONL files of answerable and unanswerable questions.")],
    sample: Annotated[int | None, typer.Option(min=1, help="Use about as many of the rows, or of each kind.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the sample.")] = 0,
    out: Annotated[Path | None, typer.Option(help="File to write; without it one in the user's folder.")] = None,
    without: Annotated[list[Part] | None, typer.Option(help="Leave a part out: that of a model without it.")] = None,
    model: Model = DEFAULT_MODEL,
    gpu_layers: GpuLayers = "auto",
) -> None:
    """Teach the assistant when a model finds no answer in an article; takes a second or so for each row."""
    from assistant.application import calibration_file, open_model
    from assistant.measuring.calibration import calibrate as calibrate_model
    from assistant.measuring.margins import calibrate_margins

    settings = Settings(model=model, gpu_layers=layers(gpu_layers), without=frozenset(without or ()))
    with open_model(settings, show_fetch) as worker:
        out = out or settings.home / "models" / calibration_file(worker.taught_by or worker.name)
        with _unwritable(out):
            _check_writable(out)
        if worker.taught_by:
            made = calibrate_margins(worker, data, settings, row_line(), size=sample, seed=seed)
        else:
            made = calibrate_model(worker, data, settings.window_tokens, row_line(), size=sample, seed=seed)
        with _unwritable(out):
            made.save(out)
    say(f"{made.provenance}\nWritten: {out}")


def fit(
    data: Annotated[list[Path], typer.Argument(help="JSONL files of questions with the words that answer them.")],
    out: Annotated[Path, typer.Option(help="GGUF file of the adapter; a run that was cut off is continued.")],
    start: Annotated[Path | None, typer.Option("--from", help="GGUF file of an adapter to go on from.")] = None,
    against: Annotated[
        list[Path] | None, typer.Option(help="JSONL file to measure on; without it one article in twenty.")
    ] = None,
    edits: Annotated[
        float, typer.Option(min=0, max=1, help="Add unanswerable questions, for this share of the answerable ones.")
    ] = 0.0,
    tokens: Annotated[int | None, typer.Option(min=1, help="Read so many tokens; without it all once.")] = None,
    rank: Annotated[int | None, typer.Option(min=1, max=64, help=f"Rank of a new adapter; without it {RANK}.")] = None,
    rate: Annotated[float, typer.Option(min=1e-6, max=1e-1, help="Rate of learning.")] = 4e-4,
    seed: Annotated[int, typer.Option(help="Seed of all that goes by chance.")] = 0,
    precision: Annotated[Precision, typer.Option(help="How the adapter's numbers are kept.")] = Precision.F16,
    model: Model = DEFAULT_MODEL,
) -> None:
    """Teach a model to answer by an adapter that is fitted to it; takes hours, and can be stopped at any time."""
    from assistant.measuring.fitting.fitting import Plan, check_installed, make_course
    from assistant.measuring.fitting.fitting import fit as fit_adapter
    from assistant.measuring.fitting.gguf_file import read_adapter
    from assistant.measuring.fitting.torch_model import TorchModel
    from assistant.model.catalog import resolve

    if start and rank:
        raise UsageError("--rank is for a new adapter, and that of --from has its own. Leave --rank out.")
    check_installed()
    with _unwritable(out):
        _check_writable(out)
    settings = Settings(model=model)
    file = resolve(model, settings, show_fetch)
    begun_from = read_adapter(start) if start else None
    course = make_course(data, against or [], file, settings, seed=seed, edits=edits)
    if start:
        course = course.going_on_from(start)
    plan = Plan(tokens or course.tokens, rate, begun_from.rank if begun_from else rank or RANK, seed)
    with _unwritable(out), ProgressLine() as line:
        fitted = TorchModel(file, rank=plan.rank, seed=seed, adapter=begun_from)
        fit_adapter(fitted, course, plan, out, partial(_show_fit, line), precision=precision)
    say(f"Written: {out}")


def average(
    adapters: Annotated[list[Path], typer.Argument(help="GGUF files of adapters, each gone on with from another.")],
    out: Annotated[Path, typer.Option(help="GGUF file of their mean.")],
    precision: Annotated[Precision, typer.Option(help="How the adapter's numbers are kept.")] = Precision.F16,
) -> None:
    """Write the mean of adapters that were gone on with from one another: it errs less than each."""
    from assistant.measuring.fitting.fitting import check_installed
    from assistant.measuring.fitting.gguf_file import average_adapters

    check_installed()
    with _unwritable(out):
        average_adapters(adapters, out, precision)
    say(f"Written: {out}")


def _check_writable(out: Path) -> None:
    """Raises OSError where a file can't be written, before long work is done on what it is to hold."""
    is_there = out.exists()
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("ab"):
        pass
    if not is_there:
        out.unlink()


def _show_fit(line: ProgressLine, progress: "FitProgress") -> None:
    minutes, seconds = divmod(round(progress.seconds_left), 60)
    held_out = f", held out {progress.held_out.mean:.3f}" if progress.held_out else ""
    line.show(
        f"{progress.done:,} of {progress.total:,} tokens, loss {progress.loss:.3f}{held_out}, "
        f"{progress.tokens_per_second:.0f} tokens/s, {minutes}:{seconds:02} left",
        100 * progress.done // progress.total,
    )


@contextmanager
def _unwritable(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EvaluationError(f"The file {out} can't be written: {error.strerror or error}.") from error
