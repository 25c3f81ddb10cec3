"""Fits the probe of `answering/answerability.py` to a model, from questions that an article answers and others.

Ridge logistic regression on the model's hidden state when it has read the answer prompt. The penalty and the
thresholds are chosen on folds that share no article with what they are fitted to.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from assistant.answering.answerability import Answerability
from assistant.answering.prompts import answer_messages
from assistant.answering.refusals import NOT_STATED
from assistant.answering.windows import as_passage, windows_of
from assistant.errors import EvaluationError
from assistant.library.article import parse_article
from assistant.measuring.scoring import GoldRow, read_gold_rows
from assistant.model.protocol import ChatModel, Reading
from assistant.settings import Care
from assistant.text.language import Language, question_language

__all__ = [
    "Observation",
    "Probe",
    "area",
    "around",
    "calibrate",
    "command",
    "fit",
    "fit_probe",
    "logistic",
    "observe",
]

FOLDS = 5
PENALTIES = (10.0, 100.0, 300.0, 1000.0, 3000.0, 10000.0)
"""Ridge penalties tried, for standardised features."""
CAUTIOUS_REFUSED = 0.9
"""Share of the unanswerable questions that the cautious threshold refuses."""
FORTHCOMING_ANSWERED = 0.95
"""Share of the answerable questions that the forthcoming threshold lets through."""
LENGTHENED = 4
"""Of so many articles, one is read between paragraphs of others: readers ask about more than a paragraph."""
ANSWERABLE_SHARE = 0.6
"""Share of readers' questions taken to have an answer, for the balanced threshold."""
ANSWERABLE_SHARE_ACROSS = 0.55
"""The same where question and article differ in language: there, answers are wrong more often."""
ADDED = 3
"""Most paragraphs added to such an article."""
Array = np.ndarray[Any, np.dtype[np.float64]]


def calibrate(
    model: ChatModel,
    data: Sequence[Path],
    window_tokens: int,
    on_row: Callable[[int, int], None],
    *,
    size: int | None,
    seed: int,
) -> Answerability:
    """The probe for `model` from the rows of the files `data`, or from about `size` of them.

    Raises:
        EvaluationError: the file can't be read, or has too few rows of a kind.
        ModelError: the model can't be run.
    """
    rows = _lengthened(_sample([row for path in data for row in read_gold_rows(path).values()], size, seed), seed)
    _check([(question_language(row.question), row.answerable, row.article) for row in rows])
    observations = observe(model, rows, window_tokens, on_row)
    return fit(observations, command(model, data, size, seed))


def command(model: ChatModel, data: Sequence[Path], size: int | None, seed: int) -> str:
    """The command that calibrates `model` so, as its provenance tells it."""
    files = " ".join(path.name for path in data)
    chosen = "" if size is None else f" --sample {size} --seed {seed}"
    return f"assistant calibrate {files}{chosen} --model {model.name}"


def _sample(rows: Sequence[GoldRow], size: int | None, seed: int) -> list[GoldRow]:
    """About `size` rows, in equal parts of each language: articles by chance, with all their questions.

    An article is read once for all of its questions, so those with answerable and unanswerable ones are taken.
    """
    by_article: dict[str, list[GoldRow]] = {}
    for row in rows:
        by_article.setdefault(row.article, []).append(row)
    articles = sorted(by_article.values(), key=lambda group: group[0].id)
    if size is None:
        return [row for group in articles for row in group]
    articles = [group for group in articles if len({row.answerable for row in group}) == 2]
    random.Random(seed).shuffle(articles)  # noqa: S311
    chosen: list[GoldRow] = []
    for language in Language:
        own: list[GoldRow] = []
        for group in articles:
            if group[0].language is language and len(own) < size / len(Language):
                own.extend(group)
        chosen.extend(own)
    return chosen


