"""A taught model's answers: words pointed at, said by rule or in its own words, from either version of an article."""

from collections.abc import Sequence
from typing import Any

import pytest

from assistant.answering.answerability import UNCALIBRATED, Answerability
from assistant.answering.answering import AnsweringAssistant, Inquiry, final_answer
from assistant.answering.events import Answer, Retraction, TokenGenerated, WordsFound, with_change
from assistant.answering.manner import Pointing, is_sayable
from assistant.answering.prompts import Exchange
from assistant.answering.records import as_json
from assistant.answering.refusals import REFUSAL, UNSAID
from assistant.answering.windows import Cited
from assistant.library.article import parse_article
from assistant.library.library import Library
from assistant.library.retrieval import Query, Retriever
from assistant.model.protocol import Generation, Message
from assistant.settings import Part
from assistant.text.language import Language
from tests.fake_model import SURE, UNSURE, FakeModel, reading
from tests.texts import BILINGUAL, ENGLISH, JAPANESE

HOW_MUCH = "How much does a roll cost?"
REGATTA = "Rowers meet on the lake\n\nOn Sunday the Kenyan crew won by a length, before Lindqvist's boat."
HOW_MUCH_JA = "ロールの値段はいくらですか？"


class TaughtModel(FakeModel):
    """Points at words; would rather not, but for articles with a word of `answers_on`."""

    taught_by = "adapter"
    answers_on = ""

    def generate(self, messages: Sequence[Message], *arguments: Any, **options: Any) -> Generation:
        self.makes = SURE if self.answers_on in messages[1].content else UNSURE
        return super().generate(messages, *arguments, **options)


@pytest.fixture
def asked(library: Library, retriever: Retriever) -> Any:
    """What comes of a question on a text."""

    def asked(
        model: FakeModel,
        text: str,
        question: str,
        probe: Answerability = UNCALIBRATED,
        earlier: Exchange | None = None,
        **options: Any,
    ) -> Inquiry:
        found = Retriever(library.store, retriever.embedder)
        assistant = AnsweringAssistant(
            found, library.article, model, probe, window_tokens=700, answer_tokens=32, **options
        )
        return assistant.ask(question, [library.add(text)[0].id], earlier=earlier)

    return asked


def _answer(inquiry: Inquiry) -> Answer:
    return final_answer(inquiry)


@pytest.mark.parametrize(
    ("text", "question", "pieces", "answer", "words"),
    [
        (ENGLISH, HOW_MUCH, ("240", " yen"), "240 yen", "240 yen"),
        (JAPANESE, HOW_MUCH_JA, ("1個", "240円"), "1個240円です。", "1個240円"),
        (
            JAPANESE,
            "なぜ値上がりしましたか？",
            ("小麦粉が9.5%値上がりしたため",),
            "小麦粉が9.5%値上がりしたためです。",
            "小麦粉が9.5%値上がりしたため",
        ),
        (JAPANESE, "2号店はどこにできますか？", ("白浜港に2号店",), "白浜港に2号店です。", "白浜港に2号店"),
        (JAPANESE, "客は何時から並びますか？", ("朝6時半から並ぶ",), "朝6時半から並ぶ", "朝6時半から並ぶ"),
        (
            ENGLISH,
            "Did sales fall?",
            ("Sales rose 12%", " →", " No, they rose 12%."),
            "No, they rose 12%.",
            "Sales rose 12%",
        ),
        (ENGLISH, HOW_MUCH_JA, ("240 yen", " →", " 250円"), "240円です。", "240 yen"),
        (JAPANESE, "When did it sell so many?", ("火曜日", " →", " Friday"), "Tuesday", "火曜日"),
        (
            ENGLISH,
            "店は何をしていますか？",
            ("plans a second shop in the port", " →", " 2号店を計画しています"),
            "2号店を計画しています（plans a second shop in the port）",
            "plans a second shop in the port",
        ),
        (ENGLISH, "客は何をしますか？", ("queue", " →", " 列に並びます"), "列に並びます（queue）", "queue"),
        (JAPANESE, "Who opened the shop?", ("星野恵美", " →", " Emi Hoshino"), "Emi Hoshino (星野恵美)", "星野恵美"),
        (ENGLISH, "いつ売れましたか？", ("Tuesday", " →", " 火曜日です"), "火曜日です。", "Tuesday"),
        (ENGLISH, "何が値上がりしましたか？", ("flour", " →", " 小麦粉です"), "小麦粉（flour）です。", "flour"),
        (ENGLISH, "誰が並びますか？", ("Customers", " →", " 客です"), "客（Customers）です。", "Customers"),
        (
            ENGLISH,
            "誰が店を開きましたか？",
            ("Emi Hoshino", " →", " Emi Hoshinoです"),
            "Emi Hoshinoです。",
            "Emi Hoshino",
        ),
        (REGATTA, "どこの国が勝ちましたか？", ("Kenyan", " →", " ケニアです"), "ケニア（Kenyan）です。", "Kenyan"),
        (REGATTA, "誰の船に勝ちましたか？", ("Lindqvist's", " →", " リンドさんです"), "Lindqvistです。", "Lindqvist's"),
    ],
)
def test_words_are_the_answer_or_what_is_said_of_them(
    asked: Any, text: str, question: str, pieces: tuple[str, ...], answer: str, words: str
) -> None:
    given = _answer(asked(TaughtModel(*pieces), text, question))
    assert given.text == answer
    assert given.pointer
    assert given.pointer.text == words == text[given.pointer.start : given.pointer.end]
    (citation,) = given.citations
    assert words in citation.text


