"""A question becomes events: which passages the model reads, what it may say, what the answer rests on.

How a model runs is for `model`, how an answer is shown for `interfaces`.
"""
