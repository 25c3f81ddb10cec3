"""What a page says of itself and of other pages is left out, what an article says of such things is not."""

import pytest

from assistant.errors import ArticleError
from tests.carpet import H1, JA_H1, JA_LEAD, JA_PRICE, JA_WORK, LEAD, LOOM, PRICE, WORK, p, read, read_ja


@pytest.mark.parametrize(
    "notice",
    [
        "【関連記事】<a href=/a>羊毛が値上がり</a>",
        "▼<a href=/a>機の音</a>",
        "この記事は会員限定です。",
        "続きを読むには会員登録が必要です",
        "記者をフォローする",
        "無料のメールマガジンに登録する",
        "この記事を音声で聴く",
        "ご意見・ご感想をお寄せください。",
        "この記事は有料記事です。残り830文字（全文1240文字）",
        "地域のニュースを毎朝メールで受け取る",
        "コメント（7）",
    ],
)
def test_links_and_notices_in_japanese_are_left_out(notice: str) -> None:
    assert read_ja(f"<article>{JA_H1}{p(JA_LEAD, JA_WORK, JA_PRICE, notice)}</article>") == [JA_LEAD, JA_WORK, JA_PRICE]


POLITE = [
    "織り職人の小田房江さんが、41年の仕事の最後となるじゅうたんを市場で売りました。",
    "1日に2600の結び目を作り、1枚を仕上げるのにおよそ5か月かかったといいます。",
    "機は町の美術館に移され、来年からは学校の授業で使われることになっています。",
]


@pytest.mark.parametrize(
    "said",
    [
        "見学の申し込みは美術館の公式LINEからできます。",
        "館によりますと、町のアプリで混み具合を見ることができます。",
        "機に触れるには、友の会の会員になることが必要です。",
        "雪の日に来る人は、町のアプリでバスの時刻を確かめてください。",
    ],
)
def test_what_a_polite_article_says_of_members_and_apps_is_text(said: str) -> None:
    assert read_ja(f"<article>{JA_H1}{p(*POLITE[:2], said, POLITE[2])}</article>") == [*POLITE[:2], said, POLITE[2]]


@pytest.mark.parametrize(
    "notice",
    [
        "続きは有料会員になるとお読みいただけます。",
        "記事の保存には会員登録が必要です。",
        "当サイトのアプリはこちらから。",
        "無料のメールマガジンに登録してください。",
        "この記事は会員限定です。",
    ],
)
def test_what_a_site_says_beside_a_polite_article_is_left_out(notice: str) -> None:
    assert read_ja(f"<article>{JA_H1}{p(*POLITE, notice)}</article>") == POLITE
    assert read_ja(f"<article>{JA_H1}{p(JA_LEAD, JA_WORK, JA_PRICE, notice)}</article>") == [JA_LEAD, JA_WORK, JA_PRICE]


@pytest.mark.parametrize(
    "notice",
    [
        "Article continues after this advertisement",
        "Listen to this story · 4:05",
        "You have 3 free stories remaining.",
        "This story is more than five years old",
        "This article was originally published in the spring issue.",
        "Support independent reporting with a gift.",
        "Have you seen one of her carpets? Please write to <a href=mailto:x@lund.example>the town desk</a>.",
        "Share this article with a friend",
        "Follow our full coverage of the weavers here.",
        "If you have a story about a loom, e-mail the newsroom.",
        "There is more to tell of wool. Sign up for our newsletter on crafts.",
        "Comments (14)",
        "23 comments",
    ],
)
def test_what_a_page_says_of_itself_amid_the_text_is_left_out(notice: str) -> None:
    assert read(f"<article>{H1}{p(LEAD, notice, WORK, PRICE)}</article>") == [LEAD, WORK, PRICE]


