"""Decides, before an answer begins, whether the article answers the question.

A model that has read article and question holds this in its hidden states, where a linear probe finds it (Slobodkin
et al. 2023, "The Curious Case of Hallucinatory (Un)answerability", arXiv:2310.11877), at no further pass of the model.
A taught one also says so itself, by the margin by which it prefers an answer to a refusal. Both together are a
log-odds for each direction (the asker's language and the article's), fitted on rows that the model wasn't taught; where
its hidden states aren't known, as those of a server, the margin alone is.

`measuring/calibration.py` fits a probe for a model, `measuring/margins.py` that and the margin for a taught one;
without either, the margin decides as it is.
"""

import base64
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import ModelError
from assistant.model.protocol import Reading
from assistant.settings import Care
from assistant.text.language import Language

if TYPE_CHECKING:
    import numpy as np

    Vector = np.ndarray[Any, np.dtype[np.float32]]

__all__ = ["ACROSS", "UNCALIBRATED", "Answerability", "Line", "Plane", "direction", "load_answerability"]

ACROSS = "across"
"""The direction of questions on an article in the other language; the others are called by their language's code."""
Line = tuple[float, float]
"""Slope and intercept of log-odds by something else."""
Plane = tuple[float, float, float]
"""Slopes and intercept of log-odds by two things."""


@dataclass(frozen=True, slots=True)
class Answerability:
    """A probe: log-odds that the article answers the question, and the thresholds that they are held against."""

    thresholds: Mapping[Language, Mapping[Care, float]]
    """For questions on an article in their own language."""
    weights: "Vector | None" = None
    """Weights of the hidden state, float32 of shape (width,); None: the margin alone counts."""
    bias: float = 0.0
    provenance: str = ""
    """What the probe was made from, with the command that made it."""
    across: Mapping[Care, float] | None = None
    """For questions on an article in the other language; None: the means of the others."""
    by_margin: Mapping[str, Line] | None = None
    """Log-odds that there is an answer by the margin alone, for each direction."""
    by_both: Mapping[str, Plane] | None = None
    """The same by the margin and by what the probe makes of the hidden state."""
    right_by_log_odds: Mapping[str, Line] | None = None
    """Log-odds that an answer that was given was right, by those, for each direction."""

    def log_odds(self, reading: Reading, question: Language, article: Language) -> float:
        """Log-odds that there is an answer; for the uncalibrated, the margin in logits.

        Raises:
            ModelError: the probe was made for another model.
        """
        name = direction(question, article)
        if self.weights is None or (self.by_margin and not reading.hidden.size):
            return _on(self.by_margin[name], reading.margin) if self.by_margin else reading.margin
        if self.weights.shape != reading.hidden.shape:
            raise ModelError(
                "The calibration has {weights} weights, the model {values} values; "
                "it was made for another model. Make one with `assistant calibrate`.",
                weights=self.weights.shape[0],
                values=reading.hidden.shape[0],
            )
        probed = self.bias + float(self.weights @ reading.hidden)
        return _on(self.by_both[name], reading.margin, probed) if self.by_both else probed

    def right_of_100(self, log_odds: float, question: Language, article: Language) -> int | None:
        """Of 100 answers with these log-odds, how many were right where that was measured; None where it wasn't."""
        if not self.right_by_log_odds:
            return None
        odds = _on(self.right_by_log_odds[direction(question, article)], log_odds)
        return round(50 * (1 + math.tanh(odds / 2)))

    def threshold(self, question: Language, article: Language, care: Care) -> float:
        """The log-odds from which a question in one language, on an article in the same or the other, is answered."""
        if question is not article and self.across:
            return self.across[care]
        return (self.thresholds[question][care] + self.thresholds[article][care]) / 2

    def save(self, path: Path) -> None:
        """Writes the probe as JSON, its weights as base64 of float16."""
        record: dict[str, Any] = {
            "provenance": self.provenance,
            "thresholds": {
                language.value: {care.value: round(value, 3) for care, value in row.items()}
                for language, row in self.thresholds.items()
            },
            "across": {care.value: round(value, 3) for care, value in (self.across or {}).items()},
            "by_margin": _rounded(self.by_margin),
            "by_both": _rounded(self.by_both),
            "right_by_log_odds": _rounded(self.right_by_log_odds),
            "bias": self.bias,
            "weights": "" if self.weights is None else base64.b64encode(self.weights.astype("<f2").tobytes()).decode(),
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def direction(question: Language, article: Language) -> str:
    """What questions in one language on articles in the same or the other are called together."""
    return question.value if question is article else ACROSS


def _on(of: Sequence[float], *at: float) -> float:
    """Where a line or a plane is at a place."""
    *slopes, intercept = of
    return sum(slope * value for slope, value in zip(slopes, at, strict=True)) + intercept


def _rounded(lines: Mapping[str, Sequence[float]] | None) -> dict[str, list[float]]:
    return {name: [round(value, 4) for value in line] for name, line in (lines or {}).items()}


def _numbers(record: Any, count: int) -> dict[str, Any] | None:
    """The lines or planes of a record, of so many numbers, one for each direction; or none."""
    if not record:
        return None
    names = {direction(one, other) for one in Language for other in Language}
    found = {name: tuple(map(float, record[name])) for name in names}
    if not all(len(one) == count and all(map(math.isfinite, one)) for one in found.values()):
        raise ValueError("a line that leads nowhere")
    return found


UNCALIBRATED = Answerability(
    {language: {Care.CAUTIOUS: 5.0, Care.BALANCED: 3.0, Care.FORTHCOMING: 0.0} for language in Language}
)
"""For models without a calibration: an answer must be likelier than a refusal by so much, in logits."""


def load_answerability(path: Path) -> Answerability:
    """The probe that `save` wrote to `path`.

    Raises:
        ModelError: the file can't be read or is broken.
    """
    import numpy as np

    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        encoded = base64.b64decode(record["weights"])
        found = Answerability(
            thresholds={
                language: {care: float(record["thresholds"][language.value][care.value]) for care in Care}
                for language in Language
            },
            across=record["across"] and {care: float(record["across"][care.value]) for care in Care},
            weights=np.frombuffer(encoded, "<f2").astype(np.float32) if encoded else None,
            by_margin=_numbers(record.get("by_margin"), 2),
            by_both=_numbers(record.get("by_both"), 3) if encoded else None,
            right_by_log_odds=_numbers(record.get("right_by_log_odds"), 2),
            bias=float(record["bias"]),
            provenance=str(record["provenance"]),
        )
        cares = [*found.thresholds.values(), found.across or {}]
        numbers = [found.bias, *(value for row in cares for value in row.values())]
        if not (np.isfinite(numbers).all() and (found.weights is None or np.isfinite(found.weights).all())):
            raise ValueError("a number without end")
        return found
    except (OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ModelError(
            "The calibration {path} can't be read ({reason}). Remove it, or make another with `assistant calibrate`.",
            path=path,
            reason=repr(error),
        ) from error
