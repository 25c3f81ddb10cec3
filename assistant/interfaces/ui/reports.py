"""Answers that a reader calls wrong, kept in a file of the user's own that `assistant evaluate` reads."""

import hashlib
import json
import os
from dataclasses import asdict
from pathlib import Path

from assistant.errors import StoreError
from assistant.interfaces.ui.conversation import Turn
from assistant.library.article import Article
from assistant.library.files import unwritable

__all__ = ["FILE", "article_of", "keep_report"]

FILE = "wrong-answers.jsonl"
"""Under the folder of the articles."""


def article_of(turn: Turn) -> str:
    """The id of the article that a turn was about: the one cited, else asked, else found; "" where there was none."""
    cited = [citation.article for citation in turn.answer.citations]
    found = [hit.chunk.article for hit in turn.hits]
    return next(iter((*cited, *turn.scope, *found)), "")


def keep_report(home: Path, turn: Turn, article: Article, wrong: str) -> None:
    """Appends a row on a turn, once.

    Args:
        wrong: what is, "answer" or "sentence".

    Raises:
        StoreError: it can't be written, or what is in it isn't UTF-8.
    """
    answer = turn.answer
    question = answer.understood or answer.question
    of = hashlib.sha256("\n".join((article.id, question, answer.text, wrong)).encode()).hexdigest()[:12]
    row = {
        "id": of,
        "question": question,
        "question_lang": answer.language.value,
        "title": article.title,
        "article": article.text,
        "wrong": wrong,
        "said": answer.marked_text,
        "citations": [asdict(citation) for citation in answer.citations],
        "model": answer.model,
    }
    file = home / FILE
    try:
        with file.open("ab+") as rows:
            rows.seek(0)
            kept = rows.read().decode("utf-8-sig")
            if any(line.startswith(f'{{"id": "{of}"') for line in kept.split("\n")):
                return
            end = "" if kept.endswith("\n") or not kept else "\n"  # an editor may have taken it away
            rows.write(f"{end}{json.dumps(row, ensure_ascii=False)}\n".encode())
            rows.flush()
            os.fsync(rows.fileno())
    except OSError as error:
        raise unwritable(file, error) from error
    except UnicodeDecodeError as error:
        raise StoreError(
            "{path} isn't text in UTF-8 any more. Save it as UTF-8, or move it away.", path=file
        ) from error
