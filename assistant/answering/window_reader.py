"""What the model makes of the windows of articles: which it reads for a question, what it says, what that rests on."""

import math
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

from assistant.answering.answerability import Answerability
from assistant.answering.disagreements import Disagreement, disagreements
from assistant.answering.grounding import FigurePlace
from assistant.answering.guards import AnswerGuard
from assistant.answering.manner import Draft, Manner, Pointing, Telling
from assistant.answering.overviews import Overviews
from assistant.answering.periods import states_the_period_asked
from assistant.answering.prompts import Exchange, make_up_request
from assistant.answering.seeds import Seed
from assistant.answering.windows import Window, language_of, rank_windows, texts_of, windows_of
from assistant.errors import AssistantError
from assistant.library.alignment import Bead
from assistant.library.article import Article
from assistant.library.retrieval import Query, Retriever
from assistant.library.store import Hit
from assistant.model.protocol import ChatModel, Generation, ModelStatus
from assistant.settings import Care, Part
from assistant.text.language import Language

__all__ = ["Asking", "WindowReader"]

SEARCHED = 40
"""Passages searched for, both languages together; they decide which windows are read."""
TRIED = 5
"""Windows read for one question: where the first isn't sure to answer it, another may. On 363 questions and articles of
30 windows or so, one of the best 1, 2, 3, 4, 5 was the right one for 83, 91, 94, 96, 97 of 100."""
TRIED_OF_OTHER = 2
"""Windows of the article's other version read after these, where none of them answers."""
QUESTION_TOKENS = 64
"""Longest question that the model makes up."""
READ_AHEAD = 24
"""Windows of an article that are read before anybody asks, in each language."""
KEPT_READINGS = 1024
"""Readings that are known to have been begun."""
KEPT_WINDOWS = 64
"""Articles whose windows are kept in memory."""


@dataclass(frozen=True, slots=True)
class Asking:
    """How the model is asked, as what it was taught wants it, and what it makes of the prompts then means."""

    taught_by: str
    manner: Manner
    answerability: Answerability
    without: AbstractSet[Part]

    def draft(self, query: Query, window: Window) -> Draft:
        """An answer from a window, before the model has written anything of it."""
        return self.manner.draft(query, window)

    def margin(self, query: Query, window: Window, log_odds: float, care: Care) -> float:
        """By how much the log-odds that a window answers a question are above what is asked of them.

        Where the window has a percentage for the period asked about, that speaks for an answer too.
        """
        if Part.ANSWERABILITY in self.without:
            return math.inf
        if care is Care.BALANCED and states_the_period_asked(query.text, texts_of(window)):
            care = Care.FORTHCOMING
        return log_odds - self.answerability.threshold(query.language, language_of(window), care)

    def log_odds(self, query: Query, window: Window, generation: Generation) -> float | None:
        """Log-odds that there is an answer, by what the model made of the prompt; None while it has not read it."""
        if not generation.reading:
            return None
        return self.answerability.log_odds(generation.reading, query.language, language_of(window))

    def right_of_100(self, query: Query, window: Window, log_odds: float) -> int | None:
        """Of 100 answers as likely as this one, how many were right where that was measured; None where it wasn't."""
        return self.answerability.right_of_100(log_odds, query.language, language_of(window))


