"""Rates with their intervals, known values held; rows missing, of others, and beside a baseline; both renderings."""

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import EvaluationError
from assistant.measuring.report import Report, balanced, make_report, wilson

ARTICLE = "The ferry Sazanami carries 240 people. 船は8時に出ます。"
CARRIES, LEAVES = "The ferry Sazanami carries 240 people.", "船は8時に出ます。"


def _gold(id_: str, task: str, *answers: str, language: str = "en") -> dict[str, Any]:
    fields = {"id": id_, "task": task, "question_lang": language, "answerable": bool(answers), "article": ARTICLE}
    return fields | {"question": "?", "answers": answers}


def _answered(id_: str, answer: str, *citations: str, times: tuple[float | None, ...] = (), **more: Any) -> Any:
    names = ("evidence_ms", "first_token_ms", "total_ms")
    return {
        "id": id_,
        "answer": answer,
        "refused": answer == "The article does not say.",
        "citations": [{"text": text, "start": 0, "end": len(text), "language": "en"} for text in citations],
        "timings": dict(zip(names, times, strict=False)),
    } | more


REFUSAL = "The article does not say."
ROWS = [
    _gold("1", "en", "240 people"),
    _gold("2", "en", "Sazanami"),
    _gold("3", "en", "Sazanami"),
    _gold("4", "ja", "8時", language="ja"),
    _gold("5", "refuse"),
    _gold("6", "refuse"),
    _gold("7", "refuse"),
]
OURS = [
    _answered("1", "It carries 240 people. [1]", CARRIES, times=(10, 100, 1000), model="small-1b"),
    _answered("2", "It is the Shiosai, with 99 seats.", LEAVES, "Made up.", times=(20, 200, 2000), model="small-1b"),
    _answered("3", REFUSAL, times=(30, None, 300), model="small-1b"),
    _answered("4", "８時に出ます。", LEAVES, times=(40, 400, 4000), model="small-1b"),
    _answered("5", REFUSAL, times=(50, None, 500), model="small-1b"),
    _answered("6", "船です。", times=(60, 600, 6000), model="small-1b"),
]
BASELINE = [
    _answered("1", "500", times=(None, 1000, 4000)),
    _answered("2", "Sazanami", times=(None, 1000, 4000)),
    _answered("5", "240", times=(None, 1000, 0)),
    _answered("6", REFUSAL, times=(None, None, 6000)),
    _answered("7", REFUSAL, times=(None, None, 8000)),
]


def _write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return _write(tmp_path / "data.jsonl", ROWS)


@pytest.fixture
def report(data: Path, tmp_path: Path) -> Report:
    ours = _write(tmp_path / "ours.jsonl", [*OURS, _answered("foreign", "240")])
    return make_report(data, ours, baseline=_write(tmp_path / "base.jsonl", BASELINE))


def _counts(rates: Any) -> dict[str, tuple[int, int]]:
    return {name: (rate.right, rate.of) for name, rate in rates.items()}


