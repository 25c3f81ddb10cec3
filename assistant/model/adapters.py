"""Adapters that come with the program and taught a model its job: how one is described, and its file, verified."""

import re
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import ModelError
from assistant.model.files import sha256_of

__all__ = ["AdapterSpec", "verified_adapter"]


@dataclass(frozen=True, slots=True)
class AdapterSpec:
    """An adapter that lies beside the catalog. Raises ModelError when its values can't be true."""

    file: str
    sha256: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"\w[\w.+-]*\.gguf", self.file) or not re.fullmatch(r"[0-9a-f]{64}", self.sha256):
            raise ModelError("The adapter {file!r} of the catalog is described wrongly.", file=self.file)


def verified_adapter(path: Path, spec: AdapterSpec) -> Path:
    """`path`, where that is the adapter's file.

    Raises:
        ModelError: it is missing, or isn't the one that the catalog names.
    """
    try:
        found = sha256_of(path)
    except OSError as error:
        raise ModelError(
            "The adapter {path} can't be read ({reason}). It belongs to the program: install that anew.",
            path=path,
            reason=error.strerror or error,
        ) from error
    if found != spec.sha256:
        raise ModelError(
            "The adapter {path} has been changed: its SHA-256 is {found}, not {sha256}. It belongs to the program: "
            "install that anew.",
            path=path,
            found=found,
            sha256=spec.sha256,
        )
    return path
