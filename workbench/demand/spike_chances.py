"""How surprising each order is: windows from a minute to a day that end at it, against what was expected."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.stats import nbinom

from workbench.demand.hour_profile import DAY, LEVEL_DAYS, Expected
from workbench.demand.order_stream import Index, Orders, Values

LENGTHS = np.array([1.0, 2.0, 5.0, 15.0, 30.0, 60.0, 120.0, 240.0, DAY])  # minutes of a window
SPREADS = np.array([0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.03, 0.05, 0.15])  # relative variance
SPREAD_ORDERS = 200.0  # expected orders at which what the past says of a spread counts half beside SPREADS
LEAST_SPREAD = 0.01
CLASSES = (0.3, 3.0, 30.0)  # orders a day: series between two of them share their spreads
BEFORE = (DAY, 7 * DAY)  # minutes before a window in which the series may have shown another level
MONTH = 30 * DAY
LEAST_ORDERS = 5  # fewer are no spike, whatever the hour
OTHERS_PRIOR = 5.0  # orders of the channel's other series that count as expected beside those seen
OWN_PRIOR = 0.5  # the same of the series' own orders before a window
MOST_LINES = 1.0  # orders a minute that a series adds to its channel: a spike is not the channel's doing


class Watched(NamedTuple):
    """All orders, sorted by series and time, and what is needed to judge them.

    `expected` is by series, `channel` (series,) the channel of each, `since` the minute the data begin.
    """

    orders: Orders
    expected: Expected
    channel: Index
    since: float


class Windows(NamedTuple):
    """For each order examined and each of LENGTHS, shape (orders, lengths): `orders` in the window that
    ends at it, the `mean` expected, and `unsure`, that mean's relative variance; `series` (orders,)."""

    series: Index
    orders: Values
    mean: Values
    unsure: Values

    def chance(self, spreads: Values) -> Values:
        """Chance of so many orders or more, by a negative binomial; `spreads` (series, lengths)."""
        chance = np.ones(self.orders.shape)
        some = self.orders >= LEAST_ORDERS
        size = 1 / (spreads[self.series] + self.unsure)[some]
        chance[some] = nbinom.sf(self.orders[some] - 1, size, size / (size + self.mean[some]))
        return chance


def past_spreads(past: Windows, level: Values) -> Values:
    """Relative variance of a window's true level around what is expected, shape (series, lengths).

    At an order, the other orders in its window are (1 + variance) times what the window expects, so that
    their sums over all past orders of a class of series tell it; drawn towards SPREADS. `level` (series,).
    """
    group = np.digitize(level, CLASSES)
    of = group[past.series]
    spreads = np.empty((len(CLASSES) + 1, len(LENGTHS)))
    for number in range(len(spreads)):
        seen = (past.orders[of == number] - 1).sum(axis=0) + SPREAD_ORDERS * (1 + SPREADS)
        spreads[number] = seen / (past.mean[of == number].sum(axis=0) + SPREAD_ORDERS) - 1
    return np.asarray(np.maximum(spreads, LEAST_SPREAD)[group])


class _Clock:
    """Counts events of groups up to any minute, both given as arrays."""

    def __init__(self, group: Index, minute: Values) -> None:
        order = np.lexsort((minute, group))
        self._span = 2 * (float(minute.max(initial=0.0)) + 10 * DAY)
        self._keys = self._key(group[order], minute[order])

    def _key(self, group: Index, minute: Values) -> Values:
        return np.asarray(group * self._span + np.maximum(minute, -DAY))

    def until(self, group: Index, minute: Values) -> Index:
        """Events of the group, and of groups before it, up to and with the minute."""
        return np.searchsorted(self._keys, self._key(group, minute), side="right")


def windows(watched: Watched, first: float) -> Windows:
    """The windows that end at every order from minute `first` on.

    Only such windows can hold more orders than any before, so that the cost is by order, not by minute. The
    mean is what the forecast expects, raised by two things that are no spike of the series: its channel's
    other series selling more than expected in the same window (a sale, a batch entered late, the weeks
    before Christmas), and the series itself having sold more before the window. What is raised for the
    channel is surer in sum than for one series: the raised part has the spread of an exponential.
    """
    orders, expected, channel, since = watched
    examined = orders.minute >= first
    series, minute = orders.series[examined], orders.minute[examined]
    own = _Clock(orders.series, orders.minute)
    lone = np.r_[True, (np.diff(orders.series) > 0) | (np.diff(orders.minute // MOST_LINES) > 0)]
    lone = lone[: len(orders.series)]
    pulse = _Clock(channel[orders.series[lone]], orders.minute[lone])
    own_pulse = _Clock(orders.series[lone], orders.minute[lone])
    whole = expected.over(channel, int(channel.max(initial=-1)) + 1)
    place = channel[series]
    day = np.minimum(minute // DAY, expected.level.shape[1] - 1).astype(np.int64)
    level = expected.level[series, day]
    found = Windows(series, *np.zeros((3, len(minute), len(LENGTHS))))
    now, own_now = own.until(series, minute), expected.until(series, minute)
    for column, length in enumerate(LENGTHS):
        start = np.maximum(minute - length, since - 1e-6)
        then, own_then = own.until(series, start), expected.until(series, start)
        mean = own_now - own_then
        beside = whole.until(place, minute) - whole.until(place, start) - mean
        seen = pulse.until(place, minute) - pulse.until(place, start)
        seen -= own_pulse.until(series, minute) - own_pulse.until(series, start)
        busy = np.maximum((seen + OTHERS_PRIOR) / (beside + OTHERS_PRIOR), 1)
        risen = np.ones(len(minute))
        for back in BEFORE:
            earlier = np.maximum(start - back, since - 1e-6)
            sold = then - own.until(series, earlier)
            wanted = own_then - expected.until(series, earlier)
            risen = np.maximum(risen, (sold + OWN_PRIOR) / (wanted + OWN_PRIOR))
        found.orders[:, column] = now - then
        found.mean[:, column] = mean * busy * risen
        found.unsure[:, column] = (1 - 1 / busy) ** 2 + 1 / (LEVEL_DAYS * level * risen)
    return found


def looks_a_month(level: Values) -> Values:
    """Looks at all series in a month, shape (series, lengths), for levels (series,) in orders a day.

    A window is looked at once an order, but not oftener than windows of its length follow each other.

    >>> looks_a_month(np.array([48.0])).tolist()  # 1,440 orders a month, 720 hours, 30 days; nine lengths
    [[12960.0, 12960.0, 12960.0, 12960.0, 12960.0, 6480.0, 3240.0, 1620.0, 270.0]]
    """
    looks = np.minimum(MONTH / LENGTHS, 30 * level[:, None])
    return np.asarray(looks * len(LENGTHS) * len(level))
