"""Answers are kept with the article that they are about, shown below it as they were, and saved in both languages."""

import json
from dataclasses import replace
from html import escape
from typing import Any

import pytest

from assistant.answering.events import Answer, Timings
from assistant.answering.grounding import Citation, FigurePlace
from assistant.answering.refusals import REFUSAL
from assistant.errors import StoreError
from assistant.interfaces.ui import findings as module
from assistant.interfaces.ui.conversation import Turn, to_storage
from assistant.interfaces.ui.findings import Findings, note_id
from assistant.library.article import Article
from assistant.library.library import Library
from assistant.library.notes import notes_file
from assistant.text.language import Language
from tests.texts import BILINGUAL, OTHER

NASTY = """<img src=x onerror=alert(1)>"quoted" 'single' </span></p></button><script>x</script>"""


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    told: list[str] = []
    monkeypatch.setattr(module.gr, "Warning", told.append)
    return told


@pytest.fixture
def rolls(library: Library) -> Article:
    return library.add(BILINGUAL, "Rolls & *more*")[0]


@pytest.fixture
def findings(library: Library, warnings: list[str]) -> Findings:
    return Findings(library)


def _turn(article: Article, *, several: bool = False, **fields: Any) -> Turn:
    sentence = article.sentences(Language.ENGLISH)[0]
    answer = Answer(
        question="How many?",
        language=Language.ENGLISH,
        text="1 million.",
        refused=False,
        stopped=False,
        citations=(Citation(1, article.id, Language.ENGLISH, sentence.start, sentence.end, sentence.text),),
        figures=(FigurePlace(0, 1, article.id, Language.ENGLISH, sentence.start, sentence.start + 1),),
        nearest=(),
        log_odds=None,
        model="fake",
        timings=Timings(1.0, None, 3.0, 4, 5, 6),
    )
    return Turn(() if several else (article.id,), (), replace(answer, **fields))


def _keep(findings: Findings, *turns: Turn, back: int = 0, shown: str = "", language: str = "en") -> tuple[str, str]:
    return findings.keep(json.loads(json.dumps(to_storage(turns))), str(back), shown, language)


def test_a_kept_answer_is_shown_as_it_was_with_what_it_points_at(findings: Findings, rolls: Article) -> None:
    older, newer = _turn(rolls), _turn(rolls, question="And now?", understood="How many now?")
    kept, page = _keep(findings, older, newer, back=1, shown=rolls.id)
    assert kept == note_id(older)
    assert "Kept answers (1)" in page
    sentence = rolls.sentences(Language.ENGLISH)[0]
    assert f"class='citation' data-citation='1' data-article='{rolls.id}'" in page
    assert f"class='figure' data-article='{rolls.id}' data-language='en' data-start='{sentence.start}'" in page
    assert escape(sentence.text) in page
    assert "How many?" in page
    assert "And now?" not in page
    page = _keep(findings, older, newer, shown=rolls.id, language="ja")[1]
    assert "保存した答え（2件）" in page
    assert page.index("How many?") < page.index("And now?") < page.index("How many now?")


def test_the_same_answer_to_the_same_question_is_kept_once(findings: Findings, rolls: Article) -> None:
    turn = _turn(rolls)
    _keep(findings, turn)
    again = _turn(rolls, timings=Timings(9.0, None, 9.0, 4, 5, 6))
    assert "(1)" in _keep(findings, again, shown=rolls.id)[1]
    assert "(2)" in _keep(findings, _turn(rolls, text="2 million."), shown=rolls.id)[1]


def test_a_refusal_is_kept_too(findings: Findings, rolls: Article) -> None:
    refusal = _turn(rolls, text=REFUSAL[Language.ENGLISH], refused=True, citations=(), figures=())
    assert REFUSAL[Language.ENGLISH] in _keep(findings, refusal, shown=rolls.id)[1]


