"""Gradio as the page has it: without analytics, and without the server for MCP that isn't started."""

import os
import sys

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
    from gradio.events import api
finally:
    if _HIDDEN:
        del sys.modules["mcp"]
