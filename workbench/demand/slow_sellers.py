"""What slow sellers really sell, by what was forecast for them.

A series that lies still comes back more often than its own past lets any model say. What all of those with
such a forecast sold in the backtests says it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import isotonic_regression

from workbench.demand.backtest import Window
from workbench.demand.history import Units
from workbench.demand.mixture import Chances

BIN = 500  # forecasts that one step of the curve is the mean of


class Curve(NamedTuple):
    """Units a day that were `told` and `sold`, both rising (steps,); forecasts from `below` on stand."""

    told: Chances
    sold: Chances
    below: float


def learn(forecasts: Sequence[Units], windows: Sequence[Window], *, below: float) -> Curve:
    """The curve of forecasts (series, days) under `below` units a day, one array a window.

    A window counts as if all other series had sold what was forecast: how its total strayed is another
    matter. Source: isotonic regression on means of BIN neighbours (Barlow et al., Statistical Inference under
    Order Restrictions, 1972). No steps where the windows hold fewer than two bins.
    """
    low = [_low(*pair, below) for pair in zip(forecasts, windows, strict=True)]
    told, sold = (np.concatenate([np.zeros(0), *(pair[part] for pair in low)]) for part in range(2))
    order = np.argsort(told, kind="stable")
    bins = np.array_split(order, len(order) // BIN) if len(order) >= 2 * BIN else []
    means = [np.array([values[some].mean() for some in bins]) for values in (told, sold)]
    return Curve(means[0], isotonic_regression(means[1]).x if bins else means[1], below)


def corrected(forecast: Units, curve: Curve) -> Units:
    """Forecasts (series, days) that are as low as what they sell in the mean; the shape of days is kept.

    Told 0.001 a day, less than any step, sells 0.05 as the least step does; 2 a day stand.

    >>> curve = Curve(np.array([0.01, 0.1]), np.array([0.05, 0.1]), below=0.3)
    >>> corrected(np.array([[0.002, 0], [0.1, 0.1], [2, 2]]), curve).round(3).tolist()
    [[0.1, 0.0], [0.1, 0.1], [2.0, 2.0]]
    """
    rate = forecast.mean(axis=1, dtype=np.float64)
    low = (rate > 0) & (rate < curve.below)
    if not len(curve.told) or not low.any():
        return forecast
    steps = np.log(np.append(np.maximum(curve.told, 1e-9), curve.below))
    lifts = np.append(np.log(np.maximum(curve.sold, 1e-9)) - steps[:-1], 0.0)
    # what is told less than the least step sells as much as that
    told = np.maximum(rate[low], np.exp(steps[0]))
    aim = told * np.exp(np.interp(np.log(told), steps, lifts))
    found = forecast.copy()
    found[low] *= (aim / rate[low])[:, None].astype(np.float32)
    return found


def _low(forecast: Units, truth: Window, below: float) -> tuple[Chances, Chances]:
    """Told and sold a scored day of one window's slow sellers."""
    days = truth.scored.sum(axis=1)
    told, sold = (
        np.where(truth.scored, values, 0).sum(axis=1, dtype=np.float64) / np.maximum(days, 1)
        for values in (forecast, truth.calm)
    )
    low = (days > 0) & (told < below)
    others = ~low & (days > 0)
    strayed = sold[others].sum() / max(told[others].sum(), 1e-9) if sold[others].any() else 1.0
    return told[low], sold[low] / strayed
