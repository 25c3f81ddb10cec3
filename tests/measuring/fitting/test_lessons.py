"""Rows that an adapter is fitted on: both forms, and what is wrong with the others."""

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.answering.prompts import Exchange
from assistant.errors import EvaluationError
from assistant.measuring.fitting.lessons import HELD_OUT, Lesson, read_lessons, stands_in, without_held_out
from assistant.text.language import Language

OURS = sorted((Path(__file__).parents[3] / "models" / "lessons").glob("*.jsonl"))
MEASURED = Path(__file__).parents[2] / "news.jsonl"
CALIBRATED = Path(__file__).parents[3] / "models" / "held_out" / "news.jsonl"
ARTICLE = "The bridge over the Aare opened\non Monday. It cost 4.2 million francs."
ROW: dict[str, Any] = {"article": ARTICLE, "title": "Bridge", "question": "What did it cost?"}


def _read(path: Path, *rows: object) -> tuple[Lesson, ...]:
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return read_lessons(path)


def test_a_row_says_what_is_pointed_at_and_what_is_said(tmp_path: Path) -> None:
    question = "橋はいつ開通しましたか？"
    rows = (
        ROW | {"words": "4.2 million francs"},
        ROW | {"words": None, "said": None},
        ROW | {"question": question, "words": "on Monday", "said": "月曜日", "language": "en"},
        ROW | {"words": "4.2 million francs", "before": ["Who built it?", "Not stated."]},
    )
    priced, refused, dated, followed = _read(tmp_path / "rows.jsonl", *rows)
    assert priced == Lesson(ARTICLE, "Bridge", Language.ENGLISH, ROW["question"], "4.2 million francs")
    assert (refused.words, refused.said) == (None, None)
    assert (dated.language, dated.said) == (Language.ENGLISH, "月曜日")
    assert followed.before == Exchange("Who built it?", "Not stated.")


def test_what_says_the_same_as_the_words_is_not_said(tmp_path: Path) -> None:
    row = ROW | {
        "article_lang": "en",
        "question": "いくら？",
        "words": "4.2 million francs",
        "said": "4.2 Million francs.",
    }
    (lesson,) = _read(tmp_path / "rows.jsonl", row)
    assert (lesson.language, lesson.said) == (Language.ENGLISH, None)


def test_rows_for_calibration_serve_too(tmp_path: Path) -> None:
    rows = (
        ROW | {"answers": ["4.2 Million", "4.2 million francs"], "answerable": True},
        ROW | {"answers": [], "answerable": False},
        ROW | {"answers": ["five francs"], "answerable": True},
    )
    answered, refused = _read(tmp_path / "rows.jsonl", *rows)
    assert answered.words == "4.2 million"
    assert refused.words is None


def test_the_language_to_read_is_the_question_s_unless_it_is_named(tmp_path: Path) -> None:
    row = ROW | {"question": "いくらかかりましたか？", "words": None}
    asked, named = _read(tmp_path / "rows.jsonl", row, row | {"language": "en"})
    assert (asked.language, named.language) == (Language.JAPANESE, Language.ENGLISH)


