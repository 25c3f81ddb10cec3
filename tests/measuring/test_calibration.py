"""A probe is fitted to what a model's hidden states tell, judged on articles that it has not seen.

The fake model's hidden states are noise, from which answerability can be read along one direction, or can't.
"""

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.answerability import load_answerability
from assistant.answering.refusals import NOT_STATED
from assistant.errors import EvaluationError
from assistant.measuring.calibration import (
    ADDED,
    FOLDS,
    LENGTHENED,
    Observation,
    _lengthened,
    _sample,
    calibrate,
    fit,
    observe,
)
from assistant.measuring.scoring import GoldRow, read_gold_rows
from assistant.model.protocol import Message, Reading
from assistant.settings import Care
from assistant.text.language import Language
from tests.fake_model import FakeGeneration, FakeModel

EN, JA = Language.ENGLISH, Language.JAPANESE
WIDTH = 12
ARTICLES = 15
QUESTIONS = 4
"""For each article, as many answerable as unanswerable ones."""
ORDER = (Care.FORTHCOMING, Care.BALANCED, Care.CAUTIOUS)


def _hidden(seed: Any, shift: float) -> Any:
    """Noise of unit variance about 5; its third value shifted."""
    hidden = np.random.default_rng(random.Random(str(seed)).getrandbits(64)).normal(5.0, size=WIDTH)  # noqa: S311
    hidden[2] += shift
    return hidden.astype(np.float32)


class _ReadingModel(FakeModel):
    """Its hidden state is shifted by `plainness` where the name asked about stands in the article too."""

    def __init__(self, plainness: float, *, reads: bool = True) -> None:
        super().__init__("Well")
        self._plainness, self._reads = plainness, reads
        self.prompts: list[str] = []

    def generate(self, messages: Sequence[Message], max_tokens: int, **held: Any) -> FakeGeneration:
        generation = super().generate(messages, max_tokens, **held)
        prompt = messages[-1].content
        self.prompts.append(prompt)
        name = next(word for word in ("Ada", "Bo", "Cy", "Di") if word in prompt.rsplit("\n", 1)[1])
        answerable = prompt.count(name) > 1
        generation._makes = Reading(_hidden(prompt, self._plainness * answerable), 0.0) if self._reads else None
        return generation


def _row(language: Language, article: int, question: int) -> dict[str, Any]:
    """A row in the data's format: of four people, the article has two."""
    name = ("Ada", "Bo", "Cy", "Di")[question]
    answerable = question < 2
    english = f"Club number {article} of Fenwick met on Sunday. Ada brought a cake and Bo brought some tea."
    japanese = f"北町の{article}番目の会が日曜日に開かれた。Adaさんはケーキを、Boさんはお茶を持ってきた。"
    return {
        "id": f"{language.value}-{article}-{question}",
        "task": "invented",
        "question_lang": language.value,
        "answerable": answerable,
        "answers": ["cake"] if answerable else [],
        "article": english if language is EN else japanese,
        "question": f"What did {name} bring?" if language is EN else f"{name}さんは何を持ってきましたか？",
    }


def _write(path: Path, *, articles: int = ARTICLES, languages: Sequence[Language] = tuple(Language)) -> Path:
    rows = [_row(language, n, q) for language in languages for n in range(articles) for q in range(QUESTIONS)]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return _write(tmp_path / "rows.jsonl")


def _ignore(done: int, total: int) -> None:
    """Progress that nobody looks at."""


def _unread(done: int, total: int) -> None:
    pytest.fail(f"{done} of {total} rows were read for nothing")


def _observations(plainness: float, count: int, seed: int = 0, articles: int = 40) -> list[Observation]:
    """`count` in each language, every other one answerable, two and two on an article."""
    return [
        Observation(
            Reading(_hidden((seed, language, number), plainness * (number % 2)), 0.0),
            language,
            f"{language}{number // 2 % articles}",
            number % 2 == 1,
        )
        for language in Language
        for number in range(count)
    ]


def _area_told(provenance: str) -> float:
    return float(provenance.rsplit(" ", 1)[1])


