"""What can be asked, and what a question means that only the conversation makes sense of ("And this year?")."""

import re

from assistant.answering.periods import is_about_a_period
from assistant.answering.prompts import Exchange
from assistant.errors import UsageError
from assistant.text.dates import date_spans
from assistant.text.language import Language, fold
from assistant.text.morphology import morphemes

__all__ = ["check_question", "depends_on_earlier", "of_another", "together"]

QUESTION_CHARACTERS = 1000
"""Longest question accepted."""

FEW_WORDS, FEW_CHARACTERS = 3, 9
"""An English question of no more words, a Japanese one of no more characters, asks by what was asked before it."""


_ENGLISH = re.compile(
    r"^(?:and|but|so|then|what about|how about|why (?:not|so)|what else|who else|where else|which one)\b"
    r"|\b(?:it|its|they|their|theirs|them|he|she|his|hers?|him|there|those|these|that|else|same|another|the other)\b"
    r"|\b(?:the (?:day|week|month|year) (?:before|after)|(?:before|since|by|until) then)\b"
    r"|\bthis\b(?! (?:week|month|year|quarter|morning|afternoon|evening|time|article|story|news))",
    re.IGNORECASE,
)
_ENGLISH_NOT = re.compile(
    r"\b(?:is|are|was|were|will|did|does|do|has|have|had) there\b|\bthat (?:the|an?)\b", re.IGNORECASE
)
_JAPANESE = re.compile(
    r"^(?:では|じゃあ|翌|前日|それ|そこ|そし|で、|あと|他|ほか|なぜ|どうして|もっと)"
    r"|それ|その|そこ|そちら|これ|この(?!記事|ニュース|1?か月|一か月|週)|彼(?!岸)|彼女|同社|同氏|両社|両者|前者|後者"
)
_JAPANESE_WHOLE = re.compile(r"^[^ぁ-ん、]{2,}は(?:何|誰|だれ|いくら|いくつ|いつ|どこ|どう|どの|どれ|どんな|なぜ)")
"""Short, and yet all of a question: it says what it is about, and what it asks of that."""
_JAPANESE_SHORT = re.compile(r"^.{1,14}(?:は|も|なら)[？?]?$")

_NEW_TOPIC = re.compile(r"(?:では、?|じゃあ、?|それでは、?)?(お?(?:[^ぁ-ん、。]{1,9}の)?[^ぁ-ん、。]{1,9})は[？?]?")
_ALIKE = tuple(
    re.compile(rf"(?:{kinds})$")
    for kinds in (
        "バス|列車|電車|市電|地下鉄|新幹線|特急|急行|飛行機|船|フェリー|タクシー|モノレール",
        "(?<![入開閉出来休登下寄帰])[館駅店校園港]|市場|朝市|病院|食堂|寺|神社|ホテル|カフェ|レストラン|プール|売り場",
        "男性|女性|男子|女子|大人|子ども|子供|高齢者|若者|学生|会社員",
        "死者|死亡者|負傷者|けが人|重傷者|軽傷者|行方不明者|感染者|患者",
        "売上高|売り上げ|利益|赤字|黒字",
        "輸出額?|輸入額?",
        "市長|町長|村長|知事|首相|大統領|大臣|社長|会長|校長|学長",
        "都|道|府|県|市|区|町|村",
        "さん|氏|選手|監督",
        "工場|支社|支部",
    )
)
"""What things alike end with: what is asked of one may be asked of another, and isn't what one is asked for, as fares
of a train. Vectors don't tell those apart."""
_TOPIC = re.compile(r"[^ぁ-ん、。]+(?:の[^ぁ-ん、。]+)*(?=は(?:[^ぁ-ん]|いつ|どこ|だれ|どれ|どの|どう|なぜ|なに|いく))")


def check_question(question: str) -> None:
    """Raises UsageError where the question is empty or too long."""
    if not question.strip():
        raise UsageError("The question is empty. Ask something about the article.")
    if len(question) > QUESTION_CHARACTERS:
        raise UsageError(
            "The question has {size:,} characters; at most {limit:,} are read. "
            "To ask about a longer text, add it as an article.",
            size=len(question),
            limit=QUESTION_CHARACTERS,
        )


def depends_on_earlier(question: str, language: Language) -> bool:
    """Whether a question has to be understood from the conversation before it: pronouns, or much left unsaid."""
    folded = fold(question).strip()
    if language is Language.ENGLISH:
        words = re.findall(r"[\w'’.%-]+", folded)
        return len(words) <= FEW_WORDS or bool(_ENGLISH.search(_ENGLISH_NOT.sub("", folded)))
    said = folded.rstrip("?。!")
    is_short = len(said) <= FEW_CHARACTERS and not _JAPANESE_WHOLE.search(said)
    return is_short or bool(_JAPANESE.search(said) or _JAPANESE_SHORT.search(said))


def of_another(earlier: Exchange, question: str) -> str | None:
    """The earlier question of something else ("市電は？" after "列車は何時に出ますか？"); None where that
    isn't sure.

    Of 東京の人口 and 大阪 it is that of 大阪の人口.
    """
    asked = _NEW_TOPIC.fullmatch(question.strip())
    topics = list(_TOPIC.finditer(earlier.question))
    if not asked or len(topics) != 1 or is_about_a_period(asked[1]) or date_spans(asked[1]):
        return None
    start, end = topics[0].span()
    of, link, head = topics[0][0].rpartition("の")
    if link and _are_places(asked[1], of):
        end -= len(link) + len(head)
    elif not _are_alike(asked[1], head) or (link and "の" not in asked[1]):
        return None
    return earlier.question[:start] + asked[1] + earlier.question[end:]


def _are_alike(one: str, other: str) -> bool:
    """Whether two Japanese nouns are surely for things of one kind."""
    if len(other) > 1 and one.endswith(other):
        return True
    return any(kind.search(one) and kind.search(other) for kind in _ALIKE) or _are_places(one, other)


def _are_places(*names: str) -> bool:
    return all("地名" in kinds for kinds in ([*morphemes(name)][-1].kinds for name in names))


def together(earlier: Exchange, question: str) -> str:
    """A question with what was asked before it, as it is understood; alone where both are too long."""
    both = f"{earlier.question} {question}"
    return both if len(both) <= QUESTION_CHARACTERS else question
