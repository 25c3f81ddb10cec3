"""The lines of a page of a PDF, of what it draws: also of one that is turned, and of columns that run downwards.

Lines that run downwards are turned to lie as others do, so that whatever reads lines reads those too. What stands
turned in a margin and ruby (the reading of kanji, in small kana beside them) are left out.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.sources.extracted import CJK
from assistant.sources.pdf.drawing import Stroke
from assistant.sources.raised import flat_text

__all__ = ["APART", "Line", "lines_of"]

APART = "\t"
"""Stands between parts of a line that are far from each other."""
TURNED_LETTERS, TURNED_SHARE = 200, 0.25
"""So many letters, and such a share of the page's, have to stand turned to be read beside others."""
BASE_LINE = 0.38
"""How far the middle of a letter stands above its base line, in sizes."""
NARROW = 1.4
"""So wide, in sizes, are figures at most that stand upright in a line that runs downwards."""
WORD_GAP, MIXED_GAP, WIDE_GAP = 0.1, 0.4, 2.5
"""From such gaps on, in sizes, there is a blank: between words, beside Japanese, and between parts."""
SPACED_LETTERS = 3
"""So many gaps tell how far apart letters stand that are drawn one by one."""
RAISED_SIZE, RAISED = 0.9, 0.2
"""Raised signs are smaller than this share of the letters beside them, and stand so much higher, in their sizes."""
RAISED_GAP = 0.3
"""From such a gap on there is a blank before a raised sign, in sizes."""
RUBY_SIZE = 0.7
"""Ruby is smaller than this share of its kanji."""
CELL = 4.0
"""Points within which ruby looks for its kanji at once."""
LONGEST = 400
"""Most cells that a stroke is marked in."""

