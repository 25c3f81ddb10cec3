"""What comes from outside is text on the page and never HTML."""

import re
from dataclasses import replace

import pytest

from assistant.answering.disagreements import Disagreement
from assistant.answering.events import Answer, ModelAwaited, Timings
from assistant.answering.grounding import Citation, FigurePlace
from assistant.answering.pointing import Pointer
from assistant.answering.refusals import WITHHELD
from assistant.interfaces.ui import html
from assistant.interfaces.ui.article_html import article_html
from assistant.library.article import Article, parse_article
from assistant.library.chunking import Chunk, chunk_article
from assistant.library.store import Hit
from assistant.model.protocol import ModelStatus, Placement
from assistant.text.language import Language
from tests.markup import NASTY
from tests.markup import harmless as _harmless
from tests.markup import parsed as _seen
from tests.texts import BILINGUAL


def _citation(article: Article, text: str, number: int = 1) -> Citation:
    return Citation(number, article.id, Language.ENGLISH, 3, 3 + len(text), text)


def _answer(
    text: str = "240 yen.",
    *citations: Citation,
    refused: bool = False,
    stopped: bool = False,
    nearest: tuple[Hit, ...] = (),
) -> Answer:
    timings = Timings(1.0, None, 3.0, 4, 5, 6)
    return Answer("How much?", Language.ENGLISH, text, refused, stopped, citations, (), nearest, None, "fake", timings)


def _hit(text: str, language: Language = Language.ENGLISH) -> Hit:
    return Hit(Chunk("0" * 12, language, 0, 5, 5 + len(text), 1, 2, text), 1.0, 1, "fused")


def test_a_withheld_answer_looks_like_none_with_the_passages_nearest_at_hand() -> None:
    hits = (_hit("A roll costs 240 yen."),)
    answer = replace(_answer(WITHHELD[Language.ENGLISH], nearest=hits), withheld=True)
    page = html.answer_html(Language.ENGLISH, answer.text, hits, answer)
    seen = _seen(page)
    assert seen.all("div")[0]["data-withheld"] == "true"
    assert "open" not in seen.all("details")[0]
    assert "Nearest in the article, though no answer" in seen.text


def test_a_citation_s_place_is_that_of_a_sentence(article: Article) -> None:
    sentence = article.documents[0].sentences[3]
    citation = Citation(4, article.id, sentence.language, sentence.start, sentence.end, sentence.text)
    button = _seen(html.answer_html(Language.ENGLISH, "240 yen.", (), _answer("240 yen.", citation))).all("button")[0]
    spans = _seen(article_html(article, sentence.language, Language.ENGLISH)).all("span")
    assert [s["data-sentence"] for s in spans if s["data-start"] == button["data-start"]] == ["en-4"]


def test_a_figure_of_an_answer_shows_where_it_is_found(article: Article) -> None:
    sentence = article.documents[0].sentences[3]
    places = [FigurePlace(8, 15, article.id, Language.ENGLISH, sentence.start + 2, sentence.start + 9)]
    answer = replace(_answer("It costs 240 yen & <b>."), figures=tuple(places))
    seen = _seen(html.answer_html(Language.JAPANESE, answer.text, (), answer))
    assert seen.text.startswith("It costs 240 yen & <b>.\nコピー")
    button = seen.all("button")[0]
    assert (button["class"], button["data-article"], button["data-language"]) == ("figure", article.id, "en")
    assert (button["data-start"], button["data-end"]) == (str(sentence.start + 2), str(sentence.start + 9))
    assert button["title"] == button["aria-label"] == " 240 ye：記事の中にあります"


def test_figures_of_tags_are_text(article: Article) -> None:
    figures = (FigurePlace(0, len(NASTY), article.id, Language.ENGLISH, 3, 5),)
    answer = replace(_answer(NASTY), figures=figures)
    assert _harmless(html.answer_html(Language.ENGLISH, NASTY, (), answer)).text.startswith(f"{NASTY}\nCopy")


