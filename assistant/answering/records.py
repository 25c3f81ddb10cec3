"""Answers and articles as plain values, for JSON: what the command line prints and `evaluate` writes."""

from dataclasses import asdict
from typing import Any

from assistant.answering.events import Answer, Point
from assistant.answering.grounding import Citation
from assistant.library.article import Article
from assistant.library.store import Hit

__all__ = ["article_as_json", "as_json"]


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
        "points": [_point(point) for point in answer.points],
        "model": answer.model,
        "timings": asdict(answer.timings),
    }


def article_as_json(article: Article) -> dict[str, Any]:
    """What was read as an article: its paragraphs and sentences by language, and what was left out."""
    versions = {document.language.value: document for document in article.documents}
    return {
        "title": article.title,
        "date": article.date,
        "languages": list(versions),
        "paragraphs": {
            language: [article.text[span.start : span.end] for span in document.paragraphs]
            for language, document in versions.items()
        },
        "sentences": {
            language: [sentence.text for sentence in document.sentences] for language, document in versions.items()
        },
        "left_out": list(article.left_out),
    }


def _point(point: Point) -> dict[str, Any]:
    return asdict(point) | {"citation": _citation(point.citation)}


def _passage(hit: Hit) -> dict[str, Any]:
    fields = asdict(hit.chunk)
    return {name: fields[name] for name in ("article", "language", "start", "end", "text")}


def _citation(citation: Citation) -> dict[str, Any]:
    fields = asdict(citation)
    return {name: fields[name] for name in ("number", "language", "start", "end", "text", "article")}
