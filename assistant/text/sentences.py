"""Cuts paragraphs into sentences, in offsets into the text as given; nothing is normalised away.

English by pysbd (Sadvilkar & Neumann 2020, arXiv:2010.09657), mended where news goes beyond it: hours before a weekday
or a zone, firms before a title, sentences without a blank between them. Japanese by its marks: those in brackets, those
that a particle follows, and points within numbers and initials end none.
"""

import re
import warnings
from collections.abc import Iterator
from functools import cache
from typing import Any

from assistant.text.language import JAPANESE, Language, Span
from assistant.text.named_times import WEEKDAYS

__all__ = ["ends_sentence", "sentence_spans"]

SENTENCE_LIMIT = 600
"""Longest sentence in characters; longer ones (tables, unpunctuated text) are cut where they pause."""
BLOCK_LIMIT = 6000
"""Longest text in characters given to pysbd at once; its time grows faster than its input."""
QUOTE_LIMIT = 160
"""A longer quotation is cut into its sentences, in characters."""
NEAR = 80
"""Characters around an end that tell whether it is one."""
DEEPEST = 8
"""Brackets within brackets are looked at no deeper."""
_BLANK = re.compile(r"\s")
_PAUSE = re.compile(r"[\s,;:、，；：]")

_DAYS = "|".join(f"{day}s?" for day in WEEKDAYS)
_DAY = re.compile(
    rf"(?:{_DAYS})(?! (?:is|was|will|has|had|marks|brings|may|would)\b)|(?:Mon|Tues?|Wed|Thu|Thurs|Fri|Sat|Sun)\.? "
)
_ZONE = re.compile(
    r"(?:[A-Z]{2,4}T|GMT|UTC|ET|PT|CT|MT)\b|(?:[A-Z][a-z]+ ){1,2}(?:[Ss]tandard |[Dd]aylight )?[Tt]ime\b"
)
_HOUR_END = re.compile(r"\d ?[ap]\.m\.$")
_FIRM_END = re.compile(r"\b(?:Inc|Corp|Co|Cos|Ltd|LLC|Bros|plc|PLC|Int'l|Intl|S\.A|N\.V|Univ|Dept|Assn|Mfg)\.$")
_FIRM = re.compile(r"(?:Ltd|Inc|Corp|L\.?L\.?C|P?LC|plc|L\.?P|Bhd|K\.?G|AG|SA|Limited)\b")
"""What a firm's name may go on with."""
_TITLE = re.compile(
    r"(?:Vice |Deputy |Senior |Executive |Managing |Acting |Former |Co-?|Interim |Chief |Lead )*"
    r"(?:Chief|C[EFOT]O|President|Chair(?:man|woman|person)?|Director|Executive|Officer|Founder|Head|Spokes\w+|Analyst"
    r"|Manager|Partner|Economist|Strategist|Secretary|Treasurer|Counsel|Editor|Professor|Engineer|shares|stock)\b"
)
_BEFORE_NUMBER_END = re.compile(
    r"\b(?:Tk|Rs|Nos?|vs|approx|est|ca|cf|Figs?|Sec|Art|Ch|pp?|Vol|max|min|Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)\.$"
)
_COUNTRY_END = re.compile(r"(?<![\w.])(?:[A-Z]\.){2,}(?= |$)")
_STARTER = re.compile(
    r"(?:The|An?|He|She|It|They|We|You|But|And|In|On|At|This|That|These|Those|There|However|Meanwhile|Some|Many|Most"
    r"|What|When|Where|Why|How|If|As|After|Before|Since|While|Its|His|Her|Their|Our|My|Nobody|Everyone|No|Not|Only|One)"
    r"(?= [a-z])"
)
_GLUED = re.compile(
    r"(?<![\w.@/])(?:[A-Za-z]+(?<=[a-z]{2})|\d+)"
    r"(?<!\b[DM]rs)(?<!\b[DFJLMS]r)(?<!\b[FLMS]t)(?<!\bM[rs])(?<!\bNo)"
    r"[.!?][\"”’]?(?=[\"“‘]?[A-Z][a-z]+ [a-z])"
)
"""An end without a blank behind it."""
_ABBREVIATED = re.compile(
    r"\b(?:Lt|Gen|Capt|Col|Sgt|Maj|Adm|Cmdr|Cpl|Pvt|Brig|Atty|Supt|Insp|Det|Rev|Hon|Pres|Gov|Sen|Rep|Msgr|Messrs"
    r"|Ft|Mt|Pt|Ste?|Div|Dist|Bros|Assoc|Pte|Pty|Sdn|Bhd|Cie|Geo|Wm|Chas|Thos|Jos|Robt|Natl|Ave|Blvd|Rd|Hwy|Pkwy)\.$"
)
_NAME_FOLLOWS = re.compile(r"\b(?:Mrs?|Ms|Mx|Drs?|Prof|Fr|[A-Z][a-z]+ [A-Z])\.$")
"""What is written before a name, or within one, at the end of a line."""
_LETTER = re.compile(r"(?<=[a-z] )[B-HJ-Z]\.(?= )")
"""What may be the end of "plan B." rather than the beginning of a name."""
_WITHIN = re.compile(r"[,;)\]]|[a-z](?![A-Z])")
"""What no sentence begins with."""

