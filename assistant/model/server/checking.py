"""What becomes of an answer that a server's model wrote, before any of it is given: one line, checked as a whole.

A model that is decoded here is held token by token; here a word that is wrong is found afterwards.
"""

import math
import re

from assistant.model.protocol import Constraint
from assistant.model.server.chat import Token, Written

__all__ = ["line_of", "margin", "refuses", "wrong_word"]

_MARKER = re.compile(r"\s*[\[［]\s*\d+(?:\s*[,、]\s*\d+)*\s*[\]］]|\*\*")
"""Numbers of sentences, as the prompt has them, and Markdown's bold: neither is a part of an answer."""
_SENTENCE = re.compile(r".*[.!?。！？]", re.DOTALL)
_WORD = re.compile(
    r"[\d０-９][\d０-９.,，．:：]*[%％]?|[^\W\d_\u3040-\u30ff\u4e00-\u9fff々]+(?:['’-][^\W\d_]+)*"
    r"|[\u30a1-\u30fa\u30fc・]+|[\u4e00-\u9fff々]+|[\u3041-\u309f]+|\S"
)
_NO_WORD = re.compile(r"[\u3041-\u309f\W]+")
"""Signs, and hiragana, which small words of Japanese are written in."""


def line_of(written: Written) -> str:
    """The line that answers; of one that was cut off, the sentences that are whole."""
    line, _, more = written.text.partition("\n")
    if written.is_cut and not more:
        whole = _SENTENCE.match(line)
        line = whole[0] if whole else ""
    return _MARKER.sub("", line).strip()


def refuses(line: str, refusal: str) -> bool:
    """Whether a line begins like the refusal that the model was told."""
    return line.startswith(refusal.rstrip(".。"))


def wrong_word(line: str, allows: Constraint) -> str | None:
    """A word that a line may not have; None where it may stand as it is.

    It is one without which it might; where more than one is wrong, the first by which a beginning of it is.
    """
    if allows(line, finished=True):
        return None
    words = [word for word in _WORD.finditer(line) if not _NO_WORD.fullmatch(word[0])]
    for word in words:
        if allows(line[: word.start()] + line[word.end() :], finished=True):
            return word[0]
    length = next((n for n in range(1, len(line) + 1) if not allows(line[:n], finished=False)), len(line))
    return next((word[0] for word in reversed(words) if word.start() < length), "")


def margin(written: Written, refusal: str) -> float:
    """By how much the model would rather answer than refuse: in log-probability, of the tokens that begin either.

    Where the server doesn't tell of these, it is what the model did: without end for either.
    """
    has_refused = refuses(line_of(written), refusal)
    if not written.first:
        return -math.inf if has_refused else math.inf
    said, *others = written.first
    others = [token for token in others if token.text != said.text]
    same = [token for token in others if _begins(token, refusal) is has_refused]
    other = [token.log_probability for token in others if token not in same]
    of_said = max(token.log_probability for token in (said, *same))
    of_other = max(other) if other else _rest([said, *others])
    return of_other - of_said if has_refused else of_said - of_other


def _begins(token: Token, refusal: str) -> bool:
    """Whether a token begins the refusal: with a whole word, where words are parted by blanks."""
    text, words = token.text.strip(), refusal.encode()
    return bool(text) and words.startswith(text) and not words[len(text) : len(text) + 1].isalpha()


def _rest(tokens: list[Token]) -> float:
    """The most that a token can have that is none of the likeliest."""
    left = 1 - sum(math.exp(min(token.log_probability, 0.0)) for token in tokens)
    return min([math.log(max(left, 1e-9)), *(token.log_probability for token in tokens)])
