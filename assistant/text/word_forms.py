"""English words told from names by their other forms: nouns have plurals, verbs and adjectives endings (wordfreq)."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from assistant.text.scripts import is_function_word

__all__ = ["is_ordinary", "singular"]

MUCH_USED = 1e-4
"""As often as that, as a share of all words, no name is used."""
OTHER_FORMS = 0.01
"""As often as that, to the word, the other forms of a noun or a verb are used; those of a name hardly ever."""
SHORT = 3
"""Words of so few letters are let pass."""
_ENDINGS: dict[str, list[str]] = tomllib.loads(
    files("assistant.text").joinpath("word_forms.toml").read_text(encoding="utf-8")
)
_ORDINARY = re.compile(
    "(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|.{2,6}(?:teen|ty)|once|twice|celsius|fahrenheit)"
    "|.{3,}(?:[aeiu][bct]le|age|ance|ence|hood|ment|ness|ship|[st]ion|ture|ward|wise|ism|ists?|ology|ous|ful|less|fish|work)s?"
)
"""Numbers, degrees, and words that end as no names do."""
_PLURAL = re.compile("(?<=..)ies$|(?<=[sxz])es$|(?<=[cs]h)es$|(?<=[^su])s$")


@cache
def is_ordinary(word: str) -> bool:
    """Whether a word in small letters is none that only names are: much used, or with other forms that are used too."""
    from wordfreq import get_frequency_dict

    frequencies = get_frequency_dict("en", "large")
    share = frequencies.get(word, 0.0)
    if len(word) <= SHORT or share >= MUCH_USED or is_function_word(word) or _ORDINARY.fullmatch(word):
        return True
    used = sum(frequencies.get(form, 0.0) for form in _forms(word) - {word} if len(form) >= SHORT)
    return share > 0 and used >= OTHER_FORMS * share


def _forms(word: str) -> set[str]:
    """What may be forms of one word."""
    stems = {word, *(word.removesuffix(ending) for ending in _ENDINGS["of"] if len(word) - len(ending) >= SHORT)}
    stems |= {stem[:-1] for stem in stems if stem[-1] == stem[-2]}
    stems |= {f"{stem[:-1]}y" for stem in stems if stem[-1] == "i"}
    shortened = {stem[:-1] for stem in stems if stem[-1] in "ey"}
    doubled = {f"{stem}{stem[-1]}{ending}" for stem in stems for ending in _ENDINGS["doubling"]}
    return doubled | {f"{stem}{ending}" for stem in stems | shortened for ending in _ENDINGS["with"]}


def singular(word: str) -> str:
    """An English word in small letters without the ending of more than one."""
    return _PLURAL.sub(lambda ending: "y" if ending[0] == "ies" else "", word)
