"""What a taught model's margins mean, fitted: log-odds, thresholds and how often an answer was right, by direction."""

import json
import random
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.answering.answerability import ACROSS, Answerability, load_answerability
from assistant.errors import EvaluationError
from assistant.measuring.margins import Answered, _threshold, calibrate_margins, fit_margins
from assistant.model.protocol import Reading
from assistant.settings import Care, Settings
from assistant.text.language import Language
from tests.fake_model import FakeModel, reading

EN, JA = Language.ENGLISH, Language.JAPANESE
DIRECTIONS = ("en", "ja", ACROSS)


def _rows(count: int, shift: float = 3.0) -> list[Answered]:
    """Of answerable questions the margins are `shift` higher, and of the answers 80 in 100 right."""
    chance = random.Random(7)  # noqa: S311
    return [
        Answered(name, chance.gauss(shift * is_answerable, 1.5), is_answerable, is_answerable and chance.random() < 0.8)
        for name in DIRECTIONS
        for is_answerable in (True, False)
        for _ in range(count)
    ]


def test_more_margin_means_more_likely_and_more_often_right() -> None:
    made = fit_margins(_rows(300), "made up")
    for question, article in ((EN, EN), (JA, JA), (EN, JA)):
        odds = [made.log_odds(reading(margin), question, article) for margin in (-3.0, 0.0, 3.0, 6.0)]
        right = [made.right_of_100(one, question, article) for one in odds]
        assert odds == sorted(odds)
        assert right == sorted(right, key=lambda share: share or 0)
        assert 60 <= (right[-1] or 0) <= 100
        assert (right[0] or 0) <= 20


def _seen(rows: list[Answered], *, tells: float) -> list[Answered]:
    """The rows with hidden states, one number of which tells by `tells` whether there is an answer."""
    chance = np.random.default_rng(3)
    states = chance.normal(size=(len(rows), 12))
    states[:, 4] += [tells * row.is_answerable for row in rows]
    return [
        replace(row, hidden=state.astype(np.float32), article=str(number % 50))
        for number, (row, state) in enumerate(zip(rows, states, strict=True))
    ]


def _areas(made: Answerability) -> list[tuple[float, float]]:
    """Areas under the curve by the margin alone and with the probe, for each direction."""
    found = re.findall(r"curve ([.\d]+), with the probe ([.\d]+)", made.provenance)
    return [(float(alone), float(both)) for alone, both in found]


def test_what_hidden_states_tell_beyond_the_margin_counts() -> None:
    made = fit_margins(_seen(_rows(200, shift=1.5), tells=2.0), "made up")
    assert len(_areas(made)) == 3
    assert all(both > alone + 0.05 for alone, both in _areas(made))
    says, says_not, knows_nothing = [0.0] * 12, [0.0] * 12, [0.0] * 12
    says[4], says_not[4] = 3.0, -3.0
    for question, article in ((EN, EN), (JA, EN)):
        by_margin = made.log_odds(reading(1.0), question, article)
        odds = [made.log_odds(reading(1.0, *state), question, article) for state in (says_not, knows_nothing, says)]
        assert odds == sorted(odds)
        assert odds[0] < by_margin < odds[-1]


def test_hidden_states_that_tell_nothing_change_little() -> None:
    made = fit_margins(_seen(_rows(200), tells=0.0), "made up")
    assert all(abs(both - alone) < 0.01 for alone, both in _areas(made))


def test_where_one_state_is_not_known_the_margin_decides() -> None:
    rows = _seen(_rows(60), tells=2.0)
    made = fit_margins([replace(rows[0], hidden=()), *rows[1:]], "made up")
    assert made.weights is None
    assert made.by_both is None
    assert made.log_odds(reading(5.0, 1.0), EN, EN) == made.log_odds(reading(5.0), EN, EN)


def test_a_probe_is_kept_with_it(tmp_path: Path) -> None:
    made = fit_margins(_seen(_rows(60), tells=2.0), "made up")
    made.save(tmp_path / "kept.json")
    kept = load_answerability(tmp_path / "kept.json")
    for state in (reading(2.0, *range(12)), reading(2.0)):
        assert kept.log_odds(state, EN, JA) == pytest.approx(made.log_odds(state, EN, JA), abs=0.05)


