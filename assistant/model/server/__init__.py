"""A model that a server runs, in place of one that is run here: a llama-server, or any that speaks OpenAI's chat.

A llama-server's is held token by token, as here; of any other an answer is checked whole before any of it is given.
What it may say is for `answering`.
"""
