"""What the first part found: times by kind and side, ratios, right answers, and how often LlamaIndex could reuse."""

import itertools
from collections.abc import Sequence
from typing import Any

from tests.bench.against_peer import KINDS, OURS, PEER, SCOPED, Asked
from tests.bench.statistics import median, p95

__all__ = ["ratios", "summarise", "times_table"]

COMPARED = ("later", "alternating", "after_restart")


def summarise(asked: Sequence[Asked]) -> dict[str, Any]:
    """Times in milliseconds, by kind and side, with everything asked behind them."""
    sides = list(dict.fromkeys(one.side for one in asked))
    return {
        "questions": len({(one.article, one.question) for one in asked}),
        "times": {kind: _by_side(_of(asked, kind), sides) for kind in KINDS},
        "right": {side: _right(asked, side) for side in sides},
        "same_passages_as_before": {side: _same_as_before(asked, side) for side in sides if side != OURS},
        "asked": [_record(one) for one in asked],
    }


def ratios(asked: Sequence[Asked]) -> dict[str, float]:
    """The peer's median time to the first token over ours, by kind."""
    found = {}
    for side, prefix in ((PEER, ""), (SCOPED, "scoped_")):
        for kind in COMPARED:
            theirs, ours = _first_tokens(asked, kind, side), _first_tokens(asked, kind, OURS)
            if theirs and ours:
                found[f"{prefix}{kind}_first_token"] = round(median(theirs) / median(ours), 2)
    return found


def times_table(summary: dict[str, Any]) -> list[str]:
    """Lines of Markdown."""
    lines = [
        "| question | side | n | first token, ms: median | p95 | last token, ms: median | p95 |",
        "|---|---|---|---|---|---|---|",
    ]
    for kind, sides in summary["times"].items():
        for side, found in sides.items():
            times = (found[key] for key in ("first_median", "first_p95", "last_median", "last_p95"))
            cells = " | ".join(f"{time:,.0f}" for time in times)
            lines.append(f"| {kind.replace('_', ' ')} | {side} | {found['n']} | {cells} |")
    return lines


def _of(asked: Sequence[Asked], kind: str) -> list[Asked]:
    return [one for one in asked if one.kind == kind]


def _first_tokens(asked: Sequence[Asked], kind: str, side: str) -> list[float]:
    return [one.reply.first_ms for one in _of(asked, kind) if one.side == side]


def _by_side(asked: Sequence[Asked], sides: Sequence[str]) -> dict[str, dict[str, float]]:
    replies = {side: [one.reply for one in asked if one.side == side] for side in sides}
    return {
        side: {
            "n": len(each),
            "first_median": median([reply.first_ms for reply in each]),
            "first_p95": p95([reply.first_ms for reply in each]),
            "last_median": median([reply.last_ms for reply in each]),
            "last_p95": p95([reply.last_ms for reply in each]),
        }
        for side, each in replies.items()
        if each
    }


def _right(asked: Sequence[Asked], side: str) -> dict[str, int]:
    """Of the answers of a side, without those to questions that another of its processes has had."""
    own = [one for one in asked if one.side == side and one.kind != "first_read_ahead"]
    return {
        "of": len(own),
        "right": sum(one.is_right for one in own),
        "refused": sum(one.reply.refused for one in own),
    }


def _same_as_before(asked: Sequence[Asked], side: str) -> dict[str, dict[str, int]]:
    """How often a prompt held the same passages in the same order as the one before it, which llama.cpp reuses."""
    own = [one for one in asked if one.side == side]
    pairs = list(itertools.pairwise(own))
    return {
        kind: {
            "of": sum(after.kind == kind for _, after in pairs),
            "all": sum(after.kind == kind and before.reply.sources == after.reply.sources for before, after in pairs),
            "first": sum(
                after.kind == kind and before.reply.sources[:1] == after.reply.sources[:1] for before, after in pairs
            ),
        }
        for kind in ("later", "alternating")
    }


def _record(one: Asked) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "side": one.side,
        "article": one.article,
        "question": one.text,
        "answer": one.reply.text,
        "right": one.is_right,
        "first_ms": one.reply.first_ms,
        "last_ms": one.reply.last_ms,
        "evaluated": one.reply.evaluated,
    }
