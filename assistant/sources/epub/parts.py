"""The parts of a book (EPUB): a ZIP file of XHTML documents, their order, and what it says of itself."""

import io
import posixpath
import zipfile
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from assistant.errors import ArticleError
from assistant.sources.extracted import not_of_kind
from assistant.sources.xml_parts import attribute, parse_part, part_key, too_large

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["Book"]

UNPACKED_BYTES = 10_000_000
"""Most that is unpacked of a book, as its parsers lose longer texts; without its pictures a long novel has a tenth."""
_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)
"""What comes of parts that aren't as the list of parts says."""
_PAGES = {"application/xhtml+xml", "text/html", "text/x-oeb1-document"}


class Book:
    """The parts of one book; those that it names but doesn't have are left out.

    Attributes:
        pages: the documents in reading order, by their paths in the file, each once.
        contents: those of them that are said to hold the table of contents.
    """

    def __init__(self, data: bytes, name: str) -> None:
        """Looks at the list of parts, and at what the book says of itself.

        Args:
            data: the file.
            name: what messages call it.

        Raises:
            ArticleError: it is broken, locked or no book, or is too large unpacked.
        """
        self._name = name
        self._unpacked = 0
        self._locked: set[str] = set()
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGE as error:
            raise self._broken(error) from error
        self._parts = {part_key(part.filename): part for part in self._archive.infolist()}
        self._locked = self._encrypted()
        path = self._package_path()
        self._package = self._xml(path)
        folder = posixpath.dirname(path)
        items = {item.get("id", ""): item for item in _each(self._package, "item")}
        read = [items[ref.get("idref", "")] for ref in _each(self._package, "itemref") if ref.get("idref") in items]
        pages = [_within(folder, item.get("href", "")) for item in read if item.get("media-type") in _PAGES]
        self.pages = [page for page in dict.fromkeys(pages) if part_key(page) in self._parts]
        lists = [item for item in items.values() if "nav" in item.get("properties", "").split()]
        lists += [each for each in _each(self._package, "reference") if each.get("type") == "toc"]
        self.contents = {_within(folder, each.get("href", "")) for each in lists}

    def page(self, path: str) -> bytes:
        """One of `pages`, as it is written; raises as the class does."""
        return self._bytes(path)

    def said(self, field: str, event: str = "") -> list[str]:
        """What the book says of itself under `field` of Dublin Core, as `title`; a main title before others.

        Args:
            event: what goes first of several, where they name what they are of (`publication`).
        """
        found = [each for each in _each(self._package, field) if (each.text or "").strip()]
        refined = [meta for meta in _each(self._package, "meta") if meta.get("property") == "title-type"]
        main = {meta.get("refines", "").removeprefix("#") for meta in refined if (meta.text or "").strip() == "main"}
        found.sort(key=lambda each: (attribute(each, "event") != event, each.get("id") not in main))
        return [each.text or "" for each in found]

    def _package_path(self) -> str:
        """Where the book says what it is made of; found by its name where the container doesn't tell."""
        if part_key(_CONTAINER) in self._parts:
            for root in _each(self._xml(_CONTAINER), "rootfile"):
                path = _within("", root.get("full-path", ""))
                if part_key(path) in self._parts:
                    return path
        found = min((part.filename for part in self._parts.values() if part.filename.endswith(".opf")), default="")
        if not found:
            raise not_of_kind(self._name, "EPUB")
        return found

    def _encrypted(self) -> set[str]:
        """The parts that are; in books that anyone can read there may be fonts among them."""
        if part_key(_ENCRYPTION) not in self._parts:
            return set()
        references = _each(self._xml(_ENCRYPTION), "CipherReference")
        return {part_key(_within("", reference.get("URI", ""))) for reference in references}

    def _xml(self, path: str) -> "_Element":
        """The root of a part; nothing is fetched or filled in."""
        from lxml import etree

        try:
            return parse_part(self._bytes(path))
        except etree.XMLSyntaxError as error:
            raise self._broken(error) from error

    def _bytes(self, path: str) -> bytes:
        """A part unpacked; none that is longer than it says."""
        part = self._parts[part_key(path)]
        if part.flag_bits & 1 or part_key(path) in self._locked:
            raise ArticleError(
                "{name} is locked against copying (DRM), so its text can't be read. Choose a copy without a lock, or "
                "paste the text.",
                name=self._name,
            )
        self._unpacked += part.file_size
        if self._unpacked > UNPACKED_BYTES:
            raise too_large(self._name, self._unpacked, UNPACKED_BYTES)
        try:
            return self._archive.read(part)
        except _DAMAGE as error:
            raise self._broken(error) from error

    def _broken(self, reason: object) -> ArticleError:
        return ArticleError(
            "The {kind} file {name} is broken: {reason}. Save it anew, or paste the text of the article.",
            kind="EPUB",
            name=self._name,
            reason=reason,
        )


def _each(root: "_Element", name: str) -> "list[_Element]":
    """All elements of a name below `root`, whatever their namespace."""
    return list(root.iterfind(f".//{{*}}{name}"))


def _within(folder: str, address: str) -> str:
    """The path in the file of what `address` names from `folder`; "" where it is none of the file."""
    with suppress(ValueError):
        parts = urlsplit(address)
        if not parts.scheme and not parts.netloc:
            return posixpath.normpath(posixpath.join("/", folder, unquote(parts.path))).lstrip("/")
    return ""
