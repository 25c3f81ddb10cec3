"""Tells in which language each paragraph of a text is written, and which of its languages have a version of it.

A version has whole sentences and a real share of the text. What is less, a byline, a caption, a quoted sign, a line of
navigation, belongs to the version around it, as does what has no language of its own: figures, addresses, names. Lines
of Han characters alone are Japanese among Japanese ones. Texts in other languages are neither.
"""

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from importlib.resources import files

from assistant.text.language import HAN, HIRAGANA, JAPANESE, KANA, LATIN, LOWER_CASE_WORD, Language, Span, is_encodable

__all__ = ["Part", "is_function_word", "language_of", "parts"]

WHOLE_SENTENCES = 3
SHARE, SHARE_OF_SENTENCES, SHARE_WITHOUT = 0.25, 0.05, 0.5
"""Least weight of a version beside the other's: anyway, with as many whole sentences, where only the other has any."""
WORDS = 6
"""A line of fewer Latin words doesn't tell its language for certain."""
WEIGHT = 2
"""A Japanese character weighs as much as two Latin letters, which is about what a word takes in each."""

_FUNCTION_WORDS: dict[str, list[str]] = tomllib.loads(
    files("assistant.text").joinpath("function_words.toml").read_text(encoding="utf-8")
)
_ENGLISH = frozenset(_FUNCTION_WORDS.pop("en"))
_OTHERS = {language: frozenset(words) for language, words in _FUNCTION_WORDS.items()}
_WORD = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"(?:https?://|www\.)[!-~]+|[A-Za-z\d._+-]{1,64}@[A-Za-z\d-]+\.[!-~]*")
_SENTENCE_END = re.compile(r"[.!?。！？…．][\"'”’)）\]」』]*(?=\s|$)|[。！？]")
_CHINESE = re.compile("[這们們个個来來为為说說还還没沒很吗嗎呢吧她您给給让讓该該並與於將對從這麼么什它]")
"""Characters that Chinese can hardly do without, and Japanese kanji without kana hardly have."""
_TURN = re.compile(
    r"(?<=[。！？」』）])\s*(?=[A-Z\"“(])|(?<=[.!?\"”)])(?:\s+(?=[「『（\u3041-\u30ff\u4e00-\u9fff\d]))"
    r"|(?:(?<=[.!?])|(?<=[.!?][\"”)])|(?<=[.!?][\"”)]{2}))(?=[「『（\u3041-\u30ff\u4e00-\u9fff])|(?<=[\"”)])(?=[「『（])"
    r"|(?<=[。！？」』）])\s*(?=（[A-Z\"“][^（）]{1,300}[.!?][\"”]?）)|(?<=[.!?]）)\s*(?=[「『（\u3041-\u30ff\u4e00-\u9fff\d])"
    r"|(?<=[.!?\"”)])\s*(?=\([^()]{1,300}[。！？][」』]?\))|(?<=[。！？]\))\s*(?=[A-Z\"“])"
    r"|(?<=[。！？.!?])\s*[/／|｜—–―]+\s*|\s+[/／|｜]\s+|\t+|\s{3,}"
)
"""Where a line may go on in another language."""


class _Kind(Enum):
    """What a paragraph is by itself."""

    ENGLISH = auto()
    JAPANESE = auto()
    HAN = auto()
    """Han characters, without the kana that would make them Japanese for certain."""
    NEUTRAL = auto()
    """Without words that tell a language."""
    SHORT = auto()
    """A few Latin words that don't tell: a headline, a name."""
    SHORT_OTHER = auto()
    """A few words that look like another language, as names do too."""
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph of a text, or as much of it as is in one language."""

    span: Span
    language: Language | None
    """The version it belongs to; None for neither."""
    is_own: bool
    """Whether it is written in that language itself."""


def parts(text: str, paragraphs: Sequence[Span]) -> list[Part]:
    """The paragraphs with the versions they belong to; one with sentences of both languages is cut where they turn."""
    spans = [piece for paragraph in paragraphs for piece in _in_one_language(text, paragraph)]
    bodies = [text[span.start : span.end] for span in spans]
    kinds = _settled([_kind(body) for body in bodies], bodies)
    versions = _versions(text, spans, kinds)
    found: list[Part] = []
    current = next((_LANGUAGE[kind] for kind in kinds if _LANGUAGE.get(kind) in versions), None)
    for span, kind in zip(spans, kinds, strict=True):
        own = _LANGUAGE.get(kind)
        if kind is _Kind.OTHER or current is None:
            found.append(Part(span, None, is_own=False))
            continue
        current = own if own in versions else current
        found.append(Part(span, current, is_own=own is current))
    return found


def _in_one_language(text: str, paragraph: Span) -> list[Span]:
    """The paragraph, in as many pieces as its language turns, where each has words of its own."""
    pieces: list[Span] = []
    body = text[paragraph.start : paragraph.end]
    start = 0
    for turn in (*_TURN.finditer(body), None):
        end = turn.start() if turn else len(body)
        if body[start:end].strip():
            pieces.append(Span(paragraph.start + start, paragraph.start + end))
        start = turn.end() if turn else end
    if len(pieces) < 2:
        return [paragraph]
    joined: list[tuple[Span, Language | None]] = []
    for piece in pieces:
        language = language_of(text[piece.start : piece.end])
        if joined and (language is joined[-1][1] or not language or not joined[-1][1]):
            last, before = joined[-1]
            joined[-1] = (Span(last.start, piece.end), before or language)
        else:
            joined.append((piece, language))
    return [span for span, _ in joined] if len(joined) > 1 else [paragraph]


def language_of(text: str) -> Language | None:
    """The language that a line is written in, by itself; None where it is neither, or doesn't tell."""
    return _LANGUAGE.get(_kind(text))


