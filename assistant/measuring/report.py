"""Rates over the rows of a data file that were answered, with confidence intervals, as Markdown and as JSON.

How one answer is judged is for `scoring.py`.
"""

import random
import statistics
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import sqrt
from pathlib import Path
from typing import Any

from assistant.errors import EvaluationError
from assistant.measuring.scoring import TIMES, GoldRow, Prediction, judge, read_gold_rows, read_predictions

__all__ = ["Comparison", "Rate", "Report", "Scores", "Sides", "Times", "balanced", "make_report", "wilson"]

RESAMPLES = 1000
SEED = 0
Z = statistics.NormalDist().inv_cdf(0.975)

RIGHT = {
    "answerable_right": "answerable, right",
    "unanswerable_refused": "unanswerable, refused",
    "balanced": "balanced",
}
OUTCOMES = RIGHT | {
    "wrongly_refused": "answerable, wrongly refused",
    "answered_wrongly": "answerable, answered wrongly",
}
"""The rates of what became of the questions, as they are named in JSON and in Markdown."""
FORM = {
    "language_kept": "answer in asker's language",
    "figures_grounded": "figures all in the article",
    "cited": "answers with a citation",
    "verbatim": "citations verbatim",
    "gold_cited": "citation holds the gold answer",
}
"""The rates of what the answers are like."""
LABELS = OUTCOMES | FORM
NOTE = (
    "In parentheses: 95% intervals, by Wilson (1927); of balanced, the mean of the two rates before it, "
    f"by percentile bootstrap over rows ({RESAMPLES} resamples)."
)


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its 95% interval: `right` of `of` rows (or citations), which are None for a mean of rates."""

    right: int | None
    of: int | None
    rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Scores:
    """The rates over `rows` rows by their name in `LABELS`; one without a row to count isn't there."""

    rows: int
    rates: Mapping[str, Rate]


@dataclass(frozen=True, slots=True)
class Times:
    """Median and 95th percentile in milliseconds over the `rows` rows that have the time."""

    rows: int
    median: float
    p95: float


