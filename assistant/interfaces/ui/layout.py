"""The components of the page and the words on them, which follow the language chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assistant.interfaces.ui.framework import gr
from assistant.interfaces.ui.texts import TEXTS, text
from assistant.settings import Care
from assistant.sources.extraction import SUFFIXES
from assistant.text.language import Language

__all__ = [
    "ALL",
    "SUGGESTIONS",
    "WORDS",
    "Bar",
    "Reading",
    "Talking",
    "among_all",
    "bar",
    "care_choices",
    "reading",
    "spoken",
    "talking",
]

WORDS: Any = gr.I18n(en=TEXTS[Language.ENGLISH], ja=TEXTS[Language.JAPANESE])
"""By the browser's language, until the page has opened and says what was chosen."""
SUGGESTIONS = 4
"""Questions suggested at once, at most."""
ALL = "all"
"""Stands for all articles among those to ask about."""
LANGUAGES = [("English", Language.ENGLISH.value), ("日本語", Language.JAPANESE.value)]


@dataclass(frozen=True, slots=True)
class Bar:
    """The head of the page, with the menu."""

    header: gr.HTML
    status: gr.HTML
    button: gr.HTML
    close: gr.HTML
    language: gr.Radio
    care: gr.Radio
    models: gr.HTML
    export: gr.Button


@dataclass(frozen=True, slots=True)
class Reading:
    """The components beside the conversation: the article, and what adds and removes one."""

    articles: gr.Dropdown
    asked: gr.Dropdown
    comfort: gr.HTML
    english: gr.HTML
    japanese: gr.HTML
    notes: gr.HTML
    manage: gr.Accordion
    address: gr.Textbox
    fetch: gr.Button
    file: gr.UploadButton
    title: gr.Textbox
    date: gr.Textbox
    body: gr.Textbox
    whole: gr.Button
    draft: gr.State
    bookmarklet: gr.HTML
    add: gr.Button
    remove: gr.Button
    notice: gr.HTML


@dataclass(frozen=True, slots=True)
class Talking:
    """The components of the conversation."""

    chat: gr.Chatbot
    question: gr.Textbox
    ask: gr.Button
    stop: gr.Button
    again: gr.Button
    edit: gr.Button
    suggestions: tuple[gr.Button, ...]


def bar() -> Bar:
    """The head of the page, in a row, and the menu, which `menu.js` makes a popover."""
    with gr.Row(elem_id="bar"):
        header = gr.HTML(elem_id="header", scale=3)
        status = gr.HTML(elem_id="status", scale=2)
        button = gr.HTML(elem_id="menu-button", scale=0, min_width=140)
        with gr.Column(elem_id="menu"):
            close = gr.HTML(elem_id="menu-close")
            language = gr.Radio(LANGUAGES, value=LANGUAGES[0][1], label="Language / 言語", elem_id="language")
            choices = care_choices(Language.ENGLISH)
            care = gr.Radio(choices, value=Care.BALANCED.value, label=WORDS("care"), elem_id="care")
            export = gr.Button(WORDS("export"), elem_id="export", size="sm")
            models = gr.HTML(elem_id="models")
    return Bar(header, status, button, close, language, care, models, export)


def reading() -> Reading:
    """The article's side, top to bottom."""
    version: dict[str, Any] = {"elem_classes": "version", "container": True, "padding": True}
    articles = gr.Dropdown(label=WORDS("articles"), elem_id="articles", interactive=True)
    asked = gr.Dropdown(
        label=WORDS("asked"),
        info=WORDS("asked_hint"),
        elem_id="asked",
        multiselect=True,
        interactive=True,
        visible=False,
    )
    comfort = gr.HTML(elem_id="comfort", padding=False)
    with gr.Row(elem_id="versions"):
        english = gr.HTML(elem_id="article-en", **version)
        japanese = gr.HTML(elem_id="article-ja", **version)
    notes = gr.HTML(elem_id="notes", apply_default_css=False)
    adding = _adding()
    notice = gr.HTML(elem_id="notice")
    return Reading(
        articles=articles,
        asked=asked,
        comfort=comfort,
        english=english,
        japanese=japanese,
        notes=notes,
        **adding,
        notice=notice,
    )


