"""Yes and no, in both languages, before what an answer says; how sure the model is of which is for `answering.py`."""

import re

__all__ = ["YES_OR_NO", "affirms", "unaffirmed"]

YES_OR_NO = ("Yes", "No", "はい", "いいえ")
"""What an answer may begin with, one in place of the other."""
_AFFIRMS = re.compile(r"(?:yes|no)\b(?!\. ?\d)|はい|いいえ", re.IGNORECASE)
_AFFIRMATION = re.compile(r"^(?:yes|no|はい|いいえ)(?:(?:[,、。]|\.(?! ?\d))\s*|$)", re.IGNORECASE)


def affirms(said: str) -> bool:
    """Whether what is said begins with a yes or no."""
    return bool(_AFFIRMS.match(said))


def unaffirmed(said: str) -> str:
    """What is said without the yes or no before it; "" where that may still be all of it."""
    if any(word.startswith(said) for word in YES_OR_NO):
        return ""
    left = _AFFIRMATION.sub("", said)
    return left[:1].upper() + left[1:]
