"""Figures that are nothing but parts of names: COVID-19, Boeing 737, Room 418, telephone numbers."""

import re
from dataclasses import dataclass
from decimal import Decimal

from assistant.text.figures import figures
from assistant.text.named_times import MONTHS, WEEKDAYS
from assistant.text.units import kind_counted

__all__ = ["FiguresInNames", "figures_in_names"]

_LABEL = re.compile(r"(?<![A-Za-z\d])(?!(?:Q|H|FY)-?\d)[A-Za-z]+-?(\d+)(?![\d,.]|(?:st|nd|rd|th)\b)")
_OF_FIGURES = frozenset("人名円%％倍割年")
"""What stands behind a figure in Japanese, beside what counts things."""
_TELEPHONE = re.compile(r"(?<![\d-])\d{2,5}(?:-\d{2,5}){2,}(?![\d-])")
_NUMBERED = (
    "Hall|Room|Gate|Platform|Route|Flight|Terminal|Pier|Track|Section|Chapter|Unit|Reactor|Highway|Interstate|Suite|"
    "Studio|Court|Courtroom|Ward|Zone|Bus|Tram|Line|Building|Block|Lot|Berth|Dock|Stage|Level"
)
_NAMED = re.compile(
    rf"(?:(?<=[a-z\d,] )(?:[A-Z][a-z]*|[A-Z]+)|\b[Vv]ersion|\b(?P<numbered>{_NUMBERED})) (?P<figure>\d+(?:\.\d+)?)"
    r"(?![\d,.%])(?! ?(?:million|billion|percent|a\.m|p\.m))"
)
_DATED = re.compile(rf"(?:{'|'.join(name[:3] for name in (*MONTHS, *WEEKDAYS))})[a-z]* \d")


@dataclass(frozen=True, slots=True)
class FiguresInNames:
    """The values that a text has in names alone.

    Attributes:
        written_in_one: with letters (CO2), or with other digits (a telephone number).
        behind: behind a name (Boeing 737).
        numbers: those of `behind` that number a thing of many: Room 418.
    """

    written_in_one: frozenset[Decimal]
    behind: frozenset[Decimal]
    numbers: frozenset[Decimal]


def figures_in_names(text: str) -> FiguresInNames:
    """The values that `text`, as written, has in names and nowhere else."""
    labels = {Decimal(match[1]) for match in _LABEL.finditer(text) if not _is_counted(match)}
    rest = _LABEL.sub(lambda match: match[0] if _is_counted(match) else " ", text)
    for telephone in _TELEPHONE.findall(rest):
        labels |= set(map(Decimal, telephone.split("-")))
    rest = _TELEPHONE.sub(" ", rest)
    named = [match for match in _NAMED.finditer(rest) if not _DATED.match(match[0])]
    for match in reversed(named):
        rest = rest[: match.start()] + rest[match.end() :]
    others = {figure.value for figure in figures(rest)}
    behind = frozenset(Decimal(match["figure"]) for match in named) - others
    numbers = behind & {Decimal(match["figure"]) for match in named if match["numbered"]}
    return FiguresInNames(frozenset(labels - others), behind, frozenset(numbers))


def _is_counted(label: re.Match[str]) -> bool:
    """Whether what stands behind letters counts something: DVD900枚."""
    behind = label.string[label.end() : label.end() + 1]
    return behind in _OF_FIGURES or kind_counted(behind) is not None
