"""From a question to an answer, as a stream of events; the page, the command line and programs read it alike."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from assistant.answerability import Answerability
from assistant.article import Article
from assistant.errors import UsageError
from assistant.grounding import Citation, FigurePlace, cite, figure_places, is_refusal, without_markers
from assistant.guards import AnswerGuard, closing
from assistant.language import Language
from assistant.llm import ChatModel, Generation, Message, ModelState, Usage
from assistant.passages import Cited, as_passages, choose_sentences
from assistant.prompts import NOT_STATED, REFUSAL, answer_messages
from assistant.retrieval import Query, Retriever
from assistant.settings import Care, Part
from assistant.store import Hit

__all__ = [
    "Answer",
    "AnswerFinished",
    "AnsweringAssistant",
    "Event",
    "EvidenceFound",
    "Inquiry",
    "ModelAwaited",
    "Timings",
    "TokenGenerated",
    "check_question",
    "final_answer",
    "milliseconds",
]

QUESTION_CHARACTERS = 1000
"""Longest question accepted."""
SEARCHED = 40
"""Passages searched for; the model is given as many of the best as fit."""
SHOWN = 6
"""Passages shown as evidence, both languages together."""


@dataclass(frozen=True, slots=True)
class Timings:
    """Times in milliseconds since the question was asked, and token counts."""

    evidence_ms: float
    first_token_ms: float | None
    total_ms: float
    prompt_tokens: int
    reused_tokens: int
    completion_tokens: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer. `refused`: the article doesn't say; `stopped`: cut short by the asker.

    `nearest` are the passages nearest to a question that was refused: they are no answer. `log_odds` are those that
    the article answers the question, None where the model didn't come to read it.
    """

    question: str
    language: Language
    text: str
    refused: bool
    stopped: bool
    citations: tuple[Citation, ...]
    figures: tuple[FigurePlace, ...]
    nearest: tuple[Hit, ...]
    log_odds: float | None
    model: str
    timings: Timings

    @property
    def marked_text(self) -> str:
        """The text with its citation markers behind it."""
        return self.text + "".join(f" [{citation.number}]" for citation in self.citations)


@dataclass(frozen=True, slots=True)
class EvidenceFound:
    """The passages that bear on the question, best first, before the model has begun."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class ModelAwaited:
    """The answer has to wait: the model is "loading", or "busy" with another question."""

    state: ModelState


@dataclass(frozen=True, slots=True)
class TokenGenerated:
    """The next piece of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class AnswerFinished:
    """The answer as a whole; always the last event."""

    answer: Answer


Event = EvidenceFound | ModelAwaited | TokenGenerated | AnswerFinished


def check_question(question: str) -> None:
    """Raises UsageError where the question is empty or too long."""
    if not question.strip():
        raise UsageError("The question is empty. Ask something about the article.")
    if len(question) > QUESTION_CHARACTERS:
        raise UsageError(
            f"The question has {len(question):,} characters; at most {QUESTION_CHARACTERS:,} are read. "
            "To ask about a longer text, add it as an article."
        )


