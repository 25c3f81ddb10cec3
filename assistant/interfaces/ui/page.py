"""Which component's event does what. What the page shows is made in `html.py`, its words stand in `texts.py`."""

from collections.abc import Callable
from typing import Any

from assistant.application import Application
from assistant.interfaces.ui.api import offer
from assistant.interfaces.ui.choosing import Chooser
from assistant.interfaces.ui.drafts import Drafts
from assistant.interfaces.ui.findings import Findings
from assistant.interfaces.ui.framework import gr
from assistant.interfaces.ui.handlers import Handlers
from assistant.interfaces.ui.handover import token_of
from assistant.interfaces.ui.header_html import places_of
from assistant.interfaces.ui.layout import Bar, Reading, Talking, bar, care_choices, reading, spoken, talking
from assistant.interfaces.ui.model_menu import ModelMenu
from assistant.interfaces.ui.session import Sessions, Threads
from assistant.interfaces.ui.texts import text
from assistant.settings import Settings
from assistant.text.language import Language

__all__ = ["ASKERS", "build"]

ASKERS = 64
"""Questions taken at once; the model answers them one after the other, or some at once where a server runs it, its
askers in turn, and says so to those who wait."""
SECONDS = 2.0
"""Between two looks at what the model is doing, and whether there are more questions to suggest."""
STORED = "article-assistant-"
"""Begins the names of what the browser keeps for the page."""
DOWNLOAD = """(text) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/markdown" }));
  link.download = "conversation.md";
  link.click();
  URL.revokeObjectURL(link.href);
}"""

HANDED_OVER = """(_token, _address, _page, language) => {
  const handed = window.handedOver;
  window.handedOver = null;
  return [...handed, language];
}"""
CHOSEN = "(_, language) => [window.chosenModel, language]"
WANTED = "(_question, _article, ...others) => [...window.wanted, ...others]"
REPORTED = "(turns, _, language) => [turns, window.reported.value, language]"
KEPT = "(turns, _, shown, language) => [turns, window.kept, shown, language]"
DROPPED = "(_, shown, language) => [window.kept, shown, language]"
NOTED = "(isKept) => window.reported.note(isKept)"
SHOW_NOTICE = '() => document.querySelector("#notice").scrollIntoView({ behavior: "smooth", block: "end" })'


def build(application: Application, sessions: Sessions, settings: Settings, chooser: Chooser) -> gr.Blocks:
    """The page for `application`, not yet served.

    Raises:
        StoreError: what the bookmarklet is known by can't be written.
    """
    threads = Threads(ASKERS)
    page: gr.Blocks
    with gr.Blocks(title=text(Language.ENGLISH, "page_title"), fill_width=True, analytics_enabled=False) as page:
        offer(application, sessions, threads, ASKERS)  # before the page's own events, which would take its names
        head = bar()
        with gr.Row(elem_id="room"):
            with gr.Column(scale=6, min_width=320, elem_id="reading"):
                parts = reading()
            with gr.Column(scale=5, min_width=320, elem_id="talking"):
                talk = talking()
        wiring = _Wiring(head, parts, talk)
        token = token_of(settings.home)
        drafts = Drafts(threads, token, settings.source_bytes)
        menu = ModelMenu(application, chooser)
        places = places_of(settings, application.server)
        handlers = Handlers(application, sessions, threads, wiring.words, token, places, menu)
        wiring.connect(page, handlers, drafts, menu, Findings(application.library))
    return page


