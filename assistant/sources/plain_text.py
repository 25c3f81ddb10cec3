"""Plain text of any encoding and Markdown: their characters, without marks of quotation or markup.

Encodings by charset-normalizer, Markdown by markdown-it (CommonMark 0.31, with tables and struck text).
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from assistant.errors import ArticleError
from assistant.sources.extracted import (
    BYTE_ORDER_MARKS,
    CJK,
    CONTROL,
    Extracted,
    decoded,
    known_title,
    no_text,
    paragraphs_text,
    tidy,
    written_day,
)
from assistant.text.sentences import ends_sentence

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

__all__ = ["decode_text", "extract_markdown", "extract_text"]

ENCODINGS = ["iso2022_jp", "cp932", "euc_jp", "cp1252", "utf_16_le", "utf_16_be"]
"""What texts that aren't UTF-8 are in; each as Windows has it."""
LEAST_BYTES = 8
"""Fewer tell nothing."""
LEAST_SOUND = 10
"""Kana for each byte that is none, at least, in a damaged text in an encoding of Japanese."""
SAMPLED = 100_000
"""Bytes by which an encoding is told, at most."""
_QUOTED = re.compile(r"(?:>[ \t]?)+")
LEAST_QUOTED = 2
"""One line alone that begins with > may be anything."""
_FRONT_MATTER = re.compile(
    r"\A---[ \t]*\n((?:#.*\n)*[\w-]+:.*\n(?:[\w-]+:.*\n|[ \t].*\n|- .*\n|#.*\n|\n)*)(?:---|\.\.\.)[ \t]*(?:\n|\Z)"
)
_TOML = re.compile(r"\A\+\+\+[ \t]*\n(.*?\n)??\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
_KEY = re.compile(r"([\w-]+):")
_FOLDED = re.compile(r"[>|][-+\d]{0,2}(?:\s+#.*)?")
_SINGLE = re.compile(r"'((?:[^']|'')*)'")
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"')
_COMMENT = re.compile(r"(?:^|\s)#(?:\s.*|$)")
_DATES = ("date", "datepublished", "published", "publishedat", "publishdate", "publicationdate", "pubdate", "created")
"""Under what the day of an article is given, the best first."""
_NOTE = re.compile(r"\[\^[^\[\]\s]{1,100}\]")
"""What points at a note below the text, and with a colon behind it begins that note."""
_BREAK = re.compile(r"<br\b", re.IGNORECASE)
_PARAGRAPH = "\u2029"
_TASK = re.compile(r"\[[ xX]\]\s+")
_KANA = re.compile(r"[\u3041-\u30ff]")
_CJK = re.compile(f"[{CJK}]")
_BETWEEN_CJK = re.compile(rf"(?<=[{CJK}])\n(?=[{CJK}])")


def decode_text(data: bytes, name: str = "the file") -> str:
    """The text in `data`: by its byte order mark; UTF-8; else what fits best. A few bytes that are none are left out.

    Raises:
        ArticleError: it is no text.
    """
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark) and (text := _decoded(data, encoding)) is not None:
            return text
    text = None if b"\x1b$" in data else _decoded(data, "utf-8")
    text = text if text is not None else _japanese(data) or _mended(data) or _mended_japanese(data)
    if text is None and len(data) >= LEAST_BYTES:
        from charset_normalizer import from_bytes

        best = from_bytes(data[:SAMPLED], cp_isolation=ENCODINGS).best()
        text = _decoded(data, best.encoding) if best else None
    if text is None and (text := _decoded(data, "cp932")) is None:
        raise ArticleError(
            "{name} is not a text in UTF-8, UTF-16 or Shift JIS. Save it as plain text in UTF-8.", name=name
        )
    return text


