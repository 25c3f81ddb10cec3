"""Characters that are no text but steer what shows it: they order a terminal about, turn lines around, hide words.

Some are not shown at all (Unicode's *default ignorable* ones), and keep what they stand in, a word or a figure, from
being found.
"""

import re

__all__ = ["STEERING", "without_steering"]

STEERING = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f"  # controls; those that end lines are left
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # directions
    "\xad\u034f\u115f\u1160\u180e\u200b\u200c\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff0-\ufff8]"  # not shown
    "|(?<![\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d"  # joins nothing but pictures
    "|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0000-\U000e007f]+"  # tags, which only the flags of regions have
)


def without_steering(text: str) -> str:
    """`text` as it is read by whoever is steered by none of them."""
    return STEERING.sub("", text)
