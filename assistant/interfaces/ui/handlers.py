"""What the events of the page do; each handler returns the new values of its outputs."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from html import escape
from typing import Any

from assistant.answering.answering import Inquiry
from assistant.answering.prompts import Exchange
from assistant.application import Application
from assistant.errors import ArticleNotFound, AssistantError
from assistant.interfaces.ui import html
from assistant.interfaces.ui.article_html import comfort_html, versions_html
from assistant.interfaces.ui.conversation import Turn, exchange_before, from_storage, to_storage
from assistant.interfaces.ui.drafts import NO_DRAFT, Draft
from assistant.interfaces.ui.findings import Findings
from assistant.interfaces.ui.framework import gr
from assistant.interfaces.ui.header_html import Places, header_html
from assistant.interfaces.ui.layout import ALL, SUGGESTIONS, among_all
from assistant.interfaces.ui.model_menu import ModelMenu
from assistant.interfaces.ui.problems import problem
from assistant.interfaces.ui.session import Sessions, Threads
from assistant.interfaces.ui.streaming import replies
from assistant.interfaces.ui.suggested import made_up_on, unasked_on
from assistant.interfaces.ui.texts import text
from assistant.interfaces.ui.twins import twins_in
from assistant.settings import Care
from assistant.text.language import Language

__all__ = ["Handlers"]

SUGGESTIONS_AFTER = 2
"""Questions suggested after an answer."""

_NO_PROGRESS = gr.Progress()
"""Gradio puts the event's own in its place."""

Update = Any
Chat = list[dict[str, str]]


