"""A model that a server runs, in place of one that is run here: any that speaks OpenAI's chat completions.

An answer is checked whole before any of it is given; what it may say is for `answering`.
"""
