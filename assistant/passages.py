"""Chooses what the model reads for a question: a short article whole, of longer or several ones the passages found.

The choice is a list of numbered sentences; an answer can cite those and nothing else.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from assistant.article import Article, Document, Sentence
from assistant.language import Language
from assistant.prompts import Passage
from assistant.store import Hit

__all__ = ["Cited", "as_passages", "choose_sentences", "estimated_tokens"]

_CHEAP = re.compile(r"[A-Za-z\s]")


@dataclass(frozen=True, slots=True)
class Cited:
    """A sentence the model is given; `number` counts from 1 in the order of the prompt."""

    number: int
    article: Article
    sentence: Sentence


def estimated_tokens(text: str) -> int:
    """An upper estimate of the tokens of `text`: four Latin letters make one, any other character is one."""
    cheap = len(_CHEAP.findall(text))
    return cheap // 4 + len(text) - cheap + 1


def choose_sentences(
    language: Language,
    hits: Sequence[Hit],
    article_of: Callable[[str], Article],
    scope: Sequence[str] | None,
    budget: int,
) -> tuple[Cited, ...]:
    """Sentences for a question in `language`, of at most about `budget` tokens.

    One article in scope that fits the budget is taken whole, which keeps the prompt the same for all questions on
    it. Else the best passages are taken while half of the budget lasts (a small model reads little well). Each
    article is read in the asker's language where it has that, and in its own where not.
    """
    whole = _whole(language, article_of, scope, budget)
    if whole is not None:
        return whole
    chosen: dict[str, dict[int, Sentence]] = {}
    left = budget // 2
    for hit in hits:
        document = _version(article_of(hit.chunk.article), language)
        if hit.chunk.language is not document.language:
            continue
        cost = estimated_tokens(hit.chunk.text)
        if cost > left:
            if chosen:
                break
            cost = left
        left -= cost
        sentences = document.sentences[hit.chunk.first - 1 : hit.chunk.last]
        chosen.setdefault(hit.chunk.article, {}).update({sentence.number: sentence for sentence in sentences})
    return _numbered((article_of(key), [found[n] for n in sorted(found)]) for key, found in chosen.items())


def as_passages(cited: Iterable[Cited]) -> tuple[Passage, ...]:
    """The sentences as the prompt shows them, article by article."""
    by_article: dict[str, list[Cited]] = {}
    for one in cited:
        by_article.setdefault(one.article.id, []).append(one)
    return tuple(
        Passage(group[0].article.title, tuple((one.number, one.sentence.text) for one in group))
        for group in by_article.values()
    )


def _whole(
    language: Language, article_of: Callable[[str], Article], scope: Sequence[str] | None, budget: int
) -> tuple[Cited, ...] | None:
    if scope is None or len(scope) != 1:
        return None
    article = article_of(scope[0])
    document = _version(article, language)
    if sum(estimated_tokens(sentence.text) for sentence in document.sentences) > budget:
        return None
    return _numbered([(article, document.sentences)])


def _version(article: Article, language: Language) -> Document:
    return article.document(language) or article.documents[0]


def _numbered(groups: Iterable[tuple[Article, Sequence[Sentence]]]) -> tuple[Cited, ...]:
    flat = [(article, sentence) for article, sentences in groups for sentence in sentences]
    return tuple(Cited(number, article, sentence) for number, (article, sentence) in enumerate(flat, start=1))
