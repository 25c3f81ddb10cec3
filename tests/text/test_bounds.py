"""Figures of an answer have the bounds that the article gives them."""

import itertools
from collections.abc import Sequence

import pytest

from assistant.text.bounds import Bounds
from assistant.text.language import Language

EN, JA = Language.ENGLISH, Language.JAPANESE


def _whole(sentences: Sequence[str], answer: str, language: Language) -> str:
    return Bounds(sentences).complete(answer, language, finished=True)


@pytest.mark.parametrize(
    ("sentence", "answer", "whole"),
    [
        ("Sales gained over 50% in a month.", "50%", "More than 50%"),
        ("Sales gained over 50% in a month.", "They gained 50%.", "They gained more than 50%."),
        ("Sales gained over 50% in a month.", "They gained over 50%.", "They gained over 50%."),
        ("Visitors exceeded 9,000.", "9,000", "More than 9,000"),
        ("It cost about $3.5 million.", "It cost $3.5 million.", "It cost about $3.5 million."),
        ("Some 300 passengers were held.", "300 passengers", "About 300 passengers"),
        ("Up to 40 people can ride.", "40 people", "Up to 40 people"),
        ("At least 12 people died.", "12 people died.", "At least 12 people died."),
        ("At least three people fell ill.", "Three people fell ill.", "At least three people fell ill."),
        ("About US$40 is paid.", "US$40", "About US$40"),
        ("Nearly 1,200 homes lost power.", "1,200 homes", "Nearly 1,200 homes"),
        ("Fewer than 20 remain.", "20 remain.", "Less than 20 remain."),
        ("20 or more are needed.", "20", "At least 20"),
        ("約3万人が集まった。", "30,000 people", "About 30,000 people"),
        ("震度6以上だった。", "An intensity of 6.", "An intensity of at least 6."),
        ("50人強が乗っていた。", "50 people", "More than 50 people"),
        ("3万弱の店がある。", "30,000 shops", "Nearly 30,000 shops"),
        ("Over 12 rivers flooded.", "12 rivers", "More than 12 rivers"),
        ("Over 9% was lost.", "9%", "More than 9%"),
        ("More than 5 shops opened.", "Over 5 shops opened.", "Over 5 shops opened."),
        ("It took more than two years.", "It took over two years.", "It took over two years."),
        ("50%を超える上昇となった。", "It rose 50%.", "It rose more than 50%."),
        ("It paid 60 million yen, less than the 100 million yen demanded.", "100 million yen", "100 million yen"),
        ("It weighs more than a ton, more than 1,000 kilograms.", "1,000 kilograms", "More than 1,000 kilograms"),
    ],
)
def test_in_english(sentence: str, answer: str, whole: str) -> None:
    assert _whole([sentence], answer, EN) == whole


@pytest.mark.parametrize(
    ("sentence", "answer", "whole"),
    [
        ("50%を超える上昇となった。", "50%上昇しました", "50%超上昇しました"),
        ("50%を超える上昇となった。", "50%を超えて上昇しました", "50%を超えて上昇しました"),
        ("50%を超える上昇となった。", "50%以上です", "50%以上です"),
        ("Sales gained over 50%.", "50%です。", "50%超です。"),
        ("約3万人が集まった。", "3万人です。", "約3万人です。"),
        ("100枚以上が売れた。", "100枚です。", "100枚以上です。"),
        ("少なくとも12人が死亡した。", "12人が死亡しました。", "12人以上が死亡しました。"),
        ("最大40人が乗れる。", "40人です。", "最大40人です。"),
        ("1200円近くする。", "1200円です。", "1200円近くです。"),
        ("20人未満だった。", "20人です。", "20人未満です。"),
        ("More than 40 shops opened.", "40店です。", "40店超です。"),
        ("At least 40 shops opened.", "40店以上です。", "40店以上です。"),
        ("More than 1,000 came.", "1000強です。", "1000強です。"),
        ("At least 20 countries joined.", "20か国です。", "20か国以上です。"),
        ("At least 20 countries joined.", "20ヵ国です。", "20ヵ国以上です。"),
        ("At least 20 countries joined.", "20か国以上です。", "20か国以上です。"),
        ("20か国以上が参加した。", "20か国です。", "20か国以上です。"),
        ("It has at least 3 exits.", "3か所です。", "3か所以上です。"),
        ("It has at least 3 exits.", "3箇所", "3箇所以上"),
        ("More than 3 faults were found.", "3つの欠陥です。", "3つ超の欠陥です。"),
        ("At least 3 faults were found.", "3つ以上の欠陥です。", "3つ以上の欠陥です。"),
        ("At least 3 faults were found.", "3から5です。", "3以上から5です。"),
    ],
)
def test_in_japanese(sentence: str, answer: str, whole: str) -> None:
    assert _whole([sentence], answer, JA) == whole


