"""A linear classifier of texts: by their vectors, and by stretches of a few characters.

Multinomial logistic regression (Hastie, Tibshirani & Friedman 2009, section 4.4); the stretches share columns by their
hashes (Weinberger et al. 2009, "Feature Hashing for Large Scale Multitask Learning"). How one is fitted is for
`measuring/intents.py`.
"""

import base64
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import ModelError
from assistant.library.embedding import Vectors
from assistant.text.language import fold

__all__ = ["LinearClassifier", "features", "load_classifier"]

COLUMNS = 2048
"""Those of the stretches."""
LENGTHS = (1, 2, 3, 4)
"""Characters of a stretch."""
SCALE = 8.0
"""What a stretch weighs beside a value of the vector, which are about 1 when the vectors are standardised."""
Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class LinearClassifier:
    """Weights of shape (labels, features) and biases of shape (labels,)."""

    labels: tuple[str, ...]
    weights: Array
    bias: Array
    provenance: str = ""

    def chances(self, text: str, vector: Vectors) -> dict[str, float]:
        """How likely each label is for a text with this vector, of shape (dimensions,); they sum to 1."""
        scores = self.weights @ features(text, vector) + self.bias
        shares = np.exp(scores - scores.max())
        return dict(zip(self.labels, (shares / shares.sum()).tolist(), strict=True))

    def save(self, path: Path) -> None:
        """Writes it as JSON, the weights as base64 of float16."""
        record = {
            "provenance": self.provenance,
            "labels": self.labels,
            "bias": [round(float(value), 4) for value in self.bias],
            "weights": base64.b64encode(self.weights.astype("<f2").tobytes()).decode(),
        }
        path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def load_classifier(path: Path) -> LinearClassifier:
    """What `save` wrote to `path`.

    Raises:
        ModelError: the file can't be read or is broken.
    """
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        labels, bias = tuple(record["labels"]), np.array(record["bias"], np.float32)
        if bias.shape != (len(labels),) or not all(isinstance(label, str) for label in labels):
            raise ValueError("labels and biases don't fit")
        weights = np.frombuffer(base64.b64decode(record["weights"]), "<f2").astype(np.float32)
        return LinearClassifier(labels, weights.reshape(len(labels), -1), bias, record["provenance"])
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise ModelError(
            "{path} can't be read ({reason}). It is part of the assistant: get it anew.", path=path, reason=repr(error)
        ) from error


def features(text: str, vector: Vectors) -> Array:
    """The vector of a text, and behind it how often it has each stretch of characters, of shape (features,)."""
    folded = f"^{fold(text)}$"
    columns = np.zeros(COLUMNS, np.float32)
    for stretch in _stretches(folded):
        columns[zlib.crc32(stretch.encode(errors="replace")) % COLUMNS] += 1
    return np.concatenate([vector, SCALE * np.log1p(columns) / np.sqrt(np.float32(len(folded)))])


def _stretches(text: str) -> Iterable[str]:
    return (text[at : at + length] for length in LENGTHS for at in range(len(text) - length + 1))
