"""From a question to an answer, as a stream of events; the page, the command line and programs read it alike."""

import math
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from assistant.answering.events import (
    Answer,
    AnswerFinished,
    Event,
    EvidenceFound,
    ModelAwaited,
    QuestionUnderstood,
    Retraction,
    Timings,
    TokenGenerated,
    WordsFound,
    milliseconds,
    with_change,
)
from assistant.answering.grounding import figure_places
from assistant.answering.intents import Intent
from assistant.answering.manner import Draft
from assistant.answering.prompts import Exchange
from assistant.answering.questions import check_question, depends_on_earlier, of_another, together
from assistant.answering.refusals import REFUSAL, UNSAID, WITHHELD
from assistant.answering.window_reader import Asking, WindowReader
from assistant.answering.windows import Window
from assistant.library.retrieval import Query
from assistant.library.store import Hit
from assistant.model.protocol import STARTING, Generation, ModelStatus, with_piece
from assistant.settings import Care
from assistant.text.language import Language, as_unicode
from assistant.text.steering import without_steering

__all__ = ["AnsweringAssistant", "Inquiry", "Watch", "final_answer"]

Watch = Callable[[Language, Iterator[Event]], Iterator[Event]]
"""Passes on the events of a question in a language, and makes of them what it likes."""

SHOWN = 6
"""Passages shown as evidence, both languages together."""
SURE = 2.0
"""An answer whose log-odds are so far above what is asked of them is given without reading other windows."""
RANK_LOG_ODDS = 0.5
"""What each place of a window's rank speaks against it. Measured on 43 whole articles in windows of 600 tokens: of 164
questions that have an answer the likeliest of three is right for 77 of 100, the first that is likely enough for 73."""
LEAD = 3.25
"""Yes or no is said where the model would rather write it than the other by so much, in logits; else only what follows
on it. Of 86 that it wrote on two articles of 12 such questions, in both languages, 29 led by more, all of them rightly,
and 47 of the other 57."""
WAIT_SECONDS = 0.2
"""Between two looks at how many questions come before one."""
FETCH_SECONDS = 1.0
"""Between two looks at how far a model's fetch is, which is in no hurry."""


class AnsweringAssistant(WindowReader):
    """Answers questions on articles."""

    watch: Watch | None = None
    """What the events of every question go through that somebody asks."""

    def ask(
        self,
        question: str,
        articles: Sequence[str] | None = None,
        care: Care = Care.BALANCED,
        *,
        asker: str | None = "",
        earlier: Exchange | None = None,
    ) -> "Inquiry":
        """Asks about the articles with these ids (None: all of them). Nothing runs before the events are read.

        Args:
            asker: who asks; where several do at once, they take turns. None: nobody, it is answered while nobody asks.
            earlier: what was asked and answered before it, if anything was.

        Raises:
            UsageError: the question is empty or too long.
            ArticleNotFound: an id names no article.
        """
        question = without_steering(as_unicode(question)).strip()
        check_question(question)
        for article in articles or ():
            self._article_of(article)
        query = Query.of(question, articles)
        understood = asked = query.text
        follows = earlier is not None
        if earlier and not depends_on_earlier(asked, query.language):
            earlier = None
        if earlier and (of_other := of_another(earlier, asked)):
            understood, earlier = of_other, None
        elif earlier:
            understood = together(earlier, asked)
            earlier = None if understood == asked else earlier
        watch = None if asker is None else self.watch
        return Inquiry(self, replace(query, text=understood), asked, care, asker, earlier, watch, follows)


@dataclass(slots=True)
class _Begun:
    """An answer that was begun on a window, and by how much its log-odds are above what is asked of them."""

    window: Window
    generation: Generation
    pieces: Iterator[str | Retraction]
    margin: float = math.inf
    odds: float = math.inf
    """The margin, less what its rank speaks against it."""
    log_odds: float | None = None
    written: str = ""
    """What the model has written so far."""
    is_withheld: bool = False
    """When the pieces have ended: whether no sound answer came of them."""

    @property
    def is_sure(self) -> bool:
        """Whether yes or no may be said, if one of them was written."""
        return self.generation.lead >= LEAD


