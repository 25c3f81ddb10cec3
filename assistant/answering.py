"""From a question to an answer, as a stream of events; the page, the command line and programs read it alike."""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from assistant.events import (
    Answer,
    AnswerFinished,
    Event,
    EvidenceFound,
    ModelAwaited,
    QuestionUnderstood,
    Timings,
    TokenGenerated,
)
from assistant.grounding import figure_places, is_refusal, without_markers
from assistant.guards import closing
from assistant.llm import Generation, Usage
from assistant.prompts import REFUSAL
from assistant.questions import Exchange, check_question, depends_on_earlier, understood
from assistant.retrieval import Query
from assistant.settings import Care
from assistant.store import Hit
from assistant.window_reader import WindowReader
from assistant.windows import Window

__all__ = ["AnsweringAssistant", "Inquiry", "final_answer", "milliseconds"]

SHOWN = 6
"""Passages shown as evidence, both languages together."""


class AnsweringAssistant(WindowReader):
    """Answers questions on articles."""

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
        check_question(question)
        for article in articles or ():
            self._article_of(article)
        query = Query.of(question.strip(), articles)
        return Inquiry(self, query, query.text, care, asker, earlier)


@dataclass(slots=True)
class Inquiry:
    """One question on its way: iterate for its events; `stop` ends it within milliseconds from any thread."""

    _reader: WindowReader
    query: Query
    """The question; once its events have begun as it is understood."""
    asked: str
    """The question as it was asked."""
    _care: Care
    _asker: str | None = ""
    _earlier: Exchange | None = None
    readings: list[Generation] = field(default_factory=list)
    """When the events have ended: each ends when what the model read for the question is kept."""
    _stopped: threading.Event = field(default_factory=threading.Event)
    _generation: Generation | None = None
    _usage: Usage = field(default_factory=Usage)
    _log_odds: float | None = None

    def stop(self) -> None:
        """Ends the answer where it is; the events still end with an `AnswerFinished`, marked as stopped."""
        self._stopped.set()
        if self._generation:
            self._generation.stop()

    def __iter__(self) -> Iterator[Event]:
        began = time.perf_counter()
        if self._earlier and depends_on_earlier(self.asked, self.query.language):
            yield from self._understand(self._earlier)
        searched = time.perf_counter()
        hits, windows = self._reader.find(self.query)
        evidence_ms = milliseconds(searched)
        yield EvidenceFound(hits[:SHOWN])
        yield from self._awaited()
        window: Window = ()
        text, first_token_ms = "", None
        for window in windows:
            for piece in self._answer(window):
                first_token_ms = first_token_ms or milliseconds(began)
                text += piece
                yield TokenGenerated(piece)
            if text or self._stopped.is_set():
                break
        usage = self._usage
        timings = Timings(
            evidence_ms, first_token_ms, milliseconds(began), usage.prompt, usage.reused, usage.completion
        )
        yield AnswerFinished(self._finish(text, window, hits[:SHOWN], timings))

    def _awaited(self) -> Iterator[ModelAwaited]:
        if (state := self._reader.model_state) in ("loading", "busy"):
            yield ModelAwaited(state)

    def _begun(self, generation: Generation) -> Generation:
        """`generation`, which `stop` ends from now on, and which has ended where that came first."""
        self._generation = generation
        if self._stopped.is_set():
            generation.stop()
        return generation

    def _understand(self, earlier: Exchange) -> Iterator[Event]:
        """Makes the query one that can be understood by itself."""
        yield from self._awaited()
        generation = self._begun(self._reader.write_out(self.query, earlier, self._asker))
        text = understood("".join(generation), self.asked, earlier)
        if text != self.asked and not self._stopped.is_set():
            self.query = replace(self.query, text=text)
            yield QuestionUnderstood(text)

    def _answer(self, window: Window) -> Iterator[str]:
        """The answer from `window` as it grows; nothing where that doesn't hold it."""
        if self._stopped.is_set():
            return
        generation = self._begun(self._reader.generate(self.query, window, self._asker))
        yield from self._pieces(generation, window)
        self._usage.prompt += generation.usage.prompt
        self._usage.reused += generation.usage.reused
        self._usage.completion += generation.usage.completion
        if generation.reading:
            self.readings.append(self._reader.keep(window, self.query.language))

    def _pieces(self, generation: Generation, window: Window) -> Iterator[str]:
        """The answer's text as it grows, its first line; nothing where the window doesn't hold the answer."""
        raw = shown = ""
        for piece in generation:
            if not raw and not self._is_answered(generation, window):
                generation.stop()
                return
            raw = (raw + piece).lstrip()
            line, ended, _ = raw.partition("\n")
            visible = without_markers(line)
            if len(visible) > len(shown):
                yield visible[len(shown) :]
                shown = visible
            if ended:
                generation.stop()
                break
        if (end := closing(shown, self.query.language)) and not self._stopped.is_set():
            yield end

    def _is_answered(self, generation: Generation, window: Window) -> bool:
        log_odds = self._reader.log_odds(generation)
        if log_odds is None:
            return True
        self._log_odds = log_odds if self._log_odds is None else max(self._log_odds, log_odds)
        return self._reader.is_answered(self.query, window, log_odds, self._care)

    def _finish(self, text: str, window: Window, hits: tuple[Hit, ...], timings: Timings) -> Answer:
        stopped = self._stopped.is_set()
        refused = not stopped and is_refusal(text)
        citations = self._reader.cite(self.query, text, window) if text and not refused else ()
        figures = figure_places(text, window, citations) if citations else ()
        return Answer(
            question=self.asked,
            language=self.query.language,
            text=REFUSAL[self.query.language] if refused else text.strip(),
            refused=refused,
            stopped=stopped,
            citations=citations,
            figures=figures,
            nearest=hits if refused else (),
            log_odds=None if self._log_odds is None else round(self._log_odds, 2),
            model=self._reader.model_name,
            timings=timings,
            disagreements=self._reader.disagreements(figures, window) if figures else (),
            understood=self.query.text if self.query.text != self.asked else "",
        )


def milliseconds(since: float) -> float:
    """Milliseconds since a time of `time.perf_counter`."""
    return round(1000 * (time.perf_counter() - since), 1)


def final_answer(inquiry: Inquiry) -> Answer:
    """Runs `inquiry` to its end."""
    for event in inquiry:
        if isinstance(event, AnswerFinished):
            return event.answer
    raise AssertionError("an inquiry ends with AnswerFinished")
