"""Japanese nouns take です to be a sentence, clauses don't."""

import pytest

from assistant.text.copula import takes_copula


@pytest.mark.parametrize(
    "words",
    [
        *("子ども", "2つ", "高橋ひかりさん", "住民ら", "いちご", "寒さ", "みんな", "これ", "とても静か"),
        *("5月まで", "金曜日までに", "2031年半ば", "400人近く", "8時すぎの見込み", "6時ごろ", "30人ほど", "大雨のため"),
        *(
            "雨で中止",
            "4月に開業",
            "工場を閉鎖する予定",
            "約半数が女性",
            "人手不足が原因",
            "店を手伝う子ども",
            "駅前の店（仮称）",
        ),
    ],
)
def test_what_ends_with_a_noun_takes_it(words: str) -> None:
    assert takes_copula(words)


@pytest.mark.parametrize(
    "words",
    [
        *("高い", "増えた", "食べました", "はい", "ゆっくり", "2倍に", "大阪で", "「安全だ」", "2つ。", ""),
        *("値下げを決定", "約6割が賛成", "社長は辞任", "今も営業", "港を中心"),
    ],
)
def test_what_is_a_clause_or_no_noun_does_not(words: str) -> None:
    assert not takes_copula(words)