@pytest.mark.parametrize(
    ("sentences", "answer"),
    [
        (["It rose over 50%.", "The 50% rise was a surprise."], "50%"),
        (["It rose over 50%.", "It fell by nearly 50%."], "50%"),
        (["It took over two years."], "two years"),
        (["It rose 50%."], "50%"),
        (["Over the past month it rose 50%."], "50%"),
        (["It rose over 50%."], "It rose 6.3%."),
        (["It rose over 50%."], "No figure here."),
        (["The 12 shops topped the list."], "12 shops"),
        (["About the town: 12 shops."], "12 shops"),
        (["The bridge over 2 rivers is shut."], "2 rivers"),
        (["They held talks over three islands."], "three islands"),
        (["震度6強の地震があった。"], "An intensity of 6."),
        (["震度６弱を観測した。"], "An intensity of 6."),
        (["日本は8強に進んだ。"], "The last 8."),
        (["Talks over 2026 wages began."], "2026 wages"),
        (["At least three shops will shut in March."], "March 3"),
        (["More than a third of them came."], "a third"),
    ],
)
def test_what_the_article_says_without_a_bound_gets_none(sentences: Sequence[str], answer: str) -> None:
    assert _whole(sentences, answer, EN) == answer


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [
        ("2020年8月の1061万キロワットを上回って1102万キロワットとなった。", "1061万キロワットです。"),
        ("予想の1200人を下回る900人だった。", "1200人です。"),
        ("第5局の26万人を上回り、30万人が見た。", "26万人です。"),
        ("昨年の120万人を超えた。", "120万人です。"),
        ("At least three shops will shut in March.", "3月です。"),
        ("About 12 stores close on 25 December.", "12月25日です。"),
        ("More than 10 shops will open in October 2027.", "2027年10月です。"),
        ("More than a third of voters came.", "3分の1です。"),
        ("最多の300人が来た。", "300人です。"),
        ("最高38℃の暑さだった。", "38℃です。"),
    ],
)
def test_what_another_figure_surpasses_dates_and_parts_of_shares_get_none(sentence: str, answer: str) -> None:
    assert _whole([sentence], answer, JA) == answer


@pytest.mark.parametrize(
    ("sentence", "answer", "whole"),
    [
        ("売上高は50億円を超え、利益は3億円だった。", "50億円です。", "50億円超です。"),
        ("全体の5割を超えた。", "5割です。", "5割超です。"),
        ("It lasted at least three days.", "3日間です。", "3日間以上です。"),
        ("It took more than 10 seconds.", "10秒です。", "10秒超です。"),
        ("Speeds must not exceed 30 km/h.", "時速30キロです。", "最大時速30キロです。"),
        ("Over 2000 people came.", "2000人です。", "2000人超です。"),
    ],
)
def test_what_surpasses_no_other_figure_keeps_its_bound(sentence: str, answer: str, whole: str) -> None:
    assert _whole([sentence], answer, JA) == whole


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [
        ("There was anger over 50% tariffs.", "50%"),
        ("A dispute over $3 million delayed it.", "$3 million"),
        ("The dispute is over 50% tariffs.", "50% tariffs"),
        ("The row, over $3 million in fees, goes on.", "$3 million"),
        ("A protest mainly about 20 jobs was held.", "20 jobs"),
        ("Talks last year about 20 hostages failed.", "20 hostages"),
        ("They live above 40 shops.", "40 shops"),
        ("People around 20 lakes were warned.", "20 lakes"),
        ("He was arrested over 13 murders.", "13 murders"),
        ("They argued over $3 million.", "$3 million"),
        ("He told us about 20 villages.", "20 villages"),
        ("It handed over 20 hostages.", "20 hostages"),
        ("It brought about 20 changes.", "20 changes"),
        ("The miners were buried under 30 metres of rock.", "30 metres"),
        ("What he said about 20% tariffs was wrong.", "20% tariffs"),
    ],
)
def test_a_preposition_before_a_figure_is_no_bound(sentence: str, answer: str) -> None:
    assert _whole([sentence], answer, EN) == answer


