"""The page: the only part that knows Gradio. It reads the core; the core never reads it."""

from assistant.ui.page import serve

__all__ = ["serve"]
