"""Judges one answer by its row's gold: right, language kept, figures grounded, citations verbatim and on the gold.

Reads the rows with gold and the predictions too; rates over many rows are for `report.py`.
"""

import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from assistant.errors import EvaluationError
from assistant.measuring.json_lines import json_lines
from assistant.text.language import Language

__all__ = [
    "TIMES",
    "GoldRow",
    "Prediction",
    "Verdict",
    "figures",
    "holds",
    "judge",
    "keeps_language",
    "read_gold_rows",
    "read_predictions",
]

TIMES = ("evidence_ms", "first_token_ms", "total_ms")
"""The times of a prediction that are read."""

OVERLAP = 0.6
"""F1 from which an answer that doesn't hold the gold answer word for word is still right."""
UNIT_LETTERS = 12
"""Most letters beside the figure in a gold answer that is a figure ("about 40 million"); more are words that count."""
JAPANESE_UNIT_LETTERS = 6
SHORT_ANSWER = 24
"""Longest answer in characters that is taken for a name or a figure, which is Japanese without kana."""
INFLECTED = 4
"""Fewest characters of a gold answer in Latin letters that may stand in an answer in the plural."""
LATIN_WORDS = 4
"""Most Latin words in such a short answer."""
KANJI = 2
"""Most kanji in an English answer."""
NAME = 8
"""Longest name in kanji or kana that may stand in it, where the article has that."""

_KANA = re.compile(r"[\u3040-\u30ff]")
_KANJI = re.compile(r"[\u4e00-\u9fff]")
_JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]+")
_WORD = re.compile(r"[A-Za-z]{2,}")
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
_ENGLISH_ARTICLE = re.compile(r"\b(?:an?|the)\b")
_MARK = r"[\s.,;:!?'\"“”‘’()\[\]$€£¥%\-–—、。，．・「」『』（）％]"
_MARKS = re.compile(f"{_MARK}+")
_DIGITS = re.compile(r"\d")
_IN_PARENTHESES = re.compile(r"[(（][^)）]*[)）]")
_MARKER = re.compile(r"\[\d+(?:\s*,\s*\d+)*\]")

_GOLD_HELP = (
    "A row to score needs id, task, question_lang (en or ja), answerable (true or false) and, "
    "where it is answerable, gold: answers (texts) or accept (regular expressions)."
)
_PREDICTION_HELP = "A prediction needs id, answer and refused (true or false); `assistant evaluate` writes such a file."


@dataclass(frozen=True, slots=True)
class GoldRow:
    """A question with what is known of its answer; `accept` goes before `answers`, an empty `article` isn't known."""

    id: str
    task: str
    language: Language
    answerable: bool
    answers: tuple[str, ...] = ()
    accept: tuple[re.Pattern[str], ...] = ()
    reject: tuple[re.Pattern[str], ...] = ()
    article: str = ""
    title: str = ""
    question: str = ""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What was answered: `citations` are the texts cited, `times` those of `TIMES` that were measured."""

    id: str
    answer: str
    refused: bool
    citations: tuple[str, ...]
    times: Mapping[str, float]
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a prediction did; None where there is nothing to judge (it was refused, the article isn't known)."""

    right: bool
    language_kept: bool
    figures_grounded: bool | None
    cited: bool | None
    verbatim: tuple[bool, ...]
    gold_cited: bool | None


def judge(row: GoldRow, prediction: Prediction) -> Verdict:
    """The verdict on `prediction`; `verbatim` has a value for each citation where the article is known.

    An answerable row is right when it wasn't refused and the answer holds a gold answer (or matches a pattern of
    `accept` and none of `reject`); an unanswerable one when it was refused.
    """
    kept = keeps_language(row.language, prediction.answer, row.article)
    if prediction.refused:
        return Verdict(not row.answerable, kept, None, None, (), None)
    right = row.answerable and _is_right(row, prediction.answer)
    cited = bool(prediction.citations)
    if not row.article:
        return Verdict(right, kept, None, cited, (), None)
    given = figures(row.article) | figures(row.question) | figures(row.title)
    grounded = figures(_MARKER.sub("", prediction.answer)) <= given
    verbatim = tuple(text in row.article for text in prediction.citations)
    return Verdict(right, kept, grounded, cited, verbatim, _cites_gold(row, prediction.citations))


