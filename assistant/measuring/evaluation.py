"""Answers the questions of a data file by the product's own path and writes what it answered, row by row.

Rows in: id, question, and an article (text, and a title where there is one). Rows out: id, answer, refused,
citations, figures, nearest passages, log-odds, model, timings; of a baseline's also the fault that the guard finds in
the answer, and the way in which all were answered. `report.py` holds them against the gold answers.
"""

import json
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.answering.answering import final_answer
from assistant.answering.events import Answer
from assistant.answering.guards import AnswerGuard, Fault
from assistant.answering.records import as_json
from assistant.application import Application
from assistant.errors import ArticleError, EvaluationError, UsageError
from assistant.library.article import Article
from assistant.measuring.baseline import plain_answer
from assistant.measuring.json_lines import json_lines
from assistant.model.protocol import ChatModel
from assistant.settings import Settings

__all__ = ["Row", "check_way", "done_ways", "evaluate", "read_rows", "sample", "way_of"]

KEPT_ARTICLES = 8
"""Articles kept in the throw-away library at once."""


@dataclass(frozen=True, slots=True)
class Row:
    """One question of a data file with the article it is asked about."""

    id: str
    question: str
    article: str
    title: str


def read_rows(data: Path, article: str | None = None) -> tuple[Row, ...]:
    """The rows of a JSONL file; `article` serves those that carry none.

    Raises:
        EvaluationError: the file can't be read, or a row lacks an id, a question or an article.
    """
    rows = tuple(_row(line, place, article) for place, line in json_lines(data))
    if len({row.id for row in rows}) < len(rows):
        raise EvaluationError(f"Two rows of {data} have the same id; every row needs its own.")
    return rows


def _row(line: str, place: str, article: str | None) -> Row:
    try:
        fields = json.loads(line)
        text = article if fields.get("article") is None else fields["article"]
        if text is None:
            raise EvaluationError(f"{place}: the row has no article. Name a file with --article that serves it.")
        return Row(str(fields["id"]), str(fields["question"]), str(text), str(fields.get("title") or ""))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise EvaluationError(f"{place}: not a row with id, question and article ({error!r}).") from error


def sample(rows: Sequence[Row], size: int | None, seed: int) -> tuple[Row, ...]:
    """`size` of the rows by chance, in their order; all of them where None or where there are no more."""
    if size is None or size >= len(rows):
        return tuple(rows)
    chosen = random.Random(seed).sample(range(len(rows)), size)  # noqa: S311
    return tuple(rows[index] for index in sorted(chosen))


def done_ways(out: Path) -> dict[str, str]:
    """In which way each row was answered that an earlier run wrote to `out`, by its id, "" where that isn't written.

    A last line that was cut off is taken away.

    Raises:
        EvaluationError: the file holds something else.
    """
    if not out.exists():
        return {}
    try:
        whole, newline, torn = out.read_bytes().rpartition(b"\n")
        rows = [json.loads(line) for line in whole.splitlines() if line.strip()]
        ways = {str(row["id"]): str(row.get("way") or "") for row in rows}
        if not b'{"id": '.startswith(torn[:7]):
            raise ValueError(torn)
        if torn:
            out.write_bytes(whole + newline)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise EvaluationError(f"{out} holds no predictions; name another file with --out, or remove it.") from error
    return ways


def way_of(model: ChatModel, settings: Settings, *, baseline: bool = False) -> str:
    """In which way questions are answered, as it is written with each row: by what, and with which options."""
    if baseline:
        return f"{model.name}, baseline"
    taught = f" ({model.taught_by})" if model.taught_by else ""
    parts = "".join(f", without {part.value}" for part in sorted(settings.without))
    return f"{model.name}{taught}, {settings.care.value}{parts}"


def check_way(out: Path, ways: Iterable[str], way: str) -> None:
    """Whether what an earlier run wrote to `out` may be gone on with in `way`.

    Raises:
        EvaluationError: some of it was answered in another.
    """
    if other := next((each for each in ways if each not in ("", way)), None):
        raise EvaluationError(
            f"{out} was begun with other options ({other}; now: {way}), and rates over both would mean nothing. Name "
            "another file with --out, or give the options that it was begun with."
        )


def evaluate(
    application: Application,
    rows: Sequence[Row],
    out: Path,
    on_row: Callable[[int, int], None],
    *,
    settings: Settings,
    baseline: bool = False,
) -> None:
    """Answers `rows`, those on one article one after the other, and appends a line for each as soon as it is there.

    Args:
        on_row: called after each row with the rows done and their total.
        baseline: whether to answer by the usual prompt instead (`baseline.py`).

    Raises:
        EvaluationError: a row can't be asked; what was answered before it is kept.
    """
    kept: list[str] = []
    way = way_of(application.model, settings, baseline=baseline)
    with out.open("a", encoding="utf-8") as file:
        for number, row in enumerate(_by_article(rows), start=1):
            article = _added(application, row, kept)
            fault = None
            if baseline:
                text = application.library.article(article)
                answer = plain_answer(application.model, row.question, text, settings.answer_tokens)
                fault = None if answer.refused else _fault(answer, text)
            else:
                answer = _answered(application, row, article, settings)
            fields = as_json(answer) | ({"fault": fault.value} if fault else {}) | {"way": way}
            del fields["question"], fields["understood"], fields["question_lang"]
            file.write(json.dumps({"id": row.id, **fields}, ensure_ascii=False) + "\n")
            file.flush()
            on_row(number, len(rows))


def _fault(answer: Answer, article: Article) -> Fault | None:
    """What an answer that nothing held says that the article doesn't, by the guard that holds ours."""
    sentences = [sentence.text for document in article.documents for sentence in document.sentences]
    return AnswerGuard(answer.language, sentences, answer.question).check(answer.text)


def _by_article(rows: Sequence[Row]) -> list[Row]:
    """`rows` with those on one article together, as a reader asks them: the article is then read once."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.article, []).append(row)
    return [row for group in groups.values() for row in group]


def _added(application: Application, row: Row, kept: list[str]) -> str:
    """The id of the row's article, added where it isn't there; the oldest of too many is removed."""
    try:
        article, is_new = application.library.add(row.article, row.title)
    except ArticleError as error:
        raise EvaluationError(f"Row {row.id}: {error}") from error
    if is_new:
        kept.append(article.id)
    if len(kept) > KEPT_ARTICLES:
        application.library.remove(kept.pop(0))
    return article.id


def _answered(application: Application, row: Row, article: str, settings: Settings) -> Answer:
    try:
        return final_answer(application.assistant.ask(row.question, [article], settings.care))
    except UsageError as error:
        raise EvaluationError(f"Row {row.id}: {error}") from error