class WindowReader:
    """Lets a model read the articles that `article_of` gives by id and `retriever` searches."""

    def __init__(
        self,
        retriever: Retriever,
        article_of: Callable[[str], Article],
        model: ChatModel,
        answerability: Answerability | Callable[[str], Answerability],
        *,
        window_tokens: int,
        answer_tokens: int,
        without: AbstractSet[Part] = frozenset(),
        alignment_of: Callable[[str], Sequence[Bead] | None] = lambda _: None,
        align: Callable[[str], Sequence[Bead]] = lambda _: (),
    ) -> None:
        """Args:
        answerability: or what gives that of a model by the adapter that taught it, "" for none: which one a server has
            is known when that is found.
        alignment_of: what links the two versions of an article by id, None where that isn't known.
        align: the same, worked out where it isn't.
        """
        self.overviews = Overviews(retriever.embedder, article_of, align)
        self._retriever = retriever
        self._article_of = article_of
        self._model = model
        self._answerability_of = answerability if callable(answerability) else lambda _: answerability
        self._answer_tokens = answer_tokens
        self._without = without
        self._alignment_of = alignment_of
        self._asking = self._asking_by(model.taught_by)
        self._readings: dict[tuple[str, Language, Language, int, str], Generation] = {}
        self._going: set[str] = set()
        self._reading = threading.Lock()
        self._asked = 0
        self._counting = threading.Lock()
        self._windows = lru_cache(KEPT_WINDOWS)(
            lambda article, language: windows_of(article_of(article), language, window_tokens)
        )

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Counts a question as being answered until the block ends."""
        with self._counting:
            self._asked += 1
        try:
            yield
        finally:
            with self._counting:
                self._asked -= 1

    def asking(self, stopped: Callable[[], bool]) -> Asking:
        """How the model is to be asked for the whole of one question, which is found out where it isn't known.

        Args:
            stopped: whether that isn't wanted any more.

        Raises:
            ModelError: it can't be known, or what the model's answers mean can't be read; the next question tries
                again.
        """
        self._model.settle(stopped)
        taught_by, asking = self._model.taught_by, self._asking
        if taught_by != asking.taught_by:
            asking = self._asking = self._asking_by(taught_by)
        return asking

    def _asking_by(self, taught_by: str) -> Asking:
        embed = self._retriever.embedder.passages
        manner: Manner = (
            Pointing(self._without, embed) if taught_by else Telling(self._without, self._retriever.nearness, embed)
        )
        return Asking(taught_by, manner, self._answerability_of(taught_by), self._without)

    @property
    def is_asked(self) -> bool:
        """Whether a question is being answered."""
        return self._asked > 0

    def read(self, article: str, languages: Sequence[Language] = tuple(Language)) -> list[Generation]:
        """Lets the model read an article before anything is asked in `languages`, when it has nothing else to do.

        Its first windows, as the last question was asked, once for each language, and again where that came to nothing.
        Each that is returned ends when the reading of one has.

        Raises:
            ArticleNotFound: the id names no article.
        """
        asking = self._asking
        readings: list[Generation] = []
        for language in languages:
            for window in self.windows(article, language):
                known = self._readings.get(_reading_of(window, language, asking))
                readings.extend([known] if known and known.is_ended else self.keep(window, language, asking))
        return readings

    def keep(self, window: Window, language: Language, asking: Asking) -> Sequence[Generation]:
        """Lets the model read a window, unless it has, and keep what came of it for questions in `language`, so asked.

        Once, however many ask meanwhile; not at all where the article has been removed.
        """
        article = window[0].article.id
        key = _reading_of(window, language, asking)
        with self._reading:
            known = self._readings.get(key)
            if known and not known.wait(0):
                return (known,)
            if article in self._going or self._trouble(article):
                return ()
            reading = self._readings[key] = self._model.read(asking.manner.read(window, language), article)
            for old in list(self._readings)[:-KEPT_READINGS]:
                if self._readings[old].wait(0):
                    del self._readings[old]
            return (reading,)

    @contextmanager
    def forgotten(self, article: str) -> Iterator[None]:
        """Ends the reading of an article, and has none of it begun while the block runs, which is to remove it."""
        with self._reading:
            self._going.add(article)
            for key in [key for key in self._readings if key[0] == article]:
                self._readings.pop(key).stop()
        try:
            yield
        finally:
            self._going.discard(article)
            self._windows.cache_clear()

    def _trouble(self, article: str) -> AssistantError | None:
        """Why an article can't be read: damaged, or removed meanwhile; None where it can."""
        try:
            self._article_of(article)
        except AssistantError as error:
            return error
        return None

    def find(self, query: Query) -> tuple[tuple[Hit, ...], tuple[Window, ...]]:
        """The passages for a question, and the windows that the model is to read until one answers it, best first.

        Raises:
            AssistantError: none of the articles that were found can be read; one that can't is left out.
        """
        hits = self._retriever.search(query, SEARCHED)
        articles = query.articles or ()
        if len(articles) != 1:
            articles = self._readable(hit.chunk.article for hit in hits)
            hits = tuple(hit for hit in hits if hit.chunk.article in articles)
        windows = [window for article in articles for window in self._windows(article, query.language)]
        return hits, rank_windows(windows, hits)[:TRIED]

    def find_other(self, query: Query, hits: Sequence[Hit]) -> tuple[Window, ...]:
        """Windows of the articles' other versions, to be read where none of those found answers, best first.

        From these a taught model answers too.

        Args:
            hits: the passages for the question.
        """
        articles = query.articles or ()
        if len(articles) != 1:
            articles = tuple(dict.fromkeys(hit.chunk.article for hit in hits))
        both = [article for article in articles if len(self._article_of(article).documents) > 1]
        others = [window for article in both for window in self._windows(article, query.language.other)]
        return rank_windows(others, hits)[:TRIED_OF_OTHER] if others else ()

    def _readable(self, articles: Iterable[str]) -> tuple[str, ...]:
        """Those that can be read, each once; where there are some and none can, its error."""
        troubles = {article: self._trouble(article) for article in articles}
        readable = tuple(article for article, trouble in troubles.items() if trouble is None)
        if not readable and (failure := next(filter(None, reversed(troubles.values())), None)):
            raise failure
        return readable

    def generate(
        self,
        question: str,
        query: Query,
        window: Window,
        asking: Asking,
        asker: str | None,
        earlier: Exchange | None = None,
    ) -> Generation:
        """The answer as the model gives it to `asker`, held to the window that it is given.

        Args:
            question: as it was asked, after `earlier`; `query` has both.
        """
        manner = asking.manner
        return self._model.generate(
            manner.messages(question, query, window, earlier),
            self._answer_tokens,
            allows=manner.guard(query, window),
            refusal=manner.refusal(query.language),
            read=manner.read(window, query.language) if manner.is_taught else None,
            foretells=manner.foretells(window),
            rivals=manner.rivals(window),
            asker=asker,
        )

    def make_up(self, seed: Seed) -> Generation:
        """A question in the language of a window, when nobody asks one: what comes behind the seed's beginning, if any.

        It stands where an answer's prompt has the question, so that nothing else need be read.
        """
        language, is_open = seed.source.sentence.language, bool(seed.start)
        request = seed.start or make_up_request(seed.answer, seed.source.sentence.text)
        messages = self._asking.manner.messages(request, Query(request, language), seed.window, None)
        guard = AnswerGuard(language, texts_of(seed.window), request, self._without)
        return self._model.generate(messages, QUESTION_TOKENS, allows=guard, asker=None, is_open=is_open)

    def windows(self, article: str, language: Language) -> tuple[Window, ...]:
        """Those of an article that are read before anybody asks, in reading order.

        Raises:
            ArticleNotFound: the id names no article.
        """
        return self._windows(article, language)[:READ_AHEAD]

    def disagreements(self, figures: Sequence[FigurePlace], window: Window) -> tuple[Disagreement, ...]:
        """Where the other version of the window's article has other figures than these of an answer."""
        article = window[0].article
        return disagreements(figures, article, self._alignment_of(article.id) or ())

    @property
    def model_name(self) -> str:
        return self._model.name

    @property
    def model_status(self) -> ModelStatus:
        return self._model.status


def _reading_of(window: Window, language: Language, asking: Asking) -> tuple[str, Language, Language, int, str]:
    """What the reading of a window for questions in a language is known by."""
    return window[0].article.id, language, language_of(window), window[0].sentence.start, asking.taught_by
