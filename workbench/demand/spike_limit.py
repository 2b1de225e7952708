"""The limit that keeps false alarms to the policy's rate: by theory, and stricter where the past says so."""

from __future__ import annotations

import numpy as np

from workbench.demand.hour_profile import DAY
from workbench.demand.order_stream import Index, Values
from workbench.demand.spike_chances import MONTH

EXAMINED = 10.0  # times the policy's rate: past surprises from here on tell how heavy the tail is
MOST = np.log(1e6)  # how far beyond it a past day counts: one true spike must not set the limit
STRICTEST = 1e-3  # of the policy's rate: true spikes of the past must not silence the next ones
LEAST_DAYS = 7  # days of the past, beyond those its levels need, below which theory alone decides


def limit(alarms: Values, series: Index, minute: Values, *, days: float, rate: float) -> float:
    """Alarms a month by theory at which a spike is called, so that `rate` a month are called in truth.

    `alarms` (orders,) say of past orders how many a month, over all series, would surprise as much by theory.
    A series' day counts once. If theory held, 10 × rate a month would lie below 10 × rate. Where more do, the
    tail beyond is taken to be exponential on the logarithmic scale (peaks over threshold; Coles, An
    Introduction to Statistical Modeling of Extreme Values, 2001, ch. 4) with the mean excess seen, never
    lighter than theory's 1. All of the past counts as chance: true spikes in it make the limit stricter.
    """
    if days < LEAST_DAYS or rate <= 0:
        return rate
    start = EXAMINED * rate
    day = (minute // DAY).astype(np.int64)
    worst = np.full(0, np.inf)
    below = alarms < start
    if below.any():
        _, of = np.unique(series[below] * (day.max() + 1) + day[below], return_inverse=True)
        worst = np.full(of.max() + 1, np.inf)
        np.minimum.at(worst, of, alarms[below])
    excess = np.minimum(np.log(start / np.maximum(worst, 1e-300)), MOST)
    theory = start * days * DAY / MONTH
    heavy = max(float((excess.sum() + EXAMINED) / (len(excess) + EXAMINED)), 1.0)
    seen = max(len(excess), theory)
    return max(float(start * (rate * days * DAY / MONTH / seen) ** heavy), STRICTEST * rate)
