"""What of a mail is its text; one that holds none is told, however it is broken."""

import random
import time
from collections.abc import Callable
from email.header import Header
from email.message import EmailMessage

import pytest

from assistant.errors import ArticleError
from assistant.library.article import parse_article
from assistant.sources.extraction import SUFFIXES, Extracted, extract
from assistant.sources.mail import extract_mail
from tests.texts import ENGLISH, JAPANESE, OTHER

HEADLINE, _, BODY = ENGLISH.partition("\n\n")


def page(text: str, title: str = "") -> str:
    """A page of paragraphs, the first of them its headline."""
    first, *others = text.split("\n\n")
    body = "".join(f"<p>{paragraph}</p>" for paragraph in others)
    return f"<html><head><title>{title}</title></head><body><h1>{first}</h1>{body}</body></html>"


def mail(text: str = "", markup: str = "", subject: str = "Rolls of the island", **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Emi Hoshino <emi@example.org>"
    message["Subject"] = subject
    message["Date"] = headers.pop("date", "Tue, 03 Jun 2025 23:30:00 +0900")
    for name, value in headers.items():
        message[name] = value
    if text:
        message.set_content(text)
    if markup:
        (message.add_alternative if text else message.set_content)(markup, subtype="html")
    return message


def raw(body: bytes, content_type: str = "text/plain", *headers: str) -> bytes:
    """A mail whose body is as given."""
    lines = ["From: emi@example.org", "Subject: Rolls", f"Content-Type: {content_type}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def read(message: EmailMessage | bytes) -> Extracted:
    return extract_mail(message if isinstance(message, bytes) else bytes(message), "a.eml", SUFFIXES)


def test_a_plain_mail_gives_its_text_subject_and_date() -> None:
    for text in (ENGLISH, JAPANESE):
        found = extract(bytes(mail(text)), "a.eml")
        assert found.text.split() == text.split()
        assert (found.title, found.date) == ("Rolls of the island", "2025-06-03")


@pytest.mark.parametrize("text", [ENGLISH, JAPANESE])
def test_a_mail_of_both_gives_its_page(text: str) -> None:
    found = extract(bytes(mail("Your mail program shows no pages.", page(text))), "a.eml")
    assert found.text == text
    assert (found.title, found.date) == (text.split("\n\n")[0], "2025-06-03")


def test_a_page_too_short_for_an_article_is_all_text() -> None:
    found = read(mail(markup="<p>A roll.</p><p>Tea.</p>"))
    assert found == Extracted("A roll.\n\nTea.", "Rolls of the island", "2025-06-03")


def test_all_texts_are_read_and_attachments_and_other_mails_are_not() -> None:
    message = mail(ENGLISH)
    message.add_attachment("Not this.", filename="b.txt")
    message.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="c.pdf")
    message.add_attachment(mail("Nor this."))
    message.add_attachment(OTHER, disposition="inline")
    found = read(message).text
    assert "Tsukimi" in found
    assert "umbrellas" in found
    assert "this." not in found
    pictured = mail(markup=page(ENGLISH))
    pictured.add_related(b"GIF", maintype="image", subtype="gif", cid="<1>")
    pictured.add_related("<p>Framed.</p>", subtype="html", cid="<2>")
    assert read(pictured).text == ENGLISH


def test_richness_is_looked_for_inside_of_the_ways_to_write_a_thing() -> None:
    message = mail(BODY)
    message.add_alternative(page(ENGLISH), subtype="html")
    message.add_alternative("BEGIN:VCALENDAR", subtype="calendar")
    rich = message.get_payload(1)
    assert isinstance(rich, EmailMessage)
    rich.add_related(b"GIF", maintype="image", subtype="gif", cid="<1>")
    assert read(message).text == ENGLISH
    empty = mail(BODY)
    empty.add_alternative("<!-- -->", subtype="html")
    assert "Tsukimi" in read(empty).text


@pytest.mark.parametrize(
    ("written", "title"),
    [
        (Header("島のパン屋、百万個に", "iso-2022-jp").encode(), "島のパン屋、百万個に"),
        (
            Header("島のパン屋、シナモンロールの販売が百万個に" * 3, "utf-8").encode(),
            "島のパン屋、シナモンロールの販売が百万個に" * 3,
        ),
        ("=?utf-8?B?5bO2?= =?utf-8?B?44Gu?= bakery", "島の bakery"),
        ("=?utf-8?B?5bM=?=\r\n =?utf-8?B?tuOBrg==?=", "島の"),
        ("=?shift_jis?B?h0C9zA==?=", "①ｽﾌ"),
        ("=?no-such?Q?Rolls_of_the_island?=", "Rolls of the island"),
        ("島のパン屋", "島のパン屋"),
        ("転送: RE: Rolls of the island", "Rolls of the island"),
        ("RE: Fwd: re：Rolls of\r\n the island", "Rolls of the island"),
        ("=?utf-8?B?5?=", ""),
        ("", ""),
    ],
)
def test_a_subject_in_any_writing(written: str, title: str) -> None:
    found = read(f"From: a@example.org\r\nSubject: {written}\r\n\r\nA roll.\r\n".encode())
    assert found.text.strip() == "A roll."
    assert found.title == title or (not title and "\ufffd" not in found.title)


@pytest.mark.parametrize(
    "date", ["yesterday", "", "Tue, 99 Jun 2025 10:00:00 +0900", "Tue, 03 Jun 1970 10:00:00 +0000"]
)
def test_what_is_no_date_is_none(date: str) -> None:
    assert read(f"From: a@example.org\nDate: {date}\n\nA roll.\n".encode()).date == ""


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("iso-2022-jp", "iso-2022-jp"),
        ("cp932", "shift_jis"),
        ("euc_jp", "euc-jp"),
        ("utf-8", "us-ascii"),
        ("utf-8", "iso-2022-jp"),
        ("cp932", "no-such"),
        ("utf-8", '""'),
    ],
)
def test_texts_in_any_encoding_whatever_they_are_said_to_be(encoding: str, named: str) -> None:
    assert read(raw(JAPANESE.encode(encoding), f"text/plain; charset={named}")).text.strip() == JAPANESE
    markup = page(JAPANESE).encode(encoding)
    assert read(raw(markup, f"text/html; charset={named}")).text == JAPANESE