def test_an_article_in_both_languages_is_asked_in_four_ways(tmp_path: Path) -> None:
    dated = {
        "kind": "date",
        "q_en": "When did it open?",
        "span_en": "on Monday",
        "a_en": "On Monday.",
        "x_en": "on Monday",
        "q_ja": "いつ開通しましたか？",
        "span_ja": "月曜日",
        "a_ja": "月曜日です。",
        "x_ja": "月曜日",
    }
    denied = {
        "kind": "no",
        "q_en": "Was it cheap?",
        "span_en": "It cost 4.2 million",
        "a_en": "No, it cost 4.2 million.",
        "q_ja": "安かった？",
        "span_ja": None,
        "a_ja": None,
        "x_en": None,
        "x_ja": "いいえ、420万です。",
        "before_ja": ["誰が？", "町"],
    }
    row = {"title": {"en": "Bridge", "ja": "橋"}, "en": ARTICLE, "ja": "橋は月曜日に開通した。"}
    lessons = _read(tmp_path / "rows.jsonl", row | {"questions": [dated, denied]})
    assert [(one.language.value, one.question, one.words, one.said) for one in lessons] == [
        ("en", "When did it open?", "on Monday", None),
        ("en", "Was it cheap?", "It cost 4.2 million", "No, it cost 4.2 million."),
        ("en", "いつ開通しましたか？", "on Monday", "月曜日"),
        ("en", "安かった？", "It cost 4.2 million", "いいえ、420万です。"),
        ("ja", "When did it open?", "月曜日", "on Monday"),
        ("ja", "Was it cheap?", None, None),
        ("ja", "いつ開通しましたか？", "月曜日", None),
        ("ja", "安かった？", None, None),
    ]
    assert [one.before for one in lessons if one.before] == [Exchange("誰が？", "町")] * 2
    assert {one.title for one in lessons} == {"Bridge", "橋"}


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("{", "line 2: not a row"),
        ("[]", "line 2: not a row"),
        ({"article": ARTICLE, "words": None}, "line 2: not a row.*question"),
        (ROW | {"article": " ", "words": None}, "article is no text"),
        (ROW | {"words": ""}, "words is no text"),
        (ROW | {"words": 4.2}, "words is no text"),
        (ROW, "line 2: not a row.*answer"),
        ({"questions": [{"kind": "date"}], "en": "a", "ja": "b", "title": {"en": "", "ja": ""}}, "line 2: not a row"),
        (ROW | {"answers": [], "answerable": True}, "line 2: not a row"),
        (ROW | {"words": None, "language": "fr"}, "line 2: not a row.*fr"),
        (ROW | {"words": None, "before": ["Who?"]}, "line 2: not a row"),
        (ROW | {"words": "on Tuesday"}, "'on Tuesday' aren't in the article. Copy them"),
        (ROW | {"words": None, "said": "Monday"}, "no words it rests on. Give both, or neither"),
    ],
)
def test_a_row_that_cannot_be_is_told_with_its_line(tmp_path: Path, row: object, says: str) -> None:
    with pytest.raises(EvaluationError, match=says):
        _read(tmp_path / "rows.jsonl", ROW | {"words": None}, row)


def test_a_file_without_rows_is_told(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="has no rows to fit on"):
        _read(tmp_path / "rows.jsonl", "", " ")
    with pytest.raises(EvaluationError, match="none can't be read"):
        read_lessons(tmp_path / "none")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(EvaluationError, match="bytes can't be read"):
        read_lessons(tmp_path / "bytes")


def test_words_stand_in_a_text_however_it_is_broken() -> None:
    assert stands_in("opened on Monday", ARTICLE)
    assert stands_in("月曜日に開通", "橋は月曜日\nに開通した。")
    assert not stands_in("opened on monday", ARTICLE)


def test_one_article_in_twenty_is_held_out_whichever_data_it_comes_with() -> None:
    lessons = [Lesson(f"Article {n}.", "", Language.ENGLISH, q, None) for n in range(2000) for q in ("Who?", "Why?")]
    kept, held_out = without_held_out(lessons)
    assert len(kept) + len(held_out) == len(lessons)
    assert not {lesson.article for lesson in kept} & {lesson.article for lesson in held_out}
    assert len(held_out) == pytest.approx(len(lessons) / HELD_OUT, rel=0.3)
    assert without_held_out(lessons[1000:])[1] == tuple(one for one in held_out if one in lessons[1000:])


@pytest.mark.parametrize("paths", [OURS, [CALIBRATED]], ids=["lessons", "held out"])
def test_our_own_articles_are_fit_to_be_taught_or_calibrated_by(paths: list[Path]) -> None:
    lessons = [lesson for path in paths for lesson in read_lessons(path)]
    versions = {(lesson.article, lesson.title, lesson.language) for lesson in lessons}
    asked = {(lesson.article, lesson.question) for lesson in lessons}
    unanswered = sum(lesson.words is None for lesson in lessons) / len(lessons)
    assert len(asked) == len(lessons), "a question is asked twice of an article"
    assert len({title for _, title, _ in versions}) == len(versions), "two articles have one title"
    assert {language for _, _, language in versions} == set(Language)
    assert 0.35 < unanswered < 0.5


@pytest.mark.parametrize("held_out", [MEASURED, CALIBRATED])
def test_what_is_measured_or_calibrated_on_is_not_taught(held_out: Path) -> None:
    taught = {lesson.title for path in OURS for lesson in read_lessons(path)}
    assert taught
    rows = (json.loads(line)["title"] for line in held_out.read_text(encoding="utf-8").splitlines())
    assert not any(title in taught for titles in rows for title in titles.values())
