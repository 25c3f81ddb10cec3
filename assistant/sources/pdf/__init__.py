"""The text of a PDF: what a page draws, its lines, its paragraphs; what is an article of it is left to `library`."""