def _is_right(row: GoldRow, answer: str) -> bool:
    if row.accept:
        return _matches(row.accept, answer) and not _matches(row.reject, answer)
    return _holds_any(answer, row.answers)


def _matches(patterns: tuple[re.Pattern[str], ...], answer: str) -> bool:
    return any(pattern.search(answer) for pattern in patterns)


def _cites_gold(row: GoldRow, citations: tuple[str, ...]) -> bool | None:
    """None where the article itself holds no gold answer, as where all golds are in the other language."""
    if not (row.answerable and citations and _holds_any(row.article, row.answers)):
        return None
    return _holds_any("\n".join(citations), row.answers)


def _holds_any(text: str, golds: tuple[str, ...]) -> bool:
    return any(holds(text, gold) for gold in golds)


def keeps_language(language: Language, answer: str, article: str = "") -> bool:
    """Whether `answer` is in `language`: kana make it Japanese; a short one may do with kanji or few Latin words.

    Names of the article, of at most `NAME` characters, may stand in an English answer as they are.
    """
    if language is Language.ENGLISH:
        names = (run for run in _JAPANESE.findall(answer) if len(run) <= NAME and run in article)
        for name in names:
            answer = answer.replace(name, "", 1)
        return not _KANA.search(answer) and len(_KANJI.findall(answer)) <= KANJI
    if _KANA.search(answer):
        return True
    is_name = bool(_KANJI.search(answer)) or len(_WORD.findall(answer)) <= LATIN_WORDS
    return is_name and len(answer) <= SHORT_ANSWER


def figures(text: str) -> frozenset[str]:
    """The figures of `text` in half width and without thousands separators: `{"1234.5"}` for "１，２３４．５円"."""
    return frozenset(found.replace(",", "") for found in _FIGURE.findall(_half_width(text)))


def holds(text: str, gold: str) -> bool:
    """Whether the gold answer stands in `text`, whatever is in parentheses in it or marks citations in `text`.

    Case, spaces, punctuation, thousands separators and English articles don't count. Of a gold answer that is a
    figure with at most a few letters (counter, "about"), the figure alone does. One in Latin letters has to be whole
    words ("No" doesn't stand in "known"). Else an overlap is enough.
    """
    gold = _IN_PARENTHESES.sub("", _half_width(gold)).strip() or gold
    text = _MARKER.sub("", _half_width(text))
    folded, wanted = _fold(gold), figures(gold)
    letters = len(_DIGITS.sub("", folded))
    if wanted and letters <= (JAPANESE_UNIT_LETTERS if _is_japanese(gold) else UNIT_LETTERS):
        return wanted <= figures(text)
    return (folded != "" and _stands_in(folded, text)) or _overlap(text, gold) >= OVERLAP


def _stands_in(folded: str, text: str) -> bool:
    """Whether a gold answer that is folded stands in `text`; Latin words may be in the plural there."""
    if not folded.isascii():
        return folded in _fold(text)
    ending = "(?:e?s)?" if len(folded) >= INFLECTED else ""
    words = f"{_MARK}*".join(map(re.escape, folded))
    return re.search(f"(?<![a-z0-9]){words}{ending}(?![a-z0-9])", _without_articles(text)) is not None


def _overlap(text: str, gold: str) -> float:
    """F1 over words, or over characters for a Japanese gold answer (Rajpurkar et al. 2016, arXiv:1606.05250)."""
    cut: Callable[[str], str | list[str]] = _fold if _is_japanese(gold) else _words
    found, wanted = Counter(cut(text)), Counter(cut(gold))
    shared = (found & wanted).total()
    return 2 * shared / (found.total() + wanted.total()) if shared else 0.0


def _words(text: str) -> list[str]:
    return [word for word in _MARKS.split(text.lower()) if word]


def _fold(text: str) -> str:
    """What counts of `text` when it is compared."""
    return _MARKS.sub("", _without_articles(text))


def _without_articles(text: str) -> str:
    """In lower case too, and without thousands separators."""
    return _ENGLISH_ARTICLE.sub(" ", _THOUSANDS.sub("", _half_width(text).lower()))