@pytest.mark.parametrize(
    ("right", "of", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (5, 10, 0.2366, 0.7634),
        (1, 1, 0.2065, 1.0),
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, Statistics in Medicine 17, table I
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_published_wilson_intervals(right: int, of: int, low: float, high: float) -> None:
    assert wilson(right, of) == pytest.approx((low, high), abs=5e-5)


def test_balanced_is_the_mean_of_both_rates_and_always_the_same() -> None:
    answerable, unanswerable = [True] * 60 + [False] * 40, [True] * 10 + [False] * 40
    first = balanced(answerable, unanswerable)
    assert first == balanced(answerable, unanswerable)
    assert first.rate == pytest.approx(0.4)
    # normal approximation: 1.96 · √(0.6·0.4/100 + 0.2·0.8/50) / 2 = 0.073
    assert (first.low, first.high) == pytest.approx((0.327, 0.473), abs=0.01)
    assert (first.right, first.of) == (None, None)


def test_balanced_without_a_doubt_has_no_width() -> None:
    rate = balanced([False] * 5, [True])
    assert (rate.low, rate.rate, rate.high) == (0.5, 0.5, 0.5)


def test_rates_over_all_rows_that_were_answered(report: Report) -> None:
    assert (report.overall.rows, report.data_rows, report.extra) == (6, 7, 1)
    assert _counts(report.overall.rates) == {
        "answerable_right": (2, 4),
        "unanswerable_refused": (1, 2),
        "balanced": (None, None),
        "wrongly_refused": (1, 4),
        "answered_wrongly": (1, 4),
        "language_kept": (5, 6),
        "figures_grounded": (3, 4),
        "cited": (3, 4),
        "verbatim": (3, 4),
        "gold_cited": (2, 3),
    }
    rate = report.overall.rates["gold_cited"]
    assert (rate.low, rate.high) == wilson(2, 3)
    assert report.overall.rates["balanced"].rate == 0.5


def test_rates_of_each_task(report: Report) -> None:
    assert list(report.tasks) == ["en", "ja", "refuse"]
    assert _counts(report.tasks["refuse"].rates) == {
        "unanswerable_refused": (1, 2),
        "language_kept": (1, 2),
        "figures_grounded": (1, 1),
        "cited": (0, 1),
    }
    assert report.tasks["en"].rows == 3
    assert report.tasks["en"].rates["answerable_right"].of == 3


def test_times_skip_rows_without_them(report: Report) -> None:
    times = {name: (one.rows, one.median, one.p95) for name, one in report.times.items()}
    assert times == {"evidence_ms": (6, 40, 60), "first_token_ms": (4, 400, 600), "total_ms": (6, 2000, 6000)}


def test_the_95th_percentile_of_many(tmp_path: Path) -> None:
    rows = [_gold(str(number), "en", "240") for number in range(100)]
    given = [_answered(str(number), "240", times=(float(number),)) for number in reversed(range(100))]
    report = make_report(_write(tmp_path / "d", rows), _write(tmp_path / "p", given))
    assert (report.times["evidence_ms"].median, report.times["evidence_ms"].p95) == (50, 95)
    assert list(report.times) == ["evidence_ms"]


def test_the_baseline_is_compared_on_the_rows_that_both_have(report: Report) -> None:
    comparison = report.comparison
    assert comparison is not None
    overall = comparison.overall
    assert (overall.ours.rows, overall.baseline.rows) == (4, 4)
    assert _counts(overall.ours.rates)["answerable_right"] == (1, 2)
    assert _counts(overall.baseline.rates)["answerable_right"] == (1, 2)
    assert overall.differences["answerable_right"] == 0
    assert overall.differences["cited"] == pytest.approx(2 / 3)
    assert overall.differences["language_kept"] == pytest.approx(-1 / 4)
    assert "verbatim" in overall.ours.rates
    assert "verbatim" not in overall.baseline.rates
    assert "verbatim" not in overall.differences
    assert list(comparison.tasks) == ["en", "refuse"]
    assert comparison.total_ms_ratio == 0.5  # of 1/4, 2/4 and 6/6; none over a time of 0


def test_without_times_there_is_no_ratio(data: Path, tmp_path: Path) -> None:
    given = _write(tmp_path / "p", [_answered("1", "240")])
    report = make_report(data, given, baseline=given)
    assert report.comparison is not None
    assert report.comparison.total_ms_ratio is None
    assert report.times == {}
    assert "Whole answer" not in report.as_markdown()


def test_the_model_is_named_where_predictions_carry_it(report: Report, data: Path, tmp_path: Path) -> None:
    assert report.model == "small-1b"
    assert report.comparison is not None
    assert report.comparison.model is None
    both = [_answered("1", "240", model="b"), _answered("2", "x", model="a"), _answered("4", "8時", model="b")]
    assert make_report(data, _write(tmp_path / "p", both)).model == "a, b"


def test_json_holds_numbers_and_survives_writing(report: Report) -> None:
    content = json.loads(json.dumps(report.as_json(), allow_nan=False))
    assert content == report.as_json()
    rate = content["overall"]["rates"]["answerable_right"]
    assert list(rate) == ["right", "of", "rate", "low", "high"]
    assert (rate["right"], rate["of"], rate["rate"], rate["low"], rate["high"]) == (2, 4, 0.5, *wilson(2, 4))
    assert content["overall"]["rates"]["balanced"]["of"] is None
    assert content["tasks"]["ja"]["rows"] == 1
    assert content["times"]["total_ms"] == {"rows": 6, "median": 2000, "p95": 6000}
    assert content["comparison"]["overall"]["differences"]["answerable_right"] == 0
    assert (content["data_rows"], content["extra"], content["model"]) == (7, 1, "small-1b")
    assert "Wilson (1927)" in content["intervals"]


def test_markdown_shows_the_same_in_tables(report: Report) -> None:
    shown = report.as_markdown()
    lines = shown.splitlines()
    assert lines[0] == (
        "small-1b (ours.jsonl): 6 of the 7 rows of data.jsonl (predictions of other rows, left out: 1)."
    )
    assert (
        "| task | rows | answerable, right | unanswerable, refused | balanced "
        "| answerable, wrongly refused | answerable, answered wrongly |"
    ) in lines
    assert "| ja | 1 | 100.0% (20.7–100.0) of 1 | – | – | 0.0% (0.0–79.3) of 1 | 0.0% (0.0–79.3) of 1 |" in lines
    assert "| time, ms | rows | median | 95th percentile |" in lines
    assert "| first_token | 4 | 400 | 600 |" in lines
    assert "Beside base.jsonl, on the 4 rows that both have:" in lines
    assert "| all | answerable, right | 50.0% (9.5–90.5) of 2 | 50.0% (9.5–90.5) of 2 | +0.0 |" in lines
    assert "| en | answerable, right | 50.0% (9.5–90.5) of 2 | 50.0% (9.5–90.5) of 2 | +0.0 |" in lines
    assert "| all | citations verbatim | 66.7% (20.8–93.9) of 3 | – | – |" in lines
    assert lines[-1] == "Whole answer: 0.50 times the baseline's time (median over rows)."
    assert "Wilson (1927)" in shown


def test_every_table_has_as_many_cells_in_each_line(data: Path, tmp_path: Path) -> None:
    rows = [_gold("1", "a|b", "240"), _gold("2", "c", "240")]
    report = make_report(_write(tmp_path / "d", rows), _write(tmp_path / "p", OURS[:2]))
    for block in report.as_markdown().replace("\\|", "/").split("\n\n"):
        if block.startswith("|"):
            assert len({line.count("|") for line in block.splitlines()}) == 1


def test_predictions_for_no_row_are_refused(data: Path, tmp_path: Path) -> None:
    foreign, empty = _write(tmp_path / "foreign", [_answered("x", "240")]), _write(tmp_path / "empty", [])
    for path in (foreign, empty):
        with pytest.raises(EvaluationError, match=f"{path} answers no row of {data}. Name the data file"):
            make_report(data, path)
        with pytest.raises(EvaluationError, match=f"The baseline {path} has no row in common"):
            make_report(data, _write(tmp_path / "ours", OURS), baseline=path)


def test_a_broken_file_is_told_by_its_name(data: Path, tmp_path: Path) -> None:
    ours, broken = _write(tmp_path / "ours", OURS), tmp_path / "broken"
    broken.write_text('{"id": "1", "answ')
    for files in ((broken, ours, None), (data, broken, None), (data, ours, broken), (data, ours, tmp_path / "nosuch")):
        with pytest.raises(EvaluationError, match=r"(broken, line 1: not JSON|nosuch can't be read)"):
            make_report(*files[:2], baseline=files[2])
