"""Fits an adapter to a model: lessons, their tokens, the model in torch; running it with the adapter is for `model`."""