def _half_width(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _is_japanese(text: str) -> bool:
    return bool(_KANA.search(text) or _KANJI.search(text))


Read = TypeVar("Read", GoldRow, Prediction)


def read_gold_rows(data: Path) -> dict[str, GoldRow]:
    """The rows of a JSONL file by their id, in its order.

    Raises:
        EvaluationError: the file can't be read, two rows share an id, or a row is malformed or without gold.
    """
    return _read(data, _gold_row, _GOLD_HELP)


def read_predictions(predictions: Path) -> dict[str, Prediction]:
    """The predictions of a JSONL file by their row's id, in its order.

    Raises:
        EvaluationError: the file can't be read, two predictions share an id, or one is malformed.
    """
    return _read(predictions, _prediction, _PREDICTION_HELP)


def _read(path: Path, parse: Callable[[dict[str, Any]], Read], advice: str) -> dict[str, Read]:
    found: dict[str, Read] = {}
    for place, line in json_lines(path, advice):
        try:
            one = parse(_object(line))
        except (ValueError, OverflowError) as error:
            raise EvaluationError(f"{place}: {error}. {advice}") from error
        if one.id in found:
            raise EvaluationError(f"{place}: a second line for {one.id}. Leave one line of each id.")
        found[one.id] = one
    return found


def _object(line: str) -> dict[str, Any]:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError("not JSON") from error
    if not isinstance(fields, dict):
        raise ValueError("not a JSON object")
    return fields


def _gold_row(fields: dict[str, Any]) -> GoldRow:
    row = GoldRow(
        id=_id(fields),
        task=_field(fields, "task", str),
        language=Language(_field(fields, "question_lang", str)),
        answerable=_field(fields, "answerable", bool),
        answers=_texts(fields, "answers"),
        accept=_patterns(fields, "accept"),
        reject=_patterns(fields, "reject"),
        article=_field(fields, "article", str, ""),
        title=_field(fields, "title", str, ""),
        question=_field(fields, "question", str, ""),
    )
    if row.answerable and not (row.answers or row.accept):
        raise ValueError("neither answers nor accept says what is right")
    return row


def _prediction(fields: dict[str, Any]) -> Prediction:
    timings: dict[str, Any] = _field(fields, "timings", dict, {})
    citations: list[Any] = _field(fields, "citations", list, [])
    if not all(isinstance(citation, dict) for citation in citations):
        raise ValueError("a citation isn't an object with a text")
    return Prediction(
        id=_id(fields),
        answer=_field(fields, "answer", str),
        refused=_field(fields, "refused", bool),
        citations=tuple(_field(citation, "text", str) for citation in citations),
        times={name: _milliseconds(timings, name) for name in TIMES if timings.get(name) is not None},
        model=_field(fields, "model", str, "") or None,
    )


def _id(fields: dict[str, Any]) -> str:
    """The id as text; `assistant evaluate` writes one that is a number so."""
    return str(_field(fields, "id", str | int))


def _field(fields: dict[str, Any], name: str, kind: Any, absent: Any = None) -> Any:
    """The field, or `absent` where it is missing or null.

    Raises:
        ValueError: it has another type, or is missing and `absent` isn't given.
    """
    value = fields.get(name)
    value = absent if value is None else value
    if not isinstance(value, kind):
        raise ValueError(f"{name} is missing" if value is None else f"{name} has the wrong type")
    return value


def _texts(fields: dict[str, Any], name: str) -> tuple[str, ...]:
    values: list[Any] = _field(fields, name, list, [])
    if not all(isinstance(value, str) for value in values):
        raise ValueError(f"{name} isn't a list of texts")
    return tuple(values)


def _patterns(fields: dict[str, Any], name: str) -> tuple[re.Pattern[str], ...]:
    try:
        return tuple(map(re.compile, _texts(fields, name)))
    except re.error as error:
        raise ValueError(f"{name} holds {error.pattern!r}, which is no regular expression ({error})") from error


def _milliseconds(timings: dict[str, Any], name: str) -> float:
    value = float(_field(timings, name, int | float))
    if not (math.isfinite(value) and value >= 0):
        raise ValueError(f"{name} is no time")
    return value