def test_packed_bodies_are_unpacked_and_broken_ones_read_as_far_as_they_go() -> None:
    quoted = b"A roll costs =32=34=30 yen=\r\n, 12% more. =ZZ"
    found = read(raw(quoted, "text/plain", "Content-Transfer-Encoding: quoted-printable"))
    assert found.text.startswith("A roll costs 240 yen, 12% more.")
    assert read(raw(b"QSByb2xsLg", "text/plain", "Content-Transfer-Encoding: base64")).text == "A roll."
    assert read(raw(b"A roll.", "text/plain", "Content-Transfer-Encoding: none-such")).text == "A roll."


def test_lines_that_were_cut_are_whole_again() -> None:
    text = b"A roll costs \r\n240 yen.\r\n From Monday on.\r\n> It cost \r\n> 210 yen.\r\n\r\n-- \r\nEmi\r\n"
    lines = read(raw(text, "text/plain; format=flowed")).text.splitlines()
    assert lines == ["A roll costs 240 yen.", "From Monday on.", "> It cost 210 yen."]
    japanese = "星野さんの \r\n店は明るい。\r\n".encode()
    assert read(raw(japanese, "text/plain; charset=utf-8; format=Flowed; DelSp=Yes")).text == "星野さんの店は明るい。"


def test_a_few_characters_that_are_none_do_no_harm() -> None:
    assert read(raw(BODY.replace("Tuesday", "Tues\x01day").encode())).text == BODY
    damaged = page(ENGLISH).replace("Tuesday", "Tues\x01day")
    assert read(raw(damaged.encode(), "text/html; charset=utf-8")).text == ENGLISH


def test_what_is_quoted_is_read_without_its_marks() -> None:
    found = read(raw(b"She says:\n\n> A roll costs\n> 240 yen.\n>\n> So it is.\n")).text
    assert ">" not in found
    assert "A roll costs 240 yen." in found


