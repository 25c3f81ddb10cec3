"""Medians, 95th percentiles and exponents of growth."""

from collections.abc import Sequence

import numpy as np

__all__ = ["exponent", "median", "p95"]


def median(values: Sequence[float]) -> float:
    return round(float(np.median(values)), 3)


def p95(values: Sequence[float]) -> float:
    """The 95th percentile, linear between values; of a few values little less than the largest."""
    return round(float(np.percentile(values, 95)), 3)


def exponent(sizes: Sequence[float], values: Sequence[float]) -> float | None:
    """The e of values ~ sizes ** e, by least squares over logarithms; None of fewer than two sizes."""
    if len(sizes) < 2 or min(values) <= 0:
        return None
    return round(float(np.polyfit(np.log(sizes), np.log(values), 1)[0]), 2)
