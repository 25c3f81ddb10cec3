"""A language model in torch with the adapter that is fitted to it.

The adapter is an activated one (arXiv:2504.12397): what stands before a question is read by the bare model, the
question and its answer with the adapter. So what was read of an article serves with it and without it. What is fitted,
in which order and how long, is for `fitting.py`. torch is imported here alone, and only when a model is made.
"""

import math
import time
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.errors import ModelError
from assistant.measuring.fitting.base_model import MATRICES, load_base
from assistant.measuring.fitting.gguf_file import Adapter, Array, ModelFile
from assistant.measuring.fitting.packing import PackedSequence
from assistant.settings import available_cores

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Losses", "TorchModel"]

SCALE = 2.0
"""Alpha over rank: by how much the product of both matrices is multiplied."""
DECISION_WEIGHT = 2.0
"""Weight of an answer's first token, which decides between an answer and a refusal."""
TURN_WEIGHT = 1.0
"""Weight of the token behind the words, which decides whether more is said. An answer's other tokens weigh the less
each, the more they are."""
LARGEST_GRADIENT = 1.0
PIECE_TOKENS = 128
"""Attention is computed for so many tokens at once: for more, more of it is for nothing."""


@dataclass(frozen=True, slots=True)
class Losses:
    """What a sequence's answers cost: the weighted mean, and of that the decisions and the rest; nats a token."""

    mean: float
    decision: float
    rest: float
    weight: float
    """The sum of the weights, which is that of the sequence among others."""