def extract_text(data: bytes, name: str) -> Extracted:
    """A plain text, without the marks of what is quoted in a mail.

    Raises:
        ArticleError: it is no text.
    """
    text = decode_text(data, name)
    lines = [line for line in text.splitlines() if line.strip()]
    is_mail = sum(line.startswith(">") for line in lines) >= LEAST_QUOTED
    return Extracted("\n".join(_unquoted(text)) if is_mail else text)


def extract_markdown(data: bytes, name: str) -> Extracted:
    """The text of a Markdown file, its title and date where its front matter tells them.

    Raises:
        ArticleError: it is no text, or has none in it.
    """
    text = decode_text(data, name).replace("\r\n", "\n")
    fields, body = _front_matter(text)
    paragraphs = [tidy(line) for block in _blocks(_markdown().parse(body)) for line in block.split("\n")]
    title = known_title(fields.get("title"))
    if title and title not in paragraphs:
        paragraphs.insert(0, title)
    if not any(paragraphs):
        raise no_text(name)
    day = next(filter(None, (written_day(fields.get(key, "")) for key in _DATES)), "")
    return Extracted(paragraphs_text(paragraphs), title, day)


def _unquoted(text: str) -> Iterator[str]:
    """The lines of a mail; those quoted as the sentences that they were before they were cut."""
    quoted = ""
    for line in text.splitlines():
        mark = _QUOTED.match(line)
        body = line[mark.end() :].strip() if mark else ""
        if quoted and (not body or ends_sentence(quoted)):
            yield quoted
            quoted = ""
        if body:
            quoted = _BETWEEN_CJK.sub("", f"{quoted}\n{body}").replace("\n", " ").strip()
        else:
            yield "" if mark else line
    if quoted:
        yield quoted


def _decoded(data: bytes, encoding: str) -> str | None:
    """The same as `decoded`, where it is a text: without characters that control a device."""
    text = decoded(data, encoding)
    return None if text is None or CONTROL.search(text) else text


def _japanese(data: bytes) -> str | None:
    """The text where it has kana in an encoding that the kana of no other language or encoding look like."""
    found = [text for text in (_decoded(data, "cp932"), _decoded(data, "euc_jp")) if text and _KANA.search(text)]
    return max(found, key=lambda text: len(_KANA.findall(text)), default=None)


def _mended(data: bytes) -> str | None:
    """UTF-8 with fewer bytes that are none than characters that take several."""
    text = data.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    several = sum(not character.isascii() for character in text) - bad
    return None if bad >= several or CONTROL.search(text) else text.replace("\ufffd", "")


def _mended_japanese(data: bytes) -> str | None:
    """A text in Shift JIS, EUC or JIS with few bytes that are none beside its kana, as where it was cut."""
    read = [data.decode(encoding, errors="replace") for encoding in ("cp932", "euc_jp", "iso2022_jp")]
    text = max(read, key=lambda text: len(_KANA.findall(text)))
    is_sound = LEAST_SOUND * text.count("\ufffd") < len(_KANA.findall(text))
    return text.replace("\ufffd", "") if is_sound and not CONTROL.search(text) else None


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """What a Markdown file says of itself at its head, in YAML or TOML, and what stands below that."""
    if front := _FRONT_MATTER.match(text):
        return dict(_fields(front[1])), text[front.end() :]
    if front := _TOML.match(text):
        try:
            fields = tomllib.loads(front[1] or "")
        except (tomllib.TOMLDecodeError, RecursionError):
            return {}, text
        return {_plain_key(key): str(value) for key, value in fields.items()}, text[front.end() :]
    return {}, text


def _fields(front: str) -> Iterator[tuple[str, str]]:
    """What stands under each key of YAML, as a text; of what stands there twice the first counts."""
    fields: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in front.splitlines():
        if key := _KEY.match(line):
            lines = [line[key.end() :].strip()]
            fields.setdefault(_plain_key(key[1]), lines)
        elif line.strip() and not line.startswith("#"):
            lines.append(line.strip())
    for name, (first, *below) in fields.items():
        yield name, _scalar(first, below)


