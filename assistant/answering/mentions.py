"""Whom and what an article mentions: people, organisations, places, figures and dates, each where it first stands."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from assistant.answering.intents import Intent
from assistant.answering.linear import LinearClassifier, load_classifier
from assistant.library.article import Sentence
from assistant.library.embedding import Embedder, Vectors
from assistant.settings import own_file
from assistant.text.dates import date_spans
from assistant.text.figures import Figure, figures
from assistant.text.figures_in_names import figures_in_names
from assistant.text.language import Language, fold
from assistant.text.names import Kind, Name, names_in
from assistant.text.ordinals import ORDINAL_WORDS
from assistant.text.quantities import named_shares

__all__ = ["KINDS_FILE", "Mention", "mentions", "vectors_of_names"]

KINDS_FILE = "names.json"
BESIDE = {Language.ENGLISH: 18, Language.JAPANESE: 8}
"""Characters to either side of a name by which it is told of what it is."""


_CLOCK = re.compile(
    r"\d{1,2}(?::\d\d)?\s?[ap]\.?m\b\.?|\d{1,2}:\d\d|(?:午[前後])?\d{1,2}時(?!間)(?:\d{1,2}分|半)?", re.IGNORECASE
)
_OF_PLACES = re.compile(
    r" (?:city|county|prefecture|province|state|region|district|town|village|island)|[都道府県市区町村郡州島]"
)
"""What stands behind the name of a place."""
_COUNTED = re.compile(r"-[a-z]+| (?:[a-z]+s|people|men|women|children)\b|[一-龥々ァ-ヶーつ]{1,3}(?![一-龥々ァ-ヶー])")
_NO_SHARE = re.compile(r" (?!(?:of|the|are|were|was|is|have|has|had|said?|says|more|less|in|to|by|from|and|or)\b)[a-z]")
"""What stands behind a third where it is one in an order: "a third party"."""
_PERIOD = re.compile(r"\d{1,2}\s?[-〜~～–ー]\s?\d{1,2}月期?|第\s?\d+四半期")
_TITLE = re.compile(
    r"(?:(?:Mr|Mrs|Ms|Dr|Prof|Sen|Gov|Gen|Capt|President|Prime Minister|Minister|Mayor|Governor|Professor|Doctor|Judge"
    r"|Justice|Senator|King|Queen|Prince|Princess|Emperor|Pope|Captain|Colonel|General|Coach|Sir|Lord|Lady|Chancellor"
    r"|Ambassador|Chairman|Chairwoman|Chief|Executive|Officer|Inspector|Detective|Bishop|Deputy|Director)\b\.? )+"
    r"(?=[A-Z])"
)
"""What stands before somebody's name."""
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
    return tuple(mention for kind, mention in _named(sentences, embedder) if kind is WANTED[wanted])


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


def _named(sentences: Sequence[Sentence], embedder: Embedder) -> list[tuple[Kind, Mention]]:
    """The names in the sentences, each where it first stands, and of what it is.

    That is what all of its places together make likeliest. What is a part of a longer name of its kind, or of
    somebody's, stands for that and is left out.
    """
    found = [
        (one, name)
        for one in sentences
        for dates in [date_spans(one.text)]
        for name in names_in(one.text, one.language)
        if not any(name.start < end and start < name.end for start, end in dates)
    ]
    if not found:
        return []
    places = [(one.text, name.start, name.end) for one, name in found]
    vectors = vectors_of_names(places, found[0][0].language, embedder)
    firsts: dict[str, Mention] = {}
    likely: dict[str, dict[Kind, float]] = {}
    for (one, name), vector in zip(found, vectors, strict=True):
        mention = _mention(one, name.start, name.end)
        key = fold(mention.text)
        firsts.setdefault(key, mention)
        of_name = likely.setdefault(key, dict.fromkeys(Kind, 0.0))
        for kind, chance in _chances(mention.text, vector, name).items():
            of_name[kind] += chance
    kinds = {key: max(Kind, key=lambda kind: of_name[kind]) for key, of_name in likely.items()}
    named = [(kinds[key], mention) for key, mention in firsts.items()]
    return [
        (kind, mention)
        for kind, mention in named
        if not any(of in (kind, Kind.PERSON) and _is_part(mention, longer, of) for of, longer in named)
    ]


def _chances(text: str, vector: Vectors, name: Name) -> dict[Kind, float]:
    """How likely a name is of each kind, by its place among the words and by what it means."""
    by_meaning = _classifier().chances(text, vector)
    products = {kind: (name.chances[kind] + LEAST) * by_meaning[kind] for kind in Kind}
    return {kind: product / sum(products.values()) for kind, product in products.items()}


@cache
def _classifier() -> LinearClassifier:
    return load_classifier(own_file(KINDS_FILE))


def _is_part(mention: Mention, longer: Mention, kind: Kind) -> bool:
    """Whether a name is a longer one of a kind cut short: "Kato" of Emi Kato, 加藤 of 加藤恵美, no York of New York."""
    short, long = fold(mention.text), fold(longer.text)
    if len(short) >= len(long):
        return False
    if kind is Kind.PLACE:
        return long.startswith(short) and bool(_OF_PLACES.fullmatch(long, len(short)))
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
    if title := _TITLE.match(sentence.text, start, end):
        start = title.end()
    text = " ".join(sentence.text[start:end].split())
    return Mention(text, sentence, sentence.start + start, sentence.start + end)


def _figure_spans(text: str) -> list[tuple[int, int]]:
    """Where figures stand in a text, with what they count, and times of the day; dates and parts of names are left
    out."""
    clocks = [found.span() for found in _CLOCK.finditer(text)]
    periods = [found.span() for found in _PERIOD.finditer(text)]
    shares = _share_spans(text)
    told = [*date_spans(text), *clocks, *periods, *shares]
    named = figures_in_names(text)
    in_names = named.written_in_one | named.behind
    counted = [
        (_start(text, one.start), _counted(text, one.end) if one.unit is None else one.end)
        for one in figures(text)
        if one.value not in in_names and not _only_names(text, one)
    ]
    others = [span for span in counted if not any(start < span[1] and span[0] < end for start, end in told)]
    return sorted([*others, *clocks, *shares])


def _share_spans(text: str) -> list[tuple[int, int]]:
    """Where shares of two numbers stand: 3分の2, "two-thirds"."""
    small = text.lower()
    found = [match.span() for _, match in named_shares(small)] if len(small) == len(text) else []
    return [
        (start, end)
        for start, end in found
        if re.search("分の|third|quarter|fifth|sixth|seventh|eighth|ninth|tenth", small[start:end])
        and not (small[end - 1] != "s" and _NO_SHARE.match(small, end))
    ]


def _only_names(text: str, figure: Figure) -> bool:
    """Whether a figure names something or its place: "the third quarter", 第2工場, 二人三脚."""
    written = text[figure.start : figure.number_end].lower()
    is_place = figure.unit is None and written.endswith(ORDINAL_WORDS)
    is_numbered = text.endswith("第", 0, figure.start) and not text.startswith("位", figure.number_end)
    return is_place or is_numbered or text.startswith("二人三脚", figure.start)


def _start(text: str, start: int) -> int:
    """Where a figure starts with what stands before it and says of what scale it is."""
    return next((start - len(scale) for scale in ("震度", "第") if text.endswith(scale, 0, start)), start)


def _counted(text: str, end: int) -> int:
    """Where a figure ends with what it counts: the next word in English, what follows on it in Japanese."""
    found = _COUNTED.match(text, end)
    return found.end() if found else end
