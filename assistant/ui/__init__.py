"""The page: the only part that knows Gradio. It reads the core; the core never reads it."""

import os

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

from assistant.ui.serving import serve

__all__ = ["serve"]
