"""The page's HTML but its head (`header_html.py`) and the article (`article_html.py`), made from values.

Every text that comes from outside is escaped here.
"""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby

from assistant.answering.events import Answer, ModelAwaited, Point
from assistant.answering.grounding import Citation
from assistant.answering.pointing import Pointer
from assistant.interfaces.ui.conversation import as_text
from assistant.interfaces.ui.texts import differs, text
from assistant.interfaces.ui.twins import Twins
from assistant.library.article import Sentence
from assistant.library.store import Hit
from assistant.model.protocol import ModelStatus, Placement
from assistant.text.language import Language

__all__ = [
    "answer_html",
    "as_size",
    "bookmarklet_html",
    "card_html",
    "notice_html",
    "question_html",
    "status_html",
    "waiting_html",
]


QUOTED = 2
"""Sentences that an answer shows below it."""


def status_html(language: Language, model: str, size: int, status: ModelStatus) -> str:
    """The model's name, its size (bytes), what runs it, and what it is doing.

    A screen reader tells of that last, but not of each byte.
    """
    placed = _placed(language, status.placement) if status.placement else ""
    placed = text(language, "on_server", server=status.server) if status.server else placed
    named = escape(" · ".join(filter(None, (model, as_size(size) if size else "", placed))))
    doing = escape(text(language, f"status_{status.state}"))
    amount = f"<span class='amount'>{_amount_html(language, status)}</span>" if status.state == "fetching" else ""
    return (
        f"<p class='model' data-state='{status.state}'>{named} · "
        f"<span role='status' aria-live='polite'>{doing}</span>{amount}</p>"
    )


def as_size(count: int) -> str:
    """Bytes as people say them, e.g. "1.1 GB"."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def _placed(language: Language, placement: Placement) -> str:
    layers, threads = placement.gpu_layers, placement.threads
    key = "fell_back" if placement.fell_back else "on_graphics_card" if layers else "on_processor"
    return text(language, key, threads=threads)


def _amount_html(language: Language, fetched: ModelStatus | ModelAwaited) -> str:
    done, total = (f"{count / 1e6:,.0f}" for count in (fetched.done, fetched.total))
    return escape(text(language, "amount", done=done, total=total))


def question_html(question: str, language: Language = Language.ENGLISH, understood: str = "") -> str:
    """A question as it was typed, and how it was understood where that is not the same; that can be corrected."""
    asked = f"<p class='asked'>{escape(question)}</p>"
    if not understood:
        return asked
    label, correct = escape(text(language, "understood")), escape(text(language, "correct"))
    button = f"<button type='button' class='correct' data-question='{escape(understood)}'>{correct}</button>"
    return f"{asked}<p class='understood'>{label} <span>{escape(understood)}</span> {button}</p>"


def waiting_html(language: Language, hits: Sequence[Hit], awaited: ModelAwaited | None = None) -> str:
    """What stands where the answer will be: why it takes a while (None: it reads the article), and the passages."""
    awaited = awaited or ModelAwaited("reading")
    key = "next" if awaited.before == 1 else awaited.state
    note = escape(text(language, key, count=awaited.before))
    if awaited.state == "fetching":
        note += f"<span class='amount' aria-hidden='true'>{_amount_html(language, awaited)}</span>"
    note = f"<p class='waiting' role='status'>{note}</p>"
    return f"<div class='answer' lang='{language}'>{note}{_passages_html(hits, language, is_open=True)}</div>"


def answer_html(
    language: Language,
    words: str,
    hits: Sequence[Hit],
    answer: Answer | None = None,
    titles: Mapping[str, str] | None = None,
    pointer: Pointer | None = None,
    *,
    back: int = 0,
    keep: str = "",
    instead: str = "",
    of: str = "",
    twins: Twins | None = None,
    is_own: bool = True,
) -> str:
    """An answer as far as it is there (`answer` once it is finished), with the passages found below it.

    Of one that is none the nearest passages are at hand.

    Args:
        back: how many came after it; the newest can be asked again or edited.
        instead: a question that the article `of` (its id) answers, shown where this one it doesn't.
        is_own: whether the page is its user's own, so that what is noted stays with them.
        keep: the button that keeps it (`notes_html.py`).
        pointer: the words of the article that it rests on, while it isn't finished.
        titles: as of `card_html`, as `twins`.
    """
    is_none = bool(answer and (answer.refused or answer.withheld))
    state = " data-refused='true'" if answer and answer.refused else " data-withheld='true'" if is_none else ""
    finished = " data-finished='true'" if answer else ""
    card = card_html(language, words, answer, titles, twins)
    if answer is None:
        below = _pointer_html(pointer, words, language) + _passages_html(hits, language)
    else:
        below = _speed_html(answer, language) + _actions_html(answer, language, back, keep, titles or {}, is_own=is_own)
        below += _passages_html(answer.shown_nearest if is_none else hits, language, is_nearest=is_none)
        if is_none and instead:
            asked = f"data-ask='{escape(instead)}' data-article='{escape(of)}'"
            asks = f"<button type='button' {asked}>{escape(instead)}</button>"
            below = f"<p class='instead'>{escape(text(language, 'instead'))} {asks}</p>{below}"
    return f"<div class='answer' lang='{language}'{state}{finished}>{card}{below}</div>"


def card_html(
    language: Language,
    words: str,
    answer: Answer | None = None,
    titles: Mapping[str, str] | None = None,
    twins: Twins | None = None,
) -> str:
    """The words of an answer; of a finished one with its citations, and the sentences that it rests on.

    Args:
        titles: of the articles by id, where it isn't plain which one an answer is from; its citations then name it.
        twins: tells what the other version has for a sentence; that is a tap away from where it is quoted.
    """
    if answer and answer.points:
        return _points_html(answer, language)
    pointed = answer.pointer if answer else None
    cited = answer.citations if answer else ()
    markers = "".join(" " + _citation_html(citation, pointed, language) for citation in cited)
    said = f"<p class='words'>{_words_html(words, answer, language)}{markers}{_stopped_html(answer, language)}</p>"
    if answer is None:
        return said
    quotes = _quotes_html(answer, language, twins)
    return said + quotes + _sources_html(answer, titles or {}) + _disagreements_html(answer)


def _stopped_html(answer: Answer | None, language: Language) -> str:
    return f" <span class='stopped'>{escape(text(language, 'stopped'))}</span>" if answer and answer.stopped else ""


def _points_html(answer: Answer, language: Language) -> str:
    """The points of an answer on a whole article, each with its citation, and with its sentence where it isn't that."""
    body = f"<p class='words'>{escape(answer.lead)}{_stopped_html(answer, language)}</p>"
    for heading, points in groupby(answer.points, key=lambda point: point.heading):
        items = "".join(_point_html(point, language) for point in points)
        body += f"<p class='heading'>{escape(heading)}</p>" * bool(heading) + f"<ul class='points'>{items}</ul>"
    return body


