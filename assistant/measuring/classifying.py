"""Fits linear classifiers of texts (`answering/linear.py`)."""

import numpy as np
from numpy.typing import NDArray

from assistant.answering.linear import LinearClassifier

__all__ = ["fit_classifier"]

PENALTY = 3e-3
"""Ridge penalty, for standardised vectors: the best of 1e-3, 3e-3, 1e-2 on held-out rows."""
STEPS, RATE = 400, 0.03
"""Those of Adam (Kingma & Ba 2015), on all rows at once."""
Array = NDArray[np.float32]


def fit_classifier(
    design: Array, numbers: NDArray[np.int64], labels: tuple[str, ...], provenance: str, width: int
) -> LinearClassifier:
    """A classifier fitted to rows of features, of shape (rows, features).

    Args:
        numbers: that of the label of each.
        width: columns of the vector, which are standardised; those behind it are as they are.
    """
    mean, scale = design.mean(0), design.std(0) + 1e-6
    mean[width:], scale[width:] = 0, 1
    inputs, wanted = (design - mean) / scale, np.eye(len(labels), dtype=np.float32)[numbers]
    inputs = np.column_stack([inputs, np.ones(len(inputs), np.float32)])
    weights, first, second = (np.zeros((inputs.shape[1], len(labels)), np.float32) for _ in range(3))
    for step in range(1, STEPS + 1):
        scores = inputs @ weights
        shares = np.exp(scores - scores.max(1, keepdims=True))
        shares /= shares.sum(1, keepdims=True)
        slope = inputs.T @ (shares - wanted) / len(inputs)
        slope[:-1] += PENALTY * weights[:-1]
        first = 0.9 * first + 0.1 * slope
        second = 0.999 * second + 0.001 * slope**2
        weights -= RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    own = weights[:-1].T / scale
    return LinearClassifier(labels, own, weights[-1] - own @ mean, provenance)