def _plain_key(key: str) -> str:
    """How pubDate, pub_date and pub-date are looked up alike."""
    return re.sub(r"[_-]", "", key).lower()


def _scalar(first: str, below: Sequence[str]) -> str:
    """A text as YAML writes it: in quotes or without, on lines below too, with a comment behind."""
    if _FOLDED.fullmatch(first):
        return _BETWEEN_CJK.sub("", "\n".join(below)).replace("\n", " ")
    whole = _BETWEEN_CJK.sub("", "\n".join([first, *below]) if first else first).replace("\n", " ")
    if quoted := _SINGLE.match(whole):
        return quoted[1].replace("''", "'")
    if quoted := _DOUBLE.match(whole):
        try:
            return str(json.loads(quoted[0]))
        except ValueError:
            return quoted[1]
    return _COMMENT.sub("", whole)


def _markdown() -> "MarkdownIt":
    """CommonMark with tables, struck text and notes, in which Japanese needs no blanks around what is marked."""
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import emphasis, strikethrough

    markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    for rule in (emphasis, strikethrough):
        markdown.inline.ruler.at(rule.__name__.rpartition(".")[2], _beside_japanese(rule.tokenize))
    markdown.inline.ruler.before("link", "note", _note)
    return markdown


def _beside_japanese(rule: "Callable[[StateInline, bool], bool]") -> "Callable[[StateInline, bool], bool]":
    """`rule`, by which marks between a bracket and a letter of Japanese may begin and end something all the same."""

    def marks(state: "StateInline", silent: bool) -> bool:
        start, known = state.pos, len(state.delimiters)
        if not rule(state, silent):
            return False
        before, after = state.src[max(start - 1, 0) : start], state.src[state.pos : state.pos + 1]
        if state.src[start] != "_" and (_CJK.match(before) or _CJK.match(after)):
            for delimiter in state.delimiters[known:]:
                delimiter.open = bool(after.strip())
                delimiter.close = bool(before.strip())
        return True

    return marks


def _note(state: "StateInline", silent: bool) -> bool:
    """Passes over what points at a note; what begins one begins a paragraph."""
    found = _NOTE.match(state.src, state.pos)
    if not found:
        return False
    begins = state.src.startswith(":", found.end()) and state.src[max(state.pos - 1, 0)] in "\n["
    if begins and not silent:
        state.push("paragraph_break", "", 0)
    state.pos = found.end() + begins
    return True


def _blocks(tokens: "Sequence[Token]") -> Iterator[str]:
    """The paragraphs, headings, rows of tables and lines of code, in reading order."""
    row: list[str] | None = None
    for number, token in enumerate(tokens):
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            yield " | ".join(filter(None, row or ()))
            row = None
        elif token.type == "inline":
            text = _inline(token.children or ())
            if row is not None:
                row.append(tidy(text))
            elif number > 1 and tokens[number - 2].type == "list_item_open":
                yield _TASK.sub("", text, count=1) if _TASK.match(text) else text
            else:
                yield text
        elif token.type in ("fence", "code_block"):
            yield token.content
        elif token.type == "html_block":
            from assistant.sources.html.text import whole_page

            yield from (block.text for block in whole_page(token.content))


def _inline(tokens: "Sequence[Token]") -> str:
    """What is read of a paragraph, its notes on lines of their own: not what is struck, pictures, or tags."""
    parts, struck = [], 0
    for token in tokens:
        struck += {"s_open": 1, "s_close": -1}.get(token.type, 0)
        if not struck and token.type in ("text", "code_inline"):
            parts.append(token.content)
        elif not struck and (token.type in ("softbreak", "hardbreak") or _BREAK.match(token.content)):
            parts.append("\n")
        elif token.type == "paragraph_break":
            parts.append(_PARAGRAPH)
    text = _BETWEEN_CJK.sub("", "".join(parts))
    return text.replace("\n", " ").replace(_PARAGRAPH, "\n")
