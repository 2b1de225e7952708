"""Loss functions: how many units a level of stock is expected to fall short of demand, and to leave over."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, ndtr, pdtr, xlogy

from workbench.formulas.ranges import Numbers

NODES = 200  # of the integral over a distribution function; the normal's loss comes out to 1e-9 of its width
OUTSIDE = 1e-13  # probability left out at each end of a distribution without an end


class Loss(NamedTuple):
    """Units expected short, E[(D - level)⁺], and left, E[(level - D)⁺]."""

    short: Numbers
    left: Numbers


class Distribution(Protocol):
    """A frozen distribution of scipy.stats; one with a `pmf` is discrete, on whole numbers."""

    def ppf(self, probability: Any, /) -> Any:
        """The quantile."""

    def cdf(self, level: Any, /) -> Any:
        """The chance of `level` or less."""

    def mean(self) -> Any:
        """The mean."""


def normal_density(z: ArrayLike) -> Numbers:
    """Density of the standard normal.

    >>> print(f"{normal_density(0):.4f}")
    0.3989
    """
    density: Numbers = np.exp(-(np.asarray(z) ** 2) / 2) / np.sqrt(2 * np.pi)
    return density


def normal_loss(level: Numbers, mean: Numbers, sd: Numbers) -> Loss:
    """Loss of normal demand; arrays broadcast, all in units. Snyder & Shen, eq. C.31, C.32.

    short = sd (φ(z) - z (1 - Φ(z))), z = (level - mean) / sd.

    >>> print(f"{normal_loss(60, 50, 8).short:.4f} {normal_loss(60, 50, 8).left:.4f}")
    0.4047 10.4047
    """
    z = (level - mean) / sd
    return Loss(sd * _standard_loss(z), sd * _standard_loss(-z))


def normal_second_loss(level: Numbers, mean: Numbers, sd: Numbers) -> Numbers:
    """Half the expected square of the units short of normal demand, E[((D - level)⁺)²]/2: units squared.

    It is the sum of the units short over all levels above. Snyder & Shen, eq. C.33.

    >>> print(f"{normal_second_loss(50, 50, 8):.1f}")  # a quarter of the variance
    16.0
    """
    z = (level - mean) / sd
    second: Numbers = sd**2 * ((z**2 + 1) * ndtr(-z) - z * normal_density(z)) / 2
    return second


def poisson_pmf(units: ArrayLike, mean: ArrayLike) -> Numbers:
    """Chance of exactly so many units of Poisson demand; arrays broadcast.

    >>> print(f"{poisson_pmf(2, 1.0):.4f}")  # 1/(2e)
    0.1839
    """
    count, rate = np.asarray(units, dtype=np.float64), np.asarray(mean, dtype=np.float64)
    chance: Numbers = np.exp(xlogy(count, rate) - rate - gammaln(count + 1))
    return chance


def poisson_loss(level: ArrayLike, mean: ArrayLike) -> Loss:
    """Loss of Poisson demand at whole levels; arrays broadcast. Snyder & Shen, eq. C.41, C.42.

    left = mean f(S) + (S - mean) F(S), short = left - S + mean: with nothing there the mean is short.

    >>> print(poisson_loss(0, 1).short)
    1.0
    """
    at, rate = np.asarray(level, dtype=np.float64), np.asarray(mean, dtype=np.float64)
    some = np.maximum(at, 0)
    left = rate * poisson_pmf(some, rate) + (some - rate) * pdtr(some, rate)
    left = np.where(at < 0, 0.0, np.maximum(left, 0))[()]
    return Loss(np.maximum(left - at + rate, 0), left)


def pmf_loss(level: ArrayLike, demand: Numbers, probability: Numbers) -> Loss:
    """Loss of discrete demand: values `demand` (..., values), units, with their probabilities.

    `level` of shape (...). Snyder & Shen, eq. C.36, C.37.

    >>> loss = pmf_loss(2.0, np.array([1.0, 2, 5]), np.array([0.25, 0.5, 0.25]))
    >>> print(loss.short, loss.left)  # 0.25 × 3, 0.25 × 1
    0.75 0.25
    """
    at = np.asarray(level, dtype=np.float64)
    left = np.vecdot(np.maximum(at[..., None] - demand, 0), probability)
    short = left + np.vecdot(demand, probability) - at * probability.sum(axis=-1)
    return Loss(np.maximum(short, 0), left)


def distribution_loss(level: ArrayLike, distribution: Distribution) -> Loss:
    """Loss of any demand that scipy.stats knows, whose parameters may be arrays that broadcast with `level`.

    left is the distribution function summed up to the level (integrated, where it is continuous: Gauss'
    quadrature); short = left - level + mean. Snyder & Shen, eq. C.12 to C.14, C.36, C.37.

    >>> from scipy.stats import uniform
    >>> loss = distribution_loss(8, uniform(0, 10))
    >>> print(f"{loss.short:.3f} {loss.left:.3f}")  # 2²/20, 8²/20
    0.200 3.200
    """
    summed = _sum_below if hasattr(distribution, "pmf") else _integral_below
    at = np.asarray(level, dtype=np.float64)
    left = summed(at, distribution)
    return Loss(np.maximum(left - at + distribution.mean(), 0), left)


def _standard_loss(z: Numbers) -> Numbers:
    # far to the right both terms vanish and their difference may be a rounding error below 0
    loss: Numbers = np.maximum(normal_density(z) - z * ndtr(-z), 0)
    return loss


def _sum_below(level: Numbers, distribution: Distribution) -> Numbers:
    low = np.asarray(distribution.ppf(OUTSIDE))
    steps: NDArray[np.float64] = np.arange(max(float(np.max(np.ceil(level) - low)), 0))
    at = low + steps.reshape(-1, *[1] * np.broadcast(low, level).ndim)
    # below the level lie whole steps, and the part of one up to a level that is not whole
    parts = np.clip(level - at, 0, 1) * distribution.cdf(at)
    summed: Numbers = np.sum(parts, axis=0)
    return summed


def _integral_below(level: Numbers, distribution: Distribution) -> Numbers:
    low, high = (np.asarray(distribution.ppf(share)) for share in (OUTSIDE, 1 - OUTSIDE))
    top = np.clip(level, low, high)
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    # third powers of even steps lie close together at the low end, where some distributions start steeply
    step = ((nodes + 1) / 2).reshape(-1, *[1] * top.ndim)
    weight = (weights / 2).reshape(step.shape) * 3 * step**2
    inside = (top - low) * np.sum(weight * distribution.cdf(low + (top - low) * step**3), axis=0)
    integral: Numbers = inside + np.maximum(level - top, 0)
    return integral
