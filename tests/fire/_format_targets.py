"""What reads the files that articles come from, as targets: a target for each format."""

import io
import json
import zipfile
from functools import partial

from hypothesis import strategies as st

from assistant.errors import ArticleError
from assistant.library.article import parse_article
from assistant.library.files import (
    record_of,
)
from assistant.sources.extracted import is_readable
from assistant.sources.extraction import Kind, extract
from assistant.sources.extraction import _read as read_kind
from tests.damaged import whole_files
from tests.fire._attack import Target
from tests.fire._inputs import documents, texts

__all__ = ["FORMATS", "TARGETS", "read_format", "whole_of"]

FORMATS = {
    "HTML": (Kind.HTML, (".html",)),
    "PDF": (Kind.PDF, (".pdf",)),
    "Word": (Kind.DOCX, (".docx",)),
    "EPUB": (Kind.EPUB, (".epub",)),
    "mails": (Kind.MAIL, (".eml",)),
    "plain text": (Kind.TEXT, (".txt",)),
    "Markdown": (Kind.MARKDOWN, (".md",)),
}
LONGEST = 40_000
"""Bytes of the files that others are made of, so that none takes long; the zipped ones are packed anew."""


def whole_of(name: str) -> tuple[bytes, ...]:
    """The whole files of a format, the short ones."""
    _, suffixes = FORMATS[name]
    found = [data for file, data in whole_files().items() if file.endswith(suffixes)]
    return tuple(data for data in found if len(data) <= LONGEST) or tuple(found)


def read_format(name: str, data: bytes) -> None:
    """Reads a file as `extract` does, but in this process; what is read of it becomes an article, or an error of ours.

    What the libraries make of a broken file is told as such, so that any exception of theirs is an error of ours.
    """
    kind, suffixes = FORMATS[name]
    if kind in (Kind.TEXT, Kind.MARKDOWN):
        found = extract(data, f"a{suffixes[0]}")
    else:
        try:
            found = read_kind(kind, data, f"a{suffixes[0]}", "")
        except Exception as error:
            raise ArticleError("broken") from error
        if not is_readable(found.text):
            raise ArticleError("unreadable")
    assert found.text.strip(), "no text, and no error"
    json.dumps([found.text, found.title, found.date, found.lost, found.whole])
    record_of(parse_article(found.text, found.title, found.date)).encode()


def _unzipped(whole: tuple[bytes, ...]) -> st.SearchStrategy[bytes]:
    """Zipped files with one of their parts damaged, and whole for the rest."""
    return st.builds(
        _with_part, st.sampled_from(whole), st.integers(0, 99), st.integers(0, 2**32), documents(b"<a/>", b"<w:p>")
    )


def _with_part(data: bytes, number: int, at: int, other: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as out:
        names = archive.namelist()
        for name in names:
            part = archive.read(name)
            if name == names[number % len(names)]:
                cut = at % (len(part) + 1)
                part = part[:cut] + other + part[cut + at % 50 :]
            out.writestr(name, part)
    return stream.getvalue()


def _of_format(name: str) -> Target:
    def inputs() -> st.SearchStrategy[bytes]:
        whole = whole_of(name)
        ways = [documents(*whole)]
        if name in ("Word", "EPUB"):
            ways.append(_unzipped(whole))
        elif name != "PDF":
            ways.append(st.builds(_with_text, st.sampled_from(whole), st.integers(0, 9999), texts()))
        return st.one_of(ways)

    return Target(name, inputs, partial(read_format, name), whole_of(name)[0])


def _with_text(data: bytes, at: int, text: str) -> bytes:
    return data[:at] + text.encode("utf-8", "surrogatepass") + data[at:]


TARGETS = tuple(_of_format(name) for name in FORMATS)
