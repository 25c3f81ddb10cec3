"""In which encoding a page is written: as it says, or as its bytes do."""

import pytest

from assistant.sources.html.encoding import decode_html

JAPANESE = "<p>北山市の古い水車が、四月から電気を起こしている。費用は百二十万円だった。</p>"


def meta(charset: str) -> str:
    return f'<html><head><meta charset="{charset}"></head>'


@pytest.mark.parametrize(
    ("head", "encoding", "charset"),
    [
        ("", "utf-8", ""),
        ("", "utf-8-sig", "shift_jis"),
        ("", "utf-16", ""),
        ("", "cp932", ""),
        ("", "euc_jp", ""),
        (meta("Shift_JIS"), "cp932", ""),
        (meta("x-sjis"), "cp932", ""),
        (meta("EUC-JP"), "euc_jp", ""),
        (meta("iso-2022-jp"), "iso2022_jp", ""),
        ('<?xml version="1.0" encoding="EUC-JP"?><html>', "euc_jp", ""),
        ('<meta http-equiv="Content-Type" content="text/html; charset=euc-jp">', "euc_jp", ""),
        (meta("utf-8"), "euc_jp", "euc-jp"),
        (meta("nosuch"), "cp932", "undefined"),
        (meta("utf-8"), "cp932", ""),
        (meta("utf-8"), "iso2022_jp", ""),
        (meta("iso-8859-1"), "cp932", ""),
        (meta("windows-1252"), "euc_jp", ""),
        (meta("Shift_JIS"), "euc_jp", ""),
        (meta("EUC-JP"), "cp932", ""),
        (meta("Shift_JIS"), "utf-8", ""),
        (meta("utf-8"), "utf-8", "iso-8859-1"),
    ],
)
def test_japanese_in_any_of_its_encodings(head: str, encoding: str, charset: str) -> None:
    assert decode_html((head + JAPANESE).encode(encoding), charset) == head + JAPANESE


@pytest.mark.parametrize(
    ("head", "encoding"), [("", "cp1252"), (meta("iso-8859-1"), "cp1252"), (meta("latin1"), "cp1252")]
)
def test_western_encodings(head: str, encoding: str) -> None:
    text = head + "<p>“Café” for £3 – that’s all</p>"
    assert decode_html(text.encode(encoding)) == text


def test_a_byte_that_its_encoding_does_not_have_costs_no_more_than_itself() -> None:
    broken = (meta("Shift_JIS") + JAPANESE).encode("cp932").replace("水車".encode("cp932"), b"\x81 ")
    assert decode_html(broken).count("\ufffd") == 1
    assert "電気を起こしている。費用は百二十万円" in decode_html(broken)


@pytest.mark.parametrize("head", ["", meta("utf-8"), meta("Shift_JIS"), meta("iso-8859-1")])
def test_damaged_utf_8_stays_utf_8(head: str) -> None:
    broken = (head + JAPANESE).encode().replace("水車".encode(), b"\xe6\xb0 ")
    assert "電気を起こしている。費用は百二十万円" in decode_html(broken)