class AnsweringAssistant:
    """Answers questions on the articles that `article_of` gives by id and `retriever` searches."""

    def __init__(
        self,
        retriever: Retriever,
        article_of: Callable[[str], Article],
        model: ChatModel,
        answerability: Answerability,
        *,
        article_tokens: int,
        answer_tokens: int,
        without: AbstractSet[Part] = frozenset(),
    ) -> None:
        self._retriever = retriever
        self._article_of = article_of
        self._model = model
        self._answerability = answerability
        self._article_tokens = article_tokens
        self._answer_tokens = answer_tokens
        self._without = without
        self._readings: dict[tuple[str, Language], Generation] = {}

    def ask(
        self, question: str, articles: Sequence[str] | None = None, care: Care = Care.BALANCED, *, asker: str = ""
    ) -> "Inquiry":
        """Asks about the articles with these ids (None: all of them). Nothing runs before the events are read.

        Args:
            asker: who asks; where several do at once, they take turns.

        Raises:
            UsageError: the question is empty or too long.
            ArticleNotFound: an id names no article.
        """
        check_question(question)
        for article in articles or ():
            self._article_of(article)
        return Inquiry(self, Query.of(question.strip(), articles), care, asker)

    def read(self, article: str, languages: Sequence[Language] = tuple(Language)) -> list[Generation]:
        """Lets the model read an article before anything is asked in `languages`, when it has nothing else to do.

        Once for each language; one that is too long to be read whole is left. Each that is returned ends when the
        reading for a language has.

        Raises:
            ArticleNotFound: the id names no article.
        """
        readings = []
        for language in languages:
            reading = self._readings.get((article, language))
            if reading is None:
                cited = choose_sentences(language, (), self._article_of, [article], self._article_tokens)
                if not cited:
                    continue
                reading = self._model.read(self._messages("", language, cited), article)
                self._readings[article, language] = reading
            readings.append(reading)
        return readings

    def forget(self, article: str) -> None:
        """Ends the reading of an article that is about to be removed."""
        for language in Language:
            if reading := self._readings.pop((article, language), None):
                reading.stop()

    def find(self, query: Query) -> tuple[tuple[Hit, ...], tuple[Cited, ...]]:
        """The passages for a question, best first, and the sentences that the model is to read."""
        hits = self._retriever.search(query, SEARCHED)
        cited = choose_sentences(query.language, hits, self._article_of, query.articles, self._article_tokens)
        return hits, cited

    def generate(self, query: Query, cited: Sequence[Cited], asker: str) -> Generation:
        """The answer as the model gives it to `asker`, held to the sentences that it is given."""
        messages = self._messages(query.text, query.language, cited)
        guard = AnswerGuard(query.language, _texts(cited), query.text, self._without)
        refusal = NOT_STATED[query.language]
        return self._model.generate(messages, self._answer_tokens, allows=guard, refusal=refusal, asker=asker)

    def _messages(self, question: str, language: Language, cited: Sequence[Cited]) -> tuple[Message, ...]:
        with_examples = Part.EXAMPLES not in self._without
        return answer_messages(question, language, as_passages(cited), _language(cited), with_examples=with_examples)

    def cite(self, query: Query, text: str, cited: Sequence[Cited]) -> tuple[Citation, ...]:
        """The sentences that the answer `text` rests on."""
        nearness = None
        if _language(cited) is not query.language:
            sentences = [one.sentence.text for one in cited]
            nearness = self._retriever.nearness([text, f"{query.text} {text}"], sentences)
        return cite(text, query.text, cited, nearness)

    def is_answered(self, query: Query, cited: Sequence[Cited], log_odds: float, care: Care) -> bool:
        """Whether to answer a question whose log-odds of having an answer in the sentences are these."""
        if Part.ANSWERABILITY in self._without:
            return True
        return log_odds >= self._answerability.threshold(query.language, _language(cited), care)

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
    _care: Care
    _asker: str = ""
    _stopped: threading.Event = field(default_factory=threading.Event)
    _generation: Generation | None = None
    _log_odds: float | None = None

    def stop(self) -> None:
        """Ends the answer where it is; the events still end with an `AnswerFinished`, marked as stopped."""
        self._stopped.set()
        if self._generation:
            self._generation.stop()

    def __iter__(self) -> Iterator[Event]:
        began = time.perf_counter()
        hits, cited = self._assistant.find(self.query)
        evidence_ms = milliseconds(began)
        yield EvidenceFound(hits[:SHOWN])
        if (state := self._assistant.model_state) in ("loading", "busy"):
            yield ModelAwaited(state)
        usage, text, first_token_ms = Usage(), "", None
        if cited and not self._stopped.is_set():
            self._generation = self._assistant.generate(self.query, cited, self._asker)
            for piece in self._pieces(self._generation, cited):
                first_token_ms = first_token_ms or milliseconds(began)
                text += piece
                yield TokenGenerated(piece)
            usage = self._generation.usage
        timings = Timings(
            evidence_ms, first_token_ms, milliseconds(began), usage.prompt, usage.reused, usage.completion
        )
        yield AnswerFinished(self._finish(text, cited, hits[:SHOWN], timings))

    def _pieces(self, generation: Generation, cited: Sequence[Cited]) -> Iterator[str]:
        """The answer's text as it grows, its first line; nothing where the article doesn't hold the answer."""
        if self._stopped.is_set():
            generation.stop()
        raw = shown = ""
        for piece in generation:
            if not raw and not self._is_answered(generation, cited):
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

    def _is_answered(self, generation: Generation, cited: Sequence[Cited]) -> bool:
        self._log_odds = self._assistant.log_odds(generation)
        return self._log_odds is None or self._assistant.is_answered(self.query, cited, self._log_odds, self._care)

    def _finish(self, text: str, cited: Sequence[Cited], hits: tuple[Hit, ...], timings: Timings) -> Answer:
        stopped = self._stopped.is_set()
        refused = not stopped and is_refusal(text)
        citations = self._assistant.cite(self.query, text, cited) if text and not refused else ()
        return Answer(
            question=self.query.text,
            language=self.query.language,
            text=REFUSAL[self.query.language] if refused else text.strip(),
            refused=refused,
            stopped=stopped,
            citations=citations,
            figures=figure_places(text, cited, citations) if citations else (),
            nearest=hits if refused else (),
            log_odds=None if self._log_odds is None else round(self._log_odds, 2),
            model=self._assistant.model_name,
            timings=timings,
        )


def _language(cited: Sequence[Cited]) -> Language:
    """The language that sentences are in: the first one's (several articles may differ)."""
    return cited[0].sentence.language


def _texts(cited: Sequence[Cited]) -> list[str]:
    """Titles and sentences: what the model has read."""
    titles = dict.fromkeys(one.article.title for one in cited)
    return [*titles, *(one.sentence.text for one in cited)]


def milliseconds(since: float) -> float:
    """Milliseconds since a time of `time.perf_counter`."""
    return round(1000 * (time.perf_counter() - since), 1)


def final_answer(inquiry: Inquiry) -> Answer:
    """Runs `inquiry` to its end."""
    for event in inquiry:
        if isinstance(event, AnswerFinished):
            return event.answer
    raise AssertionError("an inquiry ends with AnswerFinished")
