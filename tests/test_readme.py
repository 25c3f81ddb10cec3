"""What the README shows is what the code does."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from assistant.answering.events import Answer, Timings
from assistant.answering.grounding import Citation
from assistant.application import open_library
from assistant.interfaces import cli
from assistant.interfaces.ui.conversation import Turn, to_storage
from assistant.settings import DEFAULT_MODEL, Settings
from assistant.text.language import Language
from tests import needs
from tests.chroma import Chroma
from tests.command import Ended, assert_answer, assert_plausible
from tests.conftest import Knowing

REPOSITORY = Path(__file__).parent.parent
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
HARBOUR = "Harbour of Ryotsu gets a third pier\n\nIt will be 180 metres long and open in 2028.\n"
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def sessions() -> list[tuple[list[str], str]]:
    """Commands of the console blocks, as arguments of `assistant`, each with the output shown below it."""
    found: list[tuple[list[str], str]] = []
    for kind, block in BLOCKS:
        if kind == "console":
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, output = part.partition("\n")
                words = shlex.split(command)
                assert words[:3] == ["uv", "run", "assistant"], command
                found.append((words[3:], output))
    return found


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    article = next(block for kind, block in BLOCKS if kind == "text")
    for file, content in (("ferry.txt", article), ("news/ferry.txt", article), ("news/2026/harbour.md", HARBOUR)):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(content, encoding="utf-8")
    shutil.copy(REPOSITORY / "tests" / "data" / "cable-car.html", tmp_path)
    return tmp_path


def run(arguments: list[str]) -> str:
    result = CliRunner().invoke(cli.app, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_sessions_without_a_model_print_what_is_shown(folder: Path) -> None:
    for arguments, shown in sessions():
        if arguments[0] in ("add", "check", "list", "read", "remove") and "--ray" not in arguments:
            assert run(arguments) == shown
        elif arguments[0] == "models":
            assert _without_here(run(arguments)) == _without_here(shown)


def test_the_session_on_a_chroma_server_prints_what_is_shown(
    folder: Path, chroma: Chroma, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(["add", "ferry.txt", "news", "cable-car.html"])
    server = chroma.database("readme")
    for name, value in (("HOST", server.host), ("PORT", server.port), ("DATABASE", server.database)):
        monkeypatch.setenv(f"CHROMA_{name}", value)
    shown = [(arguments, output) for arguments, output in sessions() if arguments[0] == "move"]
    assert shown
    for arguments, output in shown:
        assert run(arguments).replace(f"{server.host}:{server.port}", "10.0.0.5:8000") == output


def test_the_session_on_ray_prints_what_is_shown(folder: Path, chroma: Chroma, monkeypatch: pytest.MonkeyPatch) -> None:
    needs.ray()
    server = chroma.database("readme-ray")
    for name, value in (("HOST", server.host), ("PORT", server.port), ("DATABASE", server.database)):
        monkeypatch.setenv(f"CHROMA_{name}", value)
    shown = [(arguments, output) for arguments, output in sessions() if "--ray" in arguments]
    assert shown
    for arguments, output in shown:  # in a process of its own, as Ray takes the one that it is in for itself
        command = [sys.executable, "-c", "from assistant.interfaces.cli import main; main()", *arguments]
        assert subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout == output


def test_the_answers_kept_are_printed_as_shown(folder: Path) -> None:
    run(["add", "ferry.txt"])
    question, said = "What will a one-way ticket cost?", "3,400 yen"
    with open_library(Settings()) as library:
        article = library.article(library.entries()[0].id)
        one = article.sentences(Language.ENGLISH)[2]
        citation = Citation(one.number, article.id, one.language, one.start, one.end, one.text)
        timings = Timings(1.0, None, 3.0, 4, 5, 6)
        answer = Answer(question, one.language, said, False, False, (citation,), (), (), None, "fake", timings)
        library.notes.keep(article.id, "a", to_storage([Turn((article.id,), (), answer)])[0])
    shown = [(arguments, output) for arguments, output in sessions() if arguments[0] == "notes"]
    assert [run(arguments) for arguments, _ in shown] == [output for _, output in shown]
    assert shown


def _without_here(table: str) -> str:
    return re.sub(r"(, |  )here|, on the processor \(\d+ threads\)", "", table)


def test_the_questions_are_answered_as_shown(folder: Path, knowing: Knowing) -> None:
    """The one as JSON is held to what the command's are: it is Japanese, that of `test_cli.py` English."""
    model = needs.model_path()
    knowing(folder / "home")
    run(["add", "ferry.txt"])
    as_json = []
    for arguments, shown in sessions():
        if arguments[0] != "ask":
            continue
        printed = run([*arguments, "--model", str(model)])
        if "--json" in arguments:
            theirs = json.loads(shown)
            article = (folder / "ferry.txt").read_text(encoding="utf-8")
            told = theirs["question"], theirs["question_lang"], theirs["model"]
            ours = assert_answer(Ended(0, printed, ""), article, *told)
            assert ours.keys() == theirs.keys()
            assert ours["timings"].keys() == theirs["timings"].keys()
            assert ours["refused"] is theirs["refused"] is False
            assert ours["timings"]["prompt_tokens"] > 100
            assert_plausible(ours["timings"])
            as_json.append(told[1:])
            printed, shown = ours["answer"], theirs["answer"]
        assert _gist(printed) == _gist(shown)
    assert as_json == [("ja", DEFAULT_MODEL)]


