"""What runs a language model: which there are, their files, and whose question is next.

Knows tokens and messages; what is asked, and what an answer may say, is for `answering`.
"""
