"""How many tokens a question costs, against the fewest possible."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.answering.prompts import Passage, pointing_messages
from tests.bench.against_peer import OURS, Asked
from tests.bench.side import in_new_process
from tests.bench.statistics import median, p95

__all__ = ["measure_evaluated"]

KINDS = ("first_read_ahead", "later", "alternating", "after_restart")


def measure_evaluated(asked: Sequence[Asked], model: Path) -> dict[str, dict[str, float]]:
    """By kind, tokens evaluated for our questions on articles that were read before, and the fewest possible.

    Those are the tokens of the question, to the end of the prompt.
    """
    own = [one for one in asked if one.side == OURS and one.kind in KINDS]
    fewest = dict(zip(own, in_new_process(_fewest, model, [one.text for one in own]), strict=True))
    return {kind: _summary({one: few for one, few in fewest.items() if one.kind == kind}) for kind in KINDS}


def _summary(fewest: dict[Asked, int]) -> dict[str, Any]:
    evaluated = [one.reply.evaluated or 0 for one in fewest]
    over = [one.reply.evaluated - few for one, few in fewest.items() if one.reply.evaluated is not None]
    return {
        "n": len(fewest),
        "evaluated_median": median(evaluated),
        "evaluated_p95": p95(evaluated),
        "fewest_median": median(list(fewest.values())),
        "over_fewest_median": median(over),
        "over_fewest_max": max(over),
    }


def _fewest(model: Path, questions: Sequence[str]) -> list[int]:
    from assistant.model.llama.context import LlamaContext
    from assistant.model.prefix import common_length

    context = LlamaContext(model, threads=1, context_tokens=512)

    def prompt(question: str) -> list[int]:
        return context.tokens(pointing_messages(question, Passage("", ())))

    counts = []
    for question in questions:
        tokens = prompt(question)
        counts.append(len(tokens) - common_length(tokens, prompt("")))
    context.close()
    return counts
