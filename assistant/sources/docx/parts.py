"""The parts of a Word document: a ZIP file of XML, in which each part names those that belong to it."""

import io
import posixpath
import zipfile
from typing import TYPE_CHECKING
from urllib.parse import unquote

from assistant.errors import ArticleError
from assistant.sources.xml_parts import attribute, kind_of, parse_part, part_key, too_large

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["Parts"]

UNPACKED_BYTES = 50_000_000
"""Largest document read, unpacked; an article with pictures has a tenth of it."""
XML_BYTES = 20_000_000
"""Largest part of XML in it; a part of 40 MB takes half a minute and 900 MB."""
_USUAL_MAIN = "word/document.xml"


class Parts:
    """The parts of one document, found by what they are to each other: their names are each program's own."""

    def __init__(self, data: bytes, name: str) -> None:
        """Looks at the list of parts, and at which of them is the main one.

        Args:
            data: the file.
            name: what messages call it.

        Raises:
            ArticleError: it is broken or no Word document, or is too large unpacked.
        """
        self._name = name
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError) as error:
            raise self._broken(error) from error
        self._parts = {part_key(part.filename): part for part in self._archive.infolist()}
        self._main = self._related("", "officeDocument") or _USUAL_MAIN
        if part_key(self._main) not in self._parts:
            raise self._no_document()
        self._hold_to_limit(sum(part.file_size for part in self._parts.values()), UNPACKED_BYTES)

    def main(self) -> "_Element":
        """The root of the main part.

        Raises:
            ArticleError: it is no XML, or none of a Word document.
            zipfile.BadZipFile: it isn't as the list of parts says.
        """
        root = self._xml(self._main)
        if kind_of(root) != "document":
            raise self._no_document()
        return root

    def styles(self) -> "_Element | None":
        """The root of the styles of the main part, as `main`; None where it has none."""
        found = self._related(self._main, "styles")
        return self._xml(found) if found else None

    def properties(self) -> dict[str, str]:
        """What the document tells of itself, as `title` and `created`; raises as `main` does."""
        found = self._related("", "core-properties")
        return {kind_of(one): one.text or "" for one in self._xml(found)} if found else {}

    def _related(self, part: str, kind: str) -> str:
        """The part that `part` ("": the whole document) names as its `kind`; "" where there is none.

        Strict and usual documents have different addresses for a kind, which end the same.
        """
        folder, file = posixpath.split(part)
        listed = f"{folder}/_rels/{file}.rels"
        if part_key(listed) not in self._parts:
            return ""
        for relation in self._xml(listed):
            if attribute(relation, "Type").endswith(f"/{kind}") and attribute(relation, "TargetMode") != "External":
                written = attribute(relation, "Target").replace("\\", "/")
                target = posixpath.normpath(posixpath.join("/", folder, written))
                for found in (target, unquote(target)):
                    if part_key(found) in self._parts:
                        return found
        return ""

    def _xml(self, part: str) -> "_Element":
        """The root of a part; nothing is unpacked that is larger than it says, and nothing fetched or filled in."""
        from lxml import etree

        listed = self._parts[part_key(part)]
        self._hold_to_limit(listed.file_size, XML_BYTES)
        try:
            root = parse_part(self._archive.read(listed))
        except etree.XMLSyntaxError as error:
            raise self._broken(error) from error
        if root.getroottree().docinfo.internalDTD is not None:
            raise self._broken("DOCTYPE")
        return root

    def _hold_to_limit(self, size: int, limit: int) -> None:
        if size > limit:
            raise too_large(self._name, size, limit)

    def _broken(self, reason: object) -> ArticleError:
        return ArticleError(
            "{name} is broken: {reason}. Open it in a word processor and save it anew.",
            name=self._name,
            reason=reason,
        )

    def _no_document(self) -> ArticleError:
        return ArticleError(
            "{name} is no Word document. Save the article as .docx, .pdf, .html or .txt.", name=self._name
        )
