"""Orders watched against what is expected of them: counts and means between any two minutes."""

from __future__ import annotations

import numpy as np

from workbench.demand.hour_profile import DAY, LEVEL_DAYS, Expected
from workbench.demand.order_stream import Index, Orders, Values

BEFORE = (DAY, 7 * DAY)  # minutes before a run in which the series may have shown another level
OTHERS_PRIOR = 5.0  # orders of the channel's other series that count as expected beside those seen
OWN_PRIOR = 0.5  # the same of the series' own orders before a run
MOST_LINES = 1.0  # orders a minute that a series adds to its channel: a spike is not the channel's doing


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


class Watched:
    """All orders, sorted by series and time, and what is needed to judge them.

    `expected` is by series, `channel` (series,) the channel of each, `since` the minute the data begin.
    """

    def __init__(self, orders: Orders, expected: Expected, channel: Index, since: float) -> None:
        self.orders, self.expected, self.channel, self.since = orders, expected, channel, since
        self.level = np.asarray(expected.level.mean(axis=1))
        self._own = _Clock(orders.series, orders.minute)
        lone = np.r_[True, (np.diff(orders.series) > 0) | (np.diff(orders.minute // MOST_LINES) > 0)]
        lone = lone[: len(orders.series)]
        self._pulse = _Clock(channel[orders.series[lone]], orders.minute[lone])
        self._own_pulse = _Clock(orders.series[lone], orders.minute[lone])
        self._whole = expected.over(channel, int(channel.max(initial=-1)) + 1)

    def orders_between(self, series: Index, start: Values, end: Values) -> Values:
        """Orders of each series after `start`, up to and with `end`."""
        return np.asarray(self._own.until(series, end) - self._own.until(series, start), dtype=np.float64)

    def first_since(self, series: Index, minute: Values) -> Index:
        """Place among all orders of each series' first order after a minute."""
        return self._own.until(series, np.maximum(minute, self.since - 1e-6))

    def expected_between(self, series: Index, start: Values, end: Values) -> Values:
        """Orders expected of each series by the forecast and the hours alone."""
        return self.expected.until(series, end) - self.expected.until(series, start)

    def risen(self, series: Index, start: Values) -> Values:
        """What each series sold in the day or week before `start` against what was expected; 1 or more."""
        risen = np.ones(len(series))
        for back in BEFORE:
            earlier = np.maximum(start - back, self.since - 1e-6)
            sold = self.orders_between(series, earlier, start)
            wanted = self.expected_between(series, earlier, start)
            risen = np.maximum(risen, (_surely(sold) + OWN_PRIOR) / (wanted + OWN_PRIOR))
        return risen

    def busy(self, series: Index, start: Values, end: Values) -> Values:
        """What the channel's other series sold against what was expected of them; 1 or more."""
        place = self.channel[series]
        mean = self._whole.until(place, end) - self._whole.until(place, start)
        mean -= self.expected_between(series, start, end)
        seen = self._pulse.until(place, end) - self._pulse.until(place, start)
        seen -= self._own_pulse.until(series, end) - self._own_pulse.until(series, start)
        return np.asarray(
            np.maximum((_surely(seen.astype(np.float64)) + OTHERS_PRIOR) / (mean + OTHERS_PRIOR), 1)
        )

    def mean(self, series: Index, start: Values, end: Values) -> tuple[Values, Values]:
        """Orders that no spike explains between two minutes, and that mean's relative variance.

        It is what the forecast expects, raised by two things that are no spike of the series: its channel's
        other series selling more in the same time (a sale, a batch entered late, the weeks before
        Christmas), and the series itself having sold more before. What is raised for the channel is surer
        in sum than for one series: the raised part has the spread of an exponential.
        """
        start = np.maximum(start, self.since - 1e-6)
        busy, risen = self.busy(series, start, end), self.risen(series, start)
        day = np.clip(end // DAY, 0, self.expected.level.shape[1] - 1).astype(np.int64)
        unsure = (1 - 1 / busy) ** 2 + 1 / (LEVEL_DAYS * self.expected.level[series, day] * risen)
        return self.expected_between(series, start, end) * busy * risen, unsure


def _surely(count: Values) -> Values:
    """A count less one standard error: what is more than expected only by chance raises no level."""
    return np.asarray(count - np.sqrt(count))