def _lengthened(rows: Sequence[GoldRow], seed: int) -> list[GoldRow]:
    """`rows`, each `LENGTHENED`th article with texts of other titles before and behind it, the same for all its rows.

    Texts of its own title are left out: they might answer the questions that it doesn't.
    """
    chance = random.Random(seed)  # noqa: S311
    by_article = {row.article: row for row in rows}
    longer = {}
    for row in list(by_article.values())[LENGTHENED - 1 :: LENGTHENED]:
        others = [each.article for each in by_article.values() if each.language is row.language and _differ(each, row)]
        texts = chance.sample(others, min(chance.randint(1, ADDED), len(others)))
        texts.insert(chance.randint(0, len(texts)), row.article)
        longer[row.article] = "\n\n".join(texts)
    return [replace(row, article=longer.get(row.article, row.article)) for row in rows]


def _differ(one: GoldRow, other: GoldRow) -> bool:
    return one.article != other.article and (one.title != other.title or not one.title)


@dataclass(frozen=True, slots=True)
class Observation:
    """What the model made of one question, and whether its article answers it."""

    reading: Reading
    language: Language
    article: str
    answerable: bool


def observe(
    model: ChatModel, rows: Sequence[GoldRow], window_tokens: int, on_row: Callable[[int, int], None]
) -> list[Observation]:
    """Lets the model read each row's article and question, but for articles of more than one window.

    Raises:
        ArticleError: a row's article is in no language that the assistant reads.
        EvaluationError: the model has no hidden states to be had.
        ModelError: the model can't be run.
    """
    found = []
    for number, row in enumerate(rows, start=1):
        article = parse_article(row.article or "", row.title or "")
        language = question_language(row.question)
        window, *others = windows_of(article, language, window_tokens)
        if not others:
            messages = answer_messages(row.question, language, as_passage(window), window[0].sentence.language)
            generation = model.generate(messages, 1, refusal=NOT_STATED[language])
            for _ in generation:
                pass
            if generation.reading:
                if not generation.reading.hidden.size:
                    raise EvaluationError(
                        "This model doesn't name its layers, so it can't be calibrated; it runs without."
                    )
                found.append(Observation(generation.reading, language, article.id, row.answerable))
        on_row(number, len(rows))
    return found


def fit(observations: Sequence[Observation], provenance: str) -> Answerability:
    """The probe that tells the answerable from the others best on articles it was not fitted to.

    Raises:
        EvaluationError: a language has too few observations of either kind.
    """
    _check([(one.language, one.answerable, one.article) for one in observations])
    features = np.array([one.reading.hidden for one in observations], np.float64)
    answerable = np.array([one.answerable for one in observations], np.float64)
    languages = np.array([one.language for one in observations])
    probe = fit_probe(features, answerable, [one.article for one in observations], languages)
    by_language = [(probe.held_out[languages == one], answerable[languages == one]) for one in Language]
    return Answerability(
        thresholds={one: thresholds(*own, ANSWERABLE_SHARE) for one, own in zip(Language, by_language, strict=True)},
        across=_mean([thresholds(*own, ANSWERABLE_SHARE_ACROSS) for own in by_language]),
        weights=probe.weights.astype(np.float32),
        bias=probe.bias,
        provenance=f"{provenance}; {len(observations)} rows, ridge penalty {probe.penalty:g}, "
        f"area under the curve on held-out articles {_ranking(probe.held_out, answerable, languages):.3f}",
    )


@dataclass(frozen=True, slots=True)
class Probe:
    """A linear probe of hidden states."""

    weights: Array
    """Of shape (width,)."""
    bias: float
    penalty: float
    held_out: Array
    """Log-odds of each row by probes that were fitted to other articles, of shape (rows,)."""


def fit_probe(features: Array, answerable: Array, articles: Sequence[str], kinds: Any) -> Probe:
    """The probe whose penalty ranks best on articles it was not fitted to, as the mean over the `kinds` of rows.

    Args:
        features: of shape (rows, width).
    """
    folds = _folds(articles)
    scores = {penalty: _held_out(features, answerable, folds, penalty) for penalty in PENALTIES}
    best = max(PENALTIES, key=lambda penalty: _ranking(scores[penalty], answerable, kinds))
    return Probe(*logistic(features, answerable, best), best, scores[best])


