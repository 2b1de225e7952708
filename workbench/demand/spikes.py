"""Series that run away: orders as they come in against what was expected of that hour and weekday."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import nbinom

from workbench.demand.hour_profile import (
    DAY,
    LEVEL_DAYS,
    Calendar,
    Expected,
    hour_shares,
    past_levels,
    units_per_order,
    usual_levels,
)
from workbench.demand.order_stream import SERIES, Values, countable, stream
from workbench.demand.spike_chances import (
    LEAST_ORDERS,
    LENGTHS,
    Watched,
    looks_a_month,
    past_spreads,
    windows,
)
from workbench.demand.spike_limit import limit
from workbench.policy import Policy
from workbench.tables import TABLES

LOOKED_AT = DAY  # minutes before as_of whose orders are examined: a daily plan leaves none out
WARM_UP = 7 * DAY  # minutes of the past that only teach its levels
LEARNT_DAYS = 120  # days of order lines that are used: bounds the memory
TRIPLED = 3.0


class _Watch(NamedTuple):
    """The series, their orders, what is expected of them, and when to call a spike."""

    series: pd.DataFrame  # sku, channel, sorted
    calendar: Calendar
    watched: Watched
    end: float  # minute of as_of
    per_order: Values  # (series,) units an order
    spreads: Values  # (series, lengths)
    limit: float  # alarms a month by theory below which a spike is called

    @property
    def level(self) -> Values:
        """Orders a day of each series (series,)."""
        return np.asarray(self.watched.expected.level.mean(axis=1))


def detect_spikes(
    order_lines: pd.DataFrame, demand: pd.DataFrame, *, policy: Policy, as_of: datetime
) -> pd.DataFrame:
    """The table `spikes`: sku × channel whose orders of the last 24 hours cannot be chance.

    Distinct orders are counted, in windows of a minute to a day that end at an order; the first window that
    no chance explains is the spike, so that the answer rests on the orders up to `found_at` alone. Chance is
    shared out over all series, windows and looks of a month by the policy's `spike_alarms_per_month`.
    `order_lines` may hold weeks: what lies before the last day teaches the hours' profile, the units an order
    takes and how much stricter than theory the limit must be. With less than two weeks theory alone decides.
    Lines that cannot count are left out as `order_stream.countable` says.
    """
    table = TABLES["spikes"]
    watch = _watch(order_lines, demand, policy, pd.Timestamp(as_of))
    first = watch.end - LOOKED_AT
    seen = windows(watch.watched, first)
    chance = seen.chance(watch.spreads)
    alarms = chance * looks_a_month(watch.level)[seen.series]
    crossed = np.flatnonzero((alarms < watch.limit).any(axis=1))
    row, earliest = np.unique(seen.series[crossed], return_index=True)
    place = crossed[earliest]
    length = alarms[place].argmin(axis=1)
    orders = watch.watched.orders
    minute = orders.minute[orders.minute >= first][place]
    since = minute - LENGTHS[length]
    expected = watch.watched.expected
    wanted = expected.until(row, np.full(len(row), watch.end)) - expected.until(row, since)
    in_run = [(orders.series == s) & (orders.minute > t) for s, t in zip(row, since, strict=True)]
    spikes = watch.series.iloc[row].assign(
        since=_instant(watch.calendar, since),
        found_at=_instant(watch.calendar, minute),
        orders=seen.orders[place, length],
        units=[orders.units[run].sum() for run in in_run],
        expected=wanted * watch.per_order[row],
        chance=chance[place, length],
        delay=_delay(watch, TRIPLED)[row],
    )
    return spikes.reset_index(drop=True).astype({c.name: c.dtype for c in table.columns})[table.names]


def detection_delay(
    order_lines: pd.DataFrame,
    demand: pd.DataFrame,
    *,
    policy: Policy,
    as_of: datetime,
    multiple: float = TRIPLED,
) -> pd.DataFrame:
    """Minutes of data until a series at `multiple` times its rate is found, a row a series.

    Columns sku, channel, orders_per_day (expected) and delay, minutes.
    The orders come at their mean, spread evenly over the day: at busy hours it goes faster, at night slower.
    Blank where a day of it is not enough.
    """
    watch = _watch(order_lines, demand, policy, pd.Timestamp(as_of))
    return watch.series.assign(orders_per_day=watch.level, delay=_delay(watch, multiple))


def _watch(order_lines: pd.DataFrame, demand: pd.DataFrame, policy: Policy, end: pd.Timestamp) -> _Watch:
    counted = countable(order_lines, end)
    counted = counted[counted["ordered_at"] >= end - pd.Timedelta(days=LEARNT_DAYS)]
    series = pd.concat([counted[SERIES], demand[SERIES]]).drop_duplicates()
    series = series.sort_values(SERIES, ignore_index=True)
    first = min(counted["ordered_at"].min(), end) if len(counted) else end
    calendar = Calendar.of(first, end, policy.business.time_zone)
    orders = stream(counted, series, calendar.start)
    minute, since = ((t - calendar.start) / pd.Timedelta(minutes=1) for t in (end, first))
    past = orders.within(0, minute - LOOKED_AT)
    teaching = past if minute - since >= 2 * DAY else orders
    share = hour_shares(teaching, calendar)
    channel = pd.factorize(series["channel"])[0].astype(np.int64)
    usual = Expected.of(usual_levels(demand, series, teaching, calendar), share, calendar)
    per_order = units_per_order(teaching, len(series))
    levels = past_levels(past, len(series), calendar)
    before = Watched(past, Expected.of(levels, share, calendar), channel, since)
    taught = _taught(before, minute - LOOKED_AT, policy.demand.spike_alarms_per_month)
    return _Watch(series, calendar, Watched(orders, usual, channel, since), minute, per_order, *taught)


def _taught(past: Watched, end: float, rate: float) -> tuple[Values, float]:
    """The spreads (series, lengths) and the limit that the past, from its second week on, teaches."""
    first = past.since + WARM_UP
    level = np.asarray(past.expected.level.mean(axis=1))
    seen = windows(past, first)
    spreads = past_spreads(seen, level)
    alarms = seen.chance(spreads) * looks_a_month(level)[seen.series]
    minute = past.orders.minute[past.orders.minute >= first]
    return spreads, limit(alarms.min(axis=1), seen.series, minute, days=(end - first) / DAY, rate=rate)


def _delay(watch: _Watch, multiple: float) -> Values:
    """Minutes (series,) at `multiple` × rate that, after the usual rate, fill a window to its limit."""
    level = watch.level
    rate = level[:, None] / DAY
    size = 1 / (watch.spreads + 1 / (LEVEL_DAYS * level[:, None]))
    mean = rate * LENGTHS
    chance = watch.limit / looks_a_month(level)
    needed = np.maximum(nbinom.isf(chance, size, size / (size + mean)) + 1, LEAST_ORDERS)
    minutes = (needed - mean) / np.maximum((multiple - 1) * rate, 1e-12)
    shortest = np.where(minutes <= LENGTHS, minutes, np.inf).min(axis=1)
    return np.asarray(np.where(np.isinf(shortest), np.nan, shortest))


def _instant(calendar: Calendar, minute: Values) -> pd.DatetimeIndex:
    return calendar.start + pd.to_timedelta(minute, unit="min").round("us")
