"""The commands on data files: answering the questions, the report on the answers, and the calibration of a model."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from assistant.answering.answerability import load_answerability
from assistant.answering.prompts import plain_messages
from assistant.answering.refusals import NOT_STATED, REFUSAL
from assistant.application import calibration_file
from assistant.measuring.report import make_report
from assistant.model.protocol import Message
from assistant.text.language import Language, question_language
from tests.command import Ended, Run, assert_fails
from tests.conftest import ModelSays
from tests.fake_model import UNSURE, FakeGeneration, FakeModel, reading
from tests.texts import BILINGUAL

EN, JA = Language.ENGLISH, Language.JAPANESE


def _data(folder: Path, *ids: str, article: str | None = BILINGUAL) -> Path:
    data = folder / "data.jsonl"
    fields = {} if article is None else {"article": article}
    rows = [{"id": name, "question": f"How much is roll {name}?", **fields} for name in ids]
    data.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return data


def _read(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def test_a_data_file_is_answered_and_continued(run: Run, tmp_path: Path, model_says: ModelSays) -> None:
    model = model_says("240 yen.")
    out = tmp_path / "out.jsonl"
    first = run("evaluate", _data(tmp_path, "a", "b", "c"), "--out", out, "--limit", "2")
    assert (first.code, first.out) == (0, "")
    assert first.err.endswith(f"2 rows answered, 2 of them now: {out}\n")
    second = run("evaluate", _data(tmp_path, "a", "b", "c"), "--out", out)
    assert second.err.endswith(f"3 rows answered, 1 of them now: {out}\n")
    assert [row["id"] for row in _read(out)] == ["a", "b", "c"]
    assert len(model.asked) == 3
    assert run("list").out == ""


def test_care_is_passed_on_to_the_rows(run: Run, tmp_path: Path, model_says: ModelSays) -> None:
    model_says("240 yen.", makes=reading(4.0))
    data = _data(tmp_path, "a")
    refused = {}
    for options in ((), ("--care", "cautious"), ("--care", "forthcoming")):
        out = tmp_path / "-".join(("out", *options))
        assert run("evaluate", data, "--out", out, *options).code == 0
        refused[options] = json.loads(out.read_text())["refused"]
    assert list(refused.values()) == [False, True, False]


def test_a_baseline_is_answered_by_the_usual_prompt(run: Run, tmp_path: Path, model_says: ModelSays) -> None:
    model = model_says("240 yen.", makes=UNSURE)
    assert run("evaluate", _data(tmp_path, "a"), "--out", tmp_path / "out", "--baseline").code == 0
    (row,) = _read(tmp_path / "out")
    assert (row["answer"], row["refused"], row["citations"]) == ("240 yen.", False, [])
    (asked,) = model.asked
    assert asked[0].content.startswith(plain_messages("", "")[0].content.partition("Context:")[0])


def test_an_article_may_serve_all_rows(run: Run, tmp_path: Path, file: Path, model_says: ModelSays) -> None:
    model = model_says("240 yen.")
    data = _data(tmp_path, "a", article=None)
    assert_fails(run("evaluate", data, "--out", tmp_path / "out"), "line 1: the row has no article.*--article")
    assert run("evaluate", data, "--out", tmp_path / "out", "--article", file).code == 0
    assert "A roll costs 240 yen" in model.asked[0][-1].content


def test_data_and_predictions_that_cannot_be_used_are_told(run: Run, tmp_path: Path, model_says: ModelSays) -> None:
    model_says("240 yen.")
    assert_fails(run("evaluate", tmp_path / "nosuch", "--out", tmp_path / "out"), "nosuch can't be read")
    data = _data(tmp_path, "a")
    assert_fails(run("evaluate", data, "--out", tmp_path / "no" / "out"), "can't be written: No such file")
    assert_fails(run("evaluate", data, "--out", tmp_path), str(tmp_path))


def _lines(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def _gold(id_: str, *answers: str, language: Language = EN, **more: Any) -> dict[str, Any]:
    fields = {"id": id_, "task": "facts", "question_lang": language.value, "answerable": bool(answers)}
    return fields | {"answers": answers, "article": BILINGUAL, "question": f"How much is roll {id_}?"} | more


@pytest.fixture
def answered(run: Run, tmp_path: Path, model_says: ModelSays) -> tuple[Path, Path, Path]:
    """A data file with the predictions of a model that is right on one row of two, and of a baseline on none."""
    data = _lines(tmp_path / "gold.jsonl", _gold("a", "240"), _gold("b", "210"))
    ours, theirs = tmp_path / "ours.jsonl", tmp_path / "theirs.jsonl"
    model_says("240 yen.")
    assert run("evaluate", data, "--out", ours).code == 0
    model_says("99 yen.")
    assert run("evaluate", data, "--out", theirs, "--baseline").code == 0
    return data, ours, theirs


def test_a_report_holds_the_answers_against_the_gold(run: Run, answered: tuple[Path, Path, Path]) -> None:
    data, ours, _ = answered
    made = make_report(data, ours)
    right = made.overall.rates["answerable_right"]
    assert (right.right, right.of) == (1, 2)
    assert run("report", data, ours) == Ended(0, f"{made.as_markdown()}\n", "")


def test_a_report_may_be_written_as_json_and_beside_a_baseline(
    run: Run, answered: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    data, ours, theirs = answered
    out = tmp_path / "report.json"
    made = make_report(data, ours, baseline=theirs)
    assert run("report", data, ours, "--baseline", theirs, "--json", out) == Ended(0, f"{made.as_markdown()}\n", "")
    written = json.loads(out.read_text(encoding="utf-8"))
    assert written == json.loads(json.dumps(made.as_json()))
    assert written["comparison"]["overall"]["differences"]["answerable_right"] == 0.5


def test_a_report_that_cannot_be_made_or_written_is_told(
    run: Run, answered: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    data, ours, _ = answered
    assert_fails(run("report", tmp_path / "nosuch", ours), "nosuch can't be read")
    assert_fails(run("report", data, tmp_path / "nosuch"), "nosuch can't be read")
    assert_fails(run("report", data, ours, "--baseline", data), "gold.jsonl, line 1")
    ended = run("report", data, ours, "--json", tmp_path)
    assert (ended.code, "Traceback" in ended.err) == (1, False)
    assert re.search(f"{tmp_path} can't be written: Is a directory", ended.err)


class _Knowing(FakeModel):
    """Makes of a question whether it is about a price."""

    def generate(self, messages: Sequence[Message], max_tokens: int, **held: Any) -> FakeGeneration:
        sign = 1 if re.search("price|値段", messages[-1].content.splitlines()[-1]) else -1
        self.makes = reading(0.0, sign, len(self.asked) % 3, sign + len(self.asked) % 2)
        return super().generate(messages, max_tokens, **held)


def _questions(count: int) -> list[dict[str, Any]]:
    """Two questions on each of `count` articles in each language, one of which the article answers."""
    rows = []
    for number in range(1, count + 1):
        english: dict[str, Any] = {"article": f"Baker {number} sells rolls for {number}0 yen apiece."}
        japanese: dict[str, Any] = {"article": f"パン屋{number}号のロールは{number}0円で売られている。", "language": JA}
        rows += [
            _gold(f"a{number}", f"{number}0", question="What is the price?", **english),
            _gold(f"b{number}", question="Who is the baker?", **english),
            _gold(f"c{number}", f"{number}0", question="値段はいくらですか？", **japanese),
            _gold(f"d{number}", question="店主は誰ですか？", **japanese),
        ]
    return rows


@pytest.fixture
def knowing(model_says: ModelSays) -> FakeModel:
    return model_says("240円です。", kind=_Knowing)


@pytest.mark.parametrize(
    ("question", "refusal"),
    [
        ("What is the price of a roll?", None),
        ("Who ate the roll?", REFUSAL[EN]),
        ("ロールの値段は？", None),
        ("ロールを食べたのは誰ですか？", REFUSAL[JA]),
    ],
)
def test_after_calibration_the_model_s_probe_decides(
    run: Run, tmp_path: Path, file: Path, knowing: FakeModel, question: str, refusal: str | None
) -> None:
    assert run("ask", question, "--file", file).out.startswith(REFUSAL[question_language(question)])
    ended = run("calibrate", _lines(tmp_path / "gold.jsonl", *_questions(12)))
    written = tmp_path / "home" / "models" / calibration_file("fake")
    assert (ended.code, ended.err.splitlines()[-1]) == (0, "48/48 rows, 0:00 left ")
    assert ended.out == f"{load_answerability(written).provenance}\nWritten: {written}\n"
    assert ended.out.startswith("assistant calibrate gold.jsonl --model fake; 48 rows")
    assert run("ask", question, "--file", file).out.startswith(refusal or "240円です。")


def test_a_calibration_reads_each_question_with_what_a_refusal_begins_with(
    run: Run, tmp_path: Path, knowing: FakeModel
) -> None:
    data = _lines(tmp_path / "gold.jsonl", *_questions(14))
    out = tmp_path / "new" / "probe.json"
    ended = run("calibrate", data, "--sample", "40", "--seed", "3", "--out", out)
    assert (ended.code, ended.out.endswith(f"Written: {out}\n")) == (0, True)
    assert "gold.jsonl --sample 40 --seed 3 --model fake; 40 rows" in load_answerability(out).provenance
    assert sorted(map(str, knowing.refusals)) == sorted([NOT_STATED[EN], NOT_STATED[JA]] * 20)
    assert set(knowing.max_tokens) == {1}
    assert not (tmp_path / "home" / "models").exists()


def test_a_calibration_that_cannot_be_made_or_written_is_told(run: Run, tmp_path: Path, knowing: FakeModel) -> None:
    assert_fails(run("calibrate", tmp_path / "nosuch"), "nosuch can't be read")
    few = run("calibrate", _lines(tmp_path / "few.jsonl", *_questions(9)), "--out", tmp_path / "out")
    assert (few.code, few.out) == (1, "")
    assert "in en there are 9 and 9" in few.err.splitlines()[-1]
    assert not (tmp_path / "out").exists()
    ended = run("calibrate", _lines(tmp_path / "gold.jsonl", *_questions(10)), "--out", tmp_path)
    assert (ended.code, ended.out) == (1, "")
    assert re.search(f"{tmp_path} can't be written: Is a directory", ended.err.splitlines()[-1])
    assert len(knowing.asked) == 0
