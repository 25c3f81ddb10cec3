"""Characters that are no text but steer what shows it: they order a terminal about, turn lines around, hide words."""

import re

__all__ = ["STEERING", "without_steering"]

STEERING = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f"  # controls; those that end lines are left
    "\u202a-\u202e\u2066-\u2069]"  # directions
    "|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0000-\U000e007f]+"  # tags, which only the flags of regions have
)


def without_steering(text: str) -> str:
    """`text` as it is read by whoever is steered by none of them."""
    return STEERING.sub("", text)
