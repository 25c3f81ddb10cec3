"""The page's own words, in both languages; one table each with the same keys."""

from assistant.language import Language

__all__ = ["TEXTS", "text"]

_ENGLISH = {
    "page_title": "Article Assistant",
    "tagline": "Ask the article. Everything stays on this machine.",
    "articles": "Article",
    "all_articles": "All articles",
    "manage": "Add or remove an article",
    "add_title": "Title (may be left empty)",
    "add_text": "Text in English, in Japanese, or in both",
    "add_text_hint": "Paste an article here",
    "choose_file": "Choose a .txt or .md file",
    "add": "Add the article",
    "remove": "Remove the article shown",
    "added": "Added: {title}",
    "already_there": "This article is already there: {title}",
    "left_out": "Left out as page furniture: {text}",
    "removed": "Removed: {title}",
    "choose_first": "Choose the article to remove first.",
    "file_loaded": "The file is in the box; look it over and add it.",
    "no_article": "There is no article yet. Add one below.",
    "no_english": "This article has no English version.",
    "no_japanese": "This article has no Japanese version.",
    "chat": "Conversation",
    "question": "Question",
    "question_hint": "Ask in English or Japanese",
    "ask": "Ask",
    "stop": "Stop",
    "care": "When the article is unclear",
    "cautious": "rather say that it doesn't say",
    "balanced": "balanced",
    "forthcoming": "rather answer",
    "passages": "Passages found: {count}",
    "nearest": "Not an answer, but nearest to the question: {count} passages",
    "loading": "The model is still loading; the answer follows.",
    "busy": "The model is answering another question; this one is next.",
    "reading": "Reading the article …",
    "stopped": "(stopped)",
    "sentence": "Sentence {number} of the article",
    "figure": "{figure}: found in the article",
    "chat_hint": "The answers come with the sentences they rest on. Click a number to see its sentence.",
}

_JAPANESE = {
    "page_title": "記事アシスタント",
    "tagline": "記事に質問できます。すべてこのパソコンの中で動きます。",
    "articles": "記事",
    "all_articles": "すべての記事",
    "manage": "記事の追加と削除",
    "add_title": "題名（空欄でもかまいません）",
    "add_text": "英語、日本語、または両方の本文",
    "add_text_hint": "ここに記事を貼り付けてください",
    "choose_file": ".txt または .md ファイルを選ぶ",
    "add": "記事を追加",
    "remove": "表示中の記事を削除",
    "added": "追加しました：{title}",
    "already_there": "この記事はすでにあります：{title}",
    "left_out": "本文以外として除きました：{text}",
    "removed": "削除しました：{title}",
    "choose_first": "先に、削除する記事を選んでください。",
    "file_loaded": "ファイルの内容を欄に入れました。確認してから追加してください。",
    "no_article": "記事がまだありません。下で追加してください。",
    "no_english": "この記事には英語版がありません。",
    "no_japanese": "この記事には日本語版がありません。",
    "chat": "会話",
    "question": "質問",
    "question_hint": "日本語か英語で質問してください",
    "ask": "質問する",
    "stop": "停止",
    "care": "記事がはっきりしないとき",
    "cautious": "書かれていないと答える",
    "balanced": "バランスを取る",
    "forthcoming": "できるだけ答える",
    "passages": "見つかった箇所：{count}件",
    "nearest": "答えではありませんが、質問に近い箇所：{count}件",
    "loading": "モデルを読み込んでいます。終わりしだいお答えします。",
    "busy": "モデルは別の質問に答えています。この質問は次に答えます。",
    "reading": "記事を読んでいます…",
    "stopped": "（停止しました）",
    "sentence": "記事の第{number}文",
    "figure": "{figure}：記事の中にあります",
    "chat_hint": "答えには根拠となる文の番号が付きます。番号を押すと、その文が記事の中で光ります。",
}

TEXTS = {Language.ENGLISH: _ENGLISH, Language.JAPANESE: _JAPANESE}


def text(language: Language, key: str, **values: object) -> str:
    """The words for `key` in `language`, with `values` filled in; not escaped."""
    return TEXTS[language][key].format(**values)
