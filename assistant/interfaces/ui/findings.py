"""What becomes of finished answers: kept with their article, called wrong, saved as a file."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from assistant.errors import AssistantError
from assistant.interfaces.ui.conversation import Turn, as_markdown, from_storage, to_storage
from assistant.interfaces.ui.framework import gr
from assistant.interfaces.ui.notes_html import Kept, keep_html, notes_html
from assistant.interfaces.ui.problems import problem
from assistant.interfaces.ui.reports import article_of, keep_report
from assistant.interfaces.ui.texts import text
from assistant.library.library import Library
from assistant.text.language import Language

__all__ = ["Findings", "note_id"]


def note_id(turn: Turn) -> str:
    """By what an answer is kept: the same one to the same question is kept once."""
    answer = turn.answer
    said = "\n".join((answer.question, answer.understood, answer.marked_text))
    return hashlib.sha256(said.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Findings:
    """The events of a conversation's answers; an answer is named by how many came after it."""

    library: Library

    def keep(self, stored: Any, back: str, shown: str | None, language: str) -> tuple[str, str]:
        """Keeps an answer with the article that it is about. Returns by which id, and the answers kept of `shown`."""
        turn = _turn(stored, int(back))
        if turn is None:
            return "", self.html(shown, Language(language))
        (record,) = to_storage((turn,))
        try:
            self.library.notes.keep(article_of(turn), note_id(turn), record)
        except AssistantError as error:
            gr.Warning(escape(problem(error, Language(language))))
            return "", self.html(shown, Language(language))
        return note_id(turn), self.html(shown, Language(language))

    def drop(self, named: str, shown: str | None, language: str) -> tuple[str, str]:
        """Takes a kept answer out, `named` by its article and id. Returns as `keep`."""
        article, _, note = named.partition(" ")
        try:
            self.library.notes.drop(article, note)
        except AssistantError as error:
            gr.Warning(escape(problem(error, Language(language))))
            note = ""
        return note, self.html(shown, Language(language))

    def report(self, stored: Any, reported: str, language: str) -> bool:
        """Notes that an answer, or its sentence, is wrong. Returns whether that is kept."""
        back, _, wrong = reported.partition(" ")
        turn = _turn(stored, int(back))
        if turn is None:
            return False
        try:
            keep_report(self.library.home, turn, self.library.article(article_of(turn)), wrong)
        except AssistantError as error:
            gr.Warning(escape(problem(error, Language(language))))
            return False
        return True

    def export(self, stored: Any, shown: str | None, language: str) -> str:
        """The conversation in Markdown, and after it the answers kept of the article shown."""
        spoken, titles = Language(language), self.titles()
        conversation = as_markdown(from_storage(stored), text(spoken, "chat"), titles)
        kept = [note.turn for note in self._kept(shown)]
        heading = text(spoken, "kept_answers", count=len(kept))
        return f"{conversation}\n{as_markdown(kept, heading, titles)}" if kept else conversation

    def html(self, shown: str | None, language: Language) -> str:
        """The answers kept of the article shown."""
        return notes_html(self._kept(shown), language, self.titles())

    def keep_buttons(self, turns: Sequence[Turn]) -> list[str]:
        """For each of `turns` the button that keeps it."""
        of = [article_of(turn) for turn in turns]
        ids = {article: {note.id for note in self.library.notes.of(article)} for article in of}
        return [
            keep_html(turn.answer.language, article, note_id(turn), back, is_kept=note_id(turn) in ids[article])
            for turn, article, back in zip(turns, of, reversed(range(len(turns))), strict=True)
        ]

    def titles(self) -> dict[str, str]:
        """Those of the articles, by id."""
        return {entry.id: entry.title for entry in self.library.entries()}

    def _kept(self, article: str | None) -> list[Kept]:
        """Those of an article, without what was kept by another version and can't be read any more."""
        if not article:
            return []
        return [
            Kept(article, note.id, datetime.fromisoformat(note.kept), turn)
            for note in self.library.notes.of(article)
            for turn in from_storage([note.record])
        ]


def _turn(stored: Any, back: int) -> Turn | None:
    """The answer that so many came after; None where it is no longer kept by the browser."""
    turns = from_storage(stored)
    return turns[-1 - back] if back < len(turns) else None
