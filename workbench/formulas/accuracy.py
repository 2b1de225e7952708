"""How good a forecast was. Everywhere forecast_error = forecast - actual: positive means over-forecast."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def wape(forecast: ArrayLike, actual: ArrayLike) -> float:
    """Weighted absolute percentage error: sum of |forecast - actual| over sum of actual, a fraction.

    Both of one shape, in units; pairs with a missing value are left out. NaN when nothing was sold.
    Hyndman & Athanasopoulos, Forecasting: Principles and Practice, section 5.8.

    >>> wape([12, 8, 0], [10, 10, 5])  # (2 + 2 + 5) / 25
    0.36
    """
    errors, sold = _pairs(forecast, actual)
    return _ratio(np.abs(errors).sum(), sold.sum())


def bias(forecast: ArrayLike, actual: ArrayLike) -> float:
    """Sum of forecast - actual over sum of actual, a fraction; positive means over-forecast.

    >>> bias([12, 8, 10], [10, 10, 5])  # (2 - 2 + 5) / 25
    0.2
    """
    errors, sold = _pairs(forecast, actual)
    return _ratio(errors.sum(), sold.sum())


def pinball(quantile: ArrayLike, actual: ArrayLike, probability: float) -> float:
    """Mean pinball loss of a quantile forecast, in units; the smaller the better.

    Koenker & Bassett (1978), Regression Quantiles, Econometrica 46.

    >>> pinball([10, 10], [14, 8], 0.9)  # (0.9 × 4 + 0.1 × 2) / 2
    1.9
    """
    errors, _ = _pairs(quantile, actual)
    return float(np.mean(np.maximum(-probability * errors, (1 - probability) * errors)))


def uniform_transform(paths: ArrayLike, actual: ArrayLike, *, seed: int) -> np.ndarray:
    """Randomised probability integral transform of actuals, shape (rows,), from paths of shape (rows, paths).

    Where each actual lies in its own paths, 0 to 1; ties, which counts have many of, are broken by a seeded
    uniform number. Honest paths give uniform numbers. Czado, Gneiting & Held (2009), Biometrics 65.

    >>> uniform_transform([[1, 2, 3, 4]], [9], seed=0)
    array([1.])
    """
    worlds, found = np.asarray(paths), np.asarray(actual)[:, None]
    below = (worlds < found).mean(axis=1)
    ties = (worlds == found).mean(axis=1)
    return np.asarray(below + np.random.default_rng(seed).random(len(below)) * ties)


def coverage(transform: ArrayLike, probability: float) -> float:
    """Share of transforms inside the central interval of a probability; honest paths give the probability.

    >>> coverage([0.1, 0.4, 0.6, 0.99], 0.8)  # 0.99 lies above 0.9
    0.75
    """
    return float(np.mean(np.abs(np.asarray(transform) - 0.5) <= probability / 2))


def _pairs(forecast: ArrayLike, actual: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    expected, found = np.asarray(forecast, dtype=np.float64), np.asarray(actual, dtype=np.float64)
    if expected.shape != found.shape:
        raise ValueError(f"forecast has shape {expected.shape} and actual {found.shape}; give one shape")
    known = ~(np.isnan(expected) | np.isnan(found))
    return (expected - found)[known], found[known]


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")
