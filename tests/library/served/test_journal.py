"""What the journal of added files knows, and that it costs nothing but time where it is lost."""

from pathlib import Path

import pytest

from assistant.errors import StoreError
from assistant.library.served.journal import Journal, Stamp

ARTICLE = "0123456789ab"
NAME = "127.0.0.1+8000+default_tenant+default_database"


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "a.txt"
    path.write_text("One.", encoding="utf-8")
    return str(path)


def _stamp(file: str) -> Stamp:
    stamp = Stamp.of(file)
    assert stamp
    return stamp


def test_a_file_is_known_until_it_changes(tmp_path: Path, file: str) -> None:
    before = _stamp(file)
    with Journal(tmp_path / "bulk", NAME) as journal:
        assert journal.article_of(file, before) == ""
        journal.note(file, before, ARTICLE)
    with Journal(tmp_path / "bulk", NAME) as journal:
        assert journal.article_of(file, _stamp(file)) == ARTICLE
        Path(file).write_text("Two.", encoding="utf-8")
        assert journal.article_of(file, _stamp(file)) == ""
    assert Stamp.of(str(tmp_path / "none.txt")) is None


def test_names_that_are_no_text_are_known_too(tmp_path: Path) -> None:
    with Journal(tmp_path, NAME) as journal:
        journal.note("/news/\udce9.txt", Stamp(1, 2), ARTICLE)
        assert journal.article_of("/news/\udce9.txt", Stamp(1, 2)) == ARTICLE


def test_two_runs_may_note_at_once(tmp_path: Path) -> None:
    with Journal(tmp_path, NAME) as one, Journal(tmp_path, NAME) as other:
        one.note("/a.txt", Stamp(1, 2), ARTICLE)
        assert other.article_of("/a.txt", Stamp(1, 2)) == ARTICLE
        assert (one.is_first(ARTICLE), one.is_first(ARTICLE), other.is_first(ARTICLE)) == (True, False, True)


@pytest.mark.parametrize("damage", [b"no database at all, but long enough to be read as one" * 30, b""])
def test_a_damaged_one_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    with Journal(tmp_path, NAME) as journal:
        journal.note("/a.txt", Stamp(1, 2), ARTICLE)
    (tmp_path / f"{NAME}.sqlite3").write_bytes(damage)
    with Journal(tmp_path, NAME) as journal:
        assert journal.article_of("/a.txt", Stamp(1, 2)) == ""
        journal.note("/a.txt", Stamp(1, 2), ARTICLE)
        assert journal.article_of("/a.txt", Stamp(1, 2)) == ARTICLE


def test_failures_are_listed_a_line_each_those_of_the_last_run_alone(tmp_path: Path) -> None:
    with Journal(tmp_path, NAME) as journal:
        journal.note_failure("a\nb.txt", "It is\n empty.")
        journal.note_failure("\udce9.txt", "It is empty.")
        assert journal.failures.read_text("utf-8") == "a b.txt\tIt is empty.\n?.txt\tIt is empty.\n"
    with Journal(tmp_path, NAME) as journal:
        assert not journal.failures.exists()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "bulk").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="can't be written"):
        Journal(tmp_path / "bulk", NAME)