def _check(rows: Sequence[tuple[Language, bool, str]]) -> None:
    """Whether there are enough: each row's language, whether its question is answerable, and its article."""
    for language in Language:
        kinds = [answerable for own, answerable, _ in rows if own is language]
        if min(kinds.count(True), kinds.count(False)) < 2 * FOLDS:
            raise EvaluationError(
                f"To calibrate, {2 * FOLDS} answerable and {2 * FOLDS} unanswerable questions in each language are the "
                f"least, better hundreds; in {language.value} there are {kinds.count(True)} and {kinds.count(False)}."
            )
    if len({article for _, _, article in rows}) < 2 * FOLDS:
        raise EvaluationError(f"To calibrate, questions on at least {2 * FOLDS} articles are needed.")


def _folds(articles: Sequence[str]) -> Array:
    """A fold for each observation, the same for all of an article."""
    numbers = {article: number for number, article in enumerate(dict.fromkeys(articles))}
    return np.array([numbers[article] % FOLDS for article in articles])


def _held_out(features: Array, answerable: Array, folds: Array, penalty: float) -> Array:
    """Log-odds of each observation by the probe fitted to the other folds."""
    scores = np.empty(len(answerable))
    for fold in range(FOLDS):
        held = folds == fold
        weights, bias = logistic(features[~held], answerable[~held], penalty)
        scores[held] = features[held] @ weights + bias
    return scores


def logistic(features: Array, answerable: Array, penalty: float) -> tuple[Array, float]:
    """Weights (width,) and bias of a ridge logistic regression, for the features as they are.

    Newton's method (iteratively reweighted least squares; Hastie, Tibshirani & Friedman 2009, section 4.4.1) on
    standardised features.
    """
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-6
    design = np.column_stack([(features - mean) / scale, np.ones(len(features))])
    penalties = np.append(np.full(features.shape[1], penalty), 1e-6)
    weights = np.zeros(design.shape[1])
    for _ in range(25):
        chances = 1 / (1 + np.exp(-design @ weights))
        gradient = design.T @ (chances - answerable) + penalties * weights
        spread = np.maximum(chances * (1 - chances), 1e-6)
        hessian = (design * spread[:, None]).T @ design
        hessian[np.diag_indices_from(hessian)] += penalties
        step = np.linalg.solve(hessian, gradient)
        weights -= step
        if abs(step).max() < 1e-6:
            break
    own = weights[:-1] / scale
    return own, float(weights[-1] - own @ mean)


def _ranking(scores: Array, answerable: Array, kinds: Any) -> float:
    """Area under the curve, as the mean over the kinds of rows."""
    areas = [area(scores[kinds == one], answerable[kinds == one]) for one in sorted(set(kinds))]
    return sum(areas) / len(areas)


def area(scores: Array, answerable: Array) -> float:
    """Chance that an answerable question scores above one that isn't (Mann & Whitney 1947)."""
    above = scores[answerable == 1][:, None] - scores[answerable == 0][None, :]
    return float(((above > 0) + 0.5 * (above == 0)).mean())


def thresholds(scores: Array, answerable: Array, share: float) -> dict[Care, float]:
    """By care: most refused at `CAUTIOUS_REFUSED`; most decided rightly, if `share` have an answer; most answered."""
    yes, no = scores[answerable == 1], scores[answerable == 0]
    return around(_best(scores, answerable, share), yes, no)


def _best(scores: Array, answerable: Array, share: float) -> float:
    """The threshold by which most is decided rightly."""
    yes, no = scores[answerable == 1], scores[answerable == 0]
    candidates = np.quantile(scores, np.linspace(0.02, 0.98, 193))
    right = [share * (yes >= candidate).mean() + (1 - share) * (no < candidate).mean() for candidate in candidates]
    smooth = np.convolve(right, np.ones(9) / 9, mode="valid")
    return float(candidates[4 + int(smooth.argmax())])


def around(middle: float, yes: Array, no: Array) -> dict[Care, float]:
    """Thresholds around one by the scores of what has an answer and what has none."""
    return {
        Care.CAUTIOUS: max(middle, float(np.quantile(no, CAUTIOUS_REFUSED))),
        Care.BALANCED: middle,
        Care.FORTHCOMING: min(middle, float(np.quantile(yes, 1 - FORTHCOMING_ANSWERED))),
    }


def _mean(rows: Sequence[dict[Care, float]]) -> dict[Care, float]:
    """For questions across languages, of which there are none to fit to."""
    return {care: sum(row[care] for row in rows) / len(rows) for care in Care}