def is_function_word(word: str) -> bool:
    """Whether an English word is one of those that any text has ("the", "of")."""
    return word.casefold() in _ENGLISH


_LANGUAGE = {_Kind.ENGLISH: Language.ENGLISH, _Kind.SHORT: Language.ENGLISH, _Kind.JAPANESE: Language.JAPANESE}


def _kind(text: str) -> _Kind:
    bare = _ADDRESS.sub(" ", text)
    kana, han, latin = (len(pattern.findall(bare)) for pattern in (KANA, HAN, LATIN))
    japanese = WEIGHT * (kana + han)
    foreign = sum(character.isalpha() for character in bare) - kana - han - latin
    if foreign > max(japanese, latin):
        return _Kind.OTHER
    if kana and kana * 20 >= han and _is_japanese(bare, japanese, latin):
        return _Kind.JAPANESE
    if japanese > latin:
        return _Kind.HAN if all(map(is_encodable, HAN.findall(bare))) and not _CHINESE.search(bare) else _Kind.OTHER
    return _latin_kind(bare)


def _is_japanese(text: str, japanese: int, latin: int) -> bool:
    """Whether kana hold a text together: names in Latin letters may outweigh them, words in small letters not."""
    small = [word for word in LOWER_CASE_WORD.findall(text) if len(word) > 1]
    has_grammar = not any(word in _ENGLISH for word in small) or japanese > sum(map(len, small))
    return japanese > latin or (bool(HIRAGANA.search(text)) and has_grammar)


def _latin_kind(text: str) -> _Kind:
    words = [word.casefold() for word in _WORD.findall(text) if len(word) > 1 or not word.isascii()]
    if not any(word in _ENGLISH for word in words) and not LOWER_CASE_WORD.search(text):
        return _Kind.NEUTRAL
    english = sum(word in _ENGLISH for word in words)
    other = max(sum(word in known for word in words) for known in _OTHERS.values())
    is_short = len(words) < WORDS
    if other > max(1, english):
        return _Kind.SHORT_OTHER if is_short else _Kind.OTHER
    return _Kind.SHORT if is_short and not english else _Kind.ENGLISH


def _settled(kinds: Sequence[_Kind], texts: Sequence[str]) -> list[_Kind]:
    """The kinds; what a line alone doesn't tell is told by the next one of its script, else by the one before."""
    settled = list(kinds)
    has_japanese = _Kind.JAPANESE in kinds
    has_english = not {_Kind.ENGLISH, _Kind.SHORT}.isdisjoint(kinds)
    is_all_han = not (has_japanese or has_english) and any(map(_has_only_japanese, texts))
    behind = _nearest(reversed(kinds), (_Kind.ENGLISH, _Kind.OTHER))[::-1]
    before = _nearest(kinds, (_Kind.ENGLISH, _Kind.OTHER))
    next_told = _nearest(reversed(kinds), [kind for kind in _Kind if kind is not _Kind.NEUTRAL])[::-1]
    for number, kind in enumerate(kinds):
        if kind in (_Kind.SHORT, _Kind.SHORT_OTHER):
            alone = _Kind.ENGLISH if kind is _Kind.SHORT else _Kind.OTHER
            settled[number] = behind[number] or before[number] or alone
        elif kind is _Kind.NEUTRAL and LATIN.search(texts[number]):
            settled[number] = _Kind.ENGLISH if next_told[number] is _Kind.ENGLISH else kind
        elif kind is _Kind.HAN:
            settled[number] = _Kind.JAPANESE if has_japanese or is_all_han else _Kind.OTHER
    if not any(kind in _LANGUAGE for kind in settled) and any(map(LATIN.search, texts)):
        return [_Kind.ENGLISH if kind is _Kind.NEUTRAL else kind for kind in settled]
    return settled


def _nearest(kinds: Iterable[_Kind], wanted: Collection[_Kind]) -> list[_Kind | None]:
    """For each of `kinds` the last of those `wanted` before it, if any."""
    found: list[_Kind | None] = []
    last = None
    for kind in kinds:
        found.append(last)
        last = kind if kind in wanted else last
    return found


def _versions(text: str, spans: Sequence[Span], kinds: Sequence[_Kind]) -> set[Language]:
    """The languages that have a version: one that is there alone always has."""
    weights = {
        language: sum(_weight(text[span.start : span.end]) for span in _of(spans, kinds, language))
        for language in Language
    }
    heaviest = max(weights.values())
    sentences = {
        language: sum(_sentences(text[span.start : span.end]) for span in _of(spans, kinds, language))
        for language in Language
    }
    versions = set()
    for language, weight in weights.items():
        least = SHARE_OF_SENTENCES if sentences[language] >= WHOLE_SENTENCES else SHARE
        if not sentences[language] and any(sentences.values()):
            least = SHARE_WITHOUT
        if weight and weight >= least * heaviest:
            versions.add(language)
    return versions


def _of(spans: Sequence[Span], kinds: Sequence[_Kind], language: Language) -> Iterator[Span]:
    return (span for span, kind in zip(spans, kinds, strict=True) if _LANGUAGE.get(kind) is language)


def _weight(text: str) -> int:
    return len(LATIN.findall(text)) + WEIGHT * len(JAPANESE.findall(text))


def _sentences(text: str) -> int:
    return len(_SENTENCE_END.findall(text))


def _has_only_japanese(text: str) -> bool:
    """Whether a text has a character that Japanese writes so, and Chinese otherwise, old or new."""
    return any(
        is_encodable(one) and not (is_encodable(one, "gb2312") or is_encodable(one, "big5"))
        for one in HAN.findall(text)
    )