def _point_html(point: Point, language: Language) -> str:
    cited = point.citation
    place = _place(cited.article, cited.language, point.start, point.end)
    words = f"<button type='button' class='pointer' {place}>{escape(point.text)}</button>"
    sentence = escape(" ".join(cited.text.split()))
    context = "" if point.is_sentence else f" <span class='context'>{sentence}</span>"
    return f"<li lang='{cited.language}'>{words}{context} {_citation_html(cited, None, language)}</li>"


def _pointer_html(pointer: Pointer | None, answer: str, language: Language) -> str:
    """The words of the article that an answer rests on, where it says something else; the button shows them there."""
    if pointer is None or pointer.is_all_of(answer):
        return ""
    place = _place(pointer.article, pointer.language, pointer.start, pointer.end)
    said = text(language, "pointed_at", words="\0").split("\0")
    before, after = map(escape, said)
    words = escape(pointer.line)
    button = f"<button type='button' class='pointer' lang='{pointer.language}' {place}>{words}</button>"
    return f"<p class='pointed'>{before}{button}{after}</p>"


def _quotes_html(answer: Answer, language: Language, twins: Twins | None) -> str:
    """The sentences that an answer rests on, the words pointed at marked in them, each with its twin."""
    return "".join(
        _quote_html(citation, answer.pointer) + _twin_html(twins(citation) if twins else (), citation.article, language)
        for citation in answer.citations[:QUOTED]
    )


def _twin_html(twin: Sequence[Sentence], article: str, language: Language) -> str:
    """What the other version says, to be opened, and shown there by a click."""
    if not twin:
        return ""
    version = twin[0].language
    summary = escape(text(language, f"twin_{version.name.lower()}"))
    words = escape((" " if version is Language.ENGLISH else "").join(" ".join(one.text.split()) for one in twin))
    place = _place(article, version, twin[0].start, twin[-1].end)
    button = f"<button type='button' class='pointer' lang='{version}' {place}>{words}</button>"
    return f"<details class='twin'><summary>{summary}</summary>{button}</details>"


def _quote_html(citation: Citation, pointer: Pointer | None) -> str:
    start, end = _words_of(citation, pointer)
    place = _place(citation.article, citation.language, start, end)
    whole = citation.text
    at, until = (start - citation.start, end - citation.start) if end is not None else (0, 0)
    before, words, behind = (escape(part.replace("\n", " ")) for part in (whole[:at], whole[at:until], whole[until:]))
    marked = f"<mark>{words}</mark>" if words else ""
    return (
        f"<blockquote class='quoted'><button type='button' class='pointer' lang='{citation.language}' {place}>"
        f"{before}{marked}{behind}</button></blockquote>"
    )


def _words_of(citation: Citation, pointer: Pointer | None) -> tuple[int, int | None]:
    """Where the words pointed at begin and end in a sentence; None for all of it."""
    if pointer and pointer.article == citation.article:
        start, end = max(citation.start, pointer.start), min(citation.end, pointer.end)
        if start < end:
            return start, end
    return citation.start, None


def _sources_html(answer: Answer, titles: Mapping[str, str]) -> str:
    sources = [f"[{one.number}] {titles[one.article]}" for one in answer.citations if one.article in titles]
    return "".join(f"<p class='source'>{escape(source)}</p>" for source in sources)


