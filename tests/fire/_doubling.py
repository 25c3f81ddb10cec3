"""Texts of the same again and again, and twice as long: what reads them must not take much more than twice the time.

Held to that are the readers of texts as they are used, with texts of 10,000 and 20,000 characters, and each regular
expression of the product by itself, with shorter ones. Those that only ever see short texts are named here.
"""

import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import assistant
from assistant.answering.guards import AnswerGuard
from assistant.errors import AssistantError
from assistant.library.article import parse_article
from assistant.text.language import Language
from tests.fire._attack import Hung, Outcome, add_fault, limited
from tests.fire._format_targets import read_format
from tests.fire._inputs import UNITS
from tests.fire._text_targets import READERS
from tests.texts import ENGLISH, JAPANESE

__all__ = ["PATTERN_LENGTH", "SHORT", "patterns", "patterns_doubled", "readers", "texts_doubled"]

LENGTH = 10_000
"""Characters of the shorter text."""
PATTERN_LENGTH = 2_000
"""The same for a regular expression alone."""
MOST = 3.0
"""Times as long that the longer text may take; what is quadratic takes four times as long."""
FLOOR = 0.1
"""Seconds that the longer text must take before it counts: below, nothing is told from noise."""
ENOUGH = 3
"""Units that a reader gives in to before no more are tried on it."""
AGAIN = 3
"""Measurements of a time, of which the shortest counts."""


def readers() -> dict[str, Callable[[str], Any]]:
    """What reads texts, by name: those of a text alone, guards with the text in each place, files of each format."""
    found = {name: read for name, read in READERS.items() if name not in OF_SHORT_TEXTS}
    found["guards, of the article"] = lambda text: AnswerGuard(Language.ENGLISH, [text], "Who?").check("Emi")
    found["guards, of an article in Japanese"] = lambda text: AnswerGuard(Language.JAPANESE, [JAPANESE, text], "誰？")
    found["articles with more"] = lambda text: parse_article(f"{ENGLISH}\n\n{text}\n\n{JAPANESE}")
    for name, template in TEMPLATES.items():
        found[f"{name} files"] = partial(_read, name, template)
    return found


OF_SHORT_TEXTS = {
    "known words": "a word",
    "word forms": "a word",
    "names said": "an answer, of at most so many tokens",
    "English names": "an answer",
    "named times": "an answer",
    "said_of_value": "words that an answer points at",
    "romanised": "a name",
    "refusals": "an answer",
    "questions": "a question, of at most 1,000 characters",
    "periods": "a question, and sentences, of at most 600 characters",
    "names": "a sentence",
    "furigana": "a sentence",
}
"""Readers that never see a long text, with what they see."""
TEMPLATES = {
    "HTML": f"<html><head><title>{{title}}</title></head><body><p>{ENGLISH}</p><p>{{text}}</p></body></html>",
    "mails": "From: a@b.example\r\nSubject: {title}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}",
    "plain text": "{title}\n\n{text}",
    "Markdown": "# {title}\n\n{text}",
}


def _read(name: str, template: str, text: str) -> None:
    read_format(name, template.format(title="Rolls", text=text).encode("utf-8", "replace"))


def texts_doubled(units: Sequence[str] = tuple(UNITS), tell: Callable[[str], None] = lambda _: None) -> Outcome:
    """Holds each reader to each unit, or some of them; one that gave in `ENOUGH` times is left."""
    outcome = Outcome("texts doubled")
    for name, read in readers().items():
        known = len(outcome.faults)
        for unit in units:
            if len(outcome.faults) < known + ENOUGH:
                _hold(outcome, f"{name}, {unit}", partial(_seconds, read, UNITS[unit]), LENGTH, FLOOR)
        tell(f"{name}: {len(outcome.faults) - known} faults")
    return outcome


def patterns() -> Iterator[tuple[str, re.Pattern[Any]]]:
    """The regular expressions of the product that modules keep, by module and name."""
    seen = set()
    for module in pkgutil.walk_packages(assistant.__path__, "assistant."):
        if ".fitting." in module.name or module.name.rpartition(".")[2] in ("child", "__main__", "base_model"):
            continue
        for name, value in list(vars(importlib.import_module(module.name)).items()):
            for path, pattern in _patterns_in(value, f"{module.name.removeprefix('assistant.')} {name}"):
                if pattern not in seen:
                    seen.add(pattern)
                    yield path, pattern


