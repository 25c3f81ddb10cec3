"""The usual way to answer from a text, to measure the assistant against: all of the article in one plain prompt.

No examples, no probe, no guards and no citations; the same model, the same reuse of what was read before.
"""

import re
import time

from assistant.answering.events import Answer, Timings, milliseconds
from assistant.answering.prompts import plain_messages
from assistant.library.article import Article
from assistant.model.protocol import ChatModel, with_piece
from assistant.text.language import question_language

__all__ = ["plain_answer"]

_UNKNOWING = re.compile(
    r"\bi (?:do not|don['’]t) (?:know|have)|\b(?:cannot|can['’]t|unable to) (?:be )?(?:tell|answer|find|determin)"
    r"|(?:\bnot|n['’]t) (?:explicitly |directly |clearly )?(?:mention|state|specif|provide|given in|say|contain)"
    r"|\bno (?:information|mention)\b|(?:わか|分か|知|判)り(?:ません|かね)|(?:わか|分か)らない"
    r"|(?:書かれ|記載され|記述され|言及され|示され|含まれ)てい(?:ません|ない)|(?:情報|記載|言及|記述)[はが]ありません",
    re.IGNORECASE,
)
"""Says that the answer isn't known, as models put it when left to their own words."""


def plain_answer(model: ChatModel, question: str, article: Article, max_tokens: int) -> Answer:
    """What `model` answers when simply asked.

    Raises:
        ModelError: the model can't be run, or the article doesn't fit its context.
    """
    began = time.perf_counter()
    language = question_language(question)
    document = article.document(language) or article.documents[0]
    text = "\n".join(sentence.text for sentence in document.sentences)
    generation = model.generate(plain_messages(question, text), max_tokens)
    said, first_token_ms = "", None
    for piece in generation:
        first_token_ms = first_token_ms or milliseconds(began)
        said = with_piece(said, piece)
    usage = generation.usage
    timings = Timings(
        0.0,
        first_token_ms,
        milliseconds(began),
        usage.prompt,
        usage.reused,
        usage.completion,
        usage.tokens_per_second,
    )
    return Answer(
        question, language, said.strip(), bool(_UNKNOWING.search(said)), False, (), (), (), None, model.name, timings
    )
