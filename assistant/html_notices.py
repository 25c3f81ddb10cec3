"""What a page says of itself and of other pages: links to other articles, offers to subscribe, demands for scripts."""

import re

from assistant.html_page import LINK, Block, weight

__all__ = ["is_excuse", "is_notice", "is_pointer"]

HEADLINE = 18
"""Least weight of a link that is another article's headline, and no name in the text."""
SENTENCE = 120
"""Weight of a linked sentence from which it is text."""
NOTICE = 220
"""Most weight of a notice; what is longer is the article's."""
LABEL = 30
"""Most weight of a label, as "Loading"."""
LINKED = 0.7
"""Share of a paragraph above which several links with nothing but signs between them are a list."""
EXCUSE = 600
"""Most weight of what a page says instead of an article."""

_LABEL = re.compile(r"^(?:\W*|.{0,60}[:：]\s*|\W*[【\[(（<＜〈《].{1,30}[】\])）>＞〉》]\s*|[A-Z' ]{3,30}\W*)$")
_JOINED = re.compile(r"[\w、，,。.]")
_SYMBOL = re.compile(r"^[▼▶►→⇒■●◆★☆»>＞・‣•\s]*$")
_AFTER = re.compile(r"^(?:\W*|\W*[\[(（【].{1,30}[\])）】]\W*)$")
_SENTENCE_END = re.compile(r"[.。!！?？]\W*$")

_ASKS = re.compile(
    r"""^\W*(?:please\s+|don.t\s+miss|why\s+not\s+)?(?:sign\s+(?:up|in)|log\s+in|subscribe|register|join|follow|like|share|download|get|read|click|
    tap|become|create|continue|unlock|start|support|already|want|enjoy|stay|keep|enter|thanks?(?:\s+you)?\s+for|to\s+continue|
    this\s+(?:article|story|content)\s+is|you\s+have|you.ve|sorry|have\s+you|more\s+must|most\s+read|join)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_OFFERS = re.compile(
    r"""newsletter|subscri|\b(?:inbox|e-?mail|log(?:ged)?\s+in|sign(?:ed|ing)?\s+(?:up|in)|member(?:s|ship)?|register(?:ed)?|account|app|
    podcast|free\s+(?:trial|articles?)|facebook|twitter|instagram|whatsapp|telegram|follow\s+us|reading|full\s+(?:story|article)|
    premium|paywall|your\s+friends?|a\s+friend|notifications?|alerts?)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_OFFERS_JAPANESE = re.compile(
    r"会員|ログイン|フォロー|購読|電子版|メールマガジン|メルマガ|ニュースレター|続きを|有料記事|有料プラン|無料登録|マイページ|シェア|アプリ|LINE|Facebook|Twitter|リアクション|ランキング|関連記事"
)
_ASKS_JAPANESE = re.compile(
    r"(?:限定(?:です|記事)?|読み放題|する|してください|ください|下さい|(?:利用)?でき(?:ます|る)|なれます|いただけます|頂けます|はこちら|こちら(?:から)?|"
    r"登録すると|必要です|登録|読む|お読み|届け(?:します)?|[:：]|キーワード|記事|ランキング)\W*$"
)
_SCRIPT = re.compile(
    r"java\s*script|cookies?\b|クッキー|ジャバスクリプト|\b(?:loading|please\s+wait|log\s*in|sign\s*in|password|captcha|robot|browser)\b|"
    r"読み込み中|ログイン|パスワード|ブラウザ|お待ちください",
    re.IGNORECASE,
)
_ADDRESSES = re.compile(
    r"\b(?:please|you|your|we|enable|accept|must|need)\b|くだ?さい|下さい|ます|必要|有効", re.IGNORECASE
)


def is_pointer(block: Block) -> bool:
    """Whether a block is nothing but a link to something else, with a label before it perhaps."""
    if not block.links or block.tag == "h1":
        return False
    size, linked = weight(block.text), sum(map(weight, block.links))
    before, _, after = block.outline.partition(LINK)
    if len(block.links) > 1:
        return linked >= LINKED * size and not _JOINED.search(block.outline)
    if not (_LABEL.match(before) and _AFTER.match(after)):
        return False
    if linked >= SENTENCE and _SENTENCE_END.search(block.text):
        return False
    return linked >= HEADLINE or (bool(_SYMBOL.match(before)) and (bool(before.strip()) or size == linked))


def is_notice(text: str) -> bool:
    """Whether a short text asks its reader to do something with the site: subscribe, sign in, follow, share."""
    if weight(text) > NOTICE:
        return False
    if _OFFERS_JAPANESE.search(text) and _ASKS_JAPANESE.search(text) and "「" not in text:
        return True
    return bool(_ASKS.match(text) and _OFFERS.search(text))


def is_excuse(text: str) -> bool:
    """Whether a text is what a page shows instead of an article: that it needs a script, a cookie or a password."""
    size = weight(text)
    return size <= EXCUSE and bool(_SCRIPT.search(text)) and (size <= LABEL or bool(_ADDRESSES.search(text)))