class _Wiring:
    """Ties the components' events to the handlers."""

    def __init__(self, head: Bar, parts: Reading, talk: Talking) -> None:
        keys = spoken(head, parts, talk)
        self._head, self._parts, self._talk = head, parts, talk
        self._spoken = [component for component, _ in keys]
        self._keys = [each for _, each in keys]
        self._view = [parts.articles, parts.asked, parts.english, parts.japanese, parts.notes]
        self._draft = [parts.body, parts.title, parts.date, parts.whole, parts.draft]
        self._language = gr.BrowserState("", storage_key=STORED + "language", secret=STORED)
        self._turns = gr.BrowserState([], storage_key=STORED + "turns", secret=STORED)
        self._quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        self._any_article = self._quiet | {"preprocess": False}
        """For what takes an article: the server knows of a removal before the page does, and Gradio, which would look
        for the article among the choices, would fail; the handlers know what to do with one that is gone."""

    def words(self, language: Language) -> list[Any]:
        """The updates that put all components into a language."""
        said: list[dict[str, Any]] = [{name: text(language, key) for name, key in each.items()} for each in self._keys]
        said[self._spoken.index(self._head.care)]["choices"] = care_choices(language)
        return [gr.update(**each) for each in said]

    def connect(self, page: gr.Blocks, handlers: Handlers, drafts: Drafts, menu: ModelMenu, findings: Findings) -> None:
        """Ties all of them."""
        self._handlers = handlers
        head, quiet, any_article = self._head, self._quiet, self._any_article
        menu_parts = [head.button, head.close, head.models, head.language]
        helps = [self._parts.bookmarklet, self._parts.comfort]
        said = [head.header, head.status, *menu_parts, *helps, *self._spoken, self._language]
        stored = [self._language, self._turns]
        opened = page.load(handlers.open, stored, [*said, self._talk.chat, *self._view], **quiet)
        page.unload(handlers.leave)
        said += self._view
        spoken = head.language.input(handlers.speak, [head.language, self._parts.articles], said, **any_article)
        self._suggest_after(spoken.then)
        self._connect_reading(opened)
        self._connect_drafts(drafts)
        self._connect_asking()
        self._connect_models(menu)
        self._connect_turns()
        self._connect_findings(findings)

    def _connect_reading(self, opened: Any) -> None:
        handlers, parts, language, quiet = self._handlers, self._parts, self._head.language, self._quiet
        any_article = self._any_article
        cited = gr.Textbox(visible="hidden", container=False)
        open_cited = gr.Button(elem_id="open-cited", visible="hidden")
        js = "(_, language) => [document.body.dataset.cited, language]"
        noted = [parts.notice, *self._view]
        minimal = quiet | {"show_progress": "minimal"}
        shown = [
            opened,
            open_cited.click(handlers.show, [cited, language], self._view, js=js, **quiet),
            parts.articles.input(handlers.show, [parts.articles, language], self._view, **any_article),
            parts.add.click(
                handlers.add,
                [parts.body, parts.title, parts.date, parts.draft, language],
                [parts.notice, *self._draft, *self._view],
                show_progress_on=parts.notice,
                **quiet | {"show_progress": "full"},
            ),
            parts.remove.click(handlers.remove, [parts.articles, language], noted, **any_article | minimal),
        ]
        self._suggest_after(*(event.then for event in shown))
        aligned = gr.State("")
        linked = [aligned, parts.articles, language]
        for event in shown:
            done = event.then(handlers.align, parts.articles, aligned, **any_article)
            done.then(handlers.show_links, linked, [parts.english, parts.japanese], **any_article)

    def _connect_drafts(self, drafts: Drafts) -> None:
        """What fills the boxes of the part that adds."""
        parts, language, quiet = self._parts, self._head.language, self._quiet
        minimal = quiet | {"show_progress": "minimal"}
        read = [*self._draft, parts.notice]
        parts.file.upload(drafts.read_file, [parts.file, language], read, **quiet)
        gr.on([parts.fetch.click, parts.address.submit], drafts.fetch, [parts.address, language], read, **minimal)
        whole = [parts.body, parts.whole, parts.draft, parts.notice]
        parts.whole.click(drafts.take_whole, [parts.draft, language], whole, **quiet)
        own = [parts.title, parts.date, parts.whole, parts.draft]
        # Not `input`: that is told of keys alone, not of what is pasted.
        parts.body.change(drafts.keep_together, [parts.body, parts.draft], own, trigger_mode="always_last", **quiet)
        handed = [gr.Textbox(visible="hidden", container=False) for _ in range(3)]
        take = gr.Button(elem_id="take-handed-over", visible="hidden")
        taken = take.click(drafts.receive, [*handed, language], [*read, parts.manage], js=HANDED_OVER, **minimal)
        taken.then(None, None, None, js=SHOW_NOTICE, **quiet)

    def _suggest_after(self, *events: Callable[..., Any]) -> None:
        """Shows the questions that are to be suggested after each of `events`."""
        inputs = [self._parts.articles, self._head.language, self._turns]
        for event in events:
            event(self._handlers.suggest, inputs, list(self._talk.suggestions), **self._any_article)

    def _connect_models(self, menu: ModelMenu) -> None:
        """Shows what the model is doing, questions as soon as they are made up, and the models; has one chosen."""
        head, quiet = self._head, self._quiet
        # A state's change isn't told outside the queue.
        made_up, version = (gr.Number(0, visible="hidden", container=False) for _ in range(2))
        seen = [made_up, head.status, version]
        inputs = [self._parts.articles, head.language, *seen]
        gr.Timer(SECONDS).tick(self._handlers.look, inputs, seen, queue=False, **self._any_article)
        self._suggest_after(made_up.change)
        version.change(menu.models, head.language, head.models, queue=False, **quiet)
        wanted = gr.Textbox(visible="hidden", container=False)
        choose = gr.Button(elem_id="choose-model", visible="hidden")
        shown = [head.models, head.status]
        choose.click(menu.choose, [wanted, head.language], shown, js=CHOSEN, queue=False, **quiet)

    def _connect_asking(self) -> None:
        handlers, talk, quiet, language = self._handlers, self._talk, self._quiet, self._head.language
        where = [self._turns, self._parts.articles, self._parts.asked, self._head.care, language]
        asking: dict[str, Any] = {
            "fn": handlers.ask,
            "inputs": [talk.question, *where],
            "outputs": [talk.chat, talk.question, self._turns],
            "concurrency_limit": ASKERS,
            **self._any_article,
        }
        wanted, article = (gr.Textbox("", visible="hidden", container=False) for _ in range(2))
        ask_for = gr.Button(elem_id="ask-for", visible="hidden")
        asking_for = asking | {"fn": handlers.ask_for, "inputs": [wanted, article, talk.question, *where]}
        asked = [gr.on([talk.ask.click, talk.question.submit], **asking), ask_for.click(js=WANTED, **asking_for)]
        asked.append(self._take_back(talk.again.click, wanted).success(**asking_for))
        for button in talk.suggestions:
            asked.append(button.click(**asking_for | {"inputs": [button, article, talk.question, *where]}))
        self._suggest_after(*(event.then for event in asked))
        # By the browser alone: it is gone at once, also where the page is left before a server could answer. What
        # still comes is cancelled, which would bring it back.
        talk.chat.clear(None, None, [talk.chat, self._turns], js="() => [[], []]", cancels=asked, **quiet)
        talk.stop.click(handlers.stop, None, None, queue=False, **quiet)
        held = gr.Button(elem_id="held", visible="hidden")
        held.click(handlers.tell_to_wait, language, None, **quiet)

    def _connect_turns(self) -> None:
        focus = '() => document.querySelector("#question textarea").focus()'
        edited = self._take_back(self._talk.edit.click, self._talk.question)
        edited.then(None, None, None, js=focus, **self._quiet)

    def _take_back(self, event: Callable[..., Any], question: gr.Textbox) -> Any:
        """Has the last turn taken back upon `event`, its question into `question`."""
        outputs = [self._talk.chat, question, self._turns, self._parts.asked]
        inputs = [self._turns, self._parts.articles]
        return event(self._handlers.take_back, inputs, outputs, queue=False, **self._any_article)

    def _connect_findings(self, findings: Findings) -> None:
        """What becomes of answers; the scripts name the one that is meant, and are told what was done."""
        quiet, any_article, shown = self._quiet, self._any_article, [self._parts.articles, self._head.language]
        named, done, exported = (gr.Textbox(visible="hidden", container=False) for _ in range(3))
        is_noted = gr.Checkbox(visible="hidden", container=False)
        report, keep, drop = (gr.Button(elem_id=name, visible="hidden") for name in ("report", "keep", "drop"))
        inputs = [self._turns, named, self._head.language]
        said = report.click(findings.report, inputs, is_noted, js=REPORTED, queue=False, **quiet)
        said.then(None, is_noted, None, js=NOTED, **quiet)
        kept = [done, self._parts.notes]
        keeps = keep.click(findings.keep, [self._turns, named, *shown], kept, js=KEPT, queue=False, **any_article)
        drops = drop.click(findings.drop, [named, *shown], kept, js=DROPPED, queue=False, **any_article)
        keeps.then(None, done, None, js="(note) => window.showKept(note, true)", **quiet)
        drops.then(None, done, None, js="(note) => window.showKept(note, false)", **quiet)
        export = self._head.export.click(findings.export, [self._turns, *shown], exported, **any_article)
        export.then(None, exported, None, js=DOWNLOAD, **quiet)