def _adding() -> dict[str, Any]:
    """The part that adds and removes articles, by the names that `Reading` has."""
    with gr.Accordion(WORDS("manage"), open=False, elem_id="manage") as manage:
        with gr.Row(equal_height=True):
            hint = WORDS("address_hint")
            address = gr.Textbox(
                label=WORDS("address"), placeholder=hint, elem_id="address", max_lines=1, scale=3, min_width=160
            )
            fetch = gr.Button(WORDS("fetch"), elem_id="fetch", scale=1, min_width=90)
            file = gr.UploadButton(
                WORDS("choose_file"), file_types=list(SUFFIXES), elem_id="add-file", scale=1, min_width=120
            )
        bookmarklet = gr.HTML(elem_id="bookmarklet")
        with gr.Row(equal_height=True):
            title = gr.Textbox(label=WORDS("add_title"), elem_id="add-title", max_lines=1, scale=3, min_width=160)
            hint = WORDS("add_date_hint")
            date = gr.Textbox(
                label=WORDS("add_date"), placeholder=hint, elem_id="add-date", max_lines=1, scale=1, min_width=160
            )
        hint = WORDS("add_text_hint")
        body = gr.Textbox(label=WORDS("add_text"), placeholder=hint, elem_id="add-text", lines=6, max_lines=12)
        draft = gr.State(None)
        whole = gr.Button(WORDS("add_whole"), visible=False, elem_id="add-whole")
        with gr.Row():
            add = gr.Button(WORDS("add"), variant="primary", elem_id="add")
            remove = gr.Button(WORDS("remove"), variant="stop", elem_id="remove")
    return {
        "manage": manage,
        "address": address,
        "fetch": fetch,
        "file": file,
        "title": title,
        "date": date,
        "body": body,
        "whole": whole,
        "draft": draft,
        "bookmarklet": bookmarklet,
        "add": add,
        "remove": remove,
    }


def talking() -> Talking:
    """The conversation's side, top to bottom."""
    chat = gr.Chatbot(
        label=WORDS("chat"),
        elem_id="chat",
        placeholder=WORDS("chat_hint"),
        render_markdown=False,
        sanitize_html=False,  # `html.py` escapes; the sanitiser would take the citations' data away
        latex_delimiters=[],
        layout="bubble",
        buttons=[],
        feedback_options=None,
    )
    with gr.Row(elem_id="suggestions"):
        suggestions = tuple(
            gr.Button("", size="sm", variant="secondary", visible=False, elem_classes="suggestion")
            for _ in range(SUGGESTIONS)
        )
    hint = WORDS("question_hint")
    with gr.Row(elem_id="composer"):
        question = gr.Textbox(
            label=WORDS("question"),
            show_label=False,
            container=False,
            placeholder=hint,
            elem_id="question",
            max_lines=6,
            autofocus=True,
            scale=5,
            min_width=120,
        )
        ask = gr.Button(WORDS("ask"), variant="primary", elem_id="ask", scale=0, min_width=90)
        stop = gr.Button(WORDS("stop"), elem_id="stop", scale=0, min_width=90)
    again = gr.Button(elem_id="again", visible="hidden")
    edit = gr.Button(elem_id="edit", visible="hidden")
    return Talking(chat, question, ask, stop, again, edit, suggestions)


def among_all(choices: Sequence[tuple[str, str]], language: Language) -> dict[str, Any]:
    """The chooser of what to ask about, there where there is a choice."""
    update: dict[str, Any] = gr.update(
        choices=[(text(language, "all_articles"), ALL), *choices], visible=len(choices) > 1
    )
    return update


def care_choices(language: Language) -> list[tuple[str, str]]:
    """What can be chosen for a question that the article may not answer, with its value."""
    return [(text(language, care.value), care.value) for care in Care]


def spoken(head: Bar, parts: Reading, talk: Talking) -> list[tuple[Any, dict[str, str]]]:
    """Each component that has words, with the key of the words for each of its properties."""
    return [
        (parts.articles, {"label": "articles"}),
        (parts.asked, {"label": "asked", "info": "asked_hint"}),
        (parts.manage, {"label": "manage"}),
        (parts.title, {"label": "add_title"}),
        (parts.date, {"label": "add_date", "placeholder": "add_date_hint"}),
        (parts.whole, {"value": "add_whole"}),
        (parts.body, {"label": "add_text", "placeholder": "add_text_hint"}),
        (parts.address, {"label": "address", "placeholder": "address_hint"}),
        (parts.fetch, {"value": "fetch"}),
        (parts.file, {"label": "choose_file"}),
        (parts.add, {"value": "add"}),
        (parts.remove, {"value": "remove"}),
        (talk.chat, {"label": "chat", "placeholder": "chat_hint"}),
        (talk.question, {"label": "question", "placeholder": "question_hint"}),
        (talk.ask, {"value": "ask"}),
        (talk.stop, {"value": "stop"}),
        (head.export, {"value": "export"}),
        (head.care, {"label": "care"}),
    ]