GMAIL = """\
---------- Forwarded message ---------
From: Island News <news@example.org>
Date: Sat, May 31, 2025 at 7:30 AM
Subject: The mill bakes again
To: Emi <emi@example.org>, Jun
 <jun@example.org>

"""
OUTLOOK = """\
________________________________
From: Island News <news@example.org>
Sent: Saturday, May 31, 2025 7:30 AM
To: Emi <emi@example.org>;
Jun <jun@example.org>
Subject: RE: The mill bakes again

"""
IN_JAPANESE = """\
-----Original Message-----
差出人: 島の新聞
送信日時: 2025年5月31日 土曜日 7:30
宛先: emi@example.org
件名: The mill bakes again

"""
BOLD = """\
*From:* Island News
*Date:* 31 May 2025
*Subject:* The mill bakes again

"""
APPLE = """\
Begin forwarded message:

> From: Island News <news@example.org>
> Subject: The mill bakes again
> Date: May 31, 2025 at 7:30:00 AM GMT+9
> To: emi@example.org
>
"""
HEADS = [GMAIL, OUTLOOK, IN_JAPANESE, BOLD, APPLE]
FORWARDED = ("The mill bakes again", "2025-05-31")
NOTE = "For you.\n\nEmi\n\n"


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("note", ["", NOTE])
def test_what_a_mail_forwards_is_its_text_with_its_own_title_and_date(head: str, note: str) -> None:
    text = "\n".join(f"> {line}" for line in BODY.splitlines()) if head is APPLE else BODY
    found = read(mail(f"{note}{head}{text}\n", subject="FW: See this"))
    assert found.text.split() == BODY.split()
    assert (found.title, found.date) == FORWARDED


def rows(head: str) -> str:
    cells = (line.split(":", 1) for line in head.splitlines() if ":" in line)
    return "<table>" + "".join(f"<tr><th>{name}: </th><td>{said}</td></tr>" for name, said in cells) + "</table>"


@pytest.mark.parametrize("head", HEADS[:3])
@pytest.mark.parametrize("note", ["", "<p>For you.</p><div class='gmail_signature'>Emi<br>Oven Street 4</div>"])
@pytest.mark.parametrize("as_table", [False, True])
def test_a_page_that_is_forwarded_is_read_without_what_is_above_it(head: str, note: str, as_table: bool) -> None:
    written = head.strip().replace("<", "&lt;")
    above = rows(written) if as_table else f"<div>{written.replace(chr(10), '<br>')}<br></div>"
    found = read(mail(markup=f"{note}{above}<p>{FIRST}</p><p>{SECOND}</p>", subject="Fwd: See this"))
    assert found == Extracted(f"{FIRST}\n\n{SECOND}", *FORWARDED)


def test_what_was_forwarded_twice_is_read_as_it_was_at_first() -> None:
    twice = GMAIL.replace("The mill", "Fwd: The mill").replace("May 31", "June 2") + NOTE + OUTLOOK
    found = read(mail(f"{twice}{BODY}", subject="Fwd: Fwd: The mill bakes again"))
    assert found.text.split() == BODY.split()
    assert (found.title, found.date) == FORWARDED


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        (f"{NOTE}{OUTLOOK}{BODY}", "Re: Rolls of the island"),
        (f"{BODY}\n\n{GMAIL}A roll.\n", "Fwd: Rolls of the island"),
        (f"{NOTE}{GMAIL}", "Fwd: Rolls of the island"),
        (f"From: the mill\nTo: the weir\n\n{BODY}", "Fwd: Rolls of the island"),
    ],
)
def test_answers_and_texts_of_their_own_are_read_whole(text: str, subject: str) -> None:
    found = read(mail(text, subject=subject))
    assert found.text.split() == text.split()
    assert (found.title, found.date) == ("Rolls of the island", "2025-06-03")


@pytest.mark.parametrize("note", ["", "For you."])
def test_a_mail_that_is_attached_with_a_note_at_most_is_read(note: str) -> None:
    inner = mail(BODY, page(ENGLISH), subject="The mill bakes again", date="Sat, 31 May 2025 07:30:00 +0900")
    outer = mail(note, subject="Fwd: See this")
    outer.add_attachment(inner)
    assert read(outer) == Extracted(ENGLISH, HEADLINE, "2025-05-31")
    around = mail(subject="Fwd: See this")
    around.add_attachment(outer)
    assert read(around) == read(outer)


def test_of_several_attached_mails_none_is_read() -> None:
    outer = mail("For you.", subject="Fwd: See these")
    outer.add_attachment(mail(BODY))
    outer.add_attachment(mail(BODY))
    assert read(outer).text == "For you."


@pytest.mark.parametrize(
    ("behind", "stays"),
    [
        ("-- \nEmi of the mill\nOven Street 4\n", False),
        ("-- \nA roll.\n-- \nEmi\n", True),
        ("-- \nEmi\n\n> A roll\n> costs 240 yen.\n", True),
        ("-- \n" + "It rained on.\n" * 12, True),
    ],
)
def test_a_short_signature_below_the_text_is_none_of_it(behind: str, stays: bool) -> None:
    found = read(raw(f"{BODY}\n\n{behind}".encode())).text
    assert found.startswith(BODY[:80])
    assert (behind.split("\n")[1] in found) is stays
    assert "Oven" not in found
    assert not found.endswith("Emi")
    assert read(raw(b"-- \nA roll.\n")).text.endswith("A roll.")


