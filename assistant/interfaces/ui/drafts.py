"""What is to be added, read into the boxes of the page to be looked over: from a file, an address, or the browser."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError
from assistant.interfaces.ui import html
from assistant.interfaces.ui.framework import gr
from assistant.interfaces.ui.handover import is_token
from assistant.interfaces.ui.problems import problem
from assistant.interfaces.ui.session import Threads
from assistant.interfaces.ui.texts import text
from assistant.sources.extraction import Extracted, extract
from assistant.sources.inputs import is_address, read_page, read_source
from assistant.text.language import Language

__all__ = ["NO_DRAFT", "Draft", "Drafts"]

PIECES = 200
"""Pieces of a text that are looked for in what the box holds."""
PIECE = 20
"""Characters of each."""
MOST = 0.5
"""Share of them from which it is the same text."""
ADDRESS_CHARACTERS = 300
"""What messages show of the address of a page that was handed over."""

Update = Any


@dataclass(frozen=True, slots=True)
class Draft:
    """What was read into the boxes last: the text, its title and date, and, of a page, all that it says."""

    text: str = ""
    title: str = ""
    date: str = ""
    whole: str = ""

    def is_of(self, body: str) -> bool:
        """Whether what the box holds is this text, or the most of it, or little else."""
        return max(_share(self.text, body), _share(body, self.text)) >= MOST


def _share(text: str, other: str) -> float:
    """Of pieces of a text, the share that stands in another."""
    step = max(PIECE, len(text) // PIECES)
    pieces = [text[at : at + PIECE] for at in range(0, max(1, len(text) - PIECE), step)]
    return sum(piece in other for piece in pieces) / len(pieces)


NO_DRAFT: list[Update] = ["", "", "", gr.update(visible=False), None]
"""Empty boxes."""


class Drafts:
    """The handlers. What reads returns text, title, date, the offer of all that a page says, the draft, and a note."""

    def __init__(self, threads: Threads, token: str, source_bytes: int) -> None:
        """Args:
        token: what a page that is handed over must come with.
        source_bytes: most bytes of a page.
        """
        self._threads = threads
        self._token = token
        self._source_bytes = source_bytes

    def read_file(self, path: str, language: str) -> list[Update]:
        """A file that was uploaded, of which the server's copy goes."""
        upload = Path(path)
        read = partial(extract, upload.read_bytes(), upload.name)
        upload.unlink(missing_ok=True)
        return self._filled(read, upload.stem, Language(language))

    async def fetch(self, address: str, language: str) -> list[Update]:
        """The page at an address, which is fetched because the reader asked for it."""
        spoken = Language(language)
        if not is_address(address.strip()):
            return _unfilled(text(spoken, "no_address"))
        read = partial(read_source, address.strip(), self._source_bytes)
        return await self._threads.run(self._filled, read, "", spoken)

    async def receive(self, token: str, address: str, page: str, language: str) -> list[Update]:
        """A page that the bookmarklet hands over; the part of the page that adds is then open."""
        spoken = Language(language)
        if not is_token(token, self._token):
            return [*_unfilled(text(spoken, "not_handed_over")), gr.skip()]
        read = partial(read_page, page, address[:ADDRESS_CHARACTERS], self._source_bytes)
        return [*await self._threads.run(self._filled, read, "", spoken), gr.update(open=True)]

    def take_whole(self, draft: Draft | None, language: str) -> list[Update]:
        """All that the page says, in place of its article: the text, the offer, the draft, and a note."""
        spoken = Language(language)
        if draft is None:  # the server was started anew meanwhile
            return [gr.skip(), gr.update(visible=False), None, html.notice_html(text(spoken, "draft_gone"))]
        note = html.notice_html(text(spoken, "whole_taken"))
        return [draft.whole, gr.update(visible=False), replace(draft, text=draft.whole), note]

    def keep_together(self, body: str, draft: Draft | None) -> list[Update]:
        """Title, date, offer and draft: they go with their text, once another stands in its place."""
        if draft is None or not body.strip() or draft.is_of(body):
            return [gr.skip()] * 4
        return ["", "", gr.update(visible=False), None]

    def _filled(self, read: Callable[[], Extracted], name: str, language: Language) -> list[Update]:
        try:
            found = read()
        except AssistantError as error:
            return _unfilled(problem(error, language))
        draft = Draft(found.text, found.title or name, found.date, found.whole)
        notes = [text(language, "file_loaded")]
        if found.lost:
            notes.append(text(language, "lost", count=len(found.lost), first=found.first_lost))
        offer = gr.update(visible=bool(found.lost))
        return [draft.text, draft.title, draft.date, offer, draft, html.notice_html(*notes)]


def _unfilled(told: str) -> list[Update]:
    return [*[gr.skip()] * 5, html.notice_html(told, is_problem=True)]
