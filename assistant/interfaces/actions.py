"""What programs can do, with plain values: `interfaces/ui/api.py` offers it over HTTP, `mcp_server.py` as tools of MCP.

A docstring here is what a program is shown of the action.
"""

from dataclasses import asdict, dataclass
from typing import Any

from assistant.answering.answering import Inquiry
from assistant.application import Application
from assistant.errors import UsageError
from assistant.settings import Care

__all__ = ["Actions", "Record"]

Record = dict[str, Any]
"""Plain values by name, as JSON has them."""


@dataclass(frozen=True, slots=True)
class Actions:
    """The actions of the page on one application; each raises the errors of the core."""

    application: Application

    def list_articles(self) -> list[Record]:
        """The articles kept, oldest first: id, title, date, languages, length in characters, when each was added."""
        return [asdict(entry) for entry in self.application.library.entries()]

    def read_article(self, article: str) -> Record:
        """Id, title and text of the article with this id."""
        found = self.application.library.article(article)
        return {"id": found.id, "title": found.title, "text": found.text}

    def add_article(self, text: str, title: str = "", date: str = "") -> Record:
        """Keeps an article in English, Japanese, or both. What was left out of it as page furniture is told.

        Without a title its first line is taken for one. The date is its own day, as 2026-03-14.
        """
        article, is_new = self.application.library.add(text, title, date)
        return {"id": article.id, "title": article.title, "is_new": is_new, "left_out": list(article.left_out)}

    def remove_article(self, article: str) -> Record:
        """Removes the article with this id, and all that was made of it."""
        return {"id": article, "title": self.application.remove(article)}

    def ask(self, question: str, article: str = "", care: str = Care.BALANCED.value, *, asker: str = "") -> Inquiry:
        """The question to an article, by its id, or to all of them. Nothing runs before its events are read."""
        if care not in set(Care):
            raise UsageError(f"There is no care {care!r}. Choose {', '.join(Care)}.")
        return self.application.assistant.ask(question, [article] if article else None, Care(care), asker=asker)
