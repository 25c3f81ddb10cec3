"""The page: the only part that knows Gradio. It reads the core; the core never reads it."""
