"""HTML of the menu: its button, the models that can be chosen, and how far that is for one that was."""

from collections.abc import Sequence
from html import escape

from assistant.interfaces.ui.choosing import Attempt
from assistant.interfaces.ui.html import as_size, notice_html
from assistant.interfaces.ui.problems import problem
from assistant.interfaces.ui.texts import text
from assistant.model.choices import ModelChoice
from assistant.text.language import Language

__all__ = ["attempt_html", "button_html", "close_html", "models_html", "served_html"]

_OTHER = {Language.ENGLISH: "日本語", Language.JAPANESE: "English"}
"""What those look for who can't read the language that the page speaks."""


def button_html(language: Language) -> str:
    """What opens the menu; it is labelled in both languages."""
    return (
        f"<button type='button' popovertarget='menu'><span aria-hidden='true'>☰</span> "
        f"<span id='menu-name'>{escape(text(language, 'menu'))}</span> "
        f"<span class='other' lang='{language.other}'>{_OTHER[language]}</span></button>"
    )


def close_html(language: Language) -> str:
    """What closes the menu, where there is no room to press beside it."""
    label = escape(text(language, "close"))
    return f"<button type='button' popovertarget='menu' popovertargetaction='hide' aria-label='{label}'>✕</button>"


def attempt_html(language: Language, attempt: Attempt | None, current: ModelChoice) -> str:
    """In the head of the page: what becomes of the model that was chosen; a screen reader isn't told of each byte."""
    if attempt is None:
        return ""
    said = text(language, f"model_{attempt.state}", model=attempt.choice.id, current=current.id)
    amount = ""
    if attempt.state == "fetching":
        done, total = (f"{count / 1e6:,.0f}" for count in (attempt.done, attempt.choice.bytes))
        amount = f"<span class='amount'>{escape(text(language, 'amount', done=done, total=total))}</span>"
    return (
        f"<p class='model' data-attempt='{attempt.state}'>"
        f"<span role='status' aria-live='polite'>{escape(said)}</span>{amount}</p>"
    )


def models_html(
    language: Language,
    choices: Sequence[ModelChoice],
    current: ModelChoice,
    attempt: Attempt | None,
    *,
    is_open: bool,
) -> str:
    """The models with what is known of them, and a button for each that can be chosen; `menu.js` does it."""
    hint = escape(text(language, "models_hint" if is_open else "models_fixed"))
    items = "".join(_item_html(language, choice, current, attempt, is_open) for choice in choices)
    heading = escape(text(language, "models"))
    return f"<section><h2 id='models-name'>{heading}</h2><p>{hint}</p><ul>{items}</ul></section>"


def served_html(language: Language, model: str, server: str) -> str:
    """The model of a server that answers in place of these; its name may not be known yet."""
    heading, hint = escape(text(language, "models")), escape(text(language, "models_served", server=server))
    used = escape(text(language, "model_used"))
    named = f"<span class='name'>{escape(model)}</span> <strong>{used}</strong>"
    item = f"<ul><li aria-current='true'>{named}</li></ul>" if model else ""
    return f"<section><h2 id='models-name'>{heading}</h2><p>{hint}</p>{item}</section>"


def _item_html(
    language: Language, choice: ModelChoice, current: ModelChoice, attempt: Attempt | None, is_open: bool
) -> str:
    is_current, is_wanted = choice.id == current.id, bool(attempt and attempt.choice.id == choice.id)
    facts = (
        as_size(choice.bytes),
        choice.licence or text(language, "model_own"),
        text(language, "model_here" if choice.is_here else "model_missing"),
    )
    lines = "".join(f"<p>{escape(line)}</p>" for line in (" · ".join(facts), _measured(language, choice)))
    mark = f" <strong>{escape(text(language, 'model_used'))}</strong>" if is_current else ""
    told = ""
    if is_wanted and attempt and attempt.error:
        told = notice_html(problem(attempt.error, language), is_problem=True)
    chosen = " aria-current='true'" if is_current else ""
    button = _button_html(language, choice, current, attempt) if is_open else ""
    named = f"<span class='name'>{escape(choice.id)}</span>{mark}"
    return f"<li data-model='{escape(choice.id)}' tabindex='-1'{chosen}>{named}{lines}{button}{told}</li>"


def _button_html(language: Language, choice: ModelChoice, current: ModelChoice, attempt: Attempt | None) -> str:
    """What chooses a model; of one that is being fetched, what gives that up for the one that answers."""
    wanted, said = choice, ""
    if attempt and attempt.state == "fetching" and attempt.choice.id == choice.id:
        wanted, said = current, text(language, "give_up")
    elif choice.id != current.id:
        size = as_size(choice.bytes)
        said = text(language, "use_model") if choice.is_here else text(language, "fetch_model", size=size)
    if not said:
        return ""
    return (
        f"<button type='button' data-model='{escape(wanted.id)}' aria-label='{escape(f'{said}: {choice.id}')}'>"
        f"{escape(said)}</button>"
    )


def _measured(language: Language, choice: ModelChoice) -> str:
    measured = choice.measured
    if measured is None:
        return text(language, "model_unmeasured")
    if measured.right is None or measured.refused is None:
        return text(language, "model_decided", decided=measured.decided)
    return text(language, "model_measured", right=measured.right, refused=measured.refused)
