"""Who people are whom figures count, by a table (`roles.toml`) of both languages: "athletes", 選手, "killing", 死亡."""

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

__all__ = ["roles"]

_TABLE: dict[str, dict[str, str]] = tomllib.loads(
    files("assistant.text").joinpath("roles.toml").read_text(encoding="utf-8")
)
_PATTERNS = {
    role: re.compile(
        rf"(?<![a-z])(?:{words['english']})s?(?![a-z])|(?:{words['japanese']})(?:者|人|数|ら|たち|達|員)*$"
    )
    for role, words in _TABLE.items()
}


@lru_cache(maxsize=1024)
def roles(words: str) -> frozenset[str]:
    """The roles that words, in the form of `fold`, are for."""
    return frozenset(role for role, pattern in _PATTERNS.items() if pattern.search(words))