@pytest.mark.parametrize(
    ("sentence", "figure"),
    [
        ("The plant employs over 300 people.", "300 people"),
        ("Police killed about 20 rebels.", "20 rebels"),
        ("The share is over 50%.", "50%"),
        ("In about 20 countries it is sold.", "20 countries"),
        ("Police said about 300 people took part.", "300 people"),
        ("Last year about 300 people died.", "300 people"),
        ("Only about 20 people came.", "20 people"),
        ("It is currently about 20%.", "20%"),
        ("Winds above 100 km/h are expected.", "100 km/h"),
        ("Turnout fell below 40%.", "40%"),
        ("Well over 100 shops shut.", "100 shops"),
        ("The index is up about 5%.", "5%"),
        ("The island lies about 30 km from the coast.", "30 km"),
        ("The plan would cost about $50 million.", "$50 million"),
        ("Shops use about 300 boxes a day.", "300 boxes"),
    ],
)
def test_a_bound_behind_a_verb_or_a_measure_is_one(sentence: str, figure: str) -> None:
    assert _whole([sentence], figure, EN).lower() != figure.lower()


@pytest.mark.parametrize(
    ("answer", "language"),
    [("The shares rose 50% in one month, to 90 yen.", EN), ("株価は1か月で50%上昇し、90円になりました。", JA)],
)
def test_while_an_answer_grows_nothing_that_is_given_is_taken_back(answer: str, language: Language) -> None:
    bounds = Bounds(["It rose over 50% to about 90 yen."])
    given = [bounds.complete(answer[:length], language, finished=False) for length in range(len(answer) + 1)]
    given.append(bounds.complete(answer, language, finished=True))
    assert all(after.startswith(before) for before, after in itertools.pairwise(given))
    assert given[-1] != answer


@pytest.mark.parametrize(
    ("sentence", "answer", "language", "whole"),
    [
        ("It began at about 7 p.m. on Monday.", "午後7時です。", JA, "午後7時ごろです。"),
        ("It began around 7:30 p.m.", "午後7時30分に始まりました。", JA, "午後7時30分ごろに始まりました。"),
        ("午後7時半ごろ始まった。", "7:30 p.m.", EN, "About 7:30 p.m."),
        ("It began at about 7 p.m.", "It began at 7 p.m.", EN, "It began at about 7 p.m."),
        ("It began at about 7 p.m.", "午後7時ごろです。", JA, "午後7時ごろです。"),
        ("About 7 p.m. and again at 7 p.m.", "午後7時です。", JA, "午後7時です。"),
        ("It began at about 7 p.m. with 7 guests.", "7人です。", JA, "7人です。"),
    ],
)
def test_a_time_of_the_day_is_about_that(sentence: str, answer: str, language: Language, whole: str) -> None:
    bounds = Bounds([sentence])
    given = [bounds.complete(answer[:length], language, finished=False) for length in range(len(answer) + 1)]
    given.append(bounds.complete(answer, language, finished=True))
    assert all(after.startswith(before) for before, after in itertools.pairwise(given))
    assert given[-1] == whole