def test_calibrating_reads_each_row_as_it_would_be_asked(data: Path) -> None:
    model = _ReadingModel(3.0)
    progress: list[tuple[int, int]] = []
    calibrate(model, [data], 700, lambda done, total: progress.append((done, total)), size=None, seed=1)
    rows = 2 * ARTICLES * QUESTIONS
    assert progress == [(number, rows) for number in range(1, rows + 1)]
    assert len(set(model.prompts)) == rows
    assert (set(model.max_tokens), set(model.constraints)) == ({1}, {None})
    assert set(model.refusals) == set(NOT_STATED.values())
    assert any(asked.endswith("What did Bo bring?") and "Club number 7 " in asked for asked in model.prompts)


def test_a_calibrated_probe_answers_new_questions_rightly(data: Path) -> None:
    probe = calibrate(_ReadingModel(8.0), [data], 700, _ignore, size=None, seed=1)
    for language in Language:
        least = probe.threshold(language, language, Care.BALANCED)
        readings = [[Reading(_hidden(("new", number), shift), 0.0) for number in range(40)] for shift in (8.0, 0.0)]
        yes, no = ([probe.log_odds(reading, EN, EN) for reading in each] for each in readings)
        assert min(yes) > 0 > max(no)
        assert min(yes) >= least
        assert sum(each < least for each in no) >= 36


def test_a_probe_tells_what_it_was_made_from_and_how(data: Path) -> None:
    whole = calibrate(_ReadingModel(3.0), [data], 700, _ignore, size=None, seed=1)
    assert whole.provenance.startswith("assistant calibrate rows.jsonl --model fake; 120 rows, ")
    sample = calibrate(_ReadingModel(3.0), [data], 700, _ignore, size=80, seed=5)
    assert sample.provenance.startswith("assistant calibrate rows.jsonl --sample 80 --seed 5 --model fake; 80 rows, ")


def test_a_probe_is_the_same_each_time_and_survives_its_file(data: Path, tmp_path: Path) -> None:
    first, second = (calibrate(_ReadingModel(2.0), [data], 700, _ignore, size=80, seed=5) for _ in range(2))
    first.save(tmp_path / "first.json")
    second.save(tmp_path / "second.json")
    assert (tmp_path / "first.json").read_bytes() == (tmp_path / "second.json").read_bytes()
    reading = Reading(_hidden("new", 1.0), 0.0)
    assert load_answerability(tmp_path / "first.json").log_odds(reading, EN, EN) == pytest.approx(
        first.log_odds(reading, EN, EN), abs=0.01
    )


def test_articles_too_long_to_be_read_whole_and_rows_without_a_reading_are_left_out(data: Path) -> None:
    rows = list(read_gold_rows(data).values())
    seen: list[int] = []
    assert observe(_ReadingModel(3.0), rows, 3, lambda done, *_: seen.append(done)) == []
    assert seen[-1] == len(rows)
    assert observe(_ReadingModel(3.0, reads=False), rows, 700, _ignore) == []


def test_an_observation_has_its_question_s_language_its_article_and_its_kind(data: Path) -> None:
    rows = list(read_gold_rows(data).values())
    found = observe(_ReadingModel(3.0), rows, 700, _ignore)
    assert [(one.language, one.answerable) for one in found] == [(row.language, row.answerable) for row in rows]
    assert len({one.article for one in found}) == 2 * ARTICLES


@pytest.mark.parametrize("languages", [[EN], [JA]])
def test_a_language_without_rows_is_told(tmp_path: Path, languages: list[Language]) -> None:
    path = _write(tmp_path / "rows.jsonl", languages=languages)
    missing = "en" if EN not in languages else "ja"
    with pytest.raises(EvaluationError, match=f"To calibrate, .*in {missing} there are 0 and 0"):
        calibrate(_ReadingModel(3.0), [path], 700, _unread, size=None, seed=1)


