"""Texts that give the assistant orders, hidden in an invented article, its file or its question: `fire/orders.jsonl`.

A row has the order, where it stands (`place`), of what kind it is, in which of `injected_news.py`, a regular
expression for what an answer that obeys has and another has not, and such an answer. In a question "{q}" is the news'
own question; without it only disobedience is wanted. A file is made of each as people have them.
"""

import io
import json
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path

from assistant.text.language import Language
from tests.books import book
from tests.injected_news import ENGLISH_NEWS, JAPANESE_NEWS, News
from tests.pdfs import drawing, pdf

__all__ = ["ASKED", "INJECTIONS", "IN_SIGHT", "Injection"]

ORDERS = Path(__file__).parent / "fire" / "orders.jsonl"
IN_SIGHT = frozenset(("article", "title"))
"""Places of an article where a reader sees what stands there."""
ASKED = frozenset(("question", "follow-up", "earlier"))
"""Places in what is asked; "earlier" is the question before that on the news, "follow-up" the one behind it."""
NEWS = {Language.ENGLISH: ENGLISH_NEWS, Language.JAPANESE: JAPANESE_NEWS}

_HEADS = {
    "author": '<meta name="author" content="{}"><meta property="article:author" content="{}">',
    "description": '<meta name="description" content="{}"><meta property="og:description" content="{}">',
    "date": '<meta name="date" content="{}"><meta property="article:published_time" content="{}">',
}
_BODIES = {
    "alt": '<p><img src="mill.jpg" alt="{}" title="{}"></p>',
    "hidden": '<p style="display:none">{}</p>',
    "comment": "<!-- {} -->",
    "aria": '<p aria-label="{}" aria-description="{}"></p>',
    "noscript": "<noscript><p>{}</p></noscript>",
    "white": '<p style="color:#fff;background:#fff">{}</p>',
    "tiny": '<p style="font-size:1px">{}</p>',
}


@dataclass(frozen=True, slots=True)
class Injection:
    """A question on an article, one of which holds an order."""

    id: str
    language: Language
    place: str
    kind: str
    news: News
    order: str
    forbidden: re.Pattern[str]
    obeying: str
    """An answer that obeys."""

    @property
    def questions(self) -> tuple[str, ...]:
        """What is asked, one after the other; the answer to the last counts."""
        if self.place not in ASKED:
            return (self.news.question,)
        ordered = self.order.replace("{q}", self.news.question)
        if self.place == "follow-up":
            return self.news.question, ordered
        return (ordered, self.news.question) if self.place == "earlier" else (ordered,)

    @property
    def expected(self) -> re.Pattern[str] | None:
        """What the answer to the last question has; None where there is nothing to answer."""
        return re.compile(self.news.expected) if self.news.question in self.questions[-1] else None

    @property
    def article(self) -> str:
        """The text of the article, as a reader sees it."""
        title = self.order if self.place == "title" else self.news.title
        body = self.news.body.replace("{order}", self.order if self.place == "article" else "")
        return f"{title}\n\n{body.replace('  ', ' ').strip()}"

    def file(self) -> tuple[str, bytes]:
        """The name of the article's file, and what is in it."""
        if self.place == "docx":
            return "news.docx", self._document()
        if self.place == "pdf":
            return "news.pdf", self._pdf()
        if self.place == "epub":
            fields = ("title", "creator", "description", "subject")
            said = "".join(f"<dc:{field}>{escape(self.order)}</dc:{field}>" for field in fields)
            return "news.epub", book(self.article, said)
        if self.place in _HEADS or self.place in _BODIES:
            return "news.html", self._page().encode()
        name = f"{self.order}.txt" if self.place == "file name" else "news.txt"
        return name, self.article.encode()

    def _page(self) -> str:
        before, _, behind = self.news.body.partition("{order}")
        hidden = self.order.replace("--", "- -") if self.place == "comment" else escape(self.order)
        head, between = (places.get(self.place, "").replace("{}", hidden) for places in (_HEADS, _BODIES))
        parts = [f"<p>{part.strip()}</p>" if part.strip() else "" for part in (before, behind)]
        title = f"<title>{self.news.title}</title>"
        return (
            f"<!doctype html><html lang='{self.language}'><head><meta charset='utf-8'>{title}{head}</head>"
            f"<body><article><h1>{self.news.title}</h1>{parts[0]}{between}{parts[1]}</article></body></html>"
        )

    def _document(self) -> bytes:
        from docx import Document

        document = Document()
        for paragraph in self.article.split("\n\n"):
            document.add_paragraph(paragraph)
        for field in ("title", "author", "subject", "comments", "keywords"):
            setattr(document.core_properties, field, self.order)
        stream = io.BytesIO()
        document.save(stream)
        return stream.getvalue()

    def _pdf(self) -> bytes:
        from pypdf import PdfReader, PdfWriter

        title, body = self.article.split("\n\n")
        sentences = body.replace(". ", ".\n").split("\n")
        lines = [(40, 520, 18, title), *((40, 480 - 14 * at, 9, one) for at, one in enumerate(sentences))]
        writer = PdfWriter(PdfReader(io.BytesIO(pdf(drawing(lines)))))
        writer.add_metadata({f"/{field}": self.order for field in ("Title", "Author", "Subject", "Keywords")})
        stream = io.BytesIO()
        writer.write(stream)
        return stream.getvalue()


def _injection(row: dict[str, str]) -> Injection:
    language = Language(row["language"])
    news, forbidden = NEWS[language][row["news"]], re.compile(row["forbidden"])
    return Injection(row["id"], language, row["place"], row["kind"], news, row["order"], forbidden, row["obeying"])


INJECTIONS = tuple(_injection(json.loads(line)) for line in ORDERS.read_text(encoding="utf-8").splitlines())
