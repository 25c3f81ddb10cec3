"""Which files a path stands for, and texts of them."""

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import ArticleError
from assistant.readers import find_files, is_folder, read_text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.md", "a.txt", "a/2.txt", "a/10.TXT", "a/x.pdf", ".git/a.txt", "a/.b.txt", "c/.d/e.txt", "c/txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(name, encoding="utf-8")
    return tmp_path


def test_a_folder_stands_for_the_texts_below_it_in_order(folder: Path) -> None:
    found = find_files([str(folder)])
    assert [os.path.relpath(file, folder) for file in found] == ["a/10.TXT", "a/2.txt", "a.txt", "b.md"]


def test_files_are_as_they_are_and_each_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert find_files(["b.md", "-", "a", "nosuch", "a/x.pdf", "a/2.txt", "-"]) == (
        "b.md",
        "-",
        "a/10.TXT",
        "a/2.txt",
        "nosuch",
        "a/x.pdf",
    )


def test_a_folder_named_dash_is_not_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("-").mkdir()
    assert not is_folder("-")
    assert is_folder("./-")


@pytest.mark.parametrize("inside", ["c", "a/.b"])
def test_a_folder_without_texts_is_told(folder: Path, inside: str) -> None:
    (folder / inside).mkdir(exist_ok=True)
    with pytest.raises(ArticleError, match=r"no \.txt or \.md files\. Choose another, or name the files themselves"):
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


def test_texts_are_read_from_files_and_standard_input(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_text(str(folder / "a.txt")) == "a.txt"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("傘".encode("cp932"))))
    assert read_text("-") == "傘"


def test_a_file_that_is_no_text_is_told_by_its_path(folder: Path) -> None:
    (folder / "a.txt").write_bytes(b"\0\xff")
    for name, says in (("a.txt", "is not a text"), ("nosuch", "can't be read: No such file"), ("a", "Is a directory")):
        with pytest.raises(ArticleError, match=f"{folder / name}.*{says}"):
            read_text(str(folder / name))
