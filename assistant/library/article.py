"""Makes an `Article` of a text: up to two `Document`s, one per language, and what was left out.

All offsets count characters of `Article.text`, the text as given, so `text[start:end]` always gives back what
they stand for. Reading files is for the edges; what is kept of an article is for `files.py`.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from assistant.errors import ArticleError
from assistant.text.dates import read_date
from assistant.text.language import Language, Span, as_unicode
from assistant.text.paragraphs import paragraph_spans
from assistant.text.scripts import parts
from assistant.text.sentences import sentence_spans
from assistant.text.steering import without_steering

__all__ = ["ARTICLE_ID", "PARSER", "Article", "Document", "Sentence", "article_id", "parse_article"]

PARSER = 4
"""Version of the rules by which a text becomes an article, and of what is kept of them with it (`files.py`)."""

ARTICLE_ID = re.compile(r"\b[0-9a-f]{12}\b")
"""What `article_id` gives."""
TITLE_CHARACTERS = 80
"""Where a title is made of the article's first sentence, its length."""
TITLE_LIMIT = 200
"""Longest title kept, in characters."""
FURNITURE_CHARACTERS = 160
"""Longer lines are never taken for page furniture."""

_SENTENCE_END = re.compile(r"[.!?。！？…][\"'”’)）\]」』]*$")
_LINK_BULLET = re.compile(r"^[-–—*•▪→►▶»]\s*\S")
_BULLET = re.compile(r"^(?:[-*•▪▶►→■□●○◆◇・‣–—]|\d{1,2}[.)])\s*\S")
_RELATED = re.compile(
    r"^[【■◆●▼▽★☆▶►\[]?\s*(?:(?:(?:read|see|more|also|related|recommended|up next|next)\b"
    r"(?: (?:next|more|also|now|stories|story|news|articles?|reading|posts?|links?|here|on this(?: \w+)?|like this"
    r"|for you|from (?:the |our )?\w+))*\s*[:：]?)$"
    r"|(?:you (?:may|might|could) (?:also )?(?:like|enjoy|be interested in)(?: this| these)?|"
    r"(?:sign up|subscribe)\b.{0,40}|.{0,20}\bnewsletters?|follow us\b.{0,30})\s*[:：]?$"
    r"|(?:read (?:next|more|also)|see also|related(?: (?:articles?|stories|news|link|content))?|recommended)\s*[:：]"
    r"|(?:あわせて読みたい|合わせて読みたい|関連(?:記事|ニュース|リンク|トピック)|こちらも(?:読む|おすすめ)|次に読む|おすすめ)"
    r"|(?:こちら|その他|ほか|最新|人気|注目)の.{0,4}(?:記事|ニュース)(?:もおすすめ|一覧|ランキング|もチェック)?[】\]:：]?$"
    r"|この記事を読んだ(?:人|方).{0,12}$)",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"^[（(【\[]?(?:photos?|images?|pictures?|illustration|credit|source|写真|画像|撮影|出典|提供)\s*"
    r"(?:by|credit|via|courtesy|from|は|[:：/／©=＝])"
    r"|^via (?:[A-Z][\w.&]+\s?){1,3}(?:/.*)?$|\b(?:shutterstock|getty images?|unsplash)\b"
    r"|シャッターストック|ゲッティ|(?:画像|写真)(?:提供)?[）)】\]]?$",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(r"^(?:©|\(c\)|copyright\b)|\ball rights reserved\b|無断転載", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a document; `number` counts from 1 within it, `paragraph` from 0."""

    number: int
    language: Language
    start: int
    end: int
    text: str
    paragraph: int


@dataclass(frozen=True, slots=True)
class Document:
    """One language version of an article: its paragraphs and sentences, in reading order."""

    language: Language
    paragraphs: tuple[Span, ...]
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """A text with its language versions.

    `date` is its day as YYYY-MM-DD, "" where that isn't known; the id is that of the text alone.
    `left_out` holds what belongs to neither, as written: page furniture at the end, paragraphs in other scripts.
    """

    id: str
    title: str
    text: str
    documents: tuple[Document, ...]
    left_out: tuple[str, ...] = ()
    date: str = ""

    @property
    def languages(self) -> tuple[Language, ...]:
        return tuple(document.language for document in self.documents)

    def document(self, language: Language) -> Document | None:
        """The version in `language`, or None."""
        return next((document for document in self.documents if document.language is language), None)

    def sentences(self, language: Language) -> tuple[Sentence, ...]:
        """Those of the version in `language`; none where there is no such version."""
        document = self.document(language)
        return document.sentences if document else ()


def article_id(text: str) -> str:
    """The id of the article in `text`: the same for texts that differ in blanks around them or Unicode form alone."""
    normal = unicodedata.normalize("NFC", _as_kept(text)).strip()
    return hashlib.sha256(normal.encode()).hexdigest()[:12]


def parse_article(text: str, title: str = "", date: str = "", *, limit: int = 2_000_000) -> Article:
    """The article in `text`; paragraphs of both languages may follow each other in any order.

    Args:
        title: its title; without one its first sentence.
        date: its day in a usual form (`read_date`), or "".
        limit: longest text accepted, in bytes of UTF-8.

    Raises:
        ArticleError: the text is empty, too long, or in neither English nor Japanese; or the date is none.
    """
    day = _day(date)
    text = _as_kept(text)
    _check(text, limit)
    by_language: dict[Language, list[Span]] = {}
    left_out: list[Span] = []
    own: set[Span] = set()
    for part in parts(text, paragraph_spans(text)):
        (by_language.setdefault(part.language, []) if part.language else left_out).append(part.span)
        if part.is_own:
            own.add(part.span)
    if not by_language:
        raise ArticleError("The text is in neither English nor Japanese; those two are the languages read here.")
    documents = []
    for language, paragraphs in by_language.items():
        kept, furniture = _without_furniture(text, paragraphs)
        left_out.extend(furniture)
        documents.append(_document(text, language, kept))
    return Article(
        id=article_id(text),
        title=" ".join(_as_kept(title).split())[:TITLE_LIMIT] or _title(documents, own),
        text=text,
        documents=tuple(documents),
        left_out=tuple(text[span.start : span.end] for span in sorted(left_out)),
        date=day,
    )


def _as_kept(text: str) -> str:
    """`text` of characters that can be written, without those that steer what shows it."""
    return without_steering(as_unicode(text))


def _day(date: str) -> str:
    """`date` as YYYY-MM-DD; "" where it is empty."""
    day = read_date(date)
    if day is None and date.strip():
        raise ArticleError("{date!r} is no date. Write it as 2026-03-14, or leave it out.", date=date)
    return day.isoformat() if day else ""


def _check(text: str, limit: int) -> None:
    if not text.strip():
        raise ArticleError("The text is empty. Paste an article in English or Japanese, or choose a text file.")
    size = len(text.encode())
    if size > limit:
        raise ArticleError(
            "The text has {size:,} bytes; at most {limit:,} are read. Take out what is not part of the article.",
            size=size,
            limit=limit,
        )


def _without_furniture(text: str, paragraphs: list[Span]) -> tuple[list[Span], list[Span]]:
    """Paragraphs, and the page furniture behind the last of them (image credits, links to other articles).

    Only lines that are no sentences are taken, only at the end, and never all: an article is rather kept too long.
    """
    lines = [text[span.start : span.end] for span in paragraphs]
    related = list(_under_related(lines))
    end = len(paragraphs)
    while end > 1 and _is_furniture(lines, end - 1, is_related=related[end - 1]):
        end -= 1
    return paragraphs[:end], paragraphs[end:]


def _is_furniture(lines: list[str], index: int, *, is_related: bool) -> bool:
    line = lines[index]
    if len(line) > FURNITURE_CHARACTERS:
        return False
    if _SENTENCE_END.search(line):
        return bool(_COPYRIGHT.search(line)) or (is_related and _is_link_that_asks(line))
    marks = (_COPYRIGHT, _CREDIT, _RELATED)
    return any(mark.search(line) for mark in marks) or is_related or _is_lone_bullet(lines, index)


def _is_lone_bullet(lines: list[str], index: int) -> bool:
    """A single bulleted line is a link; two or more are a list, which belongs to the article."""
    beside = [lines[i] for i in (index - 1, index + 1) if 0 <= i < len(lines)]
    introduced = lines[index - 1].rstrip().endswith((":", "："))
    return bool(_LINK_BULLET.match(lines[index])) and not introduced and not any(_BULLET.match(line) for line in beside)


def _under_related(lines: list[str]) -> Iterator[bool]:
    """For each line whether it is one of a run of headlines under a heading such as "Related"."""
    is_under = False
    for index, line in enumerate(lines):
        yield is_under
        if _SENTENCE_END.search(line) and not _is_link_that_asks(line):
            is_under = False
        elif index and _RELATED.search(line):
            is_under = True


def _is_link_that_asks(line: str) -> bool:
    """Whether a line is a headline with a bullet that ends as a question or a call does."""
    return line.endswith(("?", "!", "？", "！")) and bool(_BULLET.match(line))


def _document(text: str, language: Language, paragraphs: list[Span]) -> Document:
    sentences: list[Sentence] = []
    for index, paragraph in enumerate(paragraphs):
        for span in sentence_spans(text, paragraph, language):
            body = text[span.start : span.end]
            sentences.append(Sentence(len(sentences) + 1, language, span.start, span.end, body, index))
    return Document(language, tuple(paragraphs), tuple(sentences))


def _title(documents: Sequence[Document], own: AbstractSet[Span]) -> str:
    """The first sentence of a paragraph that is in its version's own language."""
    pairs = [(each, document) for document in documents for each in document.sentences]
    pairs.sort(key=lambda pair: pair[0].start)
    headed = [each for each, document in pairs if document.paragraphs[each.paragraph] in own]
    sentences = headed or [each for each, _ in pairs]
    bare = (" ".join(sentence.text.lstrip("#").split()) for sentence in sentences)
    words = next(filter(None, bare), sentences[0].text)
    return words if len(words) <= TITLE_CHARACTERS else words[: TITLE_CHARACTERS - 1].rstrip() + "…"