def _gist(answer: str) -> tuple[list[str], bool]:
    """What another processor's rounding leaves as it is: figures and citations, and whether it is a refusal."""
    return re.findall(r"\d+", answer), answer.startswith("The article does not say.")


def test_every_command_is_named_and_every_command_named_exists() -> None:
    commands = set(typer.main.get_command(cli.app).commands)  # type: ignore[attr-defined]
    named = set(re.findall(r"uv run assistant (\w+)", README))
    assert named == commands


def test_every_option_named_exists() -> None:
    group = typer.main.get_command(cli.app)
    options = {
        name
        for command in group.commands.values()  # type: ignore[attr-defined]
        for parameter in command.params
        for name in parameter.opts
    }
    for of_tests in ("bench/__main__.py", "fire/load.py"):
        source = (REPOSITORY / "tests" / of_tests).read_text(encoding="utf-8")
        options.update(re.findall(r'"(--[a-z]+)"', source))
    of_uv = {"--group", "--directory", "--reinstall-package", "--no-cache"}
    of_servers = {"--path", "--lora", "--ctx-size", "--parallel", "--threads"}
    assert set(re.findall(r"(?<![\w-])--[a-z]+(?:-[a-z]+)*", README)) - options <= {"--help", *of_uv, *of_servers}


def test_what_is_for_many_people_names_the_options_of_the_page_and_tells_of_each() -> None:
    part = README.partition("## For many people\n")[2].partition("\n##")[0]
    page = typer.main.get_command(cli.app).commands["page"]  # type: ignore[attr-defined]
    options = {name for parameter in page.params for name in parameter.opts}
    named = set(re.findall(r"(?<![\w-])--[a-z]+(?:-[a-z]+)*", part))
    assert named <= options
    assert {"--root-path", "--name", "--auth", "--metrics", "--metrics-from"} <= set(
        re.findall(r"\*\*`(--[a-z-]+)", part)
    )
    assert options - named == {"--model", "--gpu-layers"}


def test_the_tree_names_every_module() -> None:
    tree, folders = [], []
    block = next(block for _, block in BLOCKS if block.startswith("assistant/"))
    for line in block.splitlines():
        indent, name, told = re.fullmatch(r"( *)(\S+)(?: +(.+))?", line).groups()  # type: ignore[union-attr]
        folders[len(indent) // 2 :] = [name]
        tree.append("".join(folders))
        assert told or not indent, f"{name} is told nothing of"
    package = REPOSITORY / "assistant"
    files = [path for path in package.rglob("*.py") if path.name != "__init__.py"]
    packages = [path.parent for path in package.rglob("__init__.py")]
    assert sorted(tree) == sorted(
        [path.relative_to(REPOSITORY).as_posix() for path in files]
        + [f"{path.relative_to(REPOSITORY).as_posix()}/" for path in packages]
    )


def test_the_two_commands_are_the_first_blocks_and_the_picture_is_there() -> None:
    commands = [block.strip() for _, block in BLOCKS[:2]]
    assert commands == ["pip install uv && uv run app.py", "pip install uv && uv run --group dev pytest"]
    assert (REPOSITORY / ".github" / "page.png").stat().st_size > 10_000


def test_links_within_the_readme_lead_somewhere() -> None:
    headings = {
        re.sub(r"[^\w -]", "", line).strip().lower().replace(" ", "-")
        for line in re.findall(r"^#+ (.*)$", README, re.M)
    }
    assert set(re.findall(r"\]\(#([^)]*)\)", README)) <= headings
