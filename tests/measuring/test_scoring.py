"""One answer against its gold: what counts as right, as grounded and as the asker's language; bad files are told."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import EvaluationError
from assistant.measuring.scoring import (
    GoldRow,
    Prediction,
    figures,
    holds,
    judge,
    keeps_language,
    read_gold_rows,
    read_predictions,
)
from assistant.text.language import Language

ARTICLE = (
    "The lighthouse at Cape Noru was lit in 1911. Its keeper, Aiko Hara, climbs 1,204 steps.\n灯台の光は32キロ届く。"
)
LIT, STEPS, REACH = (
    "The lighthouse at Cape Noru was lit in 1911.",
    "Its keeper, Aiko Hara, climbs 1,204 steps.",
    "灯台の光は32キロ届く。",
)
ENGLISH, JAPANESE = Language.ENGLISH, Language.JAPANESE


def _row(*answers: str, **fields: Any) -> GoldRow:
    given: dict[str, Any] = {"id": "a", "task": "t", "language": ENGLISH, "answerable": True, "article": ARTICLE}
    return GoldRow(**given | {"answers": answers} | fields)


def _predicted(answer: str, *citations: str, refused: bool = False) -> Prediction:
    return Prediction("a", answer, refused, citations, {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("１，２０４段、32キロ", {"1204", "32"}),
        ("1,234,567.5 yen in 2010.", {"1234567.5", "2010"}),
        ("a share of 4.03%, not 4.3", {"4.03", "4.3"}),
        ("三十二キロ", set()),
    ],
)
def test_figures_are_found_in_any_width_and_without_separators(text: str, expected: set[str]) -> None:
    assert figures(text) == expected


@pytest.mark.parametrize(
    ("text", "gold"),
    [
        ("It was Aiko Hara.", "Aiko Hara"),
        ("It was AIKO\nHARA [2].", "Aiko Hara"),
        ("the keeper", "A keeper"),
        ("灯台守は「原　愛子」です。", "原愛子"),
        ("ＡＢＣ放送です", "abc放送"),
        ("Cape Noru", "Cape Noru (Japan)"),
        ("原愛子さん", "原愛子（はらあいこ）"),
        ("(since) 1911", "(1911)"),
    ],
)
def test_a_gold_answer_stands_in_the_answer_whatever_its_case_spaces_and_marks(text: str, gold: str) -> None:
    assert holds(text, gold)


@pytest.mark.parametrize(
    ("text", "gold"),
    [
        ("1204", "1,204 steps"),
        ("全部で１，２０４段あります", "1204段"),
        ("32 km", "約32キロ"),
        ("$1.5 billion", "about 1.5 billion"),
        ("between 30 and 40", "30-40 people"),
    ],
)
def test_a_gold_figure_counts_by_its_value(text: str, gold: str) -> None:
    assert holds(text, gold)


@pytest.mark.parametrize(
    ("text", "gold"),
    [
        ("12040 steps", "1,204 steps"),
        ("120", "1,204 steps"),
        ("4.3%", "4.03%"),
        ("between 30 and 50", "30-40 people"),
        ("It says so [32].", "32キロ"),
        ("1911", "the great northern storm of 1911"),
        ("32", "灯台から32キロ先の岬"),
        ("", "Aiko Hara"),
        ("anything", "。"),
    ],
)
def test_another_figure_or_the_figure_alone_of_more_words_is_not_the_gold_answer(text: str, gold: str) -> None:
    assert not holds(text, gold)


def test_how_many_letters_may_stand_beside_a_figure() -> None:
    assert holds("7", "7 abcdef ghi jkl")
    assert not holds("7", "7 abcdef ghi jklm")
    assert holds("7", "7いろはにほへ")
    assert not holds("7", "7いろはにほへと")


@pytest.mark.parametrize(
    ("text", "gold", "stands"),
    [
        ("It is not known.", "No", False),
        ("They left because of the fog.", "US", False),
        ("The keeper uses oil.", "US", False),
        ("The gallery closes on Sunday.", "all", False),
        ("It is in Notting Hill.", "no", False),
        ("No, it isn't.", "No", True),
        ("In the U.S., they say.", "US", True),
        ("It was lit by Normans.", "Norman", True),
        ("The keeper's boat sails.", "keeper", True),
        ("灯台守はAiko Haraです", "Aiko Hara", True),
        ("BSkyBです", "BSkyB", True),
        ("the light-house", "lighthouse", True),
        ("lighthouse", "light house", True),
        ("Bank of the West", "bank of West", True),
    ],
)
def test_a_gold_answer_in_latin_letters_stands_as_words(text: str, gold: str, stands: bool) -> None:
    assert holds(text, gold) is stands


@pytest.mark.parametrize(
    ("text", "gold", "enough"),
    [
        ("harbour old wooden", "old wooden pier", True),  # 2 of 3 words each way: 0.67
        ("harbour wooden", "old wooden pier", False),  # 2·1 of 5
        ("pier pier pier", "old pier", False),  # a word counts as often as both have it: 2·1 of 5
        ("two three one", "one two three four five six seven", True),  # 2·3 of 10: just 0.6
        ("岬の古い灯台", "古い岬の灯台", True),
        ("港の新しい店", "古い岬の灯台", False),
    ],
)
def test_an_overlap_is_enough_over_words_or_over_japanese_characters(text: str, gold: str, enough: bool) -> None:
    assert holds(text, gold) is enough


@pytest.mark.parametrize("answer", ["It was Aiko Hara [1].", "原愛子です。[1]"])
def test_a_gold_answer_of_either_language_will_do(answer: str) -> None:
    assert judge(_row("原愛子", "Aiko Hara", language=JAPANESE), _predicted(answer)).right


@pytest.mark.parametrize(
    ("answer", "right"),
    [("It rose 7 percent.", True), ("7％です", True), ("17%", False), ("7%, from 3.2", False), ("a lot", False)],
)
def test_patterns_accept_and_reject(answer: str, right: bool) -> None:
    row = _row("a lot", accept=(re.compile(r"(?<!\d)7\s?([%％]|percent)"),), reject=(re.compile(r"3\.2"),))
    assert judge(row, _predicted(answer)).right is right


@pytest.mark.parametrize(
    ("answerable", "refused", "right"),
    [(True, False, True), (True, True, False), (False, True, True), (False, False, False)],
)
def test_a_refusal_is_right_where_there_is_no_answer_and_only_there(
    answerable: bool, refused: bool, right: bool
) -> None:
    row = _row("Aiko Hara", answerable=answerable)
    assert judge(row, _predicted("Aiko Hara", refused=refused)).right is right


def test_of_a_refusal_only_the_language_is_judged_further() -> None:
    verdict = judge(_row("1911"), _predicted("記事には書かれていません。99", "made up", refused=True))
    assert not verdict.language_kept
    assert (verdict.figures_grounded, verdict.cited, verdict.verbatim, verdict.gold_cited) == (None, None, (), None)


@pytest.mark.parametrize(
    ("language", "answer", "kept"),
    [
        (ENGLISH, "Aiko Hara (原愛) keeps it.", True),
        (ENGLISH, "Aiko Hara (原愛子) keeps it.", False),
        (ENGLISH, "It is the トウダイ.", False),
        (ENGLISH, "1911", True),
        (JAPANESE, "原愛子です。", True),
        (JAPANESE, "It is the トウダイ, which has been there for a long time.", True),
        (JAPANESE, "原愛子", True),
        (JAPANESE, "1911", True),
        (JAPANESE, "Cape Noru Light House", True),
        (JAPANESE, "It is at the old cape.", False),
        (JAPANESE, "1911年" + "灯" * 20, False),
        (JAPANESE, "Internationalisation board", False),
    ],
)
def test_the_asker_s_language(language: Language, answer: str, kept: bool) -> None:
    assert keeps_language(language, answer) is kept


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ("Aiko Hara (原愛子) keeps the Light House (トウダイ).", True),
        ("Aiko Hara (原良子) keeps it.", False),
        ("It is kept by 原愛子が灯台を守っている.", False),
    ],
)
def test_names_of_the_article_may_stand_in_an_english_answer(answer: str, kept: bool) -> None:
    assert keeps_language(ENGLISH, answer, "岬のトウダイは原愛子が守る。原愛子が灯台を守っている。") is kept


@pytest.mark.parametrize(
    ("answer", "grounded"),
    [
        ("1204 steps [99]", True),
        ("３２キロ、1,204段", True),
        ("12 rooms since 1911", True),
        ("Route 66", True),
        ("1912", False),
        ("120 steps", False),
        ("many", True),
    ],
)
def test_figures_come_from_the_article_its_title_or_the_question(answer: str, grounded: bool) -> None:
    row = _row("x", title="Along Route 66", question="Are there 12 rooms?")
    assert judge(row, _predicted(answer)).figures_grounded is grounded


def test_citations_are_held_against_the_article() -> None:
    verdict = judge(_row("1911"), _predicted("In 1911.", LIT, "It was lit in 1911.", REACH))
    assert verdict.cited
    assert verdict.verbatim == (True, False, True)
    assert verdict.gold_cited


@pytest.mark.parametrize(
    ("row", "citations", "expected"),
    [
        (_row("1911年"), (STEPS,), False),
        (_row("1911年"), (STEPS, LIT), True),
        (_row("原愛子", "Aiko Hara"), (STEPS,), True),
        (_row("原愛子"), (STEPS,), None),
        (_row("1911"), (), None),
        (_row("1911", answerable=False), (LIT,), None),
        (_row(accept=(re.compile("1911"),)), (LIT,), None),
    ],
    ids=["elsewhere", "in the second", "other language", "not in the article", "none", "unanswerable", "patterns"],
)
def test_whether_a_citation_holds_a_gold_answer(
    row: GoldRow, citations: tuple[str, ...], expected: bool | None
) -> None:
    assert judge(row, _predicted("In 1911.", *citations)).gold_cited is expected


def test_without_the_article_only_that_there_is_a_citation_is_judged() -> None:
    verdict = judge(_row("1911", article=""), _predicted("In 1912.", LIT))
    assert verdict.cited
    assert (verdict.figures_grounded, verdict.verbatim, verdict.gold_cited) == (None, (), None)
    assert judge(_row("1911", article=""), _predicted("In 1912.")).cited is False


GOLD = {"id": "a", "task": "t", "question_lang": "ja", "answerable": True, "answers": ["1911年"]}
PREDICTION = {"id": "a", "answer": "1911年です。", "refused": False}


def _file(folder: Path, *lines: object) -> Path:
    path = folder / "rows.jsonl"
    written = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    path.write_text("".join(f"{line}\n" for line in written), encoding="utf-8")
    return path


def test_rows_are_read_with_what_they_have(tmp_path: Path) -> None:
    full = {**GOLD, "id": 7, "article": "記事\u2028二", "title": None, "question": "いつ？", "question_lang": "en"}
    patterns = {"id": "c", "task": "p", "question_lang": "en", "answerable": True, "accept": ["7"], "reject": ["8"]}
    refuse = {"id": "d", "task": "r", "question_lang": "en", "answerable": False}
    rows = read_gold_rows(_file(tmp_path, GOLD, "", full, patterns, refuse))
    assert list(rows) == ["a", "7", "c", "d"]
    assert rows["a"] == GoldRow("a", "t", JAPANESE, True, ("1911年",))
    assert rows["7"] == GoldRow("7", "t", ENGLISH, True, ("1911年",), article="記事\u2028二", question="いつ？")
    assert rows["c"].accept == (re.compile("7"),)
    assert rows["c"].reject == (re.compile("8"),)


def test_predictions_are_read_with_what_they_have(tmp_path: Path) -> None:
    timings = {"evidence_ms": 5, "first_token_ms": None, "total_ms": 7.5, "prompt_tokens": 400}
    full = {**PREDICTION, "id": 7, "citations": [{"text": LIT, "start": 0}], "timings": timings, "model": "m"}
    given = read_predictions(_file(tmp_path, PREDICTION, full))
    assert given["a"] == Prediction("a", "1911年です。", False, (), {})
    assert given["7"] == Prediction("7", "1911年です。", False, (LIT,), {"evidence_ms": 5.0, "total_ms": 7.5}, "m")


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('{"id": "b", "task"', "not JSON"),
        ("[]", "not a JSON object"),
        ({**GOLD, "id": None}, "id is missing"),
        ({"id": "b", "question": "How much?", "article": "Much."}, "task is missing"),
        ({**GOLD, "id": "b", "answerable": "true"}, "answerable has the wrong type"),
        ({**GOLD, "id": "b", "question_lang": "fr"}, "'fr' is not a valid Language"),
        ({**GOLD, "id": "b", "answers": []}, "neither answers nor accept"),
        ({**GOLD, "id": "b", "answers": "1911"}, "answers has the wrong type"),
        ({**GOLD, "id": "b", "answers": [1911]}, "answers isn't a list of texts"),
        ({**GOLD, "id": "b", "accept": ["(7"]}, r"accept holds '\(7', which is no regular expression"),
    ],
)
def test_a_row_without_gold_or_malformed_is_told_with_what_a_row_needs(
    tmp_path: Path, line: object, complaint: str
) -> None:
    with pytest.raises(EvaluationError, match=rf"rows\.jsonl, line 3: {complaint}.*\. A row to score needs id"):
        read_gold_rows(_file(tmp_path, GOLD, "", line))


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('{"id": "b", "ans', "not JSON"),
        ("7", "not a JSON object"),
        ({**PREDICTION, "id": "b", "answer": None}, "answer is missing"),
        ({**PREDICTION, "id": "b", "refused": "no"}, "refused has the wrong type"),
        ({**PREDICTION, "id": "b", "citations": {"text": "x"}}, "citations has the wrong type"),
        ({**PREDICTION, "id": "b", "citations": ["x"]}, "a citation isn't an object"),
        ({**PREDICTION, "id": "b", "citations": [{"start": 1}]}, "text is missing"),
        ({**PREDICTION, "id": "b", "timings": {"total_ms": "7"}}, "total_ms has the wrong type"),
        ({**PREDICTION, "id": "b", "timings": {"total_ms": float("nan")}}, "total_ms is no time"),
        ({**PREDICTION, "id": "b", "timings": {"total_ms": 10**400}}, "int too large"),
    ],
)
def test_a_malformed_prediction_is_told_with_what_a_prediction_needs(
    tmp_path: Path, line: object, complaint: str
) -> None:
    with pytest.raises(EvaluationError, match=rf"rows\.jsonl, line 2: {complaint}.*\. A prediction needs id"):
        read_predictions(_file(tmp_path, PREDICTION, line))


def test_two_lines_of_one_id_are_refused(tmp_path: Path) -> None:
    for read, line in ((read_gold_rows, GOLD), (read_predictions, PREDICTION)):
        with pytest.raises(EvaluationError, match="line 2: a second line for 7"):
            read(_file(tmp_path, {**line, "id": 7}, {**line, "id": "7"}))


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00\x81")
    for path in (tmp_path / "nosuch.jsonl", tmp_path, binary):
        with pytest.raises(EvaluationError, match=f"{path} can't be read"):
            read_predictions(path)
