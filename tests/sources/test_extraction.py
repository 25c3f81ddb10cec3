"""Saved files give the texts, titles and dates that they hold; what can't be read is told, whatever it does."""

import gzip
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assistant.errors import ArticleError
from assistant.library.article import parse_article
from assistant.sources import extraction
from assistant.sources.extraction import SUFFIXES, Extracted, Kind, extract
from tests.pdfs import drawing, pdf

DATA = Path(__file__).parents[1] / "data"
SAVED = sorted(path for path in DATA.iterdir() if path.suffix in {".docx", ".html", ".pdf"})
"""Beside each stands what it holds: its date, its title, its paragraphs."""
LANGUAGES = {
    "bathhouse.pdf": ["ja"],
    "cable-car.html": ["en"],
    "classrooms.docx": ["ja"],
    "hydrogen-ferries.pdf": ["en"],
    "lighthouse.html": ["ja"],
    "night-train.docx": ["en"],
    "paper-battery.html": ["en", "ja"],
    "seed-library.html": ["en"],
    "snow-cellar.html": ["ja"],
}


@pytest.mark.parametrize("path", SAVED, ids=lambda path: path.name)
def test_a_saved_file_gives_its_paragraphs_title_and_date(path: Path) -> None:
    date, title, *paragraphs = path.with_suffix(".txt").read_text(encoding="utf-8").strip().split("\n\n")
    found = extract(path.read_bytes(), path.name)
    assert (found.date, found.title) == (date, title)
    assert found.text.split("\n\n") == [title, *paragraphs]
    article = parse_article(found.text, found.title)
    assert [language.value for language in article.languages] == LANGUAGES[path.name]
    assert article.left_out == ()
    spans = [span for document in article.documents for span in document.paragraphs]
    assert [found.text[span.start : span.end] for span in spans] == [title, *paragraphs]


def test_each_saved_file_is_read_and_none_is_large() -> None:
    assert {path.name for path in SAVED} == LANGUAGES.keys()
    assert max(path.stat().st_size for path in SAVED) < 150_000


def test_a_plain_text_stays_as_it_is() -> None:
    text = "# Mill\r\n\r\n  It makes power.\n"
    for name in ("a.txt", "a"):
        assert extract(text.encode(), name) == Extracted(text)
    assert extract("水車".encode("cp932"), "a.txt").text == "水車"


PDF, ZIP, TEXT = b"\n%PDF-1.7 ...", b"PK\x03\x04...", b"It makes power."


