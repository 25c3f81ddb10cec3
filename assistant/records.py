"""An answer as plain values, for JSON: what the command line prints and `evaluate` writes."""

from dataclasses import asdict
from typing import Any

from assistant.events import Answer
from assistant.grounding import Citation
from assistant.store import Hit

__all__ = ["as_json"]


def as_json(answer: Answer) -> dict[str, Any]:
    """The fields of `answer` by name; its text with the citations' markers."""
    return {
        "question": answer.question,
        "understood": answer.understood,
        "question_lang": answer.language.value,
        "answer": answer.marked_text,
        "refused": answer.refused,
        "withheld": answer.withheld,
        "words": asdict(answer.pointer) if answer.pointer else None,
        "citations": [_citation(citation) for citation in answer.citations],
        "figures": [asdict(place) for place in answer.figures],
        "disagreements": [asdict(found) for found in answer.disagreements],
        "nearest": [_passage(hit) for hit in answer.nearest],
        "log_odds": answer.log_odds,
        "right_of_100": answer.right_of_100,
        "model": answer.model,
        "timings": asdict(answer.timings),
    }


def _passage(hit: Hit) -> dict[str, Any]:
    fields = asdict(hit.chunk)
    return {name: fields[name] for name in ("article", "language", "start", "end", "text")}


def _citation(citation: Citation) -> dict[str, Any]:
    fields = asdict(citation)
    return {name: fields[name] for name in ("number", "language", "start", "end", "text", "article")}
