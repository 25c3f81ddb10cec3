"""Three articles and twelve questions on each that it answers: what both sides are asked."""

from dataclasses import dataclass
from pathlib import Path

from assistant.answering.grounding import is_refusal
from assistant.library.sample import SAMPLE
from assistant.text.language import fold

__all__ = ["ARTICLES", "News", "Question"]

TEXTS = Path(__file__).parent / "texts"


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what a right answer has in it, any one of these."""

    text: str
    answers: tuple[str, ...]

    def is_answered_by(self, said: str) -> bool:
        return not is_refusal(said) and any(fold(answer) in fold(said) for answer in self.answers)


@dataclass(frozen=True, slots=True)
class News:
    """An article and the questions on it."""

    name: str
    text: str
    questions: tuple[Question, ...]


def _news(path: Path, *questions: tuple[str, str]) -> News:
    asked = tuple(Question(text, tuple(answers.split("|"))) for text, answers in questions)
    return News(path.stem, path.read_text(encoding="utf-8"), asked)


ARTICLES = (
    _news(
        TEXTS / "tramway.txt",
        ("How long is the new tram line?", "14.6"),
        ("How much did it cost to build the line?", "612"),
        ("What does a monthly pass cost?", "64"),
        ("Who is the mayor of Velmora?", "Sollander"),
        ("How many stops does the line have?", "23"),
        ("How many passengers a day are expected by the end of the year?", "41,000"),
        ("Who built the vehicles?", "Karlin"),
        ("How many drivers of bus line 8 have accepted work on the trams?", "39"),
        ("By how much did the sales of the shopkeepers in Quay Street fall?", "17%"),
        ("When is the northern branch to Ollby to be finished?", "2029"),
        ("What share of the cost did the state pay?", "45%"),
        ("How long does it take to charge the battery at a stop?", "25 sec"),
    ),
    _news(
        TEXTS / "seaweed.txt",
        ("How much will Norrby Marine pay for Kelpa?", "86"),
        ("What was Norrby's net profit?", "18.2"),
        ("By how much did the shares rise?", "11.4%"),
        ("Who is the chief executive of Norrby Marine?", "Holt"),
        ("How many employees does Kelpa have?", "74"),
        ("How much did the sales of feed grow?", "71%"),
        ("When was Norrby founded?", "2009"),
        ("What dividend will the company pay?", "0.45"),
        ("How many tonnes of seaweed were harvested?", "64,000"),
        ("What share of the market has Fjordgrass?", "22%"),
        ("In how many shops will Brodd test the film?", "130"),
        ("What is Priya Raman's new target for the shares?", "31"),
    ),
    _news(
        SAMPLE,
        ("How much did Alibaba's shares rise on Friday?", "6.3%"),
        ("When will Alibaba publish its quarterly results?", "Thursday"),
        ("アリババ株は年初からどれくらい上昇しましたか？", "58.79"),
        ("Who is Robert Lea?", "analyst"),
        ("金曜日に中国企業指数は何パーセント上がりましたか？", "4.1"),
        ("Which company is said to be working with Alibaba on artificial intelligence for iPhones?", "Apple"),
        ("How much have Alibaba's shares risen over the past month?", "50%"),
        ("ジャック・マー氏と会談する可能性があるのは誰ですか？", "習"),
        ("What is DeepSeek?", "start-up|startup"),
        ("Which share sale did the authorities stop in 2020?", "Ant"),
        ("アリババはいつ四半期決算を発表しますか？", "木曜"),
        ("What was the price of Alibaba's shares at 9:41 a.m.?", "129.10"),
    ),
)