@pytest.mark.parametrize(
    "said",
    [
        "The story continues in court, where the weaver wants her loom back.",
        "Support for our weavers is falling, the guild of Lund said.",
        "This story is one of many that the weavers of Lund tell.",
        "Have you a loom at home? Many people in Lund do.",
        "ご意見は300通届いた。",
        "Subscribers of the club fell to 940, its newsletter says, from 1,200.",
        "She follows nobody on Twitter.",
        "Already 300 members have left the club, and its newsletter is no longer printed.",
        "Like many a member, she reads it on an app.",
        "Download the app of the museum before you come, its director advises.",
        "The museum has changed its hours. Try the app of the town to see when it is full.",
        "“Join us for the last free tour of the year,” Ms Brandt said.",
        "Do you own an old loom? Call the museum before noon, a notice at the door says.",
        "Sign up for a course by 1 May, the guild told its weavers.",
        "If you have a carpet of hers, call the museum in the morning.",
        "Keep your e-mail account safe, the police of Lund say in a letter.",
        "市は四月、観光客のためのアプリを公開する。",
        "北部：<a href=/a>中町</a>",
        "「会員は30人しかいない」と会長は話す。",
        "会員は30人に減った。",
        "アプリの利用は1日2回に限られる。",
    ],
)
def test_what_an_article_says_of_members_and_letters_is_text(said: str) -> None:
    first = LEAD if said.isascii() else JA_LEAD
    assert read(f"<article>{H1}{p(first, WORK, said, PRICE)}</article>")[2] == said.replace("<a href=/a>", "").replace(
        "</a>", ""
    )


@pytest.mark.parametrize("sentence", ["The museum shows it until May.", "美術館で五月まで展示される。"])
def test_a_linked_sentence_amid_the_text_is_text_and_a_linked_headline_is_not(sentence: str) -> None:
    linked = f"<p><a href=/m>{sentence}</a></p>"
    assert read(f"<article>{H1}{p(LEAD)}{linked}{p(WORK)}</article>") == [LEAD, sentence, WORK]
    headline = linked.replace(".<", "<").replace("。", "")
    assert read(f"<article>{H1}{p(LEAD)}{headline}{p(WORK)}</article>") == [LEAD, WORK]


@pytest.mark.parametrize(
    "body",
    [
        f"{H1}<div id=root></div><noscript>This app needs JavaScript.</noscript>",
        f"{H1}<p>You need to enable JavaScript to see this page.</p>",
        f"{JA_H1}<p>記事を表示するにはJavaScriptを有効にしてください。</p>",
        "<main><form><label>Name <input></label><label>Password <input type=password></label><button>Log in</button>"
        "</form></main>",
        "<h1>Sign in</h1><p>Please log in with your password to go on.</p>",
        "<div><p>We use cookies so that you see what you like. Please accept our cookies to go on.</p></div>",
        "<p>Loading…</p>",
        "<main><h1>Page not found</h1><p>It may have been moved to another place. Try the search.</p></main>",
        "<h1>Lund Gazette</h1><p>Sorry, the page you are looking for is no longer there. Go to the front page.</p>",
        "<h1>ご指定のページは見つかりませんでした</h1><p>掲載期間が終わり、すでに削除されたものと思われます。</p>",
        "<main><p>指定されたURLは移動または削除された可能性があります。</p></main>",
        "<h1>lund.example</h1><p>lund.example has to look at the security of your connection before it goes on.</p>",
    ],
)
def test_headlines_and_notices_alone_are_no_article(body: str) -> None:
    with pytest.raises(ArticleError, match="No article was found"):
        read(body)


@pytest.mark.parametrize("title", ["404 Not Found | Lund Gazette", "Lund Gazette - Error 503", "Just a moment..."])
def test_a_page_whose_title_tells_an_error_has_no_article(title: str) -> None:
    with pytest.raises(ArticleError, match="No article was found"):
        read(
            "<main><h1>Lund Gazette</h1><p>This has to be looked at first, and takes a while.</p></main>",
            f"<title>{title}</title>",
        )


@pytest.mark.parametrize(
    "title", ["404 carpets sold in a day", "The page that was not found", "Weavers - one in a moment"]
)
def test_a_headline_with_words_of_an_error_is_one(title: str) -> None:
    page = f"<article><h1>{title}</h1>{p(LEAD, WORK, PRICE, LOOM)}</article>"
    assert read(page, f"<title>{title}</title>") == [LEAD, WORK, PRICE, LOOM]
