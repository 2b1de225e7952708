"""Series that run away: beyond what a forecast made before allowed for, and beyond what happened so far."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workbench.demand.backtest import Window
from workbench.demand.history import Mask, Units
from workbench.demand.mixture import Chances
from workbench.demand.spread import Spread, sum_noise
from workbench.demand.tails import sum_chances


def sum_chance(window: Window, expected: Units, spread: Spread) -> Chances:
    """Chance (series,) of a window's sum so far from what was `expected` (series, days), either way.

    1 where nothing was scored. A level that is wrong is taken to be as wrong in all weeks.
    """
    mean = np.where(window.scored, expected, 0.0).astype(np.float64)
    sold = np.where(window.scored, window.units, 0.0).sum(axis=1)
    tails = sum_chances(sold, mean.sum(axis=1), sum_noise(mean, spread.noise), *spread.over_all_weeks())
    return np.where(window.scored.any(axis=1), np.minimum(2 * np.minimum(*tails), 1.0), 1.0)


def outside_band(recent: Chances, past: Sequence[Chances], band: float) -> Mask:
    """Series (series,) whose `recent` chance is outside the band, and outside what chance makes of thousands.

    A band of 99.9 % alone would flag twenty of 20,000 series, so the chance must be below one in their
    number. And it must be rarer than what happened about once in each of the `past` windows over all series:
    where single orders are large, far sums are nothing new.

    >>> chances = np.array([0.0, 0.0005, 0.4])
    >>> outside_band(chances, [np.array([0.0001, 0.3, 1.0])], 0.999).tolist()
    [True, False, False]
    """
    limit = min(1 - band, 1 / max(len(recent), 1))
    if past:
        limit = min(limit, float(np.sort(np.concatenate(past))[len(past) - 1]))
    return np.asarray(recent < limit)
