"""Questions to suggest for an article: the model makes them up, and each is asked before it is suggested.

Each is made up from something that the article says and has to come back to that: its answer is what it was made up
from, and cites that sentence (roundtrip consistency, Alberti et al. 2019). All of it is done while nobody asks.
"""

import re
import threading
from collections.abc import Sequence
from itertools import islice
from typing import TypeVar

from assistant.answering.answering import AnsweringAssistant, Inquiry, final_answer
from assistant.answering.events import Answer
from assistant.answering.seeds import Seed, seeds
from assistant.errors import AssistantError
from assistant.library.library import Library
from assistant.model.protocol import Generation, whole_text
from assistant.text.dates import date_spans
from assistant.text.figures import Figure, figures, outside, same
from assistant.text.language import Language, fold, question_language

__all__ = ["Suggester"]

Running = TypeVar("Running", Generation, Inquiry)

SUGGESTED = 8
"""Questions made up for an article, in each language."""
TRIED = 24
"""At most so many are tried for them."""
WINDOWS = 4
"""Questions are on the article's first windows, about four pages."""
LENGTHS = {Language.ENGLISH: range(12, 101), Language.JAPANESE: range(7, 51)}
"""Characters of a question."""
_STUB = re.compile(r"^What (?:is|was|are|were) .*\b(?:in|of|on|at|for|to|by|from|with)\?$|\bname of the\b")
"""What a small model makes of a name that it finds no question for."""
_QUESTION_END = {Language.ENGLISH: ("?",), Language.JAPANESE: ("？", "?", "か。", "か")}


class Suggester:
    """Makes up questions on articles in a thread of its own; the article wanted last comes first."""

    def __init__(self, assistant: AnsweringAssistant, library: Library) -> None:
        self._assistant = assistant
        self._library = library
        self._wanted: list[tuple[str, Language]] = []
        self._found: dict[tuple[str, Language], tuple[str, ...]] = {}
        self._changed = threading.Condition()
        self._closed = False
        self._running: Generation | Inquiry | None = None
        self._thread = threading.Thread(target=self._run, name="suggester", daemon=True)

    def want(self, article: str, languages: Sequence[Language]) -> None:
        """Lets questions be made up where there are none yet, for the first of `languages` first; returns at once.

        In the languages that the article has: a small model doesn't translate them well enough.

        Raises:
            ArticleNotFound: the id names no article.
        """
        found = self._library.article(article)
        with self._changed:
            for language in filter(found.document, reversed(languages)):
                key = (article, language)
                if self._library.suggestions(*key) is None:
                    self._wanted = [*(each for each in self._wanted if each != key), key]
            if self._thread.ident is None:
                self._thread.start()
            self._changed.notify()

    def questions(self, article: str, language: Language) -> tuple[str, ...]:
        """The questions to suggest, as far as they are there; in the article's language where it has but one."""
        try:
            found = self._library.article(article)
        except AssistantError:  # removed meanwhile
            return ()
        language = language if found.document(language) else found.documents[0].language
        return self._library.suggestions(article, language) or self._found.get((article, language), ())

    def close(self) -> None:
        """Ends what is being made up, and the thread; that article's questions are made up another time."""
        with self._changed:
            self._closed = True
            if self._running:
                self._running.stop()
            self._changed.notify()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while key := self._next():
            try:
                self._make_up(*key)
            except AssistantError:  # removed meanwhile, or there is no model; whoever asks is told
                continue
            finally:
                self._found.pop(key, None)

    def _next(self) -> tuple[str, Language] | None:
        with self._changed:
            while not self._wanted and not self._closed:
                self._changed.wait()
            return None if self._closed else self._wanted.pop()

    def _make_up(self, article: str, language: Language) -> None:
        """Makes up the questions in a language, and keeps them."""
        found: list[str] = []
        answers: set[str] = set()
        windows = self._assistant.windows(article, language)[:WINDOWS]
        for seed in islice(seeds(windows), TRIED):
            question = _first_line(seed.start + whole_text(self._begun(self._assistant.make_up(seed))))
            if is_well_formed(question, language) and fold(question) not in map(fold, found):
                inquiry = self._assistant.ask(question, [article], asker=None)
                answer = final_answer(self._begun(inquiry))
                if _comes_back(answer, seed) and fold(answer.text) not in answers:
                    answers.add(fold(answer.text))
                    found.append(question)
            if self._closed:
                return
            self._found[article, language] = tuple(found)
            if len(found) == SUGGESTED:
                break
        self._library.keep_suggestions(article, language, found)

    def _begun(self, running: Running) -> Running:
        """`running`, which `close` ends from now on, and which has ended where that came first."""
        with self._changed:
            self._running = running
            if self._closed:
                running.stop()
        return running


def is_well_formed(question: str, language: Language) -> bool:
    """Whether it is one question, in the language, neither cut off nor a stub."""
    return (
        len(question) in LENGTHS[language]
        and question.endswith(_QUESTION_END[language])
        and question_language(question) is language
        and not re.search(r"[?？。].", question)
        and not _STUB.search(question)
    )


def _first_line(written: str) -> str:
    return " ".join(written.split("\n", 1)[0].split())


def _comes_back(answer: Answer, seed: Seed) -> bool:
    """Whether a question's answer is what it was made up from, and not in the question already."""
    source = seed.source.sentence
    cites = any((cited.language, cited.start) == (source.language, source.start) for cited in answer.citations)
    return cites and _says(answer.text, seed.answer) and not _says(answer.question, seed.answer)


def _says(text: str, answer: str) -> bool:
    """Whether `text` has the figures that are the answer, dates as dates, or else its words."""
    if not figures(answer):
        return fold(answer) in fold(text)
    read = zip(_figures_and_dates(answer), _figures_and_dates(text), strict=True)
    return all(any(same(one, other) for other in there) for wanted, there in read for one in wanted)


def _figures_and_dates(text: str) -> tuple[list[Figure], list[Figure]]:
    """The figures of a text that are none of a date, and those that are."""
    found = figures(text)
    others = outside(found, date_spans(text))
    return others, [one for one in found if one not in others]
