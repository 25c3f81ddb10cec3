"""A model's adapter: described in the catalog, verified by its hash, given to the model that it is for alone."""

import hashlib
import os
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

import assistant.application
import assistant.model.catalog
from assistant.application import adapter_of
from assistant.errors import ModelError
from assistant.model.adapters import AdapterSpec, verified_adapter
from assistant.model.catalog import Catalog, load_catalog
from assistant.settings import DEFAULT_MODEL, PACKAGE, Part, Settings

CONTENT = b"GGUF and more"
SPEC = AdapterSpec("tiny.adapter.gguf", hashlib.sha256(CONTENT).hexdigest())
LARGEST = 20_000_000
"""Bytes of an adapter that lies in the repository."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of models of a checkout whose default model has the adapter."""
    catalog = load_catalog()
    specs = tuple(replace(spec, adapter=SPEC if spec.id == DEFAULT_MODEL else None) for spec in catalog.specs)
    monkeypatch.setattr(assistant.model.catalog, "load_catalog", lambda: Catalog(specs, catalog.default))
    monkeypatch.setattr(assistant.application, "checkout_models", lambda: tmp_path)
    (tmp_path / SPEC.file).write_bytes(CONTENT)
    return tmp_path


def test_a_model_has_the_adapter_that_the_catalog_names(folder: Path) -> None:
    assert adapter_of(Settings()) == folder / SPEC.file


@pytest.mark.parametrize(
    "settings",
    [
        Settings(without=frozenset({Part.ADAPTER})),
        Settings(model="qwen2.5-1.5b"),
        Settings(model="elsewhere/qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"),
    ],
)
def test_other_models_have_none(folder: Path, settings: Settings) -> None:
    assert adapter_of(settings) is None


def test_a_file_of_a_model_s_name_and_size_is_that_model(folder: Path) -> None:
    spec = load_catalog().find(DEFAULT_MODEL)
    path = folder / "elsewhere" / spec.file
    path.parent.mkdir()
    path.touch()
    assert adapter_of(Settings(model=str(path))) is None
    os.truncate(path, spec.bytes)
    assert adapter_of(Settings(model=str(path))) == folder / SPEC.file


def test_one_that_was_changed_or_is_missing_is_told_of(folder: Path) -> None:
    path = folder / SPEC.file
    path.write_bytes(CONTENT + b"!")
    with pytest.raises(ModelError, match="has been changed: its SHA-256 is"):
        adapter_of(Settings())
    path.unlink()
    with pytest.raises(ModelError, match="can't be read"):
        verified_adapter(path, SPEC)


@pytest.mark.parametrize(("file", "sha256"), [("../adapter.gguf", "0" * 64), ("a.bin", "0" * 64), ("a.gguf", "F" * 64)])
def test_what_can_not_be_true_of_one_is_told_of(file: str, sha256: str) -> None:
    with pytest.raises(ModelError, match="described wrongly"):
        AdapterSpec(file, sha256)


def test_what_is_installed_has_them_too() -> None:
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    packed = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    for spec in load_catalog().specs:
        for name in [spec.adapter.file, f"{Path(spec.adapter.file).stem}.calibration.json"] if spec.adapter else []:
            assert packed[f"models/{name}"] == f"assistant/data/{name}"


@pytest.mark.parametrize("spec", [spec for spec in load_catalog().specs if spec.adapter], ids=lambda spec: spec.id)
def test_the_catalog_s_adapters_lie_beside_it(spec: object) -> None:
    path = adapter_of(Settings(model=spec.id))  # type: ignore[attr-defined]
    assert path
    assert path.stat().st_size < LARGEST
    assert path.with_suffix(".calibration.json").is_file()
