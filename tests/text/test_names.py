"""Where names stand in a sentence, and of what they are by their place among the words."""

import pytest

from assistant.text.language import Language
from assistant.text.names import Kind, names_in, words_of

ENGLISH, JAPANESE = Language.ENGLISH, Language.JAPANESE


@pytest.mark.parametrize(
    ("language", "text", "names"),
    [
        (ENGLISH, "Harbour master Emi Kato told reporters in Osaka that the ferry will sail.", ["Emi Kato", "Osaka"]),
        (ENGLISH, "Nothing of the kind has been seen before, the report says.", []),
        (ENGLISH, "BRENHOLM — Tom Aske wants to lend raincoats.", ["BRENHOLM", "Tom Aske"]),
        (JAPANESE, "港長の加藤恵美さんは、日本銀行に行った。", ["加藤恵美", "日本銀行"]),
        (JAPANESE, "同社は昨年より多くの客を運んだ。", []),
        (JAPANESE, "", []),
    ],
)
def test_names_are_found(language: Language, text: str, names: list[str]) -> None:
    assert [text[name.start : name.end] for name in names_in(text, language)] == names


def test_each_has_a_chance_to_be_of_any_kind() -> None:
    (name,) = names_in("会長のジョン・スミスさんは笑った。", JAPANESE)
    assert max(name.chances, key=lambda kind: name.chances[kind]) is Kind.PERSON
    assert set(name.chances) == set(Kind)
    assert 0.9 < sum(name.chances.values()) <= 1.001


@pytest.mark.parametrize("language", Language)
def test_words_stand_where_they_are_said_to(language: Language) -> None:
    text = "Dr. Emi Kato's 3.5% share — 加藤恵美さん（41）は\u3000笑った。"
    words = words_of(text, language)
    assert all(text[word.start : word.end] == word.text for word in words)
    assert not any(word.text.isspace() for word in words)
