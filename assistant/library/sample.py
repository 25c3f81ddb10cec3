"""The article that comes with the assistant, so that there is one to ask about at once."""

from assistant.library.files import write_file
from assistant.library.library import Library
from assistant.settings import PACKAGE
from assistant.text.language import Language, question_language

__all__ = ["SAMPLE", "SAMPLE_QUESTIONS", "add_sample"]

SAMPLE = PACKAGE / "data" / "sample.txt"
SAMPLE_QUESTIONS = PACKAGE / "data" / "sample-questions.txt"
"""The questions to suggest for it, one a line."""


def add_sample(library: Library) -> None:
    """Keeps the article in a library, once: removed by the user, it stays away.

    Raises:
        StoreError: it can't be written.
    """
    done = library.home / "sample-added"
    if not done.exists():
        article, _ = library.add(SAMPLE.read_text(encoding="utf-8"))
        questions = SAMPLE_QUESTIONS.read_text(encoding="utf-8").splitlines()
        for language in Language:
            suggested = [question for question in questions if question_language(question) is language]
            library.keep_suggestions(article.id, language, suggested)
        write_file(done, "")