def test_too_few_rows_of_a_kind_are_told_and_just_enough_are_taken() -> None:
    enough = _observations(3.0, 4 * FOLDS)
    fit(enough, "enough")
    for language in Language:
        for answerable in (True, False):
            one = next(one for one in enough if (one.language, one.answerable) == (language, answerable))
            with pytest.raises(EvaluationError, match=f"{2 * FOLDS} answerable .* in {language.value} there are"):
                fit([other for other in enough if other is not one], "too few")


def test_questions_on_one_article_alone_are_told() -> None:
    with pytest.raises(EvaluationError, match="To calibrate, questions on at least"):
        fit(_observations(3.0, 100, articles=1), "one article")


def test_a_model_whose_hidden_states_are_not_to_be_had_is_told_at_the_first_row(data: Path) -> None:
    nothing = Reading(np.empty(0, np.float32), 0.0)
    model = FakeModel("Well", makes=nothing)
    with pytest.raises(EvaluationError, match="can't be calibrated"):
        calibrate(model, [data], 700, _ignore, size=None, seed=1)
    assert len(model.asked) == 1


def test_a_sample_too_small_is_told(data: Path) -> None:
    with pytest.raises(EvaluationError, match="To calibrate, "):
        calibrate(_ReadingModel(3.0), [data], 700, _unread, size=20, seed=1)


@given(st.integers(0, 3))
def test_held_out_articles_are_ranked_rightly_where_hidden_states_tell_and_by_chance_where_not(seed: int) -> None:
    assert _area_told(fit(_observations(8.0, 200, seed), "plain").provenance) >= 0.99
    assert 0.4 <= _area_told(fit(_observations(0.0, 400, seed), "noise").provenance) <= 0.6


def test_an_article_learnt_by_heart_does_not_count() -> None:
    """Each article has a value of its own that gives its answer away, to a probe that has seen the article."""
    observations = []
    for one in _observations(0.0, 160, articles=40):
        number = int(one.article[2:])
        own = np.zeros(WIDTH + 80, np.float32)
        own[:WIDTH] = one.reading.hidden
        own[WIDTH + number + 40 * (one.language is JA)] = 5.0
        kind = number % 2 == 0
        observations.append(Observation(Reading(own, 0.0), one.language, one.article, kind))
    assert _area_told(fit(observations, "by heart").provenance) <= 0.7


def test_the_direction_that_tells_has_the_greatest_weight() -> None:
    probe = fit(_observations(4.0, 200), "plain")
    assert probe.weights is not None
    assert probe.weights.shape == (WIDTH,)
    assert int(abs(probe.weights).argmax()) == 2
    assert probe.weights[2] > 0


def test_values_that_never_change_or_are_huge_do_no_harm() -> None:
    observations = [
        Observation(Reading(one.reading.hidden * scale + shift, 0.0), one.language, one.article, one.answerable)
        for one in _observations(6.0, 100)
        for scale in [np.array([0, 1e4, *[1] * (WIDTH - 2)], np.float32)]
        for shift in [np.array([7, 3e4, *[0] * (WIDTH - 2)], np.float32)]
    ]
    probe = fit(observations, "odd")
    assert _area_told(probe.provenance) >= 0.99
    assert probe.weights is not None
    assert np.isfinite(probe.weights).all()


@given(st.integers(0, 20), st.sampled_from([1.0, 1.25, 1.5]))
def test_more_care_has_a_higher_threshold_where_the_kinds_overlap(seed: int, plainness: float) -> None:
    for thresholds in fit(_observations(plainness, 400, seed), "overlap").thresholds.values():
        assert [thresholds[care] for care in ORDER] == sorted(thresholds.values())


def test_the_thresholds_refuse_and_answer_as_much_as_they_promise() -> None:
    fitted_to = _observations(1.5, 800)
    probe = fit(fitted_to, "overlap")
    for language in Language:
        own = [one for one in _observations(1.5, 800, seed=9) if one.language is language]
        shares = {
            (care, kind): np.mean(
                [
                    probe.log_odds(one.reading, language, language) >= probe.threshold(language, language, care)
                    for one in own
                    if one.answerable is kind
                ]
            )
            for care in Care
            for kind in (True, False)
        }
        assert shares[Care.CAUTIOUS, False] == pytest.approx(0.1, abs=0.06)
        assert shares[Care.FORTHCOMING, True] == pytest.approx(0.95, abs=0.06)
        assert shares[Care.BALANCED, True] - shares[Care.BALANCED, False] >= 0.4


