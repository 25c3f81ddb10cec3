"""What an answer may consist of, decided token by token while it is decoded.

An answer in English holds no Japanese; one in Japanese no other words in Latin script than those of the article
or the question, no character that Japanese doesn't write, and no name spelt in katakana that stands in neither
(small models invent transliterations). Neither holds a figure that isn't given (`sayable.py`), another weekday, month
or hour (`text/named_times.py`), or an address that isn't there.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

from assistant.answering.counted import Embed
from assistant.answering.refusals import NOT_STATED, REFUSAL_START
from assistant.answering.sayable import SayableFigures
from assistant.answering.sayable_names import EnglishNamesOfJapanese, JapaneseNames
from assistant.settings import Part
from assistant.text.copula import takes_copula
from assistant.text.english_names import EnglishNames
from assistant.text.figures import figures
from assistant.text.known_words import EnglishWords, Loanwords, is_listed
from assistant.text.language import (
    CUT,
    HAN,
    HIRAGANA,
    KANA,
    KATAKANA_WORD,
    LOWER_CASE_WORD,
    Language,
    fold,
    is_encodable,
)
from assistant.text.morphology import morphemes
from assistant.text.named_times import NamedTimes
from assistant.text.units import spellings_of

__all__ = ["AnswerGuard", "Fault", "LanguageGuard", "as_sentence"]

KATAKANA_LENGTH = 3
"""Shorter runs of katakana (ビル, ドル) are words more often than names."""
CHINESE_ONLY = frozenset("是们这吗您她它么没给还與這們嗎麼說")
"""Characters that Japanese doesn't write: in a Japanese answer only where the article or the question has them."""
NAME_LENGTH = 8
"""Longest name in kanji or katakana that stands in an English answer as it is in the article."""

_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+")
_NAME = re.compile(r"[\u30a1-\u30fa\u30fc・\u3400-\u4dbf\u4e00-\u9fff々]+")
_BLANKS = re.compile(r"[ \t\u3000]{2,}")
_ADDRESS = re.compile(
    r"(?:https?(?![a-z])|www\.|://)[!-~]*|(?<![A-Za-z\d_.+-])[A-Za-z\d_.+-]+@[A-Za-z\d-]+(?:\.[A-Za-z\d-]+)+"
    r"|(?<![\w.@-])[A-Za-z\d-]{2,}\.(?:com|org|net|info|co|jp|io|gov|edu|uk|de|eu|cn)\b[!-~]*",
    re.IGNORECASE | re.ASCII,
)
_ENDS_ADDRESS = ".,;:!?)]}'\""
_OF_NAMES = ("of", "the", "and", "de", "la", "le", "di", "del", "da", "van", "von", "der", "for", "al", "el", "bin")
"""English words, and others in small letters, that stand in names."""
_REPETITION = re.compile(r"(.{3,40}?)\1\1$")
"""What small models fall into where they aren't allowed to go on as they would."""
_ARTICLE = re.compile(r"\b(?:an?|the) $", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"[(（「『“][^)）」』”]*$")
_FIRST_EAST_ASIAN = "\u2e80"
"""From here on Unicode has East Asian scripts and symbols, emoji, and U+FFFD for a character cut short."""


class Fault(StrEnum):
    """What may be wrong with an answer."""

    CUT = "a character cut short"
    REFUSAL = "a refusal"
    EMPTY = "nothing said"
    REPETITION = "the same said three times"
    ADDRESS = "an address that isn't there"
    LANGUAGE = "another language, or a name that isn't there"
    FIGURE = "a figure that isn't there"
    TIME = "a weekday, month or hour that isn't there"