def test_a_signature_below_a_page_is_none_of_it() -> None:
    sign = '<span class="gmail_signature_prefix">-- </span><br><div class="gmail_signature">Emi<br>Oven Street 4</div>'
    assert read(mail(markup=f"<p>{FIRST}</p><p>{SECOND}</p>{sign}")).text == f"{FIRST}\n\n{SECOND}"


@pytest.mark.parametrize("line", ["From: a\n", "From: a\nTo: b\nDate: c\n\n", "> ", "From:", "-- \n", "_"])
def test_heads_without_end_take_no_time(line: str) -> None:
    started = time.process_time()
    read(raw((line * 50_000 + "\n\nA roll.\n").encode()))
    assert time.process_time() - started < 5


def _attached(filename: str) -> bytes:
    message = mail()
    message.add_attachment(b"%PDF-", maintype="application", subtype="octet-stream", filename=filename)
    return bytes(message)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (
            _attached("rolls.PDF"),
            r"a\.eml has no text of its own, but an attached file: rolls\.PDF\. Save that from the mail and add it\.",
        ),
        (_attached("島の店.docx"), r"a\.eml has no text of its own, but an attached file: 島の店\.docx\. Save"),
        (_attached("roll.gif"), r"a\.eml has no text in it"),
        (bytes(mail()), r"a\.eml has no text in it"),
        (b"Subject: Rolls\n", r"a\.eml has no text in it"),
        (raw(b"", "multipart/mixed; boundary=x"), r"a\.eml has no text in it"),
        (raw(b"MII", "application/pkcs7-mime; name=smime.p7m"), r"a\.eml is encrypted\. Open it in a mail program"),
        (raw(b"\x00\x01\x02\x03\xff\x00roll"), r"a\.eml is not a text in UTF-8"),
        (b"\x89PNG\r\n\x1a\n....", r"a\.eml is no EML file, though it is called one\. Save it anew"),
        (b"\r\n \xef\xbb\xbf", r"a\.eml is no EML file"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_line(data: bytes, says: str) -> None:
    with pytest.raises(ArticleError, match=f"^{says}[^\n]*$"):
        extract(data, "a.eml")


def test_what_stands_before_the_headers_is_passed_over() -> None:
    for before in (b"\xef\xbb\xbf", b"\r\n\n", b"From emi@example.org Tue Jun  3 10:00:00 2025\n"):
        assert read(before + bytes(mail("A roll."))).title == "Rolls of the island"


def test_headers_and_nesting_without_end_take_no_time() -> None:
    words = b"roll " * 1_000_000
    assert read(b"Subject: " + words + b"\nContent-Type: text/plain; x=" + words + b"\n\nA roll.").text == "A roll."
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(5000))
    with pytest.raises(ArticleError, match=r"a\.eml"):
        extract(b"Subject: Rolls\n" + deep, "a.eml")


def _flipped(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 30)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


@pytest.mark.parametrize("damage", [_flipped, _cut])
def test_damaged_mails_are_read_or_told(damage: Callable[[bytes, random.Random], bytes]) -> None:
    chance = random.Random(11)  # noqa: S311  no secret
    message = mail(JAPANESE, page(JAPANESE), subject="島のパン屋")
    message.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="島.pdf")
    texts = [bytes(message), raw(ENGLISH.encode(), "text/plain; charset=utf-8; format=flowed")]
    kept = 0
    for whole in texts * 60:
        try:
            found = read(damage(whole, chance))
            assert found.text.strip()
            assert parse_article(found.text)
            kept += 1
        except ArticleError:
            pass
    assert kept > 30


def test_a_page_that_a_browser_has_saved_is_that_page_with_its_own_title_and_date() -> None:
    story = page(ENGLISH, "Rolls").replace("</h1>", "</h1><time datetime='2021-05-04'>4 May 2021</time>")
    saved = EmailMessage()
    saved["From"] = "<Saved by Blink>"
    saved["Snapshot-Content-Location"] = "https://news.example/rolls"
    saved["Subject"] = "Rolls - Island News"
    saved["Date"] = "Tue, 03 Jun 2025 23:30:00 +0900"
    saved.set_content(story, subtype="html", cte="quoted-printable")
    saved.make_related()
    saved.add_related(b"GIF89a", "image", "gif")
    for name in ("rolls.mhtml", "rolls.mht", "rolls"):
        found = extract(bytes(saved), name)
        assert found.text == ENGLISH
        assert (found.title, found.date) == (HEADLINE, "2021-05-04")


