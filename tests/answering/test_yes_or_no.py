"""What the default model says to questions that want a yes or no: a wrong one is never said.

Of what it is unsure of it says what the article has, without either. All 96 that may be asked here, also across the
languages, are what `LEAD` in `answering.py` rests on. Half of them are asked, each in both languages; all of them with
`ASSISTANT_TESTS_WHOLE` in the environment, as is due before `LEAD` is changed.
"""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import pytest

from assistant.answering.affirmations import affirms
from assistant.answering.answering import final_answer
from assistant.application import Application
from assistant.text.language import Language

EN, JA = Language.ENGLISH, Language.JAPANESE
STORKS_EN = (
    "Storks lose ground in Lappfjord\n\n"
    "The number of storks nesting in Lappfjord fell to 212 pairs this summer, 9% fewer than a year ago, the "
    "bird society said on Tuesday. Hatching was late because of a cold May. Volunteers, among them 140 "
    "schoolchildren, counted the nests over two weekends in June.\n\n"
    "The society had hoped to build six new nesting towers but could afford only four. Each cost 38,000 "
    "kronor. The municipality did not contribute; a fund of the power company paid for all of them.\n\n"
    "Farmers, who once complained about the birds, now largely support them: in a poll in April 71% said that"
    " the storks were welcome. Nobody was injured when one tower fell in a storm on 3 March. It will not be "
    "rebuilt before next year.\n\n"
    "Chairwoman Petra Lindqvist said that the decline would probably end in 2027, when wetlands drained in "
    "the 1960s are flooded again."
)
STORKS_JA = (
    "ラップフィヨルドのコウノトリ、減少\n\n"
    "ラップフィヨルドで今夏に営巣したコウノトリは212組で、前年より9%減ったと、野鳥の会が火曜日に発表した"
    "。5月が寒かったため、ふ化は遅れた。小中学生140人を含むボランティアが、6月の2回の週末に巣を数えた。\n\n"
    "会は6基の新しい巣塔を建てるつもりだったが、資金が足りず4基にとどまった。1基の費用は3万8000クロー"
    "ナだった。自治体は負担せず、電力会社の基金が全額を出した。\n\n"
    "かつて鳥に苦情を言っていた農家も、今はおおむね好意的だ。4月の調査では71%がコウノトリを歓迎すると答え"
    "た。3月3日の嵐で塔の1基が倒れたが、けが人はなかった。再建は来年以降になる。\n\n"
    "ペトラ・リンドクビスト会長は、1960年代に干拓された湿地に再び水が引かれる2027年には、減少は止まる"
    "だろうと述べた。"
)
FERRIES_EN = (
    "Ferry line Ostra back in profit\n\n"
    "Ferry line Ostra made a profit of 4.2 million euros in the third quarter after a loss of 1.1 million a "
    "year earlier, it said on Friday. Revenue grew by 12% to 58 million euros, while fuel costs dropped by a "
    "fifth.\n\n"
    "The number of passengers climbed to 640,000, but freight shrank by 3% as a paper mill in Kotka stayed "
    "closed until August. Ostra raised ticket prices in July by 4%; it plans no further increase this winter.\n\n"
    "Chief executive Jonas Reuter ruled out job cuts. The company will not pay a dividend this year. It "
    "ordered two electric ferries, which will be delivered in 2028, one later than first planned.\n\n"
    "Shares of Ostra slipped 2.5% all the same, as analysts had expected a profit of 5 million euros. Its "
    "rival Norrline reported a loss."
)
FERRIES_JA = (
    "フェリーのオストラ、黒字に転換\n\n"
    "フェリー会社オストラは金曜日、第3四半期の利益が420万ユーロだったと発表した。前年同期は110万ユーロ"
    "の赤字だった。売上高は12%増の5800万ユーロで、燃料費は2割下がった。\n\n"
    "乗客数は64万人に増えたが、コトカの製紙工場が8月まで閉まっていたため、貨物は3%減った。オストラは7月"
    "に運賃を4%値上げしており、この冬にさらに値上げする予定はない。\n\n"
    "ヨナス・ロイター社長は人員削減を否定した。今年は配当を支払わない。電気フェリー2隻を発注し、引き渡しは当"
    "初の計画より1年遅い2028年になる。\n\n"
    "アナリストは500万ユーロの利益を予想していたため、オストラの株価は2.5%下落した。競合のノルラインは"
    "赤字だった。"
)
QUESTIONS = {
    (STORKS_EN, STORKS_JA): (
        ("Did the number of storks rise this summer?", "コウノトリの数は今夏、増えましたか？", False),
        ("Did the number of storks fall compared with last year?", "コウノトリの数は昨年より減りましたか？", True),
        ("Was hatching early this year?", "今年、ふ化は早かったですか？", False),
        ("Did children take part in the count?", "子どもたちは数えるのに参加しましたか？", True),
        ("Were all six towers built?", "6基の塔はすべて建てられましたか？", False),
        ("Did the municipality pay for the towers?", "自治体は塔の費用を払いましたか？", False),
        ("Did the power company's fund pay for the towers?", "電力会社の基金が塔の費用を出しましたか？", True),
        ("Do most farmers welcome the storks now?", "農家の多くは今、コウノトリを歓迎していますか？", True),
        ("Was anyone hurt when the tower fell?", "塔が倒れたとき、けが人は出ましたか？", False),
        ("Will the fallen tower be rebuilt this year?", "倒れた塔は今年中に再建されますか？", False),
        ("Did a storm knock a tower over in March?", "3月に嵐で塔が倒れましたか？", True),
        (
            "Does the chairwoman expect the decline to go on after 2027?",
            "会長は2027年以降も減少が続くとみていますか？",
            False,
        ),
    ),
    (FERRIES_EN, FERRIES_JA): (
        ("Did Ostra make a loss in the third quarter?", "オストラは第3四半期に赤字でしたか？", False),
        ("Did revenue increase?", "売上高は増えましたか？", True),
        ("Did fuel costs go up?", "燃料費は上がりましたか？", False),
        ("Did Ostra carry more passengers?", "オストラの乗客は増えましたか？", True),
        ("Did freight grow?", "貨物は増えましたか？", False),
        ("Will ticket prices rise again this winter?", "運賃はこの冬また上がりますか？", False),
        ("Did Ostra raise its prices in July?", "オストラは7月に値上げしましたか？", True),
        ("Will jobs be cut?", "人員は削減されますか？", False),
        ("Will shareholders get a dividend this year?", "今年、配当は支払われますか？", False),
        ("Has Ostra ordered electric ferries?", "オストラは電気フェリーを発注しましたか？", True),
        ("Did the shares rise after the report?", "発表後、株価は上がりましたか？", False),
        ("Was the profit higher than analysts expected?", "利益はアナリストの予想を上回りましたか？", False),
    ),
}
"""What is asked of both versions of an article, and whether the answer is yes."""
WHOLE = bool(os.environ.get("ASSISTANT_TESTS_WHOLE"))
SAID = 29 / 96
"""Share of all questions that got a yes or no when `LEAD` was set."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a question was answered with, and whether that should be yes."""

    article_language: Language
    question_language: Language
    question: str
    answer: str
    is_so: bool


