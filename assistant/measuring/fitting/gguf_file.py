"""Reads and writes GGUF files: the tensors of a model, and adapters with the record of how they came about.

The names of tensors and values are llama.cpp's own. Running a model is for `model/llama/context.py`, fitting an adapter
to one for `torch_model.py`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import ModelError
from assistant.model.files import sha256_of
from assistant.settings import Precision

__all__ = ["Adapter", "ModelFile", "average_adapters", "read_adapter", "write_adapter"]

BLOCK = 32
"""Elements of a block of q8_0; a row that isn't whole blocks is kept in f16."""
RECORD = "assistant.fit"
"""The key under which an adapter keeps its record, as JSON."""

Array = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True, slots=True)
class Adapter:
    """Low-rank additions to matrices of a model: W + alpha / rank * B A (LoRA, arXiv:2106.09685).

    `parts` has for the name of a matrix A of shape (rank, in) and B of shape (out, rank), float32.
    """

    architecture: str
    alpha: float
    parts: Mapping[str, tuple[Array, Array]]
    record: Mapping[str, Any] = field(default_factory=dict)
    """How it came about: data files and their hashes, the model's hash, seed, steps, and so on."""

    @property
    def rank(self) -> int:
        return len(next(iter(self.parts.values()))[0])


class ModelFile:
    """A model's GGUF file: its values, and its tensors as float32."""

    def __init__(self, path: Path) -> None:
        """Opens the file; its tensors are read as they are asked for.

        Raises:
            ModelError: it is no GGUF file, or a damaged one.
        """
        self.path = path
        self._reader = _reader(path)
        self.architecture = str(self.value("general.architecture"))

    def value(self, key: str) -> Any:
        """The value of that key; `{}` in it stands for the architecture.

        Raises:
            ModelError: there is none.
        """
        found = self._reader.get_field(key.format(getattr(self, "architecture", "")))
        if found is None:
            raise ModelError("The file {path} has no value {key}. Choose another GGUF file.", path=self.path, key=key)
        return found.contents()

    def tensors(self) -> Iterator[tuple[str, Array]]:
        """Each tensor with its name, in the shape that NumPy has it in: (out, in)."""
        return ((tensor.name, _numbers(tensor)) for tensor in self._reader.tensors)


def read_adapter(path: Path) -> Adapter:
    """The adapter in a GGUF file.

    Raises:
        ModelError: the file is none of an adapter.
    """
    file = ModelFile(path)
    tensors = dict(file.tensors())
    names = sorted(name.removesuffix(".lora_a") for name in tensors if name.endswith(".lora_a"))
    if not names or not all(f"{name}.lora_b" in tensors for name in names):
        raise ModelError("The file {path} holds no adapter. Give one that `assistant fit` wrote.", path=path)
    parts = {name: (tensors[f"{name}.lora_a"], tensors[f"{name}.lora_b"]) for name in names}
    kept = file._reader.get_field(RECORD)
    record = json.loads(kept.contents()) if kept else {}
    return Adapter(file.architecture, float(file.value("adapter.lora.alpha")), parts, record)


def write_adapter(adapter: Adapter, path: Path, precision: Precision = Precision.F16) -> None:
    """Writes an adapter as llama.cpp loads it; the file is there whole or not at all."""
    import gguf

    partial = path.with_name(f".{path.name}.part")
    writer = gguf.GGUFWriter(partial, adapter.architecture)
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, adapter.alpha)
    writer.add_string(RECORD, json.dumps(adapter.record, ensure_ascii=False, sort_keys=True))
    for name, pair in adapter.parts.items():
        for suffix, matrix in zip(("lora_a", "lora_b"), pair, strict=True):
            _add(writer, f"{name}.{suffix}", matrix, precision)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    partial.replace(path)


def average_adapters(adapters: Sequence[Path], out: Path, precision: Precision = Precision.F16) -> None:
    """Writes the mean of adapters that were fitted in one line: it errs less than they do (arXiv:2203.05482).

    Raises:
        ModelError: a file holds no adapter, or they aren't to the same matrices at the same rank.
    """
    read = [read_adapter(path) for path in adapters]
    first, *others = read
    for path, other in zip(adapters[1:], others, strict=True):
        if (other.architecture, other.alpha, _shapes(other)) != (first.architecture, first.alpha, _shapes(first)):
            raise ModelError(
                "The adapters {path} and {other} can't be averaged: they are of different models or ranks. "
                "Average those that were gone on with from one.",
                path=adapters[0],
                other=path,
            )
    matrices = ((name, [[each.parts[name][side] for each in read] for side in (0, 1)]) for name in first.parts)
    parts = {name: (np.mean(a, axis=0), np.mean(b, axis=0)) for name, (a, b) in matrices}
    records = [
        {"file": path.name, "sha256": sha256_of(path), "record": each.record}
        for path, each in zip(adapters, read, strict=True)
    ]
    write_adapter(replace(first, parts=parts, record={"mean_of": records}), out, precision)


def _shapes(adapter: Adapter) -> dict[str, tuple[int, ...]]:
    return {name: (*a.shape, *b.shape) for name, (a, b) in adapter.parts.items()}


def _add(writer: Any, name: str, matrix: Array, precision: Precision) -> None:
    import gguf

    if precision is Precision.Q8_0 and matrix.shape[-1] % BLOCK == 0:
        kind = gguf.GGMLQuantizationType.Q8_0
        writer.add_tensor(name, gguf.quantize(np.ascontiguousarray(matrix), kind), raw_dtype=kind)
    else:
        writer.add_tensor(name, matrix.astype(np.float16))


def _reader(path: Path) -> Any:
    import gguf

    try:
        return gguf.GGUFReader(path)
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise ModelError(
            "The file {path} can't be read as GGUF ({reason}). Choose another one.", path=path, reason=error
        ) from error


def _numbers(tensor: Any) -> Array:
    import gguf

    shape = [int(size) for size in reversed(tensor.shape)]
    return np.asarray(gguf.dequantize(tensor.data, tensor.tensor_type), np.float32).reshape(shape)