def test_a_mail_whose_sender_is_called_like_what_browsers_write_is_a_mail() -> None:
    found = extract(bytes(mail(ENGLISH)).replace(b"Emi Hoshino <emi@", b"Saved by Emi <emi@"), "a.eml")
    assert (found.title, found.date) == ("Rolls of the island", "2025-06-03")


FIRST, SECOND = BODY.split("\n\n")[:2]
OPEN = '<a href="https://m.example/w/7">Read it in a browser</a>'
CLOSE = 'Sent as you asked. <a href="https://m.example/u/7">Unsubscribe</a>'


def digest(head: str = OPEN, foot: str = CLOSE, style: str = "font-size:11px", more: str = "Read on") -> str:
    items = [("Rolls reach a million", FIRST), ("The island gets a second oven", SECOND)]
    cells = "".join(
        f'<tr><td><h2><a href="https://m.example/{number}">{headline}</a></h2><p>{text}</p>'
        f'<p><a href="https://m.example/{number}">{more}</a></p></td></tr>'
        for number, (headline, text) in enumerate(items)
    )
    return (
        f'<html><body><div style="display:none">Today: rolls</div><p style="{style}">{head}</p>'
        f'<table role="presentation">{cells}<tr><td style="{style}">{foot}</td></tr></table></body></html>'
    )


ITEMS = f"Rolls reach a million\n\n{FIRST}\n\nThe island gets a second oven\n\n{SECOND}"


@pytest.mark.parametrize(
    ("head", "foot"),
    [
        (OPEN, CLOSE),
        ("", '<a href="#">Photos</a> | <a href="#">Films</a><br>Mill House, Oven Street 4<br>' + CLOSE),
        (
            "うまく読めない方は<a href='https://m.example/w'>Web版</a>へ",
            "配信の停止は<a href='https://m.example/u'>こちら</a><br>〒000-0000",
        ),
        ("", "Stop these: <a href='https://m.example/unsubscribe?u=7'>here</a><br>Mill House"),
    ],
)
@pytest.mark.parametrize("style", ["font-size:11px", "font-size:8pt", "font-size:70%", ""])
def test_a_digest_is_its_linked_headlines_and_texts_without_head_and_foot(head: str, foot: str, style: str) -> None:
    found = read(mail(markup=digest(head, foot, style)))
    assert (found.text, found.title) == (ITEMS, "Rolls of the island")


def test_the_address_at_which_a_mail_says_it_can_be_stopped_tells_its_foot() -> None:
    foot = '<a href="https://m.example/q">No more of this</a><br>Mill House, Oven Street 4'
    stop = {"List-Unsubscribe": "<mailto:a@m.example>, <https://m.example/q>"}
    assert read(mail(markup=digest(foot=foot, style=""), **stop)).text == ITEMS


def test_a_foot_in_small_letters_inside_of_a_line_is_one() -> None:
    foot = f'<p><font size="1">{CLOSE}<br>Mill House</font></p>'
    assert read(mail(markup=digest(foot=foot, style=""))).text == ITEMS


@pytest.mark.parametrize("more", ["More about this", "くわしくはこちら", "Read on →"])
def test_links_that_lead_on_are_no_text(more: str) -> None:
    assert read(mail(markup=digest(more=more))).text == ITEMS


def test_what_an_article_says_of_mails_is_its_text() -> None:
    link = '<a href="https://law.example/opt-out-rules">rules</a>'
    text = f"<p>Whoever sends mails must let people unsubscribe, by new {link} of the island.</p>"
    found = read(mail(markup=f"<h1>Mails</h1><p>{FIRST}</p>{text}<p>{SECOND}</p><p>{FIRST[::-1]} It is so.</p>"))
    assert "must let people unsubscribe" in found.text
    assert found.text.endswith("It is so.")


def test_a_masthead_above_what_opens_the_mail_elsewhere_stays() -> None:
    found = read(mail(markup=f"<h1>Island Mail</h1><p>{OPEN}</p><p>{FIRST}</p><p>{SECOND}</p>"))
    assert found.text == f"Island Mail\n\n{FIRST}\n\n{SECOND}"


def test_pages_of_mails_without_end_take_no_time() -> None:
    many = "<p><a href='#'>Rolls</a> <font size=1>of</font></p>" * 5_000
    assert "of" in read(mail(markup=f"<center>{many}<p>{FIRST}</p></center>")).text