@dataclass(slots=True)
class Inquiry:
    """One question on its way: iterate for its events; `stop` ends it within milliseconds from any thread."""

    _reader: WindowReader
    query: Query
    """The question as it is understood."""
    asked: str
    """The question as it was asked."""
    _care: Care
    _asker: str | None = ""
    _earlier: Exchange | None = None
    _watch: Watch | None = None
    _follows: bool = False
    """Whether it was asked after an answer, understood from that or not."""
    readings: list[Generation] = field(default_factory=list)
    """When the events have ended: each ends when what the model read for the question is kept."""
    _stopped: threading.Event = field(default_factory=threading.Event)
    _begun: "list[_Begun]" = field(default_factory=list)
    _log_odds: float | None = None
    _asking: Asking = field(init=False)
    """There from when the model is first asked."""

    def stop(self) -> None:
        """Ends the answer where it is; the events still end with an `AnswerFinished`, marked as stopped."""
        self._stopped.set()
        for begun in self._begun[-1:]:
            begun.generation.stop()

    def __iter__(self) -> Iterator[Event]:
        return self._watch(self.query.language, self._run()) if self._watch else self._run()

    def _run(self) -> Iterator[Event]:
        began = time.perf_counter()
        with self._reader.asked():
            intent = Intent.QUESTION
            if self._asker is not None:
                intent = self._reader.overviews.intent(self.asked, follows=self._follows)
            if intent is Intent.QUESTION:
                yield from self._events(began)
            else:
                query = replace(self.query, text=self.asked)
                yield from self._reader.overviews.events(intent, query, self._stopped.is_set, began)

    def _events(self, began: float) -> Iterator[Event]:
        to_know_what_is_wanted = milliseconds(began)  # the question was embedded for that, as it is searched with
        if self.query.text != self.asked:
            yield QuestionUnderstood(self.query.text)
        searched = time.perf_counter()
        hits, windows = self._reader.find(self.query)
        evidence_ms = round(to_know_what_is_wanted + milliseconds(searched), 1)
        yield EvidenceFound(hits[:SHOWN])
        text, first_token_ms = "", None
        self._asking = self._reader.asking(self._stopped.is_set)
        others = self._reader.find_other(self.query, hits) if self._asking.manner.is_taught else ()
        likeliest = (yield from self._likeliest(windows)) or (yield from self._likeliest(others))
        for event in self._said(likeliest) if likeliest else ():
            first_token_ms = first_token_ms or milliseconds(began)
            if not isinstance(event, WordsFound):
                text = with_change(text, event)
            yield event
        usages = [begun.generation.usage for begun in self._begun]
        timings = Timings(
            evidence_ms,
            first_token_ms,
            milliseconds(began),
            prompt_tokens=sum(usage.prompt for usage in usages),
            reused_tokens=sum(usage.reused for usage in usages),
            completion_tokens=sum(usage.completion for usage in usages),
            tokens_per_second=likeliest.generation.usage.tokens_per_second if likeliest else None,
        )
        yield AnswerFinished(self._finish(text, likeliest, hits[:SHOWN], timings))

    def _awaited(self, generation: Generation) -> Iterator[ModelAwaited]:
        """What comes before a generation, each time that changes, until its turn has come."""
        told = ModelAwaited("reading")
        while not generation.wait(0):
            now = _awaited_now(self._reader.model_status, generation)
            if now not in (told, ModelAwaited("failed")):  # which it tries to mend, or tells of as an error
                told = now
                yield now
            if now.state == "reading":
                return
            generation.wait(FETCH_SECONDS if now.state == "fetching" else WAIT_SECONDS)

    def _likeliest(self, windows: Sequence[Window]) -> "Generator[ModelAwaited, None, _Begun | None]":
        """The answer, just begun, from the window likeliest to hold one; None where none is likely enough.

        They are read until one is sure to; else it is the one with most log-odds, less some for its rank.
        """
        best: _Begun | None = None
        for rank, window in enumerate(windows):
            if self._stopped.is_set():
                return None
            if self._begun:
                self._begun[-1].generation.stop()
            begun = yield from self._begin(window, RANK_LOG_ODDS * rank)
            if begun.margin >= 0 and (best is None or begun.odds > best.odds):
                best = begun
            if begun.margin >= SURE:
                break
        if windows and best is not self._begun[-1]:
            self._begun[-1].generation.stop()
            return (yield from self._begin(best.window)) if best and not self._stopped.is_set() else None
        return best

    def _begin(self, window: Window, handicap: float = 0.0) -> "Generator[ModelAwaited, None, _Begun]":
        """An answer from a window, which `stop` ends from now on, and which has ended where that came first."""
        question = self.asked if self._earlier else self.query.text
        generation = self._reader.generate(question, self.query, window, self._asking, self._asker, self._earlier)
        pieces = iter(generation)
        begun = _Begun(window, generation, pieces)
        self._begun.append(begun)
        if self._stopped.is_set():
            generation.stop()
        yield from self._awaited(generation)
        begun.pieces = chain([next(pieces, "")], pieces)  # with the first piece, the log-odds are there
        log_odds = self._asking.log_odds(self.query, window, generation)
        if log_odds is not None:
            begun.log_odds = log_odds
            self._log_odds = log_odds if self._log_odds is None else max(self._log_odds, log_odds)
            self.readings.extend(self._reader.keep(window, self.query.language, self._asking))
            begun.margin = self._asking.margin(self.query, window, log_odds, self._care)
        begun.odds = begun.margin - handicap
        return begun

    def _said(self, begun: "_Begun") -> Iterator[WordsFound | TokenGenerated | Retraction]:
        """The answer's text as it grows; none of it stays where that can't end as an answer must."""
        shown, told = "", None
        draft = self._draft(begun)
        for piece in begun.pieces:
            begun.written = with_piece(begun.written, piece)
            pointer = draft.pointer(begun.written)
            if pointer and pointer != told:
                told = pointer
                yield WordsFound(pointer)
            visible = draft.shown(begun.written, is_sure=begun.is_sure)
            yield from _changes(shown, visible)
            shown = visible
            if draft.is_done(begun.written):
                begun.generation.stop()
                break
        if not self._stopped.is_set():
            whole = draft.finished(begun.written, is_sound=begun.generation.is_ended, is_sure=begun.is_sure)
            begun.is_withheld = whole is None
            yield from _changes(shown, whole or "")

    def _draft(self, begun: "_Begun") -> Draft:
        return self._asking.draft(self.query, begun.window)

    def _finish(self, text: str, begun: "_Begun | None", hits: tuple[Hit, ...], timings: Timings) -> Answer:
        window = begun.window if begun else ()
        stopped = self._stopped.is_set()
        text = text.strip()
        no_answer = begun is not None and begun.is_withheld
        unsaid = text == UNSAID[self.query.language]
        refused = not (stopped or no_answer or text)
        draft = self._draft(begun) if begun and text and not no_answer else None
        pointer = draft.pointer(begun.written) if begun and draft else None
        citations = draft.citations(begun.written, text) if begun and draft else ()
        figures = figure_places(text, window, citations) if citations else ()
        if refused or no_answer:
            text = (WITHHELD if no_answer else REFUSAL)[self.query.language]
        return Answer(
            question=self.asked,
            language=self.query.language,
            text=text,
            refused=refused,
            stopped=stopped,
            citations=citations,
            figures=figures,
            nearest=hits if refused or no_answer else (),
            log_odds=_rounded(begun.log_odds if begun and draft else self._log_odds),
            right_of_100=self._right_of_100(begun) if begun and draft and not unsaid else None,
            pointer=pointer,
            model=self._reader.model_name,
            timings=timings,
            disagreements=self._reader.disagreements(figures, window) if figures else (),
            understood=self.query.text if self.query.text != self.asked else "",
            withheld=no_answer or unsaid,
        )

    def _right_of_100(self, begun: "_Begun") -> int | None:
        if begun.log_odds is None or self._stopped.is_set():
            return None
        return self._asking.right_of_100(self.query, begun.window, begun.log_odds)


def _rounded(log_odds: float | None) -> float | None:
    """To two decimals; None where they are unknown, or without end: where a model only did one or the other."""
    return None if log_odds is None or math.isinf(log_odds) else round(log_odds, 2)


def _changes(shown: str, visible: str) -> Iterator[TokenGenerated | Retraction]:
    """What makes `visible` of the text that is shown."""
    kept = next((at for at, (old, new) in enumerate(zip(shown, visible, strict=False)) if old != new), len(shown))
    kept = min(kept, len(visible))
    if kept < len(shown):
        yield Retraction(len(shown) - kept)
    if kept < len(visible):
        yield TokenGenerated(visible[kept:])


def _awaited_now(status: ModelStatus, generation: Generation) -> ModelAwaited:
    if status.state in STARTING or status.state == "failed":
        return ModelAwaited(status.state, done=status.done, total=status.total)
    before = generation.before()
    return ModelAwaited("busy", before) if before else ModelAwaited("reading")


def final_answer(inquiry: Inquiry) -> Answer:
    """Runs `inquiry` to its end."""
    for event in inquiry:
        if isinstance(event, AnswerFinished):
            return event.answer
    raise AssertionError("an inquiry ends with AnswerFinished")
