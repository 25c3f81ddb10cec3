"""Which files a path stands for, and the texts of files, pages and standard input."""

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import ArticleError
from assistant.sources import web
from assistant.sources.extraction import Extracted
from assistant.sources.inputs import find_files, is_address, is_folder, read_source
from tests.site import Site, leads_to, says

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (
        "b.md",
        "a.txt",
        "a/2.txt",
        "a/10.TXT",
        "a/x.png",
        ".git/a.txt",
        "a/.x.pdf",
        "a/.b.txt",
        "c/.d/e.txt",
        "c/txt",
    ):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(name, encoding="utf-8")
    return tmp_path


def test_a_folder_stands_for_the_texts_below_it_in_order(folder: Path) -> None:
    found = find_files([str(folder)])
    assert [os.path.relpath(file, folder) for file in found] == ["a/10.TXT", "a/2.txt", "a.txt", "b.md"]


def test_files_are_as_they_are_and_each_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert find_files(["b.md", "-", "a", "nosuch", "a/x.png", "a/2.txt", "-"]) == (
        "b.md",
        "-",
        "a/10.TXT",
        "a/2.txt",
        "nosuch",
        "a/x.png",
    )


def test_a_folder_named_dash_is_not_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("-").mkdir()
    assert not is_folder("-")
    assert is_folder("./-")


@pytest.mark.parametrize("inside", ["c", "a/.b"])
def test_a_folder_without_texts_is_told(folder: Path, inside: str) -> None:
    (folder / inside).mkdir(exist_ok=True)
    with pytest.raises(ArticleError, match=r"no \.txt, \.md, .* files\. Choose another, or name the files themselves"):
        find_files([str(folder / "a.txt"), str(folder / inside)])


def test_a_folder_that_cannot_be_read_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir = os.scandir

    def fails(path: Any) -> Iterator[os.DirEntry[str]]:
        if Path(path).name == "a":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", fails)
    with pytest.raises(ArticleError, match="a can't be read: Permission denied"):
        find_files([str(folder)])


def test_a_folder_s_pages_and_documents_are_among_them(tmp_path: Path) -> None:
    for name in ("a.HTML", "b.htm", "c.pdf", "d.Docx", "e.doc", "f.jpg", "g", "h.epub", "i.eml"):
        (tmp_path / name).touch()
    read = ["a.HTML", "b.htm", "c.pdf", "d.Docx", "h.epub", "i.eml"]
    assert [Path(file).name for file in find_files([str(tmp_path)])] == read


def test_an_address_is_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("https:/example.org").mkdir(parents=True)
    assert is_address("HTTPS://example.org")
    assert not is_folder("https://example.org")
    assert not is_address("https.txt")
    assert find_files(["https://example.org", "http://example.org/a.pdf"]) == (
        "https://example.org",
        "http://example.org/a.pdf",
    )


def _standard_input(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_texts_are_read_from_files_and_standard_input(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_source(str(folder / "a.txt"), 100) == Extracted("a.txt")
    _standard_input(monkeypatch, "傘".encode("cp932"))
    assert read_source("-", 100) == Extracted("傘")
    _standard_input(monkeypatch, (DATA / "cable-car.html").read_bytes())
    found = read_source("-", 100_000)
    assert (found.title, found.date) == ("Cable car to Mount Orrin opens two years late", "2025-04-12")


def test_a_file_that_is_no_text_is_told_by_its_path(folder: Path) -> None:
    (folder / "a.txt").write_bytes(b"\0\xff")
    for name, told in (("a.txt", "is not a text"), ("nosuch", "can't be read: No such file"), ("a", "Is a directory")):
        with pytest.raises(ArticleError, match=f"{folder / name}.*{told}"):
            read_source(str(folder / name), 100)


def test_standard_input_is_named_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    _standard_input(monkeypatch, b" ")
    with pytest.raises(ArticleError, match=r"^standard input is empty\."):
        read_source("-", 100)


def test_no_more_is_read_than_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "long.txt"
    path.write_bytes(b"x" * 100)
    assert read_source(str(path), 100).text == "x" * 100
    _standard_input(monkeypatch, b"x" * 100_000)
    for name, called in ((str(path), str(path)), ("-", "standard input")):
        with pytest.raises(ArticleError, match=f"^{called} has more than 99 bytes, the most that is read"):
            read_source(name, 99)
    assert len(sys.stdin.buffer.read()) == 100_000 - 100


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(web, "is_public", lambda address: str(address) == "127.0.0.1")
    site = Site()
    yield site
    site.close()


def test_a_page_is_fetched_and_read_by_the_kind_that_its_server_names(site: Site) -> None:
    page, document = (DATA / "lighthouse.html").read_bytes(), (DATA / "night-train.docx").read_bytes()
    site.answers |= {
        "/a": says(page, Content_Type="text/html"),
        "/b": says(page, Content_Type="text/plain; charset=Shift_JIS"),
        "/c.docx": says(document, Content_Type="application/octet-stream"),
        "/d": leads_to("/c.docx"),
    }
    found = read_source(f"{site.url}/a", 100_000)
    assert (found.title, found.date) == ("無人の灯台に泊まれる宿、予約が1年先まで埋まる", "2024-07-29")
    assert read_source(f"{site.url}/b", 100_000) == Extracted(page.decode("cp932"))
    assert read_source(f"{site.url}/d", 100_000).date == "2025-01-20"


def test_a_page_that_cannot_be_read_is_told_by_its_address(site: Site) -> None:
    site.answers |= {"/a": says(b"<html><body></body></html>"), "/b": says(b"x" * 101), "/c": leads_to("/a")}
    for path, told in (("/a", "found on .*/a"), ("/c", "found on .*/a"), ("/b", "/b has more than 100 bytes")):
        with pytest.raises(ArticleError, match=told):
            read_source(f"{site.url}{path}", 100)
