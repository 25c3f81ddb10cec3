"""Whom and what an article mentions: people, organisations, places, figures and dates, each where it first stands."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from assistant.answering.intents import Intent
from assistant.answering.linear import LinearClassifier, load_classifier
from assistant.library.article import Sentence
from assistant.library.embedding import Embedder, Vectors
from assistant.settings import own_file
from assistant.text.dates import date_spans
from assistant.text.figures import figures
from assistant.text.language import Language, fold
from assistant.text.names import Kind, Name, names_in

__all__ = ["KINDS_FILE", "Mention", "mentions", "vectors_of_names"]

KINDS_FILE = "names.json"
BESIDE = {Language.ENGLISH: 18, Language.JAPANESE: 8}
"""Characters to either side of a name by which it is told of what it is."""


LEAST = 1e-3
"""Chance that is left to a kind which a name's place among the words speaks against."""
WANTED = {Intent.PEOPLE: Kind.PERSON, Intent.ORGANISATIONS: Kind.ORGANISATION, Intent.PLACES: Kind.PLACE}


@dataclass(frozen=True, slots=True)
class Mention:
    """Something that a sentence mentions, as it is written there; `start` and `end` are offsets into the article."""

    text: str
    sentence: Sentence
    start: int
    end: int


def mentions(sentences: Sequence[Sentence], wanted: Intent, embedder: Embedder) -> tuple[Mention, ...]:
    """What the sentences of a version mention of what is wanted, in reading order, each once.

    Raises:
        ModelError: the file that names are told apart by can't be read.
    """
    if wanted is Intent.FIGURES:
        return _by_sentence(sentences, _figure_spans)
    if wanted is Intent.DATES:
        return _by_sentence(sentences, date_spans)
    return tuple(_whole(_of_kind(sentences, WANTED[wanted], embedder)))


def vectors_of_names(found: Sequence[tuple[str, int, int]], language: Language, embedder: Embedder) -> Vectors:
    """The vectors by which it is told what names are of, of shape (names, 2 × dimensions): of each alone, and with
    what stands beside it.

    Args:
        found: a sentence, and where the name starts and ends in it.
    """
    reach = BESIDE[language]
    names = [text[start:end] for text, start, end in found]
    beside = [text[max(0, start - reach) : end + reach] for text, start, end in found]
    vectors = embedder.passages([*names, *beside])
    return np.hstack([vectors[: len(names)], vectors[len(names) :]])


def _of_kind(sentences: Sequence[Sentence], kind: Kind, embedder: Embedder) -> list[Mention]:
    """The names of a kind, each wherever it stands: it is of what all of its places together make likeliest."""
    found = [(one, name) for one in sentences for name in names_in(one.text, one.language)]
    if not found:
        return []
    places = [(one.text, name.start, name.end) for one, name in found]
    vectors = vectors_of_names(places, found[0][0].language, embedder)
    named = [_mention(one, name.start, name.end) for one, name in found]
    likely: dict[str, dict[Kind, float]] = {}
    for mention, vector, (_, name) in zip(named, vectors, found, strict=True):
        of_name = likely.setdefault(fold(mention.text), dict.fromkeys(Kind, 0.0))
        for each, chance in _chances(mention.text, vector, name).items():
            of_name[each] += chance
    kinds = {name: max(Kind, key=lambda each: of_name[each]) for name, of_name in likely.items()}
    return [mention for mention in named if kinds[fold(mention.text)] is kind]


def _chances(text: str, vector: Vectors, name: Name) -> dict[Kind, float]:
    """How likely a name is of each kind, by its place among the words and by what it means."""
    by_meaning = _classifier().chances(text, vector)
    products = {kind: (name.chances[kind] + LEAST) * by_meaning[kind] for kind in Kind}
    return {kind: product / sum(products.values()) for kind, product in products.items()}


def _whole(named: Sequence[Mention]) -> Iterator[Mention]:
    """Each name where it first stands, those left out that are a part of a longer one."""
    told: set[str] = set()
    for mention in named:
        name = fold(mention.text)
        if name not in told and not any(_is_part(mention, longer) for longer in named):
            told.add(name)
            yield mention


@cache
def _classifier() -> LinearClassifier:
    return load_classifier(own_file(KINDS_FILE))


def _is_part(mention: Mention, longer: Mention) -> bool:
    """Whether a name is a longer one cut short: "Kato" of Emi Kato, 加藤 of 加藤恵美."""
    short, long = fold(mention.text), fold(longer.text)
    if len(short) >= len(long):
        return False
    if mention.sentence.language is Language.ENGLISH:
        words = long.split()
        return short in words or long.startswith(f"{short} ") or long.endswith(f" {short}")
    return long.startswith(short) or short in long.split("・") or long.endswith(short)


def _by_sentence(
    sentences: Sequence[Sentence], spans_in: Callable[[str], Sequence[tuple[int, int]]]
) -> tuple[Mention, ...]:
    """What each sentence has of it in one: figures say little without what is said of them."""
    listed = []
    for one in sentences:
        if spans := spans_in(one.text):
            words = dict.fromkeys(" ".join(one.text[start:end].split()) for start, end in spans)
            mention = _mention(one, spans[0][0], spans[0][1])
            between = ", " if one.language is Language.ENGLISH else "、"
            listed.append(replace(mention, text=between.join(words)))
    return tuple(listed)


def _mention(sentence: Sentence, start: int, end: int) -> Mention:
    text = " ".join(sentence.text[start:end].split())
    return Mention(text, sentence, sentence.start + start, sentence.start + end)


def _figure_spans(text: str) -> list[tuple[int, int]]:
    dates = date_spans(text)
    spans = [(one.start, one.end) for one in figures(text)]
    return [span for span in spans if not any(start < span[1] and span[0] < end for start, end in dates)]
