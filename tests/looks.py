"""The looks in which tests have the page: how wide the window is, in which colours, and in which language.

Opening a page takes seconds, and the model or the server does the same behind each look. So a test is in the wide look
unless it says otherwise, in the narrow one where what is narrow, dark or Japanese matters to it most, and in both where
the layout may change what happens: where the article and the conversation stand on two sides of a phone's page, say.
Where a test has two things to try, each look tries one.
"""

from dataclasses import dataclass
from typing import Any

import pytest

__all__ = ["NARROW", "WIDE", "Look", "in_both_looks", "in_looks", "in_narrow_look", "opened_context"]

PHONE = 640
"""Pixels; a narrower window has one side of the page at a time."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a browser is opened with; a width is in pixels."""

    width: int
    scheme: str
    locale: str

    def __str__(self) -> str:
        return f"{'narrow' if self.is_narrow else 'wide'}-{self.scheme}"

    @property
    def is_narrow(self) -> bool:
        return self.width < PHONE


WIDE, NARROW = Look(1280, "light", "en-US"), Look(360, "dark", "ja-JP")


def in_looks(*looks: Look) -> pytest.MarkDecorator:
    """Gives a test's fixture `look` each of these.

    Tests in one look come one after the other, so that a server of their own is started once for them.
    """
    return pytest.mark.parametrize("look", looks, indirect=True, ids=str, scope="module")


in_both_looks = in_looks(WIDE, NARROW)
in_narrow_look = in_looks(NARROW)


def opened_context(browser: Any, look: Look, *, height: int = 900, **options: Any) -> Any:
    """A browser's context, in which pages have the look; `height` in pixels, `options` as Playwright has them."""
    viewport = {"width": look.width, "height": height}
    return browser.new_context(locale=look.locale, viewport=viewport, color_scheme=look.scheme, **options)