@pytest.fixture(scope="module")
def replies(application: Application) -> Sequence[Reply]:
    """Every other question is asked of the version in its own language, the others of that in the other language."""
    replies = []
    for (versions, questions), article_language, question_language in product(QUESTIONS.items(), (EN, JA), (EN, JA)):
        article = application.library.add(versions[article_language is JA])[0].id
        for at, (english, japanese, is_so) in enumerate(questions):
            if WHOLE or at % 2 == (article_language is question_language):
                question = japanese if question_language is JA else english
                answer = final_answer(application.assistant.ask(question, [article])).text
                replies.append(Reply(article_language, question_language, question, answer, is_so))
    return replies


def test_as_many_questions_are_asked_each_way(replies: Sequence[Reply]) -> None:
    ways = Counter((reply.article_language, reply.question_language) for reply in replies)
    assert set(ways.values()) == {24 if WHOLE else 12}
    assert len(ways) == 4


@pytest.mark.parametrize("question_language", [EN, JA])
@pytest.mark.parametrize("article_language", [EN, JA])
def test_no_wrong_yes_or_no_is_said(
    replies: Sequence[Reply], article_language: Language, question_language: Language
) -> None:
    for reply in replies:
        is_here = (reply.article_language, reply.question_language) == (article_language, question_language)
        if is_here and affirms(reply.answer):
            assert reply.answer.startswith(("Yes", "はい")) is reply.is_so, (reply.question, reply.answer)


def test_it_is_said_often_enough_in_both_languages(replies: Sequence[Reply]) -> None:
    """Two thirds of the usual share, as half of the questions may be those that are less sure."""
    said = [reply.question_language for reply in replies if affirms(reply.answer)]
    assert set(said) == {EN, JA}
    assert len(said) >= 2 / 3 * SAID * len(replies)
