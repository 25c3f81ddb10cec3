"""The text of a book in EPUB: its parts and their order; what is an article of it is left to `library`."""
