"""A conversation as the browser keeps it: an answer, one with points, and a refusal."""

import json
from dataclasses import replace
from typing import Any

from assistant.answering.events import Answer, Point, Timings
from assistant.answering.grounding import Citation, FigurePlace
from assistant.answering.pointing import Pointer
from assistant.interfaces.ui.conversation import Turn, to_storage
from assistant.library.article import parse_article
from assistant.library.chunking import chunk_article
from assistant.library.store import Hit
from assistant.text.language import Language
from tests.texts import BILINGUAL

__all__ = ["conversation"]

ARTICLE = parse_article(BILINGUAL)


def conversation() -> Any:
    sentence = ARTICLE.documents[0].sentences[3]
    citation = Citation(1, ARTICLE.id, Language.ENGLISH, sentence.start, sentence.end, sentence.text)
    hits = tuple(Hit(chunk, 0.1, 1, "fused") for chunk in chunk_article(ARTICLE)[:2])
    answer = Answer(
        *("How much?", Language.ENGLISH, "240 yen.", False, False, (citation,)),
        (FigurePlace(0, 7, ARTICLE.id, Language.ENGLISH, sentence.start, sentence.start + 7),),
        *(hits, 1.5, "fake", Timings(1.0, None, 3.5, 4, 5, 6, 1.0)),
        pointer=Pointer(ARTICLE.id, Language.ENGLISH, sentence.start, sentence.start + 9, sentence.text[:9]),
        right_of_100=80,
    )
    points = replace(answer, points=(Point(sentence.text, citation, sentence.start, sentence.end, "Costs"),))
    refused = replace(answer, refused=True, text="", pointer=None, language=Language.JAPANESE)
    turns = [Turn((ARTICLE.id,), hits, each) for each in (answer, points, refused)]
    return json.loads(json.dumps(to_storage(turns)))
