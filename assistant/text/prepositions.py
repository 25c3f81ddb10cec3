"""Whether "over" or "about" before a figure bounds it: not in "anger over 50% tariffs" and "talks about 20 hostages".

By what stands before it (`prepositions.toml`). Where that isn't plain it bounds nothing, as a bound that is left out
does less harm than one that the text doesn't say.
"""

import re
import tomllib
from collections.abc import Iterable
from importlib.resources import files

from assistant.text.units import CURRENCIES

__all__ = ["MAY_BOUND", "bounds_behind"]

MAY_BOUND = re.compile(r"over|above|under|below|about|around|close to", re.IGNORECASE)
"""Those that may be either."""
REACH = 80
"""Characters before one that are looked at."""

_TABLE = tomllib.loads(files("assistant.text").joinpath("prepositions.toml").read_text(encoding="utf-8"))


def _any(words: Iterable[str]) -> str:
    return f"(?:{'|'.join(words)})"


_DEGREE = re.compile(r"(?<![a-z])(?:just|well|slightly|far|marginally|comfortably|a (?:little|bit)|anywhere)$")
"""Words before one that make it a bound: "well over 50%"."""
_ADVERB = re.compile(
    r"(?<![a-z])(?:only|now|still|already|also|alone|even|then|again|so far|today"
    r"|(?!fami|ita|sup|rep|ral|assemb)[a-z]{3,}ly)$"
)
_BREAK = re.compile(r"[,;:(\[\"“”‘—–/|]|- |\.{3}|…")
_OPENING = re.compile(
    r"(?:(?:in|on|by|at|last|this|since|during|early|late|the|next|each|every) )*"
    r"(?:years?|months?|weeks?|weekend|days?|nights?|mornings?|evenings?|afternoon|yesterday|tomorrow|[a-z]+day|spring|summer"
    r"|autumn|winter|january|february|march|april|may|june|july|august|september|october|november|december|\d{4})"
)
"""When, at the beginning of a clause: "Last year about 300 people came"."""
_TOPIC = re.compile(rf"(?<![a-z]){_any(_TABLE['topics'])}(?:e?s)?(?![a-z])")
_LINK = re.compile(_any(_TABLE["links"]))
_BE = re.compile(_any(_TABLE["be"]))
_MEASURE = re.compile(rf"{_any(_TABLE['measures'])}(?:e?s)?|salaries")
_VERB = re.compile(rf"{_any(_TABLE['verbs'])}(?:e|s|es|y|ies|ing|ying|ping|ning|t?ting|e?d|ied|[lnpt]ed)?")
_PAST = re.compile("(?!(?:speed|seed|weed|breed|greed|reed|deed|hundred|need|shed|feed)$)[a-z]{2,}ed")
_MOVING = re.compile(_any(_TABLE["moving"]))
_LENGTHS = frozenset({"metre", "centimetre", "kilometre", "foot", "mile", "inch", "yard", "kilo"})
_EXTENT = re.compile(
    r"[ -](?:away|ago|from|(?:north|south|east|west)[a-z]*|off|inland|offshore|long|deep|high|wide|tall|thick|old"
    r"|later|earlier|apart|across|below|above)(?![a-z])"
)
"""What stands behind a measure of how far or how long."""
_UP = re.compile(r"(?:^|(?:[,(]|is|are|was|were|be|been) )(?:up|down)")
_ABOUT = ("about", "around", "close to")
_OF_WORD = {"over": "over", "about": "about", "around": "about"} | dict.fromkeys(
    ("above", "below", "under", "close to"), "under"
)
_GOVERNING = {
    word: re.compile(_any([*_TABLE["governing"]["any"], *_TABLE["governing"][of]])) for word, of in _OF_WORD.items()
}
_WHAT_SAID = re.compile(r"(?<![a-z])(?:what|things?|all|much|nothing|little|something|anything)\b.*sa(?:id|ys?)$")


def bounds_behind(word: str, before: str, unit: str | None, behind: str) -> bool:
    """Whether one of `MAY_BOUND` says how much a figure is.

    Args:
        before: what stands before it.
        unit: the figure's, behind which `behind` stands.
    """
    word, said = word.lower(), before[-REACH:].lower().rstrip().replace("’", "'")
    if _DEGREE.search(said) or (unit and _EXTENT.match(behind)):
        return True
    while said != (rest := _ADVERB.sub("", said).rstrip()):
        said = rest
    *earlier, clause = _BREAK.split(said)
    last = clause.split()[-1] if clause.strip() else ""
    if not last:
        return not (earlier and re.search(rf"{_TOPIC.pattern}$", earlier[-1].rstrip()))
    if _OPENING.fullmatch(clause.strip()) or _LINK.fullmatch(last):
        return True
    if _BE.fullmatch(last):
        return not _TOPIC.search(said)
    if last in ("up", "down"):
        return bool(_UP.search(clause))
    if _MOVING.match(last) and word not in _ABOUT:
        return unit in ("%", "point", *CURRENCIES) or (word in ("above", "below") and unit not in _LENGTHS)
    if word not in _ABOUT and _MEASURE.fullmatch(last):
        return True
    is_verb = _VERB.fullmatch(last) or (word in _ABOUT and _PAST.fullmatch(last))
    return bool(is_verb and not _GOVERNING[word].match(last) and not _WHAT_SAID.search(clause))
