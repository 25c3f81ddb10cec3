"""What a taught model's margins mean: how likely an answer is by them, and how often such an answer was right.

A margin is by how much the model would rather point at words than write that nothing answers. For each direction, the
asker's language and the article's, a logistic regression makes log-odds of it (Platt 1999), another of it and of what
a probe of the hidden states says, which was fitted to other articles (stacking; Wolpert 1992), and a third tells how
often an answer with these log-odds was right: all on rows that the model wasn't taught.
"""

import math
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.answering.answerability import Answerability, Line, Plane, direction
from assistant.answering.manner import Pointing
from assistant.answering.pointing import Stretches
from assistant.answering.windows import Window, windows_of
from assistant.errors import ArticleError, EvaluationError
from assistant.library.article import parse_article
from assistant.library.retrieval import Query
from assistant.measuring.calibration import Probe, area, around, command, fit_probe, logistic
from assistant.measuring.fitting.lessons import Lesson, read_lessons
from assistant.measuring.scoring import holds
from assistant.model.protocol import ChatModel, whole_text
from assistant.settings import Care, Settings
from assistant.text.language import Language, question_language

__all__ = ["Answered", "calibrate_margins", "fit_margins"]

DIRECTIONS = tuple(sorted({direction(one, other) for one in Language for other in Language}))
LEAST = 20
"""Rows of each kind without which nothing is said of a direction."""
FARTHEST = 10.0
"""Log-odds farther from even than this are no threshold."""
RIDGE = 1.0
Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Answered:
    """A question that was asked, whether or not it has an answer."""

    direction: str
    margin: float
    is_answerable: bool
    is_right: bool
    """Whether the words pointed at are, or hold, those that answer, or are most of them."""
    article: str = ""
    hidden: "np.ndarray[Any, np.dtype[np.float32]] | Sequence[float]" = ()
    """The model's hidden state; none where it isn't known."""


def calibrate_margins(
    model: ChatModel,
    data: Sequence[Path],
    settings: Settings,
    on_row: Callable[[int, int], None],
    *,
    size: int | None,
    seed: int,
) -> Answerability:
    """What the margins of `model` mean, by the rows of `data` (`fitting/lessons.py`), or some `size` of each direction.

    Raises:
        EvaluationError: a file can't be read, or has too few rows of a kind.
        ModelError: the model can't be run.
    """
    lessons = _sample([lesson for path in data for lesson in read_lessons(path)], size, seed)
    rows = list(_with_windows(lessons, settings.window_tokens))
    names = np.array([_direction(lesson, window) for lesson, window in rows])
    _check(names, np.array([float(lesson.words is not None) for lesson, _ in rows]))
    answered = list(_answered(model, rows, settings, on_row))
    return fit_margins(answered, f"{command(model, data, size, seed)}, {model.taught_by}")


def fit_margins(answered: Sequence[Answered], provenance: str) -> Answerability:
    """Lines and thresholds for each direction.

    Raises:
        EvaluationError: a direction has too few rows of either kind.
    """
    names = np.array([one.direction for one in answered])
    margins = np.array([one.margin for one in answered])
    answerable = np.array([float(one.is_answerable) for one in answered])
    is_right = np.array([float(one.is_right) for one in answered])
    _check(names, answerable)
    probe = _probe(answered, answerable, names)
    lines: dict[str, Line] = {}
    planes: dict[str, Plane] = {}
    right: dict[str, Line] = {}
    found, told = {}, []
    for name in DIRECTIONS:
        own = names == name
        lines[name] = _line(margins[own], answerable[own])
        odds, of = lines[name][0] * margins[own] + lines[name][1], answerable[own]
        told.append(f"{name} {own.sum()} rows, area under the curve {area(odds, of):.3f}")
        if probe:
            (slope, of_probe), intercept = logistic(np.column_stack([margins, probe.held_out])[own], of, RIDGE)
            planes[name] = float(slope), float(of_probe), intercept
            odds = slope * margins[own] + of_probe * probe.held_out[own] + intercept
            told[-1] += f", with the probe {area(odds, of):.3f}"
        right[name] = _line(odds, is_right[own])
        middle = _threshold(right[name], math.log(of.sum() / (1 - of).sum()))
        found[name] = around(middle, odds[of == 1], odds[of == 0])
        found[name][Care.CAUTIOUS] = max(found[name][Care.CAUTIOUS], _even(right[name]))
    return Answerability(
        thresholds={language: found[language.value] for language in Language},
        across=found[direction(*Language)],
        weights=probe.weights.astype(np.float32) if probe else None,
        bias=probe.bias if probe else 0.0,
        by_margin=lines,
        by_both=planes or None,
        right_by_log_odds=right,
        provenance=f"{provenance}; {'; '.join(told)}",
    )


