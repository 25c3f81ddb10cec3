"""Every prompt there is; what is said where there is no answer stands in `refusals.py`.

The messages of a question: instructions with examples (the same for all articles), then the article, then the
question last, so that the model can go on from what it has already read.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.refusals import NOT_STATED, NOTHING_POINTED_AT, REFUSAL, UNSAID, WITHHELD
from assistant.model.protocol import Message
from assistant.text.language import Language

__all__ = [
    "SAYING",
    "Exchange",
    "Passage",
    "answer_messages",
    "corrected_messages",
    "make_up_request",
    "plain_messages",
    "pointing_answer",
    "pointing_messages",
]

SAYING = " → "
"""What stands between the words pointed at and what is said of them."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Sentences of one article as they are given to the model, each with the number it is cited by."""

    title: str
    sentences: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question asked before, as it was understood, and its answer."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class _Wording:
    instructions: str
    article: str
    question: str


_WORDINGS = {
    Language.ENGLISH: _Wording(
        instructions=(
            "You answer questions about a news article in English. Use only what the article says, and answer "
            "exactly what is asked, in a few words or one short sentence. Write names and figures as the article "
            f"does. If the article does not answer the question, reply: {NOT_STATED[Language.ENGLISH]}"
        ),
        article="Article: {title}\n\n{sentences}",
        question="Question: {question}",
    ),
    Language.JAPANESE: _Wording(
        instructions=(
            "あなたはニュース記事についての質問に日本語で答えます。記事に書かれていることだけを使い、聞かれたことだけに、"
            "数語または短い一文で答えてください。名前と数字は記事の表記のまま書いてください。"
            f"記事に答えがなければ「{NOT_STATED[Language.JAPANESE]}」とだけ答えてください。"
        ),
        article="記事：{title}\n\n{sentences}",
        question="質問：{question}",
    ),
}
_CORRECTIONS = {
    Language.ENGLISH: (
        "“{word}” cannot stand in the answer: the article does not have it, or it is not English. Answer the question "
        "once more, in a few words or one short sentence of English, with no names and figures but the article's."
    ),
    Language.JAPANESE: (
        "「{word}」は、記事にないか日本語ではないため、使えません。記事にある名前と数字だけを使い、数語または短い一文の"
        "日本語で、もう一度質問に答えてください。"
    ),
}
_EXAMPLE_ARTICLES = {
    Language.ENGLISH: Passage(
        "Ferry company has its best summer",
        (
            (1, "Norrland Ferries carried 9,400 passengers on Sunday, 2.6% more than a week before."),
            (2, "Saturday's number rose by 7.2%, taking the growth of the past month to more than 40%."),
            (3, "Since January the number has grown by 31%, chief executive Marta Lind said."),
            (4, "She wants to open a route to Tallinn by the spring of 2027."),
            (5, "The old ferry terminal, closed after a storm in 2024, has become a fish market."),
        ),
    ),
    Language.JAPANESE: Passage(
        "フェリー会社、過去最高の夏",
        (
            (1, "北海フェリーの日曜日の乗客数は9400人で、1週間前より2.6%多かった。"),
            (2, "土曜日の乗客数は7.2%増え、過去1か月の伸びは40%を超えた。"),
            (3, "1月からの伸びは31%に達したと、三浦恵子社長は述べた。"),
            (4, "同氏は2027年の春までに釜山への航路を開きたい考えだ。"),
            (5, "2024年の嵐で閉鎖された古いターミナルは、魚市場になった。"),
        ),
    ),
}
_EXAMPLES: dict[tuple[Language, Language], tuple[tuple[str, str], ...]] = {
    (Language.ENGLISH, Language.ENGLISH): (
        ("How much did passenger numbers rise on Saturday?", "On Saturday they rose by 7.2%."),
        ("What does a ticket to Tallinn cost?", NOT_STATED[Language.ENGLISH]),
        ("Who plans a route to Tallinn, and by when?", "Marta Lind plans it by the spring of 2027."),
        ("How many passengers were carried in the year 2024?", NOT_STATED[Language.ENGLISH]),
        ("What has the old terminal become?", "It has become a fish market."),
        ("How much have they grown this month?", "Over the past month they have grown by more than 40%."),
    ),
    (Language.ENGLISH, Language.JAPANESE): (
        ("How much did passenger numbers rise on Saturday?", "On Saturday they rose by 7.2%."),
        ("What does a ticket to Busan cost?", NOT_STATED[Language.ENGLISH]),
        ("Who plans a route to Busan, and by when?", "Keiko Miura plans it by the spring of 2027."),
        ("How many passengers were carried in the year 2024?", NOT_STATED[Language.ENGLISH]),
        ("What has the old terminal become?", "It has become a fish market."),
        ("How much have they grown this month?", "Over the past month they have grown by more than 40%."),
    ),
    (Language.JAPANESE, Language.JAPANESE): (
        ("土曜日に乗客数はどれくらい増えましたか？", "土曜日に7.2%増えました。"),
        ("釜山への切符の値段はいくらですか？", NOT_STATED[Language.JAPANESE]),
        ("釜山への航路を計画しているのは誰ですか？", "北海フェリーの三浦恵子社長です。"),
        ("2024年の乗客数は何人でしたか？", NOT_STATED[Language.JAPANESE]),
        ("古いターミナルは何になりましたか？", "魚市場になりました。"),
        ("今月、乗客数はどれくらい増えましたか？", "過去1か月で40%を超えて増えました。"),
    ),
    (Language.JAPANESE, Language.ENGLISH): (
        ("今月、乗客数はどれくらい増えましたか？", "今月はmore than 40%です。"),
        ("タリンへの切符の値段はいくらですか？", NOT_STATED[Language.JAPANESE]),
        ("タリンへの航路を計画しているのは誰ですか？", "Marta Lindです。"),
        ("2024年の乗客数は何人でしたか？", NOT_STATED[Language.JAPANESE]),
        ("古いターミナルはなぜ閉鎖されましたか？", "a storm in 2024のためです。"),
        ("今年はどれくらい増えましたか？", "今年は31%です。"),
    ),
}
"""Questions on the example article of a language, by the question's language and the article's."""


