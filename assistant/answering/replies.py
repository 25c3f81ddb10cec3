"""What is said to what is no question about an article, and above the points of one on all of it."""

from assistant.answering.intents import Intent
from assistant.text.language import Language

__all__ = [
    "FIRST_OF",
    "IN_OTHER_VERSION",
    "LEADS",
    "NEEDS_ONE",
    "NONE_FOUND",
    "NOT_LINKED",
    "ONE_VERSION",
    "ONLY_IN",
    "OTHER_FIGURES",
    "REPLIES",
]

ENGLISH, JAPANESE = Language.ENGLISH, Language.JAPANESE

REPLIES = {
    Intent.GREETING: {
        ENGLISH: "Hello! What would you like to know about the article?",
        JAPANESE: "こんにちは。記事について知りたいことをお尋ねください。",
    },
    Intent.THANKS: {
        ENGLISH: "You're welcome. Ask me anything else about the article.",
        JAPANESE: "どういたしまして。ほかにも記事について何でも聞いてください。",
    },
    Intent.FAREWELL: {
        ENGLISH: "Goodbye! The articles stay here for the next time.",
        JAPANESE: "お疲れさまでした。記事はそのまま残りますので、またいつでもどうぞ。",
    },
    Intent.ABOUT_YOU: {
        ENGLISH: (
            "I answer questions about the articles kept here, in English or Japanese, with the sentence that each "
            "answer rests on, and say so where an article doesn't tell. You can also ask for the key points, for the "
            "people, organisations, places, figures or dates mentioned, or for what only one version says."
        ),
        JAPANESE: (
            "ここにある記事についての質問に、日本語か英語で、根拠となる文を示してお答えします。記事に書かれていないことは、そうお伝えします。"
            "要点や、出てくる人物・組織・場所・数字・日付、片方の版だけに書かれていることも聞けます。"
        ),
    },
    Intent.OPINION: {
        ENGLISH: "I have no opinion or advice to give; I only tell what the article says. Ask me what is said in it.",
        JAPANESE: "意見や助言、予想は持ち合わせていません。お答えできるのは記事に書かれていることだけです。",
    },
    Intent.ORDER: {
        ENGLISH: (
            "That is something I can't do: I answer questions about the article, give its key points, and list whom "
            "and what it mentions."
        ),
        JAPANESE: (
            "それはできません。記事についての質問に答え、要点をまとめ、出てくる人物や数字などを挙げることができます。"
        ),
    },
    Intent.REACTION: {
        ENGLISH: "All right. What else would you like to know about the article?",
        JAPANESE: "わかりました。記事についてほかに知りたいことはありますか？",
    },
}
LEADS = {
    Intent.SUMMARY: {ENGLISH: "Key points", JAPANESE: "要点"},
    Intent.PEOPLE: {ENGLISH: "People mentioned", JAPANESE: "出てくる人物"},
    Intent.ORGANISATIONS: {ENGLISH: "Organisations mentioned", JAPANESE: "出てくる組織"},
    Intent.PLACES: {ENGLISH: "Places mentioned", JAPANESE: "出てくる場所"},
    Intent.FIGURES: {ENGLISH: "Figures mentioned", JAPANESE: "出てくる数字"},
    Intent.DATES: {ENGLISH: "Dates mentioned", JAPANESE: "出てくる日付"},
    Intent.DIFFERENCES: {ENGLISH: "What the versions don't have in common", JAPANESE: "日本語版と英語版で違うところ"},
}
NONE_FOUND = {ENGLISH: ": I found none in the article.", JAPANESE: "：記事には見つかりませんでした。"}
"""Behind a lead that nothing stands under."""
IN_OTHER_VERSION = {
    ENGLISH: " (the article is in Japanese only)",
    JAPANESE: "（記事は英語版だけです）",
}
"""Behind a lead where the article has no version in the asker's language."""
FIRST_OF = {ENGLISH: " (the first {shown} of {all})", JAPANESE: "（全{all}件のうち最初の{shown}件）"}
"""Above a list that goes on."""
NOT_LINKED = {
    ENGLISH: "The two versions could not be set side by side, sentence by sentence, so I can't tell how they differ.",
    JAPANESE: "二つの版を一文ずつ対応させることができなかったため、違いをお伝えできません。",
}
ONE_VERSION = {
    (ENGLISH, ENGLISH): "The article has one version only, in English.",
    (ENGLISH, JAPANESE): "The article has one version only, in Japanese.",
    (JAPANESE, ENGLISH): "この記事には英語版しかありません。",
    (JAPANESE, JAPANESE): "この記事には日本語版しかありません。",
}
"""By the asker's language and the article's."""
ONLY_IN = {
    (ENGLISH, ENGLISH): "Only in English",
    (ENGLISH, JAPANESE): "Only in Japanese",
    (JAPANESE, ENGLISH): "英語版だけ",
    (JAPANESE, JAPANESE): "日本語版だけ",
}
OTHER_FIGURES = {ENGLISH: "Other figures", JAPANESE: "数字が違うところ"}
NEEDS_ONE = {
    ENGLISH: "That I can say of up to five articles: choose which ones.",
    JAPANESE: "一度にお答えできるのは5本までの記事についてです。記事を選んでください。",
}
