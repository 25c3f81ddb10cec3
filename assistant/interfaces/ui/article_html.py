"""The article's side of the page as HTML: its versions, sentence by sentence, and the bar that says how they are shown.

Every text that comes from outside is escaped here, as in `html.py`; `article.js` does what the bar's buttons say.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape

from assistant.interfaces.ui.texts import text
from assistant.library.alignment import Bead, unmatched
from assistant.library.article import Article, Document, Sentence
from assistant.text.furigana import furigana
from assistant.text.language import Language
from assistant.text.sentences import ends_sentence

__all__ = ["article_html", "comfort_html", "versions_html"]

NAMES = {Language.ENGLISH: "English", Language.JAPANESE: "日本語"}
"""Of the languages, in themselves."""
HEADING = {Language.ENGLISH: 80, Language.JAPANESE: 40}
"""Characters of the longest heading within an article."""
KEPT_READINGS = 4096
"""Sentences whose readings are kept: an article is shown again once its versions are linked, or in another language."""

_HEADING = re.compile(r"(?=.*\w).*[^、,をで]")
"""What a heading looks like: not like a line that goes on in the next one."""


def comfort_html(language: Language) -> str:
    """The bar above the versions: which are shown, how large, with readings or aloud, and the article's key points."""
    said = {key: escape(text(language, key)) for key in ("shown", "shown_both", "smaller", "larger", "furigana")}
    versions = "".join(
        f"<button type='button' data-show='{version}' lang='{version}'>{name}</button>"
        for version, name in NAMES.items()
    )
    spoken = "".join(_speak_html(version, language) for version in NAMES)
    hint, points = escape(text(language, "furigana_hint")), escape(text(language, "key_points"))
    return (
        f"<div class='comfort' role='group' aria-label='{said['shown']}'>"
        f"<span class='shown'><button type='button' data-show='both'>{said['shown_both']}</button>{versions}</span>"
        f"<span><button type='button' data-resize='-1' aria-label='{said['smaller']}' title='{said['smaller']}'>"
        f"A−</button><button type='button' data-resize='1' aria-label='{said['larger']}' title='{said['larger']}'>"
        f"A+</button></span>"
        f"<button type='button' class='furigana' title='{hint}'>{said['furigana']}</button>"
        f"<span class='aloud'>{spoken}</span>"
        f"<button type='button' data-ask='{escape(text(language, 'ask_key_points'))}'>{points}</button></div>"
    )


def _speak_html(version: Language, language: Language) -> str:
    """The button that has a version read aloud; what it says while that is done, and where it can't be, is with it."""
    start, stop = (escape(text(language, key, version=NAMES[version])) for key in ("read_aloud", "stop_aloud"))
    none = escape(text(language, f"no_voice_{version.name.lower()}"))
    said = f"data-begin='{start}' data-stop='{stop}' data-none='{none}' aria-label='{start}' title='{start}'"
    return (
        f"<button type='button' data-speak='{version}' {said}><span lang='{version}'>{NAMES[version]}</span></button>"
    )


def versions_html(article: Article | None, beads: Sequence[Bead] | None, language: Language) -> list[str]:
    """Both versions of an article, by language; `beads` are None where what links them isn't known yet."""
    return [article_html(article, version, language, beads or ()) for version in Language]


def article_html(article: Article | None, version: Language, language: Language, beads: Sequence[Bead] = ()) -> str:
    """One version of an article, each sentence addressable by `data-sentence`, e.g. "en-4".

    Sentences of one bead have the same `data-bead` in both versions; those that the other version leaves out are
    marked and counted. Where there is no such version, that is said in `language`.
    """
    document = article.document(version) if article else None
    if article is None or document is None:
        missing = f"no_{version.name.lower()}" if article else "no_article"
        return f"<p class='missing'>{escape(text(language, missing))}</p>"
    linked = {number: index for index, bead in enumerate(beads) for number in bead.numbers(version)}
    theirs = next((each.sentences for each in article.documents if each is not document), ())
    only = unmatched(beads, document.sentences, theirs)
    paragraphs = _Paragraphs(article, document, linked, only, language).html()
    date = escape(article.date)
    dated = f"<p class='date'><time datetime='{date}'>{date}</time></p>" if date else ""
    counted = _count_html(len(only), version, language) if only else ""
    tab = "" if linked else " tabindex='0'"  # so that it can be scrolled by keyboard
    return f"<article lang='{version}' data-article='{escape(article.id)}'{tab}>{dated}{counted}{paragraphs}</article>"