@pytest.mark.parametrize("chunk", chunk_article(parse_article(BILINGUAL)), ids=lambda chunk: chunk.id)
def test_a_passage_begins_at_a_sentence(article: Article, chunk: Chunk) -> None:
    button = _seen(html.waiting_html(Language.ENGLISH, [Hit(chunk, 1.0, 1, "fused")])).all("button")[0]
    spans = _seen(article_html(article, chunk.language, Language.ENGLISH)).all("span")
    assert button["data-start"] in {span["data-start"] for span in spans}
    assert (button["data-article"], button["data-language"]) == (article.id, chunk.language.value)
    assert button["data-end"] == str(chunk.end)


def test_a_question_of_tags_is_text() -> None:
    seen = _harmless(html.question_html(NASTY))
    assert seen.text == f"{NASTY}\n"
    assert seen.tags == [("p", {"class": "asked"})]


@pytest.mark.parametrize(
    ("status", "english", "japanese"),
    [
        (
            ModelStatus("fetching", 230_000_000, 1_117_320_768),
            "fetching the model (230 of 1,117 MB)",
            "モデルを取得中（1,117 MBのうち230 MBまで完了）",
        ),
        (ModelStatus("loading"), "loading", "読み込み中"),
        (ModelStatus("checking"), "checking the model (once)", "モデルを確認中（初回のみ）"),
        (ModelStatus("reading"), "reading the article", "記事を読んでいます"),
        (ModelStatus("busy"), "answering", "回答中"),
        (ModelStatus("ready"), "ready", "質問できます"),
        (
            ModelStatus("failed"),
            "not working; ask a question to see why",
            "動いていません。質問すると理由が表示されます",
        ),
    ],
    ids=lambda value: value.state if isinstance(value, ModelStatus) else "",
)
def test_the_status_has_the_model_s_name_its_size_and_what_it_does(
    status: ModelStatus, english: str, japanese: str
) -> None:
    for language, said in ((Language.ENGLISH, english), (Language.JAPANESE, japanese)):
        assert _seen(html.status_html(language, "qwen", 1_117_320_768, status)).text == f"qwen · 1.1 GB · {said}\n"


@pytest.mark.parametrize(
    ("placement", "english", "japanese"),
    [
        (Placement(2), "on the processor, threads: 2", "プロセッサーで実行、スレッド数2"),
        (Placement(2, 29), "on the graphics card", "グラフィックスカードで実行"),
        (
            Placement(2, fell_back=True),
            "on the processor, as the graphics card couldn't take it; threads: 2",
            "グラフィックスカードでは動かせないためプロセッサーで実行、スレッド数2",
        ),
    ],
)
def test_a_status_says_what_runs_the_model(placement: Placement, english: str, japanese: str) -> None:
    status = ModelStatus("ready", placement=placement)
    for language, said in ((Language.ENGLISH, english), (Language.JAPANESE, japanese)):
        assert f"qwen · 900 MB · {said} · " in _seen(html.status_html(language, "qwen", 9 * 10**8, status)).text


def test_a_status_says_which_server_runs_the_model() -> None:
    status = ModelStatus("ready", server="localhost:8000")
    for language, said in ((Language.ENGLISH, "on localhost:8000"), (Language.JAPANESE, "localhost:8000 で実行")):
        assert f"qwen · {said} · " in _seen(html.status_html(language, "qwen", 0, status)).text
        assert _seen(html.status_html(language, "", 0, status)).text.startswith(said)


def test_a_status_of_tags_is_text_and_sizes_are_said_as_people_do() -> None:
    for size, said in ((0, ""), (491_400_064, " · 491 MB"), (2_497_280_736, " · 2.5 GB")):
        seen = _harmless(html.status_html(Language.ENGLISH, NASTY, size, ModelStatus("ready")))
        assert seen.text == f"{NASTY}{said} · ready\n"


def test_bytes_alone_are_no_news_to_a_screen_reader() -> None:
    told = []
    for done in (1_000_000, 2_000_000):
        page = html.status_html(Language.ENGLISH, "qwen", 900, ModelStatus("fetching", done, 3_000_000))
        assert f"({done // 1_000_000} of 3 MB)" in _seen(page).text
        told += re.findall("<span role='status' aria-live='polite'>(.*?)</span>", page)
    assert told == ["fetching the model"] * 2
    waiting = ModelAwaited("fetching", done=1_000_000, total=3_000_000)
    assert [span["aria-hidden"] for span in _seen(html.waiting_html(Language.ENGLISH, (), waiting)).all("span")] == [
        "true"
    ]