class Handlers:
    """Those of one page's components; the same for all who have it open."""

    def __init__(
        self,
        application: Application,
        sessions: Sessions,
        threads: Threads,
        words: Callable[[Language], list[Update]],
        token: str,
        places: Places,
        menu: ModelMenu,
    ) -> None:
        """Args:
        words: the updates that put the page's components into a language.
        token: what the bookmarklet is to send along.
        places: where what is asked and kept goes.
        """
        self._application = application
        self._library = application.library
        self._findings = Findings(application.library)
        self._sessions = sessions
        self._threads = threads
        self._words = words
        self._token = token
        self._places = places
        self._menu = menu

    def open(self, chosen: str, stored: Any, request: gr.Request) -> list[Update]:
        """The page as it was left: its language (by the browser where none was chosen) and the conversation."""
        language = Language(chosen) if chosen in set(Language) else _browser_language(request)
        turns = from_storage(stored)
        chat = self._chat(turns) if turns else gr.skip()  # what was asked before this came is there by now
        page = [*self._spoken(language), chat, *self._view(self._latest(), language)]
        for trouble in self._library.troubles:
            gr.Warning(escape(problem(trouble, language)))
        return page

    def speak(self, language: str, chosen: str | None) -> list[Update]:
        return [*self._spoken(Language(language)), *self._view(chosen, Language(language))]

    def leave(self, request: gr.Request) -> None:
        self._sessions.stop(request.session_hash)

    def show(self, chosen: str | None, language: str) -> list[Update]:
        return self._view(chosen, Language(language))

    def align(self, chosen: str | None) -> str:
        """Links the sentences of both versions where that hasn't been done: it takes a while. Returns the article."""
        try:
            if not chosen or self._library.known_alignment(chosen) is not None:
                return ""
            self._library.alignment(chosen)
        except AssistantError:  # removed meanwhile; there is nothing to show
            return ""
        return chosen

    def show_links(self, aligned: str, chosen: str | None, language: str) -> list[Update]:
        """Both versions of the article that has been aligned, unless another is shown by now."""
        try:
            if not aligned or aligned != chosen:
                return [gr.skip(), gr.skip()]
            article, beads = self._library.article(aligned), self._library.known_alignment(aligned)
        except AssistantError:  # removed meanwhile
            return [gr.skip(), gr.skip()]
        return versions_html(article, beads, Language(language))

    def add(
        self,
        body: str,
        title: str,
        date: str,
        draft: Draft | None,
        language: str,
        progress: gr.Progress = _NO_PROGRESS,
    ) -> list[Update]:
        spoken = Language(language)
        if draft and not draft.is_of(body):  # they came with another text
            title = date = ""
        said = text(spoken, "adding")
        try:
            article, is_new = self._library.add(
                body, title, date, lambda done, of: progress((done, of), desc=said, unit=text(spoken, "passages_unit"))
            )
        except AssistantError as error:
            return [html.notice_html(problem(error, spoken), is_problem=True), *[gr.skip()] * 10]
        left_out = [text(spoken, "left_out", text=furniture) for furniture in article.left_out]
        if not is_new:
            told = html.notice_html(text(spoken, "already_there", title=article.title))
            return [told, *[gr.skip()] * 5, *self._view(article.id, spoken)]
        message = text(spoken, "added", title=article.title)
        return [html.notice_html(message, *left_out), *NO_DRAFT, *self._view(article.id, spoken)]

    def remove(self, chosen: str | None, language: str) -> list[Update]:
        spoken = Language(language)
        if not chosen:
            return [html.notice_html(text(spoken, "no_article"), is_problem=True), *[gr.skip()] * 5]
        try:
            title = self._application.remove(chosen)
        except AssistantError as error:
            return [html.notice_html(problem(error, spoken), is_problem=True), *self._view(None, spoken)]
        return [html.notice_html(text(spoken, "removed", title=title)), *self._view(None, spoken, asked=())]

    async def ask(
        self,
        question: str | None,
        stored: Any,
        chosen: str | None,
        asked: Sequence[str],
        care: str,
        language: str,
        request: gr.Request,
    ) -> AsyncIterator[tuple[Chat, Update, Update]]:
        """Asks about the articles `asked`, else about the one chosen, and yields the conversation as it grows.

        What goes wrong is told in the page's language, whatever that of the question is. A box that was never
        typed into holds None.
        """
        inputs = stored, chosen, asked, care, language, request
        async with aclosing(self._asking(question or "", "", gr.skip(), *inputs)) as steps:
            async for step in steps:
                yield step

    async def ask_for(
        self,
        question: str,
        article: str,
        typed: str | None,
        stored: Any,
        chosen: str | None,
        asked: Sequence[str],
        care: str,
        language: str,
        request: gr.Request,
    ) -> AsyncIterator[tuple[Chat, Update, Update]]:
        """As `ask`, what a button stands for: what is `typed` in the box stays there.

        Only where nothing is, a question that can't be asked goes into it. `article` is the one that the button is
        about; "" where that is left to the page.
        """
        inputs = stored, chosen, [article] if article else asked, care, language, request
        async with aclosing(self._asking(question, gr.skip(), gr.skip() if typed else question, *inputs)) as steps:
            async for step in steps:
                yield step

    async def _asking(
        self,
        question: str,
        box: Update,
        unasked: Update,
        stored: Any,
        chosen: str | None,
        asked: Sequence[str],
        care: str,
        language: str,
        request: gr.Request,
    ) -> AsyncGenerator[tuple[Chat, Update, Update], None]:
        """Args:
        box: what becomes of the box once: what is typed while the answer comes stays there.
        unasked: what becomes of it where the question can't be asked.
        """
        turns = from_storage(stored)
        chat = [*self._chat(turns), _message("user", html.question_html(question))]
        try:
            scope = self._scope(chosen, asked)
            earlier = exchange_before(turns, scope)
            asker = request.session_hash
            inquiry = await self._threads.run(self._inquiry, question, scope, Care(care), asker, earlier)
            with self._sessions.running(asker, inquiry):
                async for reply in self._threads.each(replies(inquiry, scope)):
                    if isinstance(reply, Turn):
                        turns = (*turns, reply)
                        yield self._chat(turns), box, to_storage(turns)
                    else:
                        chat[-1] = _message("user", reply.question)
                        yield [*chat, _message("assistant", reply.answer)], box, gr.skip()
                    box = gr.skip()
        except AssistantError as error:
            told = html.notice_html(problem(error, Language(language)), is_problem=True)
            yield [*chat, _message("assistant", told)], unasked, gr.skip()

    def look(self, chosen: str | None, language: str, made_up: int, status: str, version: int) -> list[Update]:
        """What has changed: how many questions were made up on the article shown, the model's status, the models."""
        seen = made_up, status, version
        now = (
            len(made_up_on(self._application, chosen, language)),
            self._menu.status(Language(language)),
            self._menu.version,
        )
        return [gr.skip() if new == old else new for old, new in zip(seen, now, strict=True)]

    def suggest(self, chosen: str | None, language: str, stored: Any) -> list[Update]:
        """Questions on the article shown that haven't been asked yet: two once something has, four before."""
        turns = from_storage(stored)
        is_begun = any(not turn.scope or chosen in turn.scope for turn in turns)
        left = unasked_on(self._application, chosen, language, turns)[: SUGGESTIONS_AFTER if is_begun else SUGGESTIONS]
        hidden = [gr.update(visible=False)] * (SUGGESTIONS - len(left))
        return [*(gr.update(value=question, visible=True) for question in left), *hidden]

    def stop(self, request: gr.Request) -> None:
        self._sessions.stop(request.session_hash)

    def tell_to_wait(self, language: str) -> None:
        gr.Info(text(Language(language), "one_at_a_time"), duration=5)

    def take_back(self, stored: Any, chosen: str | None) -> list[Update]:
        """Takes the last turn out of the conversation.

        Returns the conversation before it, its question, the turns before it, and the articles it was asked about.
        """
        turns = from_storage(stored)
        if not turns:
            return [[], "", [], gr.skip()]
        (*before, last) = turns
        question = last.answer.understood or last.answer.question
        return [self._chat(before), question, to_storage(before), gr.update(value=self._asked(last.scope, chosen))]

    def _asked(self, scope: tuple[str, ...], chosen: str | None) -> list[str]:
        """What is chosen to ask about where `scope` is asked: nothing where that is the article shown, or gone."""
        there = [entry.id for entry in self._library.entries()]
        if not scope:
            return [ALL] if len(there) > 1 else []
        return [] if scope == (chosen,) else [article for article in scope if article in there]

    def _scope(self, chosen: str | None, asked: Sequence[str]) -> tuple[str, ...]:
        """The ids of the articles to ask about; none for all of them."""
        if ALL in asked:
            return ()
        shown = chosen or self._latest()  # none where one asks before the page's own first event is through
        return tuple(asked) or ((shown,) if shown else ())

    def _inquiry(
        self, question: str, scope: Sequence[str], care: Care, asker: str | None, earlier: Exchange | None
    ) -> Inquiry:
        if not self._library.entries():
            raise ArticleNotFound("There is no article yet. Add one first.")
        return self._application.assistant.ask(question, scope or None, care, asker=asker or "", earlier=earlier)

    def _chat(self, turns: Sequence[Turn]) -> Chat:
        titles = self._findings.titles() if any(len(turn.scope) != 1 for turn in turns) else {}
        chat, twins, keeps = [], twins_in(self._library), self._findings.keep_buttons(turns)
        for left, turn, keep in zip(reversed(range(len(turns))), turns, keeps, strict=True):
            answer = turn.answer
            asked = html.question_html(answer.question, answer.language, answer.understood)
            chat.append(_message("user", asked))
            named = {} if len(turn.scope) == 1 else titles
            left_to_ask: list[str] = []
            if (answer.refused or answer.withheld) and turn.scope and not left:
                left_to_ask = unasked_on(self._application, turn.scope[0], answer.language, turns)
            instead = left_to_ask[SUGGESTIONS_AFTER:] or left_to_ask  # rather not what stands below it
            said = html.answer_html(
                *(answer.language, answer.text, turn.hits, answer, named),
                back=left,
                keep=keep,
                instead="".join(instead[:1]),
                of="".join(turn.scope[:1]),
                twins=twins,
                is_own=self._places.is_own,
            )
            chat.append(_message("assistant", said))
        return chat

    def _latest(self) -> str | None:
        entries = self._library.entries()
        return entries[-1].id if entries else None

    def _spoken(self, language: Language) -> list[Update]:
        """All words of the page in a language, which is chosen and remembered."""
        return [
            header_html(language, self._token, self._places),
            self._menu.status(language),
            *self._menu.parts(language),
            language.value,
            html.bookmarklet_html(language),
            comfort_html(language),
            *self._words(language),
            language.value,
        ]

    def _view(self, chosen: str | None, language: Language, *, asked: Sequence[str] | None = None) -> list[Update]:
        """The choosers, both versions of the article shown, and the answers kept of it.

        Args:
            chosen: id of the article to show; the newest where there is no such.
            asked: ids of the articles to ask about; None: as they are.
        """
        entries = self._library.entries()
        choices = [(entry.title, entry.id) for entry in reversed(entries)]
        shown = chosen if chosen in {entry.id for entry in entries} else self._latest()
        article = self._library.article(shown) if shown else None
        if shown:
            self._application.prepare(shown, language)
        return [
            gr.update(choices=choices, value=shown),
            among_all(choices, language) if asked is None else among_all(choices, language) | {"value": list(asked)},
            *versions_html(article, self._library.known_alignment(article.id) if article else (), language),
            self._findings.html(shown, language),
        ]


def _message(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


def _browser_language(request: gr.Request) -> Language:
    """The language that the browser asks for first."""
    accepted = request.headers.get("accept-language", "") if request else ""
    return Language.JAPANESE if accepted.lower().startswith("ja") else Language.ENGLISH
