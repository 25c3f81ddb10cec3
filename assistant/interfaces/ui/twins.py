"""Which sentences of the other version say what a cited one says, by what links the two."""

from collections.abc import Callable
from functools import cache

from assistant.answering.grounding import Citation
from assistant.errors import AssistantError
from assistant.library.article import Sentence
from assistant.library.library import Library
from assistant.text.language import Language

__all__ = ["Twins", "twins_in"]

Twins = Callable[[Citation], tuple[Sentence, ...]]
"""The twin of a cited sentence, which may be several sentences; none where it has none, or that isn't known."""


def twins_in(library: Library) -> Twins:
    """Those of the articles of a library, each looked at once; also of one that has been removed, which has none."""

    @cache
    def of_article(article: str) -> dict[tuple[Language, int], tuple[Sentence, ...]]:
        try:
            found, beads = library.article(article), library.known_alignment(article) or ()
        except AssistantError:
            return {}
        versions = {language: {one.number: one for one in found.sentences(language)} for language in Language}
        return {
            (language, versions[language][number].start): tuple(versions[other][each] for each in bead.numbers(other))
            for bead in beads
            for language, other in zip(Language, reversed(Language), strict=True)
            for number in bead.numbers(language)
        }

    return lambda citation: of_article(citation.article).get((citation.language, citation.start), ())
