"""How good the answers are: questions with gold answers, rates, what a model's margins mean, what it is fitted to.

The commands that run it stand in `interfaces`.
"""