class LanguageGuard:
    """Holds an answer to `language`; `known` is the text whose names it may use as they stand.

    In an English answer those in kanji or katakana only where `names_stay`: a model that wasn't taught to leave them
    goes on in Japanese.
    """

    def __init__(self, language: Language, known: str, *, names_stay: bool = False) -> None:
        self._language = language
        self._known = known
        self._characters = set(known)
        self._latin = frozenset(_LATIN_WORD.findall(fold(known)))
        normalised = unicodedata.normalize("NFKC", known)
        self._english = EnglishWords(self._latin if language is Language.ENGLISH else ())
        self._katakana = Loanwords(KATAKANA_WORD.findall(normalised))
        self._names = frozenset(_NAME.findall(known) if names_stay else ())
        self._in_kana = _NamesInKana(known if names_stay else "")

    def allows(self, text: str, *, finished: bool = False) -> bool:
        """Whether `text`, an answer so far, is in the language. Its last word may still be growing."""
        if self._language is Language.ENGLISH:
            text = self._in_kana.without(text, finished=finished)
            end = None if finished else len(text)
            names = (
                run
                for run in _NAME.finditer(text)
                if self._is_name(run[0], is_open=run.end() == end) and not self._is_noun(text, run, end)
            )
            is_spelt = all(
                self._english.allows(word[0], is_open=word.end() == end) for word in _LATIN_WORD.finditer(text)
            )
            return is_spelt and all(map(self._is_english, _without(text, names)))
        if "。" in text and not KANA.search(text) and not all(map(self._is_term, _NAME.findall(text))):
            return False
        return all(map(self._is_japanese, text)) and self._words_are_known(text, finished=finished)

    def _is_name(self, run: str, *, is_open: bool) -> bool:
        """Whether a run of kanji or katakana is one of the article's, or a part of more than a character."""
        if len(run) > NAME_LENGTH:
            return False
        return run in self._names or ((is_open or len(run) > 1) and any(run in name for name in self._names))

    def _is_noun(self, text: str, run: re.Match[str], end: int | None) -> bool:
        """Whether a word of the article stands in an English sentence as no name does, nor as what is quoted."""
        before = text[: run.start()]
        if _IN_BRACKETS.search(before) or before.count('"') % 2:
            return False
        is_whole_word = bool(KATAKANA_WORD.fullmatch(run[0])) and run.end() != end
        return bool(_ARTICLE.search(before)) or (is_whole_word and is_listed(run[0]))

    def _is_term(self, run: str) -> bool:
        """Whether kanji without kana are the article's, or of a date or a count."""
        return len(run) < KATAKANA_LENGTH or run in self._known

    def _is_english(self, character: str) -> bool:
        if character.isascii():
            return True
        if character >= _FIRST_EAST_ASIAN:
            return False
        is_of_a_name = bool(self._names) and bool(_LATIN_WORD.match(character))  # Öland, of エーランド島
        return not character.isalpha() or character in self._characters or is_of_a_name

    def _is_japanese(self, character: str) -> bool:
        if character.isascii() or character in self._characters or KANA.match(character):
            return True
        if HAN.match(character):
            return character not in CHINESE_ONLY and is_encodable(character)
        return not character.isalpha() or bool(_LATIN_WORD.match(unicodedata.normalize("NFKC", character)))

    def _begins_latin(self, word: str) -> bool:
        return any(known.startswith(word) for known in self._latin)

    def _words_are_known(self, text: str, *, finished: bool) -> bool:
        latin, katakana = fold(text), unicodedata.normalize("NFKC", text)
        return all(
            word.group() in self._latin
            or (not finished and word.end() == len(latin) and self._begins_latin(word.group()))
            for word in _LATIN_WORD.finditer(latin)
        ) and all(
            len(word[0]) < KATAKANA_LENGTH
            or self._katakana.allows(word[0], is_open=not finished and word.end() == len(katakana))
            for word in KATAKANA_WORD.finditer(katakana)
        )


class _NamesInKana:
    """The names of a Japanese text that have hiragana, as 柳井つばさ; such a one is no Japanese sentence begun."""

    def __init__(self, known: str) -> None:
        self._known = known

    @cached_property
    def _names(self) -> frozenset[str]:
        """A proper noun with a noun in hiragana behind it; to the dictionary many given names are such."""
        return frozenset(
            one.text + other.text
            for one, other in pairwise(morphemes(self._known))
            if "固有名詞" in one.kinds and "名詞" in other.kinds and all(map(HIRAGANA.match, other.text))
        )

    def without(self, text: str, *, finished: bool) -> str:
        """An English answer without these; one at its end may still be growing where it isn't `finished`."""
        if not HIRAGANA.search(text):
            return text
        for name in self._names:
            text = text.replace(name, " ")
            ends = (name[:length] for length in range(len(name) - 1, 0, -1) if not finished)
            text = text.removesuffix(next((end for end in ends if text.endswith(end)), ""))
        return text


