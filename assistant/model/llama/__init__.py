"""llama.cpp in a process of its own, and the ways of running a model there; whose turn it is, is for `worker.py`."""
