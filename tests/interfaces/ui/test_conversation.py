"""A conversation goes to the browser and comes back the same, and out as Markdown and text."""

import json
from dataclasses import replace
from typing import Any

import pytest

from assistant.answering.disagreements import Disagreement
from assistant.answering.events import Answer, Timings
from assistant.answering.grounding import Citation, FigurePlace
from assistant.interfaces.ui.conversation import KEPT_TURNS, Turn, as_markdown, as_text, from_storage, to_storage
from assistant.library.article import Article
from assistant.library.chunking import chunk_article
from assistant.library.store import Hit
from assistant.text.language import Language


@pytest.fixture
def turn(article: Article) -> Turn:
    hits = tuple(Hit(chunk, 0.1, rank, "fused") for rank, chunk in enumerate(chunk_article(article)[:2], start=1))
    sentence = article.documents[0].sentences[3]
    answer = Answer(
        question="How much *does* a roll\n cost?",
        language=Language.ENGLISH,
        text="240 yen.",
        refused=False,
        stopped=False,
        citations=(Citation(4, article.id, Language.ENGLISH, sentence.start, sentence.end, "It costs\n240 yen <b>."),),
        figures=(FigurePlace(0, 7, article.id, Language.ENGLISH, sentence.start, sentence.start + 7),),
        nearest=hits[:1],
        log_odds=None,
        model="fake",
        timings=Timings(1.0, None, 3.5, 4, 5, 6),
    )
    return Turn((article.id,), hits, answer)


def _through_the_browser(value: Any) -> Any:
    return json.loads(json.dumps(value))


def test_turns_come_back_as_they_were(turn: Turn) -> None:
    turns = (turn, replace(turn, scope=(), answer=replace(turn.answer, refused=True, language=Language.JAPANESE)))
    assert from_storage(_through_the_browser(to_storage(turns))) == turns


def test_the_last_turns_are_kept(turn: Turn) -> None:
    turns = [replace(turn, scope=(str(number),)) for number in range(KEPT_TURNS + 3)]
    assert from_storage(to_storage(turns)) == tuple(turns[3:])


@pytest.mark.parametrize("stored", [None, "", {}, [{}], [1], [{"scope": [], "hits": [], "answer": {"text": "<b>"}}]])
def test_what_is_no_conversation_counts_as_none(stored: Any) -> None:
    assert from_storage(stored) == ()


def test_a_copied_answer_has_the_sentences_it_cites(turn: Turn, article: Article) -> None:
    assert as_text(turn.answer, {}) == "240 yen. [4]\n[4] It costs 240 yen <b>."
    assert as_text(turn.answer, {article.id: "Rolls"}) == "240 yen. [4]\n[4] It costs 240 yen <b>. — Rolls"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (Language.ENGLISH, "The Japanese version of the article has another figure there: 260円"),
        (Language.JAPANESE, "記事の日本語版では別の数字になっています：260円"),
    ],
)
def test_another_figure_of_the_other_version_goes_along(turn: Turn, language: Language, said: str) -> None:
    other = Disagreement(0, 7, "a", Language.JAPANESE, 50, 54, "260円")
    turn = replace(turn, answer=replace(turn.answer, language=language, disagreements=(other,)))
    assert as_text(turn.answer, {}).endswith(f" <b>.\n{said}")
    assert as_markdown([turn], "C", {}).endswith(f" \\<b\\>.\n\n{said}\n")


def test_markdown_says_how_a_question_was_understood(turn: Turn) -> None:
    turn = replace(turn, answer=replace(turn.answer, question="And *two*?", understood="What do *two* rolls cost?"))
    written = as_markdown([turn], "C", {})
    assert "## And \\*two\\*?\n\nUnderstood as: What do \\*two\\* rolls cost?\n\n240 yen." in written


def test_markdown_shows_text_as_it_is_written(turn: Turn, article: Article) -> None:
    written = as_markdown([turn], "Conversation", {article.id: "Rolls & *more*"})
    assert written == (
        "# Conversation\n\n## How much \\*does\\* a roll cost?\n\n240 yen. \\[4\\]\n\n"
        "> \\[4\\] It costs 240 yen \\<b\\>. — *Rolls \\& \\*more\\**\n"
    )


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("2019.", "2019\\."),
        ("3) of 4", "3\\) of 4"),
        ("3.5 yen", "3.5 yen"),
        ("- no", "\\- no"),
        ("+ 5%", "\\+ 5%"),
        ("Yes\n---", "Yes\n\\---"),
        ("Both:\n• one\n• 2. two\nOf Mika:\n• three\nEnd", "Both:\n\n- one\n- 2\\. two\n\nOf Mika:\n\n- three\n\nEnd"),
    ],
)
def test_only_points_become_a_list_which_ends_with_them(turn: Turn, said: str, written: str) -> None:
    turn = replace(turn, answer=replace(turn.answer, text=said, citations=()))
    assert as_markdown([turn], "C", {}).endswith(f"cost?\n\n{written}\n")


def test_the_source_of_an_article_that_is_gone_is_left_out(turn: Turn) -> None:
    assert as_markdown([turn], "C", {}).endswith("> \\[4\\] It costs 240 yen \\<b\\>.\n")