def test_what_is_taken_out_is_gone_and_the_buttons_say_so(findings: Findings, rolls: Article) -> None:
    turns = _turn(rolls), _turn(rolls, question="Since when?")
    _keep(findings, *turns, back=1)
    states = [button.split("data-is-kept='")[1].split("'")[0] for button in findings.keep_buttons(turns)]
    assert states == ["true", "false"]
    assert [">Kept<" in button for button in findings.keep_buttons(turns)] == [True, False]
    assert findings.drop(f"{rolls.id} {note_id(turns[0])}", rolls.id, "en") == (note_id(turns[0]), "")
    assert not any(">Kept<" in button for button in findings.keep_buttons(turns))


def test_an_answer_from_several_is_kept_with_the_article_cited_first(
    findings: Findings, rolls: Article, library: Library
) -> None:
    other = library.add(OTHER, "Umbrellas")[0]
    cited = _turn(other).answer.citations[0], _turn(rolls).answer.citations[0]
    _keep(findings, _turn(rolls, several=True, citations=cited))
    assert findings.html(rolls.id, Language.ENGLISH) == ""
    page = findings.html(other.id, Language.ENGLISH)
    assert "[1] Umbrellas" in page
    assert "[1] Rolls &amp; *more*" in page


def test_what_comes_from_outside_is_text(findings: Findings, rolls: Article) -> None:
    page = _keep(findings, _turn(rolls, question=NASTY, text=NASTY, figures=()), shown=rolls.id)[1]
    assert "<img" not in page
    assert "<script" not in page
    assert page.count(escape(NASTY)) >= 2


def test_what_an_earlier_version_kept_is_passed_over_and_stays(
    findings: Findings, rolls: Article, library: Library
) -> None:
    library.notes.keep(rolls.id, "old", {"asked": "How many?", "said": "1 million."})
    assert findings.html(rolls.id, Language.ENGLISH) == ""
    assert "(1)" in _keep(findings, _turn(rolls), shown=rolls.id)[1]
    kept = json.loads(notes_file(library.home, rolls.id).read_text("utf-8"))["notes"]
    assert kept[0]["record"] == {"asked": "How many?", "said": "1 million."}


def test_what_cannot_be_kept_or_taken_out_is_told(
    findings: Findings, rolls: Article, library: Library, warnings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise StoreError("{path} can't be written: {reason}. Make room, or set ASSISTANT_HOME.", path="a", reason="b")

    turn = _turn(rolls)
    _keep(findings, turn)
    with monkeypatch.context() as patch:
        patch.setattr(library.notes, "_write", fails)
        assert _keep(findings, _turn(rolls, text="2 million."), shown=rolls.id)[0] == ""
        note, page = findings.drop(f"{rolls.id} {note_id(turn)}", rolls.id, "ja")
    assert note == ""
    assert "保存した答え（1件）" in page
    assert len(warnings) == 2
    library.remove(rolls.id)
    assert _keep(findings, turn, shown=rolls.id) == ("", "")
    assert findings.drop("../x a", None, "en") == ("", "")
    assert len(warnings) == 4


def test_what_the_browser_no_longer_has_is_not_kept(findings: Findings, rolls: Article) -> None:
    assert _keep(findings, _turn(rolls), back=1, shown=rolls.id) == ("", "")
    assert findings.keep("nothing", "0", rolls.id, "en") == ("", "")


@pytest.mark.parametrize(
    ("language", "headings"),
    [("en", ["# Conversation", "# Kept answers (1)"]), ("ja", ["# 会話", "# 保存した答え（1件）"])],
)
def test_the_markdown_has_what_is_kept_of_the_article_shown_after_the_conversation(
    findings: Findings, rolls: Article, library: Library, language: str, headings: list[str]
) -> None:
    other = library.add(OTHER)[0]
    kept, said = _turn(rolls), _turn(rolls, question="Since when?")
    _keep(findings, kept)
    _keep(findings, _turn(other, question="Of the other?"))
    written = findings.export(to_storage([said]), rolls.id, language)
    lines = [line for line in written.splitlines() if line.startswith("#")]
    assert lines == [headings[0], "## Since when?", headings[1], "## How many?"]
    assert written.count("— *Rolls \\& \\*more\\**") == 2
    assert "Of the other?" not in written
    assert "Kept" not in findings.export(to_storage([said]), None, "en")
