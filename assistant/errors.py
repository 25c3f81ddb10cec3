"""Every error that a user can meet, in one tree.

    AssistantError
    ├── UsageError             an option or value that makes no sense
    ├── ArticleError           a text that can't become an article
    │   └── PageError          a page that couldn't be fetched
    ├── ArticleNotFound        an id or title that names no article
    ├── StoreError             the article store can't be read or written
    │   └── StoreInUse         another process holds the store
    ├── ModelError             a model file that is missing, foreign or broken
    │   └── FetchError         a model that couldn't be fetched
    └── EvaluationError        a data or prediction file with a bad row

A message says what is wrong, with what, and what to do, in one line or a few; it is shown as it is.
"""

__all__ = [
    "ArticleError",
    "ArticleNotFound",
    "AssistantError",
    "EvaluationError",
    "FetchError",
    "ModelError",
    "PageError",
    "StoreError",
    "StoreInUse",
    "UsageError",
]


class AssistantError(Exception):
    """Base of all errors that are shown to the user as their message alone."""


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


class StoreInUse(StoreError):
    """Another process holds the article store."""


class ModelError(AssistantError):
    """A model file that is missing, foreign or broken, or a text the model can't take."""


class FetchError(ModelError):
    """A model that couldn't be fetched whole."""


class EvaluationError(AssistantError):
    """A data or prediction file with a bad row."""