class TorchModel:
    """A model that learns an adapter, sequence by sequence."""

    def __init__(
        self, path: Path, *, rank: int, seed: int, adapter: Adapter | None = None, exact: bool = False
    ) -> None:
        """Loads the model of a GGUF file, on a GPU where torch sees one.

        Args:
            rank: of a new adapter, whose beginning depends on `seed`.
            adapter: one to go on from; its rank stays.
            exact: whether to compute in float32, however much slower that is.

        Raises:
            ModelError: the model's architecture is none of `ARCHITECTURES`, or the adapter is for another.
        """
        import torch

        self._torch: Any = torch
        file = ModelFile(path)
        self.architecture = file.architecture
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        torch.set_num_threads(available_cores())
        self.precision = "float32" if exact else _quicker_precision(torch, self.device)
        self._kind = getattr(torch, self.precision)
        self._model = load_base(torch, file, self._kind).to(self.device).requires_grad_(False).eval()
        self._is_on = True
        self._parts: dict[str, tuple[Any, Any]] = {}
        torch.manual_seed(seed)
        self._attach(rank, adapter)
        self._weight = 0.0
        self._optimiser = torch.optim.AdamW(self._parameters(), lr=0.0, weight_decay=0.0, betas=(0.9, 0.98))

    def learn(self, sequence: PackedSequence) -> Losses:
        """Adds what is to be learnt of `sequence` to the next step."""
        total, losses = self._losses(sequence)
        total.backward()
        self._weight += losses.weight
        return losses

    def losses(self, sequence: PackedSequence) -> Losses:
        """What `sequence` costs now; nothing is learnt of it."""
        with self._torch.no_grad():
            return self._losses(sequence)[1]

    def step(self, rate: float) -> None:
        """Changes the adapter by what was learnt since the last step."""
        for parameter in self._parameters():
            parameter.grad /= self._weight
        self._torch.nn.utils.clip_grad_norm_(self._parameters(), LARGEST_GRADIENT)
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        self._optimiser.step()
        self._optimiser.zero_grad()
        self._weight = 0.0

    def logits(self, sequence: PackedSequence) -> Array:
        """Logits behind each token of the questions and answers, one after the other: (tokens, vocabulary)."""
        with self._torch.no_grad():
            hidden = self._hidden(sequence)
            return np.asarray(self._model.lm_head(hidden).float().cpu().numpy())

    def adapter(self, record: Mapping[str, Any]) -> Adapter:
        """The adapter as it is now."""
        parts = {
            name: (a.detach().float().cpu().numpy(), b.detach().float().cpu().numpy())
            for name, (a, b) in self._parts.items()
        }
        rank = next(iter(parts.values()))[0].shape[0]
        return Adapter(self.architecture, SCALE * rank, parts, record)

    def save(self, path: Path, progress: Mapping[str, Any]) -> None:
        """Writes all that going on takes, `progress` with it; the file is there whole or not at all."""
        partial = path.with_name(f"{path.name}.part")
        parts = {name: (a.detach(), b.detach()) for name, (a, b) in self._parts.items()}
        state = {"parts": parts, "optimiser": self._optimiser.state_dict(), "progress": dict(progress)}
        self._torch.save(state, partial)
        partial.replace(path)

    def restore(self, path: Path) -> dict[str, Any]:
        """Goes back to what `save` wrote; returns the progress that was written with it.

        Raises:
            ModelError: the file is damaged, or of an adapter of another shape.
        """
        try:
            state = self._torch.load(path, weights_only=True, map_location=self.device)
            for name, (a, b) in state["parts"].items():
                self._parts[name][0].data.copy_(a)
                self._parts[name][1].data.copy_(b)
            self._optimiser.load_state_dict(state["optimiser"])
            return dict(state["progress"])
        except (OSError, RuntimeError, LookupError, ValueError, EOFError, UnpicklingError) as error:
            raise ModelError(
                "The checkpoint {path} can't be gone on from ({reason}). Delete it to begin anew.",
                path=path,
                reason=error,
            ) from error

    def _parameters(self) -> list[Any]:
        return [matrix for pair in self._parts.values() for matrix in pair]

    def _attach(self, rank: int, adapter: Adapter | None) -> None:
        """Hangs the adapter's matrices onto the model's, in the order of its layers."""
        for number, layer in enumerate(self._model.model.layers):
            for theirs, ours in MATRICES.items():
                name = f"blk.{number}.{theirs}.weight"
                matrix = layer.get_submodule(ours)
                shape = (matrix.in_features, matrix.out_features)
                a, b = self._beginning(name, shape, rank, adapter)
                self._parts[name] = a, b
                matrix.register_forward_hook(self._hook(a, b))
        if adapter and set(adapter.parts) != set(self._parts):
            raise _other_adapter()

    def _beginning(self, name: str, shape: tuple[int, int], rank: int, adapter: Adapter | None) -> tuple[Any, Any]:
        torch, (inputs, outputs) = self._torch, shape
        if adapter is None:
            a, b = torch.randn(rank, inputs) / math.sqrt(inputs), torch.zeros(outputs, rank)
        elif name in adapter.parts and adapter.parts[name][0].shape[1] == inputs:
            factor = adapter.alpha / adapter.rank / SCALE
            a, b = (torch.from_numpy(np.array(matrix)) for matrix in adapter.parts[name])
            b = b * factor
        else:
            raise _other_adapter()
        return a.to(self.device).requires_grad_(), b.to(self.device).requires_grad_()

    def _hook(self, a: Any, b: Any) -> Any:
        linear = self._torch.nn.functional.linear

        def add(_: Any, inputs: tuple[Any, ...], output: Any) -> Any:
            if not self._is_on:
                return output
            return output + linear(linear(inputs[0], a.to(self._kind)), b.to(self._kind) * SCALE)

        return add

    @contextmanager
    def _bare(self) -> "Iterator[None]":
        self._is_on = False
        try:
            with self._torch.no_grad():
                yield
        finally:
            self._is_on = True

    def _hidden(self, sequence: PackedSequence) -> Any:
        """The last hidden states of the questions and answers, each of which sees the prefix and itself."""
        known = len(sequence.prefix)
        ids = [token for branch in sequence.branches for token in (*branch.question, *branch.answer)]
        places = [known + place for branch in sequence.branches for place in range(branch.tokens)]
        with self._bare():
            read = self._model.model(input_ids=self._row(sequence.prefix), use_cache=True)
        result = self._model.model(
            input_ids=self._row(ids),
            position_ids=self._row(places),
            pieces=list(self._pieces(sequence)),
            cache=read.cache,
            use_cache=True,
        )
        return result.last_hidden_state[0]

    def _pieces(self, sequence: PackedSequence) -> "Iterator[tuple[int, int, Any]]":
        """The questions and answers in pieces of a few: where each begins and ends, and the mask of its attention."""
        torch, begin, owner = self._torch, 0, []
        for number, branch in enumerate(sequence.branches, start=1):
            owner += [number] * branch.tokens
            if len(owner) >= PIECE_TOKENS or number == len(sequence.branches):
                owners = torch.tensor(owner, device=self.device)
                own = (owners[None] == owners[:, None]).tril()
                seen = torch.nn.functional.pad(own, (len(sequence.prefix), 0), value=True)
                yield begin, begin + len(owner), seen[None, None]
                begin, owner = begin + len(owner), []

    def _row(self, numbers: Any) -> Any:
        return self._torch.tensor([list(numbers)], device=self.device)

    def _losses(self, sequence: PackedSequence) -> tuple[Any, Losses]:
        """The weighted sum over the answers' tokens, to learn from, and what it comes to."""
        places, labels, weights = _answers(sequence)
        weight = self._torch.tensor(weights, device=self.device)
        hidden = self._hidden(sequence)[self._torch.tensor(places, device=self.device)]
        logits = self._model.lm_head(hidden).float()
        each = self._torch.nn.functional.cross_entropy(
            logits, self._torch.tensor(labels, device=self.device), reduction="none"
        )
        total, first = (each * weight).sum(), weight == DECISION_WEIGHT
        losses = Losses(
            mean=total.item() / sum(weights),
            decision=each[first].mean().item(),
            rest=each[~first].mean().item(),
            weight=sum(weights),
        )
        return total, losses


def _answers(sequence: PackedSequence) -> tuple[list[int], list[int], list[float]]:
    """Where each token of an answer is foretold, what it is, and what it weighs."""
    places: list[int] = []
    labels: list[int] = []
    weights: list[float] = []
    begin = 0
    for branch in sequence.branches:
        first = begin + len(branch.question) - 1
        places += range(first, first + len(branch.answer))
        labels += branch.answer
        own = [len(branch.answer) ** -0.5] * len(branch.answer)
        own[branch.turn] = TURN_WEIGHT
        own[0] = DECISION_WEIGHT
        weights += own
        begin += branch.tokens
    return places, labels, weights


def _other_adapter() -> ModelError:
    return ModelError("The adapter was fitted to another model. Give the one that it was fitted to with --model.")


def _quicker_precision(torch: Any, device: str) -> str:
    """bfloat16 where a product of matrices takes less than three quarters of its time in float32."""
    taken = {}
    for kind in ("float32", "bfloat16"):
        left, right = (torch.ones(512, 1024, dtype=getattr(torch, kind), device=device) for _ in range(2))
        left @ right.T
        began = time.process_time()
        for _ in range(8):
            (left @ right.T).sum().item()
        taken[kind] = time.process_time() - began
    return "bfloat16" if device != "cpu" or taken["bfloat16"] < 0.75 * taken["float32"] else "float32"
