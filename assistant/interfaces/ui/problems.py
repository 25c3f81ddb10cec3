"""What went wrong, in the page's language: as gettext has it, a message's id is its English template (`ja.po`)."""

import errno
import os
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from assistant.errors import AssistantError
from assistant.text.language import Language

__all__ = ["japanese_templates", "problem"]

_SYSTEM = {
    errno.EACCES: "アクセスが許可されていません",
    errno.ECONNREFUSED: "接続を拒否されました",
    errno.ECONNRESET: "接続を切られました",
    errno.EDQUOT: "使える容量の上限に達しました",
    errno.EHOSTUNREACH: "相手までの経路がありません",
    errno.EIO: "入出力エラーが起きました",
    errno.EISDIR: "フォルダーです",
    errno.EMFILE: "開いているファイルが多すぎます",
    errno.ENAMETOOLONG: "名前が長すぎます",
    errno.ENETUNREACH: "ネットワークにつながっていません",
    errno.ENOENT: "ファイルまたはフォルダーがありません",
    errno.ENOMEM: "メモリーが足りません",
    errno.ENOSPC: "ディスクに空きがありません",
    errno.ENOTDIR: "フォルダーではありません",
    errno.EPERM: "操作が許可されていません",
    errno.EROFS: "読み取り専用です",
    errno.ETIMEDOUT: "時間内に応答がありませんでした",
}
_REASONS = {os.strerror(number): said for number, said in _SYSTEM.items()} | {
    "Hostname mismatch, certificate is not valid for": "証明書が別の名前のものです：",
    "IP address mismatch, certificate is not valid for": "証明書が別の名前のものです：",
    "certificate has expired": "証明書の期限が切れています",
    "self-signed certificate": "自己署名の証明書です",
    "unable to get local issuer certificate": "証明書の発行元を確かめられません",
    "the answer had not ended": "答えが途中です",
    "it has no address": "アドレスがありません",
    "llama.cpp gives no reason": "理由は不明です",
}
"""What the system and its libraries say themselves, as far as it is common."""


def problem(error: AssistantError, language: Language) -> str:
    """What went wrong, in `language`; where there is no Japanese for it, in English after a word of introduction."""
    if language is Language.ENGLISH:
        return str(error)
    return _japanese(error) or f"問題が起きました。詳しい内容（英語）：{error}"


@cache
def japanese_templates() -> Mapping[str, str]:
    """The Japanese template of each English one, in the order of the file."""
    from babel.messages.pofile import read_po

    with files("assistant.interfaces.ui").joinpath("ja.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file, abort_invalid=True) if message.id}


def _japanese(error: AssistantError) -> str | None:
    template = japanese_templates().get(error.template)
    return template and template.format(**{name: _value(name, value) for name, value in error.values.items()})


def _value(name: str, value: object) -> object:
    if isinstance(value, AssistantError):
        return _japanese(value) or str(value)
    if name == "reason":
        for english in sorted(_REASONS, key=len, reverse=True):
            value = str(value).replace(english, _REASONS[english])
    return value
