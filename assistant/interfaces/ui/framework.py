"""Gradio as the page has it: without analytics, without the server for MCP, and without its memory's growing."""

import os
import sys
from typing import Any

__all__ = ["api", "gr"]

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
# After each event it makes a table of all that it remembers of those before, which nobody looks at.
os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "1")

_HIDDEN = "mcp" not in sys.modules
"""Whether `mcp` is kept from being loaded by Gradio, which takes half a second."""
if _HIDDEN:
    sys.modules["mcp"] = None  # type: ignore[assignment]
try:
    import gradio as gr
    from gradio.blocks import Block
    from gradio.events import api
    from gradio.state_holder import SessionState
finally:
    if _HIDDEN:
        del sys.modules["mcp"]

_set = SessionState.__setitem__


def _set_in_place(state: SessionState, key: int, value: Any) -> None:
    """Has a component that is changed stay the same one in a session.

    Gradio 6.31 makes a new one of each change and each `gr.skip()`, under an id of its own. Where it is an input of the
    next event, too, that one is kept with its value beside the old one: all of them, for as long as the session.
    """
    if isinstance(value, Block):
        value._id = key
    _set(state, key, value)


SessionState.__setitem__ = _set_in_place  # type: ignore[method-assign]