def test_what_is_said_takes_the_place_of_the_words_as_it_comes(asked: Any) -> None:
    pieces = ("Sales rose", " 12%", " →", " No, they rose", " 12%.")
    text, shown, found = "", [], []
    for event in asked(TaughtModel(*pieces), ENGLISH, "Did sales fall?"):
        if isinstance(event, TokenGenerated | Retraction):
            text = with_change(text, event)
            shown.append(text)
        elif isinstance(event, WordsFound):
            found.append(event.pointer.text)
    assert found == ["Sales rose", "Sales rose 12%"]
    assert shown[0] == "Sales rose"
    assert shown[-1] == "No, they rose 12%."


@pytest.mark.parametrize(
    ("text", "question", "said", "answer"),
    [
        (ENGLISH, "Did sales fall?", " No, they rose 12%.", "They rose 12%."),
        (ENGLISH, "売り上げは減りましたか？", "いいえ、12%増えました", "12%増えました"),
        (ENGLISH, "Did sales rise?", " Yes", "Sales rose 12%"),
        (ENGLISH, "Who lost?", " No one did.", "No one did."),
    ],
)
def test_yes_or_no_is_left_out_where_the_model_would_almost_say_the_other(
    asked: Any, text: str, question: str, said: str, answer: str
) -> None:
    model = TaughtModel("Sales rose 12%", " →", *said, lead=1.0)
    grown, shown = "", []
    for event in asked(model, text, question):
        if isinstance(event, TokenGenerated | Retraction):
            grown = with_change(grown, event)
            shown.append(grown)
    assert grown == answer
    assert not any(one.startswith(("Yes", "No,", "いいえ")) for one in shown)


def test_words_in_the_other_language_are_found_before_anything_is_said(asked: Any) -> None:
    events = list(asked(TaughtModel("17 people", " →", " 17"), ENGLISH, "何人が働いていますか？"))
    kinds = [type(event) for event in events if isinstance(event, WordsFound | TokenGenerated)]
    assert kinds[0] is WordsFound
    assert next(event.text for event in events if isinstance(event, TokenGenerated)).startswith("17人")


@pytest.mark.parametrize(
    ("question", "answer"), [("How much has it risen?", "More than 50%"), ("どれだけ上がりましたか？", "50%超です。")]
)
def test_a_bound_goes_with_the_figure_that_is_pointed_at(asked: Any, question: str, answer: str) -> None:
    text = "Over the past month the fare has risen by over 50%. The mill is closed."
    given = _answer(asked(TaughtModel("50%"), text, question))
    assert given.text == answer
    assert given.pointer
    assert given.pointer.text == "50%"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("The mill is 12 metres high, they say.", True),
        ("It is 12 metres high [1].", False),
        ("It is 12 metres high\nand closed.", False),
        ("Not stated.", False),
        ("It is 13 metres high.", False),
    ],
)
def test_what_may_be_said_is_said_character_by_character(answer: str, expected: bool) -> None:
    assert is_sayable("en", ["The mill is 12 metres high."], "How high is the mill?", answer) is expected


