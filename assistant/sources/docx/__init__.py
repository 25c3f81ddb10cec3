"""The text of a Word document: its parts and styles; what is an article of it is left to `library`."""
