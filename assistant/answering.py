"""From a question to an answer, as a stream of events; the page, the command line and programs read it alike."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import lru_cache

from assistant.alignment import Bead
from assistant.answerability import Answerability
from assistant.article import Article
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
from assistant.grounding import Citation, FigurePlace, cite, figure_places, is_refusal, without_markers
from assistant.guards import AnswerGuard, closing
from assistant.language import Language
from assistant.llm import ChatModel, Generation, Message, ModelState, Usage
from assistant.periods import states_the_period_asked
from assistant.prompts import NOT_STATED, REFUSAL, answer_messages, follow_up_messages
from assistant.questions import Exchange, check_question, depends_on_earlier, understood
from assistant.retrieval import Query, Retriever
from assistant.settings import Care, Part
from assistant.store import Hit
from assistant.versions import Disagreement, disagreements
from assistant.windows import Window, as_passage, rank_windows, windows_of

__all__ = ["AnsweringAssistant", "Inquiry", "final_answer", "milliseconds"]

SEARCHED = 40
"""Passages searched for, both languages together; they decide which windows are read."""
SHOWN = 6
"""Passages shown as evidence, both languages together."""
TRIED = 3
"""Windows read for one question: where the best doesn't answer it, the next may. Measured by keywords alone on 305
questions and articles of seven windows or so, one of the best 1, 2, 3 was the right one for 88, 96, 98 of 100."""
UNDERSTOOD_TOKENS = 64
"""Longest question that the model writes out."""
READ_AHEAD = 8
"""Windows of an article that are read before anybody asks, in each language."""
KEPT_WINDOWS = 64
"""Articles whose windows are kept in memory."""


class AnsweringAssistant:
    """Answers questions on the articles that `article_of` gives by id and `retriever` searches."""

    def __init__(
        self,
        retriever: Retriever,
        article_of: Callable[[str], Article],
        model: ChatModel,
        answerability: Answerability,
        *,
        window_tokens: int,
        answer_tokens: int,
        without: AbstractSet[Part] = frozenset(),
        alignment_of: Callable[[str], Sequence[Bead] | None] = lambda _: None,
    ) -> None:
        """Args:
        alignment_of: what links the two versions of an article by id, None where that isn't known.
        """
        self._retriever = retriever
        self._article_of = article_of
        self._model = model
        self._answerability = answerability
        self._answer_tokens = answer_tokens
        self._without = without
        self._alignment_of = alignment_of
        self._readings: dict[tuple[str, Language, int], Generation] = {}
        self._windows = lru_cache(KEPT_WINDOWS)(
            lambda article, language: windows_of(article_of(article), language, window_tokens)
        )

    def ask(
        self,
        question: str,
        articles: Sequence[str] | None = None,
        care: Care = Care.BALANCED,
        *,
        asker: str = "",
        earlier: Exchange | None = None,
    ) -> "Inquiry":
        """Asks about the articles with these ids (None: all of them). Nothing runs before the events are read.

        Args:
            asker: who asks; where several do at once, they take turns.
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

    def read(self, article: str, languages: Sequence[Language] = tuple(Language)) -> list[Generation]:
        """Lets the model read an article before anything is asked in `languages`, when it has nothing else to do.

        Its first `READ_AHEAD` windows, once for each language. Each that is returned ends when the reading of one has.

        Raises:
            ArticleNotFound: the id names no article.
        """
        readings = []
        for language in languages:
            for number, window in enumerate(self._windows(article, language)[:READ_AHEAD]):
                key = (article, language, number)
                if key not in self._readings:
                    self._readings[key] = self.keep(window, language)
                readings.append(self._readings[key])
        return readings

    def keep(self, window: Window, language: Language) -> Generation:
        """Lets the model read a window, unless it has, and keep what came of it for questions in `language`."""
        return self._model.read(self._messages("", language, window), window[0].article.id)

    def forget(self, article: str) -> None:
        """Ends the reading of an article that is about to be removed."""
        for key in [key for key in self._readings if key[0] == article]:
            self._readings.pop(key).stop()
        self._windows.cache_clear()

    def find(self, query: Query) -> tuple[tuple[Hit, ...], tuple[Window, ...]]:
        """The passages for a question, and the windows that the model is to read until one answers it, best first."""
        hits = self._retriever.search(query, SEARCHED)
        articles = query.articles or ()
        if len(articles) != 1:
            articles = tuple(dict.fromkeys(hit.chunk.article for hit in hits))
        windows = [window for article in articles for window in self._windows(article, query.language)]
        return hits, rank_windows(windows, hits)[:TRIED]

    def write_out(self, query: Query, earlier: Exchange, asker: str) -> Generation:
        """The question as the model understands it from what was asked before."""
        messages = follow_up_messages(earlier.question, earlier.answer, query.text, query.language)
        return self._model.generate(messages, UNDERSTOOD_TOKENS, asker=asker)

    def generate(self, query: Query, window: Window, asker: str) -> Generation:
        """The answer as the model gives it to `asker`, held to the window that it is given."""
        messages = self._messages(query.text, query.language, window)
        guard = AnswerGuard(query.language, _texts(window), query.text, self._without)
        refusal = NOT_STATED[query.language]
        return self._model.generate(messages, self._answer_tokens, allows=guard, refusal=refusal, asker=asker)

    def _messages(self, question: str, language: Language, window: Window) -> tuple[Message, ...]:
        with_examples = Part.EXAMPLES not in self._without
        return answer_messages(question, language, as_passage(window), _language(window), with_examples=with_examples)

    def cite(self, query: Query, text: str, window: Window) -> tuple[Citation, ...]:
        """The sentences that the answer `text` rests on."""
        nearness = None
        if _language(window) is not query.language:
            sentences = [one.sentence.text for one in window]
            nearness = self._retriever.nearness([text, f"{query.text} {text}"], sentences)
        return cite(text, query.text, window, nearness)

    def disagreements(self, figures: Sequence[FigurePlace], window: Window) -> tuple[Disagreement, ...]:
        """Where the other version of the window's article has other figures than these of an answer."""
        article = window[0].article
        return disagreements(figures, article, self._alignment_of(article.id) or ())

    def is_answered(self, query: Query, window: Window, log_odds: float, care: Care) -> bool:
        """Whether to answer a question whose log-odds of having an answer in the window are these.

        Where the window has a percentage for the period asked about, that speaks for an answer too.
        """
        if Part.ANSWERABILITY in self._without:
            return True
        if care is Care.BALANCED and states_the_period_asked(query.text, _texts(window)):
            care = Care.FORTHCOMING
        return log_odds >= self._answerability.threshold(query.language, _language(window), care)

    def log_odds(self, generation: Generation) -> float | None:
        """Log-odds that there is an answer, by what the model made of the prompt; None while it has not read it."""
        return self._answerability.log_odds(generation.reading) if generation.reading else None

    @property
    def model_name(self) -> str:
        return self._model.name

    @property
    def model_state(self) -> ModelState:
        return self._model.state


