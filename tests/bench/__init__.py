"""The benchmark: against what a user would pick instead, against the limit, and as the library grows.

`uv run --group bench python -m tests.bench [--quick] [--json PATH]`
"""
