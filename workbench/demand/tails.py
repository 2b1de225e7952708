"""Chances of sums of demand: a negative binomial count around a level that is itself uncertain."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc
from scipy.stats import t

Chances = NDArray[np.float64]

TAIL = 5.0  # degrees of freedom of the level's Student t
CLIP = 4.0  # standard deviations beyond which a level does not go
NODES = 33  # levels that a chance is averaged over


def sum_chances(sold: Chances, mean: Chances, noise: Chances, level: Chances) -> tuple[Chances, Chances]:
    """Chance of at least what was sold, and of at most that; all (series,).

    `mean` units expected; the sum's variance is mean + noise × mean², around a level whose relative variance
    is `level`, as the sample paths draw it.

    >>> at_least, at_most = sum_chances(*(np.array([value]) for value in (2.0, 2.0, 1e-6, 1e-9)))
    >>> at_least.round(4).tolist(), at_most.round(4).tolist()  # Poisson with mean 2: 1 - 3 / e² and 5 / e²
    ([0.594], [0.6767])
    """
    place, weight = _levels()
    factor = np.exp(place * np.sqrt(np.log1p(level))[:, None])
    factor /= (factor @ weight)[:, None]
    around = np.maximum(mean, 1e-9)[:, None] * factor
    size = 1 / np.maximum(noise, 1e-6)[:, None]
    chance = size / (size + around)
    at_most = betainc(size, sold[:, None] + 1, chance) @ weight
    at_least = betainc(np.maximum(sold, 1)[:, None], size, 1 - chance) @ weight
    return np.where(sold > 0, at_least, 1.0), at_most


def central(low: Chances, high: Chances, share: float) -> float:
    """Share of sums inside their central interval, ties of counts spread evenly over `low` to `high`.

    >>> central(np.array([0.0, 0.4]), np.array([0.5, 0.6]), 0.5)  # half of the first, all of the second
    0.75
    """
    edge = (1 - share) / 2
    inside = np.clip(high, edge, 1 - edge) - np.clip(low, edge, 1 - edge)
    return float(np.mean(np.where(high > low, inside / np.maximum(high - low, 1e-12), 0)))


def _levels() -> tuple[Chances, Chances]:
    """Standardised levels and their weights: a Student t of variance 1, what lies beyond CLIP put on it."""
    place = np.linspace(-CLIP, CLIP, NODES)
    scale = np.sqrt(TAIL / (TAIL - 2))
    weight = t.pdf(place * scale, TAIL)
    weight[[0, -1]] = t.sf(CLIP * scale, TAIL) / (scale * (place[1] - place[0]))
    return place, weight / weight.sum()