@dataclass(slots=True)
class Inquiry:
    """One question on its way: iterate for its events; `stop` ends it within milliseconds from any thread."""

    _assistant: AnsweringAssistant
    query: Query
    """The question; once its events have begun as it is understood."""
    asked: str
    """The question as it was asked."""
    _care: Care
    _asker: str = ""
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
        hits, windows = self._assistant.find(self.query)
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
        if (state := self._assistant.model_state) in ("loading", "busy"):
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
        generation = self._begun(self._assistant.write_out(self.query, earlier, self._asker))
        text = understood("".join(generation), self.asked, earlier)
        if text != self.asked and not self._stopped.is_set():
            self.query = replace(self.query, text=text)
            yield QuestionUnderstood(text)

    def _answer(self, window: Window) -> Iterator[str]:
        """The answer from `window` as it grows; nothing where that doesn't hold it."""
        if self._stopped.is_set():
            return
        generation = self._begun(self._assistant.generate(self.query, window, self._asker))
        yield from self._pieces(generation, window)
        self._usage.prompt += generation.usage.prompt
        self._usage.reused += generation.usage.reused
        self._usage.completion += generation.usage.completion
        if generation.reading:
            self.readings.append(self._assistant.keep(window, self.query.language))

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
        log_odds = self._assistant.log_odds(generation)
        if log_odds is None:
            return True
        self._log_odds = log_odds if self._log_odds is None else max(self._log_odds, log_odds)
        return self._assistant.is_answered(self.query, window, log_odds, self._care)

    def _finish(self, text: str, window: Window, hits: tuple[Hit, ...], timings: Timings) -> Answer:
        stopped = self._stopped.is_set()
        refused = not stopped and is_refusal(text)
        citations = self._assistant.cite(self.query, text, window) if text and not refused else ()
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
            model=self._assistant.model_name,
            timings=timings,
            disagreements=self._assistant.disagreements(figures, window) if figures else (),
            understood=self.query.text if self.query.text != self.asked else "",
        )


def _language(window: Window) -> Language:
    return window[0].sentence.language


def _texts(window: Window) -> list[str]:
    """Title and sentences: what the model has read."""
    return [window[0].article.title, *(one.sentence.text for one in window)]


def milliseconds(since: float) -> float:
    """Milliseconds since a time of `time.perf_counter`."""
    return round(1000 * (time.perf_counter() - since), 1)


def final_answer(inquiry: Inquiry) -> Answer:
    """Runs `inquiry` to its end."""
    for event in inquiry:
        if isinstance(event, AnswerFinished):
            return event.answer
    raise AssertionError("an inquiry ends with AnswerFinished")
