"""Cuts a `Document` into `Chunk`s of whole sentences. Pure; what is done with chunks is for `store.py`."""

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.library.article import Article, Document, Sentence
from assistant.text.language import Language

__all__ = ["Chunk", "chunk_article", "chunk_id"]

CHUNK_CHARACTERS = {Language.ENGLISH: 600, Language.JAPANESE: 240}
"""Longest chunk of several sentences, in characters: about 150 tokens of the embedder in either language."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive sentences of one paragraph; `text` is `article.text[start:end]`.

    `position` counts from 0 within the document; `first` and `last` are the numbers of its sentences, inclusive.
    """

    article: str
    language: Language
    position: int
    start: int
    end: int
    first: int
    last: int
    text: str

    @property
    def id(self) -> str:
        return chunk_id(self.article, self.language, self.position)


def chunk_id(article: str, language: Language, position: int) -> str:
    """The id of the chunk at `position` of an article's version in `language`."""
    return f"{article}:{language}:{position}"


def chunk_article(article: Article) -> tuple[Chunk, ...]:
    """The chunks of all documents of `article`, in reading order within each."""
    return tuple(chunk for document in article.documents for chunk in _chunks(article, document))


def _chunks(article: Article, document: Document) -> Iterator[Chunk]:
    for position, group in enumerate(_groups(document)):
        start, end = group[0].start, group[-1].end
        yield Chunk(
            article=article.id,
            language=document.language,
            position=position,
            start=start,
            end=end,
            first=group[0].number,
            last=group[-1].number,
            text=article.text[start:end],
        )


def _groups(document: Document) -> Iterator[list[Sentence]]:
    """Sentences that make a chunk: of one paragraph, together no longer than the limit (one alone may be)."""
    limit = CHUNK_CHARACTERS[document.language]
    group: list[Sentence] = []
    for sentence in document.sentences:
        fits = group and group[0].paragraph == sentence.paragraph and sentence.end - group[0].start <= limit
        if group and not fits:
            yield group
            group = []
        group.append(sentence)
    if group:
        yield group
