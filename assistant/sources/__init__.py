"""Files, pages and addresses become a text with its title and date.

Which of its sentences are an article in which language is for `library`.
"""
