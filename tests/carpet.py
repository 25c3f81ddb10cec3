"""An article about a carpet, in both languages, and what is read of a page with it."""

from assistant.sources.html.text import extract_html

LEAD = "The weaver Oda Brandt has sold her last carpet after 41 years, she said at the market in Lund on Friday."
WORK = "She tied 2,600 knots a day, and a carpet of two metres by three took her about five months to make."
PRICE = "The last one went for 3,900 crowns to a dentist, who means to hang it in her waiting room."
LOOM = "Her loom goes to the museum of the town, where a school class will learn to work on it next year."
TITLE = "The last carpet"
JA_TITLE = "最後のじゅうたん"
JA_LEAD = "織り職人の小田房江さんが金曜日、41年の仕事の最後となるじゅうたんを売った。"
JA_WORK = "1日に2600の結び目を作り、1枚を仕上げるのにおよそ5か月かかったという。"
JA_PRICE = "値段は39万円で、買った歯科医は待合室に飾るつもりだ。"


def read(body: str, head: str = f"<title>{TITLE}</title>", lang: str = "en") -> list[str]:
    """The paragraphs of a page, without its title."""
    page = f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'
    return extract_html(page.encode(), "a.html").text.split("\n\n")[1:]


def read_ja(body: str) -> list[str]:
    return read(body, f"<title>{JA_TITLE}</title>", "ja")


def p(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


H1 = f"<h1>{TITLE}</h1>"
JA_H1 = f"<h1>{JA_TITLE}</h1>"
NAV = '<nav><a href="/">Home</a> <a href="/town">Town</a></nav>'
FOOT = "<footer>Lund Gazette, Mill Lane 9</footer>"
