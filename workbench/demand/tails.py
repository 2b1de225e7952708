"""Chances of sums of demand: a negative binomial count around a level that is itself uncertain."""

from __future__ import annotations

import numpy as np
from scipy.special import betainc

from workbench.demand.mixture import Chances


def sum_chances(
    sold: Chances, mean: Chances, noise: Chances, level: Chances, weight: Chances
) -> tuple[Chances, Chances]:
    """Chance of at least what was sold, and of at most that; all (series,).

    `mean` units expected; at each `level` (series, levels), of chance `weight` (levels,), the sum has mean
    mean × level and the variance of a count beside `noise` × its square.

    >>> one = [np.array([value]) for value in (2.0, 2.0, 1e-6)]
    >>> at_least, at_most = sum_chances(*one, np.array([[1.0]]), np.array([1.0]))
    >>> at_least.round(4).tolist(), at_most.round(4).tolist()  # Poisson with mean 2: 1 - 3 / e² and 5 / e²
    ([0.594], [0.6767])
    """
    around = np.maximum(mean, 1e-9)[:, None] * level
    size = 1 / np.maximum(noise, 1e-6)[:, None]
    chance = size / (size + around)
    at_most = betainc(size, sold[:, None] + 1, chance) @ weight
    at_least = betainc(np.maximum(sold, 1)[:, None], size, 1 - chance) @ weight
    return np.where(sold > 0, at_least, 1.0), at_most