@pytest.mark.parametrize(
    ("language", "sentence", "right", "wrong"),
    [
        ("ja", "The market hall reopens in May.", "5月です。", "6月です。"),
        ("ja", "The vote was put off until mid-May.", "5月半ばです。", "6月半ばです。"),
        ("ja", "The stall sells 600 croissants a day.", "600個です。", "6000個です。"),
        ("ja", "The fleet has 9 destroyers.", "9隻です。", "19隻です。"),
        ("ja", "Cleaners get 17.50 pounds an hour.", "時給17.5ポンドです。", "日給17.5ポンドです。"),
        ("ja", "The plan costs 12 dollars a month.", "月額12ドルです。", "年額12ドルです。"),
        ("ja", "The pilot called at 14:52 local time.", "14時52分です。", "14時25分です。"),
        ("ja", "Fewer than 600 copies of the stamp exist.", "600枚未満です。", "600枚以上です。"),
        ("ja", "The pier holds up to 75 boats.", "最大75隻です。", "75隻以上です。"),
        ("ja", "At least 7 shops shut; the pier holds up to 75 boats.", "最大75隻です。", "75隻以上です。"),
        ("ja", "Groups must not exceed 30 people.", "最大30人です。", "30人以上です。"),
        ("ja", "From 1 April a ticket is 300 yen a month.", "4月1日に300円です。", "4月2日に300円です。"),
        ("ja", "Gravel is 300 yen a kilo.", "1キロあたり300円です。", "1年あたり300円です。"),
        ("en", "会談は大阪で開かれた。", "In Osaka.", "In Tokyo."),
        ("en", "山田さんが最初に話した。第3回大会だった。", "Yamada spoke first.", "Yamada was 4th."),
        ("en", "清掃員の時給は1200円だ。", "1,200 yen an hour", "1,200 yen a day"),
        ("en", "便は週3回運航する。", "Three times a week", "Three times a month"),
        ("en", "会談はワルシャワで開かれた。", "In Warsaw.", "In Berlin."),
        ("en", "政府は計画を発表した。", "The Japanese government.", "The Chinese government."),
        ("en", "岡本選手は2位に入った。", "Second.", "First."),
        ("en", "少なくとも46人が負傷した。", "At least 46 people", "Up to 46 people"),
        ("en", "第2次世界大戦の不発弾が見つかった。", "A bomb from World War II.", "A bomb from World War I."),
    ],
)
def test_what_the_sentence_says_may_be_said_across_and_its_like_not(
    language: str, sentence: str, right: str, wrong: str
) -> None:
    assert is_sayable(language, [sentence], "", right)
    assert not is_sayable(language, [sentence], "", wrong)


def test_a_saying_that_breaks_off_leaves_the_words(asked: Any) -> None:
    given = _answer(asked(TaughtModel("Sales rose 12%", " →", " No, they", ends=False), ENGLISH, "Did sales fall?"))
    assert (given.text, given.withheld) == ("Sales rose 12%", False)


def test_words_that_are_in_the_asker_s_language_stay(asked: Any) -> None:
    text = "港の店\n\n優勝したのはHarbour Rovers United Clubで、観客は少なかった。"
    given = _answer(asked(TaughtModel("Harbour Rovers United Club", " →", ends=False), text, "Who won the cup?"))
    assert (given.text, given.withheld) == ("Harbour Rovers United Club", False)


@pytest.mark.parametrize(
    ("text", "question", "words", "language"),
    [
        (JAPANESE, "Why did it cost more?", "小麦粉が9.5%値上がりしたため", Language.ENGLISH),
        (ENGLISH, "店は何をしていますか？", "plans a second shop in the port", Language.JAPANESE),
    ],
)
def test_words_of_the_other_language_of_which_nothing_can_be_said_are_quoted_and_no_answer(
    asked: Any, text: str, question: str, words: str, language: Language
) -> None:
    given = _answer(asked(TaughtModel(words, " →", ends=False), text, question))
    assert (given.text, given.withheld, given.refused) == (UNSAID[language], True, False)
    assert given.pointer
    assert given.pointer.text == words
    assert words in given.citations[0].text


def test_words_that_break_off_within_are_withheld(asked: Any) -> None:
    given = _answer(asked(TaughtModel("Sales ros", ends=False), ENGLISH, "Did sales fall?"))
    assert given.withheld
    assert given.pointer is None
    assert given.citations == ()


@pytest.mark.parametrize("text", [ENGLISH, "No full stop at its end: pier 9"])
def test_a_model_that_writes_nothing_is_withheld(asked: Any, text: str) -> None:
    given = _answer(asked(TaughtModel(ends=False), text, HOW_MUCH))
    assert (given.withheld, given.pointer, given.citations) == (True, None, ())


def test_words_that_stand_twice_are_cited_where_the_question_points(asked: Any) -> None:
    text = "The north pier is 12 metres wide.\n\nThe lighthouse on the rock is 12 metres high.\n\nIts keeper is Ada."
    given = _answer(asked(TaughtModel("12 metres"), text, "How high is the lighthouse?"))
    assert [citation.text for citation in given.citations] == ["The lighthouse on the rock is 12 metres high."]


def test_a_citation_has_the_number_of_its_sentence_in_any_window() -> None:
    article = parse_article(
        "The island is old.\n\nThe north pier is 12 metres wide.\n\nThe lighthouse on the rock is 12 metres high."
    )
    window = tuple(Cited(place, article, one) for place, one in enumerate(article.documents[0].sentences[1:], start=1))
    draft = Pointing().draft(Query("How high is the lighthouse?", Language.ENGLISH), window)
    assert [(one.number, one.text) for one in draft.citations("12 metres", "12 metres")] == [
        (3, "The lighthouse on the rock is 12 metres high.")
    ]


