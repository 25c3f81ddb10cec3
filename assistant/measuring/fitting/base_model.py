"""The model of a GGUF file in torch, by transformers: an adapter is fitted to what will run it, rounding included.

transformers is imported here alone, and only when a model is made; torch is given.
"""

from functools import partial
from typing import Any

from assistant.errors import ModelError
from assistant.measuring.fitting.gguf_file import ModelFile

__all__ = ["MATRICES", "load_base"]

MATRICES = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
"""Those that an adapter adds to: llama.cpp's names, and those of transformers."""
NORMS = {"attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm"}
OUTSIDE = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
}
ARCHITECTURES = ("qwen2",)
IN_PIECES = "assistant_in_pieces"
"""The name of our attention among those of transformers."""


def load_base(torch: Any, file: ModelFile, kind: Any) -> Any:
    """The model of `file`, its numbers of the torch type `kind`. Called with `pieces`, it attends as `_attend` says.

    Raises:
        ModelError: its architecture is none of `ARCHITECTURES`.
    """
    if file.architecture not in ARCHITECTURES:
        raise ModelError(
            "An adapter can't be fitted to {path}: its architecture is {architecture}, and only {known} is supported. "
            "Choose another model with --model.",
            path=file.path,
            architecture=file.architecture,
            known=", ".join(ARCHITECTURES),
        )
    from transformers import AttentionInterface, Qwen2ForCausalLM

    names, state = set(), {}
    for name, values in file.tensors():
        names.add(name)
        state[_their_name(name)] = torch.tensor(values).to(kind)
    configuration = _configuration(file, state["model.embed_tokens.weight"].shape, is_tied="output.weight" not in names)
    if "output.weight" not in names:
        state["lm_head.weight"] = state["model.embed_tokens.weight"]
    AttentionInterface.register(IN_PIECES, partial(_attend, torch))
    configuration._attn_implementation = IN_PIECES
    with torch.device("meta"):
        model = Qwen2ForCausalLM(configuration)
    model.load_state_dict(state, assign=True)
    model.model.rotary_emb = type(model.model.rotary_emb)(configuration)
    return model


def _attend(
    torch: Any, module: Any, query: Any, key: Any, value: Any, _: Any, *, scaling: float, pieces: Any = None, **__: Any
) -> tuple[Any, None]:
    """Attention from each of `pieces` (begin, end, mask) of the queries to what was read before, and to itself alone.

    Without pieces it is the usual one. Most of the usual one would go from one question to another, for nothing.
    """
    attention = torch.nn.functional.scaled_dot_product_attention
    known = key.shape[2] - query.shape[2]
    key, value = (states.repeat_interleave(module.num_key_value_groups, 1) for states in (key, value))
    if pieces is None:
        found = attention(query, key, value, is_causal=True, scale=scaling)
    else:
        parts = []
        for begin, end, mask in pieces:
            own = slice(known + begin, known + end)
            keys, values = (torch.cat([states[:, :, :known], states[:, :, own]], 2) for states in (key, value))
            parts.append(attention(query[:, :, begin:end], keys, values, attn_mask=mask, scale=scaling))
        found = torch.cat(parts, 2)
    return found.transpose(1, 2).contiguous(), None


def _configuration(file: ModelFile, embedding: tuple[int, int], *, is_tied: bool) -> Any:
    from transformers import Qwen2Config

    return Qwen2Config(
        vocab_size=embedding[0],
        hidden_size=embedding[1],
        intermediate_size=file.value("{}.feed_forward_length"),
        num_hidden_layers=file.value("{}.block_count"),
        num_attention_heads=file.value("{}.attention.head_count"),
        num_key_value_heads=file.value("{}.attention.head_count_kv"),
        rms_norm_eps=file.value("{}.attention.layer_norm_rms_epsilon"),
        max_position_embeddings=file.value("{}.context_length"),
        rope_parameters={"rope_type": "default", "rope_theta": file.value("{}.rope.freq_base")},
        tie_word_embeddings=is_tied,
    )


def _their_name(name: str) -> str:
    """A tensor's name in transformers."""
    if name in OUTSIDE:
        return OUTSIDE[name]
    _, number, part, kind = name.split(".")
    return f"model.layers.{number}.{(MATRICES | NORMS)[part]}.{kind}"
