"""What a page says of itself and of other pages: links to other articles, offers to subscribe, demands for scripts."""

import re
from collections import Counter
from collections.abc import Iterable

from assistant.sources.html.page import HEADINGS, LINK, Block, weight

__all__ = ["ERROR", "is_error", "is_excuse", "is_notice", "is_pointer", "is_polite"]

HEADLINE = 18
"""Least weight of a link that is another article's headline, and no name in the text."""
SENTENCE, STATEMENT = 60, 30
"""Weights of a linked sentence from which it is text; a statement ends with a full stop, as headlines don't."""
LABEL_JAPANESE = 120
"""Most weight of a notice without a full stop."""
NOTICE = 220
"""Most weight of a notice; what is longer is the article's."""
LABEL = 30
"""Most weight of a label, as "Loading"."""
LINKED = 0.7
"""Share of a paragraph above which several links with nothing but signs between them are a list."""
EXCUSE = 600
"""Most weight of what a page says instead of an article."""
ERROR = 300
"""Most weight of what a page says whose title tells an error."""

_LABEL = re.compile(r"^(?:\W*|.{0,60}[:：]\s*|\W*[【\[(（<＜〈《].{1,30}[】\])）>＞〉》]\s*|[A-Z' ]{3,30}\W*)$")
_JOINED = re.compile(r"[\w、，,。.]")
_BRACKETED = re.compile(r"^\W*[【\[].{1,30}[\]】]\W*$")
_CLAUSE = re.compile(r"^[^\u3041-\u3096]*[\u3041-\u3096].*[\u30a0-\u30ff\u3400-\u9fff]|[a-z] [a-z]")
"""What a headline has and a name has not: particles of Japanese between its words, words in lower case."""
_FURNITURE = re.compile(
    r"""^\W*(?:ads?|adverti[sz]ements?|sponsored|pr|広告|スポンサーリンク
    |\d+\s+comments?|(?:comments?|コメント)\s*[(（]\d+件?[)）])\W*$""",
    re.IGNORECASE | re.VERBOSE,
)
"""What stands over advertisements and comments."""
_SYMBOL = re.compile(r"^[▼▶►→⇒■●◆★☆»>＞・‣•\s]*$")
_AFTER = re.compile(r"^(?:\W*|\W*[\[(（【].{1,30}[\])）】]\W*)$")
_FULL_STOP = re.compile(r"[^\W\d_][.。][\"”’)）」]*$")
_SENTENCE_END = re.compile(r"[.。!！?？]\W*$")

