"""What stands in the place of an answer where there is none: what is shown, and what the model writes for it."""

from assistant.text.language import Language

__all__ = ["NEAREST", "NOTHING_POINTED_AT", "NOT_STATED", "REFUSAL", "REFUSAL_START", "UNSAID", "WITHHELD"]

REFUSAL = {
    Language.ENGLISH: "The article does not say.",
    Language.JAPANESE: "記事には書かれていません。",
}
"""What is answered where the article doesn't hold the answer."""
WITHHELD = {
    Language.ENGLISH: "No sound answer came out; put another way, the question may get one.",
    Language.JAPANESE: "確かな答えを出せませんでした。質問の言い方を変えると、答えられることがあります。",
}
"""What is said where what the model said couldn't be ended as an answer must."""
UNSAID = {
    Language.ENGLISH: "The words quoted here answer it; they could not be put into English.",
    Language.JAPANESE: "ここに引用した箇所が答えですが、日本語では言い表せませんでした。",
}
"""What is said where words answer the question that are in the other language, and nothing came of putting them into
the asker's."""
NEAREST = {
    Language.ENGLISH: "Not an answer, but nearest to the question:",
    Language.JAPANESE: "答えではありませんが、質問に近い箇所：",
}
"""What stands above the passages that are shown where there is no answer."""

NOT_STATED = {Language.ENGLISH: "Not stated.", Language.JAPANESE: "記載なし"}
"""What the model is asked to say there: short, and begun by a token that begins no answer."""
REFUSAL_START = {Language.ENGLISH: "Not", Language.JAPANESE: "記載"}
"""Its first word: by it, an answer is known not to be one."""
NOTHING_POINTED_AT = "Not stated."
"""What a model that was taught to point at words of the article writes where none answer, whoever asks."""