@pytest.mark.parametrize(
    ("data", "name", "media_type", "kind"),
    [
        (PDF, "a.txt", "text/plain", Kind.PDF),
        (PDF, "https://example.org/a?b=1", "", Kind.PDF),
        (ZIP, "a", "", Kind.DOCX),
        (ZIP, "a.epub", "", Kind.EPUB),
        (ZIP, "a", "application/epub+zip", Kind.EPUB),
        (ZIP + bytes(26) + b"mimetypeapplication/epub+zip", "a.docx", "", Kind.EPUB),
        (TEXT, "a.EML", "", Kind.MAIL),
        (TEXT, "a", "message/rfc822", Kind.MAIL),
        (b"Return-path: <a@example.org>\n", "-", "", Kind.MAIL),
        (b"Return-Path: <a@example.org>\n", "a.txt", "", None),
        (TEXT, "a.HTM", "", Kind.HTML),
        (TEXT, "a.txt", "Text/HTML; charset=utf-8", Kind.HTML),
        (TEXT, "a.html", "application/octet-stream", Kind.HTML),
        (TEXT, "https://example.org/a.html?b=c.txt#d", "", Kind.HTML),
        (TEXT, "a#1?.html", "", Kind.HTML),
        (TEXT, "a", "application/xhtml+xml", Kind.HTML),
        (b"\xef\xbb\xbf\n<!DOCTYPE html>", "a", "", Kind.HTML),
        (b"<HTML lang=ja>", "-", "", Kind.HTML),
        (b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN">', "a", "", Kind.HTML),
        (b"<!-- saved from <https://example.org/> -->\n<!---->\r\n<html>", "a", "", Kind.HTML),
        (b"<!--" + b" We may. " * 500 + b"--><html>", "a", "", Kind.HTML),
        (TEXT, "a.xhtml", "", Kind.HTML),
        (b"<!-- I use --> tags <html>", "a", "", None),
        (b"<!doctype html>", "a.txt", "", Kind.HTML),
        (b"<!-- A page --><html>", "a.md", "", Kind.HTML),
        (b"<!doctype html>", "a.html", "text/plain", None),
        (b"<rss> is a tag", "a.txt", "", None),
        (b"<feed the hens> was written on the door", "a.txt", "", None),
        (b"I use <html> tags", "a", "", None),
    ],
)
def test_the_kind_of_a_file(
    monkeypatch: pytest.MonkeyPatch, data: bytes, name: str, media_type: str, kind: Kind | None
) -> None:
    monkeypatch.setattr(extraction, "_read_apart", lambda kind, *given: Extracted(kind, given[-1]))
    charset = "utf-8" if "charset" in media_type else ""
    assert extract(data, name, media_type) == (
        Extracted(kind, charset) if kind else Extracted(data.decode("utf-8-sig"))
    )


def test_xhtml_is_read_by_its_declaration() -> None:
    text = "北山市の古い水車が、四月から電気を起こしている。市が昨日発表した。"
    page = f"""<?xml version="1.0" encoding="Shift_JIS"?>
<!-- saved from url=(0020)https://example.org/ -->
<!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><body><article><p>{text}</p></article></body></html>"""
    assert extract(page.encode("cp932"), "a").text == text


@pytest.mark.parametrize("unit", [b"<!--", b"<!---->", b"<?", b"<??>", b" ", b"\n<!-- -"])
def test_whether_it_is_a_page_is_seen_in_linear_time(unit: bytes) -> None:
    started = time.process_time()
    assert extract(unit * 500_000 + b".", "a").text
    assert time.process_time() - started < 2


def test_the_server_s_character_set_goes_before_the_page_s_own() -> None:
    text = "北山市の古い水車が、四月から電気を起こしている。市が昨日発表した。"
    page = f"<meta charset=utf-8><article><p>{text}</p></article>".encode("euc_jp")
    assert extract(page, "https://example.org/", 'text/html;charset="EUC-JP"').text == text


@pytest.mark.parametrize(
    ("data", "name", "media_type", "says"),
    [
        (b"", "a.pdf", "", r"a\.pdf is empty\. Choose another file"),
        (b" \r\n\0", "a.txt", "", r"a\.txt is empty"),
        (b"\0\x01\x02", "a", "", "a is not a text in UTF-8"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1...",
            "a.doc",
            "",
            r"a\.doc is of no kind that can be read. Save the article as",
        ),
        (rb"{\rtf1\ansi It makes power.}", "a.rtf", "", r"a\.rtf is of no kind that can be read"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><rss>', "a", "", r"^a is of no kind that can be read"),
        (b"<?xml version='1.0'?>\n<!-- of the mill -->\n<feed>", "a.txt", "", r"of no kind that can be read"),
        (b'<rss version="2.0"><channel>', "https://example.org/a", "text/xml", r"of no kind that can be read"),
        (b'\n<rdf:RDF xmlns="urn:a">', "a.md", "", r"of no kind that can be read"),
        (b"\x89PNG", "a", "image/png", r"of no kind that can be read"),
        (TEXT, "a.pdf", "", r"a\.pdf is no PDF file, though it is called one\. Save it anew"),
        (TEXT, "a", "application/pdf", "is no PDF file, though it is called one"),
        (gzip.compress(TEXT), "a.docx", "", "is no Word file, though it is called one"),
        (ZIP, "a.docx", "", r"a\.docx is broken: File is not a zip file\."),
        (PDF, "a.pdf", "", r"The PDF file a\.pdf is broken: .*\. Save it anew, or paste"),
        (b"<html><body></body></html>", "a.html", "", r"No article was found on a\.html"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_line(data: bytes, name: str, media_type: str, says: str) -> None:
    with pytest.raises(ArticleError, match=f"^[^\n]*{says}[^\n]*$"):
        extract(data, name, media_type)


def test_a_saved_file_cut_anywhere_is_read_or_told() -> None:
    for name in ("hydrogen-ferries.pdf", "night-train.docx"):
        data = (DATA / name).read_bytes()
        with pytest.raises(ArticleError, match="is broken"):
            extract(data[: len(data) // 3], name)


def test_a_file_that_takes_too_long_is_left_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extraction, "SECONDS", 0.2)
    began = time.monotonic()
    with pytest.raises(ArticleError, match=r"^a.pdf took more than 0.2 seconds to read. Save the text of the article"):
        extract(pdf(b"0 0 m\n" * 400_000), "a.pdf")
    assert time.monotonic() - began < 5


@pytest.mark.skipif(os.name == "nt", reason="This system starts no scripts.")
def test_a_process_that_dies_or_does_not_start_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    data = pdf(drawing([(60, 500, 11, "It makes power.")]))
    assert extract(data, "a.pdf").text == "It makes power."
    dying = tmp_path / "python"
    dying.write_text("#!/bin/sh\nkill -SEGV $$\n")
    dying.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(dying))
    with pytest.raises(ArticleError, match=r"^The PDF file a\.pdf is broken: it can't be read\. Save it anew"):
        extract(data, "a.pdf")
    dying.unlink()
    with pytest.raises(
        ArticleError, match=r"^a\.pdf can't be read: no process .* \(No such file or directory\)\. Close"
    ):
        extract(data, "a.pdf")


def test_modules_beside_the_user_are_not_taken_for_those_that_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pypdf.py").write_text("raise SystemExit")
    (tmp_path / "json.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    assert extract(pdf(drawing([(60, 500, 11, "It makes power.")])), "-a.pdf").text == "It makes power."


@pytest.mark.skipif(os.name == "nt", reason="This system limits no process's memory.")
def test_the_process_that_reads_is_held_to_its_memory() -> None:
    greedy = "from assistant.sources.extraction import _limit; _limit(); bytearray(4_000_000_000)"
    done = subprocess.run([sys.executable, "-c", greedy], capture_output=True, text=True, check=False)
    assert done.stderr.endswith("MemoryError\n")


def test_every_kind_has_a_suffix() -> None:
    assert set(SUFFIXES.values()) == set(Kind)
