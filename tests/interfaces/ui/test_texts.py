"""The page's words are there in both languages, all of them, and no more than are used."""

import ast
import re
import string
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

import assistant.interfaces.ui.texts
from assistant.interfaces.ui.header_html import KEYS
from assistant.interfaces.ui.texts import TEXTS, text
from assistant.model.protocol import ModelState
from assistant.settings import Care
from assistant.text.language import HAN, KANA, Language
from assistant.text.scripts import language_of

UI = Path(assistant.interfaces.ui.texts.__file__).parent
ENGLISH, JAPANESE = TEXTS[Language.ENGLISH], TEXTS[Language.JAPANESE]
PER_LANGUAGE = ("no", "differs", "no_voice", "only", "count_only", "ask_only", "twin")
COMPUTED = (
    {f"{kind}_{language.name.lower()}" for kind in PER_LANGUAGE for language in Language}
    | {"tab_reading", "tab_talking", *(f"key_{key}" for key in KEYS)}
    | {f"{kind}{state}" for kind in ("", "status_") for state in get_args(ModelState)}
    | {f"model_{state}" for state in ("fetching", "changing", "failed")}
    | set(Care)
)
"""Keys that the code puts together, and those that are a state of the model or a choice of care."""


def _placeholders(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


@cache
def _strings() -> set[str]:
    """Every string that stands in the code of the page."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in UI.glob("*.py") if path.name != "texts.py")
    nodes = (node for tree in trees for node in ast.walk(tree))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_each_language_has_a_table() -> None:
    assert set(TEXTS) == set(Language)


def test_the_tables_have_the_same_keys_in_the_same_order() -> None:
    assert list(ENGLISH) == list(JAPANESE)


@pytest.mark.parametrize("key", ENGLISH)
def test_a_text_says_the_same_in_both_languages(key: str) -> None:
    assert ENGLISH[key].strip()
    assert JAPANESE[key].strip()
    assert _placeholders(ENGLISH[key]) == _placeholders(JAPANESE[key])
    assert not KANA.search(ENGLISH[key])
    assert not HAN.search(ENGLISH[key])
    assert language_of(JAPANESE[key]) is not Language.ENGLISH
    assert re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", JAPANESE[key])


@pytest.mark.parametrize("key", ENGLISH)
def test_every_text_is_used(key: str) -> None:
    assert key in _strings() | COMPUTED


def test_values_are_filled_in_as_they_are() -> None:
    assert text(Language.ENGLISH, "added", title="{x} <b> 100%") == "Added: {x} <b> 100%"
    assert text(Language.JAPANESE, "passages", count=3) == "見つかった箇所：3件"