def _gold(article: str, language: Language, number: int, answerable: bool) -> GoldRow:
    return GoldRow(f"{article}-{number}", "t", language, answerable, ("x",), article=article)


def test_a_sample_takes_whole_articles_of_both_languages_with_both_kinds_of_questions() -> None:
    both = [
        _gold(f"{language.value} {n}", language, q, q < 2) for language in Language for n in range(30) for q in range(4)
    ]
    only = [_gold(f"{language.value} only", language, q, True) for language in Language for q in range(40)]
    chosen = _sample(both + only, 48, 3)
    assert {language: sum(row.language is language for row in chosen) for language in Language} == {EN: 24, JA: 24}
    for article in {row.article for row in chosen}:
        assert [row for row in chosen if row.article == article] == [row for row in both if row.article == article]
    assert _sample(both + only, None, 3) != chosen
    assert sorted(_sample(both + only, None, 3), key=repr) == sorted(both + only, key=repr)


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(Language), st.booleans()), max_size=60), st.data())
def test_a_sample_is_as_large_as_asked_for_to_an_article(
    drawn: list[tuple[int, Language, bool]], data: st.DataObject
) -> None:
    rows = [_gold(f"{language.value} {n}", language, at, kind) for at, (n, language, kind) in enumerate(drawn)]
    size, seed = data.draw(st.integers(1, 40)), data.draw(st.integers(0, 5))
    chosen = _sample(rows, size, seed)
    groups = [[row for row in rows if row.article == article] for article in {row.article for row in rows}]
    fit_for_it = [group for group in groups if {row.answerable for row in group} == {True, False}]
    for language in Language:
        own = [row for row in chosen if row.language is language]
        if len(own) < size / 2:
            assert len(own) == sum(len(group) for group in fit_for_it if group[0].language is language)
        else:
            assert sum(row.article != own[-1].article for row in own) < size / 2
    for article in {row.article for row in chosen}:
        assert [row for row in chosen if row.article == article] in fit_for_it


def test_a_part_of_the_articles_is_read_between_texts_of_other_titles_in_its_language() -> None:
    rows = [
        replace(_gold(f"{language.value} text {n}.", language, q, q < 2), title=f"Title {n // 2}")
        for language in Language
        for n in range(20)
        for q in range(4)
    ]
    longer = _lengthened(rows, 1)
    pairs = [(row, new) for row, new in zip(rows, longer, strict=True) if row.article != new.article]
    assert len(pairs) == len(rows) / LENGTHENED
    titles = {row.article: (row.language, row.title) for row in rows}
    places = set()
    for row, new in pairs:
        texts = new.article.split("\n\n")
        assert 2 <= len(texts) == len(set(texts)) <= 1 + ADDED
        assert replace(new, article=row.article) == row
        assert [text for text in texts if titles[text][1] == row.title] == [row.article]
        assert {titles[text][0] for text in texts} == {row.language}
        places.add(texts.index(row.article))
    assert len(places) > 1
    assert len({new.article for _, new in pairs}) == len({row.article for row, _ in pairs})
    assert _lengthened(rows, 1) == longer != _lengthened(rows, 2)


def test_a_text_of_which_there_is_no_other_stays_as_it_is() -> None:
    rows = [replace(_gold(f"{n}", EN, 0, True), title="One") for n in range(8)]
    assert _lengthened(rows, 1) == rows


def test_another_seed_takes_another_sample() -> None:
    rows = [
        _gold(f"{language.value} {n}", language, q, q < 2) for language in Language for n in range(30) for q in range(4)
    ]
    assert _sample(rows, 40, 1) == _sample(rows, 40, 1)
    assert _sample(rows, 40, 1) != _sample(rows, 40, 2)
