"""How much a series' true level may be off what is expected, by length of time: learnt from the past."""

from __future__ import annotations

import numpy as np

from workbench.demand.hour_profile import DAY
from workbench.demand.order_stream import Index, Values
from workbench.demand.watched import Watched

LENGTHS = np.array([60.0, 240.0, DAY])  # minutes of the windows that teach it
SPREADS = np.array([0.02, 0.05, 0.15])  # relative variance in them before the past says otherwise
SPREAD_ORDERS = 200.0  # expected orders at which what the past says of a spread counts half beside SPREADS
LEAST_SPREAD = 0.01
CLASSES = (0.3, 3.0, 30.0)  # orders a day: series between two of them share their spreads
TEACHING = 50_000  # orders of the past, evenly drawn, that teach the spreads


def past_spreads(past: Watched, first: float) -> Values:
    """Relative variance of a series' true level around what is expected, shape (series, lengths).

    At an order, the other orders in a window before it are (1 + variance) times what the window expects, so
    that their sums over past orders of a class of series tell it; drawn towards SPREADS.
    """
    taught = np.flatnonzero(past.orders.minute >= first)
    taught = taught[:: len(taught) // TEACHING + 1]
    series, minute = past.orders.series[taught], past.orders.minute[taught]
    group = np.digitize(past.level, CLASSES)
    spreads = np.empty((len(CLASSES) + 1, len(LENGTHS)))
    for column, length in enumerate(LENGTHS):
        start = np.maximum(minute - length, past.since - 1e-6)
        others = past.orders_between(series, start, minute) - 1
        mean, _ = past.mean(series, start, minute)
        of = group[series]
        seen = np.bincount(of, others, len(spreads)) + SPREAD_ORDERS * (1 + SPREADS[column])
        spreads[:, column] = seen / (np.bincount(of, mean, len(spreads)) + SPREAD_ORDERS) - 1
    return np.asarray(np.maximum(spreads, LEAST_SPREAD)[group])


def spread_at(spreads: Values, series: Index, length: Values) -> Values:
    """Relative variance of each series' level in a window of a length, from those of LENGTHS."""
    place = np.interp(np.log(np.maximum(length, 1.0)), np.log(LENGTHS), np.arange(len(LENGTHS)))
    low = np.minimum(place.astype(np.int64), len(LENGTHS) - 2)
    part = place - low
    return np.asarray((1 - part) * spreads[series, low] + part * spreads[series, low + 1])
