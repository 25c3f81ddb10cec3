"""The answers kept of an article, as they stand below it, and the button that keeps one; `notes.js` works them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from assistant.interfaces.ui.conversation import Turn, as_text
from assistant.interfaces.ui.html import card_html, question_html
from assistant.interfaces.ui.texts import text
from assistant.text.language import Language

__all__ = ["Kept", "keep_html", "notes_html"]


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that was kept of `article`, by its id there, and when."""

    article: str
    id: str
    when: datetime
    turn: Turn


def notes_html(kept: Sequence[Kept], language: Language, titles: Mapping[str, str]) -> str:
    """The answers kept, behind a line that says how many; nothing where there are none.

    Args:
        titles: of the articles by id; the citations of an answer that came from several name theirs.
    """
    if not kept:
        return ""
    summary = escape(text(language, "kept_answers", count=len(kept)))
    items = "".join(_note_html(note, language, titles) for note in kept)
    return f"<details class='notes'><summary>{summary}</summary><ol>{items}</ol></details>"


def keep_html(language: Language, article: str, note: str, back: int, *, is_kept: bool) -> str:
    """The button that keeps an answer of `article` by the id `note`, and takes it out again where it `is_kept`.

    Args:
        back: how many answers came after it.
    """
    keep, kept = (escape(text(language, key)) for key in ("keep", "kept"))
    named = f"data-back='{back}' data-article='{escape(article)}' data-note='{note}'"
    states = f"data-keep='{keep}' data-kept='{kept}' data-is-kept='{str(is_kept).lower()}'"
    return f"<button type='button' class='keep' {named} {states}>{kept if is_kept else keep}</button>"


def _note_html(note: Kept, language: Language, titles: Mapping[str, str]) -> str:
    answer = note.turn.answer
    asked = question_html(answer.question, answer.language, answer.understood)
    named = {} if len(note.turn.scope) == 1 else titles
    said = card_html(answer.language, answer.text, answer, named)
    when = escape(text(language, "kept_on", when=note.when.astimezone().strftime("%Y-%m-%d %H:%M")))
    copy, copied, drop = (escape(text(language, key)) for key in ("copy", "copied", "drop"))
    copying = f"class='copy' data-copy='{escape(as_text(answer, named))}' data-copied='{copied}'"
    dropping = f"class='drop' data-article='{escape(note.article)}' data-note='{escape(note.id)}'"
    return (
        f"<li><div lang='{answer.language}'>{asked}</div><div class='answer' lang='{answer.language}'>{said}</div>"
        f"<p class='actions'><time datetime='{escape(note.when.isoformat())}'>{when}</time>"
        f"<button type='button' {copying}>{copy}</button><button type='button' {dropping}>{drop}</button></p></li>"
    )
