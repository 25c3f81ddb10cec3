"""What the style sheets inside a page (<style>) hide: by rules with plain selectors, as .menu, #note or div.old p."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["hidden_by_rules"]

MOST_RULES = 50
"""Rules for one name that are looked at."""

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_BRACE = re.compile(r"([{}])")
_ANY_SCREEN = re.compile(r"@(?:media\s+(?:only\s+)?(?:screen|all)$|layer\b|supports\b)", re.IGNORECASE)
_DECLARATION = re.compile(r"(?:^|;)\s*(display|visibility)\s*:\s*([\w-]+)\s*(!\s*important)?", re.IGNORECASE)
_COMPOUND = re.compile(r"(?:[a-z][\w-]*)?(?:[.#][\w-]+)*", re.IGNORECASE)
_NAME = re.compile(r"[.#]?[\w-]+")
_HIDING = {"none", "hidden", "collapse"}


@dataclass(frozen=True, slots=True)
class _Rule:
    """What one selector says of its `subject`, `display` or `visibility`; the rule with the most `strength` holds."""

    compounds: tuple[frozenset[str], ...]
    subject: str
    hides: bool
    strength: tuple[bool, int, int, int, int]

    def fits(self, element: "_Element") -> bool:
        """Whether an element that is called as the last of the compounds stands inside of the others."""
        rest = list(self.compounds[:-1])
        around = element.getparent()
        while rest and around is not None:
            if rest[-1] <= _names(around):
                rest.pop()
            around = around.getparent()
        return not rest


def hidden_by_rules(tree: "_Element") -> "list[list[_Element]]":
    """The elements that each rule hides where none that is stronger shows them."""
    rules: defaultdict[str, list[_Rule]] = defaultdict(list)
    for rule in _rules(tree):
        rules[max(rule.compounds[-1], key=lambda name: name[0] in "#.")].append(rule)
    hidden: defaultdict[_Rule, list[_Element]] = defaultdict(list)
    for element in tree.iter() if any(rule.hides for each in rules.values() for rule in each) else ():
        names = _names(element)
        fitting = [
            rule
            for name in names
            for rule in rules.get(name, ())[-MOST_RULES:]
            if rule.compounds[-1] <= names and rule.fits(element)
        ]
        for rule in _strongest(fitting, element.get("style", "")):
            if rule.hides:
                hidden[rule].append(element)
    return list(hidden.values())


def _strongest(rules: list[_Rule], style: str) -> Iterator[_Rule]:
    """The rule that holds for `display` and that for `visibility`, where the element's own style says nothing of it."""
    own = {found[1].lower() for found in _DECLARATION.finditer(style)}
    for name in {rule.subject for rule in rules} - own:
        yield max((rule for rule in rules if rule.subject == name), key=lambda rule: rule.strength)


def _rules(tree: "_Element") -> Iterator[_Rule]:
    number = 0
    for sheet in tree.iter("style"):
        parent = sheet.getparent()
        is_read = sheet.get("media", "all").strip().lower() in ("", "all", "screen")
        if not is_read or (parent is not None and parent.tag == "noscript"):
            continue
        for selectors, declarations in _parts(sheet.text or ""):
            said = {found[1].lower(): found for found in _DECLARATION.finditer(declarations)}
            for selector in selectors.split(",") if said else ():
                number += 1
                for name, found in said.items():
                    if compounds := _compounds(selector):
                        hides, is_important = found[2].lower() in _HIDING, bool(found[3])
                        strength = (is_important, *_specificity(compounds), number)
                        yield _Rule(compounds, name, hides, strength)


def _parts(sheet: str) -> Iterator[tuple[str, str]]:
    """The selectors and declarations of the rules for any screen, in order; none nested in other rules."""
    around: list[str] = []
    words = ""
    for piece in _BRACE.split(_COMMENT.sub("", sheet)):
        if piece == "{":
            around.append(words.rpartition(";")[2].strip())
        elif piece == "}" and around:
            selectors = around.pop()
            if not selectors.startswith("@") and all(map(_ANY_SCREEN.match, around)):
                yield selectors, words
        words = piece


def _compounds(selector: str) -> tuple[frozenset[str], ...]:
    """The names in each word of a selector, as ({"div", ".old"}, {"p"}); nothing where it is no plain one."""
    words = selector.split()
    if not all(map(_COMPOUND.fullmatch, words)):
        return ()
    return tuple(frozenset(name if name[0] in ".#" else name.lower() for name in _NAME.findall(word)) for word in words)


def _specificity(compounds: tuple[frozenset[str], ...]) -> tuple[int, int, int]:
    names = [name for compound in compounds for name in compound]
    ids, classes = (sum(name.startswith(mark) for name in names) for mark in "#.")
    return ids, classes, len(names) - ids - classes


def _names(element: "_Element") -> set[str]:
    """What selectors call an element: its tag, its classes, its id."""
    names = {str(element.tag), *(f".{name}" for name in element.get("class", "").split())}
    return names | {f"#{element.get('id')}"}