def test_an_article_that_comes_back_under_another_title_is_pointed_at_by_that() -> None:
    pointing = Pointing()
    for title in ("The old mill", "The new mill"):
        article = parse_article("It opens in May.", title)
        window = (Cited(1, article, article.documents[0].sentences[0]),)
        assert pointing.guard(Query("What opens?", Language.ENGLISH), window)(title, finished=True)


def test_the_other_version_is_asked_where_the_asker_s_does_not_answer(asked: Any) -> None:
    model = TaughtModel("木曜日", " →", " Friday")
    model.answers_on = "木曜日"
    text = f"{ENGLISH}\n\n{JAPANESE}\n\n定休日は木曜日である。\n"
    given = _answer(asked(model, text, "On which day is the shop closed?"))
    assert given.text == "Thursday"
    assert given.citations[0].language is Language.JAPANESE
    assert len(model.asked) == 2


def test_it_is_refused_where_neither_answers(asked: Any) -> None:
    model = TaughtModel("240 yen")
    model.answers_on = "nowhere"
    given = _answer(asked(model, BILINGUAL, "What does a cake cost?"))
    assert (given.text, given.refused, given.pointer) == (REFUSAL[Language.ENGLISH], True, None)
    assert given.right_of_100 is None


def test_a_model_that_may_refuse_says_so_itself(asked: Any) -> None:
    model = TaughtModel("Not stated.")
    model.answers_on = ""
    given = _answer(asked(model, ENGLISH, "What does a cake cost?", without=frozenset({Part.ANSWERABILITY})))
    assert given.refused


def test_both_askers_have_one_prompt_up_to_the_question(asked: Any) -> None:
    prompts = []
    for question in (HOW_MUCH, HOW_MUCH_JA):
        model = TaughtModel("240 yen")
        _answer(asked(model, ENGLISH, question))
        prompts.append(model.asked[0][1].content.removesuffix(question))
    assert prompts[0] == prompts[1]


def test_an_answer_says_how_often_such_answers_were_right(asked: Any) -> None:
    lines = dict.fromkeys(("en", "ja", "across"), (1.0, 0.0))
    probe = Answerability(UNCALIBRATED.thresholds, by_margin=lines, right_by_log_odds=lines)
    given = _answer(asked(TaughtModel("240 yen"), ENGLISH, HOW_MUCH, probe))
    assert given.log_odds == SURE.margin
    assert given.right_of_100 == 100
    assert as_json(given)["right_of_100"] == 100
    assert probe.right_of_100(0.0, Language.ENGLISH, Language.JAPANESE) == 50


def test_a_follow_up_comes_behind_the_question_before(asked: Any) -> None:
    model = TaughtModel("210 yen")
    _answer(asked(model, ENGLISH, "And last year?", earlier=Exchange(HOW_MUCH, "240 yen")))
    assert [message.role for message in model.asked[0]] == ["system", "user", "assistant", "user"]
    assert model.asked[0][-1].content == "And last year?"


def test_margins_are_judged_by_direction() -> None:
    lines = {"en": (2.0, 1.0), "ja": (1.0, 0.0), "across": (0.5, -1.0)}
    probe = Answerability(UNCALIBRATED.thresholds, by_margin=lines)
    en, ja = Language.ENGLISH, Language.JAPANESE
    assert [probe.log_odds(reading(4.0), *pair) for pair in ((en, en), (ja, ja), (en, ja), (ja, en))] == [9, 4, 1, 1]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("藤野泉 reopened it.", True),
        ("A warehouse (倉庫) by the sea.", True),
        ("The 倉庫 by the sea.", False),
        ("In a 倉庫.", False),
        ("A hall full of オーロラ photographs.", False),
        ('A hall called "オーロラ".', True),
    ],
)
def test_japanese_words_in_an_english_answer_are_names_or_quoted(answer: str, expected: bool) -> None:
    article = "藤野泉さんは海辺の倉庫を開き、オーロラの写真を飾った。"
    assert is_sayable("en", [article], "Who reopened what?", answer) is expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Tarnwick and Fellside met in March.", True),
        ("Tarnwick and Nordhafen met.", False),
        ("They met in France; a French firm paid 350 MWh.", True),
        ("They met in Germany.", False),
        ("No, Fellside did. Others paid.", True),
        ("Mr Brule paid, the BBC said.", True),
        ("Mr Barlow paid.", False),
    ],
)
def test_names_in_an_english_answer_are_of_the_article(answer: str, expected: bool) -> None:
    article = "Tarnwick met Fellside in France in March; Zoé Brûlé of Tarnwick paid 350 MWh."
    assert is_sayable("en", [article], "Who met whom?", answer) is expected
