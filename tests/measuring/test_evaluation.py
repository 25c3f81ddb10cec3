"""Rows in, answers out, row by row: what is wrong is told with its place, and what was done is never lost."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from assistant.answering.answerability import UNCALIBRATED
from assistant.answering.answering import AnsweringAssistant
from assistant.answering.guards import Fault
from assistant.answering.prompts import plain_messages
from assistant.answering.refusals import REFUSAL
from assistant.application import Application
from assistant.errors import EvaluationError, ModelError
from assistant.library.library import Library
from assistant.library.retrieval import Retriever
from assistant.measuring.evaluation import (
    KEPT_ARTICLES,
    Row,
    check_way,
    done_ways,
    evaluate,
    read_rows,
    sample,
    way_of,
)
from assistant.model.worker import LlamaWorker
from assistant.settings import Care, Part, Settings
from assistant.text.language import Language
from tests.command import ANSWER_KEYS
from tests.fake_model import UNSURE, FakeModel, reading
from tests.texts import BILINGUAL, CHINESE, ENGLISH, OTHER

Make = Callable[[FakeModel], Application]
Evaluated = Callable[..., list[dict[str, Any]]]

ROWS = (
    Row("a", "How much does a roll cost?", BILINGUAL, "Rolls"),
    Row("b", "傘は何本借りられましたか？", OTHER, ""),
    Row("c", "How many people work there?", BILINGUAL, "Rolls"),
)


@pytest.fixture
def application_with(library: Library) -> Make:
    def make(model: FakeModel) -> Application:
        retriever = Retriever(library.store, library.embedder)
        assistant = AnsweringAssistant(
            retriever, library.article, model, UNCALIBRATED, window_tokens=700, answer_tokens=32
        )
        return Application(library, assistant, cast(LlamaWorker, model))

    return make


@pytest.fixture
def evaluated(application_with: Make, settings: Settings, tmp_path: Path) -> Evaluated:
    """What stands in the file after rows were answered by a model."""

    def evaluated(model: FakeModel, rows: Sequence[Row] = ROWS, **options: Any) -> list[dict[str, Any]]:
        evaluate(application_with(model), rows, tmp_path / "out", _ignore, **{"settings": settings} | options)
        return _written(tmp_path / "out")

    return evaluated


def _ignore(done: int, total: int) -> None:
    pass


def _file(folder: Path, *rows: object) -> Path:
    path = folder / "data.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def _row(**fields: Any) -> dict[str, Any]:
    return {"id": "a", "question": "How much?", "article": OTHER} | fields


def _written(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def test_rows_are_read_in_their_order(tmp_path: Path) -> None:
    data = _file(tmp_path, _row(title="Umbrellas", gold="640"), "", _row(id=7, title=None))
    assert read_rows(data) == (Row("a", "How much?", OTHER, "Umbrellas"), Row("7", "How much?", OTHER, ""))


def test_a_row_s_own_article_goes_before_the_one_for_all(tmp_path: Path) -> None:
    data = _file(tmp_path, _row(), {"id": "b", "question": "How much?"}, _row(id="c", article=None))
    assert [row.article for row in read_rows(data, BILINGUAL)] == [OTHER, BILINGUAL, BILINGUAL]


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85"])
def test_a_row_ends_at_a_line_feed_and_nowhere_else(tmp_path: Path, separator: str) -> None:
    written = json.dumps(_row(article=f"One.{separator}Two."), ensure_ascii=False)
    assert len(read_rows(_file(tmp_path, written))) == 1


def test_lines_may_end_as_on_windows(tmp_path: Path) -> None:
    data = tmp_path / "data.jsonl"
    data.write_bytes(b"".join(json.dumps(_row(id=number)).encode() + b"\r\n" for number in range(3)))
    assert [row.id for row in read_rows(data)] == ["0", "1", "2"]


@pytest.mark.parametrize(
    "line", ['{"id": "b", "question"', "[]", "7", '"text"', "null", '{"id": "b", "article": "x"}', "[" * 9999]
)
def test_a_line_that_is_no_row_is_told_by_its_number(tmp_path: Path, line: str) -> None:
    data = _file(tmp_path, _row(), "", line)
    with pytest.raises(EvaluationError, match=rf"{data}, line 3: not a row"):
        read_rows(data, OTHER)


def test_a_row_without_an_article_names_the_option(tmp_path: Path) -> None:
    data = _file(tmp_path, _row(), {"id": "b", "question": "How much?"})
    with pytest.raises(EvaluationError, match=r"line 2: the row has no article.*--article"):
        read_rows(data)


def test_rows_of_one_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="same id"):
        read_rows(_file(tmp_path, _row(id=1), _row(id="1")))


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    for path in (tmp_path / "nosuch.jsonl", tmp_path):
        with pytest.raises(EvaluationError, match=str(path)):
            read_rows(path)
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(EvaluationError, match="binary"):
        read_rows(binary)


def test_a_sample_is_the_same_for_a_seed_and_keeps_the_order() -> None:
    rows = [Row(str(number), "How much?", OTHER, "") for number in range(100)]
    chosen = sample(rows, 20, seed=3)
    assert chosen == sample(rows, 20, seed=3)
    assert len(set(chosen)) == 20
    assert [int(row.id) for row in chosen] == sorted(int(row.id) for row in chosen)
    assert chosen != sample(rows, 20, seed=4)


@pytest.mark.parametrize("size", [None, 3, 4])
def test_a_sample_of_all_is_all(size: int | None) -> None:
    assert sample(ROWS, size, seed=0) == ROWS


def test_nothing_is_done_where_there_is_no_file(tmp_path: Path) -> None:
    assert done_ways(tmp_path / "nosuch") == {}


@pytest.mark.parametrize("torn", ["", '{"id": "c", "ans', '{"id": "c"}', '{"id": "傘'])
def test_a_last_line_that_was_cut_off_is_taken_away(tmp_path: Path, torn: str) -> None:
    out = tmp_path / "out"
    whole = '{"id": "a", "answer": "240円"}\n{"id": "b"}\n'
    out.write_bytes((whole + torn).encode()[: -1 if torn.endswith("傘") else None])
    assert done_ways(out) == {"a": "", "b": ""}
    assert out.read_text(encoding="utf-8") == whole


def test_a_first_line_that_was_cut_off_is_taken_away(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text('{"id": "a", "ans')
    assert done_ways(out) == {}
    assert out.read_text() == ""


@pytest.mark.parametrize(
    "content", ["notes\n", "[1]\n", '{"answer": "x"}\n', "notes\nof mine", "notes", "\x00\x01\n", "[" * 9999 + "\n"]
)
def test_a_file_of_something_else_is_refused_and_left_alone(tmp_path: Path, content: str) -> None:
    out = tmp_path / "notes.txt"
    out.write_text(content)
    with pytest.raises(EvaluationError, match=r"notes\.txt holds no predictions"):
        done_ways(out)
    assert out.read_text() == content


def test_a_folder_in_the_file_s_place_is_told(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=str(tmp_path)):
        done_ways(tmp_path)


def test_each_row_is_written_whole(application_with: Make, settings: Settings, tmp_path: Path) -> None:
    out = tmp_path / "out"
    progress: list[tuple[int, int]] = []
    application = application_with(FakeModel("240", " yen."))
    evaluate(application, ROWS, out, lambda *numbers: progress.append(numbers), settings=settings)
    rows = _written(out)
    assert {row["id"] for row in rows} == {"a", "b", "c"}
    assert list(rows[0]) == ["id", *ANSWER_KEYS, "way"]
    citation = rows[0]["citations"][0]
    assert list(citation) == ["number", "language", "start", "end", "text", "article"]
    assert BILINGUAL[citation["start"] : citation["end"]] == citation["text"]
    assert rows[0]["answer"] == f"240 yen. [{citation['number']}]"
    assert rows[0]["timings"]["completion_tokens"] == 2
    assert {row["model"] for row in rows} == {"fake"}
    assert progress == [(1, 3), (2, 3), (3, 3)]


def test_the_figures_of_an_answer_are_written_with_their_places(evaluated: Evaluated) -> None:
    first, second = evaluated(FakeModel("240 yen."), [ROWS[0], Row("b", "Who lends umbrellas?", OTHER, "")])
    (figure,) = first["figures"]
    assert first["answer"][figure["at"] : figure["until"]] == "240 yen"
    assert BILINGUAL[figure["start"] : figure["end"]] == "240 yen"
    assert second["figures"] == []


def test_a_refusal_is_written_with_the_passages_nearest_to_the_question(evaluated: Evaluated) -> None:
    row, *_ = evaluated(FakeModel("240 yen.", makes=UNSURE))
    assert (row["answer"], row["refused"], row["citations"]) == (REFUSAL[Language.ENGLISH], True, [])
    assert row["nearest"]
    assert all(BILINGUAL[passage["start"] : passage["end"]] == passage["text"] for passage in row["nearest"])


def test_rows_are_answered_with_the_care_of_the_settings(evaluated: Evaluated, settings: Settings) -> None:
    rows = [Row(care.value, "How much does a roll cost?", BILINGUAL, "") for care in Care]
    for row, care in zip(rows, Care, strict=True):
        written = evaluated(FakeModel("240 yen", makes=reading(4.0)), [row], settings=replace(settings, care=care))
    assert {row["id"]: row["refused"] for row in written} == {"cautious": True, "balanced": False, "forthcoming": False}


def test_a_baseline_s_rows_are_answered_by_the_usual_prompt_alone(evaluated: Evaluated, settings: Settings) -> None:
    model = FakeModel(" 240 yen,", " I guess [1].\n", makes=UNSURE)
    rows = evaluated(model, baseline=True)
    asked_for = {row["id"]: asked for row, asked in zip(rows, model.asked, strict=True)}
    assert list(rows[0]) == ["id", *ANSWER_KEYS, "way"]
    for row in rows:
        assert (row["answer"], row["refused"], row["model"]) == ("240 yen, I guess [1].", False, "fake")
        assert row["citations"] == row["figures"] == row["nearest"] == []
        assert (row["timings"]["prompt_tokens"], row["timings"]["completion_tokens"]) == (100, 2)
    assert [*model.constraints, *model.refusals] == [None] * 6
    assert model.max_tokens == [settings.answer_tokens] * 3
    for one in ROWS:
        (message,) = asked_for[one.id]
        assert message.content.startswith(plain_messages("", "")[0].content.partition("Context:")[0])
        assert one.question in message.content


def test_a_baseline_reads_all_of_the_article_in_the_asker_s_language(evaluated: Evaluated) -> None:
    text = "\n\n".join(f"On day {n} the bakery sold {n * 7} rolls to the crew of the ferry." for n in range(1, 90))
    model = FakeModel("240")
    evaluated(model, [*ROWS[:2], Row("long", "How many rolls on day 9?", text, "")], baseline=True)
    english, japanese, long = [messages[-1].content for messages in model.asked]
    assert ("A roll costs 240 yen" in english, "値段は1個240円" in english) == (True, False)
    assert ("これまでに640本" in japanese, "So far 640" in japanese) == (True, False)
    assert all(f"On day {n} the bakery sold {n * 7} rolls" in long for n in range(1, 90))


def test_a_baseline_that_does_not_know_has_refused(evaluated: Evaluated) -> None:
    row, *_ = evaluated(FakeModel("I don't know."), baseline=True)
    assert (row["answer"], row["refused"]) == ("I don't know.", True)


def test_what_a_baseline_says_that_the_article_does_not_is_told(evaluated: Evaluated) -> None:
    rows = evaluated(FakeModel("It costs 777 yen."), baseline=True)
    assert {row["fault"] for row in rows if row["id"] != "b"} == {Fault.FIGURE.value}


def test_each_row_is_asked_about_its_own_article(evaluated: Evaluated) -> None:
    model = FakeModel("x")
    rows = evaluated(model)
    asked = {row["id"]: messages[-1].content for row, messages in zip(rows, model.asked, strict=True)}
    assert {id_ for id_, content in asked.items() if "A roll costs" in content} == {"a", "c"}
    assert {id_ for id_, content in asked.items() if "これまでに640本" in content} == {"b"}
    assert all(row.question in asked[row.id] for row in ROWS)
    assert len({citation["article"] for row in rows for citation in row["citations"]}) == 2


@pytest.mark.parametrize("baseline", [False, True])
def test_the_questions_on_one_article_are_asked_together(evaluated: Evaluated, baseline: bool) -> None:
    articles = [BILINGUAL, OTHER, ENGLISH]
    rows = [Row(str(number), f"How much is {number}?", articles[number % 3], "") for number in range(8)]
    written = evaluated(FakeModel("x"), rows, baseline=baseline)
    assert [row["id"] for row in written] == ["0", "3", "6", "1", "4", "7", "2", "5"]


def test_a_run_that_was_cut_off_goes_on_where_it_was(evaluated: Evaluated, tmp_path: Path) -> None:
    evaluated(FakeModel("first"), ROWS[:1])
    with (tmp_path / "out").open("a") as file:
        file.write('{"id": "b", "answ')
    left = [row for row in ROWS if row.id not in done_ways(tmp_path / "out")]
    assert [(row["id"], row["answer"].split()[0]) for row in evaluated(FakeModel("二番です。"), left)] == [
        ("a", "first"),
        ("b", "二番です。"),
        ("c", "二番です。"),
    ]


@pytest.mark.parametrize(
    ("changes", "baseline", "name"),
    [
        ({"care": Care.CAUTIOUS}, False, "fake"),
        ({"without": frozenset({Part.FIGURES})}, False, "fake"),
        ({}, True, "fake"),
        ({}, False, "another"),
    ],
)
def test_a_file_that_was_begun_otherwise_is_not_gone_on_with(
    evaluated: Evaluated, settings: Settings, tmp_path: Path, changes: dict[str, Any], baseline: bool, name: str
) -> None:
    model, out = FakeModel("240 yen"), tmp_path / "out"
    way = way_of(model, settings)
    evaluated(model, ROWS[:1])
    check_way(out, done_ways(out).values(), way)
    model.name = name
    other = way_of(model, replace(settings, **changes), baseline=baseline)
    with pytest.raises(EvaluationError, match=rf"begun with other options \({way}; now: {other}\).*--out"):
        check_way(out, done_ways(out).values(), other)


def test_a_file_that_does_not_say_how_it_was_begun_is_gone_on_with(tmp_path: Path, settings: Settings) -> None:
    out = tmp_path / "out"
    out.write_text('{"id": "a", "answer": "240円"}\n', encoding="utf-8")
    check_way(out, done_ways(out).values(), way_of(FakeModel(), settings))


@pytest.mark.parametrize(
    "bad",
    [
        Row("bad", "How much?", CHINESE, ""),
        Row("bad", "How much?", " \n", ""),
        Row("bad", " ", OTHER, ""),
        Row("bad", "x" * 1001, OTHER, ""),
    ],
    ids=["foreign article", "empty article", "empty question", "long question"],
)
def test_a_row_that_cannot_be_asked_is_named_and_what_was_done_is_kept(
    evaluated: Evaluated, tmp_path: Path, bad: Row
) -> None:
    with pytest.raises(EvaluationError, match="Row bad: "):
        evaluated(FakeModel("240 yen"), [ROWS[0], bad, ROWS[1]])
    assert [row["id"] for row in _written(tmp_path / "out")] == ["a"]


@pytest.mark.parametrize("baseline", [False, True])
def test_a_model_that_fails_writes_no_answer(evaluated: Evaluated, tmp_path: Path, baseline: bool) -> None:
    with pytest.raises(ModelError):
        evaluated(FakeModel("240", error=ModelError("Too little memory.")), baseline=baseline)
    assert _written(tmp_path / "out") == []


@pytest.mark.parametrize("baseline", [False, True])
def test_the_library_doesn_t_grow_with_the_rows(evaluated: Evaluated, library: Library, baseline: bool) -> None:
    rows = [Row(str(number), "How much?", f"Roll number {number} costs 240 yen.", "") for number in range(12)]
    model = FakeModel("240 yen")
    evaluated(model, rows, baseline=baseline)
    assert len(library.entries()) == KEPT_ARTICLES
    assert [
        f"Roll number {row.id} costs" in messages[-1].content for row, messages in zip(rows, model.asked, strict=True)
    ] == [True] * 12
