"""What languages, sentences, figures, units and named times are, in a text of either language; knows no articles.

Where a text comes from is for `sources`, what is kept of it for `library`.
"""
