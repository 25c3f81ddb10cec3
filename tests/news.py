"""News of our own in both languages, and what readers ask of it: no model or calibration here was made with it.

`python -m tests.news > news.jsonl` writes rows for `assistant evaluate`: each question in either language on each
version. Half of them the article doesn't answer, though most of their words stand in it.
"""

import json
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

from assistant.text.language import Language

__all__ = ["articles", "rows"]

_FILE = Path(__file__).parent / "news.jsonl"


def articles() -> list[dict[str, Any]]:
    """The articles with their questions, as `measuring/fitting/lessons.py` has them."""
    return [json.loads(line) for line in _FILE.read_text(encoding="utf-8").splitlines()]


def rows() -> Iterator[dict[str, Any]]:
    """A row for each question as it is asked in a language of a version."""
    for article in articles():
        for (number, question), read, asked in product(enumerate(article["questions"]), Language, Language):
            spans = [question[f"span_{language}"] for language in dict.fromkeys((read, asked))]
            yield {
                "id": f"{article['id']} {number} {read} {asked}",
                "task": f"{asked} on {read}, {question['kind']}",
                "article_lang": read.value,
                "question_lang": asked.value,
                "title": article["title"][read],
                "article": article[read],
                "question": question[f"q_{asked}"],
                "answers": [span for span in spans if span],
                "answerable": spans[0] is not None,
            }


if __name__ == "__main__":
    sys.stdout.writelines(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows())
