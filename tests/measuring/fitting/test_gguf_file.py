"""Adapters to GGUF files and back, and what is no such file."""

from pathlib import Path

import numpy as np
import pytest

from assistant.errors import ModelError
from assistant.measuring.fitting.gguf_file import Adapter, ModelFile, read_adapter, write_adapter
from assistant.settings import Precision
from tests import needs
from tests.tiny_model import LAYERS, WIDTH, write_tiny_model


@pytest.fixture(autouse=True)
def _gguf() -> None:
    needs.torch()


@pytest.fixture
def adapter() -> Adapter:
    chance = np.random.default_rng(0)
    parts = {
        f"blk.{layer}.attn_q.weight": (
            chance.normal(size=(4, WIDTH)).astype(np.float32),
            chance.normal(size=(WIDTH, 4)).astype(np.float32),
        )
        for layer in range(LAYERS)
    }
    return Adapter("qwen2", 8.0, parts, {"seed": 3, "data": {"新聞.jsonl": "ab"}})


@pytest.mark.parametrize(("precision", "near"), [(Precision.F16, 1e-3), (Precision.Q8_0, 2e-2)])
def test_an_adapter_comes_back_as_it_was(tmp_path: Path, adapter: Adapter, precision: Precision, near: float) -> None:
    path = tmp_path / "adapter.gguf"
    write_adapter(adapter, path, precision)
    read = read_adapter(path)
    assert (read.architecture, read.alpha, read.rank, read.record) == ("qwen2", 8.0, 4, adapter.record)
    assert read.parts.keys() == adapter.parts.keys()
    for name, pair in adapter.parts.items():
        for matrix, ours in zip(pair, read.parts[name], strict=True):
            assert matrix.shape == ours.shape
            assert np.allclose(matrix, ours, atol=near * np.abs(matrix).max())
    assert [file.name for file in tmp_path.iterdir()] == ["adapter.gguf"]


def test_rows_of_whole_blocks_take_half_the_bytes(tmp_path: Path, adapter: Adapter) -> None:
    wide = {name: (np.tile(a, (1, 64)), b) for name, (a, b) in adapter.parts.items()}
    adapter = Adapter("qwen2", 8.0, wide)
    sizes = []
    for precision in Precision:
        write_adapter(adapter, tmp_path / precision, precision)
        sizes.append((tmp_path / precision).stat().st_size)
    assert 0.5 < sizes[1] / sizes[0] < 0.6


def test_a_model_s_tensors_have_the_shape_that_they_were_written_in(tmp_path: Path) -> None:
    file = ModelFile(write_tiny_model(tmp_path / "tiny.gguf"))
    tensors = dict(file.tensors())
    assert (file.architecture, file.value("{}.block_count")) == ("qwen2", LAYERS)
    assert tensors["blk.0.attn_k.weight"].shape == (WIDTH // 2, WIDTH)
    assert tensors["token_embd.weight"].dtype == np.float32


def test_what_is_no_adapter_is_told(tmp_path: Path) -> None:
    model = write_tiny_model(tmp_path / "tiny.gguf")
    with pytest.raises(ModelError, match="holds no adapter"):
        read_adapter(model)
    with pytest.raises(ModelError, match=r"no value no\.such"):
        ModelFile(model).value("no.such")
    (tmp_path / "text").write_text("text")
    (tmp_path / "cut.gguf").write_bytes(model.read_bytes()[:1000])
    for name in ("none", "text", "cut.gguf"):
        with pytest.raises(ModelError, match=f"{name} can't be read as GGUF"):
            read_adapter(tmp_path / name)