@pytest.mark.parametrize(
    ("awaited", "english", "japanese"),
    [
        (None, "Reading the article …", "記事を読んでいます…"),
        (ModelAwaited("reading"), "Reading the article …", "記事を読んでいます…"),
        (
            ModelAwaited("fetching", done=230_000_000, total=1_117_320_768),
            "The model is being fetched; the answer follows. (230 of 1,117 MB)",
            "モデルを取得しています。終わりしだいお答えします。（1,117 MBのうち230 MBまで完了）",
        ),
        (
            ModelAwaited("loading"),
            "The model is still loading; the answer follows.",
            "モデルを読み込んでいます。終わりしだいお答えします。",
        ),
        (
            ModelAwaited("checking"),
            "The model is being checked on this machine (once); the answer follows.",
            "モデルがこのパソコンで正しく動くか確認しています（初回のみ）。終わりしだいお答えします。",
        ),
        (ModelAwaited("busy", 2), "2 questions are before this one.", "この質問の前に2件の質問があります。"),
        (
            ModelAwaited("busy", 1),
            "The model is answering another question; this one is next.",
            "モデルは別の質問に答えています。この質問は次に答えます。",
        ),
    ],
)
def test_who_waits_is_told_what_for(awaited: ModelAwaited | None, english: str, japanese: str) -> None:
    for language, said in ((Language.ENGLISH, english), (Language.JAPANESE, japanese)):
        assert _seen(html.waiting_html(language, (), awaited)).text == f"{said}\n"


@pytest.mark.parametrize(
    ("rate", "first", "english", "japanese"),
    [
        (9.84, 512.3, "9.8 tokens/s · first word after 0.5 s", "毎秒9.8トークン · 最初の語まで0.5秒"),
        (None, 512.3, "first word after 0.5 s", "最初の語まで0.5秒"),
        (None, None, "", ""),
    ],
)
def test_a_finished_answer_says_how_quickly_it_came(
    rate: float | None, first: float | None, english: str, japanese: str
) -> None:
    timings = Timings(1.0, first, 3.0, 4, 5, 6, rate)
    for language, said in ((Language.ENGLISH, english), (Language.JAPANESE, japanese)):
        page = html.answer_html(language, "240", (), replace(_answer("240"), timings=timings))
        assert re.findall("<p class='speed'>(.*?)</p>", page) == ([said] if said else [])
    assert "speed" not in html.answer_html(Language.ENGLISH, "240", ())


@pytest.mark.parametrize("is_problem", [False, True])
def test_a_notice_of_tags_is_text(is_problem: bool) -> None:
    seen = _harmless(html.notice_html(NASTY, NASTY, "", is_problem=is_problem))
    assert seen.text == f"{NASTY}\n{NASTY}\n"
    role, kind = ("alert", "problem") if is_problem else ("status", "notice")
    assert seen.all("div") == [{"class": kind, "role": role}]


def test_passages_of_tags_are_text() -> None:
    for page in (
        html.waiting_html(Language.ENGLISH, [_hit(NASTY)]),
        html.answer_html(Language.ENGLISH, "240", [_hit(NASTY)]),
    ):
        assert NASTY in _harmless(page).text


def test_answers_and_citations_of_tags_are_text(article: Article) -> None:
    answer = _answer(NASTY, _citation(article, NASTY))
    seen = _harmless(html.answer_html(Language.ENGLISH, NASTY, (), answer))
    assert seen.text.startswith(f"{NASTY} [1]\n{NASTY}\nCopy")
    assert seen.all("button")[0]["title"] == NASTY


def test_markdown_and_formulas_stay_as_they_are_written() -> None:
    written = "$$x^2$$ **bold** `code` [link](http://x) # title {title} %s"
    assert _seen(html.answer_html(Language.ENGLISH, written, (), _answer(written))).text.startswith(f"{written}\nCopy")


