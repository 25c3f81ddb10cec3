"""Whether to answer at all: log-odds of a probe, thresholds, and the file that keeps them."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from assistant.answering.answerability import UNCALIBRATED, Answerability, load_answerability
from assistant.errors import ModelError
from assistant.model.protocol import Reading
from assistant.settings import Care
from assistant.text.language import Language

EN, JA = Language.ENGLISH, Language.JAPANESE
CARES = (Care.FORTHCOMING, Care.BALANCED, Care.CAUTIOUS)
THRESHOLDS = {EN: dict(zip(CARES, (-1.0, 0.0, 2.0), strict=True)), JA: dict(zip(CARES, (-3.0, 1.0, 4.0), strict=True))}


def _reading(*hidden: float, margin: float = 0.0) -> Reading:
    return Reading(np.array(hidden, np.float32), margin)


def _probe(*weights: float, bias: float = 0.0) -> Answerability:
    return Answerability(THRESHOLDS, np.array(weights, np.float32), bias, "made by hand")


def test_log_odds_are_linear_in_the_hidden_state() -> None:
    assert _probe(2, -1, 0, bias=0.5).log_odds(_reading(3, 4, 100, margin=-50), EN, EN) == 2.5


@given(st.floats(-100, 100))
def test_without_a_probe_the_margin_counts(margin: float) -> None:
    assert UNCALIBRATED.log_odds(_reading(1, 2, 3, margin=margin), EN, EN) == margin


@pytest.mark.parametrize("hidden", [(1, 2), (1, 2, 3, 4), ()])
def test_a_probe_of_another_model_is_told_with_what_to_do(hidden: tuple[float, ...]) -> None:
    with pytest.raises(ModelError, match=rf"3 weights, the model {len(hidden)} values.*assistant calibrate"):
        _probe(1, 2, 3).log_odds(_reading(*hidden), EN, EN)


@pytest.mark.parametrize(
    ("question", "article", "care", "least"),
    [
        (EN, EN, Care.FORTHCOMING, -1.0),
        (EN, EN, Care.BALANCED, 0.0),
        (EN, EN, Care.CAUTIOUS, 2.0),
        (JA, JA, Care.CAUTIOUS, 4.0),
        (JA, EN, Care.CAUTIOUS, 3.0),
        (EN, JA, Care.CAUTIOUS, 3.0),
        (EN, JA, Care.FORTHCOMING, -2.0),
    ],
)
def test_the_threshold_is_that_of_the_languages_and_the_care(
    question: Language, article: Language, care: Care, least: float
) -> None:
    assert _probe(1).threshold(question, article, care) == least


@given(st.sampled_from(Language), st.sampled_from(Language))
def test_more_care_never_has_a_lower_threshold(question: Language, article: Language) -> None:
    thresholds = [UNCALIBRATED.threshold(question, article, care) for care in CARES]
    assert thresholds == sorted(thresholds)


def test_without_a_probe_an_answer_must_be_at_least_as_likely_as_a_refusal() -> None:
    for language in Language:
        for care in Care:
            assert 0 <= UNCALIBRATED.threshold(language, language, care) < 20


vectors = arrays.arrays(np.float32, 8, elements=st.floats(-4, 4, width=32))


@given(vectors, vectors, st.floats(-5, 5), st.floats(-5, 5))
def test_a_probe_that_was_saved_judges_as_before(
    tmp_path_factory: pytest.TempPathFactory, weights: Any, hidden: Any, bias: float, threshold: float
) -> None:
    thresholds = {language: dict.fromkeys(Care, threshold) for language in Language}
    probe = Answerability(thresholds, weights, bias, "質問 40 rows")
    path = tmp_path_factory.getbasetemp() / "probe.json"
    probe.save(path)
    loaded = load_answerability(path)
    reading = Reading(hidden, 0.0)
    rounding = 2.0**-11 * float(abs(weights) @ abs(hidden)) + 1e-5
    assert loaded.log_odds(reading, EN, EN) == pytest.approx(probe.log_odds(reading, EN, EN), rel=0, abs=rounding)
    assert loaded.provenance == "質問 40 rows"
    assert loaded.weights is not None
    assert loaded.weights.dtype == np.float32
    for language in Language:
        assert loaded.thresholds[language] == {care: pytest.approx(threshold, abs=6e-4) for care in Care}


def test_saving_makes_the_folder_and_writes_text_that_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "probe.json"
    _probe(1, 2).save(path)
    record = json.loads(path.read_text(encoding="utf-8"))
    assert record["thresholds"] == {
        "en": {"forthcoming": -1.0, "balanced": 0.0, "cautious": 2.0},
        "ja": {"forthcoming": -3.0, "balanced": 1.0, "cautious": 4.0},
    }
    assert record["provenance"] == "made by hand"


def test_what_was_loaded_is_saved_as_it_was(tmp_path: Path) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    _probe(0.1, -7.3, bias=0.25).save(first)
    load_answerability(first).save(second)
    assert json.loads(first.read_bytes()) == json.loads(second.read_bytes())


def test_thresholds_alone_are_kept_without_a_probe(tmp_path: Path) -> None:
    UNCALIBRATED.save(tmp_path / "probe.json")
    loaded = load_answerability(tmp_path / "probe.json")
    assert loaded.weights is None
    assert loaded.thresholds == UNCALIBRATED.thresholds


@pytest.mark.parametrize(("log_odds", "right"), [(-1e6, 0), (0.0, 50), (1e6, 100)])
def test_log_odds_far_from_even_are_none_or_all_of_a_hundred(log_odds: float, right: int) -> None:
    lines = dict.fromkeys(("en", "ja", "across"), (1.0, 0.0))
    probe = Answerability(UNCALIBRATED.thresholds, right_by_log_odds=lines)
    assert probe.right_of_100(log_odds, Language.ENGLISH, Language.ENGLISH) == right


Break = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    "change",
    [
        lambda record: record.pop("weights"),
        lambda record: record.pop("bias"),
        lambda record: record.pop("provenance"),
        lambda record: record.update(weights="AAA"),
        lambda record: record.update(weights="AAAA"),
        lambda record: record.update(weights=[1, 2]),
        lambda record: record.update(bias="much"),
        lambda record: record.update(bias=None),
        lambda record: record.update(bias=float("inf")),
        lambda record: record.update(weights="AHwAAA=="),
        lambda record: record.update(across=dict.fromkeys(("cautious", "balanced", "forthcoming"), float("nan"))),
        lambda record: record.update(thresholds=3),
        lambda record: record["thresholds"].pop("ja"),
        lambda record: record["thresholds"]["en"].pop("cautious"),
        lambda record: record["thresholds"]["en"].update(balanced="high"),
        lambda record: record.update(across=[1]),
        lambda record: record.update(by_margin={"en": [1], "ja": [1, 2], "across": [1, 2]}),
        lambda record: record.update(by_both={name: [1, 2] for name in ("en", "ja", "across")}),
        lambda record: record.update(right_by_log_odds={name: [1, float("nan")] for name in ("en", "ja", "across")}),
    ],
)
def test_a_broken_calibration_is_told_with_what_to_do(tmp_path: Path, change: Break) -> None:
    path = tmp_path / "probe.json"
    _probe(1, 2).save(path)
    record = json.loads(path.read_text(encoding="utf-8"))
    change(record)
    path.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(ModelError, match=r"probe\.json can't be read .*Remove it, or make another with `assistant ca"):
        load_answerability(path)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"7", b"\xff\xfe\x00", "記事".encode("cp932")])
def test_a_file_that_is_no_calibration_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "probe.json"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="assistant calibrate"):
        load_answerability(path)


def test_a_calibration_that_is_missing_or_a_folder_is_told(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.json"):
        with pytest.raises(ModelError, match="assistant calibrate"):
            load_answerability(path)


@given(st.data())
def test_a_calibration_cut_short_is_told(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = tmp_path_factory.getbasetemp() / "cut.json"
    _probe(1, 2, 3).save(path)
    whole = path.read_bytes().strip()
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    with pytest.raises(ModelError):
        load_answerability(path)


def test_across_languages_a_threshold_of_its_own_goes_before_the_mean(tmp_path: Path) -> None:
    probe = replace(_probe(1), across=dict.fromkeys(Care, 7.0))
    probe.save(tmp_path / "probe.json")
    for each in (probe, load_answerability(tmp_path / "probe.json")):
        assert each.threshold(Language.ENGLISH, Language.JAPANESE, Care.BALANCED) == 7.0
        assert each.threshold(Language.JAPANESE, Language.JAPANESE, Care.BALANCED) != 7.0