_OPENERS, _CLOSERS = "「『（(“【〈《〔［[〝｢", "」』）)”】〉》〕］]〟｣"
_ALIKE = str.maketrans("〞＂", '〟"')
"""Marks that are written otherwise, to what they are."""
_MARKS = "。．！？!?｡."
_END = re.compile(rf"(?<![{re.escape(_MARKS)}…])[{re.escape(_MARKS)}…]*[{re.escape(_MARKS)}][{re.escape(_CLOSERS)}]*")
_GOES_ON = re.compile(
    r"[ 　]*(?:[、，,・）」』]|を|(?:が|は|に|の|も|で)(?=[一-龥ァ-ヶA-ZＡ-Ｚ\d「『、])|や(?=[「『])"
    r"|(?:と|って)(?!ころ|き|に[かも]|ても|はいえ|もあれ|りわけ|うとう|っさ)"
    r"|など|なんて|さん|氏|です|だ[。、と]|という|とか)"
)
"""What goes on with the sentence behind a quotation or an exclamation."""
_MORE_QUOTES = re.compile(r"(?:「[^「」]{1,160}」|『[^『』]{1,160}』){1,4}")
"""Quotations that follow one, with which they may share what is said of them."""
_NAME_GOES_ON = re.compile(
    r"を|(?:が|は|に|の)(?=[一-龥ァ-ヶA-ZＡ-Ｚ\d０-９「『])|と(?=[一-龥])(?!と(?:同時|共に|或る|言え))|も(?=[一-龥])"
)
"""The same behind 。, with which a name may end (モーニング娘。)."""
_NAME_BEHIND = re.compile(r" ?[A-Za-zＡ-Ｚａ-ｚ]|[ァ-ヶ]")
_NAME_BEFORE = re.compile(r"[A-Za-zＡ-Ｚａ-ｚァ-ヶー]$")
"""Names are written with a mark too: Yahoo! JAPAN, ハロー！プロジェクト."""


def ends_sentence(text: str) -> bool:
    """Whether `text` closes with the mark of a sentence's end, or of what introduces one (a colon)."""
    if _NAME_FOLLOWS.search(text) or _ABBREVIATED.search(text):
        return False
    return text.rstrip("\"'”’)]」』） ").endswith((".", "!", "?", "。", "！", "？", ":", "："))


def sentence_spans(text: str, paragraph: Span, language: Language) -> tuple[Span, ...]:
    """Sentences of one paragraph.

    The spans cover every character of the paragraph that isn't blank, in order, and overlap nowhere.
    """
    body = _BLANK.sub(" ", text[paragraph.start : paragraph.end])
    ends = _japanese_ends(body) if language is Language.JAPANESE else _english_ends(body)
    starts = [0, *ends]
    spans = (Span(start, end) for start, end in zip(starts, [*ends, len(body)], strict=True))
    pieces = (piece for span in spans for piece in _cut(body, span, SENTENCE_LIMIT))
    return tuple(Span(paragraph.start + piece.start, paragraph.start + piece.end) for piece in pieces)


def _english_ends(body: str) -> list[int]:
    """Offsets behind the sentences of `body` but the last."""
    ends: set[int] = set()
    for block in _cut(body, Span(0, len(body)), BLOCK_LIMIT):
        cursor = block.start
        for sentence in _segment(body[block.start : block.end]):
            found = body.find(sentence, cursor, block.end)
            if found >= 0:
                cursor = found + len(sentence)
                ends.add(cursor)
        ends.add(block.end)
    ends = {end for end in ends if not _goes_on(body[max(0, end - NEAR) : end], body[end : end + NEAR].lstrip())}
    ends.update(match.end() for match in _GLUED.finditer(body))
    abbreviated = (one.end() for pattern in (_LETTER, _COUNTRY_END) for one in pattern.finditer(body))
    ends.update(end for end in abbreviated if _STARTER.match(body[end : end + NEAR].lstrip()))
    last = len(body.rstrip())
    return sorted(end for end in ends if end < last)


