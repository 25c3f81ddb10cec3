"""A language model of two layers with chance numbers, in a GGUF file of half a megabyte: it says nothing that means
anything, and all that is done with a model can be done with it."""

from pathlib import Path
from typing import Any

import numpy as np

LAYERS, WIDTH, HEADS, KEY_HEADS, INNER = 2, 64, 4, 2, 96
CONTROL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def write_tiny_model(path: Path, seed: int = 0, architecture: str = "qwen2") -> Path:
    """Writes the model, whose tokens are the 256 bytes and three control tokens."""
    import gguf

    writer = gguf.GGUFWriter(path, architecture)
    writer.add_context_length(4096)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KEY_HEADS)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(10000.0)
    _add_tokens(writer)
    for name, matrix in _tensors(np.random.default_rng(seed)).items():
        writer.add_tensor(name, matrix.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def write_tiny_mamba(path: Path, seed: int = 0) -> Path:
    """Writes a model of the same tokens whose memory is a state that can't be cut back (arXiv:2312.00752)."""
    import gguf

    chance, inner, state, rank = np.random.default_rng(seed), 2 * WIDTH, 8, 4
    writer = gguf.GGUFWriter(path, "mamba")
    writer.add_context_length(4096)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(0)
    writer.add_head_count(0)
    writer.add_block_count(LAYERS)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_ssm_conv_kernel(4)
    writer.add_ssm_inner_size(inner)
    writer.add_ssm_state_size(state)
    writer.add_ssm_time_step_rank(rank)
    _add_tokens(writer)
    shapes = {
        "ssm_in.weight": (2 * inner, WIDTH),
        "ssm_conv1d.weight": (inner, 4),
        "ssm_conv1d.bias": (inner,),
        "ssm_x.weight": (rank + 2 * state, inner),
        "ssm_dt.weight": (inner, rank),
        "ssm_dt.bias": (inner,),
        "ssm_d": (inner,),
        "ssm_out.weight": (WIDTH, inner),
    }
    tensors = {
        "token_embd.weight": chance.normal(0, 0.1, (256 + len(CONTROL), WIDTH)),
        "output_norm.weight": np.ones(WIDTH),
    }
    for layer in range(LAYERS):
        parts = {name: chance.normal(0, shape[-1] ** -0.5, shape) for name, shape in shapes.items()}
        parts |= {"attn_norm.weight": np.ones(WIDTH), "ssm_a": -np.exp(chance.normal(0, 1, (inner, state)))}
        tensors |= {f"blk.{layer}.{name}": matrix for name, matrix in parts.items()}
    for name, matrix in tensors.items():
        writer.add_tensor(name, matrix.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def write_tiny_adapter(path: Path, seed: int = 0, rank: int = 4) -> Path:
    """Writes an adapter of it that changes much of what it says."""
    from assistant.measuring.fitting.gguf_file import Adapter, write_adapter

    chance = np.random.default_rng(seed)
    names = [f"blk.{layer}.{part}.weight" for layer in range(LAYERS) for part in ("attn_q", "attn_output")]
    numbers = [chance.normal(0, 0.3, (2, rank, WIDTH)).astype(np.float32) for _ in names]
    write_adapter(Adapter("qwen2", 4.0 * rank, {n: (a, b.T) for n, (a, b) in zip(names, numbers, strict=True)}), path)
    return path


def _add_tokens(writer: Any) -> None:
    import gguf

    tokens = [*_byte_tokens(), *CONTROL]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens)
    writer.add_token_types([gguf.TokenType.NORMAL] * 256 + [gguf.TokenType.CONTROL] * len(CONTROL))
    writer.add_token_merges(["a b"])
    writer.add_eos_token_id(tokens.index("<|im_end|>"))
    writer.add_chat_template(TEMPLATE)


def _byte_tokens() -> list[str]:
    """How byte-level vocabularies write the bytes: printable ones as they are, the others from U+0100 on."""
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = iter(range(0x100, 0x200))
    return [chr(byte) if byte in printable else chr(next(others)) for byte in range(256)]


def _tensors(chance: np.random.Generator) -> dict[str, Any]:
    def numbers(*shape: int) -> Any:
        return chance.normal(0, shape[-1] ** -0.5, shape)

    size, key_width = 256 + len(CONTROL), WIDTH // HEADS * KEY_HEADS
    tensors = {"token_embd.weight": numbers(size, WIDTH), "output_norm.weight": np.ones(WIDTH)}
    for layer in range(LAYERS):
        parts = {
            "attn_norm.weight": np.ones(WIDTH),
            "ffn_norm.weight": np.ones(WIDTH),
            "attn_q.weight": numbers(WIDTH, WIDTH),
            "attn_q.bias": numbers(WIDTH),
            "attn_k.weight": numbers(key_width, WIDTH),
            "attn_k.bias": numbers(key_width),
            "attn_v.weight": numbers(key_width, WIDTH),
            "attn_v.bias": numbers(key_width),
            "attn_output.weight": numbers(WIDTH, WIDTH),
            "ffn_gate.weight": numbers(INNER, WIDTH),
            "ffn_up.weight": numbers(INNER, WIDTH),
            "ffn_down.weight": numbers(WIDTH, INNER),
        }
        tensors |= {f"blk.{layer}.{name}": matrix for name, matrix in parts.items()}
    return tensors
