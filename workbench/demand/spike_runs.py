"""How surprising each order is: the run of orders that ends at it, against what was expected meanwhile."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from workbench.demand.hour_profile import DAY
from workbench.demand.order_stream import Index, Values
from workbench.demand.spike_spreads import spread_at
from workbench.demand.watched import Watched

MULTIPLES = (3.0, 10.0, 30.0)  # times the usual rate: a run is where one of these explains the orders best
LAG = 240.0  # minutes before an order that do not count towards the level it is held against
LEAST_ORDERS = 5  # fewer are no spike, whatever the hour
LEAST_MEAN = 1e-12  # orders expected at least: two may come at the same instant


class Runs(NamedTuple):
    """Runs of orders, each (runs,): `series`, the minutes of its `first` and `last` order, `later` orders
    (the first opens it, the others are its evidence), and of these the `mean` expected and its `variance`,
    relative."""

    series: Index
    first: Values
    last: Values
    later: Values
    mean: Values
    variance: Values

    @property
    def surprise(self) -> Values:
        """How surprising each is (runs,)."""
        return surprise(self.later, self.mean, self.variance)

    def at(self, places: Index) -> Runs:
        """Those at some places."""
        values = (self.first, self.last, self.later, self.mean, self.variance)
        return Runs(self.series[places], *(column[places] for column in values))


def surprise(later: Values, mean: Values, variance: Values) -> Values:
    """Log-likelihood ratio of a run's later orders: at the best rate against the usual one; all (runs,).

    The count is negative binomial, `variance` (above 0) its level's relative variance. A steady series shows
    a surprise of s or more about exp(−s) times an expected order (from s = 5 on, 0.5 to 1.2 times as often in
    a simulation of eight million). 0 where less came than expected.

    >>> surprise(np.array([10.0]), np.array([2.0]), np.array([1e-9])).round(2)  # 10 × ln 5 − 8
    array([8.09])
    """
    size = 1 / variance
    more = np.maximum(later, mean)
    ratio = more * np.log(more / mean) - (more + size) * np.log1p((more - mean) / (size + mean))
    return np.asarray(np.maximum(ratio, 0.0))


def runs(watched: Watched, first: float, spreads: Values, least: float) -> Runs:
    """The runs that end at an order from minute `first` on and whose surprise may reach `least`.

    A run opens at the order from which a multiple of the usual rate has explained best what came, a day
    before at most (Page's cumulative sum; Moustakides 1986: where rate and multiple are known, no test is
    sooner in the worst case at the same rate of false alarms). An order may end several runs, one a
    multiple. What a run is held against only grows when it is judged: most are left out before.
    """
    series, minute = watched.orders.series, watched.orders.minute
    raw = watched.expected_between(series, np.full(len(minute), watched.since), minute)
    ends, starts = [], []
    for opened in _opened(watched, raw):
        later, mean = _evidence(opened, raw)
        may = (minute >= first) & (later >= LEAST_ORDERS - 1)
        may[may] = surprise(later[may], mean[may], np.full(may.sum(), 1e-9)) >= least
        ends.append(np.flatnonzero(may))
        starts.append(opened[may])
    end, start = np.concatenate(ends), np.concatenate(starts)
    mean, unsure = watched.mean(series[end], minute[start], minute[end])
    variance = unsure + spread_at(spreads, series[end], minute[end] - minute[start])
    later = (end - start).astype(np.float64)
    return Runs(series[end], minute[start], minute[end], later, np.maximum(mean, LEAST_MEAN), variance)


def _evidence(opened: Index, raw: Values) -> tuple[Values, Values]:
    """Orders after each run's first, up to each order, and how many the forecast alone expects of them."""
    later = (np.arange(len(opened)) - opened).astype(np.float64)
    return later, np.maximum(raw - raw[opened], LEAST_MEAN)


def _opened(watched: Watched, raw: Values) -> list[Index]:
    """Place of the order at which the run that ends at each order opens, one array a multiple.

    The cumulative sum is at its lowest before that order. A series begins lower than all before it ended.
    """
    series, minute = watched.orders.series, watched.orders.minute
    number = np.arange(len(series))
    opening = np.searchsorted(series, series)
    step = np.where(opening == number, raw, np.diff(raw, prepend=0.0))
    clock = np.cumsum(step * watched.risen(series, np.maximum(minute - LAG, watched.since - 1e-6)))
    youngest = np.minimum(watched.first_since(series, minute - DAY), number)
    opened = []
    for multiple in MULTIPLES:
        score = (number - 2 * opening) * np.log(multiple) - (multiple - 1) * clock
        lowest = np.where(score <= np.minimum.accumulate(score), number, 0)
        opened.append(np.maximum(np.maximum.accumulate(lowest), youngest))
    return opened
