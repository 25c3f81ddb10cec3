"""The head of the page: what it is, where what is asked and kept goes, and dialogs that wait to be opened."""

from dataclasses import dataclass
from html import escape

from assistant.interfaces.ui.texts import text
from assistant.settings import Settings
from assistant.text.language import Language

__all__ = ["KEYS", "Places", "header_html", "places_of"]

KEYS = ("/", "Esc", "↑", "?")


@dataclass(frozen=True, slots=True)
class Places:
    """Where what is asked and kept goes: servers by host and port, "" where that is done here."""

    model: str = ""
    """The server whose model answers."""
    articles: str = ""
    """The Chroma server that keeps the articles."""
    is_own: bool = True
    """Whether the page is for the user of its machine alone, so that what is here is with the reader."""


def places_of(settings: Settings, server: str) -> Places:
    """Those of a page; `server` is as of `Application`."""
    return Places(server, settings.chroma.place if settings.chroma else "", settings.is_for_its_user)


def header_html(language: Language, token: str, places: Places) -> str:
    """The head, with what chooses a side of the page where there is room for one alone.

    Its dialogs are the list of keys, and the question whether an article is to be removed. `token` is what `page.js`
    puts into the bookmarklet, and knows a page that is handed over by.
    """
    title = text(language, "page_title")
    tabs = "".join(
        f"<button type='button' data-tab='{tab}'>{escape(text(language, f'tab_{tab}'))}</button>"
        for tab in ("reading", "talking")
    )
    return (
        f"<header lang='{language}' data-token='{escape(token)}'><h1>{escape(title)}</h1>"
        f"<p>{escape(_tagline(language, places))}</p></header>"
        f"<nav class='tabs'>{tabs}</nav>{_keys_html(language)}{_removing_html(language)}"
    )


def _tagline(language: Language, places: Places) -> str:
    said = [text(language, "tagline")]
    said += [text(language, "answers_there", server=places.model)] if places.model else []
    said += [text(language, "kept_there", server=places.articles)] if places.articles else []
    if len(said) == 1:
        said.append(text(language, "stays_here" if places.is_own else "stays_on_server"))
    return (" " if language is Language.ENGLISH else "").join(said)


def _keys_html(language: Language) -> str:
    keys = "".join(f"<dt><kbd>{key}</kbd></dt><dd>{escape(text(language, f'key_{key}'))}</dd>" for key in KEYS)
    close = escape(text(language, "close"))
    return (
        f"<dialog id='keys' aria-label='{escape(text(language, 'keys'))}'><dl>{keys}</dl>"
        f"<form method='dialog'><button>{close}</button></form></dialog>"
    )


def _removing_html(language: Language) -> str:
    """`removing.js` puts the title into the question."""
    asks = escape(text(language, "remove_asks", title="{title}"))
    remove, leave = (escape(text(language, key)) for key in ("remove_yes", "remove_no"))
    return (
        f"<dialog id='removing' aria-labelledby='remove-asks'><p id='remove-asks' data-asks='{asks}'></p>"
        f"<form method='dialog'><button autofocus>{leave}</button><button value='remove'>{remove}</button></form>"
        "</dialog>"
    )
