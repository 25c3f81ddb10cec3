"""What a question can be made up from: dates, figures and names of sentences, and how a Japanese one begins."""

import pytest

from assistant.answering.seeds import LEAD, Seed, seeds
from assistant.answering.windows import windows_of
from assistant.library.article import parse_article
from assistant.text.language import Language
from tests.texts import BILINGUAL

EN, JA = Language


def _seeds(text: str, language: Language, budget: int = 700) -> list[Seed]:
    return list(seeds(windows_of(parse_article(text), language, budget)))


def _answers(sentence: str) -> list[str]:
    return [seed.answer for seed in _seeds(f"News of the day\n\n{sentence}", EN)]


def _starts(sentence: str) -> list[tuple[str, str]]:
    return [(seed.answer, seed.start) for seed in _seeds(f"今日の知らせ\n\n{sentence}", JA)]


@pytest.mark.parametrize(
    ("sentence", "answers"),
    [
        ("The bridge opens on 3 May 2031 for walkers.", ["3 May 2031"]),
        ("The bridge opens on March 3, 2031 and costs 40 million dollars.", ["March 3, 2031", "40 million dollars"]),
        ("It was praised by Mara Lindqvist of the Bank of Brenholm.", ["Mara Lindqvist", "Bank of Brenholm"]),
        ("It may rain in Oslo's old town.", ["Oslo"]),
        ("Nobody knows.", []),
    ],
)
def test_english_dates_figures_and_names_are_answers(sentence: str, answers: list[str]) -> None:
    assert _answers(sentence) == answers


@pytest.mark.parametrize(
    ("sentence", "starts"),
    [
        ("運賃は2018年より12%高い。", [("12%", "運賃は2018年より何%"), ("2018年", "運賃はいつ")]),
        ("橋は2031年5月3日に開通する。", [("2031年5月3日", "橋はいつ")]),
        ("橋は2031年半ばまでに開通する。", [("2031年半ば", "橋はいつまでに")]),
        ("費用は4500万円になる。", [("4500万円", "費用はいくら")]),
        ("市は港長に加藤恵美さんを選んだ。", [("加藤恵美さん", "市は港長に誰")]),
        ("また、運賃は12%下がった。", [("12%", "運賃は何%")]),
        ("船は午前9時41分に出た。", []),
        ("橋は嘉永6年5月3日（1853年6月9日）に落ちた。", []),
        ("第3回の会議が開かれた。", []),
        ("港で2万4千件の被害が出た。", []),
        ("1ドル=140円で取引された。", []),
        ("4人目の子が船に乗った。", []),
        ("1人当たりの負担は増えた。", []),
        ("2人乗りの船が出た。", []),
        ("1200年以上続く祭りだ。", []),
        ("1600年前に作られた橋だ。", []),
        ("死者は3人、負傷者は12人だった。", [("3人", "死者は何人")]),
        ("株価は4%高で終わった。", []),
    ],
)
def test_a_japanese_question_has_its_interrogative_where_the_answer_stands(
    sentence: str, starts: list[tuple[str, str]]
) -> None:
    assert _starts(sentence) == starts


def test_clauses_between_the_topic_and_the_answer_are_left_out() -> None:
    assert ("50%", "港の株は、過去1か月では何%") in _starts("港の株は金曜日に6.3%上昇し、過去1か月では50%上昇した。")


def test_what_begins_too_long_a_question_is_left_out() -> None:
    assert _starts(f"{'とても' * LEAD}長い橋は40億円だった。") == []


def test_every_sentence_comes_before_any_comes_again_and_the_windows_in_turn() -> None:
    numbers = [seed.source.number for seed in _seeds(BILINGUAL, EN)]
    first = numbers[: len(set(numbers))]
    assert first == sorted(set(numbers))
    assert len(numbers) > len(first)
    several = _seeds(BILINGUAL, EN, budget=100)
    windows = [seed.window[0].sentence.number for seed in several]
    assert len(set(windows)) > 1
    assert windows[: len(set(windows))] == sorted(set(windows))


def test_the_title_is_no_source() -> None:
    assert all(seed.source.sentence.number > 1 for seed in _seeds(BILINGUAL, EN))


def test_a_seed_s_answer_stands_in_its_sentence() -> None:
    for language in Language:
        assert all(seed.answer in " ".join(seed.source.sentence.text.split()) for seed in _seeds(BILINGUAL, language))