_ASKS = re.compile(
    r"""\W{0,40}(?:please\s+|to\s+)?(?:
    (?:sign\s+up|subscribe|log\s+in|sign\s+in)(?:\W*$|\s+(?:for|to|now|here|today|with|and|or)\b)
    |(?:register|join)\b.{0,80}\b(?:newsletter|account|e-?mail|inbox|membership|for\s+free|subscrib|to\s+(?:unlock|continue|read)\b)
    |already\s+(?:an?\s+)?(?:subscri|member\b|registered|have\s+an\s+account)
    |(?:like|share|follow)\s+(?:us|this|our|the|@)\b.{0,80}(?:facebook|twitter|instagram|story|article|friend|us\b|@)
    |follow\s+our\s+(?:\w+\s+){0,2}(?:coverage|reporting|updates)\b
    |(?:download|get|try|choose|check\s+out)\s(?!to\b).{0,100}\b(?:app|newsletters?|inbox|free\s+trial|subscription)\b(?!['’])
    |(?:continue|keep|finish)\s+reading|(?:read|unlock|enjoy)\s+(?:the\s+)?(?:full|unlimited|rest)\b
    |this\s+(?:article|story|content|page)\s+is\s+(?:\w+\s+){0,3}(?:for|to)\s+(?:\w+\s+){0,3}(?:subscribers|members|readers)
    |thank(?:s|\s+you)\s+for\s+(?:signing|subscribing|registering|reading)
    |create\s+(?:an|your|a\s+free)\s+.{0,40}\baccount
    |you.(?:ve|\s*have)\s+(?:(?:reached|read|used)\b.{0,60}\b(?:articles?|limit)|.{1,30}\b(?:articles?|stories)\s+(?:left|remaining))
    |(?:story|article|text)\s+continues\b.{0,40}$|scroll\s+(?:down\s+)?(?:to|for)\b.{0,30}$
    |(?:listen\s+to|watch|share|give|gift|print|save|bookmark)\s+(?:this|the\s+full|full)\s+(?:article|story|page)\b.{0,30}$
    |this\s+(?:article|story)\s+(?:is|was)\s+(?:more\s+than|over|first|originally|last)\b.{0,60}(?:old|published|updated)\b
    |(?:support|fund)\s+(?:our|independent|local|quality)\s+(?:\w+\s+)?(?:journalism|reporting|newsroom)\b
    |(?:enter|keep\s+an\s+eye)\s.{0,60}\b(?:e-?mail|inbox)\b
    |(?:more|most)\s+(?:must.reads?|read|popular)\b|(?:related|recommended)\s+(?:stories|articles|topics)\W*$)""",
    re.IGNORECASE | re.VERBOSE,
)
"""How a sentence begins that asks its reader to do something with the site."""
_CALLS = re.compile(
    r"""\W{0,40}(?:(?:do|have)\s+you\b[^.?]{0,100}\?|if\s+you\b.{0,60}\b(?:stor(?:y|ies)|tips?|feedback|corrections?)\b[^.?]{0,40},)
    \s+(?:please\s+)?(?:write|e-?mail|contact|call|tell|send|get\s+in\s+touch)\b
    .{0,80}?(?:\b(?:us|our|me|newsroom|desk|editors?|reporters?|here|below)\b|@)""",
    re.IGNORECASE | re.VERBOSE,
)
"""Who has something to tell is to write to the site."""
_OF_SITE = re.compile(
    r"\b(?:our|us|newsletters?|inbox|subscri\w+|log\s+in|sign\s+in|reading|this\s+(?:story|article|page))\b",
    re.IGNORECASE,
)
"""What a sentence names that is the site's own."""
_REPORTED = re.compile(
    r"""(?:,["”’']?|[?!]["”’'])\s+(?!(?:which|who|that|and|but|we|you)\b)(?:according\s+to\b|(?:[\w.'’-]+\s+){0,6}?
    (?:says?|said|tells|told|adds|added|asks|asked|writes|wrote|warn(?:s|ed)|urge[sd]|advise[sd]|explain(?:s|ed)
    |suggest(?:s|ed)|announce[sd]|insist(?:s|ed)|noted|notes|repl(?:ies|ied)|recommend(?:s|ed)|reads)\b)""",
    re.VERBOSE,
)
"""Who says it, behind what is said."""
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?…])\s+")
_OFFERS_JAPANESE = re.compile(
    r"会員|ログイン|フォロー|購読|電子版|メールマガジン|メルマガ|ニュースレター|続きを|有料(?:記事|プラン)|無料登録|マイページ|シェア|"
    r"アプリ|この記事を|残り\W*\d|(?:ニュース|記事).{0,20}受け取る|ご意見|ご感想|お寄せ|LINE|Facebook|Twitter|リアクション|(?:アクセス|人気|記事)ランキング|関連(?:記事|キーワード|ニュース)"
)
_ASKS_JAPANESE = re.compile(
    r"(?:(?:限定|有料記事)です|残り\W*[\d,]+\s*文?字(?:[（(/／].{1,20})?|ください|下さい|できます|なれます|いただけます|頂けます|必要です|こちら(?:から)?(?:です)?)[。！!]?\W*$"
)
_LABEL_JAPANESE = re.compile(
    r"(?:限定|限定記事|読み放題|する|できる|はこちら|登録すると|登録|読む|お読み|聴く|聞く|受け取る|印刷|保存|届け|キーワード|記事|ニュース|ランキング)\W*$"
)
_OF_SITE_JAPANESE = re.compile(
    r"この(?:ページ|サイト)|[当本](?:サイト|紙|ページ|メディア)|続き|記事|会員(?:限定|の方)|有料(?:会員|プラン)|ログイン|マイページ|購読|電子版|"
    r"フォロー|メルマガ|メールマガジン|ニュースレター|ご利用|ご意見|ご感想|お寄せ|お楽しみ|お読み|こちら|残り\W*\d"
)
_SENTENCE_JAPANESE = re.compile(r"[\u3041-\u3096].*。\W*$")
_POLITE = re.compile(r"(?:です|ます|でした|ました|ません|でしょう|ましょう)(?:か|ね|よ)*。\W*$")
_SCRIPT = re.compile(
    r"java\s*script|cookies?\b|クッキー|ジャバスクリプト|読み込み中|ログイン|パスワード|ブラウザ|お待ちください|"
    r"\b(?:loading|please\s+wait|log\s*in|sign\s*in|password|captcha|robot|browser|consent)\b|"
    r"\b(?:your\s+(?:device|connection)|page\s+you|unusual\s+traffic)\b|(?:お探しの|ご?指定(?:の|された))(?:ページ|記事|URL)",
    re.IGNORECASE,
)
_ADDRESSES = re.compile(
    r"\b(?:please|you|your|we|enable|accept|must|need)\b|くだ?さい|下さい|ます|必要|有効", re.IGNORECASE
)