def _check(names: Any, answerable: Array) -> None:
    """Whether there are enough rows of each direction that have an answer, and that have none."""
    for name in DIRECTIONS:
        counts = [int((answerable[names == name] == kind).sum()) for kind in (1, 0)]
        if min(counts) < LEAST:
            raise EvaluationError(
                f"To calibrate, {LEAST} answerable and {LEAST} unanswerable questions in each direction are the least; "
                f"for {name} there are {counts[0]} and {counts[1]}."
            )


def _probe(answered: Sequence[Answered], answerable: Array, names: Any) -> Probe | None:
    """A probe of the hidden states, where all are known."""
    if not all(len(one.hidden) for one in answered):
        return None
    features = np.array([one.hidden for one in answered], np.float64)
    return fit_probe(features, answerable, [one.article for one in answered], names)


def _threshold(right: Line, prior: float) -> float:
    """The log-odds at which an answer is as likely right as there would be none if half of the questions had one.

    By the fitted lines, which meet there: where most of some hundred rows were decided rightly moves by half a unit
    with the rows.

    Args:
        right: how likely an answer with some log-odds is right.
        prior: log-odds that a row has an answer.
    """
    slope, intercept = right
    return max(-FARTHEST, min(FARTHEST, (prior - intercept) / (1 + slope))) if slope > -1 else FARTHEST


def _even(right: Line) -> float:
    """The log-odds from which an answer is likelier right than not."""
    slope, intercept = right
    return -intercept / slope if slope > 0 else FARTHEST


def _line(values: Array, outcomes: Array) -> Line:
    weights, intercept = logistic(values[:, None], outcomes, RIDGE)
    return float(weights[0]), intercept


def _sample(lessons: Sequence[Lesson], size: int | None, seed: int) -> list[Lesson]:
    """About `size` lessons of each direction, most articles' together; all of them for None."""
    by_article: dict[tuple[str, str, Language], list[Lesson]] = defaultdict(list)
    for lesson in lessons:
        by_article[lesson.article, lesson.title, lesson.language].append(lesson)
    groups = list(by_article.values())
    random.Random(seed).shuffle(groups)  # noqa: S311
    taken: dict[str, int] = defaultdict(int)
    chosen: list[Lesson] = []
    for group in groups:
        for lesson in group:
            name = direction(question_language(lesson.question), lesson.language)
            if size is None or taken[name] < size:
                taken[name] += 1
                chosen.append(lesson)
    return chosen


def _with_windows(lessons: Sequence[Lesson], window_tokens: int) -> Iterator[tuple[Lesson, Window]]:
    """The lessons with what is to be read for them; those on articles of several windows are left out."""
    for lesson in lessons:
        with suppress(ArticleError):
            window, *others = windows_of(parse_article(lesson.article, lesson.title), lesson.language, window_tokens)
            if not others:
                yield lesson, window


def _direction(lesson: Lesson, window: Window) -> str:
    return direction(question_language(lesson.question), window[0].sentence.language)


def _answered(
    model: ChatModel, rows: Sequence[tuple[Lesson, Window]], settings: Settings, on_row: Callable[[int, int], None]
) -> Iterator[Answered]:
    """The lessons asked."""
    manner = Pointing(settings.without)
    for number, (lesson, window) in enumerate(rows, start=1):
        on_row(number, len(rows))
        query = Query.of(lesson.question)
        generation = model.generate(
            manner.messages(lesson.question, query, window, lesson.before),
            settings.answer_tokens,
            allows=manner.guard(query, window),
            refusal=manner.refusal(query.language),
            read=manner.read(window, query.language),
        )
        written = whole_text(generation)
        if generation.reading:
            name = _direction(lesson, window)
            is_right = _is_right(written, lesson, window)
            made = generation.reading
            yield Answered(name, made.margin, lesson.words is not None, is_right, lesson.article, made.hidden)


def _is_right(written: str, lesson: Lesson, window: Window) -> bool:
    words, _ = Stretches(window).split(written)
    return lesson.words is not None and holds(words, lesson.words)
