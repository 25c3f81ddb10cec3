"""The sentences that say the most of an article: its key points, which can say nothing that it doesn't.

They are chosen one after the other, each for what it adds to what the others cover of the article (a submodular
function of facility location; Lin & Bilmes 2011, "A Class of Submodular Functions for Document Summarization"), where
what stands early counts for more, as in news it is what matters more.
"""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.library.article import Sentence
from assistant.library.embedding import Vectors
from assistant.text.language import Language
from assistant.text.sentences import ends_sentence

__all__ = ["candidates", "key_points", "usual_count"]

MOST_CANDIDATES = 64
"""Of a longer article the sentences that begin its paragraphs, at most so many, spread over all of it."""
UNRELATED = 0.78
"""The cosine, by this embedder, of sentences of one article that have little to do with each other."""
FADING = 4.0
"""After so many paragraphs a sentence counts for half of what the first ones do."""
LATER_IN_PARAGRAPH = 0.7
"""What a sentence that doesn't begin its paragraph counts for."""
LEANING = 0.5
"""What one counts for that leans on the sentence before it, or is somebody's words."""
LENGTHS = {Language.ENGLISH: (40, 320), Language.JAPANESE: (18, 140)}
"""Characters of a sentence that can stand alone, and is read quickly."""
OFF_LENGTH = 0.6

_LEANS = {
    Language.ENGLISH: re.compile(
        r"^[\"“]|^(?:he|she|it|they|this|that|these|those|his|her|its|their|but|and|so|also|however|still|then|there|here"
        r"|such|meanwhile|instead|nor|yet|by contrast|in addition|moreover|for example|as a result)\b",
        re.IGNORECASE,
    ),
    Language.JAPANESE: re.compile(
        r"^[「『（(]|^(?:これ|それ|その|この|同(?:社|氏|市|県|町|国|行|省|庁|校|大|日|年|月)|彼|しかし|だが|ただ|また|さらに|一方|そして|なお|つまり"
        r"|そのため|このため|とはいえ|ところが|例えば|たとえば|こうした|そうした|ほかに|他に)"
    ),
}


def usual_count(sentences: int) -> int:
    """How many points an article of so many sentences has where nobody says how many."""
    return 3 if sentences <= 10 else 4 if sentences <= 24 else 5


def candidates(sentences: Sequence[Sentence], title: str) -> tuple[Sentence, ...]:
    """Those that can be a point: whole sentences, without the headline."""
    whole = [one for one in sentences if ends_sentence(one.text) and one.text.strip() != title.strip()]
    whole = whole or list(sentences)
    if len(whole) <= MOST_CANDIDATES:
        return tuple(whole)
    first = list({one.paragraph: one for one in reversed(whole)}.values())[::-1]
    places = np.linspace(0, len(first) - 1, min(len(first), MOST_CANDIDATES)).round().astype(int)
    return tuple(first[place] for place in dict.fromkeys(places.tolist()))


def key_points(sentences: Sequence[Sentence], vectors: Vectors, title: Vectors, count: int) -> tuple[Sentence, ...]:
    """The `count` of the sentences that say the most together, in reading order; all where there are no more.

    The first is one of them: it says what happened.

    Args:
        vectors: of the sentences, of shape (sentences, dimensions); rows have length 1.
        title: that of the title, of shape (dimensions,).
    """
    alike = _likeness(vectors @ vectors.T)
    weights = _weights(sentences)
    worth = np.array([_worth(one) for one in sentences]) * (1 + _likeness(vectors @ title))
    chosen = [0]
    covered = alike[:, 0]
    while len(chosen) < min(count, len(sentences)):
        gains = worth * (weights[:, None] * np.maximum(0, alike - covered[:, None])).sum(0)
        gains[chosen] = -1
        best = int(gains.argmax())
        chosen.append(best)
        covered = np.maximum(covered, alike[:, best])
    return tuple(sentences[index] for index in sorted(chosen))


def _likeness(cosines: NDArray[np.float32]) -> NDArray[np.float32]:
    """From 0 for what has nothing in common to 1 for the same."""
    above: NDArray[np.float32] = np.maximum(0, (cosines - UNRELATED) / (1 - UNRELATED))
    return above


def _weights(sentences: Sequence[Sentence]) -> NDArray[np.float64]:
    """What it is worth to cover each sentence."""
    firsts = {one.paragraph: one.number for one in reversed(sentences)}
    order = {paragraph: place for place, paragraph in enumerate(sorted(firsts))}
    return np.array(
        [
            (1.0 if firsts[one.paragraph] == one.number else LATER_IN_PARAGRAPH)
            * FADING
            / (FADING + order[one.paragraph])
            for one in sentences
        ]
    )


def _worth(sentence: Sentence) -> float:
    """How well a sentence stands alone."""
    text = " ".join(sentence.text.split())
    shortest, longest = LENGTHS[sentence.language]
    worth = 1.0 if shortest <= len(text) <= longest else OFF_LENGTH
    return worth * (LEANING if _LEANS[sentence.language].search(text) else 1.0)
