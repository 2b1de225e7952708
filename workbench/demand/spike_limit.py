"""The limit that keeps false alarms to the policy's rate: by theory, and stricter where the past says so."""

from __future__ import annotations

import numpy as np

from workbench.demand.order_stream import Index, Values

MONTH = 30  # days
EXAMINED = 10.0  # times the policy's rate: past surprises from here on tell how heavy the tail is
MOST = np.log(1e6)  # how far beyond it a past day counts: one true spike must not set the limit
LEAST_DAYS = 7  # days of the past, beyond those its levels need, below which theory alone decides


def by_theory(orders: float, rate: float) -> float:
    """Surprise that `rate` runs a month reach by chance where `orders` a day are expected of all series.

    >>> round(by_theory(1000 / 3, 1.0), 2)  # one in 10,000 orders
    9.21
    """
    return float(np.log(max(MONTH * orders, 1.0) / rate)) if rate > 0 else np.inf


def limit(surprise: Values, day: Index, *, orders: float, days: float, rate: float) -> float:
    """Surprise at which a spike is called, so that `rate` a month are called in truth where nothing follows.

    `surprise` (runs,) of past runs that nothing followed, `day` (runs,) numbers the series' days: each counts
    once. `orders` a day are expected of all series, `days` is the length of that past. If theory held,
    10 × rate a month would surprise by log 10 less than the limit, or more. Where more do, the tail beyond is
    taken to be exponential (peaks over threshold; Coles, An Introduction to Statistical Modeling of Extreme
    Values, 2001, ch. 4) with the mean excess seen, never lighter than theory's 1.
    """
    theory = by_theory(orders, rate)
    if days < LEAST_DAYS or rate <= 0:
        return theory
    start = by_theory(orders, EXAMINED * rate)
    over = surprise >= start
    _, of = np.unique(day[over], return_inverse=True)
    excess = np.zeros(of.max(initial=-1) + 1)
    np.maximum.at(excess, of, np.minimum(surprise[over] - start, MOST))
    heavy = max(float((excess.sum() + EXAMINED) / (len(excess) + EXAMINED)), 1.0)
    wanted = rate * days / MONTH
    return start + heavy * float(np.log(max(len(excess) / wanted, EXAMINED)))
