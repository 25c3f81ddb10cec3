"""An answer that was called wrong is a row of the user's own file."""

import json
from pathlib import Path

import pytest

from assistant.answering.events import Answer, Timings
from assistant.answering.grounding import Citation
from assistant.errors import StoreError
from assistant.interfaces.ui.conversation import Turn
from assistant.interfaces.ui.reports import FILE, article_of, keep_report
from assistant.library.article import Article
from assistant.text.language import Language


def _turn(*citations: Citation, scope: tuple[str, ...] = ()) -> Turn:
    timings = Timings(1.0, None, 3.0, 4, 5, 6)
    answer = Answer("And now?", Language.ENGLISH, "240 yen", False, False, citations, (), (), None, "fake", timings)
    return Turn(scope, (), answer)


def test_a_report_has_what_was_asked_and_said_and_is_there_once(tmp_path: Path, article: Article) -> None:
    turn = _turn(Citation(3, article.id, Language.ENGLISH, 0, 5, "One\nsentence."))
    for wrong in ("answer", "sentence", "answer"):
        keep_report(tmp_path, turn, article, wrong)
    rows = [json.loads(line) for line in (tmp_path / FILE).read_text(encoding="utf-8").splitlines()]
    assert [row["wrong"] for row in rows] == ["answer", "sentence"]
    assert {row["said"] for row in rows} == {"240 yen [3]"}
    assert rows[0]["article"] == article.text
    assert rows[0]["citations"][0]["text"] == "One\nsentence."


def test_it_is_about_the_article_cited_before_those_asked(article: Article) -> None:
    cited = Citation(3, article.id, Language.ENGLISH, 0, 5, "One.")
    assert article_of(_turn(cited, scope=("0" * 12,))) == article.id
    assert article_of(_turn(scope=("0" * 12,))) == "0" * 12
    assert article_of(_turn()) == ""


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_file_that_an_editor_has_saved_goes_on_with_whole_rows(tmp_path: Path, article: Article, mark: bytes) -> None:
    file = tmp_path / FILE
    keep_report(tmp_path, _turn(), article, "answer")
    file.write_bytes(mark + file.read_bytes().rstrip())
    for wrong in ("answer", "sentence", "answer"):
        keep_report(tmp_path, _turn(), article, wrong)
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8-sig").splitlines()]
    assert [row["wrong"] for row in rows] == ["answer", "sentence"]


@pytest.mark.parametrize("encoding", ["cp932", "utf-16"])
def test_a_file_that_is_no_longer_utf_8_is_told_and_left(tmp_path: Path, article: Article, encoding: str) -> None:
    file = tmp_path / FILE
    file.write_text("記事\n", encoding=encoding)
    before = file.read_bytes()
    with pytest.raises(StoreError, match="isn't text in UTF-8 any more"):
        keep_report(tmp_path, _turn(), article, "answer")
    assert file.read_bytes() == before


def test_what_cannot_be_written_is_told(tmp_path: Path, article: Article) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(StoreError, match="can't be written"):
        keep_report(tmp_path, _turn(), article, "answer")
