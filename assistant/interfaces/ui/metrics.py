"""Counts what the page does, for Prometheus; no question and no article is told of but by its number."""

from collections.abc import Iterable, Iterator
from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from assistant.answering.events import Answer, AnswerFinished, Event, ModelAwaited
from assistant.application import Application
from assistant.errors import StoreError
from assistant.library.files import article_files
from assistant.model.protocol import ModelState
from assistant.text.language import Language

__all__ = ["OUTCOMES", "Metrics"]

OUTCOMES = ("answered", "refused", "withheld", "stopped", "error")
PREFIX = "article_assistant"
FOUND_SECONDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
BEGUN_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 60.0, 120.0)
"""Upper bounds of the histograms' buckets; the two are from 20 milliseconds and half a second on for one asker."""


class Metrics:
    """What is counted of one application, from now on, whichever model answers."""

    def __init__(self, application: Application) -> None:
        registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        registry.register(_Present(application))
        self._registry = registry
        self._questions = Counter(
            f"{PREFIX}_questions",
            "Questions that came to an end.",
            ("language", "outcome"),
            registry=registry,
        )
        for language in Language:  # so that each series begins at 0
            for outcome in OUTCOMES:
                self._questions.labels(language.value, outcome)
        self._asked = Gauge(f"{PREFIX}_questions_in_progress", "Questions on their way.", registry=registry)
        self._waiting = Gauge(
            f"{PREFIX}_questions_waiting", "Of these, those that wait for the model.", registry=registry
        )
        self._found = Histogram(
            f"{PREFIX}_first_evidence_seconds",
            "Time from a question to the passages found.",
            buckets=FOUND_SECONDS,
            registry=registry,
        )
        self._begun = Histogram(
            f"{PREFIX}_first_token_seconds",
            "Time from a question to the first token of its answer.",
            buckets=BEGUN_SECONDS,
            registry=registry,
        )
        application.assistant.watch = self._watch

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """All of it as text and its content type, in the form that is asked for (by a header `Accept`)."""
        encode, kind = choose_encoder(accept)
        return encode(self._registry), kind

    def _watch(self, language: Language, events: Iterator[Event]) -> Iterator[Event]:
        """Passes on the events of a question, and counts it once, at its end, before its asker has it."""
        outcome, is_counted, waits = "error", False, False
        self._asked.inc()
        try:
            for event in events:
                now = isinstance(event, ModelAwaited) and event.state != "reading"
                self._waiting.inc(now - waits)
                waits = now
                if isinstance(event, AnswerFinished):
                    self._time(event.answer)
                    self._questions.labels(language.value, _outcome(event.answer)).inc()
                    is_counted = True
                yield event
        except GeneratorExit:  # the asker left
            outcome = "stopped"
            raise
        finally:
            self._asked.dec()
            self._waiting.dec(waits)
            if not is_counted:
                self._questions.labels(language.value, outcome).inc()

    def _time(self, answer: Answer) -> None:
        if answer.timings.evidence_ms:  # nothing is searched for, for the key points of an article
            self._found.observe(answer.timings.evidence_ms / 1000)
        if answer.timings.first_token_ms is not None:
            self._begun.observe(answer.timings.first_token_ms / 1000)


class _Present(Collector):
    """What is so while it is asked for, rather than counted."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def describe(self) -> Iterable[Metric]:
        """Nothing: it would have to be looked at for that."""
        return ()

    def collect(self) -> Iterator[Metric]:
        yield self._state()
        library = self._application.library
        try:
            articles, passages = len(article_files(library.home)), library.store.count()
        except (OSError, StoreError):  # `/health` tells of it
            return
        yield GaugeMetricFamily(f"{PREFIX}_articles", "Articles kept.", articles)
        yield GaugeMetricFamily(f"{PREFIX}_passages", "Passages that they are searched by.", passages)

    def _state(self) -> Metric:
        now = self._application.model.status.state
        family = GaugeMetricFamily(f"{PREFIX}_model_state", "What the model is doing: 1, else 0.", labels=("state",))
        for state in get_args(ModelState):
            family.add_metric((state,), float(state == now))
        return family


def _outcome(answer: Answer) -> str:
    states = (("stopped", answer.stopped), ("withheld", answer.withheld), ("refused", answer.refused))
    return next((name for name, holds in states if holds), "answered")
