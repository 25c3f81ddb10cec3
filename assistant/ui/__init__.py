"""The page: the only part that knows Gradio. It reads the core; the core never reads it."""

import os
import sys

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")


def _load_gradio() -> None:
    """Without `mcp`, which it would load, for half a second, to offer a server of its own that isn't started."""
    hidden = "mcp" not in sys.modules
    if hidden:
        sys.modules["mcp"] = None  # type: ignore[assignment]
    try:
        import gradio  # noqa: F401
    finally:
        if hidden:
            del sys.modules["mcp"]


_load_gradio()

from assistant.ui.serving import serve  # noqa: E402

__all__ = ["serve"]
