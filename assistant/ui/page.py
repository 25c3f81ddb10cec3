"""Layout and events of the page. What it shows is made in `html.py`, its words stand in `texts.py`."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.alignment import Bead
from assistant.answering import Inquiry
from assistant.application import Application
from assistant.article import Article, decode_text, parse_article
from assistant.errors import AssistantError
from assistant.events import AnswerFinished, EvidenceFound, ModelAwaited, TokenGenerated
from assistant.language import Language
from assistant.library import SAMPLE
from assistant.settings import Care
from assistant.store import Hit
from assistant.ui import html
from assistant.ui.session import Sessions, Threads
from assistant.ui.texts import TEXTS, text

__all__ = ["ASKERS", "WORDS", "build"]

ALL = "all"
"""Value of the chooser for all articles."""
ASKERS = 64
"""Questions taken at once; the model answers them one after the other, its askers in turn, and says so to those
who wait."""
WORDS: Any = gr.I18n(en=TEXTS[Language.ENGLISH], ja=TEXTS[Language.JAPANESE])
EXAMPLES = (
    "When are Alibaba's results due?",
    "How many employees does Alibaba have?",
    "金曜日に中国企業指数は何パーセント上がりましたか？",
    "アリババの従業員は何人ですか？",
)
"""Questions on the sample article."""

Chat = list[dict[str, str]]
Update = Any


def build(application: Application, sessions: Sessions) -> gr.Blocks:
    """The page for `application`, not yet served."""
    handlers = _Handlers(application, sessions)
    page: gr.Blocks
    with gr.Blocks(title=text(Language.ENGLISH, "page_title"), fill_width=True, analytics_enabled=False) as page:
        header = gr.HTML(elem_id="header")
        with gr.Row(elem_id="room"):
            with gr.Column(scale=6, min_width=320, elem_id="reading"):
                reading = _reading()
            with gr.Column(scale=5, min_width=320, elem_id="talking"):
                talking = _talking()
        view = [reading.articles, reading.english, reading.japanese, talking.examples]
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        opened = page.load(handlers.open, None, [header, talking.care, *view], **quiet)
        page.unload(handlers.leave)
        _connect_reading(handlers, reading, opened, view, quiet)
        _connect_talking(handlers, talking, reading.articles, quiet)
    return page


@dataclass(frozen=True, slots=True)
class _Reading:
    """The components beside the conversation: the article, and what adds and removes one."""

    articles: gr.Dropdown
    english: gr.HTML
    japanese: gr.HTML
    title: gr.Textbox
    body: gr.Textbox
    file: gr.UploadButton
    add: gr.Button
    remove: gr.Button
    notice: gr.HTML


@dataclass(frozen=True, slots=True)
class _Talking:
    """The components of the conversation."""

    chat: gr.Chatbot
    question: gr.Textbox
    ask: gr.Button
    stop: gr.Button
    care: gr.Radio
    examples: gr.Row
    example_buttons: tuple[gr.Button, ...]


def _reading() -> _Reading:
    version: dict[str, Any] = {"elem_classes": "version", "container": True, "padding": True}
    articles = gr.Dropdown(label=WORDS("articles"), elem_id="articles", interactive=True)
    with gr.Row(elem_id="versions"):
        english = gr.HTML(elem_id="article-en", **version)
        japanese = gr.HTML(elem_id="article-ja", **version)
    with gr.Accordion(WORDS("manage"), open=False, elem_id="manage"):
        title = gr.Textbox(label=WORDS("add_title"), elem_id="add-title", max_lines=1)
        hint = WORDS("add_text_hint")
        body = gr.Textbox(label=WORDS("add_text"), placeholder=hint, elem_id="add-text", lines=6, max_lines=12)
        with gr.Row():
            file = gr.UploadButton(WORDS("choose_file"), file_types=[".txt", ".md"], elem_id="add-file")
            add = gr.Button(WORDS("add"), variant="primary", elem_id="add")
            remove = gr.Button(WORDS("remove"), variant="stop", elem_id="remove")
    notice = gr.HTML(elem_id="notice")
    return _Reading(articles, english, japanese, title, body, file, add, remove, notice)


def _talking() -> _Talking:
    chat = gr.Chatbot(
        label=WORDS("chat"),
        elem_id="chat",
        placeholder=WORDS("chat_hint"),
        height="54vh",
        render_markdown=False,
        sanitize_html=False,  # `html.py` escapes; the sanitiser would take the citations' data away
        latex_delimiters=[],
        layout="bubble",
        buttons=[],
        feedback_options=None,
    )
    hint = WORDS("question_hint")
    question = gr.Textbox(label=WORDS("question"), placeholder=hint, elem_id="question", max_lines=6, autofocus=True)
    with gr.Row():
        ask = gr.Button(WORDS("ask"), variant="primary", elem_id="ask")
        stop = gr.Button(WORDS("stop"), elem_id="stop")
    care = gr.Radio(
        _care_choices(Language.ENGLISH),
        value=Care.BALANCED.value,
        label=WORDS("care"),
        elem_id="care",
    )
    with gr.Row(elem_id="examples", visible=False) as examples:
        buttons = tuple(gr.Button(example, size="sm", variant="secondary") for example in EXAMPLES)
    return _Talking(chat, question, ask, stop, care, examples, buttons)


def _care_choices(language: Language) -> list[tuple[str, str]]:
    return [(text(language, care.value), care.value) for care in Care]


def _connect_reading(
    handlers: "_Handlers", parts: _Reading, opened: Any, view: list[Any], quiet: dict[str, Any]
) -> None:
    cited = gr.Textbox(visible="hidden", container=False)
    open_cited = gr.Button(elem_id="open-cited", visible="hidden")
    cited_shown = open_cited.click(handlers.show, cited, view, js="() => document.body.dataset.cited", **quiet)
    chosen = parts.articles.input(handlers.show, parts.articles, view, **quiet)
    parts.file.upload(handlers.read_file, parts.file, [parts.body, parts.title, parts.notice], **quiet)
    added = [parts.notice, parts.body, parts.title, *view]
    add = parts.add.click(handlers.add, [parts.body, parts.title], added, api_name="add", show_progress="minimal")
    removed = [parts.notice, *view]
    remove = parts.remove.click(handlers.remove, parts.articles, removed, api_name="remove", show_progress="minimal")
    for shown in (opened, cited_shown, chosen, add, remove):
        shown.then(handlers.align, parts.articles, [parts.english, parts.japanese], **quiet)


def _connect_talking(handlers: "_Handlers", parts: _Talking, articles: gr.Dropdown, quiet: dict[str, Any]) -> None:
    asking: dict[str, Any] = {
        "fn": handlers.ask,
        "inputs": [parts.question, parts.chat, articles, parts.care],
        "outputs": [parts.chat, parts.question],
        "concurrency_limit": ASKERS,
    }
    gr.on([parts.ask.click, parts.question.submit], api_name="ask", show_progress="hidden", **asking)
    for button in parts.example_buttons:
        button.click(lambda example: example, button, parts.question, queue=False, **quiet).then(**asking, **quiet)
    parts.stop.click(handlers.stop, None, None, queue=False, **quiet)


class _Handlers:
    """What the events of the page do; each returns the new values of its outputs."""

    def __init__(self, application: Application, sessions: Sessions) -> None:
        self._application = application
        self._library = application.library
        self._sessions = sessions
        self._threads = Threads(ASKERS)
        self._sample = parse_article(SAMPLE.read_text(encoding="utf-8")).id

    def open(self, request: gr.Request) -> list[Update]:
        language = _page_language(request)
        header = html.header_html(language, self._application.model.name)
        return [
            header,
            gr.update(choices=_care_choices(language), value=Care.BALANCED.value),
            *self._view(self._latest(), language),
        ]

    def leave(self, request: gr.Request) -> None:
        self._sessions.stop(request.session_hash)

    def stop(self, request: gr.Request) -> None:
        self._sessions.stop(request.session_hash)

    def show(self, chosen: str, request: gr.Request) -> list[Update]:
        return self._view(chosen, _page_language(request))

    def align(self, chosen: str, request: gr.Request) -> list[Update]:
        """Both versions with their sentences linked, where the view didn't have that yet: it takes a while."""
        shown = self._latest() if chosen == ALL else chosen
        try:
            if shown == ALL or self._library.known_alignment(shown) is not None:
                return [gr.skip(), gr.skip()]
            article, beads = self._library.article(shown), self._library.alignment(shown)
        except AssistantError:  # removed meanwhile; there is nothing to show
            return [gr.skip(), gr.skip()]
        return self._versions(article, beads, _page_language(request))

    def read_file(self, path: str, request: gr.Request) -> tuple[Update, Update, str]:
        try:
            body = decode_text(Path(path).read_bytes(), Path(path).name)
        except AssistantError as error:
            return gr.skip(), gr.skip(), html.notice_html(str(error), is_problem=True)
        return body, Path(path).stem, html.notice_html(text(_page_language(request), "file_loaded"))

    def add(self, body: str, title: str, request: gr.Request) -> list[Update]:
        language = _page_language(request)
        try:
            article, is_new = self._library.add(body, title)
        except AssistantError as error:
            return [html.notice_html(str(error), is_problem=True), *[gr.skip()] * 6]
        left_out = [text(language, "left_out", text=furniture) for furniture in article.left_out]
        message = text(language, "added" if is_new else "already_there", title=article.title)
        return [html.notice_html(message, *left_out), "", "", *self._view(article.id, language)]

    def remove(self, chosen: str, request: gr.Request) -> list[Update]:
        language = _page_language(request)
        if chosen == ALL:
            return [html.notice_html(text(language, "choose_first"), is_problem=True), *[gr.skip()] * 4]
        try:
            title = self._library.article(chosen).title
            self._application.assistant.forget(chosen)
            self._library.remove(chosen)
        except AssistantError as error:
            return [html.notice_html(str(error), is_problem=True), *self._view(ALL, language)]
        view = self._view(self._latest(), language)
        return [html.notice_html(text(language, "removed", title=title)), *view]

    async def ask(
        self, question: str, chat: Chat, chosen: str | None, care: str, request: gr.Request
    ) -> AsyncIterator[tuple[Chat, Update]]:
        """Asks about the chosen article (or all of them) and yields the conversation as it grows."""
        chat = [*chat, _message("user", html.question_html(question))]
        try:
            inquiry = await self._threads.run(self._inquiry, question, chosen, Care(care), request.session_hash)
            with self._sessions.running(request.session_hash, inquiry):
                async for reply in self._threads.each(_replies(inquiry)):
                    yield [*chat, _message("assistant", reply)], ""
        except AssistantError as error:
            yield [*chat, _message("assistant", html.notice_html(str(error), is_problem=True))], gr.skip()

    def _inquiry(self, question: str, chosen: str | None, care: Care, asker: str | None) -> Inquiry:
        chosen = chosen or self._latest()  # asked before the page's own first event is through
        articles = None if chosen == ALL else [chosen]
        return self._application.assistant.ask(question, articles, care, asker=asker or "")

    def _latest(self) -> str:
        entries = self._library.entries()
        return entries[-1].id if entries else ALL

    def _view(self, chosen: str, language: Language) -> list[Update]:
        """The chooser, both versions of the article shown, and whether the examples fit it."""
        entries = self._library.entries()
        choices = [(entry.title, entry.id) for entry in reversed(entries)]
        if len(entries) > 1:
            choices.append((text(language, "all_articles"), ALL))
        known = {entry.id for entry in entries}
        latest = entries[-1].id if entries else None
        value = chosen if chosen in known or (chosen == ALL and len(entries) > 1) else latest or ALL
        shown = value if value in known else latest
        article = self._library.article(shown) if shown else None
        if shown:
            self._application.assistant.read(shown, [language, language.other])
        return [
            gr.update(choices=choices or [(text(language, "no_article"), ALL)], value=value),
            *self._versions(article, self._library.known_alignment(article.id) if article else (), language),
            gr.update(visible=shown == self._sample),
        ]

    def _versions(self, article: Article | None, beads: Sequence[Bead] | None, language: Language) -> list[str]:
        return [html.article_html(article, version, language, beads or ()) for version in Language]


def _replies(inquiry: Inquiry) -> Iterator[str]:
    """The answer's HTML as its events come in."""
    language = inquiry.query.language
    hits: tuple[Hit, ...] = ()
    words = ""
    for event in inquiry:
        match event:
            case EvidenceFound():
                hits = event.hits
                yield html.waiting_html(language, "reading", hits)
            case ModelAwaited():
                yield html.waiting_html(language, event.state, hits)
            case TokenGenerated():
                words += event.text
                yield html.answer_html(language, words, hits)
            case AnswerFinished():
                yield html.answer_html(language, event.answer.text, hits, event.answer)


def _message(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


def _page_language(request: gr.Request) -> Language:
    """The language that the browser asks for first."""
    accepted = request.headers.get("accept-language", "") if request else ""
    return Language.JAPANESE if accepted.lower().startswith("ja") else Language.ENGLISH