def answer_messages(
    question: str,
    language: Language,
    passage: Passage,
    article_language: Language,
    *,
    earlier: Exchange | None = None,
    with_examples: bool = True,
) -> tuple[Message, ...]:
    """The messages that ask for an answer in `language` from `passage`, which is in `article_language`.

    A question that goes on from an `earlier` one comes behind that and its answer, as in a conversation: by it a small
    model understands more than by a question that it has written out itself first.
    """
    wording = _WORDINGS[language]
    example = _article(wording, _EXAMPLE_ARTICLES[article_language])
    messages = [Message("system", wording.instructions)]
    for number, (asked, answered) in enumerate(_EXAMPLES[language, article_language] if with_examples else ()):
        asked = _question(wording, asked)
        messages.append(Message("user", asked if number else f"{example}\n\n{asked}"))
        messages.append(Message("assistant", answered))
    asked = _question(wording, earlier.question if earlier else question)
    messages.append(Message("user", f"{_article(wording, passage)}\n\n{asked}"))
    if earlier:
        answered = _one_line(earlier.answer) if _is_answer(earlier) else NOT_STATED[language]
        messages += [Message("assistant", answered), Message("user", _question(wording, question))]
    return tuple(messages)


def pointing_messages(question: str, passage: Passage, *, earlier: Exchange | None = None) -> tuple[Message, ...]:
    """The messages for a model that an adapter has taught to answer: the same for askers of both languages.

    What stands before the question depends on the passage alone. The answer is a `pointing_answer`.
    """
    sentences = "\n".join(_one_line(text) for _, text in passage.sentences)
    asked = _one_line(earlier.question if earlier else question)
    system = Message("system", "You answer questions about a news article with words of the article.")
    first = Message("user", f"{_one_line(passage.title)}\n\n{sentences}\n\n{asked}")
    if not earlier:
        return system, first
    answered = _one_line(earlier.answer) if _is_answer(earlier) else NOTHING_POINTED_AT
    return system, first, Message("assistant", answered), Message("user", _one_line(question))


def pointing_answer(words: str | None, said: str | None = None) -> str:
    """What such a model is to write: words of the passage, and what is said of them where that is something else."""
    if words is None:
        return NOTHING_POINTED_AT
    return _one_line(words) + (f"{SAYING}{_one_line(said)}" if said else "")


def make_up_request(answer: str, sentence: str) -> str:
    """What lets the model write an English question that `answer` is the answer to, by a sentence.

    It stands where an answer's prompt has the question.
    """
    return (
        f"Write a question about the article whose answer is “{answer}”. It is in the sentence: {_one_line(sentence)}"
    )


def corrected_messages(messages: Sequence[Message], said: str, word: str) -> tuple[Message, ...]:
    """The messages that ask once more where the answer to those of a question has a word that it may not have."""
    is_japanese = messages[0].content == _WORDINGS[Language.JAPANESE].instructions
    correction = _CORRECTIONS[Language.JAPANESE if is_japanese else Language.ENGLISH].format(word=word)
    return *messages, Message("assistant", said), Message("user", correction)


def plain_messages(question: str, text: str) -> tuple[Message, ...]:
    """The prompt that is usual for answering from a text, for comparison."""
    instructions = (
        "You are a helpful assistant that answers questions. Answer the question from the context below. "
        "If the answer isn't in the context, say that you don't know. Keep the answer to three sentences or fewer."
    )
    return (Message("user", f"{instructions}\n\nContext:\n{text}\n\nQuestion: {question}\n\nAnswer:"),)


def _is_answer(earlier: Exchange) -> bool:
    return earlier.answer not in (*REFUSAL.values(), *WITHHELD.values(), *UNSAID.values())


def _article(wording: _Wording, passage: Passage) -> str:
    sentences = "\n".join(f"[{number}] {_one_line(text)}" for number, text in passage.sentences)
    return wording.article.format(title=_one_line(passage.title), sentences=sentences)


def _question(wording: _Wording, question: str) -> str:
    return wording.question.format(question=_one_line(question))


def _one_line(text: str) -> str:
    return " ".join(text.split())