def test_each_citation_is_a_button_with_its_number(article: Article) -> None:
    answer = _answer("240 yen.", _citation(article, "one\ntwo", 7), _citation(article, "three", 2))
    buttons = _seen(html.answer_html(Language.JAPANESE, "240 yen.", (), answer)).all("button")
    assert [button.get("data-citation") for button in buttons] == ["7", "2", *[None] * 7]
    assert [button.get("title") for button in buttons[:3]] == ["one two", "three", None]
    assert [button["class"] for button in buttons[2:5]] == ["pointer", "pointer", "copy"]
    assert buttons[0]["aria-label"] == "記事の第7文"
    assert (buttons[0]["data-article"], buttons[0]["data-language"]) == (article.id, "en")


def test_an_answer_says_how_it_ended(article: Article) -> None:
    growing = _seen(html.answer_html(Language.ENGLISH, "240", [_hit("A roll.")])).all("div")[0]
    finished = _seen(html.answer_html(Language.ENGLISH, "240", [_hit("A roll.")], _answer("240"))).all("div")[0]
    assert growing == {"class": "answer", "lang": "en"}
    assert finished == {"class": "answer", "lang": "en", "data-finished": "true"}


def test_a_stopped_answer_says_so() -> None:
    assert "(stopped)" in _seen(html.answer_html(Language.ENGLISH, "24", (), _answer("24", stopped=True))).text


def test_a_refusal_has_the_passages_nearest_at_hand_in_the_asker_s_language() -> None:
    hits = [_hit("値段は240円。", Language.JAPANESE), *(_hit(f"Roll {n}.") for n in range(3))]
    answer = _answer("No.", refused=True, nearest=tuple(hits))
    refused = _seen(html.answer_html(Language.ENGLISH, "No.", hits, answer))
    assert refused.all("div")[0]["data-refused"] == "true"
    assert "open" not in refused.all("details")[0]
    assert [item["lang"] for item in refused.all("li")] == ["en", "en"]
    only = replace(answer, nearest=tuple(hits[:1]))
    assert [item["lang"] for item in _seen(html.answer_html(Language.ENGLISH, "No.", hits, only)).all("li")] == ["ja"]


def test_an_answer_quotes_its_sentence_with_the_words_marked(article: Article) -> None:
    sentence = next(each for each in article.documents[0].sentences if "240 yen" in each.text)
    at = sentence.text.index("240 yen")
    start, end = sentence.start + at, sentence.start + at + len("240 yen")
    pointer = Pointer(article.id, sentence.language, start, end, "240 yen")
    citation = Citation(5, article.id, sentence.language, sentence.start, sentence.end, sentence.text)
    page = html.answer_html(
        Language.JAPANESE, "240円です。", (), replace(_answer("240円です。", citation), pointer=pointer)
    )
    assert "<mark>240 yen</mark>" in page
    (quote,) = [button for button in _seen(page).all("button") if button["class"] == "pointer"]
    assert (quote["lang"], quote["data-start"], quote["data-end"]) == ("en", str(start), str(end))
    plain = html.answer_html(Language.ENGLISH, "240 yen.", (), _answer("240 yen.", citation))
    assert "<mark>" not in plain
    assert " ".join(sentence.text.split()) in _seen(plain).text


def test_the_newest_answer_alone_can_be_asked_again_or_edited() -> None:
    classes = [
        {button["class"] for button in _seen(page).all("button")}
        for page in (html.answer_html(Language.ENGLISH, "240", (), _answer(), back=back) for back in (0, 1))
    ]
    assert classes == [{"copy", "again", "edit", "wrong_answer"}, {"copy", "wrong_answer"}]


def test_no_passages_take_no_room() -> None:
    assert "details" not in html.waiting_html(Language.ENGLISH, ())


def test_the_answer_names_the_article_of_each_citation_where_several_are_asked(article: Article) -> None:
    answer = _answer("240 yen.", _citation(article, "one", 7), _citation(article, "two", 2))
    named = _seen(html.answer_html(Language.ENGLISH, "240 yen.", (), answer, {article.id: NASTY}))
    assert f"[7] {NASTY}\n[2] {NASTY}\n" in named.text
    assert "source" not in html.answer_html(Language.ENGLISH, "240 yen.", (), answer)
    assert "source" not in html.answer_html(Language.ENGLISH, "240 yen.", (), answer, {"another": "title"})