_KANJI = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff々〆ヶ〇]")
_RUBY = re.compile(r"[\u3041-\u309f\u30a1-\u30ff\s]+")
_EMPHASIS = re.compile(r"[・﹅﹆●○◦•◉、﹑\s]+")
_CJK = re.compile(f"[{CJK}]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text, on page `page`, in points from the left and from the bottom; one that ran downwards is turned."""

    text: str
    page: int
    x: float
    y: float
    size: float
    end_x: float
    downwards: bool = False

    @property
    def width(self) -> int:
        """Its length, a Japanese character counting as two."""
        return len(self.text) + len(_CJK.findall(self.text))


def lines_of(strokes: Iterable[Stroke], page: int) -> list[Line]:
    """The lines of a page in the order in which they are drawn."""
    drawn = list(strokes)
    return [line for turn in _read_turns(drawn) for line in _upright([_turned(stroke, turn) for stroke in drawn], page)]


def _read_turns(strokes: Sequence[Stroke]) -> list[int]:
    """How the letters stand that are read: those that most of the page is drawn with, and others where they are many.

    Upright ones are most unless others cover twice as much; turned ones beside them stand in a margin.
    """
    letters, cover = Counter[int](), Counter[int]()
    for stroke in strokes:
        if stroke.turn >= 0:
            letters[stroke.turn] += len(stroke.text)
            cover[stroke.turn] += round(len(stroke.text) * stroke.size * (1 if stroke.turn else 2))
    least = max(TURNED_LETTERS, TURNED_SHARE * letters.total())
    most = [turn for turn, _ in cover.most_common()]
    return most[:1] + [turn for turn in most[1:] if letters[turn] >= least]


def _turned(stroke: Stroke, turn: int) -> Stroke:
    """`stroke` on a page that is turned so that letters which stand at `turn` stand upright."""
    if not turn or stroke.turn < 0:
        return stroke
    x, y = _around(stroke.x, stroke.y, turn)
    end_x, end_y = _around(stroke.end_x, stroke.end_y, turn)
    return replace(stroke, x=x, y=y, end_x=end_x, end_y=end_y, turn=(stroke.turn - turn) % 360)


def _around(x: float, y: float, turn: int) -> tuple[float, float]:
    return {90: (y, -x), 180: (-x, -y), 270: (-y, x)}.get(turn, (x, y))


def _upright(strokes: Sequence[Stroke], page: int) -> list[Line]:
    upright = [stroke for stroke in strokes if stroke.turn == 0]
    if not _runs_downwards(upright):
        return list(_joined(_without_ruby(upright), page))
    columns: list[Stroke] = []
    across: list[Stroke] = []
    for stroke in _side_by_side([stroke for stroke in strokes if stroke.turn in (0, 270)]):
        size = max(stroke.size, columns[-1].size if columns else 0.0)
        is_across = not stroke.turn and not stroke.vertical and stroke.end_x - stroke.x > NARROW * size
        (across if is_across else columns).append(stroke if is_across else _lying(stroke))
    lying = [replace(line, downwards=True) for line in _joined(_without_ruby(columns), page)]
    middle = -sum(line.x for line in lying) / max(len(lying), 1)
    others = list(_joined(across, page))
    return [line for line in others if line.y > middle] + lying + [line for line in others if line.y <= middle]


def _runs_downwards(strokes: Sequence[Stroke]) -> bool:
    """Whether most letters stand beneath the one before."""
    down = right = 0
    for stroke in strokes:
        down += len(stroke.text) if stroke.vertical else 0
        right += 0 if stroke.vertical else max(0, len(stroke.text) - 1)
    for before, stroke in pairwise(strokes):
        if stroke.vertical or before.vertical:
            continue
        x, y = (stroke.x - before.x) / stroke.size, (before.y - stroke.y) / stroke.size
        one = len(stroke.text) == 1 and len(before.text) == 1
        down += one and abs(x) < 0.3 and 0.5 < y < 2
        right += abs(y) < 0.3 and 0.3 < x < 3
    return down > right


def _side_by_side(strokes: Sequence[Stroke]) -> Iterator[Stroke]:
    """`strokes`, upright letters that stand close beside one another on one base line as one."""
    current: Stroke | None = None
    for stroke in strokes:
        if (
            current
            and not (current.turn or stroke.turn or current.vertical or stroke.vertical)
            and abs(stroke.y - current.y) < 0.1 * stroke.size
            and abs(stroke.x - current.end_x) < 0.3 * stroke.size
        ):
            current = replace(current, text=current.text + stroke.text, end_x=stroke.end_x)
            continue
        if current:
            yield current
        current = stroke
    if current:
        yield current


def _lying(stroke: Stroke) -> Stroke:
    """`stroke` of a line that runs downwards, turned so that the line lies."""
    size = stroke.size
    if stroke.turn:
        return replace(stroke, x=-stroke.y, end_x=-stroke.end_y, y=stroke.x, end_y=stroke.x, turn=0)
    if stroke.vertical:
        y = stroke.x - BASE_LINE * size
        return replace(stroke, x=-stroke.y, end_x=-stroke.end_y, y=y, end_y=y, vertical=False)
    start, y = -(stroke.y + (BASE_LINE + 0.5) * size), (stroke.x + stroke.end_x) / 2 - BASE_LINE * size
    return replace(stroke, x=start, end_x=start + size, y=y, end_y=y)


def _without_ruby(strokes: Sequence[Stroke]) -> list[Stroke]:
    """Without small kana that stand above kanji, and without dots of emphasis."""
    sizes: dict[tuple[int, int], float] = {}
    for stroke in strokes:
        if _KANJI.search(stroke.text) or len(stroke.text) == 1:
            for cell in _cells(stroke):
                sizes[cell] = max(sizes.get(cell, 0.0), stroke.size)
    return [stroke for stroke in strokes if not _is_ruby(stroke, sizes)]


def _cells(stroke: Stroke) -> Iterator[tuple[int, int]]:
    first, last = int(stroke.x // CELL), int(stroke.end_x // CELL)
    for column in range(first, min(last, first + LONGEST) + 1):
        yield column, int(stroke.y // CELL)


def _is_ruby(stroke: Stroke, sizes: dict[tuple[int, int], float]) -> bool:
    if not (_RUBY.fullmatch(stroke.text) or _EMPHASIS.fullmatch(stroke.text)):
        return False
    row = int(stroke.y // CELL)
    columns = {int(x // CELL) for x in (stroke.x, (stroke.x + stroke.end_x) / 2, stroke.end_x)}
    for below in range(1, int(4 * stroke.size // CELL) + 2):
        for column in columns:
            size = sizes.get((column, row - below), 0.0)
            if stroke.size < RUBY_SIZE * size and below * CELL < 1.5 * size:
                return True
    return False


def _joined(strokes: Sequence[Stroke], page: int) -> Iterator[Line]:
    current: list[Stroke] = []
    for stroke in strokes:
        if current and _is_again(current[-1], stroke):
            continue
        if current and not _follows(current, stroke):
            yield from _line(current, page)
            current = []
        current.append(stroke)
    yield from _line(current, page)


def _is_again(last: Stroke, stroke: Stroke) -> bool:
    """Whether the same is drawn once more in the same place, to look bold or to have a shadow."""
    near = 0.2 * stroke.size
    return last.text == stroke.text and abs(last.x - stroke.x) < near and abs(last.y - stroke.y) < near


def _follows(line: Sequence[Stroke], stroke: Stroke) -> bool:
    size = max(line[0].size, line[-1].size, stroke.size)
    return abs(line[0].y - stroke.y) <= size / 2 and stroke.x > line[-1].end_x - size / 2


def _line(strokes: Sequence[Stroke], page: int) -> Iterator[Line]:
    drawn = [stroke for stroke in strokes if stroke.text.strip()]
    if not drawn:
        return
    size, base = _base(drawn)
    before, word_gap = strokes[0], _word_gap(strokes)
    texts: list[tuple[str, bool]] = []
    for stroke in strokes:
        if stroke.text:
            is_raised = stroke.size < RAISED_SIZE * size and stroke.y - base > RAISED * size
            gap = _between(before, stroke, max(word_gap, RAISED_GAP) if is_raised else word_gap) if texts else ""
            texts.append((gap + stroke.text, is_raised))
        before = stroke if stroke.text else replace(before, end_x=stroke.end_x)
    largest = max(stroke.size for stroke in drawn)
    yield Line(flat_text(texts).rstrip(" "), page, drawn[0].x, drawn[0].y, largest, drawn[-1].end_x)


def _base(strokes: Sequence[Stroke]) -> tuple[float, float]:
    """The size of most letters of a line, the larger of two, and how high the first of these stand."""
    letters = Counter[float]()
    for stroke in strokes:
        letters[stroke.size] += len(stroke.text.strip())
    size = max(letters, key=lambda size: (letters[size], size))
    return size, next(stroke.y for stroke in strokes if stroke.size == size)


def _word_gap(strokes: Sequence[Stroke]) -> float:
    """From which gap on there is a blank between words, in sizes: more where all letters stand apart."""
    gaps = sorted((stroke.x - before.end_x) / stroke.size for before, stroke in pairwise(strokes))
    letters = sum(len(stroke.text) == 1 for stroke in strokes)
    apart = len(gaps) >= SPACED_LETTERS and letters > 0.8 * len(strokes)
    return WORD_GAP + max(0.0, gaps[len(gaps) // 2]) if apart else WORD_GAP


def _between(before: Stroke, stroke: Stroke, word_gap: float) -> str:
    """The blank between two strokes of a line."""
    gap = (stroke.x - before.end_x) / max(before.size, stroke.size)
    if gap >= WIDE_GAP:
        return APART
    if before.text[-1:].isspace() or stroke.text[:1].isspace():
        return ""
    japanese = bool(_CJK.match(before.text[-1:])), bool(_CJK.match(stroke.text[:1]))
    if all(japanese):
        return ""
    return " " if gap > (MIXED_GAP if any(japanese) else word_gap) else ""
