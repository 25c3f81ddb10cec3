"""Articles in, passages out: what an article is, where it is kept, and how its passages are found.

Reading files is for `sources`, answering from passages for `answering`.
"""
