"""Makes any number of different bilingual articles of ten chunks, the same ones each time."""

from collections.abc import Iterator

import numpy as np

__all__ = ["CHUNKS", "make_articles", "make_questions"]

CHUNKS = 10
"""Chunks of an article: a headline and four paragraphs in each language."""
CONSONANTS = "bdfgjklmnprstvwy"
VOWELS = "aeiou"
KANA = "カリノベマトルセルドンブラリンオステルハンモルウルベクアサピルゴルデンファイウェスジュンケル"
KANJI = "山川田中村上本木林森石水原野島谷橋池沢井口高松竹藤佐東西南北大小新古長平安和広金銀白青赤光"
SUBJECTS = (
    ("steel", "鉄鋼"),
    ("wind power", "風力発電"),
    ("ferries", "フェリー"),
    ("semiconductors", "半導体"),
    ("rice", "米"),
    ("railways", "鉄道"),
    ("insurance", "保険"),
    ("museums", "博物館"),
    ("fisheries", "漁業"),
    ("vaccines", "ワクチン"),
    ("timber", "木材"),
    ("satellites", "衛星"),
)
ENGLISH = """\
{firm} of {place} reports {percent}% more {subject} in {year}

{firm}, which deals in {subject} from its seat in {place}, sold {count} units in {year}, {percent}% more than a year \
before. Its chief executive, {person}, said on {day} that demand had come back sooner than the {other} works expected.

The company will spend {million} million dollars on a plant near {other} and hire {staff} people for it. Work begins \
in {month}, and the plant is to open two years later, when the contract with {rival} ends.

{rival}, the nearest competitor, has lost {loss}% of its customers since {month}. Its director {critic} called the \
figures from {place} too good to be true and asked for an inquiry by the ministry.

Shares of {firm} closed at {price} dollars. Analysts at {bank} expect {target} dollars within a year, provided that \
the price of {subject} stays where it has been since the storm in {other}.
"""
JAPANESE = """\
{j_place}の{j_firm}、{year}年の{j_subject}が{percent}%増

{j_place}に本社を置き{j_subject}を扱う{j_firm}は、{year}年に{count}単位を販売し、前年より{percent}%増えた。{j_person}社長は、\
需要の回復は{j_other}の工場の予想より早かったと述べた。

同社は{j_other}の近くの工場に{million}00万ドルを投じ、{staff}人を雇う。工事は来年始まり、{j_rival}との契約が終わる2年後に\
操業を始める予定だ。

競合する{j_rival}は、昨年から顧客の{loss}%を失った。{j_critic}取締役は{j_place}の数字を疑わしいとし、省による調査を求めた。

{j_firm}の株価は{price}ドルで引けた。{j_bank}のアナリストは、{j_other}の嵐以来の{j_subject}の価格が続けば、1年以内に\
{target}ドルになるとみている。
"""
QUESTIONS = (
    "How many units did {firm} sell in {year}?",
    "What will the plant near {other} cost?",
    "Who is the chief executive of {firm}?",
    "{j_firm}の社長は誰ですか？",
    "{j_place}で{j_subject}はどれくらい増えましたか？",
    "What do analysts at {bank} expect of {subject}?",
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
MONTHS = ("January", "March", "April", "June", "September", "November")


def make_articles(count: int) -> Iterator[str]:
    for number in range(count):
        fields = _fields(number)
        yield ENGLISH.format(**fields) + "\n" + JAPANESE.format(**fields)


def make_questions(articles: int, count: int) -> list[tuple[int, str]]:
    """Questions with the numbers of the articles they are on, these spread evenly."""
    numbers = [number * articles // count for number in range(count)]
    return [(number, QUESTIONS[each % len(QUESTIONS)].format(**_fields(number))) for each, number in enumerate(numbers)]


def _fields(number: int) -> dict[str, object]:
    random = np.random.default_rng(number)
    subject, j_subject = SUBJECTS[random.integers(len(SUBJECTS))]
    names = {key: _name(random) for key in ("firm", "place", "person", "other", "rival", "critic", "bank")}
    figures = {key: int(random.integers(10, 990)) for key in ("million", "staff", "price", "target")}
    return {
        **names,
        **{f"j_{key}": _japanese_name(random) for key in names},
        **figures,
        "subject": subject,
        "j_subject": j_subject,
        "year": 2000 + int(random.integers(30)),
        "count": f"{int(random.integers(1_000, 900_000)):,}",
        "percent": int(random.integers(1, 990)) / 10,
        "loss": int(random.integers(1, 400)) / 10,
        "day": DAYS[random.integers(len(DAYS))],
        "month": MONTHS[random.integers(len(MONTHS))],
    }


def _name(random: np.random.Generator) -> str:
    words = ("".join(_syllable(random) for _ in range(random.integers(2, 4))).capitalize() for _ in range(2))
    return " ".join(words)


def _syllable(random: np.random.Generator) -> str:
    return str(random.choice(list(CONSONANTS)) + random.choice(list(VOWELS)))


def _japanese_name(random: np.random.Generator) -> str:
    signs = KANJI if random.random() < 0.6 else KANA
    return "".join(random.choice(list(signs), size=random.integers(2, 5)))
