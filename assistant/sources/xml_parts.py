"""What files that are a ZIP of XML parts have in common, as Word documents and books: how their parts are looked up
and parsed, and what is said of one that is too large."""

from typing import TYPE_CHECKING

from assistant.errors import ArticleError

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["attribute", "kind_of", "parse_part", "part_key", "too_large"]


def parse_part(data: bytes) -> "_Element":
    """The root of a part; nothing is fetched or filled in.

    Raises:
        lxml.etree.XMLSyntaxError: it is no XML.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    return etree.fromstring(data, parser)


def part_key(path: str) -> str:
    """How a part is looked up: as some programs write them, with \\ or / before, in any case."""
    return path.replace("\\", "/").lstrip("/").lower()


def kind_of(element: "_Element") -> str:
    """The name of an element without its namespace, which differs in Strict documents; "" for what is none."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: "_Element", name: str) -> str:
    """An attribute of an element, whatever its namespace; "" where it has none."""
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), "")


def too_large(name: str, size: int, limit: int) -> ArticleError:
    """The error that a file is larger than `limit` when it is unpacked; both in bytes."""
    return ArticleError(
        "{name} has {size:,} bytes when it is unpacked; at most {limit:,} are read. "
        "Save the text of the article alone.",
        name=name,
        size=size,
        limit=limit,
    )
