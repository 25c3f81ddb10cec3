"""Does once what answering does with a model, so that what native code gets wrong shows before a question does."""

from typing import TYPE_CHECKING

import numpy as np

from assistant.errors import ModelError
from assistant.model.protocol import Message

if TYPE_CHECKING:
    from assistant.model.llama.context import LlamaContext

__all__ = ["check"]

PROMPT = (
    Message("system", "Answer from the article alone, in a few words."),
    Message(
        "user",
        "The ferry to the island leaves at 7:40 and at 16:15. 島へのフェリーは7時40分と16時15分に出ます。\n\n" * 3,
    ),
)
"""Some 150 tokens: batches of prompt of two sizes."""


def check(context: "LlamaContext") -> None:
    """Evaluates a prompt in batches and a token by itself, writes the state and restores it, and evaluates on.

    Then the second half of the prompt with the adapter, where the model has one.

    Leaves nothing of it behind.

    Raises:
        ModelError: there are numbers that are none, or the state says something else when it has been restored.
    """
    tokens = context.tokens(PROMPT)
    context.evaluate(tokens, _never)
    _look(context)
    context.append(tokens[-1], _never)
    _look(context)
    context.write_and_restore()
    before = _next(context, tokens[-1])
    context.evaluate(tokens[: len(tokens) // 2], _never)
    context.evaluate([*tokens, tokens[-1]], _never)
    after = _next(context, tokens[-1])
    if not np.allclose(before, after, atol=0.5 + 0.05 * float(np.abs(before).max())):
        raise ModelError("what it had read is not what it goes on from")
    context.evaluate(tokens, _never)
    bare = context.logits().copy()
    context.evaluate(tokens, _never, bare=len(tokens) // 2)
    _look(context)
    if context.has_adapter and np.array_equal(bare, context.logits()):
        raise ModelError("its adapter changes nothing")
    context.forget()


def _next(context: "LlamaContext", token: int) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    context.append(token, _never)
    _look(context)
    return context.logits().copy()


def _look(context: "LlamaContext") -> None:
    if not (np.isfinite(context.logits()).all() and np.isfinite(context.hidden()).all()):
        raise ModelError("its results are no numbers")


def _never() -> bool:
    return False