_IS_ERROR = re.compile(
    r"""\W*(?:
    (?:http\W*)?(?:error|エラー)?\W*(?:[45]\d\d\W*)?(?:error|エラー|not\s+found|forbidden|unauthorized|bad\s+gateway|service\s+unavailable
    |access\s+denied|internal\s+server\s+error)?
    |.{0,40}\bpage\b.{0,40}\b(?:found|exist|available|unavailable|displayed|moved|removed|gone)
    |just\s+a\s+moment|one\s+moment.{0,20}|please\s+wait|attention\s+required|(?:checking|verifying)\s.{0,60}
    |(?:are\s+you|verify\s+you\s+are)\s+(?:an?\s+)?(?:human|robot)|(?:security|robot)\s+check|(?:down\s+for\s+)?maintenance
    |.{0,20}(?:ページ|URL|記事).{0,20}ません.{0,8}|アクセス.{0,8}(?:できません|拒否.{0,8})|.{0,10}メンテナンス中.{0,6}
    )\W*""",
    re.IGNORECASE | re.VERBOSE,
)
"""What is called so, from the first word to the last, tells that there is no page."""


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
    if _SENTENCE_END.search(block.text) and linked >= (STATEMENT if _FULL_STOP.search(block.text) else SENTENCE):
        return False
    if before.rstrip().endswith((":", "：")) or _BRACKETED.match(before):
        return bool(_CLAUSE.search(block.links[0]))
    return linked >= HEADLINE or (bool(_SYMBOL.match(before)) and (bool(before.strip()) or size == linked))


def is_polite(texts: Iterable[str]) -> bool:
    """Whether most sentences of Japanese on a page are polite (です, ます), those aside that may be the site's own."""
    sizes: Counter[bool] = Counter()
    for text in texts:
        if _SENTENCE_JAPANESE.search(text) and not _OFFERS_JAPANESE.search(text):
            sizes[bool(_POLITE.search(text))] += weight(text)
    return sizes[True] > sizes[False]


def is_notice(block: Block, polite: bool = False) -> bool:
    """Whether a short text asks its reader to do something with the site: subscribe, sign in, follow, share.

    Plain sentences of Japanese are the article's whatever they speak of; the site is polite, or has no full stop.

    Args:
        polite: whether the article is polite as well; its sentences speak of the site where they are the site's.
    """
    text = block.text
    if weight(text) > NOTICE:
        return False
    if _OFFERS_JAPANESE.search(text) and "「" not in text:
        is_label = "。" not in text and block.tag not in HEADINGS and weight(text) <= LABEL_JAPANESE
        if polite and "。" in text and not _OF_SITE_JAPANESE.search(text):
            return False
        return bool(_ASKS_JAPANESE.search(text) or (is_label and _LABEL_JAPANESE.search(text)))
    return bool(_FURNITURE.match(text)) or _asks(text)


def _asks(text: str) -> bool:
    """Whether a text of English asks for something, at once or behind questions; later on only for what is the site's.

    What somebody is told to say asks for nothing.
    """
    if _REPORTED.search(text):
        return False
    is_begun = False
    for sentence in _BETWEEN_SENTENCES.split(text):
        if _ASKS.match(sentence) and (not is_begun or _OF_SITE.search(sentence)):
            return True
        is_begun = is_begun or not sentence.endswith("?")
    return bool(_CALLS.match(text))


def is_excuse(text: str) -> bool:
    """Whether a text is what a page shows instead of an article: that it needs a script, a cookie or a password."""
    size = weight(text)
    return size <= EXCUSE and bool(_SCRIPT.search(text)) and (size <= LABEL or bool(_ADDRESSES.search(text)))


def is_error(title: str) -> bool:
    """Whether what stands over a text says that the page is not there, or not yet."""
    return bool(re.search(r"\w", title)) and bool(_IS_ERROR.fullmatch(title))
