"""What questions on an article can be made up from: a sentence, and what of it is to be the answer.

A Japanese question may have its interrogative where the answer would stand, so that the sentence itself begins it
("運賃は2018年より" goes on "何%高いですか？"). In English the model is asked to write the question.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from assistant.answering.windows import Cited, Window
from assistant.text.figures import figures
from assistant.text.language import Language
from assistant.text.named_times import MONTHS

__all__ = ["Seed", "seeds"]

LEAD = 32
"""Most characters of a Japanese sentence that begin a question on it."""

_ENGLISH_DATE = re.compile(rf"(?:\d{{1,2}} )?(?:{'|'.join(MONTHS)})(?: \d{{1,2}})?(?:,? \d{{4}})?\b")
_ENGLISH_NAME = re.compile(r"(?<=[a-z0-9,;] )[A-Z][\w'’-]+(?: (?:(?:of|the|de|van|von) )?[A-Z][\w'’-]+){0,3}")
"""One that doesn't begin a sentence."""
_JAPANESE_DATE = re.compile(
    r"(?<![(（年\d])(?:(?:1[5-9]|20)\d\d年(?:\d{1,2}月(?:\d{1,2}日)?)?|\d{1,2}月\d{1,2}日)"
    r"(?![間代度末超余続も]|以上|近く|あまり|ぶり|ほど|前|にわた)(?:[初前後]半|半ば|初め)?(?!現在|時点)"
)
_JAPANESE_PERSON = re.compile(r"(?<![ァ-ヶー・一-龥])[ァ-ヶー・一-龥]{2,12}(?:氏|さん)(?=[がをにと])")
_JAPANESE_QUANTITY = re.compile(r"(?:約|およそ|ほぼ)?((?:[\d.,]+[兆億万千百十]*)+)(.*)")
_MONEY = re.compile(r"円|ドル|ユーロ|ポンド|元|ウォン")
_NO_QUANTITY = re.compile(r"番|時|分|秒|[年月日]$|回$|第")
"""Units of which nobody asks how many there are."""
_PRICE = re.compile(r"[高安](?![いくかけ])")
"""Behind a percentage: "4%高で"."""
_TOPIC = re.compile(r"(?:[^、。「」]{2,14}、)??([^、。「」（）]{1,16}?は)(?=[^ぁ-ん])")
"""What a Japanese sentence is about, at its beginning. Hiragana goes on with a word more often."""
_NO_COUNT = re.compile(
    r"(?:当たり|あたり|につき)|目|乗り|掛け|部屋|[家がか]?兄弟|三脚|[=＝]|ごと|前|以上(?:前|続|にわた)"
)
"""Behind a figure that isn't how many there are: 3人目, 2人乗り, 1ドル=150円."""
_LISTED = re.compile(r"\d[^、。\d]{0,6}、[^、。\d]{1,10}$")
"""Before a figure that is one of several: 死者3人、負傷者12人."""
_CONJUNCTION = re.compile(r"^(?:また|しかし|ただし|一方|なお|さらに|その後|これに対し|ところが|そして|だが)、")
_RELATION = re.compile(r"以来|以降|以前|までに|まで|から|ごろ|頃")
"""How a date stands to what happened."""


@dataclass(frozen=True, slots=True)
class Seed:
    """Where a question comes from."""

    window: Window
    source: Cited
    """The sentence of the window that answers it."""
    answer: str
    """What of the sentence does, as it stands there."""
    start: str = ""
    """Its beginning, where the sentence gives one."""


def seeds(windows: Sequence[Window]) -> Iterator[Seed]:
    """Seeds of questions in the windows' language, theirs in turn; of each sentence one before any has a second."""
    rounds = zip_longest(*map(_of_window, windows))
    return (seed for seed in chain.from_iterable(rounds) if seed)


def _of_window(window: Window) -> Iterator[Seed]:
    each = [list(_of_sentence(window, one)) for one in window if one.sentence.text != window[0].article.title]
    return (seed for seed in chain.from_iterable(zip_longest(*each)) if seed)


def _of_sentence(window: Window, source: Cited) -> Iterator[Seed]:
    text = " ".join(source.sentence.text.split())
    if source.sentence.language is Language.ENGLISH:
        return (Seed(window, source, answer) for answer in _english_answers(text))
    return (Seed(window, source, answer, start) for answer, start in _japanese_answers(text))


def _english_answers(text: str) -> Iterator[str]:
    """What answers a question on an English sentence: dates, then figures, then names."""
    taken: list[tuple[int, int]] = []
    spans = chain(
        (match.span() for match in _ENGLISH_DATE.finditer(text) if match.group() != "May"),
        ((one.start, one.end) for one in figures(text)),
        (match.span() for match in _ENGLISH_NAME.finditer(text)),
    )
    for start, end in spans:
        if all(end <= first or last <= start for first, last in taken):
            taken.append((start, end))
            yield text[start:end].removesuffix("'s").removesuffix("’s")


def _japanese_answers(text: str) -> Iterator[tuple[str, str]]:
    """What answers a question on a Japanese sentence, and how that begins, in the sentence's own words."""
    dates = [(match.start(), match.group(), "いつ") for match in _JAPANESE_DATE.finditer(text)]
    people = [(match.start(), match.group(), "誰") for match in _JAPANESE_PERSON.finditer(text)]
    amounts = [
        (one.start, text[one.start : one.end], asked)
        for one in figures(text)
        if not any(at <= one.start < at + len(date) for at, date, _ in dates)
        and (asked := _quantity_asked(text[one.start : one.end]))
        and not text[: one.start].endswith(("第", "過去", "（", "(", "=", "＝"))
        and not _PRICE.match(text, one.end)
        and not _NO_COUNT.match(text, one.end)
        and not _LISTED.search(text, max(0, one.start - LEAD), one.start)
    ]
    for at, answer, interrogative in (*amounts, *people, *dates):
        relation = _RELATION.match(text, at + len(answer)) if interrogative == "いつ" else None
        lead = _lead(text, at)
        if lead is not None:
            yield answer, lead + interrogative + (relation[0] if relation else "")


def _quantity_asked(figure: str) -> str:
    """The interrogative for a figure: "何%", "いくら" of money; "" where there is none for it."""
    match = _JAPANESE_QUANTITY.fullmatch(figure)
    unit = match[2] if match else ""
    if not unit or _NO_QUANTITY.search(unit):
        return ""
    return "いくら" if _MONEY.search(unit) else f"何{unit}"


def _lead(text: str, at: int) -> str | None:
    """What the sentence is about and the clause that goes on to `at`, else all before it; None where that is long."""
    before = _CONJUNCTION.sub("", text[:at])
    topic = _TOPIC.match(before)
    clause = before[before.rfind("、", 0, -1) + 1 :]
    if topic and topic.end() < len(before) - len(clause):
        before = f"{topic[1]}、{clause}"
    return before if len(before) <= LEAD else None