@dataclass(frozen=True, slots=True)
class Sides:
    """The same rows answered by ours and by the baseline, and our rates less the baseline's where both have them."""

    ours: Scores
    baseline: Scores
    differences: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Ours beside the baseline on the rows that both have.

    `total_ms_ratio` is the median over rows of our total_ms over the baseline's, None where no row has both.
    """

    predictions: str
    model: str | None
    overall: Sides
    tasks: Mapping[str, Sides]
    total_ms_ratio: float | None

    def as_markdown(self) -> str:
        """All rates over all rows, and those of right answers and refusals in each task, side by side."""
        lines = list(_compared("all", self.overall, LABELS))
        for task, sides in self.tasks.items():
            lines += _compared(task, sides, RIGHT)
        table = _table(("task", "rate", "ours", "baseline", "difference, points"), lines)
        title = f"Beside {_named(self.model, self.predictions)}, on the {self.overall.ours.rows} rows that both have:"
        ratio = self.total_ms_ratio
        times = "" if ratio is None else f"\n\nWhole answer: {ratio:.2f} times the baseline's time (median over rows)."
        return f"{title}\n\n{table}{times}"


@dataclass(frozen=True, slots=True)
class Report:
    """How well the rows of a data file were answered; `extra` predictions belong to none of its `data_rows`."""

    data: str
    predictions: str
    model: str | None
    data_rows: int
    extra: int
    overall: Scores
    tasks: Mapping[str, Scores]
    times: Mapping[str, Times]
    comparison: Comparison | None = None

    def as_json(self) -> dict[str, Any]:
        """The report as JSON values, by the names of its fields: rates are shares of 1, times milliseconds."""
        return asdict(self) | {"intervals": NOTE}

    def as_markdown(self) -> str:
        """The report as tables that can be pasted into a README."""
        title = (
            f"{_named(self.model, self.predictions)}: {self.overall.rows} of the {self.data_rows} rows of {self.data}"
            + (f" (predictions of other rows, left out: {self.extra})." if self.extra else ".")
        )
        scopes = [*self.tasks.items(), ("all", self.overall)]
        parts = [title, *(_scores_table(scopes, labels) for labels in (OUTCOMES, FORM)), NOTE]
        if self.times:
            lines = [
                (name.removesuffix("_ms"), str(one.rows), f"{one.median:.0f}", f"{one.p95:.0f}")
                for name, one in self.times.items()
            ]
            parts.append(_table(("time, ms", "rows", "median", "95th percentile"), lines))
        if self.comparison:
            parts.append(self.comparison.as_markdown())
        return "\n\n".join(parts) + "\n"


@dataclass(frozen=True, slots=True)
class _Judged:
    """A prediction with the rates that it counts in, each with whether it is a hit there."""

    id: str
    task: str
    prediction: Prediction
    hits: tuple[tuple[str, bool], ...]


def make_report(data: Path, predictions: Path, *, baseline: Path | None = None) -> Report:
    """The report on `predictions` for rows of `data`, beside `baseline` (other predictions for it) where given.

    Raises:
        EvaluationError: a file can't be read or has a bad line, or there is no row that all of them have.
    """
    rows = read_gold_rows(data)
    given = read_predictions(predictions)
    ours = _judged(rows, given)
    if not ours:
        raise EvaluationError(f"{predictions} answers no row of {data}. Name the data file that it was made from.")
    return Report(
        data=data.name,
        predictions=predictions.name,
        model=_model(ours),
        data_rows=len(rows),
        extra=len(given) - len(ours),
        overall=_scores(ours),
        tasks=_task_scores(ours),
        times=dict(_times(ours)),
        comparison=_comparison(ours, _judged(rows, read_predictions(baseline)), baseline) if baseline else None,
    )


def _comparison(ours: Sequence[_Judged], theirs: Sequence[_Judged], path: Path) -> Comparison:
    shared = {one.id for one in ours} & {one.id for one in theirs}
    if not shared:
        raise EvaluationError(f"The baseline {path} has no row in common. Name predictions for the same data file.")
    ours, theirs = ([one for one in side if one.id in shared] for side in (ours, theirs))
    our_tasks, their_tasks = _task_scores(ours), _task_scores(theirs)
    return Comparison(
        predictions=path.name,
        model=_model(theirs),
        overall=_sides(_scores(ours), _scores(theirs)),
        tasks={task: _sides(our_tasks[task], their_tasks[task]) for task in our_tasks},
        total_ms_ratio=_total_ratio(zip(ours, theirs, strict=True)),
    )


def _sides(ours: Scores, baseline: Scores) -> Sides:
    both = [name for name in ours.rates if name in baseline.rates]
    return Sides(ours, baseline, {name: ours.rates[name].rate - baseline.rates[name].rate for name in both})


def _total_ratio(pairs: Iterable[tuple[_Judged, _Judged]]) -> float | None:
    totals = ((our.prediction.times.get("total_ms"), their.prediction.times.get("total_ms")) for our, their in pairs)
    ratios = [our / their for our, their in totals if our is not None and their]
    return statistics.median(ratios) if ratios else None


def _judged(rows: Mapping[str, GoldRow], given: Mapping[str, Prediction]) -> list[_Judged]:
    """The predictions for `rows` in their order."""
    found = ((row, given[row.id]) for row in rows.values() if row.id in given)
    return [_Judged(row.id, row.task, one, tuple(_hits(row, one))) for row, one in found]


def _model(judged: Sequence[_Judged]) -> str | None:
    return ", ".join(sorted({one.prediction.model for one in judged if one.prediction.model})) or None


def _task_scores(judged: Sequence[_Judged]) -> dict[str, Scores]:
    tasks = sorted({one.task for one in judged})
    return {task: _scores([one for one in judged if one.task == task]) for task in tasks}


def _scores(judged: Sequence[_Judged]) -> Scores:
    hits: defaultdict[str, list[bool]] = defaultdict(list)
    for name, hit in (pair for one in judged for pair in one.hits):
        hits[name].append(hit)
    rates = {name: _rate(sum(found), len(found)) for name, found in hits.items()}
    if {"answerable_right", "unanswerable_refused"} <= rates.keys():
        rates["balanced"] = balanced(hits["answerable_right"], hits["unanswerable_refused"])
    return Scores(len(judged), {name: rates[name] for name in LABELS if name in rates})


def _hits(row: GoldRow, prediction: Prediction) -> Iterator[tuple[str, bool]]:
    verdict = judge(row, prediction)
    if row.answerable:
        yield "answerable_right", verdict.right
        yield "wrongly_refused", prediction.refused
        yield "answered_wrongly", not (prediction.refused or verdict.right)
    else:
        yield "unanswerable_refused", verdict.right
    for name in FORM:
        value = getattr(verdict, name)
        yield from ((name, hit) for hit in (value if isinstance(value, tuple) else (value,)) if hit is not None)


def _rate(right: int, of: int) -> Rate:
    return Rate(right, of, right / of, *wilson(right, of))


def wilson(right: int, of: int) -> tuple[float, float]:
    """The 95% score interval of the share `right` of `of`, which isn't 0.

    Method: Wilson 1927, "Probable inference, the law of succession, and statistical inference", Journal of the
    American Statistical Association 22, pages 209 to 212.
    """
    share, shrink = right / of, 1 + Z * Z / of
    middle = (share + Z * Z / (2 * of)) / shrink
    margin = Z * sqrt(share * (1 - share) / of + Z * Z / (4 * of * of)) / shrink
    return max(0.0, middle - margin), min(1.0, middle + margin)


def balanced(answerable: Sequence[bool], unanswerable: Sequence[bool]) -> Rate:
    """The mean of the shares of rows that are right, with a percentile bootstrap interval, always the same.

    Rows are drawn among the answerable and among the unanswerable, as many as there are: how the data file divides
    into them is given. Method: Efron & Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13.
    """
    chance = random.Random(SEED)  # noqa: S311
    means = [
        _mean_share(chance.choices(answerable, k=len(answerable)), chance.choices(unanswerable, k=len(unanswerable)))
        for _ in range(RESAMPLES)
    ]
    return Rate(None, None, _mean_share(answerable, unanswerable), _percentile(means, 0.025), _percentile(means, 0.975))


def _mean_share(first: Sequence[bool], second: Sequence[bool]) -> float:
    return (sum(first) / len(first) + sum(second) / len(second)) / 2


def _times(judged: Sequence[_Judged]) -> Iterator[tuple[str, Times]]:
    for name in TIMES:
        values = [one.prediction.times[name] for one in judged if name in one.prediction.times]
        if values:
            yield name, Times(len(values), _percentile(values, 0.5), _percentile(values, 0.95))


def _percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that more than `share` of the values don't exceed."""
    return sorted(values)[int(len(values) * share)]


def _named(model: str | None, predictions: str) -> str:
    return f"{model} ({predictions})" if model else predictions


def _scores_table(scopes: Iterable[tuple[str, Scores]], labels: Mapping[str, str]) -> str:
    lines = [(task, str(scores.rows), *(_cell(scores.rates.get(name)) for name in labels)) for task, scores in scopes]
    return _table(("task", "rows", *labels.values()), lines)


def _compared(task: str, sides: Sides, labels: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    ours, baseline = sides.ours.rates, sides.baseline.rates
    for name, label in labels.items():
        if name in ours or name in baseline:
            points = f"{100 * sides.differences[name]:+.1f}" if name in sides.differences else "–"
            yield task, label, _cell(ours.get(name)), _cell(baseline.get(name)), points


def _cell(rate: Rate | None) -> str:
    if rate is None:
        return "–"
    of = "" if rate.of is None else f" of {rate.of}"
    return f"{100 * rate.rate:.1f}% ({100 * rate.low:.1f}–{100 * rate.high:.1f}){of}"


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rows = [head, ["---"] * len(head), *lines]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)
