"""The twin of a cited sentence is what the article's links say, in both directions; where they aren't known, none."""

from assistant.answering.grounding import Citation
from assistant.interfaces.ui.twins import twins_in
from assistant.library.article import Sentence
from assistant.library.library import Library
from assistant.text.language import Language
from tests.texts import BILINGUAL, ENGLISH


def _cited(article: str, sentence: Sentence) -> Citation:
    return Citation(sentence.number, article, sentence.language, sentence.start, sentence.end, sentence.text)


def test_the_twin_is_that_of_the_alignment(library: Library) -> None:
    article, _ = library.add(BILINGUAL)
    first = _cited(article.id, article.sentences(Language.ENGLISH)[0])
    assert twins_in(library)(first) == ()  # not aligned yet
    beads = library.alignment(article.id)
    twins = twins_in(library)
    for bead in beads:
        ours, theirs = (
            [one for one in article.sentences(language) if one.number in bead.numbers(language)]
            for language in Language
        )
        assert all(twins(_cited(article.id, one)) == tuple(theirs) for one in ours)
        assert all(twins(_cited(article.id, one)) == tuple(ours) for one in theirs)
    assert len(beads) > 5


def test_what_is_not_there_any_more_has_no_twin(library: Library) -> None:
    article, _ = library.add(ENGLISH)
    cited = _cited(article.id, article.sentences(Language.ENGLISH)[0])
    assert twins_in(library)(cited) == ()
    library.remove(article.id)
    assert twins_in(library)(cited) == ()
