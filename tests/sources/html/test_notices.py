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
    ],
)
def test_links_and_notices_in_japanese_are_left_out(notice: str) -> None:
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
