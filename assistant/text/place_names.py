"""Names of countries, peoples and cities in both languages: those of CLDR (Babel), and those of `place_names.toml`."""

import re
import tomllib
from functools import cache
from importlib.resources import files

__all__ = ["meanings", "places_named"]

_OTHERS: dict[str, list[str]] = tomllib.loads(
    files("assistant.text").joinpath("place_names.toml").read_text(encoding="utf-8")
)
_WORD = re.compile(r"[^\W\d_]+(?:\.[A-Z]\.?)*")
_REMARK = re.compile(r" ?[(（].*")


@cache
def meanings() -> dict[str, frozenset[str]]:
    """What each name may be of, by CLDR's codes."""
    from babel import Locale

    found: dict[str, set[str]] = {}
    for language in ("en", "ja"):
        locale = Locale(language)
        for code, name in locale.territories.items():
            found.setdefault(_REMARK.sub("", name), set()).add(code)
        for code, name in locale.languages.items():
            found.setdefault(name.removesuffix("語"), set()).add(f"language {code}")
    for zone, names in Locale("ja").time_zones.items():
        for city in (names.get("city"), zone.rpartition("/")[2].replace("_", " ")):
            if city:
                found.setdefault(city, set()).add(zone)
    for code, others in _OTHERS.items():
        for name in others:
            found.setdefault(name, set()).add(code)
    return {name: frozenset(codes) for name, codes in found.items()}


def places_named(text: str) -> frozenset[str]:
    """The codes of all that a text names."""
    words = set(_WORD.findall(text))
    words |= {word.removesuffix("s").removesuffix("n") for word in words}
    return frozenset(
        code
        for name, codes in meanings().items()
        if (name in words if name.isascii() and name.isalpha() else name in text)
        for code in codes
    )