def _disagreements_html(answer: Answer) -> str:
    """In the answer's language; each figure shows where the other version has it."""
    notes = []
    for found in answer.disagreements:
        said = differs(answer.language, found.language, "\0")
        before, after = map(escape, said.split("\0"))
        place = _place(found.article, found.language, found.start, found.end)
        button = f"<button type='button' class='figure' lang='{found.language}' {place}>{escape(found.text)}</button>"
        notes.append(f"<p class='differs'>{before}{button}{after}</p>")
    return "".join(notes)


def _actions_html(
    answer: Answer, language: Language, back: int, keep: str, titles: Mapping[str, str], *, is_own: bool
) -> str:
    """What can be done with an answer; `page.js` does it, and `notes.js`."""
    copied, noted = escape(text(language, "copied")), escape(text(language, "noted_here" if is_own else "noted"))
    names = [*(() if back else ("again", "edit")), "wrong_answer", *(("wrong_sentence",) if answer.citations else ())]
    data = dict.fromkeys(("wrong_answer", "wrong_sentence"), f" data-back='{back}' data-noted='{noted}'")
    data["copy"] = f" data-copy='{escape(as_text(answer, titles))}' data-copied='{copied}'"
    buttons = "".join(
        f"<button type='button' class='{name}'{data.get(name, '')}>{escape(text(language, name))}</button>"
        for name in ("copy", *names)
    )
    return f"<p class='actions'>{keep}{buttons}</p>"


def _speed_html(answer: Answer, language: Language) -> str:
    """How often such answers are right, and how quickly this one came, as far as that is known."""
    rate, first, right = answer.timings.tokens_per_second, answer.timings.first_token_ms, answer.right_of_100
    said = [] if right is None else [text(language, "right_of_100", right=right)]
    said += [] if rate is None else [text(language, "rate", rate=f"{rate:.1f}")]
    said += [] if first is None or not answer.model else [text(language, "first_word", seconds=f"{first / 1000:.1f}")]
    return f"<p class='speed'>{escape(' · '.join(said))}</p>" if said else ""


def _words_html(words: str, answer: Answer | None, language: Language) -> str:
    """The words of an answer, in which each figure is a button that shows where the article has it."""
    pieces, at = [], 0
    for place in answer.figures if answer else ():
        figure = escape(words[place.at : place.until])
        label = escape(text(language, "figure", figure=words[place.at : place.until]))
        found = _place(place.article, place.language, place.start, place.end)
        button = f"<button type='button' class='figure' {found} title='{label}' aria-label='{label}'>{figure}</button>"
        pieces += [escape(words[at : place.at]), button]
        at = place.until
    return "".join([*pieces, escape(words[at:])])


def _citation_html(citation: Citation, pointer: Pointer | None, language: Language) -> str:
    """It shows the words of the sentence that were pointed at, or else all of it."""
    label = escape(text(language, "sentence", number=citation.number))
    place = _place(citation.article, citation.language, *_words_of(citation, pointer))
    return (
        f"<button type='button' class='citation' data-citation='{citation.number}' {place} "
        f"title='{escape(' '.join(citation.text.split()))}' aria-label='{label}'>[{citation.number}]</button>"
    )


def _passages_html(hits: Sequence[Hit], language: Language, *, is_nearest: bool = False, is_open: bool = False) -> str:
    if not hits:
        return ""
    items = "".join(
        f"<li lang='{hit.chunk.language}'><button type='button' class='passage' "
        f"{_place(hit.chunk.article, hit.chunk.language, hit.chunk.start, hit.chunk.end)}>"
        f"{escape(' '.join(hit.chunk.text.split()))}</button></li>"
        for hit in hits
    )
    summary = escape(text(language, "nearest" if is_nearest else "passages", count=len(hits)))
    state = " open" if is_open else ""
    return f"<details class='passages'{state}><summary>{summary}</summary><ul>{items}</ul></details>"


def _place(article: str, language: Language, start: int, end: int | None = None) -> str:
    """How `page.js` finds sentences of an article: those from `start` to `end`, else the one at `start`."""
    until = "" if end is None else f" data-end='{end}'"
    return f"data-article='{escape(article)}' data-language='{language}' data-start='{start}'{until}"


def bookmarklet_html(language: Language) -> str:
    """The link to drag to the bookmarks, which `page.js` makes of it, and what it is for."""
    label, copied = text(language, "bookmarklet"), text(language, "copied")
    failed = text(language, "bookmarklet_failed", place="{place}")  # which `page.js` knows
    data = f"data-copied='{escape(copied)}' data-failed='{escape(failed)}'"
    hint = escape(text(language, "bookmarklet_hint"))
    return f"<p class='from-browser'><a class='bookmarklet' href='#' {data}>{escape(label)}</a> <span>{hint}</span></p>"


def notice_html(message: str, *details: str, is_problem: bool = False) -> str:
    """A message of the page itself; a problem looks like one."""
    kind = "problem' role='alert" if is_problem else "notice' role='status"
    lines = "".join(f"<p>{escape(line)}</p>" for line in (message, *details) if line)
    return f"<div class='{kind}'>{lines}</div>"
