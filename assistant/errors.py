"""Every error that a user can meet, in one tree.

    AssistantError
    ├── UsageError             an option or value that makes no sense
    ├── ArticleError           a text that can't become an article
    │   └── PageError          a page that couldn't be fetched
    ├── ArticleNotFound        an id or title that names no article
    ├── StoreError             the article store can't be read or written
    │   ├── StoreBroken        its database is damaged
    │   ├── StoreInUse         another process holds the store
    │   └── StoreTooNew        it was written by a newer assistant
    ├── ModelError             a model file that is missing, foreign or broken
    │   ├── FetchError         a model that couldn't be fetched
    │   ├── ModelUnfit         a model that can't be asked, however it is run
    │   ├── ModelStopped       the process of a model that came to an end, or hung
    │   │   └── ModelKilled    it was ended from outside
    │   └── ServerError        a model server that can't be reached, is slow, or refuses
    │       └── RequestRefused it is there, and doesn't do what it was asked for
    ├── ClusterError           a Ray cluster that can't be reached or used
    └── EvaluationError        a data or prediction file with a bad row

A message says what is wrong, with what, and what to do, in one line or a few; it is shown as it is. An error keeps
the template of its message and the values in it, so that the page can say the same in Japanese
(`interfaces/ui/problems.py`).
"""

from functools import partial
from typing import Any

__all__ = [
    "ArticleError",
    "ArticleNotFound",
    "AssistantError",
    "ClusterError",
    "EvaluationError",
    "FetchError",
    "ModelError",
    "ModelKilled",
    "ModelStopped",
    "ModelUnfit",
    "PageError",
    "RequestRefused",
    "ServerError",
    "StoreBroken",
    "StoreError",
    "StoreInUse",
    "StoreTooNew",
    "UsageError",
]


class AssistantError(Exception):
    """Base of all errors that are shown to the user as their message alone; it can be pickled."""

    def __init__(self, template: str, /, **values: object) -> None:
        """Args:
        template: the message, in English, a format string of `values`; without any, the message as it is.
        values: numbers, texts and other errors are kept, of all else its text.
        """
        super().__init__(template.format(**values) if values else template)
        kept = str, int, float, AssistantError
        self.template = template
        self.values = {name: value if isinstance(value, kept) else str(value) for name, value in values.items()}

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(type(self), self.template, **self.values), ()


class UsageError(AssistantError):
    """An option or value that makes no sense."""


class ArticleError(AssistantError):
    """A text that can't become an article: empty, too long, in neither language."""


class PageError(ArticleError):
    """A page that couldn't be fetched, or whose address is none that pages are fetched from."""


class ArticleNotFound(AssistantError):
    """An id or title that names no article of the library."""


class StoreError(AssistantError):
    """The article store can't be read or written."""


class StoreBroken(StoreError):
    """The database of the passages is damaged; it is made anew of the articles' files."""


class StoreInUse(StoreError):
    """Another process holds the article store."""


class StoreTooNew(StoreError):
    """What an article's file holds was written by a newer assistant."""


class ModelError(AssistantError):
    """A model file that is missing, foreign or broken, or a text the model can't take."""


class FetchError(ModelError):
    """A model that couldn't be fetched whole."""


class ModelUnfit(ModelError):
    """A model that can't be asked, in whichever way it is run."""


class ModelStopped(ModelError):
    """The process that runs a model came to an end, or gave no sign of life."""


class ModelKilled(ModelStopped):
    """It was ended from outside, as systems do when memory runs out."""


class ServerError(ModelError):
    """A model server that can't be reached, is too slow, refuses, or says what can't be understood."""


class RequestRefused(ServerError):
    """A model server that is there, and what it was, but doesn't do what it was asked for."""


class ClusterError(AssistantError):
    """A Ray cluster that can't be reached, or whose workers can't add articles."""


class EvaluationError(AssistantError):
    """A data or prediction file with a bad row."""