def _goes_on(before: str, behind: str) -> bool:
    """Whether what pysbd takes for an end is none."""
    if _WITHIN.match(behind):
        return True
    if _ABBREVIATED.search(before):
        return not _STARTER.match(behind)
    if _HOUR_END.search(before):
        return bool(_DAY.match(behind) or _ZONE.match(behind))
    if _FIRM_END.search(before):
        return bool(_TITLE.match(behind) or _FIRM.match(behind))
    return bool(_BEFORE_NUMBER_END.search(before)) and behind[:1].isdigit()


def _segment(body: str) -> list[str]:
    """Sentences of `body` as pysbd gives them; none where it stumbles over its own regular expressions."""
    try:
        sentences: list[str] = _segmenter().segment(body)
    except (IndexError, re.error):
        return []
    return [sentence.strip() for sentence in sentences if sentence.strip()]


@cache
def _segmenter() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pysbd

    return pysbd.Segmenter(language=Language.ENGLISH.value, clean=False)


def _japanese_ends(body: str) -> list[int]:
    body = _paired(body)
    quoted, last, has_stops = _quoted(body), len(body.rstrip()), "。" in body
    found = (match for match in _END.finditer(body) if match.end() < last)
    return [match.end() for match in found if _ends_japanese(body, match, quoted, has_stops=has_stops)]


def _ends_japanese(body: str, match: re.Match[str], quoted: bytearray, *, has_stops: bool) -> bool:
    """Whether marks end a sentence; `has_stops`: those of the text end with 。, so that points end none."""
    marks = match[0].rstrip(_CLOSERS)
    if quoted[match.start() + len(marks) - 1] and quoted[match.end()]:
        return False
    before, behind = body[max(0, match.start() - NEAR) : match.start()], body[match.end() : match.end() + NEAR]
    if marks[-1] in ".．" and (has_stops or not _point_ends(before, behind)):
        return False
    if marks == "。" == match[0]:
        return not _NAME_GOES_ON.match(behind)
    if len(match[0]) == len(marks) == 1 and marks in "!！" and _NAME_BEHIND.match(behind):
        return not _NAME_BEFORE.search(before)
    more = _MORE_QUOTES.match(body, match.end()) if match[0][-1] in "」』" else None
    return not (_GOES_ON.match(behind) or (more and _GOES_ON.match(body, more.end())))


def _paired(body: str) -> str:
    """`body`, as long as it is, with straight quotation marks as those that open and close by turns, if they do."""
    pieces = body.translate(_ALIKE).split('"')
    if len(pieces) % 2 == 0:
        return '"'.join(pieces)
    return pieces[0] + "".join(("“" if at % 2 else "”") + piece for at, piece in enumerate(pieces[1:], start=1))


def _point_ends(before: str, behind: str) -> bool:
    """Whether a point ends a sentence: behind a Japanese character, or behind a word, before a blank and a capital."""
    if JAPANESE.match(before[-1:]) or before[-1:] in (*_CLOSERS, '"'):
        return True
    return bool(
        re.search(r"[a-z]{3,}$|\d$", before) and re.match(r"[\s　]+[A-Z\"“]|[\s　]+[ァ-ヶ一-龥ぁ-ん]{2}", behind)
    ) and not re.search(r"(?:^|[\s　])\d{1,2}$|\b(?:Inc|Corp|Ltd|Co|No|St|Mr|Mrs|Dr)$", before)


def _quoted(body: str) -> bytearray:
    """For each offset of `body`, and that behind it, whether it is within brackets, none of which holds very much."""
    quoted = bytearray(len(body) + 1)
    opened: list[tuple[int, int]] = []
    for at, character in enumerate(body):
        if (kind := _OPENERS.find(character)) >= 0:
            opened.append((kind, at))
        elif (kind := _CLOSERS.find(character)) >= 0 and any(kind == one for one, _ in opened[-DEEPEST:]):
            while opened[-1][0] != kind:
                opened.pop()
            _, start = opened.pop()
            if at - start <= QUOTE_LIMIT:
                quoted[start + 1 : at + 1] = b"\1" * (at - start)
    return quoted


def _cut(body: str, span: Span, limit: int) -> Iterator[Span]:
    """`span` without the blanks around it, in pieces of at most `limit` characters, cut where the text pauses."""
    start = span.start
    while start < span.end:
        end = min(start + limit, span.end)
        if end < span.end:
            pauses = [pause.end() for pause in _PAUSE.finditer(body, start + limit // 2, end)]
            end = pauses[-1] if pauses else end
        piece = body[start:end].strip()
        if piece:
            at = body.index(piece, start)
            yield Span(at, at + len(piece))
        start = end
