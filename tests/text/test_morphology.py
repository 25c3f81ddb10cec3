"""Japanese words: all of the text, places, kinds and readings, from several threads."""

from concurrent.futures import ThreadPoolExecutor

from assistant.text.morphology import PIECE, morphemes

SENTENCE = "港長の加藤恵美さんは、🚢 日本銀行に\n行った。"


def test_words_are_all_of_the_text_each_at_its_place() -> None:
    long = SENTENCE * (2 * PIECE // len(SENTENCE))
    for text in ("", SENTENCE, long):
        found = list(morphemes(text))
        assert "".join(word.text for word in found) == text
        assert all(text[word.start : word.end] == word.text for word in found)


def test_a_word_has_its_kinds_and_its_reading() -> None:
    found = {word.text: word for word in morphemes(SENTENCE)}
    assert found["加藤"].kinds == ("名詞", "固有名詞", "人名", "姓")
    assert (found["加藤"].reading, found["日本銀行"].reading) == ("カトウ", "ニッポンギンコウ")


def test_several_threads_read_at_once() -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: len(list(morphemes(SENTENCE * 50))), range(40)))
    assert len(set(found)) == 1
