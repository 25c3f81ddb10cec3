"""The text of a Word document, through python-docx: paragraphs, table rows as lines; its title and its date."""

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from assistant.errors import ArticleError
from assistant.extracted import Extracted, known_date, known_title, paragraphs_text, tidy

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["extract_docx"]

UNPACKED_BYTES = 50_000_000
"""Largest document read, unpacked; an article with pictures has a tenth of it."""
_MAIN_PART = "word/document.xml"
_TEMPLATE_DATE = datetime(2013, 12, 23)
"""When the template was made that python-docx writes new documents from."""
_LEFT_OUT = {"pPr", "rt", "del", "moveFrom", "instrText", "delText", "txbxContent", "Fallback", "drawing", "pict"}
"""What stands inside a paragraph and is no text of it: settings, readings above characters, what was deleted, boxes."""
_SIGNS = {"br": "\n", "cr": "\n", "tab": " ", "noBreakHyphen": "-"}


def extract_docx(data: bytes, name: str) -> Extracted:
    """The text of a Word document; changes that are tracked count as made.

    Raises:
        ArticleError: it is broken or no Word document, has no text, or is too large unpacked.
    """
    _check(data, name)
    from docx import Document

    document = Document(io.BytesIO(data))
    text = paragraphs_text(line for block in _blocks(document.element.body) for line in block.split("\n"))
    if not text:
        raise ArticleError(
            "{name} has no text in it. If it holds pictures of a text, type or paste the text instead.", name=name
        )
    properties = document.core_properties
    made = properties.created
    template = made is not None and made.replace(tzinfo=None, hour=0, minute=0, second=0) == _TEMPLATE_DATE
    return Extracted(text, known_title(properties.title), "" if template else known_date(made))


def _check(data: bytes, name: str) -> None:
    """Looks at the list of parts alone: nothing is unpacked that is larger than it says."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {part.filename: part.file_size for part in archive.infolist()}
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise ArticleError(
            "{name} is broken: {reason}. Open it in a word processor and save it anew.", name=name, reason=error
        ) from error
    if _MAIN_PART not in parts:
        raise ArticleError("{name} is no Word document. Save the article as .docx, .pdf, .html or .txt.", name=name)
    if sum(parts.values()) > UNPACKED_BYTES:
        raise ArticleError(
            "{name} has {size:,} bytes when it is unpacked; at most {limit:,} are read. "
            "Save the text of the article alone.",
            name=name,
            size=sum(parts.values()),
            limit=UNPACKED_BYTES,
        )


def _blocks(element: "_Element") -> Iterator[str]:
    """The paragraphs and table rows below `element`, in reading order."""
    for child in element:
        kind = _kind(child)
        if kind == "p":
            yield _text(child)
        elif kind == "tr":
            yield " | ".join(filter(None, (tidy(" ".join(_blocks(cell))) for cell in child if _kind(cell) == "tc")))
        elif kind not in _LEFT_OUT:
            yield from _blocks(child)


def _text(element: "_Element") -> str:
    kind = _kind(element)
    if kind in _LEFT_OUT:
        return ""
    own = (element.text or "") if kind == "t" else _SIGNS.get(kind, "")
    return own + "".join(map(_text, element))


def _kind(element: "_Element") -> str:
    """The name of an element without its namespace; "" for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