class AnswerGuard:
    """Holds an answer to its language and to the figures of `sentences` and `question`, and keeps it from refusing.

    Whether to refuse is decided before (`answerability.py`), so an answer that has begun says something.
    """

    def __init__(
        self,
        language: Language,
        sentences: Sequence[str],
        question: str,
        without: AbstractSet[Part] = frozenset(),
        *,
        names_stay: bool = False,
        embed: Embed | None = None,
    ) -> None:
        """Args:
        names_stay: names in another script than the answer's are left as they are.
        embed: by which what figures count is told apart; None: by tables alone.
        """
        known_text = "\n".join(sentences)
        known = f"{known_text}\n{question}"
        spelt = {spelling for figure in figures(known) for spelling in spellings_of(figure.unit)}
        units = {spelling for spelling in spelt if spelling.isascii() or language is Language.JAPANESE}
        self._language = LanguageGuard(language, "\n".join([known, *units]), names_stay=names_stay)
        self._figures = None if Part.FIGURES in without else SayableFigures(sentences, question, embed)
        self._times = NamedTimes(known)
        self._addresses = frozenset(_addresses(known_text))
        is_english = language is Language.ENGLISH and bool(known_text) and not KANA.search(known_text)
        self._names: EnglishNames | EnglishNamesOfJapanese | JapaneseNames | None = None
        if is_english:
            self._names = EnglishNames(known)
        elif known_text:
            self._names = JapaneseNames(known) if language is Language.JAPANESE else EnglishNamesOfJapanese(known)
        self._asker = language
        may_quote = not names_stay or KANA.search(known_text)  # a taught model leaves names alone, others quote
        of_article = LOWER_CASE_WORD.findall(known) if may_quote else ()
        self._may_be_english = frozenset([*_OF_NAMES, *LOWER_CASE_WORD.findall(" ".join(units)), *of_article])
        self._without = without
        self._refusal_start = REFUSAL_START[language]
        self._refusal = NOT_STATED[language].rstrip(".")

    def __call__(self, text: str, *, finished: bool) -> bool:
        """Whether the model may go on to `text`, or end with it where `finished`."""
        return self.fault(text, finished=finished) is None

    def check(self, answer: str) -> Fault | None:
        """What is wrong with a whole answer that was made elsewhere, by its first line that has a fault."""
        lines = [line for line in answer.splitlines() if line.strip()] or [""]
        return next((fault for line in lines if (fault := self.fault(line, finished=True))), None)

    def fault(self, text: str, *, finished: bool) -> Fault | None:
        """What keeps the model from going on to `text`, or from ending with it where `finished`; None for nothing."""
        first = text.split("\n", 1)[0]
        line = _BLANKS.sub(" ", first)
        said = line.strip()
        if CUT in (line if finished else line.rstrip(CUT)):
            return Fault.CUT
        if said == self._refusal_start or said.startswith(self._refusal):
            may_refuse = Part.ANSWERABILITY in self._without
            is_refusal = said.rstrip(".") in (self._refusal_start, self._refusal)
            return None if may_refuse and is_refusal else Fault.REFUSAL
        has_ended = finished or first != text
        if finished and not said:
            return Fault.EMPTY
        if _repeats(line):
            return Fault.REPETITION
        if not self._has_no_other_address(line, has_ended):
            return Fault.ADDRESS
        if Part.LANGUAGE not in self._without and not self._is_in_language(line, has_ended):
            return Fault.LANGUAGE
        if self._figures is None:
            return None
        if not self._figures.allows(line, finished=has_ended):
            return Fault.FIGURE
        return None if self._times.allows(line, finished=has_ended) else Fault.TIME

    def _has_no_other_address(self, line: str, has_ended: bool) -> bool:
        found = _addresses(line)
        if found and not has_ended and line.rstrip(_ENDS_ADDRESS).endswith(found[-1]):
            return self._addresses.issuperset(found[:-1]) and any(
                each.startswith(found[-1]) for each in self._addresses
            )
        return self._addresses.issuperset(found)

    def _is_in_language(self, line: str, has_ended: bool) -> bool:
        line = _ADDRESS.sub("", line)
        if self._asker is Language.JAPANESE and not self._may_be_english.issuperset(_english_words(line, has_ended)):
            return False
        if self._names and not self._names.allows(line, finished=has_ended):
            return False
        return self._language.allows(line, finished=has_ended)


def as_sentence(text: str, language: Language) -> str:
    """`text` as a sentence of `language`: a noun or a figure alone takes the copula in Japanese."""
    if not text or language is Language.ENGLISH or (HIRAGANA.search(text) and not takes_copula(text)):
        return text
    return text.rstrip("。. ") + "です。"


def _repeats(line: str) -> bool:
    """Whether a line ends with the same three times, which is no number."""
    found = _REPETITION.search(line)
    return bool(found and found[1].strip("0123456789,."))


def _english_words(line: str, has_ended: bool) -> set[str]:
    """The words in small letters; one at the end may become another while it grows."""
    return {word[0] for word in LOWER_CASE_WORD.finditer(line) if has_ended or word.end() < len(line)}


def _addresses(text: str) -> list[str]:
    """The addresses of pages and mailboxes, without what only ends a sentence behind them."""
    return [match[0].rstrip(_ENDS_ADDRESS) for match in _ADDRESS.finditer(text)]


def _without(text: str, matches: Iterable[re.Match[str]]) -> str:
    at, kept = 0, []
    for match in matches:
        kept.append(text[at : match.start()])
        at = match.end()
    return "".join([*kept, text[at:]])