def _count_html(count: int, version: Language, language: Language) -> str:
    """How many sentences the other version leaves out, as a button that asks what they say."""
    name = version.name.lower()
    asked, said = escape(text(language, f"ask_only_{name}")), escape(text(language, f"count_only_{name}", count=count))
    return f"<p class='count' lang='{language}'><button type='button' data-ask='{asked}'>{said}</button></p>"


@dataclass(frozen=True, slots=True)
class _Paragraphs:
    """Those of one version: `linked` are beads by sentence, `only` what the other version leaves out."""

    article: Article
    document: Document
    linked: Mapping[int, int]
    only: Collection[int]
    language: Language
    by_index: list[list[Sentence]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.by_index.extend([] for _ in self.document.paragraphs)
        for sentence in self.document.sentences:
            self.by_index[sentence.paragraph].append(sentence)

    def html(self) -> str:
        has_headline = bool(self.by_index) and self._is_line(0)
        return "".join(self._paragraph_html(index, has_headline) for index in range(len(self.by_index)))

    def _paragraph_html(self, index: int, has_headline: bool) -> str:
        sentences = self.by_index[index]
        pieces: list[str] = []
        for before, sentence in zip([None, *sentences], sentences, strict=False):
            gap = self.article.text[before.end : sentence.start] if before else ""
            pieces.append(escape(gap) + self._sentence_html(sentence))
        words = "".join(pieces)
        if index == 0 and has_headline:
            return f"<h2 class='headline'>{words}</h2>"
        if self._is_heading(index):
            level = 3 if has_headline else 2
            return f"<h{level} class='heading'>{words}</h{level}>"
        return f"<p>{words}</p>"

    def _is_line(self, index: int) -> bool:
        """Whether a paragraph is one line that is no sentence."""
        sentences = self.by_index[index]
        return len(sentences) == 1 and not ends_sentence(sentences[0].text)

    def _is_heading(self, index: int) -> bool:
        """Whether a paragraph is a short line between two of sentences: not a byline, nor one of a list."""
        if not 0 < index < len(self.by_index) - 1 or not self._is_line(index):
            return False
        line = self.by_index[index][0].text
        around = (self.by_index[index - 1][-1:], self.by_index[index + 1][-1:])
        is_between = all(ends_sentence(sentence.text) for beside in around for sentence in beside)
        return is_between and bool(_HEADING.fullmatch(line)) and len(line) <= HEADING[self.document.language]

    def _sentence_html(self, sentence: Sentence) -> str:
        """One that is linked can be reached by keyboard: the first by Tab, the others by arrows (`page.js`)."""
        address = f"{sentence.language}-{sentence.number}"
        bead = self.linked.get(sentence.number)
        tab = 0 if sentence.number == min(self.linked, default=0) else -1
        more = "" if bead is None else f" data-bead='{bead}' tabindex='{tab}'"
        told = ""
        if sentence.number in self.only:
            said = escape(text(self.language, f"only_{sentence.language.name.lower()}"))
            told = f"<small class='unseen' lang='{self.language}'>{said} </small>"
            more += f" data-only='true' title='{said}'"
        if sentence.language is Language.JAPANESE:
            more += _readings(sentence)
        words = escape(sentence.text)
        return f"{told}<span data-sentence='{address}' data-start='{sentence.start}'{more}>{words}</span>"


@lru_cache(maxsize=KEPT_READINGS)
def _readings(sentence: Sentence) -> str:
    """Where `article.js` puts which reading when it is asked to: first character, how many, and the reading."""
    places = [f"{one.start}:{one.end - one.start}:{one.reading}" for one in furigana(sentence.text)]
    return f" data-readings='{escape(' '.join(places))}'" if places else ""
