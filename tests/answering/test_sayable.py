"""The figures of an article may be said in any spelling of their value, in either language, and no others."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.answering.sayable import SayableFigures
from assistant.text.values import english_numbers, japanese_numbers

MAY_BE_SAID = [
    ("The bridge cost 230 million yen.", "橋の費用は2億3000万円でした。"),
    ("The bridge cost 230 million yen.", "橋の費用は2.3億円でした。"),
    ("The bridge cost 230 million yen.", "橋の費用は２億３０００万円でした。"),
    ("橋の費用は2億3000万円だった。", "The bridge cost 230 million yen, they say."),
    ("橋の費用は2億3000万円だった。", "The bridge cost ¥230,000,000."),
    ("Ferries carried 52,000 people.", "フェリーは5万2000人を運びました。"),
    ("Ferries carried 52,000 people.", "フェリーは5.2万人を運びました。"),
    ("The mill was sold for $1.5 trillion.", "製粉所は1兆5000億ドルで売れました。"),
    ("The mill was sold for $1.5 trillion.", "It went for 1,500 billion dollars."),
    ("Flour is 9.5% dearer.", "小麦粉は9.5パーセント値上がりしました。"),
    ("It rose 5 points.", "It rose by 5 percentage points."),
    ("It rose 5 points.", "5%ポイント上がりました。"),
    ("A ticket is $3.4.", "A ticket is $3.40."),
    ("A $40 ticket.", "チケットは40米ドルです。"),
    ("Seventeen people row.", "17人が漕ぎます。"),
    ("選手12人とコーチ3人が参加した。", "12 athletes took part."),
    ("死者は3人、負傷者は12人に上った。", "12 people were injured and 3 died."),
    ("The fire killed 3 people and injured 12.", "死者は3人で、12人がけがをしました。"),
    ("Twelve workers were hurt in the fire; 3 workers died.", "従業員3人が死亡しました。"),
    ("大会には26か国から312人の選手が出た。", "312 athletes came from 26 countries."),
    ("Judge Ada Lind, 58, jailed him.", "58歳です。"),
    ("マイナス31.2度まで冷えた。", "It was 31.2 degrees below zero."),
    ("マイナス31.2度まで冷えた。", "It was -31.2°C."),
    ("It was 4 degrees in the harbour.", "4度です。"),
    ("174円60銭に下がった。", "174.6円です。"),
    ("Use 500 grams of flour.", "Half a kilogram of flour."),
    ("特急は朝7時と夕方6時15分に出る。", "At 7:00 and 18:15."),
    ("The vault scored 14.733 points.", "14・733点です。"),
    ("Tarn beat Fell 4-2 on Sunday.", "Fell lost 2-4."),
    ("Tarn beat Fell 4-2 on Sunday.", "4対2です。"),
    ("The blast injured 19 and left three missing; seven miners died.", "19人がけがをし、3人が行方不明です。"),
    ("純利益は1850億円だった。", "185bn yen."),
    ("The star is 13.4 billion light-years away.", "134億光年です。"),
    ("About 45,000 runners came.", "約4万5千人です。"),
    ("約3万7000戸が停電した。", "About 37,000 households."),
    ("Tokyo had 12 medals and Osaka 8.", "東京が12個、大阪が8個です。"),
    ("The swim took 1:52:09.", "1 hour, 52 minutes and 9 seconds."),
    ("The dose is 40 micrograms.", "40マイクログラムです。"),
    ("The archive holds 3 petabytes.", "3ペタバイトです。"),
    ("Ring the mill on 0555-20-118.", "0555-20-118です。"),
    ("Ada Lind, 58, came ninth of 31.", "9位です。"),
    ("Ada Lind, 58, came ninth of 31.", "She was 9th among 31 rowers."),
    ("第3回大会は5月14日に開かれた。", "The 3rd was held on the 14th."),
    ("Three vans and 9 cameras were sold; 20 people and 4 tourists came.", "9 cameras and 4 people."),
    ("The library lends 800 e-books in 12 branches.", "It has 800 e-books."),
    ("二十三人が漕ぐ。", "23 people row."),
    ("It is their third boat.", "3隻目の船です。"),
    ("図書室はCD700枚と本5万冊を貸す。", "CDは700枚です。"),
    ("走者は2時間4分9秒で走り切った。", "She ran it in 2:04:09."),
    ("A cup costs €4.20.", "4ユーロ20セントです。"),
    ("The link carries 40 gigabits per second.", "毎秒40ギガビットです。"),
    ("The link carries 40 gigabits per second.", "40Gbpsです。"),
    ("A guide earns $31 an hour.", "31 dollars per hour."),
    ("第1ホールは客席80、第2ホールは客席55だ。", "The second has 55 seats."),
    ("駅から徒歩1分のところにある。", "1分です。"),
    ("It was built in the mid-18th century.", "In the 18th century."),
    ("両方の店が閉まった。", "The 2 shops closed."),
    ("It rained.", "No figure here."),
    ("市は10月に始まる。", "The fair opens in October."),
    ("The fair opens on February 9.", "市は2月9日に始まります。"),
    ("The fair opens in Oct. and closes in December.", "市は10月から12月までです。"),
    ("令和9年に開く。", "It opens in 2027."),
    ("令和元年に開いた。", "It opened in 2019."),
    ("昭和39年に開いた。", "It opened in 1964."),
    ("客の3割が学生だ。", "30% of the guests are students."),
    ("客の3割5分が学生だ。", "35% of the guests are students."),
    ("The parade starts at 3 p.m.", "パレードは15時に始まります。"),
    ("The parade starts at 3:30 p.m.", "パレードは午後3時30分（15:30）に始まります。"),
    ("行列は午後7時に始まる。", "The parade starts at 7 p.m., or at 19 hours."),
    ("行列は15:20に始まる。", "The parade starts at 3:20 p.m."),
    ("Three quarters of the boats were saved.", "船の4分の3です。"),
    ("Three quarters of the boats were saved.", "75%です。"),
    ("船の4分の1が失われた。", "A quarter of the boats, or 25%."),
    ("Half of the boats were saved.", "5割です。"),
    ("One in five sailors came.", "20%です。"),
    ("三割が反対した。", "30% were against it."),
    ("打率は2割5分3厘だった。", "He hit .253."),
    ("It took two and a half hours.", "2時間30分かかりました。"),
    ("会は2時間半続いた。", "It took two and a half hours."),
    ("A year and a half later it sank.", "1年半後です。"),
    ("Half a million people came.", "50万人が来ました。"),
    ("A dozen boats were lost.", "12隻です。"),
    ("Sales tripled.", "売り上げは3倍になりました。"),
    ("売り上げは3倍になった。", "Sales tripled."),
    ("It ran for two decades.", "20年間です。"),
    ("The rate rose by a quarter point.", "0.25ポイントです。"),
    ("The rate rose by 25 basis points.", "By a quarter of a percentage point."),
    ("The mill makes 900 megawatts.", "90万キロワットです。"),
    ("雪は120センチ積もった。", "The snow was 1.2 metres deep."),
    ("Between 3 and 5 million people came.", "300万人から500万人です。"),
    ("It costs $3-5 billion.", "30億ドルから50億ドルです。"),
    ("Oil is $82.40 a barrel.", "1バレル82.4ドルです。"),
    ("It cost 48 million pounds.", "4,800万ポンドです。"),
    ("It closed in 1997.", "平成9年です。"),
    ("Winds reached 130 kilometres an hour.", "時速130キロです。"),
    ("The hall is 2,300 square metres.", "The hall is 2,300 m²."),
    ("40 passengers came; 12 people stayed.", "40 people came."),
    ("The barn holds 14 penguins and 3 lions.", "14羽です。"),
    ("Ada scored 14 points on Sunday and 9 on Monday.", "9 points."),
    ("展示は絵23点、写真40点だ。", "23 pictures and 40 photographs."),
    ("Of 1,700 people 17 came by bus, 5 on foot.", "17, 5, and all of the 1700, 1,700: that is all."),
]
MAY_NOT_BE_SAID = [
    ("The link carries 40 gigabits per second.", "毎秒40メガビットです。"),
    ("A guide earns $31 an hour.", "She earns $31 a day."),
    ("入場者は先週4割増えた。", "4倍です。"),
    ("Sales rose 2.6% in June.", "2.6倍です。"),
    ("Tarn beat Fell 4-2 on Sunday.", "They drew 4-4."),
    ("Tarn beat Fell 4-2; Rigg beat Moss 3-0.", "Rigg beat Moss 3-2."),
    ("Ada ran 2:31:07; Ida ran 2:33:50.", "Ada ran 2:31:50."),
    ("The dose is 40 micrograms.", "40 milligrams."),
    ("The archive holds 3 petabytes.", "3テラバイトです。"),
    ("Ring the mill on 0555-20-118, from 9.", "118分です。"),
    ("Version 4.1 mends 12 faults.", "4.1個です。"),
    ("Ada Lind, 58, came ninth of 31.", "31位です。"),
    ("Ada Lind, 58, came ninth of 31.", "She was 58th."),
    ("Three vans and 9 cameras were sold.", "9 vans."),
    ("The choir has 8 singers and 3 drummers.", "8 drummers."),
    ("The library lends 800 e-books in 12 branches.", "It has 800 branches."),
    ("36 jets will fly five routes.", "36路線です。"),
    ("大会には26か国から312人の選手が出た。", "26 athletes took part."),
    ("工場は1日に自転車820台を組み立てる。", "It takes 820 hours."),
    ("Judge Ada Lind, 58, jailed him.", "She is 58 months old."),
    ("気圧は945ヘクトパスカルだった。", "945パスカルです。"),
    ("気温は38.1度だった。", "It was 38.1°F."),
    ("マイナス31.2度まで冷えた。", "It was 31.2 degrees above zero."),
    ("It was 4 degrees in the harbour.", "マイナス4度です。"),
    ("選手12人とコーチ3人が参加した。", "3 athletes took part."),
    ("選手12人とコーチ3人が参加した。", "There were 12 coaches."),
    ("死者は3人、負傷者は12人に上った。", "12 people died."),
    ("The fire killed 3 people and injured 12.", "死者は12人です。"),
    ("The boat had 148 passengers and five crew.", "乗客は5人です。"),
    ("橋の費用は2億3000万円だった。", "The bridge cost 240 million yen."),
    ("橋の費用は2億3000万円だった。", "The bridge cost 230 billion yen."),
    ("橋の費用は2億3000万円だった。", "The bridge cost 230 yen."),
    ("橋の費用は2億3000万円だった。", "The bridge cost 23 million yen."),
    ("橋の費用は2億3000万円だった。", "The bridge cost 230 million dollars."),
    ("Ferries carried 52,000 people.", "フェリーは5万3000人を運びました。"),
    ("Ferries carried 52,000 people.", "フェリーは5200人を運びました。"),
    ("Ferries carried 52,000 people.", "フェリーは52万人を運びました。"),
    ("Ferries carried 52,000 people.", "フェリーは5万2000円です。"),
    ("Flour is 9.5% dearer.", "Flour is 95% dearer."),
    ("Flour is 9.5% dearer.", "Flour is 9% dearer."),
    ("Flour is 9.5% dearer.", "Flour is 9.55% dearer."),
    ("It rose 5 points.", "It rose 5%."),
    ("It lasted 3 hours.", "It lasted 3 minutes."),
    ("The HK$40 ticket.", "チケットは40米ドルです。"),
    ("Seventeen people row.", "18人が漕ぎます。"),
    ("The fair opens in October.", "市は11月に始まります。"),
    ("令和9年に開く。", "It opens in 2028."),
    ("客の3割が学生だ。", "40% of the guests are students."),
    ("Fares rose from 210 yen to 240 yen.", "Fares rose by 40 yen."),
    ("It takes 210 people at 240 yen.", "That is 30 yen, or 30 people."),
    ("行列は15時に始まる。", "The parade starts at 5 p.m."),
    ("It rained.", "It rained for 3 days."),
    ("The first estimate was 25 million.", "The first estimate was $25 million."),
    ("当初の見積もりは2500万だった。", "当初の見積もりは2500万円です。"),
    ("Three quarters of the boats were saved.", "A third of the boats."),
    ("Two thirds of the boats were saved.", "3分の1です。"),
    ("The rate rose by a quarter point.", "By half a point."),
    ("売り上げは4倍になった。", "Sales doubled."),
    ("It closed in 1997.", "平成10年です。"),
    ("Twelve boats and 40 cows were lost.", "40隻です。"),
    ("The Boeing 737 landed with 162 people.", "737人です。"),
    ("COVID-19 hit 80 sailors.", "19 sailors."),
    ("Room 418 has 12 beds.", "It has 418 beds."),
    ("Hall 6 seats 720 people.", "6人です。"),
    ("俳句は890首だった。", "890人です。"),
    ("椅子150脚を三つの校舎に置いた。", "150 schools."),
    ("牛37頭と鶏2600羽が逃げた。", "2,600 cows escaped."),
    ("Nine dogs and 14 cats were rescued.", "14人です。"),
    ("売り上げは1.5倍になった。", "1.5%です。"),
    ("At 34 knots the ferry turned.", "34 km/h."),
    ("利用者は5人だった。", "It sold for $5."),
    ("The semiconductor maker grows. 半導体の会社。", "2社です。"),
    ("4月に始まる。", "1月です。"),
]


def _assert_may_grow(texts: list[str], said: str) -> None:
    sayable = SayableFigures(texts)
    assert sayable.allows(said, finished=True)
    for length in range(len(said) + 1):
        assert sayable.allows(said[:length], finished=False), said[:length]


@pytest.mark.parametrize(("article", "said"), MAY_BE_SAID)
def test_a_figure_may_be_said_in_any_spelling_from_its_beginning_on(article: str, said: str) -> None:
    _assert_may_grow([article], said)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("運賃はどれだけ上がりましたか？", "30円上がって240円です。"),
        ("What do they cost together?", "Both are 450 yen."),
        ("How much dearer are they?", "They cost 30 yen more."),
    ],
)
def test_a_sum_or_a_difference_may_be_said_where_it_is_asked_for(question: str, said: str) -> None:
    fares = ["Fares rose from 210 yen to 240 yen."]
    assert SayableFigures(fares, question).allows(said, finished=True)
    assert not SayableFigures(fares, "What does the bus cost?").allows(said, finished=True)


@pytest.mark.parametrize(
    ("article", "said"),
    [
        ("The mill has 42 workers in 3 sheds.", "It has 3 workers."),
        ("The mill has 42 workers in 3 sheds.", "It has 42 sheds."),
        ("工場は3棟、42人が働く。", "42棟です。"),
        ("工場は3棟、42人が働く。", "3人です。"),
        ("Twelve boats and 40 rafts were lost.", "40 boats were lost."),
    ],
)
def test_what_one_figure_counts_may_not_be_said_of_another(article: str, said: str) -> None:
    assert not SayableFigures([article]).allows(said, finished=True)


@pytest.mark.parametrize(("article", "said"), MAY_NOT_BE_SAID)
def test_another_figure_may_not_be_said_nor_gone_on_from(article: str, said: str) -> None:
    sayable = SayableFigures([article])
    assert not sayable.allows(said, finished=True)
    assert not sayable.allows(f"{said} And that is that, they say.", finished=False)


@pytest.mark.parametrize("figure", ["1" * 60, "一" * 60, "1" * 60 + ".5 hours"])
def test_a_figure_of_very_many_digits_may_be_said(figure: str) -> None:
    assert SayableFigures([f"It has {figure} in it."]).allows(f"It has {figure} in it.", finished=True)


def test_the_figures_of_all_texts_may_be_said() -> None:
    texts = ["The ferry takes 85 people.", "フェリーは月曜日に40便ある。", "Does it take 90?"]
    _assert_may_grow(texts, "It takes 85, not 90, and sails 40 times.")
    assert not SayableFigures(texts[:1]).allows("40 times", finished=True)


@pytest.mark.parametrize("begun", ["5", "52,", "52,00", "5200", "5万", "5万2", "5.", "5.2"])
def test_the_beginning_of_a_figure_may_be_gone_on_from_but_not_ended_with(begun: str) -> None:
    sayable = SayableFigures(["Ferries carried 52,000 people."])
    assert sayable.allows(f"They carried {begun}", finished=False)
    assert not sayable.allows(f"They carried {begun}", finished=True)
    assert not sayable.allows(f"They carried {begun}人", finished=False)


@given(st.integers(0, 10**13 - 1), st.integers(0, 10**13 - 1))
@example(52_000, 5)
@example(1_500_000, 1)
def test_every_beginning_of_every_spelling_of_figures_is_allowed(one: int, other: int) -> None:
    texts = [f"It cost {one:,} yen.", f"{other}円だった。"]
    in_english, in_japanese = (
        [spellings(Decimal(value)) for value in (one, other)] for spellings in (english_numbers, japanese_numbers)
    )
    for first in in_english[0]:
        _assert_may_grow(texts, f"From {first} yen to {in_english[1][0]} yen.")
    for first in in_japanese[0]:
        _assert_may_grow(texts, f"{first}円から{in_japanese[1][0]}円になりました。")


@given(st.integers(3, 10**9), st.integers(3, 10**9))
def test_only_the_same_number_may_be_said(known: int, said: int) -> None:
    sayable = SayableFigures([f"It has {known} stones."])
    for spelling in (*english_numbers(Decimal(said)), *japanese_numbers(Decimal(said))):
        assert sayable.allows(spelling, finished=True) is (known == said), spelling


@given(
    st.text("0123459,.% 万億円人millionyenp時分年", max_size=12), st.text("0123459,.% 万億円人million時", max_size=12)
)
def test_what_may_be_finished_may_be_said(article: str, said: str) -> None:
    sayable = SayableFigures([article])
    assert not sayable.allows(said, finished=True) or sayable.allows(said, finished=False)


@pytest.mark.parametrize(
    ("article", "said", "expected"),
    [
        ("It opened 6 museums and closed 3 cinemas.", "6 museums", True),
        ("It opened 6 museums and closed 3 cinemas.", "6 places", True),
        ("It opened 6 museums and closed 3 cinemas.", "6 hospitals", False),
        ("At least 80 goats were sold.", "80 animals", True),
        ("At least 80 goats were sold.", "80 horses", False),
        ("It hired 9 miners.", "9 people", True),
        ("年に300トンを出荷する。", "300トン", True),
        ("年に300トンを出荷する。", "300匹", False),
        ("It ships 300 tonnes a year.", "300台", False),
    ],
)
def test_a_figure_is_said_of_no_thing_that_nobody_counts(article: str, said: str, expected: bool) -> None:
    assert SayableFigures([article]).allows(said, finished=True) is expected