def _patterns_in(value: Any, name: str) -> Iterator[tuple[str, re.Pattern[Any]]]:
    if isinstance(value, re.Pattern):
        yield name, value
    elif isinstance(value, tuple | list | dict) and len(value) < 100:
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _patterns_in(one, f"{name}[{key}]")


def patterns_doubled(units: Sequence[str] = tuple(UNITS)) -> Outcome:
    """Holds each regular expression to each unit, or some of them."""
    outcome = Outcome("regular expressions doubled")
    for name, pattern in patterns():
        known = len(outcome.faults)
        for unit in units if name not in SHORT else ():
            if len(outcome.faults) < known + ENOUGH:
                _hold(outcome, f"{name}, {unit}", partial(_search, pattern, UNITS[unit]), PATTERN_LENGTH, FLOOR)
    return outcome


def _hold(outcome: Outcome, what: str, seconds: Callable[[int], float], length: int, floor: float) -> None:
    outcome.inputs += 1
    began = time.monotonic()
    try:
        with limited():
            longer = seconds(2 * length)
            if longer > floor:
                longer = min([longer, *(seconds(2 * length) for _ in range(AGAIN - 1) if longer < 1)])
                shorter = min(seconds(length) for _ in range(AGAIN))
                if longer > MOST * shorter and longer > floor:
                    add_fault(outcome, f"{longer / shorter:.1f} times as long at {what}: {longer:.3f} s", what)
    except Hung:
        add_fault(outcome, f"too long at {what}", what)
    outcome.slowest = max(outcome.slowest, time.monotonic() - began)


def _seconds(read: Callable[[str], Any], piece: str, length: int) -> float:
    text = (piece * length)[:length]
    began = time.process_time()
    with suppress(AssistantError):
        read(text)
    return time.process_time() - began


def _search(pattern: re.Pattern[Any], piece: str, length: int) -> float:
    text: Any = (piece * length)[:length]
    if isinstance(pattern.pattern, bytes):
        text = text.encode()
    began = time.process_time()
    for _ in pattern.finditer(text):
        pass
    return time.process_time() - began


ANCHORED = "is matched at one place alone"
SHORT = {
    "answering.guards _REPETITION": "an answer",
    "answering.pointed _ADJECTIVE": ANCHORED,
    "answering.questions _TOPIC": "a question, of at most 1,000 characters",
    "answering.sayable _ALIKE": ANCHORED,
    "answering.sayable_names _TWO_LATIN_NAMES": "what is read for an answer, at most some 6,000 characters",
    "interfaces.ui.article_html _HEADING": ANCHORED,
    "library.served.cluster _ADDRESS": ANCHORED,
    "measuring.naming _MARK": "a line of one's own data",
    "measuring.scoring _IN_PARENTHESES": "an answer of one's own data",
    "model.server.checking _MARKER": "a line of an answer, of at most so many tokens",
    "model.server.checking _SENTENCE": "a line of an answer, of at most so many tokens",
    "sources.extracted _HOUR": "a date, of at most 100 characters",
    "sources.forwarded _FIELD": ANCHORED,
    "sources.html.dates _LABELLED": ANCHORED,
    "sources.mail _SAVED": ANCHORED,
    "sources.pdf.furniture _PAGE_NUMBER": ANCHORED,
    "sources.pdf.furniture _PRINTED[time]": ANCHORED,
    "sources.plain_text _KEY": ANCHORED,
    "sources.raised _FRACTION": ANCHORED,
    "text.furigana _DAY": ANCHORED,
    "text.sentences _GOES_ON": ANCHORED,
    "text.units _PERSON": ANCHORED,
    "text.units _PERSON_BY_ENDING": ANCHORED,
    "text.word_forms _ORDINARY": ANCHORED,
}
"""Regular expressions that take longer, but not as they are used: what keeps them from it."""