def test_who_is_careful_is_answered_less() -> None:
    made = fit_margins(_rows(300), "made up")
    for language in Language:
        cautious, balanced, forthcoming = (made.threshold(language, language, care) for care in Care)
        assert cautious >= balanced >= forthcoming
        assert (made.right_of_100(cautious, language, language) or 0) >= 50


@pytest.mark.parametrize(
    ("right", "prior", "threshold"),
    [
        ((1.0, 0.0), 0.0, 0.0),
        ((0.8, -0.5), 0.4, 0.5),
        ((3.0, 2.0), -2.0, -1.0),
        ((0.0, -30.0), 0.0, 10.0),
        ((0.0, 30.0), 0.0, -10.0),
        ((-1.5, 0.0), 0.0, 10.0),
    ],
)
def test_who_is_balanced_is_answered_where_right_and_unanswerable_are_as_likely(
    right: tuple[float, float], prior: float, threshold: float
) -> None:
    assert _threshold(right, prior) == pytest.approx(threshold)


def test_it_is_kept_whole(tmp_path: Path) -> None:
    made = fit_margins(_rows(60), "made up")
    made.save(tmp_path / "kept.json")
    kept = load_answerability(tmp_path / "kept.json")
    for margin in (-2.0, 5.0):
        odds = made.log_odds(reading(margin), EN, JA)
        assert kept.log_odds(reading(margin), EN, JA) == pytest.approx(odds, abs=0.01)
        assert kept.right_of_100(odds, EN, JA) == made.right_of_100(odds, EN, JA)
    assert "area under the curve" in kept.provenance


def test_a_direction_with_too_few_rows_is_told_of() -> None:
    rows = [row for row in _rows(60) if row.direction != ACROSS]
    with pytest.raises(EvaluationError, match="for across there are 0 and 0"):
        fit_margins(rows, "made up")


@pytest.mark.parametrize("per_kind", [5, 19])
def test_too_few_rows_are_told_of_before_any_is_asked(tmp_path: Path, per_kind: int) -> None:
    row = {"article": "The kiln was fired 3 times.", "language": "en", "question": "How often was the kiln fired?"}
    rows = [row | {"words": words} for words in ("3 times", None) for _ in range(per_kind)]
    data = tmp_path / "rows.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    model = FakeModel("3 times")
    with pytest.raises(EvaluationError, match="for across there are 0 and 0"):
        calibrate_margins(model, [data], Settings(), lambda *_: None, size=None, seed=1)
    assert model.asked == []


class _Sure(FakeModel):
    """Points at the right words, and is sure of it, where the question is one that the article answers."""

    taught_by = "adapter"

    def generate(self, messages: object, *arguments: object, **options: object) -> object:  # type: ignore[override]
        asked = messages[-1].content  # type: ignore[index]
        self.makes = Reading(reading(0.0).hidden, -5.0 if asked.endswith("240") else 5.0)
        return super().generate(messages, *arguments, **options)  # type: ignore[arg-type]


def test_it_is_measured_on_rows_of_questions_with_the_words_that_answer(tmp_path: Path) -> None:
    rows = []
    for number in range(60):
        articles = {"en": f"Boat {number} carries 12 crates of crab.", "ja": f"{number}号船はカニを12箱運ぶ。"}
        for language, words in (("en", "12 crates"), ("ja", "12箱")):
            for question in (f"How much does boat {number} carry?", f"{number}号船は何を運びますか？"):
                row = {"article": articles[language], "language": language, "question": question, "words": words}
                rows += [row, row | {"question": f"{question} 240", "words": None}]
    data = tmp_path / "rows.jsonl"
    data.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    progress: list[int] = []
    made = calibrate_margins(
        _Sure("12 crates"), [data], Settings(), lambda done, _: progress.append(done), size=60, seed=1
    )
    assert len(progress) == 3 * 60
    assert "rows.jsonl --sample 60 --seed 1 --model fake, adapter" in made.provenance
    assert made.log_odds(reading(5.0), EN, EN) > 0 > made.log_odds(reading(-5.0), EN, EN)