def test_a_copy_of_it_names_them_too(article: Article) -> None:
    answer = _answer("240 yen.", _citation(article, "one", 7))
    page = html.answer_html(Language.ENGLISH, "240 yen.", (), answer, {article.id: NASTY})
    (button,) = [each for each in _harmless(page).all("button") if each["class"] == "copy"]
    assert button["data-copy"] == f"240 yen. [7]\n[7] one — {NASTY}"


def test_a_finished_answer_can_be_copied(article: Article) -> None:
    answer = _answer(NASTY, _citation(article, NASTY, 7))
    buttons = _harmless(html.answer_html(Language.JAPANESE, NASTY, (), answer)).all("button")
    (button,) = [each for each in buttons if each["class"] == "copy"]
    assert button["data-copy"] == f"{NASTY} [7]\n[7] {NASTY}"
    assert button["data-copied"] == "コピーしました"
    assert "data-copy" not in html.answer_html(Language.ENGLISH, "240", ())


def test_what_the_article_does_tell_is_asked_of_it() -> None:
    page = html.answer_html(
        Language.ENGLISH, "No.", (), replace(_answer(), refused=True), instead=f"Who {NASTY}?", of="a1"
    )
    (asks,) = [button for button in _harmless(page).all("button") if "data-ask" in button]
    assert (asks["data-ask"], asks["data-article"]) == (f"Who {NASTY}?", "a1")


@pytest.mark.parametrize(
    ("is_own", "english", "japanese"),
    [(True, "Noted in your own file", "手元のファイルに控えました"), (False, "Noted", "記録しました")],
)
def test_what_is_noted_is_in_the_reader_s_own_file_on_their_machine_alone(
    is_own: bool, english: str, japanese: str
) -> None:
    for language, said in ((Language.ENGLISH, english), (Language.JAPANESE, japanese)):
        page = html.answer_html(language, "240", (), _answer(), is_own=is_own)
        (wrong,) = [button for button in _seen(page).all("button") if button["class"] == "wrong_answer"]
        assert wrong["data-noted"] == said


def test_another_figure_in_the_other_version_is_said_in_the_answer_s_language(article: Article) -> None:
    found = Disagreement(0, 7, article.id, Language.JAPANESE, 50, 54, "<250円>")
    page = html.answer_html(Language.ENGLISH, "240 yen.", (), replace(_answer(), disagreements=(found,)))
    seen = _harmless(page)
    assert "The Japanese version of the article has another figure there: <250円>\n" in seen.text
    button = seen.all("button")[0]
    assert (button["class"], button["lang"], button["data-start"], button["data-end"]) == ("figure", "ja", "50", "54")


def test_the_twin_of_a_quoted_sentence_is_a_tap_away_in_the_page_s_words(article: Article) -> None:
    english, japanese = (article.sentences(language) for language in Language)
    citation = Citation(5, article.id, Language.ENGLISH, english[4].start, english[4].end, english[4].text)
    other = replace(citation, number=6, start=english[5].start)
    twins = {citation: japanese[3:5]}
    page = html.answer_html(
        Language.JAPANESE, "240", (), _answer("240", citation, other), twins=lambda one: tuple(twins.get(one, ()))
    )
    assert page.count("<details class='twin'>") == 1
    seen = _seen(page)
    assert f"日本語版では{japanese[3].text}{japanese[4].text}" in seen.text
    (button,) = [each for each in seen.all("button") if each["class"] == "pointer" and each["lang"] == "ja"]
    assert (button["data-article"], button["data-language"]) == (article.id, "ja")
    assert (button["data-start"], button["data-end"]) == (str(japanese[3].start), str(japanese[4].end))
    back = html.answer_html(Language.ENGLISH, "240", (), _answer("240", citation), twins=lambda _: english[:2])
    assert f"In English{english[0].text} {english[1].text}" in _seen(back).text


def test_a_twin_of_tags_is_text(article: Article) -> None:
    nasty = replace(article.sentences(Language.JAPANESE)[0], text=NASTY)
    page = html.answer_html(
        Language.ENGLISH, "240", (), _answer("240", _citation(article, "one")), twins=lambda _: (nasty,)
    )
    assert f"In Japanese{NASTY}" in _harmless(page).text
