"""Series that run away: beyond what a forecast made before allowed for."""

from __future__ import annotations

import numpy as np

from workbench.demand.backtest import Window
from workbench.demand.history import Mask, Units
from workbench.demand.spread import Spread, sum_noise
from workbench.demand.tails import sum_chances


def outside_band(recent: Window, expected: Units, spread: Spread, band: float) -> Mask:
    """Series (series,) whose recent days lie outside the band of the forecast made before them.

    `expected` (series, days). A band of 99.9 % would flag twenty of 20,000 series by chance alone, so it is
    widened with their number until one false flag is expected over all of them.
    """
    mean = np.where(recent.scored, expected, 0.0).astype(np.float64)
    sold = np.where(recent.scored, recent.units, 0.0).sum(axis=1)
    below, at_most = sum_chances(sold, mean.sum(axis=1), sum_noise(mean, spread), spread.level)
    tested = recent.scored.any(axis=1)
    limit = min(1 - band, 1 / max(int(tested.sum()), 1)) / 2  # half on either side
    return np.asarray(tested & ((1 - below < limit) | (at_most < limit)))
